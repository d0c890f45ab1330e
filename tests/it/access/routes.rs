//! Every route of the API, and what it hangs on. A route that is not here fails the test: say here whose it is.

use serde_json::{Value, json};

/// What stands in a path's first braces, and with it whose sight the route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// A manuscript: whoever does not see it gets 404.
    Manuscript,
    /// An assignment of a manuscript: likewise.
    Assignment,
    /// An endorsement of a manuscript: likewise.
    Endorsement,
    /// An attachment of a manuscript: likewise.
    Attachment,
    /// A bulletin: the office, and once issued its recipients and the dispatchers.
    Bulletin,
    /// A list that holds what the caller sees and nothing else; looked at in a test of its own.
    List,
    /// Nothing that exists yet, and only these people may make it; everybody else is refused.
    New(&'static [&'static str]),
    /// Only these people; everybody else is refused. Where it changes something, administrators alone; they are left out here.
    Roles(&'static [&'static str]),
    /// The installation's: for administrators of the channel that was opened first, and refused to everybody else.
    Installation,
    /// The caller's own things, or what everybody of the channel may know.
    Own,
    /// An account: its person, the staff and the administrators.
    Person,
    /// A role that somebody holds: its holder, administrators and auditors.
    Grant,
    /// An organisation, which everybody of the channel knows.
    Organization,
    /// The channel itself.
    Channel,
}

impl On {
    /// Whether only administrators change it.
    pub(super) const fn is_account(self) -> bool {
        matches!(self, Self::Person | Self::Grant | Self::Organization | Self::Channel)
    }
}

pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) on: On,
    /// A body that would do, so that nothing but the right stands against it.
    pub(crate) body: Value,
}

/// All of them, as `METHOD path` of the document below `/api/v1`.
pub(crate) fn all() -> Vec<Route> {
    let mut routes = Vec::new();
    let mut add = |on: On, lines: Vec<(&'static str, Value)>| {
        for (line, body) in lines {
            let (method, path) = line.split_once(' ').unwrap();
            routes.push(Route { method, path, on, body });
        }
    };
    add(On::Manuscript, manuscripts());
    add(On::Assignment, assignments());
    let why = || json!({"reason": "有误。"});
    add(
        On::Endorsement,
        vec![
            ("GET /endorsements/{id}", Value::Null),
            ("POST /endorsements/{id}/confirmation", Value::Null),
            ("POST /endorsements/{id}/countersignature", Value::Null),
            ("POST /endorsements/{id}/rejection", why()),
            ("POST /endorsements/{id}/undo", Value::Null),
        ],
    );
    add(On::Attachment, vec![("GET /attachments/{id}", Value::Null), ("DELETE /attachments/{id}", Value::Null)]);
    add(
        On::Bulletin,
        vec![
            ("GET /bulletins/{id}", Value::Null),
            ("PATCH /bulletins/{id}", json!({"title": "另一期"})),
            ("DELETE /bulletins/{id}", Value::Null),
            ("POST /bulletins/{id}/submission", Value::Null),
            ("POST /bulletins/{id}/send-back", why()),
            ("POST /bulletins/{id}/issuance", Value::Null),
            ("POST /bulletins/{id}/cancellation", why()),
        ],
    );
    add(On::List, bare(LISTS));
    add(On::New(&["author", "coauthor", "screened"]), vec![("POST /manuscripts", json!({"title": "关于路灯的建议"}))]);
    add(On::New(&["reviewer", "reviewer2", "signer"]), vec![("POST /bulletins", json!({"title": "另一期"}))]);
    add(On::New(&super::objects::PEOPLE), vec![("POST /tokens", json!({"name": "程序"}))]);
    let period = json!({"role": "reviewer", "from": "2026-11-21T00:00:00Z", "to": "2026-11-30T00:00:00Z"});
    add(On::New(&["reviewer", "reviewer2"]), vec![("POST /stand-ins", period)]);
    add(On::Roles(&["auditor"]), bare(&["GET /ledger/checkpoint", "GET /ledger/entries", "GET /ledger/consistency?from=0"]));
    add(On::Roles(&["security", "admin"]), bare(&["GET /outbox"]));
    add(On::Roles(&[]), bare(&["POST /outbox/{id}/retry", "POST /jobs/{id}/retry", "POST /jobs/{id}/discard"]));
    add(On::Roles(&["security", "admin"]), vec![("POST /outbox/retry", json!({}))]);
    add(On::Roles(&["admin"]), vec![("GET /jobs", Value::Null), ("POST /jobs/retry", json!({})), ("POST /backups", Value::Null)]);
    let mail = json!({"transport": "file", "security": "tls"});
    add(On::Installation, vec![("GET /mail-settings", Value::Null), ("PUT /mail-settings", mail.clone())]);
    add(On::Installation, vec![("POST /mail-settings/trial", mail)]);
    let webhook = json!({"label": "群", "role": "reviewer", "format": "wecom", "url": "https://127.0.0.1/", "on": true});
    add(
        On::Roles(&["admin"]),
        vec![("GET /webhooks", Value::Null), ("GET /webhooks/{id}", Value::Null), ("POST /webhooks", webhook.clone())],
    );
    add(On::Roles(&[]), vec![("PUT /webhooks/{id}", webhook)]);
    add(On::Roles(&[]), bare(&["DELETE /webhooks/{id}", "POST /webhooks/{id}/trial"]));
    add(On::Own, bare(OWN));
    accounts(&mut add);
    routes
}

