//! Tries that guess at secrets, counted by subject and window in rows, so that all nodes count together.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::store::connection::{AnyConn, Both, Kept};
use crate::store::error::StoreError;
use crate::store::schema::throttles;

/// Counts one try, and says how many there are in this window now.
pub(crate) fn hit(conn: &mut AnyConn, subject: &str, window: Moment) -> Result<i64, StoreError> {
    let row = (throttles::subject.eq(subject), throttles::window_at.eq(window), throttles::hits.eq(1_i64));
    let next = diesel::insert_into(throttles::table)
        .values(row)
        .on_conflict((throttles::subject, throttles::window_at))
        .do_update()
        .set(throttles::hits.eq(throttles::hits + 1));
    Kept(Both(next)).execute(conn)?;
    let counted = throttles::table.filter(throttles::subject.eq(subject)).filter(throttles::window_at.eq(window));
    Ok(counted.select(throttles::hits).get_result(conn)?)
}

/// Takes tries back, when one was right.
pub(crate) fn forgive(conn: &mut AnyConn, subject: &str, window: Moment) -> Result<(), StoreError> {
    let row = throttles::table.filter(throttles::subject.eq(subject)).filter(throttles::window_at.eq(window));
    diesel::update(row.filter(throttles::hits.gt(0))).set(throttles::hits.eq(throttles::hits - 1)).execute(conn)?;
    Ok(())
}

/// Forgets windows that are over.
pub(crate) fn forget(conn: &mut AnyConn, before: Moment) -> Result<usize, StoreError> {
    Ok(diesel::delete(throttles::table.filter(throttles::window_at.lt(before))).execute(conn)?)
}
