//! Handing in and taking back.

use serde_json::json;

use crate::desk::attachments;
use crate::desk::case::{self, Loaded};
use crate::desk::intake::{digest_of, drafts};
use crate::desk::step::{self, Done, Step};
use crate::desk::{DeskError, Tx};
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::{ManuscriptId, RequestId};
use crate::domain::manuscript::{Draft, Text};
use crate::domain::numbers::manuscript_number;
use crate::domain::permission::Actor;
use crate::domain::words::Action;
use crate::store::ledger::contents;
use crate::store::manuscripts::Manuscript;
use crate::store::{StoreError, channels, texts};

/// Hands a manuscript in.
///
/// # Errors
/// [`DeskError::Stale`] if it has another version than `seen`; what is missing in the form; refusals.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    let sight = loaded.sight(actor);
    step::judge(tx, actor, &loaded, Action::Submit)?;
    loaded.expect(seen, sight, tx.now)?;
    hand_in(tx, actor, &mut loaded)
}

/// Begins a manuscript and hands it in, in one act.
///
/// # Errors
/// As [`drafts::create`] and [`submit`].
pub fn create_and_submit(tx: &mut Tx<'_>, actor: &Actor, new: &drafts::NewDraft) -> Result<(ManuscriptId, Done), DeskError> {
    let mut loaded = drafts::begin(tx, actor, new)?;
    let done = hand_in(tx, actor, &mut loaded)?;
    Ok((loaded.row.id, done))
}

fn hand_in(tx: &mut Tx<'_>, actor: &Actor, loaded: &mut Loaded) -> Result<Done, DeskError> {
    let mut row = texts::find(tx.conn, loaded.row.text_id)?;
    let text = row.text()?;
    as_draft(&loaded.row, text.clone())?.complete()?;
    if row.sealed_at.is_none() {
        row.seal(&text, tx.now);
        texts::save(tx.conn, &row)?;
    }
    let number = match &loaded.row.number {
        Some(number) => number.clone(),
        None => next_number(tx, actor)?,
    };
    let mut digests = digest_of(&row, &text);
    digests.insert("form".to_owned(), contents::form(&loaded.row)?);
    digests.extend(attachments::digests_of(tx, loaded.row.id)?);
    let step = Step { digests, facts: json!({ "number": number, "round": row.round, "authors": loaded.authors.len() }), ..Step::default() };
    let now = tx.now;
    step::take(tx, actor, loaded, Action::Submit, step, |row| {
        row.number.get_or_insert(number);
        row.submitted_at.get_or_insert(now);
    })
}

/// A manuscript's form as the rules look at it.
pub(crate) fn as_draft(row: &Manuscript, text: Text) -> Result<Draft, DeskError> {
    let details = row.details()?;
    let (category, kind) = (row.category.clone(), row.kind);
    Ok(Draft { text, category, kind, keywords: details.keywords, declarations: details.declarations })
}

fn next_number(tx: &mut Tx<'_>, actor: &Actor) -> Result<String, DeskError> {
    use chrono::Datelike;
    let limits = tx.channel_settings(actor.channel)?.limits;
    let year = WorkingTime { limits: &limits, calendar: &tx.calendar }.date(tx.now).year();
    let n = channels::next_number(tx.conn, actor.channel, &format!("manuscript:{year}"))?;
    let n = u32::try_from(n).map_err(|error| StoreError::unreadable("counters.value", &error))?;
    Ok(manuscript_number(year, n))
}

/// Takes a manuscript back.
///
/// # Errors
/// [`DeskError::Stale`] if it has another version than `seen`; refusals.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    let sight = loaded.sight(actor);
    step::judge(tx, actor, &loaded, Action::Withdraw)?;
    loaded.expect(seen, sight, tx.now)?;
    step::take(tx, actor, &mut loaded, Action::Withdraw, Step::default(), |_| {})
}

/// Ticks a request for a change off, or takes the tick away. Like saving a draft, this makes no ledger entry.
///
/// # Errors
/// Refusals, and [`DeskError::NotFound`] for a request of another manuscript.
pub fn tick(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, request: RequestId, ticked: bool) -> Result<(), DeskError> {
    let loaded = case::load(tx, actor, id)?;
    step::judge(tx, actor, &loaded, Action::Save)?;
    let at = ticked.then_some(tx.now);
    match texts::tick_request(tx.conn, id, request, at)? {
        0 => Err(DeskError::NotFound),
        _ => Ok(()),
    }
}
