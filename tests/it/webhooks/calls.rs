//! When a message goes, where, how often, and what it says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::receiver::Receiver;
use super::{SECRET, body, cast, one, put, recommend, run, runner, set};
use crate::support::database::Engine;

crate::both_databases!(
    one_message_goes_to_a_desk_with_number_limit_and_link_alone,
    robots_get_their_form_and_their_signature,
    an_undone_decision_is_never_told,
    desks_of_organizations_hear_of_their_own_alone,
    work_that_is_done_and_webhooks_that_are_gone_call_nobody,
);

fn sign(key: &[u8], text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

async fn one_message_goes_to_a_desk_with_number_limit_and_link_alone(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let node = runner(&cast);
    cast.submitted_by("author").await;
    assert_eq!(run(&node), 0, "nothing before somebody sets one");
    let mut other = body(&receiver, "signer", "generic");
    other["template"] = json!(r#"{"text":"SIGNER {{number}}"}"#);
    set(&cast, other).await;
    let hook = set(&cast, body(&receiver, "reviewer", "generic")).await;
    let id = cast.submitted_by("author").await;
    assert_eq!((run(&node), run(&node)), (1, 0), "one for both reviewers, and once");
    let taken = receiver.taken();
    assert_eq!(taken.len(), 1);
    let (request, said) = (&taken[0], taken[0].body());
    let view = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body;
    let number = view["number"].as_str().unwrap();
    assert_eq!((&said["number"], &said["desk"], &said["letter"]), (&json!(number), &json!("审核员"), &json!("arrived_review")));
    let (text, due, link) = (said["text"].as_str().unwrap(), said["due"].as_str().unwrap(), said["link"].as_str().unwrap());
    assert!(link.ends_with(&format!("/manuscripts/{id}")), "{link}");
    assert!(due.contains("审核") && due.contains("星期"), "{due}");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[1], lines[2]), (3, due, link), "{text}");
    assert!(lines[0].starts_with('【') && lines[0].ends_with(number), "{text}");
    for secret in [view["title"].as_str().unwrap(), "致公党", "作者"] {
        assert!(!request.text.contains(secret), "{secret} in {}", request.text);
    }
    // Standard Webhooks, computed here.
    let (message, seconds) = (request.header("webhook-id"), request.header("webhook-timestamp"));
    let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap();
    assert_eq!(request.header("webhook-signature"), format!("v1,{}", sign(&key, &format!("{message}.{seconds}.{}", request.text))));
    assert_eq!(seconds, cast.app.clock.now().utc().timestamp().to_string());
    assert!(!message.is_empty() && !message.contains('.') && request.path == "/hook?key=geheim");
    let seen = one(&cast, &hook).await;
    assert!(seen["last_sent_at"].is_string() && seen["is_failing"] == json!(false), "{seen}");
    recommend(&cast, &id).await;
    assert_eq!((run(&node), receiver.taken()[0].body()), (1, json!({"text": format!("SIGNER {number}")})));
}

