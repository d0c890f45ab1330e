//! What authors of a merged manuscript read, and what they are told: the public course of the one that it was merged into, in words that
//! are true of them.

use serde_json::{Value, json};
use zhitongche::domain::notice::Letter;

use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    answers_stand_with_the_suggestions_that_they_answer,
    nobody_is_asked_to_correct_what_is_not_theirs,
    an_archived_one_reads_where_its_target_stands,
    an_archived_one_returns_when_its_target_is_declined,
    who_never_heard_of_the_merger_hears_nothing_of_its_end,
    a_decline_within_the_window_of_a_merger_tells_of_neither,
    who_withdraws_under_a_merger_that_came_back_voids_it,
    a_merger_takes_a_submitted_bulletin_back,
    bulletins_name_the_authors_of_what_was_merged,
    a_second_conclusion_of_the_target_is_rated_again_on_the_page,
);

/// A manuscript of `author`, and one of `coauthor` with three suggestions of its own that is merged into it.
async fn merged(cast: &Cast) -> (String, String) {
    let target = cast.submitted_by("author").await;
    let own = other(cast).await;
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    (target, own)
}

/// A manuscript of `coauthor`, at review.
async fn other(cast: &Cast) -> String {
    let mut form = complete();
    form["title"] = json!("关于文明养犬的建议");
    form["situation"] = json!("小区里犬只伤人的事时有发生。");
    form["causes"] = json!("犬只登记与管理没有落到实处。");
    form["suggestions"] = json!(["禁止养狗。", "设立宠物公园。", "加强巡查。"]);
    let made = cast.send("POST", "coauthor", "/manuscripts", None, form).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    cast.act("screener", &id, "screening", json!({"decision": "pass"})).await;
    id
}

/// Takes the target past the leaders and a department that answers both suggestions.
async fn answered(cast: &Cast, target: &str) -> String {
    cast.act("reviewer", target, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    cast.act("signer", target, "signature", json!({"decision": "sign"})).await;
    cast.act("signer", target, "forwarding", json!({"recipients": [cast.user("leader").await]})).await;
    let words = json!({"kind": "guidance", "words": "此件办得好。"});
    assert_eq!(cast.post("leader", &format!("/manuscripts/{target}/endorsements"), words).await.status, 201);
    let housing = cast.organization("县住建局").await;
    let form = json!({"form": "single", "departments": [{"organization_id": housing}]});
    let body = cast.act("dispatcher", target, "assignments", form).await;
    let one = body["assignments"][0]["id"].as_str().unwrap().to_owned();
    for merged in body["merged"].as_array().unwrap() {
        let why = json!({"reason": "与主稿一并答复。"});
        cast.act("dispatcher", merged["id"].as_str().unwrap(), "merged-suggestions", why).await;
    }
    let items = json!([
        {"number": 1, "answer": "adopted", "words": "停车场已经开工。"},
        {"number": 2, "answer": "not_adopted", "words": "错时放学需省里部署。"}
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
        let answer = cast.send("POST", login, &format!("/assignments/{one}/{act}"), Some(seen), body).await;
        assert_eq!(answer.status, 200, "{act}: {}", answer.body);
    }
    one
}

async fn answers_stand_with_the_suggestions_that_they_answer(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, own) = merged(&cast).await;
    answered(&cast, &target).await;
    cast.act("dispatcher", &target, "conclusion", json!({"result": "停车场建成后开放。"})).await;

    let read = cast.get("coauthor", &format!("/manuscripts/{own}")).await.body;
    assert_eq!((&read["stage"], &read["assignments"]), (&json!("concluded"), &json!([])), "no answer stands under their own suggestions");
    let course = &read["course"];
    assert_eq!(
        course["suggestions"],
        json!([
            {"number": 1, "words": "由县住建局在学校东侧空地建设临时停车场。"},
            {"number": 2, "words": "由县教育局组织错时放学。"}
        ])
    );
    assert_eq!(course["assignments"][0]["replies"][0]["items"][1]["words"], "错时放学需省里部署。");
    assert_eq!(course["endorsements"][0]["words"], "此件办得好。");
    assert_eq!(course["decisions"][0]["words"], "停车场建成后开放。");
    let all = read.to_string();
    for hidden in ["关于缓解实验小学周边停车难的建议", "每天上下学时段", "周边没有公共停车场", "拟采用"]
    {
        assert!(!all.contains(hidden), "{hidden} is not theirs to read");
    }

    let page = cast.page("coauthor", &format!("/manuscripts/{own}")).await.html;
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("the page does not say {words}"));
    let order = [
        "2026-0001 的办理情况",
        "停车场建成后开放。",
        "由县住建局在学校东侧空地建设临时停车场。",
        "停车场已经开工。",
        "错时放学需省里部署。",
        "此件办得好。",
        "禁止养狗。",
    ];
    assert!(order.map(at).is_sorted(), "{:?}", order.map(at));
    assert!(!page[at("禁止养狗。")..].contains("停车场已经开工。"), "their own suggestions stand without the target's answers");
    let rating = cast.page("coauthor", &format!("/manuscripts/{own}/rating")).await.html;
    assert!(rating.contains("停车场已经开工。") && rating.contains("由县教育局组织错时放学。") && !rating.contains("禁止养狗。"));
    assert!(rating.contains("停车场建成后开放。"));
    for stranger in ["author", "handler2", "screened"] {
        let read = cast.get(stranger, &format!("/manuscripts/{own}")).await;
        assert_eq!(read.status, 404, "{stranger}");
    }
    let office = cast.get("reviewer", &format!("/manuscripts/{own}")).await.body;
    assert_eq!((&office["course"], &office["stage"]), (&Value::Null, &json!("merged")), "the office reads the target itself");
}

