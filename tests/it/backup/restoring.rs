//! A backup and what is put back from it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::unbounded_channel;
use zhitongche::app::backup::LastBackup;
use zhitongche::domain::clock::{Clock, Moment};

use super::{PASSPHRASE, PDF, at, beside, manuscripts, names, with_a_file};
use crate::support::cast::{Cast, complete};
use crate::support::database::{Engine, TestDatabase};

crate::both_databases!(
    a_backup_under_load_restores_to_a_whole_state,
    signing_goes_on_after_an_older_backup_only_with_a_reason,
    health_and_check_say_how_old_the_last_backup_is,
);

/// Authors who go on submitting on all sides.
const SIDES: usize = 8;

async fn a_backup_under_load_restores_to_a_whole_state(engine: Engine) {
    let cast = Arc::new(Cast::new(engine).await);
    let (dir, place) = (tempfile::tempdir().unwrap(), TestDatabase::new(engine));
    fs::write(dir.path().join("passphrase"), PASSPHRASE).unwrap();
    fs::write(dir.path().join("my.toml"), "[mail]\nsmtp_url = \"smtp://u:hidden@h\"\n").unwrap();
    let file = with_a_file(&cast, PDF).await;
    cast.seal().await;
    let (acknowledge, mut answers) = unbounded_channel();
    let enough = Arc::new(AtomicBool::new(false));
    for _ in 0..SIDES {
        let (cast, acknowledge, enough) = (Arc::clone(&cast), acknowledge.clone(), Arc::clone(&enough));
        actix_web::rt::spawn(async move {
            while !enough.load(Ordering::Relaxed) {
                let answer = cast.send("POST", "author", "/manuscripts", None, complete()).await;
                assert_eq!(answer.status, 201, "{}", answer.body);
                acknowledge.send(answer.body["id"].as_str().unwrap().to_owned()).unwrap();
            }
        });
    }
    drop(acknowledge);
    let mut before = Vec::new();
    while before.len() < 40 {
        before.push(answers.recv().await.unwrap());
    }
    let arguments = ["--config", "my.toml", "backup", "a.tar", "--with-keys", "--passphrase-file", "passphrase"];
    let ran = beside(&cast, dir.path(), &arguments).await;
    enough.store(true, Ordering::Relaxed);
    assert_eq!(ran.code, 0, "{}{}", ran.says, ran.complains);
    assert!(ran.says.contains("found whole") && ran.says.contains("1 attachments (0 were missing)"), "{}", ran.says);
    assert!(ran.says.contains("readable secrets: mail.smtp_url"), "{}", ran.says);
    let mut all = before.clone();
    while let Some(id) = answers.recv().await {
        all.push(id);
    }

    let checked = at(&place, dir.path(), &["backup", "--check", "a.tar", "--passphrase-file", "passphrase"]).await;
    assert_eq!((checked.code, checked.says.contains("a.tar: whole")), (0, true), "{}{}", checked.says, checked.complains);
    let restored = at(&place, dir.path(), &["restore", "a.tar", "--passphrase-file", "passphrase"]).await;
    assert_eq!(restored.code, 0, "{}{}", restored.says, restored.complains);
    assert!(restored.says.contains("chengjiang: good") && !restored.says.contains("BAD"), "{}", restored.says);
    let data = place.dir.path();
    assert_eq!(fs::read(data.join("attachments").join(&file)).unwrap(), PDF);
    assert_eq!(names(&data.join("secrets")), ["ledger.key", "tokens.key"]);
    assert_eq!(fs::read(data.join("secrets/ledger.key")).unwrap(), fs::read(cast.app.settings.ledger_key_file()).unwrap());
    assert!(data.join("settings-from-backup.toml").exists());
    let there = place.open().read(manuscripts).await.unwrap();
    let lost: Vec<_> = before.iter().filter(|id| !there.contains(id)).collect();
    assert!(lost.is_empty(), "answered before the backup began, and not in it: {lost:?}");
    assert!(there.len() <= all.len() + 1, "{} of {}", there.len(), all.len());
    let verified = at(&place, dir.path(), &["ledger", "verify"]).await;
    assert_eq!(verified.code, 0, "{}{}", verified.says, verified.complains);
}

