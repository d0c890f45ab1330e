//! Of another channel nothing exists; organisations and channels change at their version; a repeat with a key changes nothing.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    of_another_channel_nothing_exists,
    organizations_and_channels_change_at_the_version_seen,
    a_repeat_with_the_same_key_changes_nothing,
    the_same_key_from_many_sides_acts_once,
);

async fn of_another_channel_nothing_exists(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let user = cast.id("author");
    let role = cast.get("admin", &format!("/roles?user={user}")).await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let token = cast.get("author", "/tokens").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let paths = [
        (Method::GET, format!("/users/{user}")),
        (Method::PATCH, format!("/users/{user}")),
        (Method::POST, format!("/users/{user}/suspension")),
        (Method::DELETE, format!("/users/{user}/suspension")),
        (Method::POST, format!("/users/{user}/one-time-link")),
        (Method::POST, format!("/users/{user}/handover")),
        (Method::GET, format!("/organizations/{}", cast.organization("民盟县总支").await)),
        (Method::PATCH, format!("/organizations/{}", cast.organization("民盟县总支").await)),
        (Method::GET, format!("/roles/{role}")),
        (Method::DELETE, format!("/roles/{role}")),
        (Method::DELETE, format!("/tokens/{token}")),
        (Method::GET, format!("/channels/{}", cast.channel)),
        (Method::PATCH, format!("/channels/{}", cast.channel)),
    ];
    for (method, path) in paths {
        let body = if path.ends_with("handover") { json!({ "to_id": cast.id("other-reviewer") }) } else { json!({}) };
        let answer = cast.at(method.clone(), "other-admin", &path, 1, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}: {}", answer.body);
    }
    let give = cast.post("other-admin", "/roles", json!({ "user_id": user, "role": "reviewer" })).await;
    assert_eq!(give.status, StatusCode::NOT_FOUND);
    for path in ["/users?limit=200".to_owned(), "/organizations".to_owned(), format!("/roles?user={user}"), format!("/tokens?user={user}")]
    {
        let list = cast.get("other-admin", &path).await.body;
        assert!(!list.to_string().contains(&user.to_string()), "{path}: {list}");
    }
    assert_eq!(cast.acts(user), ["create"], "nothing was done to him");
}

async fn organizations_and_channels_change_at_the_version_seen(engine: Engine) {
    let cast = Cast::new(engine).await;
    let refused = cast.post("reviewer", "/organizations", json!({ "name": "云溪县水利局", "kind": "department" })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("wrong_role")));
    let made = cast.post("admin", "/organizations", json!({ "name": "云溪县水利局", "kind": "department" })).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let path = made.headers["location"].to_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    assert_eq!(cast.get("author", &path).await.body, made.body);
    let closed = cast.at(Method::PATCH, "admin", &path, 1, json!({ "closed": true })).await;
    assert_ne!(closed.body["closed_at"], Value::Null);
    assert_eq!(cast.at(Method::PATCH, "admin", &path, 1, json!({ "name": "水利局" })).await.body["version"], 2);
    let channel = format!("/channels/{}", cast.channel);
    let mut settings = cast.get("admin", &channel).await.body["settings"].clone();
    settings["limits"]["review_days"] = json!(7);
    let done = cast.at(Method::PATCH, "admin", &channel, 1, json!({ "settings": settings })).await;
    assert_eq!((done.status.as_u16(), &done.body["settings"]["limits"]["review_days"]), (200, &json!(7)));
    let bad = cast.at(Method::PATCH, "admin", &channel, 2, json!({ "settings": { "limits": { "review_days": "x" } } })).await;
    assert_eq!((bad.status.as_u16(), &bad.body["errors"][0]["field"]), (422, &json!("settings")));
    assert_eq!(cast.at(Method::PATCH, "reviewer", &channel, 2, json!({ "name": "x" })).await.status, StatusCode::FORBIDDEN);
}

async fn found(cast: &Cast, key: &str, name: &str) -> Answer {
    let request = cast.request(Method::POST, "admin", "/organizations").header("idempotency-key", key);
    cast.app.send(request.json(&json!({ "name": name, "kind": "department" }))).await
}

async fn a_repeat_with_the_same_key_changes_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let count = async || cast.get("admin", "/organizations").await.body["items"].as_array().unwrap().len();
    let before = count().await;
    let (first, second) = (found(&cast, "k1", "云溪县水利局").await, found(&cast, "k1", "云溪县水利局").await);
    assert_eq!((first.status, &first.body), (StatusCode::CREATED, &second.body));
    assert_eq!(
        (second.status, &second.headers["location"], &second.headers["etag"]),
        (StatusCode::CREATED, &first.headers["location"], &first.headers["etag"])
    );
    assert_eq!(count().await, before + 1);
    let other = found(&cast, "k1", "云溪县交通局").await;
    assert_eq!((other.status.as_u16(), &other.body["code"]), (422, &json!("key_reused")));
    let refused = found(&cast, "k2", "云溪县水利局").await;
    assert_eq!(refused.body["errors"][0]["code"], "taken");
    assert_eq!(found(&cast, "k2", "云溪县交通局").await.status, StatusCode::CREATED, "a refusal is not kept");
    assert_eq!(found(&cast, "no key at all", "云溪县民政局").await.status, StatusCode::BAD_REQUEST);
    cast.app.clock.advance(chrono::Duration::days(8));
    assert_eq!(found(&cast, "k1", "云溪县交通局").await.body["errors"][0]["code"], "taken", "after a week the key is new");
    assert_eq!(count().await, before + 2);
}

async fn the_same_key_from_many_sides_acts_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    let all = futures_util::future::join_all((0..12).map(|_| found(&cast, "k", "云溪县水利局"))).await;
    let mut ids: Vec<_> = all.iter().filter(|one| one.status == StatusCode::CREATED).map(|one| one.body["id"].to_string()).collect();
    assert!(all.iter().all(|one| one.status == StatusCode::CREATED || one.body["code"] == "key_in_use"), "{all:?}");
    ids.dedup();
    assert_eq!(ids.len(), 1, "one act, repeated or told to wait");
}
