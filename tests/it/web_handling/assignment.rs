//! One page for an assignment: received, asked, answered, checked, reported, taken up again.

use super::came_back;
use crate::support::cast::Cast;
use crate::support::database::Engine;
use crate::support::pages::PNG;

crate::both_databases!(
    a_department_asks_and_the_dispatcher_decides,
    an_answer_is_given_sent_back_and_approved,
    what_was_promised_is_reported_and_the_end_can_be_taken_up_again,
    nobody_else_may_do_any_of_it,
    a_department_hands_files_in,
);

async fn a_department_asks_and_the_dispatcher_decides(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (_, one) = cast.charged().await;
    let ask = cast.press("handler", &one, "return-request", &[("reason", ""), ("proposed_organization", "县公路局")]).await;
    came_back(&ask, &["id=\"f-reason\"", "value=\"县公路局\"", "<details open><summary>申请退办"]);
    let fields = [("reason", "该路段由县公路局管养。"), ("proposed_organization", "县公路局")];
    assert_eq!(
        cast.press("handler", &one, "return-request", &fields).await.location,
        format!("/assignments/{one}?done=assignment-return-request")
    );
    assert!(cast.page("dispatcher", "/dispatch/receive").await.html.contains("申请退办，建议转县公路局"));
    assert!(cast.page("handler", "/handling/wait").await.html.contains(&one));
    came_back(&cast.press("dispatcher", &one, "return-decision", &[("decision", ""), ("reason", "")]).await, &["id=\"f-decision\""]);
    came_back(&cast.press("dispatcher", &one, "return-decision", &[("decision", "refuse"), ("reason", "")]).await, &["id=\"f-reason\""]);
    assert_eq!(cast.state(&one).await, "return_requested", "Enter decides nothing");
    let no = [("decision", "refuse"), ("reason", "该路段已移交你局。")];
    assert_eq!(cast.press("dispatcher", &one, "return-decision", &no).await.status, 303);
    assert_eq!((cast.state(&one).await.as_str(), cast.told("return_decided").await), ("received", vec!["handler".to_owned()]));

    let ask = cast.press("handler", &one, "extension-request", &[("reason", "方案复杂。"), ("progress", "已勘察。"), ("due_on", "")]).await;
    came_back(&ask, &["方案复杂。</textarea>", "已勘察。</textarea>", "id=\"w-f-due_on\""]);
    let fields = [("reason", "方案复杂。"), ("progress", "已勘察。"), ("due_on", "2027-04-30")];
    assert_eq!(cast.press("handler", &one, "extension-request", &fields).await.status, 303);
    assert!(cast.page("dispatcher", "/dispatch/work").await.html.contains("申请延期到"));
    let late = cast
        .press("dispatcher", &one, "extension-decision", &[("decision", "grant"), ("due_on", "2028-01-01"), ("reason", "可以。")])
        .await;
    came_back(&late, &["id=\"w-f-due_on\"", "value=\"2028-01-01\"", "可以。</textarea>"]);
    assert_eq!(cast.press("dispatcher", &one, "extension-decision", &[("decision", "grant"), ("due_on", "2027-04-15")]).await.status, 303);
    let view = cast.assignment("handler", &one).await;
    let extension = &view["internal"]["extensions"][0];
    assert_eq!((extension["granted"].as_bool(), view["due_at"].as_str().unwrap().get(..10)), (Some(true), Some("2027-04-15")));

    let urged = cast.press("dispatcher", &one, "urging", &[("words", "请本周报方案。")]).await;
    assert_eq!(urged.location, format!("/assignments/{one}?done=assignment-urging"));
    assert!(cast.page("handler", &format!("/assignments/{one}")).await.html.contains("请本周报方案。"));
    assert!(!cast.page("author", &format!("/assignments/{one}")).await.html.contains("请本周报方案。"), "authors read nothing of it");
    came_back(&cast.press("dispatcher", &one, "cancellation", &[("reason", " ")]).await, &["<details open><summary>撤销交办"]);
    let stale =
        cast.form("dispatcher", &format!("/assignments/{one}/cancellation"), &[("version", "1"), ("reason", "改由县公路局办理。")]).await;
    came_back(&stale, &["改由县公路局办理。</textarea>"]);
    assert_eq!(cast.press("dispatcher", &one, "cancellation", &[("reason", "改由县公路局办理。")]).await.status, 303);
    assert_eq!(cast.state(&one).await, "cancelled");
}

/// A whole answer; the first suggestion is planned, the second not taken up.
const REPLY: [(&str, &str); 9] = [
    ("items[0].answer", "planned"),
    ("items[0].words", "列入明年计划。"),
    ("items[0].promised_on", "2027-06-30"),
    ("items[1].answer", "not_adopted"),
    ("items[1].words", "错时放学需省里统一部署。"),
    ("words", "已会同县教育局研究。"),
    ("result_code", "B"),
    ("consultation", "meeting"),
    ("officer", "周敏"),
];

