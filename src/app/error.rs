//! Why a use case did not do what was asked.

use crate::domain::clock::Moment;
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::store::StoreError;

/// An error of the desks. The API and the pages give it words.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or not for this person.
    #[error("not found")]
    NotFound,
    /// A rule stands against it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The input is not right; every fault at once.
    #[error("invalid: {0:?}")]
    Invalid(Vec<Violation>),
    /// Somebody else was faster: the thing has another version than the caller saw.
    #[error("stale, it has version {current} now")]
    Stale {
        /// Its version now.
        current: i64,
    },
    /// The act changes stage or text and must say which version it was decided on.
    #[error("the version seen is missing")]
    VersionMissing,
    /// Nobody, or not with these words.
    #[error("not signed in")]
    Unauthenticated,
    /// Too many tries.
    #[error("throttled until {until}")]
    Throttled {
        /// When the next try is looked at.
        until: Moment,
    },
    /// A reading of this person that may take long is under way.
    #[error("another long reading of this account is under way")]
    ReadingUnderWay,
    /// More bytes than the limit.
    #[error("too large, at most {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// A file that is not taken because of what it holds.
    #[error("this file is not taken: {0}")]
    UnsupportedFile(Violation),
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale { current } => Self::Stale { current },
            other => Self::Store(other),
        }
    }
}

impl From<diesel::result::Error> for AppError {
    fn from(error: diesel::result::Error) -> Self {
        Self::from(StoreError::from(error))
    }
}

impl From<Vec<Violation>> for AppError {
    fn from(violations: Vec<Violation>) -> Self {
        Self::Invalid(violations)
    }
}

impl From<Violation> for AppError {
    fn from(violation: Violation) -> Self {
        Self::Invalid(vec![violation])
    }
}
