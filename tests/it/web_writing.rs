//! The author's pages: writing without scripts, saving by script, handing in, signing with others, revising, rating, taking back.

use serde_json::{Value, json};

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_manuscript_is_written_and_handed_in_without_scripts,
    a_form_that_fails_keeps_every_word,
    buttons_rearrange_what_was_typed_and_keep_nothing,
    a_script_saves_and_learns_of_another_version,
    others_are_invited_sign_and_are_asked_again,
    a_returned_one_is_revised_beside_what_was_asked,
    what_was_answered_is_rated_once,
    what_was_handed_in_is_taken_back_and_a_draft_thrown_away,
    staff_enter_for_an_author,
);

const WHOLE: &[(&str, &str)] = &[
    ("title", "关于加装电梯的建议"),
    ("category", "社会建设"),
    ("kind", "suggestion"),
    ("keywords", "电梯、老旧小区"),
    ("situation", "老人上下楼难。\r\n县城有 40 个老旧小区。"),
    ("causes", ""),
    ("suggestions", "设一个窗口。"),
    ("suggestions", " "),
    ("suggestions", "给补助。"),
    ("elsewhere", "no"),
    ("declarations.may_publish", "1"),
    ("declarations.classification", "none"),
];

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let named = |name: &str| more.iter().any(|(one, _)| *one == name);
    WHOLE.iter().filter(|(name, _)| !named(name)).chain(more).copied().collect()
}

/// The id in `/manuscripts/ID/…`.
fn id_in(path: &str) -> String {
    path.split('/').nth(2).unwrap().to_owned()
}

async fn drafted(cast: &Cast) -> String {
    let shown = cast.form("author", "/write", &with(&[("check", "1")])).await;
    assert_eq!(shown.status, 303, "{}", shown.html);
    id_in(&shown.location)
}

async fn version(cast: &Cast, login: &str, id: &str) -> String {
    cast.get(login, &format!("/manuscripts/{id}")).await.body["version"].to_string()
}

async fn a_manuscript_is_written_and_handed_in_without_scripts(engine: Engine) {
    let cast = Cast::new(engine).await;
    assert!(cast.page("author", "/mine").await.html.contains("还没有稿件"));
    assert_eq!(cast.page("handler", "/write").await.status, 403);
    assert!(cast.page("author", "/write").await.html.contains("一、情况问题"));
    let id = drafted(&cast).await;
    let check = cast.page("author", &format!("/manuscripts/{id}/check")).await;
    for words in ["关于加装电梯的建议", "2. 给补助。", "送出以前", "统战部审核（5 个工作日）", ">送出</button>"]
    {
        assert!(check.html.contains(words), "{words}: {}", check.html);
    }
    assert!(cast.page("author", "/mine").await.html.contains("接着写"));
    let sent = cast.form("author", &format!("/manuscripts/{id}/submission"), &[("version", "1")]).await;
    assert_eq!((sent.status.as_u16(), sent.location), (303, format!("/manuscripts/{id}/receipt")));
    let receipt = cast.page("author", &format!("/manuscripts/{id}/receipt")).await.html;
    let proof = cast.get("author", &format!("/manuscripts/{id}/receipt")).await.body;
    let code = proof["leaf"].as_str().unwrap()[..4].to_uppercase();
    assert!(receipt.contains("2026-0001") && receipt.contains(&format!("回执 {code}-")) && receipt.contains("5 个工作日"), "{receipt}");
    let kept = cast.get("author", &format!("/manuscripts/{id}")).await.body;
    assert_eq!((&kept["stage"], &kept["keywords"]), (&json!("review"), &json!(["电梯", "老旧小区"])));
    assert_eq!((&kept["situation"], &kept["suggestions"][1]), (&json!("老人上下楼难。\n县城有 40 个老旧小区。"), &json!("给补助。")));
    let again = cast.form("author", &format!("/manuscripts/{id}/submission"), &[("version", "1")]).await;
    assert_eq!((again.status.as_u16(), again.location), (303, format!("/manuscripts/{id}")), "a second tap hands in nothing");
    assert_eq!(cast.page("coauthor", &format!("/manuscripts/{id}/edit")).await.status, 404);
}

async fn a_form_that_fails_keeps_every_word(engine: Engine) {
    let cast = Cast::new(engine).await;
    let long: &'static str = Box::leak("长".repeat(60).into_boxed_str());
    let back = cast.form("author", "/write", &with(&[("title", long), ("category", "没有的类别"), ("save", "1")])).await;
    assert_eq!(back.status, 422);
    for words in [long, "给补助。", "最多 50 字", "没有这个类别", "href=\"#f-title\""] {
        assert!(back.html.contains(words), "{words}: {}", back.html);
    }
    let secret = cast.form("author", "/write", &with(&[("declarations.classification", "secret")])).await;
    assert_eq!(secret.status, 422);
    assert!(secret.html.contains("不能进入本系统") && secret.html.contains("给补助。"), "{}", secret.html);
    assert_eq!(cast.get("author", "/manuscripts").await.body["items"], json!([]), "nothing was kept");
    let bare = cast.form("author", "/write", &[("title", "只有标题"), ("check", "1")]).await;
    let check = cast.page("author", &bare.location).await.html;
    assert!(check.contains("现在不能送出") && check.contains("edit#f-situation") && !check.contains(">送出</button>"), "{check}");
}

