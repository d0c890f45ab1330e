//! One reading that may take long for each person at a time, so that who asks again and again keeps no other person waiting.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::ids::UserId;

/// How long a person's next one waits for the one before: two tabs that are opened together are both answered.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who has one under way on this node. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct LongReadings(Arc<Mutex<BTreeMap<UserId, Arc<Semaphore>>>>);

/// A person's reading that is under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct LongReading {
    _turn: OwnedSemaphorePermit,
}

impl LongReadings {
    /// Begins one; none while this person has another.
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
