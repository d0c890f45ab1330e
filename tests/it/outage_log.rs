//! An outage in the log: it begins, and it is over with a count. Not a line for each request.

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use zhitongche::domain::clock::Clock;
use zhitongche::server;

use crate::support::cast::{self, complete};
use crate::support::database::{Engine, TestDatabase};
use crate::support::program::Program;

crate::both_databases!(an_outage_is_a_few_lines_with_a_count);

/// As many are refused in the outage.
const MANY: usize = 300;

async fn an_outage_is_a_few_lines_with_a_count(engine: Engine) {
    let database = TestDatabase::with_schema(engine);
    cast::put(&server::database::app(&database.settings(), &Clock::System).unwrap(), "chengjiang");
    let program = Program::new(database.dir.path())
        .with("DATABASE__URL", database.url.clone())
        .with("SERVER__DATA_DIR", database.dir.path().display().to_string())
        .with("LIMITS__REQUESTS_PER_MINUTE_ACCOUNT", "0")
        .with("LIMITS__REQUESTS_PER_MINUTE_ADDRESS", "0")
        .with("MAIL__TRANSPORT", "memory");
    let server = program.serve();
    // PostgreSQL goes away, and SQLite's file is held by another process.
    let mut holds = database.url.strip_prefix("sqlite://").map(|path| SqliteConnection::establish(path).unwrap());
    match &mut holds {
        Some(conn) => conn.batch_execute("PRAGMA busy_timeout=10000; BEGIN IMMEDIATE").unwrap(),
        None => database.remove(),
    }
    let client = reqwest::Client::new();
    let sent: Vec<_> = (0..MANY)
        .map(|number| {
            let post = number % 2 == 0 || engine == Engine::Sqlite;
            let request = if post {
                client.post(format!("{}/api/v1/manuscripts", server.url)).bearer_auth("token-author").json(&complete())
            } else {
                client.get(format!("{}/manuscripts", server.url)).header("cookie", "ztc-session=token-author")
            };
            actix_web::rt::spawn(async move { request.send().await.unwrap().status().as_u16() })
        })
        .collect();
    for one in sent {
        assert_eq!(one.await.unwrap(), 503);
    }
    drop(holds);
    server.terminate();
    let (code, log) = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    assert_eq!(code, 0, "{log}");
    let loud: Vec<&str> = log.lines().filter(|line| line.contains("ERROR") || line.contains("WARN")).collect();
    assert!(loud.len() <= 20, "{} lines for {MANY} requests: {log}", loud.len());
    // Which of the two a request is told depends on whether its patience or the lock's ends first.
    let of = |code: &str, words: &str| {
        let lines = loud.iter().filter(|line| line.contains(&format!("outage=\"{code}\"")) && line.contains(words));
        lines.map(|line| (*line).to_owned()).collect::<Vec<_>>()
    };
    let mut told = 0;
    for code in ["busy", "unavailable"] {
        let (begun, over) = (of(code, "an outage has begun"), of(code, "the process ends before the outage was over"));
        assert!(begun.len() <= 1 && begun.len() == over.len(), "{code}: {log}");
        told += over.iter().map(|line| refused_in_all(line)).sum::<usize>();
    }
    assert_eq!(told, MANY, "it says how many were refused: {log}");
}

/// The count in a line that says how an outage ended.
fn refused_in_all(line: &str) -> usize {
    let count = line.split_once(" all=").unwrap().1.split_whitespace().next().unwrap();
    count.parse().unwrap()
}
