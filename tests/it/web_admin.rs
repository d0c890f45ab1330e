//! Pages of administrators, of auditors, and of everybody's account and notices.

use serde_json::json;
use zhitongche::domain::vocabulary::Role;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_notice_is_read_once_and_leads_to_its_thing,
    an_account_is_changed_by_its_owner,
    a_token_is_shown_once_and_ends_when_it_is_ended,
    a_stand_in_is_named_by_days_and_ended,
    only_administrators_find_people,
    a_person_is_made_changed_and_suspended,
);

async fn a_notice_is_read_once_and_leads_to_its_thing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let inbox = cast.page("reviewer", "/inbox").await;
    assert!(inbox.html.contains("《关于缓解实验小学周边停车难的建议》") && inbox.html.contains("1 条未读"), "{}", inbox.html);
    let notice = cast.get("reviewer", "/inbox").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/manuscripts/{id}");
    let opened = cast.form("reviewer", &format!("/inbox/{notice}"), &[("path", &path)]).await;
    assert_eq!((opened.status.as_u16(), opened.location), (303, path));
    assert!(!cast.get("reviewer", "/inbox").await.body["items"][0]["read_at"].is_null());
    let away = cast.form("reviewer", &format!("/inbox/{notice}"), &[("path", "//evil.cn")]).await;
    assert_eq!(away.location, "/inbox", "only inside");
    assert_eq!(cast.form("reviewer2", &format!("/inbox/{notice}"), &[]).await.status, 404, "another's notice");
    let second = cast.get("reviewer2", "/inbox").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    cast.submitted_by("author").await;
    cast.form("reviewer2", "/inbox/read", &[("newest", &second)]).await;
    let read: Vec<bool> =
        cast.get("reviewer2", "/inbox").await.body["items"].as_array().unwrap().iter().map(|one| !one["read_at"].is_null()).collect();
    assert_eq!(read, [false, true], "what came since stays new");
}

async fn an_account_is_changed_by_its_owner(engine: Engine) {
    let cast = Cast::new(engine).await;
    assert!(cast.page("author", "/account").await.html.contains("author@example.cn"));
    let bad = cast.form("author", "/account", &[("language", "en"), ("mobile", "12"), ("version", "1")]).await;
    assert_eq!(bad.status, 422);
    assert!(bad.html.contains("value=\"12\"") && bad.html.contains("id=\"w-mobile\""), "{}", bad.html);
    let saved = cast.form("author", "/account", &[("language", "en"), ("mobile", "13800138000"), ("version", "1")]).await;
    assert_eq!((saved.status.as_u16(), saved.location.as_str()), (303, "/account?done=saved"));
    let page = cast.page("author", "/account?done=saved").await;
    assert!(page.html.contains("<html lang=\"en\">") && page.html.contains("13800138000"), "{}", page.html);
    let stale = cast.form("author", "/account", &[("language", "zh-CN"), ("version", "1")]).await;
    assert_eq!(stale.status, 422, "somebody was faster");
    let differs = [("password", "x"), ("new_password", "澄江-one-two-three"), ("repeated", "另一个")];
    let differs = cast.form("author", "/account/password", &differs).await;
    assert!(differs.status == 422 && differs.html.contains("w-repeated") && !differs.html.contains("one-two-three"));
}

