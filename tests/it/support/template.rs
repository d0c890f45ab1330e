//! One database with the schema, made once and copied by every test: the migrations take longer than most tests.
//!
//! It belongs to this very test binary of this working copy, which removes those of its predecessors. Tests run as processes of their own,
//! so a lock on a file says who makes it.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use diesel::connection::Connection;
use diesel::pg::PgConnection;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use zhitongche::app::ledger::adoption;
use zhitongche::config::{Secret, Settings};
use zhitongche::domain::clock::Clock;
use zhitongche::server::database;
use zhitongche::store::migrate;

use super::cluster;
use super::database::{administer, url_of};

/// What the names of this working copy's templates begin with: other copies may use the same server.
fn prefix() -> String {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    format!("ztc_template_{:x}_", hasher.finish())
}

/// Copies the template to `path`.
pub(crate) fn copy_file(path: &Path) {
    let made = folder().join(format!("{}.db", name()));
    let _lock = lock();
    if !made.exists() {
        remove_files_of_older_binaries();
        let fresh = made.with_extension("new");
        drop(fs::remove_file(&fresh));
        bring_up_to_date(&format!("sqlite://{}", fresh.display()));
        fs::rename(&fresh, &made).expect("the template is given its name");
    }
    fs::copy(made, path).expect("the template is copied");
}

/// Makes a database of PostgreSQL as a copy of the template.
pub(crate) fn copy_database(copy: &str) {
    let made = name();
    {
        let _lock = lock();
        let mut connection = PgConnection::establish(cluster::url()).expect("the PostgreSQL server of the test run answers");
        let templates = templates(&mut connection);
        if !templates.contains(&made) {
            for older in templates {
                administer(&format!("DROP DATABASE IF EXISTS {older} WITH (FORCE)"));
            }
            let fresh = format!("fresh_{made}");
            administer(&format!("DROP DATABASE IF EXISTS {fresh} WITH (FORCE)"));
            administer(&format!("CREATE DATABASE {fresh}"));
            bring_up_to_date(&url_of(&fresh));
            administer(&format!("ALTER DATABASE {fresh} RENAME TO {made}"));
        }
    }
    administer(&format!("CREATE DATABASE {copy} TEMPLATE {made}"));
}

fn bring_up_to_date(url: &str) {
    let mut settings = Settings::defaults_in(&folder()).expect("the defaults are usable");
    settings.database.url = Secret::new(url.to_owned());
    let mut conn = database::connect(&settings).expect("the template's database opens");
    migrate::run(&mut conn).expect("the migrations run");
    adoption::adopt(&mut conn, &Clock::System).expect("the empty tables are taken up");
}

/// Of the binary that runs: another one may have other migrations.
fn name() -> String {
    let binary = std::env::current_exe().and_then(fs::metadata).expect("the test binary is a file");
    let changed = binary.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).expect("the binary has a time");
    format!("{}{}_{}", prefix(), changed.as_micros(), binary.len())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

fn lock() -> File {
    let file = File::create(folder().join("templates.lock")).expect("the lock's file");
    file.lock().expect("the lock");
    file
}

fn remove_files_of_older_binaries() {
    for entry in fs::read_dir(folder()).expect("the folder of templates").flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix()) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

fn templates(connection: &mut PgConnection) -> Vec<String> {
    let query = sql_query(format!("SELECT datname::text AS name FROM pg_database WHERE datname LIKE '{}%'", prefix()));
    query.load::<Name>(connection).expect("the databases are listed").into_iter().map(|row| row.name).collect()
}
