//! A page carries for whom it was made: what comes from a page of another account is refused with its words, whichever form it is.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::support::cast::{Cast, PASSWORD};
use crate::support::database::Engine;
use crate::support::pages::{PNG, Shown, declared};

crate::both_databases!(
    every_form_of_a_page_of_another_account_is_refused,
    a_decision_of_another_account_is_carried_out_under_the_right_name_or_not_at_all,
    the_account_is_taken_up_again_only_with_its_own_password,
    an_upload_of_another_account_is_refused_too,
    live_events_are_those_of_the_pages_account,
    the_language_of_an_account_is_changed_by_its_own_pages_alone,
    what_cannot_be_done_any_more_keeps_its_words,
);

/// The token on this person's pages, as the page has it.
async fn token(cast: &Cast, login: &str) -> String {
    let html = cast.page(login, "/account").await.html;
    html.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

/// Sends a form of a page of `from` in a browser in which `login` has signed in.
async fn send(cast: &Cast, login: &str, token: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
    let mut body = Serializer::new(String::new());
    body.append_pair("csrf", token).extend_pairs(fields);
    cast.browse(Method::POST, login, path, Some(body.finish())).await
}

/// The addresses that take a form, as the sources declare them, with an id in the place of each name.
fn forms() -> BTreeSet<String> {
    let mut found = declared("post");
    found.extend(["/review/{id}", "/screening/{id}", "/signing/{id}"].map(str::to_owned));
    let named = |path: &String| {
        let parts = path.split('/').map(|part| match part.strip_prefix('{').map(|part| part.trim_end_matches('}')) {
            None => part.to_owned(),
            Some(name) => match name.split_once(':') {
                Some((_, words)) => words.split('|').next().unwrap().to_owned(),
                None if name == "year" => "2027".to_owned(),
                None => "019438e9-4800-7183-ae5e-e3d0b09707c4".to_owned(),
            },
        });
        parts.collect::<Vec<_>>().join("/")
    };
    // Of these one need not have signed in.
    let open = ["/sign-in", "/language", "/forgotten", "/one-time/{secret}"];
    found.iter().filter(|path| !open.contains(&path.as_str())).map(named).collect()
}

async fn every_form_of_a_page_of_another_account_is_refused(engine: Engine) {
    let cast = Cast::new(engine).await;
    let page = token(&cast, "author").await;
    let forms = forms();
    assert!(forms.len() > 40, "{forms:?}");
    for path in &forms {
        let refused = send(&cast, "reviewer", &page, path, &[("reason", "写了很久的话")]).await;
        assert_eq!(refused.status, 422, "{path}: {}", refused.html);
        for said in ["data-again=\"password\"", "现在登录的是姓名reviewer", "value=\"author\"", "value=\"写了很久的话\""] {
            assert!(refused.html.contains(said), "{path}: {said}: {}", refused.html);
        }
        let nobody = send(&cast, "reviewer", "made-up", path, &[("reason", "话")]).await;
        assert!(nobody.status == 422 && nobody.html.contains("name=\"resume_password\""), "{path}: {}", nobody.html);
    }
    assert_eq!(cast.page("author", "/account").await.status, 200, "the author's session has not been ended");
}

async fn a_decision_of_another_account_is_carried_out_under_the_right_name_or_not_at_all(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let (page, path) = (token(&cast, "reviewer").await, format!("/review/{id}"));
    let fields = [("version", "2"), ("decision", "recommend"), ("opinion", "拟采用。")];
    let refused = send(&cast, "reviewer2", &page, &path, &fields).await;
    assert!(refused.status == 422 && refused.html.contains("value=\"拟采用。\""), "{}", refused.html);
    let view = || async { cast.get("reviewer", &format!("/manuscripts/{id}")).await.body };
    assert_eq!(view().await["stage"], "review");
    let with = |more: &[(&'static str, &'static str)]| [&fields[..], more].concat();
    let own = send(&cast, "reviewer2", &page, &path, &with(&[("resume_login", "reviewer2"), ("resume_password", PASSWORD)])).await;
    assert!(own.status == 422 && own.html.contains("这不是账号“reviewer”的密码"), "{}", own.html);
    assert_eq!(view().await["stage"], "review", "the password of who has signed in is not enough");
    let done = send(&cast, "reviewer2", &page, &path, &with(&[("resume_login", "reviewer"), ("resume_password", PASSWORD)])).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let view = view().await;
    assert_eq!((&view["stage"], &view["decisions"][0]["by"]), (&json!("signing"), &json!("姓名reviewer")), "{view}");
}

async fn the_account_is_taken_up_again_only_with_its_own_password(engine: Engine) {
    let cast = Cast::new(engine).await;
    let page = token(&cast, "author").await;
    let again = [("autosave", "1"), ("title", "甲的题目")];
    for (session, login, password) in
        [("nobody", "author", "wrong"), ("nobody", "coauthor", PASSWORD), ("coauthor", "coauthor", PASSWORD), ("coauthor", "author", "no")]
    {
        let fields = [&again[..], &[("resume_login", login), ("resume_password", password)]].concat();
        let refused = send(&cast, session, &page, "/write", &fields).await;
        assert!(refused.status == 422 && refused.html.contains("value=\"甲的题目\""), "{session} {login}: {}", refused.html);
        assert!(refused.html.contains("role=\"alert\"") && !refused.html.contains(PASSWORD), "{session} {login}: {}", refused.html);
    }
    for login in ["author", "coauthor"] {
        assert_eq!(cast.get(login, "/manuscripts").await.body["items"], json!([]), "nothing is {login}'s");
    }
    let fields = [&again[..], &[("resume_login", "author"), ("resume_password", PASSWORD)]].concat();
    let saved = send(&cast, "coauthor", &page, "/write", &fields).await;
    assert_eq!(saved.status, 200, "{}", saved.html);
    assert_eq!(cast.get("author", "/manuscripts").await.body["items"][0]["title"], "甲的题目");
    assert_eq!(cast.get("coauthor", "/manuscripts").await.body["items"], json!([]));
    // The same account in a new session is asked for a second yes, and for no password.
    let earlier = page.replacen(page.split('.').next().unwrap(), "0123456789abcdef", 1);
    let asked = send(&cast, "author", &earlier, "/write", &again).await;
    assert!(asked.html.contains("data-again=\"confirm\"") && !asked.html.contains("resume_password"), "{}", asked.html);
}

async fn an_upload_of_another_account_is_refused_too(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.post("author", "/manuscripts", json!({"title": "带附件"})).await.body["id"].as_str().unwrap().to_owned();
    let (page, path) = (token(&cast, "coauthor").await, format!("/manuscripts/{id}/attachments"));
    let refused = cast.form_of_page("author", &page, &path, ("图.png", PNG)).await;
    assert!(refused.status == 422 && refused.html.contains("现在登录的是姓名author"), "{}", refused.html);
    assert_eq!(cast.get("author", &format!("/manuscripts/{id}")).await.body["attachments"], json!([]));
    // Also where who has signed in could not see the manuscript at all.
    let draft = cast.post("author", "/manuscripts", json!({"title": "草稿"})).await.body["id"].as_str().unwrap().to_owned();
    let own = token(&cast, "author").await;
    for login in ["reviewer", "coauthor"] {
        let asked = cast.form_of_page(login, &own, &format!("/manuscripts/{draft}/attachments"), ("图.png", PNG)).await;
        assert!(asked.status == 422 && asked.html.contains(&format!("现在登录的是姓名{login}")), "{} {}", asked.status, asked.html);
        assert!(asked.html.contains("<title>这一页是另一个账号的"), "{}", asked.html);
        let other = token(&cast, login).await;
        let refused = cast.form_of_page(login, &other, &format!("/manuscripts/{draft}/attachments"), ("图.png", PNG)).await;
        assert_eq!(refused.status, 404, "{}", refused.html);
    }
    let taken = cast.form_of_page("author", &own, &path, ("图.png", PNG)).await;
    assert_eq!(taken.status, 303, "{}", taken.html);
}

async fn live_events_are_those_of_the_pages_account(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (author, reviewer) = (cast.id("author"), cast.id("reviewer"));
    let page = cast.page("author", "/mine").await.html;
    assert!(page.contains(&format!("data-account=\"{author}\"")), "{page}");
    assert_eq!(cast.page("reviewer", &format!("/events/now?account={author}")).await.status, 409);
    let own = cast.page("reviewer", &format!("/events/now?account={reviewer}")).await;
    assert!(own.status == 200 && own.html.contains(&format!("\"account\":\"{reviewer}\"")), "{}", own.html);
    let line = cast.page("reviewer", &format!("/events?account={author}")).await;
    assert_eq!((line.status.as_u16(), line.html.as_str()), (200, "event: other\ndata: {}\n\n"));
}

async fn the_language_of_an_account_is_changed_by_its_own_pages_alone(engine: Engine) {
    let cast = Cast::new(engine).await;
    // The page of a stranger, or of another account, sets this browser's language and nobody's own.
    for token in ["", &token(&cast, "author").await] {
        assert_eq!(send(&cast, "reviewer", token, "/language", &[("language", "en")]).await.status, 303);
        assert!(cast.page("reviewer", "/account").await.html.contains("<html lang=\"zh-CN\">"));
    }
    cast.form("reviewer", "/language", &[("language", "en")]).await;
    assert!(cast.page("reviewer", "/account").await.html.contains("<html lang=\"en\">"));
}

async fn what_cannot_be_done_any_more_keeps_its_words(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/review/{id}");
    let grants = cast.get("admin", "/roles?limit=200").await.body;
    let user = cast.id("reviewer").to_string();
    let grant = grants["items"].as_array().unwrap().iter().find(|one| one["user_id"] == json!(user)).unwrap();
    let grant = grant["id"].as_str().unwrap().to_owned();
    let gone = cast.send("DELETE", "security", &format!("/roles/{grant}"), None, json!(null)).await;
    assert!(gone.status.is_success(), "{} {}", gone.status, gone.body);
    let fields = [("version", "2"), ("decision", "return"), ("reason", "写了很久的理由。"), ("password", "Secret-1")];
    let refused = cast.form("reviewer", &path, &fields).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert!(refused.html.contains("写了很久的理由。") && refused.html.contains("data-failed"), "{}", refused.html);
    assert!(!refused.html.contains("Secret-1"), "{}", refused.html);
}
