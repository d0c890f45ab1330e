//! The backup of every day: once for all nodes, made up for after an outage, tried again, given up in sight of everybody.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::web;
use chrono::Duration;
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::app::App;
use zhitongche::app::backup::{self, BackupError, BackupRequest, BackupTarget, LastBackup};
use zhitongche::config::Settings;
use zhitongche::domain::clock::Clock;
use zhitongche::domain::job::{JobFault, JobState};
use zhitongche::jobs::kinds::Lane;
use zhitongche::jobs::{JobContext, Runner};
use zhitongche::store::StoreError;
use zhitongche::store::jobs::JobRow;
use zhitongche::store::schema::jobs;

use super::{PASSPHRASE, PDF, beside, names, with_a_file};
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    one_is_made_each_night_for_all_nodes,
    a_night_that_was_missed_is_made_up_for_once,
    a_failure_is_tried_again_and_given_up_in_sight_of_all,
    the_age_shows_on_all_doors_of_all_nodes,
    a_backup_that_is_told_to_end_leaves_nothing_and_has_not_failed,
    attachments_that_it_lacks_are_told,
    an_administrator_asks_for_one_now,
    two_installations_with_one_folder_remove_each_their_own,
);

/// The folder of backups, beside the data of a test.
fn kept(settings: &Settings) -> PathBuf {
    settings.server.data_dir.join("kept")
}

/// A channel whose nodes make a backup every night at half past two.
async fn cast(engine: Engine) -> Cast {
    Cast::with(engine, |settings| {
        settings.metrics.token = zhitongche::config::Secret::new("figures");
        settings.backup.folder = Some(kept(settings));
        settings.backup.keep = 3;
    })
    .await
}

fn node(desk: &App) -> Runner {
    Runner::new(JobContext::new(desk.clone()).unwrap())
}

/// Lets each of these nodes look for daily work, and then do what it finds.
async fn work(nodes: &[Runner]) -> usize {
    let nodes = nodes.to_vec();
    let work = move || {
        nodes.iter().for_each(|node| node.schedule().unwrap());
        nodes
            .iter()
            .map(|node| std::iter::from_fn(|| node.run_one(Lane::Long).unwrap()).filter(|kind| kind.as_str() == "backup").count())
            .sum()
    };
    web::block(work).await.unwrap()
}

async fn rows(cast: &Cast) -> Vec<JobRow> {
    let read = |conn: &mut zhitongche::store::AnyConn| {
        Ok::<_, StoreError>(jobs::table.filter(jobs::kind.eq("backup")).order(jobs::id).load(conn)?)
    };
    cast.desk().db.read(read).await.unwrap()
}

/// Turns the clock to this time of UTC, 8 hours behind Beijing.
fn at(cast: &Cast, time: &str) {
    cast.app.clock.set(time.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into());
}

fn archives(folder: &Path) -> Vec<String> {
    names(folder).into_iter().filter(|name| name.ends_with(".tar")).collect()
}

async fn one_is_made_each_night_for_all_nodes(engine: Engine) {
    let cast = cast(engine).await;
    let folder = kept(cast.desk().settings.as_ref());
    let mut without = cast.desk().clone();
    let mut settings = cast.app.settings.clone();
    settings.backup.folder = None;
    without.settings = Arc::new(settings);
    let (without, nodes) = (node(&without), [node(cast.desk()), node(cast.desk())]);
    at(&cast, "2026-11-20T18:30:00Z");
    assert_eq!((work(std::slice::from_ref(&without)).await, rows(&cast).await.len()), (0, 0), "a node without a folder asks for none");
    web::block({
        let nodes = nodes.clone();
        move || nodes.iter().for_each(|node| node.schedule().unwrap())
    })
    .await
    .unwrap();
    assert_eq!((work(std::slice::from_ref(&without)).await, rows(&cast).await.len()), (0, 1), "and takes none");
    assert_eq!(work(&nodes).await, 1);
    assert_eq!(archives(&folder), ["zhitongche-20261120T183000Z.tar"]);
    at(&cast, "2026-11-21T18:29:59Z");
    assert_eq!(work(&nodes).await, 0);
    at(&cast, "2026-11-21T18:30:00Z");
    std::thread::scope(|scope| {
        for node in &nodes {
            scope.spawn(|| {
                node.schedule().unwrap();
                while node.run_one(Lane::Long).unwrap().is_some() {}
            });
        }
    });
    assert_eq!(archives(&folder), ["zhitongche-20261120T183000Z.tar", "zhitongche-20261121T183000Z.tar"]);
    let all = rows(&cast).await;
    assert!(all.len() == 2 && all.iter().all(|row| row.state == JobState::Done && row.attempts == 1), "{all:?}");
}

