//! Provisional dates: those that are recomputed when the year that contains them is loaded. A day that a person set stays unchanged by the
//! calendar.

use crate::app::channel_time::ChannelTime;
use crate::app::due_dates::counted::{CalendarChange, counted_instruction, counted_reply};
use crate::app::{AppError, Tx};
use crate::domain::assignment::AssignmentPart;
use crate::domain::clock::Moment;
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::ChannelId;
use crate::domain::outcome::EndorsementKind;
use crate::store::assignments::{self, Assignment};
use crate::store::endorsements::{self, Endorsement};
use crate::store::manuscripts;
use crate::store::rows::ManuscriptRow;

/// The provisional dates of an assignment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ProvisionalDates {
    /// Whether the due date of its answer is.
    pub due: bool,
    /// Whether the due date of its receipt is.
    pub receive_by: bool,
    /// Whether the last day for a request for return is.
    pub return_until: bool,
}

fn is_in_unknown_year(tx: &mut Tx<'_>, channel: ChannelId, at: Moment) -> Result<bool, AppError> {
    Ok(ChannelTime::of(tx, channel)?.working().is_in_unknown_year(at))
}

/// Returns those of an assignment. Queries the database only if the year is not loaded and the row alone is not sufficient.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn of_assignment(tx: &mut Tx<'_>, row: &Assignment) -> Result<ProvisionalDates, AppError> {
    // None of its other dates is later.
    if !is_in_unknown_year(tx, row.channel_id, row.due_at)? {
        return Ok(ProvisionalDates::default());
    }
    let change = CalendarChange::none(tx, row.channel_id)?;
    let due = is_counted(tx, &change, row)?;
    let earlier = |at: Moment| change.time(&change.before).is_in_unknown_year(at) && (at < row.due_at || due);
    let return_until = change.count(row.assigned_at, change.limits.return_request()).0.min(row.due_at);
    Ok(ProvisionalDates { due, receive_by: earlier(row.receive_by), return_until: earlier(return_until) })
}

fn is_counted(tx: &mut Tx<'_>, change: &CalendarChange, row: &Assignment) -> Result<bool, AppError> {
    let is_plain = row.endorsement_id.is_none() && row.part == AssignmentPart::Lead;
    if is_plain && change.count(row.assigned_at, change.limits.assignment()).0 == row.due_at {
        return Ok(true);
    }
    let manuscript = manuscripts::find(tx.conn, row.channel_id, row.manuscript_id)?;
    let instructions = endorsements::of_manuscript(tx.conn, row.manuscript_id)?;
    let all = if row.lead_id.is_some() { assignments::of_manuscript(tx.conn, row.manuscript_id)? } else { Vec::new() };
    let counted = counted_reply(tx, change, &manuscript, &instructions, row, &all)?;
    Ok(counted.iter().any(|(date, _)| *date == row.due_at))
}

/// Returns whether the date of an instruction is provisional, which is `due` whether it is in effect yet or not.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn of_instruction(tx: &mut Tx<'_>, row: &Endorsement, due: Moment) -> Result<bool, AppError> {
    if !is_in_unknown_year(tx, row.channel_id, due)? {
        return Ok(false);
    }
    let change = CalendarChange::none(tx, row.channel_id)?;
    Ok(row.due_at.is_none() || counted_instruction(&change, row).is_some_and(|(date, _)| date == due))
}

/// Returns whether a date that a letter about this manuscript names is provisional: that of its queue, or of one of its assignments and
/// instructions.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn of_letter(tx: &mut Tx<'_>, manuscript: &ManuscriptRow, at: Moment) -> Result<bool, AppError> {
    if !is_in_unknown_year(tx, manuscript.channel_id, at)? {
        return Ok(false);
    }
    if manuscript.due_at == Some(at) {
        return Ok(true);
    }
    for row in assignments::of_manuscript(tx.conn, manuscript.id)? {
        let dates = of_assignment(tx, &row)?;
        if dates.due && row.due_at == at || dates.receive_by && row.receive_by == at {
            return Ok(true);
        }
    }
    for row in endorsements::of_manuscript(tx.conn, manuscript.id)? {
        let due = due_of_instruction(tx, row.channel_id, &row)?;
        if due == Some(at) && of_instruction(tx, &row, at)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the due date of an instruction in effect: the one that the leader set, otherwise by the channel's working days from the decision
/// on.
pub(crate) fn due_of_instruction(tx: &mut Tx<'_>, channel: ChannelId, row: &Endorsement) -> Result<Option<Moment>, AppError> {
    if row.kind != EndorsementKind::Instruction || row.due_at.is_some() || !row.state.has_effect() {
        return Ok(row.due_at);
    }
    let limits = tx.channel_settings(channel)?.limits.clone();
    let calendar = tx.calendar(channel)?;
    let from = row.decided_at.unwrap_or(tx.now);
    let provisional = WorkingTime { limits: &limits, calendar: &calendar }.provisional(from, limits.instruction(row.urgent));
    if let Some(unknown) = provisional.assumed {
        tracing::warn!(%unknown, "a due date rests on a guess: load the calendar of that year");
    }
    Ok(Some(provisional.due))
}
