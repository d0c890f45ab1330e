//! All SQL. The module is the noun, the function the verb: `manuscripts::find`. May import `domain` and `config` only.
//!
//! [`Db::read`] and [`Db::write`] are the only doors; what runs behind them takes `&mut AnyConn`.

pub(crate) mod accounts;
pub(crate) mod adoptions;
pub(crate) mod assignments;
pub(crate) mod attachments;
pub mod board;
pub(crate) mod bulletins;
pub mod calendars;
pub(crate) mod channels;
pub mod connection;
pub mod deadlines;
pub(crate) mod decisions;
pub(crate) mod endorsements;
pub mod error;
pub(crate) mod form_drafts;
pub mod health;
pub mod idempotency;
pub mod interleave;
pub mod jobs;
pub mod leases;
pub mod ledger;
pub mod letters;
pub(crate) mod listing;
pub mod log;
pub mod mail_servers;
pub(crate) mod manuscripts;
mod matching;
pub mod migrate;
pub(crate) mod people;
pub mod person_versions;
pub mod pg_tools;
pub(crate) mod promises;
pub mod proof;
pub(crate) mod queues;
pub(crate) mod ratings;
mod readers;
pub(crate) mod recipients;
pub(crate) mod replies;
pub(crate) mod reports;
pub mod schema;
pub mod secrets;
pub mod snapshot;
pub(crate) mod stand_ins;
pub(crate) mod statistics;
pub(crate) mod texts;
pub(crate) mod throttles;
pub(crate) mod tokens;
pub mod types;
mod wal;
pub(crate) mod whole;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{Pool, PooledConnection};

pub use connection::AnyConn;
pub use error::{Rule, StoreError};

use crate::config::Settings;
use crate::store::connection::Opener;
use crate::store::interleave::Interleave;
use crate::store::readers::Readers;
use crate::store::writer::Writer;

/// The database. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Db {
    opener: Opener,
    /// For readings that wait on their own thread: jobs and commands.
    pool: Pool<Opener>,
    readers: Arc<Readers>,
    door: Door,
    interleave: Interleave,
}

#[derive(Clone)]
enum Door {
    Sqlite(Writer),
    Pg(Pool<Opener>),
}

impl Db {
    /// Opens the database of these settings. The schema is not touched; see [`migrate`].
    ///
    /// # Errors
    /// When it can't be reached, or when the SQLite library is too old.
    pub fn open(settings: &Settings) -> Result<Self, StoreError> {
        let of = &settings.database;
        let opener = Opener::new(&settings.database_url(), of.statement_timeout_seconds)?;
        // A line that lay still may have been cut. Jobs ask before they read; a writing finds out when it begins.
        let pool = |size: u32, ask_first: bool| {
            let wait = Duration::from_secs(of.connect_timeout_seconds);
            let pool = Pool::builder().max_size(size.max(1)).min_idle(Some(1)).test_on_check_out(ask_first).connection_timeout(wait);
            pool.build(opener.clone()).map_err(|error| StoreError::Database(error.to_string()))
        };
        let door = if opener.sqlite_path().is_some() {
            migrate::check_sqlite_version(&mut opener.open().map_err(|error| StoreError::Away(error.to_string()))?)?;
            Door::Sqlite(Writer::start(opener.clone(), of.write_batch, of.write_queue)?)
        } else {
            Door::Pg(pool(of.writers, false)?)
        };
        let readers = Arc::new(Readers::start(&opener, of.readers, of.read_queue)?);
        Ok(Self { pool: pool(of.readers, true)?, opener, readers, door, interleave: Interleave::default() })
    }

