//! What a database can't do now is told as that: 503 with a time to come again, never a mistake of the program.

use diesel::connection::SimpleConnection;
use serde_json::json;
use zhitongche::store::{AnyConn, StoreError};

use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    each_code_is_told_apart,
    who_waits_too_long_for_a_lock_may_come_again,
    a_server_that_only_reads_is_no_mistake_of_the_program,
    a_disk_without_room_says_so
);

async fn draft(cast: &Cast) -> Answer {
    cast.post("author", "/manuscripts", json!({ "title": "锁" })).await
}

#[track_caller]
fn assert_again(answer: &Answer, code: &str) {
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (503, &json!(code)), "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
}

async fn each_code_is_told_apart(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut conn = cast.app.db().connect().unwrap();
    let mut told = |statement: &str| StoreError::from(conn.batch_execute(statement).unwrap_err());
    if engine == Engine::Sqlite {
        assert!(matches!(told("PRAGMA query_only=ON; DELETE FROM throttles"), StoreError::Away(_)));
        assert!(matches!(told("PRAGMA query_only=OFF; SELECT nothing"), StoreError::Database(_)));
        return;
    }
    assert!(matches!(told("SET statement_timeout = '10ms'; SELECT pg_sleep(5)"), StoreError::Busy), "57014");
    assert!(matches!(told("BEGIN READ ONLY; DELETE FROM throttles"), StoreError::Away(_)), "25006");
    assert!(matches!(told("ROLLBACK; SELECT nothing"), StoreError::Database(_)));
    let raised = |code: &str, words: &str| format!("DO $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '{code}'; END $$");
    for (code, words) in
        [("40001", "could not serialize access"), ("40P01", "deadlock detected"), ("55P03", "could not obtain lock on row")]
    {
        assert!(matches!(told(&raised(code, words)), StoreError::Busy), "{code}");
    }
    assert!(matches!(told(&raised("53100", "could not extend file: No space left on device")), StoreError::Full));
    assert!(matches!(told(&raised("57P01", "terminating connection due to administrator command")), StoreError::Away(_)));
    assert!(matches!(told(&raised("08006", "the line is cut")), StoreError::Away(_)), "by its code, whatever it says");
}

/// Somebody else holds what an act needs, longer than a statement may take.
async fn who_waits_too_long_for_a_lock_may_come_again(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.database.statement_timeout_seconds = 1).await;
    assert_eq!(draft(&cast).await.status, 201);
    let mut holds = cast.app.db().connect().unwrap();
    let lock = match engine {
        Engine::Postgres => "BEGIN; LOCK TABLE manuscripts IN EXCLUSIVE MODE",
        Engine::Sqlite => "BEGIN IMMEDIATE",
    };
    holds.batch_execute(lock).unwrap();
    assert_again(&draft(&cast).await, "busy");
    holds.batch_execute("ROLLBACK").unwrap();
    assert_eq!(draft(&cast).await.status, 201);
}

async fn a_server_that_only_reads_is_no_mistake_of_the_program(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.database.writers = 1).await;
    let only_reads = |on: bool| {
        let set = match (engine, on) {
            (Engine::Postgres, true) => "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            (Engine::Postgres, false) => "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            (Engine::Sqlite, true) => "PRAGMA query_only=ON",
            (Engine::Sqlite, false) => "PRAGMA query_only=OFF",
        };
        cast.desk().db.write(move |conn: &mut AnyConn| conn.batch_execute(set).map_err(StoreError::from))
    };
    only_reads(true).await.unwrap();
    assert_again(&draft(&cast).await, "unavailable");
    assert_eq!(cast.get("author", "/manuscripts").await.status, 200);
    only_reads(false).await.unwrap();
    assert_eq!(draft(&cast).await.status, 201);
}

async fn a_disk_without_room_says_so(engine: Engine) {
    if engine == Engine::Postgres {
        return;
    }
    let cast = Cast::new(engine).await;
    cast.desk().db.write(|conn: &mut AnyConn| conn.batch_execute("PRAGMA max_page_count=1").map_err(StoreError::from)).await.unwrap();
    let mut last = draft(&cast).await;
    for _ in 0..200 {
        if last.status != 201 {
            break;
        }
        last = draft(&cast).await;
    }
    assert_eq!((last.status.as_u16(), &last.body["code"]), (507, &json!("full")), "{}", last.body);
    cast.desk().db.write(|conn: &mut AnyConn| conn.batch_execute("PRAGMA max_page_count=1000000").map_err(StoreError::from)).await.unwrap();
}
