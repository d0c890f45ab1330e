//! Races over rights: what a person may do is asked of what holds when the act ends.

use serde_json::{Value, json};
use zhitongche::app::sign_in;
use zhitongche::config::Secret;
use zhitongche::domain::notice::Letter;
use zhitongche::domain::vocabulary::Role;

use super::{Arena, Outcome, Request, count};
use crate::support::cast::{PASSWORD, complete};
use crate::support::database::Engine;

crate::both_databases!(
    roles_that_exclude_each_other_are_never_both_held,
    the_same_role_is_held_once,
    a_desk_is_handed_over_once,
    whoever_is_suspended_acts_no_more,
    a_role_that_is_taken_away_is_not_acted_by,
    the_last_administrators_do_not_suspend_each_other,
    a_stand_in_is_named_once,
    a_stand_in_acts_for_nobody_who_is_suspended,
    nobody_comes_into_an_organisation_that_closes,
    a_password_that_changes_opens_no_session,
    nobody_signs_in_by_the_password_from_before,
    a_link_is_redeemed_once,
    settings_are_changed_on_what_was_read
);

const OPEN: &str = "SELECT count(*) AS n FROM grants JOIN users ON users.id = grants.user_id WHERE users.login = 'leader2' \
                    AND grants.revoked_at IS NULL AND grants.role";

fn post(login: &'static str, path: impl Into<String>, body: Value) -> Request {
    Request { method: "POST", login, path: path.into(), seen: None, body }
}

/// The right was taken away. Either that came to wait for the act, which so came first, or the act was refused.
#[track_caller]
fn assert_done_before_or_refused(outcome: &Outcome, refused: &[u16]) {
    assert!(outcome.fast.status.is_success(), "{outcome:?}");
    let slow = outcome.slow.status;
    assert!(if outcome.waited { slow.is_success() } else { refused.contains(&slow.as_u16()) }, "{outcome:?}");
}

impl Arena {
    async fn rows(&self, question: impl Into<String>) -> i64 {
        let question = question.into();
        self.cast.desk().db.read(move |conn| count(conn, &question)).await.unwrap()
    }

    /// The secret of a one-time link that an administrator has sent.
    pub(super) async fn link(&self, login: &str) -> String {
        let id = self.cast.id(login);
        let sent = self.cast.post("security", &format!("/users/{id}/one-time-link"), Value::Null).await;
        assert!(sent.status.is_success(), "{}", sent.body);
        let letters = self.cast.letters(id, Letter::PasswordReset);
        letters.last().unwrap()["path"].as_str().unwrap().trim_start_matches("/one-time/").to_owned()
    }

    async fn role(&self, login: &'static str, role: Role) -> String {
        let read = self.cast.get("admin", &format!("/users/{}", self.cast.id(login))).await.body;
        let found = read["roles"].as_array().unwrap().iter().find(|one| one["role"] == role.as_str()).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }
}

async fn roles_that_exclude_each_other_are_never_both_held(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    // `leader2` has a role already: somebody without one.
    let old = arena.role("leader2", Role::Leader).await;
    assert_eq!(cast.send("DELETE", "admin", &format!("/roles/{old}"), None, Value::Null).await.status, 204);
    let person = cast.id("leader2");
    let give = |login, role: &str| post(login, "/roles", json!({"user_id": person, "role": role}));
    let outcome = arena.race(give("admin", "auditor").send(cast), give("security", "reviewer").send(cast)).await;
    let mut statuses = outcome.statuses();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "{outcome:?}");
    let lost = if outcome.slow.status == 422 { &outcome.slow } else { &outcome.fast };
    assert_eq!(lost.body["errors"][0]["code"], "not_combinable");
    assert_eq!(arena.rows(format!("{OPEN} IN ('auditor', 'reviewer')")).await, 1);
}

async fn the_same_role_is_held_once(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let body = json!({"user_id": cast.id("leader2"), "role": "submitter"});
    arena.race(post("admin", "/roles", body.clone()).send(cast), post("security", "/roles", body).send(cast)).await.winner();
    assert_eq!(arena.rows(format!("{OPEN} = 'submitter'")).await, 1);
}

async fn a_desk_is_handed_over_once(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let path = format!("/users/{}/handover", cast.id("reviewer"));
    let to = |login, successor| post(login, path.clone(), json!({"to_id": cast.id(successor)}));
    arena.race(to("admin", "signer").send(cast), to("security", "dispatcher").send(cast)).await.winner();
    let held = "SELECT count(*) AS n FROM grants WHERE role = 'reviewer' AND revoked_at IS NULL";
    assert_eq!(arena.rows(held).await, 2, "that of the other reviewer, and the one that was handed over");
}

