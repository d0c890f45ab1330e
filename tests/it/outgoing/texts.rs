//! An edited text that was made from an older original does not go out.

use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Stage;

use super::{edited, outdated, send};
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_bulletin_goes_back_when_a_signature_is_undone,
    an_outdated_text_is_not_recommended,
    it_is_carried_over,
    it_is_dropped,
    one_that_was_corrected_back_is_not_outdated,
    what_stood_outdated_before_the_signature_goes_back,
    the_entry_of_a_signature_names_the_text,
    what_went_out_outdated_before_is_listed,
    nobody_else_reads_what_an_author_has_not_handed_in,
);

const RECOMMEND: &str = "recommend";

fn recommend() -> Value {
    json!({"decision": RECOMMEND, "opinion": "拟采用。"})
}

async fn an_outdated_text_is_not_recommended(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = outdated(&cast).await;
    let refused = send(&cast, "POST", "reviewer", &id, "/review", recommend()).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("text_outdated")), "{}", refused.body);
    let read = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body;
    let outgoing = &read["outgoing"];
    assert_eq!((&outgoing["kind"], &outgoing["revision"]), (&json!("original"), &json!(3)), "{outgoing}");
    assert_eq!(outgoing["outdated"], json!({"edited": 2, "based_on": 1, "original": 3}), "{outgoing}");
    assert_eq!(cast.get("author", &format!("/manuscripts/{id}")).await.body.get("outgoing"), None, "the office's alone before it is used");
    let actions = read["allowed_actions"].as_array().unwrap();
    assert!(actions.contains(&json!("carry_over")) && actions.contains(&json!("drop_edited")), "{actions:?}");
    assert!(!actions.contains(&json!(RECOMMEND)), "{actions:?}");
}

async fn it_is_carried_over(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = outdated(&cast).await;
    let path = format!("/manuscripts/{id}/edited-text/comparison");
    assert_eq!((cast.get("author", &path).await.status.as_u16(), cast.get("leader", &path).await.status.as_u16()), (403, 404));
    let three = cast.get("reviewer", &path).await.body;
    assert!(three["edited"]["situation"].as_str().unwrap().starts_with("旧定稿"), "{three}");
    assert!(three["original"]["situation"].as_str().unwrap().starts_with("更正"), "{three}");
    assert!(three["based_on"]["situation"].as_str().unwrap().starts_with("每天上下学"), "{three}");
    assert_eq!(three["conflicts"], json!(["situation"]), "both changed it: {three}");
    let carried = send(&cast, "POST", "reviewer", &id, "/edited-text/carry-over", edited("新定稿")).await;
    assert_eq!((carried.status.as_u16(), &carried.body["stage"]), (200, &json!("review")), "{}", carried.body);
    assert_eq!((&carried.body["outgoing"]["kind"], carried.body["outgoing"].get("outdated")), (&json!("edited"), None));
    let again = send(&cast, "POST", "reviewer", &id, "/edited-text/carry-over", edited("又一稿")).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("text_current")), "{}", again.body);
    cast.act("reviewer", &id, "review", recommend()).await;
    assert_eq!(cast.stage("signer", &id).await, "signing");
    let acts: Vec<String> = cast.acts(id.parse::<uuid::Uuid>().map(zhitongche::domain::ids::AnyId).unwrap());
    assert_eq!(acts, ["submit", "edit", "return", "submit", "carry_over", "recommend"]);
    let history = cast.get("author", &format!("/manuscripts/{id}/history")).await.body;
    let acts: Vec<&str> = history["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(acts, ["submit", "return", "submit"], "what the office writes is not the author's to know");
}

async fn it_is_dropped(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = outdated(&cast).await;
    let dropped = send(&cast, "DELETE", "reviewer", &id, "/edited-text", Value::Null).await;
    assert_eq!((dropped.status.as_u16(), &dropped.body["edited_text"]), (200, &Value::Null), "{}", dropped.body);
    let again = send(&cast, "DELETE", "reviewer", &id, "/edited-text", Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("no_edited_text")), "{}", again.body);
    cast.act("reviewer", &id, "review", recommend()).await;
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    let leader = cast.user("leader").await;
    cast.act("signer", &id, "forwarding", json!({"recipients": [leader]})).await;
    let read = cast.get("leader", &format!("/manuscripts/{id}")).await.body;
    assert_eq!((&read["outgoing"]["kind"], &read["edited_text"]), (&json!("original"), &Value::Null));
    let kept = send(&cast, "PUT", "reviewer", &id, "/edited-text", edited("迟到")).await;
    assert_eq!(kept.body["code"], "wrong_stage", "{}", kept.body);
}

