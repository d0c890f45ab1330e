//! Cancelling an issued bulletin. Its number stays taken; what leaders have endorsed stays before them.

use serde_json::json;

use crate::app::bulletins::{enter, for_act, issuing, tell};
use crate::app::manuscript_case::LoadedCase;
use crate::app::step::StepDetails;
use crate::app::transition::{self, words};
use crate::app::{AppError, Tx};
use crate::domain::bulletin::BulletinAction;
use crate::domain::ids::{BulletinId, UserId};
use crate::domain::outcome::EndorsementState;
use crate::domain::permission::Actor;
use crate::domain::states::BulletinState;
use crate::domain::vocabulary::{Action, Stage};
use crate::store::{bulletins, endorsements, recipients};

/// Cancels a bulletin. A manuscript goes back to `accepted` only if nobody has it before them any more: it is still `forwarded`, carries
/// no endorsement, stands in no other issued bulletin and was not forwarded directly.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, seen: i64, reason: &str) -> Result<(), AppError> {
    let (mut whole, decision) = for_act(tx, actor, id, seen, BulletinAction::Cancel)?;
    let reason = words(tx, "reason", reason)?;
    let mut manuscripts = issuing::load_all(tx, actor, &whole)?;
    let from = whole.row.state;
    whole.row.state = BulletinState::Cancelled;
    whole.row.cancelled_at = Some(tx.now);
    whole.row.reason = Some(reason.clone());
    whole.row.version += 1;
    bulletins::save(tx.conn, &whole.row, seen)?;
    let entry = enter(tx, actor, &decision, Some(from), &whole.row, |_| {})?;
    for loaded in &mut manuscripts {
        take_back(tx, actor, id, loaded, &reason)?;
    }
    tell(tx, actor, &decision, &whole, entry, Some(&reason), &whole.leaders())
}

fn take_back(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, loaded: &mut LoadedCase, reason: &str) -> Result<(), AppError> {
    let there = endorsements::of_manuscript(tx.conn, loaded.row.id)?;
    let endorsed = there.iter().filter(|one| one.state != EndorsementState::Rejected);
    let endorsers: Vec<UserId> = endorsed.map(|one| one.leader_id).collect();
    recipients::end(tx.conn, id, loaded.row.id, &endorsers, tx.now)?;
    let still_before_somebody = !recipients::of_manuscript(tx.conn, loaded.row.id)?.is_empty();
    if loaded.row.stage != Stage::Forwarded || !endorsers.is_empty() || still_before_somebody {
        return Ok(());
    }
    // The reason is the office's; the authors are told that it was cancelled, not why.
    let step = StepDetails { words: Some(reason.to_owned()), facts: json!({ "bulletin": id }), ..StepDetails::default() };
    transition::take(tx, actor, loaded, Action::Recall, step, |_| {}).map(|_| ())
}
