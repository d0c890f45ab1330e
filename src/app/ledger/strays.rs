//! Data that belongs to no ledger: rows of a channel or a parent that does not exist, ledgers that are named only outside the database, and
//! values that cannot be read.

use crate::domain::ids::ChannelId;
use crate::domain::ledger::{Anchor, Checkpoint, Entry, Finding, Keyring};
use crate::store::ledger::{checking, derived};
use crate::store::proof::{strays, tables};
use crate::store::{AnyConn, StoreError};

/// The largest number of rows of one table that are reported; more would add no information.
const MOST: usize = 100;

/// An anchor with its name.
pub type NamedAnchor = (String, Anchor);

/// Adds the rows that belong to no ledger to the findings, because no check of one ledger reads them. Some pages read rows by their
/// manuscript and would show them.
///
/// # Errors
/// Fails if a database operation fails.
pub fn compare(conn: &mut AnyConn, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    let ledgers = checking::ledgers(conn)?;
    for table in tables::ALL.iter().filter(|table| table.is_proved()) {
        let Some(rows) = readable(table.name, strays(conn, table, &ledgers, MOST), found)? else { continue };
        found.extend(rows.iter().filter_map(|row| row.parts(table).into_iter().next()).map(|(row, _)| Finding::RowUnsaid { row }));
    }
    if let Some(wrong) = readable("counters", derived::strays(conn, &ledgers), found)? {
        found.extend(wrong.into_iter().map(|(row, from)| Finding::Derived { row, from }));
    }
    Ok(())
}

/// Returns the ledgers that an anchor names but that are not in the database, each with the name of the anchor and, for a checkpoint, with
/// the checkpoint.
pub(super) fn gone<'a>(ledgers: &[ChannelId], ring: &Keyring, anchors: &'a [NamedAnchor]) -> Vec<(ChannelId, &'a str, Option<Checkpoint>)> {
    let of = anchors.iter().filter_map(|(name, anchor)| {
        // A checkpoint that no trusted key signed is a finding of its own.
        let checkpoint = ring.open_anchor(anchor).ok()?;
        let ledger = match (&checkpoint, anchor) {
            (Some(checkpoint), _) => checkpoint.ledger()?,
            (None, Anchor::Receipt(receipt)) => Entry::from_bytes(receipt.entry.as_bytes()).ok()?.channel,
            (None, Anchor::Checkpoint(_)) => return None,
        };
        (!ledgers.contains(&ledger)).then_some((ledger, name.as_str(), checkpoint))
    });
    of.collect()
}

/// Returns the result of a read. A value that cannot be read, because it was written by hand, is a finding, and the check continues.
///
/// # Errors
/// All other errors of the database.
pub(super) fn readable<T>(what: &'static str, read: Result<T, StoreError>, found: &mut Vec<Finding>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(StoreError::Unreadable { what: part, why }) => {
            found.push(Finding::Unreadable { what, why: format!("{part}: {why}") });
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
