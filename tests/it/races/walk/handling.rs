//! Leaders and departments: endorsements, assignments, replies, and how it ends.

use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;

use super::{Expect, Walk};

impl Walk {
    /// A manuscript before the leader.
    pub(super) async fn forwarded(&self) -> String {
        let id = self.arena.cast.accepted().await;
        self.arena.cast.forward(&id).await;
        id
    }

    /// A manuscript charged to the housing department: both ids.
    async fn charged(&self) -> (String, String) {
        self.arena.cast.charged().await
    }

    /// Takes one step on an assignment that has to succeed.
    async fn step(&self, act: &str, login: &'static str, id: &str, body: Value) {
        let request = self.on(&format!("POST /assignments/{{id}}/{act}"), login, id, body).await;
        let answer = request.send(&self.arena.cast).await;
        assert!(answer.status.is_success(), "{act}: {} {}", answer.status, answer.body);
    }

    async fn received(&self) -> String {
        let (_, id) = self.charged().await;
        self.step("receipt", "handler", &id, Value::Null).await;
        id
    }

    pub(super) async fn assignments(&mut self) {
        use Expect::{Either, One};
        self.arena.cast.grant("reviewer", Role::Dispatcher, None).await;
        self.endorsements().await;
        let id = self.forwarded().await;
        let housing = self.arena.cast.organization("县住建局").await;
        let form = json!({"form": "single", "departments": [{"organization_id": housing}]});
        self.both("POST /manuscripts/{id}/assignments", One, ["dispatcher", "reviewer"], &id, form).await;
        let (_, id) = self.charged().await;
        self.twice("POST /assignments/{id}/receipt", One, "handler", &id, Value::Null).await;
        let (_, id) = self.charged().await;
        let back = json!({"reason": "不属我局。", "proposed_organization": "县公路局"});
        self.twice("POST /assignments/{id}/return-request", One, "handler", &id, back).await;
        let grant = json!({"decision": "grant"});
        self.both("POST /assignments/{id}/return-decision", One, ["dispatcher", "reviewer"], &id, grant).await;
        let id = self.received().await;
        let later = json!({"reason": "需论证。", "progress": "已勘察。", "due_on": "2027-04-30"});
        self.twice("POST /assignments/{id}/extension-request", One, "handler", &id, later).await;
        let grant = json!({"decision": "grant", "due_on": "2027-04-30"});
        self.both("POST /assignments/{id}/extension-decision", One, ["dispatcher", "reviewer"], &id, grant).await;
        self.both("POST /assignments/{id}/urging", Either, ["dispatcher", "reviewer"], &id, json!({"words": "请抓紧。"})).await;
        self.twice("POST /assignments/{id}/reply", One, "handler", &id, reply()).await;
        self.both("POST /assignments/{id}/reply-review", One, ["dispatcher", "reviewer"], &id, json!({"decision": "approve"})).await;
        self.merged_suggestions().await;
        let (_, id) = self.charged().await;
        self.both("POST /assignments/{id}/cancellation", One, ["dispatcher", "reviewer"], &id, json!({"reason": "改由他局。"})).await;
        // Taken away while the department takes it on.
        let (_, id) = self.charged().await;
        let receive = self.on("POST /assignments/{id}/receipt", "handler", &id, Value::Null).await;
        let cancel = self.on("POST /assignments/{id}/cancellation", "dispatcher", &id, json!({"reason": "改由他局。"})).await;
        self.race("POST /assignments/{id}/cancellation", Expect::Gone, &receive, &cancel).await;
        self.contribution().await;
    }

    /// A manuscript that is merged into one with departments.
    async fn merged_suggestions(&mut self) {
        const DECIDE: &str = "POST /manuscripts/{id}/merged-suggestions";
        let cast = &self.arena.cast;
        let (target, assignment) = cast.charged().await;
        let merged = cast.submitted_by("author").await;
        cast.act("reviewer2", &merged, "merge", json!({"into": target})).await;
        let why = json!({"reason": "一并答复。"});
        self.both(DECIDE, Expect::One, ["dispatcher", "reviewer"], &merged, why).await;
        // Taken by a department that replies meanwhile.
        self.step("receipt", "handler", &assignment, Value::Null).await;
        let take = json!({"suggestions": [1, 2], "assignment_id": assignment});
        let take = self.on(DECIDE, "dispatcher", &merged, take).await;
        let answer = self.on("POST /assignments/{id}/reply", "handler", &assignment, reply()).await;
        self.race(DECIDE, Expect::Gone, &take, &answer).await;
        // Parted meanwhile.
        let cast = &self.arena.cast;
        let merged = cast.submitted_by("author").await;
        cast.act("reviewer2", &merged, "merge", json!({"into": target})).await;
        let take = self.on(DECIDE, "dispatcher", &merged, json!({"suggestions": [1, 2]})).await;
        let part = self.on("DELETE /manuscripts/{id}/merge", "reviewer2", &merged, Value::Null).await;
        self.race(DECIDE, Expect::Gone, &take, &part).await;
    }

