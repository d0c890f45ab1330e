//! The job queue for the people who watch it: lists, counts, retrying and giving up.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::JobRow;
use super::queue::OPEN;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, JobId};
use crate::domain::job::{JobKind, JobState};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::health::{MOST, WaitingCount};
use crate::store::schema::jobs;

const DEAD: &str = "jobs.state = 'dead'";

crate::domain::vocabulary::words! {
    /// The filter by state: the states of a job, and failed jobs that are tried again.
    enum JobFilter {
        /// Waits for its first try.
        Waiting = "waiting",
        /// A node has it.
        Running = "running",
        /// Failed, and is tried again.
        Failed = "failed",
        /// Given up.
        Dead = "dead",
        /// Done.
        Done = "done",
        /// Discarded by a person.
        Discarded = "discarded",
    }
}

/// The filter of a list.
#[derive(Debug, Clone, Default)]
pub struct JobQuery {
    /// The state.
    pub state: Option<JobFilter>,
    /// The kind.
    pub kind: Option<String>,
    /// Only jobs before this one.
    pub before: Option<JobId>,
}

/// The jobs of a channel and of the installation, the newest first.
///
/// # Errors
/// The store's.
pub fn list(conn: &mut AnyConn, channel: ChannelId, query: &JobQuery, limit: i64) -> Result<Vec<JobRow>, StoreError> {
    let mut rows = jobs::table.filter(jobs::channel_id.is_null().or(jobs::channel_id.eq(channel))).into_boxed();
    rows = match query.state {
        None => rows,
        Some(JobFilter::Waiting) => {
            rows.filter(sql::<Bool>(OPEN)).filter(jobs::state.eq(JobState::Waiting)).filter(jobs::attempts.eq(0_i64))
        }
        Some(JobFilter::Running) => rows.filter(sql::<Bool>(OPEN)).filter(jobs::state.eq(JobState::Running)),
        Some(JobFilter::Failed) => {
            rows.filter(sql::<Bool>(OPEN)).filter(jobs::state.eq(JobState::Waiting)).filter(jobs::attempts.gt(0_i64))
        }
        Some(JobFilter::Dead) => rows.filter(sql::<Bool>(DEAD)),
        Some(JobFilter::Done) => rows.filter(jobs::state.eq(JobState::Done)),
        Some(JobFilter::Discarded) => rows.filter(jobs::state.eq(JobState::Discarded)),
    };
    if let Some(kind) = &query.kind {
        rows = rows.filter(jobs::kind.eq(kind.clone()));
    }
    if let Some(before) = query.before {
        rows = rows.filter(jobs::id.lt(before));
    }
    Ok(rows.order(jobs::id.desc()).limit(limit).load(conn)?)
}

/// The dead jobs, of one kind or of all, that a channel's administrators may retry; counted up to [`MOST`].
///
/// # Errors
/// The store's.
pub fn dead_ids(conn: &mut AnyConn, channel: ChannelId, kind: Option<&str>) -> Result<Vec<JobId>, StoreError> {
    let mut rows = jobs::table
        .filter(sql::<Bool>(DEAD))
        .filter(jobs::channel_id.is_null().or(jobs::channel_id.eq(channel)))
        .select(jobs::id)
        .into_boxed();
    if let Some(kind) = kind {
        rows = rows.filter(jobs::kind.eq(kind.to_owned()));
    }
    Ok(rows.order(jobs::id).limit(i64::try_from(MOST).unwrap_or(i64::MAX)).load(conn)?)
}

/// Makes a job due now, as if it had never been tried, if it is dead, or failed and waits for its next attempt. `false`: it is neither.
///
/// # Errors
/// [`StoreError::Conflict`] where an open job has its key; the store's.
pub fn retry(conn: &mut AnyConn, id: JobId, now: Moment) -> Result<bool, StoreError> {
    let failed = jobs::state.eq(JobState::Dead).or(jobs::state.eq(JobState::Waiting).and(jobs::attempts.gt(0_i64)));
    let set = (jobs::state.eq(JobState::Waiting), jobs::run_at.eq(now), jobs::attempts.eq(0_i64), jobs::ended_at.eq(None::<Moment>));
    Ok(diesel::update(jobs::table.filter(jobs::id.eq(id)).filter(failed)).set(set).execute(conn)? == 1)
}

