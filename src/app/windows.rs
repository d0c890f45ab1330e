//! The end of the undo window of a decision: from then on the decision is final, and the ledger records this. Everything that outsiders
//! learn of decisions may rely on this entry.

use serde_json::json;

use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::LoadedCase;
use crate::app::pending_decision::{PendingDecision, pending_decision};
use crate::app::{AppError, Tx};
use crate::domain::ids::{ChannelId, EntryId, ManuscriptId, UserId};
use crate::domain::permission::Permit;
use crate::store::ledger::{checking, reading};
use crate::store::rows::ManuscriptRow;
use crate::store::{letters, manuscripts};

/// The name of the act in the ledger.
pub(crate) const CLOSED: &str = "window_closed";

/// The number of windows that are closed in one run; the others wait for the next run.
pub const AT_ONCE: i64 = 500;

/// Returns the manuscripts whose window has passed, the earliest end first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn passed(tx: &mut Tx<'_>) -> Result<Vec<(ChannelId, ManuscriptId)>, AppError> {
    Ok(manuscripts::with_passed_window(tx.conn, tx.now, AT_ONCE)?)
}

/// Closes the window of a manuscript, if it has passed and is not closed yet, and those of the previous decisions, which ended no later.
/// Nothing else changes, not even the version.
///
/// # Errors
/// Fails if a database operation fails.
pub fn close(tx: &mut Tx<'_>, channel: ChannelId, id: ManuscriptId) -> Result<bool, AppError> {
    let mut row = manuscripts::find_for_update(tx.conn, channel, id)?;
    let Some(held) = pending_decision(&row)?.filter(|_| row.pending_until.is_some_and(|until| until <= tx.now)) else { return Ok(false) };
    (row.pending, row.pending_until) = (None, None);
    manuscripts::save(tx.conn, &row, row.version)?;
    for earlier in held.earlier.iter().flat_map(|held| held.layers()).collect::<Vec<_>>().into_iter().rev() {
        events::append_before(tx, event(&row, earlier))?;
    }
    events::append_event(tx, event(&row, &held))?;
    Ok(true)
}

/// Appends the ends of the windows that the current act ends, before its own entry: those of decisions that the row stored before, and no
/// longer does. `undone` is the decision that the act undoes, which has no such end.
pub(crate) fn end_by_act(tx: &mut Tx<'_>, before: &ManuscriptRow, row: &ManuscriptRow, undone: Option<EntryId>) -> Result<(), AppError> {
    if before.pending.is_none() || before.pending == row.pending {
        return Ok(());
    }
    let (were, are) = (pending_decision(before)?, pending_decision(row)?);
    let stays = |entry: EntryId| are.iter().flat_map(PendingDecision::layers).any(|held| held.entry == entry);
    let ended: Vec<&PendingDecision> =
        were.iter().flat_map(PendingDecision::layers).filter(|held| undone != Some(held.entry) && !stays(held.entry)).collect();
    for held in ended.into_iter().rev() {
        // The decision is final: its letters wait no longer.
        letters::announce(tx.conn, held.entry, tx.now)?;
        events::append_before(tx, event(before, held))?;
    }
    Ok(())
}

/// Closes the windows of a manuscript early, because the current act is based on the decisions, so that they can no longer be undone: they
/// are announced at once. Otherwise authors would read of the act and not of the decisions on which it is based. Must be called before the
/// entry of that act is written.
pub(crate) fn close_early(tx: &mut Tx<'_>, loaded: &mut LoadedCase) -> Result<(), AppError> {
    if loaded.row.pending.is_none() {
        return Ok(());
    }
    let before = loaded.row.clone();
    (loaded.row.pending, loaded.row.pending_until) = (None, None);
    manuscripts::save(tx.conn, &loaded.row, before.version)?;
    (loaded.case.pending, loaded.held) = (None, None);
    end_by_act(tx, &before, &loaded.row, None)
}

fn event<'a>(row: &ManuscriptRow, held: &PendingDecision) -> LedgerEvent<'a> {
    let nobody = LedgerEvent::new(row.channel_id, UserId(uuid::Uuid::nil()), Permit::SYSTEM, CLOSED, "manuscript", row.id.0);
    LedgerEvent { actor: None, version: Some(row.version), facts: json!({ "decision": held.entry }), ..nobody }
}

/// Returns whether the last event of a manuscript is the end of a window.
pub(crate) fn is_just_closed(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<bool, AppError> {
    let Some(last) = reading::head(tx.conn, id.into())? else { return Ok(false) };
    Ok(checking::entry(tx.conn, last)?.action == CLOSED)
}
