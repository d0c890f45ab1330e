//! What builds on a decision within its window makes it stand: it is announced then, so that no author reads of an act and not of what that
//! rests on.

use serde_json::{Value, json};

use super::{charge, standing};
use crate::support::cast::{Cast, complete, findings};
use crate::support::database::Engine;

crate::both_databases!(
    a_department_that_begins_announces_its_assignment,
    a_bulletin_issued_under_an_assignment_announces_it,
    what_only_records_a_fact_shows_in_the_stage_that_authors_read,
    staff_who_work_on_a_return_announce_it,
    a_receipt_tells_of_no_decision_that_was_taken_back,
);

/// Whether the last act that the author reads led to the stage that the author reads.
async fn agree(cast: &Cast, id: &str) -> String {
    let stage = cast.stage("author", id).await;
    let history = cast.get("author", &format!("/manuscripts/{id}/history")).await.body;
    let acts = history["items"].as_array().or(history.as_array()).unwrap();
    let last = acts.iter().rfind(|act| act["object"] == "manuscript").unwrap();
    assert_eq!(last["to"], json!(stage), "{history}");
    stage
}

/// How many notices the author has.
async fn inbox(cast: &Cast) -> usize {
    cast.get("author", "/inbox").await.body["items"].as_array().unwrap().len()
}

async fn closings(cast: &Cast, id: &str) -> usize {
    let entries = cast.entries(id.parse::<uuid::Uuid>().map(zhitongche::domain::ids::AnyId).unwrap());
    entries.iter().filter(|entry| entry["action"] == "window_closed").count()
}

async fn on(cast: &Cast, login: &str, path: &str, body: Value) {
    let seen = cast.get(login, path.rsplit_once('/').unwrap().0).await.body["version"].as_i64();
    let done = cast.send("POST", login, path, seen, body).await;
    assert!(done.status.is_success(), "{login} {path}: {}", done.body);
}

async fn a_department_that_begins_announces_its_assignment(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = standing(&cast, "forwarded").await;
    let one = charge(&cast, &id).await;
    let (before, closed) = (inbox(&cast).await, closings(&cast, &id).await);
    assert_eq!(agree(&cast, &id).await, "forwarded", "the assignment is not announced");
    on(&cast, "handler", &format!("/assignments/{one}/receipt"), Value::Null).await;
    assert_eq!(agree(&cast, &id).await, "handling");
    assert_eq!(inbox(&cast).await, before + 1, "its letter waits no longer");
    assert_eq!(closings(&cast, &id).await, closed + 1);
    let undone = cast.send("POST", "dispatcher", &format!("/manuscripts/{id}/undo"), version(&cast, &id).await, Value::Null).await;
    assert_eq!(undone.status, 409, "{}", undone.body);
}

async fn version(cast: &Cast, id: &str) -> Option<i64> {
    cast.get("dispatcher", &format!("/manuscripts/{id}")).await.body["version"].as_i64()
}

async fn a_bulletin_issued_under_an_assignment_announces_it(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = standing(&cast, "forwarded").await;
    charge(&cast, &id).await;
    assert_eq!(agree(&cast, &id).await, "forwarded");
    let to = json!([{"user_id": cast.user("leader2").await}]);
    let made = cast.send("POST", "reviewer", "/bulletins", None, json!({"manuscripts": [id], "recipients": to})).await;
    let bulletin = format!("/bulletins/{}", made.body["id"].as_str().unwrap());
    on(&cast, "reviewer", &format!("{bulletin}/submission"), Value::Null).await;
    on(&cast, "signer", &format!("{bulletin}/issuance"), Value::Null).await;
    assert_eq!(agree(&cast, &id).await, "handling");
}

async fn what_only_records_a_fact_shows_in_the_stage_that_authors_read(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = standing(&cast, "forwarded").await;
    charge(&cast, &id).await;
    let taken = json!({"level": "city", "body": "市委办公室", "form": "single", "adopted_on": "2026-11-02"});
    let done = cast.send("POST", "reviewer", &format!("/manuscripts/{id}/adoptions"), None, taken).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(agree(&cast, &id).await, "forwarded", "the assignment can still be taken back");
    cast.act("dispatcher", &id, "undo", Value::Null).await;
    assert_eq!(agree(&cast, &id).await, "forwarded");
}

async fn staff_who_work_on_a_return_announce_it(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let mut form = complete();
    form["author"] = json!(cast.user("author").await);
    let other = cast.user("coauthor").await;
    for work in ["save", "invite", "attach"] {
        let made = cast.send("POST", "reviewer", "/manuscripts", None, form.clone()).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        let path = format!("/manuscripts/{id}");
        cast.act("reviewer2", &id, "review", json!({"decision": "return", "reason": "请更正数字。"})).await;
        assert_eq!(agree(&cast, &id).await, "review", "{work}");
        let before = inbox(&cast).await;
        let seen = cast.get("reviewer", &path).await.body["version"].as_i64();
        let done = match work {
            "save" => cast.send("PATCH", "reviewer", &path, seen, json!({"causes": "车多位少。"})).await,
            "invite" => cast.send("PUT", "reviewer", &format!("{path}/authors"), seen, json!({"authors": [other]})).await,
            _ => cast.upload("reviewer", &format!("{path}/attachments"), "附图.txt", b"map").await,
        };
        assert!(done.status.is_success(), "{work}: {}", done.body);
        assert_eq!(cast.stage("author", &id).await, "returned", "{work}");
        assert_eq!(inbox(&cast).await, before + 1, "{work}: who is told");
    }
}

async fn a_receipt_tells_of_no_decision_that_was_taken_back(engine: Engine) {
    let mut entries = Vec::new();
    for undone in [0, 2] {
        let cast = Cast::with_undo(engine, 10).await;
        let id = cast.submitted_by("author").await;
        for _ in 0..undone {
            cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
            cast.act("reviewer", &id, "undo", Value::Null).await;
        }
        cast.act("reviewer", &id, "review", json!({"decision": "return", "reason": "请更正数字。"})).await;
        super::later(&cast).await;
        cast.act("author", &id, "submission", Value::Null).await;
        cast.seal().await;
        let receipt = cast.get("author", &format!("/manuscripts/{id}/receipt")).await.body;
        let entry: Value = serde_json::from_str(receipt["entry"].as_str().unwrap()).unwrap();
        entries.push(entry["version"].clone());
        assert_eq!(findings(&cast.app), Vec::<String>::new());
    }
    assert_eq!(entries[0], entries[1]);
}
