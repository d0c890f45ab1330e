//! Threads with a connection each, whose statements stay prepared: those that read and, on PostgreSQL, those that write. A task waits in one
//! queue for the next free thread, so that no more of them run at once than there are connections, and none fights for a lock on them.
//!
//! A database that does not answer keeps its threads. Then nothing waits for long: what nobody waits for any more is passed over, and once
//! every thread has found that the database is away, or has been kept for longer than patience lasts, new tasks are refused at once. Threads
//! that found it away look for it again by themselves.
//!
//! On PostgreSQL a thread beside the readers cancels what takes longer than it may: `statement_timeout` bounds one statement and not all of a
//! reading together, and `transaction_timeout`, which does, is there from PostgreSQL 17 on and closes the connection.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;
use diesel::sql_types::{Array, Double, Integer};
use sqlite_deadline::Deadline;

use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::opener::Opener;

/// Something to be done on a connection.
pub(crate) trait Task: Send {
    /// Whether somebody still waits for it.
    fn is_wanted(&self) -> bool;

    /// Does it, within a transaction that has begun; or hears why there is none.
    fn run(self: Box<Self>, conn: Result<&mut AnyConn, StoreError>);
}

/// Between two looks whether the database has come back.
const LOOK: Duration = Duration::from_millis(300);

/// How a transaction begins.
pub(crate) type Begin = fn(&mut AnyConn) -> Result<(), StoreError>;

/// How many threads there are, and how much may wait for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolSize {
    /// Threads, each with a connection.
    pub(crate) threads: u32,
    /// Tasks that may wait.
    pub(crate) queue: usize,
    /// A thread that a task has kept for longer is not counted on.
    pub(crate) patience: Duration,
    /// After this time what a task still asks of the database is stopped, with [`StoreError::TooSlow`].
    pub(crate) limit: Option<Duration>,
}

/// The way to the threads; they end when it is dropped.
pub(crate) struct ConnectionThreads {
    queue: Arc<TaskQueue>,
    size: PoolSize,
}

#[derive(Default)]
struct TaskQueue {
    waiting: Mutex<WaitingTask>,
    /// Rings for each task that comes, and at the end.
    bell: Condvar,
    /// Rings at the end, for those who take no task.
    end: Condvar,
}

#[derive(Default)]
struct WaitingTask {
    tasks: VecDeque<Box<dyn Task>>,
    threads: Vec<ThreadState>,
    /// The process of PostgreSQL that each thread's connection speaks to.
    sessions: Vec<Option<i32>>,
    closed: bool,
}

/// What a thread is at.
#[derive(Debug, Clone, Copy)]
enum ThreadState {
    /// Waits for a task.
    Free,
    /// Has had one since then.
    Busy(Instant),
    /// Looks whether the database has come back.
    Away,
}

impl ConnectionThreads {
    /// Starts the threads; each opens its connection at its first task.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub(crate) fn start(name: &str, opener: &Opener, size: PoolSize, begin: Begin) -> Result<Self, StoreError> {
        let started = Self { queue: Arc::default(), size };
        let threads = usize::try_from(size.threads.max(1)).unwrap_or(1);
        {
            let mut waiting = started.queue.lock();
            (waiting.threads, waiting.sessions) = (vec![ThreadState::Free; threads], vec![None; threads]);
        }
        let spawned = |error: std::io::Error| StoreError::Database(error.to_string());
        if let Some(limit) = size.limit.filter(|_| opener.sqlite_path().is_none()) {
            let (queue, opener) = (Arc::clone(&started.queue), opener.clone());
            let thread = std::thread::Builder::new().name(format!("{name}-limit"));
            thread.spawn(move || cancel_overdue(&queue, &opener, limit)).map_err(spawned)?;
        }
        for number in 0..threads {
            let (queue, opener) = (Arc::clone(&started.queue), opener.clone());
            let thread = std::thread::Builder::new().name(format!("{name}-{number}"));
            let limit = size.limit;
            thread.spawn(move || Thread { queue: &queue, number, opener: &opener, begin, limit }.work()).map_err(spawned)?;
        }
        Ok(started)
    }

    /// Puts a task into the queue.
    ///
    /// # Errors
    /// [`StoreError::Away`] while the database has answered none of the threads for longer than patience lasts, [`StoreError::Busy`] when too many wait.
    pub(crate) fn send(&self, task: Box<dyn Task>) -> Result<(), StoreError> {
        self.send_back(task).map_err(|(_, error)| error)
    }

    /// The same, giving the task back with the error.
    pub(crate) fn send_back(&self, task: Box<dyn Task>) -> Result<(), (Box<dyn Task>, StoreError)> {
        let mut waiting = self.queue.lock();
        let cannot = |thread: &ThreadState| match thread {
            ThreadState::Free => false,
            ThreadState::Busy(since) => since.elapsed() > self.size.patience,
            ThreadState::Away => true,
        };
        if waiting.threads.iter().all(cannot) {
            return Err((task, StoreError::Away("it has answered nobody for a while".to_owned())));
        }
        if waiting.tasks.len() >= self.size.queue.max(1) {
            return Err((task, StoreError::Busy));
        }
        waiting.tasks.push_back(task);
        drop(waiting);
        self.queue.bell.notify_one();
        Ok(())
    }
}