async fn buttons_rearrange_what_was_typed_and_keep_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let shown = cast.form("author", "/write", &with(&[("up", "3")])).await;
    assert_eq!(shown.status, 200);
    let place = |text: &str| shown.html.find(text).unwrap_or_else(|| panic!("{text}: {}", shown.html));
    assert!(place("设一个窗口。") < place("给补助。") && place("给补助。") < place("id=\"f-suggestions[2]\""));
    let more = cast.form("author", "/write", &with(&[("add", "1")])).await;
    assert!(more.html.contains("id=\"f-suggestions[3]\""), "{}", more.html);
    let found = cast.form("author", "/write", &with(&[("find", "authors"), ("colleague_q", "名co")])).await;
    assert!(found.html.contains("姓名coauthor") && !found.html.contains("姓名reviewer"), "{}", found.html);
    assert_eq!(cast.get("author", "/manuscripts").await.body["items"], json!([]));
    let whole = [("whole", "关于早市的建议\r\n占道。\r\n建议：\r\n1、划线。\r\n2、收摊。"), ("split", "1"), ("suggestions", "")];
    let split = cast.form("author", "/write", &whole).await;
    assert_eq!(split.status, 200);
    for words in ["找到 2 条建议", "value=\"关于早市的建议\"", "划线。</textarea>", "收摊。</textarea>"] {
        assert!(split.html.contains(words), "{words}: {}", split.html);
    }
    assert!(cast.page("author", "/mine").await.html.contains("还没有稿件"), "nothing is kept yet");
}

async fn a_script_saves_and_learns_of_another_version(engine: Engine) {
    let cast = Cast::new(engine).await;
    let first = cast.form("author", "/write", &[("autosave", "1"), ("title", "题"), ("suggestions", "")]).await;
    let said: Value = serde_json::from_str(&first.html).unwrap();
    let (id, path) = (said["id"].as_str().unwrap().to_owned(), format!("/manuscripts/{}/edit", said["id"].as_str().unwrap()));
    assert_eq!((&said["version"], &said["saved_at"]), (&json!(1), &json!("10:32")));
    let next = cast.form("author", &path, &[("autosave", "1"), ("version", "1"), ("title", "甲的题")]).await;
    assert_eq!(serde_json::from_str::<Value>(&next.html).unwrap()["version"], 2);
    let stale = cast.form("author", &path, &[("autosave", "1"), ("version", "1"), ("title", "乙的题")]).await;
    assert_eq!((stale.status.as_u16(), &serde_json::from_str::<Value>(&stale.html).unwrap()["stale"]), (409, &json!(2)));
    let both = cast.form("author", &path, &[("save", "1"), ("version", "1"), ("title", "乙的题")]).await;
    assert_eq!(both.status, 422);
    for words in ["甲的题", "value=\"乙的题\"", "name=\"version\" value=\"2\"", "在别处也改过"] {
        assert!(both.html.contains(words), "{words}: {}", both.html);
    }
    cast.form("author", &path, &[("save", "1"), ("version", "2"), ("title", "乙的题")]).await;
    assert_eq!(cast.get("author", &format!("/manuscripts/{id}")).await.body["title"], "乙的题");
}

async fn others_are_invited_sign_and_are_asked_again(engine: Engine) {
    let cast = Cast::new(engine).await;
    let other: &'static str = Box::leak(cast.user("coauthor").await.to_string().into_boxed_str());
    let invited = cast.form("author", "/write", &with(&[("invite", other)])).await;
    let id = id_in(&invited.location);
    assert_eq!(invited.location, format!("/manuscripts/{id}/edit?done=invited#authors"));
    assert!(cast.page("author", &format!("/manuscripts/{id}/edit")).await.html.contains("等对方签名"));
    assert!(cast.page("author", &format!("/manuscripts/{id}/check")).await.html.contains("还有 1 位受邀联名人没有签名"));
    assert!(cast.page("coauthor", "/mine").await.html.contains("看稿并答复"));
    let path = format!("/manuscripts/{id}/co-signature");
    let asked = cast.page("coauthor", &path).await;
    assert!(asked.html.contains("设一个窗口。") && asked.html.contains("签名联名"), "{}", asked.html);
    let old = cast.form("coauthor", &path, &[("decision", "sign"), ("version", "1")]).await;
    assert_eq!(old.status, 422, "he signs only what he has read");
    let now = version(&cast, "coauthor", &id).await;
    let signed = cast.form("coauthor", &path, &[("decision", "sign"), ("version", &now)]).await;
    assert_eq!(signed.location, "/mine?done=co-signed");
    let view = cast.get("author", &format!("/manuscripts/{id}")).await.body;
    assert!(view["authors"][1]["signed_at"].is_string(), "{view}");
    let left = cast.form("coauthor", &path, &[("decision", "decline")]).await;
    assert_eq!(left.location, "/mine?done=not-co-signed");
    assert_eq!(cast.page("coauthor", &path).await.status, 404, "who declined reads it no longer");
}

