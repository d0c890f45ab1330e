//! The pages of the desks that decide, and of bulletins: what they show, what their forms do, what they keep.

use serde_json::json;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_reviewer_returns_with_requests_and_nothing_typed_is_lost,
    a_reviewer_edits_beside_the_original_and_sees_who_was_faster,
    one_is_merged_by_its_number,
    ones_own_is_no_target_of_a_merger,
    an_office_passes_and_only_it_has_the_desk,
    several_are_signed_and_it_is_said_what_did_not_go,
    a_bulletin_is_composed_signed_printed_and_cancelled,
);

async fn version(cast: &Cast, login: &str, id: &str) -> String {
    cast.get(login, &format!("/manuscripts/{id}")).await.body["version"].to_string()
}

async fn a_reviewer_returns_with_requests_and_nothing_typed_is_lost(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let (first, second) = (cast.submitted_by("author").await, cast.submitted_by("author").await);
    let (page, path) = (cast.page("reviewer", "/review").await, format!("/review/{first}"));
    assert!(page.html.contains("待审 2 篇") && page.html.contains("关于缓解实验小学周边停车难的建议"), "{}", page.html);
    let later = cast.page("reviewer", &format!("/review?after={first}")).await.html;
    assert!(later.contains(&format!("/review/{second}?after={first}")) && !later.contains(&format!("/review/{first}?")), "{later}");
    let one = cast.page("reviewer", &path).await;
    // Said before the act: who is told, what the author reads, how long it can be undone.
    for said in ["“请修改”、您的话", "10 分钟内可以撤销"] {
        assert!(one.html.contains(said), "{said}: {}", one.html);
    }
    let seen = version(&cast, "reviewer", &first).await;
    let request =
        |text: &'static str| [("requests.part", "situation"), ("requests.from", "2"), ("requests.to", "6"), ("requests.text", text)];
    let mut fields = vec![("version", seen.as_str()), ("decision", "return"), ("reason", ""), ("next", second.as_str())];
    fields.extend(request("请写明是哪几天"));
    let refused = cast.form("reviewer", &path, &fields).await;
    assert_eq!(refused.status, 422);
    for kept in ["请写明是哪几天", "<mark>上下学时", "value=\"return\" required checked", "id=\"w-reason\""] {
        assert!(refused.html.contains(kept), "{kept}: {}", refused.html);
    }
    fields[2].1 = "请补一处。";
    fields.extend([("requests.part", "causes"), ("requests.from", ""), ("requests.to", ""), ("requests.text", "请写具体。")]);
    let done = cast.form("reviewer", &path, &fields).await;
    assert_eq!((done.status.as_u16(), done.location), (303, format!("/review/{second}?decided={first}")));
    let next = cast.page("reviewer", &format!("/review/{second}?decided={first}")).await;
    assert!(next.html.contains("待审 1 篇") && next.html.contains(&format!("action=\"/manuscripts/{first}/undo\"")), "{}", next.html);
    let view = cast.get("reviewer", &format!("/manuscripts/{first}")).await.body;
    assert_eq!(view["stage"], "returned");
    let mut asked: Vec<String> =
        view["requests"].as_array().unwrap().iter().map(|one| format!("{} {}-{}", one["part"], one["from"], one["to"])).collect();
    asked.sort();
    assert_eq!(asked, ["\"causes\" 0-10", "\"situation\" 2-6"], "{view}");
}

async fn a_reviewer_edits_beside_the_original_and_sees_who_was_faster(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let (path, seen) = (format!("/review/{id}/edit"), version(&cast, "reviewer", &id).await);
    assert!(cast.page("reviewer", &path).await.html.contains("作者的原稿，不会动"));
    assert_eq!(cast.page("author", &path).await.status, 403);
    let text = |version: &str, situation: &'static str| {
        let fields = [("version", version.to_owned()), ("title", "关于停车的建议".to_owned()), ("situation", situation.to_owned())];
        let more = [("causes", String::new()), ("suggestions", "建停车场。".to_owned()), ("suggestions", String::new())];
        fields.into_iter().chain(more).collect::<Vec<_>>()
    };
    let send = async |login: &str, fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        cast.form(login, &path, &fields).await
    };
    let saved = send("reviewer2", text(&seen, "他写的一稿。")).await;
    assert_eq!((saved.status.as_u16(), saved.location), (303, format!("/review/{id}?view=edited&done=edited")));
    let late = send("reviewer", text(&seen, "我写的一稿。")).await;
    assert_eq!(late.status, 422);
    assert!(late.html.contains("他写的一稿。") && late.html.contains("我写的一稿。"), "{}", late.html);
    let now = version(&cast, "reviewer", &id).await;
    assert!(late.html.contains(&format!("name=\"version\" value=\"{now}\"")), "it can be sent again, over the new one");
    assert_eq!(send("reviewer", text(&now, "合起来的一稿。")).await.status, 303);
    let difference = cast.page("reviewer", &format!("/review/{id}?view=difference")).await;
    assert!(difference.html.contains("<ins>") && difference.html.contains("<del>"), "{}", difference.html);
}

