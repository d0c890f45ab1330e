//! What was typed and not sent: an unfinished review, a pasted text. It is there again for who wrote it, and for nobody else.

use diesel::prelude::*;
use serde_json::json;
use zhitongche::jobs::{JobContext, housekeeping};
use zhitongche::store::StoreError;
use zhitongche::store::schema::form_drafts;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    an_unfinished_review_comes_back_and_is_nobody_elses,
    an_undo_gives_the_reason_and_the_requests_back,
    screeners_and_signers_keep_theirs_too,
    an_unfinished_review_ends_with_the_decision,
    a_full_paste_box_is_taken_apart_by_every_button,
    a_paste_box_that_saves_itself_is_shown_again,
    a_signature_is_kept_or_dropped_before_sending,
    a_form_that_is_too_long_says_that_nothing_is_lost,
);

const REQUEST: [(&str, &str); 4] =
    [("requests.part", "situation"), ("requests.from", "2"), ("requests.to", "6"), ("requests.text", "请写明是哪几天")];

fn rows(cast: &Cast) -> i64 {
    cast.app.desk.db.read_now::<i64, StoreError>(|conn| Ok(form_drafts::table.count().get_result(conn)?)).unwrap()
}

fn tidy_up(cast: &Cast) -> usize {
    housekeeping::run_once(&JobContext::new(cast.app.desk.clone()).unwrap()).unwrap()
}

/// Another manuscript is open in between, as by another tab or device.
async fn page(cast: &Cast, login: &str, id: &str, view: &str) -> String {
    cast.page(login, &format!("/review/{id}{view}")).await.html
}

async fn an_unfinished_review_comes_back_and_is_nobody_elses(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/review/{id}");
    let mut fields = vec![("autosave", "1"), ("decision", "return"), ("reason", "请补充数字。"), ("opinion", "还要再看。")];
    fields.extend(REQUEST);
    let saved = cast.form("reviewer", &path, &fields).await;
    assert!(saved.status == 200 && saved.html.contains("\"kept\":true") && saved.html.contains("\"saved_at\":\"10:32\""), "{}", saved.html);
    cast.app.clock.advance(chrono::Duration::hours(3));
    for view in ["", "?view=edited", "?view=difference"] {
        let shown = page(&cast, "reviewer", &id, view).await;
        for kept in ["请补充数字。", "还要再看。", "请写明是哪几天", "value=\"return\" required checked", "3 小时前"] {
            assert!(shown.contains(kept), "{view} {kept}: {shown}");
        }
        let carried = shown.matches("name=\"requests.text\"").count();
        assert_eq!(carried, 2, "the request and the field for one more: {view} {shown}");
    }
    for other in ["reviewer2", "signer", "author"] {
        let shown = page(&cast, other, &id, "").await;
        assert!(!shown.contains("请补充数字。") && !shown.contains("请写明是哪几天"), "{other}: {shown}");
    }
    let view = cast.get("reviewer2", &format!("/manuscripts/{id}")).await.body.to_string();
    assert!(!view.contains("请补充数字。"), "{view}");
    // Without scripts a button does the same, and another throws it away.
    let kept = cast.form("reviewer", &path, &[("keep", "1"), ("reason", "改了一遍。")]).await;
    assert_eq!(kept.location, format!("{path}?done=review-kept"));
    let shown = page(&cast, "reviewer", &id, "").await;
    assert!(shown.contains("改了一遍。") && !shown.contains("请写明是哪几天"), "{shown}");
    cast.form("reviewer", &path, &[("discard", "1"), ("reason", "改了一遍。")]).await;
    let shown = page(&cast, "reviewer", &id, "").await;
    assert!(!shown.contains("改了一遍。") && rows(&cast) == 0, "{shown}");
    let long: &'static str = Box::leak("长".repeat(80_001).into_boxed_str());
    let refused = cast.form("reviewer", &path, &[("autosave", "1"), ("reason", long)]).await;
    assert!(refused.status == 422 && refused.html.contains("problems"), "{}", refused.status);
    let stranger = cast.form("author", &path, &[("autosave", "1"), ("reason", "话")]).await;
    assert!(stranger.status == 422 && rows(&cast) == 0, "{} {}", stranger.status, stranger.html);
}

async fn an_undo_gives_the_reason_and_the_requests_back(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.submitted_by("author").await;
    cast.app.clock.advance(chrono::Duration::minutes(1));
    let path = format!("/review/{id}");
    let mut fields = vec![("version", "2"), ("decision", "return"), ("reason", "请补充数字。")];
    fields.extend(REQUEST);
    let done = cast.form("reviewer", &path, &fields).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert!(!page(&cast, "reviewer", &id, "").await.contains("不要了</button>"), "nothing is unfinished now");
    assert_eq!((tidy_up(&cast), rows(&cast)), (0, 1), "while it can be taken back");
    let undone = cast.form("reviewer", &format!("/manuscripts/{id}/undo"), &[("version", "3"), ("back", &path)]).await;
    assert_eq!(undone.status, 303, "{}", undone.html);
    let shown = page(&cast, "reviewer", &id, "").await;
    for kept in ["请补充数字。", "请写明是哪几天", "value=\"return\" required checked"] {
        assert!(shown.contains(kept), "{kept}: {shown}");
    }
    fields[0].1 = "4";
    assert_eq!(cast.form("reviewer", &path, &fields).await.status, 303);
    cast.app.clock.advance(chrono::Duration::minutes(11));
    tidy_up(&cast);
    assert_eq!(rows(&cast), 0, "gone once the window has closed");
}

