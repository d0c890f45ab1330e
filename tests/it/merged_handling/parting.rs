//! The undo window of a merger, its end, and the pages on which its suggestions are decided on.

use serde_json::{Value, json};

use super::{answer, conclude, decide, merged, other, read};
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(within_the_window_authors_learn_of_nothing, who_parts_takes_the_suggestions_along, the_pages_lead_to_the_decision,);

async fn within_the_window_authors_learn_of_nothing(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let (target, assignment) = cast.charged().await;
    let own = other(&cast).await;
    cast.app.clock.advance(chrono::Duration::minutes(11));
    let page = async |login: &str, id: &str| cast.page(login, &format!("/manuscripts/{id}")).await.html;
    let before = (page("coauthor", &own).await, page("author", &target).await);
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    assert_eq!((page("coauthor", &own).await, page("author", &target).await), before);
    assert!(page("dispatcher", &target).await.contains("设立宠物公园。"), "the office sees it at once");
    cast.act("reviewer", &own, "undo", Value::Null).await;
    assert_eq!(cast.get("handler", &format!("/manuscripts/{own}")).await.status, 404);
    assert!(read(&cast, "dispatcher", &target).await["merged"].as_array().unwrap().is_empty());
    // Whoever decides builds on the merger: it is announced, and stands.
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    let taken = decide(&cast, &own, json!({"suggestions": [1], "assignment_id": assignment, "reason": "略。"})).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let seen = read(&cast, "reviewer", &own).await["version"].as_i64();
    let undo = cast.send("POST", "reviewer", &format!("/manuscripts/{own}/undo"), seen, Value::Null).await;
    assert_eq!(undo.status, 409, "{}", undo.body);
    assert_eq!(cast.stage("coauthor", &own).await, "handling");
    assert!(cast.acts(own.parse::<uuid::Uuid>().map(zhitongche::domain::ids::AnyId).unwrap()).contains(&"window_closed".to_owned()));
}

async fn who_parts_takes_the_suggestions_along(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, assignment, own) = merged(&cast).await;
    // It says at which version the assignment stands, before it is changed by acts on the merged manuscript.
    let received = cast.send("POST", "handler", &format!("/assignments/{assignment}/receipt"), Some(1), Value::Null).await;
    assert!(received.status.is_success(), "{}", received.body);
    let all = json!({"suggestions": [1, 2, 3], "assignment_id": assignment});
    assert_eq!(decide(&cast, &own, all).await.status, 200);
    let part = async || {
        let seen = read(&cast, "reviewer", &own).await["version"].as_i64();
        cast.send("DELETE", "reviewer", &format!("/manuscripts/{own}/merge"), seen, Value::Null).await
    };
    assert_eq!(part().await.status, 200);
    let charged = cast.get("handler", &format!("/assignments/{assignment}")).await.body;
    assert_eq!(charged["suggestions"], json!([1, 2]));
    assert_eq!(cast.told("suggestions_ended").await, ["handler"]);
    assert_eq!(cast.get("handler", &format!("/manuscripts/{own}")).await.status, 404);
    // Once more: then a department is at work on nothing else.
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    answer(&cast, "handler", &assignment, &[1, 2]).await;
    assert_eq!(conclude(&cast, &target).await.body["code"], "merged_open", "what was decided before does not count");
    assert_eq!(decide(&cast, &own, json!({"suggestions": [1], "reason": "略。"})).await.status, 200);
    let schools = cast.organization("县教育局").await;
    let number = read(&cast, "dispatcher", &target).await["merged"][0]["suggestions"][0]["number"].clone();
    assert_eq!(number, json!(6), "no number is used twice");
    let rest = json!({"form": "single", "departments": [{"organization_id": schools, "suggestions": [number]}]});
    cast.act("dispatcher", &target, "assignments", rest).await;
    let refused = part().await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("answered_alone")), "{}", refused.body);
}

async fn the_pages_lead_to_the_decision(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, assignment, own) = merged(&cast).await;
    let path = format!("/manuscripts/{own}/suggestions");
    for login in ["handler", "reviewer", "author", "coauthor"] {
        assert_eq!(cast.page(login, &path).await.status, 404, "{login}");
    }
    let main = cast.page("dispatcher", &format!("/manuscripts/{target}")).await.html;
    assert!(main.contains("处理 2026-0002 的建议") && main.contains(&path), "{main}");
    let form = cast.page("dispatcher", &path).await;
    assert!(form.status.is_success() && form.html.contains("禁止养狗。") && form.html.contains("县住建局"), "{}", form.html);
    let version = read(&cast, "dispatcher", &own).await["version"].to_string();
    let fields = [("version", version.as_str()), ("suggestions", "2"), ("assignment_id", assignment.as_str()), ("reason", "")];
    let back = cast.form("dispatcher", &path, &fields).await;
    assert_eq!(back.status, 422);
    assert!(back.html.contains("不列入的理由"), "{}", back.html);
    let fields = [("version", version.as_str()), ("suggestions", "2"), ("assignment_id", assignment.as_str()), ("reason", "主稿已有。")];
    let done = cast.form("dispatcher", &path, &fields).await;
    assert_eq!((done.status.as_u16(), done.location.as_str()), (303, format!("/manuscripts/{target}?done=merged-decided#merged").as_str()));
    let main = cast.page("dispatcher", &format!("/manuscripts/{target}?done=merged-decided")).await.html;
    assert!(
        main.contains("列入答复，编为第 3 条") && main.contains("未列入答复：主稿已有。") && main.contains("来自并入的 2026-0002 第 2 条"),
        "{main}"
    );
    let whole = cast.page("leader", &format!("/reading/{target}")).await.html;
    assert!(whole.contains("设立宠物公园。"), "{whole}");
    let more = cast.page("dispatcher", &format!("/manuscripts/{target}/assignment")).await.html;
    assert!(more.contains("只交办选中的建议") && more.contains("来自并入的 2026-0002 第 2 条"), "{more}");
}
