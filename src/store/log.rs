//! Emptying SQLite's write-ahead log when a process ends, so that the main file alone is the whole database.

use std::path::Path;
use std::time::Duration;

use diesel::Connection;
use diesel::sqlite::SqliteConnection;

use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::{Db, wal};

/// Time that a stopping server waits for its own last readers.
const AT_STOP: Duration = Duration::from_secs(5);
/// A command waits no longer for a server beside it, because emptying the log blocks writers.
const BESIDE: Duration = Duration::from_millis(20);

impl Db {
    /// Empties the log of a server that stops; nothing on PostgreSQL.
    ///
    /// # Errors
    /// The database's; [`StoreError::Busy`] while there are readers.
    pub fn empty_log(&self) -> Result<(), StoreError> {
        match self.sqlite_path() {
            Some(_) if !wal::empty(&mut self.connect()?, AT_STOP)? => Err(StoreError::Busy),
            _ => Ok(()),
        }
    }
}

/// Empties the log of a database file at the end of a command. A server that runs beside it keeps the log short by itself.
pub fn empty_at_end(path: &str) {
    let log = format!("{path}-wal");
    if std::fs::metadata(Path::new(&log)).map_or(0, |found| found.len()) == 0 {
        return;
    }
    let Ok(conn) = SqliteConnection::establish(path) else { return };
    if let Err(error) = wal::empty(&mut AnyConn::Sqlite(conn), BESIDE) {
        tracing::debug!(%error, "the write-ahead log was not emptied");
    }
}
