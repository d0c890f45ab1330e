//! The ledger's rows: entries, the heads of their chains, their positions in the channel's tree, kept hashes, checkpoints.
//!
//! `append` is called by whoever records an act, in that act's transaction. `sealing` gives positions and keeps the tree,
//! `reading` answers for history, receipts and auditors, `browsing` leafs through it for auditors, `checking` holds what
//! `ledger verify` needs besides, `checks` keeps what auditors asked to be checked.

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

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::Nullable;

use crate::cached;
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId};
use crate::domain::ledger::{Entry, Hash, chain_time, leaf_hash};
use crate::store::connection::{AnyConn, PreparedSql};
use crate::store::error::StoreError;
use crate::store::schema::{ledger_entries, ledger_heads};
use crate::store::types::{DbTime, DbUuid};

/// An entry that was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Its id.
    pub id: EntryId,
    /// Its time: as given, or a microsecond after the chain's previous entry when the clock had gone back.
    pub at: Moment,
    /// Its leaf.
    pub leaf: Hash,
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Nullable<DbTime>)]
    at: Option<Moment>,
}

/// The time of the newest entry of a ledger: of the last one that was sealed and of those that wait, as far as they are committed.
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
    let newest = PreparedSql(diesel::sql_query(NEWEST).bind::<DbUuid, _>(ledger)).get_result::<Newest>(conn)?.at;
    Ok(chain_time(newest, now))
}

macro_rules! entry_row {
    ($entry:expr, $leaf:expr, $bytes:expr) => {
        (
            ledger_entries::id.eq($entry.id),
            ledger_entries::channel_id.eq($entry.channel),
            ledger_entries::chain_id.eq(AnyId($entry.chain)),
            ledger_entries::at.eq($entry.at),
            ledger_entries::leaf.eq($leaf.as_slice()),
            ledger_entries::bytes.eq($bytes.as_slice()),
        )
    };
}

macro_rules! head_row {
    ($entry:expr, $leaf:expr) => {
        (
            ledger_heads::chain_id.eq(AnyId($entry.chain)),
            ledger_heads::leaf.eq($leaf.as_slice()),
            ledger_heads::at.eq($entry.at),
            ledger_heads::entry_id.eq(Some($entry.id)),
        )
    };
}

/// Appends an entry to its chain. `previous` and, if need be, `at` are set here, under the lock of the chain's head, so that a chain
/// can neither fork nor go back in time. A trigger puts the entry among those that wait for sealing.
///
/// # Errors
/// When the database fails, or two transactions begin the same chain at once.
pub fn append(conn: &mut AnyConn, mut entry: Entry) -> Result<Appended, StoreError> {
    let Some((leaf, at)) = lock_head(conn, &entry)? else { return begin(conn, entry) };
    entry.previous = Some(hex::encode(leaf));
    entry.at = chain_time(Some(at), entry.at);
    let appended = insert(conn, &entry)?;
    let set = (ledger_heads::leaf.eq(appended.leaf.as_slice()), ledger_heads::at.eq(entry.at), ledger_heads::entry_id.eq(Some(entry.id)));
    cached!(diesel::update(ledger_heads::table.find(AnyId(entry.chain))).set(set)).execute(conn)?;
    Ok(appended)
}

/// Begins a chain with this entry.
///
/// # Errors
/// When the database fails, or there is such a chain.
pub fn begin(conn: &mut AnyConn, entry: Entry) -> Result<Appended, StoreError> {
    let first = First::new(entry)?;
    first.write(conn)?;
    Ok(first.appended())
}

/// The entry that begins a chain: its bytes and leaf are known before it is written.
pub(crate) struct First {
    entry: Entry,
    bytes: Vec<u8>,
    leaf: Hash,
}

impl First {
    pub(crate) fn new(entry: Entry) -> Result<Self, StoreError> {
        let bytes = bytes_of(&entry)?;
        Ok(Self { leaf: leaf_hash(&bytes), entry, bytes })
    }

    pub(crate) fn entry(&self) -> &Entry {
        &self.entry
    }

    pub(crate) fn appended(&self) -> Appended {
        Appended { id: self.entry.id, at: self.entry.at, leaf: self.leaf }
    }

    pub(crate) fn write(&self, conn: &mut AnyConn) -> Result<(), StoreError> {
        cached!(diesel::insert_into(ledger_entries::table).values(entry_row!(self.entry, self.leaf, self.bytes))).execute(conn)?;
        cached!(diesel::insert_into(ledger_heads::table).values(head_row!(self.entry, self.leaf))).execute(conn)?;
        Ok(())
    }

    /// The same as two statements, to be run together with others.
    pub(crate) fn on_pg(&self) -> [Box<dyn QueryFragment<Pg> + '_>; 2] {
        [
            Box::new(diesel::insert_into(ledger_entries::table).values(entry_row!(self.entry, self.leaf, self.bytes))),
            Box::new(diesel::insert_into(ledger_heads::table).values(head_row!(self.entry, self.leaf))),
        ]
    }
}

fn bytes_of(entry: &Entry) -> Result<Vec<u8>, StoreError> {
    entry.to_bytes().map_err(|flaw| StoreError::unreadable("ledger entry", &flaw))
}

fn insert(conn: &mut AnyConn, entry: &Entry) -> Result<Appended, StoreError> {
    let bytes = bytes_of(entry)?;
    let leaf = leaf_hash(&bytes);
    cached!(diesel::insert_into(ledger_entries::table).values(entry_row!(entry, leaf, bytes))).execute(conn)?;
    Ok(Appended { id: entry.id, at: entry.at, leaf })
}

/// The chain's head, locked until the transaction ends; SQLite has one writer and needs no lock.
fn lock_head(conn: &mut AnyConn, entry: &Entry) -> QueryResult<Option<(Vec<u8>, Moment)>> {
    let head = ledger_heads::table.find(AnyId(entry.chain)).select((ledger_heads::leaf, ledger_heads::at));
    match conn {
        AnyConn::Pg(conn) => head.for_update().get_result(conn).optional(),
        AnyConn::Sqlite(conn) => head.get_result(conn).optional(),
    }
}
