//! Bulletins: composing, signing, numbers, who reads them and is told, cancelling; and forwarding without one.

use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;
use zhitongche::store::AnyConn;
use zhitongche::store::ledger::reading;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_submitted_bulletin_waits_at_the_signers_desk,
    a_bulletin_is_composed_sent_back_signed_and_read,
    what_is_missing_or_wrong_is_named,
    numbers_are_given_once_per_series_and_year,
    cancelling_takes_back_what_nobody_has_before_him,
    an_endorsed_manuscript_stays_before_its_leader,
    nobody_decides_on_a_bulletin_with_his_own,
    leaders_get_manuscripts_without_a_bulletin,
);

/// A draft with these manuscripts for these leaders; its id.
async fn draft(cast: &Cast, manuscripts: &[&str], leaders: &[&str]) -> String {
    let mut recipients = Vec::new();
    for leader in leaders {
        recipients.push(json!({"user_id": cast.user(leader).await}));
    }
    let body = json!({"title": "停车难专报", "manuscripts": manuscripts, "recipients": recipients});
    let made = cast.send("POST", "reviewer", "/bulletins", None, body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

/// An act on a bulletin with the version that this person sees; it must succeed.
async fn act(cast: &Cast, login: &str, id: &str, act: &str, body: Value) -> Value {
    let seen = cast.get(login, &format!("/bulletins/{id}")).await.body["version"].as_i64();
    let answer = cast.send("POST", login, &format!("/bulletins/{id}/{act}"), seen, body).await;
    assert!(answer.status.is_success(), "{login} {act}: {} {}", answer.status, answer.body);
    answer.body
}

/// An issued bulletin; its id.
async fn issued(cast: &Cast, manuscripts: &[&str], leaders: &[&str]) -> String {
    let id = draft(cast, manuscripts, leaders).await;
    act(cast, "reviewer", &id, "submission", Value::Null).await;
    act(cast, "signer", &id, "issuance", Value::Null).await;
    id
}

/// The acts in the ledger on a chain, oldest first.
async fn entries(cast: &Cast, chain: &str) -> Vec<String> {
    let (channel, chain): (_, uuid::Uuid) = (cast.channel, chain.parse().unwrap());
    let read = move |conn: &mut AnyConn| reading::history(conn, channel, chain);
    let mut entries = cast.app.db().read(read).await.unwrap();
    entries.sort_by_key(|entry| entry.id);
    entries.into_iter().map(|entry| entry.action).collect()
}

async fn a_bulletin_is_composed_sent_back_signed_and_read(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (first, second) = (cast.accepted().await, cast.accepted().await);
    let id = draft(&cast, &[&first], &["leader"]).await;
    let path = format!("/bulletins/{id}");
    for stranger in ["author", "leader", "dispatcher", "handler", "auditor"] {
        assert_eq!(cast.get(stranger, &path).await.status, 404, "{stranger}");
        assert_eq!(cast.get(stranger, "/bulletins").await.body["items"], json!([]), "{stranger}");
    }
    let stale = cast.send("PATCH", "reviewer2", &path, Some(9), json!({"foreword": "x"})).await;
    assert_eq!((stale.status.as_u16(), &stale.body["version"]), (412, &json!(1)));
    let changed = cast.send("PATCH", "reviewer2", &path, Some(1), json!({"manuscripts": [second, first], "foreword": "请阅示。"})).await;
    assert_eq!((changed.status.as_u16(), &changed.body["kind"], &changed.body["version"]), (200, &json!("compiled"), &json!(2)));
    assert_eq!(changed.body["recipients"][0]["name"], "姓名leader", "what isn't named stays");

    act(&cast, "reviewer", &id, "submission", Value::Null).await;
    assert_eq!(cast.told("bulletin_submitted").await, ["signer"]);
    let refused = cast.send("POST", "reviewer", &format!("{path}/issuance"), Some(3), Value::Null).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("wrong_role")));
    act(&cast, "signer", &id, "send-back", json!({"reason": "标题请再斟酌。"})).await;
    assert_eq!(cast.told("bulletin_sent_back").await, ["reviewer"]);
    assert_eq!(cast.get("reviewer", &path).await.body["reason"], "标题请再斟酌。");
    act(&cast, "reviewer", &id, "submission", Value::Null).await;
    let out = act(&cast, "signer", &id, "issuance", Value::Null).await;
    assert_eq!(out["called"], "《直通车专报》第1期（总第1期）");
    assert_eq!(out["number"], json!({"year": 2026, "issue": 1, "running": 1, "supplement": false}));

    for manuscript in [&first, &second] {
        assert_eq!(cast.stage("author", manuscript).await, "forwarded");
        assert_eq!(cast.stage("leader", manuscript).await, "forwarded");
        assert_eq!(cast.stage("secretary", manuscript).await, "forwarded");
        assert_eq!(cast.stage("leader2", manuscript).await, "not found");
    }
    assert_eq!(cast.told("for_your_reading").await, ["leader", "secretary"], "once for the bulletin, not for each manuscript");
    assert_eq!(cast.told("forwarded").await, ["author", "author"]);
    let read = cast.get("leader", &path).await.body;
    assert_eq!(read["manuscripts"][0]["id"], json!(second));
    assert_eq!(read["manuscripts"][0]["text"]["suggestions"].as_array().unwrap().len(), 2);
    assert_eq!(read["allowed_actions"], json!([]));
    assert_eq!(cast.get("leader2", &path).await.status, 404);
    assert_eq!(cast.get("author", &path).await.status, 404);
    assert_eq!(entries(&cast, &id).await, ["compose", "edit", "submit", "send_back", "submit", "issue"]);
    assert_eq!(entries(&cast, &first).await, ["submit", "recommend", "sign", "issue"]);
    let again = cast.send("POST", "signer", &format!("{path}/issuance"), Some(6), Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("wrong_state")));
}

