//! Queues that nobody can work: a screening is skipped; elsewhere the work waits visibly and the administrators are told.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;
use zhitongche::jobs::{JobContext, staffing};

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(a_screening_that_nobody_can_do_is_skipped, what_waits_for_nobody_waits_visibly_and_the_administrators_are_told,);

fn look(cast: &Cast) -> usize {
    staffing::run_once(&JobContext::new(cast.desk().clone()).unwrap()).unwrap()
}

async fn stage(cast: &Cast, login: &str, id: &str) -> Value {
    cast.get(login, &format!("/manuscripts/{id}")).await.body["stage"].clone()
}

/// Takes all roles of a person away.
async fn revoke(cast: &Cast, login: &str) {
    let grants = cast.get("admin", &format!("/roles?user={}", cast.id(login))).await.body["items"].clone();
    for grant in grants.as_array().unwrap() {
        let path = format!("/roles/{}", grant["id"].as_str().unwrap());
        assert_eq!(cast.app.send(cast.request(Method::DELETE, "admin", &path)).await.status, 204);
    }
}

async fn a_screening_that_nobody_can_do_is_skipped(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (waits, another) = (cast.submitted_by("screened").await, cast.submitted_by("author").await);
    assert_eq!((stage(&cast, "screened", &waits).await, look(&cast)), (json!("screening"), 0), "somebody is there");
    // The only screener is an author of this one: nobody could screen it.
    cast.grant("screener", Role::Submitter, None).await;
    let own = cast.submitted_by("screener").await;
    assert_eq!(stage(&cast, "screener", &own).await, json!("review"));
    revoke(&cast, "screener").await;
    assert_eq!(look(&cast), 1, "the last screener has gone");
    assert_eq!(stage(&cast, "reviewer", &waits).await, json!("review"));
    assert_eq!(cast.told("screening_passed").await, Vec::<String>::new(), "their office decided nothing");
    assert_eq!(cast.told("arrived_review").await.iter().filter(|name| *name == "reviewer").count(), 3);
    assert_eq!(look(&cast), 0);
    let direct = cast.submitted_by("screened").await;
    assert_eq!(stage(&cast, "screened", &direct).await, json!("review"), "nor does another wait there");
    assert_eq!(stage(&cast, "reviewer", &another).await, json!("review"));
    assert_eq!(cast.told("queue_unstaffed").await, Vec::<String>::new());
    for (login, id, act) in [("screened", &direct, "submit"), ("reviewer", &direct, "submit"), ("reviewer", &waits, "pass_screening")] {
        let history = cast.get(login, &format!("/manuscripts/{id}/history")).await.body;
        let acts = history["items"].as_array().unwrap().iter().filter(|item| item["screening_skipped"] == true);
        assert_eq!(acts.map(|item| item["action"].as_str().unwrap()).collect::<Vec<_>>(), [act], "{login}: {history}");
        let page = cast.page(login, &format!("/manuscripts/{id}")).await.html;
        assert!(page.contains("没有可以初审的人，未经初审，直接送审核"), "{login}: {page}");
    }
    let another = cast.get("reviewer", &format!("/manuscripts/{another}/history")).await.body;
    assert!(!another.to_string().contains("screening_skipped"), "its organisation does not screen: {another}");
    assert!(cast.page("admin", "/organizations").await.html.contains("是，但没有可以初审的人"));
    assert!(cast.page("admin", "/health").await.html.contains("没有初审员，来稿直接送审核：民盟县总支"));
}

async fn what_waits_for_nobody_waits_visibly_and_the_administrators_are_told(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    let unstaffed = |login: &'static str| {
        let (cast, path) = (&cast, format!("/manuscripts/{id}"));
        async move { cast.get(login, &path).await.body["where_is_it"]["unstaffed"].clone() }
    };
    assert_eq!((look(&cast), unstaffed("reviewer").await), (0, json!(false)));
    revoke(&cast, "signer").await;
    assert_eq!(look(&cast), 1);
    assert_eq!(cast.told("queue_unstaffed").await, ["admin"]);
    let letter = cast.letters(cast.id("admin"), "queue_unstaffed".parse().unwrap()).remove(0);
    assert_eq!((&letter["queues"], &letter["count"], &letter["title"]), (&json!(["signing"]), &json!(1), &Value::Null));
    assert_eq!(stage(&cast, "reviewer", &id).await, json!("signing"), "it waits");
    assert_eq!((unstaffed("reviewer").await, unstaffed("author").await), (json!(true), json!(false)));
    assert_eq!(look(&cast), 0, "once a day");
    cast.app.clock.advance(Duration::hours(25));
    assert_eq!(look(&cast), 1);
    cast.grant("reviewer2", Role::Signer, None).await;
    cast.app.clock.advance(Duration::hours(25));
    assert_eq!((look(&cast), unstaffed("reviewer").await), (0, json!(false)));
}
