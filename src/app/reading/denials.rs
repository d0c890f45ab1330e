//! Explains why an expected action on a manuscript is not allowed at present, by the refusals of the rules.

use chrono::Duration;

use crate::app::manuscript_case;
use crate::app::{AppError, Tx};
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::{Actor, Visibility};
use crate::domain::queues::{self, WorkQueue};
use crate::domain::refusal::Refusal;
use crate::domain::transition::decide;
use crate::domain::vocabulary::{Action, Stage};

/// Returns the actions that the reader may expect on the page of a manuscript, but that are not allowed, with their refusals.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn explain_denials(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Vec<(Action, Refusal)>, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    let sight = loaded.sight(actor);
    let stage = loaded.shown(sight, tx.now).stage;
    let refused = expected(sight, stage).into_iter().filter_map(|action| {
        let refusal = decide(&loaded.case, actor, action, tx.now, Duration::zero()).err()?;
        (!matches!(refusal, Refusal::WrongRole { .. })).then_some((action, refusal))
    });
    Ok(refused.collect())
}

/// Returns the actions that a reader expects in a stage, without those that belong to much earlier or later stages.
fn expected(sight: Visibility, stage: Stage) -> Vec<Action> {
    let mut expected = Vec::new();
    if sight.author {
        match stage {
            Stage::Draft | Stage::Returned => expected.extend(WorkQueue::Drafts.row().awaited),
            Stage::Screening | Stage::Review | Stage::Signing | Stage::Accepted => expected.push(Action::Withdraw),
            Stage::Forwarded | Stage::Handling => expected.push(Action::Rate),
            Stage::Concluded | Stage::Archived | Stage::Declined | Stage::Merged | Stage::Withdrawn => {}
        }
    }
    if let Some(queue) = queues::of_stage(stage).filter(|queue| !sight.author_only() && sight.sees_as(queue.role)) {
        expected.extend(queue.awaited);
    }
    expected
}
