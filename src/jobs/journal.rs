//! What became of each job, for the administrators' page. A node writes it down at most once a minute and job, and at once when
//! a job begins to fail or works again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::clock::{Clock, Moment};
use crate::store::{AnyConn, Db, StoreError, job_runs};

/// Between two notes of one job.
const PAUSE_SECONDS: i64 = 60;
/// Characters of a failure that are kept.
const FAILURE_CHARS: usize = 300;

/// The journal of a node. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Journal {
    db: Db,
    clock: Clock,
    node: Arc<str>,
    noted: Arc<Mutex<BTreeMap<&'static str, (Moment, bool)>>>,
}

/// A note that is to be written.
pub(super) struct Note {
    name: &'static str,
    node: Arc<str>,
    at: Moment,
    failure: Option<String>,
}

impl Note {
    pub(super) fn write(&self, conn: &mut AnyConn) -> Result<(), StoreError> {
        job_runs::note(conn, self.name, &self.node, self.at, self.failure.as_deref())
    }
}

impl Journal {
    /// For a node of this name.
    #[must_use]
    pub fn new(db: Db, clock: Clock, node: Arc<str>) -> Self {
        Self { db, clock, node, noted: Arc::default() }
    }

    /// What to write of a run, if it is to be written.
    pub(super) fn due(&self, name: &'static str, failure: Option<String>) -> Option<Note> {
        let (at, good) = (self.clock.now(), failure.is_none());
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |(before, was_good): &(Moment, bool)| *was_good == good && (at - *before).num_seconds().abs() < PAUSE_SECONDS;
        if noted.get(name).is_some_and(fresh) {
            return None;
        }
        noted.insert(name, (at, good));
        let failure = failure.map(|why| why.chars().take(FAILURE_CHARS).collect());
        Some(Note { name, node: Arc::clone(&self.node), at, failure })
    }

    /// Writes down what became of a run; a journal that can't be written is only told in the log.
    pub fn note<T>(&self, name: &'static str, done: &anyhow::Result<T>) {
        let failure = done.as_ref().err().map(|error| format!("{error:#}"));
        if let Some(note) = self.due(name, failure)
            && let Err(error) = self.db.write_now(move |conn| note.write(conn))
        {
            tracing::warn!(job = name, %error, "what became of a job could not be written down");
        }
    }
}
