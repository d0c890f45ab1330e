//! The two schemas: equal to each other, and to what diesel believes of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use diesel::debug_query;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use zhitongche::store::proof::table::{Class, ColumnKind};
use zhitongche::store::proof::tables;
use zhitongche::store::{AnyConn, migrate, schema};

use crate::support::database::{Engine, TestDatabase};

crate::both_databases!(
    every_table_loads_with_all_its_columns,
    every_column_is_classified_once,
    migrations_run_once,
    whatever_statistics_count_is_marked_when_it_changes,
    an_old_schema_is_refused_when_nobody_may_change_it
);

/// `SELECT` of each table as diesel spells it.
macro_rules! selects {
    ($($table:ident),* $(,)?) => {
        vec![$((stringify!($table), debug_query::<Pg, _>(&schema::$table::table.select(schema::$table::all_columns)).to_string())),*]
    };
}

fn believed() -> Vec<(&'static str, String)> {
    selects![
        channels,
        organizations,
        persons,
        accounts,
        identities,
        users,
        grants,
        stand_ins,
        tokens,
        throttles,
        counters,
        manuscripts,
        texts,
        signed_outdated,
        authors,
        change_requests,
        decisions,
        form_drafts,
        attachments,
        bulletins,
        bulletin_items,
        bulletin_recipients,
        recipients,
        endorsements,
        assignments,
        merged_suggestions,
        replies,
        reply_items,
        implementation_reports,
        urgings,
        adoptions,
        ratings,
        letters,
        mail_servers,
        mail_settings,
        webhooks,
        reminders,
        idempotency_keys,
        calendar_years,
        channel_calendar_years,
        shipped_calendar_years,
        leases,
        ledger_entries,
        ledger_heads,
        ledger_positions,
        ledger_checkpoints,
        ledger_nodes,
        ledger_waiting,
        jobs,
        ledger_checks,
        person_versions,
        secrets,
        ledger_keys,
        proof_sets,
        statistics_marks,
        statistics_facts,
        statistics_counters,
        statistics_channels,
    ]
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = BigInt)]
    columns: i64,
}

fn columns(conn: &mut AnyConn) -> BTreeMap<String, i64> {
    let query = match conn {
        AnyConn::Sqlite(_) => {
            "SELECT m.name AS tbl, COUNT(*) AS columns FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' GROUP BY m.name"
        }
        AnyConn::Pg(_) => {
            "SELECT table_name::text AS tbl, COUNT(*) AS columns FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' GROUP BY table_name"
        }
    };
    let rows: Vec<Column> = diesel::sql_query(query).load(conn).unwrap();
    rows.into_iter().map(|row| (row.tbl, row.columns)).collect()
}

/// A migration of SQLite that rebuilds a table loses its triggers without a word.
async fn whatever_statistics_count_is_marked_when_it_changes(engine: Engine) {
    #[derive(QueryableByName)]
    struct Trigger {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let database = TestDatabase::new(engine);
    let mut conn = database.open().connect().unwrap();
    let query = match engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_count\\_%' ESCAPE '\\' ORDER BY name",
        Engine::Postgres => {
            "SELECT tgname::text AS name FROM pg_trigger WHERE tgname LIKE '%\\_count\\_%' ORDER BY tgname::text COLLATE \"C\""
        }
    };
    let found: Vec<Trigger> = diesel::sql_query(query).load(&mut conn).unwrap();
    let tables = ["assignments", "endorsements", "manuscripts", "replies"];
    let wanted: Vec<String> =
        tables.iter().flat_map(|table| ["changed", "gone", "new"].map(|event| format!("{table}_count_{event}"))).collect();
    assert_eq!(found.into_iter().map(|trigger| trigger.name).collect::<Vec<_>>(), wanted);
}

