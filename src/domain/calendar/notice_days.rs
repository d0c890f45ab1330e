//! Parses the days that a clause of the State Council's notice names: 「2018年12月30日至2019年1月1日」, 「2月20日（星期六）、21日（星期日）」.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::Regex;

/// One day: year and month only where they change, 日 omitted before 至 or a hyphen, remarks in brackets.
static DAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("^(?:([0-9]{4})年)?(?:([0-9]{1,2})月)?([0-9]{1,2})([日号])?((?:[(][^()]*[)])*)").ok());
/// The separator between the first and the last day of a range.
static TO: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^(?:至|到|[-—–―~]+)").ok());
/// The separator between two days of an enumeration.
static AND: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^(?:[、,]|和|及|与|以及)+").ok());

/// The days at the beginning of a clause, in textual order, and the text after them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoticeDays<'a> {
    /// Ranges with all their days.
    pub(super) days: Vec<NaiveDate>,
    /// The remaining text.
    pub(super) left: &'a str,
}

/// One day, as far as the text specifies it.
struct ReadDay {
    day: NaiveDate,
    /// Whether 日 or 号 follows the number.
    ends: bool,
    /// The length of the text.
    length: usize,
}

/// The days cannot be parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnreadableDays;

/// Parses the days at the beginning of a clause, which has no blanks and is NFKC; returns `None` if it does not begin with a day. The year
/// is the notice's unless the text names another, which must be in a neighbouring year's December or January.
///
/// # Errors
/// For a day that does not exist, a weekday that does not match the date, or a range that runs backwards.
pub(super) fn read_days(year: i32, clause: &str) -> Result<Option<NoticeDays<'_>>, UnreadableDays> {
    let mut reader = Reader { notice: year, year, month: None };
    let (mut days, mut left): (Vec<NaiveDate>, &str) = (Vec::new(), clause);
    loop {
        let Some(first) = reader.day(left)? else {
            // An enumeration ends before text that is no day: its separator belongs to that text.
            return Ok((!days.is_empty()).then_some(NoticeDays { days, left }));
        };
        let mut rest = &left[first.length..];
        if let Some(to) = found(&TO, rest) {
            let last = reader.day(&rest[to..])?.filter(|last| last.ends && last.day > first.day).ok_or(UnreadableDays)?;
            days.extend(first.day.iter_days().take_while(|day| *day <= last.day));
            rest = &rest[to + last.length..];
        } else if first.ends {
            days.push(first.day);
        } else {
            // A bare number: 3天.
            return Ok((!days.is_empty()).then_some(NoticeDays { days, left }));
        }
        left = rest;
        let and = found(&AND, left).unwrap_or(0);
        if and == 0 || !begins_day(&left[and..]) {
            return Ok(Some(NoticeDays { days, left }));
        }
        left = &left[and..];
    }
}

/// The year and the month of the last day, which apply to a day without its own.
#[derive(Clone, Copy)]
struct Reader {
    notice: i32,
    year: i32,
    month: Option<u32>,
}

impl Reader {
    /// Parses one day; returns `None` if the text does not begin with one.
    fn day(&mut self, text: &str) -> Result<Option<ReadDay>, UnreadableDays> {
        if !begins_day(text) {
            return Ok(None);
        }
        let found = DAY.as_ref().and_then(|day| day.captures(text)).ok_or(UnreadableDays)?;
        let number = |at: usize| found.get(at).map(|digits| digits.as_str().parse::<u32>().map_err(|_| UnreadableDays)).transpose();
        if let Some(year) = number(1)? {
            self.year = i32::try_from(year).map_err(|_| UnreadableDays)?;
        }
        self.month = number(2)?.or(self.month);
        let date = self.month.zip(number(3)?).and_then(|(month, day)| NaiveDate::from_ymd_opt(self.year, month, day));
        let day = date.filter(|day| super::may_name(self.notice, *day)).ok_or(UnreadableDays)?;
        let remarks = found[5].split(['(', ')', '、', ',']).filter(|remark| !remark.is_empty());
        if remarks.into_iter().all(|remark| names(remark, day)) {
            Ok(Some(ReadDay { day, ends: found.get(4).is_some(), length: found[0].len() }))
        } else {
            Err(UnreadableDays)
        }
    }
}

/// Returns whether a day with 日 or a month begins here, or a range; not 3天.
pub(super) fn begins_day(text: &str) -> bool {
    let Some(day) = DAY.as_ref().and_then(|day| day.captures(text)) else { return false };
    day.get(4).is_some() || day.get(2).is_some() || found(&TO, &text[day[0].len()..]).is_some()
}

/// Returns the length of a pattern's match at the beginning of a text.
fn found(pattern: &LazyLock<Option<Regex>>, text: &str) -> Option<usize> {
    pattern.as_ref()?.find(text).map(|found| found.end())
}

/// The characters in names of days in the traditional calendar, and of holidays.
const OF_NAMES: &str = "农阴历正一二三四五六七八九十腊冬闰月初廿卅除夕大年当日天节清明端午中秋春元旦国庆劳动";

/// Returns whether a remark in brackets only names the day: its weekday, which must be correct, or its name in the traditional calendar.
fn names(remark: &str, day: NaiveDate) -> bool {
    match ["星期", "礼拜", "周"].iter().find_map(|word| remark.strip_prefix(word)) {
        Some(weekday) => {
            let names = ["一", "二", "三", "四", "五", "六", "日"];
            let at = names.iter().position(|name| *name == if weekday == "天" { "日" } else { weekday });
            at.and_then(|at| u32::try_from(at).ok()) == Some(day.weekday().num_days_from_monday())
        }
        None => remark.chars().all(|c| OF_NAMES.contains(c)),
    }
}
