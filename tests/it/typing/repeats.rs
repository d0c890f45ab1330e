//! A repeat under an `Idempotency-Key` is answered by what the caller may read now, and by nothing that was kept.

use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zhitongche::store::StoreError;
use zhitongche::store::schema::idempotency_keys;

use crate::access::routes::{Route, all};
use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_repeat_is_answered_under_present_rights,
    a_repeat_reads_what_has_become_of_it,
    no_act_is_repeated_to_who_may_not_see_its_object,
);

async fn keyed(cast: &Cast, login: &str, path: &str, version: Option<i64>, body: &Value) -> Answer {
    let mut request = cast.request(Method::POST, login, path).header("Idempotency-Key", "k-1").json(body);
    if let Some(version) = version {
        request = request.header("If-Match", format!("\"{version}\""));
    }
    cast.app.send(request).await
}

async fn a_repeat_is_answered_under_present_rights(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let (path, body) = (format!("/manuscripts/{id}/review"), json!({"decision": "recommend", "opinion": "内部意见。"}));
    let first = keyed(&cast, "reviewer", &path, Some(2), &body).await;
    assert!(first.status == 200 && first.body.to_string().contains("内部意见。"), "{}", first.body);
    let again = keyed(&cast, "reviewer", &path, Some(2), &body).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.headers["etag"], first.headers["etag"]);
    let other = json!({"decision": "recommend", "opinion": "另一个。"});
    assert_eq!(keyed(&cast, "reviewer", &path, Some(2), &other).await.status, 422);
    let kept =
        cast.desk().db.read_now(|conn| Ok::<String, StoreError>(idempotency_keys::table.select(idempotency_keys::body).first(conn)?));
    assert_eq!(kept.unwrap(), "", "no words are kept beside the manuscript");
    let roles = cast.get("admin", "/roles?limit=200").await.body;
    let user = json!(cast.id("reviewer"));
    let grant = roles["items"].as_array().unwrap().iter().find(|one| one["user_id"] == user).unwrap()["id"].as_str().unwrap().to_owned();
    assert!(cast.send("DELETE", "security", &format!("/roles/{grant}"), None, Value::Null).await.status.is_success());
    assert_eq!(cast.get("reviewer", &format!("/manuscripts/{id}")).await.status, 404);
    for body in [&body, &other] {
        let refused = keyed(&cast, "reviewer", &path, Some(2), body).await;
        assert!(refused.status == 404 && !refused.body.to_string().contains("内部意见。"), "{} {}", refused.status, refused.body);
    }
}

async fn a_repeat_reads_what_has_become_of_it(engine: Engine) {
    let cast = Cast::new(engine).await;
    let body = json!({"title": "一稿"});
    let first = keyed(&cast, "author", "/manuscripts", None, &body).await;
    let id = first.body["id"].as_str().unwrap().to_owned();
    cast.send("PATCH", "author", &format!("/manuscripts/{id}"), Some(1), json!({"title": "二稿"})).await;
    let again = keyed(&cast, "author", "/manuscripts", None, &body).await;
    assert_eq!((again.status.as_u16(), &again.body["title"]), (201, &json!("二稿")));
    assert_eq!(again.headers["location"], first.headers["location"]);
    assert_eq!(cast.get("author", "/manuscripts").await.body["items"].as_array().unwrap().len(), 1);
    cast.send("DELETE", "author", &format!("/manuscripts/{id}"), again.body["version"].as_i64(), Value::Null).await;
    assert_eq!(keyed(&cast, "author", "/manuscripts", None, &body).await.status, 404, "there is nothing to read any more");
    let id = cast.accepted().await;
    let path = format!("/manuscripts/{id}/adoptions");
    let adoption = json!({"level": "city", "body": "市委", "form": "single", "adopted_on": "2026-11-02"});
    let first = keyed(&cast, "reviewer", &path, None, &adoption).await;
    assert!(first.status.is_success(), "{}", first.body);
    assert_eq!(keyed(&cast, "reviewer", &path, None, &adoption).await.body, first.body);
    let draft = cast.post("author", "/manuscripts", json!({"title": "带附件"})).await.body["id"].as_str().unwrap().to_owned();
    let path = format!("/manuscripts/{draft}/attachments");
    let uploaded = cast.upload_once("author", &path, "甲.txt", "数据".as_bytes(), "k-2").await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.body);
    let again = cast.upload_once("author", &path, "甲.txt", "数据".as_bytes(), "k-2").await;
    assert_eq!((again.status, again.body), (uploaded.status, uploaded.body));
}

