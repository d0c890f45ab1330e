//! 并案: joining manuscripts on the same matter, and parting them.

use serde_json::json;

use crate::desk::case::{self, Loaded};
use crate::desk::step::{self, Done, Step};
use crate::desk::{DeskError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::words::{Action, Stage};
use crate::mail::letters::Facts;
use crate::store::manuscripts;

/// Joins a manuscript to another one. Its authors read that one's stage from now on, get its letters and rate it.
///
/// # Errors
/// [`Refusal::BadMergeTarget`]; [`DeskError::Stale`] if it has another version than `seen`; refusals.
pub fn merge(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, into: ManuscriptId) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    let target = if into == id { None } else { Some(case::load(tx, actor, into)?) };
    loaded.case.target = target.as_ref().map(|target| target.row.stage);
    step::judge(tx, actor, &loaded, Action::Merge)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let target = target.ok_or(Refusal::BadMergeTarget)?;
    let letter = Facts { reason: target.row.number.clone(), ..Facts::default() };
    let step = Step { facts: json!({ "into": into }), letter, ..Step::default() };
    step::take(tx, actor, &mut loaded, Action::Merge, step, |row| row.merged_into = Some(into))
}

/// Parts a manuscript from the one it was joined to; it returns to review.
///
/// # Errors
/// [`Refusal::TargetConcluded`]; [`DeskError::Stale`] if it has another version than `seen`; refusals.
pub fn unmerge(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    step::judge(tx, actor, &loaded, Action::Unmerge)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    step::take(tx, actor, &mut loaded, Action::Unmerge, Step::default(), |_| {})
}

/// The target was declined: those merged into it return to review, by themselves. Their letters wait as long as the decline's.
pub(crate) fn release(tx: &mut Tx<'_>, target: &Loaded, undo_until: Option<Moment>) -> Result<(), DeskError> {
    for merged in manuscripts::merged_into(tx.conn, target.row.id)? {
        if merged.stage != Stage::Merged {
            continue;
        }
        let mut loaded = case::of_row(tx, merged)?;
        let step = Step { facts: json!({ "released_by": target.row.id }), not_before: undo_until, ..Step::default() };
        step::take_alone(tx, &mut loaded, Action::Unmerge, step)?;
    }
    Ok(())
}
