//! Which acts build on the decision before them, so that it can't be taken back any more.

use crate::domain::assignment::AssignmentAction;
use crate::domain::ledger::{DETACH, Entry};
use crate::domain::vocabulary::{Action, Role};

/// The acts that only record a fact beside the manuscript.
const BESIDE: [Action; 3] = [Action::Endorse, Action::RecordAdoption, Action::Rate];

/// Whether this act on a manuscript builds on the decision before it.
#[must_use]
pub fn act_builds_on(action: Action) -> bool {
    !BESIDE.contains(&action)
}

/// Whether somebody who did this has built on an earlier decision about the same manuscript.
///
/// What only records a fact beside the manuscript does not: a leader's endorsement and what becomes of it, an adoption at another level, a
/// rating, a reminder to a department, the scan of an endorsement. Everything else does: it goes on from where the decision led, or changes
/// what an undo would put back as it was.
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
