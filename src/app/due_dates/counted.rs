//! The due dates by the rules, under the calendar before a change and under the one after it.

use std::sync::Arc;

use crate::app::{AppError, StoreError, Tx};
use crate::domain::assignment::AssignmentPart;
use crate::domain::calendar::Calendar;
use crate::domain::clock::Moment;
use crate::domain::deadline::{ChannelLimits, TimeLimit, WorkingTime};
use crate::domain::ids::ChannelId;
use crate::domain::job::RecomputeDueDates;
use crate::domain::outcome::EndorsementKind;
use crate::store::assignments::Assignment;
use crate::store::endorsements::Endorsement;
use crate::store::replies;
use crate::store::rows::ManuscriptRow;

/// The calendar before and now.
pub(super) struct CalendarChange {
    pub(super) limits: ChannelLimits,
    pub(super) before: Arc<Calendar>,
    after: Arc<Calendar>,
    now: Moment,
}

/// A date as it was computed and as it is computed now.
pub(super) type Counted = (Moment, Moment);

impl CalendarChange {
    pub(super) fn of(tx: &mut Tx<'_>, of: &RecomputeDueDates) -> Result<Self, AppError> {
        let limits = tx.channel_settings(of.channel)?.limits.clone();
        let calendar = tx.calendar(of.channel)?;
        let unreadable = |error| StoreError::unreadable("jobs.payload", &error);
        let before = calendar.with_year(of.after.year, of.before.as_ref()).map_err(unreadable)?;
        let after = calendar.with_year(of.after.year, Some(&of.after)).map_err(unreadable)?;
        Ok(Self { limits, before: Arc::new(before), after: Arc::new(after), now: tx.now })
    }

    /// Returns a change without a difference: the current calendar.
    pub(super) fn none(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Self, AppError> {
        let limits = tx.channel_settings(channel)?.limits.clone();
        let calendar = tx.calendar(channel)?;
        Ok(Self { limits, before: calendar.clone(), after: calendar, now: tx.now })
    }

    pub(super) fn time<'a>(&'a self, calendar: &'a Calendar) -> WorkingTime<'a> {
        WorkingTime { limits: &self.limits, calendar }
    }

    pub(super) fn count(&self, from: Moment, limit: TimeLimit) -> Counted {
        let due = |calendar| self.time(calendar).provisional(from, limit).due;
        (due(&self.before), due(&self.after))
    }

    /// Returns the new value of a date, or `None` if a person set it, or if it is unchanged.
    pub(super) fn moved(&self, due: Moment, counted: &[Counted]) -> Option<Moment> {
        let (_, after) = counted.iter().find(|(before, after)| *before == due && after != before)?;
        if *after > due {
            return Some(*after);
        }
        let time = self.time(&self.after);
        let soon = time.provisional(self.now, TimeLimit::WorkingDays(1)).due;
        Some((*after).max(soon.min(due))).filter(|after| *after != due)
    }
}

/// Returns the due date of an instruction without a date set by the leader.
pub(super) fn counted_instruction(change: &CalendarChange, row: &Endorsement) -> Option<Counted> {
    let from = row.decided_at.filter(|_| row.kind == EndorsementKind::Instruction && row.state.has_effect())?;
    Some(change.count(from, change.limits.instruction(row.urgent)))
}

/// Returns the dates that the rules may have given to an assignment, each as before and as now.
pub(super) fn counted_reply(
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
