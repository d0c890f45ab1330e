//! One manuscript at every stage, and what belongs to them; each with those who see it, written from "Who sees what".

use serde_json::{Value, json};

use crate::support::cast::{Cast, complete};

/// Somebody of every role in every relation: `screened` is the author of most, `screener` and `coauthor` are of their organisation,
/// `leader` is the recipient and `secretary` serves them, `handler` is of the department that is charged; the others are not.
pub(super) const PEOPLE: [&str; 16] = [
    "author",
    "coauthor",
    "screened",
    "screener",
    "reviewer",
    "reviewer2",
    "signer",
    "dispatcher",
    "leader",
    "leader2",
    "secretary",
    "handler",
    "handler2",
    "auditor",
    "security",
    "admin",
];

/// The same in another channel, one of each relation.
pub(super) const STRANGERS: [&str; 9] = [
    "other-screened",
    "other-screener",
    "other-reviewer",
    "other-signer",
    "other-dispatcher",
    "other-leader",
    "other-handler",
    "other-auditor",
    "other-admin",
];

/// Who sees what: the state that a manuscript was brought to, and everybody who sees it there.
pub(super) const WHO_SEES_WHAT: [(&str, &str); 18] = [
    ("draft", "screened"),
    ("invited", "screened coauthor"),
    ("screening", "screened screener"),
    ("returned_by_office", "screened screener"),
    ("review", "screened screener reviewer reviewer2"),
    ("returned", "screened screener reviewer reviewer2"),
    ("withdrawn", "screened screener reviewer reviewer2"),
    ("declined", "screened screener reviewer reviewer2"),
    // Into one that was signed: who handles that one reads it.
    ("merged", "screened screener reviewer reviewer2 signer dispatcher"),
    ("signing", "screened screener reviewer reviewer2 signer"),
    ("accepted", "screened screener reviewer reviewer2 signer dispatcher"),
    ("forwarded", "screened screener reviewer reviewer2 signer dispatcher leader secretary"),
    // In a bulletin; and in one that was cancelled, which takes it from the leaders again.
    ("issued", "screened screener reviewer reviewer2 signer dispatcher leader secretary"),
    ("recalled", "screened screener reviewer reviewer2 signer dispatcher"),
    ("handling", "screened screener reviewer reviewer2 signer dispatcher leader secretary handler"),
    ("concluded", "screened screener reviewer reviewer2 signer dispatcher leader secretary handler"),
    ("archived", "screened screener reviewer reviewer2 signer dispatcher leader secretary handler"),
    // Of an organisation that does not screen: its author, and no screener at all.
    ("unscreened", "author reviewer reviewer2"),
];

/// A manuscript, or something that belongs to one.
pub(super) struct Object {
    pub(super) name: String,
    pub(super) id: String,
    seen_by: &'static str,
}

impl Object {
    /// Whether this person is to see it.
    pub(super) fn is_seen_by(&self, login: &str) -> bool {
        self.seen_by.split_whitespace().any(|one| one == login)
    }
}

/// Everything that the test looks at.
pub(super) struct Objects {
    pub(super) manuscripts: Vec<Object>,
    pub(super) assignments: Vec<Object>,
    pub(super) endorsements: Vec<Object>,
    pub(super) attachments: Vec<Object>,
    pub(super) bulletins: Vec<Object>,
    pub(super) persons: Vec<Object>,
    pub(super) grants: Vec<Object>,
    pub(super) organizations: Vec<Object>,
    pub(super) channels: Vec<Object>,
}

/// Everybody of the channel.
const EVERYBODY: &str = "author coauthor screened screener reviewer reviewer2 signer dispatcher leader leader2 secretary handler \
    handler2 auditor security admin";

