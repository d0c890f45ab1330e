//! Another node that stops in the middle of its work, while it holds what all nodes need: the counter of the channel's numbers.

use std::process::Command;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::Value;
use zhitongche::domain::clock::Clock;
use zhitongche::server;
use zhitongche::store::{Db, StoreError};

use super::{BOUND, says_come_again};
use crate::support::app::Answer;
use crate::support::cast::{self, Cast, complete};
use crate::support::database::{Engine, TestDatabase};
use crate::support::program::{Program, Serving};

crate::both_databases!(a_node_that_froze_gives_its_locks_back, a_stopped_process_keeps_nobody_waiting);

/// What a node holds while it hands in a manuscript.
const HOLD: &str = "BEGIN; UPDATE counters SET value = value; SELECT 1 FROM channels FOR UPDATE";

async fn a_node_that_froze_gives_its_locks_back(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let cast = Cast::with(engine, |settings| {
        settings.database.idle_transaction_timeout_seconds = 2;
        settings.database.lock_timeout_seconds = 1;
    })
    .await;
    assert_eq!(cast.post("author", "/manuscripts", complete()).await.status, 201);
    let other = Db::open(&cast.app.settings).unwrap();
    let mut frozen = other.connect().unwrap();
    frozen.batch_execute(HOLD).unwrap();
    let begun = Instant::now();
    let mut refused = 0;
    loop {
        let answer = cast.post("author", "/manuscripts", complete()).await;
        assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
        if answer.status == 201 {
            break;
        }
        assert!(says_come_again(&answer), "{} {}", answer.status, answer.body);
        refused += 1;
    }
    assert!((1..=3).contains(&refused), "{refused} were refused while the lock was held for 2 s, each after 1 s");
    let woken = frozen.batch_execute("COMMIT").map_err(StoreError::from);
    assert!(matches!(woken, Err(StoreError::Away(_))), "{woken:?}: it has lost its transaction");
}

async fn submit(client: &reqwest::Client, server: &Serving) -> Result<Answer, reqwest::Error> {
    let sent = client.post(format!("{}/api/v1/manuscripts", server.url)).bearer_auth("token-author").json(&complete()).send().await?;
    let (status, headers) = (sent.status(), sent.headers().clone());
    Ok(Answer { status, headers, body: sent.json().await.unwrap_or(Value::Null) })
}

fn signal(server: &Serving, name: &str) {
    assert!(Command::new("kill").args([name, &server.id().to_string()]).status().unwrap().success());
}

async fn a_stopped_process_keeps_nobody_waiting(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let database = TestDatabase::with_schema(engine);
    cast::put(&server::database::app(&database.settings(), &Clock::System).unwrap(), "chengjiang");
    let program = Program::new(database.dir.path())
        .with("DATABASE__URL", database.url.clone())
        .with("SERVER__DATA_DIR", database.dir.path().display().to_string())
        .with("DATABASE__IDLE_TRANSACTION_TIMEOUT_SECONDS", "2")
        .with("DATABASE__LOCK_TIMEOUT_SECONDS", "1")
        .with("LIMITS__REQUESTS_PER_MINUTE_ACCOUNT", "0")
        .with("LIMITS__REQUESTS_PER_MINUTE_ADDRESS", "0")
        .with("MAIL__TRANSPORT", "memory");
    let (stopped, other) = (program.serve(), program.serve());
    let client = reqwest::Client::builder().timeout(BOUND).build().unwrap();
    let stopped = std::rc::Rc::new(stopped);
    for _ in 0..3 {
        let mut sides = Vec::new();
        for _ in 0..8 {
            let (client, stopped) = (client.clone(), std::rc::Rc::clone(&stopped));
            sides.push(actix_web::rt::spawn(async move {
                let mut answers = Vec::new();
                for _ in 0..12 {
                    answers.push(submit(&client, &stopped).await.unwrap());
                }
                answers
            }));
        }
        assert_eq!(submit(&client, &stopped).await.unwrap().status, 201, "they are at it");
        signal(&stopped, "-STOP");
        let begun = Instant::now();
        loop {
            let answer = submit(&client, &other).await.unwrap();
            assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
            if answer.status == 201 {
                break;
            }
            assert!(says_come_again(&answer), "{} {}", answer.status, answer.body);
        }
        signal(&stopped, "-CONT");
        for side in sides {
            for answer in side.await.unwrap() {
                assert!(answer.status == 201 || says_come_again(&answer), "{} {}", answer.status, answer.body);
            }
        }
    }
    for server in [std::rc::Rc::into_inner(stopped).unwrap(), other] {
        server.terminate();
        let (code, log) = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
        assert_eq!(code, 0, "{log}");
    }
    let verified = program.run(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.says, verified.complains);
}
