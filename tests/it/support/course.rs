//! A manuscript on its way past the leaders, for tests that begin there.

use serde_json::{Value, json};
use zhitongche::app::forwarding::{self, Forwarding};
use zhitongche::domain::calendar::Calendar;
use zhitongche::domain::permission::{Actor, Grant};
use zhitongche::domain::vocabulary::Role;
use zhitongche::store::schema::grants;

use super::cast::Cast;

impl Cast {
    /// Puts an accepted manuscript before the leader.
    pub(crate) async fn forward(&self, id: &str) {
        use diesel::prelude::*;
        let (signer, leader) = (self.user("signer").await, self.user("leader").await);
        let desk = zhitongche::app::App::new(
            self.app.db(),
            self.app.clock.clone(),
            std::sync::Arc::new(self.app.settings.clone()),
            Calendar::shipped().unwrap(),
        );
        let (id, channel) = (id.parse().unwrap(), self.channel);
        let act = move |tx: &mut zhitongche::app::Tx<'_>| {
            let of = grants::table.filter(grants::user_id.eq(signer)).select((grants::id, grants::organization_id));
            let (grant, organization) = of.first(tx.conn)?;
            let grants = vec![Grant { id: grant, role: Role::Signer, organization, serves: None, for_user: None }];
            let actor = Actor { user: signer, channel, grants };
            forwarding::forward(tx, &actor, id, 4, &Forwarding { recipients: vec![leader] })
        };
        desk.write("test", act).await.unwrap();
    }

    /// A manuscript before the leader, charged to the handler's department; both ids.
    pub(crate) async fn charged(&self) -> (String, String) {
        let id = self.accepted().await;
        self.forward(&id).await;
        let housing = self.organization("县住建局").await;
        let form = json!({"form": "single", "departments": [{"organization_id": housing}]});
        let body = self.act("dispatcher", &id, "assignments", form).await;
        let assignment = body["assignments"][0]["id"].as_str().unwrap().to_owned();
        (id, assignment)
    }

    /// A manuscript whose department has answered, concluded.
    pub(crate) async fn concluded(&self) -> String {
        let (id, one) = self.charged().await;
        let items = json!([
            {"number": 1, "answer": "planned", "words": "列入明年计划。", "promised_on": "2027-06-30"},
            {"number": 2, "answer": "not_adopted", "words": "错时放学需省里统一部署。"}
        ]);
        let reply = json!({
            "words": "已会同县教育局研究。", "result_code": "A", "consultation": "meeting", "officer": "周敏", "items": items
        });
        let acts = [
            ("handler", "receipt", 1, Value::Null),
            ("handler", "reply", 2, reply),
            ("dispatcher", "reply-review", 3, json!({"decision": "approve"})),
        ];
        for (login, act, seen, body) in acts {
            let answer = self.send("POST", login, &format!("/assignments/{one}/{act}"), Some(seen), body).await;
            assert_eq!(answer.status, 200, "{act}: {}", answer.body);
        }
        self.act("dispatcher", &id, "conclusion", json!({"result": "已纳入计划。"})).await;
        id
    }
}
