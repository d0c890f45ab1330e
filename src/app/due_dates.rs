//! Counts the due dates of a manuscript again after a year of the calendar has changed: its desk's, its instructions' and its assignments'.
//!
//! Only dates that were counted are counted again, not those that somebody named: a date was counted if the rules give it under the
//! calendar as it was before. Nobody becomes late by it: a date is brought forward to the next working day at the earliest. Versions stay as
//! they are: nothing changes that somebody who has a form open has decided on.

use std::sync::Arc;

use serde_json::json;

use crate::app::events::{self, LedgerEvent};
use crate::app::{AppError, StoreError, Tx, manuscript_case};
use crate::domain::assignment::AssignmentPart;
use crate::domain::calendar::Calendar;
use crate::domain::clock::Moment;
use crate::domain::deadline::{ChannelLimits, Deadline, TimeLimit, WorkingTime};
use crate::domain::ids::{AnyId, ChannelId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::job::RecomputeDueDates;
use crate::domain::outcome::EndorsementKind;
use crate::domain::queues;
use crate::domain::states::AssignmentState;
use crate::store::assignments::{self, Assignment};
use crate::store::endorsements::{self, Endorsement};
use crate::store::rows::ManuscriptRow;
use crate::store::{manuscripts, replies};

pub(crate) mod provisional;
mod telling;

/// The calendar before and now.
struct CalendarChange {
    limits: ChannelLimits,
    before: Arc<Calendar>,
    after: Arc<Calendar>,
    now: Moment,
}

/// A date as it was counted and as it is counted now.
type Counted = (Moment, Moment);

/// A date that has moved, and whom that concerns.
struct Moved {
    entry: EntryId,
    subject: AnyId,
    deadline: Deadline,
    /// The department and the act that charged it, for an assignment.
    charged: Option<(OrganizationId, EntryId)>,
    /// The leader whose instruction it is, or carries out.
    leader: Option<UserId>,
    before: Moment,
    after: Moment,
}

impl CalendarChange {
    fn of(tx: &mut Tx<'_>, of: &RecomputeDueDates) -> Result<Self, AppError> {
        let limits = tx.channel_settings(of.channel)?.limits.clone();
        let calendar = tx.calendar(of.channel)?;
        let unreadable = |error| StoreError::unreadable("jobs.payload", &error);
        let before = calendar.with_year(of.after.year, of.before.as_ref()).map_err(unreadable)?;
        let after = calendar.with_year(of.after.year, Some(&of.after)).map_err(unreadable)?;
        Ok(Self { limits, before: Arc::new(before), after: Arc::new(after), now: tx.now })
    }

    /// No change: the calendar as it is.
    fn none(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Self, AppError> {
        let limits = tx.channel_settings(channel)?.limits.clone();
        let calendar = tx.calendar(channel)?;
        Ok(Self { limits, before: calendar.clone(), after: calendar, now: tx.now })
    }

    fn time<'a>(&'a self, calendar: &'a Calendar) -> WorkingTime<'a> {
        WorkingTime { limits: &self.limits, calendar }
    }

    fn count(&self, from: Moment, limit: TimeLimit) -> Counted {
        let due = |calendar| self.time(calendar).provisional(from, limit).due;
        (due(&self.before), due(&self.after))
    }

    /// What becomes of a date: none if it was named, or stays.
    fn moved(&self, due: Moment, counted: &[Counted]) -> Option<Moment> {
        let (_, after) = counted.iter().find(|(before, after)| *before == due && after != before)?;
        if *after > due {
            return Some(*after);
        }
        let time = self.time(&self.after);
        let soon = time.provisional(self.now, TimeLimit::WorkingDays(1)).due;
        Some((*after).max(soon.min(due))).filter(|after| *after != due)
    }
}

/// Counts the dates of one manuscript again, in one transaction with the entries and letters that say so. Gives how many moved.
///
/// # Errors
/// The store's.
pub fn recompute(tx: &mut Tx<'_>, of: &RecomputeDueDates, id: ManuscriptId) -> Result<usize, AppError> {
    let change = CalendarChange::of(tx, of)?;
    let row = manuscripts::find_for_update(tx.conn, of.channel, id)?;
    let mut moved = Vec::new();
    moved.extend(of_desk(tx, &change, &row)?);
    let instructions = endorsements::of_manuscript(tx.conn, id)?;
    of_assignments(tx, &change, &row, &instructions, &mut moved)?;
    let mut unassigned = Vec::new();
    for endorsement in instructions {
        unassigned.extend(of_instruction(tx, &change, endorsement)?);
    }
    if moved.is_empty() && unassigned.is_empty() {
        return Ok(0);
    }
    let row = manuscripts::find(tx.conn, of.channel, id)?;
    let loaded = manuscript_case::of_row(tx, row)?;
    for one in &moved {
        telling::tell(tx, &loaded, one)?;
    }
    for one in &unassigned {
        telling::tell_of_instruction(tx, &loaded, one)?;
    }
    Ok(moved.len() + unassigned.len())
}

fn of_desk(tx: &mut Tx<'_>, change: &CalendarChange, row: &ManuscriptRow) -> Result<Option<Moved>, AppError> {
    let queue = queues::of_stage(row.stage).and_then(|queue| queue.limit.zip(queue.deadline));
    let Some(((limit, deadline), due)) = queue.zip(row.due_at) else { return Ok(None) };
    let counted = change.count(row.stage_since, limit(&change.limits, row.urgent));
    let Some(after) = change.moved(due, &[counted]) else { return Ok(None) };
    let saved = ManuscriptRow { due_at: Some(after), ..row.clone() };
    manuscripts::save(tx.conn, &saved, row.version)?;
    let moved = Moved { entry: tx.id(), subject: row.id.into(), deadline, charged: None, leader: None, before: due, after };
    note(tx, row.channel_id, &moved)?;
    Ok(Some(moved))
}

/// An instruction's date stands on its quotation. Gives it where no department is charged with it yet; after that the letters are those of
/// the assignments.
fn of_instruction(tx: &mut Tx<'_>, change: &CalendarChange, row: Endorsement) -> Result<Option<Moved>, AppError> {
    let Some((due, counted)) = row.due_at.zip(counted_instruction(change, &row)) else { return Ok(None) };
    let Some(after) = change.moved(due, &[counted]) else { return Ok(None) };
    let row = Endorsement { due_at: Some(after), ..row };
    endorsements::save(tx.conn, &row, row.version)?;
    let (entry, deadline, leader) = (tx.id(), Deadline::Reply, Some(row.leader_id));
    let moved = Moved { entry, subject: row.id.into(), deadline, charged: None, leader, before: due, after };
    note(tx, row.channel_id, &moved)?;
    let all = assignments::of_manuscript(tx.conn, row.manuscript_id)?;
    let is_assigned = all.iter().any(|one| one.endorsement_id == Some(row.id) && one.state.is_charged());
    Ok((!is_assigned).then_some(moved))
}

/// When an instruction without a date of the leader's is due.
fn counted_instruction(change: &CalendarChange, row: &Endorsement) -> Option<Counted> {
    let from = row.decided_at.filter(|_| row.kind == EndorsementKind::Instruction && row.state.has_effect())?;
    Some(change.count(from, change.limits.instruction(row.urgent)))
}

fn of_assignments(
    tx: &mut Tx<'_>,
    change: &CalendarChange,
    manuscript: &ManuscriptRow,
    instructions: &[Endorsement],
    moved: &mut Vec<Moved>,
) -> Result<(), AppError> {
    let rows = assignments::of_manuscript(tx.conn, manuscript.id)?;
    let open = |row: &&Assignment| !row.state.is_settled() && row.state != AssignmentState::Replied;
    for row in rows.iter().filter(open) {
        let counted = counted_reply(tx, change, manuscript, instructions, row, &rows)?;
        let due = change.moved(row.due_at, &counted);
        let receipt = change.count(row.assigned_at, change.limits.receipt());
        let receipt = (receipt.0.min(row.due_at), receipt.1.min(due.unwrap_or(row.due_at)));
        let receive = change.moved(row.receive_by, &[receipt]).filter(|_| row.state == AssignmentState::Dispatched);
        if due.is_none() && receive.is_none() {
            continue;
        }
        let saved = Assignment { due_at: due.unwrap_or(row.due_at), receive_by: receive.unwrap_or(row.receive_by), ..row.clone() };
        assignments::save(tx.conn, &saved, row.version)?;
        let followed = instructions.iter().find(|one| Some(one.id) == row.endorsement_id && one.kind == EndorsementKind::Instruction);
        let leader = followed.map(|one| one.leader_id);
        let changes = [(Deadline::Reply, row.due_at, due), (Deadline::Receipt, row.receive_by, receive)];
        for (deadline, before, after) in changes {
            let Some(after) = after else { continue };
            let (entry, charged) = (tx.id(), Some((row.organization_id, row.entry_id)));
            let one = Moved { entry, subject: row.id.into(), deadline, charged, leader, before, after };
            note(tx, row.channel_id, &one)?;
            moved.push(one);
        }
    }
    Ok(())
}

/// The dates that the rules can have given to an assignment, each as before and as now.
fn counted_reply(
    tx: &mut Tx<'_>,
    change: &CalendarChange,
    manuscript: &ManuscriptRow,
    instructions: &[Endorsement],
    row: &Assignment,
    all: &[Assignment],
) -> Result<Vec<Counted>, AppError> {
    let mut counted = Vec::new();
    if let Some(again) = replies::last(tx.conn, row.id)?.filter(|reply| reply.approved == Some(false)).and_then(|reply| reply.decided_at) {
        counted.push(change.count(again, change.limits.second_reply()));
    }
    match (row.part, row.lead_id.and_then(|lead| all.iter().find(|one| one.id == lead))) {
        (AssignmentPart::Assisting, Some(lead)) => {
            let own = change.count(row.assigned_at, change.limits.assisting());
            for (before, after) in counted_lead(change, manuscript, instructions, lead).into_iter().chain([(lead.due_at, lead.due_at)]) {
                let less = |calendar, lead| change.time(calendar).before(lead, row.assigned_at);
                counted.push((own.0.min(less(&change.before, before)), own.1.min(less(&change.after, after))));
            }
        }
        _ => counted.extend(counted_lead(change, manuscript, instructions, row)),
    }
    Ok(counted)
}

fn counted_lead(change: &CalendarChange, manuscript: &ManuscriptRow, instructions: &[Endorsement], row: &Assignment) -> Vec<Counted> {
    let instruction = instructions.iter().find(|one| Some(one.id) == row.endorsement_id);
    let Some(instruction) = instruction.filter(|one| one.kind == EndorsementKind::Instruction) else {
        return vec![change.count(row.assigned_at, change.limits.assignment())];
    };
    let urgent = change.limits.instruction(manuscript.urgent || instruction.urgent);
    counted_instruction(change, instruction).into_iter().chain([change.count(row.assigned_at, urgent)]).collect()
}

/// Writes the entry of a date that has moved, with the row that was saved just before.
fn note(tx: &mut Tx<'_>, channel: ChannelId, moved: &Moved) -> Result<(), AppError> {
    let facts = json!({ "subject": moved.subject, "deadline": moved.deadline, "before": moved.before, "after": moved.after });
    let event = LedgerEvent::by_program(channel, "recompute", "due_date", moved.entry.0, facts);
    events::append_event_as(tx, moved.entry, event)?;
    Ok(())
}