async fn nobody_is_asked_to_correct_what_is_not_theirs(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, own) = merged(&cast).await;
    let reason = json!({"decision": "return", "opinion": "请补充停车位的数据。", "requests": []});
    cast.act("reviewer", &target, "review", reason).await;
    assert_eq!((cast.told("returned").await, cast.told("target_returned").await), (vec!["author".to_owned()], vec!["coauthor".to_owned()]));
    let told = cast.letters(cast.user("coauthor").await, Letter::TargetReturned);
    assert_eq!((&told[0]["number"], &told[0]["merged_into"]), (&json!("2026-0002"), &json!("2026-0001")));
    assert!(told[0].get("reason").is_none(), "the reason speaks to the target's author");
    let read = cast.get("coauthor", &format!("/manuscripts/{own}")).await.body;
    assert_eq!((&read["stage"], &read["allowed_actions"], &read["decisions"]), (&json!("returned"), &json!([]), &json!([])));
    for path in [format!("/manuscripts/{own}"), "/mine".to_owned(), "/manuscripts".to_owned()] {
        let page = cast.page("coauthor", &path).await;
        assert!(page.html.contains("合并办理的稿件修改中"), "{path}: {}", page.html);
        assert!(!page.html.contains("请修改") && !page.html.contains("停车位的数据"), "{path}");
    }
    let seen = cast.get("author", &format!("/manuscripts/{target}")).await.body["version"].as_i64();
    let corrected = cast.send("PATCH", "author", &format!("/manuscripts/{target}"), seen, json!({"causes": "停车位不足三百个。"})).await;
    assert_eq!(corrected.status, 200, "{}", corrected.body);
    cast.act("author", &target, "submission", Value::Null).await;
    assert_eq!((cast.told("target_submitted").await, cast.told("submitted").await.len()), (vec!["coauthor".to_owned()], 3));
    assert_eq!(cast.stage("coauthor", &own).await, "review");
}

async fn an_archived_one_reads_where_its_target_stands(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, own) = merged(&cast).await;
    cast.act("reviewer", &own, "archival", json!({})).await;
    answered(&cast, &target).await;
    assert_eq!(cast.stage("coauthor", &own).await, "handling");
    let listed = cast.get("coauthor", "/manuscripts").await.body;
    assert_eq!((&listed["items"][0]["stage"], &listed["items"][0]["merged"]), (&json!("handling"), &json!(true)));
    let page = cast.page("coauthor", &format!("/manuscripts/{own}")).await.html;
    assert!(page.contains("部门办理中") && page.contains("停车场已经开工。") && !page.contains("已归档"), "{page}");
    assert!(!cast.page("coauthor", "/mine").await.html.contains("归档"));
    cast.act("dispatcher", &target, "conclusion", json!({"result": "停车场建成后开放。"})).await;
    let rated =
        cast.post("coauthor", &format!("/manuscripts/{own}/ratings"), json!({"attitude": "satisfied", "result": "satisfied"})).await;
    assert_eq!(rated.status, 200, "{}", rated.body);
}

async fn an_archived_one_returns_when_its_target_is_declined(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, own) = merged(&cast).await;
    cast.act("reviewer", &own, "archival", json!({})).await;
    let decline = json!({"decision": "decline", "reason_code": "beyond_authority", "opinion": "不属于本地权限。"});
    cast.act("reviewer", &target, "review", decline).await;
    assert_eq!(cast.told("unmerged").await, ["coauthor"]);
    let read = cast.get("coauthor", &format!("/manuscripts/{own}")).await.body;
    assert_eq!((&read["stage"], &read["merged_into"], &read["course"]), (&json!("review"), &Value::Null, &Value::Null));
}