    /// A connection of one's own, for migrations and long reads.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub fn connect(&self) -> Result<AnyConn, StoreError> {
        self.opener.open().map_err(|error| StoreError::Away(error.to_string()))
    }

    /// Where a test stops an act between its reading and its writing.
    #[must_use]
    pub const fn interleave(&self) -> &Interleave {
        &self.interleave
    }

    /// The SQLite file, where there is one.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&str> {
        self.opener.sqlite_path()
    }

    /// Reads, on a thread of the readers. All statements of `f` see the database as it was at the first of them.
    ///
    /// # Errors
    /// What `f` gives, or the store's.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (give, take) = tokio::sync::oneshot::channel();
        self.readers.send(Box::new(move |conn| {
            // Whoever hung up while it waited reads nothing.
            if give.is_closed() {
                return;
            }
            // A panic ends this closure: the caller finds nobody to answer, and the reader drops its connection.
            match conn {
                Ok(conn) => read_snapshot(conn, f, |result| drop(give.send(result))),
                Err(error) => drop(give.send(Err(E::from(error)))),
            }
        }))?;
        take.await.unwrap_or_else(|_| Err(E::from(StoreError::Panicked)))
    }

    /// Reads on this thread; not for async code.
    ///
    /// # Errors
    /// What `f` gives, or the store's.
    pub fn read_now<T, E: From<StoreError>>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.pool.get().map_err(StoreError::from)?;
        let mut answer = None;
        read_snapshot(&mut conn, f, |result| answer = Some(result));
        answer.unwrap_or_else(|| Err(E::from(StoreError::Panicked)))
    }

    /// Writes: `f` runs in one transaction and its result is given only once that is on the disk. If it fails or panics, nothing of it stays.
    ///
    /// # Errors
    /// What `f` gives, or the store's.
    pub async fn write<T, E>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let f = self.watched(f);
        match &self.door {
            Door::Sqlite(writer) => {
                let (give, take) = tokio::sync::oneshot::channel();
                writer.send(act(f, move |result| drop(give.send(result))))?;
                take.await.unwrap_or_else(|_| Err(E::from(StoreError::Panicked)))
            }
            Door::Pg(pool) => {
                let pool = pool.clone();
                match tokio::task::spawn_blocking(move || write_pg(&pool, f)).await {
                    Ok(result) => result,
                    Err(_) => Err(E::from(StoreError::Panicked)),
                }
            }
        }
    }

    /// Writes and waits on this thread; not for async code.
    ///
    /// # Errors
    /// What `f` gives, or the store's.
    pub fn write_now<T, E>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let f = self.watched(f);
        match &self.door {
            Door::Sqlite(writer) => {
                let (give, take) = std::sync::mpsc::sync_channel(1);
                writer.send(act(f, move |result| drop(give.send(result))))?;
                take.recv().unwrap_or_else(|_| Err(E::from(StoreError::Panicked)))
            }
            Door::Pg(pool) => write_pg(pool, f),
        }
    }
}

impl Db {
    fn watched<T, E, F>(&self, f: F) -> impl FnOnce(&mut AnyConn) -> Result<T, E> + use<T, E, F>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, E>,
    {
        let interleave = self.interleave.clone();
        move |conn| {
            let is_watched = interleave.watch(conn);
            let result = f(conn);
            if is_watched {
                Interleave::leave(conn);
            }
            result
        }
    }
}

/// Reads within a transaction that changes nothing, and gives the answer before that ends, so that nobody waits for the end. Where it can't
/// be ended the connection stays within it, and is thrown away as broken.
fn read_snapshot<T, E: From<StoreError>>(
    conn: &mut AnyConn,
    f: impl FnOnce(&mut AnyConn) -> Result<T, E>,
    give: impl FnOnce(Result<T, E>),
) {
    match conn.begin_snapshot() {
        Ok(()) => give(f(conn)),
        Err(error) => return give(Err(E::from(error))),
    }
    if let Err(error) = <AnyConn as diesel::Connection>::TransactionManager::rollback_transaction(conn) {
        tracing::debug!(%error, "a reading could not be ended");
    }
}

/// Wraps a closure as an act of the writer: a panic becomes an error, the result waits for the commit.
fn act<T, E>(f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static, give: impl FnOnce(Result<T, E>) + Send + 'static) -> writer::Act
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    Box::new(move |conn| {
        let conn = match conn {
            Ok(conn) => conn,
            Err(error) => {
                give(Err(E::from(error)));
                return (false, Box::new(drop) as writer::Answer);
            }
        };
        let result = run(f, conn);
        let stands = result.is_ok();
        let answer: writer::Answer = Box::new(move |committed| {
            give(match committed {
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

fn write_pg<T, E: From<StoreError>>(pool: &Pool<Opener>, f: impl FnOnce(&mut AnyConn) -> Result<T, E>) -> Result<T, E> {
    let mut conn = begin(pool)?;
    let result = run(f, &mut conn);
    if result.is_ok() {
        <AnyConn as diesel::Connection>::TransactionManager::commit_transaction(&mut *conn).map_err(StoreError::from)?;
    } else {
        <AnyConn as diesel::Connection>::TransactionManager::rollback_transaction(&mut *conn).map_err(StoreError::from)?;
    }
    result
}

/// A connection within a transaction. One that the server has cut while it lay in the pool, as all are after a restart, is thrown away for
/// another: nothing was asked of it yet.
fn begin(pool: &Pool<Opener>) -> Result<PooledConnection<Opener>, StoreError> {
    let mut why = String::new();
    for _ in 0..=pool.max_size() {
        let mut conn = pool.get()?;
        match begin_on(&mut conn) {
            Err(StoreError::Away(said)) => why = said,
            begun => return begun.map(|()| conn),
        }
    }
    Err(StoreError::Away(why))
}

/// Begins a transaction, unless a newer program has changed the schema meanwhile.
fn begin_on(conn: &mut AnyConn) -> Result<(), StoreError> {
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
