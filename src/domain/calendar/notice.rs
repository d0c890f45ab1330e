//! Parses the holidays of a year from the text of the State Council's notice, so that an administrator only has to paste the notice:
//! 「春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。」
//!
//! Every day that the text names is accounted for: it is off, it is worked, it is only recommended, or its sentence is one of a strict list
//! of those that arrange nothing. Anything else is refused with its line. Redundant statements of the notice are compared: the weekday in
//! brackets with the date, 共N天 with the days that were read, the year of the heading with the requested year, and the holidays by law with
//! the result.

use chrono::NaiveDate;

use super::notice_days::read_days;
use super::notice_lines::{arranges_nothing, is_date_line, is_later, is_sender, lines};
use super::notice_words::{
    AGENCY, BY_LAW, COUNT, DATE, LEADS, NAME, OFF, ORDINAL, Unclear, WORKED, YEAR_OF, advice, after, by_law, counted, first_part, occurs,
    recommends, unclear, without_dates, without_days,
};
use super::{Holiday, YearFile, is_weekend, statutory};

/// The reason why a notice is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadNotice {
    /// A line that cannot be parsed with certainty, or contradicts itself.
    Line {
        /// As it was pasted; joined where it was broken.
        line: String,
        /// The part from which on it was not understood.
        part: String,
    },
    /// Holidays by law that the text does not arrange, or not on their days.
    Incomplete(Vec<&'static str>),
}

/// The state of parsing a notice.
struct NoticeReader {
    file: YearFile,
    /// The holiday that was named last.
    name: String,
}

impl YearFile {
    /// Parses the holidays of a year in the wording of the State Council's notice. Days of the neighbouring years (「2018年12月29日（星期六）上班」 for
    /// 2019) are stored as they are named.
    ///
    /// # Errors
    /// The first line with a day that cannot be parsed, that contradicts itself, or that is neither off nor worked; and holidays by law
    /// that are missing.
    pub fn from_notice(year: i32, text: &str) -> Result<Self, BadNotice> {
        let file = read_notice(year, text)?;
        let missing = statutory::missing(&file);
        if missing.is_empty() { Ok(file) } else { Err(BadNotice::Incomplete(missing)) }
    }
}

/// Parses the arrangements of a text, whether it covers a whole year or not.
fn read_notice(year: i32, text: &str) -> Result<YearFile, BadNotice> {
    let mut reading = NoticeReader { file: YearFile { year, rest: Vec::new() }, name: String::new() };
    let lines = lines(year, text);
    for (at, line) in lines.iter().enumerate() {
        let signed = at > 0 && lines.get(at - 1).is_some_and(|before| is_sender(&before.plain));
        if is_date_line(year, &line.plain) && (signed || reading.file.rest.is_empty() || at + 1 == lines.len()) {
            continue;
        }
        reading.take_line(&line.plain).map_err(|Unclear(part)| BadNotice::Line { line: line.written.clone(), part })?;
    }
    Ok(reading.file)
}

impl NoticeReader {
    fn take_line(&mut self, plain: &str) -> Result<(), Unclear> {
        plain.replace("如下:", "如下。").split(['。', ';', '!']).try_for_each(|sentence| self.take_sentence(sentence))
    }

    /// Parses one sentence: the name of a holiday, if it has one, and clauses such as 「4月5日放假」, 「与周末连休」.
    fn take_sentence(&mut self, sentence: &str) -> Result<(), Unclear> {
        let year = self.file.year;
        let sentence = after(&ORDINAL, sentence).unwrap_or(sentence);
        let sentence = after(&AGENCY, sentence).unwrap_or(sentence);
        let another = |of: &regex::Regex| of.captures_iter(sentence).any(|found| found[1].parse() != Ok(year));
        if YEAR_OF.as_ref().is_some_and(another) && !is_later(year, sentence) {
            return unclear(sentence);
        }
        if arranges_nothing(year, sentence) {
            return Ok(());
        }
        if !occurs(&DATE, sentence) {
            return without_dates(sentence);
        }
        let mut left = self.take_name(sentence);
        let mut off: Vec<NaiveDate> = Vec::new();
        let mut advising = false;
        while !left.is_empty() {
            let clause = left.trim_start_matches(',');
            let clause = LEADS.iter().find_map(|lead| clause.strip_prefix(lead)).unwrap_or(clause);
            left = match read_days(year, clause) {
                Err(_) => return unclear(clause),
                Ok(Some(found)) => {
                    let left = self.take_days(&found.days, found.left, &mut off, advising).or_else(|_| unclear(clause))?;
                    advising = false;
                    left
                }
                Ok(None) if after(&COUNT, clause).is_some() => clause,
                Ok(None) if advising || recommends(first_part(clause)) => {
                    advising = true;
                    advice(clause)?
                }
                Ok(None) => without_days(clause)?,
            };
            left = counted(left, &mut off)?;
        }
        Ok(())
    }

