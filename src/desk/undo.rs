//! Taking a decision back within the window: the row as it was before, and a new entry that names the undone one.

use crate::desk::case::{self, Held};
use crate::desk::events::{self, LedgerEvent};
use crate::desk::merging;
use crate::desk::step::{self, Done};
use crate::desk::{DeskError, Tx, windows};
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::domain::words::Action;
use crate::store::manuscripts::{self, Manuscript};
use crate::store::{assignments, decisions, letters, texts};

/// Kept in the assignments of an act that was undone.
pub(crate) const UNDONE: &str = "undone";

/// Takes the last decision back.
///
/// # Errors
/// Refusals: nothing to undo, not the one who decided, somebody has acted on it, the window has closed. [`DeskError::Stale`].
pub fn undo(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    let decision = match step::judge(tx, actor, &loaded, Action::Undo) {
        // Whether or not its end stands in the ledger yet, the window was there and has passed.
        Err(DeskError::Refused(Refusal::NothingToUndo)) if windows::is_just_closed(tx, id)? => return Err(Refusal::UndoClosed.into()),
        judged => judged?,
    };
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let mut held = loaded.held.take().ok_or(Refusal::NothingToUndo)?;
    let released = std::mem::take(&mut held.released);
    let done = restore(tx, actor, decision.permit, &loaded.row, held)?;
    merging::take_back(tx, actor, decision.permit, released)?;
    Ok(done)
}

/// Gives a manuscript the row back that it had before the decision, with all that the decision brought.
pub(crate) fn restore(tx: &mut Tx<'_>, actor: &Actor, permit: Permit, now: &Manuscript, held: Held) -> Result<Done, DeskError> {
    let row = Manuscript { version: now.version + 1, ..held.before };
    manuscripts::save(tx.conn, &row, now.version)?;
    if step::is_with_author(now.stage) {
        texts::left_author(tx.conn, row.id)?;
    }
    decisions::mark_undone(tx.conn, held.entry, tx.now)?;
    texts::revoke_requests(tx.conn, held.entry, tx.now)?;
    assignments::cancel_of_entry(tx.conn, held.entry, tx.now, UNDONE)?;
    letters::revoke(tx.conn, held.entry, tx.now)?;
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, Action::Undo.as_str(), "manuscript", row.id.0);
    deed.version = Some(row.version);
    deed.from = Some(now.stage.as_str());
    deed.to = Some(row.stage.as_str());
    deed.undoes = Some(held.entry);
    let entry = events::append_event(tx, deed)?;
    Ok(Done { entry, undo_until: None })
}
