//! Readings of the ledger: a chain's history, an entry's proof, pages for auditors.

use diesel::prelude::*;
use uuid::Uuid;

use super::sealing::{SealedRange, hash, signed, unsigned};
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId};
use crate::domain::ledger::{Entry, Hash, Receipt, consistency, inclusion};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof;
use crate::store::schema::{ledger_checkpoints, ledger_entries, ledger_heads, ledger_positions};

/// A sealed entry as auditors get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its place in the channel's tree, from 0.
    pub position: u64,
    /// Its id.
    pub id: EntryId,
    /// The leaf that is stored with its position.
    pub leaf: Hash,
    /// Its bytes, exactly as hashed.
    pub bytes: Vec<u8>,
}

/// A signed checkpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The number of entries.
    pub size: u64,
    /// The root, from its column.
    pub root: Vec<u8>,
    /// The signed note.
    pub note: String,
    /// The time when it was signed.
    pub at: Moment,
}

/// The entries of one chain, in their order.
///
/// # Errors
/// When the database fails, or an entry can't be read.
pub fn history(conn: &mut AnyConn, channel: ChannelId, chain: Uuid) -> Result<Vec<Entry>, StoreError> {
    proof::flush(conn)?;
    earlier(conn, channel, chain)
}

/// Like [`history`], without the entries of the act that is under way: those are written when it ends, because it may still write rows.
pub(crate) fn earlier(conn: &mut AnyConn, channel: ChannelId, chain: Uuid) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<Vec<u8>> = ledger_entries::table
        .filter(ledger_entries::chain_id.eq(AnyId(chain)))
        .filter(ledger_entries::channel_id.eq(channel))
        .order(ledger_entries::at)
        .select(ledger_entries::bytes)
        .load(conn)?;
    rows.iter().map(|bytes| Entry::from_bytes(bytes).map_err(|flaw| StoreError::unreadable("ledger entry", &flaw))).collect()
}

/// The entries of one chain after this one; all of them if it has no such entry.
///
/// # Errors
/// When the database fails, or an entry can't be read.
pub fn since(conn: &mut AnyConn, channel: ChannelId, chain: Uuid, entry: EntryId) -> Result<Vec<Entry>, StoreError> {
    let entries = history(conn, channel, chain)?;
    let after = entries.iter().find(|one| one.id == entry).map(|one| (one.at, one.id));
    Ok(entries.into_iter().filter(|one| after.is_none_or(|after| (one.at, one.id) > after)).collect())
}

/// The newest entry of all channels. Clocks of nodes may differ a little, so it shows that there is something new, but not everything new.
///
/// # Errors
/// The database's.
pub fn newest(conn: &mut AnyConn) -> Result<Option<EntryId>, StoreError> {
    Ok(ledger_entries::table.order(ledger_entries::id.desc()).select(ledger_entries::id).first(conn).optional()?)
}

/// The receipt of an entry: its bytes and leaf, and position, proof and checkpoint as far as they exist.
///
/// # Errors
/// `StoreError::NotFound` when the channel has no such entry; when the database fails.
pub fn receipt(conn: &mut AnyConn, channel: ChannelId, id: EntryId) -> Result<Receipt, StoreError> {
    proof::flush(conn)?;
    let (bytes, leaf): (Vec<u8>, Vec<u8>) = ledger_entries::table
        .find(id)
        .filter(ledger_entries::channel_id.eq(channel))
        .select((ledger_entries::bytes, ledger_entries::leaf))
        .get_result(conn)?;
    let entry = String::from_utf8(bytes).map_err(|_| StoreError::unreadable("ledger entry", &"it is no text"))?;
    let mut receipt = Receipt { entry_id: id, entry, leaf: hex::encode(leaf), position: None, proof: Vec::new(), checkpoint: None };
    let position: Option<i64> =
        ledger_positions::table.filter(ledger_positions::entry_id.eq(id)).select(ledger_positions::position).get_result(conn).optional()?;
    let Some(position) = position.map(unsigned).transpose()? else { return Ok(receipt) };
    receipt.position = Some(position);
    if let Some(signed) = newest_checkpoint(conn, channel)?.filter(|signed| signed.size > position) {
        let proof = inclusion(&mut SealedRange::new(conn, channel), position, signed.size)?;
        receipt.proof = proof.iter().map(hex::encode).collect();
        receipt.checkpoint = Some(signed.note);
    }
    Ok(receipt)
}

