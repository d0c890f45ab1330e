//! What administrators see of letters that reach nobody, a trial of the mail server, and slips where there is no mail.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use zhitongche::config::{MailTransport, Secret};
use zhitongche::domain::ids::UserId;
use zhitongche::domain::notice::Letter;
use zhitongche::jobs::{JobContext, Stop, deliver_mail, housekeeping};

use super::server::MailServer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    letters_that_reach_nobody_are_called_that_everywhere,
    files_of_letters_go_and_are_read_by_nobody_else,
    a_mail_server_that_is_away_shows,
    a_trial_tells_each_stage,
    a_slip_lets_a_new_person_in_without_mail,
);

/// A cast whose letters are only written to files, which have been.
async fn with_files(engine: Engine) -> Cast {
    let cast = Cast::with(engine, |settings| {
        settings.mail.transport = MailTransport::File;
        settings.metrics.token = Secret::new("figures");
    })
    .await;
    cast.submitted_by("author").await;
    let context = JobContext::new(cast.app.desk.clone()).unwrap();
    while deliver_mail::run_once(&context, &Stop::default()).unwrap() > 0 {}
    cast
}

async fn figures(cast: &Cast) -> String {
    let request = cast.app.request("GET".parse().unwrap(), "/metrics", "").header("authorization", "Bearer figures");
    let answer = request.send().await.unwrap();
    answer.text().await.unwrap()
}

async fn letters_that_reach_nobody_are_called_that_everywhere(engine: Engine) {
    let cast = with_files(engine).await;
    let outbox = cast.get("admin", "/outbox").await.body;
    let states: Vec<&Value> = outbox["items"].as_array().unwrap().iter().map(|item| &item["state"]).collect();
    assert!(states.len() >= 3 && states.iter().all(|state| **state == json!("filed")), "{outbox}");
    assert_eq!(cast.get("admin", "/outbox?state=filed").await.body["items"].as_array().unwrap().len(), states.len());
    assert_eq!(cast.get("admin", "/outbox?state=sent").await.body["items"], json!([]));
    let page = cast.page("admin", "/outbox").await.html;
    assert!(page.contains("只写入了文件，没有寄出") && !page.contains("tag-ok"), "{page}");
    let person = format!("/people/{}", cast.id("author"));
    for path in ["/outbox", "/people", "/health", person.as_str()] {
        let page = cast.page("admin", path).await.html;
        assert!(page.contains("没有寄给任何人") && page.contains("打印登录单"), "{path}: {page}");
    }
    let sent = cast.form("admin", &format!("{person}/one-time-link"), &[]).await;
    assert_eq!(sent.location, format!("{person}?done=link-filed"));
    assert!(cast.page("admin", &sent.location).await.html.contains("一次性链接只写入了服务器上的文件"));
    assert!(cast.page("", "/forgotten").await.html.contains("还没有开通邮件"));
    assert!(figures(&cast).await.contains("mail_only_to_files 1\n"));

    let other = Cast::with(engine, |settings| settings.metrics.token = Secret::new("figures")).await;
    for path in ["/outbox", "/people", "/health"] {
        assert!(!other.page("admin", path).await.html.contains("没有寄给任何人"), "{path}");
    }
    assert!(figures(&other).await.contains("mail_only_to_files 0\n"));
}

async fn files_of_letters_go_and_are_read_by_nobody_else(engine: Engine) {
    let cast = with_files(engine).await;
    let dir = cast.app.settings.mail_dir();
    let files = || fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let all = files();
    assert!(all.len() >= 3);
    assert_eq!((mode(&dir), all.iter().map(|file| mode(file)).max()), (0o700, Some(0o600)));
    // As older versions left them; one is older than it may become.
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&all[0], fs::Permissions::from_mode(0o644)).unwrap();
    let now = cast.app.clock.now();
    let date = |file: &std::path::Path, days: i64| {
        let at = u64::try_from((now - chrono::Duration::days(days)).micros()).unwrap();
        fs::File::options().write(true).open(file).unwrap().set_modified(UNIX_EPOCH + Duration::from_micros(at)).unwrap();
    };
    all.iter().for_each(|file| date(file, 29));
    date(&all[1], 31);
    let gone = housekeeping::run_once(&JobContext::new(cast.app.desk.clone()).unwrap()).unwrap();
    assert_eq!((gone, files().len(), all[1].exists()), (1, all.len() - 1, false));
    assert_eq!((mode(&dir), mode(&all[0])), (0o700, 0o600));
}

async fn a_mail_server_that_is_away_shows(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let url = server.url();
    let cast = Cast::with(engine, |settings| {
        settings.mail.transport = MailTransport::Smtp;
        settings.mail.smtp_url = Secret::new(url.as_str());
        settings.metrics.token = Secret::new("figures");
    })
    .await;
    cast.submitted_by("author").await;
    let context = JobContext::new(cast.app.desk.clone()).unwrap();
    let deliver = || while deliver_mail::run_once(&context, &Stop::default()).unwrap() > 0 {};
    server.mode("at mail 550 5.1.0 not from you");
    deliver();
    cast.app.clock.advance(chrono::Duration::seconds(10));
    for path in ["/outbox", "/health"] {
        let page = cast.page("admin", path).await.html;
        assert!(page.contains("核对发件地址") && page.contains("not from you") && page.contains("不接收邮件"), "{path}: {page}");
    }
    assert!(figures(&cast).await.contains("mail_server_failing_seconds 10\n"));
    server.mode("accept");
    cast.app.clock.advance(chrono::Duration::minutes(1));
    deliver();
    assert!(!cast.page("admin", "/outbox").await.html.contains("不接收邮件"));
    assert!(figures(&cast).await.contains("mail_server_failing_seconds 0\n"));
}

