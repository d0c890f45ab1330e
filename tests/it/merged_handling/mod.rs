//! A manuscript is merged into one that leaders and departments handle already: they are told, they read it, and its suggestions are answered,
//! or its authors read why not.

mod parting;

use serde_json::{Value, json};
use zhitongche::domain::notice::Letter;
use zhitongche::domain::vocabulary::Role;

use crate::support::app::Answer;
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    those_who_handle_it_are_told_and_read_what_was_merged,
    what_is_taken_is_answered_like_the_others,
    a_conclusion_waits_for_the_decision,
    what_was_merged_before_goes_along_with_the_assignment,
    after_the_answer_another_department_gets_what_was_taken,
);

/// A manuscript of `coauthor` with three suggestions of its own, at review.
pub(super) async fn other(cast: &Cast) -> String {
    let mut form = complete();
    form["title"] = json!("关于文明养犬的建议");
    form["situation"] = json!("小区里犬只伤人的事时有发生。");
    form["suggestions"] = json!(["禁止养狗。", "设立宠物公园。", "加强巡查。"]);
    let made = cast.send("POST", "coauthor", "/manuscripts", None, form).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    cast.act("screener", &id, "screening", json!({"decision": "pass"})).await;
    id
}

/// One with departments, and another one that is merged into it: target, assignment, merged.
pub(super) async fn merged(cast: &Cast) -> (String, String, String) {
    let (target, assignment) = cast.charged().await;
    let own = other(cast).await;
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    (target, assignment, own)
}

pub(super) async fn read(cast: &Cast, login: &str, id: &str) -> Value {
    cast.get(login, &format!("/manuscripts/{id}")).await.body
}

pub(super) async fn decide(cast: &Cast, own: &str, body: Value) -> Answer {
    let seen = read(cast, "dispatcher", own).await["version"].as_i64();
    cast.send("POST", "dispatcher", &format!("/manuscripts/{own}/merged-suggestions"), seen, body).await
}

async fn step(cast: &Cast, login: &str, assignment: &str, act: &str, body: Value) -> Answer {
    let seen = cast.get(login, &format!("/assignments/{assignment}")).await.body["version"].as_i64();
    cast.send("POST", login, &format!("/assignments/{assignment}/{act}"), seen, body).await
}

fn reply(numbers: &[u32]) -> Value {
    let item = |n: &u32| json!({"number": n, "answer": "adopted", "words": format!("第{n}条已办。")});
    let items: Vec<Value> = numbers.iter().map(item).collect();
    json!({"words": "已研究。", "result_code": "A", "consultation": "meeting", "officer": "周敏", "items": items})
}

/// The department receives it and answers these; the dispatcher lets it stand.
pub(super) async fn answer(cast: &Cast, login: &str, assignment: &str, numbers: &[u32]) {
    if cast.get(login, &format!("/assignments/{assignment}")).await.body["state"] == "dispatched" {
        assert_eq!(step(cast, login, assignment, "receipt", Value::Null).await.status, 200);
    }
    let replied = step(cast, login, assignment, "reply", reply(numbers)).await;
    assert_eq!(replied.status, 200, "{}", replied.body);
    assert_eq!(step(cast, "dispatcher", assignment, "reply-review", json!({"decision": "approve"})).await.status, 200);
}

pub(super) async fn conclude(cast: &Cast, target: &str) -> Answer {
    let seen = read(cast, "dispatcher", target).await["version"].as_i64();
    cast.send("POST", "dispatcher", &format!("/manuscripts/{target}/conclusion"), seen, json!({"result": "已办结。"})).await
}