async fn a_token_is_shown_once_and_ends_when_it_is_ended(engine: Engine) {
    let cast = Cast::new(engine).await;
    let wrong = cast.form("author", "/account/tokens", &[("name", "统计脚本"), ("expires_in_days", "900")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("value=\"统计脚本\""), "{}", wrong.html);
    let made = cast.form("author", "/account/tokens", &[("name", "统计脚本"), ("expires_in_days", "2")]).await;
    assert_eq!(made.status, 200);
    let secret = format!("ztc_{}", made.html.split("value=\"ztc_").nth(1).unwrap().split('"').next().unwrap());
    assert_eq!(cast.app.get(&secret, "/api/v1/session").await.status, 200);
    let list = cast.page("author", "/account/tokens").await;
    assert!(list.html.contains("统计脚本") && !list.html.contains(&secret), "{}", list.html);
    let id = list.html.split("/account/tokens/").find(|part| part.contains("作废")).unwrap().split('/').next().unwrap().to_owned();
    assert_eq!(cast.form("reviewer", &format!("/account/tokens/{id}/end"), &[]).await.status, 404, "another's token");
    assert_eq!(cast.form("author", &format!("/account/tokens/{id}/end"), &[]).await.location, "/account/tokens?done=ended");
    assert_eq!(cast.app.get(&secret, "/api/v1/session").await.status, 401);
}

async fn a_stand_in_is_named_by_days_and_ended(engine: Engine) {
    let cast = Cast::new(engine).await;
    let whom = cast.user("reviewer2").await.to_string();
    let fields = [("role", "reviewer"), ("stand_in_id", whom.as_str()), ("from", "2026-11-23"), ("to", "")];
    let bad = cast.form("reviewer", "/account/stand-ins", &fields).await;
    assert!(bad.status == 422 && bad.html.contains("w-to") && bad.html.contains("value=\"2026-11-23\""), "{}", bad.html);
    let fields = [("role", "reviewer"), ("stand_in_id", whom.as_str()), ("from", "2026-11-23"), ("to", "2026-11-24")];
    let named = cast.form("reviewer", "/account/stand-ins", &fields).await;
    assert_eq!(named.location, "/account/stand-ins?done=stand-in-named");
    let period = cast.get("reviewer", "/stand-ins").await.body["items"][0].clone();
    assert_eq!((&period["from"], &period["to"]), (&json!("2026-11-22T16:00:00Z"), &json!("2026-11-24T16:00:00Z")), "whole days in China");
    assert_eq!(cast.told("stand_in_named").await, ["reviewer2"]);
    let page = cast.page("reviewer2", "/account/stand-ins").await;
    assert!(page.html.contains("我代 姓名reviewer 办理") && page.html.contains("2026年11月24日"), "{}", page.html);
    let id = period["id"].as_str().unwrap();
    cast.form("reviewer2", &format!("/account/stand-ins/{id}/end"), &[]).await;
    assert!(!cast.get("reviewer", "/stand-ins").await.body["items"][0]["ended_at"].is_null());
}

async fn only_administrators_find_people(engine: Engine) {
    let cast = Cast::new(engine).await;
    for login in ["author", "reviewer", "auditor"] {
        assert_eq!(cast.page(login, "/people").await.status, 403, "{login}");
        let id = cast.user("author").await;
        assert_eq!(cast.page(login, &format!("/people/{id}")).await.status, 403, "{login}");
    }
    for login in ["admin", "security"] {
        let found = cast.page(login, "/people?q=Review&role=&organization=").await;
        let names = ["姓名reviewer", "姓名reviewer2"].map(|name| found.html.contains(&format!("{name}</a>")));
        assert!(found.status == 200 && names == [true; 2] && !found.html.contains("姓名author"), "{}", found.html);
    }
    let found = cast.page("admin", "/people?role=leader").await;
    assert!(found.html.contains("姓名leader2") && !found.html.contains("姓名secretary"), "{}", found.html);
    assert!(cast.page("admin", "/people?q=%25").await.html.contains("没有找到"), "a percent sign is a letter like others");
}

async fn a_person_is_made_changed_and_suspended(engine: Engine) {
    let cast = Cast::new(engine).await;
    let place = cast.organization("县委统战部").await.to_string();
    let new = [("login", "li.ming"), ("name", "李明"), ("organization_id", place.as_str()), ("email", "nonsense"), ("language", "zh-CN")];
    let bad = cast.form("admin", "/people/new", &new).await;
    assert!(bad.status == 422 && bad.html.contains("id=\"w-email\"") && bad.html.contains("value=\"李明\""), "{}", bad.html);
    let new = [
        ("login", "li.ming"),
        ("name", "李明"),
        ("organization_id", place.as_str()),
        ("email", "li@example.cn"),
        ("roles[0].role", "reviewer"),
    ];
    let made = cast.form("admin", "/people/new", &new).await;
    assert_eq!(made.status, 303);
    let id = cast.user("li.ming").await;
    assert_eq!(made.location, format!("/people/{id}?done=person-added"));
    assert_eq!(cast.told("account_created").await, ["li.ming"]);
    let page = cast.page("security", &format!("/people/{id}")).await;
    assert!(page.html.contains("审核员") && page.html.contains("还没设密码"), "{}", page.html);
    let changed = [("name", "李鸣"), ("post", "科员"), ("organization_id", place.as_str()), ("email", "li@example.cn"), ("version", "1")];
    assert_eq!(cast.form("admin", &format!("/people/{id}/edit"), &changed).await.status, 303);
    let given = cast.form("admin", &format!("/people/{id}/roles"), &[("role", "secretary"), ("organization_id", &place)]).await;
    assert!(given.status == 422 && given.html.contains("id=\"w-serves_id\""), "{}", given.html);
    let leader = cast.user("leader").await.to_string();
    let given = [("role", "secretary"), ("organization_id", place.as_str()), ("serves_id", leader.as_str())];
    assert_eq!(cast.form("admin", &format!("/people/{id}/roles"), &given).await.status, 303);
    let person = cast.get("admin", &format!("/users/{id}")).await.body;
    assert_eq!((&person["name"], person["roles"].as_array().unwrap().len()), (&json!("李鸣"), 2));
    let grant = person["roles"][0]["id"].as_str().unwrap();
    cast.form("admin", &format!("/people/{id}/roles/{grant}/revocation"), &[]).await;
    let left = cast.get("admin", &format!("/users/{id}")).await.body["roles"].clone();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["role"]), (1, &json!(Role::Secretary)));
    cast.form("admin", &format!("/people/{id}/suspension"), &[]).await;
    assert!(cast.page("admin", &format!("/people/{id}")).await.html.contains("恢复账户"));
    let own = cast.user("admin").await;
    assert_eq!(cast.form("admin", &format!("/people/{own}/suspension"), &[]).await.status, 422, "not oneself");
    assert_eq!(cast.get("admin", "/session").await.status, 200);
}
