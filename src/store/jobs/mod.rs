//! The job queue: one row for each job. [`enqueue`] runs in the transaction of the act that needs the work, so that there is a job exactly
//! when the act is committed; [`queue`] is for the runner, [`listing`] for the people who watch the queue.

pub mod listing;
pub mod queue;

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, JobId};
use crate::domain::job::{JobFault, JobPayload, JobState};
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::schema::jobs;

/// A row of `jobs`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Its kind; possibly a word that only a newer program knows.
    pub kind: String,
    /// At most one open job of the kind has this key.
    pub unique_key: Option<String>,
    /// The payload, JSON.
    pub payload: String,
    /// Its channel; `None` stands for the installation.
    pub channel_id: Option<ChannelId>,
    /// Its state.
    pub state: JobState,
    /// The time when it was enqueued.
    pub created_at: Moment,
    /// Not run before.
    pub run_at: Moment,
    /// The number of attempts since its last success.
    pub attempts: i64,
    /// Which runner has it.
    pub lease_holder: Option<String>,
    /// The end of the lease.
    pub lease_until: Option<Moment>,
    /// The time of its last start.
    pub started_at: Option<Moment>,
    /// The time of its last success.
    pub done_at: Option<Moment>,
    /// The time of its last failure.
    pub failed_at: Option<Moment>,
    /// The reason, as a word.
    pub fault: Option<JobFault>,
    /// The reason, as the program's message.
    pub error: Option<String>,
    /// The time when it ended for good.
    pub ended_at: Option<Moment>,
    /// The finished part.
    pub progress_done: i64,
    /// The total, where it is known.
    pub progress_total: Option<i64>,
    /// The unit of the progress, or the present step: the end of a key of the catalogues.
    pub progress_step: Option<String>,
}

impl JobRow {
    /// Whether its last run failed.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failed_at.is_some_and(|failed| self.done_at.is_none_or(|done| done < failed))
    }
}

/// A job to be written.
#[derive(Debug, Clone)]
pub struct NewJob {
    id: JobId,
    kind: &'static str,
    unique_key: Option<String>,
    payload: String,
    channel: Option<ChannelId>,
    now: Moment,
    run_at: Moment,
}

impl NewJob {
    /// One that runs as soon as its transaction is committed.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a payload that is no JSON.
    pub fn new<P: JobPayload>(id: JobId, payload: &P, channel: Option<ChannelId>, now: Moment) -> Result<Self, StoreError> {
        let json = serde_json::to_string(payload).map_err(|error| StoreError::unreadable("jobs.payload", &error))?;
        Ok(Self { id, kind: P::KIND.as_str(), unique_key: payload.unique_key(), payload: json, channel, now, run_at: now })
    }

    /// Periodic work of which there is one row for each `key`.
    #[must_use]
    pub const fn periodic(id: JobId, kind: &'static str, key: String, payload: String, now: Moment) -> Self {
        Self { id, kind, unique_key: Some(key), payload, channel: None, now, run_at: now }
    }

    /// Not before this.
    #[must_use]
    pub const fn at(mut self, run_at: Moment) -> Self {
        self.run_at = run_at;
        self
    }
}

/// Writes a job. `false`: an open one of its kind has its key already.
///
/// # Errors
/// The store's.
pub fn enqueue(conn: &mut AnyConn, new: &NewJob) -> Result<bool, StoreError> {
    let row = (
        jobs::id.eq(new.id),
        jobs::kind.eq(new.kind),
        jobs::unique_key.eq(new.unique_key.as_deref()),
        jobs::payload.eq(new.payload.as_str()),
        jobs::channel_id.eq(new.channel),
        jobs::state.eq(JobState::Waiting),
        jobs::created_at.eq(new.now),
        jobs::run_at.eq(new.run_at),
    );
    Ok(DualBackend(diesel::insert_into(jobs::table).values(row).on_conflict_do_nothing()).execute(conn)? == 1)
}

/// One job, by its id.
///
/// # Errors
/// [`StoreError::NotFound`], or the store's.
pub fn find(conn: &mut AnyConn, id: JobId) -> Result<JobRow, StoreError> {
    Ok(jobs::table.filter(jobs::id.eq(id)).get_result(conn)?)
}
