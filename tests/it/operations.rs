//! What those who run the server see of it: health, readiness, figures.

use diesel::connection::SimpleConnection;
use reqwest::{Method, StatusCode};
use zhitongche::jobs::{JobContext, Stop, deliver_mail};
use zhitongche::store::StoreError;

use crate::support::app::TestServer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_server_is_ready_while_its_database_answers,
    servers_in_tests_share_nothing,
    an_unknown_address_is_not_found,
    a_letter_that_waits_shows_in_the_figures
);

async fn a_server_is_ready_while_its_database_answers(engine: Engine) {
    let app = TestServer::start(engine).await;
    assert_eq!(app.get("", "/healthz").await.status, StatusCode::OK);
    assert_eq!(app.get("", "/readyz").await.status, StatusCode::OK);
    if engine == Engine::Postgres {
        app.lose_database();
        assert_eq!(app.get("", "/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(app.get("", "/healthz").await.status, StatusCode::OK, "the process itself is alive");
    }
}

async fn servers_in_tests_share_nothing(engine: Engine) {
    let (one, two) = (TestServer::start(engine).await, TestServer::start(engine).await);
    let make = |conn: &mut zhitongche::store::AnyConn| conn.batch_execute("CREATE TABLE mine (id INTEGER)").map_err(StoreError::from);
    one.db().write(make).await.unwrap();
    two.db().write(make).await.unwrap();
    let before = two.clock.now();
    one.clock.advance(chrono::Duration::days(3));
    assert_eq!((two.clock.now(), one.clock.now() - before), (before, chrono::Duration::days(3)));
    assert_ne!(one.settings.server.data_dir, two.settings.server.data_dir);
}

async fn an_unknown_address_is_not_found(engine: Engine) {
    let app = TestServer::start_with(engine, |settings| settings.limits.page_max = 77).await;
    assert_eq!(app.settings.limits.page_max, 77);
    let answer = app.send(app.request(Method::GET, "/metrics", "a-token")).await;
    assert_eq!((answer.status, answer.body), (StatusCode::NOT_FOUND, serde_json::Value::Null), "no token is set");
    assert!(answer.headers.contains_key("x-request-id"));
}

async fn a_letter_that_waits_shows_in_the_figures(engine: Engine) {
    let token = |settings: &mut zhitongche::config::Settings| settings.metrics.token = zhitongche::config::Secret::new("figures");
    let cast = Cast::with(engine, token).await;
    let figures = async || {
        let answer = cast.app.request(Method::GET, "/metrics", "figures").send().await.unwrap();
        let text = answer.text().await.unwrap();
        text.lines().find_map(|line| line.strip_prefix("letters_oldest_waiting_seconds ")).map(str::to_owned)
    };
    assert_eq!(figures().await.as_deref(), Some("0"));
    cast.submitted_by("author").await;
    cast.app.clock.advance(chrono::Duration::minutes(3));
    assert_eq!(figures().await.as_deref(), Some("180"));
    deliver_mail::run_once(&JobContext::new(cast.app.desk.clone()).unwrap(), &Stop::default()).unwrap();
    assert_eq!(figures().await.as_deref(), Some("0"), "they have left");
}
