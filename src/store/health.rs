//! The state of the database, in figures that cost little: every count stops at [`MOST`].

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, LetterId, ManuscriptId, TextId};
use crate::domain::outgoing::outgoing;
use crate::domain::vocabulary::Stage;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::letters::TO_SEND;
use crate::store::schema::{ledger_waiting, letters, manuscripts, signed_outdated};
use crate::store::texts;

/// Where counting stops.
pub const MOST: usize = 1_000;

/// The state is a literal and not a bound value, because only then both databases use the partial index.
const GIVEN_UP: &str = "letters.state IN ('failed','revoked','withheld') AND letters.state = 'failed'";

/// Things that wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WaitingCount {
    /// The number, counted up to one more than [`MOST`].
    pub count: usize,
    /// Since when the oldest does.
    pub since: Option<Moment>,
}

#[derive(QueryableByName)]
struct SizeRow {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

fn limit() -> i64 {
    i64::try_from(MOST).unwrap_or(i64::MAX - 1) + 1
}

/// The size of the database on its disk, bytes.
///
/// # Errors
/// The store's.
pub fn bytes(conn: &mut AnyConn) -> Result<u64, StoreError> {
    let statement = match conn {
        AnyConn::Pg(_) => "SELECT pg_database_size(current_database()) AS bytes",
        AnyConn::Sqlite(_) => "SELECT c.page_count * s.page_size AS bytes FROM pragma_page_count() c, pragma_page_size() s",
    };
    let size: SizeRow = diesel::sql_query(statement).get_result(conn)?;
    Ok(u64::try_from(size.bytes).unwrap_or(0))
}

/// A channel's letters that should have left by now.
///
/// # Errors
/// The store's.
pub fn letters_waiting(conn: &mut AnyConn, channel: ChannelId, now: Moment) -> Result<WaitingCount, StoreError> {
    let times: Vec<Moment> = letters::table
        .filter(sql::<Bool>(TO_SEND))
        .filter(letters::channel_id.eq(channel))
        .filter(letters::not_before.le(now).or(letters::attempts.gt(0_i64)))
        .order(letters::created_at)
        .limit(limit())
        .select(letters::created_at)
        .load(conn)?;
    Ok(WaitingCount { count: times.len(), since: times.first().copied() })
}

/// A channel's letters that were given up.
///
/// # Errors
/// The store's.
pub fn letters_given_up(conn: &mut AnyConn, channel: ChannelId) -> Result<WaitingCount, StoreError> {
    let rows = letters::table.filter(sql::<Bool>(GIVEN_UP)).filter(letters::channel_id.eq(channel));
    let rows: Vec<(LetterId, Moment)> = rows.order(letters::id).limit(limit()).select((letters::id, letters::created_at)).load(conn)?;
    Ok(WaitingCount { count: rows.len(), since: rows.first().map(|(_, at)| *at) })
}

/// A channel's letters that were written to files and not sent.
///
/// # Errors
/// The store's.
pub fn letters_filed(conn: &mut AnyConn, channel: ChannelId) -> Result<WaitingCount, StoreError> {
    let rows = letters::table.filter(sql::<Bool>("letters.state = 'filed'")).filter(letters::channel_id.eq(channel));
    let rows: Vec<(LetterId, Moment)> = rows.order(letters::id).limit(limit()).select((letters::id, letters::created_at)).load(conn)?;
    Ok(WaitingCount { count: rows.len(), since: rows.first().map(|(_, at)| *at) })
}

/// Channel, id, number, stage and edited text of a manuscript.
type OutdatedRow = (ChannelId, ManuscriptId, Option<String>, Stage, Option<TextId>);

/// The manuscripts that were signed with an outdated edited text and still have it: their numbers and stages.
///
/// # Errors
/// The store's.
pub fn signed_outdated(conn: &mut AnyConn, channel: Option<ChannelId>) -> Result<Vec<(String, Stage)>, StoreError> {
    // Read by their ids, of which there are few: with a join, SQLite would scan all accepted manuscripts in the order of their numbers.
    let listed: Vec<ManuscriptId> = signed_outdated::table.select(signed_outdated::manuscript_id).load(conn)?;
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let rows = manuscripts::table
        .filter(manuscripts::id.eq_any(listed))
        .filter(manuscripts::accepted_at.is_not_null())
        .filter(manuscripts::edited_text_id.is_not_null())
        .order(manuscripts::number)
        .limit(limit())
        .select((manuscripts::channel_id, manuscripts::id, manuscripts::number, manuscripts::stage, manuscripts::edited_text_id));
    let rows: Vec<OutdatedRow> = rows.load(conn)?;
    let mut found = Vec::new();
    for (of, id, number, stage, edited) in rows {
        let versions = texts::versions(conn, id)?;
        let outdated = outgoing(&versions, edited, true).is_some_and(|outgoing| outgoing.outdated.is_some());
        if outdated && channel.is_none_or(|channel| channel == of) {
            found.push((number.unwrap_or_default(), stage));
        }
    }
    Ok(found)
}

/// A channel's entries that have no position yet.
///
/// # Errors
/// The store's.
pub fn unsealed(conn: &mut AnyConn, channel: ChannelId) -> Result<WaitingCount, StoreError> {
    let rows = ledger_waiting::table.filter(ledger_waiting::channel_id.eq(channel));
    let rows: Vec<(EntryId, Moment)> =
        rows.order(ledger_waiting::at).limit(limit()).select((ledger_waiting::entry_id, ledger_waiting::at)).load(conn)?;
    Ok(WaitingCount { count: rows.len(), since: rows.first().map(|(_, at)| *at) })
}
