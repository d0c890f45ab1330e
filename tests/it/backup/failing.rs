//! What is no backup, where none is put back, and what is left when none could be made: nothing.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use zhitongche::app::backup::{self, BackupError, BackupRequest, BackupTarget};
use zhitongche::documents::archive::{ArchiveWriter, Engine as Held, FORMAT, Manifest};

use super::{PASSPHRASE, PDF, at, beside, names, program, with_a_file};
use crate::support::cast::Cast;
use crate::support::database::{Engine, TestDatabase};

crate::both_databases!(
    what_is_not_a_whole_backup_is_not_put_back,
    a_place_that_is_not_empty_is_left_alone,
    a_backup_that_is_killed_leaves_no_archive,
    a_full_disk_is_told_and_leaves_nothing,
    the_newest_backups_stay,
    a_lost_attachment_is_named_and_the_rest_is_saved,
    a_folder_that_is_not_there_is_named_and_not_made,
    what_is_no_backup_is_called_that,
);

async fn what_is_not_a_whole_backup_is_not_put_back(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (dir, place) = (tempfile::tempdir().unwrap(), TestDatabase::new(engine));
    fs::write(dir.path().join("passphrase"), PASSPHRASE).unwrap();
    fs::write(dir.path().join("other"), "another passphrase\n").unwrap();
    let hash = with_a_file(&cast, PDF).await;
    let ran = beside(&cast, dir.path(), &["backup", "a.tar", "--with-keys", "--passphrase-file", "passphrase"]).await;
    assert_eq!(ran.code, 0, "{}", ran.complains);
    let whole = fs::read(dir.path().join("a.tar")).unwrap();
    let refused = async |arguments: &[&str], expected: &str| {
        let ran = at(&place, dir.path(), arguments).await;
        assert_eq!(ran.code, 1, "{arguments:?}: {}", ran.says);
        assert!(ran.complains.contains(expected), "{arguments:?}: {}", ran.complains);
        assert!(names(place.dir.path()).iter().all(|name| !name.contains("db") && name != "settings-from-backup.toml"));
    };
    let report = whole.windows(PDF.len()).position(|window| window == PDF).unwrap();
    let mut flipped = whole.clone();
    flipped[report] ^= 1;
    fs::write(dir.path().join("b.tar"), &flipped).unwrap();
    refused(&["restore", "b.tar"], &format!("attachments/{hash} is damaged")).await;
    refused(&["backup", "--check", "b.tar"], "is damaged").await;
    fs::write(dir.path().join("b.tar"), &whole[..whole.len() - 700]).unwrap();
    refused(&["restore", "b.tar"], "no whole backup").await;
    refused(&["restore", "a.tar", "--passphrase-file", "other"], "the passphrase is wrong").await;
    refused(&["backup", "--check", "a.tar", "--passphrase-file", "other"], "the passphrase is wrong").await;
    refused(&["restore", "none.tar"], "none.tar can't be read").await;
    let held = if engine == Engine::Sqlite { Held::Sqlite } else { Held::Postgres };
    forge(dir.path(), "newer.tar", held, "9999");
    refused(&["restore", "newer.tar"], "schema 9999 of zhitongche 7.7").await;
    let other = if engine == Engine::Sqlite { Held::Postgres } else { Held::Sqlite };
    forge(dir.path(), "other.tar", other, "0001");
    refused(&["restore", "other.tar"], "set database.url to an empty").await;
    let restored = at(&place, dir.path(), &["restore", "a.tar", "--passphrase-file", "passphrase"]).await;
    assert_eq!(restored.code, 0, "the place was left empty: {}{}", restored.says, restored.complains);
}

