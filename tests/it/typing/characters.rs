//! A character that can't be seen stops nobody, and what is no text reaches no database.

use serde_json::json;

use crate::support::cast::{Cast, PASSWORD, complete};
use crate::support::database::Engine;

crate::both_databases!(a_control_character_stops_no_saving, every_text_of_an_act_is_cleaned, u_0000_is_a_mistake_of_the_caller);

const ODD: &str = "一\u{8}二\u{b}三\u{85}四\u{2028}五\0六\u{fffe}\r\n七\t八";
const CLEAN: &str = "一二\n三\n四\n五六\n七\t八";

async fn a_control_character_stops_no_saving(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (title, keywords) = ("标\u{8}\u{2028}题", "停\u{1}车");
    let fields = [("autosave", "1"), ("title", title), ("situation", ODD), ("suggestions", "甲\u{b}乙"), ("keywords", keywords)];
    let saved = cast.form("author", "/write", &fields).await;
    assert_eq!(saved.status, 200, "{}", saved.html);
    assert!(saved.html.contains("\"dropped\":true"), "the author is told: {}", saved.html);
    let draft = cast.get("author", "/manuscripts").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let kept = cast.get("author", &format!("/manuscripts/{draft}")).await.body;
    assert_eq!((&kept["title"], &kept["situation"]), (&json!("标 题"), &json!(CLEAN)));
    assert_eq!((&kept["suggestions"], &kept["keywords"]), (&json!(["甲\n乙"]), &json!(["停车"])));
    let plain = cast.form("author", "/write", &[("autosave", "1"), ("title", "题"), ("situation", "一\r\n二\u{b}三")]).await;
    assert!(plain.html.contains("\"dropped\":false"), "another end of a line is no loss: {}", plain.html);
    let button = cast.form("author", "/write", &[("save", "1"), ("title", "题\u{8}")]).await;
    assert_eq!(button.location, "/mine?done=cleaned");
    assert!(cast.page("author", "/mine?done=cleaned").await.html.contains("看不见的控制字符，已经去掉"));
}

async fn every_text_of_an_act_is_cleaned(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut body = complete();
    (body["title"], body["situation"]) = (json!("标\u{b}题\0"), json!(ODD));
    let made = cast.post("author", "/manuscripts", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!((&made.body["title"], &made.body["situation"]), (&json!("标 题"), &json!(CLEAN)));
    let id = made.body["id"].as_str().unwrap().to_owned();
    let seen = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body;
    let edited = json!({"title": "标题", "situation": ODD, "causes": "\0", "suggestions": ["甲\u{8}"]});
    let path = format!("/manuscripts/{id}/edited-text");
    let kept = cast.send("PUT", "reviewer", &path, seen["version"].as_i64(), edited).await;
    assert_eq!((&kept.body["edited_text"]["situation"], &kept.body["edited_text"]["causes"]), (&json!(CLEAN), &json!("")), "{}", kept.body);
    let returned = json!({"decision": "return", "reason": ODD, "requests": [{"part": "title", "from": 0, "to": 1, "text": "改\u{8}字"}]});
    let view = cast.act("reviewer", &id, "review", returned).await;
    assert_eq!((&view["decisions"][0]["words"], &view["requests"][0]["text"]), (&json!(CLEAN), &json!("改字")), "{view}");
    let unseen = json!({"title": "\u{200b}\u{feff}", "situation": "\u{3164}", "suggestions": ["\u{2060}"], "category": "社会建设", "submit": true,
        "declarations": {"classification": "none"}});
    let refused = cast.post("author", "/manuscripts", unseen).await;
    let fields: Vec<&str> = refused.body["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!((refused.status.as_u16(), fields), (422, vec!["title", "situation", "suggestions[0]"]), "{}", refused.body);
}

/// Every place in which a caller's string is not a text that is cleaned: names to look up, queries, paths, keys.
async fn u_0000_is_a_mistake_of_the_caller(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    for login in ["\0", "auth\0or", "\u{1}"] {
        let refused = cast.post("", "/session", json!({"login": login, "password": PASSWORD})).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (422, &json!("login")), "{login:?} {}", refused.body);
        let asked = cast.post("", "/password-resets", json!({"login": login})).await;
        assert!(asked.status.is_client_error() || asked.status.is_success(), "{login:?} {} {}", asked.status, asked.body);
        let door = cast.browse(reqwest::Method::POST, "", "/sign-in", Some("login=%00&password=x".to_owned())).await;
        assert_eq!(door.status, 422, "{}", door.html);
        let forgotten = cast.browse(reqwest::Method::POST, "", "/forgotten", Some("login=a%00b".to_owned())).await;
        assert!(!forgotten.status.is_server_error(), "{}", forgotten.status);
    }
    for path in
        ["/manuscripts?q=%00", "/manuscripts?category=a%00", "/manuscripts/%00", "/ledger/entries?action=%00", "/users?q=%00", "/%00"]
    {
        for login in ["reviewer", "auditor", "admin"] {
            let status = cast.get(login, path).await.status.as_u16();
            assert!((400..500).contains(&status), "{login} {path}: {status}");
        }
        let page = cast.page("reviewer", path).await.status.as_u16();
        assert!((400..500).contains(&page), "page {path}: {page}");
    }
    let version = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body["version"].as_i64();
    for (method, login, path, body) in [
        (
            "POST",
            "admin",
            "/users".to_owned(),
            json!({"login": "n\0n", "name": "新\0人", "email": "a\0@b.cn", "mobile": "\0", "post": "\0"}),
        ),
        ("POST", "admin", "/organizations".to_owned(), json!({"name": "\0", "kind": "other"})),
        ("POST", "author", "/tokens".to_owned(), json!({"name": "\0"})),
        ("POST", "author", "/manuscripts".to_owned(), json!({"title": "题", "category": "\0", "keywords": ["\0"]})),
        ("POST", "reviewer", "/bulletins".to_owned(), json!({"title": "\0", "series": "\0"})),
        ("POST", "reviewer", format!("/manuscripts/{id}/referral"), json!({"addressee": "\0", "note": "\0"})),
        ("POST", "reviewer", format!("/manuscripts/{id}/review"), json!({"decision": "recommend", "opinion": "\0"})),
        ("PUT", "author", format!("/manuscripts/{id}/authors"), json!({"authors": ["\0"]})),
        ("PUT", "author", "/password".to_owned(), json!({"password": "\0", "new_password": "\0"})),
    ] {
        let seen = version.filter(|_| path.contains(&id));
        let answer = cast.send(method, login, &path, seen, body).await;
        assert!(answer.status.is_client_error() || answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.body);
    }
    for (login, path, fields) in [
        ("author", "/write", vec![("find", "1"), ("colleague_q", "\0"), ("author_q", "\0")]),
        ("author", "/account/tokens", vec![("name", "\0"), ("days", "\0")]),
        ("reviewer", &format!("/review/{id}"), vec![("version", "1"), ("decision", "merge"), ("number", "\0")]),
        ("auditor", "/ledger/receipt", vec![("receipt", "\0")]),
    ] {
        let answer = cast.form(login, path, &fields).await;
        assert!(!answer.status.is_server_error(), "{path}: {} {}", answer.status, answer.html);
    }
}
