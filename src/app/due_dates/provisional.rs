//! Which dates are provisional: those that are counted again when the year in which they are is loaded, and no others. A day that
//! somebody named stays whatever the calendar says.

use super::{CalendarChange, counted_instruction, counted_reply};
use crate::app::channel_time::ChannelTime;
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

/// Which dates of an assignment are provisional.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ProvisionalDates {
    /// That of its answer.
    pub due: bool,
    /// That of its receipt.
    pub receive_by: bool,
    /// The last one on which its return can be asked for.
    pub return_until: bool,
}

fn is_in_unknown_year(tx: &mut Tx<'_>, channel: ChannelId, at: Moment) -> Result<bool, AppError> {
    Ok(ChannelTime::of(tx, channel)?.working().is_in_unknown_year(at))
}

/// Those of an assignment. Asks the database only where the year is unknown and the row alone does not say it.
///
/// # Errors
/// The store's.
pub(crate) fn of_assignment(tx: &mut Tx<'_>, row: &Assignment) -> Result<ProvisionalDates, AppError> {
    // No other date of it is later.
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

/// Whether the date of an instruction is provisional, which is `due` whether or not it has effect yet.
///
/// # Errors
/// The store's.
pub(crate) fn of_instruction(tx: &mut Tx<'_>, row: &Endorsement, due: Moment) -> Result<bool, AppError> {
    if !is_in_unknown_year(tx, row.channel_id, due)? {
        return Ok(false);
    }
    let change = CalendarChange::none(tx, row.channel_id)?;
    Ok(row.due_at.is_none() || counted_instruction(&change, row).is_some_and(|(date, _)| date == due))
}

/// Whether a date that a letter about this manuscript names is provisional: its desk's, or one of its assignments and instructions.
///
/// # Errors
/// The store's.
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

/// When an instruction that has effect is due: as the leader said, else after the channel's working days from the decision on.
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
