//! Inbox, outbox and calendar over HTTP.

use serde_json::{Value, json};
use zhitongche::config::{MailTransport, Secret};
use zhitongche::jobs::{JobContext, Stop, deliver_mail};
use zhitongche::server::database;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    everybody_reads_his_own_notices_and_no_others,
    the_outbox_is_for_administrators_and_says_nothing_of_the_text,
    an_administrator_loads_a_year,
);

/// Sends what waits, to a mail server that isn't there if `down`.
fn deliver(cast: &Cast, down: bool) {
    let mut settings = cast.app.settings.clone();
    if down {
        settings.mail.transport = MailTransport::Smtp;
        settings.mail.smtp_url = Secret::new("smtp://127.0.0.1:1");
    }
    let context = JobContext::new(database::app(&settings, &cast.app.clock).unwrap()).unwrap();
    while deliver_mail::run_once(&context, &Stop::default()).unwrap() > 0 {}
}

async fn everybody_reads_his_own_notices_and_no_others(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let id = cast.submitted_by("author").await;
    let inbox = cast.get("author", "/inbox?unread=true").await;
    assert_eq!(inbox.status, 200, "{}", inbox.body);
    let notice = &inbox.body["items"][0];
    assert_eq!(notice["subject"], "【已收到您的稿件】2026-0001《关于缓解实验小学周边停车难的建议》");
    assert_eq!((&notice["kind"], &notice["manuscript_id"], &notice["read_at"]), (&json!("submitted"), &json!(id), &Value::Null));
    let path = format!("/inbox/{}/read", notice["id"].as_str().unwrap());

    for stranger in ["reviewer", "admin", "other-author"] {
        assert_eq!(cast.send("POST", stranger, &path, None, Value::Null).await.status, 404, "{stranger}");
    }
    assert_eq!(cast.get("author", "/inbox?unread=true").await.body["items"].as_array().unwrap().len(), 1);
    for _ in 0..2 {
        assert_eq!(cast.send("POST", "author", &path, None, Value::Null).await.status, 204);
    }
    assert_eq!(cast.get("author", "/inbox?unread=true").await.body["items"], json!([]));
    assert!(cast.get("author", "/inbox").await.body["items"][0]["read_at"].is_string());

    for login in ["coauthor", "signer", "handler", "auditor", "admin", "other-author", "other-reviewer"] {
        assert_eq!(cast.get(login, "/inbox").await.body["items"], json!([]), "{login}");
    }
    cast.submitted_by("author").await;
    let first = cast.get("reviewer", "/inbox?limit=1").await.body;
    let second = cast.get("reviewer", &format!("/inbox?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).await.body;
    assert_eq!(second["next_cursor"], Value::Null);
    let numbers = [&first, &second].map(|page| page["items"][0]["subject"].as_str().unwrap().contains("2026-0002"));
    assert_eq!(numbers.iter().filter(|second| **second).count(), 1, "each once");
}

async fn the_outbox_is_for_administrators_and_says_nothing_of_the_text(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.submitted_by("author").await;
    for login in ["author", "reviewer", "dispatcher", "auditor"] {
        let refused = cast.get(login, "/outbox").await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("wrong_role")), "{login}");
    }
    deliver(&cast, true);
    let outbox = cast.get("admin", "/outbox?state=queued").await.body;
    let items = outbox["items"].as_array().unwrap();
    assert_eq!(items.len(), 3, "the author and two reviewers");
    for item in items {
        assert!(item["address"].as_str().unwrap().contains("***@"), "{item}");
        assert!(
            !item.to_string().contains("停车") && !item.to_string().contains("2026-0001") && !item.to_string().contains("http"),
            "{item}"
        );
        assert_eq!(
            (&item["attempts"], item["next_try_at"].is_string()),
            (&json!(0), true),
            "the server is away: that counts against no letter"
        );
    }
    let path = format!("/outbox/{}/retry", items[0]["id"].as_str().unwrap());
    assert_eq!(cast.send("POST", "reviewer", &path, None, Value::Null).await.status, 403);
    assert_eq!(cast.send("POST", "admin", &path, None, Value::Null).await.status, 204);
    deliver(&cast, false);
    let sent = cast.get("admin", "/outbox?state=sent").await.body;
    assert_eq!(sent["items"].as_array().unwrap().len(), 3, "the server was tried at once, and takes them all");
    let again = cast.send("POST", "admin", &path, None, Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("wrong_state")));
    assert_eq!(cast.get("admin", "/outbox?state=nonsense").await.status, 422);
}

async fn an_administrator_loads_a_year(engine: Engine) {
    let cast = Cast::new(engine).await;
    let known = cast.get("author", "/calendar").await.body;
    let years: Vec<_> = known["items"].as_array().unwrap().iter().map(|year| (&year["year"], &year["working_days"])).collect();
    assert_eq!(years, [(&json!(2025), &json!(248)), (&json!(2026), &json!(248))]);
    let year = json!({"rest": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03", "make_up": ["2027-01-09"]}]});
    assert_eq!(cast.send("PUT", "author", "/calendar/2027", None, year.clone()).await.status, 403);
    let contradiction = json!({"rest": [{"name": "元旦", "from": "2026-11-30", "to": "2027-01-03"}]});
    let refused = cast.send("PUT", "admin", "/calendar/2027", None, contradiction).await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["code"]), (422, &json!("bad_calendar")), "{}", refused.body);
    let done = cast.send("PUT", "admin", "/calendar/2027", None, year).await;
    assert_eq!(done.status, 204, "{}", done.body);
    let known = cast.get("author", "/calendar").await.body;
    assert_eq!(known["items"][2]["make_up"], json!(["2027-01-09"]));

    // Handed in on Wednesday 30 December: five working days are 31 December and 4–7 January.
    cast.app.clock.set(super::world::at("2026-12-30T02:00:00Z"));
    let id = cast.submitted_by("author").await;
    let read = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body;
    let due = read["where_is_it"]["due_at"].as_str().unwrap();
    assert_eq!(super::world::at(due), super::world::at("2027-01-07T10:00:00Z"));
}
