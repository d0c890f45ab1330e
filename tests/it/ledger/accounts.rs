//! What else an administrator of the database may change behind people's backs: accounts, roles, stand-ins, bulletins, recipients, requests.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use zhitongche::store::StoreError;

use crate::support::cast::{Cast, findings};
use crate::support::database::Engine;

crate::both_databases!(
    accounts_and_roles_changed_by_hand_are_found,
    a_handover_and_a_stand_in_agree_with_their_tables,
    bulletins_and_their_recipients_changed_by_hand_are_found,
    requests_and_urgency_changed_by_hand_are_found
);

/// Changes something by hand, looks what is found, and puts it back.
fn found(cast: &Cast, change: &str, back: &str) -> Vec<String> {
    let by_hand = |statement: &str| {
        let statement = statement.to_owned();
        cast.app.db().write_now::<_, StoreError>(move |conn| Ok(conn.batch_execute(&statement)?)).unwrap();
    };
    by_hand(change);
    let found = findings(&cast.app);
    by_hand(back);
    assert_eq!(findings(&cast.app), Vec::<String>::new(), "put back: {back}");
    found
}

#[track_caller]
fn one_is(found: &[String], kind: &str) {
    assert!(found.len() == 1 && found[0].contains(kind), "{kind}: {found:?}");
}

