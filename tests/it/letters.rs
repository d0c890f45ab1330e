//! Every letter can be followed: its recipient opens its link, and finds what it speaks of.

use std::collections::BTreeSet;
use std::sync::Mutex;

use diesel::prelude::*;
use serde_json::{Value, json};
use zhitongche::app::endorsements;
use zhitongche::domain::ids::LetterId;
use zhitongche::domain::notice::Letter;
use zhitongche::domain::vocabulary::Role;
use zhitongche::jobs::{JobContext, Runner, remind};
use zhitongche::store::schema::{letters, users};
use zhitongche::store::{AnyConn, StoreError};

use crate::outgoing::texts_store::hide_outdated;
use crate::outgoing::{edited, outdated};
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(every_letter_of_a_whole_life_leads_to_what_it_speaks_of);

/// Letters about accounts and the server, which no act on a manuscript writes; `tests/it/mail` and `tests/it/accounts` follow them. And one
/// that takes an undo window, which `tests/it/unannounced` follows.
const ELSEWHERE: [Letter; 11] = [
    Letter::DecisionVoided,
    Letter::LedgerResumed,
    Letter::LedgerKeyChanged,
    Letter::MailFailed,
    Letter::Checkpoint,
    Letter::QueueUnstaffed,
    Letter::AccountCreated,
    Letter::PasswordReset,
    Letter::PasswordChanged,
    Letter::StandInNamed,
    Letter::HandedOver,
];

/// A walk through the life of manuscripts, with the letters that were followed so far.
struct Walk {
    cast: Cast,
    followed: Mutex<BTreeSet<LetterId>>,
    kinds: Mutex<BTreeSet<Letter>>,
}

/// What was written to whom: id, kind, login, manuscript, facts.
type Written = (LetterId, Letter, String, Option<uuid::Uuid>, String);

impl Walk {
    async fn new(engine: Engine) -> Self {
        let cast = Cast::new(engine).await;
        Self { cast, followed: Mutex::default(), kinds: Mutex::default() }
    }

    /// Opens the link of every letter that is new and was not revoked, as its recipient.
    async fn follow(&self, after: &str) {
        let read = |conn: &mut AnyConn| -> Result<Vec<Written>, StoreError> {
            let rows = letters::table.inner_join(users::table.on(users::id.eq(letters::recipient_id)));
            let rows = rows.filter(letters::revoked_at.is_null()).order(letters::id);
            let rows: Vec<(LetterId, Letter, String, Option<zhitongche::domain::ids::ManuscriptId>, String)> =
                rows.select((letters::id, letters::kind, users::login, letters::manuscript_id, letters::args)).load(conn)?;
            Ok(rows.into_iter().map(|(id, kind, login, manuscript, args)| (id, kind, login, manuscript.map(|id| id.0), args)).collect())
        };
        let rows = self.cast.app.db().read(read).await.unwrap();
        for (id, kind, login, manuscript, args) in rows {
            if !self.followed.lock().unwrap().insert(id) {
                continue;
            }
            self.kinds.lock().unwrap().insert(kind);
            let facts: Value = serde_json::from_str(&args).unwrap();
            let own = manuscript.map_or_else(|| "/inbox".to_owned(), |id| format!("/manuscripts/{id}"));
            let path = facts["path"].as_str().map_or(own, str::to_owned);
            let page = self.cast.page(&login, &path).await;
            assert_eq!(page.status, 200, "after {after}: {kind} to {login} leads to {path}");
            let text = |name: &str| facts[name].as_str().map(str::to_owned);
            // A bulletin is named by its series and its title, which stand in fields of their own where it can be changed.
            let bulletin = text("bulletin").unwrap_or_default();
            let parts = bulletin.split(['《', '》']).filter(|part| !part.is_empty()).map(str::to_owned);
            for word in [text("number"), text("merged_into")].into_iter().flatten().chain(parts) {
                assert!(page.html.contains(&word), "after {after}: {kind} to {login} speaks of {word}, and {path} does not");
            }
            // What the letter tells in words stands there, too.
            let told = match kind {
                Letter::Returned | Letter::Declined | Letter::Reopened | Letter::Recalled => text("reason"),
                Letter::Concluded | Letter::ResultForLeader => text("result"),
                _ => None,
            };
            for words in told.into_iter().filter(|_| path != "/inbox") {
                assert!(page.html.contains(&words), "after {after}: {kind} to {login} says {words}, and {path} does not");
            }
        }
    }

