//! Time limits, due dates and reminders (`domain.md`, "Time limits").
//!
//! Due dates are the *end of a working day* in the channel's time zone. A due date in a year whose calendar is not loaded is an error here
//! ([`UnknownYear`]); an act must not fail for it, so callers in a transaction use [`WorkingTime::provisional`], store the date, and show
//! the administrator the years that were assumed.

use chrono::{DateTime, Months, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, UnknownYear};
use super::clock::Moment;
use super::vocabulary::words;

mod limits;

pub use limits::ChannelLimits;

/// A time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeLimit {
    /// The number of working days after the day on which the period starts.
    WorkingDays(u32),
    /// The number of calendar months; if the last day is a day off, the next working day.
    Months(u32),
}

words! {
    /// Steps of the work that have a time limit and reminders.
    enum Deadline {
        /// The screening by the organisation.
        Screening = "screening",
        /// The department's review.
        Review = "review",
        /// The signature.
        Signing = "signing",
        /// A department confirms receipt of an assignment.
        Receipt = "receipt",
        /// A department replies.
        Reply = "reply",
    }
}

/// A due date that may be based on an assumption about years whose calendar is not loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisional {
    /// The due date.
    pub due: Moment,
    /// Set if a year was not loaded and was counted from Monday to Friday: the date may change, and the administrator should load the year.
    pub assumed: Option<UnknownYear>,
}

/// The kind of reminder: each has a row of its own per deadline, so that none is sent twice and none depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderRule {
    /// This many working days before the due date.
    Before(u32),
    /// On the due date.
    OnTheDay,
    /// On the first working day after it, also to those who supervise the queue.
    Escalation,
}

impl ReminderRule {
    /// Returns the name under which the row is stored: `before_3`, `on_the_day`, `escalation`.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Before(days) => format!("before_{days}"),
            Self::OnTheDay => "on_the_day".to_owned(),
            Self::Escalation => "escalation".to_owned(),
        }
    }
}

/// A channel's limits together with the calendar, which convert a limit into a point in time.
#[derive(Debug, Clone, Copy)]
pub struct WorkingTime<'a> {
    /// The channel's settings.
    pub limits: &'a ChannelLimits,
    /// The working days.
    pub calendar: &'a Calendar,
}