async fn a_night_that_was_missed_is_made_up_for_once(engine: Engine) {
    let cast = Cast::with(engine, |settings| {
        settings.backup.folder = Some(kept(settings));
        settings.backup.keep = 2;
        settings.backup.passphrase_file = Some(settings.server.data_dir.join("passphrase"));
    })
    .await;
    fs::write(cast.app.settings.backup.passphrase_file.as_ref().unwrap(), PASSPHRASE).unwrap();
    let (folder, nodes) = (kept(cast.desk().settings.as_ref()), [node(cast.desk())]);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    for (time, made) in [
        ("2026-11-20T18:31:00Z", 1),
        // Nobody worked for three nights; at nine in the morning of the fourth somebody does.
        ("2026-11-24T01:00:00Z", 1),
        ("2026-11-24T18:29:00Z", 0),
        ("2026-11-24T18:30:30Z", 1),
    ] {
        at(&cast, time);
        assert_eq!(work(&nodes).await, made, "{time}");
    }
    assert_eq!(names(&folder), ["notes.txt", "zhitongche-20261124T010000Z.tar", "zhitongche-20261124T183030Z.tar"], "the newest two stay");
    let newest = folder.join("zhitongche-20261124T183030Z.tar").display().to_string();
    let dir = cast.app.settings.server.data_dir.clone();
    let checked = beside(&cast, &dir, &["backup", "--check", &newest, "--passphrase-file", "passphrase"]).await;
    assert!(checked.code == 0 && checked.says.contains("with its keys, encrypted"), "{}{}", checked.says, checked.complains);
}

async fn finding(cast: &Cast, what: &str) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let settings = format!("[backup]\nfolder = {:?}\n", kept(cast.desk().settings.as_ref()).display().to_string());
    fs::write(dir.path().join("my.toml"), settings).unwrap();
    let says = beside(cast, dir.path(), &["--config", "my.toml", "check", "--json"]).await.says;
    let all: Vec<Value> = serde_json::from_str(&says).unwrap();
    all.into_iter().find(|one| one["what"] == what).unwrap()
}

async fn figures(cast: &Cast) -> Vec<String> {
    let text = cast.app.request(Method::GET, "/metrics", "figures").send().await.unwrap().text().await.unwrap();
    text.lines().filter(|line| line.starts_with("backup_") || line.starts_with("jobs_dead")).map(str::to_owned).collect()
}

/// The line of the health page that speaks of backups.
async fn health(cast: &Cast) -> String {
    let html = cast.page("admin", "/health").await.html;
    let begin = html.find("id=\"health-backup\"").unwrap_or_else(|| panic!("{html}"));
    html[begin..].split("id=\"health-").nth(1).map(str::to_owned).unwrap()
}

