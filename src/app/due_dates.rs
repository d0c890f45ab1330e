//! Recomputes the due dates of a manuscript after a year of the calendar has changed: that of its queue, its instructions and its
//! assignments.
//!
//! Only computed dates are recomputed, not those that a person set: a date counts as computed if the rules yield it under the previous
//! calendar. Recomputation makes nothing overdue: a date is moved forward to the next working day at the earliest. Versions stay unchanged,
//! because nothing changes that a person with an open form has based a decision on.

use serde_json::json;

use crate::app::due_dates::counted::{CalendarChange, counted_instruction, counted_reply};
use crate::app::events::{self, LedgerEvent};
use crate::app::{AppError, Tx, manuscript_case};
use crate::domain::clock::Moment;
use crate::domain::deadline::Deadline;
use crate::domain::ids::{AnyId, ChannelId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::job::RecomputeDueDates;
use crate::domain::outcome::EndorsementKind;
use crate::domain::queues;
use crate::domain::states::AssignmentState;
use crate::store::assignments::{self, Assignment};
use crate::store::endorsements::{self, Endorsement};
use crate::store::manuscripts;
use crate::store::rows::ManuscriptRow;

mod counted;
pub(crate) mod provisional;
mod telling;

/// A due date that has moved, and the people concerned.
struct Moved {
    entry: EntryId,
    subject: AnyId,
    deadline: Deadline,
    /// For an assignment, the department and the act that assigned it.
    charged: Option<(OrganizationId, EntryId)>,
    /// The leader who gave the instruction that has this date or that the assignment carries out.
    leader: Option<UserId>,
    before: Moment,
    after: Moment,
}

/// Recomputes the due dates of one manuscript, in one transaction with the entries and letters about it. Returns how many have moved.
///
/// # Errors
/// Fails if a database operation fails.
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

/// Moves an instruction's date, which is stored with its quotation. Returns it only where no department is assigned to it yet; after that,
/// the letters are those of the assignments.
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

/// Writes the entry of a date that has moved, with the row that was saved just before.
fn note(tx: &mut Tx<'_>, channel: ChannelId, moved: &Moved) -> Result<(), AppError> {
    let facts = json!({ "subject": moved.subject, "deadline": moved.deadline, "before": moved.before, "after": moved.after });
    let event = LedgerEvent::by_program(channel, "recompute", "due_date", moved.entry.0, facts);
    events::append_event_as(tx, moved.entry, event)?;
    Ok(())
}
