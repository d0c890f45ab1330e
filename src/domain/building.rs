//! Which acts build on the decision before them, so that it can't be taken back any more.

use crate::domain::assignment::AssignmentAction;
use crate::domain::ledger::{DETACH, Entry};
use crate::domain::words::{Action, Role};

/// Whether somebody who did this has built on an earlier decision about the same manuscript.
///
/// What only records a fact beside the manuscript does not: a leader's endorsement and what becomes of it, an adoption at another level, a
/// rating, a reminder to a department, the scan of an endorsement. Everything else does: it goes on from where the decision led, or changes
/// what an undo would put back as it was.
#[must_use]
pub fn builds_on(entry: &Entry) -> bool {
    let is = |action: Action| entry.action == action.as_str();
    match entry.object.kind.as_str() {
        "manuscript" => !(is(Action::Endorse) || is(Action::RecordAdoption) || is(Action::Rate) || entry.action == "window_closed"),
        "assignment" => entry.action != AssignmentAction::Urge.as_str(),
        // A department's files belong to its answer; others are scans.
        "attachment" => entry.role.as_deref() == Some(Role::Handler.as_str()) && (is(Action::Attach) || entry.action == DETACH),
        _ => false,
    }
}
