//! What a step in a manuscript's life carries, and what comes of it; apart from the step itself, for its letters and its end need no more.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::vocabulary::Stage;
use crate::mail::letters::LetterFacts;
use crate::store::rows::TextRow;

/// What came of a step.
#[derive(Debug, Clone)]
pub struct StepResult {
    /// The entry that records it.
    pub entry: EntryId,
    /// Until when it can be taken back.
    pub undo_until: Option<Moment>,
}

/// What an act carries besides the stage.
#[derive(Default)]
pub(crate) struct StepDetails<'a> {
    /// The words of the act: an opinion, a reason, a result.
    pub words: Option<String>,
    /// The reason from the channel's list.
    pub reason_code: Option<String>,
    /// Why the words stand although something is missing that one would expect.
    pub reason: Option<String>,
    /// Whether authors may read the words.
    pub public: bool,
    /// Digests of texts that the act stands on.
    pub digests: BTreeMap<String, String>,
    /// Small facts for the ledger.
    pub facts: Value,
    /// What the letters may mention.
    pub letter: LetterFacts,
    /// Persons whom the act names, for `Audience::Named`, `Recipients` and `Endorsers`.
    pub named: &'a [UserId],
    /// Departments that the act charges.
    pub charged: &'a [OrganizationId],
    /// [`crate::domain::recipients::RecipientFacts::only_merged`].
    pub only_merged: Option<Vec<ManuscriptId>>,
    /// An id for the entry that rows of the act already name.
    pub entry: Option<EntryId>,
    /// For a consequence of a decision that can still be taken back: until when. Letters wait, and authors read the row before.
    pub held_until: Option<Moment>,
    /// Whether authors are not told, because they never heard of what this takes back.
    pub untold: bool,
    /// The text of a manuscript that was made up in this act: it is written once, as it stands after the step.
    pub fresh: Option<&'a TextRow>,
}

/// Whether a manuscript in this stage changes in its author's hands, without an entry.
pub(crate) const fn is_with_author(stage: Stage) -> bool {
    matches!(stage, Stage::Draft | Stage::Returned)
}
