//! Conclusion of the handling.

use serde_json::json;

use crate::app::manuscript_case::{self};
use crate::app::step::{StepDetails, StepResult};
use crate::app::transition::{self};
use crate::app::{AppError, Tx, endorsements};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::violation::{Violation, Violations, prose, required_prose};
use crate::domain::vocabulary::Action;
use crate::mail::letters::LetterFacts;
use crate::store::{assignments, decisions, replies};

/// 办结: concludes the handling with a result, of which the authors and the leaders who endorsed the manuscript are informed.
///
/// # Errors
/// As [`conclude_again`].
pub fn conclude(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, result: &str) -> Result<StepResult, AppError> {
    conclude_again(tx, actor, id, seen, result, "")
}

/// Concludes the handling, with the reason for doing so although no department has answered since it was reopened. The reason is required
/// only in that case; the authors and leaders receive it with the result.
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
    let mut loaded = transition::load(tx, actor, id)?;
    transition::ready(tx, actor, &loaded, Action::Conclude, seen)?;
    // An instruction whose window has closed precedes this conclusion, and does not reopen the handling after it.
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

/// Returns whether concluding this manuscript now requires a reason, for the page on which it is concluded.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it, and for everybody outside the office; errors of the database.
pub fn asks_reason(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<bool, AppError> {
    if !manuscript_case::view(tx, actor, id)?.sight(actor).internal() {
        return Err(AppError::NotFound);
    }
    is_unanswered(tx, id)
}

/// Returns whether it was reopened after a conclusion, without a valid answer since.
fn is_unanswered(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<bool, AppError> {
    let rows = decisions::list(tx.conn, id)?;
    let Some(at) = rows.iter().rposition(|row| row.action == Action::Reopen.as_str()) else { return Ok(false) };
    // A conclusion that was reopened before it was announced is marked as undone, and its reopening is also concealed from authors.
    let concluded = !rows[at].public || rows[..at].iter().any(|row| row.action == Action::Conclude.as_str());
    let since = rows[at].created_at;
    let answered = replies::of_manuscript(tx.conn, id)?.iter().any(|reply| reply.approved == Some(true) && reply.created_at > since);
    Ok(concluded && !answered)
}
