//! Holidays by law (全国年节及纪念日放假办法, in force since 2025; before, since 2008): days that are off in every year, whether or not the State
//! Council's arrangement of that year is loaded. They do not determine adjacent days or make-up working days.

use chrono::{Datelike, NaiveDate};
use icu_calendar::Date;
use icu_calendar::cal::ChineseTraditional;

use super::YearFile;

/// The first year in which New Year's Eve and 2 May are holidays.
const REVISED: i32 = 2025;

/// The holidays by law, each with the words that its name may contain.
const NAMES: [(&str, &[&str]); 7] = [
    ("元旦", &["元旦"]),
    ("春节", &["春节"]),
    ("清明节", &["清明"]),
    ("劳动节", &["劳动", "五一"]),
    ("端午节", &["端午"]),
    ("中秋节", &["中秋"]),
    ("国庆节", &["国庆"]),
];

/// Returns whether a day is a holiday by law for everybody.
#[must_use]
pub(super) fn is_holiday(day: NaiveDate) -> bool {
    solar(day).or_else(|| lunar_holiday(day)).is_some()
}

/// Returns the holidays by law that a year's arrangement does not name, or not on each of their days.
pub(super) fn missing(file: &YearFile) -> Vec<&'static str> {
    let first = NaiveDate::from_ymd_opt(file.year, 1, 1);
    let days = first.into_iter().flat_map(|first| first.iter_days().take_while(|day| day.year() == file.year));
    let named: Vec<_> = days.flat_map(|day| [solar(day), lunar_holiday(day)].into_iter().flatten().map(move |name| (name, day))).collect();
    let arranged = |words: &[&str], day: NaiveDate| {
        let named = file.rest.iter().filter(|one| words.iter().any(|word| one.name.contains(word)));
        named.into_iter().any(|one| (one.from..=one.to).contains(&day))
    };
    let is_missing = |(name, words): &&(&'static str, &[&str])| {
        let mut days = named.iter().filter(|(of, _)| of == name).peekable();
        days.peek().is_none() || days.any(|(_, day)| !arranged(words, *day))
    };
    NAMES.iter().filter(is_missing).map(|(name, _)| *name).collect()
}

/// Returns the holiday of the solar calendar on this day.
fn solar(day: NaiveDate) -> Option<&'static str> {
    match (day.month(), day.day()) {
        (1, 1) => Some("元旦"),
        (4, of_month @ (4 | 5)) if of_month == qingming(day.year()) => Some("清明节"),
        (5, 1) => Some("劳动节"),
        (5, 2) if day.year() >= REVISED => Some("劳动节"),
        (10, 1..=3) => Some("国庆节"),
        _ => None,
    }
}

/// Returns the holiday of the traditional calendar on this day: Spring Festival, the Dragon Boat Festival, the Mid-Autumn Festival.
fn lunar_holiday(day: NaiveDate) -> Option<&'static str> {
    if !matches!(day.month(), 1 | 2 | 5 | 6 | 9 | 10) {
        // They are never outside these months, and the conversion is expensive.
        return None;
    }
    let is_eve = || day.year() >= REVISED && day.succ_opt().and_then(lunar) == Some((1, 1));
    match lunar(day) {
        Some((1, 1..=3)) => Some("春节"),
        Some((5, 5)) => Some("端午节"),
        Some((8, 15)) => Some("中秋节"),
        _ => is_eve().then_some("春节"),
    }
}

/// Returns month and day of the traditional calendar (GB/T 33661-2017); `None` in a leap month, which has no festival.
fn lunar(day: NaiveDate) -> Option<(u8, u8)> {
    let (month, of_month) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    let there = Date::try_new_iso(day.year(), month, of_month).ok()?.to_calendar(ChineseTraditional::new());
    let month = there.month();
    (!month.to_input().is_leap()).then_some((month.number(), there.day_of_month().0))
}

/// Returns the day of April of the solar term 清明: the usual formula for the 21st century, with the mean length of a tropical year.
fn qingming(year: i32) -> u32 {
    let of_century = u32::try_from(year.rem_euclid(100)).unwrap_or(0);
    (of_century * 2_422 + 48_100) / 10_000 - of_century / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(year: i32) -> String {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let days = first.iter_days().take_while(|day| day.year() == year).filter(|day| is_holiday(*day));
        days.map(|day| day.format("%m-%d").to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_holidays_of_a_year_that_nobody_has_loaded() {
        assert_eq!(of(2027), "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03");
        assert_eq!(of(2028), "01-01 01-25 01-26 01-27 01-28 04-04 05-01 05-02 05-28 10-01 10-02 10-03", "Mid-Autumn is a National Day");
        assert_eq!(of(2023), "01-01 01-22 01-23 01-24 04-05 05-01 06-22 09-29 10-01 10-02 10-03", "the leap second month has none");
    }
}
