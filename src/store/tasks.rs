//! Readings and writings as tasks of the threads that have the connections, and the way of an answer back to who waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use tokio::sync::oneshot;

use crate::store::connection::AnyConn;
use crate::store::connection_threads::Task;
use crate::store::error::StoreError;
use crate::store::{migrate, writer};

type Transactions = <AnyConn as Connection>::TransactionManager;

/// The way back to who waits: a request, which may have gone away meanwhile, or a thread.
pub(crate) enum Give<T> {
    /// A request.
    Request(oneshot::Sender<T>),
    /// A thread, which waits however long it takes.
    Thread(std::sync::mpsc::SyncSender<T>),
}

impl<T> Give<T> {
    fn is_wanted(&self) -> bool {
        match self {
            Self::Request(sender) => !sender.is_closed(),
            Self::Thread(_) => true,
        }
    }

    fn send(self, answer: T) {
        match self {
            Self::Request(sender) => drop(sender.send(answer)),
            Self::Thread(sender) => drop(sender.send(answer)),
        }
    }
}

/// A reading, within a transaction that changes nothing.
pub(crate) struct Reading<T, E, F> {
    pub(crate) read: F,
    pub(crate) give: Give<Result<T, E>>,
}

impl<T, E, F> Task for Reading<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnOnce(&mut AnyConn) -> Result<T, E> + Send,
{
    fn is_wanted(&self) -> bool {
        self.give.is_wanted()
    }

    /// A panic ends this: the caller finds nobody to answer, and the thread drops its connection.
    fn run(self: Box<Self>, conn: Result<&mut AnyConn, StoreError>) {
        match conn {
            Ok(conn) => {
                let answer = (self.read)(conn);
                self.give.send(answer);
                end_reading(conn);
            }
            Err(error) => self.give.send(Err(E::from(error))),
        }
    }
}

/// Ends a reading after its answer was given, so that nobody waits for the end. Where it can't be ended the connection stays within it, and
/// is thrown away as broken.
pub(crate) fn end_reading(conn: &mut AnyConn) {
    if let Err(error) = Transactions::rollback_transaction(conn) {
        tracing::debug!(%error, "a reading could not be ended");
    }
}

/// A writing on PostgreSQL, in a transaction of its own.
pub(crate) struct Writing<T, E, F> {
    pub(crate) write: F,
    pub(crate) give: Give<Result<T, E>>,
}

impl<T, E, F> Task for Writing<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnOnce(&mut AnyConn) -> Result<T, E> + Send,
{
    fn is_wanted(&self) -> bool {
        self.give.is_wanted()
    }

    fn run(self: Box<Self>, conn: Result<&mut AnyConn, StoreError>) {
        let conn = match conn {
            Ok(conn) => conn,
            Err(error) => return self.give.send(Err(E::from(error))),
        };
        let mut result = run(self.write, conn);
        // Who was told meanwhile that the database does not answer must not find their act done.
        if result.is_ok() && self.give.is_wanted() {
            if let Err(error) = Transactions::commit_transaction(conn) {
                result = Err(E::from(StoreError::from(error)));
            }
        } else if let Err(error) = Transactions::rollback_transaction(conn) {
            tracing::debug!(%error, "a writing could not be rolled back; its connection is closed");
        }
        self.give.send(result);
    }
}

/// Wraps a closure as an act of SQLite's writer: a panic becomes an error, the result waits for the commit.
pub(crate) fn act<T, E>(write: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static, give: Give<Result<T, E>>) -> writer::Act
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    Box::new(move |conn| {
        let nothing = || (false, Box::new(drop) as writer::Answer);
        if !give.is_wanted() {
            return nothing();
        }
        let conn = match conn {
            Ok(conn) => conn,
            Err(error) => {
                give.send(Err(E::from(error)));
                return nothing();
            }
        };
        let result = run(write, conn);
        let stands = result.is_ok() && give.is_wanted();
        let answer: writer::Answer = Box::new(move |committed| {
            give.send(match committed {
                Err(error) if result.is_ok() => Err(E::from(error)),
                _ => result,
            });
        });
        (stands, answer)
    })
}

fn run<T, E: From<StoreError>>(f: impl FnOnce(&mut AnyConn) -> Result<T, E>, conn: &mut AnyConn) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(|| f(conn))).unwrap_or_else(|_| Err(E::from(StoreError::Panicked)))
}

/// Begins a transaction that writes, unless a newer program has changed the schema meanwhile.
pub(crate) fn begin_writing(conn: &mut AnyConn) -> Result<(), StoreError> {
    let AnyConn::Pg(pg) = conn else { return Ok(()) };
    let Err(error) = AnsiTransactionManager::begin_transaction_sql(pg, migrate::begin_known_schema()) else { return Ok(()) };
    // diesel counts no transaction, so it does not end this one. Where the line is cut, this fails too.
    if pg.batch_execute("ROLLBACK").is_ok()
        && let Some(found) = migrate::newer_version(conn)?
    {
        return Err(StoreError::NewerSchema { found });
    }
    Err(error.into())
}
