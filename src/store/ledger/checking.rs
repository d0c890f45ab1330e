//! Further readings of `ledger verify`: entries with all columns beside them, heads, stored hashes.

use diesel::prelude::*;
use uuid::Uuid;

use super::sealing::{signed, unsigned};
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId};
use crate::domain::ledger::{Complete, Entry, Stored};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof;
use crate::store::schema::{ledger_entries, ledger_heads, ledger_nodes, ledger_positions, ledger_waiting};

type Row = (EntryId, ChannelId, AnyId, Moment, Vec<u8>, Vec<u8>);
type CheckedEntryColumns = (
    ledger_entries::id,
    ledger_entries::channel_id,
    ledger_entries::chain_id,
    ledger_entries::at,
    ledger_entries::leaf,
    ledger_entries::bytes,
);

const COLUMNS: CheckedEntryColumns = (
    ledger_entries::id,
    ledger_entries::channel_id,
    ledger_entries::chain_id,
    ledger_entries::at,
    ledger_entries::leaf,
    ledger_entries::bytes,
);

fn stored((id, channel, chain, at, leaf, bytes): Row) -> Stored {
    Stored { position: None, id, channel, chain: chain.0, at, leaf, sealed_leaf: None, bytes }
}

/// Sealed entries of a channel from a position on. Where a position's entry is missing, the position is left out.
///
/// # Errors
/// When the database fails.
pub fn sealed(conn: &mut AnyConn, channel: ChannelId, from: u64, limit: i64) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<(i64, Vec<u8>, Row)> = ledger_positions::table
        .inner_join(ledger_entries::table.on(ledger_entries::id.eq(ledger_positions::entry_id)))
        .filter(ledger_positions::channel_id.eq(channel))
        .filter(ledger_positions::position.ge(signed(from)?))
        .order(ledger_positions::position)
        .limit(limit)
        .select((ledger_positions::position, ledger_positions::leaf, COLUMNS))
        .load(conn)?;
    rows.into_iter()
        .map(|(position, leaf, row)| Ok(Stored { position: Some(unsigned(position)?), sealed_leaf: Some(leaf), ..stored(row) }))
        .collect()
}

/// The entries of a channel that wait for sealing, in the order of their times.
///
/// # Errors
/// When the database fails.
pub fn waiting(conn: &mut AnyConn, channel: ChannelId) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<Row> = ledger_waiting::table
        .inner_join(ledger_entries::table.on(ledger_entries::id.eq(ledger_waiting::entry_id)))
        .filter(ledger_entries::channel_id.eq(channel))
        .order((ledger_entries::at, ledger_entries::id))
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(stored).collect())
}

/// The first entry of a channel that neither has a position nor waits for one.
///
/// # Errors
/// When the database fails.
pub fn lost(conn: &mut AnyConn, channel: ChannelId) -> Result<Option<Stored>, StoreError> {
    let row: Option<Row> = ledger_entries::table
        .left_join(ledger_positions::table.on(ledger_positions::entry_id.eq(ledger_entries::id)))
        .left_join(ledger_waiting::table.on(ledger_waiting::entry_id.eq(ledger_entries::id)))
        .filter(ledger_entries::channel_id.eq(channel))
        .filter(ledger_positions::position.is_null())
        .filter(ledger_waiting::at.is_null())
        .order(ledger_entries::at)
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(stored))
}

/// The stored heads of some chains.
///
/// # Errors
/// When the database fails.
pub fn heads(conn: &mut AnyConn, chains: &[AnyId]) -> Result<Vec<(Uuid, Vec<u8>)>, StoreError> {
    let rows: Vec<(AnyId, Vec<u8>)> = ledger_heads::table
        .filter(ledger_heads::chain_id.eq_any(chains))
        .select((ledger_heads::chain_id, ledger_heads::leaf))
        .load(conn)?;
    Ok(rows.into_iter().map(|(chain, leaf)| (chain.0, leaf)).collect())
}

/// The first chain that has a head but no entries.
///
/// # Errors
/// When the database fails.
pub fn headless(conn: &mut AnyConn) -> Result<Option<Uuid>, StoreError> {
    let chain: Option<AnyId> = ledger_heads::table
        .left_join(ledger_entries::table.on(ledger_entries::chain_id.eq(ledger_heads::chain_id)))
        .filter(ledger_entries::id.is_null())
        .select(ledger_heads::chain_id)
        .first(conn)
        .optional()?;
    Ok(chain.map(|chain| chain.0))
}

/// The stored hash of a complete subtree.
///
/// # Errors
/// When the database fails.
pub fn node(conn: &mut AnyConn, channel: ChannelId, of: &Complete) -> Result<Option<Vec<u8>>, StoreError> {
    let row = ledger_nodes::table.find((channel, i64::from(of.level), signed(of.index)?)).select(ledger_nodes::hash);
    Ok(row.get_result(conn).optional()?)
}

/// Whether an entry is there with this leaf, in hexadecimal digits.
///
/// # Errors
/// When the database fails.
pub fn has(conn: &mut AnyConn, id: EntryId, leaf: &str) -> Result<bool, StoreError> {
    let kept: Option<Vec<u8>> = ledger_entries::table.find(id).select(ledger_entries::leaf).get_result(conn).optional()?;
    Ok(kept.is_some_and(|kept| hex::encode(kept) == leaf))
}

/// The bytes of an entry, not parsed.
///
/// # Errors
/// When the database fails.
pub fn bytes(conn: &mut AnyConn, id: EntryId) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(ledger_entries::table.find(id).select(ledger_entries::bytes).get_result(conn).optional()?)
}

/// One entry, by its id.
///
/// # Errors
/// `StoreError::NotFound`; when the database fails, or the entry can't be read.
pub fn entry(conn: &mut AnyConn, id: EntryId) -> Result<Entry, StoreError> {
    let bytes: Vec<u8> = ledger_entries::table.find(id).select(ledger_entries::bytes).get_result(conn)?;
    Entry::from_bytes(&bytes).map_err(|flaw| StoreError::unreadable("ledger entry", &flaw))
}

/// Every ledger: those of the channels, that of the installation, and those with entries, positions or checkpoints of a channel that does
/// not exist. Malformed ids are omitted.
///
/// # Errors
/// When the database fails.
pub fn ledgers(conn: &mut AnyConn) -> Result<Vec<ChannelId>, StoreError> {
    let mut all = Vec::new();
    for (table, column) in
        [("channels", "id"), ("ledger_entries", "channel_id"), ("ledger_positions", "channel_id"), ("ledger_checkpoints", "channel_id")]
    {
        let mut more: Vec<ChannelId> = proof::ids(conn, table, column)?.into_iter().map(ChannelId).collect();
        more.retain(|ledger| *ledger != ChannelId::INSTALLATION && !all.contains(ledger));
        more.sort_unstable();
        all.append(&mut more);
        if table == "channels" {
            all.push(ChannelId::INSTALLATION);
        }
    }
    Ok(all)
}
