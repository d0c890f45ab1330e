//! One connection type over both databases, and the statements that only one spelling of diesel can't reach.

#![expect(missing_docs, reason = "the derive writes public items without docs")]

use std::cell::Cell;
use std::sync::OnceLock;

use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection};
use diesel::internal::derives::multiconnection::AstPassHelper;
use diesel::pg::{Pg, PgQueryBuilder};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::sqlite::query_builder::SqliteQueryBuilder;

use crate::store::error::StoreError;

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
