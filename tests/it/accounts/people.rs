//! People: seen by whom, changed at which version, suspended, handed over.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use zhitongche::domain::notice::Letter;
use zhitongche::domain::vocabulary::Role;

use crate::support::cast::{Cast, PASSWORD};
use crate::support::database::Engine;

crate::both_databases!(
    a_suspended_person_is_out_at_the_next_request,
    only_administrators_learn_how_to_reach_people,
    a_change_needs_the_version_that_was_seen,
    everything_wrong_with_a_new_person_is_named_at_once,
    lists_come_in_pages,
    who_leaves_hands_over_the_desk_in_one_act,
);

async fn a_suspended_person_is_out_at_the_next_request(engine: Engine) {
    let cast = Cast::new(engine).await;
    let path = format!("/users/{}/suspension", cast.id("reviewer"));
    assert_eq!(cast.get("reviewer", "/session").await.status, StatusCode::OK);
    let suspended = cast.post("security", &path, Value::Null).await;
    assert_eq!(suspended.status, StatusCode::OK, "{}", suspended.body);
    assert_eq!(cast.get("reviewer", "/session").await.status, StatusCode::UNAUTHORIZED);
    let body = json!({ "login": "reviewer", "password": PASSWORD });
    assert_eq!(cast.post("", "/session", body.clone()).await.status, StatusCode::UNAUTHORIZED);
    let again = cast.post("security", &path, Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("already_done")));
    let resumed = cast.app.send(cast.request(Method::DELETE, "admin", &path)).await;
    assert_eq!((resumed.status, &resumed.body["suspended_at"]), (StatusCode::OK, &Value::Null));
    assert_eq!(cast.get("reviewer", "/session").await.status, StatusCode::UNAUTHORIZED, "old tokens stay dead");
    assert_eq!(cast.post("", "/session", body).await.status, StatusCode::CREATED);
    assert_eq!(cast.acts(cast.id("reviewer"))[1..], ["suspend", "resume", "sign_in"]);
    let own = format!("/users/{}/suspension", cast.id("security"));
    let own = cast.post("security", &own, Value::Null).await;
    assert_eq!((own.status.as_u16(), &own.body["code"]), (403, &json!("second_person")));
}