async fn a_failure_is_tried_again_and_given_up_in_sight_of_all(engine: Engine) {
    let cast = cast(engine).await;
    let (folder, nodes) = (kept(cast.desk().settings.as_ref()), [node(cast.desk())]);
    let hash = with_a_file(&cast, PDF).await;
    at(&cast, "2026-11-20T18:30:00Z");
    assert_eq!(work(&nodes).await, 1);
    let before = fs::read(folder.join("zhitongche-20261120T183000Z.tar")).unwrap();
    assert_eq!(figures(&cast).await, ["jobs_dead 0", "backup_failing 0", "backup_age_seconds 0"]);
    // What can't be read breaks the archive off in the middle.
    let attachment = cast.app.settings.attachments_dir().join(&hash);
    fs::remove_file(&attachment).unwrap();
    fs::create_dir(&attachment).unwrap();
    at(&cast, "2026-11-21T18:30:00Z");
    work(&nodes).await;
    let row = rows(&cast).await.pop().unwrap();
    assert_eq!((row.state, row.attempts, row.fault), (JobState::Waiting, 1, Some(JobFault::Failed)));
    assert_eq!(figures(&cast).await, ["jobs_dead 0", "backup_failing 1", "backup_age_seconds 86400"]);
    let mut tries = 1;
    while rows(&cast).await.pop().unwrap().state == JobState::Waiting {
        cast.app.clock.advance(Duration::hours(1));
        work(&nodes).await;
        tries += 1;
    }
    let row = rows(&cast).await.pop().unwrap();
    assert_eq!((row.state, tries, rows(&cast).await.len()), (JobState::Dead, cast.app.settings.jobs.max_attempts, 2));
    assert!(row.error.as_ref().unwrap().contains("There is no archive of this attempt"), "{row:?}");
    assert_eq!(names(&folder), ["zhitongche-20261120T183000Z.tar"], "nothing half-written is left");
    assert_eq!(fs::read(folder.join("zhitongche-20261120T183000Z.tar")).unwrap(), before, "the older one is as it was");
    let line = health(&cast).await;
    assert!(line.contains("tag-late") && line.contains("There is no archive") && line.contains("href=\"/jobs?kind=backup\""), "{line}");
    let page = cast.page("admin", "/jobs?state=dead&kind=backup").await.html;
    assert!(page.contains("备份") && page.contains("试过 10 次") && page.contains("再试"), "{page}");
    let bad = finding(&cast, "backup").await;
    assert_eq!(bad["state"], "bad", "{bad}");
    assert!(bad["says"].as_str().unwrap().contains("it was given up at"), "{bad}");
    assert_eq!(figures(&cast).await[..2], ["jobs_dead 1".to_owned(), "backup_failing 1".to_owned()]);
    // The cause is removed, and the administrator lets it run again.
    fs::remove_dir(&attachment).unwrap();
    fs::write(&attachment, PDF).unwrap();
    assert_eq!(cast.post("admin", &format!("/jobs/{}/retry", row.id), Value::Null).await.status, 204);
    assert_eq!(work(&nodes).await, 1);
    assert_eq!(figures(&cast).await, ["jobs_dead 0", "backup_failing 0", "backup_age_seconds 0"]);
    let line = health(&cast).await;
    assert!(!line.contains("tag-late") && line.contains("最近一份完好的备份"), "{line}");
}

async fn the_age_shows_on_all_doors_of_all_nodes(engine: Engine) {
    let cast = cast(engine).await;
    assert_eq!(figures(&cast).await, ["jobs_dead 0", "backup_failing 0"], "no age where there is none");
    at(&cast, "2026-11-20T18:30:00Z");
    assert_eq!(work(&[node(cast.desk())]).await, 1);
    // A node that has made none itself knows it from the job.
    fs::remove_file(cast.app.settings.server.data_dir.join("last-backup.json")).unwrap();
    cast.app.clock.advance(Duration::hours(47));
    assert_eq!(figures(&cast).await, ["jobs_dead 0", "backup_failing 0", "backup_age_seconds 169200"]);
    let line = health(&cast).await;
    assert!(!line.contains("tag-late") && line.contains("最近一份完好的备份"), "{line}");
    cast.app.clock.advance(Duration::hours(2));
    assert_eq!(figures(&cast).await, ["jobs_dead 0", "backup_failing 0", "backup_age_seconds 176400"]);
    let line = health(&cast).await;
    assert!(line.contains("tag-late"), "{line}");
    // The command has the clock of the machine.
    for (days, state, says) in
        [(0, "good", "the last good one was made at"), (3, "warning", "is 3 days old: see that `serve` or `work` runs")]
    {
        let done = Clock::System.now() + Duration::days(-days);
        let set = move |conn: &mut zhitongche::store::AnyConn| {
            Ok::<_, StoreError>(diesel::update(jobs::table.filter(jobs::kind.eq("backup"))).set(jobs::done_at.eq(done)).execute(conn)?)
        };
        assert_eq!(cast.desk().db.write(set).await.unwrap(), 1);
        let found = finding(&cast, "backup").await;
        assert!(found["state"] == state && found["says"].as_str().unwrap().contains(says), "{found}");
    }
    let next = finding(&cast, "next backup").await;
    assert!(next["state"] == "good" && next["says"].as_str().unwrap().contains("every day at 02:30 by Beijing time"), "{next}");
}