/// The kinds of the letters to this person that were not revoked, in the order of the alphabet.
fn standing(cast: &Cast, login: &str) -> Vec<String> {
    use diesel::prelude::*;
    use zhitongche::store::StoreError;
    use zhitongche::store::schema::letters;
    let user = cast.id(login);
    let read = move |conn: &mut zhitongche::store::AnyConn| {
        let rows = letters::table.filter(letters::recipient_id.eq(user)).filter(letters::revoked_at.is_null());
        rows.select(letters::kind).load::<Letter>(conn).map_err(StoreError::from)
    };
    let mut kinds: Vec<String> = cast.desk().db.read_now(read).unwrap().into_iter().map(|kind| kind.to_string()).collect();
    kinds.sort();
    kinds
}

async fn who_never_heard_of_the_merger_hears_nothing_of_its_end(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let later = || cast.app.clock.advance(chrono::Duration::minutes(11));
    let target = cast.submitted_by("author").await;
    let own = other(&cast).await;
    later();
    let before = (standing(&cast, "coauthor"), cast.get("coauthor", &format!("/manuscripts/{own}/history")).await.body);
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    let seen = cast.get("reviewer", &format!("/manuscripts/{own}")).await.body["version"].as_i64();
    let parted = cast.send("DELETE", "reviewer", &format!("/manuscripts/{own}/merge"), seen, Value::Null).await;
    assert_eq!(parted.status, 200, "{}", parted.body);
    later();
    let after = (standing(&cast, "coauthor"), cast.get("coauthor", &format!("/manuscripts/{own}/history")).await.body);
    assert_eq!(after, before, "neither letter nor history tells of it");

    // Announced and parted from within the window of a decision on the target: what waits about that is not theirs any more.
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    later();
    cast.act("reviewer", &target, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    cast.act("signer", &target, "signature", json!({"decision": "sign"})).await;
    assert!(standing(&cast, "coauthor").contains(&"accepted".to_owned()), "it waits");
    let seen = cast.get("reviewer", &format!("/manuscripts/{own}")).await.body["version"].as_i64();
    cast.send("DELETE", "reviewer", &format!("/manuscripts/{own}/merge"), seen, Value::Null).await;
    assert_eq!(standing(&cast, "coauthor"), ["merged", "screening_passed", "submitted", "unmerged"]);
    assert!(standing(&cast, "author").contains(&"accepted".to_owned()));
}

async fn a_decline_within_the_window_of_a_merger_tells_of_neither(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let later = || cast.app.clock.advance(chrono::Duration::minutes(11));
    let target = cast.submitted_by("author").await;
    let own = other(&cast).await;
    later();
    let before = standing(&cast, "coauthor");
    let page = cast.page("coauthor", &format!("/manuscripts/{own}")).await.html;
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    let decline = json!({"decision": "decline", "reason_code": "beyond_authority", "opinion": "不属于本地权限。"});
    cast.act("reviewer", &target, "review", decline).await;
    let after = cast.page("coauthor", &format!("/manuscripts/{own}")).await.html;
    assert_eq!(page, after, "nothing shows of it, on the page or in the navigation");
    assert_eq!(standing(&cast, "coauthor"), before);
    cast.act("reviewer", &target, "undo", Value::Null).await;
    assert_eq!(cast.stage("reviewer", &own).await, "merged", "it is merged after all");
    let after = cast.page("coauthor", &format!("/manuscripts/{own}")).await.html;
    assert_eq!(page, after, "which its own window conceals still");
    later();
    let mut told = before.clone();
    told.push("merged".to_owned());
    told.sort();
    assert_eq!(standing(&cast, "coauthor"), told);
    assert_eq!(cast.stage("coauthor", &own).await, "review", "the target's stage");
    let history = cast.get("coauthor", &format!("/manuscripts/{own}/history")).await.body;
    assert_eq!(history["items"].as_array().unwrap().last().unwrap()["action"], "merge", "{history}");
}

async fn who_withdraws_under_a_merger_that_came_back_voids_it(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let target = cast.submitted_by("author").await;
    let own = other(&cast).await;
    cast.app.clock.advance(chrono::Duration::minutes(11));
    cast.act("reviewer", &own, "merge", json!({"into": target})).await;
    let decline = json!({"decision": "decline", "reason_code": "beyond_authority", "opinion": "不属于本地权限。"});
    cast.act("reviewer2", &target, "review", decline).await;
    cast.act("reviewer2", &target, "undo", Value::Null).await;
    let withdrawn = cast.act("author", &target, "withdrawal", Value::Null).await;
    assert_eq!(withdrawn["stage"], "withdrawn");
    assert_eq!(cast.stage("reviewer", &own).await, "review", "the merger is void");
}

async fn a_merger_takes_a_submitted_bulletin_back(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, own) = (cast.accepted().await, other(&cast).await);
    let to = json!([{"user_id": cast.user("leader").await}]);
    let made = cast.post("reviewer", "/bulletins", json!({"title": "停车难专报", "manuscripts": [target], "recipients": to})).await;
    let path = format!("/bulletins/{}", made.body["id"].as_str().unwrap());
    for joined in [true, false] {
        let seen = cast.get("reviewer", &path).await.body["version"].as_i64();
        let submitted = cast.send("POST", "reviewer", &format!("{path}/submission"), seen, Value::Null).await;
        assert_eq!(submitted.body["state"], "submitted", "{}", submitted.body);
        if joined {
            cast.act("reviewer", &own, "merge", json!({"into": target})).await;
        } else {
            let seen = cast.get("reviewer", &format!("/manuscripts/{own}")).await.body["version"].as_i64();
            assert_eq!(cast.send("DELETE", "reviewer", &format!("/manuscripts/{own}/merge"), seen, Value::Null).await.status, 200);
        }
        assert_eq!(cast.get("reviewer", &path).await.body["state"], "draft", "merged: {joined}");
    }
}

