//! Which text of a manuscript goes out: the newest edited text if it was made from the newest original, otherwise the newest original. No
//! other code decides this; reviewers, signers, leaders and departments, bulletins and the ledger's digests all use it.

use crate::domain::ids::TextId;
use crate::domain::manuscript::Text;
use crate::domain::vocabulary::{Part, TextKind};

/// The facts of a text version that this decision needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextVersion {
    /// Its id.
    pub id: TextId,
    /// The author's text, or the office's.
    pub kind: TextKind,
    /// Its ordinal number among those of its kind, from 1.
    pub round: i64,
    /// For an edited text, the original on which it is based.
    pub based_on: Option<TextId>,
    /// The digest of its content once it is sealed; absent for one that is still being written.
    pub digest: Option<Vec<u8>>,
}

/// The text that goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing {
    /// The id of the text.
    pub text: TextId,
    /// The kind of the text.
    pub kind: TextKind,
    /// The reason why an edited text must be reviewed before anything goes out.
    pub outdated: Option<Outdated>,
}

/// An edited text whose original has been corrected since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outdated {
    /// The edited text.
    pub edited: TextId,
    /// The original on which it is based; absent if not known.
    pub based_on: Option<TextId>,
    /// The newest original.
    pub original: TextId,
}

/// The relation of a manuscript's edited text to its original.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EditedTextState {
    /// There is no edited text; the original goes out.
    #[default]
    None,
    /// It is based on the newest original.
    Current,
    /// Its original has been corrected since.
    Outdated,
}

/// Returns which of these versions goes out, or `None` before the first submission.
///
/// `edited` is the edited text in use. `signed` states that the manuscript was signed for use: the signature then covers the edited text,
/// even one that was outdated already, so that departments continue to read the text that was assigned to them.
#[must_use]
pub fn outgoing(versions: &[TextVersion], edited: Option<TextId>, signed: bool) -> Option<Outgoing> {
    let handed_in = versions.iter().filter(|one| one.kind == TextKind::Original && one.digest.is_some());
    let original = handed_in.max_by_key(|one| one.round)?;
    let of = |text: &TextVersion, outdated| Outgoing { text: text.id, kind: text.kind, outdated };
    let Some(edited) = versions.iter().find(|one| Some(one.id) == edited) else { return Some(of(original, None)) };
    // An author who undid their own correction has not changed the basis of the edited text.
    let base = versions.iter().find(|one| Some(one.id) == edited.based_on);
    if base.is_some_and(|base| base.id == original.id || base.digest == original.digest) {
        return Some(of(edited, None));
    }
    let outdated = Outdated { edited: edited.id, based_on: edited.based_on, original: original.id };
    Some(of(if signed { edited } else { original }, Some(outdated)))
}

impl Outgoing {
    /// Returns the relation of the edited text to its original.
    #[must_use]
    pub const fn edited(&self) -> EditedTextState {
        match (self.outdated, self.kind) {
            (Some(_), _) => EditedTextState::Outdated,
            (None, TextKind::Edited) => EditedTextState::Current,
            (None, TextKind::Original) => EditedTextState::None,
        }
    }
}

/// Combines an edited text and a corrected original, part by part, as a proposal; returns it with the parts that both have changed, for
/// which the edited text is used and a review is needed.
///
/// Suggestions are combined one by one if neither side added or removed any.
#[must_use]
pub fn merge(based_on: &Text, edited: &Text, original: &Text) -> (Text, Vec<Part>) {
    let mut conflicts = Vec::new();
    let mut take = |part: Part, base: &str, ours: &str, theirs: &str| {
        if base == ours || ours == theirs {
            return theirs.to_owned();
        }
        if base != theirs && !conflicts.contains(&part) {
            conflicts.push(part);
        }
        ours.to_owned()
    };
    let title = take(Part::Title, based_on.title.as_str(), edited.title.as_str(), original.title.as_str());
    let title = if title == edited.title.as_str() { edited.title.clone() } else { original.title.clone() };
    let situation = take(Part::Situation, &based_on.situation, &edited.situation, &original.situation);
    let causes = take(Part::Causes, &based_on.causes, &edited.causes, &original.causes);
    let (base, ours, theirs) = (&based_on.suggestions, &edited.suggestions, &original.suggestions);
    let suggestions = if base.len() == ours.len() && base.len() == theirs.len() {
        let each = base.iter().zip(ours).zip(theirs);
        each.map(|((base, ours), theirs)| take(Part::Suggestions, base, ours, theirs)).collect()
    } else if base == ours {
        theirs.clone()
    } else {
        if base != theirs && ours != theirs {
            conflicts.push(Part::Suggestions);
        }
        ours.clone()
    };
    (Text { title, situation, causes, suggestions }, conflicts)
}
