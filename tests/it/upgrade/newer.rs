//! A schema that a newer program has changed, and a database that is not there: what every command says of them.

use std::path::Path;

use diesel::connection::SimpleConnection;
use zhitongche::store::migrate;

use crate::support::database::{Engine, TestDatabase};
use crate::support::program::{Program, Ran};

crate::both_databases!(
    every_command_refuses_a_newer_schema_with_both_versions,
    looking_for_pending_migrations_makes_nothing,
    commands_that_read_make_no_database,
    a_listing_leaves_an_older_schema_as_it_is
);

/// Every command that opens the database.
const ALL: [&[&str]; 20] = [
    &["serve", "--bind", "127.0.0.1:0"],
    &["work"],
    &["migrate"],
    &["migrate", "--check"],
    &["check"],
    &["backup", "new.tar"],
    &["channel", "list"],
    &["channel", "add", "--code", "two", "--name", "二"],
    &["calendar", "list"],
    &["user", "list"],
    &["user", "add", "--login", "new", "--name", "新人", "--email", "new@example.cn", "--org", "统战部"],
    &["user", "disable", "new"],
    &["token", "list", "--user", "new"],
    &["token", "add", "--user", "new", "--name", "t"],
    &["token", "renew-key"],
    &["ledger", "verify"],
    &["ledger", "checkpoint"],
    &["ledger", "export"],
    &["ledger", "rotate", "--reason", "test"],
    &["ledger", "resume", "--reason", "test"],
];

/// Those that only look.
const READING: [&[&str]; 8] = [
    &["migrate", "--check"],
    &["backup", "new.tar"],
    &["channel", "list"],
    &["calendar", "list"],
    &["user", "list"],
    &["token", "list", "--user", "new"],
    &["ledger", "verify"],
    &["ledger", "export"],
];

fn program<'a>(database: &TestDatabase, dir: &'a Path, data_dir: &Path) -> Program<'a> {
    let data_dir = data_dir.display().to_string();
    Program::new(dir).with("DATABASE__URL", database.url.clone()).with("SERVER__DATA_DIR", data_dir).with("MAIL__TRANSPORT", "memory")
}

async fn run(program: &Program<'_>, arguments: &[&str]) -> Ran {
    program.run(arguments)
}

async fn every_command_refuses_a_newer_schema_with_both_versions(engine: Engine) {
    let database = TestDatabase::new(engine);
    let dir = tempfile::tempdir().unwrap();
    let program = program(&database, dir.path(), database.dir.path());
    assert_eq!(program.run(&["ledger", "checkpoint"]).code, 1, "there is nothing to sign yet");
    program.serve().kill();
    let mut conn = database.open().connect().unwrap();
    conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").unwrap();
    drop(conn);
    for arguments in ALL {
        let ran = run(&program, arguments).await;
        let says = format!("{}{}", ran.says, ran.complains);
        assert_eq!(ran.code, 1, "{arguments:?}: {says}");
        assert!(says.contains("9999") && says.contains(migrate::newest()), "{arguments:?} names both versions: {says}");
    }
    assert!(!dir.path().join("new.tar").exists());
}

/// What lies in a folder and below it.
fn everything(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        found.push(entry.display().to_string());
        if entry.is_dir() {
            found.extend(everything(&entry));
        }
    }
    found
}

/// How many tables a database has.
fn tables(url: &str) -> i64 {
    use diesel::pg::PgConnection;
    use diesel::{Connection, RunQueryDsl};
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let mut conn = PgConnection::establish(url).unwrap();
    let question = "SELECT COUNT(*) AS n FROM pg_tables WHERE schemaname = 'public'";
    diesel::sql_query(question).get_result::<Count>(&mut conn).unwrap().n
}

async fn looking_for_pending_migrations_makes_nothing(engine: Engine) {
    let database = TestDatabase::new(engine);
    let dir = tempfile::tempdir().unwrap();
    let program = program(&database, dir.path(), &dir.path().join("data"));
    let ran = run(&program, &["migrate", "--check"]).await;
    assert_eq!(ran.code, 1, "{}{}", ran.says, ran.complains);
    match engine {
        Engine::Sqlite => assert!(ran.complains.contains("there is no database at "), "{}", ran.complains),
        Engine::Postgres => {
            assert!(ran.says.starts_with("pending 0001_people\n"), "{}", ran.says);
            assert_eq!(tables(&database.url), 0);
        }
    }
    assert_eq!((everything(dir.path()), everything(database.dir.path())), (vec![], vec![]));
}

async fn commands_that_read_make_no_database(engine: Engine) {
    let database = TestDatabase::new(engine);
    let dir = tempfile::tempdir().unwrap();
    let program = program(&database, dir.path(), &dir.path().join("data"));
    for arguments in READING {
        let ran = run(&program, arguments).await;
        assert_eq!(ran.code, 1, "{arguments:?}: {}{}", ran.says, ran.complains);
        assert!(!database.dir.path().join("test.db").exists(), "{arguments:?} made a database");
        assert!(engine == Engine::Sqlite || tables(&database.url) == 0, "{arguments:?} made tables");
    }
    let ran = run(&program, &["check"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.says, ran.complains);
    assert!(!database.dir.path().join("test.db").exists(), "check made a database");
}

/// An administrator looks with the new program while nodes of the old one still run.
async fn a_listing_leaves_an_older_schema_as_it_is(engine: Engine) {
    let database = TestDatabase::new(engine);
    let dir = tempfile::tempdir().unwrap();
    let program = program(&database, dir.path(), database.dir.path());
    program.serve().kill();
    let mut conn = database.open().connect().unwrap();
    conn.batch_execute(&format!("DELETE FROM __diesel_schema_migrations WHERE version = '{}'", migrate::newest())).unwrap();
    drop(conn);
    for arguments in READING {
        let ran = run(&program, arguments).await;
        let says = format!("{}{}", ran.says, ran.complains);
        assert_eq!(ran.code, 1, "{arguments:?}: {says}");
        assert!(says.contains(migrate::newest()), "{arguments:?} names what is missing: {says}");
    }
}
