//! Checks of a channel's ledger that its auditors asked for: rows that a job takes up, so that they survive the page and the node.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::ledger_checks;

/// A check as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LedgerCheckRow {
    /// Its id.
    pub id: AnyId,
    /// Whose ledger.
    pub channel_id: ChannelId,
    /// Who asked.
    pub asked_by: UserId,
    /// When.
    pub asked_at: Moment,
    /// When a node took it up.
    pub begun_at: Option<Moment>,
    /// When it was done.
    pub ended_at: Option<Moment>,
    /// How many entries were checked.
    pub entries: Option<i64>,
    /// How many checkpoints they were held against.
    pub checkpoints: Option<i64>,
    /// The root over them.
    pub root: Option<String>,
    /// What was found, a JSON list; empty when all is well.
    pub findings: Option<String>,
    /// Why it could not be done.
    pub failure: Option<String>,
    /// What lies outside the database and they were held against, a JSON list.
    pub anchors: Option<String>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many entries were checked.
    pub entries: i64,
    /// How many checkpoints they were held against.
    pub checkpoints: i64,
    /// The root over them.
    pub root: Option<String>,
    /// What was found, a JSON list.
    pub findings: String,
    /// What lies outside the database and they were held against, a JSON list.
    pub anchors: String,
}

/// Writes down that a check was asked for; its job does it.
///
/// # Errors
/// The store's.
pub fn ask(conn: &mut AnyConn, id: AnyId, channel: ChannelId, by: UserId, at: Moment) -> Result<(), StoreError> {
    let row =
        (ledger_checks::id.eq(id), ledger_checks::channel_id.eq(channel), ledger_checks::asked_by.eq(by), ledger_checks::asked_at.eq(at));
    diesel::insert_into(ledger_checks::table).values(row).execute(conn)?;
    Ok(())
}

/// The newest checks of a channel, the newest first.
///
/// # Errors
/// The store's.
pub fn newest(conn: &mut AnyConn, channel: ChannelId, limit: i64) -> Result<Vec<LedgerCheckRow>, StoreError> {
    let rows = ledger_checks::table.filter(ledger_checks::channel_id.eq(channel));
    Ok(rows.order(ledger_checks::id.desc()).limit(limit).load(conn)?)
}

/// Writes down that a node is at a check. `false`: it was done already.
///
/// # Errors
/// The store's.
pub fn begin(conn: &mut AnyConn, id: AnyId, now: Moment) -> Result<bool, StoreError> {
    let open = ledger_checks::table.filter(ledger_checks::id.eq(id)).filter(ledger_checks::findings.is_null());
    let set = (ledger_checks::begun_at.eq(now), ledger_checks::ended_at.eq(None::<Moment>), ledger_checks::failure.eq(None::<String>));
    Ok(diesel::update(open).set(set).execute(conn)? == 1)
}

/// Keeps what a check found, or why it could not be done.
///
/// # Errors
/// The store's.
pub fn end(conn: &mut AnyConn, id: AnyId, now: Moment, result: &Result<Found, String>) -> Result<(), StoreError> {
    let row = diesel::update(ledger_checks::table.filter(ledger_checks::id.eq(id)));
    match result {
        Ok(found) => row
            .set((
                ledger_checks::ended_at.eq(now),
                ledger_checks::entries.eq(found.entries),
                ledger_checks::checkpoints.eq(found.checkpoints),
                ledger_checks::root.eq(found.root.as_deref()),
                ledger_checks::findings.eq(found.findings.as_str()),
                ledger_checks::anchors.eq(found.anchors.as_str()),
            ))
            .execute(conn)?,
        Err(failure) => row.set((ledger_checks::ended_at.eq(now), ledger_checks::failure.eq(failure.as_str()))).execute(conn)?,
    };
    Ok(())
}
