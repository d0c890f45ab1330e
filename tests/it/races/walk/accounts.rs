//! People, roles, organisations, tokens, settings, letters.

use diesel::prelude::*;
use serde_json::{Value, json};
use zhitongche::domain::ids::LetterId;
use zhitongche::domain::notice::LetterState;
use zhitongche::store::StoreError;
use zhitongche::store::schema::letters;

use super::super::Request;
use super::{Expect, Walk};
use crate::support::cast::PASSWORD;

const ADMINISTRATORS: [&str; 2] = ["admin", "security"];

impl Walk {
    pub(super) async fn accounts(&mut self) {
        use Expect::{Both, Gone, One};
        let place = self.arena.cast.organization("县教育局").await;
        let person = json!({"login": "newcomer", "name": "新人", "email": "n@example.cn", "organization_id": place});
        // The faster one takes the sign-in name.
        self.both("POST /users", Expect::Either, ADMINISTRATORS, "", person).await;
        let id = self.arena.cast.id("handler2").to_string();
        self.memberships(place.to_string()).await;
        self.both("PATCH /users/{id}", One, ADMINISTRATORS, &id, json!({"name": "改名"})).await;
        self.both("POST /users/{id}/suspension", One, ADMINISTRATORS, &id, Value::Null).await;
        self.both("DELETE /users/{id}/suspension", One, ADMINISTRATORS, &id, Value::Null).await;
        self.both("POST /users/{id}/one-time-link", Both, ADMINISTRATORS, &id, Value::Null).await;
        let screener = self.arena.cast.id("screener").to_string();
        let to = json!({"to_id": self.arena.cast.id("coauthor")});
        self.both("POST /users/{id}/handover", One, ADMINISTRATORS, &screener, to).await;
        let role = json!({"user_id": id, "role": "submitter"});
        self.both("POST /roles", One, ADMINISTRATORS, "", role).await;
        let read = self.arena.cast.get("admin", &format!("/users/{id}")).await.body;
        let grant = read["roles"][0]["id"].as_str().unwrap().to_owned();
        self.both("DELETE /roles/{id}", Gone, ADMINISTRATORS, &grant, Value::Null).await;
        let period = json!({
            "role": "signer", "stand_in_id": self.arena.cast.id("reviewer2"), "from": "2026-11-21T00:00:00Z", "to": "2026-11-30T00:00:00Z"
        });
        self.twice("POST /stand-ins", One, "signer", "", period).await;
        let named = self.arena.cast.get("signer", "/stand-ins").await.body["items"][0]["id"].as_str().unwrap().to_owned();
        self.both("DELETE /stand-ins/{id}", Gone, ["signer", "reviewer2"], &named, Value::Null).await;
        self.twice("POST /organizations", Expect::Either, "admin", "", json!({"name": "新单位", "kind": "other"})).await;
        let place = place.to_string();
        self.twice("PATCH /organizations/{id}", One, "admin", &place, json!({"name": "县教育体育局"})).await;
        let channel = self.arena.cast.channel.to_string();
        self.twice("PATCH /channels/{id}", One, "admin", &channel, json!({"name": "改名"})).await;
        let year = Request {
            method: "PUT",
            login: "admin",
            path: "/calendar/2027".to_owned(),
            seen: None,
            body: json!({"rest": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03", "make_up": []}]}),
        };
        self.race("PUT /calendar/{year}", Both, &year, &year).await;
        let mail = Request {
            method: "PUT",
            login: "admin",
            path: "/mail-settings".to_owned(),
            seen: Some(0),
            body: json!({"transport": "smtp", "host": "127.0.0.1", "port": 1, "security": "none", "from_address": "ztc@example.gov.cn"}),
        };
        self.race("PUT /mail-settings", One, &mail, &mail).await;
        self.webhooks().await;
        self.letters().await;
        self.jobs().await;
    }

    /// Somebody of another channel becomes a member once, and goes over once.
    async fn memberships(&mut self, place: String) {
        self.arena.cast.other_channel().await;
        let member = json!({"login": "other-reviewer", "name": "姓名other-reviewer", "organization_id": place});
        self.both("POST /memberships", Expect::Either, ADMINISTRATORS, "", member).await;
        let here = self.arena.cast.get("admin", "/users?login=other-reviewer").await.body["items"][0]["id"].clone();
        self.arena.cast.put_session("other-reviewer", "traveller").await;
        self.twice("POST /session/membership", Expect::Gone, "traveller", "", json!({"membership_id": here})).await;
    }

    /// Two that are added are two; one is changed once and removed once.
    async fn webhooks(&mut self) {
        let hook = json!({"label": "群", "role": "reviewer", "format": "feishu", "url": "https://open.feishu.cn/hook", "on": false});
        self.twice("POST /webhooks", Expect::Both, "admin", "", hook.clone()).await;
        let all = self.arena.cast.get("admin", "/webhooks").await.body;
        let id = all["items"][0]["id"].as_str().unwrap().to_owned();
        self.twice("PUT /webhooks/{id}", Expect::One, "admin", &id, hook).await;
        self.twice("DELETE /webhooks/{id}", Expect::Gone, "admin", &id, Value::Null).await;
    }

    /// A job that was given up runs again once, and is discarded once.
    async fn jobs(&mut self) {
        for (operation, expect, body) in [
            ("POST /jobs/{id}/retry", Expect::One, Value::Null),
            ("POST /jobs/{id}/discard", Expect::One, Value::Null),
            ("POST /jobs/retry", Expect::Both, json!({})),
            ("POST /backups", Expect::Both, Value::Null),
        ] {
            let id = crate::jobs::dead_job(self.arena.cast.desk()).to_string();
            let id = if operation.contains("{id}") { id.as_str() } else { "" };
            self.twice(operation, expect, "admin", id, body).await;
        }
    }

    /// A letter that was given up is sent again; while it waits, it may be hurried once more. One's own are read.
    async fn letters(&mut self) {
        let give_up = |conn: &mut zhitongche::store::AnyConn| -> Result<LetterId, StoreError> {
            let id: LetterId = letters::table.select(letters::id).order(letters::id.desc()).first(conn)?;
            diesel::update(letters::table.filter(letters::id.eq(id))).set(letters::state.eq(LetterState::Failed)).execute(conn)?;
            Ok(id)
        };
        let id = self.arena.cast.desk().db.write(give_up).await.unwrap().to_string();
        self.both("POST /outbox/{id}/retry", Expect::Both, ADMINISTRATORS, &id, Value::Null).await;
        self.arena.cast.desk().db.write(give_up).await.unwrap();
        self.both("POST /outbox/retry", Expect::Both, ADMINISTRATORS, "", json!({})).await;
        let inbox = self.arena.cast.get("author", "/inbox").await.body;
        let mine = inbox["items"][0]["id"].as_str().unwrap().to_owned();
        self.twice("POST /inbox/{id}/read", Expect::Both, "author", &mine, Value::Null).await;
    }

    pub(super) async fn sign_ins(&mut self) {
        use Expect::{Both, Gone};
        self.twice("POST /tokens", Both, "coauthor", "", json!({"name": "程序"})).await;
        let all = self.arena.cast.get("coauthor", "/tokens").await.body;
        let named = all["items"].as_array().unwrap().iter().find(|one| one["name"] == "程序").unwrap();
        let token = named["id"].as_str().unwrap().to_owned();
        self.twice("DELETE /tokens/{id}", Gone, "coauthor", &token, Value::Null).await;
        let body = json!({"login": "coauthor", "password": PASSWORD});
        self.twice("POST /session", Both, "", "", body).await;
        self.twice("POST /password-resets", Both, "", "", json!({"login": "coauthor"})).await;
        let secret = self.arena.link("coauthor").await;
        let redeem = json!({"link": secret, "password": "第一个-correct-horse"});
        self.twice("POST /one-time-links", Gone, "", "", redeem).await;
        // Both begin with the right password; who comes later has it no more, nor the sign-in.
        let body = json!({"password": PASSWORD, "new_password": "第二个-correct-horse"});
        self.twice("PUT /password", Expect::Gone, "screened", "", body).await;
        self.twice("DELETE /session", Expect::Either, "author", "", Value::Null).await;
    }
}