const LISTS: &[&str] = &[
    "GET /manuscripts",
    "GET /assignments",
    "GET /bulletins",
    "GET /endorsements",
    "GET /inbox",
    "GET /users",
    "GET /roles",
    "GET /organizations",
    "GET /stand-ins",
    "GET /tokens",
];

/// Of these each person has their own, by their token or by a secret that they were sent; their own tests look at them.
const OWN: &[&str] = &[
    "POST /session",
    "GET /session",
    "DELETE /session",
    "POST /session/membership",
    "PUT /password",
    "POST /one-time-links",
    "POST /password-resets",
    "DELETE /tokens/{id}",
    "GET /stand-ins/{id}",
    "DELETE /stand-ins/{id}",
    "POST /inbox/{id}/read",
    "GET /calendar",
    "GET /events",
];

fn bare(lines: &[&'static str]) -> Vec<(&'static str, Value)> {
    lines.iter().map(|line| (*line, Value::Null)).collect()
}

fn accounts(add: &mut impl FnMut(On, Vec<(&'static str, Value)>)) {
    let some_id = "019aa0d0-8d7e-7000-8000-000000000001";
    let person = vec![
        ("GET /users/{id}", Value::Null),
        ("PATCH /users/{id}", json!({"name": "改名"})),
        ("POST /users/{id}/suspension", Value::Null),
        ("DELETE /users/{id}/suspension", Value::Null),
        ("POST /users/{id}/one-time-link", Value::Null),
        ("POST /users/{id}/handover", json!({"to_id": some_id})),
    ];
    add(On::Person, person);
    add(On::Grant, bare(&["GET /roles/{id}", "DELETE /roles/{id}"]));
    add(On::Organization, vec![("GET /organizations/{id}", Value::Null), ("PATCH /organizations/{id}", json!({"name": "改名"}))]);
    add(On::Channel, vec![("GET /channels/{id}", Value::Null), ("PATCH /channels/{id}", json!({"name": "改名"}))]);
    let new_person = json!({"login": "newcomer", "name": "新人", "email": "n@example.cn", "organization_id": some_id});
    let by_administrators = vec![
        ("POST /users", new_person),
        ("POST /memberships", json!({"login": "newcomer", "name": "新人", "organization_id": some_id})),
        ("POST /roles", json!({"user_id": some_id, "role": "reviewer"})),
        ("POST /organizations", json!({"name": "新单位", "kind": "other"})),
        ("PUT /calendar/{year}", json!({"rest": []})),
    ];
    add(On::Roles(&[]), by_administrators);
}

fn manuscripts() -> Vec<(&'static str, Value)> {
    let some_id = "019aa0d0-8d7e-7000-8000-000000000001";
    let text = json!({"title": "题", "situation": "情况。", "causes": "", "suggestions": ["建议。"]});
    vec![
        ("GET /manuscripts/{id}", Value::Null),
        ("PATCH /manuscripts/{id}", json!({"title": "另一题"})),
        ("DELETE /manuscripts/{id}", Value::Null),
        ("GET /manuscripts/{id}/history", Value::Null),
        ("GET /manuscripts/{id}/revisions", Value::Null),
        ("GET /manuscripts/{id}/revisions/{a}..{b}", Value::Null),
        ("GET /manuscripts/{id}/receipt", Value::Null),
        ("GET /manuscripts/{id}/attachments", Value::Null),
        ("PUT /manuscripts/{id}/authors", json!({"authors": []})),
        ("POST /manuscripts/{id}/co-signature", json!({"decision": "sign"})),
        ("PUT /manuscripts/{id}/requests/{request_id}/tick", Value::Null),
        ("DELETE /manuscripts/{id}/requests/{request_id}/tick", Value::Null),
        ("POST /manuscripts/{id}/submission", Value::Null),
        ("POST /manuscripts/{id}/withdrawal", Value::Null),
        ("POST /manuscripts/{id}/screening", json!({"decision": "pass"})),
        ("POST /manuscripts/{id}/review", json!({"decision": "recommend", "opinion": "拟采用。"})),
        ("POST /manuscripts/{id}/edited-text/carry-over", text.clone()),
        ("PUT /manuscripts/{id}/edited-text", text),
        ("GET /manuscripts/{id}/edited-text/comparison", Value::Null),
        ("DELETE /manuscripts/{id}/edited-text", Value::Null),
        ("POST /manuscripts/{id}/signature", json!({"decision": "sign"})),
        ("POST /manuscripts/{id}/merge", json!({"into": some_id})),
        ("DELETE /manuscripts/{id}/merge", Value::Null),
        ("POST /manuscripts/{id}/merged-suggestions", json!({"reason": "一并答复。"})),
        ("POST /manuscripts/{id}/referral", json!({"addressee": "县信访局"})),
        ("POST /manuscripts/{id}/reconsideration", json!({"reason": "有新情况。"})),
        ("POST /manuscripts/{id}/undo", Value::Null),
        ("POST /manuscripts/{id}/forwarding", json!({"recipients": [some_id]})),
        ("POST /manuscripts/{id}/endorsements", json!({"kind": "noted"})),
        ("POST /manuscripts/{id}/assignments", json!({"form": "single", "departments": [{"organization_id": some_id}]})),
        ("POST /manuscripts/{id}/conclusion", json!({"result": "已办结。"})),
        ("POST /manuscripts/{id}/reopening", json!({"reason": "有新情况。"})),
        ("POST /manuscripts/{id}/archival", json!({})),
        ("POST /manuscripts/{id}/ratings", json!({"attitude": "satisfied", "result": "satisfied"})),
        ("POST /manuscripts/{id}/adoptions", json!({"level": "city", "body": "市委", "form": "single", "adopted_on": "2026-11-02"})),
        ("POST /manuscripts/{id}/attachments", Value::Null),
    ]
}

fn assignments() -> Vec<(&'static str, Value)> {
    let reply = json!({
        "words": "已研究。", "result_code": "A", "consultation": "meeting", "officer": "周敏",
        "items": [{"number": 1, "answer": "adopted", "words": "已办。"}, {"number": 2, "answer": "adopted", "words": "已办。"}]
    });
    vec![
        ("GET /assignments/{id}", Value::Null),
        ("POST /assignments/{id}/receipt", Value::Null),
        ("POST /assignments/{id}/return-request", json!({"reason": "不属我局。", "proposed_organization": "县公路局"})),
        ("POST /assignments/{id}/return-decision", json!({"decision": "grant"})),
        ("POST /assignments/{id}/extension-request", json!({"reason": "需论证。", "progress": "已勘察。", "due_on": "2027-04-30"})),
        ("POST /assignments/{id}/extension-decision", json!({"decision": "grant", "due_on": "2027-04-30"})),
        ("POST /assignments/{id}/contribution", json!({"words": "同意。", "officer": "周敏"})),
        ("POST /assignments/{id}/reply", reply),
        ("POST /assignments/{id}/reply-review", json!({"decision": "approve"})),
        ("POST /assignments/{id}/urging", json!({"words": "请抓紧。"})),
        ("POST /assignments/{id}/implementation-reports", json!({"words": "已动工。", "number": 1})),
        ("POST /assignments/{id}/cancellation", json!({"reason": "改由他局办理。"})),
    ]
}
