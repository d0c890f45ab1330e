//! The same over HTTP: addresses, versions, problems, and what each person is shown.

use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    an_assignment_lives_over_http,
    whoever_may_not_see_it_gets_404,
    lists_have_pages,
    a_closed_department_is_called_that
);

async fn act(cast: &Cast, login: &str, id: &str, act: &str, seen: Option<i64>, body: Value) -> Answer {
    cast.send("POST", login, &format!("/assignments/{id}/{act}"), seen, body).await
}

fn reply() -> Value {
    json!({
        "words": "已会同县教育局研究。", "result_code": "A", "consultation": "meeting", "officer": "周敏",
        "items": [
            {"number": 1, "answer": "planned", "words": "列入明年计划。", "promised_on": "2027-06-30"},
            {"number": 2, "answer": "not_adopted", "words": "错时放学需省里统一部署。"}
        ]
    })
}

async fn an_assignment_lives_over_http(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (id, one) = cast.charged().await;
    assert_eq!(act(&cast, "handler", &one, "receipt", None, Value::Null).await.status, 428);
    let stale = act(&cast, "handler", &one, "receipt", Some(7), Value::Null).await;
    assert_eq!((stale.status.as_u16(), stale.body["version"].as_i64()), (412, Some(1)));
    let received = act(&cast, "handler", &one, "receipt", Some(1), Value::Null).await;
    assert_eq!((received.status.as_u16(), received.body["state"].as_str()), (200, Some("received")));
    assert_eq!(received.headers["etag"], "\"2\"");
    let again = act(&cast, "handler", &one, "receipt", Some(2), Value::Null).await;
    assert_eq!((again.status.as_u16(), again.body["code"].as_str()), (409, Some("wrong_state")));

    let bare = act(&cast, "handler", &one, "reply", Some(2), json!({"words": "好。", "items": []})).await;
    let fields: Vec<&str> = bare.body["errors"].as_array().unwrap().iter().filter_map(|one| one["field"].as_str()).collect();
    assert_eq!((bare.status.as_u16(), fields), (422, vec!["officer", "result_code", "consultation", "items"]), "all at once");
    let mut gap = reply();
    gap["items"].as_array_mut().unwrap().pop();
    let gap = act(&cast, "handler", &one, "reply", Some(2), gap).await;
    assert_eq!((gap.status.as_u16(), gap.body["errors"][0]["code"].as_str()), (422, Some("unanswered")));
    assert_eq!(act(&cast, "handler", &one, "reply", Some(2), reply()).await.status, 200);
    let wrong = act(&cast, "handler", &one, "reply-review", Some(3), json!({"decision": "approve"})).await;
    assert_eq!((wrong.status.as_u16(), wrong.body["code"].as_str()), (403, Some("wrong_role")));
    let approved = act(&cast, "dispatcher", &one, "reply-review", Some(3), json!({"decision": "approve"})).await;
    assert_eq!(approved.body["state"], "approved");
    assert_eq!(act(&cast, "handler", &one, "implementation-reports", None, json!({"words": "已动工。", "number": 1})).await.status, 200);

    let body = cast.act("dispatcher", &id, "conclusion", json!({"result": "已纳入计划。"})).await;
    assert_eq!(body["stage"], "concluded");
    let author = cast.get("author", &format!("/manuscripts/{id}")).await.body;
    let shown = &author["assignments"][0];
    assert_eq!((shown["replies"][0]["items"][0]["promised_on"].as_str(), shown["internal"].is_null()), (Some("2027-06-30"), true));
    let rating = json!({"attitude": "satisfied", "result": "unsatisfied"});
    let rated = cast.send("POST", "author", &format!("/manuscripts/{id}/ratings"), None, rating.clone()).await;
    assert_eq!((rated.status.as_u16(), rated.body["result"].as_str()), (200, Some("unsatisfied")));
    let twice = cast.send("POST", "author", &format!("/manuscripts/{id}/ratings"), None, rating).await;
    assert_eq!((twice.status.as_u16(), twice.body["code"].as_str()), (409, Some("already_done")));
    let adoption = json!({"level": "city", "body": "市委统战部", "form": "single", "adopted_on": "2026-11-02"});
    assert_eq!(cast.send("POST", "reviewer", &format!("/manuscripts/{id}/adoptions"), None, adoption).await.status, 200);
    assert_eq!(cast.act("dispatcher", &id, "reopening", json!({"reason": "作者不满意。"})).await["stage"], "handling");
    assert_eq!(
        cast.act("dispatcher", &id, "conclusion", json!({"result": "已补充说明。", "reason": "部门的答复没有变化，已当面说明。"})).await["stage"],
        "concluded"
    );
    let body = cast.act("reviewer", &id, "archival", json!({})).await;
    assert_eq!((body["stage"].as_str(), body["outcome"].as_str()), (Some("archived"), Some("concluded")));
}