async fn one_is_merged_by_its_number(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (into, id) = (cast.submitted_by("author").await, cast.submitted_by("coauthor").await);
    let number = cast.get("reviewer", &format!("/manuscripts/{into}")).await.body["number"].as_str().unwrap().to_owned();
    let (seen, path) = (version(&cast, "reviewer", &into).await, format!("/review/{into}"));
    let nothing = cast.form("reviewer", &path, &[("version", &seen), ("decision", "merge"), ("number", "2026-9999")]).await;
    assert!(nothing.status == 422 && nothing.html.contains("2026-9999"), "{}", nothing.html);
    let itself = cast.form("reviewer", &path, &[("version", &seen), ("decision", "merge"), ("number", &number)]).await;
    assert_eq!(itself.status, 422, "not into itself");
    let screened = cast.stage("reviewer", &id).await;
    if screened == "not found" {
        cast.act("screener", &id, "screening", json!({"decision": "pass"})).await;
    }
    let seen = version(&cast, "reviewer", &id).await;
    let merged = cast.form("reviewer", &format!("/review/{id}"), &[("version", &seen), ("decision", "merge"), ("number", &number)]).await;
    assert_eq!(merged.status, 303, "{}", merged.html);
    assert_eq!(cast.stage("reviewer", &id).await, "merged");
    let seen = version(&cast, "reviewer", &id).await;
    let parted = cast.form("reviewer", &format!("/review/{id}/parting"), &[("version", &seen)]).await;
    assert_eq!((parted.status.as_u16(), cast.stage("reviewer", &id).await.as_str()), (303, "review"));
}

async fn an_office_passes_and_only_it_has_the_desk(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("screened").await;
    for (login, path) in [("author", "/review"), ("author", "/screening"), ("reviewer", "/signing"), ("screener", "/review")] {
        assert_eq!(cast.page(login, path).await.status, 403, "{login} {path}");
    }
    assert_eq!(cast.page("reviewer", &format!("/review/{id}")).await.status, 404, "not there before it was passed");
    let desk = cast.page("screener", "/screening").await;
    assert!(desk.html.contains("待初审 1 篇") && desk.html.contains("通过，送审核"), "{}", desk.html);
    let seen = version(&cast, "screener", &id).await;
    let passed = cast.form("screener", &format!("/screening/{id}"), &[("version", &seen), ("decision", "pass")]).await;
    assert_eq!((passed.status.as_u16(), passed.location), (303, format!("/screening?decided={id}")));
    assert_eq!(cast.stage("reviewer", &id).await, "review");
    let seen = version(&cast, "reviewer", &id).await;
    let urgent = cast.form("reviewer", &format!("/review/{id}/urgency"), &[("version", &seen), ("urgent", "true")]).await;
    assert_eq!(urgent.status, 303);
    assert_eq!(cast.get("reviewer", &format!("/manuscripts/{id}")).await.body["urgent"], true);
}

async fn several_are_signed_and_it_is_said_what_did_not_go(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = cast.submitted_by("author").await;
        cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
        ids.push(id);
    }
    let mut picks = Vec::new();
    for id in &ids {
        picks.push(format!("{id}:{}", version(&cast, "signer", id).await));
    }
    cast.act("signer", &ids[1], "signature", json!({"decision": "send_back", "reason": "请再核。"})).await;
    let (one, two) = (picks[0].clone(), picks[1].clone());
    let some = cast.form("signer", "/signing", &[("pick", &one), ("pick", &two)]).await;
    assert_eq!(some.status, 422);
    assert!(some.html.contains("《关于缓解实验小学周边停车难的建议》"), "{}", some.html);
    let stages = [cast.stage("signer", &ids[0]).await, cast.stage("signer", &ids[1]).await];
    assert_eq!(stages, ["accepted", "review"], "each in an act of its own");
    let rest = cast.form("signer", "/signing", &[("pick", &picks[2])]).await;
    assert_eq!((rest.status.as_u16(), rest.location), (303, format!("/signing?decided={}", ids[2])));
    assert_eq!(cast.form("signer", "/signing", &[]).await.status, 422, "nothing was ticked");
}