/// Makes all of it through the API itself.
pub(super) async fn make(cast: &Cast) -> Objects {
    let mut manuscripts = Vec::new();
    let mut into = String::new();
    // The target of the merge first.
    let order =
        WHO_SEES_WHAT.iter().filter(|(name, _)| *name != "merged").chain(WHO_SEES_WHAT.iter().filter(|(name, _)| *name == "merged"));
    for (name, seen_by) in order {
        cast.app.clock.advance(chrono::Duration::seconds(1));
        let id = bring(cast, name, &into).await;
        if *name == "accepted" {
            into.clone_from(&id);
        }
        manuscripts.push(Object { name: (*name).to_owned(), id, seen_by });
    }
    let bulletins = bulletins(cast, &manuscripts).await;
    let one = |name: &str, id: String, seen_by: &'static str| vec![Object { name: name.to_owned(), id, seen_by }];
    let person = cast.user("handler2").await.to_string();
    let grant = cast.get("auditor", &format!("/users/{person}")).await.body["roles"][0]["id"].as_str().unwrap().to_owned();
    let mut objects = Objects {
        manuscripts,
        assignments: Vec::new(),
        endorsements: Vec::new(),
        attachments: Vec::new(),
        bulletins,
        persons: one("handler2", person, "handler2 screener reviewer reviewer2 signer dispatcher auditor security admin"),
        grants: one("handler2's", grant, "handler2 auditor security admin"),
        organizations: one("县教育局", cast.organization("县教育局").await.to_string(), EVERYBODY),
        channels: one("the channel", cast.channel.to_string(), EVERYBODY),
    };
    for name in ["handling", "concluded", "archived"] {
        let it = objects.manuscripts.iter().find(|one| one.name == name).unwrap();
        let read = cast.get("dispatcher", &format!("/manuscripts/{}", it.id)).await.body;
        let assignment = read["assignments"][0]["id"].as_str().unwrap().to_owned();
        objects.assignments.push(Object { name: name.to_owned(), id: assignment, seen_by: it.seen_by });
        let endorsement = read["endorsements"][0]["id"].as_str().unwrap().to_owned();
        objects.endorsements.push(Object { name: name.to_owned(), id: endorsement, seen_by: it.seen_by });
    }
    for it in &objects.manuscripts {
        let read = cast.get(it.seen_by.split_whitespace().next().unwrap(), &format!("/manuscripts/{}/attachments", it.id)).await.body;
        let file = read["items"][0]["id"].as_str().unwrap().to_owned();
        objects.attachments.push(Object { name: it.name.clone(), id: file, seen_by: it.seen_by });
    }
    objects
}

/// Brings a new manuscript to where its name says.
async fn bring(cast: &Cast, name: &str, into: &str) -> String {
    let author = if name == "unscreened" { "author" } else { "screened" };
    let mut form = complete();
    form.as_object_mut().unwrap().remove("submit");
    let begun = cast.send("POST", author, "/manuscripts", None, form).await;
    let id = begun.body["id"].as_str().unwrap().to_owned();
    attach(cast, author, &id).await;
    // What an author adds to a returned one later than its return is their own until they hand it in again.
    cast.app.clock.advance(chrono::Duration::minutes(1));
    if name == "invited" {
        let seen = cast.get(author, &format!("/manuscripts/{id}")).await.body["version"].as_i64();
        let invited = cast.send("PUT", author, &format!("/manuscripts/{id}/authors"), seen, json!({"authors": ["coauthor"]})).await;
        assert!(invited.status.is_success(), "{}", invited.body);
    }
    for (login, act, body) in steps(cast, name, into).await {
        cast.act(login, &id, act, body).await;
    }
    if matches!(name, "handling" | "concluded" | "archived") {
        handle(cast, &id, name).await;
    }
    id
}

