//! Checks of a channel's ledger that its auditors requested: rows for a job, so that they survive the page and the node.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::ledger_checks;

/// A check and its state.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LedgerCheckRow {
    /// Its id.
    pub id: AnyId,
    /// The channel of the ledger.
    pub channel_id: ChannelId,
    /// The auditor who requested it.
    pub asked_by: UserId,
    /// The time of the request.
    pub asked_at: Moment,
    /// The time when a node took it up.
    pub begun_at: Option<Moment>,
    /// The time when it was done.
    pub ended_at: Option<Moment>,
    /// The number of checked entries.
    pub entries: Option<i64>,
    /// The number of checkpoints that the entries were compared with.
    pub checkpoints: Option<i64>,
    /// The root over them.
    pub root: Option<String>,
    /// The findings, a JSON list; empty when the ledger is intact.
    pub findings: Option<String>,
    /// The reason why it could not be done.
    pub failure: Option<String>,
    /// The anchors outside the database that they were compared with, a JSON list.
    pub anchors: Option<String>,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The number of checked entries.
    pub entries: i64,
    /// The number of checkpoints that the entries were compared with.
    pub checkpoints: i64,
    /// The root over them.
    pub root: Option<String>,
    /// The findings, a JSON list.
    pub findings: String,
    /// The anchors outside the database that they were compared with, a JSON list.
    pub anchors: String,
}

/// Stores the request for a check, which a job will do.
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

/// Stores the result of a check, or the reason why it could not be done.
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
