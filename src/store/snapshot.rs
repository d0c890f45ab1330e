//! The state of a database at one moment, for a backup, while others go on writing; and whether a place is empty enough to restore one into.

use std::path::Path;

use diesel::connection::{Connection, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::store::connection::AnyConn;
use crate::store::error::StoreError;

#[derive(QueryableByName)]
struct SnapshotValueRow {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct SnapshotCountRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Writes a copy of a SQLite database to `to`, an empty file, in one read transaction. It is compact and needs no log beside it.
///
/// # Errors
/// The database's; [`StoreError::Full`] when the disk is full.
pub fn copy_sqlite(conn: &mut AnyConn, to: &Path) -> Result<(), StoreError> {
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to.display().to_string()).execute(conn)?;
    Ok(())
}

/// Opens such a copy for reading. Nothing of it is changed, and no file is made beside it.
///
/// # Errors
/// The database's.
pub fn open_copy(path: &Path) -> Result<AnyConn, StoreError> {
    let mut conn = SqliteConnection::establish(&path.display().to_string()).map_err(|error| StoreError::Away(error.to_string()))?;
    conn.batch_execute("PRAGMA query_only=ON; PRAGMA temp_store=MEMORY;")?;
    Ok(AnyConn::Sqlite(conn))
}

/// The faults that SQLite finds in a file and its references; empty when it is intact.
///
/// # Errors
/// The database's, also where the file is no database.
pub fn integrity(conn: &mut AnyConn) -> Result<Vec<String>, StoreError> {
    let AnyConn::Sqlite(conn) = conn else { return Ok(Vec::new()) };
    let found: Vec<SnapshotValueRow> = diesel::sql_query("SELECT integrity_check AS value FROM pragma_integrity_check").load(conn)?;
    let mut found: Vec<String> = found.into_iter().map(|row| row.value).filter(|text| text != "ok").collect();
    let broken: SnapshotCountRow = diesel::sql_query("SELECT COUNT(*) AS n FROM pragma_foreign_key_check").get_result(conn)?;
    if broken.n > 0 {
        found.push(format!("{} rows refer to missing ones", broken.n));
    }
    Ok(found)
}

/// Begins a read-only transaction on PostgreSQL whose snapshot another process can use, and returns the snapshot's name. It has no
/// time-out.
///
/// # Errors
/// The database's.
pub fn export(conn: &mut AnyConn) -> Result<String, StoreError> {
    conn.begin_snapshot()?;
    conn.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")?;
    Ok(diesel::sql_query("SELECT pg_export_snapshot() AS value").get_result::<SnapshotValueRow>(conn)?.value)
}

/// Ends the transaction of [`export`].
///
/// # Errors
/// The database's.
pub fn end(conn: &mut AnyConn) -> Result<(), StoreError> {
    Ok(<AnyConn as Connection>::TransactionManager::rollback_transaction(conn)?)
}

/// The version of the newest applied migration; `None` where there is no schema.
///
/// # Errors
/// The database's.
pub fn schema(conn: &mut AnyConn) -> Result<Option<String>, StoreError> {
    let there = match conn {
        AnyConn::Pg(_) => {
            "SELECT COUNT(*) AS n FROM pg_tables WHERE tablename = '__diesel_schema_migrations' AND schemaname = ANY (current_schemas(false))"
        }
        AnyConn::Sqlite(_) => "SELECT COUNT(*) AS n FROM sqlite_schema WHERE name = '__diesel_schema_migrations'",
    };
    if diesel::sql_query(there).get_result::<SnapshotCountRow>(conn)?.n == 0 {
        return Ok(None);
    }
    let newest = diesel::sql_query("SELECT COALESCE(MAX(version), '') AS value FROM __diesel_schema_migrations");
    Ok(Some(newest.get_result::<SnapshotValueRow>(conn)?.value).filter(|version| !version.is_empty()))
}

/// The number of tables, views and sequences of a PostgreSQL database, without the system's own.
///
/// # Errors
/// The database's.
pub fn relations(conn: &mut AnyConn) -> Result<i64, StoreError> {
    let AnyConn::Pg(conn) = conn else { return Ok(0) };
    let all = "SELECT COUNT(*) AS n FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'";
    Ok(diesel::sql_query(all).get_result::<SnapshotCountRow>(conn)?.n)
}

/// The major version of the PostgreSQL server; `None` on SQLite.
///
/// # Errors
/// The database's.
pub fn server_major(conn: &mut AnyConn) -> Result<Option<u32>, StoreError> {
    let AnyConn::Pg(conn) = conn else { return Ok(None) };
    let number =
        diesel::sql_query("SELECT current_setting('server_version_num')::bigint / 10000 AS n").get_result::<SnapshotCountRow>(conn)?;
    Ok(u32::try_from(number.n).ok())
}

/// Lets PostgreSQL collect statistics of the restored rows, which its planner needs.
///
/// # Errors
/// The database's.
pub fn analyze(conn: &mut AnyConn) -> Result<(), StoreError> {
    match conn {
        AnyConn::Pg(conn) => Ok(conn.batch_execute("SET statement_timeout = 0; ANALYZE")?),
        AnyConn::Sqlite(_) => Ok(()),
    }
}
