//! Due dates of assignments, and the latest dates that can be set (`domain.md`, "Time limits").

use std::sync::Arc;

use chrono::NaiveDate;

use crate::app::{AppError, Tx};
use crate::domain::calendar::Calendar;
use crate::domain::clock::Moment;
use crate::domain::deadline::{ChannelLimits, TimeLimit, WorkingTime};
use crate::domain::ids::ChannelId;
use crate::domain::violation::{Param, Violation};
use crate::store::assignments::{Assignment, Instruction};

/// A channel's limits and calendar at one moment.
pub(super) struct Timing {
    limits: ChannelLimits,
    calendar: Arc<Calendar>,
    now: Moment,
}

impl Timing {
    pub(super) fn of(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Self, AppError> {
        let limits = tx.channel_settings(channel)?.limits.clone();
        Ok(Self { limits, calendar: tx.calendar(channel)?, now: tx.now })
    }

    fn time(&self) -> WorkingTime<'_> {
        WorkingTime { limits: &self.limits, calendar: &self.calendar }
    }

    /// Computes a due date. An act must not fail because next year's calendar is not loaded yet: in that case Monday to Friday are counted,
    /// and the log says so.
    fn due(&self, start: Moment, limit: TimeLimit) -> Moment {
        let provisional = self.time().provisional(start, limit);
        if let Some(unknown) = provisional.assumed {
            tracing::warn!(%unknown, "a due date rests on a guess: load the calendar of that year");
        }
        provisional.due
    }

    pub(super) const fn now(&self) -> Moment {
        self.now
    }

    /// Returns whether a computed date may still change.
    pub(super) fn rests_on_guess(&self, counted: Moment) -> bool {
        self.time().is_in_unknown_year(counted)
    }

    /// Returns today in the channel's time zone.
    pub(super) fn today(&self) -> NaiveDate {
        self.time().date(self.now)
    }

    /// Returns the day of a moment in the channel's time zone.
    pub(super) fn day(&self, at: Moment) -> NaiveDate {
        self.time().date(at)
    }

    pub(super) fn receive_by(&self) -> Moment {
        self.due(self.now, self.limits.receipt())
    }

    pub(super) fn return_until(&self, row: &Assignment) -> Moment {
        self.due(row.assigned_at, self.limits.return_request())
    }

    /// Returns the default due date of a leading department: that of the leader, or by the limit of instructions, or by that of ordinary
    /// assignments.
    pub(super) fn lead(&self, instruction: Option<&Instruction>, urgent: bool) -> Moment {
        match instruction {
            Some(instruction) => {
                let limit = self.limits.instruction(urgent || instruction.urgent);
                instruction.due_at.filter(|due| *due > self.now).unwrap_or_else(|| self.due(self.now, limit))
            }
            None => self.due(self.now, self.limits.assignment()),
        }
    }

    /// Returns the latest possible due date of a leading department's answer, counted from `since`.
    pub(super) fn latest(&self, since: Moment, instruction: Option<&Instruction>) -> Moment {
        match instruction {
            Some(instruction) => {
                let most = self.due(since, self.limits.instruction_at_most());
                instruction.due_at.map_or(most, |due| most.max(due))
            }
            None => self.due(since, self.limits.assignment_at_most()),
        }
    }

    /// Returns the due date of an assisting department: a month, and always before that of the lead, which needs its opinion. If the lead
    /// has only one day, both have that day.
    pub(super) fn assisting(&self, lead: Moment) -> Moment {
        self.due(self.now, self.limits.assisting()).min(self.before(lead))
    }

    /// Returns the working day before.
    pub(super) fn before(&self, due: Moment) -> Moment {
        self.time().before(due, self.now)
    }

    /// Returns the number of working days since this was due; a year whose calendar is not loaded counts as plain weeks.
    pub(super) fn working_days_since(&self, due: Moment) -> u32 {
        self.working_days_after(self.time().date(due))
    }

    /// Returns the number of working days since the end of a day.
    pub(super) fn working_days_after(&self, day: NaiveDate) -> u32 {
        self.time().working_days_after(day, self.today())
    }

    /// Returns whether this day is a day off.
    pub(super) fn rests(&self, day: NaiveDate) -> bool {
        self.time().rests(day)
    }

    pub(super) fn second_reply(&self) -> Moment {
        self.due(self.now, self.limits.second_reply())
    }

    /// Returns the end of a day that a person chose, if it is between now and `latest`.
    pub(super) fn named(&self, field: &str, day: NaiveDate, latest: Moment) -> Result<Moment, Violation> {
        let due = self.time().end_of(day);
        if due <= self.now {
            return Err(Violation::new(field, "date_passed"));
        }
        if due > latest {
            let max = Param::Text(self.time().date(latest).to_string());
            return Err(Violation { field: field.to_owned(), code: "date_beyond", params: vec![("max", max)] });
        }
        Ok(due)
    }
}
