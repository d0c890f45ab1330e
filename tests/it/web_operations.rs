//! Pages of the system administrator and the auditor: settings, health, ledger, outbox, organisations, calendar.

use chrono::Duration;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use zhitongche::domain::ids::AnyId;
use zhitongche::jobs::seal::Sealer;
use zhitongche::jobs::{self, Context};
use zhitongche::store::StoreError;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    settings_are_changed_by_their_administrator_alone,
    a_settings_form_comes_back_as_it_was_typed,
    health_says_what_is_wrong_and_what_to_do,
    the_ledger_is_leafed_through_by_its_filters,
    a_check_of_the_ledger_is_done_by_a_job_and_stays,
    a_receipt_is_held_against_the_ledger,
    a_letter_that_was_given_up_is_sent_again,
);

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

async fn send(cast: &Cast, login: &str, fields: &[(String, String)]) -> crate::support::pages::Shown {
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
    assert!(bad.html.contains("value=\"五天\"") && bad.html.contains("甲\r\n甲</textarea>"), "{}", bad.html);
    assert_eq!(stored(&cast).await["version"], json!(1));
    assert_eq!(send(&cast, "admin", &settings_with(&cast, &[("settings.limits.review_days", "9")]).await).await.status, 303);
    let late = send(&cast, "admin", &opened).await;
    assert_eq!(late.status, 422, "somebody was faster");
    assert!(late.html.contains("别人刚刚改成了：9") && late.html.contains("别人刚刚改成了：3"), "{}", late.html);
    assert_eq!(stored(&cast).await["settings"]["limits"]["signing_days"], json!(3), "nothing was written over");
    let mut decided = filled_in(&late.html);
    assert_eq!(decided.iter().find(|(name, _)| name == "settings.limits.signing_days").unwrap().1, "4");
    decided.iter_mut().find(|(name, _)| name == "settings.limits.review_days").unwrap().1 = "9".to_owned();
    assert_eq!(send(&cast, "admin", &decided).await.status, 303);
    let limits = stored(&cast).await["settings"]["limits"].clone();
    assert_eq!([&limits["review_days"], &limits["signing_days"]], [&json!(9), &json!(4)]);
}

/// Seals all there is and signs a checkpoint.
async fn seal(cast: &Cast) {
    let desk = cast.desk();
    Sealer::new(&desk.settings, desk.db.clone(), desk.clock.clone()).unwrap().settle().await.unwrap();
}

/// Changes the database by hand, past every use case.
async fn by_hand(cast: &Cast, statement: String) {
    cast.desk().db.write(move |conn| Ok::<_, StoreError>(conn.batch_execute(&statement)?)).await.unwrap();
}

/// Lets every job run once, as the clock stands.
async fn run_jobs(cast: &Cast) {
    let desk = cast.desk().clone();
    let context = tokio::task::spawn_blocking(move || Context::new(desk).unwrap()).await.unwrap();
    tokio::task::spawn_blocking(move || {
        for task in jobs::tasks(&context.desk.settings) {
            task.run_once(&context).unwrap();
        }
        context.journal.note(jobs::SEAL, &anyhow::Ok(()));
        context.journal.note::<()>(jobs::LETTERS, &Err(anyhow::anyhow!("the mail server is away")));
    })
    .await
    .unwrap();
}

async fn health_says_what_is_wrong_and_what_to_do(engine: Engine) {
    let cast = Cast::new(engine).await;
    for login in ["author", "auditor", "security"] {
        assert_eq!(cast.page(login, "/health").await.status, 403, "{login}");
    }
    let new = cast.page("admin", "/health").await;
    assert_eq!((new.status.as_u16(), new.html.matches("还没有做过。").count()), (200, 8), "{}", new.html);
    run_jobs(&cast).await;
    let ran = cast.page("admin", "/health").await.html;
    assert_eq!((ran.matches("还没有做过。").count(), ran.matches("刚刚").count() >= 7), (0, true), "{ran}");
    assert!(ran.contains("没有做成：the mail server is away"), "{ran}");
    seal(&cast).await;
    cast.submitted_by("author").await;
    cast.app.clock.advance(Duration::minutes(40));
    let late = cast.page("admin", "/health").await.html;
    for todo in
        ["href=\"/outbox?state=queued\"", "每一步应当在几秒内编上号", "一直这样，请确认 serve 或 work 正在运行", "载入国务院公布的放假安排"]
    {
        assert!(late.contains(todo), "{todo}: {late}");
    }
    seal(&cast).await;
    by_hand(&cast, "UPDATE letters SET state = 'sent', sent_at = created_at WHERE state = 'queued'".to_owned()).await;
    let good = cast.page("admin", "/health").await.html;
    assert!(!good.contains("/outbox?state") && !good.contains("每一步应当") && good.contains("含全部"), "{good}");
    let kind = if engine == Engine::Sqlite { "SQLite" } else { "PostgreSQL" };
    assert!(good.contains(kind) && good.contains(env!("CARGO_PKG_VERSION")), "{good}");
}

