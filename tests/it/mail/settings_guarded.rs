//! The mail server set on a page: who may, what is refused, what becomes of it with another key, and letters that were only written to files.

use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::app::accounts::{By, links, tokens};
use zhitongche::documents::token_key::TokenKey;
use zhitongche::domain::ids::{ChannelId, UserId};
use zhitongche::domain::notice::Letter;
use zhitongche::jobs::JobContext;
use zhitongche::server::database;
use zhitongche::store::StoreError;
use zhitongche::store::schema::{letters as letter_rows, mail_settings as rows};

use super::server::MailServer;
use super::settings::{PASSWORD, body, cast, deliver, faults, figures, node, put, states};
use crate::support::app::Answer;
use crate::support::database::Engine;

crate::both_databases!(
    only_the_administrators_of_the_installation_set_it,
    what_cannot_work_is_named,
    a_node_with_another_key_lets_letters_wait,
    a_row_that_was_changed_by_hand_is_not_followed,
    another_key_takes_the_password_along,
    letters_in_files_go_out_later,
    a_trial_says_that_nothing_was_encrypted,
    a_trial_names_its_fields_as_the_page_does,
);

async fn only_the_administrators_of_the_installation_set_it(engine: Engine) {
    let cast = cast(engine).await;
    cast.other_channel().await;
    let new = json!({"transport": "file", "security": "tls"});
    for (login, code) in [("author", "wrong_role"), ("auditor", "wrong_role"), ("security", "wrong_role"), ("other-admin", "not_yours")] {
        for answer in [
            cast.get(login, "/mail-settings").await,
            cast.at(Method::PUT, login, "/mail-settings", 0, new.clone()).await,
            cast.post(login, "/mail-settings/trial", new.clone()).await,
        ] {
            assert_eq!((answer.status.as_u16(), &answer.body["code"]), (403, &json!(code)), "{login}");
        }
        assert_eq!(cast.page(login, "/outbox/settings").await.status, 403, "{login}");
    }
    assert!(!cast.page("other-admin", "/outbox").await.html.contains("/outbox/settings"));
    assert_eq!(cast.post("author", "/mail-settings/trial", json!({})).await.status, 403);
    assert_eq!(cast.send("PUT", "admin", "/mail-settings", None, new).await.status, 428);
    assert_eq!(cast.entries(ChannelId::INSTALLATION.0).iter().filter(|entry| entry["action"] == "change_mail").count(), 0);
}

async fn what_cannot_work_is_named(engine: Engine) {
    let cast = cast(engine).await;
    let put = async |body: Value| put(&cast, 0, body).await;
    let smtp = json!({"transport": "smtp", "security": "tls"});
    assert_eq!(faults(&put(smtp.clone()).await), [("host", "required"), ("from_address", "required")]);
    let bad = json!({
        "transport": "smtp", "security": "tls", "host": "smtp://a.cn:465", "port": 65_536, "login": "ztc", "password": "a\u{0}b",
        "from_name": "一\n二", "from_address": "ztc"
    });
    let expected = [
        ("host", "bad_host"),
        ("port", "not_between"),
        ("from_name", "line_break"),
        ("from_address", "bad_email"),
        ("password", "control_character"),
    ];
    assert_eq!(faults(&put(bad).await), expected);
    for body in [json!({"transport": "memory", "security": "tls"}), json!({"transport": "smtp", "security": "ssl"}), json!({})] {
        assert!(matches!(put(body.clone()).await.status.as_u16(), 400 | 422), "{body}");
    }
    let page =
        cast.form("admin", "/outbox/settings", &[("version", "0"), ("transport", "smtp"), ("security", "tls"), ("port", "二十五")]).await;
    assert!(page.status == 422 && page.html.contains("这里应填写数字") && page.html.contains("二十五"), "{}", page.html);
    // An internationalised host name is kept in ASCII and shown as it is read.
    let idn = json!({"transport": "smtp", "security": "starttls", "host": "邮件.中国", "from_address": "ztc@邮件.中国"});
    let kept = put(idn).await.body;
    assert_eq!((&kept["host"], &kept["port"]), (&json!("xn--5nq051n.xn--fiqs8s"), &json!(587)), "{kept}");
    assert_eq!(kept["from_address"], json!("ztc@xn--5nq051n.xn--fiqs8s"));
    let page = cast.page("admin", "/outbox/settings").await.html;
    assert!(page.contains("value=\"邮件.中国\"") && page.contains("value=\"ztc@邮件.中国\""), "{page}");
}

async fn a_node_with_another_key_lets_letters_wait(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    assert_eq!(put(&cast, 0, body(&server, Some(PASSWORD))).await.status, 200);
    let folder = tempfile::tempdir().unwrap();
    TokenKey::generate().create(&folder.path().join("tokens.key")).unwrap();
    let mut settings = cast.app.settings.clone();
    settings.server.secrets_dir = Some(folder.path().to_owned());
    // Such a node does not start; this one is told nothing of that.
    let other = JobContext::new(database::desk_without_keys(&settings, &cast.app.clock).unwrap()).unwrap();
    cast.submitted_by("author").await;
    assert_eq!(deliver(&other), 0);
    cast.app.clock.advance(chrono::Duration::days(3));
    assert_eq!((deliver(&other), states(&cast, "queued").await, states(&cast, "failed").await), (0, 3, 0), "none is lost");
    assert!(deliver(&node(&cast)) >= 3 && !server.taken().is_empty(), "the others send them");
}

