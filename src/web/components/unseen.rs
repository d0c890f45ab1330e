//! Invisible characters of a manuscript, and those that change the direction of writing: with them the text that a reader sees may differ
//! from the stored one, so the page reports them.

use std::collections::BTreeSet;

use crate::app::reading::views::ManuscriptView;

/// The names of such characters (U+202E), each once; `None` for nearly every manuscript.
#[must_use]
pub fn of(view: &ManuscriptView) -> Option<String> {
    let own = [&view.title, &view.situation, &view.causes].into_iter().chain(&view.suggestions).chain(&view.keywords);
    let edited = view.edited_text.iter().flat_map(|text| [&text.title, &text.situation, &text.causes].into_iter().chain(&text.suggestions));
    names(own.chain(edited).chain(view.attachments.iter().map(|file| &file.name)))
}

fn names<'t>(texts: impl Iterator<Item = &'t String>) -> Option<String> {
    let found: BTreeSet<char> = texts.flat_map(|text| text.chars()).filter(|c| is_unseen(*c)).collect();
    let names: Vec<String> = found.into_iter().map(|c| format!("U+{:04X}", u32::from(c))).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// Zero-width characters, direction marks and joiners, except those that join the parts of an emoji.
const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_named_once() {
        let named = |texts: &[&str]| names(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>().iter());
        assert_eq!(named(&["关于停车的建议", "一\u{2028}二", "👩\u{200d}👧"]), None);
        assert_eq!(named(&["a\u{202e}b\u{202e}", "\u{200b}"]).as_deref(), Some("U+200B U+202E"));
    }
}