async fn screeners_and_signers_keep_theirs_too(engine: Engine) {
    let cast = Cast::new(engine).await;
    let screened = cast.submitted_by("screened").await;
    let path = format!("/screening/{screened}");
    cast.form("screener", &path, &[("autosave", "1"), ("decision", "return"), ("reason", "单位的意见。")]).await;
    assert!(cast.page("screener", &path).await.html.contains("单位的意见。"));
    cast.form("screener", &path, &[("version", "2"), ("decision", "pass")]).await;
    let review = cast.page("reviewer", &format!("/review/{screened}")).await.html;
    assert!(!review.contains("单位的意见。"), "{review}");
    let id = cast.submitted_by("author").await;
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    let path = format!("/signing/{id}");
    cast.form("signer", &path, &[("autosave", "1"), ("decision", "send_back"), ("reason", "再核实一遍。")]).await;
    assert!(cast.page("signer", &path).await.html.contains("再核实一遍。"));
    assert!(!cast.page("reviewer", &format!("/review/{id}")).await.html.contains("再核实一遍。"));
}

async fn an_unfinished_review_ends_with_the_decision(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/review/{id}");
    cast.form("reviewer2", &path, &[("autosave", "1"), ("decision", "decline"), ("reason", "另一位的话。")]).await;
    cast.app.clock.advance(chrono::Duration::minutes(1));
    cast.act("reviewer", &id, "review", json!({"decision": "return", "reason": "请补正。"})).await;
    let late = cast.form("reviewer2", &path, &[("autosave", "1"), ("reason", "晚到的话。")]).await;
    assert!(late.html.contains("\"kept\":false"), "{}", late.html);
    tidy_up(&cast);
    assert_eq!(rows(&cast), 0);
    cast.app.clock.advance(chrono::Duration::minutes(1));
    cast.act("author", &id, "submission", json!({})).await;
    assert!(!page(&cast, "reviewer2", &id, "").await.contains("另一位的话。"), "it belongs to the round before");
}

const WHOLE: &str = "关于早市的建议\r\n占道经营。\r\n建议：\r\n一是划线；二是收摊。\r\n民盟县总支 周敏\r\n2026年11月3日";

async fn a_full_paste_box_is_taken_apart_by_every_button(engine: Engine) {
    let cast = Cast::new(engine).await;
    for button in ["check", "save", "invite"] {
        let value = if button == "invite" { cast.id("coauthor").to_string() } else { "1".to_owned() };
        let shown = cast.form("author", "/write", &[("whole", WHOLE), ("suggestions", ""), (button, &value)]).await;
        assert_eq!(shown.status, 200, "{button}: {}", shown.html);
        for kept in [
            "value=\"关于早市的建议\"",
            "占道经营。</textarea>",
            "划线；</textarea>",
            "收摊。</textarea>",
            "民盟县总支 周敏\n2026年11月3日</textarea>",
            "已经分到下面各栏",
        ] {
            assert!(shown.html.contains(kept), "{button} {kept}: {}", shown.html);
        }
        let drafts = cast.get("author", "/manuscripts").await.body;
        let id = drafts["items"][0]["id"].as_str().unwrap();
        let view = cast.get("author", &format!("/manuscripts/{id}")).await.body;
        assert_eq!((&view["title"], &view["suggestions"]), (&json!("关于早市的建议"), &json!(["划线；", "收摊。"])), "{button}");
        let again = cast.page("author", &format!("/manuscripts/{id}/edit")).await.html;
        assert!(again.contains("民盟县总支 周敏") && again.contains("留在最后一条建议里"), "{again}");
    }
    for button in ["add", "find", "up"] {
        let shown = cast.form("author", "/write", &[("whole", WHOLE), ("suggestions", ""), (button, "1")]).await;
        assert!(shown.html.contains("占道经营。\n建议：") && shown.html.contains("id=\"whole\" open"), "{button}: {}", shown.html);
    }
    let signed = [("suggestions", "甲。"), ("signature", "周敏\r\n2026年11月3日")];
    let kept = cast.form("author", "/write", &[&signed[..], &[("sign_keep", "1")]].concat()).await.html;
    assert!(kept.contains("甲。\n周敏\n2026年11月3日</textarea>") && !kept.contains("name=\"signature\""), "{kept}");
    let dropped = cast.form("author", "/write", &[&signed[..], &[("sign_drop", "1")]].concat()).await.html;
    assert!(!dropped.contains("2026年11月3日") && dropped.contains("甲。</textarea>"), "{dropped}");
}

