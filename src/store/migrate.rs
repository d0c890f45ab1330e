//! Bringing the schema up to date, under a lock, from migrations that are inside the binary.
//!
//! All that is pending is applied in one transaction: it is there or nothing of it. On SQLite foreign keys are off meanwhile, so that a
//! migration can build a table anew under its old name, and all references are checked before the commit. A node that runs meanwhile finds
//! the newer schema at its next writing, and writes nothing more ([`newer_version`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationConnection, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::store::connection::{AnyConn, PreparedSql};
use crate::store::error::StoreError;
use crate::store::snapshot;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The first SQLite without the race in resetting the write-ahead log.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// The version of the migration that brought the codes of `tokens`.
pub const CODES: &str = "0011";

/// Any number that no other program uses for its advisory lock: "ztc" in ASCII.
const LOCK: i64 = 0x7a_7463;

/// diesel's table of applied migrations.
const APPLIED: &str = "__diesel_schema_migrations";

/// The number of broken references that an error names.
const NAMED: usize = 5;

#[derive(QueryableByName)]
struct MigrateValueRow {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct MaybeValue {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

#[derive(QueryableByName)]
struct MigrateCountRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// A row of `PRAGMA foreign_key_check`.
#[derive(QueryableByName)]
#[diesel(check_for_backend(Sqlite))]
struct BrokenReference {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    rowid: Option<i64>,
    #[diesel(sql_type = Text)]
    parent: String,
}

fn harness<T>(result: Result<T, Box<dyn std::error::Error + Send + Sync>>) -> Result<T, StoreError> {
    result.map_err(|error| StoreError::Database(error.to_string()))
}

/// Names of the migrations that the database lacks. Read-only: creates no schema where there is none.
///
/// # Errors
/// [`StoreError::NewerSchema`] when it has migrations that this program does not know; the database's.
pub fn pending(conn: &mut AnyConn) -> Result<Vec<String>, StoreError> {
    refuse_newer(conn)?;
    let applied: BTreeSet<String> = match snapshot::schema(conn)? {
        None => BTreeSet::new(),
        Some(_) => {
            let rows: Vec<MigrateValueRow> = diesel::sql_query(format!("SELECT version AS value FROM {APPLIED}")).load(conn)?;
            rows.into_iter().map(|row| row.value).collect()
        }
    };
    let known = match conn {
        AnyConn::Pg(_) => names::<Pg>(POSTGRES)?,
        AnyConn::Sqlite(_) => names::<Sqlite>(SQLITE)?,
    };
    Ok(known.into_iter().filter(|(version, _)| !applied.contains(version)).map(|(_, name)| name).collect())
}

/// Versions and names of the migrations of this program, in their order.
fn names<DB: diesel::backend::Backend>(known: EmbeddedMigrations) -> Result<BTreeMap<String, String>, StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let all: Vec<Box<dyn Migration<DB>>> = harness(known.migrations())?;
    Ok(all.iter().map(|one| (one.name().version().to_string(), one.name().to_string())).collect())
}

/// The newest version that this program knows.
#[must_use]
pub fn newest() -> &'static str {
    static NEWEST: OnceLock<String> = OnceLock::new();
    NEWEST.get_or_init(|| {
        let known: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().unwrap_or_default();
        known.iter().map(|one| one.name().version().to_string()).max().unwrap_or_default()
    })
}

/// The condition that the schema is newer, as an SQL expression.
fn newer() -> String {
    format!("EXISTS (SELECT 1 FROM {APPLIED} WHERE version > '{}')", newest())
}

/// The newest version of a database that a newer program has changed; `None` for all others.
///
/// # Errors
/// The database's, also where it has no schema.
pub fn newer_version(conn: &mut AnyConn) -> Result<Option<String>, StoreError> {
    static QUESTION: OnceLock<String> = OnceLock::new();
    let question = QUESTION.get_or_init(|| format!("SELECT MAX(version) AS value FROM {APPLIED} WHERE version > '{}'", newest()));
    Ok(PreparedSql(diesel::sql_query(question)).get_result::<MaybeValue>(conn)?.value)
}

