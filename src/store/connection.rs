//! One connection type over both databases, how it is opened, and the statements that only one spelling of diesel can't reach.

#![expect(missing_docs, reason = "the derive writes public items without docs")]

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::r2d2::ManageConnection;
use diesel::sqlite::Sqlite;

use crate::store::error::StoreError;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Where the database is and how its connections are set up.
#[derive(Clone)]
pub struct Opener {
    url: String,
    statement_timeout_seconds: u64,
}

impl Opener {
    /// For a URL `sqlite://PATH` or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Database`] for another scheme.
    pub fn new(url: &str, statement_timeout_seconds: u64) -> Result<Self, StoreError> {
        let known = ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !known {
            return Err(StoreError::Database("database.url must begin with sqlite:// or postgres://".to_owned()));
        }
        Ok(Self { url: url.to_owned(), statement_timeout_seconds })
    }

    /// The path of the SQLite file; none on PostgreSQL.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&str> {
        self.url.strip_prefix("sqlite://")
    }

    /// Opens a connection. Never lets a dead PostgreSQL fall through to a SQLite file, as the derived `establish` would.
    ///
    /// # Errors
    /// diesel's connection error, with the database's words.
    pub fn open(&self) -> ConnectionResult<AnyConn> {
        if let Some(path) = self.sqlite_path() {
            let mut conn = SqliteConnection::establish(path)?;
            // busy_timeout first: switching to WAL needs the lock.
            conn.batch_execute(
                "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
                 PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;",
            )
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(AnyConn::Sqlite(conn))
        } else {
            let mut conn = PgConnection::establish(&self.url)?;
            let setup = format!("SET statement_timeout = '{}s'; SET timezone = 'UTC';", self.statement_timeout_seconds);
            conn.batch_execute(&setup).map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(AnyConn::Pg(conn))
        }
    }
}

impl ManageConnection for Opener {
    type Connection = AnyConn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConn, Self::Error> {
        self.open().map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut AnyConn) -> Result<(), Self::Error> {
        conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut AnyConn) -> bool {
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(conn)
    }
}

/// Runs any statement that both databases can spell (ON CONFLICT, …) on [`AnyConn`].
#[derive(Debug, Clone, Copy)]
pub struct Both<Q>(pub Q);

impl<Q> QueryFragment<MultiBackend> for Both<Q>
where
    Q: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<Q: QueryId> QueryId for Both<Q> {
    type QueryId = Both<Q::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Both<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> diesel::query_dsl::RunQueryDsl<AnyConn> for Both<Q> {}

/// Compiles one body against each concrete connection, for the few statements that `MultiBackend` can't spell.
#[macro_export]
macro_rules! on_each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::store::connection::AnyConn::Pg($c) => $body,
            $crate::store::connection::AnyConn::Sqlite($c) => $body,
        }
    };
}
