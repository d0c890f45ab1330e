//! Endorsements: the leader's own, those entered for them, who may confirm or countersign them, and what they bring about.

use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;

use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_leader_marks_with_one_request,
    what_a_secretary_enters_waits_for_the_leader,
    a_second_person_countersigns_with_the_scan,
    a_rejected_one_never_reaches_the_author,
    an_instruction_has_a_date_and_reopens,
    what_is_wrong_is_named,
    a_secretary_of_several_names_the_leader,
);

/// A manuscript before `leader` and `leader2`; its id.
async fn forwarded(cast: &Cast) -> String {
    let id = cast.accepted().await;
    let recipients = [cast.user("leader").await, cast.user("leader2").await];
    cast.act("signer", &id, "forwarding", json!({"recipients": recipients})).await;
    id
}

async fn endorse(cast: &Cast, login: &str, manuscript: &str, body: Value) -> Answer {
    cast.send("POST", login, &format!("/manuscripts/{manuscript}/endorsements"), None, body).await
}

async fn decide(cast: &Cast, login: &str, endorsement: &Value, act: &str, body: Value) -> Answer {
    cast.send("POST", login, &format!("/endorsements/{}/{act}", endorsement["id"].as_str().unwrap()), None, body).await
}

async fn a_leader_marks_with_one_request(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.accepted().await;
    assert_eq!(endorse(&cast, "leader", &id, json!({"kind": "noted"})).await.status, 404, "it is not before him yet");
    cast.act("signer", &id, "forwarding", json!({"recipients": [cast.user("leader").await]})).await;
    assert_eq!(endorse(&cast, "leader2", &id, json!({"kind": "noted"})).await.status, 404);
    assert_eq!(endorse(&cast, "dispatcher", &id, json!({"kind": "noted"})).await.status, 403);
    let version = cast.get("dispatcher", &format!("/manuscripts/{id}")).await.body["version"].clone();
    let made = endorse(&cast, "leader", &id, json!({"kind": "noted"})).await;
    assert_eq!((made.status.as_u16(), &made.body["state"], &made.body["date"]), (201, &json!("confirmed"), &json!("2026-11-20")));
    assert_eq!((&made.body["leader"], &made.body["leader_post"]), (&json!("姓名leader"), &json!("职员")));
    let again = endorse(&cast, "leader", &id, json!({"kind": "noted"})).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("already_done")));
    let read = cast.get("dispatcher", &format!("/manuscripts/{id}")).await.body;
    assert_eq!((&read["version"], &read["stage"]), (&version, &json!("forwarded")), "a mark does not stale anybody's form");
    assert_eq!(cast.told("endorsed").await, ["author"]);
    assert_eq!(cast.told("instruction_given").await, [""; 0]);
    let path = format!("/endorsements/{}", made.body["id"].as_str().unwrap());
    let as_author = cast.get("author", &path).await.body;
    assert_eq!((&as_author["kind"], &as_author["entered_by"], &as_author["due_at"]), (&json!("noted"), &Value::Null, &Value::Null));
    assert_eq!(cast.get("reviewer", &path).await.body["entered_by"], "姓名leader");
    assert_eq!(cast.get("handler", &path).await.status, 404);
}

