//! The table of job kinds: payload, handler, lease and time-out, retries, and schedule of each. A new kind is a word of [`JobKind`], a
//! payload in [`crate::domain::job`], a row here, and its name in the catalogues.

use chrono::NaiveTime;

use crate::app::{AppError, Tx, endorsements, statistics, windows};
use crate::config::Settings;
use crate::domain::ids::ChannelId;
use crate::domain::job::{BackupPayload, CallWebhook, CheckLedger, JobKind, JobPayload, RecomputeDueDates, RetryPolicy, SealLedger};
use crate::jobs::run::{JobRun, RunError, RunResult, decode};
use crate::jobs::{
    CLOSED_AT_ONCE, JobContext, anchor, archive, backup, call_webhook, check_ledger, close_windows, count_statistics, deliver_mail,
    endorsement_windows, housekeeping, recompute_due_dates, remind, seal, staffing,
};
use crate::store::jobs::JobRow;
use crate::store::ledger::sealing;
use crate::store::{AnyConn, StoreError};

/// The threads that run a kind, so that no other kind waits for a slow mail server or a long check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Sealing alone.
    Seal,
    /// Jobs that connect to other servers.
    Network,
    /// Calls of webhooks, so that no letter waits for them.
    Webhook,
    /// Jobs that take moments.
    Short,
    /// Jobs that may take minutes.
    Long,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 5] = [Self::Seal, Self::Network, Self::Webhook, Self::Short, Self::Long];

    /// The number of threads that a node has for it.
    #[must_use]
    pub fn threads(self, settings: &Settings) -> usize {
        match self {
            Self::Network => settings.jobs.workers.max(1),
            Self::Short => 2,
            Self::Seal | Self::Webhook | Self::Long => 1,
        }
    }

    /// The interval at which a node looks for work, milliseconds.
    #[must_use]
    pub const fn poll_millis(self, settings: &Settings) -> u64 {
        match self {
            Self::Seal => settings.ledger.seal_millis,
            Self::Network | Self::Webhook | Self::Short | Self::Long => settings.jobs.poll_millis,
        }
    }
}

/// Key and payload of each row of periodic work that there must be.
pub type PeriodicRows = Vec<(String, String)>;