async fn what_is_missing_or_wrong_is_named(engine: Engine) {
    let cast = Cast::new(engine).await;
    let waiting = cast.submitted_by("author").await;
    let unseen = cast.submitted_by("screened").await;
    let accepted = cast.accepted().await;
    let (leader, reviewer) = (cast.user("leader").await, cast.user("reviewer").await);
    let body = json!({
        "series": "没有这个系列", "kind": "compiled", "manuscripts": [waiting, unseen, accepted, accepted],
        "recipients": [{"user_id": leader}, {"user_id": reviewer}, {"user_id": leader, "kind": "send"}],
    });
    let wrong = cast.send("POST", "reviewer", "/bulletins", None, body).await;
    let named: Vec<String> =
        wrong.body["errors"].as_array().unwrap().iter().map(|one| format!("{} {}", one["field"], one["code"]).replace('"', "")).collect();
    let expected = [
        "series unknown",
        "manuscripts[0] not_accepted",
        "manuscripts[1] unknown",
        "manuscripts[3] duplicate",
        "recipients[1] unknown",
        "recipients[2] duplicate",
    ];
    assert_eq!((wrong.status.as_u16(), named), (422, expected.map(str::to_owned).to_vec()));
    assert_eq!(cast.get("reviewer", "/bulletins").await.body["items"], json!([]), "nothing was begun");
    let empty = cast.send("POST", "reviewer", "/bulletins", None, json!({})).await;
    let path = format!("/bulletins/{}", empty.body["id"].as_str().unwrap());
    let gaps = cast.send("POST", "reviewer", &format!("{path}/submission"), Some(1), Value::Null).await;
    let fields: Vec<&str> = gaps.body["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!((gaps.status.as_u16(), fields), (422, vec!["title", "manuscripts", "recipients"]));
    assert_eq!(cast.send("DELETE", "reviewer", &path, None, Value::Null).await.status, 428);
    assert_eq!(cast.send("DELETE", "reviewer", &path, Some(1), Value::Null).await.status, 204);
    assert_eq!(cast.get("reviewer", &path).await.status, 404);
    assert_eq!(cast.send("POST", "author", "/bulletins", None, json!({})).await.status, 403);
}

async fn numbers_are_given_once_per_series_and_year(engine: Engine) {
    let cast = Cast::new(engine).await;
    let manuscript = cast.accepted().await;
    let first = issued(&cast, &[&manuscript], &["leader"]).await;
    act(&cast, "signer", &first, "cancellation", json!({"reason": "数据有误。"})).await;
    let second = issued(&cast, &[&manuscript], &["leader"]).await;
    let number = |bulletin: Value| (bulletin["number"]["issue"].clone(), bulletin["number"]["running"].clone());
    assert_eq!(number(cast.get("signer", &format!("/bulletins/{first}")).await.body), (json!(1), json!(1)), "it keeps its number");
    assert_eq!(number(cast.get("signer", &format!("/bulletins/{second}")).await.body), (json!(2), json!(2)), "which nobody gets again");

    let supplement = draft(&cast, &[&manuscript], &["leader2"]).await;
    cast.send("PATCH", "reviewer", &format!("/bulletins/{supplement}"), Some(1), json!({"supplement": true})).await;
    act(&cast, "reviewer", &supplement, "submission", Value::Null).await;
    let out = act(&cast, "signer", &supplement, "issuance", Value::Null).await;
    assert_eq!(out["called"], "《直通车专报》增刊第1期（总第1期）", "supplements are counted apart");

    // 2026-12-31 17:00 UTC is already 2027 in Beijing.
    cast.app.clock.set(zhitongche::domain::clock::Moment::from_micros(1_798_736_400_000_000));
    let next_year = issued(&cast, &[&manuscript], &["leader"]).await;
    let bulletin = cast.get("signer", &format!("/bulletins/{next_year}")).await.body;
    assert_eq!((&bulletin["number"]["year"], number(bulletin.clone())), (&json!(2027), (json!(1), json!(3))));
}

async fn cancelling_takes_back_what_nobody_has_before_him(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (alone, twice, direct) = (cast.accepted().await, cast.accepted().await, cast.accepted().await);
    let leader2 = cast.user("leader2").await;
    cast.act("signer", &direct, "forwarding", json!({"recipients": [leader2]})).await;
    let first = issued(&cast, &[&alone, &twice, &direct], &["leader"]).await;
    let other = issued(&cast, &[&twice], &["leader2"]).await;
    let path = format!("/bulletins/{first}/cancellation");
    assert_eq!(cast.send("POST", "signer", &path, Some(3), json!({"reason": " "})).await.status, 422);
    assert_eq!(cast.send("POST", "reviewer", &path, Some(3), json!({"reason": "有误"})).await.status, 403);
    act(&cast, "signer", &first, "cancellation", json!({"reason": "数据有误。"})).await;

    assert_eq!(cast.stage("author", &alone).await, "accepted");
    assert_eq!(cast.stage("author", &twice).await, "forwarded", "it stands in another bulletin");
    assert_eq!(cast.stage("author", &direct).await, "forwarded", "it was forwarded directly as well");
    for manuscript in [&alone, &twice, &direct] {
        assert_eq!(cast.stage("leader", manuscript).await, "not found", "the leader's sight ended with the bulletin");
    }
    assert_eq!(cast.stage("leader2", &twice).await, "forwarded");
    assert_eq!(cast.told("bulletin_cancelled").await, ["leader", "secretary"]);
    assert_eq!(cast.told("recalled").await, ["author"]);
    let seen = cast.get("leader", &format!("/bulletins/{first}")).await.body;
    assert_eq!(
        (&seen["state"], &seen["manuscripts"]),
        (&json!("cancelled"), &json!([])),
        "he learns that it is void, and reads no more of it"
    );
    act(&cast, "signer", &other, "cancellation", json!({"reason": "数据有误。"})).await;
    assert_eq!(cast.stage("author", &twice).await, "accepted");
    assert_eq!(entries(&cast, &twice).await, ["submit", "recommend", "sign", "issue", "issue", "recall"]);
    let decisions = cast.get("author", &format!("/manuscripts/{twice}")).await.body["decisions"].clone();
    assert_eq!(decisions, json!([]), "why a bulletin was cancelled is the office's");
}

async fn an_endorsed_manuscript_stays_before_its_leader(engine: Engine) {
    let cast = Cast::new(engine).await;
    let manuscript = cast.accepted().await;
    let id = issued(&cast, &[&manuscript], &["leader", "leader2"]).await;
    cast.send("POST", "leader", &format!("/manuscripts/{manuscript}/endorsements"), None, json!({"kind": "noted"})).await;
    act(&cast, "signer", &id, "cancellation", json!({"reason": "数据有误。"})).await;
    assert_eq!(cast.stage("author", &manuscript).await, "forwarded", "an endorsement stands on it");
    assert_eq!(cast.stage("leader", &manuscript).await, "forwarded");
    assert_eq!(cast.stage("leader2", &manuscript).await, "not found");
}

async fn nobody_decides_on_a_bulletin_with_his_own(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("author", zhitongche::domain::vocabulary::Role::Signer, None).await;
    let manuscript = cast.accepted().await;
    let own = cast.send("POST", "author", "/bulletins", None, json!({"manuscripts": [manuscript]})).await;
    assert_eq!((own.status.as_u16(), &own.body["code"]), (403, &json!("own_manuscript")));
    let id = draft(&cast, &[&manuscript], &["leader"]).await;
    act(&cast, "reviewer", &id, "submission", Value::Null).await;
    assert_eq!(cast.told("bulletin_submitted").await, ["signer"], "not the signer who wrote it");
    let path = format!("/bulletins/{id}");
    assert_eq!(cast.get("author", &path).await.status, 404);
    assert_eq!(cast.get("author", "/bulletins").await.body["items"], json!([]));
    assert_eq!(cast.send("POST", "author", &format!("{path}/issuance"), Some(2), Value::Null).await.status, 404);
    act(&cast, "signer", &id, "issuance", Value::Null).await;
    let cancel = cast.send("POST", "author", &format!("{path}/cancellation"), Some(3), json!({"reason": "有误"})).await;
    assert_eq!((cancel.status.as_u16(), &cancel.body["code"]), (403, &json!("own_manuscript")));
    assert_eq!(cast.stage("leader", &manuscript).await, "forwarded");
}

async fn leaders_get_manuscripts_without_a_bulletin(engine: Engine) {
    let cast = Cast::new(engine).await;
    let manuscript = cast.accepted().await;
    let path = format!("/manuscripts/{manuscript}/forwarding");
    let (leader, handler) = (cast.user("leader").await, cast.user("handler").await);
    let seen = cast.get("signer", &format!("/manuscripts/{manuscript}")).await.body["version"].as_i64();
    let none = cast.send("POST", "signer", &path, seen, json!({"recipients": []})).await;
    assert_eq!((none.status.as_u16(), &none.body["errors"][0]["field"]), (422, &json!("recipients")));
    let wrong = cast.send("POST", "signer", &path, seen, json!({"recipients": [leader, handler]})).await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["errors"][0]["field"]), (422, &json!("recipients[1]")));
    assert_eq!(cast.send("POST", "reviewer", &path, seen, json!({"recipients": [leader]})).await.status, 403);
    let done = cast.act("signer", &manuscript, "forwarding", json!({"recipients": [leader]})).await;
    assert_eq!(done["stage"], "forwarded");
    assert_eq!(cast.told("for_your_reading").await, ["leader", "secretary"]);
    assert_eq!(cast.told("forwarded").await, ["author"]);
    assert_eq!(
        (cast.stage("leader", &manuscript).await, cast.stage("leader2", &manuscript).await),
        ("forwarded".into(), "not found".into())
    );
    let again = cast.send("POST", "signer", &path, seen.map(|seen| seen + 1), json!({"recipients": [leader]})).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("wrong_stage")));
}

