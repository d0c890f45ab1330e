//! Threads with a connection each, whose statements stay prepared: those that read and, on PostgreSQL, those that write. A task waits in one
//! queue, a channel of the crate `flume`, for the next free thread. So no more tasks run at once than there are connections, and no task waits
//! for a lock on a connection.
//!
//! A database that does not answer keeps the threads busy. Then no request waits for long: tasks whose caller has gone are skipped, and once
//! every thread has found that the database is away, or has been busy with one task for longer than `patience`, new tasks are refused at
//! once. Threads that found it away try to reach it again by themselves.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::r2d2::R2D2Connection;
use sqlite_deadline::Deadline;

use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::opener::Opener;
use crate::store::overdue;
use crate::store::thread_states::{Pauses, ThreadState, ThreadStates};

/// Work that needs a connection.
pub(crate) trait Task: Send {
    /// Whether the caller still waits for it.
    fn is_wanted(&self) -> bool;

    /// Runs within a transaction that has begun, or is given the error for which there is none.
    fn run(self: Box<Self>, conn: Result<&mut AnyConn, StoreError>);
}

/// Begins a transaction.
pub(crate) type Begin = fn(&mut AnyConn) -> Result<(), StoreError>;

/// The number of threads, the length of the queue, and the time limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolSize {
    /// Threads, each with a connection.
    pub(crate) threads: u32,
    /// Tasks that may wait.
    pub(crate) queue: usize,
    /// A thread that has been busy with one task for longer counts as lost.
    pub(crate) patience: Duration,
    /// After this time the statements of a task are stopped, with [`StoreError::TooSlow`].
    pub(crate) limit: Option<Duration>,
}

/// The sending end of the queue, and the states of the threads. The threads end when it is dropped.
pub(crate) struct ConnectionThreads {
    tasks: flume::Sender<Box<dyn Task>>,
    states: Arc<ThreadStates>,
    size: PoolSize,
    /// Its drop ends every pause.
    _end: flume::Sender<Infallible>,
}

impl ConnectionThreads {
    /// Starts the threads; each opens its connection at its first task.
    ///
    /// # Errors
    /// When the system provides no more threads.
    pub(crate) fn start(name: &str, opener: &Opener, size: PoolSize, begin: Begin) -> Result<Self, StoreError> {
        let threads = usize::try_from(size.threads.max(1)).unwrap_or(1);
        let states = Arc::new(ThreadStates(Mutex::new(vec![(ThreadState::Free, None); threads])));
        let (sender, tasks) = flume::bounded(size.queue.max(1));
        let (end, pauses) = flume::bounded(0);
        let pauses = Pauses(pauses);
        let spawned = |error: std::io::Error| StoreError::Database(error.to_string());
        if let Some(limit) = size.limit.filter(|_| opener.sqlite_path().is_none()) {
            let (states, pauses, opener) = (Arc::clone(&states), pauses.clone(), opener.clone());
            let thread = std::thread::Builder::new().name(format!("{name}-limit"));
            thread.spawn(move || overdue::cancel_overdue(&states, &pauses, &opener, limit)).map_err(spawned)?;
        }
        for number in 0..threads {
            let (tasks, states, pauses, opener) = (tasks.clone(), Arc::clone(&states), pauses.clone(), opener.clone());
            let thread = std::thread::Builder::new().name(format!("{name}-{number}"));
            let limit = size.limit;
            let work = move || Thread { tasks, states: &states, pauses, number, opener: &opener, begin, limit }.work();
            thread.spawn(work).map_err(spawned)?;
        }
        Ok(Self { tasks: sender, states, size, _end: end })
    }

    /// Puts a task into the queue.
    ///
    /// # Errors
    /// [`StoreError::Away`] while the database has answered none of the threads for longer than their patience, [`StoreError::Busy`] when the
    /// queue is full.
    pub(crate) fn send(&self, task: Box<dyn Task>) -> Result<(), StoreError> {
        self.send_back(task).map_err(|(_, error)| error)
    }

    /// Like [`Self::send`], and returns the task with the error.
    pub(crate) fn send_back(&self, task: Box<dyn Task>) -> Result<(), (Box<dyn Task>, StoreError)> {
        if self.states.have_all_lost_the_database(self.size.patience) {
            return Err((task, StoreError::Away("it has answered nobody for a while".to_owned())));
        }
        self.tasks.try_send(task).map_err(|error| (error.into_inner(), StoreError::Busy))
    }
}

