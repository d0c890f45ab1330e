//! Contacts of the offices, for people who cannot sign in.

use crate::app::{AppError, Tx};
use crate::store::channels;

/// With more channels than this, a list of contacts is of no use.
const MOST: i64 = 5;

/// The contact of one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The channel's name.
    pub channel: String,
    /// Office, person and telephone, in one line.
    pub contact: String,
}

/// Returns the contact of each channel that has set one, and none where there are too many channels.
///
/// # Errors
/// Fails if a database operation fails.
pub fn contacts(tx: &mut Tx<'_>) -> Result<Vec<Contact>, AppError> {
    let rows = channels::first(tx.conn, MOST + 1)?;
    if i64::try_from(rows.len()).is_ok_and(|count| count > MOST) {
        return Ok(Vec::new());
    }
    let mut contacts = Vec::new();
    for row in rows {
        let contact = row.settings()?.contact;
        if !contact.is_empty() {
            contacts.push(Contact { channel: row.name, contact });
        }
    }
    Ok(contacts)
}
