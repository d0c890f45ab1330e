//! Every reading that a person has: each GET of the API and each page, with every filter, order and page of the lists, as bytes.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Stage;

use crate::access::routes::{On, all};
use crate::support::cast::Cast;
use crate::support::pages::declared;

/// Pages that are about one manuscript.
const OF_MANUSCRIPT: [&str; 16] = [
    "",
    "/revisions",
    "/edit",
    "/check",
    "/receipt",
    "/rating",
    "/withdrawal",
    "/discard",
    "/co-signature",
    "/assignment",
    "/suggestions",
    "/conclusion",
    "/reopening",
    "/endorsement",
    "/revisions?from=1&to=2",
    "?view=history",
];

/// Pages that are about no single thing, and the live counts.
pub(crate) const PAGES: [&str; 48] = [
    "/",
    "/mine",
    "/manuscripts",
    "/inbox",
    "/events/now",
    "/statistics",
    "/statistics?year=2026",
    "/account",
    "/account/password",
    "/account/stand-ins",
    "/account/tokens",
    "/write",
    "/review",
    "/screening",
    "/signing",
    "/dispatch",
    "/dispatch/assign",
    "/dispatch/settled",
    "/dispatch/receive",
    "/dispatch/work",
    "/dispatch/check",
    "/dispatch/report",
    "/handling",
    "/handling/receive",
    "/reading",
    "/reading/done",
    "/reading/results",
    "/endorsements",
    "/bulletins",
    "/bulletins/new",
    "/people",
    "/people/existing",
    "/people/new",
    "/organizations",
    "/organizations/new",
    "/calendar",
    "/settings",
    "/outbox",
    "/outbox/settings",
    "/outbox/webhooks",
    "/outbox/webhooks/new",
    "/outbox/webhooks/019a0000-0000-7000-8000-000000000001",
    "/jobs",
    "/health",
    "/ledger",
    "/ledger/checkpoint",
    "/ledger/receipt",
    "/more",
];

/// Pages of one thing that is no manuscript: of a bulletin, an endorsement, an attachment, an organisation, the reader.
const OF_OTHERS: [(On, &[&str]); 5] = [
    (On::Bulletin, &["/bulletins/{id}", "/bulletins/{id}/print"]),
    (On::Endorsement, &["/endorsements/{id}"]),
    (On::Attachment, &["/attachments/{id}"]),
    (On::Organization, &["/organizations/{id}"]),
    (On::Person, &["/people/{id}", "/people/{id}/edit", "/people/{id}/roles", "/people/{id}/handover"]),
];

/// Pages that show nothing of a manuscript to anybody: files of the program, the way in, and the line of events, which has a test of its own.
const OTHER_PAGES: [&str; 6] = ["/assets/{version}/{name}", "/favicon.ico", "/sign-in", "/forgotten", "/one-time/{secret}", "/events"];

/// What there is to be read.
#[derive(Debug, Default, Clone)]
pub(crate) struct Things {
    pub(crate) manuscripts: Vec<String>,
    pub(crate) assignments: Vec<String>,
    /// Of each other kind one.
    pub(crate) others: Vec<(On, String)>,
}

impl Things {
    fn of(&self, on: On) -> Vec<String> {
        match on {
            On::Manuscript => self.manuscripts.clone(),
            On::Assignment => self.assignments.clone(),
            _ => self.others.iter().filter(|(kind, _)| *kind == on).map(|(_, id)| id.clone()).collect(),
        }
    }
}

/// Where each reading begins, and what it gives.
pub(crate) type Readings = BTreeMap<String, String>;

/// Takes every reading of this person, and tries every act on an old version, which is refused.
pub(crate) async fn all_of(cast: &Cast, login: &str, things: &Things) -> Readings {
    let mut readings = gets_of(cast, login, things).await;
    refusals(cast, login, things, &mut readings).await;
    readings
}

