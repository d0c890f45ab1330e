//! Whom to ask, for people who can't sign in.

use crate::app::{AppError, Tx};
use crate::store::channels;

/// Beyond so many channels a list of contacts helps nobody.
const MOST: i64 = 5;

/// Whom to ask about one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The channel's name.
    pub channel: String,
    /// Office, person and telephone, in one line.
    pub contact: String,
}

/// Whom to ask, of each channel that says so; nobody where there are many channels.
///
/// # Errors
/// The store's.
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
