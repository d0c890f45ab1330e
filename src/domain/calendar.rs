//! Working days, by the official Chinese calendar: rest days and make-up working days (调休) are one data file per year.
//!
//! A year without a file is *unknown*. Nothing here guesses silently: [`Calendar::is_working_day`] gives
//! [`UnknownYear`], which tells the administrator what to load. Whoever can't wait for the State Council's notice
//! (a due date that falls into next year) asks for [`Calendar::assuming_plain_weeks`] and says that the date is provisional.

use std::collections::{BTreeMap, BTreeSet};

mod change;
mod notice;
mod notice_days;
mod notice_lines;
mod notice_words;
mod statutory;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

pub use notice::BadNotice;

/// The years that come with the program, as the text of their files.
const SHIPPED: [&str; 2] = [include_str!("../../config/calendar/2025.toml"), include_str!("../../config/calendar/2026.toml")];

/// A year's rest days and make-up working days, as written in `config/calendar/YEAR.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearFile {
    /// The year that the file speaks of.
    pub year: i32,
    /// The holidays in their order.
    pub rest: Vec<Holiday>,
}

/// One holiday: the days off, and the weekend days that are worked in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Its Chinese name.
    pub name: String,
    /// The first day off.
    pub from: NaiveDate,
    /// The last day off, included.
    pub to: NaiveDate,
    /// Saturdays and Sundays that are working days because of it.
    #[serde(default)]
    pub make_up: Vec<NaiveDate>,
}

/// Why a year's file can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadYearFile {
    /// It isn't the form that we know.
    #[error("the calendar file can't be read: {0}")]
    Form(String),
    /// A day stands in it that is neither of this year nor of the December before or the January after.
    #[error("the calendar file of {year} names {day}, a day of another year")]
    OtherYear {
        /// The year that the file says it is for.
        year: i32,
        /// The day that doesn't belong.
        day: NaiveDate,
    },
    /// A holiday that ends before it begins.
    #[error("the holiday {name} ends on {to}, before it begins on {from}")]
    Backwards {
        /// The holiday's name.
        name: String,
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        to: NaiveDate,
    },
    /// A make-up working day that would be a working day anyway, or that is also a day off.
    #[error("{0} is named as a make-up working day, but it is no weekend day, or it is a day off too")]
    NotMakeUp(NaiveDate),
}

/// The calendar of this year is not loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
#[error(
    "the working days of {0} are not known: load the arrangement that the State Council has published for {0} (PUT /api/v1/calendar/{0}; config/calendar/2026.toml shows the form)"
)]
pub struct UnknownYear(
    /// The year.
    pub i32,
);

/// The exceptions of one year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct YearExceptions {
    rest: BTreeSet<NaiveDate>,
    make_up: BTreeSet<NaiveDate>,
}

/// The working days of the years that are loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, YearExceptions>,
    /// What to do about a year that isn't loaded: count Monday to Friday without holidays by law, or say that it is unknown.
    plain_weeks: bool,
}

impl YearFile {
    /// Reads a year's file; the text is TOML.
    ///
    /// # Errors
    /// If it isn't of the form of the shipped ones.
    pub fn parse(text: &str) -> Result<Self, BadYearFile> {
        toml::from_str(text).map_err(|e| BadYearFile::Form(e.to_string()))
    }

    /// The years that come with the program.
    ///
    /// # Errors
    /// If a shipped file is damaged; a test keeps that from happening.
    pub fn shipped() -> Result<Vec<Self>, BadYearFile> {
        SHIPPED.iter().map(|text| Self::parse(text)).collect()
    }

    /// The days as sets, each of them checked.
    fn days(&self) -> Result<YearExceptions, BadYearFile> {
        let mut year = YearExceptions::default();
        for holiday in &self.rest {
            if holiday.to < holiday.from {
                return Err(BadYearFile::Backwards { name: holiday.name.clone(), from: holiday.from, to: holiday.to });
            }
            for day in holiday.make_up.iter().chain([&holiday.from, &holiday.to]) {
                if !may_name(self.year, *day) {
                    return Err(BadYearFile::OtherYear { year: self.year, day: *day });
                }
            }
            year.rest.extend(holiday.from.iter_days().take_while(|day| *day <= holiday.to));
            year.make_up.extend(&holiday.make_up);
        }
        match year.make_up.iter().find(|day| !is_weekend(**day) || year.rest.contains(day)) {
            Some(day) => Err(BadYearFile::NotMakeUp(*day)),
            None => Ok(year),
        }
    }
}

impl Calendar {
    /// The calendar of the years that come with the program.
    ///
    /// # Errors
    /// If a shipped file is damaged; a test keeps that from happening.
    pub fn shipped() -> Result<Self, BadYearFile> {
        let mut calendar = Self::default();
        for file in YearFile::shipped()? {
            calendar.load(&file)?;
        }
        Ok(calendar)
    }

    /// Takes a year in; a year that was there is replaced.
    ///
    /// # Errors
    /// If the file contradicts itself; the calendar is then as it was.
    pub fn load(&mut self, file: &YearFile) -> Result<(), BadYearFile> {
        let year = file.days()?;
        self.years.insert(file.year, year);
        Ok(())
    }

