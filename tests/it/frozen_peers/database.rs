//! A PostgreSQL that does not answer: stopped (SIGSTOP), swapped out, or behind a network that swallows everything.

use std::time::{Duration, Instant};

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::config::Secret;
use zhitongche::domain::clock::Clock;
use zhitongche::server;

use super::{BOUND, says_come_again};
use crate::support::cast::{self, Cast, complete};
use crate::support::database::{Engine, TestDatabase};
use crate::support::line::Line;
use crate::support::pages::declared;
use crate::support::program::Program;

crate::both_databases!(
    nothing_waits_for_a_database_without_end,
    an_act_that_was_held_up_before_it_began_is_not_done_later,
    an_act_that_was_held_up_at_its_commit_is_there_once,
    a_server_ends_in_time_while_its_database_is_silent
);

/// An application whose database lies behind a line.
async fn behind_a_line() -> (Cast, Line) {
    let mut line = None;
    let cast = Cast::with(Engine::Postgres, |settings| {
        let to = Line::to(settings.database.url.expose());
        settings.database.url = Secret::new(to.url(settings.database.url.expose()));
        settings.database.answer_timeout_seconds = 1;
        settings.database.connect_timeout_seconds = 2;
        line = Some(to);
    })
    .await;
    (cast, line.unwrap())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn manuscripts(cast: &Cast) -> i64 {
    let mut conn = cast.app.db().connect().unwrap();
    sql_query("SELECT COUNT(*) AS n FROM manuscripts").get_result::<Count>(&mut conn).unwrap().n
}

/// Sends until it succeeds, for what was held up comes first.
async fn succeeds(cast: &Cast, key: &str) -> Value {
    let begun = Instant::now();
    loop {
        let request = cast.request(Method::POST, "author", "/manuscripts").header("idempotency-key", key).json(&complete());
        let answer = cast.app.send(request).await;
        if answer.status == 201 {
            return answer.body;
        }
        assert!(says_come_again(&answer) && begun.elapsed() < BOUND, "{} {}", answer.status, answer.body);
    }
}

async fn nothing_waits_for_a_database_without_end(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let (cast, line) = behind_a_line().await;
    let described = cast.app.get("", "/api/openapi.json").await.body;
    let id = uuid::Uuid::nil().to_string();
    let mut routes: Vec<(Method, String)> = Vec::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            routes.push((method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    assert!(routes.len() > 80, "{}", routes.len());
    routes.extend(declared("get").into_iter().map(|path| (Method::GET, path)));
    routes.extend(declared("post").into_iter().map(|path| (Method::POST, path)));
    line.freeze();
    let (frozen_at, mut again, mut others) = (Instant::now(), 0, Vec::new());
    for (method, path) in &routes {
        if path.ends_with("/events") {
            continue;
        }
        let filled: Vec<&str> = path.split('/').map(|part| if part.contains('{') { id.as_str() } else { part }).collect();
        let request = cast.app.request(method.clone(), &filled.join("/"), "token-reviewer").header("cookie", "ztc-session=token-reviewer");
        let begun = Instant::now();
        let answer = cast.app.send(request.header("if-match", "\"1\"").json(&json!({}))).await;
        assert!(begun.elapsed() < BOUND, "{method} {path} took {:?}", begun.elapsed());
        match answer.status.as_u16() {
            503 => {
                assert!(answer.headers.contains_key("retry-after"), "{method} {path} says when to come again");
                again += 1;
            }
            500.. => panic!("{method} {path}: {} {}", answer.status, answer.body),
            status => others.push(format!("{method} {path}: {status}")),
        }
    }
    assert!(again > 90, "{again} said that the database is away, these did not ask it: {others:#?}");
    let all = frozen_at.elapsed();
    assert!(all < Duration::from_secs(30), "each waited on its own: {} requests took {all:?}", routes.len());
    assert_eq!(cast.app.get("", "/healthz").await.status, 200);
    assert_eq!(cast.app.get("", "/readyz").await.status, 503);
    line.thaw();
    succeeds(&cast, "after").await;
}

async fn an_act_that_was_held_up_before_it_began_is_not_done_later(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let (cast, line) = behind_a_line().await;
    succeeds(&cast, "first").await;
    line.freeze();
    for _ in 0..3 {
        let refused = cast.post("author", "/manuscripts", complete()).await;
        assert!(says_come_again(&refused), "{} {}", refused.status, refused.body);
    }
    line.thaw();
    succeeds(&cast, "second").await;
    assert_eq!(manuscripts(&cast), 2, "who was told to come again has not handed in anything");
}

async fn an_act_that_was_held_up_at_its_commit_is_there_once(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let (cast, line) = behind_a_line().await;
    succeeds(&cast, "first").await;
    line.freeze_at("COMMIT");
    let request = cast.request(Method::POST, "author", "/manuscripts").header("idempotency-key", "second").json(&complete());
    let refused = cast.app.send(request).await;
    assert!(says_come_again(&refused), "{} {}", refused.status, refused.body);
    assert!(line.is_frozen(), "it had come to its commit");
    line.thaw();
    succeeds(&cast, "second").await;
    assert_eq!(manuscripts(&cast), 2);
}

async fn a_server_ends_in_time_while_its_database_is_silent(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let database = TestDatabase::with_schema(engine);
    cast::put(&server::database::app(&database.settings(), &Clock::System).unwrap(), "chengjiang");
    let line = Line::to(&database.url);
    let program = Program::new(database.dir.path())
        .with("DATABASE__URL", line.url(&database.url))
        .with("SERVER__DATA_DIR", database.dir.path().display().to_string())
        .with("SERVER__SHUTDOWN_SECONDS", "3")
        .with("MAIL__TRANSPORT", "memory");
    let server = program.serve();
    line.freeze();
    let client = reqwest::Client::builder().timeout(BOUND).build().unwrap();
    let ask = |path: &str| client.get(format!("{}{path}", server.url)).bearer_auth("token-author").send();
    // Some requests are on their way when it is told to stop.
    for _ in 0..8 {
        actix_web::rt::spawn(ask("/api/v1/manuscripts"));
    }
    assert_eq!(ask("/healthz").await.unwrap().status(), 200);
    let begun = Instant::now();
    server.terminate();
    let (code, log) = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    let took = begun.elapsed();
    line.thaw();
    assert_eq!(code, 0, "{log}");
    assert!(took < Duration::from_secs(6), "{took:?}, and it may take 3 s: {log}");
}