async fn whoever_may_not_see_it_gets_404(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let (id, one) = cast.charged().await;
    for login in ["handler2", "coauthor", "leader2", "auditor", "security", "admin", "other-dispatcher", "other-handler"] {
        assert_eq!(cast.get(login, &format!("/assignments/{one}")).await.status, 404, "{login}");
        for path in ["receipt", "return-request", "contribution", "urging", "implementation-reports"] {
            let body = match path {
                "receipt" => Value::Null,
                "return-request" => json!({"reason": "不属于我局。", "proposed_organization": "县公路局"}),
                "contribution" => json!({"words": "好。", "officer": "周敏"}),
                _ => json!({"words": "好。"}),
            };
            assert_eq!(act(&cast, login, &one, path, Some(1), body).await.status, 404, "{login} {path}");
        }
        let rating = json!({"attitude": "satisfied", "result": "satisfied"});
        assert_eq!(cast.send("POST", login, &format!("/manuscripts/{id}/ratings"), None, rating).await.status, 404, "{login}");
        assert_eq!(cast.get(login, "/assignments").await.body["items"], json!([]), "{login}");
    }
    for login in ["author", "leader", "reviewer", "signer", "dispatcher", "handler"] {
        assert_eq!(cast.get(login, &format!("/assignments/{one}")).await.status, 200, "{login}");
    }
    assert_eq!(cast.get("handler", &format!("/assignments/{one}")).await.body["version"], 1, "nothing of it has happened");
    assert_eq!(cast.get("", &format!("/assignments/{one}")).await.status, 401);
}

async fn lists_have_pages(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        cast.app.clock.advance(chrono::Duration::minutes(1));
        made.push(cast.charged().await.1);
    }
    let page = |query: String| {
        let cast = &cast;
        async move { cast.get("handler", &format!("/assignments?desk=mine&limit=2{query}")).await.body }
    };
    let ids =
        |body: &Value| body["items"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let first = page(String::new()).await;
    assert_eq!(ids(&first), [made[2].clone(), made[1].clone()]);
    let second = page(format!("&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!((ids(&second), second["next_cursor"].is_null()), (vec![made[0].clone()], true));
    let due = page("&sort=due&state=dispatched".into()).await;
    assert_eq!(due["items"].as_array().unwrap().len(), 2);
    assert_eq!(cast.get("handler", "/assignments?state=nonsense").await.status, 400);
}

async fn a_closed_department_is_called_that(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.accepted().await;
    cast.forward(&id).await;
    let housing = cast.organization("县住建局").await;
    let path = format!("/organizations/{housing}");
    assert_eq!(cast.send("PATCH", "admin", &path, Some(1), json!({"closed": true})).await.status, 200);
    let form = json!({"form": "single", "departments": [{"organization_id": housing}]});
    let seen = cast.get("dispatcher", &format!("/manuscripts/{id}")).await.body["version"].as_i64();
    let refused = cast.send("POST", "dispatcher", &format!("/manuscripts/{id}/assignments"), seen, form).await;
    let error = &refused.body["errors"][0];
    assert_eq!(
        (&error["field"], &error["code"]),
        (&json!("departments[0].organization_id"), &json!("closed_organization")),
        "{}",
        refused.body
    );
}
