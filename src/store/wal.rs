//! Keeps SQLite's write-ahead log short, beside the writer.
//!
//! A thread with a connection of its own copies the log into the database, so that no commit waits for it. As long as the writer writes,
//! the copy never quite reaches the end of the log, and only a log copied to its end begins anew. So the writer copies the last part, which
//! is small by then, between two batches.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::query_dsl::RunQueryDsl;
use diesel::result::QueryResult;
use diesel::sql_types::Integer;

use crate::store::connection::AnyConn;
use crate::store::error::{Condition, condition};
use crate::store::opener::Opener;

/// The interval between two looks.
const EVERY: Duration = Duration::from_millis(100);
/// Pages (of 4 KiB) from which on a copy is made.
const WORTH: i32 = 2_000;
/// From this length on, in pages, the log shall begin anew.
const LONG: i32 = 16_000;
/// Pages that may be left for the writer to copy.
const FEW: i32 = 1_000;

/// The state of the log as SQLite reports it, in pages.
#[derive(Debug, diesel::QueryableByName)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
struct WalState {
    /// Its length.
    #[diesel(sql_type = Integer)]
    log: i32,
    /// The pages that have been copied.
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

impl WalState {
    const fn left(&self) -> i32 {
        self.log - self.checkpointed
    }
}

/// Copies the log into the database until the writer ends. Sets `long` when the writer has to begin the log anew.
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
fn copy(conn: &mut AnyConn) -> QueryResult<Option<WalState>> {
    let mut log = ask(conn, "PRAGMA wal_checkpoint(NOOP)")?;
    for _ in 0..2 {
        if log.as_ref().is_some_and(|log| log.left() >= WORTH || (log.log > LONG && log.left() >= FEW)) {
            log = ask(conn, "PRAGMA wal_checkpoint(PASSIVE)")?;
        }
    }
    Ok(log)
}

fn ask(conn: &mut AnyConn, words: &str) -> QueryResult<Option<WalState>> {
    match conn {
        AnyConn::Sqlite(conn) => diesel::sql_query(words).get_result(conn).map(Some),
        AnyConn::Pg(_) => Ok(None),
    }
}

/// Copies the rest, and lets the log begin anew. Waits a moment for readers of the log; if that was too short, the next request of the
/// thread repeats it.
pub(crate) fn begin_anew(conn: &mut AnyConn) {
    let done = conn.batch_execute("PRAGMA busy_timeout=20; PRAGMA wal_checkpoint(RESTART);");
    let patient = conn.batch_execute("PRAGMA busy_timeout=5000;");
    if let Err(error) = done.and(patient) {
        say(&error);
    }
}

/// Copies all of the log and empties it, so that the main file alone is the whole database. Waits up to `patience` for readers and writers.
/// `false` when they took longer: then the log stays.
///
/// # Errors
/// The database's.
pub(crate) fn empty(conn: &mut AnyConn, patience: Duration) -> QueryResult<bool> {
    conn.batch_execute(&format!("PRAGMA busy_timeout={}", patience.as_millis()))?;
    Ok(ask(conn, "PRAGMA wal_checkpoint(TRUNCATE)")?.is_none_or(|log| log.log == 0))
}

fn say(error: &diesel::result::Error) {
    tracing::warn!(%error, "checkpoint of the write-ahead log");
    end_if_the_disk_failed(error);
}

/// After a failed fsync the content of the disk is unknown; SQLite recovers at the next start, and only then.
pub(crate) fn end_if_the_disk_failed(error: &diesel::result::Error) {
    if condition(error) == Some(Condition::DiskFailed) {
        tracing::error!(%error, "ending: the disk failed");
        std::process::exit(70);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::limits::DatabaseTimeouts;

    const STATE: &str = "PRAGMA wal_checkpoint(NOOP)";
    const MANY: &str =
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT zeroblob(4096) FROM n";

    fn two(folder: &tempfile::TempDir) -> (AnyConn, AnyConn) {
        let limits = DatabaseTimeouts { connect: 5, statement: 5, lock: 5, idle: 5, line: 5 };
        let opener = Opener::new(&format!("sqlite://{}", folder.path().join("wal.db").display()), limits).unwrap();
        let (mut writer, other) = (opener.open().unwrap(), opener.open().unwrap());
        writer.batch_execute("PRAGMA wal_autocheckpoint=0; CREATE TABLE t (b BLOB)").unwrap();
        (writer, other)
    }

    #[test]
    fn copies_what_is_worth_it_and_the_log_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, mut thread) = two(&folder);
        assert!(copy(&mut thread).unwrap().unwrap().left() > 0, "a few pages are not worth a copy");
        writer.batch_execute(MANY).unwrap();
        let log = copy(&mut thread).unwrap().unwrap();
        assert_eq!((log.left(), log.log > WORTH), (0, true), "{log:?}");
        begin_anew(&mut writer);
        writer.batch_execute("INSERT INTO t VALUES (x'00')").unwrap();
        let anew = ask(&mut thread, STATE).unwrap().unwrap();
        assert!(anew.log < 10, "{anew:?}");
    }

    #[test]
    fn somebody_who_reads_for_long_keeps_the_log_but_not_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, mut reader) = two(&folder);
        reader.batch_execute("BEGIN; SELECT count(*) FROM t").unwrap();
        writer.batch_execute(MANY).unwrap();
        begin_anew(&mut writer);
        writer.batch_execute("INSERT INTO t VALUES (x'00')").unwrap();
        let log = ask(&mut writer, STATE).unwrap().unwrap();
        assert!(log.log > WORTH && log.left() > 0, "{log:?}");
        reader.batch_execute("COMMIT").unwrap();
        begin_anew(&mut writer);
        writer.batch_execute("INSERT INTO t VALUES (x'00')").unwrap();
        assert!(ask(&mut writer, STATE).unwrap().unwrap().log < 10);
    }
}
