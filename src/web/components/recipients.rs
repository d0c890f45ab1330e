//! The recipients of each letter in a sentence, which a page shows before an act.

use crate::app::preview::RecipientPreview;
use crate::text;
use crate::web::layout::Layout;

/// The largest number of names that are listed individually.
const NAMES: usize = 4;

/// Lists the recipients of each letter; `what` is the name of the subject in the letter.
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
        // Without a name for its object, the subject line consists of the statement alone.
        let letter = letter.trim_end_matches([':', '：', ' ']).to_owned();
        f.t2("review-told", "who", names(f, &told.names), "letter", &letter)
    };
    told.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn names(f: &Layout, names: &[String]) -> String {
    let first = names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(&f.t("review-comma"));
    if names.len() > NAMES { text::t(f.lang, "review-and-others", &[("names", (&first).into()), ("n", names.len().into())]) } else { first }
}