/// Takes every reading of this person, and tries nothing.
pub(crate) async fn gets_of(cast: &Cast, login: &str, things: &Things) -> Readings {
    let mut readings = Readings::new();
    for path in api_paths(things) {
        let answer = cast.app.send(cast.request(Method::GET, login, &path)).await;
        let etag = answer.headers.get("etag").map(|etag| etag.to_str().unwrap().to_owned());
        readings.insert(format!("API {path}"), format!("{} {etag:?} {}", answer.status, plain(answer.body)));
    }
    for query in queries(cast, login) {
        page_through(cast, login, &query, &mut readings).await;
    }
    for path in pages(things) {
        let shown = cast.page(login, &path).await;
        assert!(!shown.status.is_server_error(), "{path}: {}", shown.status);
        readings.insert(format!("page {path}"), format!("{} {} {}", shown.status, shown.location, shown.html));
    }
    readings
}

/// The addresses of all pages.
fn pages(things: &Things) -> Vec<String> {
    let of = |id: &String| {
        let desks = ["review", "screening", "signing", "reading"].map(|desk| format!("/{desk}/{id}"));
        let edit = ["edit", "carry-over"].map(|page| format!("/review/{id}/{page}"));
        OF_MANUSCRIPT.map(|page| format!("/manuscripts/{id}{page}")).into_iter().chain(desks).chain(edit).collect::<Vec<_>>()
    };
    let narrowed = Stage::ALL.iter().map(|stage| format!("/manuscripts?stage={stage}"));
    let others = OF_OTHERS.iter().flat_map(|(on, paths)| things.of(*on).into_iter().map(move |id| (id, *paths)));
    let others = others.flat_map(|(id, paths)| paths.iter().map(move |path| path.replace("{id}", &id)));
    PAGES.iter().map(ToString::to_string).chain(things.manuscripts.iter().flat_map(of)).chain(narrowed).chain(others).collect()
}

#[test]
fn every_page_is_read() {
    let some = |on: On| (on, "id".to_owned());
    let things =
        Things { manuscripts: vec!["id".to_owned()], others: OF_OTHERS.iter().map(|(on, _)| some(*on)).collect(), ..Things::default() };
    let read = pages(&things);
    let parts = |path: &str| path.split('?').next().unwrap().split('/').map(str::to_owned).collect::<Vec<_>>();
    let is = |declared: &str, path: &str| {
        let (declared, path) = (parts(declared), parts(path));
        declared.len() == path.len() && declared.iter().zip(&path).all(|(one, other)| one.starts_with('{') || one == other)
    };
    let declared = declared("get");
    assert!(declared.len() > 50, "{declared:?}");
    let missed: Vec<_> =
        declared.iter().filter(|path| !OTHER_PAGES.contains(&path.as_str()) && !read.iter().any(|one| is(path, one))).collect();
    assert!(missed.is_empty(), "no test looks whether these tell an author of a decision: {missed:?}");
}

/// What is answered to acts on a version that never was, or on nothing that could be done.
async fn refusals(cast: &Cast, login: &str, things: &Things, readings: &mut Readings) {
    for route in all().into_iter().filter(|route| route.method != "GET" && route.on == On::Manuscript) {
        for id in &things.manuscripts {
            let path = route.path.replace("{id}", id).replace("{request_id}", id);
            let answer = cast.send(route.method, login, &path, Some(999), route.body.clone()).await;
            assert!(answer.status.is_client_error(), "{} {path}: {}", route.method, answer.status);
            let etag = answer.headers.get("etag").map(|etag| etag.to_str().unwrap().to_owned());
            readings.insert(format!("{} {path}", route.method), format!("{} {etag:?} {}", answer.status, plain(answer.body)));
        }
    }
}

fn api_paths(things: &Things) -> Vec<String> {
    let mut paths = Vec::new();
    for route in all().into_iter().filter(|route| route.method == "GET" && route.path != "/events") {
        if !route.path.contains('{') {
            paths.push(route.path.to_owned());
        }
        for id in things.of(route.on) {
            let path = route.path.replace("{id}", &id);
            paths.extend([("1", "1"), ("1", "2"), ("2", "2")].map(|(a, b)| path.replace("{a}", a).replace("{b}", b)));
        }
    }
    paths.sort();
    paths.dedup();
    paths
}

