//! What can go wrong at the store's doors.

use diesel::result::{DatabaseErrorKind, Error};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row.
    #[error("not found")]
    NotFound,
    /// The row has another version than the caller saw.
    #[error("stale: the row has version {current}")]
    Stale {
        /// Its version now.
        current: i64,
    },
    /// A rule of the schema stands against it: unique, foreign key, check.
    #[error("conflict with {constraint}: {message}")]
    Conflict {
        /// The constraint, where the database names it.
        constraint: String,
        /// The database's words.
        message: String,
    },
    /// Too many wait for the writer or for a connection; try again.
    #[error("busy")]
    Busy,
    /// The disk is full.
    #[error("no space left")]
    Full,
    /// A stored value can't be read; the row was written by hand or by a newer version.
    #[error("unreadable {what}: {why}")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// An act panicked; its transaction was rolled back.
    #[error("an act panicked")]
    Panicked,
    /// The database can't be reached, or the line to it was cut. What was under way may be there or not.
    #[error("the database is away: {0}")]
    Away(String),
    /// Anything else that the database says.
    #[error("database: {0}")]
    Database(String),
}

/// How SQLite and PostgreSQL say that there is no room.
const FULL: [&str; 2] = ["disk is full", "No space left on device"];
/// How PostgreSQL says that it goes or comes, where diesel has no kind for it.
const AWAY: [&str; 5] = [
    "server closed the connection",
    "no connection to the server",
    "terminating connection",
    "the database system is",
    "could not receive data from server",
];

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(
                kind @ (DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::NotNullViolation),
                info,
            ) => Self::Conflict {
                constraint: info.constraint_name().map_or_else(|| format!("{kind:?}"), str::to_owned),
                message: info.message().to_owned(),
            },
            Error::DatabaseError(_, info) if FULL.iter().any(|words| info.message().contains(words)) => Self::Full,
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            Error::BrokenTransactionManager => Self::Away("its line was cut within a transaction".to_owned()),
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, info) => {
                Self::Away(info.message().trim().to_owned())
            }
            Error::DatabaseError(_, info) if AWAY.iter().any(|words| info.message().contains(words)) => {
                Self::Away(info.message().trim().to_owned())
            }
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            Error::DatabaseError(_, info)
                if info.message().contains("deadlock detected") || info.message().contains("database is locked") =>
            {
                Self::Busy
            }
            other => Self::Database(other.to_string()),
        }
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(_: diesel::r2d2::PoolError) -> Self {
        Self::Busy
    }
}

impl StoreError {
    /// For a stored JSON value or word that can't be read.
    pub fn unreadable(what: &'static str, why: &impl std::fmt::Display) -> Self {
        Self::Unreadable { what, why: why.to_string() }
    }
}
