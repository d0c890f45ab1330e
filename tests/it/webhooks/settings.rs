//! What may be set, by whom, and how it is kept.

use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::app::accounts::tokens;
use zhitongche::documents::token_key::TokenKey;
use zhitongche::domain::webhook::WebhookFault;
use zhitongche::jobs::kinds::Lane;
use zhitongche::store::StoreError;
use zhitongche::store::schema::webhooks as rows;

use super::receiver::Receiver;
use super::{SECRET, body, cast, one, put, run, runner, set};
use crate::support::app::Answer;
use crate::support::database::Engine;

crate::both_databases!(
    only_administrators_of_the_channel_see_and_set_them,
    what_cannot_work_is_named,
    address_and_secret_are_kept_and_show_nowhere,
    a_row_that_was_changed_by_hand_is_not_followed,
    another_key_takes_the_addresses_along,
    the_page_sets_tries_and_removes_one,
);

fn faults(answer: &Answer) -> Vec<(&str, &str)> {
    assert_eq!(answer.status, 422, "{}", answer.body);
    let all = answer.body["errors"].as_array().unwrap().iter();
    all.map(|one| (one["field"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

async fn only_administrators_of_the_channel_see_and_set_them(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    cast.other_channel().await;
    let hook = set(&cast, body(&receiver, "reviewer", "generic")).await;
    let path = format!("/webhooks/{hook}");
    for (login, status) in [("author", 403), ("auditor", 403), ("security", 403), ("signer", 403), ("other-admin", 404)] {
        for answer in [
            cast.get(login, &path).await,
            cast.at(Method::PUT, login, &path, 1, body(&receiver, "signer", "generic")).await,
            cast.send("DELETE", login, &path, None, Value::Null).await,
            cast.post(login, &format!("{path}/trial"), Value::Null).await,
        ] {
            assert_eq!(answer.status, status, "{login}: {}", answer.body);
        }
        assert_eq!(cast.page(login, &format!("/outbox{path}")).await.status, status, "{login}");
    }
    assert_eq!(cast.post("security", "/webhooks", json!({"label": "", "role": "leader", "format": "wecom", "on": true})).await.status, 403);
    assert_eq!(cast.get("other-admin", "/webhooks").await.body["items"], json!([]));
    assert_eq!(cast.get("admin", "/webhooks").await.body["items"][0]["id"], json!(hook));
    assert!(receiver.taken().is_empty());
    // Its own manuscripts are told, another channel's are not.
    cast.submitted_by("other-author").await;
    assert_eq!(run(&runner(&cast)), 0);
}

async fn what_cannot_work_is_named(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let with = |field: &str, value: Value| {
        let mut wanted = body(&receiver, "reviewer", "generic");
        wanted[field] = value;
        wanted
    };
    let place = json!(cast.organization("县住建局").await);
    for (wanted, field, code) in [
        (with("label", json!(" ")), "label", "required"),
        (with("role", json!("leader")), "role", "not_called"),
        (with("role", json!("handler")), "organization_id", "required"),
        (with("organization_id", place.clone()), "organization_id", "not_allowed_here"),
        (with("url", json!("")), "url", "required"),
        (with("url", json!("ftp://example.cn/")), "url", "bad_url"),
        (with("url", json!("https://a:b@example.cn/")), "url", "bad_url"),
        (with("secret", Value::Null), "secret", "required"),
        (with("secret", json!("password")), "secret", "bad_secret"),
        (with("template", json!("{\"a\": {{text}}}")), "template", "bad_json"),
        (with("template", json!("{\"a\": \"{{title}}\"}")), "template", "unknown_placeholder"),
        (with("format", json!("wecom")), "secret", "not_allowed_here"),
    ] {
        assert_eq!(faults(&cast.post("admin", "/webhooks", wanted.clone()).await), [(field, code)], "{wanted}");
    }
    let mut unknown = with("role", json!("handler"));
    unknown["organization_id"] = json!(uuid::Uuid::nil());
    assert_eq!(faults(&cast.post("admin", "/webhooks", unknown).await), [("organization_id", "unknown")]);
    let named = cast.post("admin", "/webhooks", with("template", json!("{\"a\": [\"{{title}}\"]}"))).await;
    let words = named.body["errors"][0]["message"].as_str().unwrap();
    assert!(words.contains("title") && words.contains("/a/0"), "{}", named.body);
    assert_eq!(cast.get("admin", "/webhooks").await.body["items"], json!([]));
}

async fn address_and_secret_are_kept_and_show_nowhere(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let hook = set(&cast, body(&receiver, "reviewer", "generic")).await;
    let mut kept = body(&receiver, "reviewer", "generic");
    (kept["url"], kept["secret"], kept["label"]) = (Value::Null, Value::Null, json!("改名"));
    assert_eq!(put(&cast, &hook, 1, kept.clone()).await.status, 200);
    assert_eq!(put(&cast, &hook, 1, kept.clone()).await.status, 412, "somebody was faster");
    // The secret goes to no other address, and the address to no other form.
    let mut moved = kept.clone();
    moved["url"] = json!(receiver.url());
    assert_eq!(faults(&put(&cast, &hook, 2, moved).await), [("secret", "required")]);
    kept["format"] = json!("feishu");
    assert_eq!(faults(&put(&cast, &hook, 2, kept).await), [("url", "url_for_format")]);
    cast.submitted_by("author").await;
    run(&runner(&cast));
    assert_eq!(receiver.taken()[0].path, "/hook?key=geheim");
    let sealed: Vec<u8> = cast.desk().db.read_now(|conn| Ok::<_, StoreError>(rows::table.select(rows::target).first(conn)?)).unwrap();
    assert!(!sealed.windows(6).any(|window| window == b"geheim"));
    let entries = cast.entries(hook.parse::<uuid::Uuid>().map(zhitongche::domain::ids::AnyId).unwrap());
    let targets: Vec<&Value> = entries.iter().map(|entry| &entry["facts"]["target"]).collect();
    assert_eq!(targets, [&json!("set"), &json!("kept")], "{entries:?}");
    let mut shown = vec![one(&cast, &hook).await.to_string(), json!(entries).to_string()];
    for path in ["/outbox/webhooks".to_owned(), format!("/outbox/webhooks/{hook}"), "/jobs".to_owned(), "/health".to_owned()] {
        shown.push(cast.page("admin", &path).await.html);
    }
    assert!(shown.iter().all(|text| !text.contains("geheim") && !text.contains(&SECRET[6..])), "{shown:?}");
}

async fn a_row_that_was_changed_by_hand_is_not_followed(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    cast.tampers();
    let hook = set(&cast, body(&receiver, "reviewer", "generic")).await;
    let change = |conn: &mut zhitongche::store::AnyConn| {
        Ok::<_, StoreError>(diesel::update(rows::table).set(rows::template.eq("{\"a\":\"{{number}}\"}")).execute(conn)?)
    };
    cast.desk().db.write_now(change).unwrap();
    cast.submitted_by("author").await;
    assert_eq!((run(&runner(&cast)), receiver.taken().len()), (1, 0));
    assert_eq!(one(&cast, &hook).await["last_fault"], json!("unreadable"));
    assert!(crate::support::cast::findings(&cast.app).iter().any(|finding| finding.contains("webhooks")), "the ledger tells");
}

async fn another_key_takes_the_addresses_along(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let hook = set(&cast, body(&receiver, "reviewer", "generic")).await;
    let renew = |before: Option<TokenKey>| {
        let (key, path) = (TokenKey::generate(), cast.app.settings.token_key_file());
        let made = key.clone();
        cast.desk().write_now("test", move |tx| tokens::renew_key(tx, before.as_ref(), &made)).unwrap();
        key.replace(&path).unwrap();
        runner(&cast)
    };
    cast.submitted_by("author").await;
    cast.submitted_by("author").await;
    let before = TokenKey::load(&cast.app.settings.token_key_file()).unwrap();
    assert!(renew(before).run_one(Lane::Webhook).unwrap().is_some());
    assert_eq!(receiver.taken().len(), 1, "by the new key");
    // Where the old key is lost, the addresses are, too.
    assert!(renew(None).run_one(Lane::Webhook).unwrap().is_some());
    let row = cast.desk().db.read_now(zhitongche::store::webhooks::all).unwrap().remove(0);
    assert_eq!((receiver.taken().len(), row.last_fault, row.id.to_string()), (0, Some(WebhookFault::Unreadable), hook));
}

async fn the_page_sets_tries_and_removes_one(engine: Engine) {
    let (cast, receiver) = (cast(engine, 0).await, Receiver::start());
    let page = cast.page("admin", "/outbox").await.html;
    assert!(page.contains("href=\"/outbox/webhooks\""), "{page}");
    assert!(!cast.page("security", "/outbox").await.html.contains("/outbox/webhooks"));
    let url = receiver.url();
    let mut fields =
        vec![("label", "审核组群"), ("role", "reviewer"), ("format", "feishu"), ("language", "zh-CN"), ("on", "yes"), ("url", "x")];
    let wrong = cast.form("admin", "/outbox/webhooks/new", &fields).await;
    assert!(wrong.status == 422 && wrong.html.contains("https://") && wrong.html.contains("审核组群"), "{}", wrong.html);
    fields.pop();
    fields.push(("url", &url));
    let saved = cast.form("admin", "/outbox/webhooks/new", &fields).await;
    assert_eq!((saved.status.as_u16(), saved.location.as_str()), (303, "/outbox/webhooks?done=webhook-saved"), "{}", saved.html);
    let id = cast.get("admin", "/webhooks").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    receiver.answers("200 OK", r#"{"code":0}"#);
    let tried = cast.form("admin", &format!("/outbox/webhooks/{id}/trial"), &[]).await;
    assert!(tried.html.contains("已被接收方接受"), "{}", tried.html);
    assert!(receiver.taken()[0].text.contains("试发"));
    let form = cast.page("admin", &format!("/outbox/webhooks/{id}")).await.html;
    assert!(form.contains("审核组群") && form.contains("已保存，不显示") && !form.contains("geheim"), "{form}");
    let kept = [("version", "1"), ("label", "改名"), ("role", "signer"), ("format", "feishu"), ("language", "en")];
    let changed = cast.form("admin", &format!("/outbox/webhooks/{id}"), &kept).await;
    assert_eq!(changed.status, 303, "{}", changed.html);
    let seen = one(&cast, &id).await;
    assert_eq!(
        (&seen["label"], &seen["role"], &seen["is_on"], &seen["language"]),
        (&json!("改名"), &json!("signer"), &json!(false), &json!("en"))
    );
    let removed = cast.form("admin", &format!("/outbox/webhooks/{id}/removal"), &[]).await;
    assert_eq!((removed.status.as_u16(), removed.location.as_str()), (303, "/outbox/webhooks?done=webhook-removed"));
    assert_eq!(cast.get("admin", "/webhooks").await.body["items"], json!([]));
}