async fn one_that_was_corrected_back_is_not_outdated(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    send(&cast, "PUT", "reviewer", &id, "/edited-text", edited("定稿")).await;
    cast.act("reviewer", &id, "review", json!({"decision": "return", "reason": "请补附件。"})).await;
    let as_it_was = cast.get("author", &format!("/manuscripts/{id}")).await.body["situation"].clone();
    send(&cast, "PATCH", "author", &id, "", json!({"situation": "改了。"})).await;
    send(&cast, "PATCH", "author", &id, "", json!({"situation": as_it_was})).await;
    cast.act("author", &id, "submission", Value::Null).await;
    let done = cast.act("reviewer", &id, "review", recommend()).await;
    assert_eq!((&done["stage"], &done["outgoing"]["kind"]), (&json!("signing"), &json!("edited")), "the words are the same");
}

/// As it was before there was a rule: the manuscript went on with a text that had become outdated.
async fn what_stood_outdated_before_the_signature_goes_back(engine: Engine) {
    let cast = Cast::new(engine).await;
    for stage in ["signing", "accepted"] {
        let id = outdated(&cast).await;
        super::texts_store::hide_outdated(&cast, &id, true);
        cast.act("reviewer", &id, "review", recommend()).await;
        let mut bulletin = String::new();
        if stage == "accepted" {
            cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
            let to = json!([{"user_id": cast.user("leader").await}]);
            let made = cast.send("POST", "reviewer", "/bulletins", None, json!({"manuscripts": [id], "recipients": to})).await;
            bulletin = made.body["id"].as_str().unwrap().to_owned();
            let submitted = cast.send("POST", "reviewer", &format!("/bulletins/{bulletin}/submission"), Some(1), Value::Null).await;
            assert_eq!(submitted.body["state"], "submitted", "{}", submitted.body);
        }
        super::texts_store::hide_outdated(&cast, &id, false);
        if stage == "signing" {
            let refused = send(&cast, "POST", "signer", &id, "/signature", json!({"decision": "sign"})).await;
            assert_eq!(refused.body["code"], "text_outdated", "{}", refused.body);
        } else {
            let refused = cast.send("POST", "signer", &format!("/bulletins/{bulletin}/issuance"), Some(2), Value::Null).await;
            assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (422, &json!("manuscripts[0]")), "{}", refused.body);
            assert_eq!(refused.body["errors"][0]["code"], "outdated");
            let to = json!({"recipients": [cast.user("leader").await]});
            assert_eq!(send(&cast, "POST", "signer", &id, "/forwarding", to).await.body["code"], "text_outdated");
        }
        let carried = send(&cast, "POST", "reviewer", &id, "/edited-text/carry-over", edited("合并稿")).await;
        assert_eq!((carried.status.as_u16(), &carried.body["stage"]), (200, &json!("review")), "{}", carried.body);
        if stage == "accepted" {
            let read = cast.get("reviewer", &format!("/bulletins/{bulletin}")).await.body;
            assert_eq!(read["state"], "draft", "a submitted bulletin that holds it goes back: {read}");
            assert_eq!(cast.told("bulletin_text_changed").await, ["reviewer"]);
            assert_eq!(cast.told("review_again").await, ["author"]);
            let early = cast.send("POST", "reviewer", &format!("/bulletins/{bulletin}/submission"), Some(3), Value::Null).await;
            assert_eq!(early.body["errors"][0]["code"], "not_accepted", "{}", early.body);
        }
        cast.act("reviewer", &id, "review", recommend()).await;
        cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    }
    assert_eq!(cast.told("signed_text_changed").await, ["signer", "signer"]);
}

async fn the_entry_of_a_signature_names_the_text(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    send(&cast, "PUT", "reviewer", &id, "/edited-text", edited("定稿")).await;
    cast.act("reviewer", &id, "review", recommend()).await;
    cast.act("signer", &id, "signature", json!({"decision": "sign", "opinion": " \u{3000}\n"})).await;
    let digest = cast.get("signer", &format!("/manuscripts/{id}")).await.body["edited_text"]["digest"].clone();
    assert!(digest.is_string());
    let entries = cast.entries(id.parse::<uuid::Uuid>().map(zhitongche::domain::ids::AnyId).unwrap());
    let signed = entries.iter().find(|entry| entry["action"] == "sign").unwrap();
    assert_eq!(signed["digests"]["signed_text"], digest, "{signed}");
    assert_eq!(signed["digests"].get("decision"), None, "an opinion that shows nothing is none: {signed}");
}

