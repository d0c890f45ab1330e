//! Acts on an assignment before the answer: receipt, request for return, reminder, cancellation.

use serde_json::json;

use crate::app::handling::charge::{self, AssignmentCase, AssignmentStep, enact};
use crate::app::handling::dates::Timing;
use crate::app::handling::forms::{NewUrging, ReturnDecision, ReturnRequest, Verdict};
use crate::app::transition::words;
use crate::app::{AppError, Tx};
use crate::domain::assignment::{AssignmentAction, AssignmentPart};
use crate::domain::characters::is_blank;
use crate::domain::ids::{AnyId, AssignmentId, EntryId};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::states::AssignmentState;
use crate::domain::violation::{prose, required_line};
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::assignments::Assignment;
use crate::store::reports::{self, Urging};

/// The longest name of a proposed department, in characters.
const NAME: usize = 100;

/// 签收: confirms receipt by the department.
///
/// # Errors
/// [`AppError::Stale`] if the assignment has another version than `seen`; refusals.
pub fn receive(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let decision = charge.judge(actor, AssignmentAction::Receive, Some(seen))?;
    charge.row.received_at = Some(tx.now);
    let letter = LetterFacts { due: Some(charge.row.due_at), ..LetterFacts::default() };
    enact(tx, actor, &mut charge, &decision, AssignmentStep { letter, ..AssignmentStep::default() })?;
    Ok(())
}

/// 申请退办: requests a return, because the matter is not in this department's competence.
///
/// # Errors
/// [`Refusal::TooLate`] after the limit; [`AppError::Stale`]; violations; refusals.
pub fn request_return(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, form: &ReturnRequest) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let decision = charge.judge(actor, AssignmentAction::RequestReturn, Some(seen))?;
    let limit = Timing::of(tx, actor.channel)?.return_until(&charge.row);
    if tx.now > limit {
        return Err(Refusal::TooLate { limit }.into());
    }
    let reason = words(tx, "reason", &form.reason)?;
    let proposed = required_line("proposed_organization", &form.proposed_organization, NAME)?;
    charge.row.reason = Some(reason.clone());
    charge.row.proposed_organization = Some(proposed);
    let letter = LetterFacts { reason: Some(reason), due: Some(charge.row.due_at), ..LetterFacts::default() };
    enact(tx, actor, &mut charge, &decision, AssignmentStep { letter, ..AssignmentStep::default() })?;
    Ok(())
}

/// Grants or refuses a request for return.
///
/// # Errors
/// [`AppError::Stale`]; violations; refusals.
pub fn decide_return(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, form: &ReturnDecision) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let action = match form.decision {
        Verdict::Grant => AssignmentAction::GrantReturn,
        Verdict::Refuse => AssignmentAction::RefuseReturn,
    };
    let decision = charge.judge(actor, action, Some(seen))?;
    let reason = match form.decision {
        Verdict::Grant => prose("reason", &form.reason, tx.settings.limits.reason_chars)?,
        Verdict::Refuse => words(tx, "reason", &form.reason)?,
    };
    if form.decision == Verdict::Refuse {
        // From now on the department has received it, even if it made the request before confirming receipt.
        charge.row.received_at = charge.row.received_at.or(Some(tx.now));
    }
    let due = (form.decision == Verdict::Refuse).then_some(charge.row.due_at);
    let given = (!reason.is_empty()).then_some(reason);
    let wording = Some(if form.decision == Verdict::Grant { Wording::Granted } else { Wording::Refused });
    let letter = LetterFacts { reason: given.clone(), due, wording, ..LetterFacts::default() };
    enact(tx, actor, &mut charge, &decision, AssignmentStep { letter, ..AssignmentStep::default() })?;
    if form.decision == Verdict::Grant {
        // Without a reason of the dispatcher's own, the lead's reason for its request is used.
        let reason = given.or_else(|| charge.row.reason.clone()).unwrap_or_default();
        release_assisting(tx, actor, &mut charge, &reason)?;
    }
    Ok(())
}