/// How many entries the page shows.
fn shown(html: &str) -> usize {
    html.split("<tbody>").nth(1).map_or(0, |rows| rows.matches("<tr>").count())
}

async fn the_ledger_is_leafed_through_by_its_filters(engine: Engine) {
    let cast = Cast::new(engine).await;
    let first = cast.submitted_by("author").await;
    cast.act("reviewer", &first, "review", json!({"decision": "decline", "reason_code": "academic", "reason": "纯学术。"})).await;
    seal(&cast).await;
    cast.app.clock.advance(Duration::days(3));
    cast.submitted_by("coauthor").await;
    for login in ["author", "reviewer", "admin", "security"] {
        assert_eq!(cast.page(login, "/ledger").await.status, 403, "{login}");
    }
    let all = cast.page("auditor", "/ledger").await.html;
    assert!(all.contains("正在编号") && all.contains("送出稿件") && all.contains("开户"), "{all}");
    let titles = all.contains("停车") || all.contains("姓名author");
    assert!(!titles, "no title, no name: {all}");
    let found = async |query: &str| shown(&cast.page("auditor", &format!("/ledger?{query}")).await.html);
    assert_eq!(found("about=2026-0001").await, 2, "by number");
    assert_eq!(found(&format!("about={first}&act=manuscript.decline")).await, 1, "by id and act");
    assert_eq!(found("act=manuscript.submit").await, 2);
    assert_eq!(found("act=manuscript&actor=reviewer").await, 1, "by kind and person");
    assert_eq!(found("act=manuscript&from=2026-11-21").await, 1);
    assert_eq!(found("act=manuscript&to=2026-11-22").await, 2);
    assert_eq!(found("act=manuscript&from=2026-11-20&to=2026-11-23").await, 3);
    assert_eq!(found("about=2026-0001&from=2026-11-21").await, 0);
    let bad = cast.page("auditor", "/ledger?about=2026-9999&actor=nobody&from=2026-12-01&to=2026-11-01").await;
    assert_eq!(bad.status, 422);
    for kept in ["id=\"w-about\"", "id=\"w-actor\"", "id=\"w-to\"", "value=\"2026-9999\"", "value=\"nobody\""] {
        assert!(bad.html.contains(kept), "{kept}: {}", bad.html);
    }
    let before = shown(&all);
    for _ in 0..50 {
        assert_eq!(cast.page("auditor", "/ledger").await.status, 200);
        cast.post("admin", "/organizations", json!({"name": format!("单位{}", cast.app.clock.id::<AnyId>()), "kind": "department"})).await;
    }
    let page = cast.page("auditor", "/ledger").await.html;
    assert_eq!(shown(&page), 50);
    let further = page.split("after=").nth(1).unwrap().split(['#', '"']).next().unwrap();
    assert_eq!(found(&format!("after={further}")).await, before.min(50), "and the rest");
}

async fn a_check_of_the_ledger_is_done_by_a_job_and_stays(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.submitted_by("author").await;
    seal(&cast).await;
    assert_eq!(cast.form("reviewer", "/ledger/checks", &[]).await.status, 403);
    for _ in 0..2 {
        let asked = cast.form("auditor", "/ledger/checks", &[]).await;
        assert_eq!((asked.status.as_u16(), asked.location.as_str()), (303, "/ledger?done=ledger-asked#checks"));
    }
    let waits = cast.page("auditor", "/ledger").await.html;
    assert_eq!((waits.matches("已排队").count(), waits.contains("现在核对")), (1, false), "asked twice is asked once: {waits}");
    run_jobs(&cast).await;
    let good = cast.page("auditor", "/ledger").await.html;
    assert!(good.contains("全部相符") && good.contains("和 1 个校验点") && good.contains("现在核对"), "{good}");
    by_hand(&cast, "UPDATE manuscripts SET version = version + 5".to_owned()).await;
    cast.form("auditor", "/ledger/checks", &[]).await;
    run_jobs(&cast).await;
    let bad = cast.page("auditor", "/ledger").await.html;
    assert!(bad.contains("发现 1 处不符") && bad.contains("has version 2, but its table says 7"), "{bad}");
    assert!(bad.contains("全部相符"), "what was found before stays: {bad}");
}