async fn a_row_that_was_changed_by_hand_is_not_followed(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let Some(mut thief) = MailServer::start() else { return };
    let cast = cast(engine).await;
    cast.tampers();
    assert_eq!(put(&cast, 0, body(&server, Some(PASSWORD))).await.status, 200);
    let (running, port) = (node(&cast), i64::from(thief.port()));
    let change = move |conn: &mut zhitongche::store::AnyConn| {
        Ok::<_, StoreError>(diesel::update(rows::table).set((rows::port.eq(port), rows::version.eq(7_i64))).execute(conn)?)
    };
    cast.desk().db.write_now(change).unwrap();
    cast.submitted_by("author").await;
    assert_eq!((deliver(&running), thief.taken().len(), states(&cast, "queued").await), (0, 0, 3));
    assert_eq!(cast.get("admin", "/mail-settings").await.body["state"], json!("unreadable"));
    for path in ["/outbox", "/health", "/outbox/settings"] {
        assert!(cast.page("admin", path).await.html.contains("无法解密"), "{path}");
    }
    assert!(figures(&cast).await.contains("mail_settings_unreadable 1\n"));
    assert_eq!(faults(&put(&cast, 7, body(&server, None)).await), [("password", "password_unreadable")]);
    assert!(crate::support::cast::findings(&cast.app).iter().any(|finding| finding.contains("mail_settings")), "the ledger tells");
    assert_eq!(put(&cast, 7, body(&server, Some(PASSWORD))).await.status, 200);
    assert!(deliver(&running) >= 3 && !server.taken().is_empty());
}

async fn another_key_takes_the_password_along(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    assert_eq!(put(&cast, 0, body(&server, Some(PASSWORD))).await.status, 200);
    cast.submitted_by("author").await;
    let renew = |before: Option<TokenKey>| {
        let (key, path) = (TokenKey::generate(), cast.app.settings.token_key_file());
        let made = key.clone();
        cast.desk().write_now("test", move |tx| tokens::renew_key(tx, before.as_ref(), &made)).unwrap();
        key.replace(&path).unwrap();
        JobContext::new(database::app(&cast.app.settings, &cast.app.clock).unwrap()).unwrap()
    };
    let before = TokenKey::load(&cast.app.settings.token_key_file()).unwrap();
    assert!(deliver(&renew(before)) >= 3 && !server.taken().is_empty());
    // Where the old key is lost, the password is, too; letters wait until it is typed again.
    let lost = renew(None);
    let id: UserId = cast.id("author");
    cast.desk().write_now("test", move |tx| links::send_to(tx, By::Program, id)).unwrap();
    assert_eq!((deliver(&lost), server.taken().len()), (0, 0));
}

