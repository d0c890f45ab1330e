//! Reads the holidays of a year from the wording of the State Council's notice, so that an administrator pastes the notice and nothing else:
//! 「春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。」
//!
//! A sentence that names days is read completely or refused. What the notice says twice is compared: the weekday in brackets with
//! the date, 共N天 with the days that were read, the year of the heading with the year that was asked for.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::notice_days::{NoticeDays, read_days};
use crate::domain::characters::is_blank;

use super::{Holiday, YearFile, is_weekend};

/// Words by which a sentence arranges days off or days worked.
const ARRANGES: [&str; 6] = ["放假", "休息", "补休", "公休", "调休", "上班"];
/// Words by which a sentence recommends only: 「鼓励各单位…安排职工在除夕（2月9日）休息」.
const RECOMMENDS: [&str; 5] = ["鼓励", "建议", "提倡", "倡导", "引导"];
/// What may stand before the days of a clause, other than the holiday's name.
const LEADS: [&str; 6] = ["其中", "从", "自", "于", "为", "即"];

/// A pattern that is compiled once. Each is used by a test: one that could not be compiled matches nothing.
macro_rules! pattern {
    ($name:ident, $text:literal) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
    };
}

pattern!(ORDINAL, "^(?:第?[一二三四五六七八九十]+[、.]|[0-9]{1,2}[、.]|[(][一二三四五六七八九十0-9]+[)])");
pattern!(NAME, "^[^0-9:(),]{0,16}(?:节|旦|夕|日|假期|春节假)$");
pattern!(HEADING, "([0-9]{4})年(?:部分)?节假日");
pattern!(OFF, "^(?:放假|公休|调休|补休|休息)+");
pattern!(WORKED, "^(?:照常|正常)?上班");
pattern!(COUNT, "^,?共?([0-9]{1,3})天");
// A day that was left unread: with digits, or with Chinese numerals.
pattern!(UNREAD, "[0-9]|[一二三四五六七八九十廿]+[月日号]");

/// Whether a pattern occurs.
fn occurs(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// What follows a pattern at the beginning of a text.
fn after<'a>(pattern: &LazyLock<Option<Regex>>, text: &'a str) -> Option<&'a str> {
    let found = pattern.as_ref()?.find(text).filter(|found| found.start() == 0)?;
    Some(&text[found.end()..])
}

impl YearFile {
    /// The holidays of a year as the State Council's notice writes them. Sentences without days are passed over. Days of the
    /// neighbouring years (「2018年12月29日（星期六）上班」 for 2019) are kept as they are named.
    ///
    /// # Errors
    /// The first line whose days can't be read, or contradict themselves.
    pub fn from_notice(year: i32, text: &str) -> Result<Self, String> {
        let mut file = Self { year, rest: Vec::new() };
        for line in joined_lines(text) {
            let plain: String = line.nfkc().filter(|c| !is_blank(c.encode_utf8(&mut [0; 4]))).collect();
            file.take_line(&plain).ok_or(line)?;
        }
        Ok(file)
    }

    fn take_line(&mut self, plain: &str) -> Option<()> {
        if let Some(found) = HEADING.as_ref()?.captures(plain)
            && found[1].parse() != Ok(self.year)
        {
            return None;
        }
        plain.split(['。', ';']).try_for_each(|sentence| self.take_sentence(sentence))
    }

    /// Takes one sentence over: the name of a holiday, if it has one, and clauses such as 「4月5日放假」, 「与周末连休」.
    fn take_sentence(&mut self, sentence: &str) -> Option<()> {
        let arranges = ARRANGES.iter().any(|word| sentence.contains(word));
        if !arranges || RECOMMENDS.iter().any(|word| sentence.contains(word)) {
            return Some(());
        }
        let sentence = after(&ORDINAL, sentence).unwrap_or(sentence);
        let (name, mut left) = name_and_clauses(sentence);
        let mut off: Vec<NaiveDate> = Vec::new();
        while !left.is_empty() {
            left = left.trim_start_matches(',');
            let clause = LEADS.iter().find_map(|lead| left.strip_prefix(lead)).unwrap_or(left);
            left = match read_days(self.year, clause).ok()? {
                Some(NoticeDays { days, left }) => {
                    if let Some(left) = after(&WORKED, left) {
                        self.work(&days)?;
                        left
                    } else {
                        let left = after(&OFF, left)?;
                        off.extend(&days);
                        self.rest_on(name, &days);
                        left
                    }
                }
                None => without_days(left)?,
            };
            left = counted(left, &mut off)?;
        }
        Some(())
    }

    /// Days off become a holiday, unless they only repeat what was said before (「其中9月3日（星期四）放假」).
    fn rest_on(&mut self, name: &str, days: &[NaiveDate]) {
        let known = |day: &NaiveDate| self.rest.iter().any(|one| (one.from..=one.to).contains(day));
        if let (false, Some(from), Some(to)) = (days.iter().all(known), days.first(), days.last()) {
            self.rest.push(Holiday { name: name.to_owned(), from: *from, to: *to, make_up: Vec::new() });
        }
    }

    /// Weekend days that are worked belong to the holiday before them. A weekday is none, nor is a day off.
    fn work(&mut self, days: &[NaiveDate]) -> Option<()> {
        let off = |day: &NaiveDate| self.rest.iter().any(|one| (one.from..=one.to).contains(day));
        if days.iter().any(|day| !is_weekend(*day) || off(day)) {
            return None;
        }
        self.rest.last_mut()?.make_up.extend(days);
        Some(())
    }
}

/// The name before the colon, or directly before the first day, and what follows it.
fn name_and_clauses(sentence: &str) -> (&str, &str) {
    if let Some((name, left)) = sentence.split_once(':') {
        return (name, left);
    }
    let first = sentence.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let (name, left) = sentence.split_at(first);
    if occurs(&NAME, name) { (name, left) } else { ("", sentence) }
}

/// What follows a clause that names no day (「与周末连休」); none where it names one that was not read.
fn without_days(left: &str) -> Option<&str> {
    if after(&COUNT, left).is_some() {
        return Some(left);
    }
    let (clause, left) = left.split_once(',').unwrap_or((left, ""));
    let about = clause.strip_suffix("如下").map_or(clause, |_| "");
    if occurs(&UNREAD, about) { None } else { Some(left) }
}

/// Compares 共N天 with the days off of this sentence, and gives what follows; a clause must end here.
fn counted<'a>(left: &'a str, off: &mut Vec<NaiveDate>) -> Option<&'a str> {
    let Some(found) = COUNT.as_ref()?.captures(left) else {
        return (left.is_empty() || left.starts_with(',') || off.is_empty()).then_some(left);
    };
    off.sort_unstable();
    off.dedup();
    (found[1].parse() == Ok(off.len())).then(|| &left[found[0].len()..])
}

/// The lines of a text; one that breaks off within a date or an enumeration is joined with the next.
fn joined_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match lines.last_mut().filter(|last| breaks_off(last)) {
            Some(last) => last.push_str(line),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Whether a line ends where no sentence does.
fn breaks_off(line: &str) -> bool {
    let open = line.matches(['（', '(']).count() > line.matches(['）', ')']).count();
    open || line.ends_with(|c: char| c.is_numeric() || "年月至到、，,-—–~～".contains(c))
}

#[cfg(test)]
#[path = "notice_tests.rs"]
mod tests;
