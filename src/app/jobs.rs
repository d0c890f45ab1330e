//! The job queue: enqueuing in the transaction of an act, and what administrators see of it and do to it.

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

/// A job as administrators see it; never its payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// What it does.
    #[schema(example = "check_ledger")]
    pub kind: String,
    /// Which one of several of its kind: the ledger that is sealed, the number of a thread.
    pub key: Option<String>,
    /// How it stands. `waiting` with attempts has failed and is tried again.
    pub state: JobState,
    /// Whether it is done again and again.
    pub periodic: bool,
    /// How often it was begun since it last did its work.
    pub attempts: i64,
    /// When it was enqueued.
    pub created_at: Moment,
    /// When it runs next; only while it waits.
    pub next_run_at: Option<Moment>,
    /// Since when a node has it; only while it runs.
    pub started_at: Option<Moment>,
    /// When it last did its work.
    pub done_at: Option<Moment>,
    /// When it last failed.
    pub failed_at: Option<Moment>,
    /// Why it failed then, as a word.
    pub fault: Option<JobFault>,
    /// Why it failed then, in the program's words.
    pub error: Option<String>,
    /// How far it has come; only while it runs.
    pub progress: Option<JobProgress>,
}

/// How far a job has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobProgress {
    /// How much is done.
    pub done: i64,
    /// Of how much, where that is known.
    pub total: Option<i64>,
    /// What is counted.
    #[schema(example = "entries")]
    pub step: Option<String>,
}

/// Which jobs an act is about.
#[derive(Debug, Clone)]
pub enum JobSelection {
    /// These.
    Ids(Vec<JobId>),
    /// All that are dead, of one kind or of all.
    Dead(Option<JobKind>),
}

/// Enqueues a job in the transaction of this act: if the act is rolled back, there is no job. `false`: an open one has its key already.
///
/// # Errors
/// The store's.
pub fn enqueue<P: JobPayload>(tx: &mut Tx<'_>, payload: &P, channel: Option<ChannelId>) -> Result<bool, AppError> {
    let id = tx.id();
    Ok(jobs::enqueue(tx.conn, &NewJob::new(id, payload, channel, tx.now)?)?)
}

/// The jobs of the channel and of the installation, the newest first.
///
/// # Errors
/// [`Refusal::WrongRole`] for anybody but system administrators.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, query: &JobQuery, limit: i64) -> Result<Vec<JobView>, AppError> {
    actor.need(&[Role::SystemAdmin])?;
    Ok(listing::list(tx.conn, actor.channel, query, limit)?.into_iter().map(view).collect())
}

/// A row as administrators see it.
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

/// Lets a job run now that is dead, or that failed and waits for its next try.
///
/// # Errors
/// [`Refusal::WrongRole`], [`AppError::NotFound`], and [`Refusal::WrongState`] for one that did not fail.
pub fn retry(tx: &mut Tx<'_>, actor: &Actor, id: JobId) -> Result<(), AppError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    let row = find(tx, actor, id)?;
    if retry_row(tx, actor, permit, &row)? { Ok(()) } else { Err(wrong_state(&row)) }
}

/// The same for many at once; what is not there or did not fail is left as it is. Says how many run again.
///
/// # Errors
/// [`Refusal::WrongRole`].
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

/// Gives a job up that is dead, or that failed and waits for its next try. Periodic work stays as long as it is open.
///
/// # Errors
/// [`Refusal::WrongRole`], [`AppError::NotFound`], and [`Refusal::WrongState`] for one that did not fail, or goes on by itself.
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, id: JobId) -> Result<(), AppError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    let row = find(tx, actor, id)?;
    let goes_on = row.state != JobState::Dead && row.kind.parse().is_ok_and(JobKind::is_periodic);
    if goes_on || !listing::discard(tx.conn, id, tx.now)? {
        return Err(wrong_state(&row));
    }
    record(tx, actor, permit, &row, "discard", JobState::Discarded)
}

/// Lets a backup be made now, beside that of every night. While one that was asked for waits or runs, nothing is added.
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

/// One that this administrator may see.
fn find(tx: &mut Tx<'_>, actor: &Actor, id: JobId) -> Result<JobRow, AppError> {
    let row = jobs::find(tx.conn, id)?;
    if row.channel_id.is_none_or(|channel| channel == actor.channel) { Ok(row) } else { Err(AppError::NotFound) }
}

fn wrong_state(row: &JobRow) -> AppError {
    Refusal::WrongState { state: ThingState::Job(row.state) }.into()
}

/// Where an open job has its key, that one runs now instead.
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