async fn a_receipt_is_held_against_the_ledger(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let receipt = async || cast.get("author", &format!("/manuscripts/{id}/receipt")).await.body;
    let check =
        async |number: &str, receipt: &str| cast.form("auditor", "/ledger/receipt", &[("number", number), ("receipt", receipt)]).await;
    assert_eq!(cast.page("author", "/ledger/receipt").await.status, 403);
    assert_eq!(cast.form("author", "/ledger/receipt", &[("number", "2026-0001")]).await.status, 403);
    assert_eq!(cast.page("auditor", "/ledger/receipt").await.status, 200);
    let early = receipt().await;
    // The key is made with the first seal.
    seal(&cast).await;
    assert!(check("2026-0001", &early.to_string()).await.html.contains("属实"), "a receipt from before its seal");
    let whole = receipt().await;
    let leaf = whole["leaf"].as_str().unwrap();
    let short = leaf[..12].to_uppercase();
    let good = check("2026-0001", &format!("{}-{}-{}", &short[..4], &short[4..8], &short[8..])).await;
    assert!(good.status == 200 && good.html.contains("属实") && good.html.contains(leaf), "{}", good.html);
    let position = whole["position"].as_u64().unwrap() + 1;
    assert!(good.html.contains(&format!("<dd>{position}</dd>")) && !good.html.contains("停车"), "{}", good.html);
    assert!(check("", &whole.to_string()).await.html.contains("属实"), "the whole file needs no number");
    assert!(check("2026-0001", "").await.html.contains("把下面的摘要和作者手里的回执比一比"));
    assert!(check("2026-0001", "00000000").await.html.contains("对不上"));
    let mut forged = whole.clone();
    forged["entry"] = json!(whole["entry"].as_str().unwrap().replace("2026-0001", "2026-0007"));
    assert!(check("", &forged.to_string()).await.html.contains("前后不符"));
    for (number, typed, field) in
        [("", "00112233", "number"), ("2026-0002", "", "number"), ("2026-0001", "五个字", "receipt"), ("", "{}", "receipt")]
    {
        let bad = check(number, typed).await;
        assert_eq!(bad.status, 422, "{number} {typed}");
        assert!(bad.html.contains(&format!("id=\"w-{field}\"")) && bad.html.contains(typed), "{}", bad.html);
    }
}

async fn a_letter_that_was_given_up_is_sent_again(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.submitted_by("author").await;
    assert_eq!(cast.page("author", "/outbox").await.status, 403);
    by_hand(&cast, "UPDATE letters SET state = 'failed', attempts = 12, answer = '550 no such user' WHERE kind = 'submitted'".to_owned())
        .await;
    let failed = cast.page("admin", "/outbox?state=failed").await.html;
    assert_eq!(failed.matches("试了 12 次，不再试了").count(), 1, "{failed}");
    assert!(
        failed.contains("已收到您的稿件</th>") && failed.contains("550 no such user") && failed.contains("a***@example.cn"),
        "{failed}"
    );
    assert!(!failed.contains("请审核") && !failed.contains("停车"), "{failed}");
    assert!(cast.page("admin", "/outbox?state=queued").await.html.contains("请审核</th>"));
    let path = failed.split("action=\"/outbox/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(cast.form("auditor", &format!("/outbox/{path}"), &[]).await.status, 403);
    let again = cast.form("admin", &format!("/outbox/{path}"), &[("state", "failed")]).await;
    assert_eq!(again.location, "/outbox?state=failed&done=letter-retried");
    let letters = cast.get("admin", "/outbox?state=queued").await.body;
    assert!(letters["items"].as_array().unwrap().iter().any(|one| one["kind"] == "submitted"), "{letters}");
    assert!(cast.page("admin", "/outbox?state=failed").await.html.contains("没有这样的邮件"));
}
