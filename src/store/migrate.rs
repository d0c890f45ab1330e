//! Bringing the schema up to date, under a lock, from migrations that are inside the binary.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::store::connection::AnyConn;
use crate::store::error::StoreError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The first SQLite without the race in resetting the write-ahead log.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Any number that no other program uses for its advisory lock: "ztc" in ASCII.
const LOCK: i64 = 0x7a_7463;

fn harness<T>(result: Result<T, Box<dyn std::error::Error + Send + Sync>>) -> Result<T, StoreError> {
    result.map_err(|error| StoreError::Database(error.to_string()))
}

/// Names of the migrations that the database lacks.
///
/// # Errors
/// The database's.
pub fn pending(conn: &mut AnyConn) -> Result<Vec<String>, StoreError> {
    let pending = match conn {
        AnyConn::Pg(conn) => harness(MigrationHarness::<diesel::pg::Pg>::pending_migrations(conn, POSTGRES))?
            .iter()
            .map(|one| one.name().to_string())
            .collect(),
        AnyConn::Sqlite(conn) => harness(MigrationHarness::<diesel::sqlite::Sqlite>::pending_migrations(conn, SQLITE))?
            .iter()
            .map(|one| one.name().to_string())
            .collect(),
    };
    Ok(pending)
}

/// Applies what is pending and gives the names. Nodes that start at once wait for each other.
///
/// # Errors
/// The database's; on PostgreSQL and SQLite a failed migration leaves nothing of itself.
pub fn run(conn: &mut AnyConn) -> Result<Vec<String>, StoreError> {
    match conn {
        AnyConn::Pg(conn) => {
            conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
            let done = harness(conn.run_pending_migrations(POSTGRES)).map(|done| done.iter().map(ToString::to_string).collect());
            conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))?;
            done
        }
        AnyConn::Sqlite(conn) => {
            let done = conn.exclusive_transaction(|conn| {
                conn.run_pending_migrations(SQLITE)
                    .map(|done| done.iter().map(ToString::to_string).collect::<Vec<_>>())
                    .map_err(diesel::result::Error::QueryBuilderError)
            });
            done.map_err(StoreError::from)
        }
    }
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Refuses a SQLite library that may lose a write-ahead log.
///
/// # Errors
/// [`StoreError::Database`] that names the version found and the one needed.
pub fn check_sqlite_version(conn: &mut AnyConn) -> Result<(), StoreError> {
    let AnyConn::Sqlite(conn) = conn else { return Ok(()) };
    let found = diesel::sql_query("SELECT sqlite_version() AS version").get_result::<Version>(conn)?.version;
    let mut parts = found.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST_SQLITE {
        let (major, minor, patch) = OLDEST_SQLITE;
        return Err(StoreError::Database(format!(
            "SQLite {found} is too old, {major}.{minor}.{patch} is needed; build with the bundled one"
        )));
    }
    Ok(())
}
