//! The fingerprints of the keys outside the database. The first node writes the row; a node with another key, or without one, finds it.

use diesel::prelude::*;

use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::schema::secrets;

/// The name of the key that binds sessions, tokens and one-time links.
pub const TOKENS: &str = "tokens";

/// The fingerprint of the key of this name; `None` when no node has created one.
///
/// # Errors
/// The store's.
pub fn fingerprint(conn: &mut AnyConn, name: &str) -> Result<Option<String>, StoreError> {
    Ok(secrets::table.find(name).select(secrets::fingerprint).get_result(conn).optional()?)
}

/// Writes the row of a new key. `false` when another node has made one: on PostgreSQL this waits for a node that is at it.
///
/// # Errors
/// The store's.
pub fn claim(conn: &mut AnyConn, name: &str, fingerprint: &str) -> Result<bool, StoreError> {
    let row = (secrets::name.eq(name), secrets::fingerprint.eq(fingerprint));
    let insert = diesel::insert_into(secrets::table).values(row).on_conflict_do_nothing();
    Ok(DualBackend(insert).execute(conn)? == 1)
}

/// Names another key in place of the one before.
///
/// # Errors
/// The store's.
pub fn replace(conn: &mut AnyConn, name: &str, fingerprint: &str) -> Result<(), StoreError> {
    diesel::update(secrets::table.find(name)).set(secrets::fingerprint.eq(fingerprint)).execute(conn)?;
    Ok(())
}
