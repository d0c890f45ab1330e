//! Backups: taken under load, refused when they are not what they were, put back, and the database's file after a clean stop.

mod clean_stop;
mod daily;
mod failing;
mod programs;
mod restoring;

use std::path::{Path, PathBuf};

use diesel::prelude::*;
use zhitongche::store::schema::manuscripts;
use zhitongche::store::{AnyConn, StoreError};

use crate::support::cast::{Cast, complete};
use crate::support::database::TestDatabase;
use crate::support::program::{Program, Ran};

/// A passphrase, as its file has it.
const PASSPHRASE: &str = "correct horse battery staple\n";
const PDF: &[u8] = b"%PDF-1.7 a report";

/// Runs commands on this database, with its files in this folder.
fn program<'a>(dir: &'a Path, url: &str, data_dir: &Path) -> Program<'a> {
    Program::new(dir)
        .with("DATABASE__URL", url)
        .with("SERVER__DATA_DIR", data_dir.display().to_string())
        .with("MAIL__TRANSPORT", "memory")
        .with("LIMITS__REQUESTS_PER_MINUTE_ACCOUNT", "0")
        .with("LIMITS__REQUESTS_PER_MINUTE_ADDRESS", "0")
}

/// A command beside the running server of a test.
async fn beside(cast: &Cast, dir: &Path, arguments: &[&str]) -> Ran {
    let (settings, dir) = (cast.app.settings.clone(), dir.to_owned());
    let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
    let run = move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program(&dir, settings.database.url.expose(), &settings.server.data_dir).run(&arguments)
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// A command in an empty place.
async fn at(place: &TestDatabase, dir: &Path, arguments: &[&str]) -> Ran {
    let (url, data, dir) = (place.url.clone(), place.dir.path().to_owned(), dir.to_owned());
    let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
    let run = move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program(&dir, &url, &data).run(&arguments)
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// The ids of all manuscripts.
fn manuscripts(conn: &mut AnyConn) -> Result<Vec<String>, StoreError> {
    let ids: Vec<zhitongche::domain::ids::ManuscriptId> = manuscripts::table.select(manuscripts::id).load(conn)?;
    Ok(ids.iter().map(ToString::to_string).collect())
}

/// A manuscript that was handed in with a file; the file's hash.
async fn with_a_file(cast: &Cast, content: &[u8]) -> String {
    let mut form = complete();
    form.as_object_mut().unwrap().remove("submit");
    let id = cast.send("POST", "author", "/manuscripts", None, form).await.body["id"].as_str().unwrap().to_owned();
    let added = cast.upload("author", &format!("/manuscripts/{id}/attachments"), "a.pdf", content).await;
    assert_eq!(added.status, 201, "{}", added.body);
    cast.act("author", &id, "submission", serde_json::Value::Null).await;
    added.body["sha256"].as_str().unwrap().to_owned()
}

/// What lies in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = list(folder).iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn list(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}
