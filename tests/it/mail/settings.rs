//! The mail server set on a page: it holds at once and everywhere, is tried before it is kept, and its password shows nowhere.

use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::config::{MailTransport, Secret, WrittenKey};
use zhitongche::domain::ids::ChannelId;
use zhitongche::jobs::{JobContext, Stop, deliver_mail};
use zhitongche::server::database;
use zhitongche::store::mail_settings;

use super::server::MailServer;
use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    what_is_set_on_the_page_holds_on_every_node_at_once,
    a_password_is_kept_as_long_as_its_server_and_shows_nowhere,
    what_is_typed_is_tried_before_it_is_kept,
    a_typed_password_comes_back_sealed_and_need_not_be_typed_again,
    file_and_environment_are_stronger,
);

pub(super) const PASSWORD: &str = "Richtig-Pferd-7!";

/// A cast in which neither file nor environment say how letters leave.
pub(super) async fn cast(engine: Engine) -> Cast {
    Cast::with(engine, |settings| {
        settings.mail.transport = MailTransport::File;
        settings.mail.timeout_seconds = 2;
        settings.metrics.token = Secret::new("figures");
    })
    .await
}

/// A node as it runs beside the server.
pub(super) fn node(cast: &Cast) -> JobContext {
    JobContext::new(database::app(&cast.app.settings, &cast.app.clock).unwrap()).unwrap()
}

pub(super) fn deliver(node: &JobContext) -> usize {
    let mut all = 0;
    loop {
        match deliver_mail::run_once(node, &Stop::default()).unwrap() {
            0 => return all,
            taken => all += taken,
        }
    }
}

pub(super) fn body(server: &MailServer, password: Option<&str>) -> Value {
    json!({
        "transport": "smtp", "host": "127.0.0.1", "port": server.port(), "security": "none", "login": "ztc", "password": password,
        "from_name": "澄江县直通车", "from_address": "ztc@cj.example.gov.cn"
    })
}

pub(super) async fn put(cast: &Cast, seen: i64, body: Value) -> Answer {
    cast.at(Method::PUT, "admin", "/mail-settings", seen, body).await
}