async fn bulletins_name_the_authors_of_what_was_merged(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, own) = merged(&cast).await;
    cast.act("reviewer", &target, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    cast.act("signer", &target, "signature", json!({"decision": "sign"})).await;
    let to = json!([{"user_id": cast.user("leader").await}]);
    let made = cast.post("reviewer", "/bulletins", json!({"title": "停车难专报", "manuscripts": [target], "recipients": to})).await;
    let id = made.body["id"].as_str().unwrap().to_owned();
    let named = json!(["致公党县支部 姓名author", "民盟县总支 姓名coauthor"]);
    assert_eq!(made.body["manuscripts"][0]["authors"], named, "said before it is issued");
    for (login, act) in [("reviewer", "submission"), ("signer", "issuance")] {
        let seen = cast.get(login, &format!("/bulletins/{id}")).await.body["version"].as_i64();
        let done = cast.send("POST", login, &format!("/bulletins/{id}/{act}"), seen, Value::Null).await;
        assert!(done.status.is_success(), "{act}: {}", done.body);
    }
    assert!(cast.page("leader", &format!("/bulletins/{id}/print")).await.html.contains("姓名coauthor"));
    let course = cast.get("coauthor", &format!("/manuscripts/{own}")).await.body["course"].clone();
    assert_eq!(
        (&course["bulletins"][0]["called"], &course["bulletins"][0]["names_you"], course["bulletins"][0].get("id")),
        (&json!("《直通车专报》第1期（总第1期）"), &json!(true), None)
    );
    assert!(cast.page("coauthor", &format!("/manuscripts/{own}")).await.html.contains("署有您的名字"));
    // What is printed stays as it was printed.
    let seen = cast.get("reviewer", &format!("/manuscripts/{own}")).await.body["version"].as_i64();
    cast.send("DELETE", "reviewer", &format!("/manuscripts/{own}/merge"), seen, Value::Null).await;
    assert_eq!(cast.get("leader", &format!("/bulletins/{id}")).await.body["manuscripts"][0]["authors"], named, "what was credited stays");
}

async fn a_second_conclusion_of_the_target_is_rated_again_on_the_page(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, own) = merged(&cast).await;
    answered(&cast, &target).await;
    let path = format!("/manuscripts/{own}");
    let asks = async || {
        let offered = cast.page("coauthor", &path).await.html.contains(&format!("{path}/rating"));
        let open = cast.page("coauthor", &format!("{path}/rating")).await.html.contains("name=\"attitude\"");
        let allowed = cast.get("coauthor", &path).await.body["allowed_actions"].as_array().unwrap().contains(&json!("rate"));
        [offered, open, allowed]
    };
    let rate = json!({"attitude": "satisfied", "result": "satisfied"});
    cast.act("dispatcher", &target, "conclusion", json!({"result": "停车场建成后开放。"})).await;
    cast.app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(asks().await, [true; 3]);
    assert_eq!(cast.post("coauthor", &format!("{path}/ratings"), rate.clone()).await.status, 200);
    assert_eq!(asks().await, [false; 3]);
    cast.app.clock.advance(chrono::Duration::minutes(1));
    cast.act("dispatcher", &target, "reopening", json!({"reason": "作者有新的意见。"})).await;
    cast.app.clock.advance(chrono::Duration::minutes(1));
    let again = json!({"result": "停车场建成后开放。", "reason": "作者的新意见另行交办。"});
    cast.act("dispatcher", &target, "conclusion", again).await;
    assert_eq!(asks().await, [true; 3], "the new conclusion is theirs to rate");
    assert_eq!(cast.post("coauthor", &format!("{path}/ratings"), rate).await.status, 200);
    let page = cast.page("coauthor", &path).await.html;
    assert!(page.contains("作者有新的意见。") && page.contains("作者的新意见另行交办。"), "reasons that authors read: {page}");
}
