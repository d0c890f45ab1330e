//! The ledger as an auditor leafs through it: newest first, of one chain or of a span of time, sealed or not yet.

use diesel::prelude::*;
use uuid::Uuid;

use super::sealing::unsigned;
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{ledger_entries, ledger_positions};

/// An entry with its place, once it has one.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Its id.
    pub id: EntryId,
    /// The time.
    pub at: Moment,
    /// SHA-256(0x00 ‖ bytes).
    pub leaf: Vec<u8>,
    /// Its bytes, exactly as hashed.
    pub bytes: Vec<u8>,
    /// Its place in the channel's tree, from 0.
    pub position: Option<u64>,
}

/// Which part of the ledger. Ids are made of their time, so that a span of them is a span of time.
#[derive(Debug, Clone, Copy)]
pub struct LedgerSpan {
    /// The whole channel, or this chain of it.
    pub chain: Option<Uuid>,
    /// Not earlier.
    pub from: Option<Moment>,
    /// Earlier.
    pub before: Option<Moment>,
    /// Only entries before this one.
    pub after: Option<EntryId>,
}

/// The first id that can be made at a time: UUIDv7 begins with the milliseconds.
fn first_id(at: Moment) -> EntryId {
    let millis = u64::try_from(at.micros().div_euclid(1000)).unwrap_or(0);
    EntryId(Uuid::from_u128(u128::from(millis) << 80))
}

/// At most `limit` entries of a part of the ledger, newest first. Reads by an index, never the whole table.
///
/// # Errors
/// The store's.
pub fn leaves(conn: &mut AnyConn, channel: ChannelId, span: &LedgerSpan, limit: i64) -> Result<Vec<Leaf>, StoreError> {
    let mut rows = ledger_entries::table
        .left_join(ledger_positions::table.on(ledger_positions::entry_id.eq(ledger_entries::id)))
        .filter(ledger_entries::channel_id.eq(channel))
        .into_boxed();
    if let Some(chain) = span.chain {
        rows = rows.filter(ledger_entries::chain_id.eq(AnyId(chain))).order(ledger_entries::at.desc());
        // A chain's times grow with each entry.
        if let Some(at) = span.after.map(|id| time_of(conn, id)).transpose()?.flatten() {
            rows = rows.filter(ledger_entries::at.lt(at));
        }
        rows = match (span.from, span.before) {
            (from, Some(before)) => {
                rows.filter(ledger_entries::at.ge(from.unwrap_or(Moment::from_micros(0)))).filter(ledger_entries::at.lt(before))
            }
            (Some(from), None) => rows.filter(ledger_entries::at.ge(from)),
            (None, None) => rows,
        };
    } else {
        rows = rows.order(ledger_entries::id.desc());
        if let Some(from) = span.from {
            rows = rows.filter(ledger_entries::id.ge(first_id(from)));
        }
        let before = [span.before.map(first_id), span.after].into_iter().flatten().min();
        if let Some(before) = before {
            rows = rows.filter(ledger_entries::id.lt(before));
        }
    }
    type Row = (EntryId, Moment, Vec<u8>, Vec<u8>, Option<i64>);
    let columns =
        (ledger_entries::id, ledger_entries::at, ledger_entries::leaf, ledger_entries::bytes, ledger_positions::position.nullable());
    let rows: Vec<Row> = rows.select(columns).limit(limit).load(conn)?;
    let leaf = |(id, at, leaf, bytes, position): Row| Ok(Leaf { id, at, leaf, bytes, position: position.map(unsigned).transpose()? });
    rows.into_iter().map(leaf).collect()
}

fn time_of(conn: &mut AnyConn, id: EntryId) -> Result<Option<Moment>, StoreError> {
    Ok(ledger_entries::table.find(id).select(ledger_entries::at).get_result(conn).optional()?)
}