/// Rows as an older version left them, taken through the migration.
async fn what_went_out_outdated_before_is_listed(engine: Engine) {
    let cast = Cast::new(engine).await;
    let listed = |cast: &Cast| {
        let actor = cast.actor("admin");
        cast.desk().read_now(move |tx| zhitongche::app::health::health(tx, &actor)).unwrap().signed_outdated
    };
    let (accepted, forwarded, fine) = (outdated(&cast).await, outdated(&cast).await, cast.accepted().await);
    for id in [&accepted, &forwarded] {
        super::texts_store::hide_outdated(&cast, id, true);
        cast.act("reviewer", id, "review", recommend()).await;
        cast.act("signer", id, "signature", json!({"decision": "sign"})).await;
    }
    let leader = cast.user("leader").await;
    cast.act("signer", &forwarded, "forwarding", json!({"recipients": [leader]})).await;
    assert_eq!(listed(&cast), []);
    super::texts_store::as_before_the_migration(&cast, "UPDATE authors SET position = 5");
    assert_eq!(listed(&cast), [("2026-0001".to_owned(), Stage::Accepted), ("2026-0002".to_owned(), Stage::Forwarded)]);
    assert_eq!(super::texts_store::places(&cast, &fine), [0]);
    let read = cast.get("leader", &format!("/manuscripts/{forwarded}")).await.body;
    assert_eq!((&read["outgoing"]["kind"], read["outgoing"].get("outdated")), (&json!("edited"), None), "what the leaders have stays");
    let carried = send(&cast, "POST", "reviewer", &accepted, "/edited-text/carry-over", edited("合并稿")).await;
    assert_eq!(carried.body["stage"], "review", "{}", carried.body);
    assert_eq!(listed(&cast), [("2026-0002".to_owned(), Stage::Forwarded)]);
}

async fn nobody_else_reads_what_an_author_has_not_handed_in(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/manuscripts/{id}");
    cast.act("reviewer", &id, "review", json!({"decision": "return", "reason": "请更正数字。"})).await;
    send(&cast, "PATCH", "author", &id, "", json!({"title": "还没有写完的题目", "situation": "还没有写完", "category": "经济建设"})).await;
    let file = cast.upload("author", &format!("{path}/attachments"), "草图.txt", "还没有写完".as_bytes()).await;
    assert_eq!(file.status, 201, "{}", file.body);
    for stage in ["returned", "withdrawn"] {
        assert_eq!(cast.stage("reviewer", &id).await, stage);
        let read = cast.get("reviewer", &path).await.body;
        assert!(!read.to_string().contains("还没有写完"), "{stage}: {read}");
        let lists = [cast.get("reviewer", "/manuscripts").await.body, cast.get("reviewer", &format!("{path}/revisions")).await.body];
        assert!(lists.iter().all(|list| !list.to_string().contains("还没有写完")), "{stage}: {lists:?}");
        let file = cast.get("reviewer", &format!("/attachments/{}", file.body["id"].as_str().unwrap())).await;
        assert_eq!(file.status, 404, "{stage}");
        if stage == "returned" {
            cast.act("author", &id, "withdrawal", Value::Null).await;
        }
    }
    assert!(cast.get("author", &path).await.body.to_string().contains("还没有写完"));
}

async fn a_bulletin_goes_back_when_a_signature_is_undone(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.submitted_by("author").await;
    assert_eq!(send(&cast, "PUT", "reviewer", &id, "/edited-text", edited("第一稿")).await.status, 200);
    cast.act("reviewer", &id, "review", recommend()).await;
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    let to = json!([{"user_id": cast.user("leader").await}]);
    let made = cast.send("POST", "reviewer", "/bulletins", None, json!({"manuscripts": [id], "recipients": to})).await;
    let path = format!("/bulletins/{}", made.body["id"].as_str().unwrap());
    assert_eq!(cast.send("POST", "reviewer", &format!("{path}/submission"), Some(1), Value::Null).await.body["state"], "submitted");
    cast.act("signer", &id, "undo", Value::Null).await;
    let read = cast.get("reviewer", &path).await.body;
    assert_eq!((&read["state"], &read["version"]), (&json!("draft"), &json!(3)), "{read}");
    assert_eq!(cast.told("bulletin_text_changed").await, ["reviewer"]);
    cast.act("signer", &id, "signature", json!({"decision": "send_back", "reason": "请再改。"})).await;
    assert_eq!(send(&cast, "PUT", "reviewer", &id, "/edited-text", edited("第二稿")).await.status, 200);
    cast.act("reviewer", &id, "review", recommend()).await;
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    let early = cast.send("POST", "signer", &format!("{path}/issuance"), Some(2), Value::Null).await;
    assert!([409, 412].contains(&early.status.as_u16()), "whoever looked at the first text: {} {}", early.status, early.body);
}
