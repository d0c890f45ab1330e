//! An author's own manuscripts, one line each, and the author's open tasks.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::pending_decision::own_unannounced;
use crate::app::reading::list::{self, ManuscriptListQuery};
use crate::app::reading::manuscript_view;
use crate::app::reading::views::ManuscriptLine;
use crate::app::statistics::begin_of;
use crate::app::{AppError, Tx};
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::transition::allowed;
use crate::domain::vocabulary::{Action, Stage};
use crate::store::{ratings as rated, rows, statistics, texts};

/// The largest number of tasks of each kind that are shown at once; the list contains the others.
const ASKED: i64 = 50;

/// A task of an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnTask {
    /// To revise a returned manuscript, and submit it again.
    Revise {
        /// The number of requests that are not marked as done yet.
        requests: usize,
    },
    /// To rate the handling.
    Rate,
    /// To sign another author's manuscript, or decline.
    CoSign {
        /// The inviting author.
        by: String,
    },
    /// To continue a draft.
    Continue {
        /// The number of characters so far.
        characters: i64,
    },
}

/// One of their manuscripts.
#[derive(Debug, Clone)]
pub struct OwnLine {
    /// The line as in every list.
    pub line: ManuscriptLine,
    /// The other authors.
    pub others: Vec<String>,
    /// The usual number of working days in the current queue.
    pub usual_working_days: Option<u32>,
    /// The author's task.
    pub ask: Option<OwnTask>,
}

/// A page of their manuscripts.
#[derive(Debug, Clone)]
pub struct Own {
    /// Figures of the current year; only on the first page, and only if they have submitted a manuscript.
    pub year: Option<AuthorYear>,
    /// Manuscripts with tasks, the most urgent first; only on the first page.
    pub asked: Vec<OwnLine>,
    /// Their manuscripts, newest first.
    pub lines: Vec<OwnLine>,
    /// The start of the next page.
    pub next: Option<ManuscriptId>,
}

/// The figures of an author's year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorYear {
    /// Submitted manuscripts.
    pub received: i64,
    /// Accepted ones among them.
    pub accepted: i64,
    /// Suggestions that departments adopted.
    pub adopted: i64,
}

/// Returns the manuscripts that a person wrote, signed, was invited to sign, or entered for others.
///
/// # Errors
/// Fails if a database operation fails.
pub fn own(tx: &mut Tx<'_>, actor: &Actor, after: Option<ManuscriptId>, limit: i64) -> Result<Own, AppError> {
    let wish = ManuscriptListQuery { own: true, after, limit, ..ManuscriptListQuery::default() };
    let page = list::list(tx, actor, &wish)?;
    let lines = with_asks(tx, actor, page.lines)?;
    let asked = if after.is_none() { asked(tx, actor)? } else { Vec::new() };
    let year = if after.is_none() { year(tx, actor)? } else { None };
    Ok(Own { year, asked, lines, next: page.next })
}

fn year(tx: &mut Tx<'_>, actor: &Actor) -> Result<Option<AuthorYear>, AppError> {
    let limits = tx.channel_settings(actor.channel)?.limits.clone();
    let year = tx.now.utc().with_timezone(&limits.time_zone).year();
    let from = begin_of(&limits, year, 1);
    let read_as = own_unannounced(tx, actor)?.rows;
    let (received, accepted, adopted) = statistics::of_author(tx.conn, actor.user, from, &read_as)?;
    Ok((received > 0).then_some(AuthorYear { received, accepted, adopted }))
}

