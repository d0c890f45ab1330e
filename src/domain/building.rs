//! Which acts are based on the decision before them, so that it can no longer be undone.

use crate::domain::assignment::AssignmentAction;
use crate::domain::ledger::{DETACH, Entry};
use crate::domain::vocabulary::{Action, Role};

/// The acts that only record a fact without changing the manuscript.
const BESIDE: [Action; 3] = [Action::Endorse, Action::RecordAdoption, Action::Rate];

/// Returns whether this act on a manuscript is based on the decision before it.
#[must_use]
pub fn act_builds_on(action: Action) -> bool {
    !BESIDE.contains(&action)
}

/// Returns whether the actor of this entry has based an act on an earlier decision about the same manuscript.
///
/// Acts that only record a fact do not count: a leader's endorsement and the decisions on it, an adoption at another level, a rating, a
/// reminder to a department, the scan of an endorsement. All others do: they continue from the state that the decision led to, or change
/// something that an undo would restore.
#[must_use]
pub fn builds_on(entry: &Entry) -> bool {
    let is = |action: Action| entry.action == action.as_str();
    match entry.object.kind.as_str() {
        "manuscript" => entry.action != "window_closed" && !BESIDE.into_iter().any(is),
        "assignment" => entry.action != AssignmentAction::Urge.as_str(),
        // A department's files belong to its answer; others are scans.
        "attachment" => entry.role.as_deref() == Some(Role::Handler.as_str()) && (is(Action::Attach) || entry.action == DETACH),
        _ => false,
    }
}
