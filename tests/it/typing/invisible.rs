//! A text that shows nothing is refused, in every field of every request that the API's own description names, and on every page.

use serde_json::{Map, Value, json};

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    every_text_of_every_request_must_show_something,
    pages_refuse_what_shows_nothing,
    marks_stay_within_a_text_that_shows
);

/// A value of this form whose texts show nothing; the paths of those texts. Ids, dates and words of a vocabulary are left out.
fn unseen(of: &Value, schemas: &Value, path: &str, found: &mut Vec<String>) -> Option<Value> {
    if let Some(name) = of["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return unseen(&schemas[name], schemas, path, found);
    }
    if let Some(any) = of["oneOf"].as_array().or(of["anyOf"].as_array()).or(of["allOf"].as_array()) {
        return any.iter().find_map(|one| unseen(one, schemas, path, found));
    }
    let is = |kind: &str| of["type"] == kind || of["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind));
    if is("object") {
        let mut made = Map::new();
        for (name, field) in of["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            made.extend(unseen(field, schemas, &path, found).map(|value| (name.clone(), value)));
        }
        return Some(Value::Object(made));
    }
    if is("array") {
        return unseen(&of["items"], schemas, &format!("{path}[0]"), found).map(|item| json!([item]));
    }
    let is_text = is("string")
        && of["enum"].is_null()
        && !matches!(of["format"].as_str(), Some("uuid" | "date" | "date-time" | "password" | "binary"));
    is_text.then(|| {
        found.push(path.to_owned());
        json!("\u{200b}\u{3164}")
    })
}

async fn every_text_of_every_request_must_show_something(engine: Engine) {
    let cast = Cast::new(engine).await;
    let described = cast.app.get("", "/api/openapi.json").await.body;
    let mut asked = 0;
    for (path, operations) in described["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let form = &operation["requestBody"]["content"]["application/json"]["schema"];
            let mut fields = Vec::new();
            let Some(body) = unseen(form, &described["components"]["schemas"], "", &mut fields) else { continue };
            if fields.is_empty() {
                continue;
            }
            let path = path.trim_start_matches("/api/v1").replace("{id}", "019438e9-4800-7183-ae5e-e3d0b09707c4").replace("{year}", "2027");
            let path = path.split('/').map(|part| if part.starts_with('{') { "019438e9-4800-7183-ae5e-e3d0b09707c4" } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            let answer = cast.send(&method.to_uppercase(), "admin", &path, Some(1), body).await;
            let told = answer.body["errors"].as_array().cloned().unwrap_or_default();
            let told: Vec<&str> = told.iter().filter(|one| one["code"] == "invisible").filter_map(|one| one["field"].as_str()).collect();
            fields.retain(|field| field != "link");
            assert_eq!(
                (answer.status.as_u16(), &told),
                (if fields.is_empty() { answer.status.as_u16() } else { 422 }, &fields.iter().map(String::as_str).collect()),
                "{method} {path}: {}",
                answer.body
            );
            asked += fields.len();
        }
    }
    assert!(asked > 60, "only {asked} texts were found in the description");
}

async fn pages_refuse_what_shows_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let version = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body["version"].to_string();
    for (login, path, fields, named) in [
        ("author", "/write".to_owned(), vec![("save", "1"), ("title", "\u{200b}"), ("situation", "\u{3164}\u{180e}")], "title"),
        ("author", "/account/tokens".to_owned(), vec![("name", "\u{2800}"), ("expires_in_days", "3")], "name"),
        ("reviewer", format!("/review/{id}"), vec![("version", &*version), ("decision", "return"), ("reason", "\u{fe0f}")], "reason"),
        (
            "reviewer",
            format!("/review/{id}"),
            vec![("version", &*version), ("decision", "recommend"), ("opinion", "\u{115f}\u{301}")],
            "opinion",
        ),
        ("admin", "/organizations/new".to_owned(), vec![("name", "\u{e0041}"), ("kind", "other")], "name"),
    ] {
        let shown = cast.form(login, &path, &fields).await;
        assert_eq!(shown.status.as_u16(), 422, "{path} {named}: {}", shown.html);
        assert!(shown.html.contains("只有看不见的字符") || shown.html.contains("请填写"), "{path} {named}: {}", shown.html);
    }
    let after = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body;
    assert_eq!((after["version"].to_string(), &after["stage"]), (version, &json!("review")));
}

async fn marks_stay_within_a_text_that_shows(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut body = crate::support::cast::complete();
    (body["title"], body["situation"]) = (json!("葛\u{e0100}城\u{200b}停车"), json!("👩\u{200d}👧在车流中\u{202a}穿行\u{202c}。"));
    let made = cast.post("author", "/manuscripts", body.clone()).await;
    assert_eq!(
        (made.status.as_u16(), &made.body["title"], &made.body["situation"]),
        (201, &body["title"], &body["situation"]),
        "{}",
        made.body
    );
}