/// An object of each collection that the coauthor may not see.
async fn objects(cast: &Cast) -> Vec<(&'static str, String)> {
    let id = |answer: &Value| answer["id"].as_str().unwrap().to_owned();
    let manuscript = cast.accepted().await;
    let leader = cast.id("leader").to_string();
    cast.act("signer", &manuscript, "forwarding", json!({"recipients": [leader]})).await;
    let endorsed =
        cast.post("leader", &format!("/manuscripts/{manuscript}/endorsements"), json!({"kind": "instruction", "words": "请办。"})).await;
    let department = cast.organization("县住建局").await.to_string();
    let charged = json!({"form": "single", "departments": [{"organization_id": department}]});
    let view = cast.act("dispatcher", &manuscript, "assignments", charged).await;
    let bulletin = cast.post("reviewer", "/bulletins", json!({"title": "一期"})).await;
    let roles = cast.get("admin", "/roles?limit=1").await.body;
    let letters = cast.get("reviewer", "/inbox").await.body;
    vec![
        ("manuscripts", manuscript),
        ("endorsements", id(&endorsed.body)),
        ("assignments", id(&view["assignments"][0])),
        ("bulletins", id(&bulletin.body)),
        ("roles", id(&roles["items"][0])),
        ("inbox", id(&letters["items"][0])),
        ("outbox", id(&letters["items"][0])),
        ("jobs", crate::jobs::dead_job(cast.desk()).to_string()),
        ("backups", crate::jobs::dead_job(cast.desk()).to_string()),
        ("users", cast.id("reviewer").to_string()),
        ("memberships", cast.id("reviewer").to_string()),
    ]
}

async fn no_act_is_repeated_to_who_may_not_see_its_object(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (objects, account) = (objects(&cast).await, cast.id("coauthor"));
    let mut walked = 0;
    for Route { path, body, .. } in all().into_iter().filter(|route| route.method == "POST") {
        let collection = path.trim_start_matches('/').split('/').next().unwrap();
        // Of these no answer is kept, everybody of the channel may read them, or nothing is answered that could be read.
        if ["session", "tokens", "one-time-links", "password-resets", "similar", "organizations", "stand-ins", "mail-settings", "webhooks"]
            .contains(&collection)
            || path.ends_with("/attachments")
        {
            continue;
        }
        let (_, id) = objects.iter().find(|(name, _)| *name == collection).unwrap_or_else(|| panic!("no object for {path}"));
        let (asked, location) = match path.split_once("{id}") {
            Some((before, after)) => (format!("/api/v1{before}{id}{after}"), Value::Null),
            // A membership is a person as the channel has them.
            None if collection == "memberships" => (format!("/api/v1{path}"), json!(format!("/api/v1/users/{id}"))),
            None => (format!("/api/v1{path}"), json!(format!("/api/v1/{collection}/{id}"))),
        };
        let sent = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body).unwrap() };
        let row = (
            idempotency_keys::account_id.eq(account),
            idempotency_keys::method.eq("POST"),
            idempotency_keys::path.eq(asked.clone()),
            idempotency_keys::key.eq("k-1"),
            idempotency_keys::digest.eq(Sha256::digest(&sent).to_vec()),
            idempotency_keys::status.eq(200_i64),
            idempotency_keys::headers.eq(json!({"location": location}).to_string()),
            idempotency_keys::body.eq("{\"id\":\"x\",\"secret\":\"内部意见。\"}"),
            idempotency_keys::created_at.eq(cast.app.clock.now()),
        );
        cast.desk()
            .db
            .write_now(move |conn| Ok::<usize, StoreError>(diesel::insert_into(idempotency_keys::table).values(row).execute(conn)?))
            .unwrap();
        let request = cast.app.request(Method::POST, &asked, "token-coauthor").header("Idempotency-Key", "k-1").header("If-Match", "\"1\"");
        let request = if sent.is_empty() { request } else { request.header("Content-Type", "application/json").body(sent) };
        let refused = cast.app.send(request).await;
        assert!(matches!(refused.status.as_u16(), 403 | 404), "{asked}: {} {}", refused.status, refused.body);
        assert!(!refused.body.to_string().contains("内部意见。"), "{asked}: {}", refused.body);
        walked += 1;
    }
    assert!(walked >= 40, "{walked} acts");
}
