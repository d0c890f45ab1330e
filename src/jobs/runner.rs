//! Claims a job, runs it, and stores its outcome. No transaction and no lock is held while it runs; a failure, a panic included, is stored
//! in the job's row and affects no other job.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::app::{AppError, Tx};
use crate::domain::ids::JobId;
use crate::domain::job::{JobFault, JobKind};
use crate::jobs::kinds::{self, JobKindRow, KINDS, Lane, Schedule};
use crate::jobs::run::{JobRun, LastWrite, LeasedJob, RunError, RunResult};
use crate::jobs::{JobContext, Stop};
use crate::store::StoreError;
use crate::store::jobs::JobRow;
use crate::store::jobs::queue::{self, Ending};

/// Characters of an error that are stored.
const ERROR_CHARS: usize = 500;
/// Jobs that are read at a time.
const LOOKED_AT: i64 = 1_000;
/// The interval at which work that runs when needed runs anyway, to show that nodes are at work.
const SIGN_OF_LIFE_SECONDS: i64 = 60;
/// The wait after a run of work that runs when needed, if it found nothing that it could do.
const NOTHING_DONE_SECONDS: i64 = 1;

/// Runs jobs on a node. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Runner {
    pub(super) context: JobContext,
    pub(super) stop: Arc<Stop>,
    pub(super) kinds: &'static [JobKindRow],
    held: Arc<Mutex<BTreeMap<JobId, Arc<LeasedJob>>>>,
    /// Whether the years that come with this program were taken up.
    pub(super) has_calendars: Arc<AtomicBool>,
}

impl Runner {
    /// For this node.
    #[must_use]
    pub fn new(context: JobContext) -> Self {
        Self::with_kinds(context, &KINDS)
    }

    /// With another table of kinds.
    #[must_use]
    pub fn with_kinds(context: JobContext, kinds: &'static [JobKindRow]) -> Self {
        Self { context, stop: Arc::default(), kinds, held: Arc::default(), has_calendars: Arc::default() }
    }

    /// Runs one job of a lane, if any is due. Returns its kind.
    ///
    /// # Errors
    /// The store's, where a job could not be taken or its end not be written down. That a job failed is no error.
    pub fn run_one(&self, lane: Lane) -> Result<Option<JobKind>, AppError> {
        let candidates = self.candidates(lane)?;
        let Some(first) = candidates.first() else { return Ok(None) };
        let app = &self.context.app;
        let (now, lease) = (app.clock.now(), chrono::Duration::seconds((first.0.lease_seconds)(&app.settings)));
        let holder = format!("{}-{}", self.context.node, app.clock.id::<Uuid>().simple());
        let (among, taken): (Vec<JobId>, _) = (candidates.iter().map(|(_, id)| *id).collect(), holder.clone());
        let claimed = app.db.write_now(move |conn| queue::claim(conn, &among, &taken, now, now + lease))?;
        let Some((row, kind)) = claimed.and_then(|row| kinds::find(self.kinds, &row.kind).map(|kind| (row, kind))) else { return Ok(None) };
        let deadline = now + chrono::Duration::seconds(kind.timeout_seconds);
        let until = AtomicI64::new((now + lease).micros());
        self.run_claimed(kind, &row, LeasedJob { holder, lease, until, deadline, is_lost: AtomicBool::new(false) })?;
        Ok(Some(kind.kind))
    }

    /// Runs all due jobs, one after the other, until none is due. Returns their number; for commands and tests.
    ///
    /// # Errors
    /// As [`Runner::run_one`].
    pub fn run_due(&self) -> Result<usize, AppError> {
        self.schedule()?;
        let mut ran = 0;
        for lane in Lane::ALL {
            while self.run_one(lane)?.is_some() {
                ran += 1;
            }
        }
        Ok(ran)
    }

    /// The jobs of a lane that are due and have something to do, the longest waiting first.
    fn candidates(&self, lane: Lane) -> Result<Vec<(&'static JobKindRow, JobId)>, AppError> {
        let words: Vec<&str> = self.kinds.iter().filter(|kind| kind.lane == lane).map(|kind| kind.kind.as_str()).collect();
        self.context.app.read_now(|tx| {
            let mut found = Vec::new();
            for row in queue::due(tx.conn, &words, tx.now, LOOKED_AT)? {
                let Some(kind) = kinds::find(self.kinds, &row.kind) else { continue };
                match self.is_needed(tx, kind, &row) {
                    Ok(true) => found.push((kind, row.id)),
                    Ok(false) => {}
                    // The run will report the error; the transaction may be broken from here on.
                    Err(error) => {
                        tracing::debug!(job = row.kind, %error, "whether a job has something to do could not be read");
                        found.push((kind, row.id));
                        break;
                    }
                }
            }
            Ok(found)
        })
    }

    fn is_needed(&self, tx: &mut Tx<'_>, kind: &JobKindRow, row: &JobRow) -> Result<bool, AppError> {
        let probe = match kind.schedule {
            Schedule::OnDemand | Schedule::Every(_) => return Ok(true),
            Schedule::Daily { can, .. } => return Ok(can(&self.context.app.settings)),
            Schedule::WhenNeeded { probe, .. } => probe,
        };
        let shown = row.done_at.is_some_and(|done| (tx.now - done).num_seconds().abs() < SIGN_OF_LIFE_SECONDS);
        Ok(!shown || row.lease_holder.is_some() || probe(&self.context, tx, row)?)
    }

