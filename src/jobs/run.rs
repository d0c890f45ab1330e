//! One run of a job as its handler sees it: what it is given, what it gives back, and how it learns that it should stop.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::JobId;
use crate::domain::job::JobFault;
use crate::jobs::JobContext;
use crate::store::jobs::queue::{self, Progress};

/// Something to be written in the transaction that ends the job.
pub(super) type LastWrite = Box<dyn FnOnce(&mut Tx<'_>) -> Result<(), AppError> + Send>;

/// The result of a run.
pub struct RunResult {
    pub(super) count: usize,
    pub(super) write: Option<LastWrite>,
}

impl RunResult {
    /// The number of things that the run did.
    #[must_use]
    pub const fn of(count: usize) -> Self {
        Self { count, write: None }
    }

    /// With something that is written in the very transaction that ends the job: both, or neither.
    #[must_use]
    pub fn and_write(mut self, write: impl FnOnce(&mut Tx<'_>) -> Result<(), AppError> + Send + 'static) -> Self {
        self.write = Some(Box::new(write));
        self
    }
}

/// The reason why a run failed.
#[derive(Debug)]
pub struct RunError {
    pub(super) fault: JobFault,
    pub(super) error: String,
}

impl From<anyhow::Error> for RunError {
    fn from(error: anyhow::Error) -> Self {
        Self { fault: JobFault::Failed, error: format!("{error:#}") }
    }
}

impl RunError {
    /// That a payload can't be read.
    #[must_use]
    pub const fn unreadable(error: String) -> Self {
        Self { fault: JobFault::Unreadable, error }
    }
}

/// Reads a payload.
pub(super) fn decode<P: DeserializeOwned>(payload: &str) -> Result<P, RunError> {
    serde_json::from_str(payload).map_err(|error| RunError::unreadable(error.to_string()))
}

/// A job that this node has.
#[derive(Debug)]
pub(super) struct LeasedJob {
    pub(super) holder: String,
    pub(super) lease: chrono::Duration,
    /// The end of the lease, microseconds.
    pub(super) until: AtomicI64,
    /// From here on the lease is not renewed.
    pub(super) deadline: Moment,
    pub(super) is_lost: AtomicBool,
}

/// A job while it runs.
pub struct JobRun<'a> {
    /// Database, time, settings, mail.
    pub context: &'a JobContext,
    /// Signals that the node stops.
    pub stop: &'a Stop,
    pub(super) job: JobId,
    pub(super) held: &'a LeasedJob,
    pub(super) told: Cell<Option<Moment>>,
}

impl JobRun<'_> {
    /// Whether a long handler should end: the node stops, its time is over, or another node has the job.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stop.is_said() || self.is_late()
    }

    pub(super) fn is_late(&self) -> bool {
        self.held.is_lost.load(Ordering::Relaxed) || self.context.app.clock.now() > self.held.deadline
    }

    /// Reports the progress of the run; stored at most once a second.
    pub fn progress(&self, at: Progress) {
        let now = self.context.app.clock.now();
        if self.told.get().is_some_and(|told| (now - told).num_seconds().abs() < 1) {
            return;
        }
        self.told.set(Some(now));
        let (job, holder) = (self.job, self.held.holder.clone());
        match self.context.app.db.write_now(move |conn| queue::save_progress(conn, job, &holder, at)) {
            Ok(true) => {}
            Ok(false) => self.held.is_lost.store(true, Ordering::Relaxed),
            Err(error) => tracing::warn!(%job, %error, "how far a job has come could not be written down"),
        }
    }
}

/// Signals workers to stop, and lets them wait for the signal.
#[derive(Debug, Default)]
pub struct Stop {
    said: Mutex<bool>,
    waiting: Condvar,
}

impl Stop {
    /// Gives the signal.
    pub fn say(&self) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.waiting.notify_all();
    }

    /// Whether it has been said.
    #[must_use]
    pub fn is_said(&self) -> bool {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is said, or for `at_most`; `true` if it has been said.
    pub fn wait(&self, at_most: Duration) -> bool {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let (said, _) = self.waiting.wait_timeout_while(said, at_most, |said| !*said).unwrap_or_else(PoisonError::into_inner);
        *said
    }
}
