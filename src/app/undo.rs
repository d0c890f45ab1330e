//! Taking a decision back within the window: the row as it was before, and a new entry that names the undone one.

use crate::app::restoring::{Undoing, restore};
use crate::app::step::StepResult;
use crate::app::{AppError, Tx, bulletins, merging, restoring, transition, windows};
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Stage};

/// Takes the last decision back.
///
/// # Errors
/// Refusals: nothing to undo, not the one who decided, somebody has acted on it, the window has closed. [`AppError::Stale`].
pub fn undo(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<StepResult, AppError> {
    // Bulletins are locked before their manuscripts, as issuing does.
    let submitted = bulletins::lock_submitted(tx, actor, id)?;
    merging::lock_merged(tx, actor, id)?;
    let mut loaded = transition::load(tx, actor, id)?;
    let decision = match transition::judge(tx, actor, &loaded, Action::Undo) {
        // Whether or not its end stands in the ledger yet, the window was there and has passed.
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
        // Whoever looks at them would otherwise read one text, and issue the next that is signed.
        for bulletin in submitted {
            bulletins::take_back_to_draft(tx, actor, decision.permit, bulletin, id)?;
        }
    }
    Ok(done)
}