async fn an_answer_is_given_sent_back_and_approved(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (_, one) = cast.charged().await;
    let path = format!("/assignments/{one}");
    assert!(!cast.page("handler", &path).await.html.contains("id=\"reply\""), "first it is received");
    let received = cast.press("handler", &one, "receipt", &[]).await;
    assert_eq!(received.location, format!("{path}?done=assignment-receipt"));
    assert_eq!(cast.told("assignment_received").await, ["dispatcher"]);
    let page = cast.page("handler", &path).await.html;
    for there in ["由县教育局组织错时放学。", "name=\"items[1].answer\"", "停下，等督办员核对"] {
        assert!(page.contains(there), "{there}: {page}");
    }
    let part: Vec<_> =
        REPLY.into_iter().filter(|(name, _)| !["items[1].words", "items[0].promised_on", "consultation"].contains(name)).collect();
    let gaps = cast.press("handler", &one, "reply", &part).await;
    came_back(&gaps, &["id=\"w-f-items[1].words\"", "id=\"w-f-items[0].promised_on\"", "href=\"#f-consultation\""]);
    came_back(
        &gaps,
        &["列入明年计划。</textarea>", "value=\"not_adopted\" checked", "已会同县教育局研究。</textarea>", "value=\"B\" checked"],
    );
    assert_eq!(cast.press("handler", &one, "reply", &REPLY).await.status, 303);
    assert_eq!(cast.state(&one).await, "replied");

    assert!(cast.page("dispatcher", "/dispatch/check").await.html.contains(&one));
    let marked = [("checks[1].mark", "pass"), ("checks[2].mark", "fix"), ("checks[2].words", "请写明理由")];
    let both = marked.into_iter().chain([("decision", "approve")]).collect::<Vec<_>>();
    let both = cast.press("dispatcher", &one, "reply-review", &both).await;
    came_back(&both, &["href=\"#f-checks[2].mark\"", "<p class=\"why\">第 2 条标了“请补正”。", "value=\"请写明理由\""]);
    assert!(!both.html.contains("第 1 条标了"), "only where it was marked");
    came_back(&cast.press("dispatcher", &one, "reply-review", &[("decision", "")]).await, &["id=\"f-decision\""]);
    assert_eq!(cast.state(&one).await, "replied");
    let back = marked.into_iter().chain([("decision", "reject"), ("reason", "其余可以。")]).collect::<Vec<_>>();
    assert_eq!(cast.press("dispatcher", &one, "reply-review", &back).await.status, 303);
    let page = cast.page("handler", &path).await.html;
    for there in ["第 2 条：请写明理由", "其余可以。", "列入明年计划。</textarea>", "已会同县教育局研究。</textarea>"]
    {
        assert!(page.contains(there), "he goes on from what he wrote: {there}: {page}");
    }
    assert_eq!(cast.press("handler", &one, "reply", &REPLY).await.status, 303);
    assert!(!cast.page("author", &path).await.html.contains("列入明年计划。"), "what nobody has checked is no answer");
    assert_eq!(cast.press("dispatcher", &one, "reply-review", &[("decision", "approve")]).await.status, 303);
    assert_eq!(cast.state(&one).await, "approved");
    cast.app.clock.advance(chrono::Duration::days(150));
    let desk = cast.page("handler", "/handling").await.html;
    assert!(desk.contains("11月20日办复通过，等报告落实") && !desk.contains("逾期 1"), "an answer that was given is not late: {desk}");
    let read = cast.page("author", &path).await.html;
    assert!(read.contains("列入明年计划。") && read.contains("2027年6月30日前") && !read.contains("其余可以。"), "{read}");
}

async fn what_was_promised_is_reported_and_the_end_can_be_taken_up_again(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (id, one) = cast.charged().await;
    cast.press("handler", &one, "receipt", &[]).await;
    cast.press("handler", &one, "reply", &REPLY).await;
    let early = cast.form("dispatcher", &format!("/manuscripts/{id}/conclusion"), &[("version", "7"), ("result", "已纳入计划。")]).await;
    came_back(&early, &["已纳入计划。</textarea>"]);
    cast.press("dispatcher", &one, "reply-review", &[("decision", "approve")]).await;
    assert!(cast.page("dispatcher", "/dispatch?month=2027-06").await.html.contains("县住建局：关于缓解实验小学周边停车难的建议"));
    let report = |words: &'static str| [("number", "1"), ("words", words), ("implemented", "true")];
    let empty = cast.press("handler", &one, "implementation-reports", &report(" ")).await;
    came_back(&empty, &["value=\"1\" selected", "name=\"implemented\" value=\"true\" checked", "id=\"w-f-words\""]);
    assert_eq!(cast.press("handler", &one, "implementation-reports", &report("停车场已建成。")).await.status, 303);
    assert_eq!(cast.told("implemented").await, ["author", "dispatcher"]);
    assert!(cast.page("author", &format!("/assignments/{one}")).await.html.contains("停车场已建成。"));

    let end = async |act: &str, field: &str, words: &str| {
        let seen = cast.get("dispatcher", &format!("/manuscripts/{id}")).await.body["version"].to_string();
        cast.form("dispatcher", &format!("/manuscripts/{id}/{act}"), &[("version", &seen), (field, words)]).await
    };
    let page = cast.page("dispatcher", &format!("/manuscripts/{id}/conclusion")).await.html;
    assert!(page.contains("列入明年计划。") && page.contains("办理结果全文，并请他评价"), "{page}");
    came_back(&end("conclusion", "result", "").await, &["id=\"w-result\""]);
    assert_eq!(end("conclusion", "result", "已纳入计划。").await.location, format!("/manuscripts/{id}?done=concluded"));
    assert_eq!((cast.stage("author", &id).await.as_str(), cast.told("concluded").await), ("concluded", vec!["author".to_owned()]));
    assert!(cast.page("dispatcher", &format!("/manuscripts/{id}/conclusion")).await.html.contains("现在不能这样做。"));
    came_back(&end("reopening", "reason", " ").await, &["id=\"w-reason\""]);
    assert_eq!(end("reopening", "reason", "作者不满意。").await.status, 303);
    assert_eq!((cast.stage("author", &id).await.as_str(), cast.told("reopened").await), ("handling", vec!["author".to_owned()]));
}

