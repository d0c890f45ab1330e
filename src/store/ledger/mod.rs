//! The ledger's rows: entries, the heads of their chains, their positions in the channel's tree, stored hashes, checkpoints.
//!
//! `append` is called in the transaction of an act. `sealing` assigns positions and stores the tree, `reading` serves history, receipts and
//! auditors, `browsing` the auditors' pages, `checking` has the further readings of `ledger verify`, `checks` the checks that auditors
//! request.

pub(crate) mod accounts;
pub(crate) mod answers;
pub mod browsing;
pub mod checking;
pub mod checks;
pub(crate) mod contents;
pub mod derived;
pub mod keys;
pub mod reading;
pub mod sealing;
pub mod tables;

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Nullable;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId};
use crate::domain::ledger::{Entry, Hash, chain_time, leaf_hash};
use crate::store::connection::{AnyConn, PreparedSql, in_widths};
use crate::store::error::StoreError;
use crate::store::rows::EntryRow;
use crate::store::schema::{ledger_entries, ledger_heads};
use crate::store::types::{DbTime, DbUuid};
use crate::store::write_buffer::{self, ChainHead};
use crate::{cached, insert_rows};

/// An entry that was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Its id.
    pub id: EntryId,
    /// Its time: the given one, or a microsecond after the chain's previous entry when the clock had gone back.
    pub at: Moment,
    /// Its leaf.
    pub leaf: Hash,
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Nullable<DbTime>)]
    at: Option<Moment>,
}

/// The time of the newest entry of a ledger: among the last sealed one and the committed ones that wait for sealing.
const NEWEST: &str = "SELECT MAX(at) AS at FROM (\
    SELECT * FROM (SELECT at FROM ledger_waiting WHERE channel_id = $1 ORDER BY at DESC LIMIT 1) w UNION ALL \
    SELECT * FROM (SELECT e.at FROM ledger_positions p JOIN ledger_entries e ON e.id = p.entry_id WHERE p.channel_id = $1 \
    ORDER BY p.position DESC LIMIT 1) s) newest";

/// The time for the next entry of a ledger: now, but after every entry that is committed to it and waits for its position, even when the
/// clock was set back or another node's is ahead.
/// Takes no lock: on PostgreSQL acts that run at the same moment do not see each other, and their entries may be out of order by as long as
/// those acts take.
///
/// # Errors
/// The database's.
pub fn ledger_time(conn: &mut AnyConn, ledger: ChannelId, now: Moment) -> Result<Moment, StoreError> {
    let newest = write_buffer::newest_entry(ledger, || {
        Ok(PreparedSql(diesel::sql_query(NEWEST).bind::<DbUuid, _>(ledger)).get_result::<Newest>(conn)?.at)
    })?;
    Ok(chain_time(newest, now))
}

impl EntryRow {
    fn of(entry: &Entry) -> Result<Self, StoreError> {
        let bytes = entry.to_bytes().map_err(|flaw| StoreError::unreadable("ledger entry", &flaw))?;
        let leaf = leaf_hash(&bytes);
        Ok(Self { id: entry.id, channel: entry.channel, chain: entry.chain, at: entry.at, leaf, bytes })
    }
}

/// The columns of an entry to be written.
macro_rules! entry_columns {
    ($row:expr) => {
        (
            ledger_entries::id.eq($row.id),
            ledger_entries::channel_id.eq($row.channel),
            ledger_entries::chain_id.eq(AnyId($row.chain)),
            ledger_entries::at.eq($row.at),
            ledger_entries::leaf.eq($row.leaf.as_slice()),
            ledger_entries::bytes.eq($row.bytes.as_slice()),
        )
    };
}

/// The columns of a chain's head.
macro_rules! head_columns {
    ($chain:expr, $head:expr) => {
        (
            ledger_heads::chain_id.eq(AnyId($chain)),
            ledger_heads::leaf.eq($head.leaf.as_slice()),
            ledger_heads::at.eq($head.at),
            ledger_heads::entry_id.eq(Some($head.entry)),
        )
    };
}