fn asked(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<OwnLine>, AppError> {
    let mut found = Vec::new();
    for stage in [Stage::Returned, Stage::Concluded, Stage::Draft] {
        let wish = ManuscriptListQuery { own: true, stage: Some(stage), limit: ASKED, ..ManuscriptListQuery::default() };
        let lines = list::list(tx, actor, &wish)?.lines;
        let lines = if stage == Stage::Concluded { unrated(tx, actor, lines)? } else { lines };
        found.extend(with_asks(tx, actor, lines)?.into_iter().filter(|line| line.ask.is_some()));
    }
    found.sort_by_key(|line| match line.ask {
        Some(OwnTask::Revise { .. }) => 0,
        Some(OwnTask::CoSign { .. }) => 1,
        Some(OwnTask::Rate) => 2,
        Some(OwnTask::Continue { .. }) | None => 3,
    });
    Ok(found)
}

/// Removes the manuscripts that they have rated since the conclusion: a cheap check before the thorough one.
fn unrated(tx: &mut Tx<'_>, actor: &Actor, lines: Vec<ManuscriptLine>) -> Result<Vec<ManuscriptLine>, AppError> {
    let ids: Vec<ManuscriptId> = lines.iter().map(|line| line.id).collect();
    let rated = rated::by(tx.conn, actor.user, &ids)?;
    Ok(lines.into_iter().filter(|line| !rated.contains(&line.id)).collect())
}

fn with_asks(tx: &mut Tx<'_>, actor: &Actor, lines: Vec<ManuscriptLine>) -> Result<Vec<OwnLine>, AppError> {
    let ids: Vec<ManuscriptId> = lines.iter().map(|line| line.id).collect();
    let mut others: BTreeMap<ManuscriptId, Vec<String>> = BTreeMap::new();
    for author in texts::authors_of_many(tx.conn, &ids)?.into_iter().filter(|author| author.user_id != actor.user) {
        others.entry(author.manuscript_id).or_default().push(author.name);
    }
    let limits = tx.channel_settings(actor.channel)?.limits.clone();
    let rated = rated::by(tx.conn, actor.user, &ids)?;
    tx.prefetch(ids);
    let mut own = Vec::with_capacity(lines.len());
    for line in lines {
        let others = others.remove(&line.id).unwrap_or_default();
        let usual_working_days = manuscript_view::usual_working_days(&limits, line.stage, line.urgent);
        let ask = if rated.contains(&line.id) { None } else { ask(tx, actor, &line)? };
        own.push(OwnLine { line, others, usual_working_days, ask });
    }
    Ok(own)
}

/// Returns the task of the author of a manuscript that they have not rated.
fn ask(tx: &mut Tx<'_>, actor: &Actor, line: &ManuscriptLine) -> Result<Option<OwnTask>, AppError> {
    if !matches!(line.stage, Stage::Draft | Stage::Returned | Stage::Concluded) {
        return Ok(None);
    }
    let loaded = manuscript_case::view(tx, actor, line.id)?;
    let open = allowed(&loaded.case, actor, tx.now);
    if line.stage == Stage::Concluded {
        return Ok(open.contains(&Action::Rate).then_some(OwnTask::Rate));
    }
    if let Some(by) = invited_by(actor, &loaded).filter(|_| open.contains(&Action::CoSign)) {
        return Ok(Some(OwnTask::CoSign { by }));
    }
    if !open.contains(&Action::Save) {
        return Ok(None);
    }
    Ok(Some(if line.stage == Stage::Returned {
        let requests = tx.requests_of(line.id)?;
        OwnTask::Revise { requests: requests.iter().filter(|request| request.ticked_at.is_none()).count() }
    } else {
        OwnTask::Continue { characters: tx.text_of(line.id, loaded.row.text_id)?.characters }
    }))
}

/// Returns the first author, if this person is invited and has not signed.
fn invited_by(actor: &Actor, loaded: &LoadedCase) -> Option<String> {
    let first = loaded.row.first_author_id;
    let invited = |author: &&rows::AuthorRow| author.user_id == actor.user && author.user_id != first && author.signed_at.is_none();
    loaded.authors.iter().find(invited)?;
    loaded.authors.iter().find(|author| author.user_id == first).map(|author| author.name.clone())
}
