//! One connection type over both databases, how it is opened, and the statements that only one spelling of diesel can't reach.

#![expect(missing_docs, reason = "the derive writes public items without docs")]

use std::cell::Cell;
use std::sync::OnceLock;

use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection};
use diesel::internal::derives::multiconnection::AstPassHelper;
use diesel::pg::{Pg, PgQueryBuilder};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::r2d2::ManageConnection;
use diesel::sqlite::Sqlite;
use diesel::sqlite::query_builder::SqliteQueryBuilder;

use crate::store::error::StoreError;
pub use crate::store::limits::DatabaseTimeouts;
use crate::store::matching;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl AnyConn {
    /// Begins a read-only transaction in which every statement sees the snapshot of the first one.
    ///
    /// # Errors
    /// The database's.
    pub(crate) fn begin_snapshot(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Pg(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?,
            // Deferred: the first statement takes the snapshot, and no writer waits for it.
            Self::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")?,
        }
        Ok(())
    }
}

/// The address of the database and the setup of its connections.
#[derive(Clone)]
pub struct Opener {
    url: String,
    limits: DatabaseTimeouts,
}

impl Opener {
    /// For a URL `sqlite://PATH` or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Database`] for another scheme.
    pub fn new(url: &str, limits: DatabaseTimeouts) -> Result<Self, StoreError> {
        let known = ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !known {
            return Err(StoreError::Database("database.url must begin with sqlite:// or postgres://".to_owned()));
        }
        let url = if url.starts_with("sqlite://") { url.to_owned() } else { limits.in_url(url) };
        Ok(Self { url, limits })
    }

    /// The path of the SQLite file; `None` on PostgreSQL.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&str> {
        self.url.strip_prefix("sqlite://")
    }

    /// Opens a connection. Never lets a dead PostgreSQL fall through to a SQLite file, as the derived `establish` would.
    ///
    /// # Errors
    /// diesel's connection error, with the message of the database.
    pub fn open(&self) -> ConnectionResult<AnyConn> {
        if let Some(path) = self.sqlite_path() {
            let mut conn = SqliteConnection::establish(path)?;
            // busy_timeout first: switching to WAL needs the lock.
            conn.batch_execute(
                "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
                 PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;",
            )
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
            matching::register(&mut conn).map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(AnyConn::Sqlite(conn))
        } else {
            let mut conn = PgConnection::establish(&self.url)?;
            conn.batch_execute(&self.limits.in_session()).map_err(ConnectionError::CouldntSetupConfiguration)?;
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
pub struct DualBackend<Q>(pub Q);

impl<Q> QueryFragment<MultiBackend> for DualBackend<Q>
where
    Q: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<Q> QueryId for DualBackend<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for DualBackend<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> diesel::query_dsl::RunQueryDsl<AnyConn> for DualBackend<Q> {}

/// Executes a statement through the prepared-statement cache where diesel would prepare it each time: updates, and statements with a list
/// of values. The key of the cache is the SQL, so it is only for statements with few different spellings: never for a list of any length.
#[derive(Debug, Clone, Copy)]
pub struct PreparedSql<Q>(pub Q);

/// The purpose of a pass over a statement.
enum Asks {
    /// Writes the SQL.
    Words,
    /// Which values it carries.
    Values,
    /// Anything else, such as whether the statement may be cached.
    Other,
}

/// Distinguishes the passes over a statement by the conversions that diesel calls; the conversions themselves change nothing.
macro_rules! pass_kind {
    ($pass:expr, $backend:ty) => {{
        let (words, values) = (Cell::new(false), Cell::new(false));
        let _ = $pass.reborrow().cast_database::<$backend>(
            |collector| {
                values.set(true);
                collector
            },
            |builder| {
                words.set(true);
                builder
            },
            |backend| backend,
            |lookup| lookup,
        );
        match (words.get(), values.get()) {
            (true, _) => Asks::Words,
            (_, true) => Asks::Values,
            _ => Asks::Other,
        }
    }};
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for PreparedSql<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match pass_kind!(pass, MultiBackend) {
            Asks::Words | Asks::Values => self.0.walk_ast(pass),
            Asks::Other => Ok(()),
        }
    }
}

impl<Q> QueryId for PreparedSql<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for PreparedSql<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> diesel::query_dsl::RunQueryDsl<AnyConn> for PreparedSql<Q> {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for PreparedSql<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match pass_kind!(pass, Pg) {
            Asks::Words | Asks::Values => self.0.walk_ast(pass),
            Asks::Other => Ok(()),
        }
    }
}