async fn every_table_loads_with_all_its_columns(engine: Engine) {
    let database = TestDatabase::new(engine);
    let mut conn = database.open().connect().unwrap();
    let mut real = columns(&mut conn);
    for (table, select) in believed() {
        let sql = select.split(" -- binds").next().unwrap();
        diesel::sql_query(sql).execute(&mut conn).unwrap_or_else(|e| panic!("{table}: {e}"));
        let count = i64::try_from(sql.split(" FROM ").next().unwrap().matches("\".\"").count()).unwrap();
        assert_eq!(real.remove(table), Some(count), "{table}: diesel knows {count} columns");
    }
    assert_eq!(real, BTreeMap::new(), "tables that diesel does not know");
}

/// A column as the database has it.
#[derive(QueryableByName)]
struct Real {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    of: String,
    /// The place in the primary key, from 1; 0 for what is not in it.
    #[diesel(sql_type = BigInt)]
    key: i64,
}

fn real(conn: &mut AnyConn) -> Vec<Real> {
    let query = match conn {
        AnyConn::Sqlite(_) => {
            "SELECT m.name AS tbl, c.name AS name, c.type AS of, c.pk AS key FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        AnyConn::Pg(_) => {
            "SELECT c.table_name::text AS tbl, c.column_name::text AS name, c.udt_name::text AS of, coalesce(k.ordinal_position, 0)::bigint AS key \
             FROM information_schema.columns c LEFT JOIN (information_schema.table_constraints t JOIN information_schema.key_column_usage k \
             ON k.constraint_name = t.constraint_name AND k.table_name = t.table_name) ON t.constraint_type = 'PRIMARY KEY' \
             AND t.table_name = c.table_name AND k.column_name = c.column_name \
             WHERE c.table_schema = 'public'"
        }
    };
    diesel::sql_query(query).load(conn).unwrap()
}

/// How the databases call a type; the last names are those of diesel's own table.
const fn called(kind: ColumnKind) -> &'static [&'static str] {
    match kind {
        ColumnKind::Bool => &["INTEGER", "bool"],
        ColumnKind::Bytes => &["BLOB", "bytea"],
        ColumnKind::Integer => &["INTEGER", "int8"],
        ColumnKind::Text => &["TEXT", "text", "VARCHAR(50)", "varchar"],
        ColumnKind::Time => &["INTEGER", "timestamptz", "TIMESTAMP", "timestamp"],
        ColumnKind::Uuid => &["BLOB", "uuid"],
    }
}

async fn every_column_is_classified_once(engine: Engine) {
    let database = TestDatabase::new(engine);
    let mut conn = database.open().connect().unwrap();
    let real = real(&mut conn);
    let mut counts = [0; 4];
    for table in tables::ALL {
        assert_eq!(tables::ALL.iter().filter(|other| other.name == table.name).count(), 1, "{} is listed twice", table.name);
        let mut there: BTreeMap<&str, &Real> =
            real.iter().filter(|one| one.tbl == table.name).map(|one| (one.name.as_str(), one)).collect();
        let mut key: Vec<(i64, &str)> = there.values().filter(|one| one.key > 0).map(|one| (one.key, one.name.as_str())).collect();
        key.sort_unstable();
        assert_eq!(key.iter().map(|(_, name)| *name).collect::<Vec<_>>(), table.key, "the key of {}", table.name);
        for column in table.columns {
            let name = format!("{}.{}", table.name, column.name);
            let found = there.remove(column.name).unwrap_or_else(|| panic!("{name} is classified twice, or not there"));
            assert!(called(column.kind).contains(&found.of.as_str()), "{name} is {}, not {:?}", found.of, column.kind);
            let reason = match column.class {
                Class::Proved { open, .. } => {
                    assert!(!open || table.open.is_some(), "{name} is open, and nothing says when");
                    counts[0] += 1;
                    "proved"
                }
                Class::InTree(how) => {
                    counts[1] += 1;
                    how
                }
                Class::Derived(from) => {
                    counts[2] += 1;
                    from
                }
                Class::NotProved(why) => {
                    counts[3] += 1;
                    why
                }
            };
            assert!(!reason.is_empty(), "{name} has no reason");
        }
        assert!(there.is_empty(), "{} has columns that nobody classified: {:?}", table.name, there.keys());
    }
    let unknown: Vec<&Real> = real.iter().filter(|one| !tables::ALL.iter().any(|table| table.name == one.tbl)).collect();
    assert!(unknown.is_empty(), "nobody classified {}", unknown[0].tbl);
    let [proved, in_tree, derived, not_proved] = counts;
    println!(
        "{} tables, {} columns: {proved} proved, {in_tree} in the tree, {derived} derived, {not_proved} not proved",
        tables::ALL.len(),
        real.len()
    );
}

