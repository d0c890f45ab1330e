//! How long each desk has (domain, "Time limits"), when that is over, and when somebody is reminded.
//!
//! Due dates are the *end of a working day* where the channel is. A due date that falls into a year whose calendar
//! isn't loaded is an error here ([`UnknownYear`]); an act must not fail for it, so callers in a transaction use
//! [`WorkingTime::provisional`], keep the date, and show the administrator the years that were assumed.

use chrono::{DateTime, Months, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, UnknownYear};
use super::clock::Moment;
use super::words::words;

/// How much time something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// So many working days after the day on which the clock starts.
    WorkingDays(u32),
    /// So many calendar months; if the day is a rest day, the working day after it.
    Months(u32),
}

/// The limits of one channel. Local custom: settings with these defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Where the channel is; an IANA name.
    #[serde(with = "zone")]
    pub time_zone: Tz,
    /// When an office day begins: no reminder goes out before.
    pub opens_at: NaiveTime,
    /// When an office day ends: what is due that day is due then.
    pub closes_at: NaiveTime,
    /// The organisation's first look, working days.
    pub screening_days: u32,
    /// The department's review, working days.
    pub review_days: u32,
    /// The signature, working days.
    pub signing_days: u32,
    /// A leader's urgent instruction, working days.
    pub instruction_urgent_days: u32,
    /// A leader's instruction otherwise, working days.
    pub instruction_days: u32,
    /// The longest that an instruction may be given, working days, unless the leader names a date.
    pub instruction_max_days: u32,
    /// An ordinary assignment, months.
    pub assignment_months: u32,
    /// The longest that an assignment may be given, months, extensions included.
    pub assignment_max_months: u32,
    /// An assisting department's opinion to the lead, months.
    pub assisting_months: u32,
    /// To confirm that an assignment has arrived, working days.
    pub receipt_days: u32,
    /// To ask that an assignment be taken back, working days; later is refused.
    pub return_request_days: u32,
    /// To answer again after a reply was rejected, working days.
    pub second_reply_days: u32,
    /// How many working days before the due date a reminder goes out.
    pub remind_before_days: Vec<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time_zone: chrono_tz::Asia::Shanghai,
            opens_at: hour(9),
            closes_at: hour(18),
            screening_days: 3,
            review_days: 5,
            signing_days: 3,
            instruction_urgent_days: 5,
            instruction_days: 15,
            instruction_max_days: 30,
            assignment_months: 3,
            assignment_max_months: 6,
            assisting_months: 1,
            receipt_days: 3,
            return_request_days: 5,
            second_reply_days: 15,
            remind_before_days: vec![3, 1],
        }
    }
}

/// A full hour of the day.
fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

impl Limits {
    /// For the organisation's first look.
    #[must_use]
    pub fn screening(&self, urgent: bool) -> Limit {
        desk(self.screening_days, urgent)
    }

    /// For the department's review.
    #[must_use]
    pub fn review(&self, urgent: bool) -> Limit {
        desk(self.review_days, urgent)
    }

    /// For the signature.
    #[must_use]
    pub fn signing(&self, urgent: bool) -> Limit {
        desk(self.signing_days, urgent)
    }

    /// For an assignment that carries out a leader's instruction.
    #[must_use]
    pub fn instruction(&self, urgent: bool) -> Limit {
        Limit::WorkingDays(if urgent { self.instruction_urgent_days } else { self.instruction_days })
    }

    /// The longest that an assignment that carries out an instruction may be given.
    #[must_use]
    pub fn instruction_at_most(&self) -> Limit {
        Limit::WorkingDays(self.instruction_max_days)
    }

    /// For an assignment without an instruction.
    #[must_use]
    pub fn assignment(&self) -> Limit {
        Limit::Months(self.assignment_months)
    }

    /// The longest that an assignment without an instruction may be given.
    #[must_use]
    pub fn assignment_at_most(&self) -> Limit {
        Limit::Months(self.assignment_max_months)
    }

    /// For an assisting department, to the lead department.
    #[must_use]
    pub fn assisting(&self) -> Limit {
        Limit::Months(self.assisting_months)
    }

    /// To confirm that an assignment has arrived.
    #[must_use]
    pub fn receipt(&self) -> Limit {
        Limit::WorkingDays(self.receipt_days)
    }

    /// To ask that an assignment be taken back.
    #[must_use]
    pub fn return_request(&self) -> Limit {
        Limit::WorkingDays(self.return_request_days)
    }

    /// To answer again after a rejected reply.
    #[must_use]
    pub fn second_reply(&self) -> Limit {
        Limit::WorkingDays(self.second_reply_days)
    }
}

/// A desk's days; an urgent manuscript (急件) has half of them, rounded up.
fn desk(days: u32, urgent: bool) -> Limit {
    Limit::WorkingDays(if urgent { days.div_ceil(2) } else { days })
}

words! {
    /// What has a limit of time, and so is reminded of.
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
pub enum Rule {
    /// So many working days before.
    Before(u32),
    /// On the day.
    OnTheDay,
    /// On the first working day after, to whoever is above the one who is late.
    Escalation,
}

impl Rule {
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
    pub limits: &'a Limits,
    /// The working days.
    pub calendar: &'a Calendar,
}

impl WorkingTime<'_> {
    /// When something that starts at `start` and may take `limit` is due: at the end of a working day.
    ///
    /// # Errors
    /// If that is in a year whose calendar isn't loaded.
    pub fn due(&self, start: Moment, limit: Limit) -> Result<Moment, UnknownYear> {
        self.count(self.calendar, start, limit)
    }

    /// The same, but never an error: an unknown year is counted from Monday to Friday, and said.
    #[must_use]
    pub fn provisional(&self, start: Moment, limit: Limit) -> Provisional {
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
    pub fn reminder_due(&self, since: Moment, due: Moment, now: Moment) -> Result<Option<Rule>, UnknownYear> {
        let local = self.local(now);
        let today = local.date_naive();
        let office = self.limits.opens_at <= local.time() && local.time() < self.limits.closes_at;
        if !office || today <= self.date(since) || !self.calendar.is_working_day(today)? {
            return Ok(None);
        }
        if now > due && today > self.date(due) {
            return Ok(Some(Rule::Escalation));
        }
        // A leader may name a rest day; what is to be done by then is reminded of on the last working day before.
        let last = self.calendar.subtract_working_days(self.date(due), 0)?;
        if today == last {
            return Ok(Some(Rule::OnTheDay));
        }
        for days in &self.limits.remind_before_days {
            if *days > 0 && self.calendar.subtract_working_days(last, *days)? == today {
                return Ok(Some(Rule::Before(*days)));
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

    fn count(&self, calendar: &Calendar, start: Moment, limit: Limit) -> Result<Moment, UnknownYear> {
        let from = self.date(start);
        let day = match limit {
            Limit::WorkingDays(days) => calendar.add_working_days(from, days)?,
            Limit::Months(months) => {
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

/// A time zone by its IANA name.
mod zone {
    use chrono_tz::Tz;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(zone: &Tz, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(zone.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Tz, D::Error> {
        String::deserialize(from)?.parse().map_err(|_| D::Error::custom("no time zone of this name; for example Asia/Shanghai"))
    }
}

#[cfg(test)]
#[path = "deadline_tests.rs"]
mod tests;