    async fn contribution(&mut self) {
        let id = self.forwarded().await;
        let (housing, schools) = (self.arena.cast.organization("县住建局").await, self.arena.cast.organization("县教育局").await);
        let departments = json!([{"organization_id": housing, "part": "lead"}, {"organization_id": schools, "part": "assisting"}]);
        let body = self.arena.cast.act("dispatcher", &id, "assignments", json!({"form": "joint", "departments": departments})).await;
        let all = body["assignments"].as_array().unwrap();
        let assists = all.iter().find(|one| one["part"] == "assisting").unwrap();
        let id = assists["id"].as_str().unwrap().to_owned();
        self.step("receipt", "handler2", &id, Value::Null).await;
        let words = json!({"words": "同意。", "officer": "周敏"});
        self.twice("POST /assignments/{id}/contribution", Expect::One, "handler2", &id, words).await;
    }

    async fn endorsements(&mut self) {
        use Expect::{Either, One};
        let id = self.forwarded().await;
        self.twice("POST /manuscripts/{id}/endorsements", Either, "leader", &id, json!({"kind": "noted"})).await;
        // Each with other words: the same ones would be refused as a repeat.
        for (operation, login, words, body) in [
            ("POST /endorsements/{id}/confirmation", "leader", "阅。", Value::Null),
            ("POST /endorsements/{id}/rejection", "leader", "请研究。", json!({"reason": "有误。"})),
            ("POST /endorsements/{id}/countersignature", "reviewer", "请酌。", Value::Null),
        ] {
            let cast = &self.arena.cast;
            let path = format!("/manuscripts/{id}/attachments?subject=endorsement");
            let scan = cast.upload("secretary", &path, "批示.png", b"\x89PNG\r\n\x1a\nscan").await;
            let form = json!({"kind": "reference", "words": words, "scan_id": scan.body["id"]});
            let made = cast.send("POST", "secretary", &format!("/manuscripts/{id}/endorsements"), None, form).await;
            assert_eq!(made.status, 201, "{}", made.body);
            self.twice(operation, One, login, made.body["id"].as_str().unwrap(), body).await;
        }
    }

    /// A manuscript whose department has answered, and the assignment.
    async fn answered(&self) -> (String, String) {
        let (id, assignment) = self.charged().await;
        self.step("receipt", "handler", &assignment, Value::Null).await;
        self.step("reply", "handler", &assignment, planned()).await;
        self.step("reply-review", "dispatcher", &assignment, json!({"decision": "approve"})).await;
        (id, assignment)
    }

    pub(super) async fn outcomes(&mut self) {
        use Expect::{Either, One};
        let (id, assignment) = self.answered().await;
        let people = ["dispatcher", "reviewer"];
        self.both("POST /manuscripts/{id}/conclusion", One, people, &id, json!({"result": "已办结。"})).await;
        let rating = json!({"attitude": "satisfied", "result": "satisfied"});
        self.twice("POST /manuscripts/{id}/ratings", One, "author", &id, rating).await;
        let adoption = json!({"level": "city", "body": "市委", "form": "single", "adopted_on": "2026-11-02"});
        self.both("POST /manuscripts/{id}/adoptions", Either, people, &id, adoption).await;
        let report = json!({"words": "已动工。", "number": 2});
        self.twice("POST /assignments/{id}/implementation-reports", Either, "handler", &assignment, report).await;
        self.both("POST /manuscripts/{id}/reopening", One, people, &id, json!({"reason": "有新情况。"})).await;
        let (id, _) = self.answered().await;
        self.arena.cast.act("dispatcher", &id, "conclusion", json!({"result": "已办结。"})).await;
        self.both("POST /manuscripts/{id}/archival", One, people, &id, json!({})).await;
        // Concluded while an adoption is entered.
        let (id, _) = self.answered().await;
        let conclude = self.on("POST /manuscripts/{id}/conclusion", "dispatcher", &id, json!({"result": "已办结。"})).await;
        let adopt = json!({"level": "city", "body": "省委", "form": "single", "adopted_on": "2026-11-03"});
        let adopt = self.on("POST /manuscripts/{id}/adoptions", "reviewer", &id, adopt).await;
        self.race("POST /manuscripts/{id}/adoptions", Either, &adopt, &conclude).await;
    }
}

fn reply() -> Value {
    json!({
        "words": "已研究。", "result_code": "A", "consultation": "meeting", "officer": "周敏",
        "items": [{"number": 1, "answer": "adopted", "words": "已办。"}, {"number": 2, "answer": "adopted", "words": "已办。"}]
    })
}

/// The second suggestion is promised for later, so that there is something to report on.
fn planned() -> Value {
    json!({
        "words": "已研究。", "result_code": "B", "consultation": "meeting", "officer": "周敏",
        "items": [
            {"number": 1, "answer": "adopted", "words": "已办。"},
            {"number": 2, "answer": "planned", "words": "列入计划。", "promised_on": "2027-06-30"}
        ]
    })
}
