//! What those who run the server see of it: health, readiness, figures.

use diesel::connection::SimpleConnection;
use reqwest::{Method, StatusCode};
use zhitongche::store::StoreError;

use crate::support::app::App;
use crate::support::database::Engine;

crate::both_databases!(a_server_is_ready_while_its_database_answers, servers_in_tests_share_nothing, an_unknown_address_is_not_found);

async fn a_server_is_ready_while_its_database_answers(engine: Engine) {
    let app = App::start(engine).await;
    assert_eq!(app.get("", "/healthz").await.status, StatusCode::OK);
    assert_eq!(app.get("", "/readyz").await.status, StatusCode::OK);
    if engine == Engine::Postgres {
        app.lose_database();
        assert_eq!(app.get("", "/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(app.get("", "/healthz").await.status, StatusCode::OK, "the process itself is alive");
    }
}

async fn servers_in_tests_share_nothing(engine: Engine) {
    let (one, two) = (App::start(engine).await, App::start(engine).await);
    let make = |conn: &mut zhitongche::store::AnyConn| conn.batch_execute("CREATE TABLE mine (id INTEGER)").map_err(StoreError::from);
    one.db().write(make).await.unwrap();
    two.db().write(make).await.unwrap();
    let before = two.clock.now();
    one.clock.advance(chrono::Duration::days(3));
    assert_eq!((two.clock.now(), one.clock.now() - before), (before, chrono::Duration::days(3)));
    assert_ne!(one.settings.server.data_dir, two.settings.server.data_dir);
}

async fn an_unknown_address_is_not_found(engine: Engine) {
    let app = App::start_with(engine, |settings| settings.limits.page_max = 77).await;
    assert_eq!(app.settings.limits.page_max, 77);
    let answer = app.send(app.request(Method::GET, "/metrics", "a-token")).await;
    assert_eq!((answer.status, answer.body), (StatusCode::NOT_FOUND, serde_json::Value::Null), "no token is set");
    assert!(answer.headers.contains_key("x-request-id"));
}