/// The schedule of a kind.
#[derive(Clone, Copy)]
pub enum Schedule {
    /// When an act enqueues it.
    OnDemand,
    /// When an act enqueues it, and each day at a time of the installation's clock: once for all nodes, however late. Such a job ends as
    /// others do.
    Daily {
        /// The time. `None`: this node enqueues none.
        at: fn(&Settings) -> Option<NaiveTime>,
        /// Whether this node can do one.
        can: fn(&Settings) -> bool,
    },
    /// This number of seconds after its last run; one row for the installation.
    Every(fn(&Settings) -> u64),
    /// As soon as `probe` returns `true`, and once a minute to show that nodes are at work. A probe costs a reading; an idle installation
    /// writes nothing in between.
    WhenNeeded {
        /// Whether there is something to do for this row.
        probe: fn(&JobContext, &mut Tx<'_>, &JobRow) -> Result<bool, AppError>,
        /// The rows that there must be.
        rows: fn(&Settings, &mut AnyConn) -> Result<PeriodicRows, StoreError>,
    },
}

/// Runs the work of a row.
pub type Handler = fn(&JobRun<'_>, &str) -> Result<RunResult, RunError>;
/// Runs in the transaction that gives a job up, with its payload and the reason.
pub type OnDead = fn(&mut Tx<'_>, &str, &str) -> Result<(), AppError>;

/// A row of the table.
#[derive(Clone, Copy)]
pub struct JobKindRow {
    /// Which.
    pub kind: JobKind,
    /// Which threads do it.
    pub lane: Lane,
    /// The schedule.
    pub schedule: Schedule,
    /// The lease after which another node takes over, seconds; a live node renews it.
    pub lease_seconds: fn(&Settings) -> i64,
    /// Seconds after which the lease is not renewed any more.
    pub timeout_seconds: i64,
    /// The policy of retries.
    pub retry: fn(&Settings) -> RetryPolicy,
    /// The handler.
    pub run: Handler,
    /// Runs in addition when it is given up.
    pub on_dead: Option<OnDead>,
}

/// A handler that reads its payload first.
macro_rules! typed {
    ($payload:ty, $run:path) => {
        |run, payload| $run(run, decode::<$payload>(payload)?).map_err(RunError::from)
    };
}

/// A handler of periodic work without a payload, which returns the number of things it did.
macro_rules! tick {
    ($run:path) => {
        |run, _| Ok(RunResult::of($run(run.context)?))
    };
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// Seconds after which another node continues for one that died while sealing.
const SEAL_LEASE_SECONDS: i64 = 10;

const fn lease(settings: &Settings) -> i64 {
    settings.jobs.lease_seconds
}

/// Periodic work is never given up, and the cause of a failure may end at any moment.
const fn periodic(_: &Settings) -> RetryPolicy {
    RetryPolicy { first: chrono::Duration::seconds(1), most: chrono::Duration::minutes(5), attempts: None }
}

/// Sealing is tried again within seconds, so that it continues soon after a legitimate restore.
const fn sealing_retry(_: &Settings) -> RetryPolicy {
    RetryPolicy { first: chrono::Duration::seconds(1), most: chrono::Duration::seconds(10), attempts: None }
}

const fn asked_for(settings: &Settings) -> RetryPolicy {
    RetryPolicy {
        first: chrono::Duration::seconds(settings.jobs.retry_first_seconds),
        most: chrono::Duration::minutes(settings.jobs.retry_max_minutes),
        attempts: Some(settings.jobs.max_attempts),
    }
}

/// Periodic work of the short lane, at an interval in seconds.
const fn every(kind: JobKind, seconds: fn(&Settings) -> u64, run: Handler) -> JobKindRow {
    let schedule = Schedule::Every(seconds);
    JobKindRow { kind, lane: Lane::Short, schedule, lease_seconds: lease, timeout_seconds: HOUR, retry: periodic, run, on_dead: None }
}

fn one_row(_: &Settings, _: &mut AnyConn) -> Result<PeriodicRows, StoreError> {
    Ok(vec![(String::new(), "{}".to_owned())])
}

/// A row for each ledger, so that one that can't be sealed does not block the others.
fn ledgers(_: &Settings, conn: &mut AnyConn) -> Result<PeriodicRows, StoreError> {
    let row = |ledger: ChannelId| {
        let payload = SealLedger { ledger };
        let json = serde_json::to_string(&payload).map_err(|error| StoreError::unreadable("jobs.payload", &error))?;
        Ok((payload.unique_key().unwrap_or_default(), json))
    };
    sealing::channels(conn)?.into_iter().map(row).collect()
}

/// A row for each letter thread of a node, so that as many deliver at the same time, over all nodes.
fn letter_threads(settings: &Settings, _: &mut AnyConn) -> Result<PeriodicRows, StoreError> {
    Ok((1..=Lane::Network.threads(settings)).map(|number| (number.to_string(), "{}".to_owned())).collect())
}

fn housekeeping_seconds(settings: &Settings) -> u64 {
    settings.jobs.housekeeping_minutes.saturating_mul(60)
}

/// Every kind.
pub static KINDS: [JobKindRow; 14] = [
    JobKindRow {
        kind: JobKind::DeliverMail,
        lane: Lane::Network,
        schedule: Schedule::WhenNeeded { probe: deliver_mail::probe, rows: letter_threads },
        lease_seconds: lease,
        timeout_seconds: HOUR,
        retry: periodic,
        run: |run, _| Ok(RunResult::of(deliver_mail::run(run)?)),
        on_dead: None,
    },
    JobKindRow {
        kind: JobKind::Seal,
        lane: Lane::Seal,
        schedule: Schedule::WhenNeeded { probe: seal::probe, rows: ledgers },
        lease_seconds: |_| SEAL_LEASE_SECONDS,
        timeout_seconds: 10 * MINUTE,
        retry: sealing_retry,
        run: typed!(SealLedger, seal::run),
        on_dead: None,
    },
    every(JobKind::Remind, |_| 60, tick!(remind::run_once)),
    every(JobKind::Staffing, |_| 60, tick!(staffing::run_once)),
    every(JobKind::Anchor, |_| 60, tick!(anchor::run_once)),
    every(JobKind::Archive, |_| 60, tick!(archive)),
    JobKindRow {
        schedule: Schedule::WhenNeeded { probe: |_, tx, _| Ok(!windows::passed(tx)?.is_empty()), rows: one_row },
        ..every(JobKind::CloseWindows, |_| 0, tick!(close_windows))
    },
    JobKindRow {
        schedule: Schedule::WhenNeeded {
            probe: |_, tx, _| Ok(!endorsements::closed_windows(tx, CLOSED_AT_ONCE)?.is_empty()),
            rows: one_row,
        },
        ..every(JobKind::Endorsements, |_| 0, tick!(endorsement_windows))
    },
    JobKindRow {
        schedule: Schedule::WhenNeeded { probe: |_, tx, _| statistics::is_due(tx), rows: one_row },
        ..every(JobKind::CountStatistics, |_| 0, tick!(count_statistics))
    },
    JobKindRow {
        kind: JobKind::CheckLedger,
        lane: Lane::Long,
        schedule: Schedule::OnDemand,
        lease_seconds: lease,
        timeout_seconds: 12 * HOUR,
        retry: asked_for,
        run: typed!(CheckLedger, check_ledger::run),
        on_dead: Some(check_ledger::give_up),
    },
    JobKindRow {
        kind: JobKind::RecomputeDueDates,
        lane: Lane::Long,
        schedule: Schedule::OnDemand,
        lease_seconds: lease,
        timeout_seconds: 12 * HOUR,
        retry: asked_for,
        run: typed!(RecomputeDueDates, recompute_due_dates::run),
        on_dead: None,
    },
    JobKindRow {
        kind: JobKind::Backup,
        lane: Lane::Long,
        schedule: Schedule::Daily { at: backup::daily_at, can: backup::is_possible },
        lease_seconds: lease,
        timeout_seconds: 12 * HOUR,
        retry: asked_for,
        run: typed!(BackupPayload, backup::run),
        on_dead: None,
    },
    JobKindRow {
        kind: JobKind::CallWebhook,
        lane: Lane::Webhook,
        schedule: Schedule::OnDemand,
        lease_seconds: lease,
        timeout_seconds: 10 * MINUTE,
        retry: asked_for,
        run: typed!(CallWebhook, call_webhook::run),
        on_dead: None,
    },
    JobKindRow {
        lane: Lane::Long,
        timeout_seconds: 6 * HOUR,
        ..every(JobKind::Housekeeping, housekeeping_seconds, tick!(housekeeping::run_once))
    },
];

/// The row of a kind, by its stored word; `None` for one that only a newer program knows.
#[must_use]
pub fn find(kinds: &'static [JobKindRow], word: &str) -> Option<&'static JobKindRow> {
    kinds.iter().find(|kind| kind.kind.as_str() == word)
}

/// The interval of periodic work, seconds; `None` for work that acts enqueue.
#[must_use]
pub fn rhythm_seconds(kind: &JobKindRow, settings: &Settings) -> Option<u64> {
    match kind.schedule {
        Schedule::OnDemand | Schedule::Daily { .. } => None,
        Schedule::Every(seconds) => Some(seconds(settings)),
        Schedule::WhenNeeded { .. } => Some(kind.lane.poll_millis(settings) / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_in_the_table_once() {
        for kind in JobKind::ALL {
            assert_eq!(KINDS.iter().filter(|row| row.kind == *kind).count(), 1, "{kind}");
            let row = find(&KINDS, kind.as_str()).unwrap();
            assert_eq!(matches!(row.schedule, Schedule::OnDemand | Schedule::Daily { .. }), !kind.is_periodic(), "{kind}");
        }
        assert!(find(&KINDS, "of a newer program").is_none());
    }

    #[test]
    fn every_lease_is_shorter_than_the_longest() {
        let settings = Settings::read(None, []).unwrap();
        let longest = crate::store::jobs::queue::LONGEST_LEASE.num_seconds();
        assert!(KINDS.iter().all(|kind| (kind.lease_seconds)(&settings) <= longest));
    }
}