async fn attach(cast: &Cast, login: &str, id: &str) {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
    let form = reqwest::multipart::Form::new().part("file", reqwest::multipart::Part::bytes(png).file_name("现场.png"));
    let path = format!("/api/v1/manuscripts/{id}/attachments");
    let answer = cast.app.send(cast.app.request(reqwest::Method::POST, &path, &format!("token-{login}")).multipart(form)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

/// The acts up to the leaders, by whom and with what.
async fn steps(cast: &Cast, name: &str, into: &str) -> Vec<(&'static str, &'static str, Value)> {
    let submit = ("screened", "submission", Value::Null);
    let pass = ("screener", "screening", json!({"decision": "pass"}));
    let recommend = ("reviewer", "review", json!({"decision": "recommend", "opinion": "拟采用。"}));
    let sign = ("signer", "signature", json!({"decision": "sign"}));
    let end = match name {
        "draft" | "invited" => return Vec::new(),
        "unscreened" => return vec![("author", "submission", Value::Null)],
        "screening" => return vec![submit],
        "returned_by_office" => return vec![submit, ("screener", "screening", json!({"decision": "return", "reason": "请补充。"}))],
        "review" => return vec![submit, pass],
        "returned" => ("reviewer", "review", json!({"decision": "return", "reason": "请补充。"})),
        "withdrawn" => ("screened", "withdrawal", Value::Null),
        "declined" => ("reviewer", "review", json!({"decision": "decline", "reason_code": "duplicate", "reason": "重复。"})),
        "merged" => ("reviewer", "merge", json!({"into": into})),
        "signing" => return vec![submit, pass, recommend],
        "accepted" | "issued" | "recalled" => return vec![submit, pass, recommend, sign],
        _ => {
            let recipients = json!({"recipients": [cast.user("leader").await]});
            return vec![submit, pass, recommend, sign, ("signer", "forwarding", recipients)];
        }
    };
    vec![submit, pass, end]
}

/// From the leaders through the department, as far as the name says.
async fn handle(cast: &Cast, id: &str, name: &str) {
    let endorsed = cast.send("POST", "leader", &format!("/manuscripts/{id}/endorsements"), None, json!({"kind": "noted"})).await;
    assert_eq!(endorsed.status, 201, "{}", endorsed.body);
    let form = json!({"form": "single", "departments": [{"organization_id": cast.organization("县住建局").await}]});
    let charged = cast.act("dispatcher", id, "assignments", form).await;
    if name == "handling" {
        return;
    }
    let one = charged["assignments"][0]["id"].as_str().unwrap();
    let reply = json!({
        "words": "已研究。", "result_code": "A", "consultation": "meeting", "officer": "周敏",
        "items": [{"number": 1, "answer": "adopted", "words": "已办。"}, {"number": 2, "answer": "adopted", "words": "已办。"}]
    });
    for (login, act, seen, body) in [
        ("handler", "receipt", 1, Value::Null),
        ("handler", "reply", 2, reply),
        ("dispatcher", "reply-review", 3, json!({"decision": "approve"})),
    ] {
        let answer = cast.send("POST", login, &format!("/assignments/{one}/{act}"), Some(seen), body).await;
        assert!(answer.status.is_success(), "{act}: {}", answer.body);
    }
    cast.act("dispatcher", id, "conclusion", json!({"result": "已办结。"})).await;
    if name == "archived" {
        cast.act("dispatcher", id, "archival", json!({})).await;
    }
}

/// One in each state. Those that were issued have manuscripts of their own, because they move them on.
async fn bulletins(cast: &Cast, manuscripts: &[Object]) -> Vec<Object> {
    let office = "reviewer reviewer2 signer";
    let readers = "reviewer reviewer2 signer dispatcher leader secretary";
    let mut made = Vec::new();
    for (name, manuscript, acts, seen_by) in [
        ("draft", "accepted", &[][..], office),
        ("submitted", "accepted", &["submission"], office),
        ("issued", "issued", &["submission", "issuance"], readers),
        ("cancelled", "recalled", &["submission", "issuance", "cancellation"], readers),
    ] {
        let manuscript = &manuscripts.iter().find(|one| one.name == manuscript).unwrap().id;
        let recipients = json!([{"user_id": cast.user("leader").await}]);
        let form = json!({"title": "专报", "manuscripts": [manuscript], "recipients": recipients});
        let begun = cast.send("POST", "reviewer", "/bulletins", None, form).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        let id = begun.body["id"].as_str().unwrap().to_owned();
        for act in acts {
            let login = if *act == "submission" { "reviewer" } else { "signer" };
            let seen = cast.get(login, &format!("/bulletins/{id}")).await.body["version"].as_i64();
            let body = if *act == "cancellation" { json!({"reason": "有误。"}) } else { Value::Null };
            let done = cast.send("POST", login, &format!("/bulletins/{id}/{act}"), seen, body).await;
            assert!(done.status.is_success(), "{act}: {}", done.body);
        }
        made.push(Object { name: name.to_owned(), id, seen_by });
    }
    made
}