    /// An act on a manuscript by who sees its newest version; every letter that it writes is followed.
    async fn act(&self, login: &str, id: &str, act: &str, body: Value) -> Value {
        let done = self.cast.act(login, id, act, body).await;
        self.follow(act).await;
        done
    }

    /// The same for another thing than a manuscript.
    async fn on(&self, login: &str, path: &str, seen: Option<i64>, body: Value) -> Value {
        let done = self.cast.send("POST", login, path, seen, body).await;
        assert!(done.status.is_success(), "{login} {path}: {} {}", done.status, done.body);
        self.follow(path).await;
        done.body
    }

    async fn bulletin(&self, manuscript: &str) -> String {
        let to = json!([{"user_id": self.cast.user("leader").await}]);
        let body = json!({"title": "停车难专报", "manuscripts": [manuscript], "recipients": to});
        let id = self.on("reviewer", "/bulletins", None, body).await["id"].as_str().unwrap().to_owned();
        for (login, act, body) in [
            ("reviewer", "submission", Value::Null),
            ("signer", "send-back", json!({"reason": "标题请再斟酌。"})),
            ("reviewer", "submission", Value::Null),
            ("signer", "issuance", Value::Null),
        ] {
            self.on_bulletin(login, &id, act, body).await;
        }
        id
    }

    async fn on_bulletin(&self, login: &str, id: &str, act: &str, body: Value) {
        let seen = self.cast.get(login, &format!("/bulletins/{id}")).await.body["version"].as_i64();
        self.on(login, &format!("/bulletins/{id}/{act}"), seen, body).await;
    }

    /// Joint authors: invited, taken back, signing, voided, declining.
    async fn authors(&self) -> String {
        let mut form = complete();
        form["submit"] = json!(false);
        let id = self.on("author", "/manuscripts", None, form).await["id"].as_str().unwrap().to_owned();
        let path = format!("/manuscripts/{id}");
        for names in [json!(["coauthor", "screened"]), json!(["coauthor"])] {
            let seen = self.cast.get("author", &path).await.body["version"].as_i64();
            self.cast.send("PUT", "author", &format!("{path}/authors"), seen, json!({"authors": names})).await;
            self.follow("authors").await;
        }
        self.on("coauthor", &format!("{path}/co-signature"), None, json!({})).await;
        let seen = self.cast.get("author", &path).await.body["version"].as_i64();
        self.cast.send("PATCH", "author", &path, seen, json!({"causes": "另有原因。"})).await;
        self.follow("saved").await;
        self.on("coauthor", &format!("{path}/co-signature"), None, json!({"decision": "decline"})).await;
        self.act("author", &id, "submission", Value::Null).await;
        id
    }

    /// At the offices: screened, returned, corrected, sent back, declined, passed on, taken up again, signed.
    async fn offices(&self) -> String {
        let id = self.cast.submitted_by("screened").await;
        self.follow("submission").await;
        self.act("screener", &id, "screening", json!({"decision": "pass"})).await;
        self.act("reviewer", &id, "review", json!({"decision": "return", "opinion": "请补充数据。", "requests": []})).await;
        self.act("screened", &id, "submission", Value::Null).await;
        self.act(
            "reviewer",
            &id,
            "review",
            json!({"decision": "decline", "reason_code": "beyond_authority", "opinion": "不属于本地权限。"}),
        )
        .await;
        self.act("reviewer", &id, "referral", json!({"addressee": "市交通运输局", "note": "请参考。"})).await;
        self.act("reviewer", &id, "reconsideration", json!({"reason": "上级已授权。"})).await;
        self.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
        self.act("signer", &id, "signature", json!({"decision": "send_back", "reason": "请再核数据。"})).await;
        id
    }

