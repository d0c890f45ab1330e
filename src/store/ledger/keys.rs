//! The rows of the ledger's public keys, from each key's creation on. Their numbers run on, so that no two nodes add the same one.

use diesel::prelude::*;

use super::sealing::{signed, unsigned};
use crate::domain::clock::Moment;
use crate::domain::ledger::{KeyRow, Verifier};
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::schema::ledger_keys;

type Row = (i64, String, Option<String>);

fn key((number, verifier, statement): Row) -> Result<KeyRow, StoreError> {
    let verifier: Verifier = verifier.parse().map_err(|flaw| StoreError::unreadable("ledger_keys.verifier", &flaw))?;
    Ok(KeyRow { number: unsigned(number)?, verifier, statement })
}

const COLUMNS: (ledger_keys::number, ledger_keys::verifier, ledger_keys::statement) =
    (ledger_keys::number, ledger_keys::verifier, ledger_keys::statement);

/// Every key, the oldest first.
///
/// # Errors
/// The store's.
pub fn all(conn: &mut AnyConn) -> Result<Vec<KeyRow>, StoreError> {
    let rows: Vec<Row> = ledger_keys::table.order(ledger_keys::number).select(COLUMNS).load(conn)?;
    rows.into_iter().map(key).collect()
}

/// The key that signs now.
///
/// # Errors
/// The store's.
pub fn newest(conn: &mut AnyConn) -> Result<Option<KeyRow>, StoreError> {
    let row: Option<Row> = ledger_keys::table.order(ledger_keys::number.desc()).select(COLUMNS).first(conn).optional()?;
    row.map(key).transpose()
}

/// Adds a key. `false` when another node has added one of this number: on PostgreSQL this waits for a node that is at it.
///
/// # Errors
/// The store's.
pub fn add(conn: &mut AnyConn, row: &KeyRow, now: Moment) -> Result<bool, StoreError> {
    let values = (
        ledger_keys::number.eq(signed(row.number)?),
        ledger_keys::verifier.eq(row.verifier.to_string()),
        ledger_keys::statement.eq(row.statement.as_deref()),
        ledger_keys::created_at.eq(now),
    );
    Ok(DualBackend(diesel::insert_into(ledger_keys::table).values(values).on_conflict_do_nothing()).execute(conn)? == 1)
}
