//! The demo county's two years: working days, office hours, and the next time of the clock.

use chrono::{Datelike, Duration, NaiveDate, NaiveTime, TimeZone};

use crate::domain::calendar::Calendar;
use crate::domain::clock::Moment;

use super::plan::mix;

/// The length of the story in days: from early January of one year to November of the next.
const DAYS: i64 = 683;
/// The number of manuscripts in the last days, three a day.
const RECENT: usize = 36;
/// The number of these days.
const RECENT_DAYS: i64 = 14;
/// The last day of the story; earlier if the day before today is earlier.
const LAST: (i32, u32, u32) = (2026, 11, 20);

/// From the first day to the last, on working days only.
pub(super) struct DemoTimeline {
    calendar: Calendar,
    first: NaiveDate,
    last: NaiveDate,
}

impl DemoTimeline {
    /// The two years that end before `today`, within the calendar that the program contains.
    ///
    /// # Errors
    /// When the shipped calendar cannot be parsed.
    pub(super) fn before(today: Moment) -> anyhow::Result<Self> {
        let latest = NaiveDate::from_ymd_opt(LAST.0, LAST.1, LAST.2).unwrap_or_default();
        let yesterday = local(today).date() - Duration::days(1);
        let last = latest.min(yesterday);
        Ok(Self { calendar: Calendar::shipped()?.assuming_plain_weeks(), first: last - Duration::days(DAYS), last })
    }

    /// The beginning of the story: the county is created on the first morning.
    pub(super) fn begin(&self) -> Moment {
        at(self.first, NaiveTime::MIN) + Duration::hours(8)
    }

    /// The evening of the last day.
    pub(super) fn end(&self) -> Moment {
        at(self.last, NaiveTime::MIN) + Duration::hours(18)
    }

    /// The time at which manuscript number `index` of `count` is created: few at first, more and more as people see that it helps, and the
    /// last ones within the last two weeks, so that every work queue has an item.
    pub(super) fn written(&self, index: usize, count: usize) -> anyhow::Result<Moment> {
        let before = count.saturating_sub(RECENT);
        if index >= before {
            let day = self.last - Duration::days(RECENT_DAYS) + Duration::days(i64::try_from((index - before) / 3)?);
            return self.moment(day, 0, mix(index, 90));
        }
        let share = f64::from(u32::try_from(index)?) / f64::from(u32::try_from(before.max(1))?);
        // They end a weekend before the recent ones begin, so that the story moves forward.
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a number of days below a thousand")]
        let days = (share.powf(0.6) * (DAYS - RECENT_DAYS - 3) as f64) as i64;
        self.moment(self.first + Duration::days(days.max(1)), 0, mix(index, 90))
    }

    /// The time `days` working days after `before`, at an office hour that `salt` selects; the same day if `days` is 0, then at least an
    /// hour and a quarter later, so that nobody acts within the undo window of the step before.
    pub(super) fn after(&self, before: Moment, days: u32, salt: usize) -> anyhow::Result<Moment> {
        let day = local(before).date();
        if days == 0 {
            let next = before + Duration::minutes(75 + i64::try_from(salt % 40)?);
            if local(next).time() < hour(18) && local(next).date() == day {
                return Ok(next);
            }
            return self.moment(day, 1, salt);
        }
        self.moment(day, days, salt)
    }

    /// The month before `at`, in which the authors made their observations.
    pub(super) fn month_before(at: Moment) -> u32 {
        match local(at).date().month() {
            1 => 12,
            month => month - 1,
        }
    }

    /// Half past nine on every fifth working day: the days of the bulletin.
    pub(super) fn bulletin_days(&self) -> anyhow::Result<Vec<Moment>> {
        let mut days = Vec::new();
        let mut day = self.first + Duration::days(12);
        while day <= self.last {
            let open = self.calendar.add_working_days(day, 0)?;
            days.push(at(open, hour(9)) + Duration::minutes(30));
            day = self.calendar.add_working_days(open, 5)?;
        }
        Ok(days)
    }

    /// The date of a moment in the time zone of the county.
    pub(super) fn date(at: Moment) -> NaiveDate {
        local(at).date()
    }

    /// The end of the office day after this number of working days.
    pub(super) fn due(&self, from: Moment, days: u32) -> anyhow::Result<Moment> {
        Ok(at(self.calendar.add_working_days(local(from).date(), days)?, hour(18)))
    }

    fn moment(&self, day: NaiveDate, days: u32, salt: usize) -> anyhow::Result<Moment> {
        let day = self.calendar.add_working_days(day, days)?;
        let minutes = i64::try_from(salt % 500)?;
        let seconds = i64::try_from(salt % 53)?;
        Ok(at(day, hour(9)) + Duration::minutes(minutes) + Duration::seconds(seconds))
    }
}

/// A full hour.
fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

fn local(at: Moment) -> chrono::NaiveDateTime {
    at.utc().with_timezone(&chrono_tz::Asia::Shanghai).naive_local()
}

fn at(day: NaiveDate, time: NaiveTime) -> Moment {
    let naive = day.and_time(time);
    let there = chrono_tz::Asia::Shanghai.from_local_datetime(&naive).earliest();
    there.map_or_else(|| Moment::from(naive.and_utc()), |there| Moment::from(there.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline() -> DemoTimeline {
        DemoTimeline::before(at(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), hour(10))).unwrap()
    }

    #[test]
    fn the_story_lies_within_the_calendar_and_moves_forward() {
        let timeline = timeline();
        assert_eq!(DemoTimeline::date(timeline.begin()).to_string(), "2025-01-06");
        let mut before = timeline.begin();
        for index in 1..320 {
            let written = timeline.written(index, 320).unwrap();
            assert!(timeline.calendar.is_working_day(DemoTimeline::date(written)).unwrap());
            assert!(DemoTimeline::date(written) >= DemoTimeline::date(before) && written < timeline.end() + Duration::days(1));
            before = written;
        }
    }

    #[test]
    fn a_step_on_the_same_day_comes_later_or_moves_to_the_next_office_day() {
        let timeline = timeline();
        let friday = at(NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(), hour(17));
        let next = timeline.after(friday, 0, 7).unwrap();
        assert_eq!(DemoTimeline::date(next).to_string(), "2026-11-23", "the Monday after");
        let morning = at(NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(), hour(9));
        assert!(timeline.after(morning, 0, 7).unwrap() - morning >= Duration::minutes(75));
    }
}