/// The open job of this kind and key.
///
/// # Errors
/// The store's.
pub fn open_of(conn: &mut AnyConn, kind: &str, key: &str) -> Result<Option<JobRow>, StoreError> {
    let open = jobs::table.filter(sql::<Bool>(OPEN)).filter(jobs::kind.eq(kind)).filter(jobs::unique_key.eq(key));
    Ok(open.first(conn).optional()?)
}

/// Makes a waiting job due now.
///
/// # Errors
/// The store's.
pub fn hasten(conn: &mut AnyConn, id: JobId, now: Moment) -> Result<bool, StoreError> {
    let waiting = jobs::table.filter(jobs::id.eq(id)).filter(jobs::state.eq(JobState::Waiting)).filter(jobs::run_at.gt(now));
    Ok(diesel::update(waiting).set(jobs::run_at.eq(now)).execute(conn)? == 1)
}

/// Discards a job that is dead, or failed and waits for its next attempt. `false`: it is neither.
///
/// # Errors
/// The store's.
pub fn discard(conn: &mut AnyConn, id: JobId, now: Moment) -> Result<bool, StoreError> {
    let failed = jobs::state.eq(JobState::Dead).or(jobs::state.eq(JobState::Waiting).and(jobs::attempts.gt(0_i64)));
    let set = (jobs::state.eq(JobState::Discarded), jobs::ended_at.eq(now));
    Ok(diesel::update(jobs::table.filter(jobs::id.eq(id)).filter(failed)).set(set).execute(conn)? == 1)
}

/// The number of dead jobs and the time of the earliest: those that a channel's administrators see, or all.
///
/// # Errors
/// The store's.
pub fn dead(conn: &mut AnyConn, channel: Option<ChannelId>) -> Result<WaitingCount, StoreError> {
    let mut rows = jobs::table.filter(sql::<Bool>(DEAD)).select(jobs::ended_at).into_boxed();
    if let Some(channel) = channel {
        rows = rows.filter(jobs::channel_id.is_null().or(jobs::channel_id.eq(channel)));
    }
    Ok(counted(&rows.order(jobs::ended_at).limit(limit()).load(conn)?))
}

/// The number of jobs that are overdue, and the time since when the first one is.
///
/// # Errors
/// The store's.
pub fn overdue(conn: &mut AnyConn, channel: Option<ChannelId>, now: Moment) -> Result<WaitingCount, StoreError> {
    let waiting = jobs::table.filter(sql::<Bool>(OPEN)).filter(jobs::state.eq(JobState::Waiting)).filter(jobs::run_at.le(now));
    let mut rows = waiting.select(jobs::run_at.nullable()).into_boxed();
    if let Some(channel) = channel {
        rows = rows.filter(jobs::channel_id.is_null().or(jobs::channel_id.eq(channel)));
    }
    Ok(counted(&rows.order(jobs::run_at).limit(limit()).load(conn)?))
}

/// The jobs of a kind in any state, the newest first, without those that ended long ago.
///
/// # Errors
/// The store's.
pub fn of_kind(conn: &mut AnyConn, kind: JobKind) -> Result<Vec<JobRow>, StoreError> {
    Ok(jobs::table.filter(jobs::kind.eq(kind.as_str())).order(jobs::id.desc()).limit(limit()).load(conn)?)
}

fn counted(times: &[Option<Moment>]) -> WaitingCount {
    WaitingCount { count: times.len(), since: times.iter().flatten().next().copied() }
}

fn limit() -> i64 {
    i64::try_from(MOST).unwrap_or(i64::MAX - 1) + 1
}

/// The open jobs of these kinds; for how periodic work fares.
///
/// # Errors
/// The store's.
pub fn open(conn: &mut AnyConn, kinds: &[&str]) -> Result<Vec<JobRow>, StoreError> {
    Ok(jobs::table.filter(sql::<Bool>(OPEN)).filter(jobs::kind.eq_any(kinds)).order((jobs::kind, jobs::id)).load(conn)?)
}
