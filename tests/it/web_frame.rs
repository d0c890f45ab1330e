//! Pages: the door, forms that lose nothing, who may count what.

use reqwest::Method;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    strangers_are_led_to_the_door_and_back,
    a_form_of_another_site_or_session_does_nothing,
    a_session_that_ends_loses_no_word,
    figures_are_of_what_one_may_count,
    the_line_tells_what_waits,
    words_that_are_no_text_change_nothing,
    who_asks_too_often_is_told_until_when,
    where_nothing_was_to_be_saved_nothing_is_said_of_saving,
);

async fn strangers_are_led_to_the_door_and_back(engine: Engine) {
    let cast = Cast::new(engine).await;
    let led = cast.page("", "/statistics?year=2026").await;
    assert_eq!((led.status.as_u16(), led.location.as_str()), (303, "/sign-in?next=%2Fstatistics%3Fyear%3D2026"));
    let door = cast.page("", "/sign-in").await;
    assert_eq!(door.status, 200);
    assert!(door.html.contains("<html lang=\"zh-CN\">") && door.html.contains("登录名"), "{}", door.html);
    let own = |html: &str| html.contains("data-signed-in=\"true\"") && html.contains("href=\"/mine\"");
    for path in ["/no-such-page", "/manuscripts/no-id", "/manuscripts/019438e9-4800-7183-ae5e-e3d0b09707c4"] {
        let nothing = cast.page("author", path).await;
        assert_eq!(nothing.status, 404, "{path}");
        assert!(nothing.html.contains("没有这一页") && own(&nothing.html), "{path}: {}", nothing.html);
    }
    let closed = cast.page("author", "/people").await;
    assert_eq!(closed.status, 403);
    assert!(closed.html.contains("这一页只给系统管理员、安全管理员用") && own(&closed.html), "{}", closed.html);
    let stranger = cast.page("", "/no-such-page").await;
    assert!(stranger.status == 404 && stranger.html.contains("data-signed-in=\"false\""), "{}", stranger.html);
    let dead = cast.page("", "/one-time/used-long-ago").await;
    assert_eq!(dead.status, 401);
    assert!(dead.html.contains("这个链接不能用了") && dead.html.contains("href=\"/forgotten\""), "{}", dead.html);
    let begun = cast.page("reviewer", "/").await;
    assert_eq!((begun.status.as_u16(), begun.location.as_str()), (303, "/review"));
}

async fn a_form_of_another_site_or_session_does_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let asked = cast.browse(Method::POST, "author", "/sign-out", Some("csrf=another".to_owned())).await;
    assert_eq!(asked.status, 422);
    assert!(asked.html.contains("请再确认一次"), "{}", asked.html);
    let client = reqwest::Client::new();
    let request =
        client.post(cast.app.url("/sign-out")).header("Cookie", "ztc-session=token-author").header("Sec-Fetch-Site", "cross-site");
    assert_eq!(request.send().await.unwrap().status(), 403);
    assert_eq!(cast.page("author", "/account").await.status, 200, "the session is still there");
    let left = cast.form("author", "/sign-out", &[]).await;
    assert_eq!((left.status.as_u16(), left.location.as_str()), (303, "/sign-in?done=signed-out"));
    assert_eq!(cast.page("author", "/account").await.status, 303, "and now it is not");
}

async fn a_session_that_ends_loses_no_word(engine: Engine) {
    let cast = Cast::new(engine).await;
    let fields = "csrf=old&title=%E6%A0%87%E9%A2%98&situation=a%22%3Cb";
    let asked = cast.browse(Method::POST, "nobody", "/account/password", Some(fields.to_owned())).await;
    assert!(matches!(asked.status.as_u16(), 404 | 422), "{}", asked.status);
    let asked = cast.browse(Method::POST, "nobody", "/sign-out", Some(fields.to_owned())).await;
    assert_eq!(asked.status, 422);
    for kept in ["name=\"title\" value=\"标题\"", "value=\"a&#34;&#60;b\"", "resume_password", "action=\"/sign-out\""] {
        assert!(asked.html.contains(kept), "{kept}: {}", asked.html);
    }
    assert!(!asked.html.contains("value=\"old\""), "the old token is not carried");
}

async fn figures_are_of_what_one_may_count(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.accepted().await;
    cast.submitted_by("screened").await;
    let received = |html: &str, count: &str| html.contains(&format!("<td class=\"num\"><strong>{count}</strong></td>"));
    let whole = cast.page("reviewer", "/statistics").await.html;
    assert!(whole.contains("统计全部稿件") && received(&whole, "2") && received(&whole, "1"), "{whole}");
    let office = cast.page("screener", "/statistics").await.html;
    assert!(office.contains("统计本单位的稿件") && received(&office, "1") && !received(&office, "2"), "{office}");
    assert!(office.contains("民盟县总支") && !office.contains("致公党县支部"), "{office}");
    let own = cast.page("author", "/statistics").await.html;
    assert!(own.contains("统计您自己的稿件") && received(&own, "1") && !received(&own, "2"), "{own}");
    let nothing = cast.page("coauthor", "/statistics").await.html;
    assert!(nothing.contains("这一年还没有稿件"), "{nothing}");
    let other = cast.other_channel().await;
    assert_ne!(other, cast.channel);
    assert!(cast.page("other-reviewer", "/statistics").await.html.contains("这一年还没有稿件"));
}

