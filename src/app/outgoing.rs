//! Loads the text of a manuscript that goes out; [`crate::domain::outgoing`] decides which one it is.

use crate::app::{AppError, Tx};
use crate::domain::outgoing::{self, Outgoing};
use crate::domain::vocabulary::{Stage, TextKind};
use crate::store::rows::{ManuscriptRow, TextRow};

/// Returns which text of this manuscript goes out. Before the first submission it is the draft.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn outgoing(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<Outgoing, AppError> {
    let original = Outgoing { text: row.text_id, kind: TextKind::Original, outdated: None };
    if row.edited_text_id.is_none() && !may_be_rewritten(row) {
        return Ok(original);
    }
    let versions = tx.versions_of(row.id)?;
    Ok(outgoing::outgoing(&versions, row.edited_text_id, row.accepted_at.is_some()).unwrap_or(original))
}

/// Returns whether its author may have begun another original that is not submitted, or was withdrawn.
pub(crate) fn may_be_rewritten(row: &ManuscriptRow) -> bool {
    let stage = row.former_stage.unwrap_or(row.stage);
    matches!(stage, Stage::Draft | Stage::Returned | Stage::Withdrawn)
}

/// Returns the text itself.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn outgoing_text(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<TextRow, AppError> {
    let outgoing = outgoing(tx, row)?;
    Ok(tx.text_of(row.id, outgoing.text)?)
}

/// Returns the digest of the text, as entries of the ledger name it.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn outgoing_digest(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<Option<String>, AppError> {
    Ok(outgoing_text(tx, row)?.digest.map(hex::encode))
}
