//! The very same sent twice, with a fresh `Idempotency-Key` or none: refused, and the first one named. And a conclusion that would only
//! repeat the last one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(an_equal_fact_is_entered_once, an_equal_answer_is_given_once, concluding_again_takes_an_answer_or_a_reason);

/// Sends it twice with different keys; the second must name the first. Gives the first.
async fn twice(cast: &Cast, login: &str, path: &str, body: Value) -> Value {
    let send = async |key: &str| {
        let request = cast.request(Method::POST, login, path).header("Idempotency-Key", key).json(&body);
        cast.app.send(request).await
    };
    let (one, other) = (cast.app.clock.id::<uuid::Uuid>().to_string(), cast.app.clock.id::<uuid::Uuid>().to_string());
    let (first, second): (Answer, Answer) = (send(&one).await, send(&other).await);
    assert!(first.status.is_success(), "{path}: {}", first.body);
    assert_eq!((second.status.as_u16(), &second.body["code"]), (409, &json!("already_done")), "{path}: {}", second.body);
    assert!(second.body["existing"].is_string(), "{path}: {}", second.body);
    let same = send(&one).await;
    assert_eq!(same.status, first.status, "the key of the first still gives its answer");
    json!({"first": first.body, "existing": second.body["existing"]})
}

async fn an_equal_fact_is_entered_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (id, one) = cast.charged().await;
    let at = |rest: &str| format!("/manuscripts/{id}/{rest}");
    let words = json!({"kind": "guidance", "words": "请认真研究。"});
    let endorsed = twice(&cast, "leader", &at("endorsements"), words.clone()).await;
    assert_eq!(endorsed["existing"], endorsed["first"]["id"]);
    let other = json!({"kind": "guidance", "words": "请认真研究，月底前报告。"});
    assert_eq!(cast.post("leader", &at("endorsements"), other).await.status, 201, "other words are another endorsement");
    let noted = twice(&cast, "leader", &at("endorsements"), json!({"kind": "noted"})).await;
    assert_eq!(noted["existing"], noted["first"]["id"]);

    let taken =
        json!({"level": "city", "body": "市委统战部《建言专报》", "form": "single", "adopted_on": "2026-11-02", "evidence": "第8期"});
    let adopted = twice(&cast, "reviewer", &at("adoptions"), taken.clone()).await;
    assert_eq!(adopted["existing"], adopted["first"]["id"]);
    let elsewhere = json!({"level": "province", "body": "省委统战部", "form": "single", "adopted_on": "2026-11-02"});
    assert_eq!(cast.post("reviewer", &at("adoptions"), elsewhere).await.status, 200);

    twice(&cast, "dispatcher", &format!("/assignments/{one}/urging"), json!({"words": "请尽快签收。"})).await;
    cast.app.clock.advance(chrono::Duration::days(1));
    let next_day = cast.post("dispatcher", &format!("/assignments/{one}/urging"), json!({"words": "请尽快签收。"})).await;
    assert_eq!(next_day.status, 200, "the same words on another day urge again: {}", next_day.body);

    let page = cast.page("dispatcher", &format!("/manuscripts/{id}")).await.html;
    assert_eq!(page.matches("市委统战部《建言专报》").count(), 1);
    let fields =
        [("level", "city"), ("body", "市委统战部《建言专报》"), ("form", "single"), ("adopted_on", "2026-11-02"), ("evidence", "第8期")];
    let again = cast.form("reviewer", &at("adoptions"), &fields).await;
    assert_eq!(again.location, format!("/manuscripts/{id}?done=repeated"), "the page shows the first: {}", again.html);
}

async fn an_equal_answer_is_given_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (_, one) = cast.charged().await;
    let at = |act: &str| format!("/assignments/{one}/{act}");
    assert_eq!(cast.send("POST", "handler", &at("receipt"), Some(1), Value::Null).await.status, 200);
    let items =
        json!([{"number": 1, "answer": "adopted", "words": "已建。"}, {"number": 2, "answer": "not_adopted", "words": "需省里部署。"}]);
    let reply = json!({"words": "已研究。", "result_code": "A", "consultation": "meeting", "officer": "周敏", "items": items});
    let first = cast.send("POST", "handler", &at("reply"), Some(2), reply.clone()).await;
    assert_eq!(first.status, 200, "{}", first.body);
    for seen in [2, 3] {
        let again = cast.send("POST", "handler", &at("reply"), Some(seen), reply.clone()).await;
        assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("already_done")), "{}", again.body);
        assert_eq!(again.body["existing"], first.body["replies"][0]["id"]);
    }
    let mut other = reply.clone();
    other["words"] = json!("另行答复。");
    assert_eq!(cast.send("POST", "handler", &at("reply"), Some(2), other).await.status, 412, "another answer by who saw an older state");
    assert_eq!(cast.send("POST", "dispatcher", &at("reply-review"), Some(3), json!({"decision": "approve"})).await.status, 200);
    let report = json!({"words": "临时停车场开工。", "number": 1});
    let sent = twice(&cast, "handler", &at("implementation-reports"), report).await;
    assert_eq!(sent["existing"], sent["first"]["reports"][0]["id"]);
}