    /// Stores the name before the colon, or directly before the first day, and returns the rest.
    fn take_name<'a>(&mut self, sentence: &'a str) -> &'a str {
        let is_year = |found: &str| found.len() == 4 && found.bytes().all(|c| c.is_ascii_digit());
        let of_year = sentence.split_once('年').filter(|(year, left)| is_year(year) && !left.starts_with(|c: char| c.is_ascii_digit()));
        let mut left = of_year.map_or(sentence, |(_, left)| left);
        let mut named = false;
        while let Some((head, tail)) = left.split_once(':') {
            if head.contains(|c: char| c.is_ascii_digit() || "(,".contains(c)) {
                break;
            }
            if !named || occurs(&BY_LAW, head) {
                self.name = by_law(head).unwrap_or_else(|| head.to_owned());
            }
            (named, left) = (true, tail);
        }
        let first = left.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let head = LEADS.iter().fold(&left[..first], |head, lead| head.trim_end_matches(lead));
        if named || !occurs(&NAME, head) {
            return left;
        }
        self.name = by_law(head).unwrap_or_else(|| head.to_owned());
        &left[first..]
    }

    /// Processes days according to the verb that follows them, and returns the text behind the verb. In a row of a table, 共N天 replaces the
    /// verb.
    fn take_days<'a>(&mut self, days: &[NaiveDate], left: &'a str, off: &mut Vec<NaiveDate>, advising: bool) -> Result<&'a str, Unclear> {
        if let Some(after_verb) = after(&WORKED, left) {
            return self.work(days).map_or_else(|| unclear(left), |()| Ok(after_verb));
        }
        let after_verb = match after(&OFF, left) {
            Some(after_verb) => after_verb,
            None if after(&COUNT, left).is_some() && occurs(&BY_LAW, &self.name) => left,
            None => return unclear(left),
        };
        let verb = &left[..left.len() - after_verb.len()];
        // After a recommendation 休息 may still belong to it; a Saturday that is 调休 may be worked.
        let recommended = advising && ["休息", "休假"].contains(&verb);
        let either = ["调休", "补休"].contains(&verb) && days.iter().copied().any(is_weekend);
        if recommended || either || !self.rest_on(days) {
            return unclear(left);
        }
        off.extend(days);
        Ok(after_verb)
    }

    /// Adds days off as a holiday, unless they only repeat an earlier statement (「其中9月3日（星期四）放假」). Returns `false` for a day that is
    /// worked.
    fn rest_on(&mut self, days: &[NaiveDate]) -> bool {
        let rest = &mut self.file.rest;
        if rest.iter().any(|one| one.make_up.iter().any(|worked| days.contains(worked))) {
            return false;
        }
        let same = rest.iter().filter(|one| one.name == self.name).map(|one| one.from..=one.to).collect::<Vec<_>>();
        let mut first = None;
        for day in days.iter().filter(|day| !same.iter().any(|known| known.contains(day))) {
            match first.and_then(|at: usize| rest.get_mut(at)).filter(|one| one.to.succ_opt() == Some(*day)) {
                Some(one) => one.to = *day,
                None => {
                    first = Some(rest.len());
                    rest.push(Holiday { name: self.name.clone(), from: *day, to: *day, make_up: Vec::new() });
                }
            }
        }
        true
    }

    /// Assigns weekend days that are worked to the holiday before them. Returns `None` for a weekday or a day off.
    fn work(&mut self, days: &[NaiveDate]) -> Option<()> {
        let off = |day: &NaiveDate| self.file.rest.iter().any(|one| (one.from..=one.to).contains(day));
        if days.iter().any(|day| !is_weekend(*day) || off(day)) {
            return None;
        }
        self.file.rest.last_mut()?.make_up.extend(days);
        Some(())
    }
}

#[cfg(test)]
#[path = "notice_tests.rs"]
mod tests;
