//! Extensions of a department's due date (延期). A request does not change the state: the due date applies until it is decided.

use serde_json::json;

use crate::app::handling::charge::{self, AssignmentCase, AssignmentStep, enact};
use crate::app::handling::dates::Timing;
use crate::app::handling::forms::{self, ExtensionRequest, Verdict};
use crate::app::transition::words;
use crate::app::{AppError, Tx};
use crate::domain::assignment::{AssignmentAction, AssignmentPart};
use crate::domain::clock::Moment;
use crate::domain::ids::AssignmentId;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Violation, prose};
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::assignments::{self, Extension, ExtensionDecisionRow};

/// 申请延期: requests an extension before the due date, with reason, progress and a new date.
///
/// # Errors
/// [`Refusal::TooLate`] after the due date, [`Refusal::AlreadyDone`] while a request waits; [`AppError::Stale`]; violations; refusals.
pub fn request(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, form: &ExtensionRequest) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let decision = charge.judge(actor, AssignmentAction::RequestExtension, Some(seen))?;
    if tx.now > charge.row.due_at {
        return Err(Refusal::TooLate { limit: charge.row.due_at }.into());
    }
    let mut all = charge.row.extensions()?;
    if all.last().is_some_and(|last| last.decision.is_none()) {
        return Err(Refusal::AlreadyDone.into());
    }
    let reason = words(tx, "reason", &form.reason)?;
    let progress = words(tx, "progress", &form.progress)?;
    let due = later(tx, &charge, form.due_on.0)?;
    all.push(Extension {
        requested_by: actor.user,
        requested_at: tx.now,
        reason: reason.clone(),
        progress,
        until: form.due_on.0,
        decision: None,
    });
    charge.row.set_extensions(&all)?;
    let facts = json!({ "due": charge.row.due_at, "asked": form.due_on });
    let letter = LetterFacts { reason: Some(reason), due: Some(charge.row.due_at), asked: Some(due), ..LetterFacts::default() };
    enact(tx, actor, &mut charge, &decision, AssignmentStep { facts, letter, changed: true, ..AssignmentStep::default() })?;
    Ok(())
}

/// Sets the new date, or refuses the request.
///
/// # Errors
/// [`AppError::Stale`]; violations; refusals, one of them if there is no open request.
pub fn decide(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, form: &forms::ExtensionDecision) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let decision = charge.judge(actor, AssignmentAction::DecideExtension, Some(seen))?;
    let mut all = charge.row.extensions()?;
    let Some(open) = all.last_mut().filter(|last| last.decision.is_none()) else { return Err(charge.wrong_state()) };
    let granted = form.decision == Verdict::Grant;
    let due = if granted { Some(later(tx, &charge, form.due_on.map_or(open.until, |day| day.0))?) } else { None };
    let reason = match form.decision {
        Verdict::Grant => prose("reason", &form.reason, tx.settings.limits.reason_chars)?,
        Verdict::Refuse => words(tx, "reason", &form.reason)?,
    };
    open.decision = Some(ExtensionDecisionRow { by: actor.user, at: tx.now, granted, due, reason: reason.clone() });
    charge.row.set_extensions(&all)?;
    charge.row.due_at = due.unwrap_or(charge.row.due_at);
    let facts = json!({ "granted": granted, "due": charge.row.due_at });
    let wording = Some(if granted { Wording::Granted } else { Wording::Refused });
    let letter =
        LetterFacts { reason: (!reason.is_empty()).then_some(reason), due: Some(charge.row.due_at), wording, ..LetterFacts::default() };
    enact(tx, actor, &mut charge, &decision, AssignmentStep { facts, letter, changed: true, ..AssignmentStep::default() })?;
    Ok(())
}

/// Checks that a date is after the present one and within the limits of the channel, and for an assisting department of its lead.
fn later(tx: &mut Tx<'_>, charge: &AssignmentCase, day: chrono::NaiveDate) -> Result<Moment, AppError> {
    let latest = latest(tx, charge)?;
    let due = Timing::of(tx, charge.row.channel_id)?.named("due_on", day, latest)?;
    if due <= charge.row.due_at {
        return Err(Violation::new("due_on", "date_passed").into());
    }
    Ok(due)
}

/// Returns the latest date that can be set.
pub(super) fn latest(tx: &mut Tx<'_>, charge: &AssignmentCase) -> Result<Moment, AppError> {
    let row = &charge.row;
    let timing = Timing::of(tx, row.channel_id)?;
    Ok(match (row.part, row.lead_id) {
        (AssignmentPart::Assisting, Some(lead)) => {
            let lead = charge.loaded.assignments.iter().find(|one| one.id == lead).map_or(row.due_at, |lead| lead.due_at);
            timing.before(lead)
        }
        _ => {
            let instruction = match row.endorsement_id {
                Some(id) => assignments::instruction(tx.conn, row.manuscript_id, id, tx.now)?.flatten(),
                None => None,
            };
            timing.latest(row.assigned_at, instruction.as_ref())
        }
    })
}