async fn a_trial_tells_each_stage(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let url = server.url_with("right");
    let cast = Cast::with(engine, |settings| {
        settings.mail.transport = MailTransport::Smtp;
        settings.mail.smtp_url = Secret::new(url.as_str());
    })
    .await;
    for login in ["author", "reviewer", "auditor"] {
        assert_eq!(cast.form(login, "/outbox/trial", &[]).await.status, 403, "{login}");
    }
    assert_eq!(server.taken().len(), 0);
    let good = cast.form("admin", "/outbox/trial", &[]).await;
    assert_eq!(good.status, 200);
    for words in ["邮件服务器已接收", "连接服务器", "登录服务器", "核对发件地址", "核对收件地址", "传送正文", "250 2.0.0 queued"]
    {
        assert!(good.html.contains(words), "{words}: {}", good.html);
    }
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].bodies()[0].contains("试发"), "{taken:?}");
    assert_eq!(cast.get("admin", "/outbox").await.body["items"], json!([]), "it is no letter of an act");

    for (fault, failed, behind) in [
        ("at greeting 554 no service", "服务器应答：未通过。", None),
        ("at auth 535 5.7.8 wrong password", "登录服务器：未通过。", Some("服务器应答")),
        ("at mail 550 5.1.0 not from you", "核对发件地址：未通过。", Some("登录服务器")),
        ("at rcpt 550 5.1.1 no such user", "核对收件地址：未通过。", Some("核对发件地址")),
        ("at text 552 too large", "传送正文：未通过。", Some("核对收件地址")),
    ] {
        server.mode(fault);
        let bad = cast.form("admin", "/outbox/trial", &[]).await.html;
        let answer = fault.rsplit(' ').next().unwrap();
        assert!(bad.contains("没有发出") && bad.contains(failed) && bad.contains(answer), "{fault}: {bad}");
        assert!(behind.is_none_or(|stage| bad.contains(stage)), "{fault}: {bad}");
        assert!(!bad.contains("ztc:right"), "no password: {bad}");
    }
}

async fn a_slip_lets_a_new_person_in_without_mail(engine: Engine) {
    let cast = with_files(engine).await;
    let mut made = Vec::new();
    for login in ["sun.yue", "li.na"] {
        let body = json!({
            "login": login, "name": "孙悦", "email": format!("{login}@example.org"),
            "organization_id": cast.organization("民盟县总支").await, "roles": [{ "role": "submitter" }]
        });
        let person = cast.post("admin", "/users", body).await;
        assert_eq!(person.status, 201, "{}", person.body);
        made.push(person.body["id"].as_str().unwrap().to_owned());
    }
    let id: UserId = made[0].parse().unwrap();
    let mailed = cast.letters(id, Letter::AccountCreated)[0]["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let list = cast.page("admin", "/people").await.html;
    assert!(list.contains("为所选的人打印登录单") && list.matches("name=\"person\"").count() >= 2, "{list}");
    let both = [("person", made[0].as_str()), ("person", made[1].as_str())];
    for login in ["author", "reviewer", "auditor"] {
        assert_eq!(cast.form(login, "/people/slips", &both).await.status, 403, "{login}");
    }
    let page = cast.form("admin", "/people/slips", &both).await;
    assert_eq!(page.status, 200, "{}", page.html);
    let links: Vec<String> = page.html.split("/one-time/").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(links.len(), 2);
    assert_eq!(page.html.matches("<svg xmlns").count() + page.html.matches("<svg version").count(), 2, "a code each: {}", page.html);
    for words in ["sun.yue", "li.na", "有效期至", "任何人都不会向您索要密码"] {
        assert!(page.html.contains(words), "{words}");
    }
    // In the words of the letter that it stands for.
    let facts = cast.letters(id, Letter::AccountCreated).pop().unwrap();
    let until: zhitongche::domain::clock::Moment = serde_json::from_value(facts["expires"].clone()).unwrap();
    let until = zhitongche::text::limit(zhitongche::domain::lang::Lang::Zh, until, chrono_tz::Asia::Shanghai);
    assert!(until.contains("（星期") && page.html.contains(&until), "{until}: {}", page.html);
    let redeem =
        async |link: &str| cast.post("", "/one-time-links", json!({ "link": link, "password": "a much better sentence" })).await.status;
    assert_eq!(redeem(&mailed).await, 401, "the link of the letter died with the slip");
    let mine = if cast.page("", &format!("/one-time/{}", links[0])).await.html.contains("sun.yue") { &links[0] } else { &links[1] };
    assert_eq!(redeem(mine).await, 204);
    assert_eq!(cast.acts(id), ["create", "print_link", "reset_password"]);
    let refused = cast.form("admin", "/people/slips", &both).await;
    assert!(refused.status != 200 && !refused.html.contains("/one-time/"), "who has a password gets none, and nobody with them");
    assert_eq!(redeem(if mine == &links[0] { &links[1] } else { &links[0] }).await, 204, "the other's link still works");
    assert_ne!(cast.form("admin", "/people/slips", &[]).await.status, 200);
}
