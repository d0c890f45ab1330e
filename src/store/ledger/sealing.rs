//! Sealing: entries get their position in the channel's tree, in the order of their times, and the tree's hashes are stored.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId};
use crate::domain::ledger::{Checkpoint, Complete, Frontier, Hash, Tiles};
use crate::on_each;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{channels, ledger_checkpoints, ledger_entries, ledger_nodes, ledger_positions, ledger_waiting};

/// Rows inserted by one statement; SQLite takes at most 32,766 values in it.
const ROWS: usize = 1000;

/// The stored hashes of one channel's tree.
pub struct SealedRange<'a> {
    conn: &'a mut AnyConn,
    channel: ChannelId,
}

impl<'a> SealedRange<'a> {
    /// The stored hashes of a channel.
    pub fn new(conn: &'a mut AnyConn, channel: ChannelId) -> Self {
        Self { conn, channel }
    }
}

impl Tiles for SealedRange<'_> {
    type Error = StoreError;

    fn hashes(&mut self, level: u8, first: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
        let (from, to) = (signed(first)?, signed(first.saturating_add(count))?);
        let rows: Vec<Vec<u8>> = if level == 0 {
            ledger_positions::table
                .filter(ledger_positions::channel_id.eq(self.channel))
                .filter(ledger_positions::position.ge(from))
                .filter(ledger_positions::position.lt(to))
                .order(ledger_positions::position)
                .select(ledger_positions::leaf)
                .load(self.conn)?
        } else {
            ledger_nodes::table
                .filter(ledger_nodes::channel_id.eq(self.channel))
                .filter(ledger_nodes::level.eq(i64::from(level)))
                .filter(ledger_nodes::number.ge(from))
                .filter(ledger_nodes::number.lt(to))
                .order(ledger_nodes::number)
                .select(ledger_nodes::hash)
                .load(self.conn)?
        };
        if u64::try_from(rows.len()) != Ok(count) {
            return Err(StoreError::unreadable(
                "ledger tree",
                &format!("hashes of level {level} are missing: say `zhitongche ledger verify`"),
            ));
        }
        rows.into_iter().map(hash).collect()
    }
}

/// The channels in which entries wait for their position.
///
/// # Errors
/// When the database fails.
pub fn channels_waiting(conn: &mut AnyConn) -> Result<Vec<ChannelId>, StoreError> {
    Ok(ledger_waiting::table.select(ledger_waiting::channel_id).distinct().load(conn)?)
}

/// Whether any entry of a channel waits for its position.
///
/// # Errors
/// When the database fails.
pub fn is_waiting(conn: &mut AnyConn, channel: ChannelId) -> Result<bool, StoreError> {
    let some = ledger_waiting::table.filter(ledger_waiting::channel_id.eq(channel));
    Ok(diesel::select(diesel::dsl::exists(some)).get_result(conn)?)
}

/// Everything that has a ledger: each channel, and the installation last.
///
/// # Errors
/// When the database fails.
pub fn channels(conn: &mut AnyConn) -> Result<Vec<ChannelId>, StoreError> {
    let mut all: Vec<ChannelId> = channels::table.order(channels::id).select(channels::id).load(conn)?;
    all.push(ChannelId::INSTALLATION);
    Ok(all)
}

/// The number of entries of a channel that have a position.
///
/// # Errors
/// When the database fails.
pub fn size(conn: &mut AnyConn, channel: ChannelId) -> Result<u64, StoreError> {
    let last: Option<i64> = ledger_positions::table
        .filter(ledger_positions::channel_id.eq(channel))
        .order(ledger_positions::position.desc())
        .select(ledger_positions::position)
        .first(conn)
        .optional()?;
    // The program never assigns such a high number; `ledger verify` finds one that was written into the database.
    last.map_or(Ok(0), |position| unsigned(position.saturating_add(1)))
}

