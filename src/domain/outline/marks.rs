//! The marks of lists: the style of numbering, the number, and its length. `一、` `（二）` `3.` `④` `⑸` `⒍` `㈦` `❽` `九是` `第十，`, with Han figures
//! up to 九十九 and digits of any width.

use unicode_normalization::UnicodeNormalization;

/// The style of numbering, which is the same for the items of one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// 一、
    Han,
    /// （一）㈠
    HanInBrackets,
    /// 1. 1、 １． ⒈
    Digit,
    /// （1） 1） ⑴
    DigitInBrackets,
    /// ①
    Circle,
    /// ❶
    BlackCircle,
    /// 一是
    One,
    /// 第一，
    Ordinal,
}

/// A mark at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutlineMark {
    pub(super) style: Style,
    /// Counted from 1.
    pub(super) value: u32,
    /// Its length in bytes.
    pub(super) length: usize,
}

/// The largest number of a list of suggestions; 2026、 is a year.
const MOST: u32 = 200;

/// Returns the mark with which a text begins.
pub(super) fn mark(text: &str) -> Option<OutlineMark> {
    let first = text.chars().next()?;
    let found = enclosed(first).or_else(|| in_brackets(text)).or_else(|| ordinal(text)).or_else(|| han(text)).or_else(|| digits(text))?;
    (!is_enumerated(text, found)).then_some(found)
}

/// Returns whether the number belongs to the following words, which include the next one as well: 1、2号楼, 五、六年级, (1)、(2)号楼.
fn is_enumerated(text: &str, mark: OutlineMark) -> bool {
    let (named, behind) = text.split_at(mark.length);
    let next = match mark.style {
        Style::Digit if named.ends_with('、') => number(behind).map(|(value, _)| value),
        Style::Han if named.ends_with('、') => han_number(behind).map(|(value, _)| value),
        Style::DigitInBrackets | Style::HanInBrackets | Style::Circle => {
            let other = enclosed_first(behind).or_else(|| in_brackets(behind));
            other.filter(|other| other.style == mark.style).map(|other| other.value)
        }
        _ => None,
    };
    next == Some(mark.value + 1)
}

fn enclosed_first(text: &str) -> Option<OutlineMark> {
    enclosed(text.strip_prefix('、').unwrap_or(text).chars().next()?)
}

/// Returns the mark of one character that is a whole mark (Unicode's blocks of enclosed letters and of dingbats).
fn enclosed(c: char) -> Option<OutlineMark> {
    let code = u32::from(c);
    let (style, value) = match code {
        0x2460..=0x2473 | 0x3251..=0x325F | 0x32B1..=0x32BF => (Style::Circle, plain_value(c)?),
        0x2474..=0x2487 => (Style::DigitInBrackets, plain_value(c)?),
        0x2488..=0x249B => (Style::Digit, plain_value(c)?),
        0x3220..=0x3229 => (Style::HanInBrackets, plain_value(c)?),
        0x3280..=0x3289 => (Style::Circle, plain_value(c)?),
        // Those in black, double or without a serif have no plain form in Unicode's tables.
        0x2776..=0x277F => (Style::BlackCircle, code - 0x2775),
        0x24EB..=0x24F4 => (Style::BlackCircle, code - 0x24EB + 11),
        0x278A..=0x2793 => (Style::BlackCircle, code - 0x2789),
        0x2780..=0x2789 => (Style::Circle, code - 0x277F),
        0x24F5..=0x24FE => (Style::Circle, code - 0x24F4),
        _ => return None,
    };
    Some(OutlineMark { style, value, length: c.len_utf8() })
}

/// Returns the number in the plain form (NFKC) of an enclosed one: ⑴ is (1).
fn plain_value(c: char) -> Option<u32> {
    let plain: String = std::iter::once(c).nfkc().filter(|c| !matches!(c, '(' | ')' | '.')).collect();
    plain.parse().ok().or_else(|| han_value(&plain))
}

fn in_brackets(text: &str) -> Option<OutlineMark> {
    let inner = text.strip_prefix(['（', '(', '〔', '［', '['])?.trim_start();
    let (style, value, rest) = match number(inner) {
        Some((value, rest)) => (Style::DigitInBrackets, value, rest),
        None => {
            let (value, rest) = han_number(inner)?;
            (Style::HanInBrackets, value, rest)
        }
    };
    let rest = rest.trim_start().strip_prefix(['）', ')', '〕', '］', ']'])?;
    // (一)、 is one mark.
    let rest = rest.strip_prefix('、').unwrap_or(rest);
    Some(OutlineMark { style, value, length: text.len() - rest.len() })
}