async fn only_administrators_learn_how_to_reach_people(engine: Engine) {
    let cast = Cast::new(engine).await;
    let path = format!("/users/{}", cast.id("author"));
    let seen = cast.get("admin", &path).await.body;
    assert_eq!((&seen["email"], &seen["mobile"]), (&json!("author@example.cn"), &json!("13800138000")));
    let seen = cast.get("reviewer", &path).await.body;
    assert_eq!((&seen["name"], &seen["email"], &seen["mobile"]), (&json!("姓名author"), &Value::Null, &Value::Null));
    assert_eq!(cast.get("coauthor", &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(cast.get("author", &path).await.body["email"], "author@example.cn");
    let list = cast.get("coauthor", "/users").await.body;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "others see themselves: {list}");
    let leaders = cast.get("reviewer", "/users?role=leader").await.body;
    assert_eq!(leaders["items"].as_array().unwrap().len(), 2);
    assert!(!leaders.to_string().contains("example.cn"));
}

async fn a_change_needs_the_version_that_was_seen(engine: Engine) {
    let cast = Cast::new(engine).await;
    let path = format!("/users/{}", cast.id("author"));
    let shown = cast.get("admin", &path).await;
    assert_eq!(shown.headers["etag"], "\"1\"");
    let blind = cast.app.send(cast.request(Method::PATCH, "admin", &path).json(&json!({ "post": "委员" }))).await;
    assert_eq!((blind.status.as_u16(), &blind.body["code"]), (428, &json!("version_missing")));
    let done = cast.at(Method::PATCH, "admin", &path, 1, json!({ "post": "委员" })).await;
    assert_eq!((done.status.as_u16(), done.headers["etag"].to_str().unwrap(), &done.body["post"]), (200, "\"2\"", &json!("委员")));
    let stale = cast.at(Method::PATCH, "admin", &path, 1, json!({ "post": "主委" })).await;
    assert_eq!((stale.status.as_u16(), &stale.body["code"], &stale.body["version"]), (412, &json!("stale"), &json!(2)));
    assert_eq!(cast.get("admin", &path).await.body["post"], "委员", "a lost edit there is not");
    let own = cast.at(Method::PATCH, "author", &path, 2, json!({ "mobile": "13900139000" })).await;
    assert_eq!((own.status.as_u16(), &own.body["mobile"]), (200, &json!("13900139000")));
    let too_much = cast.at(Method::PATCH, "author", &path, 3, json!({ "name": "别人" })).await;
    assert_eq!((too_much.status.as_u16(), &too_much.body["code"]), (403, &json!("wrong_role")));
    let another = cast.at(Method::PATCH, "coauthor", &path, 3, json!({ "mobile": "" })).await;
    assert_eq!(another.status, StatusCode::NOT_FOUND);
}

async fn everything_wrong_with_a_new_person_is_named_at_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let far = cast.get("other-admin", "/organizations").await.body["items"][0]["id"].clone();
    let before = cast.get("admin", "/users?limit=200").await.body["items"].as_array().unwrap().len();
    let body = json!({
        "login": "author", "name": " ", "email": "nowhere", "mobile": "12", "organization_id": far,
    });
    let refused = cast.post("admin", "/users", body).await;
    let fields: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "email", "mobile", "login", "organization_id"]);
    let body = json!({ "login": "x.y", "name": "何", "email": "x@example.org", "organization_id": cast.organization("县委").await,
        "roles": [{ "role": "auditor" }, { "role": "reviewer" }] });
    let refused = cast.post("admin", "/users", body).await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (422, &json!("roles[1].role")));
    let after = cast.get("admin", "/users?limit=200").await.body["items"].as_array().unwrap().len();
    assert_eq!(before, after, "nobody was made by half");
}

async fn lists_come_in_pages(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let (mut logins, mut path) = (Vec::new(), "/users?limit=5".to_owned());
    loop {
        let page = cast.get("admin", &path).await.body;
        logins.extend(page["items"].as_array().unwrap().iter().map(|one| one["login"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/users?limit=5&cursor={cursor}"),
            None => break,
        }
    }
    let mut expected: Vec<_> = cast.everybody().into_iter().filter(|login| !login.starts_with("other-")).collect();
    assert_eq!((logins.first().unwrap().as_str(), logins.len()), ("admin", expected.len()), "newest first, each once");
    logins.sort();
    expected.sort();
    assert_eq!(logins, expected);
    assert_eq!(cast.get("admin", "/users?limit=0").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn who_leaves_hands_over_the_desk_in_one_act(engine: Engine) {
    let cast = Cast::new(engine).await;
    let path = format!("/users/{}/handover", cast.id("signer"));
    let stranger = cast.post("reviewer", &path, json!({ "to_id": cast.id("reviewer") })).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    let unfit = cast.post("signer", &path, json!({ "to_id": cast.id("auditor") })).await;
    assert_eq!((unfit.status.as_u16(), &unfit.body["errors"][0]["code"]), (422, &json!("not_combinable")));
    let done = cast.post("signer", &path, json!({ "to_id": cast.id("reviewer") })).await;
    assert_eq!((done.status, &done.body["roles"]), (StatusCode::OK, &json!(["signer"])), "{}", done.body);
    assert!(!cast.actor("signer").holds(Role::Signer));
    assert!(cast.actor("reviewer").holds(Role::Signer) && cast.actor("reviewer").holds(Role::Reviewer));
    assert_eq!(cast.letters(cast.id("reviewer"), Letter::HandedOver)[0]["person"], "姓名signer");
    assert_eq!(cast.acts(cast.id("signer")).last().unwrap(), "hand_over");
}
