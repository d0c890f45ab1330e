//! A reading has its time, and one that takes long keeps nobody else waiting.

use std::sync::mpsc;
use std::sync::{Arc, Barrier};

use diesel::connection::SimpleConnection;
use reqwest::StatusCode;
use zhitongche::app::AppError;
use zhitongche::store::{AnyConn, Db, StoreError};

use crate::support::cast::Cast;
use crate::support::database::{Engine, TestDatabase};

crate::both_databases!(
    a_statement_that_would_never_end_is_stopped,
    many_short_statements_are_stopped_too,
    who_reads_a_page_for_too_long_is_told_so,
    eight_people_who_read_for_long_keep_nobody_waiting,
    each_person_reads_for_long_once_at_a_time,
);

const ENDLESS: [(Engine, &str); 2] = [
    (Engine::Sqlite, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"),
    (Engine::Postgres, "SELECT count(*) FROM (SELECT pg_sleep(600)) AS s"),
];

fn endless(engine: Engine) -> &'static str {
    ENDLESS.into_iter().find(|(one, _)| *one == engine).unwrap().1
}

/// A database whose readings may take a second.
fn hurried(engine: Engine) -> (TestDatabase, Db) {
    let database = TestDatabase::new(engine);
    let mut settings = database.settings();
    settings.database.read_timeout_seconds = 1;
    let db = Db::open(&settings).unwrap();
    (database, db)
}

async fn execute(db: &Db, statement: &'static str, times: usize) -> Result<(), StoreError> {
    let run = move |conn: &mut AnyConn| (0..times).try_for_each(|_| conn.batch_execute(statement)).map_err(StoreError::from);
    db.read(run).await
}

async fn a_statement_that_would_never_end_is_stopped(engine: Engine) {
    let (_database, db) = hurried(engine);
    assert!(matches!(execute(&db, endless(engine), 1).await, Err(StoreError::TooSlow)));
    // The thread and its connection go on.
    for _ in 0..4 {
        execute(&db, "SELECT 1", 1).await.unwrap();
    }
}

async fn many_short_statements_are_stopped_too(engine: Engine) {
    let (_database, db) = hurried(engine);
    let short = match engine {
        Engine::Sqlite => "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT count(*) FROM n",
        Engine::Postgres => "SELECT pg_sleep(0.02)",
    };
    assert!(matches!(execute(&db, short, usize::MAX).await, Err(StoreError::TooSlow)));
    execute(&db, short, 1).await.unwrap();
}

/// A table that nothing ends to read stands in for one that has grown too large.
fn make_endless(cast: &Cast, engine: Engine, table: &str) {
    cast.tampers();
    let mut conn = cast.app.db().connect().unwrap();
    let view = format!(
        "ALTER TABLE {table} RENAME TO {table}_kept; CREATE VIEW {table} AS SELECT k.* FROM {table}_kept k WHERE ({}) > 0",
        endless(engine)
    );
    conn.batch_execute(&view).unwrap();
}

async fn who_reads_a_page_for_too_long_is_told_so(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.database.read_timeout_seconds = 1).await;
    cast.page("reviewer", "/bulletins").await;
    cast.post("reviewer", "/bulletins", serde_json::json!({"title": "一期"})).await;
    make_endless(&cast, engine, "bulletins");
    let page = cast.page("reviewer", "/bulletins").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.html.contains("查询用时过长，已经停止"), "{}", page.html);
    let answer = cast.get("reviewer", "/bulletins").await;
    assert_eq!((answer.status, answer.body["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("too_slow")));
    assert_eq!(answer.headers["retry-after"], "30");
}

/// Keeps the reading of a person under way until the sender is dropped; gives it once it is under way, or waits for a thread.
fn hold(cast: &Cast, login: &str, begun: Option<Arc<Barrier>>) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), AppError>>) {
    let (hold, held) = mpsc::channel::<()>();
    let (desk, user) = (cast.desk().clone(), cast.id(login));
    let reading = async move {
        desk.read_long(user, move |_| {
            if let Some(begun) = begun {
                begun.wait();
            }
            while held.recv().is_ok() {}
            Ok(())
        })
        .await
    };
    (hold, actix_web::rt::spawn(reading))
}

/// Waits for a barrier while the runtime goes on.
async fn wait(barrier: Arc<Barrier>) {
    tokio::task::spawn_blocking(move || barrier.wait()).await.unwrap();
}

async fn eight_people_who_read_for_long_keep_nobody_waiting(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.database.long_readers = 2).await;
    let people: Vec<String> = cast.everybody().into_iter().take(8).collect();
    assert_eq!(people.len(), 8);
    // Two have the threads, six wait for them.
    let begun = Arc::new(Barrier::new(3));
    let held: Vec<_> =
        people.iter().enumerate().map(|(number, login)| hold(&cast, login, (number < 2).then(|| Arc::clone(&begun)))).collect();
    wait(begun).await;
    for path in ["/mine", "/write", "/inbox"] {
        assert_eq!(cast.page("author", path).await.status, StatusCode::OK, "{path}");
    }
    for (hold, reading) in held {
        drop(hold);
        reading.await.unwrap().unwrap();
    }
    assert_eq!(cast.page("signer", "/statistics").await.status, StatusCode::OK);
}

async fn each_person_reads_for_long_once_at_a_time(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.database.long_readers = 2).await;
    let begun = Arc::new(Barrier::new(2));
    let (hold, reading) = hold(&cast, "signer", Some(Arc::clone(&begun)));
    wait(begun).await;
    let page = cast.page("signer", "/statistics").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.html.contains("您的上一次查询还在进行"), "{}", page.html);
    let list = cast.get("signer", "/manuscripts?q=停车").await;
    assert_eq!((list.status, list.body["code"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("one_at_a_time")));
    assert_eq!(list.headers["retry-after"], "5");
    // Others have their own.
    assert_eq!(cast.page("reviewer", "/manuscripts?q=停车").await.status, StatusCode::OK);
    drop(hold);
    reading.await.unwrap().unwrap();
    assert_eq!(cast.page("signer", "/statistics").await.status, StatusCode::OK);
}
