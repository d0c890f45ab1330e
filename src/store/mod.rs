//! All SQL. The module is the noun, the function the verb: `manuscripts::find`. May import `domain` and `config` only.
//!
//! All access goes through [`Db::read`] and [`Db::write`]; the functions that run there take `&mut AnyConn`.

pub(crate) mod accounts;
pub(crate) mod adoptions;
pub(crate) mod assignments;
pub(crate) mod attachments;
pub mod board;
pub(crate) mod bulletins;
pub mod calendars;
pub(crate) mod change_requests;
pub(crate) mod channels;
pub mod connection;
mod connection_threads;
pub mod deadlines;
pub(crate) mod decisions;
pub(crate) mod endorsements;
pub mod error;
pub(crate) mod form_drafts;
mod grouping;
pub mod health;
pub mod idempotency;
pub mod interleave;
pub mod jobs;
pub mod leases;
pub mod ledger;
pub mod letters;
pub mod limits;
pub(crate) mod listing;
pub mod log;
pub mod mail_servers;
pub mod mail_settings;
pub(crate) mod manuscripts;
mod matching;
pub(crate) mod merged_suggestions;
pub mod migrate;
pub mod opener;
mod overdue;
pub(crate) mod people;
pub mod person_versions;
pub(crate) mod persons;
pub mod pg_tools;
pub mod pooler;
pub(crate) mod promises;
pub mod proof;
pub(crate) mod queues;
pub(crate) mod ratings;
pub(crate) mod recipients;
pub(crate) mod replies;
pub(crate) mod reports;
pub mod rows;
pub mod schema;
pub mod secrets;
pub mod snapshot;
pub(crate) mod stand_ins;
pub(crate) mod statistics;
pub(crate) mod tasks;
pub(crate) mod texts;
mod thread_states;
pub(crate) mod throttles;
pub(crate) mod tokens;
pub mod types;
mod wal;
pub mod webhooks;
pub(crate) mod write_buffer;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::Pool;
use tokio::sync::oneshot;
use uuid::Uuid;

pub use connection::AnyConn;
pub use error::{ConstraintKind, StoreError};

use crate::config::Settings;
use crate::store::connection_threads::{ConnectionThreads, PoolSize};
use crate::store::grouping::GroupQueue;
use crate::store::interleave::Interleave;
use crate::store::limits::DatabaseTimeouts;
use crate::store::opener::Opener;
use crate::store::tasks::{DatabaseTask, Give, GroupedAct, ReadTask, TaskReply, Writing};
use crate::store::writer::{WriteJob, Writer};

/// The database. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Db {
    opener: Opener,
    /// For readings that wait on their own thread: jobs and commands.
    pool: Pool<Opener>,
    readers: Arc<ConnectionThreads>,
    /// For long readings, so that no other one waits for them.
    long_readers: Arc<ConnectionThreads>,
    door: Door,
    /// How long a request waits in all.
    patience: Duration,
    /// How long a request with a long reading waits in all.
    long_patience: Duration,
    interleave: Interleave,
}

#[derive(Clone)]
enum Door {
    Sqlite(Writer),
    Pg { threads: Arc<ConnectionThreads>, groups: GroupQueue },
}

impl Db {
    /// Opens the database of these settings. The schema is not touched; see [`migrate`].
    ///
    /// # Errors
    /// When it can't be reached, or when the SQLite library is too old.
    pub fn open(settings: &Settings) -> Result<Self, StoreError> {
        let of = &settings.database;
        let opener = Opener::new(&settings.database_url(), DatabaseTimeouts::from(of))?;
        let wait = Duration::from_secs(of.connect_timeout_seconds);
        let size = |threads, queue| PoolSize { threads, queue, patience: wait, limit: None };
        if opener.sqlite_path().is_some() && !sqlite_deadline::install() {
            return Err(StoreError::Database("SQLite has no memory".to_owned()));
        }
        let interleave = Interleave::default();
        let door = if opener.sqlite_path().is_some() {
            migrate::check_sqlite_version(&mut opener.open().map_err(|error| StoreError::Away(error.to_string()))?)?;
            Door::Sqlite(Writer::start(opener.clone(), of.write_batch, of.write_queue)?)
        } else {
            let threads = ConnectionThreads::start("writer", &opener, size(of.writers, of.write_queue), tasks::begin_writing)?;
            let threads = Arc::new(threads);
            let groups = GroupQueue::new(Arc::clone(&threads), of.write_batch, of.write_queue, interleave.clone());
            Door::Pg { threads, groups }
        };
        let reading = |name, size: PoolSize| {
            let opener = Opener::new(&settings.database_url(), DatabaseTimeouts::from(of).for_readings(size.limit))?;
            Ok::<_, StoreError>(Arc::new(ConnectionThreads::start(name, &opener, size, AnyConn::begin_snapshot)?))
        };
        let (limit, long_limit) = (Duration::from_secs(of.read_timeout_seconds), Duration::from_secs(of.long_read_timeout_seconds));
        let readers = reading("reader", PoolSize { limit: Some(limit), ..size(of.readers, of.read_queue) })?;
        // A long reading is no sign that the database does not answer.
        let long = PoolSize { limit: Some(long_limit), patience: long_limit + wait, ..size(of.long_readers, of.long_read_queue) };
        let long_readers = reading("long-reader", long)?;
        // An idle connection may have been cut, so it is tested first.
        let pool = Pool::builder().max_size(of.readers.max(1)).min_idle(Some(1)).test_on_check_out(true).connection_timeout(wait);
        let pool = pool.build(opener.clone()).map_err(|error| StoreError::Database(error.to_string()))?;
        let patience = Duration::from_secs(of.answer_timeout_seconds);
        let long_patience = long_limit + patience;
        Ok(Self { pool, opener, readers, long_readers, door, patience, long_patience, interleave })
    }

