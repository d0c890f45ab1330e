//! Repeated requests under the same key: the act is performed once, and the first response is returned again.

use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::store::idempotency;

pub use crate::store::idempotency::{RequestKey, StoredResponse};

/// The state of a key.
#[derive(Debug)]
pub enum KeyState {
    /// The key is new: perform the act, and [`keep`] the response.
    First,
    /// The act was performed, perhaps with another body; this was the response.
    Again(StoredResponse),
    /// Another request with this key is in progress.
    InUse,
}

/// Looks a key up, and blocks other requests with the same key until the transaction ends.
///
/// # Errors
/// Fails if a database operation fails.
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

/// Stores the response of an act in the act's own transaction.
///
/// # Errors
/// Fails if a database operation fails.
pub fn keep(tx: &mut Tx<'_>, name: &RequestKey, kept: &StoredResponse) -> Result<(), AppError> {
    Ok(idempotency::keep(tx.conn, name, kept)?)
}

/// Returns whether a response is stored under this key.
///
/// # Errors
/// Fails if a database operation fails.
pub fn is_kept(tx: &mut Tx<'_>, name: &RequestKey) -> Result<bool, AppError> {
    let since = since(tx);
    Ok(idempotency::find(tx.conn, name, since)?.is_some())
}

fn since(tx: &Tx<'_>) -> Moment {
    tx.now - chrono::Duration::days(tx.settings.limits.idempotency_days)
}
