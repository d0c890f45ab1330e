//! The job queue: one row a job. [`enqueue`] runs in the transaction of the act that wants the work, so that there is a job exactly when
//! the act stands; [`queue`] is the side of the runner, [`listing`] that of the people who watch it.

pub mod listing;
pub mod queue;

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, JobId};
use crate::domain::job::{JobFault, JobPayload, JobState};
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::schema::jobs;

/// A row as it is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What it does; perhaps a word that only a newer program knows.
    pub kind: String,
    /// At most one open job of the kind has this key.
    pub unique_key: Option<String>,
    /// What it needs to know, JSON.
    pub payload: String,
    /// For whom it works; `None` is the installation.
    pub channel_id: Option<ChannelId>,
    /// How it stands.
    pub state: JobState,
    /// When it was enqueued.
    pub created_at: Moment,
    /// Not run before.
    pub run_at: Moment,
    /// How often it was begun since it last did its work.
    pub attempts: i64,
    /// Which runner has it.
    pub lease_holder: Option<String>,
    /// Until when.
    pub lease_until: Option<Moment>,
    /// When it was begun last.
    pub started_at: Option<Moment>,
    /// When it last did its work.
    pub done_at: Option<Moment>,
    /// When it last failed.
    pub failed_at: Option<Moment>,
    /// Why, as a word.
    pub fault: Option<JobFault>,
    /// Why, in the program's words.
    pub error: Option<String>,
    /// When it ended for good.
    pub ended_at: Option<Moment>,
    /// How much of it is done.
    pub progress_done: i64,
    /// Of how much, where that is known.
    pub progress_total: Option<i64>,
    /// What is counted, or which step it is at: the end of a key of the catalogues.
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
