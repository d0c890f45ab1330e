//! A queue with kinds of the test's own, and a clock that the test turns.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::Duration;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use zhitongche::app::App;
use zhitongche::domain::clock::Clock;
use zhitongche::domain::ids::JobId;
use zhitongche::domain::job::{JobKind, JobPayload, RetryPolicy};
use zhitongche::jobs::kinds::{JobKindRow, Lane, Schedule};
use zhitongche::jobs::{JobContext, JobRun, RunError, RunResult, Runner};
use zhitongche::server::database;
use zhitongche::store::jobs::queue::Progress;
use zhitongche::store::jobs::{self as rows, JobRow, NewJob};
use zhitongche::store::schema::jobs;

use crate::support::database::{Engine, TestDatabase};

/// What a job of the test is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Work {
    pub(super) what: String,
    pub(super) key: Option<String>,
}

impl JobPayload for Work {
    const KIND: JobKind = JobKind::CheckLedger;

    fn unique_key(&self) -> Option<String> {
        self.key.clone()
    }
}

/// What ran, in this process: the name of each run.
static RAN: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Ticks of the periodic kind.
pub(super) static TICKS: AtomicUsize = AtomicUsize::new(0);

/// How often a job of this name ran.
pub(super) fn runs(name: &str) -> usize {
    RAN.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|one| *one == name).count()
}

fn work(run: &JobRun<'_>, payload: &str) -> Result<RunResult, RunError> {
    let Work { what, .. } = match serde_json::from_str(payload) {
        Ok(work) => work,
        Err(_) => return unreadable(payload),
    };
    RAN.lock().unwrap_or_else(PoisonError::into_inner).push(what.clone());
    match what.split(' ').next().unwrap() {
        "panic" => panic!("it broke off in the middle"),
        "fail" => Err(anyhow::anyhow!("the disk is full").into()),
        "progress" => {
            run.progress(Progress { done: 30, total: Some(120), step: "entries" });
            Ok(RunResult::of(1))
        }
        "slow" => {
            run.context.app.clock.advance(Duration::hours(2));
            if run.is_over() { Err(anyhow::anyhow!("not finished").into()) } else { Ok(RunResult::of(1)) }
        }
        _ => Ok(RunResult::of(1)),
    }
}

/// The very way in which the kinds of the program read their payloads.
fn unreadable(payload: &str) -> Result<RunResult, RunError> {
    Err(RunError::unreadable(serde_json::from_str::<Work>(payload).unwrap_err().to_string()))
}

const RETRY: fn(&zhitongche::config::Settings) -> RetryPolicy =
    |_| RetryPolicy { first: Duration::seconds(10), most: Duration::minutes(5), attempts: Some(3) };

/// One kind that is enqueued, and one that is done every hour.
pub(super) static KINDS: [JobKindRow; 2] = [
    JobKindRow {
        kind: JobKind::CheckLedger,
        lane: Lane::Long,
        schedule: Schedule::OnDemand,
        lease_seconds: |_| 120,
        timeout_seconds: 3600,
        retry: RETRY,
        run: work,
        on_dead: None,
    },
    JobKindRow {
        kind: JobKind::Remind,
        lane: Lane::Short,
        schedule: Schedule::Every(|_| 3600),
        lease_seconds: |_| 120,
        timeout_seconds: 3600,
        retry: |_| RetryPolicy { first: Duration::seconds(10), most: Duration::minutes(5), attempts: None },
        run: |_, _| {
            TICKS.fetch_add(1, Ordering::SeqCst);
            Ok(RunResult::of(0))
        },
        on_dead: None,
    },
];

pub(super) struct World {
    pub(super) desk: App,
    pub(super) clock: Clock,
    _database: TestDatabase,
}

impl World {
    pub(super) fn new(engine: Engine) -> Self {
        let database = TestDatabase::with_schema(engine);
        let clock = Clock::at("2026-11-20T02:32:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().into());
        let desk = database::app(&database.settings(), &clock).unwrap();
        Self { desk, clock, _database: database }
    }

    /// A node of its own on the same database.
    pub(super) fn node(&self) -> Runner {
        Runner::with_kinds(JobContext::new(self.desk.clone()).unwrap(), &KINDS)
    }

    /// A job to do this. The name is the test's own, for all tests of a process share what ran.
    pub(super) fn enqueue(&self, what: &str, key: Option<&str>) -> Option<JobId> {
        let (id, now) = (self.clock.id::<JobId>(), self.clock.now());
        let work = Work { what: what.to_owned(), key: key.map(str::to_owned) };
        let new = NewJob::new(id, &work, None, now).unwrap();
        self.desk.db.write_now(move |conn| rows::enqueue(conn, &new)).unwrap().then_some(id)
    }

    pub(super) fn row(&self, id: JobId) -> JobRow {
        self.desk.db.read_now(move |conn| rows::find(conn, id)).unwrap()
    }

    pub(super) fn all(&self) -> Vec<JobRow> {
        self.desk.db.read_now(|conn| Ok::<_, zhitongche::store::StoreError>(jobs::table.order(jobs::id).load(conn)?)).unwrap()
    }
}
