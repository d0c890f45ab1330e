//! The manuscript's page, the list, the leader's and the secretary's pages, as a browser without script uses them.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::cast::Cast;
use crate::support::database::Engine;
use crate::support::pages::PNG;

crate::both_databases!(
    everybody_reads_his_part_of_the_page,
    a_decision_is_taken_back_on_the_page,
    a_file_is_added_and_fetched,
    a_leader_marks_with_one_tap_and_writes,
    a_secretary_enters_and_a_second_person_checks,
    the_list_is_narrowed_by_its_address,
    characters_that_cannot_be_seen_are_named,
);

async fn page(cast: &Cast, login: &str, path: &str) -> (StatusCode, String) {
    let shown = cast.page(login, path).await;
    (shown.status, shown.html)
}

/// Sends a form, and gives the page that comes of it.
async fn post(cast: &Cast, login: &str, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let shown = cast.form(login, path, fields).await;
    if shown.status == StatusCode::SEE_OTHER { page(cast, login, &shown.location).await } else { (shown.status, shown.html) }
}

/// Sends a form with a file, and gives the page that comes of it.
async fn send_file(cast: &Cast, login: &str, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> (StatusCode, String) {
    let shown = cast.form_with_file(login, path, fields, file).await;
    if shown.status == StatusCode::SEE_OTHER { page(cast, login, &shown.location).await } else { (shown.status, shown.html) }
}

/// A manuscript before `leader` and `leader2`; its id.
async fn forwarded(cast: &Cast) -> String {
    let id = cast.accepted().await;
    let recipients = [cast.user("leader").await, cast.user("leader2").await];
    cast.act("signer", &id, "forwarding", json!({"recipients": recipients})).await;
    id
}

async fn everybody_reads_his_part_of_the_page(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/manuscripts/{id}");
    for (login, expected) in [("author", "不能“撤回”"), ("reviewer", "去审核")] {
        let (status, html) = page(&cast, login, &path).await;
        assert_eq!(status, StatusCode::OK, "{login}");
        assert!(html.contains("关于缓解实验小学周边停车难的建议"), "{login}");
        assert_eq!(html.contains(expected), login == "reviewer", "{login}: he may still withdraw it");
    }
    for stranger in ["coauthor", "leader", "handler", "auditor", "other"] {
        let (status, html) = page(&cast, stranger, &path).await;
        assert!(!html.contains("实验小学"), "{stranger}");
        assert!(status == StatusCode::NOT_FOUND || stranger == "other", "{stranger}: {status}");
    }
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "<b>拟采用</b>"})).await;
    let (_, author) = page(&cast, "author", &path).await;
    assert!(!author.contains("拟采用") && author.contains("现在不能“撤回”：稿件现在是“审核中”"), "opinions are the office's");
    let (_, signer) = page(&cast, "signer", &path).await;
    assert!(signer.contains("&#60;b&#62;拟采用") && signer.contains("去签发"), "words are words, not markup");
    let (status, same) = page(&cast, "author", &format!("{path}/revisions")).await;
    assert_eq!((status, same.contains("只有一稿")), (StatusCode::OK, true));
}