/// 撤销交办
///
/// # Errors
/// [`AppError::Stale`]; violations; refusals.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, seen: i64, reason: &str) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let decision = charge.judge(actor, AssignmentAction::Cancel, Some(seen))?;
    let reason = words(tx, "reason", reason)?;
    charge.row.reason = Some(reason.clone());
    let letter = LetterFacts { reason: Some(reason.clone()), ..LetterFacts::default() };
    enact(tx, actor, &mut charge, &decision, AssignmentStep { letter, ..AssignmentStep::default() })?;
    release_assisting(tx, actor, &mut charge, &reason)?;
    Ok(())
}

/// Releases the assisting departments of a lead that is returned or cancelled: they have no lead to contribute to, and are notified.
/// Contributions made before remain.
fn release_assisting(tx: &mut Tx<'_>, actor: &Actor, charge: &mut AssignmentCase, reason: &str) -> Result<(), AppError> {
    let lead = charge.row.clone();
    let waiting = |row: &Assignment| row.lead_id == Some(lead.id) && !row.state.is_settled();
    let assisting: Vec<Assignment> = charge.loaded.assignments.iter().filter(|row| waiting(row)).cloned().collect();
    for row in assisting {
        charge.row = row;
        let decision = charge.judge(actor, AssignmentAction::Cancel, None)?;
        charge.row.reason = Some(reason.to_owned());
        let letter = LetterFacts { reason: Some(reason.to_owned()), ..LetterFacts::default() };
        enact(tx, actor, charge, &decision, AssignmentStep { facts: json!({ "lead": lead.id }), letter, ..AssignmentStep::default() })?;
    }
    charge.row = lead;
    Ok(())
}

/// 催办
///
/// # Errors
/// Violations; refusals.
pub fn urge(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, form: &NewUrging) -> Result<(), AppError> {
    let mut charge: AssignmentCase = charge::load(tx, actor, id)?;
    let decision = charge.judge(actor, AssignmentAction::Urge, None)?;
    let said = prose("words", &form.words, tx.settings.limits.reason_chars)?;
    refuse_repeat(tx, &charge, &said)?;
    let entry: EntryId = tx.id();
    let wording = match (charge.row.state, charge.row.part) {
        (AssignmentState::Dispatched, _) => Some(Wording::Unreceived),
        (_, AssignmentPart::Assisting) => Some(Wording::Assisting),
        _ => None,
    };
    let receive_by = (charge.row.state == AssignmentState::Dispatched).then_some(charge.row.receive_by);
    let reason = (!is_blank(&said)).then(|| said.clone());
    let letter = LetterFacts { reason, due: Some(charge.row.due_at), receive_by, wording, ..LetterFacts::default() };
    let facts = json!({ "due": charge.row.due_at });
    enact(tx, actor, &mut charge, &decision, AssignmentStep { entry: Some(entry), facts, letter, ..AssignmentStep::default() })?;
    let new_id: AnyId = tx.id();
    let row = Urging { id: new_id, assignment_id: charge.row.id, entry_id: entry, words: said, created_by: actor.user, created_at: tx.now };
    reports::insert_urging(tx.conn, &row)?;
    Ok(())
}

/// Refuses a second reminder with the same text on the same day, which is a repeated request, and a second one without text, which has no
/// new information.
fn refuse_repeat(tx: &mut Tx<'_>, charge: &AssignmentCase, said: &str) -> Result<(), AppError> {
    let timing = Timing::of(tx, charge.row.channel_id)?;
    let today = timing.today();
    let there = reports::urgings(tx.conn, &[charge.row.id])?;
    match there.iter().find(|one| one.words.trim() == said.trim() && timing.day(one.created_at) == today) {
        Some(first) => Err(Refusal::Repeated { first: first.id }.into()),
        None => Ok(()),
    }
}