async fn migrations_run_once(engine: Engine) {
    let database = TestDatabase::new(engine);
    let mut conn = zhitongche::server::database::connect(&database.settings()).unwrap();
    let pending = migrate::pending(&mut conn).unwrap();
    assert!(!pending.is_empty());
    let applied = migrate::run(&mut conn).unwrap();
    assert_eq!(applied.len(), pending.len());
    assert_eq!(migrate::pending(&mut conn).unwrap(), Vec::<String>::new());
    assert_eq!(migrate::run(&mut conn).unwrap(), Vec::<String>::new());
}

async fn an_old_schema_is_refused_when_nobody_may_change_it(engine: Engine) {
    let database = TestDatabase::new(engine);
    let mut settings = database.settings();
    settings.database.migrate_at_start = false;
    let refused = zhitongche::server::database::open(&settings).err().unwrap().to_string();
    assert!(refused.contains("run `zhitongche migrate`"), "{refused}");
    database.open();
    assert!(zhitongche::server::database::open(&settings).is_ok());
}

/// What begins and ends statements that can't be the same on both databases, because SQLite makes a table anew for them.
const APART: [&str; 2] = ["-- Not equal: ", "-- Equal again."];

/// Types and table options told alike; everything else (columns, keys, checks, indexes) is compared word by word.
fn normal(sql: &str) -> Vec<String> {
    let sql: String = sql.split(APART[1]).map(|part| part.split(APART[0]).next().unwrap()).collect();
    let words = sql.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join(" ");
    let words = words.split("CREATE TRIGGER").next().unwrap().split("CREATE FUNCTION").next().unwrap().to_owned();
    let words = words.replace(") STRICT, WITHOUT ROWID", ")").replace(") STRICT", ")").replace("GENERATED ALWAYS AS IDENTITY", "NOT NULL");
    let kind = |word: &str| match word.trim_end_matches([',', ';']) {
        "UUID" | "BYTEA" => word.replace("UUID", "BLOB").replace("BYTEA", "BLOB"),
        "BIGINT" | "BOOLEAN" | "TIMESTAMPTZ" => {
            word.replace("BIGINT", "INTEGER").replace("BOOLEAN", "INTEGER").replace("TIMESTAMPTZ", "INTEGER")
        }
        _ => word.to_owned(),
    };
    let words = words.split_whitespace().map(kind).collect::<Vec<_>>().join(" ");
    words.split(';').map(|statement| statement.trim().to_owned()).filter(|statement| !statement.is_empty()).collect()
}

#[test]
fn both_schemas_agree_in_columns_keys_checks_and_indexes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut names: Vec<_> = fs::read_dir(folder.join("sqlite")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    for name in names {
        let read = |engine: &str| normal(&fs::read_to_string(folder.join(engine).join(&name).join("up.sql")).unwrap());
        for (sqlite, postgres) in read("sqlite").iter().zip(read("postgres").iter()) {
            assert_eq!(sqlite, postgres, "{}", name.display());
        }
        assert_eq!(read("sqlite").len(), read("postgres").len(), "{}", name.display());
    }
}