async fn a_decision_is_taken_back_on_the_page(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.submitted_by("author").await;
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    let (_, html) = page(&cast, "reviewer", &format!("/manuscripts/{id}")).await;
    let version = html.split("name=\"version\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let undo = format!("/manuscripts/{id}/undo");
    let (status, stale) = post(&cast, "reviewer", &undo, &[("version", "1")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.contains("别人先做了改动"));
    assert_eq!(cast.stage("reviewer", &id).await, "signing");
    let (status, done) = post(&cast, "reviewer", &undo, &[("version", &version)]).await;
    assert_eq!((status, done.contains("刚才的决定已撤销")), (StatusCode::OK, true));
    assert_eq!(cast.stage("reviewer", &id).await, "review");
}

async fn a_file_is_added_and_fetched(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let add = format!("/manuscripts/{id}/attachments");
    let (status, _) = send_file(&cast, "author", &add, &[], ("照片.png", PNG)).await;
    assert_eq!(status, StatusCode::CONFLICT, "it is not with its author");
    cast.act("reviewer", &id, "review", json!({"decision": "return", "reason": "请补充照片。"})).await;
    let (status, bad) = send_file(&cast, "author", &add, &[], ("坏.exe", b"MZ\0\0")).await;
    assert_eq!((status, bad.contains("实验小学")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    let (status, done) = send_file(&cast, "author", &add, &[], ("照片.png", PNG)).await;
    assert_eq!((status, done.contains("附件已上传")), (StatusCode::OK, true), "{done}");
    let file = cast.get("author", &format!("/manuscripts/{id}/attachments")).await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let (status, _) = page(&cast, "author", &format!("/attachments/{file}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(page(&cast, "coauthor", &format!("/attachments/{file}")).await.0, StatusCode::NOT_FOUND);
    let (_, gone) = post(&cast, "author", &format!("/attachments/{file}/removal"), &[]).await;
    assert!(gone.contains("附件已删除"));
    assert_eq!(cast.get("author", &format!("/manuscripts/{id}/attachments")).await.body["items"], json!([]));
}

async fn a_leader_marks_with_one_tap_and_writes(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = forwarded(&cast).await;
    let (_, waiting) = page(&cast, "leader", "/reading").await;
    assert!(waiting.contains("待阅 1 篇") && waiting.contains("实验小学"));
    assert_eq!(page(&cast, "author", "/reading").await.0, StatusCode::NOT_FOUND);
    let mark = format!("/reading/{id}/endorsements");
    let (status, open) = post(&cast, "leader", &mark, &[("words", "先看。"), ("kind", "guidance"), ("phrase", "1")]).await;
    assert_eq!((status, open.contains("先看。所提建议很有针对性")), (StatusCode::OK, true), "a phrase without script");
    let (status, again) = post(&cast, "leader", &mark, &[("kind", "instruction"), ("due_on", "2026-11-30")]).await;
    assert_eq!((status, again.contains("2026-11-30")), (StatusCode::UNPROCESSABLE_ENTITY, true), "the date is kept");
    let (_, noted) = post(&cast, "leader", &mark, &[("kind", "noted")]).await;
    assert!(noted.contains("已圈阅。") && noted.contains("待阅 0 篇"));
    assert_eq!(cast.told("endorsed").await, ["author"]);
    let (_, written) = post(&cast, "leader2", &mark, &[("kind", "instruction"), ("words", "请住建局研究。")]).await;
    assert!(written.contains("批示已送出") && written.contains("class=\"seen\""));
    assert_eq!(cast.told("instruction_given").await, ["dispatcher"]);
    let (_, done) = page(&cast, "leader2", "/reading/done").await;
    assert!(done.contains("请住建局研究。"));
    assert_eq!(page(&cast, "leader", "/reading/results").await.0, StatusCode::OK);
    let (_, author) = page(&cast, "author", &format!("/manuscripts/{id}")).await;
    assert!(author.contains("请住建局研究。") && !author.contains("class=\"circ\""));
    let said = [author.contains("领导：圈阅"), author.contains("领导：作出批示"), author.contains("登记领导批示")];
    assert_eq!(said, [true, true, false], "{author}");
}

async fn a_secretary_enters_and_a_second_person_checks(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = forwarded(&cast).await;
    let (_, desk) = page(&cast, "secretary", "/endorsements").await;
    assert!(desk.contains(&format!("/manuscripts/{id}/endorsement")));
    let enter = format!("/manuscripts/{id}/endorsement");
    let large = vec![b' '; cast.app.settings.limits.attachment_bytes + 100_000];
    let (status, again) = send_file(&cast, "secretary", &enter, &[("words", "请速办。"), ("date", "2026-11-18")], ("大.png", &large)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.contains("请速办。") && again.contains("2026-11-18") && !again.contains("已上传"),
        "a file that is too large takes no word"
    );
    let (status, again) = send_file(&cast, "secretary", &enter, &[("words", "请研究。"), ("date", "2026-11-19")], ("原件.png", PNG)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "it has no kind");
    assert!(again.contains("请研究。") && again.contains("已上传：原件.png"));
    let scan = again.split("name=\"scan_id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let fields = [("words", "请研究。"), ("date", "2026-11-19"), ("kind", "guidance"), ("scan_id", scan.as_str())];
    let (status, done) = post(&cast, "secretary", &enter, &fields).await;
    assert_eq!((status, done.contains("批示已录入")), (StatusCode::OK, true));
    let entered = cast.get("secretary", "/endorsements?state=entered").await.body["items"][0].clone();
    assert_eq!((&entered["scan_id"], &entered["words"]), (&json!(scan), &json!("请研究。")));
    let one = format!("/endorsements/{}", entered["id"].as_str().unwrap());
    let (_, own) = page(&cast, "secretary", &one).await;
    assert!(own.contains("您录入的批示") && !own.contains("countersignature"));
    assert_eq!(page(&cast, "leader2", &one).await.0, StatusCode::NOT_FOUND);
    let (status, again) = post(&cast, "dispatcher", &format!("{one}/rejection"), &[("reason", "")]).await;
    assert_eq!((status, again.contains("请填写这一项")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    let (_, checked) = post(&cast, "dispatcher", &format!("{one}/countersignature"), &[]).await;
    assert!(checked.contains("批示已核对"));
    assert_eq!(cast.told("endorsed").await, ["author"]);
}

async fn the_list_is_narrowed_by_its_address(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let link = format!("/manuscripts/{id}\"");
    let holds = async |login: &str, query: &str| page(&cast, login, &format!("/manuscripts?{query}")).await.1.contains(&link);
    assert!(holds("reviewer", "").await && holds("reviewer", "q=停车&stage=review&from=2026-11-20&to=2026-11-20").await);
    assert!(!holds("reviewer", "q=电梯").await && !holds("reviewer", "stage=signing").await && !holds("reviewer", "to=2026-11-19").await);
    assert!(holds("author", "stage=").await && !holds("signer", "").await, "each sees his own");
}

async fn characters_that_cannot_be_seen_are_named(engine: Engine) {
    let cast = Cast::new(engine).await;
    let plain = cast.submitted_by("author").await;
    let (_, html) = page(&cast, "author", &format!("/manuscripts/{plain}")).await;
    assert!(!html.contains("改变书写方向"), "{html}");
    let mut body = crate::support::cast::complete();
    body["title"] = json!("关于\u{202e}甲乙的建议");
    body["submit"] = json!(true);
    let made = cast.post("author", "/manuscripts", body).await;
    assert_eq!(made.body["title"], "关于\u{202e}甲乙的建议", "it is stored as it came");
    let id = made.body["id"].as_str().unwrap();
    for (login, path) in [("author", format!("/manuscripts/{id}")), ("reviewer", format!("/review/{id}"))] {
        let (status, html) = page(&cast, login, &path).await;
        assert!(status.is_success() && html.contains("改变书写方向的字符（U+202E）"), "{login}: {html}");
    }
}
