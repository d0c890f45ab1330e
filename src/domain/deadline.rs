//! Limits of time, due dates and reminders (`domain.md`, "Time limits").
//!
//! Due dates are the *end of a working day* where the channel is. A due date that falls into a year whose calendar
//! isn't loaded is an error here ([`UnknownYear`]); an act must not fail for it, so callers in a transaction use
//! [`WorkingTime::provisional`], keep the date, and show the administrator the years that were assumed.

use chrono::{DateTime, Months, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, UnknownYear};
use super::clock::Moment;
use super::vocabulary::words;

mod limits;

pub use limits::ChannelLimits;

/// A limit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeLimit {
    /// So many working days after the day on which the clock starts.
    WorkingDays(u32),
    /// So many calendar months; if the day is a rest day, the working day after it.
    Months(u32),
}

words! {
    /// Steps of the work that have a limit of time and reminders.
    enum Deadline {
        /// The organisation's first look.
        Screening = "screening",
        /// The department's review.
        Review = "review",
        /// The signature.
        Signing = "signing",
        /// A department confirms that an assignment has arrived.
        Receipt = "receipt",
        /// A department replies.
        Reply = "reply",
    }
}

/// A due date that may rest on a guess about years whose calendar isn't loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisional {
    /// When it is due.
    pub due: Moment,
    /// Set if a year wasn't loaded and was counted from Monday to Friday: the date may change, and the administrator should load it.
    pub assumed: Option<UnknownYear>,
}

/// Which reminder: each has a row of its own per deadline, so that none comes twice and none depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderRule {
    /// So many working days before.
    Before(u32),
    /// On the day.
    OnTheDay,
    /// On the first working day after, also to those who watch over the queue.
    Escalation,
}

impl ReminderRule {
    /// The name under which the row is kept: `before_3`, `on_the_day`, `escalation`.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Before(days) => format!("before_{days}"),
            Self::OnTheDay => "on_the_day".to_owned(),
            Self::Escalation => "escalation".to_owned(),
        }
    }
}

/// A channel's limits together with the calendar: what turns a limit into a point in time.
#[derive(Debug, Clone, Copy)]
pub struct WorkingTime<'a> {
    /// The channel's settings.
    pub limits: &'a ChannelLimits,
    /// The working days.
    pub calendar: &'a Calendar,
}

impl WorkingTime<'_> {
    /// When something that starts at `start` and may take `limit` is due: at the end of a working day.
    ///
    /// # Errors
    /// If that is in a year whose calendar isn't loaded.
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

    /// The end of the office day of `day`, where the channel is.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> Moment {
        self.at(day, self.limits.closes_at)
    }

    /// The date that `at` is, where the channel is.
    #[must_use]
    pub fn date(&self, at: Moment) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// The one reminder that is to go out now, if any, for something that began at `since` and is due at `due`.
    ///
    /// Each rule has its day; if nobody was there to send it that day it is left out in favour of the next one,
    /// except the escalation, which stays due. Nothing goes out on a rest day or outside office hours, and nothing whose day
    /// was not after the day on which the clock started (a three-day limit has no reminder three days before).
    ///
    /// # Errors
    /// If a day between is in a year whose calendar isn't loaded.
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
        // A leader may name a rest day; what is to be done by then is reminded of on the last working day before.
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

    /// How many whole working days are left of today's and the due date's; negative once it is late.
    ///
    /// # Errors
    /// If a day between is in a year whose calendar isn't loaded.
    pub fn working_days_left(&self, due: Moment, now: Moment) -> Result<i32, UnknownYear> {
        self.calendar.working_days_between(self.date(now), self.date(due))
    }

    /// The end of the working day before a due date; the due date itself where that would not be after `now`.
    #[must_use]
    pub fn before(&self, due: Moment, now: Moment) -> Moment {
        let day = self.date(due);
        let earlier = self.calendar.subtract_working_days(day, 1);
        let earlier = earlier.or_else(|_| self.calendar.assuming_plain_weeks().subtract_working_days(day, 1));
        let earlier = earlier.map_or(due, |day| self.end_of(day));
        if earlier > now { earlier } else { due }
    }

    /// Whether a date is in a year whose calendar isn't loaded. If it was counted, it rests on a guess; if somebody named it, it does not.
    #[must_use]
    pub fn is_in_unknown_year(&self, at: Moment) -> bool {
        !self.calendar.knows(self.date(at))
    }

    /// Whether people rest on this day; a year whose calendar isn't loaded counts as plain weeks without the holidays by law.
    #[must_use]
    pub fn rests(&self, day: NaiveDate) -> bool {
        let known = self.calendar.is_working_day(day).or_else(|_| self.calendar.assuming_plain_weeks().is_working_day(day));
        !known.unwrap_or(true)
    }

    /// How many working days have passed since something was due: how long it is overdue, wherever that is said. Zero on the day
    /// itself and on the rest days after it; a year whose calendar isn't loaded counts as plain weeks.
    #[must_use]
    pub fn working_days_overdue(&self, due: Moment, now: Moment) -> u32 {
        self.working_days_after(self.date(due), self.date(now))
    }

    /// How many working days lie after `day` up to `today`, counted as in [`WorkingTime::working_days_overdue`].
    #[must_use]
    pub fn working_days_after(&self, day: NaiveDate, today: NaiveDate) -> u32 {
        let days = self.calendar.working_days_between(day, today);
        let days = days.or_else(|_| self.calendar.assuming_plain_weeks().working_days_between(day, today));
        days.ok().and_then(|days| u32::try_from(days).ok()).unwrap_or(0)
    }

    /// The first moment of a day, where the channel is.
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

    /// A time of day where the channel is; one that the clock skipped (summer time elsewhere) is taken as if it were UTC.
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
