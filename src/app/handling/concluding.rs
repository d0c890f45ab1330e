//! How handling ends, and how it begins again.

use serde_json::json;

use crate::app::endorsements;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::transition::{self, StepDetails, StepResult, words};
use crate::app::{AppError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::{EntryId, ManuscriptId};
use crate::domain::permission::Actor;
use crate::domain::violation::{Violation, Violations, prose, required_prose};
use crate::domain::vocabulary::{Action, Stage};
use crate::mail::letters::LetterFacts;
use crate::store::{assignments, decisions, letters, replies};

/// 办结: closes it with a result, which goes to the authors and to the leaders who marked it.
///
/// # Errors
/// As [`conclude_again`].
pub fn conclude(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, result: &str) -> Result<StepResult, AppError> {
    conclude_again(tx, actor, id, seen, result, "")
}

/// The same with the reason for concluding although no department has answered since it was opened again. The reason is needed in that
/// case alone; it goes to the authors and leaders with the result.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::AssignmentsOpen`] while a leading department has not answered; [`AppError::Stale`]; violations,
/// among them the missing reason; refusals.
pub fn conclude_again(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ManuscriptId,
    seen: i64,
    result: &str,
    reason: &str,
) -> Result<StepResult, AppError> {
    let mut loaded = manuscript_case::load(tx, actor, id)?;
    transition::ready(tx, actor, &loaded, Action::Conclude, seen)?;
    // An instruction whose window has closed came before this conclusion, and opens nothing again after it.
    endorsements::settle(tx, id)?;
    let mut wrong = Violations::default();
    let max = tx.settings.limits.reason_chars;
    let result = wrong.take(required_prose("result", result, max));
    let reason = Some(wrong.take(prose("reason", reason, max))).filter(|reason| !is_blank(reason));
    if reason.is_none() && is_unanswered(tx, id)? {
        wrong.add(Violation::new("reason", "reason_or_reply"));
    }
    wrong.or(())?;
    let leaders = assignments::endorsers(tx.conn, id)?;
    let step = StepDetails {
        letter: LetterFacts { result: Some(result.clone()), reason: reason.clone(), ..LetterFacts::default() },
        words: Some(result),
        reason,
        public: true,
        facts: json!({ "assignments": loaded.assignments.len() }),
        named: &leaders,
        ..StepDetails::default()
    };
    transition::take(tx, actor, &mut loaded, Action::Conclude, step, |_| {})
}

/// Whether concluding this manuscript now asks for a reason, for the page on which it is concluded.
///
/// # Errors
/// [`AppError::NotFound`] also for what this person may not see, and for everybody outside the office; the store's.
pub fn asks_reason(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<bool, AppError> {
    if !manuscript_case::view(tx, actor, id)?.sight(actor).internal() {
        return Err(AppError::NotFound);
    }
    is_unanswered(tx, id)
}

/// Whether it was opened again after a conclusion, and no answer that stands was given since.
fn is_unanswered(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<bool, AppError> {
    let rows = decisions::list(tx.conn, id)?;
    let Some(at) = rows.iter().rposition(|row| row.action == Action::Reopen.as_str()) else { return Ok(false) };
    // A conclusion that was opened again before anybody heard of it is marked as undone, and so is its reopening kept from authors.
    let concluded = !rows[at].public || rows[..at].iter().any(|row| row.action == Action::Conclude.as_str());
    let since = rows[at].created_at;
    let answered = replies::of_manuscript(tx.conn, id)?.iter().any(|reply| reply.approved == Some(true) && reply.created_at > since);
    Ok(concluded && !answered)
}

/// The fact of a reopening, or of the end of a merger, that names the decision of which the authors had not been told.
pub(crate) const UNTOLD: &str = "untold";

/// Opens it again.
///
/// # Errors
/// [`AppError::Stale`]; violations; refusals.
pub fn reopen(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, reason: &str) -> Result<StepResult, AppError> {
    let mut loaded = manuscript_case::load(tx, actor, id)?;
    transition::ready(tx, actor, &loaded, Action::Reopen, seen)?;
    let reason = words(tx, "reason", reason)?;
    let untold = unsay(tx, &loaded)?;
    transition::take(tx, actor, &mut loaded, Action::Reopen, again(reason, untold), |_| {})
}

/// Opens it again as the consequence of something else: a confirmed instruction, later a broken promise. `reason` is what authors read.
/// Nothing happens, and none is given, where handling is not over.
///
/// # Errors
/// The store's.
pub(crate) fn reopen_alone(tx: &mut Tx<'_>, loaded: &mut LoadedCase, reason: &str) -> Result<Option<StepResult>, AppError> {
    if !matches!(loaded.row.stage, Stage::Concluded | Stage::Archived) {
        return Ok(None);
    }
    let untold = unsay(tx, loaded)?;
    transition::take_alone(tx, loaded, Action::Reopen, again(reason.to_owned(), untold)).map(Some)
}

/// The letters of a decision that nobody has been told of yet don't go out: when they would arrive, it is no longer true. Gives
/// that decision; then its authors need not hear, nor read, of what ended it either.
pub(crate) fn unsay(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<Option<EntryId>, AppError> {
    match &loaded.held {
        Some(held) if loaded.row.pending_until.is_some_and(|until| until > tx.now) => {
            letters::revoke(tx.conn, held.entry, tx.now)?;
            decisions::mark_undone(tx.conn, held.entry, tx.now)?;
            Ok(Some(held.entry))
        }
        _ => Ok(None),
    }
}

fn again(reason: String, untold: Option<EntryId>) -> StepDetails<'static> {
    let letter = LetterFacts { reason: Some(reason.clone()), ..LetterFacts::default() };
    let facts = untold.map(|conclusion| json!({ UNTOLD: conclusion })).unwrap_or_default();
    StepDetails { letter, facts, words: Some(reason), public: untold.is_none(), untold: untold.is_some(), ..StepDetails::default() }
}
