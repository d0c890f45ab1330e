//! Tries that guess at secrets, counted by subject and window in rows, so that all nodes count together.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::store::connection::{AnyConn, DualBackend, PreparedSql};
use crate::store::error::StoreError;
use crate::store::schema::throttles;

/// Counts one attempt, and returns the number of attempts in this window.
pub(crate) fn hit(conn: &mut AnyConn, subject: &str, window: Moment) -> Result<i64, StoreError> {
    let row = (throttles::subject.eq(subject), throttles::window_at.eq(window), throttles::hits.eq(1_i64));
    let next = diesel::insert_into(throttles::table)
        .values(row)
        .on_conflict((throttles::subject, throttles::window_at))
        .do_update()
        .set(throttles::hits.eq(throttles::hits + 1));
    PreparedSql(DualBackend(next)).execute(conn)?;
    let counted = throttles::table.filter(throttles::subject.eq(subject)).filter(throttles::window_at.eq(window));
    Ok(counted.select(throttles::hits).get_result(conn)?)
}

/// Takes back one attempt of this window.
pub(crate) fn take_back(conn: &mut AnyConn, subject: &str, window: Moment) -> Result<(), StoreError> {
    let row = throttles::table.filter(throttles::subject.eq(subject)).filter(throttles::window_at.eq(window));
    diesel::update(row.filter(throttles::hits.gt(0))).set(throttles::hits.eq(throttles::hits - 1)).execute(conn)?;
    Ok(())
}

/// Forgets windows that are over.
pub(crate) fn forget(conn: &mut AnyConn, before: Moment) -> Result<usize, StoreError> {
    Ok(diesel::delete(throttles::table.filter(throttles::window_at.lt(before))).execute(conn)?)
}

/// The window of delays, which has no end.
fn lasting() -> Moment {
    Moment::from_micros(32_472_144_000_000_000)
}

/// The lowest digits of `hits` are the number of failures, the digits above them the end of the delay in seconds. So one row has both, and
/// one statement counts an attempt.
const FAILURES: i64 = 10_000;

/// The delay of a subject, and its number of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delay {
    /// Failures in a row.
    pub failures: i64,
    /// The time until which attempts are refused without a check.
    pub until: Moment,
}

/// Counts one try of a subject; the delay that it had, with this try among the failures. The row is locked until the transaction ends.
pub(crate) fn try_once(conn: &mut AnyConn, subject: &str) -> Result<Delay, StoreError> {
    let hits = hit(conn, subject, lasting())?;
    Ok(Delay { failures: hits % FAILURES, until: Moment::from_micros(hits / FAILURES * 1_000_000) })
}

/// Stores a delay, or deletes its row if there are no failures.
pub(crate) fn put_delay(conn: &mut AnyConn, subject: &str, delay: Delay) -> Result<(), StoreError> {
    let row = throttles::table.filter(throttles::subject.eq(subject)).filter(throttles::window_at.eq(lasting()));
    if delay.failures <= 0 {
        diesel::delete(row).execute(conn)?;
        return Ok(());
    }
    let seconds = delay.until.micros().div_euclid(1_000_000);
    let hits = seconds * FAILURES + delay.failures.min(FAILURES - 2);
    diesel::update(row).set(throttles::hits.eq(hits)).execute(conn)?;
    Ok(())
}

/// Forgets delays that ended before this moment.
pub(crate) fn forget_delays(conn: &mut AnyConn, before: Moment) -> Result<usize, StoreError> {
    let ended = throttles::hits.lt(before.micros().div_euclid(1_000_000) * FAILURES);
    Ok(diesel::delete(throttles::table.filter(throttles::window_at.eq(lasting())).filter(ended)).execute(conn)?)
}