/// A disk that isn't mounted: whatever was written would fill another one.
async fn a_folder_that_is_not_there_is_named_and_not_made(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.backup.folder = Some(settings.server.data_dir.join("nightly"))).await;
    let dir = tempfile::tempdir().unwrap();
    for (target, folder) in [("mnt/disk/x.tar", "mnt/disk"), ("mnt/disk/", "mnt/disk/"), ("./kept/x.tar", "./kept")] {
        let ran = beside(&cast, dir.path(), &["backup", target]).await;
        assert_eq!(ran.code, 1, "{target}: {}", ran.says);
        assert!(ran.complains.contains(&format!("there is no folder {folder}:")), "{target}: {}", ran.complains);
        assert_eq!(names(dir.path()), Vec::<String>::new(), "{target}");
    }
    // The folder of the settings is made for the first backup, and never again: by then it was there.
    let nightly = cast.app.settings.backup.folder.clone().unwrap();
    let target = || BackupRequest { target: BackupTarget::Folder(nightly.clone()), keys: None, keep: 0, watch: &|_| true };
    let write = || backup::write(&cast.app.settings, &cast.app.clock, &target());
    assert!(write().is_ok());
    fs::remove_dir_all(&nightly).unwrap();
    assert!(matches!(write(), Err(BackupError::NoFolder(folder)) if folder == nightly));
    assert!(!nightly.exists());
}

/// What is no archive is called that, and none of its bytes are shown.
async fn what_is_no_backup_is_called_that(engine: Engine) {
    let (dir, place) = (tempfile::tempdir().unwrap(), TestDatabase::new(engine));
    let noise: Vec<u8> = (0..4096_u32).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect();
    fs::create_dir(dir.path().join("folder")).unwrap();
    for (name, content) in [
        ("photo.tar", &noise[..]),
        ("letter.tar", "机密的一行。".repeat(300).as_bytes()),
        ("short.tar", b"secret words"),
        ("zeros.tar", &[0; 2048]),
        ("empty.tar", b""),
    ] {
        fs::write(dir.path().join(name), content).unwrap();
        for arguments in [&["backup", "--check", name][..], &["restore", name]] {
            let ran = at(&place, dir.path(), arguments).await;
            assert_eq!(ran.code, 1, "{arguments:?}: {}", ran.says);
            assert!(ran.complains.starts_with(&format!("error: {name} is no backup: ")), "{arguments:?}: {}", ran.complains);
            assert!(ran.complains.len() < 200 && ran.complains.is_ascii(), "{arguments:?}: {}", ran.complains);
        }
    }
    let ran = at(&place, dir.path(), &["backup", "--check", "folder"]).await;
    assert!(ran.complains.starts_with("error: folder is no backup: it is a folder"), "{}", ran.complains);
}

/// A well-formed archive whose database is none.
fn forge(folder: &std::path::Path, name: &str, engine: Held, schema: &str) {
    let mut writer = ArchiveWriter::begin(folder).unwrap();
    writer.add::<std::io::Error>(engine.part(), |out| out.write_all(b"no database")).unwrap();
    let (program, at, schema) = ("7.7".to_owned(), "2026-11-20T02:32:00Z".to_owned(), schema.to_owned());
    let manifest = Manifest { format: FORMAT, program, schema, engine, at, ledgers: vec![], parts: vec![], missing: vec![] };
    writer.finish(manifest).unwrap().persist(&folder.join(name)).unwrap();
}

async fn a_place_that_is_not_empty_is_left_alone(engine: Engine) {
    let cast = Cast::new(engine).await;
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(beside(&cast, dir.path(), &["backup", "a.tar"]).await.code, 0);
    let again = beside(&cast, dir.path(), &["backup", "a.tar"]).await;
    assert!(again.code == 1 && again.complains.contains("a.tar is there already"), "{}", again.complains);
    let over = beside(&cast, dir.path(), &["restore", "a.tar"]).await;
    assert!(over.code == 1 && over.complains.contains("only put back into an empty place"), "{}", over.complains);
    let place = TestDatabase::new(engine);
    fs::write(place.dir.path().join("notes.txt"), "mine").unwrap();
    let beside_notes = at(&place, dir.path(), &["restore", "a.tar"]).await;
    assert!(beside_notes.code == 1 && beside_notes.complains.contains("notes.txt is there"), "{}", beside_notes.complains);
    assert_eq!(names(place.dir.path()), ["notes.txt"]);
    fs::remove_file(place.dir.path().join("notes.txt")).unwrap();
    // A database that is there is enough, also where the folder is empty.
    let db = place.open();
    drop(db);
    let filled = at(&place, dir.path(), &["restore", "a.tar"]).await;
    assert!(filled.code == 1 && filled.complains.contains("only put back into an empty place"), "{}", filled.complains);
}