async fn what_a_secretary_enters_waits_for_the_leader(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = forwarded(&cast).await;
    let body = json!({"kind": "guidance", "words": "请认真研究。", "date": "2026-11-19", "commendatory": true});
    let made = endorse(&cast, "secretary", &id, body).await;
    assert_eq!((made.status.as_u16(), &made.body["state"]), (201, &json!("entered")));
    assert_eq!((&made.body["leader"], &made.body["entered_by"]), (&json!("姓名leader"), &json!("姓名secretary")));
    assert_eq!(cast.told("endorsement_entered").await, ["leader"]);
    assert_eq!(cast.told("endorsed").await, [""; 0], "it has no effect yet");
    let path = format!("/endorsements/{}", made.body["id"].as_str().unwrap());
    for unaware in ["author", "leader2"] {
        assert_eq!(cast.get(unaware, &path).await.status, 404, "{unaware}");
    }
    let waiting = cast.get("leader", "/endorsements?state=entered").await.body;
    assert_eq!((&waiting["items"][0]["id"], &waiting["items"][0]["allowed_actions"]), (&made.body["id"], &json!(["confirm", "reject"])));
    assert_eq!(cast.get("leader2", "/endorsements?state=entered").await.body["items"], json!([]));
    let own = decide(&cast, "secretary", &made.body, "confirmation", Value::Null).await;
    assert_eq!((own.status.as_u16(), &own.body["code"]), (403, &json!("wrong_role")));
    let done = decide(&cast, "leader", &made.body, "confirmation", Value::Null).await;
    assert_eq!((done.status.as_u16(), &done.body["state"], &done.body["decided_by"]), (200, &json!("confirmed"), &json!("姓名leader")));
    assert_eq!(cast.told("endorsed").await, ["author"]);
    assert_eq!(cast.get("author", &path).await.body["words"], "请认真研究。");
    assert_eq!(cast.get("leader2", &path).await.body["words"], "请认真研究。", "other leaders read what has an effect");
    let again = decide(&cast, "leader", &made.body, "confirmation", Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("wrong_state")));
    let history = cast.get("author", &format!("/manuscripts/{id}/history")).await.body;
    let acts: Vec<&str> = history["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(acts, ["submit", "sign", "forward", "confirm"], "authors do not read that it waited");
}

async fn a_second_person_countersigns_with_the_scan(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = forwarded(&cast).await;
    cast.grant("secretary", Role::Dispatcher, None).await;
    let bare = endorse(&cast, "secretary", &id, json!({"kind": "reference", "words": "阅。"})).await.body;
    let refused = decide(&cast, "reviewer", &bare, "countersignature", Value::Null).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("scan_missing")));

    let scan =
        cast.upload("secretary", &format!("/manuscripts/{id}/attachments?subject=endorsement"), "批示.png", b"\x89PNG\r\n\x1a\nscan").await;
    assert_eq!(scan.status, 201, "{}", scan.body);
    let body = json!({"kind": "instruction", "words": "请住建局办理。", "urgent": true, "scan_id": scan.body["id"]});
    let stolen = endorse(&cast, "leader", &id, body.clone()).await;
    assert_eq!((stolen.status.as_u16(), &stolen.body["errors"][0]["field"]), (422, &json!("scan_id")), "a scan is its uploader's to use");
    let made = endorse(&cast, "secretary", &id, body).await.body;
    assert_eq!(made["scan_id"], scan.body["id"]);
    let own = decide(&cast, "secretary", &made, "countersignature", Value::Null).await;
    assert_eq!((own.status.as_u16(), &own.body["code"]), (403, &json!("second_person")), "though he is a dispatcher as well");
    let done = decide(&cast, "reviewer", &made, "countersignature", Value::Null).await;
    assert_eq!((done.status.as_u16(), &done.body["state"]), (200, &json!("countersigned")));
    assert_eq!((&done.body["entered_by"], &done.body["decided_by"]), (&json!("姓名secretary"), &json!("姓名reviewer")), "both names stay");
    assert_eq!(done.body["due_at"], "2026-11-27T10:00:00Z", "urgent: five working days");
    assert_eq!(cast.told("instruction_given").await, ["dispatcher", "secretary"]);
    let file = format!("/attachments/{}", scan.body["id"].as_str().unwrap());
    for reader in ["leader", "secretary", "reviewer", "signer", "dispatcher"] {
        assert_eq!(cast.get(reader, &file).await.status, 200, "{reader}");
    }
    for other in ["author", "leader2", "handler", "auditor"] {
        assert_eq!(cast.get(other, &file).await.status, 404, "{other}: a scan is for the office and the leader's own");
    }
}

