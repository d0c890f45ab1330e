//! The page of a channel's settings.

use serde_json::{Value, json};

use crate::support::cast::Cast;
use crate::support::database::Engine;
use crate::support::pages::Shown;

crate::both_databases!(settings_are_changed_by_their_administrator_alone, a_settings_form_comes_back_as_it_was_typed);

/// The fields that a page's form would send as they stand there: inputs, boxes that are ticked, textareas.
fn filled_in(html: &str) -> Vec<(String, String)> {
    let form = html.split("<form method=\"post\" action=\"/settings\">").nth(1).unwrap().split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
        Some(value.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'"))
    };
    let mut fields = Vec::new();
    for (at, _) in form.match_indices('<') {
        let tag = form[at..].split('>').next().unwrap();
        let Some(name) = attribute(tag, "name").filter(|name| name != "csrf") else { continue };
        if tag.starts_with("<textarea") {
            fields.push((name, form[at + tag.len() + 1..].split("</textarea>").next().unwrap().trim_start().to_owned()));
        } else if tag.starts_with("<input") && (!tag.contains("checkbox") || tag.contains(" checked")) {
            fields.push((name, attribute(tag, "value").unwrap_or_default()));
        }
    }
    fields
}

/// The form as the administrator sees it, with some fields changed.
async fn settings_with(cast: &Cast, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = filled_in(&cast.page("admin", "/settings").await.html);
    for (name, value) in changes {
        fields.iter_mut().find(|(field, _)| field == name).unwrap().1 = (*value).to_owned();
    }
    fields
}

async fn send(cast: &Cast, login: &str, fields: &[(String, String)]) -> Shown {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    cast.form(login, "/settings", &fields).await
}

async fn stored(cast: &Cast) -> Value {
    cast.get("admin", &format!("/channels/{}", cast.channel)).await.body
}

async fn settings_are_changed_by_their_administrator_alone(engine: Engine) {
    let cast = Cast::new(engine).await;
    for login in ["author", "reviewer", "auditor", "security"] {
        assert_eq!(cast.page(login, "/settings").await.status, 403, "{login}");
    }
    let before = stored(&cast).await;
    let same = send(&cast, "admin", &settings_with(&cast, &[]).await).await;
    assert_eq!((same.status.as_u16(), same.location.as_str()), (303, "/settings?done=settings-saved"));
    assert_eq!(stored(&cast).await["settings"], before["settings"], "a form that is sent as it came changes nothing");
    let changes = [
        ("name", "澄江县直通车"),
        ("settings.limits.review_days", " 7 "),
        ("settings.limits.opens_at", "08:30"),
        ("settings.limits.remind_before_days", "5、2，1"),
        ("settings.series", "直通车专报\r\n\r\n要情 "),
        ("settings.result_categories", "甲：已经解决\r\n乙: 列入计划"),
        ("settings.undo_minutes", "15"),
        ("settings.contact", "县委统战部办公室 张敏 0877-1234567"),
    ];
    let mut fields = settings_with(&cast, &changes).await;
    fields.retain(|(name, value)| name != "settings.decline_reasons" || value != "academic");
    assert_eq!(send(&cast, "reviewer", &fields).await.status, 403, "not for others");
    assert_eq!(stored(&cast).await["version"], json!(2));
    assert_eq!(send(&cast, "admin", &fields).await.status, 303);
    let after = stored(&cast).await;
    let of = &after["settings"];
    assert_eq!((&after["name"], &after["version"], &of["undo_minutes"]), (&json!("澄江县直通车"), &json!(3), &json!(15)));
    let limits = ["review_days", "opens_at", "remind_before_days"].map(|name| of["limits"][name].clone());
    assert_eq!(limits, [json!(7), json!("08:30:00"), json!([5, 2, 1])]);
    assert_eq!(of["series"], json!(["直通车专报", "要情"]));
    assert_eq!(of["result_categories"][1], json!({"code": "乙", "meaning": "列入计划"}));
    let reasons = of["decline_reasons"].as_array().unwrap();
    assert!(reasons.len() == 12 && !reasons.contains(&json!("academic")), "{reasons:?}");
    assert!(cast.page("author", "/mine").await.html.contains("澄江县"), "everybody reads the new name");
    let door = cast.app.send_text("/sign-in", "").await;
    assert!(door.contains("登录有困难，请联系：") && door.contains("张敏 0877-1234567"), "who can't get in reads whom to ask: {door}");
}

async fn a_settings_form_comes_back_as_it_was_typed(engine: Engine) {
    let cast = Cast::new(engine).await;
    let opened = settings_with(&cast, &[("settings.limits.signing_days", "4")]).await;
    let wrong = [
        ("name", ""),
        ("settings.limits.review_days", "五天"),
        ("settings.categories", "甲\r\n甲"),
        ("settings.limits.closes_at", "08:00"),
    ];
    let bad = send(&cast, "admin", &settings_with(&cast, &wrong).await).await;
    assert_eq!(bad.status, 422);
    let found: Vec<&str> = bad.html.split("<a href=\"#f-").skip(1).map(|part| part.split('"').next().unwrap()).collect();
    let expected = ["name", "settings.limits.review_days", "settings.limits.closes_at", "settings.categories"];
    assert_eq!(found, expected, "every fault, in the order of the page");
    assert!(expected.iter().all(|field| bad.html.contains(&format!("id=\"w-{field}\""))), "{}", bad.html);
    assert!(bad.html.contains("value=\"五天\"") && bad.html.contains("甲\n甲</textarea>"), "{}", bad.html);
    assert_eq!(stored(&cast).await["version"], json!(1));
    assert_eq!(send(&cast, "admin", &settings_with(&cast, &[("settings.limits.review_days", "9")]).await).await.status, 303);
    let late = send(&cast, "admin", &opened).await;
    assert_eq!(late.status, 422, "somebody was faster");
    assert!(late.html.contains("审核：现在保存的是 9") && late.html.contains("签发：现在保存的是 3"), "{}", late.html);
    assert_eq!(stored(&cast).await["settings"]["limits"]["signing_days"], json!(3), "nothing was written over");
    let mut decided = filled_in(&late.html);
    assert_eq!(decided.iter().find(|(name, _)| name == "settings.limits.signing_days").unwrap().1, "4");
    decided.iter_mut().find(|(name, _)| name == "settings.limits.review_days").unwrap().1 = "9".to_owned();
    assert_eq!(send(&cast, "admin", &decided).await.status, 303);
    let limits = stored(&cast).await["settings"]["limits"].clone();
    assert_eq!([&limits["review_days"], &limits["signing_days"]], [&json!(9), &json!(4)]);
}