/// The fields and rules that were found wrong.
pub(super) fn faults(answer: &Answer) -> Vec<(&str, &str)> {
    assert_eq!(answer.status, 422, "{}", answer.body);
    let all = answer.body["errors"].as_array().unwrap().iter();
    all.map(|one| (one["field"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

pub(super) async fn states(cast: &Cast, state: &str) -> usize {
    cast.get("admin", &format!("/outbox?state={state}&limit=200")).await.body["items"].as_array().unwrap().len()
}

pub(super) async fn figures(cast: &Cast) -> String {
    cast.app.send_text("/metrics", "figures").await
}

async fn what_is_set_on_the_page_holds_on_every_node_at_once(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    let nodes = [node(&cast), node(&cast)];
    cast.submitted_by("author").await;
    assert!(deliver(&nodes[0]) > 0 && states(&cast, "filed").await > 0);
    assert_eq!(cast.get("admin", "/mail-settings").await.body["state"], json!("only_files"));
    let page = cast.page("admin", "/outbox").await.html;
    assert!(page.contains("没有寄给任何人") && page.contains("href=\"/outbox/settings\""), "{page}");

    let port = server.port().to_string();
    let fields = [
        ("version", "0"),
        ("transport", "smtp"),
        ("host", "１２７.0.0.1 "),
        ("port", port.as_str()),
        ("security", "none"),
        ("login", "ztc"),
        ("password", PASSWORD),
        ("from_name", "澄江县直通车"),
        ("from_address", "ztc@cj.example.gov.cn"),
    ];
    let saved = cast.form("admin", "/outbox/settings", &fields).await;
    assert_eq!((saved.status.as_u16(), saved.location.as_str()), (303, "/outbox/settings?done=mail-settings-saved"), "{}", saved.html);
    for running in &nodes {
        cast.submitted_by("author").await;
        deliver(running);
        let taken = server.taken();
        assert!(!taken.is_empty(), "without a restart");
        assert!(taken.iter().all(|letter| letter.text.contains("<ztc@cj.example.gov.cn>")), "{taken:?}");
    }
    let now = cast.get("admin", "/mail-settings").await;
    assert_eq!((&now.body["state"], &now.body["version"], &now.headers["etag"]), (&json!("sends"), &json!(1), &"\"1\"".parse().unwrap()));
    for path in ["/outbox", "/people", "/health"] {
        assert!(!cast.page("admin", path).await.html.contains("没有寄给任何人"), "{path}");
    }
    assert!(!cast.page("", "/forgotten").await.html.contains("还没有开通邮件"));
    assert!(figures(&cast).await.contains("mail_only_to_files 0\n"));

    // A server that fails is forgotten when another one is set.
    server.mode("at mail 550 5.1.0 not from you");
    cast.submitted_by("author").await;
    deliver(&nodes[0]);
    assert!(cast.page("admin", "/outbox").await.html.contains("不接收邮件"));
    let Some(mut other) = MailServer::start() else { return };
    assert_eq!(put(&cast, 1, body(&other, Some(PASSWORD))).await.status, 200);
    assert!(!cast.page("admin", "/outbox").await.html.contains("不接收邮件"));
    assert!(deliver(&nodes[1]) > 0 && !other.taken().is_empty() && server.taken().is_empty());
    assert_eq!(states(&cast, "queued").await, 0);

    // Back to files.
    assert_eq!(put(&cast, 2, json!({"transport": "file", "security": "tls"})).await.status, 200);
    let filed = states(&cast, "filed").await;
    cast.submitted_by("author").await;
    deliver(&nodes[0]);
    assert!(states(&cast, "filed").await > filed && other.taken().is_empty());
}

async fn a_password_is_kept_as_long_as_its_server_and_shows_nowhere(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    let running = node(&cast);
    assert_eq!(faults(&put(&cast, 0, body(&server, None)).await), [("password", "required")]);
    let set = put(&cast, 0, body(&server, Some(PASSWORD))).await;
    assert_eq!((set.status.as_u16(), &set.body["has_password"]), (200, &json!(true)), "{}", set.body);
    // Kept: another sender, another port.
    let Some(mut second) = MailServer::start() else { return };
    let mut again = body(&second, Some(""));
    again["from_name"] = json!("直通车");
    assert_eq!(put(&cast, 1, again).await.status, 200);
    cast.submitted_by("author").await;
    assert!(deliver(&running) > 0 && !second.taken().is_empty() && server.taken().is_empty());
    // It goes to no other host.
    let mut moved = body(&second, None);
    moved["host"] = json!("localhost");
    assert_eq!(faults(&put(&cast, 2, moved).await), [("password", "password_for_host")]);
    // It goes with its account, and does not come back.
    let mut without = body(&second, None);
    without["login"] = json!("");
    assert_eq!(put(&cast, 2, without.clone()).await.body["has_password"], json!(false));
    assert_eq!(faults(&put(&cast, 3, body(&second, None)).await), [("password", "required")]);
    without["password"] = json!(PASSWORD);
    assert_eq!(faults(&put(&cast, 3, without).await), [("login", "required")]);
    assert_eq!(put(&cast, 2, body(&second, Some(PASSWORD))).await.status, 412, "somebody was faster");
    assert_eq!(put(&cast, 3, body(&second, Some(PASSWORD))).await.status, 200);

    let row = cast.desk().db.read_now(mail_settings::find).unwrap().unwrap();
    let holds = |bytes: &[u8]| bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes());
    assert!(row.password.len() > PASSWORD.len() && !holds(&row.password));
    let mut shown = vec![cast.get("admin", "/mail-settings").await.body.to_string(), figures(&cast).await];
    for path in ["/outbox/settings", "/outbox", "/health", "/jobs"] {
        shown.push(cast.page("admin", path).await.html);
    }
    let entries = cast.entries(ChannelId::INSTALLATION.0);
    let mut changes: Vec<&Value> = entries.iter().filter(|entry| entry["action"] == "change_mail").collect();
    changes.sort_by_key(|entry| entry["version"].as_i64());
    let passwords: Vec<&Value> = changes.iter().map(|entry| &entry["facts"]["password"]).collect();
    assert_eq!(passwords, [&json!("set"), &json!("kept"), &json!("set"), &json!("set")], "{changes:?}");
    assert_eq!((&changes[3]["version"], &changes[3]["facts"]["host"]), (&json!(4), &json!("127.0.0.1")));
    shown.push(json!(entries).to_string());
    if engine == Engine::Sqlite {
        let folder = cast.app.settings.server.data_dir.clone();
        let files = walk(&folder);
        assert!(files.iter().any(|file| file.ends_with("test.db")), "{files:?}");
        assert!(files.iter().all(|file| !holds(&std::fs::read(file).unwrap())), "in no file of the data folder");
    }
    assert!(shown.iter().all(|text| !text.contains(PASSWORD) && !text.contains(&hex::encode(&row.password))));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

async fn what_is_typed_is_tried_before_it_is_kept(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    let trial = async |settings: Value| cast.post("admin", "/mail-settings/trial", settings).await.body;
    let wrong = trial(body(&server, Some("wrong"))).await;
    assert_eq!((&wrong["sent"], &wrong["failed"]), (&json!(false), &json!("sign_in")), "{wrong}");
    assert_eq!(wrong["passed"], json!(["connect", "greeting"]));
    assert!(wrong["answer"].as_str().unwrap().contains("535") && server.taken().is_empty(), "{wrong}");
    let right = trial(body(&server, Some(PASSWORD))).await;
    assert_eq!((&right["sent"], &right["failed"], &right["problem"]), (&json!(true), &Value::Null, &Value::Null), "{right}");
    let taken = server.taken();
    assert_eq!((taken.len(), taken[0].to[0].as_str()), (1, "admin@example.cn"), "{taken:?}");
    let nothing = cast.get("admin", "/mail-settings").await.body;
    assert_eq!((&nothing["version"], &nothing["state"]), (&json!(0), &json!("only_files")), "nothing is kept");
    let saved = cast.post("admin", "/mail-settings/trial", json!({})).await.body;
    assert!(saved["problem"].as_str().unwrap().contains("没有寄给任何人"), "what holds now: {saved}");

    // Nobody listens, and one that never says a word: told, and within the patience.
    let mut nobody = body(&server, Some(PASSWORD));
    nobody["port"] = json!(1);
    assert_eq!(trial(nobody).await["failed"], json!("connect"));
    server.mode("at greeting hang");
    let silent = trial(body(&server, Some(PASSWORD))).await;
    assert!(silent["failed"].is_string() && silent["answer"].as_str().unwrap().contains("2 s"), "{silent}");
    server.mode("accept");

    // The page does the same, with what was typed kept in its fields, and the password of what is kept.
    assert_eq!(put(&cast, 0, body(&server, Some(PASSWORD))).await.status, 200);
    let port = server.port().to_string();
    let mut fields = vec![
        ("version", "1"),
        ("transport", "smtp"),
        ("host", "127.0.0.1"),
        ("port", port.as_str()),
        ("security", "none"),
        ("login", "ztc"),
        ("password", ""),
        ("from_name", "另一个名称"),
        ("from_address", "other@cj.example.gov.cn"),
    ];
    let page = cast.form("admin", "/outbox/settings/trial", &fields).await;
    assert_eq!(page.status, 200, "{}", page.html);
    assert!(
        page.html.contains("邮件服务器已接收") && page.html.contains("另一个名称") && page.html.contains("还没有保存"),
        "{}",
        page.html
    );
    assert!(server.taken()[0].text.contains("<other@cj.example.gov.cn>"));
    fields[6].1 = "wrong-again";
    let page = cast.form("admin", "/outbox/settings/trial", &fields).await;
    assert!(page.html.contains("登录服务器：未通过。") && !page.html.contains("wrong-again"), "{}", page.html);
    fields[2].1 = "localhost";
    fields[6].1 = "";
    let page = cast.form("admin", "/outbox/settings/trial", &fields).await;
    assert!(page.status == 422 && page.html.contains("请重新填写密码"), "{}", page.html);
    assert_eq!((server.taken().len(), &cast.get("admin", "/mail-settings").await.body["version"]), (0, &json!(1)));
}

async fn a_typed_password_comes_back_sealed_and_need_not_be_typed_again(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    let port = server.port().to_string();
    let fields = |password: &'static str, carried: String| {
        let all = [
            ("version", "0".to_owned()),
            ("transport", "smtp".to_owned()),
            ("host", "127.0.0.1".to_owned()),
            ("port", port.clone()),
            ("security", "none".to_owned()),
            ("login", "ztc".to_owned()),
            ("password", password.to_owned()),
            ("typed_password", carried),
            ("from_address", "ztc@cj.example.gov.cn".to_owned()),
        ];
        all.to_vec()
    };
    let send = async |login: &str, path: &str, fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        cast.form(login, path, &fields).await
    };
    let tried = send("admin", "/outbox/settings/trial", fields(PASSWORD, String::new())).await;
    assert!(tried.html.contains("邮件服务器已接收") && !tried.html.contains(PASSWORD), "{}", tried.html);
    let carried = tried.html.split("name=\"typed_password\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(carried.len() > PASSWORD.len(), "{carried}");
    let other = send("admin", "/outbox/settings", fields("", "AAAA".to_owned())).await;
    assert_eq!(other.status, 422, "what is no sealed password is none: {}", other.html);
    let saved = send("admin", "/outbox/settings", fields("", carried)).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    server.taken();
    cast.submitted_by("author").await;
    assert!(deliver(&node(&cast)) > 0 && !server.taken().is_empty(), "signed in with the password that was typed once");
}

async fn file_and_environment_are_stronger(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let url = server.url_with("right");
    let cast = Cast::with(engine, |settings| {
        settings.mail.transport = MailTransport::Smtp;
        settings.mail.smtp_url = Secret::new(url.as_str());
        let written = |key: &str, place: &str| WrittenKey { key: key.to_owned(), place: place.to_owned() };
        settings.mail.written =
            vec![written("mail.smtp_url", "config/local.toml, line 12"), written("ZHITONGCHE__MAIL__FROM", "environment")];
    })
    .await;
    let view = cast.get("admin", "/mail-settings").await.body;
    assert_eq!(view["fixed_by"][0], json!({"key": "mail.smtp_url", "place": "config/local.toml, line 12"}));
    assert_eq!((&view["host"], &view["port"], &view["login"]), (&json!("127.0.0.1"), &json!(server.port()), &json!("ztc")));
    assert!(!view.to_string().contains("right"), "{view}");
    let page = cast.page("admin", "/outbox/settings").await.html;
    for words in ["mail.smtp_url", "config/local.toml, line 12", "ZHITONGCHE__MAIL__FROM", "这里不能修改", "127.0.0.1"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("name=\"host\"") && !page.contains("right@"), "{page}");
    let refused = put(&cast, 0, body(&server, Some(PASSWORD))).await;
    assert_eq!(faults(&refused), [("transport", "set_outside")]);
    assert!(refused.body.to_string().contains("mail.smtp_url (config/local.toml, line 12)"), "{}", refused.body);
    assert_eq!(faults(&cast.post("admin", "/mail-settings/trial", body(&server, Some(PASSWORD))).await).len(), 1);
    cast.submitted_by("author").await;
    assert!(deliver(&node(&cast)) > 0 && !server.taken().is_empty());

    // A row from before the file was written is not asked.
    let Some(mut other) = MailServer::start() else { return };
    let plain = self::cast(engine).await;
    assert_eq!(put(&plain, 0, body(&other, Some(PASSWORD))).await.status, 200);
    let mut settings = plain.app.settings.clone();
    settings.mail.transport = MailTransport::Smtp;
    settings.mail.smtp_url = Secret::new(url.as_str());
    let fixed = JobContext::new(database::app(&settings, &plain.app.clock).unwrap()).unwrap();
    plain.submitted_by("author").await;
    assert!(deliver(&fixed) > 0 && !server.taken().is_empty() && other.taken().is_empty());
}
