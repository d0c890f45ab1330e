//! Restoring a backup into an empty target. Nothing is written before the archive is verified, and a failed restore leaves nothing behind.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{keys, ledgers, opener};
use crate::app::backup::error::RestoreError;
use crate::config::{Secret, Settings};
use crate::documents::archive::{self, Archive, ArchivePart, Engine, Manifest};
use crate::documents::private;
use crate::store::opener::Opener;
use crate::store::pg_tools::{self};
use crate::store::{AnyConn, StoreError, migrate, snapshot};

/// The file in the data folder with the settings of the backup; the program does not read it.
const SETTINGS_FILE: &str = "settings-from-backup.toml";

/// The result of a restore.
#[derive(Debug)]
pub struct Restored {
    /// The manifest of the backup.
    pub manifest: Manifest,
    /// Whether its keys were restored.
    pub keys: bool,
    /// The path of its settings file; the program does not read it from there.
    pub settings: Option<PathBuf>,
    /// Whether the next start migrates the schema.
    pub is_older: bool,
}

/// Files that are removed again unless the restore succeeds.
#[derive(Default)]
struct Placed(Vec<PathBuf>);

impl Drop for Placed {
    fn drop(&mut self) {
        for path in self.0.drain(..) {
            drop(fs::remove_file(path));
        }
    }
}

/// Restores a backup.
///
/// # Errors
/// [`RestoreError`] says what to do.
pub fn restore(settings: &Settings, path: &Path, passphrase: Option<&Secret>) -> Result<Restored, RestoreError> {
    let archive = Archive::open(path)?;
    let manifest = archive.manifest().clone();
    let opener = opener(settings)?;
    check_kind(&manifest, &opener)?;
    check_empty(settings, &opener, path)?;
    // Checked before anything is written.
    let program = find_program(settings, &opener)?;
    archive.verify()?;
    let keys = passphrase.map(|passphrase| keys::read(&archive, passphrase)).transpose()?;
    let (has_keys, keys) = (keys.is_some(), keys::missing(settings, keys.unwrap_or_default())?);
    let mut placed = Placed::default();
    put_attachments(&archive, settings, &mut placed)?;
    let settings_file = put_settings(&archive, settings, &mut placed)?;
    for (path, bytes) in keys {
        keys::put(&path, &bytes)?;
        placed.0.push(path);
    }
    // The database is restored last: without one, the target cannot be started by mistake.
    let mut conn = match opener.sqlite_path() {
        Some(file) => {
            let file = Path::new(file);
            put_sqlite(&archive, file)?;
            placed.0.push(file.to_owned());
            snapshot::open_copy(file)?
        }
        None => put_postgres(&archive, settings, &opener, &program)?,
    };
    let is_older = manifest.schema.as_str() < migrate::newest();
    if !is_older {
        check_ledgers(&mut conn, &manifest)?;
    }
    drop(conn);
    placed.0.clear();
    Ok(Restored { manifest, keys: has_keys, settings: settings_file, is_older })
}

fn check_kind(manifest: &Manifest, opener: &Opener) -> Result<(), RestoreError> {
    let wanted = if opener.sqlite_path().is_some() { Engine::Sqlite } else { Engine::Postgres };
    if manifest.engine != wanted {
        return Err(RestoreError::Engine { found: manifest.engine, wanted });
    }
    if manifest.schema.as_str() > migrate::newest() {
        let (found, program) = (manifest.schema.clone(), manifest.program.clone());
        return Err(RestoreError::NewerSchema { found, program, known: migrate::newest() });
    }
    Ok(())
}

/// Checks that the target contains only keys, empty folders, the settings file and the archive itself.
fn check_empty(settings: &Settings, opener: &Opener, archive: &Path) -> Result<(), RestoreError> {
    let same = |one: &Path, other: &Path| fs::canonicalize(one).ok().zip(fs::canonicalize(other).ok()).is_some_and(|(a, b)| a == b);
    let mut may_be: Vec<PathBuf> = vec![settings.secrets_dir(), settings.ledger_key_file(), archive.to_owned()];
    may_be.extend(settings.file.clone());
    for folder in [settings.server.data_dir.clone(), settings.attachments_dir()] {
        for entry in list(&folder)? {
            let is_empty = entry.is_dir() && list(&entry)?.is_empty();
            if !is_empty && !may_be.iter().any(|path| same(path, &entry)) {
                return Err(RestoreError::NotEmpty(entry.display().to_string()));
            }
        }
    }
    match opener.sqlite_path() {
        Some(file) if Path::new(file).symlink_metadata().is_ok() => Err(RestoreError::NotEmpty(file.to_owned())),
        Some(_) => Ok(()),
        None => {
            let relations = snapshot::relations(&mut open(opener)?)?;
            if relations == 0 { Ok(()) } else { Err(RestoreError::NotEmpty(format!("a database with {relations} tables and indexes"))) }
        }
    }
}

fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries?.map(|entry| Ok(entry?.path())).collect(),
    }
}

fn open(opener: &Opener) -> Result<AnyConn, StoreError> {
    opener.open().map_err(|error| StoreError::Away(error.to_string()))
}

