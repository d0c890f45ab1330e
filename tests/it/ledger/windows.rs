//! The end of the time for taking a decision back stands in the ledger, and changes nothing else.

use chrono::Duration;
use serde_json::{Value, json};
use zhitongche::app::windows;

use crate::support::cast::{Cast, findings};
use crate::support::database::Engine;

crate::both_databases!(
    an_urged_assignment_that_is_taken_back_is_no_forgery,
    a_window_that_has_passed_is_closed,
    a_decision_upon_another_leaves_its_window_open,
    what_authors_hear_of_ends_the_windows_before_it,
);

fn close_windows(cast: &Cast) -> usize {
    let passed = cast.desk().read_now(windows::passed).unwrap();
    passed
        .into_iter()
        .filter(|(channel, id)| {
            let (channel, id) = (*channel, *id);
            cast.desk().write_now("test", move |tx| windows::close(tx, channel, id)).unwrap()
        })
        .count()
}

/// The manuscript's acts in its chain.
fn acts(cast: &Cast, id: &str) -> Vec<String> {
    cast.acts(id.parse::<zhitongche::domain::ids::ManuscriptId>().unwrap())
}

async fn undo(cast: &Cast, id: &str) -> Value {
    let seen = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body["version"].as_i64();
    cast.send("POST", "reviewer", &format!("/manuscripts/{id}/undo"), seen, Value::Null).await.body
}

async fn a_window_that_has_passed_is_closed(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.submitted_by("author").await;
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    assert_eq!(close_windows(&cast), 0, "it is still open");
    cast.app.clock.advance(Duration::minutes(11));
    assert_eq!(undo(&cast, &id).await["code"], "undo_closed");
    let path = format!("/manuscripts/{id}");
    let history = format!("{path}/history");
    let before = (cast.get("reviewer", &path).await.body, cast.get("author", &path).await.body, cast.get("reviewer", &history).await.body);
    assert_eq!((close_windows(&cast), close_windows(&cast)), (1, 0), "once");
    assert_eq!(acts(&cast, &id), ["submit", "recommend", "window_closed"]);
    let entries = cast.entries(id.parse::<zhitongche::domain::ids::ManuscriptId>().unwrap());
    assert_eq!(entries[2]["facts"]["decision"], entries[1]["id"]);
    assert_eq!(entries[2]["version"], entries[1]["version"]);
    let after = (cast.get("reviewer", &path).await.body, cast.get("author", &path).await.body, cast.get("reviewer", &history).await.body);
    assert_eq!(before, after, "nobody sees a difference");
    assert_eq!(undo(&cast, &id).await["code"], "undo_closed");
}

async fn a_decision_upon_another_leaves_its_window_open(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let (signed, undone) = (cast.submitted_by("author").await, cast.submitted_by("author").await);
    for id in [&signed, &undone] {
        cast.act("reviewer", id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    }
    cast.act("signer", &signed, "signature", json!({"decision": "sign"})).await;
    undo(&cast, &undone).await;
    assert_eq!(acts(&cast, &signed), ["submit", "recommend", "sign"], "neither is announced, and a withdrawal would end both");
    assert_eq!(acts(&cast, &undone), ["submit", "recommend", "undo"]);
    cast.app.clock.advance(Duration::minutes(11));
    assert_eq!(close_windows(&cast), 1);
    assert_eq!(acts(&cast, &signed), ["submit", "recommend", "sign", "window_closed", "window_closed"]);
    let entries = cast.entries(signed.parse::<zhitongche::domain::ids::ManuscriptId>().unwrap());
    assert_eq!([&entries[3]["facts"]["decision"], &entries[4]["facts"]["decision"]], [&entries[1]["id"], &entries[2]["id"]]);
    assert_eq!(close_windows(&cast), 0, "once");
}

async fn what_authors_hear_of_ends_the_windows_before_it(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.submitted_by("author").await;
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    cast.forward(&id).await;
    assert_eq!(acts(&cast, &id), ["submit", "recommend", "sign", "window_closed", "window_closed", "forward"]);
    cast.app.clock.advance(Duration::minutes(11));
    assert_eq!(close_windows(&cast), 0);
}

/// The undo cancels the assignment by an act on the manuscript: what the urging said of its state and version holds no more.
async fn an_urged_assignment_that_is_taken_back_is_no_forgery(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let (id, assignment) = cast.charged().await;
    let urged = cast.post("dispatcher", &format!("/assignments/{assignment}/urging"), json!({"words": "请抓紧。"})).await;
    assert!(urged.status.is_success(), "{}", urged.body);
    cast.act("dispatcher", &id, "undo", Value::Null).await;
    let now = cast.get("dispatcher", &format!("/assignments/{assignment}")).await.body;
    assert_eq!(now["state"], json!("cancelled"), "{now}");
    assert_eq!(findings(&cast.app), Vec::<String>::new());
}
