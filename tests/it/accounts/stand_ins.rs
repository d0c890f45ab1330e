//! Who may act for whom: for a period, and for good.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;

use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_stand_in_gets_the_first_letter_and_ends_with_the_absent_account,
    a_period_that_has_ended_with_an_account_does_not_come_back,
    only_a_colleague_with_an_office_can_stand_in_or_take_over,
    a_period_has_an_end_that_one_can_live_to_see,
    roles_that_exclude_each_other_are_never_both_held,
    nobody_gets_into_a_closed_organization,
    a_secretary_acts_no_longer_for_a_leader_who_is_gone,
);

async fn name(cast: &Cast, absent: &str, stand_in: &str, role: &str) -> Answer {
    let now = cast.app.clock.now();
    let body = json!({ "stand_in_id": cast.id(stand_in), "role": role, "from": now, "to": now + Duration::days(7) });
    cast.post(absent, "/stand-ins", body).await
}

fn fault(answer: &Answer) -> (u16, &Value, &Value) {
    (answer.status.as_u16(), &answer.body["errors"][0]["field"], &answer.body["errors"][0]["code"])
}

async fn suspend(cast: &Cast, login: &str) {
    let done = cast.post("security", &format!("/users/{}/suspension", cast.id(login)), json!({})).await;
    assert!(done.status.is_success(), "{}", done.body);
}

async fn a_stand_in_gets_the_first_letter_and_ends_with_the_absent_account(engine: Engine) {
    let cast = Cast::new(engine).await;
    assert_eq!(name(&cast, "reviewer", "dispatcher", "reviewer").await.status, 201);
    let id = cast.submitted_by("author").await;
    assert_eq!(cast.told("arrived_review").await, ["dispatcher", "reviewer", "reviewer2"]);
    let path = format!("/manuscripts/{id}");
    assert_eq!(cast.get("dispatcher", &path).await.status, 200);
    suspend(&cast, "reviewer").await;
    assert!(!cast.actor("dispatcher").holds(Role::Reviewer), "the right ends with the account, at the next request");
    assert_eq!(cast.get("dispatcher", &path).await.status, 404);
    let act = json!({"decision": "recommend", "opinion": "拟采用。"});
    assert_eq!(cast.send("POST", "dispatcher", &format!("{path}/review"), Some(2), act).await.status, 404);
    cast.submitted_by("author").await;
    assert_eq!(cast.told("arrived_review").await, ["dispatcher", "reviewer", "reviewer2", "reviewer2"], "nor is either told any more");
}

async fn a_period_that_has_ended_with_an_account_does_not_come_back(engine: Engine) {
    let cast = Cast::new(engine).await;
    let resume = async |login: &str| {
        let path = format!("/users/{}/suspension", cast.id(login));
        let done = cast.app.send(cast.request(Method::DELETE, "security", &path)).await;
        assert!(done.status.is_success(), "{}", done.body);
    };
    let open = async || {
        let items = cast.get("admin", "/stand-ins").await.body["items"].clone();
        items.as_array().unwrap().iter().filter(|one| one["ended_at"].is_null()).count()
    };
    for (absent, stand_in, role, gone) in
        [("reviewer", "dispatcher", "reviewer", "dispatcher"), ("signer", "reviewer2", "signer", "signer")]
    {
        assert_eq!(name(&cast, absent, stand_in, role).await.status, 201);
        assert_eq!(open().await, 1);
        suspend(&cast, gone).await;
        assert_eq!(open().await, 0, "it ends with the account of {gone}");
        resume(gone).await;
        assert_eq!(open().await, 0, "{gone} is back, and the period is not");
    }
    assert!(!cast.actor("reviewer2").holds(Role::Signer));
    let ended = cast.chains("stand_in", cast.channel);
    let acts: Vec<_> = ended.into_iter().map(|chain| cast.acts(zhitongche::domain::ids::AnyId(chain))).collect();
    assert_eq!(acts, [["name", "end"], ["name", "end"]], "both are told in the ledger");
    // Nor with an organisation that is opened again.
    let office = format!("/organizations/{}", cast.organization("县委统战部").await);
    assert_eq!(name(&cast, "reviewer", "reviewer2", "reviewer").await.status, 201);
    for closed in [true, false] {
        let seen = cast.get("admin", &office).await.body["version"].as_i64().unwrap();
        assert_eq!(cast.at(Method::PATCH, "admin", &office, seen, json!({ "closed": closed })).await.status, 200);
        assert_eq!(open().await, 0, "closed: {closed}");
    }
    // Nor with a role that is given again.
    assert_eq!(name(&cast, "reviewer", "reviewer2", "reviewer").await.status, 201);
    let lends = || cast.actor("reviewer2").grants.iter().any(|grant| grant.for_user.is_some());
    assert!(lends());
    let grants = cast.get("admin", &format!("/roles?user={}", cast.id("reviewer"))).await.body["items"].clone();
    let own = format!("/roles/{}", grants[0]["id"].as_str().unwrap());
    assert_eq!(cast.app.send(cast.request(Method::DELETE, "admin", &own)).await.status, 204);
    assert_eq!(open().await, 0);
    cast.grant("reviewer", Role::Reviewer, None).await;
    assert!(!lends());
}