    /// As it was before an outdated edited text was refused: signed with it, in a submitted bulletin, and put right since.
    async fn texts(&self) {
        let id = outdated(&self.cast).await;
        self.follow("a correction").await;
        hide_outdated(&self.cast, &id, true);
        self.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
        self.act("signer", &id, "signature", json!({"decision": "sign"})).await;
        let body = json!({"manuscripts": [id], "recipients": [{"user_id": self.cast.user("leader").await}]});
        let bulletin = row_id(&self.on("reviewer", "/bulletins", None, body).await);
        self.on_bulletin("reviewer", &bulletin, "submission", Value::Null).await;
        hide_outdated(&self.cast, &id, false);
        self.act("reviewer2", &id, "edited-text/carry-over", edited("合并稿")).await;
    }

    async fn endorsements(&self, id: &str) {
        let at = format!("/manuscripts/{id}/endorsements");
        for (act, body) in [("rejection", json!({"reason": "我没有这样批。"})), ("confirmation", Value::Null)] {
            let entered = self.on("secretary", &at, None, json!({"kind": "guidance", "words": format!("请研究（{act}）。")})).await;
            self.on("leader", &format!("/endorsements/{}/{act}", entered["id"].as_str().unwrap()), None, body).await;
        }
        self.on("leader", &at, None, json!({"kind": "instruction", "words": "请住建局办理。"})).await;
        let due = self.cast.desk().read(|tx| endorsements::closed_windows(tx, 10)).await.unwrap();
        assert_eq!(due, [], "without a window they are in effect at once");
    }

    /// The departments: given back, taken away, more time, opinion, answer twice, urged, carried out.
    async fn departments(&self, id: &str) {
        let organization = |name: &'static str| self.cast.organization(name);
        let (housing, education) = (organization("县住建局").await, organization("县教育局").await);
        let one = |body: &Value, department| {
            let rows = body["assignments"].as_array().unwrap();
            let live = |row: &&Value| row["organization"]["id"] == json!(department) && row["state"] == "dispatched";
            row_id(rows.iter().find(live).unwrap())
        };
        let single = |department| json!({"form": "single", "departments": [{"organization_id": department}]});
        let given = one(&self.act("dispatcher", id, "assignments", single(education)).await, education);
        let at = |one: &str, act: &str| format!("/assignments/{one}/{act}");
        let asked = json!({"reason": "不属于我局职责。", "proposed_organization": "县交通局"});
        self.on("handler2", &at(&given, "return-request"), Some(1), asked).await;
        self.on("dispatcher", &at(&given, "return-decision"), Some(2), json!({"decision": "grant"})).await;
        let taken = one(&self.act("dispatcher", id, "assignments", single(education)).await, education);
        self.on("dispatcher", &at(&taken, "cancellation"), Some(1), json!({"reason": "改由住建局办理。"})).await;

        let departments = json!([{"organization_id": housing, "part": "lead"}, {"organization_id": education}]);
        let body = self.act("dispatcher", id, "assignments", json!({"form": "joint", "departments": departments})).await;
        let (lead, assisting) = (one(&body, housing), one(&body, education));
        self.on("dispatcher", &at(&lead, "urging"), None, json!({"words": "请尽快签收。"})).await;
        self.on("handler", &at(&lead, "receipt"), Some(1), Value::Null).await;
        self.on("handler2", &at(&assisting, "receipt"), Some(1), Value::Null).await;
        self.on("handler2", &at(&assisting, "contribution"), Some(2), json!({"words": "可以错时放学。", "officer": "陈静"})).await;
        let more = json!({"reason": "方案需论证。", "progress": "已勘察。", "due_on": "2027-03-01"});
        self.on("handler", &at(&lead, "extension-request"), Some(2), more).await;
        let seen = self.cast.get("dispatcher", &format!("/assignments/{lead}")).await.body["version"].as_i64();
        self.on("dispatcher", &at(&lead, "extension-decision"), seen, json!({"decision": "grant"})).await;
        for (words, verdict) in
            [("已研究。", json!({"decision": "reject", "reason": "请逐条答复。"})), ("已会同教育局研究。", json!({"decision": "approve"}))]
        {
            let items =
                json!([{"number": 1, "answer": "adopted", "words": "已建。"}, {"number": 2, "answer": "adopted", "words": "已错时放学。"}]);
            let reply = json!({"words": words, "result_code": "A", "consultation": "meeting", "officer": "周敏", "items": items});
            for (login, act, body) in [("handler", "reply", reply), ("dispatcher", "reply-review", verdict)] {
                let seen = self.cast.get(login, &format!("/assignments/{lead}")).await.body["version"].as_i64();
                self.on(login, &at(&lead, act), seen, body).await;
            }
        }
        for (words, implemented) in [("临时停车场开工。", false), ("停车场已开放，放学已错时。", true)] {
            self.on("handler", &at(&lead, "implementation-reports"), None, json!({"words": words, "implemented": implemented})).await;
        }
    }

