//! Pages of the system administrator and the auditor: health, ledger, outbox, organisations, calendar.

use chrono::Duration;
use diesel::connection::SimpleConnection;
use serde_json::json;
use zhitongche::domain::ids::AnyId;
use zhitongche::domain::job::JobKind;
use zhitongche::jobs::seal::Sealer;
use zhitongche::jobs::{JobContext, Runner};
use zhitongche::store::StoreError;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    health_says_what_is_wrong_and_what_to_do,
    the_ledger_is_leafed_through_by_its_filters,
    a_check_of_the_ledger_is_done_by_a_job_and_stays,
    a_receipt_is_held_against_the_ledger,
    a_letter_that_was_given_up_is_sent_again,
    an_organization_is_added_and_changed_on_a_page_of_its_own,
    a_year_is_loaded_from_the_notice_and_a_day_is_changed,
);

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
    let context = tokio::task::spawn_blocking(move || JobContext::new(desk).unwrap()).await.unwrap();
    tokio::task::spawn_blocking(move || {
        Runner::new(context).run_due().unwrap();
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
    let periodic = JobKind::ALL.iter().filter(|kind| kind.is_periodic()).count();
    assert_eq!((new.status.as_u16(), new.html.matches("还没有做过。").count()), (200, periodic), "{}", new.html);
    run_jobs(&cast).await;
    let ran = cast.page("admin", "/health").await.html;
    assert_eq!((ran.matches("还没有做过。").count(), ran.matches("刚刚").count() >= 6), (0, true), "{ran}");
    let failed =
        "UPDATE jobs SET fault = 'failed', error = 'the mail server is away', failed_at = created_at, done_at = NULL, attempts = 3";
    by_hand(&cast, format!("{failed} WHERE kind = 'deliver_mail'")).await;
    let fails = cast.page("admin", "/health").await.html;
    assert!(fails.contains("没有做成：运行出错（the mail server is away）") && fails.contains("href=\"/jobs?state=failed\""), "{fails}");
    by_hand(&cast, "UPDATE jobs SET done_at = created_at, attempts = 0".to_owned()).await;
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
    assert!(all.contains("姓名author") && !all.contains("停车"), "who acted, and no title: {all}");
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
    assert!(
        good.contains("全部相符")
            && good.contains("和 4 个校验点")
            && good.contains("与数据库以外保存的校验点")
            && good.contains("现在核对"),
        "{good}"
    );
    by_hand(&cast, "UPDATE manuscripts SET version = version + 5".to_owned()).await;
    cast.form("auditor", "/ledger/checks", &[]).await;
    run_jobs(&cast).await;
    let bad = cast.page("auditor", "/ledger").await.html;
    assert!(bad.contains("发现 1 处不符") && bad.contains("的版本是“2”，数据表里却是“7”"), "{bad}");
    assert!(bad.contains("全部相符"), "what was found before stays: {bad}");
    cast.form("auditor", "/language", &[("language", "en"), ("back", "/ledger")]).await;
    let english = cast.page("auditor", "/ledger").await.html;
    assert!(english.contains("its version is “2”, but its table says “7”"), "{english}");
    by_hand(&cast, "UPDATE manuscripts SET version = version - 5".to_owned()).await;
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

async fn an_organization_is_added_and_changed_on_a_page_of_its_own(engine: Engine) {
    let cast = Cast::new(engine).await;
    for login in ["author", "security", "auditor"] {
        assert_eq!(cast.page(login, "/organizations/new").await.status, 403, "{login}");
        let refused = cast.form(login, "/organizations/new", &[("name", "县水利局"), ("kind", "department")]).await;
        assert_eq!(refused.status, 403, "{login}");
    }
    let taken = cast.form("admin", "/organizations/new", &[("name", "县住建局"), ("kind", "party")]).await;
    assert!(taken.status == 422 && taken.html.contains("id=\"w-name\"") && taken.html.contains("value=\"县住建局\""), "{}", taken.html);
    assert!(taken.html.contains("value=\"party\" selected"), "{}", taken.html);
    let added = cast.form("admin", "/organizations/new", &[("name", "县水利局"), ("kind", "department")]).await;
    assert_eq!((added.status.as_u16(), added.location.as_str()), (303, "/organizations?done=organization-added"));
    let id = cast.organization("县水利局").await;
    let path = format!("/organizations/{id}");
    assert!(cast.page("security", "/organizations").await.html.contains("县水利局"));
    assert!(cast.page("admin", &path).await.html.contains("value=\"县水利局\""));
    let fields = [("version", "1"), ("name", "县水务局"), ("kind", "department"), ("screening", "yes"), ("closed", "yes")];
    assert_eq!(cast.form("admin", &path, &fields).await.status, 303);
    let now = cast.get("admin", &path).await.body;
    assert_eq!((&now["name"], &now["screening"], now["closed_at"].is_null()), (&json!("县水务局"), &json!(true), false));
    let late = cast.form("admin", &path, &[("version", "1"), ("name", "县水利和水务局"), ("kind", "department")]).await;
    assert!(
        late.status == 422 && late.html.contains("value=\"县水利和水务局\"") && late.html.contains("name=\"version\" value=\"2\""),
        "{}",
        late.html
    );
    assert_eq!(cast.get("admin", &path).await.body["name"], "县水务局", "nothing was written over");
}

async fn a_year_is_loaded_from_the_notice_and_a_day_is_changed(engine: Engine) {
    let cast = Cast::new(engine).await;
    let year = async || {
        let known = cast.get("admin", "/calendar").await.body;
        known["items"].as_array().unwrap().iter().find(|one| one["year"] == 2027).cloned().unwrap_or_default()
    };
    let others =
        "清明节：4月5日放假，与周末连休。劳动节：5月1日、2日放假。端午节：6月9日放假。中秋节：9月15日放假。国庆节：10月1日至3日放假。";
    let begins = "一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。\r\n二、春节：2月5日至11日放假调休，共7天。2月13日（周六）上班。";
    let notice = format!("{begins}{others}");
    let fields = [("year", "2027"), ("rest", &*notice)];
    assert_eq!(cast.form("security", "/calendar", &fields).await.status, 422);
    assert_eq!(cast.form("security", "/calendar/days", &[("day", "2026-12-24"), ("works", "no")]).await.status, 422);
    let bad = cast.form("admin", "/calendar", &[("year", "2027"), ("rest", "元旦：1月32日放假。")]).await;
    assert!(
        bad.status == 422
            && bad.html.contains("这一句没有看懂：元旦：1月32日放假。（从“1月32日放假”起")
            && bad.html.contains("元旦：1月32日放假。</textarea>"),
        "{}",
        bad.html
    );
    let partly = cast.form("admin", "/calendar", &[("year", "2027"), ("rest", begins)]).await;
    let missing = "没有读到清明节、劳动节、端午节、中秋节、国庆节的放假安排";
    assert!(partly.status == 422 && partly.html.contains(missing), "{}", partly.html);
    assert!(year().await.is_null());
    let early = cast.form("admin", "/calendar/days", &[("day", "2027-02-15"), ("works", "no")]).await;
    assert!(early.status == 422 && early.html.contains("先在下面载入整年的"), "{}", early.html);
    assert_eq!(cast.form("admin", "/calendar", &fields).await.location, "/calendar?done=calendar-loaded");
    let loaded = year().await;
    let later = ["2027-04-05", "2027-06-09", "2027-09-15", "2027-10-01"];
    let spring = ["2027-01-01", "2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11"];
    let rest: Vec<&str> = spring.into_iter().chain(later).collect();
    assert_eq!((&loaded["rest"], &loaded["make_up"]), (&json!(rest), &json!(["2027-02-13"])));
    let shown = cast.page("author", "/calendar").await.html;
    assert!(shown.contains("2月5日至2月11日，工作日 5 天") && !shown.contains("<textarea"), "{shown}");
    for (day, works) in [("2027-02-12", "no"), ("2027-02-13", "no"), ("2027-01-01", "yes"), ("2027-02-20", "yes")] {
        assert_eq!(cast.form("admin", "/calendar/days", &[("day", day), ("works", works)]).await.status, 303, "{day}");
    }
    let changed = year().await;
    let spring = ["2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11", "2027-02-12"];
    let rest: Vec<&str> = spring.into_iter().chain(later).collect();
    assert_eq!((&changed["rest"], &changed["make_up"]), (&json!(rest), &json!(["2027-02-20"])));
    let same = cast.form("admin", "/calendar/days", &[("day", "2027-02-20"), ("works", "yes")]).await;
    assert!(same.status == 422 && same.html.contains("本来就是这样") && same.html.contains("value=\"2027-02-20\""), "{}", same.html);
}