/// The newest checkpoint of a channel.
///
/// # Errors
/// When the database fails.
pub fn newest_checkpoint(conn: &mut AnyConn, channel: ChannelId) -> Result<Option<Signed>, StoreError> {
    Ok(checkpoints(conn, channel, 1)?.pop())
}

/// The newest checkpoint of a channel that was signed at this time or before.
///
/// # Errors
/// When the database fails.
pub fn checkpoint_at(conn: &mut AnyConn, channel: ChannelId, at: Moment) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
    let row: Option<(i64, Vec<u8>)> = ledger_checkpoints::table
        .filter(ledger_checkpoints::channel_id.eq(channel))
        .filter(ledger_checkpoints::created_at.le(at))
        .order(ledger_checkpoints::size.desc())
        .select((ledger_checkpoints::size, ledger_checkpoints::root))
        .first(conn)
        .optional()?;
    row.map(|(size, root)| Ok((unsigned(size)?, root))).transpose()
}

/// The root of a channel's checkpoint of this size; `None` where there is no checkpoint.
///
/// # Errors
/// When the database fails.
pub fn checkpoint_of(conn: &mut AnyConn, channel: ChannelId, size: u64) -> Result<Option<Hash>, StoreError> {
    let row: Option<Vec<u8>> =
        ledger_checkpoints::table.find((channel, signed(size)?)).select(ledger_checkpoints::root).get_result(conn).optional()?;
    row.map(hash).transpose()
}

/// The newest checkpoints of a channel, newest first.
///
/// # Errors
/// When the database fails.
pub fn checkpoints(conn: &mut AnyConn, channel: ChannelId, limit: i64) -> Result<Vec<Signed>, StoreError> {
    let rows: Vec<(i64, Vec<u8>, String, Moment)> = ledger_checkpoints::table
        .filter(ledger_checkpoints::channel_id.eq(channel))
        .order(ledger_checkpoints::size.desc())
        .limit(limit)
        .select((ledger_checkpoints::size, ledger_checkpoints::root, ledger_checkpoints::note, ledger_checkpoints::created_at))
        .load(conn)?;
    rows.into_iter().map(|(size, root, note, at)| Ok(Signed { size: unsigned(size)?, root, note, at })).collect()
}

/// Sealed entries from a position on.
///
/// # Errors
/// When the database fails.
pub fn sealed(conn: &mut AnyConn, channel: ChannelId, from: u64, limit: i64) -> Result<Vec<Sealed>, StoreError> {
    let rows: Vec<(i64, EntryId, Vec<u8>, Vec<u8>)> = ledger_positions::table
        .inner_join(ledger_entries::table.on(ledger_entries::id.eq(ledger_positions::entry_id)))
        .filter(ledger_positions::channel_id.eq(channel))
        .filter(ledger_positions::position.ge(signed(from)?))
        .order(ledger_positions::position)
        .limit(limit)
        .select((ledger_positions::position, ledger_entries::id, ledger_positions::leaf, ledger_entries::bytes))
        .load(conn)?;
    rows.into_iter().map(|(position, id, leaf, bytes)| Ok(Sealed { position: unsigned(position)?, id, leaf: hash(leaf)?, bytes })).collect()
}

/// The proof that the tree of `from` entries is the beginning of that of `to`. Both are at most the tree's size, and `from` at most `to`.
///
/// # Errors
/// When the database fails.
pub fn consistency_proof(conn: &mut AnyConn, channel: ChannelId, from: u64, to: u64) -> Result<Vec<Hash>, StoreError> {
    consistency(&mut SealedRange::new(conn, channel), from, to)
}

/// The last entry of a chain, not locked; `None` for a chain that has not begun.
///
/// # Errors
/// The store's.
pub fn head(conn: &mut AnyConn, chain: AnyId) -> Result<Option<EntryId>, StoreError> {
    proof::flush(conn)?;
    Ok(ledger_heads::table.find(chain).select(ledger_heads::entry_id).get_result(conn).optional()?.flatten())
}

/// The root of the first `size` entries, which is at most the tree's size.
///
/// # Errors
/// When the database fails.
pub fn root(conn: &mut AnyConn, channel: ChannelId, size: u64) -> Result<Hash, StoreError> {
    crate::domain::ledger::root(&mut SealedRange::new(conn, channel), size)
}