impl Drop for ConnectionThreads {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.bell.notify_all();
        self.queue.end.notify_all();
    }
}

impl TaskQueue {
    fn lock(&self) -> MutexGuard<'_, WaitingTask> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next task that somebody waits for; none when the way is closed and nothing waits any more.
    fn next(&self, number: usize) -> Option<Box<dyn Task>> {
        let mut waiting = self.lock();
        loop {
            match waiting.tasks.pop_front() {
                Some(task) if task.is_wanted() => {
                    waiting.threads[number] = ThreadState::Busy(Instant::now());
                    return Some(task);
                }
                Some(_) => {}
                None if waiting.closed => return None,
                None => {
                    waiting.threads[number] = ThreadState::Free;
                    waiting = self.bell.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    /// Waits a moment; `false` when the way is closed.
    fn pause(&self, number: usize) -> bool {
        let mut waiting = self.lock();
        waiting.threads[number] = ThreadState::Away;
        let (waiting, _) = self.end.wait_timeout_while(waiting, LOOK, |waiting| !waiting.closed).unwrap_or_else(PoisonError::into_inner);
        !waiting.closed
    }

    /// Waits a moment, and gives the processes of PostgreSQL that have been busy with one task for longer than `limit`; none when the way is
    /// closed.
    fn overdue(&self, limit: Duration) -> Option<Vec<i32>> {
        let (waiting, _) =
            self.end.wait_timeout_while(self.lock(), LOOK, |waiting| !waiting.closed).unwrap_or_else(PoisonError::into_inner);
        let is_overdue = |state: &ThreadState| matches!(state, ThreadState::Busy(since) if since.elapsed() >= limit);
        let of_threads = waiting.threads.iter().zip(&waiting.sessions);
        (!waiting.closed).then(|| of_threads.filter(|(state, _)| is_overdue(state)).filter_map(|(_, session)| *session).collect())
    }
}

/// One of the threads.
struct Thread<'q> {
    queue: &'q TaskQueue,
    number: usize,
    opener: &'q Opener,
    begin: Begin,
    limit: Option<Duration>,
}

impl Thread<'_> {
    fn work(&self) {
        let mut kept: Option<AnyConn> = None;
        while let Some(task) = self.queue.next(self.number) {
            let began = Instant::now();
            match self.begun(&mut kept) {
                Ok(conn) => {
                    // After a panic, or when the line is cut, the connection is not to be trusted: the next task opens another one.
                    let deadline = self.limit.map(|limit| Deadline::at(began + limit));
                    let whole = catch_unwind(AssertUnwindSafe(|| task.run(Ok(conn)))).is_ok();
                    drop(deadline);
                    kept = kept.filter(|_| whole);
                    if kept.as_mut().is_some_and(R2D2Connection::is_broken) {
                        kept = None;
                    }
                }
                Err(error) => {
                    let is_away = matches!(error, StoreError::Away(_));
                    task.run(Err(error));
                    if is_away {
                        kept = self.come_back();
                    }
                }
            }
        }
    }

    /// The connection within a transaction. One that the server has cut while it lay still, as all are after a restart, is changed for
    /// another: nothing was asked of it yet.
    fn begun<'c>(&self, kept: &'c mut Option<AnyConn>) -> Result<&'c mut AnyConn, StoreError> {
        if let Some(conn) = kept.as_mut() {
            match (self.begin)(conn) {
                Err(StoreError::Away(_)) => *kept = None,
                Err(error) => return Err(error),
                Ok(()) => {}
            }
        }
        match kept {
            Some(conn) => Ok(conn),
            None => {
                let mut conn = self.opener.open().map_err(|error| StoreError::Away(error.to_string()))?;
                if self.limit.is_some() {
                    self.queue.lock().sessions[self.number] = session(&mut conn)?;
                }
                (self.begin)(&mut conn)?;
                Ok(kept.insert(conn))
            }
        }
    }

    /// Looks for the database until it answers, and gives the connection.
    fn come_back(&self) -> Option<AnyConn> {
        while self.queue.pause(self.number) {
            if let Ok(conn) = self.opener.open() {
                return Some(conn);
            }
        }
        None
    }
}

/// The next reading of the same connection has a later start: it is not the one that is meant.
const CANCEL: &str = "SELECT count(pg_cancel_backend(pid))::int AS number FROM pg_stat_activity \
    WHERE pid = ANY($1) AND xact_start <= clock_timestamp() - make_interval(secs => $2)";

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// The process of PostgreSQL that this connection speaks to; none on SQLite.
fn session(conn: &mut AnyConn) -> Result<Option<i32>, StoreError> {
    let AnyConn::Pg(conn) = conn else { return Ok(None) };
    Ok(Some(diesel::sql_query("SELECT pg_backend_pid() AS number").get_result::<SessionRow>(conn)?.number))
}

/// Cancels what has taken longer than `limit`, until the way to the threads is closed. Each statement has its own limit beside it, should no
/// further connection be had.
fn cancel_overdue(queue: &TaskQueue, opener: &Opener, limit: Duration) {
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