/// Refuses a schema that a newer program has changed. A database without a schema is accepted.
///
/// # Errors
/// [`StoreError::NewerSchema`]; the database's.
pub fn refuse_newer(conn: &mut AnyConn) -> Result<(), StoreError> {
    match snapshot::schema(conn)? {
        Some(found) if found.as_str() > newest() => Err(StoreError::NewerSchema { found, known: newest() }),
        _ => Ok(()),
    }
}

/// Statements that begin a transaction on PostgreSQL, in one way to the server, and fail when the schema is newer. Until the transaction
/// ends, no migration begins.
pub(crate) fn begin_known_schema() -> &'static str {
    static BEGIN: OnceLock<String> = OnceLock::new();
    BEGIN.get_or_init(|| format!("BEGIN; SELECT 1 / (CASE WHEN {} THEN 0 ELSE 1 END)", newer()))
}

/// Applies pending migrations and returns their versions. Nodes that start at the same time wait for each other.
///
/// # Errors
/// [`StoreError::NewerSchema`]; the database's. A failed migration is rolled back together with those before it.
pub fn run(conn: &mut AnyConn) -> Result<Vec<String>, StoreError> {
    if pending(conn)?.is_empty() {
        return Ok(Vec::new());
    }
    let done = match conn {
        AnyConn::Pg(conn) => on_pg(conn)?,
        AnyConn::Sqlite(conn) => on_sqlite(conn)?,
    };
    // The node that was waited for may have been a newer one.
    refuse_newer(conn).map(|()| done)
}

fn apply<DB: diesel::backend::Backend>(conn: &mut impl MigrationHarness<DB>, known: EmbeddedMigrations) -> Result<Vec<String>, StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    harness(conn.run_pending_migrations(known)).map(|done| done.iter().map(ToString::to_string).collect())
}

/// An index over many rows, the wait for another node and that for a long writing all take longer than a statement of a request may.
fn on_pg(conn: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    let mut setting = |name: &str| -> QueryResult<String> {
        Ok(diesel::sql_query(format!("SELECT current_setting('{name}') AS value")).get_result::<MigrateValueRow>(conn)?.value)
    };
    let (statement, lock) = (setting("statement_timeout")?, setting("lock_timeout")?);
    conn.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
    let done = wait_for_turn(conn).and_then(|()| {
        MigrationConnection::setup(conn)?;
        let done = conn.transaction(|conn| {
            // Waits for writing transactions under way; later ones find the newer schema.
            conn.batch_execute(&format!("LOCK TABLE {APPLIED} IN ACCESS EXCLUSIVE MODE"))?;
            apply::<Pg>(conn, POSTGRES)
        });
        let unlocked = conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"));
        done.and_then(|done| Ok(unlocked.map(|()| done)?))
    });
    let restored = conn.batch_execute(&format!("SET statement_timeout = '{statement}'; SET lock_timeout = '{lock}'"));
    done.and_then(|done| Ok(restored.map(|()| done)?))
}

fn wait_for_turn(conn: &mut PgConnection) -> Result<(), StoreError> {
    let free: MigrateCountRow = diesel::sql_query(format!("SELECT pg_try_advisory_lock({LOCK})::int::bigint AS n")).get_result(conn)?;
    if free.n == 0 {
        tracing::warn!("another node changes the schema; waiting until it has ended");
        conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
    }
    Ok(())
}

fn on_sqlite(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    loop {
        match without_foreign_keys(conn, |conn| apply::<Sqlite>(conn, SQLITE)) {
            Err(StoreError::Busy) => tracing::warn!("another process holds the database; the schema is changed when it has ended"),
            done => return done,
        }
    }
}

/// Runs `change` in a transaction in which a table may be dropped that others refer to; it is rolled back if a reference is broken at its end.
fn without_foreign_keys<T>(
    conn: &mut SqliteConnection,
    change: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    // Has no effect within a transaction, so it is executed before it.
    conn.batch_execute("PRAGMA foreign_keys=OFF")?;
    let done = conn.exclusive_transaction(|conn| {
        let done = change(conn)?;
        check_references(conn)?;
        Ok(done)
    });
    conn.batch_execute("PRAGMA foreign_keys=ON")?;
    done
}

