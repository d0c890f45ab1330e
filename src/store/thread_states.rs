//! The states of the threads that have the connections, and pauses that end with their pool.

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time between two attempts to reach a database that is away, and between two looks for overdue readings.
const LOOK: Duration = Duration::from_millis(300);

/// The state of each thread, and the process of PostgreSQL behind its connection.
pub(crate) struct ThreadStates(pub(crate) Mutex<Vec<(ThreadState, Option<i32>)>>);

/// The state of a thread.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ThreadState {
    /// Waits for a task.
    Free,
    /// Has had one since then.
    Busy(Instant),
    /// Waits for the database to come back.
    Away,
}

/// Pauses that end early when the pool is dropped.
#[derive(Clone)]
pub(crate) struct Pauses(pub(crate) flume::Receiver<Infallible>);

impl Pauses {
    /// Waits for [`LOOK`]; `false` when the pool has been dropped.
    pub(crate) fn pause(&self) -> bool {
        matches!(self.0.recv_timeout(LOOK), Err(flume::RecvTimeoutError::Timeout))
    }
}

impl ThreadStates {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<(ThreadState, Option<i32>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether every thread waits for the database or has been busy with its task for longer than `patience`.
    pub(crate) fn have_all_lost_the_database(&self, patience: Duration) -> bool {
        self.lock().iter().all(|(state, _)| match state {
            ThreadState::Free => false,
            ThreadState::Busy(since) => since.elapsed() > patience,
            ThreadState::Away => true,
        })
    }

    /// The processes of PostgreSQL that have been busy with one task for longer than `limit`.
    pub(crate) fn overdue(&self, limit: Duration) -> Vec<i32> {
        let is_overdue = |state: &ThreadState| matches!(state, ThreadState::Busy(since) if since.elapsed() >= limit);
        self.lock().iter().filter(|(state, _)| is_overdue(state)).filter_map(|(_, session)| *session).collect()
    }
}