async fn a_backup_that_is_killed_leaves_no_archive(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (dir, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let hash = with_a_file(&cast, PDF).await;
    // Reading the attachment waits without end: the database is in the archive by then.
    let attachment = cast.app.settings.attachments_dir().join(&hash);
    fs::remove_file(&attachment).unwrap();
    assert!(Command::new("mkfifo").arg(&attachment).status().unwrap().success());
    let settings = &cast.app.settings;
    let run = program(dir.path(), settings.database.url.expose(), &settings.server.data_dir);
    let target = format!("{}/", kept.path().display());
    let mut child = run.command(&["backup", &target]).spawn().unwrap();
    let begun = Instant::now();
    while names(kept.path()).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none(), "no backup began");
        tokio::task::yield_now().await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let left = names(kept.path());
    assert!(!left.is_empty() && left.iter().all(|name| name.starts_with(".zhitongche-backup-")), "{left:?}");
    fs::remove_file(&attachment).unwrap();
    fs::write(&attachment, PDF).unwrap();
    let ran = beside(&cast, dir.path(), &["backup", &target]).await;
    assert_eq!(ran.code, 0, "{}", ran.complains);
    let left = names(kept.path());
    assert!(left.len() == 1 && left[0].ends_with(".tar"), "what the killed one left is gone: {left:?}");
}

async fn a_full_disk_is_told_and_leaves_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (dir, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    with_a_file(&cast, &[PDF, &[7; 300_000]].concat()).await;
    let settings = &cast.app.settings;
    let run = program(dir.path(), settings.database.url.expose(), &settings.server.data_dir);
    // No file may have more than 200 KiB.
    let script = format!("trap '' XFSZ; ulimit -f 200; exec {} backup {}/", env!("CARGO_BIN_EXE_zhitongche"), kept.path().display());
    let output = run.bash(&script).output().unwrap();
    let complains = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complains}");
    assert!(complains.contains("There is no archive of this attempt"), "{complains}");
    assert_eq!(names(kept.path()), Vec::<String>::new());
}

async fn the_newest_backups_stay(engine: Engine) {
    let cast = Cast::new(engine).await;
    let dir = tempfile::tempdir().unwrap();
    let kept = dir.path().join("kept");
    fs::create_dir(&kept).unwrap();
    assert_eq!(beside(&cast, dir.path(), &["backup", "earlier.tar"]).await.code, 0);
    for name in ["zhitongche-20200101T000000Z.tar", "zhitongche-20210101T000000Z.tar", "other.tar"] {
        fs::copy(dir.path().join("earlier.tar"), kept.join(name)).unwrap();
    }
    let ran = beside(&cast, dir.path(), &["backup", "kept", "--keep", "2"]).await;
    assert!(ran.code == 0 && ran.says.contains("removed kept/zhitongche-20200101T000000Z.tar"), "{}{}", ran.says, ran.complains);
    let names = names(&kept);
    assert_eq!((names.len(), &names[..2]), (3, &["other.tar".to_owned(), "zhitongche-20210101T000000Z.tar".to_owned()][..]), "{names:?}");
}

async fn a_lost_attachment_is_named_and_the_rest_is_saved(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (dir, place) = (tempfile::tempdir().unwrap(), TestDatabase::new(engine));
    let hash = with_a_file(&cast, PDF).await;
    cast.seal().await;
    cast.tampers();
    fs::write(cast.app.settings.attachments_dir().join(&hash), "changed").unwrap();
    let ran = beside(&cast, dir.path(), &["backup", "a.tar"]).await;
    assert!(ran.code == 1 && ran.complains.contains(&hash), "{}", ran.complains);
    let restored = at(&place, dir.path(), &["restore", "a.tar"]).await;
    assert!(restored.code == 1 && restored.complains.contains("the database is put back"), "{}{}", restored.says, restored.complains);
}
