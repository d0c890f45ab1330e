//! The job queue for the runner: due jobs, claiming with a lease, and the outcome. A runner that has lost the lease changes nothing any
//! more.

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::JobRow;
use crate::domain::clock::Moment;
use crate::domain::ids::JobId;
use crate::domain::job::{JobFault, JobKind, JobState};
use crate::store::connection::{AnyConn, DualBackend, PreparedSql};
use crate::store::error::StoreError;
use crate::store::leases;
use crate::store::schema::jobs;
use crate::store::types::{DbTime, DbUuid};

/// The condition of open jobs, as in their partial index, so that ended jobs cost nothing.
pub(super) const OPEN: &str = "jobs.state IN ('waiting','running')";

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Done, for good.
    Done,
    /// Done, and to be done again.
    Again {
        /// The time.
        at: Moment,
    },
    /// Failed, and to be tried again.
    Retry {
        /// The time.
        at: Moment,
        /// The reason, as a word.
        fault: JobFault,
        /// The reason, as the program's message.
        error: String,
    },
    /// Given up.
    Dead {
        /// The reason, as a word.
        fault: JobFault,
        /// The reason, as the program's message.
        error: String,
    },
    /// Released without an attempt, because its node stops.
    Untried,
}

#[derive(QueryableByName)]
struct ClaimedJobRow {
    #[diesel(sql_type = DbUuid)]
    id: JobId,
}

/// The open jobs of these kinds that may be claimed now, the longest waiting first.
///
/// # Errors
/// The store's.
pub fn due(conn: &mut AnyConn, kinds: &[&str], now: Moment, limit: i64) -> Result<Vec<JobRow>, StoreError> {
    let free = jobs::lease_until.is_null().or(jobs::lease_until.lt(now)).or(jobs::lease_until.gt(leases::beyond(now) + LONGEST_LEASE));
    Ok(jobs::table
        .filter(sql::<Bool>(OPEN))
        .filter(jobs::run_at.le(now))
        .filter(free)
        .filter(jobs::kind.eq_any(kinds))
        .order((jobs::run_at, jobs::id))
        .limit(limit)
        .load(conn)?)
}

/// The longest lease; one that ends later was granted by a clock that was ahead.
pub const LONGEST_LEASE: chrono::Duration = chrono::Duration::hours(1);

/// Claims one of these jobs for `holder` until `until`, unless all of them have been claimed meanwhile. A job whose lease has expired is
/// taken over, and its row says that it was abandoned.
///
/// # Errors
/// The store's.
pub fn claim(conn: &mut AnyConn, among: &[JobId], holder: &str, now: Moment, until: Moment) -> Result<Option<JobRow>, StoreError> {
    if among.is_empty() {
        return Ok(None);
    }
    // Two runners on PostgreSQL don't wait for each other's rows; SQLite has one writer anyway.
    let (lock, id): (_, fn(&JobId) -> String) = match conn {
        AnyConn::Pg(_) => ("FOR UPDATE SKIP LOCKED", |id| format!("'{id}'")),
        AnyConn::Sqlite(_) => ("", |id| format!("X'{}'", id.0.simple())),
    };
    let among = among.iter().map(id).collect::<Vec<_>>().join(",");
    // As `= (SELECT …)` and not `IN`: PostgreSQL runs it once, so that one row is taken and no more.
    let statement = format!(
        "UPDATE jobs SET state = 'running', lease_holder = $1, lease_until = $2, started_at = $3, attempts = attempts + 1, \
         failed_at = CASE WHEN state = 'running' THEN $4 ELSE failed_at END, \
         fault = CASE WHEN state = 'running' THEN 'abandoned' ELSE fault END, \
         error = CASE WHEN state = 'running' THEN NULL ELSE error END, \
         progress_done = 0, progress_total = NULL, progress_step = NULL \
         WHERE id = (SELECT id FROM jobs WHERE id IN ({among}) AND state IN ('waiting','running') AND run_at <= $5 \
         AND (lease_until IS NULL OR lease_until < $6 OR lease_until > $7) ORDER BY run_at LIMIT 1 {lock}) RETURNING id"
    );
    let claimed: Vec<ClaimedJobRow> = diesel::sql_query(statement)
        .bind::<Text, _>(holder)
        .bind::<DbTime, _>(until)
        .bind::<DbTime, _>(now)
        .bind::<DbTime, _>(now)
        .bind::<DbTime, _>(now)
        .bind::<DbTime, _>(now)
        .bind::<DbTime, _>(leases::beyond(now) + LONGEST_LEASE)
        .load(conn)?;
    claimed.first().map(|claimed| super::find(conn, claimed.id)).transpose()
}

/// The row that a runner still has.
macro_rules! held {
    ($id:expr, $holder:expr) => {
        jobs::table.filter(jobs::id.eq($id)).filter(jobs::state.eq(JobState::Running)).filter(jobs::lease_holder.eq($holder))
    };
}

/// Renews the lease of a job. `false`: another runner has claimed it.
///
/// # Errors
/// The store's.
pub fn renew(conn: &mut AnyConn, id: JobId, holder: &str, until: Moment) -> Result<bool, StoreError> {
    Ok(PreparedSql(diesel::update(held!(id, holder)).set(jobs::lease_until.eq(until))).execute(conn)? == 1)
}