async fn those_who_handle_it_are_told_and_read_what_was_merged(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, _) = cast.charged().await;
    let words = json!({"kind": "guidance", "words": "此件办得好。"});
    assert_eq!(cast.post("leader", &format!("/manuscripts/{target}/endorsements"), words).await.status, 201);
    let own = other(&cast).await;
    assert_eq!(cast.get("handler", &format!("/manuscripts/{own}")).await.status, 404, "not before it is merged");
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    for (letter, who) in [("merged_to_decide", "dispatcher"), ("merged_for_department", "handler"), ("merged_for_leader", "leader")] {
        assert_eq!(cast.told(letter).await, [who], "{letter}");
        let told = cast.letters(cast.user(who).await, letter.parse::<Letter>().unwrap());
        assert_eq!((&told[0]["number"], &told[0]["merged"]), (&json!("2026-0001"), &json!("2026-0002")), "{letter}");
    }
    for login in ["dispatcher", "handler", "leader", "signer", "secretary"] {
        let seen = read(&cast, login, &own).await;
        assert_eq!(seen["situation"], "小区里犬只伤人的事时有发生。", "{login}: {seen}");
        let whole = read(&cast, login, &target).await;
        let list = &whole["merged"];
        assert_eq!((&list[0]["id"], &list[0]["suggestions"][1]["words"]), (&json!(own), &json!("设立宠物公园。")), "{login}");
        assert_eq!(list[0]["decided"], false);
        let page = cast.page(login, &format!("/manuscripts/{target}")).await.html;
        assert!(page.contains("并入的稿件") && page.contains("设立宠物公园。") && page.contains(&format!("/manuscripts/{own}")), "{login}");
    }
    for stranger in ["author", "handler2", "screened"] {
        assert_eq!(cast.get(stranger, &format!("/manuscripts/{own}")).await.status, 404, "{stranger}");
    }
    let author = read(&cast, "author", &target).await.to_string() + &cast.page("author", &format!("/manuscripts/{target}")).await.html;
    assert!(!author.contains("宠物") && !author.contains("2026-0002"), "the target's author reads nothing of it: {author}");
    // Whoever wrote the target reads nobody else's text, whatever desk they hold.
    cast.grant("author", Role::Dispatcher, None).await;
    assert_eq!(cast.get("author", &format!("/manuscripts/{own}")).await.status, 404);
}

async fn what_is_taken_is_answered_like_the_others(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, assignment, own) = merged(&cast).await;
    for (body, field, code) in [
        (json!({"suggestions": [1, 3]}), "reason", "required"),
        (json!({"suggestions": [1, 4], "reason": "略。"}), "suggestions[1]", "unknown"),
        (json!({"suggestions": [1, 1], "reason": "略。"}), "suggestions[1]", "duplicate"),
        (json!({"suggestions": [1, 2, 3], "assignment_id": own}), "assignment_id", "unknown"),
    ] {
        let refused = decide(&cast, &own, body).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (422, &json!(field)), "{}", refused.body);
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
    let body = json!({"suggestions": [3, 1], "assignment_id": assignment, "reason": "与主稿第2条相同。"});
    assert_eq!(decide(&cast, &own, body).await.status, 200);
    assert_eq!(
        (cast.told("suggestions_decided").await, cast.told("suggestions_added").await),
        (vec!["coauthor".into()], vec!["handler".into()])
    );
    let told = cast.letters(cast.user("coauthor").await, Letter::SuggestionsDecided);
    assert_eq!(
        (&told[0]["suggestions"], &told[0]["reason"], &told[0]["wording"]),
        (&json!([1, 3]), &json!("与主稿第2条相同。"), &json!("partly"))
    );
    let charged = cast.get("handler", &format!("/assignments/{assignment}")).await.body;
    assert_eq!(charged["suggestions"], json!([1, 2, 3, 4]));
    let page = cast.page("handler", &format!("/assignments/{assignment}")).await.html;
    assert!(page.contains("禁止养狗。") && page.contains("来自并入的 2026-0002 第 3 条") && page.contains("加强巡查。"), "{page}");

    step(&cast, "handler", &assignment, "receipt", Value::Null).await;
    let short = step(&cast, "handler", &assignment, "reply", reply(&[1, 2])).await;
    assert_eq!((short.status.as_u16(), &short.body["errors"][0]["code"]), (422, &json!("unanswered")), "{}", short.body);
    let mut whole = reply(&[1, 2, 3]);
    whole["items"]
        .as_array_mut()
        .unwrap()
        .push(json!({"number": 4, "answer": "planned", "words": "明年加强巡查。", "promised_on": "2027-06-30"}));
    assert_eq!(step(&cast, "handler", &assignment, "reply", whole).await.status, 200);
    step(&cast, "dispatcher", &assignment, "reply-review", json!({"decision": "approve"})).await;
    let promised = cast.page("dispatcher", "/dispatch?month=2027-06").await.html;
    assert!(promised.contains(&format!("/assignments/{assignment}")), "the promise stands in the calendar");

    let course = read(&cast, "coauthor", &own).await["course"].clone();
    assert_eq!(
        course["yours"],
        json!([{"suggestion": 1, "number": 3}, {"suggestion": 2, "number": null, "reason": "与主稿第2条相同。"}, {"suggestion": 3, "number": 4}])
    );
    let page = cast.page("coauthor", &format!("/manuscripts/{own}")).await.html;
    let own_part = page.split("id=\"suggestions\"").nth(1).unwrap();
    let at = |words: &str| own_part.find(words).unwrap_or_else(|| panic!("their part does not say {words}: {own_part}"));
    let order = ["禁止养狗。", "第3条已办。", "设立宠物公园。", "未列入答复：与主稿第2条相同。", "加强巡查。", "明年加强巡查。"];
    assert!(order.map(at).is_sorted(), "{:?}", order.map(at));
    let author = read(&cast, "author", &target).await;
    let items = author["assignments"][0]["replies"][0]["items"].as_array().unwrap().len();
    assert_eq!((items, &author["assignments"][0]["suggestions"]), (2, &json!([1, 2])), "{author}");
    assert!(!cast.page("author", &format!("/manuscripts/{target}")).await.html.contains("巡查"));
    let report = json!({"number": 4, "words": "巡查已加强。", "implemented": true});
    assert_eq!(cast.post("handler", &format!("/assignments/{assignment}/implementation-reports"), report).await.status, 200);
    assert!(cast.page("coauthor", &format!("/manuscripts/{own}")).await.html.contains("巡查已加强。"));
    assert!(!read(&cast, "author", &target).await.to_string().contains("巡查"));
    assert_eq!(conclude(&cast, &target).await.status, 200);
    let rated = json!({"attitude": "satisfied", "result": "satisfied"});
    assert_eq!(cast.post("coauthor", &format!("/manuscripts/{own}/ratings"), rated).await.status, 200);
}

