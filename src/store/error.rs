//! The error of the store, and the classification of the databases' errors.
//!
//! diesel names the kinds of a few errors; for all others it hands out neither the SQLSTATE nor SQLite's result code, only the primary
//! message. So the codes that matter are found by their messages, all of them in [`MESSAGES`] and nowhere else. SQLite's messages belong to
//! the library inside the binary. PostgreSQL's follow `lc_messages`, which each connection sets to English where its user may
//! ([`Opener::open`](crate::store::opener::Opener::open)).

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use sqlite_deadline::Deadline;

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
    /// A constraint of the schema was violated.
    #[error("conflict with {constraint}: {message}")]
    Conflict {
        /// Which kind of rule.
        rule: ConstraintKind,
        /// The constraint, where the database names it.
        constraint: String,
        /// The database's message.
        message: String,
    },
    /// Too many wait for the writer, for a connection or for a lock; try again.
    #[error("busy")]
    Busy,
    /// A reading took longer than it may and was stopped.
    #[error("stopped, it took longer than it may")]
    TooSlow,
    /// The disk is full.
    #[error("no space left")]
    Full,
    /// A stored value can't be read; the row was altered in the database or written by a newer version.
    #[error("unreadable {what}: {why}")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// The reason.
        why: String,
    },
    /// A row was written and no entry of the ledger names it: a mistake of the program, and the act is rolled back.
    #[error("no entry of the ledger names what was written to {row}")]
    Unproved {
        /// The row.
        row: String,
    },
    /// An act panicked; its transaction was rolled back.
    #[error("an act panicked")]
    Panicked,
    /// The database can't be reached or can't write now, or the connection was cut. A transaction that was under way may be committed or
    /// not.
    #[error("the database is away: {0}")]
    Away(String),
    /// A newer program has changed the schema; this one writes nothing more.
    #[error(
        "the database has schema {found}, which is newer than this program: it knows schemas up to {known}. Install the version that changed it, and start again"
    )]
    NewerSchema {
        /// The newest version in the database.
        found: String,
        /// The newest version that this program knows.
        known: &'static str,
    },
    /// A pooler gives the session of a connection to another client between two transactions.
    #[error(
        "a pooler between this program and PostgreSQL gives each transaction another session (pgbouncer with pool_mode = transaction or \
         statement): set pool_mode = session for this database, or name PostgreSQL itself in database.url"
    )]
    SharedSession,
    /// Any other error of the database.
    #[error("database: {0}")]
    Database(String),
}

/// The kinds of rules that a schema holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// Something is there once only.
    Unique,
    /// A row that is referred to is missing, or still referred to.
    ForeignKey,
    /// A condition on the values.
    Check,
    /// A value is missing.
    NotNull,
}

/// The meaning of a database's error for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Try again.
    Busy,
    /// It was stopped after its time: a reading took too long, or a writing waited too long.
    Stopped,
    /// No space is left.
    Full,
    /// The server goes, comes, or can't write now.
    Away,
    /// The disk itself failed.
    DiskFailed,
}

/// A part of a database's message, its code (SQLSTATE, or SQLite's result code), and its meaning.
const MESSAGES: [(&str, &str, Condition); 25] = [
    // PostgreSQL.
    ("deadlock detected", "40P01", Condition::Busy),
    ("No space left on device", "53100", Condition::Full),
    ("out of shared memory", "53200", Condition::Busy),
    ("out of memory", "53200, SQLITE_NOMEM", Condition::Busy),
    ("too many connections", "53300", Condition::Busy),
    ("too many clients", "53300", Condition::Busy),
    ("could not obtain lock", "55P03", Condition::Busy),
    ("canceling statement due to lock timeout", "55P03", Condition::Busy),
    ("canceling statement due to statement timeout", "57014", Condition::Stopped),
    ("canceling statement due to user request", "57014", Condition::Stopped),
    ("canceling statement due to conflict with recovery", "40001", Condition::Busy),
    ("terminating connection", "57P01, 57P02, 57P05, 25P03", Condition::Away),
    ("the database system is", "57P03", Condition::Away),
    ("server closed the connection", "08006", Condition::Away),
    ("no connection to the server", "08003", Condition::Away),
    ("could not receive data from server", "08006", Condition::Away),
    // SQLite.
    ("database is locked", "SQLITE_BUSY", Condition::Busy),
    ("database table is locked", "SQLITE_LOCKED", Condition::Busy),
    ("database schema is locked", "SQLITE_LOCKED", Condition::Busy),
    ("locking protocol", "SQLITE_PROTOCOL", Condition::Busy),
    ("interrupted", "SQLITE_INTERRUPT", Condition::Stopped),
    ("database or disk is full", "SQLITE_FULL", Condition::Full),
    ("attempt to write a readonly database", "SQLITE_READONLY", Condition::Away),
    ("unable to open database file", "SQLITE_CANTOPEN", Condition::Away),
    ("disk I/O error", "SQLITE_IOERR", Condition::DiskFailed),
];

/// The meaning of a database's error; `None` for a fault of the program.
pub(crate) fn condition(error: &Error) -> Option<Condition> {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Some(Condition::Busy),
        Error::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ReadOnlyTransaction,
            _,
        )
        | Error::BrokenTransactionManager => Some(Condition::Away),
        Error::DatabaseError(_, info) => {
            let known = MESSAGES.iter().find(|(part, _, _)| info.message().contains(part));
            known.map(|(_, _, condition)| *condition)
        }
        Error::RollbackErrorOnCommit { commit_error, .. } => condition(commit_error),
        _ => None,
    }
}

const fn rule(kind: &DatabaseErrorKind) -> Option<ConstraintKind> {
    match kind {
        DatabaseErrorKind::UniqueViolation => Some(ConstraintKind::Unique),
        DatabaseErrorKind::ForeignKeyViolation => Some(ConstraintKind::ForeignKey),
        DatabaseErrorKind::CheckViolation => Some(ConstraintKind::Check),
        DatabaseErrorKind::NotNullViolation => Some(ConstraintKind::NotNull),
        _ => None,
    }
}

fn conflict(rule: ConstraintKind, info: &dyn DatabaseErrorInformation) -> StoreError {
    let constraint = info.constraint_name().map_or_else(|| format!("{rule:?}"), str::to_owned);
    StoreError::Conflict { rule, constraint, message: info.message().to_owned() }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match &error {
            Error::NotFound => return Self::NotFound,
            Error::DeserializationError(why) => return Self::unreadable("value", why),
            Error::DatabaseError(kind, info) => {
                if let Some(rule) = rule(kind) {
                    return conflict(rule, info.as_ref());
                }
            }
            _ => {}
        }
        match condition(&error) {
            Some(Condition::Busy) => Self::Busy,
            Some(Condition::Stopped) if Deadline::is_set() => Self::TooSlow,
            Some(Condition::Stopped) => Self::Busy,
            Some(Condition::Full) => Self::Full,
            Some(Condition::Away | Condition::DiskFailed) => Self::Away(error.to_string().trim().to_owned()),
            None => Self::Database(error.to_string()),
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

    /// The same error once more, for each of the acts that it stopped together.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::TooSlow => Self::TooSlow,
            Self::Full => Self::Full,
            Self::NewerSchema { found, known } => Self::NewerSchema { found: found.clone(), known },
            Self::Away(why) => Self::Away(why.clone()),
            other => Self::Database(other.to_string()),
        }
    }
}
