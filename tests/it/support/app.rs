//! A whole server inside a test: a database of its own, a clock that the test turns, and a small client.

use std::net::SocketAddr;

use actix_web::rt;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use zhitongche::app::App;
use zhitongche::config::Settings;
use zhitongche::domain::clock::{Clock, Moment};
use zhitongche::server::application::Application;
use zhitongche::store::Db;

use super::database::{Engine, TestDatabase};

/// A running server. It ends with the test's runtime.
pub(crate) struct TestServer {
    pub(crate) settings: Settings,
    /// The server's use cases, to be asked directly.
    pub(crate) desk: App,
    pub(crate) clock: Clock,
    address: SocketAddr,
    client: reqwest::Client,
    database: TestDatabase,
}

/// What the server said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    /// The JSON body; null if there was none.
    pub(crate) body: Value,
}

impl TestServer {
    /// Starts one with the defaults, on a working day: Friday 20 November 2026, 10:32 in Beijing.
    pub(crate) async fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| {}).await
    }

    /// Starts one with other settings.
    pub(crate) async fn start_with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let database = TestDatabase::with_schema(engine);
        let mut settings = database.settings();
        change(&mut settings);
        let at = "2026-11-20T02:32:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let clock = Clock::at(Moment::from(at));
        let application = Application::build(&settings, &clock).unwrap();
        let (address, desk) = (application.address(), application.app().clone());
        rt::spawn(application.run_until(std::future::pending()));
        Self { settings, desk, clock, address, client: reqwest::Client::new(), database }
    }

    /// The server's database, to look at what changed.
    pub(crate) fn db(&self) -> Db {
        self.database.open()
    }

    /// Takes the database away from under the server (PostgreSQL).
    pub(crate) fn lose_database(&self) {
        self.database.remove();
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request to be sent by [`TestServer::send`]; `token` may be empty.
    pub(crate) fn request(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, self.url(path));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    /// Sends it.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// GET of what is no JSON.
    pub(crate) async fn send_text(&self, path: &str, token: &str) -> String {
        self.request(Method::GET, path, token).send().await.unwrap().text().await.unwrap()
    }

    /// GET.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(self.request(Method::GET, path, token)).await
    }
}
