//! PostgreSQL's programs that are missing, of another version, or fail: told in words that say what to do, and nothing half-written is left.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use zhitongche::store::{StoreError, snapshot};

use super::{PDF, names, program, with_a_file};
use crate::support::cast::Cast;
use crate::support::database::{Engine, TestDatabase};
use crate::support::program::Ran;

crate::both_databases!(a_backup_says_which_program_it_needs, a_restore_says_which_program_it_needs_and_writes_nothing);

/// A program of PostgreSQL that says this version and does this.
fn put(folder: &Path, name: &str, version: u32, does: &str) {
    let path = folder.join(name);
    let script = format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo '{name} (PostgreSQL) {version}.2 (Debian)'; exit; fi\n{does}\n");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A command that finds PostgreSQL's programs in this folder alone.
async fn with_programs(url: &str, data: &Path, dir: &Path, arguments: &[&str]) -> Ran {
    let (url, data, dir) = (url.to_owned(), data.to_owned(), dir.to_owned());
    let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
    let run = move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let program = program(&dir, &url, &data).with("BACKUP__POSTGRES_PROGRAMS", "programs").with("BACKUP__FOLDER", "kept");
        program.run(&arguments)
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

async fn server(cast: &Cast) -> u32 {
    cast.desk().db.read(|conn| Ok::<_, StoreError>(snapshot::server_major(conn)?.unwrap_or_default())).await.unwrap()
}

async fn a_backup_says_which_program_it_needs(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (dir, settings) = (tempfile::tempdir().unwrap(), cast.app.settings.clone());
    let programs = dir.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let run =
        async |arguments: &[&str]| with_programs(settings.database.url.expose(), &settings.server.data_dir, dir.path(), arguments).await;
    if engine == Engine::Sqlite {
        let ran = run(&["backup"]).await;
        assert_eq!((ran.code, names(&dir.path().join("kept")).len()), (0, 1), "SQLite needs none: {}", ran.complains);
        return;
    }
    let needed = server(&cast).await;
    let refused = async |expected: &str| {
        for arguments in [&["backup"][..], &["check"]] {
            let ran = run(arguments).await;
            let said = ran.says.clone() + &ran.complains;
            assert!(ran.code == 1 && said.contains(expected), "{arguments:?}: {} {said}", ran.code);
        }
        assert_eq!(names(&dir.path().join("kept")), Vec::<String>::new());
    };
    let todo = format!("(Debian: postgresql-client-{needed}), or name their folder in backup.postgres_programs");
    refused(&format!("pg_dump of PostgreSQL {needed} is needed and was not found in programs")).await;
    refused(&todo).await;
    put(&programs, "pg_dump", needed - 1, "exit 3");
    refused(&format!("pg_dump of PostgreSQL {needed} is needed and only that of {} was found in programs", needed - 1)).await;
    put(&programs, "pg_dump", needed, "echo half of it; echo 'out of memory' >&2; exit 1");
    let ran = run(&["backup"]).await;
    assert!(ran.code == 1 && ran.complains.contains("pg_dump failed: out of memory"), "{}{}", ran.says, ran.complains);
    assert_eq!(names(&dir.path().join("kept")), Vec::<String>::new());
    // Restoring will need its own program, so `check` asks for that as well.
    let ran = run(&["check"]).await;
    assert!(ran.code == 1 && ran.says.contains(&format!("pg_restore of PostgreSQL {needed} is needed")), "{}", ran.says);
}

async fn a_restore_says_which_program_it_needs_and_writes_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (dir, place) = (tempfile::tempdir().unwrap(), TestDatabase::new(engine));
    with_a_file(&cast, PDF).await;
    let programs = dir.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let made = super::beside(&cast, dir.path(), &["backup", "a.tar"]).await;
    assert_eq!(made.code, 0, "{}", made.complains);
    let run = async || with_programs(&place.url, place.dir.path(), dir.path(), &["restore", "a.tar"]).await;
    if engine == Engine::Sqlite {
        let ran = run().await;
        assert_eq!(ran.code, 0, "SQLite needs none: {}", ran.complains);
        return;
    }
    let needed = server(&cast).await;
    let refused = async |expected: &str| {
        let ran = run().await;
        assert!(ran.code == 1 && ran.complains.contains(expected), "{} {}{}", ran.code, ran.says, ran.complains);
        let left: Vec<String> =
            names(place.dir.path()).into_iter().filter(|name| !names(&place.dir.path().join(name)).is_empty()).collect();
        assert_eq!(left, Vec::<String>::new());
    };
    refused(&format!("pg_restore of PostgreSQL {needed} is needed and was not found in programs")).await;
    assert_eq!(names(place.dir.path()), Vec::<String>::new(), "nothing was begun");
    put(&programs, "pg_restore", needed - 1, "exit 3");
    refused(&format!("only that of {} was found in programs", needed - 1)).await;
    put(&programs, "pg_restore", needed, "cat >/dev/null; echo 'unsupported version (1.16) in file header' >&2; exit 1");
    refused("pg_restore failed: unsupported version (1.16) in file header").await;
    // Nothing is in the way of the right one.
    let restored = super::at(&place, dir.path(), &["restore", "a.tar"]).await;
    assert_eq!(restored.code, 0, "{}{}", restored.says, restored.complains);
}
