//! 并案: merging manuscripts on the same matter, and ending a merger.

use std::collections::BTreeSet;

use serde_json::json;

use crate::app::handling::deciding;
use crate::app::handling::reopening::{UNTOLD, unsay};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::pending_decision::{self, PendingDecision, Released};
use crate::app::step::{StepDetails, StepResult};
use crate::app::{AppError, Tx, bulletins, transition};
use crate::domain::clock::Moment;
use crate::domain::ids::{BulletinId, ManuscriptId, UserId};
use crate::domain::notice::Letter;
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Stage};
use crate::mail::letters::LetterFacts;
use crate::store::rows::ManuscriptRow;
use crate::store::{letters, manuscripts, merged_suggestions, texts};

/// Merges a manuscript into another one. From now on its authors read that one's stage, get its letters and rate it.
///
/// # Errors
/// [`Refusal::BadMergeTarget`]; [`Refusal::OwnManuscript`] also where the target is their own; [`AppError::Stale`] if it has another
/// version than `seen`; refusals.
pub fn merge(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, into: ManuscriptId) -> Result<StepResult, AppError> {
    // Bulletins are locked before their manuscripts, as issuing does.
    let submitted = bulletins::lock_submitted(tx, actor, into)?;
    manuscript_case::lock(tx, actor, [id, into])?;
    let mut loaded = transition::load(tx, actor, id)?;
    let target = if into == id { None } else { Some(transition::load(tx, actor, into)?) };
    loaded.case.target = target.as_ref().map(|target| target.row.stage);
    loaded.case.target_authors = target.iter().flat_map(|target| target.involved()).collect();
    let permit = transition::judge(tx, actor, &loaded, Action::Merge)?.permit;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let target = target.ok_or(Refusal::BadMergeTarget)?;
    let letter = LetterFacts { merged_into: target.row.number.clone(), ..LetterFacts::default() };
    let step = StepDetails { facts: json!({ "into": into }), letter, ..StepDetails::default() };
    // Decisions from an earlier merger into this manuscript or another one end.
    merged_suggestions::end(tx.conn, id, false, tx.now)?;
    let done = transition::take(tx, actor, &mut loaded, Action::Merge, step, |row| row.merged_into = Some(into))?;
    deciding::tell_of_merger(tx, actor, &done, &target, &loaded.row)?;
    names_change(tx, actor, permit, submitted, into)?;
    Ok(done)
}

/// Takes submitted bulletins back to drafts, because the authors that they name change: a bulletin names the authors of manuscripts merged
/// into its own, and would otherwise be issued with other names than those that its signer has read.
fn names_change(tx: &mut Tx<'_>, actor: &Actor, permit: Permit, submitted: Vec<BulletinId>, target: ManuscriptId) -> Result<(), AppError> {
    submitted.into_iter().try_for_each(|bulletin| bulletins::take_back_to_draft(tx, actor, permit, bulletin, target))
}

