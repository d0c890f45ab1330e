//! Which column set of each table the ledger has taken up.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::table::ProvedTable;
use crate::domain::clock::Moment;
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::schema::proof_sets;

/// The sets by their tables.
///
/// # Errors
/// The database's.
pub fn taken(conn: &mut AnyConn) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> = proof_sets::table.select((proof_sets::name, proof_sets::set_number)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Notes that a table was taken up with its present set.
///
/// # Errors
/// The database's.
pub fn take(conn: &mut AnyConn, table: &ProvedTable, at: Moment) -> Result<(), StoreError> {
    let row = (proof_sets::name.eq(table.name), proof_sets::set_number.eq(table.set), proof_sets::at.eq(at));
    let set = (proof_sets::set_number.eq(table.set), proof_sets::at.eq(at));
    DualBackend(diesel::insert_into(proof_sets::table).values(row).on_conflict(proof_sets::name).do_update().set(set)).execute(conn)?;
    Ok(())
}
