//! The OpenAPI document. Handlers describe their input and their successful responses; what is common to all of them (errors, headers,
//! authentication) is added here, so that it is written once.

use std::sync::LazyLock;

use actix_web::App;
use actix_web::dev::ResourceDef;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

use crate::api::endpoints::Endpoints;
use crate::api::{ROOT, endpoints};

/// The skeleton of the document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "直通车 zhitongche",
        description = "Suggestions from the author's hand to a concluded, rated outcome.\n\nTimes are UTC (RFC 3339), ids are UUIDs, \
            words of the work are written in snake_case. Sign in with `POST /api/v1/session` and send the token as \
            `Authorization: Bearer TOKEN`. Of what you may not see the answer is 404. Texts for people come in Chinese or English, \
            by `Accept-Language`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "session", description = "Signing in and out"),
        (name = "manuscripts", description = "Writing, deciding on and reading manuscripts"),
        (name = "bulletins", description = "Numbered issues to the leaders"),
        (name = "endorsements", description = "What leaders write on manuscripts"),
        (name = "attachments", description = "Files that belong to manuscripts"),
        (name = "assignments", description = "Departments charged with manuscripts, and their answers"),
        (name = "outcomes", description = "Conclusion, reopening, archival, ratings, adoptions"),
        (name = "jobs", description = "Background jobs: what waits, runs, failed or was given up"),
        (name = "notices", description = "My notices, and the letters of the channel"),
        (name = "ledger", description = "Proof: checkpoints, entries, receipts"),
        (name = "accounts", description = "People, organisations, roles, tokens, stand-ins, channels and the calendar"),
    ),
    components(schemas(crate::api::problem::Problem, crate::app::jobs::JobFilter))
)]
struct DocumentFrame;

/// The whole document.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let (_, document) = App::new()
        .into_utoipa_app()
        .openapi(DocumentFrame::openapi())
        .configure(|api| endpoints(&mut Endpoints::Described(api)))
        .split_for_parts();
    complete(serde_json::to_value(document).unwrap_or_default())
});

/// The document in serialized form.
static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

/// Every address with its methods.
static ROUTES: LazyLock<Vec<(ResourceDef, String)>> = LazyLock::new(|| {
    let paths = DOCUMENT["paths"].as_object().into_iter().flatten();
    let allow =
        |item: &Value| item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase()).collect::<Vec<_>>().join(", ");
    paths.map(|(path, item)| (ResourceDef::new(path.as_str()), allow(item))).collect()
});

/// The OpenAPI document (3.1) of all routes.
#[must_use]
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// The document as text.
pub(crate) fn text() -> &'static str {
    &TEXT
}

/// The other methods of an address that does not have the requested one; `None` for an unknown address.
pub(crate) fn methods_of(path: &str) -> Option<String> {
    ROUTES.iter().find(|(route, _)| route.is_match(path)).map(|(_, methods)| methods.clone())
}

/// The routes that ignore an `Idempotency-Key`: responses that show a secret once must not be stored, and a mail server is tried anew each
/// time.
const WITHOUT_KEY: [&str; 5] = ["/session", "/tokens", "/one-time-links", "/password-resets", "/mail-settings"];