async fn a_conclusion_waits_for_the_decision(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, assignment, own) = merged(&cast).await;
    answer(&cast, "handler", &assignment, &[1, 2]).await;
    let refused = conclude(&cast, &target).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("merged_open")), "{}", refused.body);
    assert!(refused.body["detail"].as_str().unwrap().contains("并入的稿件"), "{}", refused.body);
    for (path, there) in [("/dispatch", true), ("/dispatch/merged", true), ("/dispatch/settled", false)] {
        let page = cast.page("dispatcher", path).await.html;
        assert_eq!(page.contains(&format!("/manuscripts/{own}/suggestions")), there, "{path}: {page}");
    }
    let stranger =
        cast.send("POST", "reviewer", &format!("/manuscripts/{own}/merged-suggestions"), Some(1), json!({"reason": "略。"})).await;
    assert_eq!((stranger.status.as_u16(), &stranger.body["code"]), (403, &json!("wrong_role")), "{}", stranger.body);
    assert_eq!(decide(&cast, &own, json!({"reason": "主稿的答复已经包括。"})).await.status, 200);
    assert!(!cast.page("dispatcher", "/dispatch").await.html.contains(&format!("/manuscripts/{own}/suggestions")));
    assert!(cast.page("coauthor", &format!("/manuscripts/{own}")).await.html.contains("未列入答复：主稿的答复已经包括。"));
    // What was not taken can be decided again, and what was taken can't.
    assert_eq!(decide(&cast, &own, json!({"suggestions": [2], "reason": "其余的已经包括。"})).await.status, 200);
    let refused = conclude(&cast, &target).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("suggestions_unassigned")), "{}", refused.body);
    assert_eq!(decide(&cast, &own, json!({"suggestions": [2], "reason": "略。"})).await.body["errors"][0]["code"], "duplicate");
    assert_eq!(decide(&cast, &own, json!({"suggestions": [1, 3]})).await.status, 200);
    assert_eq!(decide(&cast, &own, json!({"reason": "略。"})).await.body["code"], "already_done");
    let yours = read(&cast, "coauthor", &own).await["course"]["yours"].clone();
    assert_eq!(
        (&yours[0]["number"], &yours[1]["number"], &yours[2]["number"]),
        (&json!(4), &json!(3), &json!(5)),
        "each has its own number"
    );
}

