//! Working days: each channel has its own over a default of the installation, and every node knows of a change at once.

use serde_json::{Value, json};
use zhitongche::app::calendars;
use zhitongche::domain::calendar::YearFile;
use zhitongche::domain::ids::{AnyId, ChannelId};

use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;
use crate::support::program::Program;

crate::both_databases!(
    a_year_of_one_channel_changes_that_channel_alone,
    the_default_holds_where_a_channel_has_none_of_its_own,
    another_node_counts_with_it_at_once,
    two_days_changed_at_once_both_stand,
    a_year_without_working_days_is_refused
);

/// The year 2026 with one more week off, from Monday 23 November.
fn week_off() -> Value {
    json!({"rest": [{"name": "停电", "from": "2026-11-23", "to": "2026-11-27", "make_up": []}]})
}

async fn working_days(cast: &Cast, login: &str, year: i64) -> i64 {
    let known = cast.get(login, "/calendar").await.body;
    let found = known["items"].as_array().unwrap().iter().find(|one| one["year"] == year).cloned();
    found.map_or(0, |one| one["working_days"].as_i64().unwrap())
}

/// When a manuscript that is handed in now is due at the reviewers'.
async fn due(cast: &Cast, author: &str, reviewer: &str) -> String {
    let made = cast.send("POST", author, "/manuscripts", None, complete()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let read = cast.get(reviewer, &format!("/manuscripts/{}", made.body["id"].as_str().unwrap())).await.body;
    read["where_is_it"]["due_at"].as_str().unwrap().to_owned()
}

async fn a_year_of_one_channel_changes_that_channel_alone(engine: Engine) {
    let cast = Cast::new(engine).await;
    let other = cast.other_channel().await;
    let before = (working_days(&cast, "author", 2026).await, due(&cast, "author", "reviewer").await);
    assert_eq!(before, (working_days(&cast, "other-author", 2026).await, due(&cast, "other-author", "other-reviewer").await));
    assert_eq!(cast.send("PUT", "admin", "/calendar/2026", None, week_off()).await.status, 204);
    let after = (working_days(&cast, "author", 2026).await, due(&cast, "author", "reviewer").await);
    assert!(after.0 != before.0 && after.1 > before.1, "{before:?} {after:?}");
    let there = (working_days(&cast, "other-author", 2026).await, due(&cast, "other-author", "other-reviewer").await);
    assert_eq!(there, before, "the other channel counts as before");
    // A single day as well, by its administrator.
    let set = |works: &'static str| [("day", "2026-11-24"), ("works", works)];
    assert_eq!(cast.form("other-admin", "/calendar/days", &set("no")).await.status, 303);
    assert_eq!(working_days(&cast, "author", 2026).await, after.0);
    assert_eq!(working_days(&cast, "other-author", 2026).await, before.0 - 1);
    // Each entry stands in the ledger of its own channel.
    let loads = |channel| {
        let chains = cast.chains("calendar", channel);
        chains.into_iter().map(|chain| cast.acts(AnyId(chain))).collect::<Vec<_>>()
    };
    assert_eq!(loads(cast.channel), [["load"]]);
    assert_eq!(loads(other), [["load"]]);
}

fn year(text: &Value, year: i32) -> YearFile {
    let mut file = text.clone();
    file["year"] = json!(year);
    serde_json::from_value(file).unwrap()
}

async fn the_default_holds_where_a_channel_has_none_of_its_own(engine: Engine) {
    let cast = Cast::new(engine).await;
    let other = cast.other_channel().await;
    let next = json!({"rest": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03", "make_up": []}]});
    assert_eq!(cast.send("PUT", "admin", "/calendar/2027", None, next.clone()).await.status, 204);
    let own = working_days(&cast, "author", 2027).await;
    assert_eq!(working_days(&cast, "other-author", 2027).await, 0, "nothing is known there");
    let longer = json!({"rest": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-08", "make_up": []}]});
    let file = year(&longer, 2027);
    cast.desk().write("command line", move |tx| calendars::load_for_all(tx, &file)).await.unwrap();
    assert_eq!(working_days(&cast, "author", 2027).await, own, "its own year goes before");
    assert_eq!(working_days(&cast, "other-author", 2027).await, own - 5);
    let loaded = [cast.channel, other, ChannelId::INSTALLATION].map(|channel| cast.chains("calendar", channel).len());
    assert_eq!(loaded, [1, 0, 1], "the default's entry stands in the installation's ledger");
    let bad = year(&json!({"rest": [{"name": "元旦", "from": "2027-01-03", "to": "2027-01-01"}]}), 2027);
    assert!(cast.desk().write("command line", move |tx| calendars::load_for_all(tx, &bad)).await.is_err());
}

async fn another_node_counts_with_it_at_once(engine: Engine) {
    let cast = Cast::new(engine).await;
    let channel = cast.channel;
    let node = zhitongche::server::database::app(&cast.app.settings, &cast.app.clock).unwrap();
    let days = async || {
        let known = node.read(move |tx| calendars::years(tx, channel)).await.unwrap();
        known.iter().find(|one| one.year == 2026).unwrap().working_days
    };
    let before = days().await;
    for (more, works) in [(-5, week_off()), (0, shipped())] {
        assert_eq!(cast.send("PUT", "admin", "/calendar/2026", None, works).await.status, 204);
        if more == 0 {
            assert_eq!(days().await, before);
        } else {
            assert_ne!(days().await, before);
        }
    }
}

/// The year as it comes with the program.
fn shipped() -> Value {
    let file = YearFile::shipped().unwrap().into_iter().find(|file| file.year == 2026).unwrap();
    json!({"rest": serde_json::to_value(file.rest).unwrap()})
}

async fn a_year_without_working_days_is_refused(engine: Engine) {
    let cast = Cast::new(engine).await;
    let before = working_days(&cast, "author", 2026).await;
    for to in ["2026-12-31", "2026-12-01", "2026-04-30"] {
        let arrangement = json!({"rest": [{"name": "元旦", "from": "2026-01-01", "to": to, "make_up": []}]});
        let refused = cast.send("PUT", "admin", "/calendar/2026", None, arrangement).await;
        assert_eq!(refused.status, 422, "{to}");
        let error = &refused.body["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!("rest"), &json!("few_working_days")));
        assert!(error["message"].as_str().is_some_and(|why| why.contains("200")), "{error}");
    }
    assert_eq!(working_days(&cast, "author", 2026).await, before);
}

async fn two_days_changed_at_once_both_stand(engine: Engine) {
    let cast = Cast::new(engine).await;
    let before = working_days(&cast, "author", 2026).await;
    let set = async |day: &'static str| cast.form("admin", "/calendar/days", &[("day", day), ("works", "no")]).await;
    let days = ["2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"];
    let done = futures_util::future::join_all(days.iter().map(|day| set(day))).await;
    assert!(done.iter().all(|one| one.status == 303));
    assert_eq!(working_days(&cast, "author", 2026).await, before - 4);
}

#[test]
fn the_command_line_loads_a_year_for_all_channels() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path());
    assert_eq!(program.run(&["channel", "add", "--code", "county", "--name", "县"]).code, 0);
    let known = |more: &[&str]| -> Vec<i64> {
        let ran = program.run(&[&["calendar", "list", "--json"], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.complains);
        let years: Vec<Value> = serde_json::from_str(&ran.says).unwrap();
        years.iter().map(|one| one["year"].as_i64().unwrap()).collect()
    };
    assert_eq!(known(&[]), [2025, 2026]);
    let file = dir.path().join("2027.toml");
    let load = |text: &str| {
        std::fs::write(&file, text).unwrap();
        program.run(&["calendar", "load", "2027.toml"])
    };
    let wrong = load("year = 2027\n[[rest]]\nname = \"元旦\"\nfrom = \"2027-01-03\"\nto = \"2027-01-01\"\n");
    assert!(wrong.code == 1 && wrong.complains.starts_with("error: rest: "), "{}", wrong.complains);
    assert_eq!(known(&[]), [2025, 2026], "nothing was loaded");
    let right = load("year = 2027\n[[rest]]\nname = \"元旦\"\nfrom = \"2027-01-01\"\nto = \"2027-01-03\"\n");
    assert_eq!((right.code, right.says.as_str()), (0, "loaded 2027 for all channels that have none of their own\n"), "{}", right.complains);
    assert_eq!((known(&[]), known(&["--channel", "county"])), (vec![2025, 2026, 2027], vec![2025, 2026, 2027]));
}
