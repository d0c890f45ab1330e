//! The end of the window in which a decision could be taken back: from then on it stands, and the ledger says so. Whatever outsiders learn
//! of decisions may rest on this entry.

use serde_json::json;

use crate::desk::case::{self, Held};
use crate::desk::events::{self, LedgerEvent};
use crate::desk::{DeskError, Tx};
use crate::domain::ids::{ChannelId, ManuscriptId, UserId};
use crate::domain::permission::Permit;
use crate::store::ledger::{checking, reading};
use crate::store::manuscripts::{self, Manuscript};

/// The act, as the ledger calls it.
pub(crate) const CLOSED: &str = "window_closed";

/// Windows that are closed in one go; the others wait for the next turn.
pub const AT_ONCE: i64 = 500;

/// The manuscripts whose window has passed, the longest first.
///
/// # Errors
/// The store's.
pub fn passed(tx: &mut Tx<'_>) -> Result<Vec<(ChannelId, ManuscriptId)>, DeskError> {
    Ok(manuscripts::with_passed_window(tx.conn, tx.now, AT_ONCE)?)
}

/// Closes the window of a manuscript, if it has passed and nobody was faster. Nothing else changes, not even the version.
///
/// # Errors
/// The store's.
pub fn close(tx: &mut Tx<'_>, channel: ChannelId, id: ManuscriptId) -> Result<bool, DeskError> {
    let mut row = manuscripts::find_for_update(tx.conn, channel, id)?;
    let Some(held) = case::held(&row)?.filter(|_| row.pending_until.is_some_and(|until| until <= tx.now)) else { return Ok(false) };
    (row.pending, row.pending_until) = (None, None);
    manuscripts::save(tx.conn, &row, row.version)?;
    events::append_event(tx, event(&row, &held))?;
    Ok(true)
}

/// Appends the end of a window that the act under way ends, before its own entry.
pub(crate) fn end_by_act(tx: &mut Tx<'_>, row: &Manuscript, held: &Held) -> Result<(), DeskError> {
    events::append_before(tx, event(row, held))
}

fn event<'a>(row: &Manuscript, held: &Held) -> LedgerEvent<'a> {
    let nobody = LedgerEvent::new(row.channel_id, UserId(uuid::Uuid::nil()), Permit::SYSTEM, CLOSED, "manuscript", row.id.0);
    LedgerEvent { actor: None, version: Some(row.version), facts: json!({ "decision": held.entry }), ..nobody }
}

/// Whether the last that happened to a manuscript is that a window closed.
pub(crate) fn is_just_closed(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<bool, DeskError> {
    let Some(last) = reading::head(tx.conn, id.into())? else { return Ok(false) };
    Ok(checking::entry(tx.conn, last)?.action == CLOSED)
}