async fn a_returned_one_is_revised_beside_what_was_asked(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = drafted(&cast).await;
    cast.form("author", &format!("/manuscripts/{id}/submission"), &[("version", "1")]).await;
    let request = json!({"part": "situation", "from": 0, "to": 2, "text": "请写明有多少位老人。"});
    let body = json!({"decision": "return", "reason": "数字要有出处。", "requests": [request]});
    cast.act("reviewer", &id, "review", body).await;
    assert!(cast.page("author", "/mine").await.html.contains("还有 1 处修改要求没有勾掉"));
    let path = format!("/manuscripts/{id}/edit");
    let edit = cast.page("author", &path).await.html;
    for words in ["<mark>老人</mark>", "请写明有多少位老人。", "数字要有出处。", "修改稿件"] {
        assert!(edit.contains(words), "{words}: {edit}");
    }
    let view = cast.get("author", &format!("/manuscripts/{id}")).await.body;
    let ticked: &'static str = Box::leak(view["requests"][0]["id"].as_str().unwrap().to_owned().into_boxed_str());
    let seen: &'static str = Box::leak(view["version"].to_string().into_boxed_str());
    let fields = [("version", seen), ("requests", "1"), ("ticked", ticked), ("situation", "1200 位老人上下楼难。"), ("check", "1")];
    assert_eq!(cast.form("author", &path, &with(&fields)).await.status, 303);
    let view = cast.get("author", &format!("/manuscripts/{id}")).await.body;
    assert!(view["requests"][0]["ticked_at"].is_string(), "{view}");
    assert!(cast.page("author", &format!("/manuscripts/{id}/check")).await.html.contains(">送回</button>"));
    let again = [("version", view["version"].to_string())];
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    cast.form("author", &format!("/manuscripts/{id}/submission"), &again).await;
    assert_eq!(cast.stage("author", &id).await, "review");
}

async fn what_was_answered_is_rated_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.concluded().await;
    assert!(cast.page("author", "/mine").await.html.contains("看答复并评价"));
    let path = format!("/manuscripts/{id}/rating");
    let asked = cast.page("author", &path).await.html;
    for words in ["您的评价", "已纳入计划。", "县住建局", "列入明年计划。", "2027年6月30日", "已会同县教育局研究。"]
    {
        assert!(asked.contains(words), "{words}: {asked}");
    }
    let back = cast.form("author", &path, &[("attitude", "satisfied"), ("words", "说过的话")]).await;
    assert_eq!(back.status, 422);
    assert!(back.html.contains("说过的话") && back.html.contains("value=\"satisfied\" checked"), "{}", back.html);
    let rated = cast.form("author", &path, &[("attitude", "satisfied"), ("result", "unsatisfied"), ("words", "说过的话")]).await;
    assert_eq!(rated.location, "/mine?done=rated", "{}", rated.html);
    assert!(!cast.page("author", "/mine").await.html.contains("看答复并评价"));
    let after = cast.page("author", &path).await.html;
    assert!(after.contains("您已经评价过") && after.contains("说过的话") && !after.contains("送出评价"), "{after}");
    let again = cast.form("author", &path, &[("attitude", "satisfied"), ("result", "satisfied")]).await;
    assert_eq!(again.location, format!("{path}?done=repeated"), "the page shows the first one: {}", again.html);
    let kept = cast.page("author", &path).await.html;
    assert!(kept.contains("说过的话") && !kept.contains("送出评价"), "{kept}");
}

async fn what_was_handed_in_is_taken_back_and_a_draft_thrown_away(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/manuscripts/{id}/withdrawal");
    let asked = cast.page("author", &path).await;
    assert!(asked.html.contains("撤回这篇稿件吗"), "{}", asked.html);
    assert_eq!(cast.stage("author", &id).await, "review", "looking takes nothing back");
    let now = version(&cast, "author", &id).await;
    assert_eq!(cast.form("author", &path, &[("version", &now)]).await.location, "/mine?done=withdrawn");
    assert_eq!(cast.stage("author", &id).await, "withdrawn");
    let draft = drafted(&cast).await;
    cast.form("author", &format!("/manuscripts/{draft}/discard"), &[("version", "1")]).await;
    assert_eq!(cast.stage("author", &draft).await, "not found");
}

async fn staff_enter_for_an_author(engine: Engine) {
    let cast = Cast::new(engine).await;
    let author: &'static str = Box::leak(cast.user("author").await.to_string().into_boxed_str());
    let nobody = cast.form("reviewer", "/write", WHOLE).await;
    assert_eq!(nobody.status, 422);
    assert!(nobody.html.contains("href=\"#f-author\"") && nobody.html.contains("给补助。"), "{}", nobody.html);
    let entered = cast.form("reviewer", "/write", &with(&[("author", author), ("check", "1")])).await;
    let id = id_in(&entered.location);
    let view = cast.get("author", &format!("/manuscripts/{id}")).await.body;
    assert_eq!((&view["entered_by"], &view["authors"][0]["name"]), (&json!("姓名reviewer"), &json!("姓名author")));
}