async fn nobody_else_may_do_any_of_it(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (id, one) = cast.charged().await;
    let acts = [
        "receipt",
        "return-request",
        "return-decision",
        "extension-request",
        "extension-decision",
        "contribution",
        "reply",
        "reply-review",
        "implementation-reports",
        "urging",
        "cancellation",
    ];
    let words = ["reason", "words", "progress", "officer", "proposed_organization"].map(|name| (name, "一句话。"));
    let fields: Vec<_> =
        words.into_iter().chain(REPLY).chain([("version", "1"), ("due_on", "2027-01-15"), ("decision", "grant")]).collect();
    for login in ["handler2", "coauthor", "leader2", "auditor"] {
        assert_eq!(cast.page(login, &format!("/assignments/{one}")).await.status, 404, "{login}");
        for act in acts {
            assert_eq!(cast.form(login, &format!("/assignments/{one}/{act}"), &fields).await.status, 404, "{login} {act}");
        }
    }
    // Who may read it but not do it is told so on the page.
    for (login, act) in
        [("author", "receipt"), ("leader", "urging"), ("dispatcher", "receipt"), ("handler", "urging"), ("handler", "cancellation")]
    {
        assert_eq!(cast.form(login, &format!("/assignments/{one}/{act}"), &fields).await.status, 422, "{login} {act}");
    }
    for (login, act) in [("handler2", "conclusion"), ("coauthor", "assignment"), ("handler2", "reopening")] {
        let path = format!("/manuscripts/{id}/{act}");
        assert_eq!(
            (cast.page(login, &path).await.status.as_u16(), cast.form(login, &path, &fields).await.status.as_u16()),
            (404, 404),
            "{login} {act}"
        );
    }
    let view = cast.assignment("handler", &one).await;
    assert_eq!((view["state"].as_str(), view["version"].as_i64()), (Some("dispatched"), Some(1)), "nothing of it has happened");
    assert_eq!(cast.told("urged").await, Vec::<String>::new());
}

async fn a_department_hands_files_in(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (id, one) = cast.charged().await;
    let (path, add) = (format!("/assignments/{one}"), format!("/manuscripts/{id}/attachments?assignment_id={one}"));
    assert!(!cast.page("handler", &path).await.html.contains("id=\"files\""), "first it is received");
    cast.press("handler", &one, "receipt", &[]).await;
    let page = cast.page("handler", &path).await.html;
    assert!(page.contains(&format!("action=\"{add}\" enctype=\"multipart/form-data\"")), "{page}");
    let send = async |login: &str, file: (&str, &[u8])| cast.form_with_file(login, &add, &[("back", &format!("{path}#files"))], file).await;
    let wrong = send("handler", ("坏.exe", b"MZ\0\0")).await;
    assert!(wrong.status == 422 && wrong.html.contains("id=\"reply\"") && wrong.html.contains("role=\"alert\""), "{}", wrong.html);
    assert_eq!(send("handler", ("现场照片.png", PNG)).await.location, format!("{path}?done=attached#files"));
    for (login, status) in [("handler2", 404), ("author", 403), ("dispatcher", 403)] {
        assert_eq!(send(login, ("别的.png", PNG)).await.status.as_u16(), status, "{login}");
    }
    let files = cast.get("handler", &format!("/manuscripts/{id}/attachments")).await.body;
    let [file] = &files["items"].as_array().unwrap()[..] else { panic!("one file: {files}") };
    let link = format!("/attachments/{}", file["id"].as_str().unwrap());
    for login in ["handler", "dispatcher"] {
        assert!(cast.page(login, &path).await.html.contains(&link), "{login}");
    }
    assert!(!cast.page("author", &path).await.html.contains(&link) && cast.page("author", &link).await.status == 404);
    cast.press("handler", &one, "reply", &REPLY).await;
    cast.press("dispatcher", &one, "reply-review", &[("decision", "approve")]).await;
    assert!(cast.page("author", &path).await.html.contains(&link) && cast.page("author", &link).await.status == 200);
}
