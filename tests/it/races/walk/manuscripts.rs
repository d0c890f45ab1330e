//! From the draft to the signed manuscript, and the bulletins.

use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;

use super::{Expect, Walk};
use crate::outgoing::outdated;
use crate::support::cast::complete;

impl Walk {
    pub(super) async fn draft(&self) -> String {
        let mut form = complete();
        form.as_object_mut().unwrap().remove("submit");
        let made = self.arena.cast.send("POST", "author", "/manuscripts", None, form).await;
        made.body["id"].as_str().unwrap().to_owned()
    }

    /// A manuscript that the reviewer has returned with requests: its id, and that of the first request.
    async fn returned(&self) -> (String, String) {
        let cast = &self.arena.cast;
        let id = cast.submitted_by("author").await;
        let requests = json!([{"part": "situation", "from": 0, "to": 4, "text": "请写明哪一年"}]);
        cast.act("reviewer", &id, "review", json!({"decision": "return", "reason": "请补充数据。", "requests": requests})).await;
        let read = cast.get("author", &format!("/manuscripts/{id}")).await.body;
        (id, read["requests"][0]["id"].as_str().unwrap().to_owned())
    }

    pub(super) async fn manuscripts(&mut self) {
        use Expect::{Both, Either, Gone, One};
        self.arena.cast.grant("dispatcher", Role::Signer, None).await;
        self.both("POST /manuscripts", Both, ["author", "coauthor"], "", complete()).await;
        let id = self.draft().await;
        self.twice("PATCH /manuscripts/{id}", One, "author", &id, json!({"title": "另一题"})).await;
        self.twice("PUT /manuscripts/{id}/authors", One, "author", &id, json!({"authors": ["coauthor"]})).await;
        self.twice("POST /manuscripts/{id}/co-signature", Either, "coauthor", &id, json!({"decision": "sign"})).await;
        self.files().await;
        let id = self.draft().await;
        self.twice("DELETE /manuscripts/{id}", Gone, "author", &id, Value::Null).await;
        let id = self.draft().await;
        self.twice("POST /manuscripts/{id}/submission", One, "author", &id, Value::Null).await;
        self.twice("PUT /manuscripts/{id}/edited-text", One, "reviewer", &id, text()).await;
        self.twice("POST /manuscripts/{id}/withdrawal", One, "author", &id, Value::Null).await;
        let id = outdated(&self.arena.cast).await;
        self.twice("POST /manuscripts/{id}/edited-text/carry-over", One, "reviewer", &id, text()).await;
        self.twice("DELETE /manuscripts/{id}/edited-text", One, "reviewer", &id, Value::Null).await;
        let (id, request) = self.returned().await;
        for method in ["PUT", "DELETE"] {
            let operation = format!("{method} /manuscripts/{{id}}/requests/{{request_id}}/tick");
            let mut tick = self.on(&operation, "author", &id, Value::Null).await;
            tick.path = tick.path.replace("{request_id}", &request);
            self.race(&operation, Either, &tick, &tick).await;
        }
        self.decisions().await;
        self.merging().await;
    }

    async fn files(&mut self) {
        let id = self.draft().await;
        let cast = &self.arena.cast;
        let path = format!("/manuscripts/{id}/attachments");
        let add = |name: &'static str| cast.upload("author", &path, name, b"\x89PNG\r\n\x1a\nscan");
        let outcome = self.arena.race(add("一.png"), add("二.png")).await;
        self.walked.insert("POST /manuscripts/{id}/attachments".to_owned());
        self.races += 1;
        self.stopped += usize::from(outcome.stopped);
        if outcome.statuses() != [201, 201] {
            self.wrong.push(format!("attachments: {:?}", outcome.statuses()));
        }
        let file = outcome.slow.body["id"].as_str().unwrap().to_owned();
        self.twice("DELETE /attachments/{id}", Expect::Gone, "author", &file, Value::Null).await;
    }

    async fn decisions(&mut self) {
        use Expect::One;
        let id = self.arena.cast.submitted_by("screened").await;
        self.twice("POST /manuscripts/{id}/screening", One, "screener", &id, json!({"decision": "pass"})).await;
        let recommend = json!({"decision": "recommend", "opinion": "拟采用。"});
        self.both("POST /manuscripts/{id}/review", One, ["reviewer", "reviewer2"], &id, recommend).await;
        self.both("POST /manuscripts/{id}/signature", One, ["signer", "dispatcher"], &id, json!({"decision": "sign"})).await;
        let recipients = json!({"recipients": [self.arena.cast.id("leader")]});
        self.both("POST /manuscripts/{id}/forwarding", One, ["signer", "dispatcher"], &id, recipients).await;
        // One signs while the other sends back.
        let cast = &self.arena.cast;
        let id = cast.submitted_by("author").await;
        cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
        let sign = self.on("POST /manuscripts/{id}/signature", "signer", &id, json!({"decision": "sign"})).await;
        let back = sign.by("dispatcher").saying(json!({"decision": "send_back", "reason": "请再核。"}));
        self.race("POST /manuscripts/{id}/signature", One, &sign, &back).await;
        let id = self.arena.cast.submitted_by("author").await;
        let decline = json!({"decision": "decline", "reason_code": "duplicate", "reason": "重复。"});
        self.arena.cast.act("reviewer", &id, "review", decline).await;
        self.both("POST /manuscripts/{id}/referral", Expect::Either, ["reviewer", "reviewer2"], &id, json!({"addressee": "县信访局"}))
            .await;
        let reason = json!({"reason": "有新情况。"});
        self.both("POST /manuscripts/{id}/reconsideration", One, ["reviewer", "reviewer2"], &id, reason).await;
    }