async fn only_a_colleague_with_an_office_can_stand_in_or_take_over(engine: Engine) {
    let cast = Cast::new(engine).await;
    let office = cast.organization("县委统战部").await;
    let moved = cast.at(Method::PATCH, "admin", &format!("/users/{}", cast.id("author")), 1, json!({ "organization_id": office })).await;
    assert_eq!(moved.status, 200, "{}", moved.body);
    let refused = name(&cast, "reviewer", "author", "reviewer").await;
    assert_eq!(fault(&refused), (422, &json!("stand_in_id"), &json!("no_office")), "a plain submitter of the same organisation");
    assert!(refused.body["errors"][0]["message"].as_str().is_some_and(|why| why.contains("工作人员")), "{}", refused.body);
    let refused = name(&cast, "reviewer", "handler", "reviewer").await;
    assert_eq!(fault(&refused), (422, &json!("stand_in_id"), &json!("other_organization")));
    let hand_over = |to: &str| {
        let (path, body) = (format!("/users/{}/handover", cast.id("reviewer")), json!({ "to_id": cast.id(to) }));
        let cast = &cast;
        async move { cast.post("reviewer", &path, body).await }
    };
    assert_eq!(fault(&hand_over("author").await), (422, &json!("to_id"), &json!("no_office")));
    assert_eq!(fault(&hand_over("handler").await), (422, &json!("to_id"), &json!("other_organization")));
    assert!(cast.actor("reviewer").holds(Role::Reviewer));
    assert_eq!(hand_over("dispatcher").await.status, 200);
    // Somebody who moves to another organisation stands in no longer.
    assert_eq!(name(&cast, "signer", "reviewer2", "signer").await.status, 201);
    assert!(cast.actor("reviewer2").holds(Role::Signer));
    let bureau = cast.organization("县住建局").await;
    let moved = cast.at(Method::PATCH, "admin", &format!("/users/{}", cast.id("reviewer2")), 1, json!({ "organization_id": bureau })).await;
    assert_eq!(moved.status, 200, "{}", moved.body);
    assert!(!cast.actor("reviewer2").holds(Role::Signer));
}

async fn a_period_has_an_end_that_one_can_live_to_see(engine: Engine) {
    let cast = Cast::new(engine).await;
    let now = cast.app.clock.now();
    let ask = |from: i64, to: i64| {
        let (from, to) = (now + Duration::days(from), now + Duration::days(to));
        let body = json!({ "stand_in_id": cast.id("dispatcher"), "role": "signer", "from": from, "to": to });
        let cast = &cast;
        async move { cast.post("signer", "/stand-ins", body).await }
    };
    assert_eq!(fault(&ask(0, 367).await), (422, &json!("to"), &json!("period_too_long")));
    assert_eq!(fault(&ask(0, 3_650_000).await), (422, &json!("to"), &json!("period_too_long")), "not to the year 12019");
    assert_eq!(fault(&ask(3_650_000, 3_650_007).await), (422, &json!("from"), &json!("period_too_far")));
    assert_eq!(fault(&ask(-7, 0).await), (422, &json!("to"), &json!("backwards")));
    let past = ask(-2, 7).await;
    assert_eq!(fault(&past), (422, &json!("from"), &json!("period_past")));
    assert!(past.body["errors"][0]["message"].as_str().is_some_and(|why| why.contains("过去")), "{}", past.body);
    assert_eq!(ask(0, 366).await.status, 201);
    let channel = format!("/channels/{}", cast.channel);
    let mut settings = cast.get("admin", &channel).await.body["settings"].clone();
    assert_eq!(settings["stand_in_days"], 366);
    settings["stand_in_days"] = json!(30);
    assert_eq!(cast.at(Method::PATCH, "admin", &channel, 1, json!({ "settings": settings })).await.status, 200);
    let refused = ask(0, 31).await;
    assert_eq!(fault(&refused), (422, &json!("to"), &json!("period_too_long")));
    assert!(refused.body["errors"][0]["message"].as_str().is_some_and(|why| why.contains("30")), "{}", refused.body);
}