async fn robots_get_their_form_and_their_signature(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let node = runner(&cast);
    receiver.answers("200 OK", r#"{"errcode":0,"errmsg":"ok"}"#);
    let hook = set(&cast, body(&receiver, "reviewer", "wecom")).await;
    cast.submitted_by("author").await;
    assert_eq!(run(&node), 1);
    let taken = receiver.taken();
    let said = taken[0].body();
    let text = said["text"]["content"].as_str().unwrap();
    assert_eq!((said.clone(), taken[0].path.as_str()), (json!({"msgtype": "text", "text": {"content": text}}), "/hook?key=geheim"));

    let mut dingtalk = body(&receiver, "reviewer", "dingtalk");
    dingtalk["secret"] = json!("SECabc");
    assert_eq!(put(&cast, &hook, 1, dingtalk).await.status, 200);
    cast.submitted_by("author").await;
    assert_eq!(run(&node), 1);
    let url: url::Url = format!("http://x{}", receiver.taken()[0].path).parse().unwrap();
    let query: Vec<(String, String)> = url.query_pairs().map(|(name, value)| (name.into(), value.into())).collect();
    let millis = cast.app.clock.now().utc().timestamp_millis().to_string();
    let signed = sign(b"SECabc", &format!("{millis}\nSECabc"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(query, [pair("key", "geheim"), pair("timestamp", &millis), pair("sign", &signed)]);

    receiver.answers("200 OK", r#"{"code":0,"msg":"success","data":{}}"#);
    let mut feishu = body(&receiver, "reviewer", "feishu");
    feishu["secret"] = json!("demo");
    feishu["language"] = json!("en");
    assert_eq!(put(&cast, &hook, 2, feishu).await.status, 200);
    cast.submitted_by("author").await;
    assert_eq!(run(&node), 1);
    let said = receiver.taken()[0].body();
    let seconds = cast.app.clock.now().utc().timestamp();
    assert_eq!((&said["timestamp"], &said["sign"]), (&json!(seconds.to_string()), &json!(sign(format!("{seconds}\ndemo").as_bytes(), ""))));
    assert_eq!(said["msg_type"], json!("text"));
    assert!(said["content"]["text"].as_str().unwrap().starts_with('['), "in English: {said}");
}

async fn an_undone_decision_is_never_told(engine: Engine) {
    let (cast, receiver) = (cast(engine, 10).await, Receiver::start());
    let node = runner(&cast);
    set(&cast, body(&receiver, "signer", "generic")).await;
    let id = cast.submitted_by("author").await;
    recommend(&cast, &id).await;
    assert_eq!(run(&node), 0, "not before the window ends");
    cast.act("reviewer", &id, "undo", Value::Null).await;
    cast.app.clock.advance(Duration::minutes(11));
    assert_eq!((run(&node), receiver.taken().len()), (1, 0), "it ends without a call");
    recommend(&cast, &id).await;
    cast.app.clock.advance(Duration::minutes(11));
    assert_eq!((run(&node), receiver.taken().len()), (1, 1));
}

async fn desks_of_organizations_hear_of_their_own_alone(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let node = runner(&cast);
    for (role, name) in [("screener", "民盟县总支"), ("screener", "致公党县支部"), ("handler", "县住建局"), ("handler", "县教育局")]
    {
        let mut of = body(&receiver, role, "generic");
        of["organization_id"] = json!(cast.organization(name).await);
        of["template"] = json!(format!(r#"{{"to":"{name}","due":"{{{{due}}}}"}}"#));
        set(&cast, of).await;
    }
    cast.submitted_by("screened").await;
    run(&node);
    let to: Vec<Value> = receiver.taken().iter().map(|one| one.body()["to"].clone()).collect();
    assert_eq!(to, [json!("民盟县总支")]);
    cast.charged().await;
    run(&node);
    let taken = receiver.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(taken[0].body()["to"], json!("县住建局"));
    assert!(taken[0].body()["due"].as_str().unwrap().contains("星期"));
}

async fn work_that_is_done_and_webhooks_that_are_gone_call_nobody(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let node = runner(&cast);
    let hook = set(&cast, body(&receiver, "reviewer", "generic")).await;
    let done = cast.submitted_by("author").await;
    recommend(&cast, &done).await;
    assert_eq!((run(&node), receiver.taken().len()), (1, 0), "somebody was faster");
    cast.submitted_by("author").await;
    let mut off = body(&receiver, "reviewer", "generic");
    (off["on"], off["url"]) = (json!(false), Value::Null);
    assert_eq!(put(&cast, &hook, 1, off.clone()).await.status, 200);
    assert_eq!((run(&node), receiver.taken().len()), (1, 0), "it is off");
    cast.submitted_by("author").await;
    assert_eq!(run(&node), 0, "nothing is enqueued for one that is off");
    off["on"] = json!(true);
    assert_eq!(put(&cast, &hook, 2, off).await.status, 200);
    cast.submitted_by("author").await;
    assert_eq!(cast.send("DELETE", "admin", &format!("/webhooks/{hook}"), None, Value::Null).await.status, 204);
    assert_eq!((run(&node), receiver.taken().len()), (1, 0), "it is gone");
}