    async fn merging(&mut self) {
        let cast = &self.arena.cast;
        let (into, other, id) = (cast.submitted_by("author").await, cast.submitted_by("author").await, cast.submitted_by("coauthor").await);
        for one in [&id] {
            // The co-author's organisation screens.
            cast.act("screener", one, "screening", json!({"decision": "pass"})).await;
        }
        let merge = self.on("POST /manuscripts/{id}/merge", "reviewer", &id, json!({"into": into})).await;
        let elsewhere = merge.by("reviewer2").saying(json!({"into": other}));
        self.race("POST /manuscripts/{id}/merge", Expect::One, &merge, &elsewhere).await;
        self.both("DELETE /manuscripts/{id}/merge", Expect::One, ["reviewer", "reviewer2"], &id, Value::Null).await;
        // Into one that is declined meanwhile.
        let merge = self.on("POST /manuscripts/{id}/merge", "reviewer", &id, json!({"into": into})).await;
        let decline = json!({"decision": "decline", "reason_code": "duplicate", "reason": "重复。"});
        let decline = self.on("POST /manuscripts/{id}/review", "reviewer2", &into, decline).await;
        self.race("POST /manuscripts/{id}/merge", Expect::Either, &merge, &decline).await;
    }

    pub(super) async fn bulletins(&mut self) {
        use Expect::{Both, Gone, One};
        let manuscript = self.arena.cast.accepted().await;
        let leader = self.arena.cast.id("leader");
        let form = json!({"title": "专报", "manuscripts": [manuscript], "recipients": [{"user_id": leader}]});
        self.both("POST /bulletins", Both, ["reviewer", "reviewer2"], "", form).await;
        let all = self.arena.cast.get("reviewer", "/bulletins").await.body;
        let ids: Vec<String> = all["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        self.both("DELETE /bulletins/{id}", Gone, ["reviewer", "reviewer2"], &ids[0], Value::Null).await;
        let id = &ids[1];
        self.both("PATCH /bulletins/{id}", One, ["reviewer", "reviewer2"], id, json!({"title": "另一期"})).await;
        self.both("POST /bulletins/{id}/submission", One, ["reviewer", "reviewer2"], id, Value::Null).await;
        self.both("POST /bulletins/{id}/send-back", One, ["signer", "dispatcher"], id, json!({"reason": "有误。"})).await;
        let again = self.on("POST /bulletins/{id}/submission", "reviewer", id, Value::Null).await;
        assert!(again.send(&self.arena.cast).await.status.is_success());
        self.both("POST /bulletins/{id}/issuance", One, ["signer", "dispatcher"], id, Value::Null).await;
        self.both("POST /bulletins/{id}/cancellation", One, ["signer", "dispatcher"], id, json!({"reason": "有误。"})).await;
    }

    pub(super) async fn undo(&mut self) {
        let id = self.arena.cast.submitted_by("author").await;
        self.arena.cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
        self.twice("POST /manuscripts/{id}/undo", Expect::One, "reviewer", &id, Value::Null).await;
        // Taken back while the next desk acts on it.
        self.arena.cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
        let undo = self.on("POST /manuscripts/{id}/undo", "reviewer", &id, Value::Null).await;
        let sign = self.on("POST /manuscripts/{id}/signature", "signer", &id, json!({"decision": "sign"})).await;
        self.race("POST /manuscripts/{id}/undo", Expect::Gone, &undo, &sign).await;
        let id = self.forwarded().await;
        let noted = json!({"kind": "noted"});
        let made = self.arena.cast.send("POST", "leader", &format!("/manuscripts/{id}/endorsements"), None, noted).await;
        assert_eq!(made.status, 201, "{}", made.body);
        self.twice("POST /endorsements/{id}/undo", Expect::One, "leader", made.body["id"].as_str().unwrap(), Value::Null).await;
    }
}

fn text() -> Value {
    json!({"title": "题", "situation": "情况。", "causes": "", "suggestions": ["建议。"]})
}
