//! The characters that a text may contain: the cleaning that every text from a person passes, whichever way it was received.
//!
//! Input methods, slides and word processors leave control characters behind that nobody typed on purpose. Refusing them would prevent
//! saving a text because of a character that its author cannot even see, so they are removed. Invisible characters that change how the text
//! is read (direction marks, joiners, variation selectors) are preserved, and are marked where it matters.

use std::borrow::Cow;

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, NoncharacterCodePoint, PrependedConcatenationMark};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Cleans a text of several lines.
///
/// Every line end becomes a line feed: CR LF, CR, VT, FF, NEL (U+0085), U+2028 and U+2029. Control characters (category Cc) other than tab
/// and line feed, and noncharacters (Unicode, 23.7), are removed. Everything else stays unchanged. The operation is idempotent.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    rewrite(text, is_line_end)
}

/// Cleans a value of a form before it is known whether it has one line or several: as [`clean()`], but of the line ends only CR LF and CR
/// become a line feed. The others are left for the field to validate, which may be of one line.
#[must_use]
pub fn clean_value(text: &str) -> Cow<'_, str> {
    rewrite(text, |c| c == '\r')
}

/// Removes such characters, and writes CR LF and each of `line_ends` as a line feed.
fn rewrite(text: &str, line_ends: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(|c| line_ends(c) || is_dropped(c)) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            c if line_ends(c) => cleaned.push('\n'),
            c if is_dropped(c) => {}
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// Returns whether cleaning removes characters. Other line ends are only written differently and do not count.
#[must_use]
pub fn loses(text: &str) -> bool {
    text.chars().any(is_dropped)
}

/// Returns whether a text has no visible character: it is empty, or every character is white space or has no glyph of its own.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    !text.chars().any(is_shown)
}

/// Returns whether a text contains something besides white space, but no visible character. Nobody types that on purpose, so it is not a
/// valid value of any field, even of one that may be empty.
#[must_use]
pub fn is_invisible(text: &str) -> bool {
    !text.chars().all(|c| c.is_whitespace() || is_dropped(c)) && is_blank(text)
}

/// Characters with an empty glyph that no property of Unicode names: the blank of Braille, the musical null notehead, the filler of the
/// Khitan small script, the Egyptian blanks, and the placeholder of an object that was not pasted with the text.
const EMPTY_PICTURES: [char; 6] = ['\u{2800}', '\u{1d159}', '\u{16fe4}', '\u{13441}', '\u{13442}', '\u{fffc}'];

/// Returns whether a character is visible by itself. Marks (category M) only change the character before them; format characters (category
/// Cf) are invisible unless they enclose the following text (`Prepended_Concatenation_Mark`).
fn is_shown(c: char) -> bool {
    if c.is_ascii_graphic() || matches!(c, '\u{4e00}'..='\u{9fff}') {
        return true;
    }
    if c.is_whitespace() || is_dropped(c) || EMPTY_PICTURES.contains(&c) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
    {
        return false;
    }
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        GeneralCategory::Format => CodePointSetData::new::<PrependedConcatenationMark>().contains(c),
        GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark | GeneralCategory::EnclosingMark | GeneralCategory::Control => false,
        _ => true,
    }
}

/// Returns whether a character is a line end other than LF.
pub(super) const fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_dropped(c: char) -> bool {
    let is_control = c.is_control() && !is_line_end(c) && !matches!(c, '\n' | '\t');
    is_control || CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ends_of_lines_become_line_feeds_and_control_characters_go() {
        let odd = "a\r\nb\rc\u{b}d\u{c}e\u{85}f\u{2028}g\u{2029}h\ti\u{8}\0\u{7f}\u{9b}j\u{fffe}\u{fdd0}k\u{10ffff}";
        assert_eq!(clean(odd), "a\nb\nc\nd\ne\nf\ng\nh\tijk");
        assert!(loses(odd) && !loses("a\r\nb\u{b}c"));
        assert_eq!(clean_value("a\r\nb\rc\u{b}d\u{2028}e\u{8}"), "a\nb\nc\u{b}d\u{2028}e");
        let kept = "反\u{202e}隐\u{200b}葛\u{e0100}👩\u{200d}👧\u{feff}\u{e000}";
        assert!(matches!(clean(kept), Cow::Borrowed(text) if text == kept));
    }

    #[test]
    fn only_what_shows_nothing_is_blank() {
        for blank in
            ["", " \u{3000}\t\n", "\u{200b}\u{feff}\u{2060}", "\u{3164}\u{115f}", "\u{fe0f}", "\u{e0041}", "\u{2800}", "\u{ad}", "\0\u{8}"]
        {
            assert!(is_blank(blank), "{blank:?}");
        }
        for only_invisible in [
            "\u{200b}",
            "\u{180e}",
            "\u{3164}",
            "\u{ffa0}",
            "\u{1160}",
            "\u{17b5}",
            "\u{34f}",
            "\u{301}",
            " \u{20dd}\n",
            "\u{93e}",
            "\u{fff9}\u{fffb}",
            "\u{1d159}",
            "\u{13441}",
            "\u{16fe4}",
            "\u{fffc}",
            "\u{e0101}",
            "\u{e007f}",
            "\u{202e}\u{2069}",
            "\u{13430}",
            "\u{1d173}",
            "\u{3000}\u{2800}",
        ] {
            assert!(is_blank(only_invisible) && is_invisible(only_invisible), "{only_invisible:?}");
        }
        for empty in ["", " ", "\u{3000}\n", "\0", "\u{2003}\u{8}\t"] {
            assert!(!is_invisible(empty), "{empty:?} is what an empty field looks like");
        }
        for shown in
            ["一", ".", "\u{200b}a", "\u{fffd}", "👩\u{200d}👧", "\u{e000}", "\u{600}", "e\u{301}", "\u{1f1e8}", "㐀", "𠮷", "ー", "々"]
        {
            assert!(!is_blank(shown) && !is_invisible(shown), "{shown:?}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_is_done_once_and_leaves_no_control_character(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert_eq!(clean(&once), once.as_str());
            prop_assert!(once.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
            prop_assert_eq!(is_blank(&once), is_blank(&text));
        }
    }
}
