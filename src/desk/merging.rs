//! 并案: joining manuscripts on the same matter, and parting them.

use serde_json::json;

use crate::desk::case::{self, Held, Loaded, Released};
use crate::desk::step::{self, Done, Step};
use crate::desk::{DeskError, Tx, undo};
use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::{Actor, Permit};
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

/// The target was declined: those merged into it return to review, by themselves. While the decline can be taken back, their authors
/// read what they read before, their letters wait, and the target keeps in mind who has to come back.
pub(crate) fn release(tx: &mut Tx<'_>, target: &mut Loaded, undo_until: Option<Moment>) -> Result<(), DeskError> {
    let mut released = Vec::new();
    for merged in manuscripts::merged_into(tx.conn, target.row.id)? {
        if merged.stage != Stage::Merged {
            continue;
        }
        let mut loaded = case::of_row(tx, merged)?;
        let step = Step { facts: json!({ "released_by": target.row.id }), held_until: undo_until, ..Step::default() };
        let done = step::take_alone(tx, &mut loaded, Action::Unmerge, step)?;
        released.push(Released { manuscript: loaded.row.id, entry: done.entry });
    }
    if let Some(until) = undo_until
        && !released.is_empty()
        && let Some(held) = case::held(&target.row)?
    {
        step::hold(&mut target.row, &Held { released, ..held }, until)?;
        manuscripts::save(tx.conn, &target.row, target.row.version)?;
    }
    Ok(())
}

/// The decline was taken back: those that it had released are merged again. Nobody has acted on them, or it would have been refused.
pub(crate) fn take_back(tx: &mut Tx<'_>, actor: &Actor, permit: Permit, released: &[Released]) -> Result<(), DeskError> {
    for one in released {
        let row = manuscripts::find_for_update(tx.conn, actor.channel, one.manuscript)?;
        let held = case::held(&row)?.ok_or(Refusal::ActedOn)?;
        undo::restore(tx, actor, permit, &row, held)?;
    }
    Ok(())
}
