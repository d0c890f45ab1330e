//! What receivers do wrong, and where messages may not go.

use chrono::Duration;
use serde_json::{Value, json};
use zhitongche::jobs::JobContext;
use zhitongche::server::database;

use super::receiver::Receiver;
use super::{body, cast, one, put, run, runner, set};
use crate::support::database::Engine;

crate::both_databases!(
    every_failure_is_told_in_words_and_none_shows_an_answer,
    failures_are_tried_again_then_given_up_and_retried_by_hand,
    addresses_that_are_not_allowed_are_reached_in_no_spelling,
);

async fn every_failure_is_told_in_words_and_none_shows_an_answer(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let other = Receiver::start();
    let generic = set(&cast, body(&receiver, "reviewer", "generic")).await;
    let robot = set(&cast, body(&receiver, "reviewer", "wecom")).await;
    let trial = async |id: &str| cast.post("admin", &format!("/webhooks/{id}/trial"), Value::Null).await.body;
    let of = |fault: &str, detail: Value| json!({"sent": false, "fault": fault, "detail": detail});
    receiver.answers("500 Internal Server Error", "inner secret");
    assert_eq!(trial(&generic).await, of("status", json!("500")));
    receiver.raw(&format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", other.url()));
    assert_eq!(trial(&generic).await, of("redirect", json!("302")));
    receiver.raw(&format!("HTTP/1.1 307 Moved\r\nlocation: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", other.url()));
    assert_eq!(trial(&robot).await["fault"], json!("redirect"));
    assert!(other.taken().is_empty(), "no redirect is followed");
    receiver.answers("200 OK", r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#);
    assert_eq!(trial(&robot).await, of("robot", json!("93000 invalid webhook url")));
    receiver.answers("200 OK", "<html>inner secret</html>");
    assert_eq!(trial(&robot).await, of("bad_answer", Value::Null));
    assert_eq!(trial(&generic).await, json!({"sent": true, "fault": null, "detail": null}), "a generic answer is not read");
    receiver.answers("200 OK", &format!(r#"{{"errcode":0,"x":"{}"}}"#, "x".repeat(70_000)));
    assert_eq!(trial(&robot).await, of("too_large", Value::Null));
    receiver.silent();
    assert_eq!(trial(&generic).await, of("timed_out", Value::Null));
    receiver.raw("SSH-2.0-OpenSSH_9.6\r\n");
    let strange = trial(&robot).await.to_string();
    assert!(!strange.contains("SSH") && strange.contains("bad_answer"), "{strange}");
    let mut gone = body(&receiver, "reviewer", "generic");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    gone["url"] = json!(format!("http://{free}/"));
    assert_eq!(put(&cast, &generic, 1, gone).await.status, 200);
    assert_eq!(trial(&generic).await, of("no_connection", Value::Null));
    receiver.answers("200 OK", r#"{"errcode":0}"#);
    assert_eq!(trial(&robot).await["sent"], json!(true));
    let page = cast.form("admin", &format!("/outbox/webhooks/{generic}/trial"), &[]).await;
    assert!(page.status == 200 && page.html.contains("连接不上接收方"), "{}", page.html);
    assert_eq!(one(&cast, &generic).await["last_failed_at"], Value::Null, "a trial is kept nowhere");
}

async fn failures_are_tried_again_then_given_up_and_retried_by_hand(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let node = runner(&cast);
    let hook = set(&cast, body(&receiver, "reviewer", "wecom")).await;
    receiver.answers("200 OK", r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#);
    cast.submitted_by("author").await;
    for attempt in 1..=3 {
        assert_eq!((run(&node), run(&node)), (1, 0), "attempt {attempt}, and then it waits");
        cast.app.clock.advance(Duration::hours(2));
    }
    let ids: Vec<String> = receiver.taken().iter().map(|one| one.text.clone()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|text| *text == ids[0]), "the same message");
    assert_eq!(run(&node), 0, "given up");
    let seen = one(&cast, &hook).await;
    assert_eq!(
        (&seen["last_fault"], &seen["last_detail"], &seen["is_failing"]),
        (&json!("robot"), &json!("45009 api freq out of limit"), &json!(true))
    );
    let dead = cast.get("admin", "/jobs?state=dead").await.body["items"][0].clone();
    assert_eq!(dead["kind"], json!("call_webhook"), "{dead}");
    for path in ["/outbox/webhooks", "/outbox", "/health"] {
        let page = cast.page("admin", path).await.html;
        assert!(page.contains("群通知") && page.contains("没有送达") | page.contains("未送达"), "{path}: {page}");
    }
    assert!(cast.page("admin", "/outbox/webhooks").await.html.contains("45009 api freq out of limit"));
    receiver.answers("200 OK", r#"{"errcode":0}"#);
    let job = dead["id"].as_str().unwrap();
    assert_eq!(cast.post("admin", &format!("/jobs/{job}/retry"), Value::Null).await.status, 204);
    assert_eq!((run(&node), receiver.taken().len()), (1, 1));
    assert_eq!(one(&cast, &hook).await["is_failing"], json!(false));
}

async fn addresses_that_are_not_allowed_are_reached_in_no_spelling(engine: Engine) {
    let (mut cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let hook = set(&cast, body(&receiver, "reviewer", "generic")).await;
    let refused = async |url: String| {
        let mut wanted = body(&receiver, "reviewer", "generic");
        wanted["url"] = json!(url);
        let answer = put(&cast, &hook, 1, wanted).await;
        assert_eq!(answer.status, 422, "{url}: {}", answer.body);
        (answer.body["errors"][0]["field"].clone(), answer.body["errors"][0]["code"].clone())
    };
    for host in [
        "127.0.0.2",
        "127.2",
        "0x7f.0.0.2",
        "0177.0.0.2",
        "2130706434",
        "[::1]",
        "[::ffff:127.0.0.2]",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "192.168.1.1",
        "100.64.0.1",
        "[64:ff9b::7f00:1]",
        "１２７.0.0.2",
    ] {
        for scheme in ["http", "https"] {
            assert_eq!(refused(format!("{scheme}://{host}/")).await, (json!("url"), json!("address_not_allowed")), "{scheme} {host}");
        }
    }
    assert_eq!(refused("http://223.5.5.5/".to_owned()).await.1, json!("address_not_allowed"), "without TLS only what is listed");
    // A name is judged by its addresses when a message goes there: here one that is listed no more, and one that never was.
    let named = format!("http://localhost:{}/", receiver.port);
    let mut wanted = body(&receiver, "reviewer", "generic");
    wanted["url"] = json!(named);
    assert_eq!(put(&cast, &hook, 1, wanted).await.status, 200, "a name can't be judged yet");
    cast.app.settings.webhooks.allowed_networks = vec!["192.0.2.0/24".parse().unwrap()];
    let context = JobContext::new(database::app(&cast.app.settings, &cast.app.clock).unwrap()).unwrap();
    cast.submitted_by("author").await;
    assert_eq!(run(&zhitongche::jobs::Runner::new(context)), 1);
    assert_eq!((receiver.taken().len(), &one(&cast, &hook).await["last_fault"]), (0, &json!("not_allowed")));
}
