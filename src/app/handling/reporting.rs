//! Reports on the implementation of an answer (落实), until it is complete.

use std::collections::BTreeSet;

use serde_json::json;

use crate::app::handling::charge::{self, AssignmentCase, AssignmentStep, digest, enact};
use crate::app::handling::dates::Timing;
use crate::app::handling::forms::NewReport;
use crate::app::{AppError, Tx};
use crate::domain::assignment::AssignmentAction;
use crate::domain::ids::{AnyId, AssignmentId, EntryId, ReportId};
use crate::domain::notice::Letter;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Violation, required_prose};
use crate::domain::vocabulary::Answer;
use crate::mail::letters::LetterFacts;
use crate::store::ledger::contents;
use crate::store::replies;
use crate::store::reports::{self, ImplementationReportRow};

/// Adds a report. The assignment is implemented once its last suggestion is.
///
/// # Errors
/// [`Refusal::AlreadyDone`] once it is implemented; violations; refusals.
pub fn report(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, form: &NewReport) -> Result<(), AppError> {
    let mut charge = charge::load(tx, actor, id)?;
    let decision = charge.judge(actor, AssignmentAction::Report, None)?;
    if charge.row.implemented_at.is_some() {
        return Err(Refusal::AlreadyDone.into());
    }
    let said = required_prose("words", &form.words, tx.settings.limits.text_hard_chars)?;
    let number = form.number.map(i64::from);
    refuse_repeat(tx, &charge, number, &said, form.implemented)?;
    let left = left(tx, &charge, number)?;
    let implemented = form.implemented && (number.is_none() || left.iter().all(|one| Some(*one) == number));
    if implemented {
        charge.row.implemented_at = Some(tx.now);
    }
    let entry: EntryId = tx.id();
    let id: ReportId = tx.id();
    let row = ImplementationReportRow {
        id,
        assignment_id: charge.row.id,
        manuscript_id: charge.row.manuscript_id,
        entry_id: entry,
        number,
        words: said,
        implemented: form.implemented,
        created_by: actor.user,
        created_at: tx.now,
    };
    let act = AssignmentStep {
        entry: Some(entry),
        facts: json!({ "number": form.number, "implemented": form.implemented }),
        digests: digest("report", contents::report(&row)),
        letter: LetterFacts::default(),
        instead: implemented.then_some(Letter::Implemented),
        changed: implemented,
        ..AssignmentStep::default()
    };
    enact(tx, actor, &mut charge, &decision, act)?;
    reports::insert(tx.conn, &row)?;
    Ok(())
}

/// Refuses the same report on the same day, which is a repeated request; on another day it states that nothing has changed.
fn refuse_repeat(tx: &mut Tx<'_>, charge: &AssignmentCase, number: Option<i64>, said: &str, implemented: bool) -> Result<(), AppError> {
    let timing = Timing::of(tx, charge.row.channel_id)?;
    let today = timing.today();
    let there = reports::of_manuscript(tx.conn, charge.row.manuscript_id)?;
    let same = |one: &&ImplementationReportRow| {
        one.assignment_id == charge.row.id
            && (one.number, one.implemented) == (number, implemented)
            && one.words.trim() == said.trim()
            && timing.day(one.created_at) == today
    };
    match there.iter().find(same) {
        Some(first) => Err(Refusal::Repeated { first: AnyId(first.id.0) }.into()),
        None => Ok(()),
    }
}

/// Returns the adopted suggestions that are not implemented yet. A report on one suggestion must be on one of the reply's.
fn left(tx: &mut Tx<'_>, charge: &AssignmentCase, number: Option<i64>) -> Result<BTreeSet<i64>, AppError> {
    let Some(reply) = replies::last(tx.conn, charge.row.id)? else { return Err(charge.wrong_state()) };
    let items = replies::items(tx.conn, &[reply.id])?;
    let taken_up: BTreeSet<i64> = items.iter().filter(|item| item.answer != Answer::NotAdopted).map(|item| item.number).collect();
    if number.is_some_and(|number| !taken_up.contains(&number)) {
        return Err(Violation::new("number", "unknown").into());
    }
    let done: BTreeSet<i64> = reports::implemented(tx.conn, charge.row.id)?.into_iter().flatten().collect();
    Ok(taken_up.difference(&done).copied().collect())
}