async fn a_submitted_bulletin_waits_at_the_signers_desk(engine: Engine) {
    let cast = Cast::new(engine).await;
    let manuscript = cast.accepted().await;
    let id = draft(&cast, &[&manuscript], &["leader"]).await;
    let place = format!("href=\"/bulletins/{id}\"");
    let signing = async || {
        let html = cast.page("signer", "/signing").await.html;
        let count = html.split("href=\"/signing\"").nth(1).unwrap().split("</a>").next().unwrap().contains(">1<");
        (html.contains(&place), count, html.contains("都办完了"))
    };
    assert_eq!(signing().await, (false, false, true), "a draft waits for its editor");
    act(&cast, "reviewer", &id, "submission", Value::Null).await;
    assert_eq!(signing().await, (true, true, false));
    for other in ["reviewer", "reviewer2", "dispatcher", "leader", "author"] {
        assert!(!cast.page(other, "/signing").await.html.contains(&place), "{other}");
    }
    act(&cast, "signer", &id, "send-back", json!({"reason": "标题请再斟酌。"})).await;
    assert_eq!(signing().await, (false, false, true));
    // Who wrote the foreword does not sign it: it waits for others, and is no work of theirs.
    cast.grant("reviewer", Role::Signer, None).await;
    let seen = cast.get("reviewer", &format!("/bulletins/{id}")).await.body["version"].as_i64();
    let written = cast.send("PATCH", "reviewer", &format!("/bulletins/{id}"), seen, json!({"foreword": "请阅示。"})).await;
    assert_eq!(written.status, 200, "{}", written.body);
    act(&cast, "reviewer", &id, "submission", Value::Null).await;
    assert!(!cast.page("reviewer", "/signing").await.html.contains(&place));
    assert_eq!(signing().await, (true, true, false));
    act(&cast, "signer", &id, "issuance", Value::Null).await;
    assert_eq!(signing().await, (false, false, true));
}