/// Assigns positions to at most `limit` waiting entries of a channel and returns their number. Of two nodes that try at the same time only
/// one succeeds.
///
/// # Errors
/// When the database fails, another node was faster, or the tree is damaged.
pub fn seal(conn: &mut AnyConn, channel: ChannelId, limit: i64) -> Result<usize, StoreError> {
    let waiting: Vec<(EntryId, Vec<u8>)> = ledger_waiting::table
        .inner_join(ledger_entries::table.on(ledger_entries::id.eq(ledger_waiting::entry_id)))
        .filter(ledger_waiting::channel_id.eq(channel))
        .order((ledger_waiting::at, ledger_waiting::entry_id))
        .limit(limit)
        .select((ledger_waiting::entry_id, ledger_entries::leaf))
        .load(conn)?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let first = size(conn, channel)?;
    let mut frontier = Frontier::load(&mut SealedRange::new(conn, channel), first)?;
    let mut complete = Vec::new();
    for (_, leaf) in &waiting {
        complete.extend(frontier.append(hash(leaf.clone())?));
    }
    insert_positions(conn, channel, signed(first)?, &waiting)?;
    insert_nodes(conn, channel, &complete)?;
    for some in waiting.chunks(ROWS) {
        let ids: Vec<EntryId> = some.iter().map(|(id, _)| *id).collect();
        diesel::delete(ledger_waiting::table.filter(ledger_waiting::entry_id.eq_any(ids))).execute(conn)?;
    }
    Ok(waiting.len())
}

fn insert_positions(conn: &mut AnyConn, channel: ChannelId, first: i64, entries: &[(EntryId, Vec<u8>)]) -> Result<(), StoreError> {
    let rows: Vec<_> = (first..)
        .zip(entries)
        .map(|(position, (id, leaf))| {
            (
                ledger_positions::channel_id.eq(channel),
                ledger_positions::position.eq(position),
                ledger_positions::entry_id.eq(*id),
                ledger_positions::leaf.eq(leaf.as_slice()),
            )
        })
        .collect();
    for some in rows.chunks(ROWS) {
        on_each!(conn, c => diesel::insert_into(ledger_positions::table).values(some).execute(c))?;
    }
    Ok(())
}

fn insert_nodes(conn: &mut AnyConn, channel: ChannelId, complete: &[Complete]) -> Result<(), StoreError> {
    for node in complete {
        diesel::insert_into(ledger_nodes::table)
            .values((
                ledger_nodes::channel_id.eq(channel),
                ledger_nodes::level.eq(i64::from(node.level)),
                ledger_nodes::number.eq(signed(node.index)?),
                ledger_nodes::hash.eq(node.hash.as_slice()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The size and time of a channel's last checkpoint.
///
/// # Errors
/// When the database fails.
pub fn last_checkpoint(conn: &mut AnyConn, channel: ChannelId) -> Result<Option<(u64, Moment)>, StoreError> {
    let last: Option<(i64, Moment)> = ledger_checkpoints::table
        .filter(ledger_checkpoints::channel_id.eq(channel))
        .order(ledger_checkpoints::size.desc())
        .select((ledger_checkpoints::size, ledger_checkpoints::created_at))
        .first(conn)
        .optional()?;
    last.map(|(size, at)| Ok((unsigned(size)?, at))).transpose()
}

/// Stores a signed checkpoint.
///
/// # Errors
/// When the database fails, or there is one of this size.
pub fn save_checkpoint(conn: &mut AnyConn, channel: ChannelId, checkpoint: &Checkpoint, note: &str, now: Moment) -> Result<(), StoreError> {
    diesel::insert_into(ledger_checkpoints::table)
        .values((
            ledger_checkpoints::channel_id.eq(channel),
            ledger_checkpoints::size.eq(signed(checkpoint.size)?),
            ledger_checkpoints::root.eq(checkpoint.root.as_slice()),
            ledger_checkpoints::note.eq(note),
            ledger_checkpoints::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// A hash out of a column.
pub(super) fn hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::unreadable("ledger hash", &"it is not 32 bytes long"))
}

/// A position as the database writes it.
pub(super) fn signed(position: u64) -> Result<i64, StoreError> {
    i64::try_from(position).map_err(|_| StoreError::unreadable("ledger position", &"it is too large"))
}

/// A position out of a column.
pub(super) fn unsigned(position: i64) -> Result<u64, StoreError> {
    u64::try_from(position).map_err(|_| StoreError::unreadable("ledger position", &"it is negative"))
}
