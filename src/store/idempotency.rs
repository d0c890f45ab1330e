//! Stored answers to requests with an `Idempotency-Key`.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::ids::UserId;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::idempotency_keys as keys;

/// The key of a stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The account of the request.
    pub account: UserId,
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// The key that they chose.
    pub key: String,
}

impl RequestKey {
    /// One number for all of it.
    #[must_use]
    pub fn id(&self) -> Uuid {
        let digest = Sha256::digest(format!("{}\n{}\n{}\n{}", self.account, self.method, self.path, self.key));
        Uuid::from_slice(&digest[..16]).unwrap_or_default()
    }
}

/// An answer.
#[derive(Debug, Clone, Queryable)]
pub struct StoredResponse {
    /// SHA-256 of the request's body.
    pub digest: Vec<u8>,
    /// The answer's status.
    pub status: i64,
    /// Its headers, as JSON.
    pub headers: String,
    /// Its body.
    pub body: String,
    /// The time of the answer.
    pub created_at: Moment,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    free: bool,
}

/// Locks the key until the commit. `false`: another request with the key is running. SQLite has one writer, so it needs no lock.
///
/// # Errors
/// The store's.
pub fn lock(conn: &mut AnyConn, name: &RequestKey) -> Result<bool, StoreError> {
    let AnyConn::Pg(conn) = conn else { return Ok(true) };
    let (number, _) = name.id().as_u64_pair();
    let number = number.cast_signed();
    let locked: Locked = diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS free").bind::<BigInt, _>(number).get_result(conn)?;
    Ok(locked.free)
}

/// The answer under this name that is not older than `since`; an older one is forgotten.
///
/// # Errors
/// The store's.
pub fn find(conn: &mut AnyConn, name: &RequestKey, since: Moment) -> Result<Option<StoredResponse>, StoreError> {
    let columns = (keys::digest, keys::status, keys::headers, keys::body, keys::created_at);
    let row = keys::table
        .filter(keys::account_id.eq(name.account))
        .filter(keys::method.eq(&name.method))
        .filter(keys::path.eq(&name.path))
        .filter(keys::key.eq(&name.key));
    let kept: Option<StoredResponse> = row.select(columns).get_result(conn).optional()?;
    match kept {
        Some(kept) if kept.created_at < since => {
            let row = keys::table
                .filter(keys::account_id.eq(name.account))
                .filter(keys::method.eq(&name.method))
                .filter(keys::path.eq(&name.path))
                .filter(keys::key.eq(&name.key));
            diesel::delete(row).execute(conn)?;
            Ok(None)
        }
        found => Ok(found),
    }
}

/// Stores an answer.
///
/// # Errors
/// The store's.
pub fn keep(conn: &mut AnyConn, name: &RequestKey, kept: &StoredResponse) -> Result<(), StoreError> {
    let row = (
        keys::account_id.eq(name.account),
        keys::method.eq(&name.method),
        keys::path.eq(&name.path),
        keys::key.eq(&name.key),
        keys::digest.eq(&kept.digest),
        keys::status.eq(kept.status),
        keys::headers.eq(&kept.headers),
        keys::body.eq(&kept.body),
        keys::created_at.eq(kept.created_at),
    );
    diesel::insert_into(keys::table).values(row).execute(conn)?;
    Ok(())
}

/// Deletes answers that are older than `before`; returns their number.
///
/// # Errors
/// The store's.
pub fn forget(conn: &mut AnyConn, before: Moment) -> Result<usize, StoreError> {
    Ok(diesel::delete(keys::table.filter(keys::created_at.lt(before))).execute(conn)?)
}