impl WorkingTime<'_> {
    /// Returns the due date of a task that starts at `start` and may take `limit`: the end of a working day.
    ///
    /// # Errors
    /// Fails if that is in a year whose calendar is not loaded.
    pub fn due(&self, start: Moment, limit: TimeLimit) -> Result<Moment, UnknownYear> {
        self.count(self.calendar, start, limit)
    }

    /// As [`WorkingTime::due`], but an unknown year is counted as plain weeks and named in the result.
    #[must_use]
    pub fn provisional(&self, start: Moment, limit: TimeLimit) -> Provisional {
        match self.due(start, limit) {
            Ok(due) => Provisional { due, assumed: None },
            Err(unknown) => {
                let due = self.count(&self.calendar.assuming_plain_weeks(), start, limit);
                Provisional { due: due.unwrap_or(start), assumed: Some(unknown) }
            }
        }
    }

    /// Returns the end of the office hours of `day` in the channel's time zone.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> Moment {
        self.at(day, self.limits.closes_at)
    }

    /// Returns the date of `at` in the channel's time zone.
    #[must_use]
    pub fn date(&self, at: Moment) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// Returns the reminder that is to be sent now, if any, for a task that began at `since` and is due at `due`.
    ///
    /// Each rule has its day; if it could not be sent that day, it is skipped in favour of the next one, except the escalation, which stays
    /// due. Nothing is sent on a day off or outside office hours, and no reminder whose day was not after the day on which the period
    /// started (a three-day limit has no reminder three days before).
    ///
    /// # Errors
    /// Fails if a day between is in a year whose calendar is not loaded.
    pub fn reminder_due(&self, since: Moment, due: Moment, now: Moment) -> Result<Option<ReminderRule>, UnknownYear> {
        let local = self.local(now);
        let today = local.date_naive();
        let office = self.limits.opens_at <= local.time() && local.time() < self.limits.closes_at;
        let rests = Calendar::is_statutory_holiday(today) || !self.calendar.is_working_day(today)?;
        if !office || today <= self.date(since) || rests {
            return Ok(None);
        }
        if now > due && today > self.date(due) {
            return Ok(Some(ReminderRule::Escalation));
        }
        // A leader may set a day off; the reminder is then sent on the last working day before it.
        let last = self.calendar.subtract_working_days(self.date(due), 0)?;
        if today == last {
            return Ok(Some(ReminderRule::OnTheDay));
        }
        for days in &self.limits.remind_before_days {
            if *days > 0 && self.calendar.subtract_working_days(last, *days)? == today {
                return Ok(Some(ReminderRule::Before(*days)));
            }
        }
        Ok(None)
    }

    /// Returns the number of whole working days left, without today and including the due date; negative once it is overdue.
    ///
    /// # Errors
    /// Fails if a day between is in a year whose calendar is not loaded.
    pub fn working_days_left(&self, due: Moment, now: Moment) -> Result<i32, UnknownYear> {
        self.calendar.working_days_between(self.date(now), self.date(due))
    }

    /// Returns the end of the working day before a due date, or the due date itself if that would not be after `now`.
    #[must_use]
    pub fn before(&self, due: Moment, now: Moment) -> Moment {
        let day = self.date(due);
        let earlier = self.calendar.subtract_working_days(day, 1);
        let earlier = earlier.or_else(|_| self.calendar.assuming_plain_weeks().subtract_working_days(day, 1));
        let earlier = earlier.map_or(due, |day| self.end_of(day));
        if earlier > now { earlier } else { due }
    }

    /// Returns whether a date is in a year whose calendar is not loaded. A computed date is then based on an assumption; a date that a
    /// person set is not.
    #[must_use]
    pub fn is_in_unknown_year(&self, at: Moment) -> bool {
        !self.calendar.knows(self.date(at))
    }

    /// Returns whether this day is a day off; a year whose calendar is not loaded counts as plain weeks without the holidays by law.
    #[must_use]
    pub fn rests(&self, day: NaiveDate) -> bool {
        let known = self.calendar.is_working_day(day).or_else(|_| self.calendar.assuming_plain_weeks().is_working_day(day));
        !known.unwrap_or(true)
    }

    /// Returns the number of working days since the due date, which is shown wherever something is overdue. Zero on the day itself and on
    /// the days off after it; a year whose calendar is not loaded counts as plain weeks.
    #[must_use]
    pub fn working_days_overdue(&self, due: Moment, now: Moment) -> u32 {
        self.working_days_after(self.date(due), self.date(now))
    }

    /// Returns the number of working days after `day` up to `today`, counted as in [`WorkingTime::working_days_overdue`].
    #[must_use]
    pub fn working_days_after(&self, day: NaiveDate, today: NaiveDate) -> u32 {
        let days = self.calendar.working_days_between(day, today);
        let days = days.or_else(|_| self.calendar.assuming_plain_weeks().working_days_between(day, today));
        days.ok().and_then(|days| u32::try_from(days).ok()).unwrap_or(0)
    }

    /// Returns the first moment of a day in the channel's time zone.
    #[must_use]
    pub fn start_of(&self, day: NaiveDate) -> Moment {
        self.at(day, NaiveTime::MIN)
    }

    fn count(&self, calendar: &Calendar, start: Moment, limit: TimeLimit) -> Result<Moment, UnknownYear> {
        let from = self.date(start);
        let day = match limit {
            TimeLimit::WorkingDays(days) => calendar.add_working_days(from, days)?,
            TimeLimit::Months(months) => {
                let day = from.checked_add_months(Months::new(months)).ok_or(UnknownYear(i32::MAX))?;
                calendar.add_working_days(day, 0)?
            }
        };
        Ok(self.end_of(day))
    }

    fn local(&self, at: Moment) -> DateTime<Tz> {
        at.utc().with_timezone(&self.limits.time_zone)
    }

    /// Converts a time of day in the channel's time zone; one that the clock skipped (summer time elsewhere) is interpreted as UTC.
    fn at(&self, day: NaiveDate, time: NaiveTime) -> Moment {
        let naive = day.and_time(time);
        match self.limits.time_zone.from_local_datetime(&naive).earliest() {
            Some(at) => Moment::from(at.to_utc()),
            None => Moment::from(naive.and_utc()),
        }
    }
}

#[cfg(test)]
#[path = "deadline_tests.rs"]
mod tests;
