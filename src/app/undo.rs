//! Undoing a decision within its window: restores the row before it, and writes a new entry that names the undone one.

use crate::app::restoring::{Undoing, restore};
use crate::app::step::StepResult;
use crate::app::{AppError, Tx, bulletins, merging, restoring, transition, windows};
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Stage};

/// Undoes the last decision.
///
/// # Errors
/// Refusals: nothing to undo, not the person who decided, a later act is based on it, the window has closed. [`AppError::Stale`].
pub fn undo(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<StepResult, AppError> {
    // Bulletins are locked before their manuscripts, as issuing does.
    let submitted = bulletins::lock_submitted(tx, actor, id)?;
    merging::lock_merged(tx, actor, id)?;
    let mut loaded = transition::load(tx, actor, id)?;
    let decision = match transition::judge(tx, actor, &loaded, Action::Undo) {
        // The window existed and has passed, whether its end is in the ledger yet or not.
        Err(AppError::Refused(Refusal::NothingToUndo)) if windows::is_just_closed(tx, id)? => return Err(Refusal::UndoClosed.into()),
        judged => judged?,
    };
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let mut held = loaded.held.take().ok_or(Refusal::NothingToUndo)?;
    let released = std::mem::take(&mut held.released);
    let by = Undoing { actor: Some(actor.user), permit: decision.permit, action: Action::Undo.as_str() };
    let (done, row) = restore(tx, &by, &loaded.row, held)?;
    restoring::take_back(tx, &by, actor.channel, released)?;
    if loaded.row.stage == Stage::Accepted && row.stage != Stage::Accepted {
        // Reviewers of those bulletins would otherwise read one text, and issue the next one that is signed.
        for bulletin in submitted {
            bulletins::take_back_to_draft(tx, actor, decision.permit, bulletin, id)?;
        }
    }
    Ok(done)
}
