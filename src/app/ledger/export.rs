//! `ledger export`: all data that an independent verifier needs, one JSON object per line.

use std::io::{self, Write};

use serde_json::json;

use crate::domain::ids::ChannelId;
use crate::domain::ledger::Verifier;
use crate::store::ledger::{keys, reading};
use crate::store::{AnyConn, StoreError};

/// The number of entries that are read at a time.
const PAGE: i64 = 1_000;

/// The reason why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error("the ledger can't be read: {0}")]
    Store(#[from] StoreError),
    /// The output cannot be written.
    #[error("the export can't be written: {0}")]
    Output(#[from] io::Error),
}

/// Writes one channel: a line with the channel, the current and earlier public keys, a line per sealed entry, a line per checkpoint.
/// Returns the number of entries.
///
/// # Errors
/// Fails if the database or the output fails, or an entry is not valid text.
pub fn export(conn: &mut AnyConn, channel: ChannelId, verifier: &Verifier, out: &mut dyn Write) -> Result<u64, ExportError> {
    let keys: Vec<_> = keys::all(conn)?
        .into_iter()
        .map(|row| json!({"number": row.number, "verifier": row.verifier.to_string(), "statement": row.statement}))
        .collect();
    writeln!(out, "{}", json!({"format": 1, "channel": channel, "verifier": verifier.to_string(), "keys": keys}))?;
    let mut position = 0;
    loop {
        let page = reading::sealed(conn, channel, position, PAGE)?;
        let Some(last) = page.last() else { break };
        let next = last.position + 1;
        for sealed in page {
            let entry = String::from_utf8(sealed.bytes).map_err(|_| StoreError::unreadable("ledger entry", &"it is no text"))?;
            writeln!(out, "{}", json!({"position": sealed.position, "leaf": hex::encode(sealed.leaf), "entry": entry}))?;
        }
        position = next;
    }
    let mut checkpoints = reading::checkpoints(conn, channel, i64::MAX)?;
    checkpoints.reverse();
    for signed in checkpoints {
        writeln!(out, "{}", json!({"checkpoint": signed.note}))?;
    }
    Ok(position)
}