fn ordinal(text: &str) -> Option<OutlineMark> {
    let (value, rest) = han_number(text.strip_prefix('第')?)?;
    let rest = rest.strip_prefix(['，', '、', ',', '：', ':', '.'])?;
    Some(OutlineMark { style: Style::Ordinal, value, length: text.len() - rest.len() })
}

fn han(text: &str) -> Option<OutlineMark> {
    let (value, rest) = han_number(text)?;
    if let Some(rest) = rest.strip_prefix('是') {
        let rest = rest.strip_prefix(['，', '：', ',', ':']).unwrap_or(rest);
        return Some(OutlineMark { style: Style::One, value, length: text.len() - rest.len() });
    }
    let rest = rest.trim_start().strip_prefix(['、', '.', '．'])?;
    Some(OutlineMark { style: Style::Han, value, length: text.len() - rest.len() })
}

fn digits(text: &str) -> Option<OutlineMark> {
    let (value, behind) = number(text)?;
    let behind = behind.trim_start();
    let sign = behind.chars().next()?;
    let rest = &behind[sign.len_utf8()..];
    let style = match sign {
        '、' => Style::Digit,
        // 3.5 is a figure, and 2026.11 a date.
        '.' | '．' if !rest.starts_with(is_digit) => Style::Digit,
        '）' | ')' => Style::DigitInBrackets,
        _ => return None,
    };
    Some(OutlineMark { style, value, length: text.len() - rest.len() })
}

pub(super) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// Parses a number of digits; returns it with the following text.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !is_digit(c)).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let value: u32 = digits.nfkc().collect::<String>().parse().ok()?;
    (1..=MOST).contains(&value).then_some((value, rest))
}

/// Parses a number of Han figures; returns it with the following text.
fn han_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| han_figure(c).is_none() && c != '十').unwrap_or(text.len());
    let (figures, rest) = text.split_at(end);
    Some((han_value(figures)?, rest))
}

/// Parses 一 to 九十九.
fn han_value(figures: &str) -> Option<u32> {
    let figure = |text: &str| {
        let mut chars = text.chars();
        let value = han_figure(chars.next()?)?;
        chars.next().is_none().then_some(value)
    };
    match figures.split_once('十') {
        None => figure(figures),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { figure(tens)? };
            Some(tens * 10 + if ones.is_empty() { 0 } else { figure(ones)? })
        }
    }
}

fn han_figure(c: char) -> Option<u32> {
    "一二三四五六七八九".chars().zip(1..).find(|(figure, _)| *figure == c).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_known_by_style_and_number() {
        for (text, style, value, rest) in [
            ("一、甲", Style::Han, 1, "甲"),
            ("十一、甲", Style::Han, 11, "甲"),
            ("二十三.甲", Style::Han, 23, "甲"),
            ("（一）甲", Style::HanInBrackets, 1, "甲"),
            ("( 三 )、甲", Style::HanInBrackets, 3, "甲"),
            ("㈠甲", Style::HanInBrackets, 1, "甲"),
            ("㈩甲", Style::HanInBrackets, 10, "甲"),
            ("12. 甲", Style::Digit, 12, " 甲"),
            ("１２、甲", Style::Digit, 12, "甲"),
            ("⒒甲", Style::Digit, 11, "甲"),
            ("3）甲", Style::DigitInBrackets, 3, "甲"),
            ("(４)甲", Style::DigitInBrackets, 4, "甲"),
            ("⑴甲", Style::DigitInBrackets, 1, "甲"),
            ("⑳甲", Style::Circle, 20, "甲"),
            ("㉑甲", Style::Circle, 21, "甲"),
            ("❶甲", Style::BlackCircle, 1, "甲"),
            ("⓫甲", Style::BlackCircle, 11, "甲"),
            ("十一是甲", Style::One, 11, "甲"),
            ("第二，甲", Style::Ordinal, 2, "甲"),
        ] {
            let found = mark(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.style, found.value, &text[found.length..]), (style, value, rest), "{text}");
        }
        for none in [
            "1.5 元",
            "３．２万辆",
            "2026.11",
            "2026、",
            "十",
            "一一、甲",
            "第一批",
            "（甲）",
            "统一是",
            "1 甲",
            "",
            "０、甲",
            "1、2号楼",
            "5、6月份",
            "一、二年级",
            "(1)、(2)号楼",
            "（三）（四）项",
            "①②号线",
            "①、②号线",
        ] {
            assert_eq!(mark(none), None, "{none}");
        }
    }
}
