//! The vocabulary of the State Council's notice: words that arrange, count, or recommend, and others that may occur in a sentence.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::notice_days::begins_day;

/// Words by which a sentence only recommends: 「鼓励各单位…安排职工在除夕（2月9日）休息」.
const RECOMMENDS: [&str; 5] = ["鼓励", "建议", "提倡", "倡导", "引导"];
/// Words that may precede the days of a clause, other than the holiday's name.
pub(super) const LEADS: [&str; 6] = ["其中", "从", "自", "于", "为", "即"];
/// The number of characters of the text shown that was not understood.
const SHOWN: usize = 24;

/// A pattern that is compiled once. A test uses each of them, because one that cannot be compiled matches nothing.
macro_rules! pattern {
    ($name:ident, $text:expr) => {
        pub(super) static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
    };
}
pub(super) use pattern;

pattern!(ORDINAL, "^(?:第?[一二三四五六七八九十]+[、.]|[0-9]{1,2}[、.]|[(][一二三四五六七八九十0-9]+[)])");
// 「新华社北京11月4日电」
pattern!(AGENCY, "^[^0-9,:]{0,4}(?:社|网)[^0-9,:]{0,6}[0-9]{1,2}月[0-9]{1,2}日电:?");
pattern!(NAME, "^[^0-9:(),]{0,16}(?:节|旦|夕|日|假期|春节假)$");
pattern!(BY_LAW, "元旦|春节|清明节?|劳动节|五一|端午节?|中秋节?|国庆节?");
// Words that name a day without a date, other than the holidays.
pattern!(NAMED, "元旦|春节|除夕|清明|劳动节|五一|端午|中秋|国庆|初[一二三四五六七八九十]|[正腊]月|大年|(?:周|星期)[一二三四五六日天]");
pattern!(YEAR_OF, "([0-9]{4})年(?:部分|节假日|放假|元旦|春节|清明|劳动|端午|中秋|国庆)");
// A day, in any notation.
pattern!(DATE, "[0-9]{1,2}[月日号]|[一二三四五六七八九十廿]+[月日号]|[0-9]{4}[-/.][0-9]|(?:^|[^0-9])[0-9]{1,2}[-/.][0-9]{1,2}(?:[^0-9]|$)");
pattern!(WORKED, "^(?:均|都|应当|应|需|须|要|全天|照常|正常|调休|补休|调整为|作为|为)*(?:(?:工作|上班|补班)日|上班|补班|办公|工作)");
pattern!(OFF, "^(?:(?:均|都)?(?:放假|公休|调休|补休|休息|休假|连休)+|为(?:法定)?(?:节假日|休息日|公休日|放假日|假日|假期))");
pattern!(COUNT, "^,?(?:合计|总计|共计|总共|一共|共)?([0-9]{1,3}|[一二两三四五六七八九十]{1,3})天");
pattern!(WORK, "上班|补班|工作日|(?:照常|正常)(?:工作|办公)");
pattern!(CHANGES, "顺延|延长|推迟|取消|更正|作废|改为|调整为|(?:放假|调休|公休|补休)[^,]{0,4}[0-9一二两三四五六七八九十]天");
pattern!(WITH_THE_WEEKEND, "^(?:与周末(?:合并|相连|形成)?(?:连休)?|不再?调休|不再?安排调休|无调休)$");
// Characters that a clause without a day must not contain, because they could move or count days.
pattern!(ARRANGES, "[0-9放休班假工延移除含改换补天顺推提照]");
// A day that is only recommended is in the same clause, after 在 or 于.
pattern!(ADVISED, "^[^0-9]*[在于][^0-9,]{0,6}[0-9]");
pattern!(COUNTED, "[0-9一二两三四五六七八九十]天");

/// Returns whether a pattern occurs.
pub(super) fn occurs(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Returns the text behind a pattern's match at the beginning of a text.
pub(super) fn after<'a>(pattern: &LazyLock<Option<Regex>>, text: &'a str) -> Option<&'a str> {
    let found = pattern.as_ref()?.find(text).filter(|found| found.start() == 0)?;
    Some(&text[found.end()..])
}