    /// Opens a separate connection, for migrations and long reads.
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

    /// Reads, on a thread of the readers. All statements of `f` see the snapshot of the first one. A reading that takes longer than
    /// `database.read_timeout_seconds` is stopped.
    ///
    /// # Errors
    /// The error of `f`, or the store's; [`StoreError::TooSlow`].
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (give, take) = oneshot::channel();
        self.readers.send(Box::new(ReadTask { read: tasks::work(f), give: Give::Request(give) }))?;
        tasks::unboxed(answer(take, self.patience).await)
    }

    /// Runs a long reading, on threads that do nothing else, for `database.long_read_timeout_seconds` at most.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_long<T, E>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (give, take) = oneshot::channel();
        self.long_readers.send(Box::new(ReadTask { read: tasks::work(f), give: Give::Request(give) }))?;
        tasks::unboxed(answer(take, self.long_patience).await)
    }

    /// Reads on this thread; not for async code. It is for jobs and commands, for which no request waits: on PostgreSQL each statement is
    /// bounded by `database.statement_timeout_seconds`, on SQLite there is no limit, and the connection is none of those that serve
    /// requests.
    ///
    /// # Errors
    /// The error of `f`, or the store's.
    pub fn read_now<T, E: From<StoreError>>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.pool.get().map_err(StoreError::from)?;
        conn.begin_snapshot()?;
        let answer = f(&mut conn);
        tasks::end_reading(&mut conn);
        answer
    }

    /// Writes: `f` runs in one transaction, and its result is returned only once that is on the disk. If it fails or panics, the
    /// transaction is rolled back.
    ///
    /// # Errors
    /// The error of `f`, or the store's.
    pub async fn write<T, E>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (give, take) = oneshot::channel();
        self.send(tasks::work(f), Give::Request(give))?;
        tasks::unboxed(answer(take, self.patience).await)
    }

    /// Writes as [`Db::write`] does, together with other waiting acts. `f` may be called a second time, after its changes were rolled back;
    /// it writes only through functions that use the buffer of a group, and does not read what it has written (see [`grouping`]). `keys`
    /// are the ids of what it reads and changes: two acts that share one are not run together.
    ///
    /// # Errors
    /// The error of `f`, or the store's.
    pub async fn write_grouped<T, E>(&self, keys: Vec<Uuid>, f: impl FnMut(&mut AnyConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (give, take) = oneshot::channel();
        let act = GroupedAct { run: tasks::repeatable(f), give: Give::Request(give), keys };
        match &self.door {
            Door::Sqlite(writer) => writer.send(WriteJob::Grouped(act))?,
            Door::Pg { groups, .. } => groups.send(act)?,
        }
        tasks::unboxed(answer(take, self.patience).await)
    }

    /// Writes and waits on this thread; not for async code.
    ///
    /// # Errors
    /// The error of `f`, or the store's.
    pub fn write_now<T, E>(&self, f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (give, take) = std::sync::mpsc::sync_channel(1);
        self.send(tasks::work(f), Give::Thread(give))?;
        tasks::unboxed(take.recv().unwrap_or(Err(StoreError::Panicked)))
    }

    /// Sends a writing to the writing threads.
    fn send(&self, write: DatabaseTask, give: Give) -> Result<(), StoreError> {
        let write = self.watched(write);
        match &self.door {
            Door::Sqlite(writer) => writer.send(WriteJob::Single(tasks::act(write, give))),
            Door::Pg { threads, .. } => threads.send(Box::new(Writing { write, give })),
        }
    }

    fn watched(&self, write: DatabaseTask) -> DatabaseTask {
        let interleave = self.interleave.clone();
        Box::new(move |conn| {
            let is_watched = interleave.watch(conn);
            let done = write(conn);
            if is_watched {
                Interleave::leave(conn);
            }
            done
        })
    }
}

/// Waits for an answer, but not longer than a request may.
async fn answer(take: oneshot::Receiver<TaskReply>, patience: Duration) -> TaskReply {
    match tokio::time::timeout(patience, take).await {
        Ok(answer) => answer.unwrap_or(Err(StoreError::Panicked)),
        Err(_) => Err(StoreError::Away(format!("it has not answered for {} s", patience.as_secs()))),
    }
}