/// One of the threads.
struct Thread<'q> {
    tasks: flume::Receiver<Box<dyn Task>>,
    states: &'q ThreadStates,
    pauses: Pauses,
    number: usize,
    opener: &'q Opener,
    begin: Begin,
    limit: Option<Duration>,
}

impl Thread<'_> {
    fn work(&self) {
        let mut kept: Option<AnyConn> = None;
        while let Some(task) = self.next() {
            let began = Instant::now();
            match self.begun(&mut kept) {
                Ok(conn) => {
                    // After a panic, or when the line is cut, the connection is not used again: the next task opens another one.
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

    fn set_state(&self, state: ThreadState) {
        self.states.lock()[self.number].0 = state;
    }

    /// The next task whose caller still waits; `None` when the pool has been dropped and the queue is empty.
    fn next(&self) -> Option<Box<dyn Task>> {
        self.set_state(ThreadState::Free);
        let task = self.tasks.iter().find(|task| task.is_wanted())?;
        self.set_state(ThreadState::Busy(Instant::now()));
        Some(task)
    }

    /// Begins a transaction on the thread's connection. A connection that the server has cut while it was idle, as all are after a restart, is
    /// replaced: no statement was sent on it yet.
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
                    let session = overdue::session(&mut conn)?;
                    self.states.lock()[self.number].1 = session;
                }
                (self.begin)(&mut conn)?;
                Ok(kept.insert(conn))
            }
        }
    }

    /// Tries to reach the database until it answers, and returns the connection.
    fn come_back(&self) -> Option<AnyConn> {
        self.set_state(ThreadState::Away);
        while self.pauses.pause() {
            if let Ok(conn) = self.opener.open() {
                return Some(conn);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::config::Settings;
    use crate::store::limits::DatabaseTimeouts;

    /// Reports that it began, and waits for the permission to end.
    struct Waiting {
        name: &'static str,
        is_wanted: bool,
        begun: mpsc::Sender<&'static str>,
        permission: Arc<Mutex<mpsc::Receiver<()>>>,
    }

    impl Task for Waiting {
        fn is_wanted(&self) -> bool {
            self.is_wanted
        }

        fn run(self: Box<Self>, conn: Result<&mut AnyConn, StoreError>) {
            assert!(conn.is_ok());
            self.begun.send(self.name).unwrap();
            let _ = self.permission.lock().unwrap().recv();
        }
    }

    /// One thread, whose first task has begun and waits; and the way to send more of them.
    struct BusyThread {
        pool: ConnectionThreads,
        begun: mpsc::Sender<&'static str>,
        begins: mpsc::Receiver<&'static str>,
        permit: mpsc::Sender<()>,
        permission: Arc<Mutex<mpsc::Receiver<()>>>,
        _folder: tempfile::TempDir,
    }

    impl BusyThread {
        fn start(patience: Duration) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}", folder.path().join("a.db").display());
            let opener = Opener::new(&url, DatabaseTimeouts::from(&Settings::read(None, []).unwrap().database)).unwrap();
            let size = PoolSize { threads: 1, queue: 2, patience, limit: None };
            let pool = ConnectionThreads::start("test", &opener, size, |_| Ok(())).unwrap();
            let ((begun, begins), (permit, permission)) = (mpsc::channel(), mpsc::channel());
            let started = Self { pool, begun, begins, permit, permission: Arc::new(Mutex::new(permission)), _folder: folder };
            started.send("first", true).unwrap();
            assert_eq!(started.begins.recv(), Ok("first"));
            started
        }

        fn send(&self, name: &'static str, is_wanted: bool) -> Result<(), StoreError> {
            let (begun, permission) = (self.begun.clone(), Arc::clone(&self.permission));
            self.pool.send(Box::new(Waiting { name, is_wanted, begun, permission }))
        }
    }

    #[test]
    fn the_queue_is_bounded_and_finished_at_the_end() {
        let busy = BusyThread::start(Duration::from_secs(60));
        busy.send("abandoned", false).unwrap();
        busy.send("second", true).unwrap();
        assert!(matches!(busy.send("third", true), Err(StoreError::Busy)));
        let BusyThread { pool, begun, begins, permit, .. } = busy;
        drop((pool, begun, permit));
        assert_eq!(begins.iter().collect::<Vec<_>>(), ["second"], "what waits is done, and then the thread ends");
    }

    #[test]
    fn while_no_thread_answers_tasks_are_refused_at_once() {
        let busy = BusyThread::start(Duration::ZERO);
        assert!(matches!(busy.send("second", true), Err(StoreError::Away(_))));
    }
}