/// Appends an entry to its chain. `previous` and, if necessary, `at` are set here, under the lock of the chain's head, so that a chain can
/// neither fork nor go back in time. A trigger inserts the entry into the table of those that wait for sealing.
///
/// # Errors
/// When the database fails, or two transactions begin the same chain at once.
pub fn append(conn: &mut AnyConn, mut entry: Entry) -> Result<Appended, StoreError> {
    let known = write_buffer::head(entry.chain).map(|head| (head.leaf.to_vec(), head.at));
    let head = match known {
        Some(head) => Some(head),
        None => lock_head(conn, &entry)?,
    };
    let is_first = head.is_none();
    if let Some((leaf, at)) = head {
        entry.previous = Some(hex::encode(leaf));
        entry.at = chain_time(Some(at), entry.at);
    }
    let row = EntryRow::of(&entry)?;
    let appended = Appended { id: row.id, at: row.at, leaf: row.leaf };
    if !write_buffer::is_open() {
        insert_many(conn, std::slice::from_ref(&row))?;
        let head = ChainHead { leaf: row.leaf, at: row.at, entry: row.id, is_first };
        set_heads(conn, &BTreeMap::from([(row.chain, head)]))?;
        return Ok(appended);
    }
    write_buffer::put(|buffer| buffer.append(row, is_first));
    Ok(appended)
}

/// Writes entries.
pub(crate) fn insert_many(conn: &mut AnyConn, rows: &[EntryRow]) -> Result<(), StoreError> {
    insert_rows!(conn, ledger_entries::table, rows, |row| entry_columns!(row));
    Ok(())
}

/// Begins chains, and moves the heads of existing ones.
pub(crate) fn set_heads(conn: &mut AnyConn, heads: &BTreeMap<Uuid, ChainHead>) -> Result<(), StoreError> {
    let (first, moved): (Vec<_>, Vec<_>) = heads.iter().partition(|(_, head)| head.is_first);
    insert_rows!(&mut *conn, ledger_heads::table, &first, |row| head_columns!(*row.0, row.1));
    match conn {
        AnyConn::Pg(conn) => {
            for piece in in_widths(&moved) {
                let rows: Vec<_> = piece.iter().map(|row| head_columns!(*row.0, row.1)).collect();
                let upsert = diesel::insert_into(ledger_heads::table).values(rows).on_conflict(ledger_heads::chain_id).do_update();
                let set = (
                    ledger_heads::leaf.eq(excluded(ledger_heads::leaf)),
                    ledger_heads::at.eq(excluded(ledger_heads::at)),
                    ledger_heads::entry_id.eq(excluded(ledger_heads::entry_id)),
                );
                PreparedSql(upsert.set(set)).execute(conn)?;
            }
        }
        conn @ AnyConn::Sqlite(_) => {
            for (chain, head) in moved {
                let set = (
                    ledger_heads::leaf.eq(head.leaf.as_slice()),
                    ledger_heads::at.eq(head.at),
                    ledger_heads::entry_id.eq(Some(head.entry)),
                );
                cached!(diesel::update(ledger_heads::table.find(AnyId(*chain))).set(set)).execute(conn)?;
            }
        }
    }
    Ok(())
}

/// The chain's head, locked until the transaction ends; SQLite has one writer and needs no lock.
fn lock_head(conn: &mut AnyConn, entry: &Entry) -> QueryResult<Option<(Vec<u8>, Moment)>> {
    let head = ledger_heads::table.find(AnyId(entry.chain)).select((ledger_heads::leaf, ledger_heads::at));
    match conn {
        AnyConn::Pg(conn) => head.for_update().get_result(conn).optional(),
        AnyConn::Sqlite(conn) => head.get_result(conn).optional(),
    }
}
