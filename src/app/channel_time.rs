//! Dates and times of a channel, for code that shows them outside a transaction.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use crate::app::{App, AppError, Tx};
use crate::domain::calendar::Calendar;
use crate::domain::channel::ChannelSettings;
use crate::domain::clock::Moment;
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::ChannelId;

/// A channel's time zone, office hours and working days. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ChannelTime {
    settings: Arc<ChannelSettings>,
    calendar: Arc<Calendar>,
}

impl ChannelTime {
    /// Returns that of a channel, as it is now.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub fn of(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Self, AppError> {
        Ok(Self { settings: tx.channel_settings(channel)?, calendar: tx.calendar(channel)? })
    }

    /// The time zone.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.settings.limits.time_zone
    }

    /// Returns the day of a moment.
    #[must_use]
    pub fn date(&self, at: Moment) -> NaiveDate {
        at.utc().with_timezone(&self.zone()).date_naive()
    }

    /// Returns the year of a moment.
    #[must_use]
    pub fn year(&self, at: Moment) -> i32 {
        self.date(at).year()
    }

    /// Returns the time of day, as 17:30.
    #[must_use]
    pub fn time_of_day(&self, at: Moment) -> String {
        at.utc().with_timezone(&self.zone()).format("%H:%M").to_string()
    }

    /// Returns limits and calendar.
    #[must_use]
    pub fn working(&self) -> WorkingTime<'_> {
        WorkingTime { limits: &self.settings.limits, calendar: &self.calendar }
    }
}

impl App {
    /// Returns the time zone of a channel for the message of a refusal, as this node last read it, without a query.
    #[must_use]
    pub fn zone_of(&self, channel: ChannelId) -> Tz {
        self.known.last(channel).unwrap_or_default().limits.time_zone
    }
}
