//! Roles: given, taken away, lent to a stand-in.

use chrono::Duration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use zhitongche::domain::notice::Letter;
use zhitongche::domain::vocabulary::Role;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_role_counts_from_the_next_request_on_and_is_gone_at_once,
    administrative_roles_stand_alone_and_a_secretary_serves_a_leader,
    a_stand_in_acts_for_the_period_and_both_names_stay,
);

async fn a_role_counts_from_the_next_request_on_and_is_gone_at_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    let body = json!({ "user_id": cast.id("reviewer"), "role": "dispatcher" });
    let given = cast.post("security", "/roles", body.clone()).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
    assert!(cast.actor("reviewer").holds(Role::Dispatcher));
    let again = cast.post("security", "/roles", body).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("already_done")));
    let path = format!("/roles/{}", given.body["id"].as_str().unwrap());
    assert_eq!(cast.get("reviewer", &path).await.status, StatusCode::OK);
    assert_eq!(cast.get("signer", &path).await.status, StatusCode::NOT_FOUND);
    let by_himself = cast.app.send(cast.request(Method::DELETE, "reviewer", &path)).await;
    assert_eq!(by_himself.status, StatusCode::FORBIDDEN);
    assert_eq!(cast.app.send(cast.request(Method::DELETE, "admin", &path)).await.status, StatusCode::NO_CONTENT);
    assert!(!cast.actor("reviewer").holds(Role::Dispatcher));
    assert_eq!(cast.acts(cast.id("reviewer"))[1..], ["grant", "revoke"]);
    let entry = &cast.entries(cast.id("reviewer"))[1];
    assert_eq!((&entry["role"], &entry["actor"]), (&json!("security_admin"), &json!(cast.id("security"))));
}

async fn administrative_roles_stand_alone_and_a_secretary_serves_a_leader(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let give = |user: &str, role: &str, serves: Value| {
        let body = json!({ "user_id": cast.id(user), "role": role, "serves_id": serves });
        cast.post("admin", "/roles", body)
    };
    for (user, role) in [("reviewer", "auditor"), ("auditor", "reviewer"), ("auditor", "security_admin"), ("security", "system_admin")] {
        let refused = give(user, role, Value::Null).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["code"]), (422, &json!("not_combinable")), "{user} {role}");
    }
    assert_eq!(give("reviewer", "secretary", Value::Null).await.body["errors"][0]["code"], "required");
    assert_eq!(give("reviewer", "secretary", json!(cast.id("signer"))).await.body["errors"][0]["code"], "unknown");
    assert_eq!(give("reviewer", "secretary", json!(cast.id("other-leader"))).await.body["errors"][0]["code"], "unknown");
    assert_eq!(give("reviewer", "signer", json!(cast.id("leader"))).await.body["errors"][0]["code"], "not_allowed_here");
    assert_eq!(give("reviewer", "secretary", json!(cast.id("leader2"))).await.status, StatusCode::CREATED);
    assert_eq!(cast.actor("reviewer").grant(Role::Secretary).unwrap().serves, Some(cast.id("leader2")));
    let own = cast.post("admin", "/roles", json!({ "user_id": cast.id("admin"), "role": "system_admin" })).await;
    assert_eq!((own.status.as_u16(), &own.body["code"]), (403, &json!("second_person")));
}

async fn a_stand_in_acts_for_the_period_and_both_names_stay(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let now = cast.app.clock.now();
    let name = |who: &'static str, stand_in: &str, role: &str| {
        let (from, to) = (now + Duration::days(1), now + Duration::days(8));
        let body = json!({ "stand_in_id": cast.id(stand_in), "role": role, "from": from, "to": to });
        cast.post(who, "/stand-ins", body)
    };
    assert_eq!(name("reviewer", "reviewer2", "signer").await.status, StatusCode::FORBIDDEN, "only one's own role");
    assert_eq!(name("signer", "auditor", "signer").await.body["errors"][0]["field"], "stand_in_id");
    assert_eq!(name("signer", "other-reviewer", "signer").await.body["errors"][0]["field"], "stand_in_id");
    let named = name("signer", "dispatcher", "signer").await;
    assert_eq!(named.status, StatusCode::CREATED, "{}", named.body);
    assert_eq!(cast.letters(cast.id("dispatcher"), Letter::StandInNamed)[0]["person"], "姓名signer");
    assert!(!cast.actor("dispatcher").holds(Role::Signer), "not before the time");
    cast.app.clock.advance(Duration::days(2));
    let actor = cast.actor("dispatcher");
    let lent = actor.grant(Role::Signer).unwrap();
    assert_eq!(lent.for_user, Some(cast.id("signer")));
    assert_eq!(actor.need(&[Role::Signer]).unwrap().on_behalf_of, Some(cast.id("signer")), "the ledger gets both names");
    let path = format!("/stand-ins/{}", named.body["id"].as_str().unwrap());
    assert_eq!(cast.get("reviewer", &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(cast.app.send(cast.request(Method::DELETE, "signer", &path)).await.status, StatusCode::NO_CONTENT);
    assert!(!cast.actor("dispatcher").holds(Role::Signer), "it ended before its time");
    assert_eq!(cast.get("dispatcher", "/stand-ins").await.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(cast.get("reviewer", "/stand-ins").await.body["items"], json!([]));
}