async fn accounts_and_roles_changed_by_hand_are_found(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mail = |address: &str| format!("UPDATE users SET email = '{address}' WHERE login = 'reviewer'");
    one_is(&found(&cast, &mail("thief@example.cn"), &mail("reviewer@example.cn")), "wrote users:");
    let password = |set: &str| format!("UPDATE users SET password_hash = {set} WHERE login = 'signer'");
    one_is(&found(&cast, &password("'x' || password_hash"), &password("substr(password_hash, 2)")), "wrote users:");
    let role = |role: &str, of: &str| {
        format!("UPDATE grants SET role = '{role}' WHERE role = '{of}' AND user_id = (SELECT id FROM users WHERE login = 'handler2')")
    };
    one_is(&found(&cast, &role("signer", "handler"), &role("handler", "signer")), "wrote grants:");
    let copy = "INSERT INTO grants (id, user_id, channel_id, organization_id, role, granted_at) \
        SELECT t.id, u.id, u.channel_id, u.organization_id, 'signer', u.created_at \
        FROM users u, tokens t WHERE u.login = 'author' AND t.user_id = u.id";
    let away = "DELETE FROM grants WHERE role = 'signer' AND user_id = (SELECT id FROM users WHERE login = 'author')";
    one_is(&found(&cast, copy, away), "grants:");

    // A role that was taken away doesn't come back by itself, although earlier entries knew it.
    let user = cast.user("coauthor").await;
    let held = cast.get("admin", &format!("/users/{user}")).await.body["roles"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(cast.send("DELETE", "admin", &format!("/roles/{held}"), None, Value::Null).await.status, 204);
    let again = "UPDATE grants SET revoked_at = NULL WHERE user_id = (SELECT id FROM users WHERE login = 'coauthor')";
    let gone = "UPDATE grants SET revoked_at = granted_at WHERE user_id = (SELECT id FROM users WHERE login = 'coauthor')";
    one_is(&found(&cast, again, gone), "wrote grants:");
    // Nor does a suspended person.
    let suspended = cast.send("POST", "admin", &format!("/users/{user}/suspension"), None, Value::Null).await;
    assert!(suspended.status.is_success(), "{}", suspended.body);
    let open = "CREATE TABLE aside AS SELECT suspended_at FROM users WHERE login = 'coauthor'; \
        UPDATE users SET suspended_at = NULL WHERE login = 'coauthor'";
    let closed = "UPDATE users SET suspended_at = (SELECT suspended_at FROM aside) WHERE login = 'coauthor'; DROP TABLE aside";
    one_is(&found(&cast, open, closed), "wrote users:");
}

async fn a_handover_and_a_stand_in_agree_with_their_tables(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (from, to) = (cast.user("reviewer").await, cast.user("dispatcher").await);
    let period = json!({"stand_in_id": to, "role": "signer", "from": "2026-11-21T00:00:00Z", "to": "2026-11-30T00:00:00Z"});
    let named = cast.send("POST", "signer", "/stand-ins", None, period).await;
    assert_eq!(named.status, 201, "{}", named.body);
    let longer = "UPDATE stand_ins SET role = 'dispatcher'";
    one_is(&found(&cast, longer, "UPDATE stand_ins SET role = 'signer'"), "wrote stand_ins:");
    let path = format!("/stand-ins/{}", named.body["id"].as_str().unwrap());
    assert_eq!(cast.send("DELETE", "signer", &path, None, Value::Null).await.status, 204);
    let open = "CREATE TABLE aside AS SELECT ended_at FROM stand_ins; UPDATE stand_ins SET ended_at = NULL";
    let ended = "UPDATE stand_ins SET ended_at = (SELECT ended_at FROM aside); DROP TABLE aside";
    one_is(&found(&cast, open, ended), "wrote stand_ins:");
    let done = cast.send("POST", "admin", &format!("/users/{from}/handover"), None, json!({"to_id": to})).await;
    assert!(done.status.is_success(), "{}", done.body);
}

async fn bulletins_and_their_recipients_changed_by_hand_are_found(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (one, other) = (cast.accepted().await, cast.accepted().await);
    let leader = cast.user("leader").await;
    let form = json!({"title": "停车难专报", "manuscripts": [one], "recipients": [{"user_id": leader}]});
    let made = cast.send("POST", "reviewer", "/bulletins", None, form).await.body;
    let path = format!("/bulletins/{}", made["id"].as_str().unwrap());
    for (login, act) in [("reviewer", "submission"), ("signer", "issuance")] {
        let seen = cast.get(login, &path).await.body["version"].as_i64();
        assert!(cast.send("POST", login, &format!("{path}/{act}"), seen, Value::Null).await.status.is_success());
    }
    cast.act("signer", &other, "forwarding", json!({"recipients": [leader]})).await;
    assert_eq!(findings(&cast.app), Vec::<String>::new());
    let title = |title: &str| format!("UPDATE bulletins SET title = '{title}'");
    one_is(&found(&cast, &title("另一个题目"), &title("停车难专报")), "wrote bulletins:");
    let to = |login: &str| format!("UPDATE bulletin_recipients SET user_id = (SELECT id FROM users WHERE login = '{login}')");
    let moved = found(&cast, &to("leader2"), &to("leader"));
    // One that goes, and one that comes.
    assert!(moved.len() == 2 && moved.iter().all(|one| one.contains("bulletin_recipients:")), "{moved:?}");
    let kind = |kind: &str| format!("UPDATE bulletin_recipients SET kind = '{kind}'");
    one_is(&found(&cast, &kind("send"), &kind("report")), "wrote bulletin_recipients:");
    let before =
        |login: &str| format!("UPDATE recipients SET user_id = (SELECT id FROM users WHERE login = '{login}') WHERE bulletin_id IS NULL");
    one_is(&found(&cast, &before("leader2"), &before("leader")), "wrote recipients:");
}

async fn requests_and_urgency_changed_by_hand_are_found(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (returned, urgent) = (cast.submitted_by("author").await, cast.submitted_by("author").await);
    let requests = json!([{"part": "situation", "from": 0, "to": 4, "text": "请写明哪一年"}]);
    cast.act("reviewer", &returned, "review", json!({"decision": "return", "reason": "请补充数据。", "requests": requests})).await;
    let words = |words: &str| format!("UPDATE change_requests SET words = '{words}'");
    one_is(&found(&cast, &words("请删去"), &words("请写明哪一年")), "wrote change_requests:");
    let seen = cast.get("reviewer", &format!("/manuscripts/{urgent}")).await.body["version"].as_i64();
    let marked = cast.send("PATCH", "reviewer", &format!("/manuscripts/{urgent}"), seen, json!({"urgent": true})).await;
    assert_eq!(marked.body["urgent"], json!(true), "{}", marked.body);
    let (calm, hurried) = (json!(false), json!(true));
    let set = |urgent: &Value| format!("UPDATE manuscripts SET urgent = {urgent} WHERE number = '2026-0002'");
    let set = |urgent: &Value| {
        if engine == Engine::Sqlite { set(urgent).replace("= true", "= 1").replace("= false", "= 0") } else { set(urgent) }
    };
    one_is(&found(&cast, &set(&calm), &set(&hurried)), "wrote manuscripts:");
}
