//! Lists of manuscripts: what this person sees, newest first or by due date.

use crate::desk::case;
use crate::desk::reading::course;
use crate::desk::reading::views::ManuscriptLine;
use crate::desk::{DeskError, Tx, four_eyes};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, OrganizationId, UserId};
use crate::domain::permission::{Actor, Grant, Sight};
use crate::domain::words::{Role, Stage};
use crate::store::listing::{self, Filter, Listed, Stream};
use crate::store::manuscripts::{self, Manuscript};
use crate::store::texts;

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Only in this stage, as the reader reads it.
    pub stage: Option<Stage>,
    /// Only of this category.
    pub category: Option<String>,
    /// Only of authors of this organisation.
    pub organization: Option<OrganizationId>,
    /// Only by this author.
    pub author: Option<UserId>,
    /// Handed in at or after this.
    pub from: Option<Moment>,
    /// Handed in before this.
    pub to: Option<Moment>,
    /// In the title, or at the beginning of the number.
    pub q: Option<String>,
    /// Only what waits on the reader's desks.
    pub mine: bool,
    /// Only what the reader wrote, signed, was invited to sign, or entered for others.
    pub own: bool,
    /// By due date, earliest first; without one it is left out.
    pub by_due: bool,
    /// The key of the last line of the page before.
    pub after: Option<Key>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a line in its list.
pub type Key = (Option<Moment>, ManuscriptId);

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its lines.
    pub lines: Vec<ManuscriptLine>,
    /// The key to go on from; none at the end.
    pub next: Option<Key>,
}

/// A page of what this person sees.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, wish: &Wish) -> Result<Page, DeskError> {
    let filter = Filter {
        stages: wish.stage.map(|stage| vec![stage]),
        category: wish.category.clone(),
        organization: wish.organization,
        author: wish.author,
        from: wish.from,
        to: wish.to,
        q: wish.q.clone(),
        waiting: wish.mine,
        by_due: wish.by_due,
        after: wish.after,
        limit: wish.limit + 1,
        ..left_out(tx, actor, wish.mine)?
    };
    let streams = if wish.own { vec![Stream::Author(actor.user), Stream::Entered(actor.user)] } else { streams(actor) };
    let mut rows: Vec<(Listed, bool)> = Vec::new();
    for stream in &streams {
        let as_author = matches!(stream, Stream::Author(_) | Stream::Entered(_));
        rows.extend(listing::stream(tx.conn, actor.channel, stream, &filter, tx.now)?.into_iter().map(|row| (row, as_author)));
    }
    order(&mut rows, wish.by_due);
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > wish.limit;
    rows.truncate(usize::try_from(wish.limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|(row, _)| (row.due_at, row.id));
    let mut lines = Vec::with_capacity(rows.len());
    for (row, as_author) in rows {
        lines.extend(line(tx, actor, row, as_author, wish)?);
    }
    Ok(Page { lines, next })
}

/// What an office does not see in lists: what a manuscript of their own is merged into. And what does not wait for them there: what four
/// eyes keep them from signing.
pub(super) fn left_out(tx: &mut Tx<'_>, actor: &Actor, waiting: bool) -> Result<Filter, DeskError> {
    let office = |grant: &Grant| !matches!(grant.role, Role::Submitter);
    if !actor.grants.iter().any(office) {
        return Ok(Filter::default());
    }
    let others = actor.grants.iter().filter_map(|grant| grant.for_user);
    let persons: Vec<UserId> = others.chain([actor.user]).collect();
    let not_prepared_by = if waiting { four_eyes::bound(tx, actor)? } else { Vec::new() };
    Ok(Filter { not_prepared_by, not_of: texts::targets_of(tx.conn, &persons)?, ..Filter::default() })
}

/// Sorts, and joins what came by several streams; the stream that shows more wins over that of the author.
fn order(rows: &mut Vec<(Listed, bool)>, by_due: bool) {
    if by_due {
        rows.sort_by_key(|(row, as_author)| (row.due_at, row.id, *as_author));
    } else {
        rows.sort_by_key(|(row, as_author)| (std::cmp::Reverse(row.id), *as_author));
    }
    rows.dedup_by_key(|(row, _)| row.id);
}

fn streams(actor: &Actor) -> Vec<Stream> {
    let mut streams = vec![Stream::Author(actor.user)];
    if actor.holds(Role::Reviewer) || actor.holds(Role::Screener) {
        streams.push(Stream::Entered(actor.user));
    }
    streams.extend(Role::ALL.iter().copied().filter(|role| *role != Role::Submitter).filter_map(|role| streams_of(actor, role)));
    streams
}

/// The stream that a role of this person opens; none for a role that he does not hold, or that reads no manuscripts.
pub(super) fn streams_of(actor: &Actor, role: Role) -> Option<Stream> {
    let held = || actor.grants.iter().filter(|grant| grant.role == role);
    held().next()?;
    let organizations = || held().map(|grant| grant.organization).collect();
    Some(match role {
        Role::Submitter => Stream::Author(actor.user),
        Role::Screener => Stream::Screener(organizations()),
        Role::Reviewer => Stream::Reviewer,
        Role::Signer => Stream::Signer,
        Role::Dispatcher => Stream::Dispatcher,
        Role::Leader => Stream::Leader(held().map(|grant| grant.for_user.unwrap_or(actor.user)).collect()),
        Role::Secretary => Stream::Leader(held().filter_map(|grant| grant.serves).collect()),
        Role::Handler => Stream::Handler(organizations()),
        Role::Auditor | Role::SecurityAdmin | Role::SystemAdmin => return None,
    })
}

/// A line as the reader may see it, or none if what he reads is not in the stage that he asked for.
fn line(tx: &mut Tx<'_>, actor: &Actor, row: Listed, as_author: bool, wish: &Wish) -> Result<Option<ManuscriptLine>, DeskError> {
    let hides = as_author && (row.pending_until.is_some_and(|until| until > tx.now) || row.merged_into.is_some());
    let (row, target) = if hides { as_read(tx, actor, row.id)? } else { (row, None) };
    let merged = row.merged_into.is_some();
    // Authors of a merged one read where the target stands, since when and until when.
    let (stage, outcome, since, due_at) = match &target {
        Some(target) => (target.stage, target.former_stage, target.stage_since, target.due_at),
        None => (row.stage, row.former_stage, row.stage_since, row.due_at),
    };
    let asked = wish.stage.is_none_or(|wanted| wanted == stage);
    let waits = !wish.mine || !as_author || target.is_none() && matches!(stage, Stage::Draft | Stage::Returned);
    if !(asked && waits) {
        return Ok(None);
    }
    let details = manuscripts::details(&row.details)?;
    Ok(Some(ManuscriptLine {
        id: row.id,
        number: row.number,
        title: row.title,
        stage,
        outcome,
        merged,
        version: row.version,
        category: row.category,
        kind: row.kind,
        urgent: row.urgent,
        author: details.author_name,
        organization: details.organization_name,
        submitted_at: row.submitted_at,
        since,
        due_at,
    }))
}

/// What an author reads of a decision that is not announced; and of one that was merged, the target's row as they read it.
fn as_read(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<(Listed, Option<Manuscript>), DeskError> {
    let as_author = Sight { author: true, ..Sight::default() };
    let row = manuscripts::find(tx.conn, actor.channel, id)?;
    let loaded = case::of_row(tx, row)?;
    let shown = loaded.shown(as_author, tx.now).clone();
    let target = course::target_of(tx, &shown)?;
    let target = target.map(|target| course::as_read(tx, &target).clone());
    Ok((shown.into(), target))
}
