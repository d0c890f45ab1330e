//! Keeps SQLite's write-ahead log short, beside the writer.
//!
//! What the log holds is copied into the database by a thread with a connection of its own, so that no commit waits for it. As long as the
//! writer writes, the copy never quite reaches the end of the log, and only a log copied to its end begins anew. So the last piece, which
//! is small by then, is the writer's own, between two batches.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::query_dsl::RunQueryDsl;
use diesel::result::QueryResult;
use diesel::sql_types::Integer;

use crate::store::connection::{AnyConn, Opener};
use crate::store::writer::end_if_the_disk_failed;

/// How often is looked.
const EVERY: Duration = Duration::from_millis(100);
/// So many pages (of 4 KiB) are worth a copy.
const WORTH: i32 = 2_000;
/// From this length on, in pages, the log shall begin anew.
const LONG: i32 = 16_000;
/// So many pages may be left for the writer to copy.
const FEW: i32 = 1_000;

/// What SQLite says of its log, in pages.
#[derive(Debug, diesel::QueryableByName)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
struct Log {
    /// How long it is.
    #[diesel(sql_type = Integer)]
    log: i32,
    /// How far it has been copied.
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

impl Log {
    const fn left(&self) -> i32 {
        self.log - self.checkpointed
    }
}

/// Copies whatever the log holds into the database, until the writer ends. Says in `long` when the writer shall begin it anew.
pub(crate) fn keep_short(opener: &Opener, long: &AtomicBool, stopped: &Receiver<()>) {
    let Ok(mut conn) = opener.open() else { return };
    while matches!(stopped.recv_timeout(EVERY), Err(RecvTimeoutError::Timeout)) {
        match copy(&mut conn) {
            Ok(Some(log)) if log.log > LONG && (1..FEW).contains(&log.left()) => long.store(true, Ordering::Release),
            Ok(_) => {}
            Err(error) => say(&error),
        }
    }
}

/// Copies, if it is worth it; a second time when much was written meanwhile.
fn copy(conn: &mut AnyConn) -> QueryResult<Option<Log>> {
    let mut log = ask(conn, "PRAGMA wal_checkpoint(NOOP)")?;
    for _ in 0..2 {
        if log.as_ref().is_some_and(|log| log.left() >= WORTH || (log.log > LONG && log.left() >= FEW)) {
            log = ask(conn, "PRAGMA wal_checkpoint(PASSIVE)")?;
        }
    }
    Ok(log)
}

fn ask(conn: &mut AnyConn, words: &str) -> QueryResult<Option<Log>> {
    match conn {
        AnyConn::Sqlite(conn) => diesel::sql_query(words).get_result(conn).map(Some),
        AnyConn::Pg(_) => Ok(None),
    }
}

/// Copies the rest, and lets the log begin anew. Waits a moment for those who still read in it; if that was too short, it is tried again
/// when the thread asks next.
pub(crate) fn begin_anew(conn: &mut AnyConn) {
    let done = conn.batch_execute("PRAGMA busy_timeout=20; PRAGMA wal_checkpoint(RESTART);");
    let patient = conn.batch_execute("PRAGMA busy_timeout=5000;");
    if let Err(error) = done.and(patient) {
        say(&error);
    }
}

fn say(error: &diesel::result::Error) {
    tracing::warn!(%error, "checkpoint of the write-ahead log");
    end_if_the_disk_failed(error);
}
