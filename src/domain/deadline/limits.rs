//! Time limits of each queue of a channel: settings with the defaults of the rules.

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::TimeLimit;

/// The limits of one channel, whose defaults can be adapted to local custom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelLimits {
    /// The time zone of the channel; an IANA name.
    #[serde(with = "zone")]
    pub time_zone: Tz,
    /// The beginning of office hours: no reminder is sent before.
    pub opens_at: NaiveTime,
    /// The end of office hours, which is the time of due dates.
    pub closes_at: NaiveTime,
    /// For screening, in working days.
    pub screening_days: u32,
    /// For review, in working days.
    pub review_days: u32,
    /// For the signature, in working days.
    pub signing_days: u32,
    /// For a leader's urgent instruction, in working days.
    pub instruction_urgent_days: u32,
    /// For any other instruction of a leader, in working days.
    pub instruction_days: u32,
    /// The longest limit of an instruction, in working days, unless the leader sets a date.
    pub instruction_max_days: u32,
    /// For an ordinary assignment, in months.
    pub assignment_months: u32,
    /// The longest limit of an assignment, in months, extensions included.
    pub assignment_max_months: u32,
    /// For an assisting department's opinion to the lead, in months.
    pub assisting_months: u32,
    /// For the receipt of an assignment, in working days.
    pub receipt_days: u32,
    /// For a request to return an assignment, in working days; later requests are refused.
    pub return_request_days: u32,
    /// For a new answer after a rejection, in working days.
    pub second_reply_days: u32,
    /// The numbers of working days before the due date on which reminders are sent.
    pub remind_before_days: Vec<u32>,
}

impl Default for ChannelLimits {
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

/// Returns a full hour of the day.
fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

impl ChannelLimits {
    /// Returns the limit for screening.
    #[must_use]
    pub fn screening(&self, urgent: bool) -> TimeLimit {
        desk(self.screening_days, urgent)
    }

    /// Returns the limit for review.
    #[must_use]
    pub fn review(&self, urgent: bool) -> TimeLimit {
        desk(self.review_days, urgent)
    }

    /// Returns the limit for the signature.
    #[must_use]
    pub fn signing(&self, urgent: bool) -> TimeLimit {
        desk(self.signing_days, urgent)
    }

    /// Returns the limit for an assignment that carries out a leader's instruction.
    #[must_use]
    pub fn instruction(&self, urgent: bool) -> TimeLimit {
        TimeLimit::WorkingDays(if urgent { self.instruction_urgent_days } else { self.instruction_days })
    }

    /// Returns the longest limit of an assignment that carries out an instruction.
    #[must_use]
    pub fn instruction_at_most(&self) -> TimeLimit {
        TimeLimit::WorkingDays(self.instruction_max_days)
    }

    /// Returns the limit for an assignment without an instruction.
    #[must_use]
    pub fn assignment(&self) -> TimeLimit {
        TimeLimit::Months(self.assignment_months)
    }

    /// Returns the longest limit of an assignment without an instruction.
    #[must_use]
    pub fn assignment_at_most(&self) -> TimeLimit {
        TimeLimit::Months(self.assignment_max_months)
    }

    /// Returns the limit for an assisting department's opinion to the lead department.
    #[must_use]
    pub fn assisting(&self) -> TimeLimit {
        TimeLimit::Months(self.assisting_months)
    }

    /// Returns the limit for the receipt of an assignment.
    #[must_use]
    pub fn receipt(&self) -> TimeLimit {
        TimeLimit::WorkingDays(self.receipt_days)
    }

    /// Returns the limit for a request to return an assignment.
    #[must_use]
    pub fn return_request(&self) -> TimeLimit {
        TimeLimit::WorkingDays(self.return_request_days)
    }

    /// Returns the limit for a new answer after a rejected reply.
    #[must_use]
    pub fn second_reply(&self) -> TimeLimit {
        TimeLimit::WorkingDays(self.second_reply_days)
    }
}

/// Returns a queue's limit; an urgent manuscript (急件) has half of it, rounded up.
fn desk(days: u32, urgent: bool) -> TimeLimit {
    TimeLimit::WorkingDays(if urgent { days.div_ceil(2) } else { days })
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