    /// Another one is merged into it while a department is at work, which answers one of its suggestions until they are parted.
    async fn merged_late(&self, id: &str, assignment: &str) {
        let late = self.cast.submitted_by("coauthor").await;
        self.act("screener", &late, "screening", json!({"decision": "pass"})).await;
        self.act("reviewer", &late, "merge", json!({"into": id})).await;
        let decision = json!({"suggestions": [1], "assignment_id": assignment, "reason": "另一条相同。"});
        self.act("dispatcher", &late, "merged-suggestions", decision).await;
        let seen = self.cast.get("reviewer", &format!("/manuscripts/{late}")).await.body["version"].as_i64();
        let parted = self.cast.send("DELETE", "reviewer", &format!("/manuscripts/{late}/merge"), seen, Value::Null).await;
        assert!(parted.status.is_success(), "{}", parted.body);
        self.follow("unmerge").await;
    }

    /// How it ends: concluded, rated, opened again, taken up above.
    async fn ends(&self, id: &str, raters: &[(&str, &str)]) {
        let read = self.cast.get("dispatcher", &format!("/manuscripts/{id}")).await.body;
        for (at, merged) in read["merged"].as_array().unwrap().iter().enumerate() {
            let decision =
                if at == 0 { json!({"suggestions": [1], "reason": "另一条相同。"}) } else { json!({"reason": "已一并答复。"}) };
            self.act("dispatcher", merged["id"].as_str().unwrap(), "merged-suggestions", decision).await;
            if at == 0 {
                let schools = self.cast.organization("县教育局").await;
                let more = json!({"form": "single", "departments": [{"organization_id": schools, "suggestions": [3]}]});
                let body = self.act("dispatcher", id, "assignments", more).await;
                let added = body["assignments"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
                self.merged_late(id, &added).await;
                let seen = self.cast.get("dispatcher", &format!("/assignments/{added}")).await.body["version"].as_i64();
                self.on("dispatcher", &format!("/assignments/{added}/cancellation"), seen, json!({"reason": "改由主办单位答复。"})).await;
            }
        }
        self.act("dispatcher", id, "conclusion", json!({"result": "停车场已开放。"})).await;
        let rating = json!({"attitude": "satisfied", "result": "unsatisfied", "words": "开放太晚。"});
        for (login, own) in raters {
            self.on(login, &format!("/manuscripts/{own}/ratings"), None, rating.clone()).await;
        }
        self.act("dispatcher", id, "reopening", json!({"reason": "作者还有意见。"})).await;
        self.act("dispatcher", id, "conclusion", json!({"result": "停车场全天开放。", "reason": "作者的意见已当面答复。"})).await;
        let taken = json!({"level": "city", "body": "市委统战部", "form": "single", "adopted_on": "2026-11-02", "evidence": "第8期"});
        self.on("reviewer", &format!("/manuscripts/{id}/adoptions"), None, taken).await;
    }
}

fn row_id(row: &Value) -> String {
    row["id"].as_str().unwrap().to_owned()
}

async fn every_letter_of_a_whole_life_leads_to_what_it_speaks_of(engine: Engine) {
    let walk = Walk::new(engine).await;
    // One office holds several desks: who wrote or decided something gets no letter of their own.
    walk.cast.grant("reviewer2", Role::Dispatcher, None).await;
    let target = walk.authors().await;
    let own = walk.offices().await;
    walk.act("reviewer", &own, "merge", json!({"into": target})).await;
    let seen = walk.cast.get("reviewer", &format!("/manuscripts/{own}")).await.body["version"].as_i64();
    walk.cast.send("DELETE", "reviewer", &format!("/manuscripts/{own}/merge"), seen, Value::Null).await;
    walk.follow("unmerge").await;
    walk.act("reviewer", &own, "merge", json!({"into": target})).await;
    let archived = walk.cast.submitted_by("coauthor").await;
    walk.act("screener", &archived, "screening", json!({"decision": "pass"})).await;
    walk.act("reviewer", &archived, "merge", json!({"into": target})).await;
    walk.act("reviewer", &archived, "archival", json!({})).await;

    walk.act("reviewer", &target, "review", json!({"decision": "return", "opinion": "请补充停车位的数据。", "requests": []})).await;
    walk.act("author", &target, "submission", Value::Null).await;
    walk.act("reviewer", &target, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    walk.act("signer", &target, "signature", json!({"decision": "sign"})).await;
    let first = walk.bulletin(&target).await;
    walk.on_bulletin("signer", &first, "cancellation", json!({"reason": "数据有误。"})).await;
    walk.act("signer", &target, "forwarding", json!({"recipients": [walk.cast.user("leader").await]})).await;
    walk.bulletin(&target).await;
    walk.endorsements(&target).await;
    walk.departments(&target).await;
    walk.ends(&target, &[("author", &target), ("screened", &own), ("coauthor", &archived)]).await;

    walk.texts().await;
    let withdrawn = walk.cast.submitted_by("author").await;
    walk.act("author", &withdrawn, "withdrawal", Value::Null).await;
    // A department that has not received it by then.
    walk.cast.charged().await;
    // A review that nobody does: reminded of before, on and after its day.
    walk.cast.submitted_by("author").await;
    let context = JobContext::new(walk.cast.desk().clone()).unwrap();
    // A day off that nobody foresaw puts its date off.
    assert_eq!(walk.cast.form("admin", "/calendar/days", &[("day", "2026-11-25"), ("works", "no")]).await.status, 303);
    let runner = Runner::new(context.clone());
    tokio::task::spawn_blocking(move || runner.run_due().unwrap()).await.unwrap();
    walk.follow("a day off").await;
    for _ in 0..12 {
        walk.cast.app.clock.advance(chrono::Duration::days(1));
        let context = context.clone();
        tokio::task::spawn_blocking(move || remind::run_once(&context).unwrap()).await.unwrap();
        walk.follow("a day").await;
    }
    let kinds = walk.kinds.lock().unwrap().clone();
    let never: Vec<&Letter> = Letter::ALL.iter().filter(|kind| !kinds.contains(*kind) && !ELSEWHERE.contains(kind)).collect();
    assert_eq!(never, [] as [&Letter; 0], "letters that this walk never writes");
}
