//! The room in which most tests play: a running server, a channel with its people, and a token for each of them, `token-LOGIN`.

mod looking;
mod people;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::app::App;
use zhitongche::config::Settings;
use zhitongche::domain::ids::{ChannelId, UserId};

use zhitongche::jobs::seal::Sealer;

use super::app::{Answer, TestServer};
use super::database::Engine;

pub(crate) use looking::findings;
pub(crate) use people::{PASSWORD, put};

/// An application with its people.
pub(crate) struct Cast {
    pub(crate) app: TestServer,
    pub(crate) channel: ChannelId,
    people: Mutex<BTreeMap<String, UserId>>,
    tampered: AtomicBool,
}

impl Cast {
    /// The usual one; the undo window is off, so that everything is announced at once.
    pub(crate) async fn new(engine: Engine) -> Self {
        Self::with_undo(engine, 0).await
    }

    /// With an undo window of so many minutes.
    pub(crate) async fn with_undo(engine: Engine, minutes: i64) -> Self {
        Self::with(engine, |settings| settings.undo.minutes = minutes).await
    }

    /// With other settings than the usual ones; the undo window is off unless they say otherwise.
    pub(crate) async fn with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let usual = |settings: &mut Settings| {
            settings.undo.minutes = 0;
            // A test's clock stands still, so that a minute has no end.
            settings.limits.requests_per_minute_account = 0;
            settings.limits.requests_per_minute_address = 0;
            change(settings);
        };
        let app = TestServer::start_with(engine, usual).await;
        let (channel, people) = put(&app.desk, "chengjiang");
        Self { app, channel, people: Mutex::new(people), tampered: AtomicBool::new(false) }
    }

    /// Opens a second channel with the same people, whose logins begin with `other-`.
    pub(crate) async fn other_channel(&self) -> ChannelId {
        let desk = self.app.desk.clone();
        let (channel, people) = tokio::task::spawn_blocking(move || put(&desk, "other")).await.unwrap();
        self.people.lock().unwrap().extend(people);
        channel
    }

    /// The use cases, to be asked directly.
    pub(crate) fn desk(&self) -> &App {
        &self.app.desk
    }

    /// Seals and signs all that the ledger holds.
    pub(crate) async fn seal(&self) {
        let desk = self.desk();
        Sealer::new(&desk.settings, desk.db.clone(), desk.clock.clone()).unwrap().settle().await.unwrap();
    }

    /// A request by a person (`""` for a stranger) to a path below `/api/v1`; send it with [`TestServer::send`].
    pub(crate) fn request(&self, method: Method, login: &str, path: &str) -> reqwest::RequestBuilder {
        let token = if login.is_empty() { String::new() } else { format!("token-{login}") };
        self.app.request(method, &format!("/api/v1{path}"), &token)
    }

    /// POST of a fact: no version is sent.
    pub(crate) async fn post(&self, login: &str, path: &str, body: Value) -> Answer {
        self.app.send(self.request(Method::POST, login, path).json(&body)).await
    }

    /// POST, PUT, PATCH or DELETE by who saw this version.
    pub(crate) async fn at(&self, method: Method, login: &str, path: &str, version: i64, body: Value) -> Answer {
        let request = self.request(method, login, path).header("if-match", format!("\"{version}\""));
        self.app.send(request.json(&body)).await
    }

    /// GET `/api/v1{path}` as this person.
    pub(crate) async fn get(&self, login: &str, path: &str) -> Answer {
        self.app.get(&format!("token-{login}"), &format!("/api/v1{path}")).await
    }

    /// POST, PUT, PATCH or DELETE `/api/v1{path}` as this person, `If-Match` with the version that they see now if `seen` is given.
    pub(crate) async fn send(&self, method: &str, login: &str, path: &str, seen: Option<i64>, body: Value) -> Answer {
        let mut request = self.app.request(method.parse().unwrap(), &format!("/api/v1{path}"), &format!("token-{login}"));
        if let Some(version) = seen {
            request = request.header("If-Match", format!("\"{version}\""));
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        self.app.send(request).await
    }

    /// An act of this person on a manuscript, with the version that they see; it must succeed.
    pub(crate) async fn act(&self, login: &str, id: &str, act: &str, body: Value) -> Value {
        let seen = self.get(login, &format!("/manuscripts/{id}")).await.body["version"].as_i64();
        let answer = self.send("POST", login, &format!("/manuscripts/{id}/{act}"), seen, body).await;
        assert!(answer.status.is_success(), "{login} {act}: {} {}", answer.status, answer.body);
        answer.body
    }

    /// A manuscript of this person, handed in; its id.
    pub(crate) async fn submitted_by(&self, login: &str) -> String {
        let answer = self.send("POST", login, "/manuscripts", None, complete()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// A manuscript by `author` that has been signed for use; its id.
    pub(crate) async fn accepted(&self) -> String {
        let id = self.submitted_by("author").await;
        self.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
        self.act("signer", &id, "signature", json!({"decision": "sign"})).await;
        id
    }

    /// Uploads a file as a browser does.
    pub(crate) async fn upload(&self, login: &str, path: &str, name: &str, content: &[u8]) -> Answer {
        self.upload_once(login, path, name, content, "").await
    }

    /// The same under an `Idempotency-Key`, unless that is empty.
    pub(crate) async fn upload_once(&self, login: &str, path: &str, name: &str, content: &[u8], key: &str) -> Answer {
        let name = name.replace('\\', "\\\\").replace('"', "%22");
        let mut body = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let mut request = self.app.request("POST".parse().unwrap(), &format!("/api/v1{path}"), &format!("token-{login}"));
        if !key.is_empty() {
            request = request.header("Idempotency-Key", key);
        }
        self.app.send(request.header("Content-Type", "multipart/form-data; boundary=edge").body(body)).await
    }
}

/// A complete form that is handed in at once.
pub(crate) fn complete() -> Value {
    json!({
        "title": "关于缓解实验小学周边停车难的建议",
        "category": "社会建设",
        "situation": "每天上下学时段，实验小学门前三百米道路两侧停满车辆，学生只能在车流中穿行。",
        "causes": "周边没有公共停车场。",
        "suggestions": ["由县住建局在学校东侧空地建设临时停车场。", "由县教育局组织错时放学。"],
        "keywords": ["停车", "学校"],
        "declarations": {"may_publish": true, "may_quote_name": true, "classification": "none"},
        "submit": true
    })
}