async fn roles_that_exclude_each_other_are_never_both_held(engine: Engine) {
    let cast = Cast::new(engine).await;
    assert_eq!(name(&cast, "reviewer", "dispatcher", "reviewer").await.status, 201);
    let give = |role: &str| {
        let body = json!({ "user_id": cast.id("dispatcher"), "role": role });
        let cast = &cast;
        async move { cast.post("admin", "/roles", body).await }
    };
    let grants = cast.get("admin", &format!("/roles?user={}", cast.id("dispatcher"))).await.body["items"].clone();
    let own = format!("/roles/{}", grants[0]["id"].as_str().unwrap());
    assert_eq!(cast.app.send(cast.request(Method::DELETE, "admin", &own)).await.status, 204);
    assert!(!cast.actor("dispatcher").holds(Role::Reviewer), "without an office of their own they stand in no longer");
    assert_eq!(fault(&give("auditor").await), (422, &json!("role"), &json!("stands_in")), "while the period is not ended");
    let periods = cast.get("dispatcher", "/stand-ins").await.body["items"].clone();
    let period = format!("/stand-ins/{}", periods[0]["id"].as_str().unwrap());
    assert_eq!(cast.app.send(cast.request(Method::DELETE, "admin", &period)).await.status, 204);
    assert_eq!(give("auditor").await.status, 201);
    assert_eq!(fault(&name(&cast, "reviewer", "dispatcher", "reviewer").await), (422, &json!("stand_in_id"), &json!("not_combinable")));
    assert!(cast.actor("dispatcher").grants.iter().all(|grant| grant.role == Role::Auditor));
}

async fn nobody_gets_into_a_closed_organization(engine: Engine) {
    let cast = Cast::new(engine).await;
    let made = cast.post("admin", "/organizations", json!({ "name": "县老干局", "kind": "department" })).await;
    let id = made.body["id"].clone();
    let path = format!("/organizations/{}", id.as_str().unwrap());
    assert_eq!(cast.at(Method::PATCH, "admin", &path, 1, json!({ "closed": true })).await.status, 200);
    let user = format!("/users/{}", cast.id("reviewer"));
    let moved = cast.at(Method::PATCH, "admin", &user, 1, json!({ "organization_id": id })).await;
    assert_eq!(fault(&moved), (422, &json!("organization_id"), &json!("closed_organization")));
    let granted = cast.post("admin", "/roles", json!({ "user_id": cast.id("reviewer"), "role": "handler", "organization_id": id })).await;
    assert_eq!(fault(&granted), (422, &json!("organization_id"), &json!("closed_organization")));
    let new = json!({ "login": "late", "name": "迟来", "email": "late@example.cn", "organization_id": id, "roles": [] });
    let added = cast.post("admin", "/users", new).await;
    assert_eq!((added.status.as_u16(), &added.body["errors"][0]["code"]), (422, &json!("closed_organization")), "{}", added.body);
    let still = cast.get("admin", &user).await.body;
    assert_ne!(still["organization_id"], id);
    // Nothing new begins there either.
    let party = format!("/organizations/{}", cast.organization("民盟县总支").await);
    let draft = cast.send("POST", "author", "/manuscripts", None, json!({"title": "关于停车的建议"})).await;
    assert_eq!(cast.at(Method::PATCH, "admin", &party, 1, json!({ "closed": true })).await.status, 200);
    let path = format!("/manuscripts/{}/authors", draft.body["id"].as_str().unwrap());
    let invited = cast.send("PUT", "author", &path, Some(1), json!({ "authors": ["coauthor"] })).await;
    assert_eq!((invited.status.as_u16(), &invited.body["errors"][0]["code"]), (422, &json!("closed_organization")), "{}", invited.body);
    let begun = cast.send("POST", "coauthor", "/manuscripts", None, json!({"title": "关于停车的建议"})).await;
    assert_eq!((begun.status.as_u16(), &begun.body["errors"][0]["code"]), (422, &json!("closed_organization")), "{}", begun.body);
    // Who is in one that closes can be changed otherwise.
    let bureau = format!("/organizations/{}", cast.organization("县住建局").await);
    assert_eq!(cast.at(Method::PATCH, "admin", &bureau, 1, json!({ "closed": true })).await.status, 200);
    let post = cast.at(Method::PATCH, "admin", &format!("/users/{}", cast.id("handler")), 1, json!({ "post": "科长" })).await;
    assert_eq!(post.status, 200, "{}", post.body);
}

async fn a_secretary_acts_no_longer_for_a_leader_who_is_gone(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.accepted().await;
    cast.forward(&id).await;
    let path = format!("/manuscripts/{id}");
    assert_eq!(cast.get("secretary", &path).await.status, 200);
    assert_eq!(cast.told("for_your_reading").await, ["leader", "secretary"]);
    suspend(&cast, "leader").await;
    assert!(!cast.actor("secretary").holds(Role::Secretary));
    assert_eq!(cast.get("secretary", &path).await.status, 404);
}