async fn letters_in_files_go_out_later(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    let running = node(&cast);
    cast.submitted_by("author").await;
    deliver(&running);
    let old = states(&cast, "filed").await;
    assert!(old > 0);
    cast.app.clock.advance(chrono::Duration::days(8));
    let mut people = Vec::new();
    for login in ["sun.yue", "li.na", "wang.wu"] {
        let body = json!({
            "login": login, "name": "孙悦", "email": format!("{login}@example.org"),
            "organization_id": cast.organization("民盟县总支").await, "roles": [{ "role": "submitter" }]
        });
        people.push(cast.post("admin", "/users", body).await.body["id"].as_str().unwrap().parse::<UserId>().unwrap());
    }
    let link = cast.letters(people[0], Letter::AccountCreated)[0]["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    cast.submitted_by("author").await;
    deliver(&running);
    let redeemed = json!({ "link": link, "password": "a much better sentence" });
    assert_eq!(cast.post("", "/one-time-links", redeemed).await.status, 204, "one has set a password meanwhile");
    cast.app.clock.advance(chrono::Duration::minutes(1));
    let slip = cast.form("admin", "/people/slips", &[("person", &people[2].to_string())]).await.html;
    let slip = slip.split("/one-time/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let young = states(&cast, "filed").await - old;
    assert!(young > 3);
    // While there is no mail server, there is nothing to send them with.
    let all = json!({"state": "filed"});
    assert_eq!(cast.post("admin", "/outbox/retry", all.clone()).await.body["retried"], json!(0));
    assert!(!cast.page("admin", "/outbox?state=filed").await.html.contains("重新寄出"));
    assert_eq!(put(&cast, 0, body(&server, Some(PASSWORD))).await.status, 200);
    let page = cast.page("admin", "/outbox?state=filed").await.html;
    assert_eq!(page.matches("重新寄出<span").count(), young, "{page}");
    for login in ["author", "auditor"] {
        assert_eq!(cast.post(login, "/outbox/retry", all.clone()).await.status, 403, "{login}");
    }
    let sent = cast.form("admin", "/outbox/retry", &[("all", "filed"), ("state", "filed")]).await;
    assert_eq!(sent.location, "/outbox?state=filed&done=letter-retried", "{}", sent.html);
    deliver(&running);
    let taken = server.taken();
    let to = |address: &str| taken.iter().filter(|letter| letter.to[0] == address).collect::<Vec<_>>();
    assert_eq!((taken.len(), states(&cast, "filed").await), (young - 2, old), "but for links that were used or replaced: {taken:?}");
    assert!(to("sun.yue@example.org").iter().all(|letter| !letter.bodies()[0].contains("/one-time/")), "who has a password gets no link");
    let fresh = to("li.na@example.org")[0].bodies()[0].split("/one-time/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let redeemed = json!({ "link": fresh, "password": "a much better sentence" });
    assert_eq!(cast.post("", "/one-time-links", redeemed).await.status, 204, "a link that works");
    let row = |person: UserId| {
        let of = letter_rows::table.filter(letter_rows::recipient_id.eq(person)).filter(letter_rows::kind.eq(Letter::AccountCreated));
        let load = move |conn: &mut zhitongche::store::AnyConn| {
            Ok::<Vec<(String, Option<String>)>, StoreError>(
                of.order(letter_rows::id).select((letter_rows::state, letter_rows::reason)).load(conn)?,
            )
        };
        cast.desk().db.read_now(load).unwrap()
    };
    assert_eq!(row(people[0]), [("withheld".to_owned(), Some("link_ended".to_owned()))]);
    assert_eq!(row(people[2]), [("withheld".to_owned(), Some("link_ended".to_owned()))]);
    let redeemed = json!({ "link": slip, "password": "a much better sentence" });
    assert_eq!(cast.post("", "/one-time-links", redeemed).await.status, 204, "the printed slip still lets in");
    assert_eq!(row(people[1]), [("revoked".to_owned(), None), ("sent".to_owned(), None)]);
    let old_one = cast.get("admin", "/outbox?state=filed").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let refused = cast.send("POST", "admin", &format!("/outbox/{old_one}/retry"), None, Value::Null).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("wrong_state")), "too old");
}

async fn a_trial_says_that_nothing_was_encrypted(engine: Engine) {
    // It offers no STARTTLS.
    let Some(server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    for security in ["opportunistic", "none"] {
        let mut settings = body(&server, Some(PASSWORD));
        settings["security"] = json!(security);
        let trial = cast.post("admin", "/mail-settings/trial", settings.clone()).await.body;
        assert_eq!((&trial["sent"], &trial["encrypted"]), (&json!(true), &json!(false)), "{security}: {trial}");
        settings["password"] = json!("wrong");
        let refused = cast.post("admin", "/mail-settings/trial", settings).await.body;
        assert_eq!((&refused["failed"], &refused["encrypted"]), (&json!("sign_in"), &json!(false)), "{security}: {refused}");
        let port = server.port().to_string();
        let fields = [
            ("version", "0"),
            ("transport", "smtp"),
            ("host", "127.0.0.1"),
            ("port", port.as_str()),
            ("security", security),
            ("login", "ztc"),
            ("password", PASSWORD),
            ("from_address", "ztc@cj.example.gov.cn"),
        ];
        let page = cast.form("admin", "/outbox/settings/trial", &fields).await.html;
        assert!(page.contains("已接收，但连接没有加密") && page.contains("建立加密：未加密"), "{security}: {page}");
    }
    let mut nobody = body(&server, Some(PASSWORD));
    (nobody["port"], nobody["security"]) = (json!(1), json!("opportunistic"));
    let trial = cast.post("admin", "/mail-settings/trial", nobody).await.body;
    assert_eq!((&trial["failed"], &trial["encrypted"]), (&json!("connect"), &Value::Null), "{trial}");
}

async fn a_trial_names_its_fields_as_the_page_does(engine: Engine) {
    let Some(server) = MailServer::start() else { return };
    let cast = cast(engine).await;
    let long = "一".repeat(61);
    for name in [long.as_str(), "\u{200b}\u{3164}"] {
        let mut settings = body(&server, Some(PASSWORD));
        settings["from_name"] = json!(name);
        let trial = cast.post("admin", "/mail-settings/trial", settings.clone()).await;
        let saved = put(&cast, 0, settings).await;
        let fields = |answer: &Answer| faults(answer).into_iter().map(|(field, _)| field.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            (fields(&trial), fields(&saved)),
            (vec!["from_name".to_owned()], vec!["from_name".to_owned()]),
            "{name}: {}",
            trial.body
        );
    }
    let half = cast.post("admin", "/mail-settings/trial", json!({"host": "127.0.0.1"})).await;
    assert_eq!(faults(&half), [("transport", "required"), ("security", "required")], "{}", half.body);
}
