//! Auditors read people by name, as they were then; the installation has a ledger of its own; the ledger's time does not go back; what
//! stands against signing is seen at once.

use chrono::Duration;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::json;
use zhitongche::domain::clock::Moment;
use zhitongche::domain::ids::ChannelId;
use zhitongche::jobs::seal::Sealer;
use zhitongche::store::ledger::reading::{newest_checkpoint, sealed};
use zhitongche::store::schema::{ledger_entries, ledger_positions};

use crate::support::cast::Cast;
use crate::support::database::Engine;
use crate::support::program::Program;

crate::both_databases!(
    an_act_names_its_person_as_they_were_then,
    a_finding_names_the_person_whom_it_is_about,
    the_installation_has_a_ledger_of_its_own,
    the_ledgers_time_does_not_go_back_with_the_clock,
    what_stands_against_signing_is_seen_at_once,
);

fn sealer(cast: &Cast) -> Sealer {
    Sealer::new(&cast.app.settings, cast.app.db(), cast.app.clock.clone()).unwrap()
}

fn program(cast: &Cast) -> Program<'_> {
    let dir = cast.app.settings.server.data_dir.as_path();
    Program::new(dir).with("DATABASE__URL", cast.app.settings.database_url()).with("SERVER__DATA_DIR", dir.display().to_string())
}

fn by_hand(cast: &Cast, statement: &str) {
    cast.app.db().connect().unwrap().batch_execute(statement).unwrap();
}