async fn a_bulletin_is_composed_signed_printed_and_cancelled(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (a, b) = (cast.accepted().await, cast.accepted().await);
    let leader = format!("to-{}", cast.user("leader").await);
    assert_eq!(cast.page("author", "/bulletins/new").await.status, 403);
    let fields = [("manuscripts", a.as_str()), ("title", "两件事"), ("foreword", "编者的话"), (leader.as_str(), "report")];
    let arranged: Vec<_> = fields.into_iter().chain([("move", "x")]).collect();
    assert!(cast.form("reviewer", "/bulletins/new", &arranged).await.html.contains("编者的话"), "nothing is lost by a button of the list");
    let add = format!("add:{b}");
    let two: Vec<_> = fields.into_iter().chain([("move", add.as_str())]).collect();
    let shown = cast.form("reviewer", "/bulletins/new", &two).await.html;
    assert!(shown.find(&format!("value=\"{a}\"")).unwrap() < shown.find(&format!("value=\"{b}\"")).unwrap(), "{shown}");
    let gap = cast.form("reviewer", "/bulletins/new", &[("manuscripts", &a), ("then", "submit")]).await;
    assert!(gap.status == 422 && gap.html.contains("id=\"f-recipients\""), "{}", gap.html);
    let kept: Vec<_> = fields.into_iter().chain([("manuscripts", b.as_str()), ("then", "submit")]).collect();
    let kept = cast.form("reviewer", "/bulletins/new", &kept).await;
    assert_eq!(kept.status, 303, "{}", kept.html);
    let path = kept.location.split('?').next().unwrap().to_owned();
    let page = cast.page("signer", &path).await.html;
    assert!(page.contains("签发并印发") && page.contains("已呈送领导"), "said before: the authors' letter: {page}");
    let back = cast.form("signer", &format!("{path}/send-back"), &[("version", "2"), ("reason", "")]).await;
    assert!(back.status == 422 && back.html.contains("id=\"w-reason\""), "{}", back.html);
    cast.seal().await;
    assert_eq!(cast.form("signer", &format!("{path}/issuance"), &[("version", "2")]).await.status, 303);
    assert_eq!(cast.stage("author", &a).await, "forwarded");
    let anchor = cast.get("signer", &path).await.body["checkpoint"].clone();
    let known = cast.get("auditor", &format!("/ledger/consistency?from={}", anchor["size"])).await.body;
    assert_eq!(anchor["root"], known["from_root"], "an auditor can compare what is printed");
    let root = anchor["root"].as_str().unwrap()[..8].to_uppercase();
    let sheet = cast.page("leader", &format!("{path}/print")).await;
    assert_eq!(sheet.status, 200, "{}", sheet.html);
    for there in ["第1期（总第1期）", "编者按：编者的话", "县委统战部", "一、情况问题", "报：", &root] {
        assert!(sheet.html.contains(there), "{there}: {}", sheet.html);
    }
    assert_eq!(cast.page("leader2", &format!("{path}/print")).await.status, 404);
    let cancelled = cast.form("signer", &format!("{path}/cancellation"), &[("version", "3"), ("reason", "有误")]).await;
    assert_eq!(cancelled.status, 303);
    assert_eq!(cast.stage("author", &b).await, "accepted");
    assert!(cast.page("reviewer", "/bulletins?state=cancelled").await.html.contains("两件事"));
}

async fn ones_own_is_no_target_of_a_merger(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("reviewer", zhitongche::domain::vocabulary::Role::Submitter, None).await;
    let (mine, other, id) = (cast.submitted_by("reviewer").await, cast.submitted_by("author").await, cast.submitted_by("author").await);
    let choice = |target: &str| format!("name=\"into\" value=\"{target}\"");
    let page = cast.page("reviewer", &format!("/review/{id}")).await.html;
    assert_eq!([page.contains(&choice(&mine)), page.contains(&choice(&other))], [false, true], "{page}");
    let page = cast.page("reviewer2", &format!("/review/{id}")).await.html;
    assert!(page.contains(&choice(&mine)), "for a colleague it is one");
}