/// The part of a sentence that was not understood.
pub(super) struct Unclear(pub(super) String);

/// Returns the error for this remaining text.
pub(super) fn unclear<T>(text: &str) -> Result<T, Unclear> {
    Err(Unclear(text.chars().take(SHOWN).collect()))
}

/// Returns the holidays by law that a name contains.
pub(super) fn by_law(name: &str) -> Option<String> {
    let found: Vec<&str> = BY_LAW.as_ref()?.find_iter(name).map(|found| found.as_str()).collect();
    (!found.is_empty()).then(|| found.join("、"))
}

pub(super) fn recommends(text: &str) -> bool {
    RECOMMENDS.iter().any(|word| text.contains(word))
}

/// Returns a clause up to its comma.
pub(super) fn first_part(clause: &str) -> &str {
    clause.split(',').next().unwrap_or(clause)
}

/// Accepts a sentence without a date if it cannot arrange anything.
pub(super) fn without_dates(sentence: &str) -> Result<(), Unclear> {
    let names = occurs(&NAMED, sentence) && !recommends(sentence);
    let begins = after(&OFF, sentence).or_else(|| after(&COUNT, sentence)).is_some();
    if names || begins || occurs(&WORK, sentence) || occurs(&CHANGES, sentence) { unclear(sentence) } else { Ok(()) }
}

/// Returns the text behind a clause that names no day (「与周末连休」).
pub(super) fn without_days(clause: &str) -> Result<&str, Unclear> {
    let part = first_part(clause);
    let arranges = occurs(&ARRANGES, part) || occurs(&NAMED, part);
    if arranges && !occurs(&WITH_THE_WEEKEND, part) { unclear(clause) } else { Ok(&clause[part.len()..]) }
}

/// Returns the text behind a clause that only recommends. It must not contain words that arrange days.
pub(super) fn advice(clause: &str) -> Result<&str, Unclear> {
    let part = first_part(clause);
    let word = RECOMMENDS.iter().filter_map(|word| part.find(word)).min();
    let arranges = ["放假", "调休", "公休", "补休"].iter().any(|verb| part.contains(verb));
    let dated = part.contains(|c: char| c.is_ascii_digit());
    let before = word.is_some_and(|at| part[..at].contains(|c: char| c.is_ascii_digit()));
    let arranged = arranges && dated && !(word.is_some() && occurs(&ADVISED, part));
    let worked = occurs(&WORK, part);
    if before || arranged || worked || occurs(&COUNTED, part) { unclear(clause) } else { Ok(&clause[part.len()..]) }
}

/// Compares 共N天 with the days off of this sentence, and returns the following text; the clause must end here.
pub(super) fn counted<'a>(left: &'a str, off: &mut Vec<NaiveDate>) -> Result<&'a str, Unclear> {
    let mut rest = left;
    if let Some(found) = COUNT.as_ref().and_then(|count| count.captures(left)) {
        off.sort_unstable();
        off.dedup();
        if number(&found[1]) != Some(off.len()) {
            return unclear(left);
        }
        rest = &left[found[0].len()..];
    }
    let ends = rest.is_empty() || rest.starts_with(',') || begins_day(rest) || RECOMMENDS.iter().any(|word| rest.starts_with(word));
    if ends { Ok(rest) } else { unclear(rest) }
}

/// Parses a number below a hundred in Chinese numerals, or one in digits.
fn number(text: &str) -> Option<usize> {
    let digit = |text: &str| "零一二三四五六七八九".chars().position(|c| text.chars().eq([c])).or((text == "两").then_some(2));
    match text.split_once('十') {
        _ if text.bytes().all(|c| c.is_ascii_digit()) => text.parse().ok(),
        None => digit(text),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens)? };
            Some(tens * 10 + if ones.is_empty() { 0 } else { digit(ones)? })
        }
    }
}
