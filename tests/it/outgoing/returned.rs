//! Staff who entered a paper manuscript see its return at once. What they do to it then is never lost.

use chrono::Duration;
use serde_json::{Value, json};

use super::send;
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    who_works_on_a_returned_one_has_acted_on_the_return,
    a_file_counts_as_work,
    a_round_that_was_left_behind_stops_nobody,
);

/// A paper manuscript that the reviewer entered, returned by a colleague within the undo window.
async fn entered_and_returned(cast: &Cast) -> String {
    let mut form = complete();
    form["author"] = json!(cast.user("author").await);
    let made = cast.send("POST", "reviewer", "/manuscripts", None, form).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    cast.act("reviewer2", &id, "review", json!({"decision": "return", "reason": "请更正数字。"})).await;
    assert_eq!(cast.stage("reviewer", &id).await, "returned", "they sit at that desk");
    id
}

async fn who_works_on_a_returned_one_has_acted_on_the_return(engine: Engine) {
    let cast = Cast::with_undo(engine, 30).await;
    let id = entered_and_returned(&cast).await;
    assert_eq!(cast.stage("author", &id).await, "review", "the return is not announced");
    let saved = send(&cast, "PATCH", "reviewer", &id, "", json!({"situation": "更正后的情况。"})).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    let undo = send(&cast, "POST", "reviewer2", &id, "/undo", Value::Null).await;
    assert_eq!((undo.status.as_u16(), &undo.body["code"]), (409, &json!("nothing_to_undo")), "{}", undo.body);
    let actions = cast.get("reviewer2", &format!("/manuscripts/{id}")).await.body["allowed_actions"].clone();
    assert!(!actions.as_array().unwrap().contains(&json!("undo")), "{actions}");
    assert_eq!(cast.stage("author", &id).await, "returned", "it stands, and so the author is told");
    let done = cast.act("reviewer", &id, "submission", Value::Null).await;
    assert_eq!((&done["stage"], &done["situation"]), (&json!("review"), &json!("更正后的情况。")));
}

async fn a_file_counts_as_work(engine: Engine) {
    let cast = Cast::with_undo(engine, 30).await;
    let id = entered_and_returned(&cast).await;
    let file = cast.upload("reviewer", &format!("/manuscripts/{id}/attachments"), "附图.txt", b"map").await;
    assert_eq!(file.status, 201, "{}", file.body);
    let undo = send(&cast, "POST", "reviewer2", &id, "/undo", Value::Null).await;
    assert_eq!(undo.body["code"], "nothing_to_undo", "{}", undo.body);
    cast.app.clock.advance(Duration::minutes(31));
    cast.act("reviewer", &id, "submission", Value::Null).await;
    let entries = cast.entries(id.parse::<uuid::Uuid>().map(zhitongche::domain::ids::AnyId).unwrap());
    let key = format!("attachment:{}", file.body["id"].as_str().unwrap());
    assert!(entries.last().unwrap()["digests"][&key].is_string(), "{entries:?}");
}

async fn a_round_that_was_left_behind_stops_nobody(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    super::texts_store::leave_a_round(&cast, &id);
    for kept in ["一", "二"] {
        cast.act("reviewer", &id, "review", json!({"decision": "return", "reason": "请更正数字。"})).await;
        let saved = send(&cast, "PATCH", "author", &id, "", json!({"situation": kept})).await;
        assert_eq!((saved.status.as_u16(), &saved.body["situation"]), (200, &json!(kept)), "{}", saved.body);
        cast.act("author", &id, "submission", Value::Null).await;
    }
}
