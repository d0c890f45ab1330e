//! A time limit for the statements that a thread executes on SQLite.
//!
//! SQLite ends a statement early if a progress handler requests it (<https://sqlite.org/c3ref/progress_handler.html>), which needs the raw
//! handle of the connection. diesel does not expose it, so `sqlite3_auto_extension` installs the handler in every connection as it is
//! opened. The handler itself has no state: it reads the deadline of the thread that executes the statement. Therefore nothing has to
//! outlive a connection, and a thread that sets no deadline, such as one that writes, is never interrupted.
//!
//! It is a crate of its own because these are the only lines of the program that the compiler cannot check for memory safety.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;
use std::sync::OnceLock;
use std::time::Instant;

use libsqlite3_sys::{SQLITE_OK, sqlite3, sqlite3_api_routines, sqlite3_auto_extension, sqlite3_progress_handler};

/// The number of instructions of SQLite's virtual machine between two checks of the deadline. A statement that finds a row by its key
/// executes about 30; a row of a scan takes about 10, or more time if it calls a function of this program.
const INSTRUCTIONS: c_int = 1_000;

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// A deadline for the thread that created it, until it is dropped.
#[derive(Debug)]
pub struct Deadline {
    before: Option<Instant>,
    /// The deadline belongs to its thread.
    not_send: PhantomData<*const ()>,
}

impl Deadline {
    /// Sets a deadline: from `at` on, statements that this thread executes on SQLite end with `SQLITE_INTERRUPT`. Applies to connections
    /// that were opened after [`install`]. A nested deadline is at most as late as the outer one.
    #[must_use]
    pub fn at(at: Instant) -> Self {
        let before = DEADLINE.get();
        DEADLINE.set(Some(before.map_or(at, |before| before.min(at))));
        Self { before, not_send: PhantomData }
    }

    /// Whether this thread has a deadline.
    #[must_use]
    pub fn is_set() -> bool {
        DEADLINE.get().is_some()
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        DEADLINE.set(self.before);
    }
}

/// Makes every connection that is opened from now on check the deadline of its thread. Returns false if SQLite refuses, which it does only
/// without memory.
pub fn install() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    // SAFETY: `prepare_connection` has the signature that SQLite calls it with and stays for as long as the process. SQLite itself takes
    // the lock of its list, and initializes itself first.
    *INSTALLED.get_or_init(|| unsafe { sqlite3_auto_extension(Some(prepare_connection)) } == SQLITE_OK)
}

/// Gives a connection that is being opened its progress handler.
///
/// # Safety
/// `connection` is open; SQLite calls this while it opens it.
unsafe extern "C" fn prepare_connection(connection: *mut sqlite3, _: *mut *mut c_char, _: *const sqlite3_api_routines) -> c_int {
    // SAFETY: the connection is open and used by this thread alone while it is opened. The handler is a function of the program, which stays,
    // and reads nothing through its argument.
    unsafe { sqlite3_progress_handler(connection, INSTRUCTIONS, Some(is_over), ptr::null_mut()) };
    SQLITE_OK
}

/// Whether the deadline of this thread has passed. Must not panic: SQLite calls it.
extern "C" fn is_over(_: *mut c_void) -> c_int {
    c_int::from(DEADLINE.get().is_some_and(|at| Instant::now() >= at))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use diesel::connection::{Connection, SimpleConnection};
    use diesel::result::Error;
    use diesel::sqlite::SqliteConnection;

    use super::*;

    const ENDLESS: &str = "CREATE TABLE IF NOT EXISTS t (n INTEGER); \
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO t SELECT count(*) FROM n";

    fn open() -> SqliteConnection {
        assert!(install());
        SqliteConnection::establish(":memory:").unwrap()
    }

    fn is_interrupted(result: Result<(), Error>) -> bool {
        matches!(result, Err(Error::DatabaseError(_, why)) if why.message() == "interrupted")
    }

    #[test]
    fn what_would_never_end_is_ended() {
        let mut connection = open();
        let deadline = Deadline::at(Instant::now() + Duration::from_millis(50));
        assert!(is_interrupted(connection.batch_execute(ENDLESS)));
        drop(deadline);
        connection.batch_execute("CREATE TABLE IF NOT EXISTS t (n INTEGER); INSERT INTO t VALUES (1)").unwrap();
    }

    #[test]
    fn an_inner_deadline_is_not_later_and_gives_the_outer_one_back() {
        let mut connection = open();
        let outer = Deadline::at(Instant::now());
        let inner = Deadline::at(Instant::now() + Duration::from_secs(3600));
        assert!(is_interrupted(connection.batch_execute(ENDLESS)));
        drop(inner);
        assert!(is_interrupted(connection.batch_execute(ENDLESS)));
        drop(outer);
        assert!(!Deadline::is_set());
    }

    #[test]
    fn the_deadline_of_another_thread_is_nothing_to_this_one() {
        let mut connection = open();
        let _deadline = Deadline::at(Instant::now());
        let many = "CREATE TABLE t (n INTEGER); \
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO t SELECT i FROM n";
        let written = std::thread::spawn(move || connection.batch_execute(many)).join().unwrap();
        assert_eq!(written, Ok(()));
    }
}
