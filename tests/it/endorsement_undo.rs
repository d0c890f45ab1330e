//! An endorsement that can be taken back: until its window closes nobody but the office and the leader's own side knows of it, and nothing
//! depends on it.

use serde_json::{Value, json};
use zhitongche::app::endorsements;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    nothing_happens_before_the_window_closes,
    the_window_closes_once,
    taken_back_it_was_never_said,
    a_confirmation_is_taken_back_and_the_words_wait_again,
    a_leader_takes_it_back_with_one_tap,
);

/// A manuscript before `leader` and `leader2`, concluded and announced.
async fn concluded(cast: &Cast) -> String {
    let id = cast.accepted().await;
    let recipients = [cast.user("leader").await, cast.user("leader2").await];
    cast.act("signer", &id, "forwarding", json!({"recipients": recipients})).await;
    cast.act("dispatcher", &id, "conclusion", json!({"result": "已经解决。"})).await;
    later(cast);
    id
}

fn later(cast: &Cast) {
    cast.app.clock.advance(chrono::Duration::minutes(11));
}

/// What the job does.
async fn close_windows(cast: &Cast) -> usize {
    let due = cast.desk().read(|tx| endorsements::closed_windows(tx, 10)).await.unwrap();
    let mut closed = 0;
    for id in due {
        closed += usize::from(cast.desk().write("test", move |tx| endorsements::close_window(tx, id)).await.unwrap());
    }
    closed
}

