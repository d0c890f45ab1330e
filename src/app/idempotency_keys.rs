//! Repeats of a request under the same key: nothing happens twice, and what was answered first is known.

use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::store::idempotency;

pub use crate::store::idempotency::{RequestKey, StoredResponse};

/// Whose turn it is under a key.
#[derive(Debug)]
pub enum KeyState {
    /// Nobody has been here: do it, and [`keep`] the answer.
    First,
    /// It has been done, perhaps with another body; this was the answer.
    Again(StoredResponse),
    /// Somebody is at it.
    InUse,
}

/// Looks a key up, and keeps others with the same key out until the transaction ends.
///
/// # Errors
/// The store's.
pub fn turn(tx: &mut Tx<'_>, name: &RequestKey) -> Result<KeyState, AppError> {
    if !idempotency::lock(tx.conn, name)? {
        return Ok(KeyState::InUse);
    }
    let since = since(tx);
    Ok(match idempotency::find(tx.conn, name, since)? {
        Some(kept) => KeyState::Again(kept),
        None => KeyState::First,
    })
}

/// Keeps the answer of an act in the act's own transaction.
///
/// # Errors
/// The store's.
pub fn keep(tx: &mut Tx<'_>, name: &RequestKey, kept: &StoredResponse) -> Result<(), AppError> {
    Ok(idempotency::keep(tx.conn, name, kept)?)
}

/// Whether an answer is kept under this key.
///
/// # Errors
/// The store's.
pub fn is_kept(tx: &mut Tx<'_>, name: &RequestKey) -> Result<bool, AppError> {
    let since = since(tx);
    Ok(idempotency::find(tx.conn, name, since)?.is_some())
}

fn since(tx: &Tx<'_>) -> Moment {
    tx.now - chrono::Duration::days(tx.settings.limits.idempotency_days)
}
