//! The job queue: enqueuing in the transaction of an act, and the administrators' operations on it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::events::{self, LedgerEvent};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, JobId};
use crate::domain::job::{BackupPayload, JobPayload};
pub use crate::domain::job::{JobFault, JobKind, JobState};
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Role;
pub use crate::store::jobs::listing::{JobFilter, JobQuery};
use crate::store::jobs::{self, JobRow, NewJob, listing};

/// A job as administrators see it, without its payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    #[schema(example = "check_ledger")]
    pub kind: String,
    /// Distinguishes jobs of the same kind: the sealed ledger, the number of a thread.
    pub key: Option<String>,
    /// Its state. A `waiting` job with attempts has failed and is tried again.
    pub state: JobState,
    /// Whether it is periodic.
    pub periodic: bool,
    /// The number of attempts since it last succeeded.
    pub attempts: i64,
    /// When it was enqueued.
    pub created_at: Moment,
    /// Its next start; only while it waits.
    pub next_run_at: Option<Moment>,
    /// The time at which a node took it; only while it runs.
    pub started_at: Option<Moment>,
    /// The time of its last success.
    pub done_at: Option<Moment>,
    /// The time of its last failure.
    pub failed_at: Option<Moment>,
    /// The reason for that failure, as a code.
    pub fault: Option<JobFault>,
    /// The reason for that failure, as the program's message.
    pub error: Option<String>,
    /// Its progress; only while it runs.
    pub progress: Option<JobProgress>,
}

/// The progress of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobProgress {
    /// The number of units done.
    pub done: i64,
    /// The total number of units, where it is known.
    pub total: Option<i64>,
    /// The unit that is counted.
    #[schema(example = "entries")]
    pub step: Option<String>,
}

/// The jobs to which an operation applies.
#[derive(Debug, Clone)]
pub enum JobSelection {
    /// The jobs with these ids.
    Ids(Vec<JobId>),
    /// All dead jobs, of one kind or of all kinds.
    Dead(Option<JobKind>),
}

/// Enqueues a job in the transaction of this act: if the act is rolled back, there is no job. Returns `false` if an open job has the same
/// key.
///
/// # Errors
/// Fails if a database operation fails.
pub fn enqueue<P: JobPayload>(tx: &mut Tx<'_>, payload: &P, channel: Option<ChannelId>) -> Result<bool, AppError> {
    let id = tx.id();
    Ok(jobs::enqueue(tx.conn, &NewJob::new(id, payload, channel, tx.now)?)?)
}

/// Lists the jobs of the channel and of the installation, newest first.
///
/// # Errors
/// [`Refusal::WrongRole`] for anybody but system administrators.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, query: &JobQuery, limit: i64) -> Result<Vec<JobView>, AppError> {
    actor.need(&[Role::SystemAdmin])?;
    Ok(listing::list(tx.conn, actor.channel, query, limit)?.into_iter().map(view).collect())
}

/// Converts a row into the administrators' view.
fn view(row: JobRow) -> JobView {
    let (waits, runs) = (row.state == JobState::Waiting, row.state == JobState::Running);
    let failing = row.is_failing() || matches!(row.state, JobState::Dead | JobState::Discarded);
    let progress = JobProgress { done: row.progress_done, total: row.progress_total, step: row.progress_step };
    JobView {
        id: row.id,
        periodic: row.kind.parse().is_ok_and(JobKind::is_periodic),
        kind: row.kind,
        key: row.unique_key.filter(|key| !key.is_empty()),
        state: row.state,
        attempts: row.attempts,
        created_at: row.created_at,
        next_run_at: waits.then_some(row.run_at),
        started_at: row.started_at.filter(|_| runs),
        done_at: row.done_at,
        failed_at: row.failed_at,
        fault: row.fault.filter(|_| failing),
        error: row.error.filter(|error| failing && !error.is_empty()),
        progress: (runs && progress.step.is_some()).then_some(progress),
    }
}