async fn concluding_again_takes_an_answer_or_a_reason(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.concluded().await;
    let path = format!("/manuscripts/{id}");
    cast.app.clock.advance(chrono::Duration::minutes(1));
    cast.act("dispatcher", &id, "reopening", json!({"reason": "作者不满意。"})).await;
    let seen = cast.get("dispatcher", &path).await.body["version"].as_i64();
    let conclude = async |body: Value| cast.send("POST", "dispatcher", &format!("{path}/conclusion"), seen, body).await;
    let bare = conclude(json!({"result": "已纳入计划。"})).await;
    assert_eq!(
        (bare.status.as_u16(), &bare.body["errors"][0]["field"], &bare.body["errors"][0]["code"]),
        (422, &json!("reason"), &json!("reason_or_reply"))
    );
    assert_eq!(conclude(json!({"result": "已纳入计划。", "reason": " \n"})).await.status, 422, "blanks are no reason");
    let page = cast.page("dispatcher", &format!("{path}/conclusion")).await.html;
    assert!(page.contains("name=\"reason\"") && page.contains("为什么可以再次办结"), "{page}");
    let version = seen.unwrap().to_string();
    let back = cast.form("dispatcher", &format!("{path}/conclusion"), &[("version", &version), ("result", "已纳入计划。")]).await;
    assert!(back.status == 422 && back.html.contains("w-reason") && back.html.contains("已纳入计划。"), "{}", back.html);
    let done = conclude(json!({"result": "已纳入计划。", "reason": "已当面向作者说明，作者表示理解。"})).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let author = cast.get("author", &path).await.body;
    assert_eq!(author["decisions"].as_array().unwrap().last().unwrap()["reason"], "已当面向作者说明，作者表示理解。");
    assert!(cast.page("author", &path).await.html.contains("已当面向作者说明，作者表示理解。"));
    let told = cast.letters(cast.user("author").await, zhitongche::domain::notice::Letter::Concluded);
    assert_eq!(told.last().unwrap()["reason"], "已当面向作者说明，作者表示理解。");

    // A new answer that stands makes a reason unnecessary.
    cast.app.clock.advance(chrono::Duration::minutes(1));
    cast.act("dispatcher", &id, "reopening", json!({"reason": "有新情况。"})).await;
    cast.app.clock.advance(chrono::Duration::minutes(1));
    let education = cast.organization("县教育局").await;
    let form = json!({"form": "single", "departments": [{"organization_id": education}]});
    let body = cast.act("dispatcher", &id, "assignments", form).await;
    let rows = body["assignments"].as_array().unwrap();
    let one = rows.iter().find(|one| one["state"] == "dispatched").unwrap()["id"].as_str().unwrap().to_owned();
    let items = json!([{"number": 1, "answer": "adopted", "words": "已建。"}, {"number": 2, "answer": "adopted", "words": "已错时放学。"}]);
    let reply = json!({"words": "已落实。", "result_code": "A", "consultation": "meeting", "officer": "周敏", "items": items});
    for (login, act, seen, body) in [
        ("handler2", "receipt", 1, Value::Null),
        ("handler2", "reply", 2, reply),
        ("dispatcher", "reply-review", 3, json!({"decision": "approve"})),
    ] {
        let answer = cast.send("POST", login, &format!("/assignments/{one}/{act}"), Some(seen), body).await;
        assert_eq!(answer.status, 200, "{act}: {}", answer.body);
    }
    assert!(!cast.page("dispatcher", &format!("{path}/conclusion")).await.html.contains("name=\"reason\""));
    cast.act("dispatcher", &id, "conclusion", json!({"result": "已错时放学。"})).await;
}