fn complete(mut document: Value) -> Value {
    let paths = std::mem::take(&mut document["paths"]);
    let mut full = Map::new();
    for (path, mut item) in paths.as_object().cloned().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete_operation(&path, method, operation);
        }
        full.insert(format!("{ROOT}{path}"), item);
    }
    document["paths"] = Value::Object(full);
    document["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "From `POST /api/v1/session` or `zhitongche token add`" }
    });
    document
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let words: Vec<&str> = path.split(['/', '{', '}', '-', '.']).filter(|word| !word.is_empty()).collect();
    operation["operationId"] = json!(format!("{method}_{}", words.join("_")));
    let open = operation["security"].as_array().is_some_and(|all| all.iter().any(|one| one.as_object().is_some_and(Map::is_empty)));
    operation["security"] = if open { json!([]) } else { json!([{ "token": [] }]) };
    let mut parameters: Vec<Value> = operation["parameters"].as_array().cloned().unwrap_or_default();
    parameters.retain(|one| one["in"] != "path");
    for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let schema = match name {
            "year" => json!({ "type": "integer", "format": "int32", "examples": [2027] }),
            "a" | "b" => json!({ "type": "integer", "format": "int64", "minimum": 1 }),
            _ => json!({ "type": "string", "format": "uuid" }),
        };
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    parameters.push(header("Accept-Language", "The language of texts for people: zh-CN or en.", "zh-CN"));
    let keyed = method == "post" && !WITHOUT_KEY.iter().any(|root| path == *root || path.starts_with(&format!("{root}/")));
    if keyed {
        let why = "Makes a repeat harmless: the first 2xx answer is kept for 7 days and given again.";
        parameters.push(header("Idempotency-Key", why, "3f1b6c2a-9e11-4c3a-9d0e-019aa0d08d7e"));
    }
    let conditional = parameters.iter().any(|one| one["name"] == "If-Match");
    let body = !operation["requestBody"].is_null();
    operation["parameters"] = Value::Array(parameters);
    let changes = method != "get";
    let statuses = [
        (400, true),
        (401, !open || matches!(path, "/session" | "/one-time-links")),
        (403, !open),
        (404, !open || path.contains('{')),
        (405, true),
        (409, changes),
        (412, conditional),
        (413, changes),
        (415, changes),
        (422, body || keyed || changes || operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["in"] == "query"))),
        (428, conditional),
        (429, true),
        (500, true),
        (503, true),
        (507, changes),
    ];
    for (status, _) in statuses.iter().filter(|(_, possible)| *possible) {
        if operation["responses"][status.to_string()].is_null() {
            operation["responses"][status.to_string()] = problem(*status);
        }
    }
}

fn header(name: &str, description: &str, example: &str) -> Value {
    let schema = json!({ "type": "string", "examples": [example] });
    json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema })
}

fn problem(status: u16) -> Value {
    let description = match status {
        400 => "The request can't be read",
        401 => "Not signed in, or no longer",
        403 => "A rule of the work gives this to others; the code says which",
        404 => "There is no such thing, or not for you",
        405 => "The address has other methods",
        409 => "A rule of the work stands against it now; the code says which",
        412 => "It has another version than you saw; `version` says which",
        413 => "More bytes than the limit",
        415 => "Not a media type, or not a file, that is taken",
        422 => "The input is not right; `errors` names each field",
        428 => "`If-Match` is missing",
        429 => "Too many requests; `Retry-After` says how long to wait",
        500 => "A mistake of the server",
        503 => "Busy; `Retry-After` says how long to wait",
        _ => "No space left",
    };
    let mut answer = json!({
        "description": description,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
    });
    if matches!(status, 429 | 503) {
        answer["headers"] = json!({ "Retry-After": { "description": "Seconds", "schema": { "type": "integer" } } });
    }
    answer
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_is_described_and_named_once() {
        let mut names = BTreeSet::new();
        for (path, item) in document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let place = format!("{method} {path}");
                assert!(operation["summary"].is_string(), "{place} has no summary");
                assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{place} has no tag, or several");
                assert!(names.insert(operation["operationId"].to_string()), "{place} has another's name");
                let responses = operation["responses"].as_object().unwrap();
                assert!(responses.keys().any(|status| status.starts_with('2')), "{place} has no good answer");
                assert!(responses.values().all(|one| !one["description"].as_str().unwrap_or_default().is_empty()), "{place}");
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let text = document().to_string();
        for name in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(!document()["components"]["schemas"][name].is_null(), "{name} is missing");
        }
    }

    #[test]
    fn the_methods_of_an_address_are_known() {
        assert_eq!(methods_of("/api/v1/session").as_deref(), Some("GET, POST, DELETE"));
        assert_eq!(methods_of("/api/v1/nowhere"), None);
    }
}