/// The GETs of the API that are about no single thing.
pub(crate) fn api_lists() -> Vec<String> {
    let paths = api_paths(&Things::default()).into_iter().filter(|path| !path.contains('{'));
    paths.collect()
}

/// Every way to ask for the list of manuscripts.
fn queries(cast: &Cast, login: &str) -> Vec<String> {
    let day = "2026-11-20T00:00:00Z";
    let mut filters: Vec<String> = ["", "q=停车", "q=2026-00", "category=社会建设", "desk=mine"].map(str::to_owned).into();
    filters.extend([format!("from={day}"), format!("to={day}"), format!("author={}", cast.id(login))]);
    filters.extend(Stage::ALL.iter().map(|stage| format!("stage={stage}")));
    let mine = |stage: &Stage| format!("stage={stage}&desk=mine");
    filters.extend([Stage::Draft, Stage::Review, Stage::Returned, Stage::Signing, Stage::Forwarded].iter().map(mine));
    let orders = ["limit=1", "limit=1&sort=due"];
    let all = filters.iter().flat_map(|filter| orders.map(|order| format!("{filter}&{order}")));
    all.chain(["limit=50", "limit=50&sort=due"].map(str::to_owned)).collect()
}

/// A list from its first page to its last.
async fn page_through(cast: &Cast, login: &str, query: &str, readings: &mut Readings) {
    let mut cursor = String::new();
    for page in 0..20 {
        let path = format!("/manuscripts?{}{cursor}", query.trim_start_matches('&'));
        let answer = cast.get(login, &path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let next = answer.body["next_cursor"].as_str().map(str::to_owned);
        let items = answer.body["items"].as_array().unwrap().len();
        assert!(items > 0 || next.is_none(), "{path}: a page of nothing has no next one");
        readings.insert(format!("list {query} page {page}"), answer.body.to_string());
        let Some(next) = next else { return };
        cursor = format!("&cursor={next}");
    }
    panic!("{query} never ends");
}

/// A body without what differs from one request to the next.
fn plain(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut().filter(|fields| fields.contains_key("code")) {
        fields.remove("request_id");
        fields.remove("instance");
    }
    body
}

/// What differs, as few words as say it.
pub(crate) fn differences(before: &Readings, after: &Readings) -> Vec<String> {
    let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let none = String::new();
    let mut found = Vec::new();
    for key in keys {
        let (was, is) = (before.get(key).unwrap_or(&none), after.get(key).unwrap_or(&none));
        if was != is {
            let at = was.char_indices().zip(is.chars()).find(|((_, a), b)| a != b).map_or(was.len().min(is.len()), |((at, _), _)| at);
            let around =
                |text: &str| text.chars().skip(text[..at.min(text.len())].chars().count().saturating_sub(40)).take(110).collect::<String>();
            found.push(format!("{key}\n  was …{}…\n  is  …{}…", around(was), around(is)));
        }
    }
    found
}

/// An id out of an answer.
pub(crate) fn id_of(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id in {body}")).to_owned()
}

/// The body of a decision.
pub(crate) fn decision(word: &str) -> Value {
    match word {
        "recommend" => json!({"decision": "recommend", "opinion": "拟采用。"}),
        "decline" => json!({"decision": "decline", "reason_code": "duplicate", "reason": "与他人的重复。"}),
        "return" => json!({
            "decision": "return", "reason": "请补充数据。", "requests": [{"part": "situation", "from": 0, "to": 4, "text": "请写明哪一年"}]
        }),
        "pass" => json!({"decision": "pass"}),
        "sign" => json!({"decision": "sign"}),
        "send_back" => json!({"decision": "send_back", "reason": "请再核对。"}),
        other => panic!("no decision is called {other}"),
    }
}