/// Starts a job again that is dead, or that failed and waits for its next attempt.
///
/// # Errors
/// [`Refusal::WrongRole`], [`AppError::NotFound`], and [`Refusal::WrongState`] for a job that did not fail.
pub fn retry(tx: &mut Tx<'_>, actor: &Actor, id: JobId) -> Result<(), AppError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    let row = find(tx, actor, id)?;
    if retry_row(tx, actor, permit, &row)? { Ok(()) } else { Err(wrong_state(&row)) }
}

/// Does the same for many at once; jobs that do not exist or did not fail are skipped. Returns how many were started again.
///
/// # Errors
/// Fails with [`Refusal::WrongRole`].
pub fn retry_many(tx: &mut Tx<'_>, actor: &Actor, chosen: JobSelection) -> Result<usize, AppError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    let ids = match chosen {
        JobSelection::Ids(ids) => ids,
        JobSelection::Dead(kind) => listing::dead_ids(tx.conn, actor.channel, kind.map(JobKind::as_str))?,
    };
    let mut again = 0;
    for id in ids {
        match find(tx, actor, id) {
            Ok(row) => again += usize::from(retry_row(tx, actor, permit, &row)?),
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(again)
}

/// Discards a job that is dead, or that failed and waits for its next attempt. Periodic jobs cannot be discarded while they are open.
///
/// # Errors
/// [`Refusal::WrongRole`], [`AppError::NotFound`], and [`Refusal::WrongState`] for a job that did not fail, or that continues by itself.
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, id: JobId) -> Result<(), AppError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    let row = find(tx, actor, id)?;
    let goes_on = row.state != JobState::Dead && row.kind.parse().is_ok_and(JobKind::is_periodic);
    if goes_on || !listing::discard(tx.conn, id, tx.now)? {
        return Err(wrong_state(&row));
    }
    record(tx, actor, permit, &row, "discard", JobState::Discarded)
}

/// Requests a backup, in addition to the nightly one. Nothing is added while a requested one waits or runs.
///
/// # Errors
/// [`Refusal::WrongRole`]; a violation where this node has no folder for backups.
pub fn begin_backup(tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    if tx.settings.backup.folder.is_none() {
        return Err(Violation::new("backup.folder", "no_backup_folder").into());
    }
    let id: JobId = tx.id();
    if jobs::enqueue(tx.conn, &NewJob::new(id, &BackupPayload { due: None }, None, tx.now)?)? {
        let facts = serde_json::json!({ "kind": JobKind::Backup });
        let to = Some(JobState::Waiting.as_str());
        events::append_event(tx, LedgerEvent { to, facts, ..LedgerEvent::new(actor.channel, actor.user, permit, "begin", "job", id.0) })?;
    }
    Ok(())
}

/// Loads a job that this administrator may see.
fn find(tx: &mut Tx<'_>, actor: &Actor, id: JobId) -> Result<JobRow, AppError> {
    let row = jobs::find(tx.conn, id)?;
    if row.channel_id.is_none_or(|channel| channel == actor.channel) { Ok(row) } else { Err(AppError::NotFound) }
}

fn wrong_state(row: &JobRow) -> AppError {
    Refusal::WrongState { state: ThingState::Job(row.state) }.into()
}

/// Starts a failed job again. If an open job has its key, that job is started instead.
fn retry_row(tx: &mut Tx<'_>, actor: &Actor, permit: Permit, row: &JobRow) -> Result<bool, AppError> {
    let rival = match &row.unique_key {
        Some(key) if row.state == JobState::Dead => listing::open_of(tx.conn, &row.kind, key)?,
        _ => None,
    };
    let done = match rival {
        Some(open) => {
            listing::hasten(tx.conn, open.id, tx.now)?;
            listing::discard(tx.conn, row.id, tx.now)?
        }
        None => listing::retry(tx.conn, row.id, tx.now)?,
    };
    if done {
        record(tx, actor, permit, row, "retry", JobState::Waiting)?;
    }
    Ok(done)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, permit: Permit, row: &JobRow, action: &str, to: JobState) -> Result<(), AppError> {
    let event = LedgerEvent {
        from: Some(row.state.as_str()),
        to: Some(to.as_str()),
        facts: serde_json::json!({ "kind": row.kind }),
        ..LedgerEvent::new(actor.channel, actor.user, permit, action, "job", row.id.0)
    };
    events::append_event(tx, event)?;
    Ok(())
}