/// Ends the merger of a manuscript, which returns to review. Authors who were not informed of the merger yet are informed of neither, and
/// unsent letters about the target are not sent to the authors who leave it.
///
/// # Errors
/// [`Refusal::TargetConcluded`]; [`AppError::Stale`] if it has another version than `seen`; refusals.
pub fn unmerge(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<StepResult, AppError> {
    let target = manuscripts::find(tx.conn, actor.channel, id)?.merged_into;
    let submitted = target.map_or(Ok(Vec::new()), |target| bulletins::lock_submitted(tx, actor, target))?;
    manuscript_case::lock(tx, actor, target.into_iter().chain([id]))?;
    let mut loaded = transition::load(tx, actor, id)?;
    let permit = transition::judge(tx, actor, &loaded, Action::Unmerge)?.permit;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    if let Some(target) = loaded.row.merged_into {
        let target = manuscripts::find(tx.conn, actor.channel, target)?;
        if let Some(held) =
            pending_decision::pending_decision(&target)?.filter(|_| target.pending_until.is_some_and(|until| until > tx.now))
        {
            letters::revoke_of(tx.conn, held.entry, id, tx.now)?;
        }
    }
    let untold = unsay(tx, &loaded)?;
    let facts = untold.map(|merger| json!({ UNTOLD: merger })).unwrap_or_default();
    let parted = target.map_or(Ok(Vec::new()), |target| deciding::part(tx, actor, id, target))?;
    let done = transition::take(
        tx,
        actor,
        &mut loaded,
        Action::Unmerge,
        StepDetails { facts, untold: untold.is_some(), ..StepDetails::default() },
        |_| {},
    )?;
    if let Some(target) = target {
        let row = manuscripts::find(tx.conn, actor.channel, target)?;
        for (assignment, numbers) in parted {
            let told = (done.entry, Letter::SuggestionsEnded);
            deciding::tell_department(tx, actor, told, (&row, &loaded.row), &assignment, numbers)?;
        }
        names_change(tx, actor, permit, submitted, target)?;
    }
    Ok(done)
}

/// Locks a manuscript together with those that are merged into it, and those that a decline released, before any of them is read.
pub(crate) fn lock_merged(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<(), AppError> {
    let row = manuscripts::find(tx.conn, actor.channel, id)?;
    let mut all = vec![id];
    all.extend(manuscripts::merged_into(tx.conn, id)?.into_iter().map(|merged| merged.id));
    all.extend(pending_decision::pending_decision(&row)?.into_iter().flat_map(|held| held.released).map(|one| one.manuscript));
    manuscript_case::lock(tx, actor, all)
}

/// Releases the manuscripts merged into a declined target, archived ones included: they return to review by themselves. While the decline
/// can be undone, their authors read the previous state, their letters wait, and the target stores which manuscripts would be merged again.
pub(crate) fn release(tx: &mut Tx<'_>, target: &mut LoadedCase, undo_until: Option<Moment>) -> Result<(), AppError> {
    let mut released = Vec::new();
    for merged in to_release(tx, target.row.id)? {
        released.push(release_one(tx, target, merged, undo_until)?);
    }
    if let Some(until) = undo_until
        && !released.is_empty()
        && let Some(held) = pending_decision::pending_decision(&target.row)?
    {
        pending_decision::put_pending(&mut target.row, &PendingDecision { released, ..held }, until)?;
        manuscripts::save(tx.conn, &target.row, target.row.version)?;
    }
    Ok(())
}

/// Returns the manuscripts that return to review when this one is declined.
pub(crate) fn to_release(tx: &mut Tx<'_>, target: ManuscriptId) -> Result<Vec<ManuscriptRow>, AppError> {
    let merged = manuscripts::merged_into(tx.conn, target)?;
    Ok(merged.into_iter().filter(|row| row.former_stage.unwrap_or(row.stage) == Stage::Merged).collect())
}

fn release_one(tx: &mut Tx<'_>, target: &LoadedCase, merged: ManuscriptRow, undo_until: Option<Moment>) -> Result<Released, AppError> {
    let mut loaded = manuscript_case::of_row(tx, merged)?;
    // The merger is not announced yet: its authors keep reading the row before it, and are informed of neither.
    let merger = loaded.held.clone().filter(|_| loaded.row.pending_until.is_some_and(|until| until > tx.now));
    let untold = unsay(tx, &loaded)?;
    let joined = loaded.row.clone();
    let facts = match untold {
        Some(merger) => json!({ "released_by": target.row.id, UNTOLD: merger }),
        None => json!({ "released_by": target.row.id }),
    };
    let step = StepDetails { facts, held_until: undo_until, untold: untold.is_some(), ..StepDetails::default() };
    let done = transition::take_alone(tx, &mut loaded, Action::Unmerge, step)?;
    let mut joined_again = None;
    if let (Some(merger), Some(until), Some(held)) = (merger, undo_until, pending_decision::pending_decision(&loaded.row)?) {
        pending_decision::put_pending(&mut loaded.row, &PendingDecision { before: merger.before, ..held }, until)?;
        manuscripts::save(tx.conn, &loaded.row, loaded.row.version)?;
        joined_again = Some(joined);
    }
    Ok(Released { manuscript: loaded.row.id, entry: done.entry, joined: joined_again })
}

/// Returns the authors of manuscripts merged into this one who are not its own authors; a bulletin names them with it.
pub(crate) fn credited(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<Vec<(ManuscriptId, UserId)>, AppError> {
    if loaded.case.merged_here == 0 {
        return Ok(Vec::new());
    }
    let mut named: BTreeSet<UserId> = loaded.authors.iter().map(|author| author.user_id).collect();
    let mut credited = Vec::new();
    let mut merged = manuscripts::merged_into(tx.conn, loaded.row.id)?;
    merged.sort_unstable_by_key(|row| row.id);
    for row in merged {
        let authors = texts::authors(tx.conn, row.id)?;
        credited.extend(authors.into_iter().filter(|one| named.insert(one.user_id)).map(|one| (row.id, one.user_id)));
    }
    Ok(credited)
}
