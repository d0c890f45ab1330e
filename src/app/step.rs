//! The input and the result of a step of a manuscript; separate from the step itself, because its letters and its end need only these.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::vocabulary::Stage;
use crate::mail::letters::LetterFacts;
use crate::store::rows::TextRow;

/// The result of a step.
#[derive(Debug, Clone)]
pub struct StepResult {
    /// The entry that records it.
    pub entry: EntryId,
    /// The end of its undo window.
    pub undo_until: Option<Moment>,
}

/// The input of a step besides the stage.
#[derive(Default)]
pub(crate) struct StepDetails<'a> {
    /// The text of the act: an opinion, a reason, a result.
    pub words: Option<String>,
    /// The reason from the channel's list.
    pub reason_code: Option<String>,
    /// The reason for which the text stands although an expected fact is missing.
    pub reason: Option<String>,
    /// Whether authors may read the text.
    pub public: bool,
    /// Digests of texts on which the act is based.
    pub digests: BTreeMap<String, String>,
    /// Small facts for the ledger.
    pub facts: Value,
    /// Facts that the letters may mention.
    pub letter: LetterFacts,
    /// Persons whom the act names, for `Audience::Named`, `Recipients` and `Endorsers`.
    pub named: &'a [UserId],
    /// Departments that the act assigns.
    pub charged: &'a [OrganizationId],
    /// [`crate::domain::recipients::RecipientFacts::only_merged`].
    pub only_merged: Option<Vec<ManuscriptId>>,
    /// The id of the entry, if rows of the act already name it.
    pub entry: Option<EntryId>,
    /// For a consequence of a decision that can still be undone, the end of that window. Until then letters wait, and authors read the row
    /// before.
    pub held_until: Option<Moment>,
    /// Whether authors are not informed, because they were never informed of the decision that this step reverts.
    pub untold: bool,
    /// The text of a manuscript that was created in this act: it is written once, as it is after the step.
    pub fresh: Option<&'a TextRow>,
}

/// Returns whether a manuscript in this stage is changed by its author without an entry.
pub(crate) const fn is_with_author(stage: Stage) -> bool {
    matches!(stage, Stage::Draft | Stage::Returned)
}
