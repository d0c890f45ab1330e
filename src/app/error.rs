//! The errors of the use cases.

use crate::domain::clock::Moment;
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::store::StoreError;

/// An error of a use case. The API and the pages translate it into a message.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The object does not exist, or this person may not see it.
    #[error("not found")]
    NotFound,
    /// A rule does not allow the act.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The input is invalid; all violations are listed at once.
    #[error("invalid: {0:?}")]
    Invalid(Vec<Violation>),
    /// The object has another version than the caller saw, because it was changed meanwhile.
    #[error("stale, it has version {current} now")]
    Stale {
        /// Its current version.
        current: i64,
    },
    /// The act changes stage or text and must name the version that it is based on.
    #[error("the version seen is missing")]
    VersionMissing,
    /// The caller is not authenticated, or the credentials are wrong.
    #[error("not signed in")]
    Unauthenticated,
    /// Too many attempts.
    #[error("throttled until {until}")]
    Throttled {
        /// The time from which an attempt is accepted again.
        until: Moment,
    },
    /// This person already has a read running that may take long.
    #[error("another long reading of this account is under way")]
    ReadingUnderWay,
    /// More bytes than the limit.
    #[error("too large, at most {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// A file that is rejected because of its content.
    #[error("this file is not taken: {0}")]
    UnsupportedFile(Violation),
    /// An error of the database.
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
