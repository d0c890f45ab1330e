//! Who gets which letter, in a sentence: what a page says before an act.

use crate::app::preview::RecipientPreview;
use crate::text;
use crate::web::layout::Layout;

/// So many names are said one by one.
const NAMES: usize = 4;

/// Who gets which letter; `what` is how the letter calls the thing.
#[must_use]
pub fn who(f: &Layout, what: &str, told: &[RecipientPreview]) -> String {
    if told.is_empty() {
        return f.t("review-told-nobody");
    }
    let one = |told: &RecipientPreview| {
        let letter = text::t(
            f.lang,
            &format!("letter-{}-subject", told.letter),
            &[("what", what.into()), ("channel", f.channel.as_str().into()), ("by", "".into())],
        );
        // Without a name for the thing the subject is just what is said of it.
        let letter = letter.trim_end_matches([':', '：', ' ']).to_owned();
        f.t2("review-told", "who", names(f, &told.names), "letter", &letter)
    };
    told.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn names(f: &Layout, names: &[String]) -> String {
    let first = names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(&f.t("review-comma"));
    if names.len() > NAMES { text::t(f.lang, "review-and-others", &[("names", (&first).into()), ("n", names.len().into())]) } else { first }
}