impl<Q> diesel::query_dsl::RunQueryDsl<PgConnection> for PreparedSql<Q> {}

/// The largest number of rows that are inserted by one statement.
const WIDEST: usize = 32;

/// Cuts rows into pieces whose lengths are powers of two, so that statements over many rows have few spellings and stay prepared.
pub(crate) fn in_widths<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let width = rows.len().min(WIDEST).checked_ilog2().map(|power| 1_usize << power)?;
        let (piece, rest) = rows.split_at(width);
        rows = rest;
        Some(piece)
    })
}

/// Inserts rows: on PostgreSQL many by one statement, on SQLite, where a statement costs no way to a server, one after the other.
#[macro_export]
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr, |$row:ident| $values:expr) => {
        match $conn {
            $crate::store::connection::AnyConn::Pg(conn) => {
                for piece in $crate::store::connection::in_widths($rows) {
                    let values: Vec<_> = piece.iter().map(|$row| $values).collect();
                    $crate::store::connection::PreparedSql(diesel::insert_into($table).values(values)).execute(conn)?;
                }
            }
            conn @ $crate::store::connection::AnyConn::Sqlite(_) => {
                for $row in $rows {
                    $crate::cached!(diesel::insert_into($table).values($values)).execute(conn)?;
                }
            }
        }
    };
}

/// The spellings of a statement that always has the same: put together at its first use, for that costs more than many a statement.
#[derive(Debug, Default)]
pub struct Spelling {
    pg: OnceLock<String>,
    sqlite: OnceLock<String>,
}

impl Spelling {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { pg: OnceLock::new(), sqlite: OnceLock::new() }
    }

    fn of(&self, query: &impl QueryFragment<MultiBackend>, backend: &MultiBackend) -> QueryResult<&str> {
        let (place, mut builder) = match backend {
            MultiBackend::Pg(_) => (&self.pg, Builder::Pg(PgQueryBuilder::default())),
            MultiBackend::Sqlite(_) => (&self.sqlite, Builder::Sqlite(SqliteQueryBuilder::default())),
        };
        if let Some(words) = place.get() {
            return Ok(words);
        }
        query.to_sql(&mut builder, backend)?;
        Ok(place.get_or_init(|| builder.finish()))
    }
}

type Builder = <MultiBackend as Backend>::QueryBuilder;

/// Like [`PreparedSql`], for a statement with one spelling for ever; made by [`cached!`](crate::cached).
#[derive(Debug, Clone, Copy)]
pub struct CachedSql<Q> {
    /// The statement.
    pub query: Q,
    /// Its spellings.
    pub spelling: &'static Spelling,
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for CachedSql<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match pass_kind!(pass, MultiBackend) {
            Asks::Words => {
                let words = self.spelling.of(&self.query, pass.backend())?;
                pass.push_sql(words);
                Ok(())
            }
            Asks::Values => self.query.walk_ast(pass),
            Asks::Other => Ok(()),
        }
    }
}

impl<Q> QueryId for CachedSql<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for CachedSql<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> diesel::query_dsl::RunQueryDsl<AnyConn> for CachedSql<Q> {}

/// Caches the SQL of a statement from its first use on. Only where no value, option or list can change the SQL, and not within a generic
/// function.
#[macro_export]
macro_rules! cached {
    ($query:expr) => {{
        static SPELLING: $crate::store::connection::Spelling = $crate::store::connection::Spelling::new();
        $crate::store::connection::CachedSql { query: $query, spelling: &SPELLING }
    }};
}

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
