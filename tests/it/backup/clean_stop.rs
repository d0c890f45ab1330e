//! After a clean end SQLite's main file alone is the whole database.

use std::fs;

use reqwest::blocking::Client;
use zhitongche::config::Settings;
use zhitongche::domain::clock::Clock;
use zhitongche::server;
use zhitongche::store::limits::DatabaseTimeouts;
use zhitongche::store::opener::Opener;
use zhitongche::store::snapshot;

use super::{manuscripts, program};
use crate::support::cast::{self, complete};
use crate::support::database::{Engine, TestDatabase};
use crate::support::program::Program;

/// Copies the main file alone and opens the copy: its manuscripts, once SQLite finds nothing wrong.
fn alone(main: &std::path::Path) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("alone.db");
    fs::copy(main, &copy).unwrap();
    let limits = DatabaseTimeouts::from(&Settings::defaults_in(folder.path()).unwrap().database);
    let mut conn = Opener::new(&format!("sqlite://{}", copy.display()), limits).unwrap().open().unwrap();
    assert_eq!(snapshot::integrity(&mut conn).unwrap(), Vec::<String>::new());
    manuscripts(&mut conn).unwrap()
}

#[test]
fn after_a_clean_stop_the_main_file_alone_is_the_database() {
    let database = TestDatabase::with_schema(Engine::Sqlite);
    cast::put(&server::database::app(&database.settings(), &Clock::System).unwrap(), "chengjiang");
    let data = database.dir.path();
    let server = program(data, &database.url, data).serve();
    let mut submitted = Vec::new();
    for _ in 0..20 {
        let post = Client::new().post(format!("{}/api/v1/manuscripts", server.url)).bearer_auth("token-author").json(&complete());
        let body: serde_json::Value = post.send().unwrap().json().unwrap();
        submitted.push(body["id"].as_str().unwrap().to_owned());
    }
    server.terminate();
    let (code, log) = server.ended();
    assert_eq!(code, 0, "{log}");
    let mut there = alone(&data.join("test.db"));
    there.sort();
    submitted.sort();
    assert_eq!(there, submitted);
}

#[test]
fn after_a_command_the_main_file_alone_is_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path());
    let ran = program.run(&["channel", "add", "--code", "chengjiang", "--name", "澄江直通车"]);
    assert_eq!(ran.code, 0, "{}", ran.complains);
    assert_eq!(alone(&dir.path().join("data/zhitongche.db")), Vec::<String>::new());
    let log = dir.path().join("data/zhitongche.db-wal");
    assert_eq!(fs::metadata(log).map_or(0, |found| found.len()), 0);
}
