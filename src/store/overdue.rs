//! Stops readings on PostgreSQL that exceed their time limit.
//!
//! `statement_timeout` bounds a single statement, not a whole reading. `transaction_timeout` bounds it, but exists only from PostgreSQL 17
//! on and closes the connection. So a thread beside the readers looks for overdue readings and cancels their statements.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, Double, Integer};

use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::opener::Opener;
use crate::store::thread_states::{Pauses, ThreadStates};

/// The condition on the start spares the next reading of the same connection.
const CANCEL: &str = "SELECT count(pg_cancel_backend(pid))::int AS number FROM pg_stat_activity \
    WHERE pid = ANY($1) AND xact_start <= clock_timestamp() - make_interval(secs => $2)";

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// The process of PostgreSQL behind this connection; `None` on SQLite.
pub(crate) fn session(conn: &mut AnyConn) -> Result<Option<i32>, StoreError> {
    let AnyConn::Pg(conn) = conn else { return Ok(None) };
    Ok(Some(diesel::sql_query("SELECT pg_backend_pid() AS number").get_result::<SessionRow>(conn)?.number))
}

/// Cancels readings that have taken longer than `limit`, until the pool is dropped. Each statement has a limit of its own as well, for the case
/// that no further connection can be opened.
pub(crate) fn cancel_overdue(states: &ThreadStates, pauses: &Pauses, opener: &Opener, limit: Duration) {
    let mut kept = None;
    while pauses.pause() {
        let sessions = states.overdue(limit);
        if sessions.is_empty() {
            continue;
        }
        let Some(conn) = kept.take().or_else(|| opener.open().ok()) else { continue };
        kept = cancel(conn, sessions, limit);
    }
}

/// Returns the connection as long as it works.
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