async fn what_was_merged_before_goes_along_with_the_assignment(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let later = || cast.app.clock.advance(chrono::Duration::minutes(11));
    let target = cast.accepted().await;
    later();
    let own = other(&cast).await;
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    later();
    let early = decide(&cast, &own, json!({"suggestions": [1, 2, 3]})).await;
    assert_eq!((early.status.as_u16(), &early.body["code"]), (409, &json!("target_not_handled")), "{}", early.body);
    let seen = read(&cast, "signer", &target).await["version"].as_i64();
    let recipients = json!({"recipients": [cast.user("leader").await]});
    cast.send("POST", "signer", &format!("/manuscripts/{target}/forwarding"), seen, recipients).await;
    let housing = cast.organization("县住建局").await;
    let form = cast.page("dispatcher", &format!("/manuscripts/{target}/assignment")).await.html;
    assert!(form.contains("有 1 篇并入的稿件还没有处理其建议"), "{form}");
    assert_eq!(decide(&cast, &own, json!({"suggestions": [1, 2, 3]})).await.status, 200);
    assert!(cast.told("suggestions_added").await.is_empty(), "nobody has them yet");
    assert_eq!(conclude(&cast, &target).await.body["code"], "suggestions_unassigned");
    let single = json!({"form": "single", "departments": [{"organization_id": housing}]});
    let made = cast.act("dispatcher", &target, "assignments", single.clone()).await;
    assert_eq!(made["assignments"][0]["suggestions"], json!([1, 2, 3, 4, 5]), "{made}");
    cast.act("dispatcher", &target, "undo", Value::Null).await;
    assert_eq!(conclude(&cast, &target).await.body["code"], "suggestions_unassigned", "what was undone was given to nobody");
    let schools = cast.organization("县教育局").await;
    let split = |housing: Value, schools: Value| json!({"form": "split", "departments": [housing, schools]});
    let missing =
        split(json!({"organization_id": housing, "suggestions": [1, 3]}), json!({"organization_id": schools, "suggestions": [2, 4]}));
    let seen = read(&cast, "dispatcher", &target).await["version"].as_i64();
    let refused = cast.send("POST", "dispatcher", &format!("/manuscripts/{target}/assignments"), seen, missing).await;
    assert_eq!(refused.body["errors"][0]["code"], "unanswered", "{}", refused.body);
    cast.act("dispatcher", &target, "assignments", single).await;
    later();
    let found = cast.get("handler", "/assignments").await.body["items"].clone();
    let open = found.as_array().unwrap().iter().find(|one| one["state"] == "dispatched").unwrap();
    answer(&cast, "handler", open["id"].as_str().unwrap(), &[1, 2, 3, 4, 5]).await;
    assert_eq!(conclude(&cast, &target).await.status, 200);
}

async fn after_the_answer_another_department_gets_what_was_taken(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, assignment) = cast.charged().await;
    answer(&cast, "handler", &assignment, &[1, 2]).await;
    let own = other(&cast).await;
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    assert_eq!(decide(&cast, &own, json!({"suggestions": [1, 2, 3]})).await.status, 200);
    let before = (read(&cast, "author", &target).await, cast.told("handling_began").await, history(&cast, &target).await);
    let schools = cast.organization("县教育局").await;
    let part = json!({"form": "single", "departments": [{"organization_id": schools, "suggestions": [3, 4]}]});
    let seen = read(&cast, "dispatcher", &target).await["version"].as_i64();
    let refused = cast.send("POST", "dispatcher", &format!("/manuscripts/{target}/assignments"), seen, part).await;
    assert_eq!(refused.body["errors"][0]["code"], "unanswered", "the fifth is answered by nobody: {}", refused.body);
    let rest = json!({"form": "single", "departments": [{"organization_id": schools, "suggestions": [3, 4, 5]}]});
    let made = cast.act("dispatcher", &target, "assignments", rest).await;
    let second = made["assignments"][1]["id"].as_str().unwrap().to_owned();
    answer(&cast, "handler2", &second, &[3, 4, 5]).await;
    let told: Vec<String> = cast.told("reply_approved").await;
    assert_eq!(told, ["author", "coauthor"], "each answer is told to those whose suggestions it answers");
    let mut began = before.1.clone();
    began.push("coauthor".to_owned());
    assert_eq!(cast.told("handling_began").await, began, "the target's author is told of nothing that is not theirs");
    let after = read(&cast, "author", &target).await;
    assert_eq!((&after["assignments"], history(&cast, &target).await), (&before.0["assignments"], before.2));
    assert_eq!(cast.get("author", &format!("/assignments/{second}")).await.status, 404);
    assert!(cast.page("coauthor", &format!("/manuscripts/{own}")).await.html.contains("第5条已办。"));
    assert_eq!(conclude(&cast, &target).await.status, 200);
}

/// What the target's author reads of its history.
async fn history(cast: &Cast, target: &str) -> Value {
    cast.get("author", &format!("/manuscripts/{target}/history")).await.body["items"].clone()
}