/// Finds the references that a migration has broken while foreign keys were off.
fn check_references(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let broken: Vec<BrokenReference> = diesel::sql_query("PRAGMA foreign_key_check").load(conn)?;
    if broken.is_empty() {
        return Ok(());
    }
    let named = broken.iter().take(NAMED).map(|one| {
        let row = one.rowid.map_or_else(String::new, |id| format!(" row {id}"));
        format!("{}{row} refers to a missing row of {}", one.table, one.parent)
    });
    let named = named.collect::<Vec<_>>().join("; ");
    Err(StoreError::Database(format!("the migrations leave {} broken references: {named}", broken.len())))
}

/// Begins a transaction that only one node can have at a time, without the time-outs of requests, for the work after the migrations.
///
/// # Errors
/// The database's.
pub fn begin_alone(conn: &mut AnyConn) -> Result<(), StoreError> {
    let begin = match conn {
        AnyConn::Pg(_) => {
            format!("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({LOCK})")
        }
        AnyConn::Sqlite(_) => "BEGIN IMMEDIATE".to_owned(),
    };
    Ok(conn.batch_execute(&begin)?)
}

/// Refuses a SQLite library that may lose a write-ahead log.
///
/// # Errors
/// [`StoreError::Database`] that names the version found and the one needed.
pub fn check_sqlite_version(conn: &mut AnyConn) -> Result<(), StoreError> {
    let AnyConn::Sqlite(conn) = conn else { return Ok(()) };
    let found = diesel::sql_query("SELECT sqlite_version() AS value").get_result::<MigrateValueRow>(conn)?.value;
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

#[cfg(test)]
mod tests {
    use super::*;

    const REBUILD: &str = "CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT) STRICT; INSERT INTO new_parent (id) SELECT id FROM parent; \
                           DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent";

    fn family() -> SqliteConnection {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute(
            "PRAGMA foreign_keys=ON; CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT; \
             CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id)) STRICT; \
             INSERT INTO parent VALUES (1); INSERT INTO child VALUES (7, 1)",
        )
        .unwrap();
        conn
    }

    fn count(conn: &mut SqliteConnection, question: &str) -> i64 {
        diesel::sql_query(question).get_result::<MigrateCountRow>(conn).unwrap().n
    }

    #[test]
    fn a_table_that_others_refer_to_can_be_built_anew() {
        let mut conn = family();
        assert!(conn.batch_execute(REBUILD).is_err(), "as long as foreign keys are on, its rows can't go");
        let mut conn = family();
        without_foreign_keys(&mut conn, |conn| Ok(conn.batch_execute(REBUILD)?)).unwrap();
        assert_eq!(count(&mut conn, "SELECT COUNT(*) AS n FROM parent WHERE name IS NULL"), 1);
        assert!(conn.batch_execute("INSERT INTO child VALUES (8, 2)").is_err(), "foreign keys are on again");
        conn.batch_execute("INSERT INTO parent VALUES (2, 'two'); INSERT INTO child VALUES (8, 2)").unwrap();
    }

    #[test]
    fn a_broken_reference_takes_the_whole_change_back() {
        let mut conn = family();
        let refused =
            without_foreign_keys(&mut conn, |conn| Ok(conn.batch_execute("CREATE TABLE more (id INTEGER) STRICT; DELETE FROM parent")?));
        let says = refused.unwrap_err().to_string();
        assert!(says.contains("child row 7 refers to a missing row of parent"), "{says}");
        assert_eq!(count(&mut conn, "SELECT COUNT(*) AS n FROM parent"), 1);
        assert_eq!(count(&mut conn, "SELECT COUNT(*) AS n FROM sqlite_master WHERE name = 'more'"), 0);
        assert!(conn.batch_execute("INSERT INTO child VALUES (8, 2)").is_err(), "foreign keys are on again");
    }
}