async fn a_backup_that_is_told_to_end_leaves_nothing_and_has_not_failed(engine: Engine) {
    let cast = cast(engine).await;
    with_a_file(&cast, PDF).await;
    let (settings, clock) = (cast.app.settings.clone(), cast.app.clock.clone());
    let folder = kept(&settings);
    let ended = |at: &'static str| {
        let (settings, clock, folder) = (settings.clone(), clock.clone(), folder.clone());
        web::block(move || {
            let order = BackupRequest { target: BackupTarget::Folder(folder), keys: None, keep: 0, watch: &|step| step.what != at };
            matches!(backup::write(&settings, &clock, &order), Err(BackupError::Ended))
        })
    };
    for at in ["database", "attachments", "verified"] {
        assert!(ended(at).await.unwrap(), "{at}");
        assert_eq!(names(&folder), Vec::<String>::new(), "{at}");
    }
    assert_eq!(LastBackup::load(&settings), LastBackup::default());
}

async fn attachments_that_it_lacks_are_told(engine: Engine) {
    let cast = cast(engine).await;
    let hash = with_a_file(&cast, PDF).await;
    cast.tampers();
    fs::remove_file(cast.app.settings.attachments_dir().join(&hash)).unwrap();
    at(&cast, "2026-11-20T18:30:00Z");
    assert_eq!(work(&[node(cast.desk())]).await, 1);
    let line = health(&cast).await;
    assert!(line.contains("缺 1 个附件"), "{line}");
    assert_eq!(cast.post("admin", "/jobs/retry", json!({})).await.body, json!({"retried": 0}), "there is nothing to be tried again");
}

async fn an_administrator_asks_for_one_now(engine: Engine) {
    let cast = cast(engine).await;
    let folder = kept(cast.desk().settings.as_ref());
    at(&cast, "2026-11-20T18:30:00Z");
    assert_eq!(work(&[node(cast.desk())]).await, 1);
    assert!(cast.page("admin", "/jobs").await.html.contains("现在备份"));
    assert_eq!(cast.form("auditor", "/jobs/backup", &[]).await.status, 403);
    for _ in 0..2 {
        assert_eq!(cast.form("admin", "/jobs/backup", &[]).await.location, "/jobs?kind=backup&done=backup-begun");
    }
    for _ in 0..2 {
        let request = cast.request(Method::POST, "admin", "/backups").header("Idempotency-Key", "once");
        assert_eq!(cast.app.send(request).await.status, 204, "a repeat is answered as the first one");
    }
    assert_eq!(rows(&cast).await.len(), 2, "one waits already");
    cast.app.clock.advance(Duration::minutes(5));
    assert_eq!(work(&[node(cast.desk())]).await, 1);
    assert_eq!(archives(&folder), ["zhitongche-20261120T183000Z.tar", "zhitongche-20261120T183500Z.tar"]);
    cast.seal().await;
    assert!(cast.page("auditor", "/ledger?act=job").await.html.contains("安排备份"));
    let without = Cast::new(engine).await;
    assert!(!without.page("admin", "/jobs").await.html.contains("现在备份"));
    let refused = without.post("admin", "/backups", Value::Null).await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (422, &json!("backup.folder")), "{}", refused.body);
}

async fn two_installations_with_one_folder_remove_each_their_own(engine: Engine) {
    let shared = tempfile::tempdir().unwrap();
    let folder = shared.path().to_owned();
    let keeping_one = |settings: &mut Settings| {
        settings.backup.folder = Some(folder.clone());
        settings.backup.keep = 1;
    };
    let (one, other) = (Cast::with(engine, keeping_one).await, Cast::with(engine, keeping_one).await);
    for (cast, time) in [(&one, "2026-11-20T18:30:00Z"), (&other, "2026-11-20T18:31:00Z"), (&one, "2026-11-21T18:32:00Z")] {
        at(cast, time);
        assert_eq!(work(&[node(cast.desk())]).await, 1);
    }
    assert_eq!(archives(&folder), ["zhitongche-20261120T183100Z.tar", "zhitongche-20261121T183200Z.tar"]);
}
