//! Problems in words, limits, versions, and keys that make a repeat harmless.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    problems_speak_the_readers_language,
    what_cannot_be_read_is_the_callers_mistake,
    a_minute_has_its_limit,
    the_document_is_there_to_browse,
    a_wrong_parameter_is_named,
    every_answer_is_kept_from_misuse,
);

async fn problems_speak_the_readers_language(engine: Engine) {
    let cast = Cast::new(engine).await;
    let ask = |lang: &'static str| cast.app.send(cast.request(Method::GET, "author", "/nowhere").header("accept-language", lang));
    let (zh, en) = (ask("zh-CN").await, ask("en-GB,en;q=0.9").await);
    assert_eq!((zh.status, en.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(zh.headers["content-type"], "application/problem+json");
    assert_eq!((&zh.body["title"], &en.body["title"]), (&json!("没有找到"), &json!("Not found")));
    assert_eq!(zh.body["type"], "urn:zhitongche:problem:not_found");
    assert_eq!(zh.body["request_id"], zh.headers["x-request-id"].to_str().unwrap());
    let method = cast.app.send(cast.request(Method::PUT, "author", "/session")).await;
    assert_eq!((method.status, &method.body["code"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("method_not_allowed")));
    assert!(method.headers["allow"].to_str().unwrap().contains("GET"));
}

async fn what_cannot_be_read_is_the_callers_mistake(engine: Engine) {
    let cast = Cast::new(engine).await;
    let send = |body: Vec<u8>, kind: &'static str| {
        cast.app.send(cast.request(Method::POST, "", "/session").header("content-type", kind).body(body))
    };
    let json = "application/json";
    let no_json = send(b"{\"login\":".to_vec(), json).await;
    assert_eq!((no_json.status.as_u16(), &no_json.body["code"]), (400, &json!("malformed")));
    let no_utf8 = send(b"{\"login\":\"\xff\xfe\",\"password\":\"x\"}".to_vec(), json).await;
    assert_eq!(no_utf8.status.as_u16(), 400);
    let no_password = send(b"{\"login\":\"author\"}".to_vec(), json).await;
    assert_eq!((no_password.status.as_u16(), &no_password.body["errors"][0]["field"]), (422, &json!("password")));
    let text = send(b"login=author".to_vec(), "application/x-www-form-urlencoded").await;
    assert_eq!((text.status.as_u16(), &text.body["code"]), (415, &json!("unsupported_media_type")));
    let large = send(vec![b' '; cast.app.settings.server.json_bytes + 1], json).await;
    assert_eq!((large.status.as_u16(), &large.body["code"]), (413, &json!("too_large")));
    for address in ["/session?x=%00", "/manuscripts?q=%ff", "/manuscripts?q=%c0%af", "/manuscripts?q=%ed%a0%80", "/attachments/%ff"] {
        let unreadable = cast.get("author", address).await;
        assert_eq!((unreadable.status.as_u16(), &unreadable.body["code"]), (400, &json!("malformed")), "{address}");
    }
    let before = cast.get("author", "/manuscripts").await.body;
    let array = cast.app.send(cast.request(Method::POST, "author", "/manuscripts").json(&json!(["a title"]))).await;
    assert_eq!((array.status.as_u16(), &array.body["errors"][0]["field"]), (422, &json!("body")));
    assert_eq!(cast.get("author", "/manuscripts").await.body, before, "no draft was made of it");
}

async fn a_minute_has_its_limit(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.limits.requests_per_minute_account = 2).await;
    for _ in 0..2 {
        assert_eq!(cast.get("author", "/session").await.status, StatusCode::OK);
    }
    let refused = cast.get("author", "/session").await;
    assert_eq!((refused.status.as_u16(), refused.headers["retry-after"].to_str().unwrap()), (429, "30"));
    assert_eq!(cast.get("reviewer", "/session").await.status, StatusCode::OK);
    cast.app.clock.advance(chrono::Duration::seconds(30));
    assert_eq!(cast.get("author", "/session").await.status, StatusCode::OK);
    assert_eq!(cast.get("author", "/session").await.status.as_u16(), 429, "one request has come back, not two");
}

async fn the_document_is_there_to_browse(engine: Engine) {
    let cast = Cast::new(engine).await;
    let document = cast.app.get("", "/api/openapi.json").await.body;
    assert_eq!(document["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    assert_eq!(document["paths"]["/api/v1/session"]["get"]["security"], json!([{ "token": [] }]));
    assert_eq!(document["paths"]["/api/v1/session"]["post"]["security"], json!([]));
    assert_ne!(document["paths"]["/api/v1/session"]["get"]["responses"]["401"], Value::Null);
    let page = reqwest::get(cast.app.url("/api/docs")).await.unwrap();
    assert_eq!((page.status(), page.headers().contains_key("content-security-policy")), (StatusCode::OK, true));
    assert!(page.text().await.unwrap().contains("swagger-ui"));
}

async fn a_wrong_parameter_is_named(engine: Engine) {
    let cast = Cast::new(engine).await;
    for (query, field) in [
        ("limit=x", "limit"),
        ("limit=0", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("stage=nowhere&limit=3", "stage"),
        ("from=yesterday", "from"),
        ("limit=1&limit=2", "limit"),
        ("stgae=review", "stgae"),
    ] {
        let wrong =
            cast.app.send(cast.request(Method::GET, "author", &format!("/manuscripts?{query}")).header("accept-language", "en")).await;
        assert_eq!((wrong.status.as_u16(), &wrong.body["errors"][0]["field"]), (422, &json!(field)), "{query}: {}", wrong.body);
    }
}

async fn every_answer_is_kept_from_misuse(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.server.public_url = Some("https://ztc.example.gov.cn".to_owned())).await;
    let client = reqwest::Client::new();
    for path in [
        "/healthz",
        "/readyz",
        "/sign-in",
        "/nowhere",
        "/api/v1/session",
        "/api/v1/nowhere",
        "/api/openapi.json",
        "/api/docs/",
        "/favicon.ico",
    ] {
        let answer = client.get(cast.app.url(path)).send().await.unwrap();
        let says = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        assert_eq!(says("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(says("strict-transport-security"), "max-age=31536000", "{path}");
        assert!(says("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        let head = client.head(cast.app.url(path)).send().await.unwrap();
        assert_eq!(
            (head.status(), head.headers().get("content-length")),
            (answer.status(), answer.headers().get("content-length")),
            "{path}"
        );
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
    }
}