async fn signing_goes_on_after_an_older_backup_only_with_a_reason(engine: Engine) {
    let cast = Cast::new(engine).await;
    let dir = tempfile::tempdir().unwrap();
    cast.submitted_by("author").await;
    cast.seal().await;
    // One that waits for its position in the backup.
    cast.submitted_by("author").await;
    assert_eq!(beside(&cast, dir.path(), &["backup", "a.tar"]).await.code, 0);
    cast.submitted_by("author").await;
    cast.seal().await;
    let places = [TestDatabase::new(engine), TestDatabase::new(engine), TestDatabase::new(engine)];
    for place in &places[..2] {
        let copied =
            std::process::Command::new("cp").arg("-a").arg(cast.app.settings.secrets_dir()).arg(place.dir.path()).status().unwrap();
        assert!(copied.success());
    }
    let silent = at(&places[0], dir.path(), &["restore", "a.tar"]).await;
    assert_eq!(silent.code, 0, "{}{}", silent.says, silent.complains);
    assert!(silent.says.contains("nothing is signed until you say `zhitongche ledger resume --reason"), "{}", silent.says);
    let verified = at(&places[0], dir.path(), &["ledger", "verify"]).await;
    assert!(verified.code == 1 && verified.says.contains("were removed"), "what was signed is remembered: {}", verified.says);
    let follows = ["stands in its table", "was changed"].iter().any(|words| verified.says.contains(words));
    assert!(!follows, "what waited is no other difference: {}", verified.says);
    let resumed = at(&places[1], dir.path(), &["restore", "a.tar", "--resume", "the disk failed"]).await;
    assert_eq!(resumed.code, 0, "{}{}", resumed.says, resumed.complains);
    assert!(resumed.says.contains("chengjiang: goes on") && resumed.says.contains("chengjiang: good"), "{}", resumed.says);
    assert_eq!(at(&places[1], dir.path(), &["ledger", "checkpoint"]).await.code, 0);
    assert_eq!(at(&places[1], dir.path(), &["ledger", "verify"]).await.code, 0);
    // Without its keys the place can be looked at, and says what it lacks.
    let keyless = at(&places[2], dir.path(), &["restore", "a.tar"]).await;
    assert_eq!(keyless.code, 0, "{}{}", keyless.says, keyless.complains);
    assert!(
        keyless.says.contains("put them there before the start") && keyless.says.contains("compare it with the auditors'"),
        "{}",
        keyless.says
    );
}

async fn health_and_check_say_how_old_the_last_backup_is(engine: Engine) {
    let cast = Cast::new(engine).await;
    let dir = tempfile::tempdir().unwrap();
    let now = Clock::System.now();
    assert!(cast.page("admin", "/health").await.html.contains("没有备份记录"));
    let finding = async |expected: &str| {
        let says = beside(&cast, dir.path(), &["check", "--json"]).await.says;
        let all: Vec<serde_json::Value> = serde_json::from_str(&says).unwrap();
        let one = all.into_iter().find(|one| one["what"] == "backup").unwrap();
        assert!(one["says"].as_str().unwrap().contains(expected), "{one}");
        one["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(finding("none on record").await, "warning");
    fs::create_dir(dir.path().join("kept")).unwrap();
    assert_eq!(beside(&cast, dir.path(), &["backup", "kept/", "--keep", "2"]).await.code, 0);
    assert_eq!(finding("the last good one was made at").await, "good");
    assert!(cast.page("admin", "/health").await.html.contains("最近一份完好的备份"));
    let long_ago = Moment::from_micros(now.micros() - 3 * 86_400_000_000);
    LastBackup::note(&cast.app.settings, long_ago, Ok(0)).unwrap();
    assert_eq!(finding("is 3 days old").await, "warning");
}