async fn instruct(cast: &Cast, id: &str) -> Value {
    let body = json!({"kind": "instruction", "words": "请继续办好。"});
    let made = cast.post("leader", &format!("/manuscripts/{id}/endorsements"), body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

fn path(one: &Value) -> String {
    format!("/endorsements/{}", one["id"].as_str().unwrap())
}

/// The author's page and what the API tells the author.
async fn as_author(cast: &Cast, id: &str) -> (Value, Value, Value) {
    let at = format!("/manuscripts/{id}");
    (cast.get("author", &at).await.body, cast.get("author", &format!("{at}/history")).await.body, cast.get("author", "/inbox").await.body)
}

async fn nothing_happens_before_the_window_closes(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = concluded(&cast).await;
    let before = as_author(&cast, &id).await;
    let made = instruct(&cast, &id).await;
    assert_eq!((&made["state"], &made["allowed_actions"]), (&json!("confirmed"), &json!(["undo"])));
    assert_eq!(made["due_at"], "2026-12-11T10:00:00Z", "fifteen working days from now");
    assert!(made["undo_until"].is_string());
    assert_eq!(as_author(&cast, &id).await, before, "the author learns nothing");
    for stranger in ["author", "leader2", "handler"] {
        assert_eq!(cast.get(stranger, &path(&made)).await.status, 404, "{stranger}");
    }
    assert_eq!(cast.get("leader2", &format!("/manuscripts/{id}")).await.body["endorsements"], json!([]));
    assert_eq!(cast.stage("dispatcher", &id).await, "concluded", "nothing is opened again");
    assert!(!cast.get("dispatcher", "/inbox").await.body.to_string().contains("instruction_given"));
    assert_eq!(close_windows(&cast).await, 0);

    later(&cast);
    assert_eq!(close_windows(&cast).await, 1);
    assert_eq!((cast.stage("author", &id).await, cast.told("reopened").await), ("handling".to_owned(), vec!["author".to_owned()]));
    assert_eq!(cast.get("author", &path(&made)).await.body["words"], "请继续办好。");
    let read = cast.get("leader", &path(&made)).await.body;
    assert_eq!((&read["due_at"], &read["undo_until"]), (&made["due_at"], &Value::Null), "due as it was said");
    let acts = cast.get("author", &format!("/manuscripts/{id}/history")).await.body.to_string();
    assert!(acts.contains("endorse") && acts.contains("reopen"), "{acts}");
    let late = cast.post("leader", &format!("{}/undo", path(&made)), Value::Null).await;
    assert_eq!((late.status.as_u16(), &late.body["code"]), (409, &json!("undo_closed")));
}

async fn the_window_closes_once(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = concluded(&cast).await;
    let made = instruct(&cast, &id).await;
    later(&cast);
    let one: zhitongche::domain::ids::EndorsementId = made["id"].as_str().unwrap().parse().unwrap();
    let close = async || cast.desk().write("test", move |tx| endorsements::close_window(tx, one)).await.unwrap();
    assert_eq!((close().await, close().await), (true, false));
    assert_eq!(cast.acts(one), ["window_closed"], "one entry, in a chain of its own");
    let reopened =
        cast.acts(id.parse::<zhitongche::domain::ids::ManuscriptId>().unwrap()).into_iter().filter(|act| act == "reopen").count();
    assert_eq!(reopened, 1);
}

async fn taken_back_it_was_never_said(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = concluded(&cast).await;
    let before = as_author(&cast, &id).await;
    let made = instruct(&cast, &id).await;
    let others = cast.post("leader2", &format!("{}/undo", path(&made)), Value::Null).await;
    assert_eq!(others.status, 404, "another leader does not know of it");
    let office = cast.post("dispatcher", &format!("{}/undo", path(&made)), Value::Null).await;
    assert_eq!((office.status.as_u16(), &office.body["code"]), (403, &json!("not_yours")));
    let undone = cast.post("leader", &format!("{}/undo", path(&made)), Value::Null).await;
    assert_eq!((undone.status.as_u16(), &undone.body["state"]), (200, &json!("rejected")));
    assert!(undone.body["undone_at"].is_string() && undone.body["reason"].is_null(), "{}", undone.body);
    let again = cast.post("leader", &format!("{}/undo", path(&made)), Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("nothing_to_undo")));
    later(&cast);
    assert_eq!(close_windows(&cast).await, 0);
    assert_eq!(as_author(&cast, &id).await, before);
    assert_eq!(cast.stage("dispatcher", &id).await, "concluded");
    let entries = cast.entries(id.parse::<zhitongche::domain::ids::ManuscriptId>().unwrap());
    let (endorse, undo) = (&entries[entries.len() - 2], &entries[entries.len() - 1]);
    assert_eq!((&endorse["action"], &undo["action"], &undo["undoes"]), (&json!("endorse"), &json!("undo"), &endorse["id"]));
    instruct(&cast, &id).await;
}

async fn a_confirmation_is_taken_back_and_the_words_wait_again(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = concluded(&cast).await;
    let entered =
        cast.post("secretary", &format!("/manuscripts/{id}/endorsements"), json!({"kind": "instruction", "words": "请办理。"})).await.body;
    later(&cast);
    let confirmed = cast.post("leader", &format!("{}/confirmation", path(&entered)), Value::Null).await.body;
    assert_eq!(confirmed["allowed_actions"], json!(["undo"]), "its window begins with the confirmation");
    let undone = cast.post("leader", &format!("{}/undo", path(&entered)), Value::Null).await.body;
    assert_eq!((&undone["state"], &undone["decided_by"], &undone["due_at"]), (&json!("entered"), &Value::Null, &Value::Null));
    assert_eq!(undone["allowed_actions"], json!(["confirm", "reject"]));
    later(&cast);
    assert_eq!((close_windows(&cast).await, cast.stage("author", &id).await.as_str()), (0, "concluded"));
    cast.post("leader", &format!("{}/confirmation", path(&entered)), Value::Null).await;
    later(&cast);
    assert_eq!((close_windows(&cast).await, cast.stage("author", &id).await.as_str()), (1, "handling"));
}

async fn a_leader_takes_it_back_with_one_tap(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = concluded(&cast).await;
    let sent = cast.form("leader", &format!("/reading/{id}/endorsements"), &[("kind", "noted")]).await;
    assert_eq!(sent.status, 303, "{}", sent.html);
    let list = cast.page("leader", &sent.location).await.html;
    let at = list.find("/endorsements/").expect("taking it back is offered where one arrives");
    let action = list[at..].split('"').next().unwrap().to_owned();
    assert!(action.ends_with("/undo"), "{action}");
    assert!(cast.page("leader", &format!("/reading/{id}")).await.html.contains(&action), "and on the manuscript's own page");
    let back = format!("/reading/{id}");
    let undone = cast.form("leader", &action, &[("back", &back)]).await;
    assert_eq!((undone.status.as_u16(), undone.location.as_str()), (303, format!("{back}?done=taken-back").as_str()));
    let page = cast.page("leader", &undone.location).await.html;
    assert!(page.contains("已撤回") && page.contains("value=\"noted\""), "it waits to be marked again");
    let twice = [("kind", "guidance"), ("words", "请认真研究。")];
    assert_eq!(cast.form("leader", &format!("{back}/endorsements"), &twice).await.location, format!("{back}?done=endorsed"));
    let again = cast.form("leader", &format!("{back}/endorsements"), &twice).await;
    assert_eq!(again.location, format!("{back}?done=repeated"), "sent again after Back: the first one is shown");
    let page = cast.page("leader", &again.location).await.html;
    assert!(page.contains("没有重复登记") && page.matches("<blockquote>请认真研究。").count() == 1, "{page}");
}