async fn whoever_is_suspended_acts_no_more(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let id = cast.submitted_by("author").await;
    let seen = arena.version("reviewer", &format!("/manuscripts/{id}")).await;
    let body = json!({"decision": "recommend", "opinion": "拟采用。"});
    let review = Request { method: "POST", login: "reviewer", path: format!("/manuscripts/{id}/review"), seen, body };
    let suspend = |login: &str| post("admin", format!("/users/{}/suspension", cast.id(login)), Value::Null);
    let outcome = arena.race(review.send(cast), suspend("reviewer").send(cast)).await;
    assert_done_before_or_refused(&outcome, &[401]);
    assert_eq!(cast.stage("reviewer2", &id).await, if outcome.waited { "signing" } else { "review" });
    // Nor does an author hand anything in.
    let submit = post("author", "/manuscripts", complete());
    let outcome = arena.race(submit.send(cast), suspend("author").send(cast)).await;
    assert_done_before_or_refused(&outcome, &[401]);
    assert_eq!(post("author", "/manuscripts", complete()).send(cast).await.status, 401);
    let id = cast.submitted_by("coauthor").await;
    cast.act("screener", &id, "screening", json!({"decision": "pass"})).await;
    // The other way round the act came first, and stands.
    let seen = arena.version("reviewer2", &format!("/manuscripts/{id}")).await;
    let review = Request { seen, path: format!("/manuscripts/{id}/review"), ..review.by("reviewer2") };
    let outcome = arena.race(suspend("reviewer2").send(cast), review.send(cast)).await;
    let expected = if outcome.fast.status.is_success() { "signing" } else { "review" };
    assert!(matches!(outcome.fast.status.as_u16(), 200 | 401) && outcome.slow.status.is_success(), "{outcome:?}");
    assert_eq!(cast.stage("signer", &id).await.replace("not found", "review"), expected);
}

async fn a_role_that_is_taken_away_is_not_acted_by(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let id = cast.submitted_by("author").await;
    let seen = arena.version("reviewer", &format!("/manuscripts/{id}")).await;
    let body = json!({"decision": "recommend", "opinion": "拟采用。"});
    let review = Request { method: "POST", login: "reviewer", path: format!("/manuscripts/{id}/review"), seen, body };
    let path = format!("/roles/{}", arena.role("reviewer", Role::Reviewer).await);
    let revoke = Request { method: "DELETE", login: "admin", path, seen: None, body: Value::Null };
    let outcome = arena.race(review.send(cast), revoke.send(cast)).await;
    assert_done_before_or_refused(&outcome, &[403, 404]);
    assert_eq!(cast.stage("reviewer2", &id).await, if outcome.waited { "signing" } else { "review" });
}

async fn the_last_administrators_do_not_suspend_each_other(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let suspend = |login, whom: &str| post(login, format!("/users/{}/suspension", cast.id(whom)), Value::Null);
    let outcome = arena.race(suspend("admin", "security").send(cast), suspend("security", "admin").send(cast)).await;
    let mut statuses = outcome.statuses();
    statuses.sort_unstable();
    assert!(statuses[0] < 300 && matches!(statuses[1], 401 | 409), "{outcome:?}");
    let active = "SELECT count(*) AS n FROM users WHERE login IN ('admin', 'security') AND suspended_at IS NULL";
    assert_eq!(arena.rows(active).await, 1);
    // Whoever is left can't take the last such role away, not even the own one.
    let left = if outcome.slow.status.is_success() { "admin" } else { "security" };
    let role = if left == "admin" { Role::SystemAdmin } else { Role::SecurityAdmin };
    let read = cast.get(left, &format!("/users/{}", cast.id(left))).await.body;
    assert_eq!(read["roles"][0]["role"], role.as_str());
    let path = format!("/roles/{}", read["roles"][0]["id"].as_str().unwrap());
    let refused = cast.send("DELETE", left, &path, None, Value::Null).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("last_administrator")), "{}", refused.body);
}

async fn a_stand_in_is_named_once(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let body = json!({
        "role": "reviewer", "stand_in_id": cast.id("reviewer2"), "from": "2026-11-21T00:00:00Z", "to": "2026-11-30T00:00:00Z"
    });
    let name = post("reviewer", "/stand-ins", body);
    arena.race(name.send(cast), name.send(cast)).await.winner();
    assert_eq!(arena.rows("SELECT count(*) AS n FROM stand_ins").await, 1);
}

async fn a_stand_in_acts_for_nobody_who_is_suspended(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let body = json!({
        "role": "signer", "stand_in_id": cast.id("dispatcher"), "from": "2026-11-20T00:00:00Z", "to": "2026-11-30T00:00:00Z"
    });
    assert_eq!(post("signer", "/stand-ins", body).send(cast).await.status, 201);
    let id = cast.submitted_by("author").await;
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    let seen = arena.version("dispatcher", &format!("/manuscripts/{id}")).await;
    let path = format!("/manuscripts/{id}/signature");
    let sign = Request { method: "POST", login: "dispatcher", path, seen, body: json!({"decision": "sign"}) };
    let suspend = post("admin", format!("/users/{}/suspension", cast.id("signer")), Value::Null);
    let outcome = arena.race(sign.send(cast), suspend.send(cast)).await;
    assert_done_before_or_refused(&outcome, &[403, 404]);
    assert_eq!(cast.stage("reviewer", &id).await, if outcome.waited { "accepted" } else { "signing" });
}

