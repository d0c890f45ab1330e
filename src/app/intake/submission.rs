//! Submission and withdrawal.

use std::collections::BTreeMap;

use serde_json::json;

use crate::app::intake::{digest_of, drafts};
use crate::app::manuscript_case::LoadedCase;
use crate::app::staffing::{ScreeningNeed, UNSTAFFED};
use crate::app::step::{StepDetails, StepResult};
use crate::app::{AppError, Tx, attachments, form_drafts, merging, transition};
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::{EntryId, ManuscriptId, RequestId};
use crate::domain::manuscript::{Draft, Text};
use crate::domain::numbers::manuscript_number;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Action;
use crate::store::ledger::contents;
use crate::store::rows::{ManuscriptRow, TextRow};
use crate::store::{StoreError, attachments as files, change_requests, channels, letters, texts};

/// Submits a manuscript.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations for what is missing or not settled in the form; refusals.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<StepResult, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    let sight = loaded.sight(actor);
    transition::judge(tx, actor, &loaded, Action::Submit)?;
    loaded.expect(seen, sight, tx.now)?;
    let unsettled = form_drafts::unsettled(tx, actor, &loaded)?.violations();
    if !unsettled.is_empty() {
        return Err(unsettled.into());
    }
    let (text, digests) = seal(tx, &loaded)?;
    loaded.row.title.clone_from(&text.title);
    files::hand_in(tx.conn, id, tx.now)?;
    hand_in(tx, actor, &mut loaded, text.round, digests, None)
}

/// Creates a manuscript and submits it, in one act.
///
/// # Errors
/// As [`drafts::create`] and [`submit`].
pub fn create_and_submit(tx: &mut Tx<'_>, actor: &Actor, new: &drafts::NewDraft) -> Result<(ManuscriptId, StepResult), AppError> {
    let (written, done) = write_and_submit(tx, actor, new)?;
    Ok((written.loaded.row.id, done))
}

/// Creates and submits a manuscript, and returns what was written.
pub(crate) fn write_and_submit(tx: &mut Tx<'_>, actor: &Actor, new: &drafts::NewDraft) -> Result<(drafts::Fresh, StepResult), AppError> {
    let mut fresh = drafts::prepare(tx, actor, new)?;
    fresh.draft.complete()?;
    fresh.text.seal(&fresh.draft.text, tx.now);
    let digests = digest_of(&fresh.text, &fresh.draft.text);
    let done = hand_in(tx, actor, &mut fresh.loaded, fresh.text.round, digests, Some(&fresh.text))?;
    Ok((fresh, done))
}

/// Seals the text of a complete draft, or of a returned manuscript; returns it with its digests.
fn seal(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<(TextRow, BTreeMap<String, String>), AppError> {
    let mut row = texts::find(tx.conn, loaded.row.text_id)?;
    let text = row.text()?;
    let draft = as_draft(&loaded.row, text)?;
    draft.complete()?;
    if row.sealed_at.is_none() {
        row.seal(&draft.text, tx.now);
        texts::save(tx.conn, &row)?;
    }
    let mut digests = digest_of(&row, &draft.text);
    digests.extend(attachments::digests_of(tx, loaded.row.id)?);
    Ok((row, digests))
}

fn hand_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loaded: &mut LoadedCase,
    round: i64,
    mut digests: BTreeMap<String, String>,
    fresh: Option<&TextRow>,
) -> Result<StepResult, AppError> {
    digests.insert("form".to_owned(), contents::form(&loaded.row)?);
    let number = match &loaded.row.number {
        Some(number) => number.clone(),
        None => next_number(tx, actor)?,
    };
    let mut facts = json!({ "number": number, "round": round, "authors": loaded.authors.len() });
    if loaded.screening == ScreeningNeed::Skipped && loaded.row.returned_from.is_none() {
        facts[UNSTAFFED] = true.into();
    }
    let step = StepDetails { digests, facts, fresh, ..StepDetails::default() };
    let now = tx.now;
    transition::take(tx, actor, loaded, Action::Submit, step, |row| {
        row.number.get_or_insert(number);
        row.submitted_at.get_or_insert(now);
    })
}

/// Returns a manuscript's form as the rules consider it.
pub(crate) fn as_draft(row: &ManuscriptRow, text: Text) -> Result<Draft, AppError> {
    let details = row.details()?;
    let (category, kind) = (row.category.clone(), row.kind);
    Ok(Draft { text, category, kind, keywords: details.keywords, declarations: details.declarations })
}

fn next_number(tx: &mut Tx<'_>, actor: &Actor) -> Result<String, AppError> {
    use chrono::Datelike;
    let settings = tx.channel_settings(actor.channel)?;
    let calendar = tx.calendar(actor.channel)?;
    let year = WorkingTime { limits: &settings.limits, calendar: &calendar }.date(tx.now).year();
    let n = channels::next_number(tx.conn, actor.channel, &format!("manuscript:{year}"))?;
    let n = u32::try_from(n).map_err(|error| StoreError::unreadable("counters.value", &error))?;
    Ok(manuscript_number(year, n))
}

/// Withdraws a manuscript.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; refusals.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<StepResult, AppError> {
    merging::lock_merged(tx, actor, id)?;
    let mut loaded = transition::load(tx, actor, id)?;
    let sight = loaded.sight(actor);
    transition::judge(tx, actor, &loaded, Action::Withdraw)?;
    loaded.expect(seen, sight, tx.now)?;
    let waiting: Vec<EntryId> = loaded.unannounced(tx.now).iter().map(|held| held.entry).collect();
    for entry in waiting {
        // It was not announced yet that the manuscript had moved on, and now it is withdrawn.
        letters::revoke(tx.conn, entry, tx.now)?;
    }
    // Includes changes since the last submission, which others do not read.
    let digests = BTreeMap::from([("form".to_owned(), contents::form(&loaded.row)?)]);
    transition::take(tx, actor, &mut loaded, Action::Withdraw, StepDetails { digests, ..StepDetails::default() }, |_| {})
}

/// Marks a request for a change as done, or as not done. Like saving a draft, this makes no ledger entry.
///
/// # Errors
/// Refusals, and [`AppError::NotFound`] for a request of another manuscript.
pub fn tick(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, request: RequestId, ticked: bool) -> Result<(), AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, Action::Save)?;
    drafts::record_work(tx, actor, &mut loaded)?;
    let at = ticked.then_some(tx.now);
    match change_requests::tick(tx.conn, id, request, at)? {
        0 => Err(AppError::NotFound),
        _ => Ok(()),
    }
}
