//! Working days by the official Chinese calendar: days off and make-up working days (调休) are one data file per year.
//!
//! A year without a file is *unknown*. Nothing here guesses silently: [`Calendar::is_working_day`] fails with [`UnknownYear`], which tells
//! the administrator what to load. Callers that cannot wait for the State Council's notice (for a due date in the next year) use
//! [`Calendar::assuming_plain_weeks`] and show the date as provisional.

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

/// A year's days off and make-up working days, as written in `config/calendar/YEAR.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearFile {
    /// The year.
    pub year: i32,
    /// The holidays, in order.
    pub rest: Vec<Holiday>,
}

/// One holiday: the days off, and the weekend days that are worked in exchange.
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

/// The reason why a year's file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadYearFile {
    /// The file has another form than expected.
    #[error("the calendar file can't be read: {0}")]
    Form(String),
    /// A day is neither in this year nor in the December before or the January after it.
    #[error("the calendar file of {year} names {day}, a day of another year")]
    OtherYear {
        /// The year of the file.
        year: i32,
        /// The day outside of it.
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

/// The working days of the loaded years.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, YearExceptions>,
    /// How a year that is not loaded is treated: Monday to Friday are counted without holidays by law, or it is unknown.
    plain_weeks: bool,
}

impl YearFile {
    /// Parses a year's file, which is TOML.
    ///
    /// # Errors
    /// Fails if it does not have the form of the shipped ones.
    pub fn parse(text: &str) -> Result<Self, BadYearFile> {
        toml::from_str(text).map_err(|e| BadYearFile::Form(e.to_string()))
    }

    /// Returns the years that come with the program.
    ///
    /// # Errors
    /// Fails if a shipped file is damaged, which a test prevents.
    pub fn shipped() -> Result<Vec<Self>, BadYearFile> {
        SHIPPED.iter().map(|text| Self::parse(text)).collect()
    }

    /// Returns the days as sets, after checking each of them.
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
    /// Returns the calendar of the years that come with the program.
    ///
    /// # Errors
    /// Fails if a shipped file is damaged, which a test prevents.
    pub fn shipped() -> Result<Self, BadYearFile> {
        let mut calendar = Self::default();
        for file in YearFile::shipped()? {
            calendar.load(&file)?;
        }
        Ok(calendar)
    }

    /// Loads a year, or replaces it if it is loaded already.
    ///
    /// # Errors
    /// Fails if the file is inconsistent; the calendar is then unchanged.
    pub fn load(&mut self, file: &YearFile) -> Result<(), BadYearFile> {
        let year = file.days()?;
        self.years.insert(file.year, year);
        Ok(())
    }

    /// Returns a copy of the calendar with another arrangement of one year, or without that year.
    ///
    /// # Errors
    /// Fails if the file is inconsistent.
    pub fn with_year(&self, year: i32, file: Option<&YearFile>) -> Result<Self, BadYearFile> {
        let mut other = self.clone();
        match file {
            Some(file) => other.load(file)?,
            None => drop(other.years.remove(&year)),
        }
        Ok(other)
    }

    /// Returns whether it is known if this day is a working day.
    #[must_use]
    pub fn knows(&self, day: NaiveDate) -> bool {
        self.years.contains_key(&day.year()) || self.named_by(day).is_some()
    }

    /// Returns whether a day is a holiday by law, which no arrangement can make a working day.
    #[must_use]
    pub fn is_statutory_holiday(day: NaiveDate) -> bool {
        statutory::is_holiday(day)
    }

    /// Returns the loaded years, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.keys().copied()
    }

    /// Returns a year's weekdays that are days off, and weekend days that are working days, in order; `None` if the year is not loaded.
    #[must_use]
    pub fn exceptions(&self, year: i32) -> Option<(Vec<NaiveDate>, Vec<NaiveDate>)> {
        self.years.get(&year)?;
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let odd = first.iter_days().take_while(|day| day.year() == year).filter(|day| self.is_working_day(*day) == Ok(is_weekend(*day)));
        Some(odd.partition(|day| !is_weekend(*day)))
    }

    /// Returns the year whose arrangement names this day; a later one takes precedence, because it was published later.
    #[must_use]
    pub fn named_by(&self, day: NaiveDate) -> Option<i32> {
        let named = |year: &i32| self.years.get(year).is_some_and(|of| of.rest.contains(&day) || of.make_up.contains(&day));
        [day.year() + 1, day.year(), day.year() - 1].into_iter().find(named)
    }

    /// Returns a copy in which a year that is not loaded is counted from Monday to Friday without the holidays by law. For dates that are
    /// shown as provisional; see [`super::deadline::Provisional`].
    #[must_use]
    pub fn assuming_plain_weeks(&self) -> Self {
        Self { years: self.years.clone(), plain_weeks: true }
    }

    /// Returns whether this day is a working day.
    ///
    /// # Errors
    /// Fails if the year is not loaded.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, UnknownYear> {
        match self.named_by(day).and_then(|year| self.years.get(&year)) {
            Some(year) => Ok(year.make_up.contains(&day)),
            None if self.years.contains_key(&day.year()) => Ok(!is_weekend(day)),
            None if self.plain_weeks => Ok(!is_weekend(day) && !statutory::is_holiday(day)),
            None => Err(UnknownYear(day.year())),
        }
    }

    /// Returns the `n`-th working day after `day`, which itself is not counted. With `n` = 0: the day itself, or the next working day if it
    /// is a day off.
    ///
    /// # Errors
    /// Fails if the count reaches a year that is not loaded.
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

    /// Returns the `n`-th working day before `day`, which itself is not counted. With `n` = 0: the day itself, or the last working day
    /// before it if it is a day off.
    ///
    /// # Errors
    /// Fails if the count reaches a year that is not loaded.
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

    /// Returns the number of working days after `from` up to and including `to`; negative if `to` is earlier.
    ///
    /// # Errors
    /// Fails if a year between them is not loaded.
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

/// Returns whether a year's arrangement may name a day: its own days, and those of the December before and the January after, because
/// holidays and the days worked in exchange may cross the turn of the year (2018-12-29 to 2019-01-01).
fn may_name(year: i32, day: NaiveDate) -> bool {
    match day.year() - year {
        0 => true,
        -1 => day.month() == 12,
        1 => day.month() == 1,
        _ => false,
    }
}

/// Returns whether it is a Saturday or a Sunday.
fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Returns the next day; beyond the end of chrono's range, it is as unknown as any year that is not loaded.
fn tomorrow(day: NaiveDate) -> Result<NaiveDate, UnknownYear> {
    day.checked_add_days(Days::new(1)).ok_or(UnknownYear(day.year()))
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
