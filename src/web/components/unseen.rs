//! Characters of a manuscript that can't be seen, or that turn the direction of writing: what a reader sees may be another text than what is
//! there, so they are told that there are some.

use std::collections::BTreeSet;

use crate::app::reading::views::ManuscriptView;

/// Their names (U+202E), each once; none in nearly every manuscript.
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

/// Zero width, marks of direction, and joiners; what joins the parts of an emoji is left out.
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
