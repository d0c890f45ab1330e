//! Normalisation of typed text for comparison: an input method leaves full-width letters behind, a chat program invisible marks around an
//! address, a word processor another dash. Displayed text stays as it was written; text that is searched, compared, or used to address a
//! person is folded first.

use std::fmt::Write;
use std::sync::LazyLock;

use icu_properties::CodePointSetData;
use icu_properties::props::{Dash, DefaultIgnorableCodePoint};
use unicode_normalization::UnicodeNormalization;

/// The dots between the parts of a transcribed name (阿卜杜拉·买买提), as input methods and keyboards produce them, after NFKC.
const NAME_DOTS: [char; 13] = [
    '.', '\u{b7}', '\u{2022}', '\u{2027}', '\u{2219}', '\u{22c5}', '\u{25cf}', '\u{2981}', '\u{2e33}', '\u{30fb}', '\u{a78f}', '\u{119e}',
    '\u{3002}',
];

/// Returns the text in Unicode's form NFKC, without default-ignorable characters, trimmed.
#[must_use]
pub fn folded(text: &str) -> String {
    unfilled(text).trim().to_owned()
}

/// Returns NFKC without invisible characters; blanks stay unchanged.
fn unfilled(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return text.to_owned();
    }
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    text.nfkc().filter(|c| !ignorable.contains(*c)).collect()
}

/// Returns the key for searching words in a text: NFKC without invisible characters, ASCII letters in lower case.
#[must_use]
pub fn text_key(text: &str) -> String {
    let mut key = unfilled(text);
    key.make_ascii_lowercase();
    key
}

/// Returns the key for searching a name: as [`text_key`], without blanks and without the dots between its parts.
#[must_use]
pub fn name_key(name: &str) -> String {
    let mut key = text_key(name);
    key.retain(|c| !c.is_whitespace() && !NAME_DOTS.contains(&c));
    key
}

/// Normalises a number, a date or a code: folded, every dash as a hyphen, without blanks.
#[must_use]
pub fn number(text: &str) -> String {
    let dash = CodePointSetData::new::<Dash>();
    let plain = folded(text);
    plain.chars().filter(|c| !c.is_whitespace()).map(|c| if dash.contains(c) { '-' } else { c }).collect()
}

/// The characters that [`text_key`] removes, as a class of PostgreSQL's regular expressions.
pub static IGNORED_CLASS: LazyLock<String> = LazyLock::new(|| format!("[{}]", ignored()));

/// The characters that [`name_key`] removes, as a class of PostgreSQL's regular expressions.
pub static NAME_CLASS: LazyLock<String> = LazyLock::new(|| {
    let mut class = format!("[\\s{}", ignored());
    for dot in NAME_DOTS {
        push(&mut class, u32::from(dot));
    }
    class.push(']');
    class
});

fn ignored() -> String {
    let mut class = String::new();
    for range in CodePointSetData::new::<DefaultIgnorableCodePoint>().iter_ranges() {
        push(&mut class, *range.start());
        if range.start() != range.end() {
            class.push('-');
            push(&mut class, *range.end());
        }
    }
    class
}

/// Appends one code point in the syntax of PostgreSQL's regular expressions.
fn push(class: &mut String, code: u32) {
    // Writing into a string cannot fail.
    let _ = write!(class, "\\U{code:08x}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_input_methods_leave_behind_is_folded() {
        assert_eq!(folded("\u{200b}\u{3000}ｌｉ．ｍｉｎｇ＠ｅｘａｍｐｌｅ．ｏｒｇ\u{feff} "), "li.ming@example.org");
        assert_eq!(text_key("停车　２０２６\u{200d}ＡＢc"), "停车 2026abc");
        assert_eq!(number("２０２６－０００１"), "2026-0001");
        for dash in ["2026—0001", "2026–0001", "2026−0001", " 2026 - 0001\u{200b}", "2026‐0001", "2026‑0001"] {
            assert_eq!(number(dash), "2026-0001", "{dash}");
        }
        for name in [
            "阿卜杜拉·买买提",
            "阿卜杜拉•买买提",
            "阿卜杜拉・买买提",
            "阿卜杜拉．买买提",
            "阿卜杜拉.买买提",
            "阿卜杜拉‧买买提",
            "阿卜杜拉 买买提",
            "阿卜杜拉　买买提",
            "阿卜杜拉买买提",
            "阿卜杜拉∙买买提",
            "阿卜杜拉⋅买买提",
            "阿卜杜拉･买买提",
            "阿卜杜拉\u{200b}·\u{200b}买买提",
        ] {
            assert_eq!(name_key(name), "阿卜杜拉买买提", "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_width_is_one(text in "[!-~]{0,20}", mark in "[\u{200b}\u{feff}\u{2060}\u{3164}]{0,2}") {
            let wide: String = text.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xfee0)).collect();
            for fold in [folded, text_key, name_key, number] {
                prop_assert_eq!(fold(&format!("{mark}{wide}{mark}")), fold(&text));
            }
        }

        #[test]
        fn nothing_unseen_is_left(text in any::<String>()) {
            let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
            for fold in [folded, text_key, name_key, number] {
                prop_assert!(!fold(&text).chars().any(|c| ignorable.contains(c)));
            }
        }
    }
}
