//! The pages on which an outdated edited text is put right, and those that say what goes out.

use serde_json::{Value, json};

use super::{edited, outdated, send};
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(a_reviewer_carries_over_on_a_page, a_page_says_before_that_a_bulletin_cannot_go_out);

async fn version(cast: &Cast, id: &str) -> String {
    cast.get("reviewer", &format!("/manuscripts/{id}")).await.body["version"].to_string()
}

async fn a_reviewer_carries_over_on_a_page(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = outdated(&cast).await;
    let path = format!("/review/{id}/carry-over");
    let desk = cast.page("reviewer", &format!("/review/{id}")).await.html;
    assert!(desk.contains("定稿以改前的原稿为准") && desk.contains(&path), "{desk}");
    assert!(desk.contains("更正：门前两百米") && !desk.contains("value=\"recommend\""), "the newest original, and it can't go on: {desk}");
    let edit = cast.page("reviewer", &format!("/review/{id}/edit")).await;
    assert_eq!((edit.status.as_u16(), edit.location), (303, path.clone()));
    assert_eq!(cast.page("signer", &path).await.status, 403);
    let three = cast.page("reviewer", &path).await.html;
    for said in ["每天上下学时段", "<ins>旧定稿", "更正", "两边都改了这一部分"] {
        assert!(three.contains(said), "{said}: {three}");
    }
    let seen = version(&cast, &id).await;
    let typed = [("version", seen.as_str()), ("title", ""), ("situation", "合并后的情况。"), ("suggestions", "一条建议。")];
    let refused = cast.form("reviewer", &path, &typed).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("合并后的情况。"), "nothing typed is lost: {}", refused.html);
    let typed = [("version", seen.as_str()), ("title", "合并后的标题"), ("situation", "合并后的情况。"), ("suggestions", "一条建议。")];
    let done = cast.form("reviewer", &path, &typed).await;
    assert_eq!((done.status.as_u16(), done.location.split('?').next()), (303, Some(format!("/review/{id}").as_str())), "{}", done.html);
    let late = cast.form("reviewer2", &path, &[("version", seen.as_str()), ("title", "慢了一步的标题"), ("situation", "慢了一步。")]).await;
    assert!(
        late.status == 422 && late.html.contains("慢了一步。") && late.html.contains("合并后的情况。"),
        "both stand there: {}",
        late.html
    );
    let again = cast.page("reviewer", &path).await;
    assert_eq!((again.status.as_u16(), again.location), (303, format!("/review/{id}")), "there is nothing to carry over any more");
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    let signing = cast.page("signer", &format!("/signing/{id}")).await.html;
    assert!(signing.contains("合并后的标题") && signing.contains("送签、签发、呈送的是定稿"), "the signer reads what goes out: {signing}");

    let other = outdated(&cast).await;
    let seen = version(&cast, &other).await;
    let path = format!("/review/{other}/carry-over");
    let dropped = cast.form("reviewer", &path, &[("version", seen.as_str()), ("drop", "1")]).await;
    assert_eq!(dropped.status, 303, "{}", dropped.html);
    assert_eq!(cast.get("reviewer", &format!("/manuscripts/{other}")).await.body["edited_text"], Value::Null);
}

async fn a_page_says_before_that_a_bulletin_cannot_go_out(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    send(&cast, "PUT", "reviewer", &id, "/edited-text", edited("定稿")).await;
    cast.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    let leader = cast.user("leader").await;
    let made = json!({"manuscripts": [id], "recipients": [{"user_id": leader}]});
    let made = cast.send("POST", "reviewer", "/bulletins", None, made).await.body["id"].as_str().unwrap().to_owned();
    cast.send("POST", "reviewer", &format!("/bulletins/{made}/submission"), Some(1), Value::Null).await;
    let path = format!("/bulletins/{made}");
    assert!(!cast.page("signer", &path).await.html.contains("现在不能印发"));
    cast.send("POST", "admin", &format!("/users/{leader}/suspension"), None, Value::Null).await;
    let page = cast.page("signer", &path).await.html;
    assert!(page.contains("现在不能印发") && page.contains("姓名leader已停用账号"), "{page}");
    cast.send("POST", "signer", &format!("{path}/send-back"), Some(2), json!({"reason": "领导有变动。"})).await;
    let page = cast.page("reviewer", &path).await.html;
    assert!(page.contains("姓名leader已停用账号"), "{page}");
}