async fn a_paste_box_that_saves_itself_is_shown_again(engine: Engine) {
    let cast = Cast::new(engine).await;
    let saved = cast.form("author", "/write", &[("autosave", "1"), ("whole", WHOLE), ("suggestions", "")]).await;
    assert_eq!(saved.status, 200, "{}", saved.html);
    let id = cast.get("author", "/manuscripts").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/manuscripts/{id}/edit");
    cast.app.clock.advance(chrono::Duration::minutes(5));
    let shown = cast.page("author", &path).await.html;
    assert!(shown.contains("占道经营。\n建议：") && shown.contains("5 分钟前"), "{shown}");
    let split = cast.form("author", &path, &[("version", "1"), ("whole", WHOLE), ("suggestions", ""), ("check", "1")]).await;
    assert!(split.status == 200 && split.html.contains("划线；</textarea>"), "{}", split.html);
    let gone = cast
        .send(
            "DELETE",
            "author",
            &format!("/manuscripts/{id}"),
            cast.get("author", &format!("/manuscripts/{id}")).await.body["version"].as_i64(),
            json!(null),
        )
        .await;
    assert_eq!((gone.status.as_u16(), rows(&cast)), (204, 0), "{}", gone.body);
}

/// A complete form, with names and date under it that are neither kept nor dropped.
const SIGNED: [(&str, &str); 8] = [
    ("version", "0"),
    ("title", "关于早市的建议"),
    ("category", "社会建设"),
    ("situation", "占道经营。"),
    ("suggestions", "收摊。"),
    ("signature", "民盟县总支 周敏\r\n2026年11月3日"),
    ("declarations.classification", "none"),
    ("check", "1"),
];

async fn a_signature_is_kept_or_dropped_before_sending(engine: Engine) {
    let cast = Cast::new(engine).await;
    for (button, last) in [("sign_keep", "收摊。\n民盟县总支 周敏\n2026年11月3日"), ("sign_drop", "收摊。")] {
        let checked = cast.form("author", "/write", &SIGNED).await;
        assert_eq!(checked.status, 303, "{}", checked.html);
        let page = checked.location.clone();
        let id = page.split('/').nth(2).unwrap().to_owned();
        let view = async || cast.get("author", &format!("/manuscripts/{id}")).await.body;
        let shown = cast.page("author", &page).await.html;
        for said in ["民盟县总支 周敏<br>2026年11月3日", "name=\"sign_keep\"", "name=\"sign_drop\"", "留下还是不要"] {
            assert!(shown.contains(said), "{said}: {shown}");
        }
        let version = view().await["version"].as_i64().unwrap();
        let number = version.to_string();
        let sent = cast.form("author", &format!("/manuscripts/{id}/submission"), &[("version", &number)]).await;
        assert!(sent.status == 422 && sent.html.contains("民盟县总支 周敏<br>"), "{} {}", sent.status, sent.html);
        let sent = cast.send("POST", "author", &format!("/manuscripts/{id}/submission"), Some(version), json!({})).await;
        assert_eq!((sent.status.as_u16(), &sent.body["errors"][0]["field"]), (422, &json!("signature")), "{}", sent.body);
        let settled = cast.form("author", &page, &[("version", &number), (button, "1")]).await;
        assert_eq!((settled.status.as_u16(), settled.location.as_str()), (303, page.as_str()), "{}", settled.html);
        let again = cast.form("author", &page, &[("version", &number), (button, "1")]).await;
        assert_eq!(again.status, 303, "a second tap does nothing: {}", again.html);
        assert!(!cast.page("author", &page).await.html.contains("name=\"sign_keep\""));
        let number = view().await["version"].as_i64().unwrap().to_string();
        let sent = cast.form("author", &format!("/manuscripts/{id}/submission"), &[("version", &number)]).await;
        assert_eq!(sent.status, 303, "{}", sent.html);
        assert_eq!(view().await["suggestions"], json!([last]));
    }
    // A pasted text that was never taken apart is in no field either.
    let kept = cast.form("author", "/write", &[&SIGNED[..5], &[SIGNED[6], ("whole", "还有一段。"), ("autosave", "1")]].concat()).await;
    assert_eq!(kept.status, 200, "{}", kept.html);
    let saved: serde_json::Value = serde_json::from_str(&kept.html).unwrap();
    let (id, version) = (saved["id"].as_str().unwrap(), saved["version"].as_i64());
    let sent = cast.send("POST", "author", &format!("/manuscripts/{id}/submission"), version, json!({})).await;
    assert_eq!((sent.status.as_u16(), &sent.body["errors"][0]["field"]), (422, &json!("whole")), "{}", sent.body);
}

async fn a_form_that_is_too_long_says_that_nothing_is_lost(engine: Engine) {
    let cast = Cast::new(engine).await;
    let long: &'static str = Box::leak("长".repeat(120_000).into_boxed_str());
    let refused = cast.form("author", "/write", &[("whole", long), ("check", "1")]).await;
    assert!(refused.status == 413 && refused.html.contains("您写的没有丢") && refused.html.contains("data-failed"), "{}", refused.html);
    let page = cast.page("author", "/write").await.html;
    assert!(page.contains("data-most=\"1048576\"") && page.contains("data-large"), "{page}");
}
