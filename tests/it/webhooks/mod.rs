//! Messages to the group chats of desks: when one goes, what it says, what may be set, and what becomes of failures.

mod calls;
mod faults;
mod receiver;
mod settings;

use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::jobs::JobContext;
use zhitongche::jobs::Runner;
use zhitongche::jobs::kinds::Lane;
use zhitongche::server::database;

use self::receiver::Receiver;
use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

/// 24 bytes in base64.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn cast(engine: Engine, undo_minutes: i64) -> Cast {
    Cast::with(engine, |settings| {
        settings.undo.minutes = undo_minutes;
        settings.webhooks.allowed_networks = vec!["127.0.0.1/32".parse().unwrap()];
        settings.webhooks.timeout_seconds = 1;
        settings.jobs.max_attempts = 3;
    })
    .await
}

fn runner(cast: &Cast) -> Runner {
    Runner::new(JobContext::new(database::app(&cast.app.settings, &cast.app.clock).unwrap()).unwrap())
}

/// Runs what is due; how many that was.
fn run(runner: &Runner) -> usize {
    std::iter::from_fn(|| runner.run_one(Lane::Webhook).unwrap()).count()
}

fn body(receiver: &Receiver, role: &str, format: &str) -> Value {
    let secret = if format == "generic" { json!(SECRET) } else { Value::Null };
    json!({"label": "工作群", "role": role, "format": format, "url": receiver.url(), "secret": secret, "on": true})
}

async fn put(cast: &Cast, id: &str, seen: i64, body: Value) -> Answer {
    cast.at(Method::PUT, "admin", &format!("/webhooks/{id}"), seen, body).await
}

/// Sets one; its id.
async fn set(cast: &Cast, body: Value) -> String {
    let answer = cast.post("admin", "/webhooks", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["id"].as_str().unwrap().to_owned()
}

async fn one(cast: &Cast, id: &str) -> Value {
    cast.get("admin", &format!("/webhooks/{id}")).await.body
}

async fn recommend(cast: &Cast, id: &str) {
    cast.act("reviewer", id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
}
