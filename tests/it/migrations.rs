//! Changing the schema beside running nodes: who waits for whom, and what stops.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use reqwest::Method;
use serde_json::json;
use zhitongche::server::database;
use zhitongche::store::{AnyConn, StoreError, migrate};

use crate::support::cast::Cast;
use crate::support::database::{Engine, TestDatabase};

crate::both_databases!(
    a_newer_schema_stops_all_writing_at_once,
    a_migration_takes_the_time_that_it_needs,
    a_migration_waits_for_what_is_being_written
);

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

fn count(conn: &mut AnyConn, question: &str) -> i64 {
    sql_query(question).get_result::<Count>(conn).unwrap().n
}

async fn a_newer_schema_stops_all_writing_at_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    let draft = async || cast.post("author", "/manuscripts", json!({ "title": "改造" })).await;
    assert_eq!(draft().await.status.as_u16(), 201);
    assert_eq!(cast.app.get("", "/readyz").await.status.as_u16(), 200);
    let mut newer = cast.app.db().connect().unwrap();
    newer.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").unwrap();
    for _ in 0..6 {
        let refused = draft().await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (503, &json!("unavailable")), "{}", refused.body);
        assert!(refused.headers.contains_key("retry-after"));
    }
    assert_eq!(count(&mut newer, "SELECT COUNT(*) AS n FROM manuscripts"), 1);
    assert_eq!(cast.get("author", "/manuscripts").await.status.as_u16(), 200, "it still reads");
    assert_eq!(cast.app.get("", "/readyz").await.status.as_u16(), 503);
    assert_eq!(cast.app.send(cast.app.request(Method::GET, "/healthz", "")).await.status.as_u16(), 200);
    // Nor does another old node start.
    let refused = database::open(&cast.app.settings).err().unwrap().to_string();
    assert!(refused.contains("newer than this program"), "{refused}");
    assert!(matches!(migrate::run(&mut newer), Err(StoreError::NewerSchema { .. })));
    newer.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = '9999'").unwrap();
    assert_eq!(draft().await.status.as_u16(), 201);
}

/// The statement timeout is for requests: neither the wait for another node nor a statement of a migration ends by it.
async fn a_migration_takes_the_time_that_it_needs(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let database = TestDatabase::new(engine);
    let mut settings = database.settings();
    settings.database.statement_timeout_seconds = 1;
    let mut other = database::connect(&settings).unwrap();
    other
        .batch_execute(
            "SELECT pg_advisory_lock(8025187); CREATE TABLE seen (word TEXT NOT NULL); \
             CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS \
             $$ BEGIN IF tg_tag = 'CREATE INDEX' THEN INSERT INTO public.seen VALUES (current_setting('statement_timeout')); END IF; END $$; \
             CREATE EVENT TRIGGER note ON ddl_command_start EXECUTE FUNCTION note()",
        )
        .unwrap();
    let migrating = std::thread::spawn(move || {
        let mut conn = database::connect(&settings).unwrap();
        let done = migrate::run(&mut conn);
        let after: Word = sql_query("SELECT current_setting('statement_timeout') AS word").get_result(&mut conn).unwrap();
        (done, after.word)
    });
    let waits = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' \
                 AND clock_timestamp() - query_start > interval '1.2 seconds'";
    while count(&mut other, waits) == 0 {
        assert!(!migrating.is_finished(), "{:?}", migrating.join());
    }
    other.batch_execute("SELECT pg_advisory_unlock(8025187)").unwrap();
    let (done, after) = migrating.join().unwrap();
    assert!(!done.unwrap().is_empty());
    assert_eq!(after, "1s", "the requests of this connection have their limit again");
    let seen: Vec<Word> = sql_query("SELECT DISTINCT word FROM seen").load(&mut other).unwrap();
    assert_eq!(seen.into_iter().map(|seen| seen.word).collect::<Vec<_>>(), ["0"], "the limit while indexes are made");
}

/// A migration begins when the writings under way have ended, and those that come meanwhile find the newer schema.
async fn a_migration_waits_for_what_is_being_written(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let cast = Cast::new(engine).await;
    let (begun, is_begun) = std::sync::mpsc::channel();
    let (end, may_end) = std::sync::mpsc::channel();
    let db = cast.app.desk.db.clone();
    let writing = std::thread::spawn(move || {
        db.write_now(move |conn| {
            begun.send(()).unwrap();
            may_end.recv().unwrap();
            conn.batch_execute("SELECT 1").map_err(StoreError::from)
        })
    });
    is_begun.recv().unwrap();
    let mut newer = cast.app.db().connect().unwrap();
    let tried = newer.batch_execute("SET lock_timeout = '100ms'; BEGIN; LOCK TABLE __diesel_schema_migrations IN ACCESS EXCLUSIVE MODE");
    assert!(matches!(tried.map_err(StoreError::from), Err(StoreError::Busy)));
    newer.batch_execute("ROLLBACK").unwrap();
    end.send(()).unwrap();
    writing.join().unwrap().unwrap();
    newer.batch_execute("BEGIN; LOCK TABLE __diesel_schema_migrations IN ACCESS EXCLUSIVE MODE; ROLLBACK").unwrap();
}