async fn an_act_names_its_person_as_they_were_then(engine: Engine) {
    let cast = Cast::new(engine).await;
    let manuscript = cast.submitted_by("author").await;
    let made = cast.post("author", "/tokens", json!({ "name": "前", "expires_in_days": 2 })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    cast.app.clock.advance(Duration::minutes(1));
    let user = cast.user("author").await;
    let version = cast.get("admin", &format!("/users/{user}")).await.body["version"].as_i64().unwrap();
    let changed = cast.send("PATCH", "admin", &format!("/users/{user}"), Some(version), json!({ "name": "后来的名字" })).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    cast.app.clock.advance(Duration::minutes(1));
    cast.post("author", "/tokens", json!({ "name": "后", "expires_in_days": 2 })).await;

    let page = cast.page("auditor", &format!("/ledger?actor={user}")).await.html;
    let (then, now) = (page.find("姓名author").unwrap(), page.find("后来的名字").unwrap());
    assert!(now < then, "newest first, each under the name of its time");
    assert!(page.contains("author · 致公党县支部"), "login and organisation");
    let history = cast.get("auditor", &format!("/manuscripts/{manuscript}/history")).await.body.to_string();
    assert!(history.contains("姓名author (author, 致公党县支部)"), "{history}");
    sealer(&cast).settle().await.unwrap();
    let entries = cast.get("auditor", "/ledger/entries?limit=200").await.body;
    let named = |name: &str| entries["items"].as_array().unwrap().iter().any(|one| one["actor"]["name"] == name);
    assert!(named("姓名author") && named("后来的名字"), "{entries}");
}

async fn a_finding_names_the_person_whom_it_is_about(engine: Engine) {
    let cast = Cast::new(engine).await;
    sealer(&cast).settle().await.unwrap();
    by_hand(&cast, "UPDATE users SET email = 'thief@example.cn' WHERE login = 'reviewer'");
    let verified = program(&cast).run(&["ledger", "verify"]);
    assert_eq!(verified.code, 1);
    assert!(verified.says.contains("姓名reviewer (reviewer, "), "{}", verified.says);
    by_hand(&cast, "UPDATE users SET email = 'reviewer@example.cn' WHERE login = 'reviewer'");
}

async fn the_installation_has_a_ledger_of_its_own(engine: Engine) {
    let cast = Cast::new(engine).await;
    let other = cast.other_channel().await;
    sealer(&cast).settle().await.unwrap();
    let entries = cast.app.db().read_now(|conn| sealed(conn, ChannelId::INSTALLATION, 0, 100)).unwrap();
    let texts: Vec<String> = entries.into_iter().map(|one| String::from_utf8(one.bytes).unwrap()).collect();
    let opened: Vec<&String> = texts.iter().filter(|text| text.contains("add_channel")).collect();
    assert!(opened.len() == 2 && opened[1].contains(&other.to_string()), "{opened:?}");
    let people = texts.iter().filter(|text| text.contains(r#""action":"create","object":{"kind":"account""#)).count();
    assert_eq!((people, texts.len()), (cast.everybody().len(), people + 2), "the rest are accounts: {texts:?}");
    assert!(cast.app.db().read_now(|conn| newest_checkpoint(conn, ChannelId::INSTALLATION)).unwrap().is_some());
    let program = program(&cast);
    let verified = program.run(&["ledger", "verify"]);
    assert!(
        verified.code == 0 && verified.says.contains(&format!("installation: good. {} entries", texts.len())),
        "{}{}",
        verified.says,
        verified.complains
    );
    let exported = program.run(&["ledger", "export", "--channel", "installation"]).says;
    assert!(exported.contains("add_channel") && exported.contains("\"verifier\""), "{exported}");
    let page = cast.page("auditor", "/ledger?of=installation").await.html;
    assert!(page.contains("开通直通车") && page.contains("安装实例"), "{page}");
    let own = cast.page("auditor", "/ledger").await.html;
    assert!(!own.split("<tbody>").nth(1).unwrap().contains("安装实例"), "{own}");
    assert_eq!(cast.page("reviewer", "/ledger?of=installation").await.status, 403);
}

/// The times of a ledger's entries in the order of their positions.
fn times(cast: &Cast) -> Vec<Moment> {
    let channel = cast.channel;
    cast.app
        .db()
        .read_now(|conn| {
            let rows = ledger_positions::table.inner_join(ledger_entries::table.on(ledger_entries::id.eq(ledger_positions::entry_id)));
            let rows = rows.filter(ledger_positions::channel_id.eq(channel)).order(ledger_positions::position);
            Ok::<_, zhitongche::store::StoreError>(rows.select(ledger_entries::at).load(conn)?)
        })
        .unwrap()
}

async fn the_ledgers_time_does_not_go_back_with_the_clock(engine: Engine) {
    let cast = Cast::new(engine).await;
    let organization = async |name: &str| {
        let made = cast.post("admin", "/organizations", json!({ "name": name, "kind": "other", "screening": false })).await;
        assert_eq!(made.status, 201, "{}", made.body);
    };
    organization("此前").await;
    sealer(&cast).settle().await.unwrap();
    // Each is a chain of its own: no entry before it in its chain holds its time.
    cast.app.clock.advance(Duration::hours(-50));
    organization("钟拨回以后").await;
    organization("再一个").await;
    sealer(&cast).settle().await.unwrap();
    cast.app.clock.advance(Duration::hours(51));
    organization("钟走过来以后").await;
    sealer(&cast).settle().await.unwrap();
    let times = times(&cast);
    assert!(times.is_sorted(), "{times:?}");
    assert!(times[times.len() - 1] > times[0] + Duration::minutes(30));
}

async fn what_stands_against_signing_is_seen_at_once(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.metrics.token = zhitongche::config::Secret::new("figures")).await;
    sealer(&cast).settle().await.unwrap();
    let figures = async || cast.app.send_text("/metrics", "figures").await;
    assert!(cast.page("admin", "/health").await.html.contains("与本机签过的校验点一致"));
    assert!(figures().await.contains("ledger_signing_refused 0"));
    let good = program(&cast).run(&["check"]);
    assert!(good.says.contains("extends what this node signed"), "{}", good.says);

    let triggers = match engine {
        Engine::Sqlite => "DROP TRIGGER ledger_checkpoints_no_delete;",
        Engine::Postgres => "DROP TRIGGER ledger_checkpoints_no_change ON ledger_checkpoints;",
    };
    by_hand(&cast, &format!("{triggers} DELETE FROM ledger_checkpoints"));
    let page = cast.page("admin", "/health").await.html;
    assert!(page.contains("请立即处理") && page.contains("已不在数据库中"), "{page}");
    assert!(!figures().await.contains("ledger_signing_refused 0"));
    let bad = program(&cast).run(&["check"]);
    assert!(bad.code == 1 && bad.says.contains("has gone from its table"), "{}", bad.says);
    let aside = |file: &std::path::Path| {
        let aside = file.with_extension("aside");
        std::fs::rename(file, &aside).unwrap();
        aside
    };
    let file = cast.app.settings.ledger_key_file();
    let key = aside(&file);
    assert!(cast.page("admin", "/health").await.html.contains("签名密钥文件不在"));
    std::fs::rename(key, &file).unwrap();
    let file = cast.app.settings.token_key_file();
    let key = aside(&file);
    assert!(program(&cast).run(&["check"]).says.contains("tokens.key is missing"));
    std::fs::rename(key, &file).unwrap();
}