/// Writes each attachment under its hash, after verifying its contents.
fn put_attachments(archive: &Archive, settings: &Settings, placed: &mut Placed) -> Result<(), RestoreError> {
    let folder = settings.attachments_dir();
    private::folder(&settings.server.data_dir)?;
    private::folder(&folder)?;
    for part in &archive.manifest().parts {
        let Some(hash) = part.name.strip_prefix(archive::ATTACHMENTS) else { continue };
        let path = folder.join(hash);
        let mut from = archive.contents(&part.name)?;
        put_file(&path, part, hash, &mut from)?;
        placed.0.push(path);
    }
    File::open(&folder)?.sync_all()?;
    Ok(())
}

/// Writes a file of a part's length, and verifies that its contents have this hash.
fn put_file(path: &Path, part: &ArchivePart, hash: &str, from: &mut dyn Read) -> Result<(), RestoreError> {
    let unsound = |why: &str| RestoreError::Unsound { name: part.name.clone(), why: why.to_owned() };
    let mut file = tempfile::NamedTempFile::new_in(private::parent(path))?;
    let (mut found, mut buffer, mut bytes) = (Sha256::new(), vec![0; 64 * 1024], 0_u64);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        found.update(&buffer[..read]);
        bytes += read as u64;
        file.write_all(&buffer[..read])?;
    }
    if bytes != part.bytes {
        return Err(unsound("has not the length that the manifest names"));
    }
    if hex::encode(found.finalize()) != hash {
        return Err(unsound("has not the contents that its name says"));
    }
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

fn put_settings(archive: &Archive, settings: &Settings, placed: &mut Placed) -> Result<Option<PathBuf>, RestoreError> {
    let Some(part) = archive.part(archive::SETTINGS) else { return Ok(None) };
    let path = settings.server.data_dir.join(SETTINGS_FILE);
    put_file(&path, part, &part.sha256, &mut archive.contents(archive::SETTINGS)?)?;
    placed.0.push(path.clone());
    Ok(Some(path))
}

/// Restores the SQLite file, which gets its final name only after SQLite's own check.
fn put_sqlite(archive: &Archive, path: &Path) -> Result<(), RestoreError> {
    let name = archive::SQLITE;
    let unsound = |why: String| RestoreError::Unsound { name: name.to_owned(), why };
    let part = archive.part(name).ok_or_else(|| unsound("is missing".to_owned()))?;
    private::folder(private::parent(path))?;
    let mut file = tempfile::NamedTempFile::new_in(private::parent(path))?;
    let written = io::copy(&mut archive::unpacked(part, archive.contents(name)?), file.as_file_mut())?;
    if part.unpacked != Some(written) {
        return Err(unsound("does not unpack to the length that the manifest names".to_owned()));
    }
    file.as_file().sync_all()?;
    let mut conn = snapshot::open_copy(file.path())?;
    let wrong = snapshot::integrity(&mut conn)?;
    if !wrong.is_empty() {
        return Err(unsound(format!("is no sound database: {}", wrong.join("; "))));
    }
    check_schema(&mut conn, archive.manifest())?;
    drop(conn);
    file.persist_noclobber(path).map_err(|error| error.error)?;
    File::open(private::parent(path))?.sync_all()?;
    Ok(())
}

/// Returns the path of PostgreSQL's program, or an empty path for SQLite, which needs none.
fn find_program(settings: &Settings, opener: &Opener) -> Result<PathBuf, RestoreError> {
    if opener.sqlite_path().is_some() {
        return Ok(PathBuf::new());
    }
    let server = snapshot::server_major(&mut open(opener)?)?.unwrap_or_default();
    Ok(pg_tools::find(pg_tools::RESTORE, server, settings.backup.postgres_programs.as_deref())?)
}

fn put_postgres(archive: &Archive, settings: &Settings, opener: &Opener, program: &Path) -> Result<AnyConn, RestoreError> {
    let mut conn = open(opener)?;
    pg_tools::restore(program, &settings.database_url(), &mut archive.contents(archive::POSTGRES)?)?;
    check_schema(&mut conn, archive.manifest())?;
    snapshot::analyze(&mut conn)?;
    Ok(conn)
}

fn check_schema(conn: &mut AnyConn, manifest: &Manifest) -> Result<(), RestoreError> {
    match snapshot::schema(conn)? {
        Some(found) if found == manifest.schema => Ok(()),
        found => {
            let why = format!("has schema {}, and the manifest names {}", found.unwrap_or_default(), manifest.schema);
            Err(RestoreError::Unsound { name: manifest.engine.part().to_owned(), why })
        }
    }
}

fn check_ledgers(conn: &mut AnyConn, manifest: &Manifest) -> Result<(), RestoreError> {
    let here = ledgers(conn)?;
    match manifest.ledgers.iter().chain(&here).find(|mark| !here.contains(mark) || !manifest.ledgers.contains(mark)) {
        Some(mark) => Err(RestoreError::Ledger { ledger: mark.ledger.clone() }),
        None => Ok(()),
    }
}
