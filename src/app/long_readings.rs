//! Limits each person to one long-running read at a time, so that repeated requests of one person do not block others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::ids::UserId;

/// How long a person's next read waits for the previous one, so that two tabs opened together both get an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The persons with a long-running read on this node. Cheap to clone; all clones share the same data.
#[derive(Debug, Clone, Default)]
pub(crate) struct LongReadings(Arc<Mutex<BTreeMap<UserId, Arc<Semaphore>>>>);

/// A person's running read, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct LongReading {
    _turn: OwnedSemaphorePermit,
}

impl LongReadings {
    /// Begins a read; returns `None` while this person has another.
    pub(crate) async fn begin(&self, user: UserId) -> Option<LongReading> {
        let turns = self.turns_of(user);
        let turn = tokio::time::timeout(PATIENCE, turns.acquire_owned()).await.ok()?.ok()?;
        Some(LongReading { _turn: turn })
    }

    fn turns_of(&self, user: UserId) -> Arc<Semaphore> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, turns| Arc::strong_count(turns) > 1);
        Arc::clone(all.entry(user).or_insert_with(|| Arc::new(Semaphore::new(1))))
    }
}
