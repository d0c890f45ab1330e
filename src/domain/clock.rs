//! Time, and the ids that are generated from it. No other code may read the system's time or random numbers for ids.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::{ContextV7, Uuid};

/// A point in time: UTC, whole microseconds, written as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime, examples("2026-11-20T02:32:00.000000Z"))]
pub struct Moment(DateTime<Utc>);

impl Moment {
    /// Creates a moment from microseconds since 1970-01-01T00:00:00Z; a value outside chrono's range becomes the epoch.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or_default())
    }

    /// Returns the microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Returns the same point in time as chrono's type.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Self::from_micros(at.timestamp_micros())
    }
}

impl std::ops::Add<Duration> for Moment {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self::from(self.0 + by)
    }
}

impl std::ops::Sub<Duration> for Moment {
    type Output = Self;

    fn sub(self, by: Duration) -> Self {
        Self::from(self.0 - by)
    }
}

impl std::ops::Sub for Moment {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.0 - earlier.0
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%.6fZ"))
    }
}

/// The source of the time: the system, or a clock that a test or the demo controls.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that does not advance until it is moved.
    Hand(Arc<Hand>),
}

/// The state of a controlled clock.
#[derive(Debug)]
pub struct Hand {
    /// Microseconds since the epoch.
    micros: AtomicI64,
    /// Preserves the order in which ids of one instant were generated.
    order: Mutex<ContextV7>,
}

impl Clock {
    /// Creates a controlled clock that shows `at`.
    #[must_use]
    pub fn at(at: Moment) -> Self {
        Self::Hand(Arc::new(Hand { micros: AtomicI64::new(at.micros()), order: Mutex::new(ContextV7::new()) }))
    }

    /// Returns the current time, in whole microseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    pub fn now(&self) -> Moment {
        match self {
            Self::System => Moment::from(Utc::now()),
            Self::Hand(hand) => Moment::from_micros(hand.micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a controlled clock forward; has no effect on the system's clock.
    pub fn advance(&self, by: Duration) {
        if let Self::Hand(hand) = self {
            hand.micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// Sets a controlled clock; has no effect on the system's clock.
    pub fn set(&self, to: Moment) {
        if let Self::Hand(hand) = self {
            hand.micros.store(to.micros(), Ordering::SeqCst);
        }
    }

    /// Generates a UUIDv7 of this moment, as any of the id types. Sorted by time, and unguessable in its last 62 bits.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
    pub fn id<T: From<Uuid>>(&self) -> T {
        let id = match self {
            Self::System => Uuid::now_v7(),
            Self::Hand(hand) => {
                let at = self.now().utc();
                let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
                let order = hand.order.lock().unwrap_or_else(PoisonError::into_inner);
                Uuid::new_v7(uuid::Timestamp::from_unix(&*order, seconds, at.timestamp_subsec_nanos()))
            }
        };
        T::from(id)
    }
}