/// The progress of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The finished part.
    pub done: i64,
    /// The total, where it is known.
    pub total: Option<i64>,
    /// The unit of the progress: the end of a key of the catalogues.
    pub step: &'static str,
}

/// Writes down how far a run has come. `false`: another runner has the job by now.
///
/// # Errors
/// The store's.
pub fn save_progress(conn: &mut AnyConn, id: JobId, holder: &str, at: Progress) -> Result<bool, StoreError> {
    let set = (jobs::progress_done.eq(at.done), jobs::progress_total.eq(at.total), jobs::progress_step.eq(at.step));
    Ok(PreparedSql(diesel::update(held!(id, holder)).set(set)).execute(conn)? == 1)
}

/// Writes down how a run ended. `false`: another runner has the job by now, and nothing was changed.
///
/// # Errors
/// The store's.
pub fn finish(conn: &mut AnyConn, id: JobId, holder: &str, now: Moment, ending: &Ending) -> Result<bool, StoreError> {
    let row = held!(id, holder);
    let free = (jobs::lease_holder.eq(None::<String>), jobs::lease_until.eq(None::<Moment>));
    let changed = match ending {
        Ending::Done => {
            let set = (jobs::state.eq(JobState::Done), free, jobs::done_at.eq(now), jobs::ended_at.eq(now));
            PreparedSql(diesel::update(row).set(set)).execute(conn)?
        }
        Ending::Again { at } => {
            let set = (jobs::state.eq(JobState::Waiting), free, jobs::done_at.eq(now), jobs::run_at.eq(*at), jobs::attempts.eq(0_i64));
            PreparedSql(diesel::update(row).set(set)).execute(conn)?
        }
        Ending::Retry { at, fault, error } => {
            let why = (jobs::failed_at.eq(now), jobs::fault.eq(*fault), jobs::error.eq(error.as_str()));
            PreparedSql(diesel::update(row).set((jobs::state.eq(JobState::Waiting), free, jobs::run_at.eq(*at), why))).execute(conn)?
        }
        Ending::Dead { fault, error } => {
            let why = (jobs::failed_at.eq(now), jobs::fault.eq(*fault), jobs::error.eq(error.as_str()));
            PreparedSql(diesel::update(row).set((jobs::state.eq(JobState::Dead), free, jobs::ended_at.eq(now), why))).execute(conn)?
        }
        Ending::Untried => {
            let set = (jobs::state.eq(JobState::Waiting), free, jobs::attempts.eq(jobs::attempts - 1));
            PreparedSql(diesel::update(row).set(set)).execute(conn)?
        }
    };
    Ok(changed == 1)
}

/// The jobs of a kind that a clock that was ahead has postponed. Periodic and failed jobs never wait longer than `longest`; a requested job
/// waits as long as its request says, but was not enqueued in the future.
macro_rules! put_off {
    ($kind:expr, $now:expr, $longest:expr) => {
        jobs::table.filter(sql::<Bool>(OPEN)).filter(jobs::kind.eq($kind.as_str())).filter(jobs::run_at.gt($now + $longest)).filter(
            jobs::attempts.gt(0_i64).or(jobs::created_at.gt(leases::beyond($now))).or(sql::<Bool>(if $kind.is_periodic() {
                "1 = 1"
            } else {
                "1 = 0"
            })),
        )
    };
}

/// Whether a clock that ran ahead has put off a job of this kind.
///
/// # Errors
/// The store's.
pub fn is_put_off(conn: &mut AnyConn, kind: JobKind, now: Moment, longest: chrono::Duration) -> Result<bool, StoreError> {
    Ok(diesel::select(exists(put_off!(kind, now, longest))).get_result(conn)?)
}

/// Makes those due. Returns their number.
///
/// # Errors
/// The store's.
pub fn recover(conn: &mut AnyConn, kind: JobKind, now: Moment, longest: chrono::Duration) -> Result<usize, StoreError> {
    Ok(diesel::update(put_off!(kind, now, longest)).set(jobs::run_at.eq(now)).execute(conn)?)
}

/// The kinds and keys of which there is an open job, among these kinds.
///
/// # Errors
/// The store's.
pub fn open_keys(conn: &mut AnyConn, kinds: &[&str]) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let open = jobs::table.filter(sql::<Bool>(OPEN)).filter(jobs::kind.eq_any(kinds));
    Ok(open.select((jobs::kind, jobs::unique_key)).load(conn)?)
}

/// Whether there is a job with this id, in any state.
///
/// # Errors
/// The store's.
pub fn is_there(conn: &mut AnyConn, id: JobId) -> Result<bool, StoreError> {
    Ok(diesel::select(exists(jobs::table.filter(jobs::id.eq(id)))).get_result(conn)?)
}

/// Deletes jobs that ended before this, except those that wait for a person. Returns their number.
///
/// # Errors
/// The store's.
pub fn forget(conn: &mut AnyConn, before: Moment) -> Result<usize, StoreError> {
    let ended = jobs::table.filter(sql::<Bool>("jobs.state IN ('done','discarded')")).filter(jobs::ended_at.lt(before));
    Ok(DualBackend(diesel::delete(ended)).execute(conn)?)
}
