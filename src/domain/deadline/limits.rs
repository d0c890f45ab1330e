//! How long each desk of a channel has: settings with the defaults of the rules.

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::TimeLimit;

/// The limits of one channel. Local custom: settings with these defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelLimits {
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

/// A full hour of the day.
fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

impl ChannelLimits {
    /// For the organisation's first look.
    #[must_use]
    pub fn screening(&self, urgent: bool) -> TimeLimit {
        desk(self.screening_days, urgent)
    }

    /// For the department's review.
    #[must_use]
    pub fn review(&self, urgent: bool) -> TimeLimit {
        desk(self.review_days, urgent)
    }

    /// For the signature.
    #[must_use]
    pub fn signing(&self, urgent: bool) -> TimeLimit {
        desk(self.signing_days, urgent)
    }

    /// For an assignment that carries out a leader's instruction.
    #[must_use]
    pub fn instruction(&self, urgent: bool) -> TimeLimit {
        TimeLimit::WorkingDays(if urgent { self.instruction_urgent_days } else { self.instruction_days })
    }

    /// The longest that an assignment that carries out an instruction may be given.
    #[must_use]
    pub fn instruction_at_most(&self) -> TimeLimit {
        TimeLimit::WorkingDays(self.instruction_max_days)
    }

    /// For an assignment without an instruction.
    #[must_use]
    pub fn assignment(&self) -> TimeLimit {
        TimeLimit::Months(self.assignment_months)
    }

    /// The longest that an assignment without an instruction may be given.
    #[must_use]
    pub fn assignment_at_most(&self) -> TimeLimit {
        TimeLimit::Months(self.assignment_max_months)
    }

    /// For an assisting department, to the lead department.
    #[must_use]
    pub fn assisting(&self) -> TimeLimit {
        TimeLimit::Months(self.assisting_months)
    }

    /// To confirm that an assignment has arrived.
    #[must_use]
    pub fn receipt(&self) -> TimeLimit {
        TimeLimit::WorkingDays(self.receipt_days)
    }

    /// To ask that an assignment be taken back.
    #[must_use]
    pub fn return_request(&self) -> TimeLimit {
        TimeLimit::WorkingDays(self.return_request_days)
    }

    /// To answer again after a rejected reply.
    #[must_use]
    pub fn second_reply(&self) -> TimeLimit {
        TimeLimit::WorkingDays(self.second_reply_days)
    }
}

/// A desk's days; an urgent manuscript (急件) has half of them, rounded up.
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
