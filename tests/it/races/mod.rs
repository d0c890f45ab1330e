//! Two at the same moment: one of them is stopped between what it reads and what it writes while the other commits. Exactly one wins and
//! the other is told so, or both are right one after the other; nothing is counted twice or left out, and the ledger agrees with the tables.
//!
//! On PostgreSQL the slower one is stopped before its first statement that writes ([`zhitongche::store::interleave`]), wherever the use case
//! puts that, and the faster one commits meanwhile, or comes to wait for a lock that the slower one has taken: then the slower one goes on.
//! SQLite has one writer, so there the faster one goes first, and the slower one comes with what it had seen before.

mod accounts;
mod contests;
mod walk;

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde_json::Value;
use tokio::sync::oneshot;
use zhitongche::config::Settings;
use zhitongche::domain::ids::AnyId;
use zhitongche::store::{AnyConn, Db, StoreError};

use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

/// A channel with its people, and the means to stop one act in the midst of it.
pub(super) struct Arena {
    pub(super) cast: Cast,
    engine: Engine,
    gate: Arc<Gate>,
    /// Looks at who waits for whom.
    watch: Db,
}

/// Where an act is stopped. Only the next one after [`Gate::arm`] is.
#[derive(Default)]
struct Gate {
    stop: Mutex<Option<Stop>>,
}

struct Stop {
    reached: oneshot::Sender<()>,
    may_go: mpsc::Receiver<()>,
}

impl Gate {
    /// Stops the next act; says when it stands there, and lets it go.
    fn arm(&self) -> (oneshot::Receiver<()>, mpsc::Sender<()>) {
        let (reached, is_reached) = oneshot::channel();
        let (go, may_go) = mpsc::channel();
        *self.stop.lock().unwrap() = Some(Stop { reached, may_go });
        (is_reached, go)
    }

    fn disarm(&self) {
        self.stop.lock().unwrap().take();
    }

    fn wait(&self) {
        let stop = self.stop.lock().unwrap().take();
        if let Some(Stop { reached, may_go }) = stop {
            reached.send(()).ok();
            may_go.recv().ok();
        }
    }
}

/// What became of the two.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) slow: Answer,
    pub(super) fast: Answer,
    /// Whether the slower one was stopped before it wrote; if not, it was refused on what it read.
    pub(super) stopped: bool,
    /// Whether the faster one had to wait for the slower one, which so came first.
    pub(super) waited: bool,
}

impl Outcome {
    pub(super) fn statuses(&self) -> [u16; 2] {
        [self.slow.status.as_u16(), self.fast.status.as_u16()]
    }

    /// The one that won; the other has been told that somebody was faster.
    #[track_caller]
    pub(super) fn winner(&self) -> &Answer {
        let (won, lost) = if self.slow.status.is_success() { (&self.slow, &self.fast) } else { (&self.fast, &self.slow) };
        assert!(won.status.is_success() && matches!(lost.status.as_u16(), 409 | 412), "{:?} {} {}", self.statuses(), won.body, lost.body);
        won
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

pub(super) fn count(conn: &mut AnyConn, question: &str) -> Result<i64, StoreError> {
    Ok(sql_query(question).get_result::<Count>(conn)?.n)
}

impl Arena {
    pub(super) async fn new(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    /// More lines to the database than a test has otherwise, so that there is something to race for.
    pub(super) async fn with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let cast = Cast::with(engine, |settings| {
            (settings.database.writers, settings.database.readers, settings.server.workers) = (8, 4, 2);
            change(settings);
        })
        .await;
        let gate = Arc::new(Gate::default());
        let at_gate = Arc::clone(&gate);
        assert!(cast.desk().db.interleave().set(Arc::new(move || at_gate.wait())));
        let watch = cast.app.db();
        Self { cast, engine, gate, watch }
    }

    /// Whether an act can be stopped in the midst of it.
    pub(super) fn can_stop(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// Whether somebody waits for a lock.
    async fn somebody_waits(&self) -> bool {
        let waiting = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        self.watch.read(move |conn| count(conn, waiting)).await.unwrap() > 0
    }

    /// Stops `slow` between its reading and its writing until `fast` is through or waits for it.
    pub(super) async fn race(&self, slow: impl Future<Output = Answer>, fast: impl Future<Output = Answer>) -> Outcome {
        if self.engine == Engine::Sqlite {
            let fast = fast.await;
            return Outcome { slow: slow.await, fast, stopped: false, waited: false };
        }
        let (reached, go) = self.gate.arm();
        let (mut slow, mut fast) = (pin!(slow), pin!(fast));
        tokio::select! {
            slow = &mut slow => {
                self.gate.disarm();
                return Outcome { slow, fast: fast.await, stopped: false, waited: false };
            }
            _ = reached => {}
        }
        let through = loop {
            tokio::select! {
                biased;
                answer = &mut fast => break Some(answer),
                waits = self.somebody_waits() => if waits { break None },
            }
        };
        go.send(()).unwrap();
        match through {
            Some(fast) => Outcome { slow: slow.await, fast, stopped: true, waited: false },
            None => {
                let (slow, fast) = futures_util::future::join(slow, fast).await;
                Outcome { slow, fast, stopped: true, waited: true }
            }
        }
    }

    /// The acts in the ledger on a chain, oldest first.
    pub(super) fn acts(&self, chain: &str) -> Vec<String> {
        self.cast.acts(AnyId(chain.parse().unwrap()))
    }

    /// An act of this person on the version that they see now.
    pub(super) async fn version(&self, login: &str, path: &str) -> Option<i64> {
        self.cast.get(login, path).await.body["version"].as_i64()
    }
}

/// A request that is ready to be sent.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) login: &'static str,
    pub(super) path: String,
    pub(super) seen: Option<i64>,
    pub(super) body: Value,
}

impl Request {
    pub(super) async fn send(&self, cast: &Cast) -> Answer {
        cast.send(self.method, self.login, &self.path, self.seen, self.body.clone()).await
    }

    /// The same by somebody else.
    pub(super) fn by(&self, login: &'static str) -> Self {
        Self { login, ..self.clone() }
    }

    /// The same with another body.
    pub(super) fn saying(&self, body: Value) -> Self {
        Self { body, ..self.clone() }
    }
}

/// Every operation of the API that changes something, as `METHOD path`.
pub(super) fn changing_operations() -> BTreeSet<String> {
    let document = zhitongche::api::document::document();
    let mut found = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|method| *method != "get") {
            found.insert(format!("{} {}", method.to_uppercase(), path.trim_start_matches("/api/v1")));
        }
    }
    // Sends a letter that has no row, and changes nothing.
    found.remove("POST /mail-settings/trial");
    found.remove("POST /webhooks/{id}/trial");
    found
}