async fn the_line_tells_what_waits(engine: Engine) {
    let cast = Cast::new(engine).await;
    let client = reqwest::Client::new();
    let line = client.get(cast.app.url("/events")).header("Cookie", "ztc-session=token-reviewer").send().await.unwrap();
    assert_eq!(line.headers()["content-type"], "text/event-stream; charset=utf-8");
    let mut line = line;
    let first = String::from_utf8(line.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.starts_with("event: desk\n") && first.contains("\"role\":\"reviewer\",\"count\":0"), "{first}");
    cast.submitted_by("author").await;
    let second = loop {
        let text = String::from_utf8(line.chunk().await.unwrap().unwrap().to_vec()).unwrap();
        if text.starts_with("event: desk\n") {
            break text;
        }
    };
    assert!(second.contains("\"role\":\"reviewer\",\"count\":1") && second.contains("\"unread\":1"), "{second}");
    let page = cast.page("reviewer", "/statistics").await.html;
    assert!(page.contains("data-desk=\"reviewer\"") && page.contains("<b>1</b>"), "{page}");
    // A redirection would be followed, and a browser complains of a line that is a page.
    let nobody = cast.page("", "/events").await;
    assert_eq!((nobody.status.as_u16(), nobody.html.as_str()), (200, "event: end\ndata: {}\n\n"));
}

async fn words_that_are_no_text_change_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let csrf = cast.page("author", "/write").await.html;
    let csrf = csrf.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    for title in ["%ff", "%c0%af", "a%ed%a0%80"] {
        let sent = cast.browse(Method::POST, "author", "/write", Some(format!("csrf={csrf}&save=1&title={title}"))).await;
        assert_eq!(sent.status, 400, "{title}");
    }
    assert_eq!(cast.page("author", "/manuscripts?q=%ff").await.status, 400);
    let drafts = cast.get("author", "/manuscripts").await.body;
    assert_eq!(drafts["items"].as_array().unwrap().len(), 0, "{drafts}");
}

async fn who_asks_too_often_is_told_until_when(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.limits.requests_per_minute_address = 1).await;
    assert_eq!(cast.page("", "/sign-in").await.status, 200);
    let answer = reqwest::Client::new().get(cast.app.url("/sign-in")).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "60"));
    let html = answer.text().await.unwrap();
    assert!(html.contains("10:33") && !html.contains("Retry-After"), "{html}");
}

async fn where_nothing_was_to_be_saved_nothing_is_said_of_saving(engine: Engine) {
    let cast = Cast::new(engine).await;
    let saving = ["没有保存", "您写的内容都在", "还差"];
    for (who, path, fields, says) in [
        ("", "/sign-in", &[("login", "author"), ("password", "wrong")][..], "<h2 id=\"errs-title\">登录名或密码不正确"),
        ("author", "/account/password", &[("password", "x"), ("new_password", "y"), ("repeated", "z")], "有 1 处需要改正"),
        ("author", "/account/password", &[("password", "x"), ("new_password", "y"), ("repeated", "y")], "有 1 处需要改正"),
        ("auditor", "/ledger/receipt", &[("number", ""), ("receipt", "")], "有 "),
        ("signer", "/signing", &[], "有 1 处需要改正"),
    ] {
        let shown = cast.form(who, path, fields).await;
        assert!(shown.html.contains("class=\"errs\"") && shown.html.contains(says), "{path}: {}", shown.html);
        assert!(saving.iter().all(|words| !shown.html.contains(words)), "{path}: {}", shown.html);
    }
    let searched = cast.page("auditor", "/ledger?from=2026-99-99").await;
    assert!(saving.iter().all(|words| !searched.html.contains(words)), "{}", searched.html);
    // A form that is kept says so, also where the sentence is about none of its fields.
    let wrong = cast.form("author", "/account", &[("language", "en"), ("mobile", "12"), ("version", "1")]).await;
    assert!(wrong.html.contains("还差 1 处，没有保存") && wrong.html.contains("您写的内容都在"), "{}", wrong.html);
    cast.form("author", "/account", &[("language", "zh-CN"), ("mobile", "13800138000"), ("version", "1")]).await;
    let stale = cast.form("author", "/account", &[("language", "zh-CN"), ("mobile", "13800138001"), ("version", "1")]).await;
    assert!(!stale.html.contains("还差") && stale.html.contains("没有保存，您写的内容都在。"), "{}", stale.html);
}
