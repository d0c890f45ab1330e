//! The text that goes out: which one that is, who signed what, for whom it is meant, and that no text is lost on its way.

mod co_signatures;
mod pages;
mod recipients;
mod returned;
mod texts;
pub(crate) mod texts_store;

use serde_json::{Value, json};

use crate::support::cast::{Cast, complete};

/// The edited text with this word in its situation, as the API takes it.
pub(crate) fn edited(word: &str) -> Value {
    let mut text = complete();
    let fields = text.as_object_mut().unwrap();
    fields.retain(|name, _| ["title", "situation", "causes", "suggestions"].contains(&name.as_str()));
    text["situation"] = json!(format!("{word}：实验小学门前三百米道路两侧停满车辆。"));
    text
}

/// PUT, PATCH, POST or DELETE below a manuscript with the version that this person sees.
async fn send(cast: &Cast, method: &str, login: &str, id: &str, rest: &str, body: Value) -> crate::support::app::Answer {
    let path = format!("/manuscripts/{id}");
    let seen = cast.get(login, &path).await.body["version"].as_i64();
    cast.send(method, login, &format!("{path}{rest}"), seen, body).await
}

/// A manuscript whose edited text was made before its author corrected the original.
pub(crate) async fn outdated(cast: &Cast) -> String {
    let id = cast.submitted_by("author").await;
    let kept = send(cast, "PUT", "reviewer", &id, "/edited-text", edited("旧定稿")).await;
    assert_eq!(kept.status, 200, "{}", kept.body);
    cast.app.clock.advance(chrono::Duration::minutes(1));
    cast.act("reviewer", &id, "review", json!({"decision": "return", "reason": "请更正数字。"})).await;
    let corrected = send(cast, "PATCH", "author", &id, "", json!({"situation": "更正：门前两百米道路两侧停满车辆。"})).await;
    assert_eq!(corrected.status, 200, "{}", corrected.body);
    cast.act("author", &id, "submission", Value::Null).await;
    id
}