    /// The same calendar with another arrangement of one year, or without that year.
    ///
    /// # Errors
    /// If the file contradicts itself.
    pub fn with_year(&self, year: i32, file: Option<&YearFile>) -> Result<Self, BadYearFile> {
        let mut other = self.clone();
        match file {
            Some(file) => other.load(file)?,
            None => drop(other.years.remove(&year)),
        }
        Ok(other)
    }

    /// Whether it is known if offices work on this day.
    #[must_use]
    pub fn knows(&self, day: NaiveDate) -> bool {
        self.years.contains_key(&day.year()) || self.named_by(day).is_some()
    }

    /// Whether a day is a holiday by law, which no arrangement can make a working day.
    #[must_use]
    pub fn is_statutory_holiday(day: NaiveDate) -> bool {
        statutory::is_holiday(day)
    }

    /// The years that are known, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.keys().copied()
    }

    /// Weekdays on which a year rests, and weekend days on which it works, in order; none if the year isn't known.
    #[must_use]
    pub fn exceptions(&self, year: i32) -> Option<(Vec<NaiveDate>, Vec<NaiveDate>)> {
        self.years.get(&year)?;
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let odd = first.iter_days().take_while(|day| day.year() == year).filter(|day| self.is_working_day(*day) == Ok(is_weekend(*day)));
        Some(odd.partition(|day| !is_weekend(*day)))
    }

    /// The year whose arrangement names this day: a later one goes before, as it was published later.
    #[must_use]
    pub fn named_by(&self, day: NaiveDate) -> Option<i32> {
        let named = |year: &i32| self.years.get(year).is_some_and(|of| of.rest.contains(&day) || of.make_up.contains(&day));
        [day.year() + 1, day.year(), day.year() - 1].into_iter().find(named)
    }

    /// The same calendar, but a year that isn't loaded is counted from Monday to Friday without the holidays by law.
    /// For dates that are shown as provisional; see [`super::deadline::Provisional`].
    #[must_use]
    pub fn assuming_plain_weeks(&self) -> Self {
        Self { years: self.years.clone(), plain_weeks: true }
    }

    /// Whether offices work on this day.
    ///
    /// # Errors
    /// If the year isn't loaded.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, UnknownYear> {
        match self.named_by(day).and_then(|year| self.years.get(&year)) {
            Some(year) => Ok(year.make_up.contains(&day)),
            None if self.years.contains_key(&day.year()) => Ok(!is_weekend(day)),
            None if self.plain_weeks => Ok(!is_weekend(day) && !statutory::is_holiday(day)),
            None => Err(UnknownYear(day.year())),
        }
    }

    /// The `n`-th working day after `day`; the day itself isn't counted. With `n` = 0: the day itself, or the next working day if it is a rest day.
    ///
    /// # Errors
    /// If the count reaches a year that isn't loaded.
    pub fn add_working_days(&self, day: NaiveDate, n: u32) -> Result<NaiveDate, UnknownYear> {
        let mut at = day;
        let mut left = n;
        while left > 0 || !self.is_working_day(at)? {
            at = tomorrow(at)?;
            if self.is_working_day(at)? {
                left = left.saturating_sub(1);
            }
        }
        Ok(at)
    }

    /// The `n`-th working day before `day`; the day itself isn't counted. With `n` = 0: the day itself, or the last working day before it if it is a rest day.
    ///
    /// # Errors
    /// If the count reaches a year that isn't loaded.
    pub fn subtract_working_days(&self, day: NaiveDate, n: u32) -> Result<NaiveDate, UnknownYear> {
        let mut at = day;
        let mut left = n;
        while left > 0 || !self.is_working_day(at)? {
            at = at.checked_sub_days(Days::new(1)).ok_or(UnknownYear(at.year()))?;
            if self.is_working_day(at)? {
                left = left.saturating_sub(1);
            }
        }
        Ok(at)
    }

    /// How many working days lie after `from` up to `to`, `to` included; negative if `to` is earlier.
    ///
    /// # Errors
    /// If a year between them isn't loaded.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> Result<i32, UnknownYear> {
        if to < from {
            return self.working_days_between(to, from).map(|n| -n);
        }
        let mut n = 0;
        for day in from.iter_days().skip(1).take_while(|day| *day <= to) {
            n += i32::from(self.is_working_day(day)?);
        }
        Ok(n)
    }
}

/// Whether a year's arrangement may name a day: its own, and those of the December before and the January after, since holidays
/// and the days worked for them pass over the turn of the year (2018-12-29 to 2019-01-01).
fn may_name(year: i32, day: NaiveDate) -> bool {
    match day.year() - year {
        0 => true,
        -1 => day.month() == 12,
        1 => day.month() == 1,
        _ => false,
    }
}

/// Whether it is a Saturday or a Sunday.
fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The next day; the end of chrono's time is as unknown as any year that isn't loaded.
fn tomorrow(day: NaiveDate) -> Result<NaiveDate, UnknownYear> {
    day.checked_add_days(Days::new(1)).ok_or(UnknownYear(day.year()))
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