async fn a_rejected_one_never_reaches_the_author(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = forwarded(&cast).await;
    let made = endorse(&cast, "secretary", &id, json!({"kind": "instruction", "words": "请办理。"})).await.body;
    assert_eq!(decide(&cast, "leader", &made, "rejection", json!({"reason": ""})).await.status, 422);
    let done = decide(&cast, "leader", &made, "rejection", json!({"reason": "我没有这样批。"})).await;
    assert_eq!((done.status.as_u16(), &done.body["state"], &done.body["reason"]), (200, &json!("rejected"), &json!("我没有这样批。")));
    assert_eq!(cast.told("endorsement_rejected").await, ["secretary"]);
    assert_eq!((cast.told("endorsed").await, cast.told("instruction_given").await), (Vec::new(), Vec::new()));
    let path = format!("/endorsements/{}", made["id"].as_str().unwrap());
    assert_eq!(cast.get("author", &path).await.status, 404);
    assert_eq!(cast.get("secretary", &path).await.body["reason"], "我没有这样批。");
    assert_eq!(decide(&cast, "reviewer", &made, "countersignature", Value::Null).await.status, 409);
}

async fn an_instruction_has_a_date_and_reopens(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = forwarded(&cast).await;
    cast.act("dispatcher", &id, "conclusion", json!({"result": "已经解决。"})).await;
    assert_eq!(cast.stage("author", &id).await, "concluded");
    let noted = endorse(&cast, "leader", &id, json!({"kind": "noted"})).await;
    assert_eq!((noted.status.as_u16(), cast.stage("author", &id).await.as_str()), (201, "concluded"));
    let made = endorse(&cast, "leader", &id, json!({"kind": "instruction", "words": "请继续办好。"})).await.body;
    assert_eq!(made["due_at"], "2026-12-11T10:00:00Z", "fifteen working days");
    assert_eq!(cast.stage("author", &id).await, "handling", "an instruction after conclusion reopens");
    assert_eq!(cast.told("reopened").await, ["author"]);
    assert_eq!(cast.told("instruction_given").await, ["dispatcher"]);
    let dated = endorse(&cast, "leader2", &id, json!({"kind": "instruction", "words": "年底前办好。", "due_on": "2026-12-25"})).await.body;
    assert_eq!(dated["due_at"], "2026-12-25T10:00:00Z", "as the leader says");
}

async fn what_is_wrong_is_named(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = forwarded(&cast).await;
    let body = json!({"kind": "instruction", "date": "2026-11-21", "due_on": "2027-03-01", "scan_id": uuid::Uuid::nil()});
    let wrong = endorse(&cast, "leader", &id, body).await;
    let named: Vec<String> =
        wrong.body["errors"].as_array().unwrap().iter().map(|one| format!("{} {}", one["field"], one["code"]).replace('"', "")).collect();
    let expected = ["words required", "date date_future", "due_on date_beyond", "scan_id unknown"];
    assert_eq!((wrong.status.as_u16(), named), (422, expected.map(str::to_owned).to_vec()));
    assert_eq!(cast.get("reviewer", "/endorsements").await.body["items"], json!([]), "nothing was entered");
}

async fn a_secretary_of_several_names_the_leader(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (leader, leader2) = (cast.user("leader").await, cast.user("leader2").await);
    cast.grant("secretary", Role::Secretary, Some(leader2)).await;
    let id = forwarded(&cast).await;
    let unsaid = endorse(&cast, "secretary", &id, json!({"kind": "noted"})).await;
    assert_eq!((unsaid.status.as_u16(), &unsaid.body["errors"][0]["field"]), (422, &json!("leader_id")));
    let first = endorse(&cast, "secretary", &id, json!({"kind": "noted", "leader_id": leader2})).await;
    assert_eq!((first.status.as_u16(), &first.body["leader"]), (201, &json!("姓名leader2")));
    let second = endorse(&cast, "secretary", &id, json!({"kind": "noted", "leader_id": leader})).await;
    assert_eq!((second.status.as_u16(), &second.body["leader"]), (201, &json!("姓名leader")));
    assert_eq!(cast.told("endorsement_entered").await, ["leader", "leader2"]);
    let stranger = endorse(&cast, "secretary", &id, json!({"kind": "noted", "leader_id": cast.user("author").await})).await;
    assert_eq!((stranger.status.as_u16(), &stranger.body["errors"][0]["field"]), (422, &json!("leader_id")));
}
