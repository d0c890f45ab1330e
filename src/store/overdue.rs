//! Stops readings on PostgreSQL that take longer than they may.
//!
//! `statement_timeout` bounds one statement and not all of a reading together, and `transaction_timeout`, which does, is there from
//! PostgreSQL 17 on and closes the connection. So a thread beside the readers looks whose time is over and cancels what is executed there.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, Double, Integer};

use crate::store::connection::{AnyConn, Opener};
use crate::store::connection_threads::TaskQueue;
use crate::store::error::StoreError;

/// The next reading of the same connection has a later start: it is not the one that is meant.
const CANCEL: &str = "SELECT count(pg_cancel_backend(pid))::int AS number FROM pg_stat_activity \
    WHERE pid = ANY($1) AND xact_start <= clock_timestamp() - make_interval(secs => $2)";

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// The process of PostgreSQL that this connection speaks to; none on SQLite.
pub(crate) fn session(conn: &mut AnyConn) -> Result<Option<i32>, StoreError> {
    let AnyConn::Pg(conn) = conn else { return Ok(None) };
    Ok(Some(diesel::sql_query("SELECT pg_backend_pid() AS number").get_result::<SessionRow>(conn)?.number))
}

/// Cancels what has taken longer than `limit`, until the way to the threads is closed. Each statement has its own limit beside it, should no
/// further connection be had.
pub(crate) fn cancel_overdue(queue: &TaskQueue, opener: &Opener, limit: Duration) {
    let mut kept = None;
    while let Some(sessions) = queue.overdue(limit) {
        if sessions.is_empty() {
            continue;
        }
        let Some(conn) = kept.take().or_else(|| opener.open().ok()) else { continue };
        kept = cancel(conn, sessions, limit);
    }
}

/// Gives the connection back while it works.
fn cancel(mut conn: AnyConn, sessions: Vec<i32>, limit: Duration) -> Option<AnyConn> {
    let AnyConn::Pg(pg) = &mut conn else { return None };
    let cancels = diesel::sql_query(CANCEL).bind::<Array<Integer>, _>(sessions).bind::<Double, _>(limit.as_secs_f64());
    match cancels.get_result::<SessionRow>(pg) {
        Ok(_) => Some(conn),
        Err(error) => {
            tracing::warn!(%error, "readings that take too long could not be stopped");
            None
        }
    }
}
