//! The text of a manuscript that goes out, looked up for [`crate::domain::outgoing`], which says which one that is.

use crate::app::{AppError, Tx};
use crate::domain::outgoing::{self, Outgoing};
use crate::domain::vocabulary::{Stage, TextKind};
use crate::store::rows::{ManuscriptRow, TextRow};

/// Which text of this manuscript goes out. Before anything was handed in it is what the author is writing.
///
/// # Errors
/// The store's.
pub(crate) fn outgoing(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<Outgoing, AppError> {
    let original = Outgoing { text: row.text_id, kind: TextKind::Original, outdated: None };
    if row.edited_text_id.is_none() && !may_be_rewritten(row) {
        return Ok(original);
    }
    let versions = tx.versions_of(row.id)?;
    Ok(outgoing::outgoing(&versions, row.edited_text_id, row.accepted_at.is_some()).unwrap_or(original))
}

/// Whether its author may have begun another original that they have not handed in, or have withdrawn with it.
pub(crate) fn may_be_rewritten(row: &ManuscriptRow) -> bool {
    let stage = row.former_stage.unwrap_or(row.stage);
    matches!(stage, Stage::Draft | Stage::Returned | Stage::Withdrawn)
}

/// The text itself.
///
/// # Errors
/// The store's.
pub(crate) fn outgoing_text(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<TextRow, AppError> {
    let outgoing = outgoing(tx, row)?;
    Ok(tx.text_of(row.id, outgoing.text)?)
}

/// The digest of the text, as entries of the ledger name it.
///
/// # Errors
/// The store's.
pub(crate) fn outgoing_digest(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<Option<String>, AppError> {
    Ok(outgoing_text(tx, row)?.digest.map(hex::encode))
}