async fn nobody_comes_into_an_organisation_that_closes(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let made = cast.send("POST", "admin", "/organizations", None, json!({"name": "九三学社", "kind": "other"})).await.body;
    let (id, version) = (made["id"].as_str().unwrap(), made["version"].as_i64());
    let close =
        Request { method: "PATCH", login: "admin", path: format!("/organizations/{id}"), seen: version, body: json!({"closed": true}) };
    let person = json!({"login": "newcomer", "name": "新人", "email": "n@example.cn", "organization_id": id});
    let join = post("security", "/users", person);
    let outcome = arena.race(join.send(cast), close.send(cast)).await;
    // Who came first is in it; who came later is told that there is no such organisation.
    assert!(matches!(outcome.statuses(), [201, 200] | [422, 200]), "{outcome:?}");
    let again = json!({"login": "another", "name": "又一人", "email": "a@example.cn", "organization_id": id});
    assert_eq!(post("security", "/users", again).send(cast).await.status, 422);
}

async fn a_password_that_changes_opens_no_session(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let desk = cast.desk().clone();
    let opened = sign_in::sign_in(&desk, "", "author", Secret::new(PASSWORD), "192.0.2.1").await.unwrap();
    let new = "另一个-correct-horse";
    let body = json!({"password": PASSWORD, "new_password": new});
    let put = |token: &str, body: &Value| {
        let request = cast.app.request("PUT".parse().unwrap(), "/api/v1/password", token);
        cast.app.send(request.json(body))
    };
    // Two at once, both with the password that was right when they began.
    let other = json!({"password": PASSWORD, "new_password": "第三个-correct-horse"});
    let outcome = arena.race(put(&opened.token, &body), put("token-author", &other)).await;
    let won = outcome.statuses().iter().filter(|status| **status < 300).count();
    assert_eq!(won, 1, "{outcome:?}");
    assert!(outcome.statuses().iter().all(|status| matches!(status, 204 | 401 | 409 | 412 | 422)), "{outcome:?}");
    let open = "SELECT count(*) AS n FROM tokens JOIN users ON users.id = tokens.user_id WHERE users.login = 'author' \
                AND tokens.revoked_at IS NULL";
    assert_eq!(arena.rows(open).await, 0, "every sign-in ends with the password");
    assert!(sign_in::sign_in(&desk, "", "author", Secret::new(PASSWORD), "192.0.2.1").await.is_err());
}

async fn nobody_signs_in_by_the_password_from_before(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let change = |login: &str, old: &str, new: &str| {
        let request = cast.app.request("PUT".parse().unwrap(), "/api/v1/password", &format!("token-{login}"));
        cast.app.send(request.json(&json!({"password": old, "new_password": new})))
    };
    let new = "另一个-correct-horse";
    for (login, sign_in_is_slow) in [("author", true), ("coauthor", false)] {
        let enter = post("", "/session", json!({"login": login, "password": PASSWORD}));
        let outcome = match sign_in_is_slow {
            true => arena.race(enter.send(cast), change(login, PASSWORD, new)).await,
            false => arena.race(change(login, PASSWORD, new), enter.send(cast)).await,
        };
        let (entered, changed) = if sign_in_is_slow { (&outcome.slow, &outcome.fast) } else { (&outcome.fast, &outcome.slow) };
        assert!(changed.status.is_success() && (entered.status.is_success() || entered.status == 401), "{outcome:?}");
        let open = format!(
            "SELECT count(*) AS n FROM tokens JOIN users ON users.id = tokens.user_id WHERE users.login = '{login}' AND tokens.revoked_at IS NULL"
        );
        assert_eq!(arena.rows(open).await, 0, "who came in before is out, and nobody came in after: {outcome:?}");
        assert_eq!(post("", "/session", json!({"login": login, "password": new})).send(cast).await.status.as_u16() / 100, 2);
    }
}

async fn a_link_is_redeemed_once(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let secret = arena.link("author").await;
    let redeem = |password: &str| {
        let request = cast.app.request("POST".parse().unwrap(), "/api/v1/one-time-links", "");
        cast.app.send(request.json(&json!({"link": secret, "password": password})))
    };
    let outcome = arena.race(redeem("第一个-correct-horse"), redeem("第二个-correct-horse")).await;
    let mut statuses = outcome.statuses();
    statuses.sort_unstable();
    assert!(statuses[0] < 300 && matches!(statuses[1], 401 | 409 | 412), "{outcome:?}");
}

async fn settings_are_changed_on_what_was_read(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let path = format!("/channels/{}", cast.channel);
    let seen = arena.version("admin", &path).await;
    let change = Request { method: "PATCH", login: "admin", path: path.clone(), seen, body: json!({"name": "一个名字"}) };
    let other = change.saying(json!({"name": "另一个名字"}));
    let outcome = arena.race(change.send(cast), other.send(cast)).await;
    let name = outcome.winner().body["name"].clone();
    assert_eq!(cast.get("admin", &path).await.body["name"], name);
}