    fn run_claimed(&self, kind: &JobKindRow, row: &JobRow, held: LeasedJob) -> Result<(), AppError> {
        let held = Arc::new(held);
        self.held().insert(row.id, Arc::clone(&held));
        let result = self.execute(kind, row, &held);
        let ended = self.end(kind, row, &held, result);
        self.held().remove(&row.id);
        ended
    }

    fn execute(&self, kind: &JobKindRow, row: &JobRow, held: &LeasedJob) -> Result<RunResult, RunError> {
        let policy = (kind.retry)(&self.context.app.settings);
        // It ended its node each time; running it again would only do so once more.
        if policy.attempts.is_some_and(|most| row.attempts > most) {
            return Err(RunError { fault: JobFault::Abandoned, error: String::new() });
        }
        let run = JobRun { context: &self.context, stop: &self.stop, job: row.id, held, told: Cell::new(None) };
        let result = catch_unwind(AssertUnwindSafe(|| (kind.run)(&run, &row.payload)));
        match result {
            Err(panic) => Err(RunError { fault: JobFault::Panicked, error: words_of(panic.as_ref()) }),
            Ok(Err(error)) if error.fault == JobFault::Failed && run.is_late() => Err(RunError { fault: JobFault::TimedOut, ..error }),
            Ok(result) => result,
        }
    }

    /// Writes down how a run ended, together with its last write. Where that write fails, the run has failed.
    fn end(&self, kind: &JobKindRow, row: &JobRow, held: &LeasedJob, result: Result<RunResult, RunError>) -> Result<(), AppError> {
        let failed = match result {
            Ok(done) => {
                let ending = self.ending_of(kind, &done);
                match self.write_end(kind, row, held, ending, done.write) {
                    Ok(()) => return Ok(()),
                    // Nothing can be written now. The lease will expire, and the work will be done again.
                    Err(AppError::Store(
                        error @ (StoreError::Busy
                        | StoreError::TooSlow
                        | StoreError::Full
                        | StoreError::Away(_)
                        | StoreError::NewerSchema { .. }),
                    )) => {
                        return Err(error.into());
                    }
                    Err(error) => RunError::from(anyhow::Error::from(error)),
                }
            }
            Err(error) => error,
        };
        let ending = self.ending_of_failure(kind, row, failed);
        self.write_end(kind, row, held, ending, None)
    }

    fn ending_of(&self, kind: &JobKindRow, done: &RunResult) -> Ending {
        let now = self.context.app.clock.now();
        let after = |seconds| now + chrono::Duration::seconds(seconds);
        match kind.schedule {
            Schedule::OnDemand | Schedule::Daily { .. } if done.write.is_none() && done.count == 0 && self.stop.is_said() => {
                Ending::Untried
            }
            Schedule::OnDemand | Schedule::Daily { .. } => Ending::Done,
            Schedule::Every(seconds) => Ending::Again { at: after(i64::try_from(seconds(&self.context.app.settings)).unwrap_or(i64::MAX)) },
            Schedule::WhenNeeded { .. } if done.count == 0 => Ending::Again { at: after(NOTHING_DONE_SECONDS) },
            Schedule::WhenNeeded { .. } => Ending::Again { at: now },
        }
    }

    fn ending_of_failure(&self, kind: &JobKindRow, row: &JobRow, RunError { fault, error }: RunError) -> Ending {
        let app = &self.context.app;
        let noise = u64::try_from(app.clock.id::<Uuid>().as_u128() & u128::from(u32::MAX)).unwrap_or(0);
        let wait = (kind.retry)(&app.settings).wait(row.attempts, noise);
        let hopeless = match fault {
            JobFault::Unreadable => true,
            JobFault::Panicked => !kind.kind.is_periodic(),
            JobFault::Failed | JobFault::TimedOut | JobFault::Abandoned => false,
        };
        let outcome = if hopeless || wait.is_none() { "dead" } else { "failed" };
        metrics::counter!("jobs_total", "kind" => kind.kind.as_str(), "outcome" => outcome).increment(1);
        // Logs the first failures and then ever fewer, so that a failure of hours does not fill the log.
        if hopeless || wait.is_none() || row.attempts.count_ones() == 1 {
            tracing::error!(job = kind.kind.as_str(), id = %row.id, attempt = row.attempts, fault = fault.as_str(), error, outcome, "a job failed");
        }
        let error = error.chars().take(ERROR_CHARS).collect();
        match wait {
            Some(wait) if !hopeless => Ending::Retry { at: app.clock.now() + wait, fault, error },
            _ => Ending::Dead { fault, error },
        }
    }

    fn write_end(
        &self,
        kind: &JobKindRow,
        row: &JobRow,
        held: &LeasedJob,
        ending: Ending,
        write: Option<LastWrite>,
    ) -> Result<(), AppError> {
        let (id, payload, holder) = (row.id, row.payload.clone(), held.holder.clone());
        let on_dead = kind.on_dead.filter(|_| matches!(ending, Ending::Dead { .. }));
        let mine = self.context.app.write_now(kind.kind.as_str(), move |tx| {
            if !queue::finish(tx.conn, id, &holder, tx.now, &ending)? {
                return Ok(false);
            }
            if let (Some(on_dead), Ending::Dead { fault, error }) = (on_dead, &ending) {
                on_dead(tx, &payload, if error.is_empty() { fault.as_str() } else { error })?;
            }
            write.map_or(Ok(()), |write| write(tx))?;
            Ok(true)
        })?;
        if !mine {
            tracing::warn!(job = row.kind, id = %row.id, "a job lost its lease; what another node makes of it counts");
        }
        Ok(())
    }

    pub(super) fn held(&self) -> MutexGuard<'_, BTreeMap<JobId, Arc<LeasedJob>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
