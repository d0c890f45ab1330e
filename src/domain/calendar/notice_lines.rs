//! The lines of a pasted notice: joined where a page or a PDF broke them, and the strict list of sentences that arrange nothing.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::notice_words::{NAMED, ORDINAL, after, occurs, pattern};
use crate::domain::characters::is_blank;

pattern!(TITLE, "^(?:国务院办公厅)?关于(?:[0-9]{4}年)?[^0-9]*(?:通知|公告)$");
pattern!(NUMBER, r"^[^0-9,:]{2,8}[〔\[(【][0-9]{4}[〕\])】]第?[0-9]{1,3}号$");
pattern!(SENDER, "^国务院办公厅(?:秘书局)?$");
// The sentence before the arrangements: 「现将2027年元旦、春节…放假调休日期的具体安排通知如下」.
pattern!(FOLLOWS, "^[^0-9]*(?:[0-9]{4}年)?[^0-9]*如下$");
// The statements of the notice of 2025 about the law and its principles.
pattern!(LAW, "^(?:根据|依据|按照)[^0-9]*《[^0-9]*办法》,自[0-9]{4}年1月1日起,[^0-9]*(?:[0-9]天[^0-9]*){0,3}$");
pattern!(PRINCIPLES, "^除个别特殊情形外,春节自农历除夕起放假调休[0-9]天,国庆节自10月1日起放假调休[0-9]天,");
pattern!(LATER, "^([0-9]{4})年[^0-9]*另行(?:通知|公布|安排)[^0-9]*$");
pattern!(
    DATED,
    "^(?:国务院办公厅|(?:成文|发布|印发|公布)(?:日期|时间):?|日期:|时间:)?([0-9]{4})[年-](1[0-2])[月-][0-9]{1,2}日?(?:[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?:来源:[^0-9]*)?$"
);
// A page number.
pattern!(PAGE, "^(?:[-—–]+[0-9]{1,2}[-—–]+|第[0-9]{1,2}页)$");

/// A line of the text, as it was pasted and without its blanks, in NFKC.
#[derive(Debug)]
pub(super) struct NoticeLine {
    pub(super) written: String,
    pub(super) plain: String,
}

/// Splits a text into lines; a line that does not end a sentence is joined with the next one. Page numbers are omitted.
pub(super) fn lines(year: i32, text: &str) -> Vec<NoticeLine> {
    let mut lines: Vec<NoticeLine> = Vec::new();
    for written in text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']).map(str::trim) {
        let plain = plain(written);
        if plain.is_empty() || occurs(&PAGE, &plain) {
            continue;
        }
        match lines.last_mut().filter(|last| !parted(year, &last.plain, &plain)) {
            Some(last) => {
                last.written.push_str(written);
                last.plain.push_str(&plain);
            }
            None => lines.push(NoticeLine { written: written.to_owned(), plain }),
        }
    }
    lines
}

/// Returns NFKC without blanks. A separator of table columns becomes a comma where it would otherwise join two numbers.
fn plain(line: &str) -> String {
    let shown = |c: &char| !is_blank(c.encode_utf8(&mut [0; 4]));
    let mut plain = String::new();
    for cell in line.split(['\t', '|', '│']) {
        let cell: String = cell.nfkc().filter(shown).collect();
        if plain.ends_with(|c: char| c.is_ascii_digit()) && cell.starts_with(|c: char| c.is_ascii_digit()) {
            plain.push(',');
        }
        plain.push_str(&cell);
    }
    plain
}

/// Returns whether two consecutive lines are separate, rather than one broken line.
fn parted(year: i32, last: &str, next: &str) -> bool {
    if last.matches('(').count() > last.matches(')').count() {
        return false;
    }
    if last.ends_with(['。', ';', '!']) || last.ends_with("如下:") {
        return true;
    }
    let begins_item = after(&ORDINAL, next).is_some();
    if is_date_line(year, last) && begins_item {
        return true;
    }
    let goes_on = last.ends_with(|c: char| c.is_numeric() || "年月至到、,:-—–~和及与".contains(c));
    if goes_on || next.starts_with(['、', ',', '。', ';', ':', '(', ')', '至', '到', '-', '—', '–', '~', '年', '月', '日', '号'])
    {
        return false;
    }
    let heads = [&TITLE, &NUMBER, &SENDER].into_iter().any(|known| occurs(known, next));
    let row_ends = last.ends_with(['天', '班', '休', '假', '日', '息', '作', '无']);
    arranges_nothing(year, last)
        || is_date_line(year, last)
        || is_date_line(year, next)
        || heads
        || begins_item
        || row_ends && NAMED.as_ref().is_some_and(|names| names.find(next).is_some_and(|name| name.start() == 0))
}

/// Returns whether a sentence is one of those that are known to arrange nothing.
pub(super) fn arranges_nothing(year: i32, sentence: &str) -> bool {
    is_later(year, sentence) || [&TITLE, &NUMBER, &SENDER, &FOLLOWS, &LAW, &PRINCIPLES].into_iter().any(|known| occurs(known, sentence))
}

/// Returns whether a sentence only says that the next year's arrangement will be published.
pub(super) fn is_later(year: i32, sentence: &str) -> bool {
    LATER.as_ref().and_then(|later| later.captures(sentence)).is_some_and(|found| found[1].parse() == Ok(year + 1))
}

/// Returns whether it is the issuing office, which is named before the date.
pub(super) fn is_sender(line: &str) -> bool {
    occurs(&SENDER, line)
}

/// Returns whether a line consists of the date of the notice: a day of the last three months of the previous year.
pub(super) fn is_date_line(year: i32, line: &str) -> bool {
    DATED.as_ref().and_then(|dated| dated.captures(line)).is_some_and(|found| found[1].parse() == Ok(year - 1))
}
