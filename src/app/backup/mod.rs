//! Backups: the state at one moment as one file, written while the server runs, and restored into an empty target.
//!
//! Everything here blocks and needs no running server; the command line and jobs call it.

mod error;
mod keys;
mod last;
mod place;
mod restore;
mod watch;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::config::{self, Secret, Settings};
use crate::documents::archive::{self, Archive, ArchiveWriter, Engine, LedgerMark, Manifest};
use crate::documents::vault::{Vault, VaultError};
use crate::domain::clock::{Clock, Moment};
use crate::domain::ids::ChannelId;
use crate::store::ledger::{checking, reading, sealing};
use crate::store::limits::DatabaseTimeouts;
use crate::store::opener::Opener;
use crate::store::pg_tools::{self, ToolError};
use crate::store::{AnyConn, StoreError, attachments, migrate, snapshot};

pub use error::{BackupError, RestoreError};
pub use keys::read_passphrase;
pub use last::LastBackup;
pub use place::{BackupTarget, may_lack};
pub use restore::{Restored, restore};
use watch::Watched;
pub use watch::{BackupStep, Watch};

/// The parameters of a backup.
pub struct BackupRequest<'a> {
    /// The target.
    pub target: BackupTarget,
    /// If set, includes the keys, encrypted with this passphrase.
    pub keys: Option<&'a Secret>,
    /// The number of backups that are retained in a folder; 0 stands for all.
    pub keep: usize,
    /// Receives the progress, and may cancel the backup.
    pub watch: &'a Watch<'a>,
}

/// A backup that was written and verified.
#[derive(Debug)]
pub struct WrittenBackup {
    /// The file.
    pub path: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its manifest.
    pub manifest: Manifest,
    /// Older backups that were removed.
    pub removed: Vec<PathBuf>,
}

/// Writes a backup, verifies it completely, gives it its final name, and removes surplus older ones. The result is recorded in the data
/// folder.
///
/// # Errors
/// [`BackupError`] says what to do; in that case no file remains.
pub fn write(settings: &Settings, clock: &Clock, order: &BackupRequest<'_>) -> Result<WrittenBackup, BackupError> {
    let watched = Watched::new(order.watch);
    let written = write_archive(settings, clock, order, &watched);
    // A cancelled backup has not failed.
    let written = if written.is_err() && watched.is_ended() { return Err(BackupError::Ended) } else { written };
    let noted = written.as_ref().map(|written| written.manifest.missing.len()).map_err(ToString::to_string);
    if let Err(error) = LastBackup::note(settings, clock.now(), noted) {
        tracing::warn!(%error, "what came of the backup could not be noted");
    }
    written
}

/// Verifies every byte of a backup.
///
/// # Errors
/// [`archive::ArchiveError`] names the defect; for the keys, the passphrase's.
pub fn check(path: &Path, passphrase: Option<&Secret>) -> Result<Manifest, RestoreError> {
    let archive = Archive::open(path)?;
    archive.verify()?;
    if let Some(passphrase) = passphrase {
        keys::read(&archive, passphrase)?;
    }
    Ok(archive.manifest().clone())
}

fn opener(settings: &Settings) -> Result<Opener, StoreError> {
    Opener::new(&settings.database_url(), DatabaseTimeouts::from(&settings.database))
}

/// Opens an existing database.
fn connect(settings: &Settings) -> Result<AnyConn, BackupError> {
    let opener = opener(settings)?;
    if let Some(path) = opener.sqlite_path()
        && !Path::new(path).exists()
    {
        return Err(BackupError::NoDatabase(path.to_owned()));
    }
    Ok(opener.open().map_err(|error| StoreError::Away(error.to_string()))?)
}

/// The external references of a state, and the values that identify it.
struct BackupIdentity {
    ledgers: Vec<LedgerMark>,
    attachments: Vec<Vec<u8>>,
}

impl BackupIdentity {
    fn read(conn: &mut AnyConn) -> Result<Self, StoreError> {
        Ok(Self { ledgers: ledgers(conn)?, attachments: attachments::hashes(conn)? })
    }
}

/// Returns size and root of every ledger.
fn ledgers(conn: &mut AnyConn) -> Result<Vec<LedgerMark>, StoreError> {
    let mut all = checking::ledgers(conn)?;
    if !all.contains(&ChannelId::INSTALLATION) {
        all.push(ChannelId::INSTALLATION);
    }
    let mark = |ledger: ChannelId| {
        let entries = sealing::size(conn, ledger)?;
        let root = reading::root(conn, ledger, entries)?;
        Ok(LedgerMark { ledger: ledger.to_string(), entries, root: hex::encode(root) })
    };
    all.into_iter().map(mark).collect()
}

fn write_archive(
    settings: &Settings,
    clock: &Clock,
    order: &BackupRequest<'_>,
    watched: &Watched<'_>,
) -> Result<WrittenBackup, BackupError> {
    let at = clock.now();
    let (folder, path) = place::of(settings, &order.target, at)?;
    let mut conn = connect(settings)?;
    check_schema(&mut conn, settings)?;
    let mut archive = ArchiveWriter::begin(&folder)?;
    watched.at(BackupStep { done: 0, total: None, what: "database" })?;
    let (engine, state) = match &conn {
        AnyConn::Sqlite(_) => (Engine::Sqlite, add_sqlite(&mut archive, &mut conn, &folder, watched)?),
        AnyConn::Pg(_) => (Engine::Postgres, add_postgres(&mut archive, &mut conn, settings, watched)?),
    };
    let missing = add_attachments(&mut archive, settings, &state.attachments, watched)?;
    add_settings(&mut archive, settings)?;
    if let Some(passphrase) = order.keys {
        let encrypted = keys::encrypted(settings, passphrase)?;
        archive.add::<io::Error>(archive::KEYS, |out| out.write_all(&encrypted))?;
    }
    let finished = archive.finish(manifest(engine, at, state.ledgers, missing))?;
    let whole = Archive::open(finished.path())?;
    whole.verify_each(|done, total| watched.at(BackupStep { done, total: Some(total), what: "verified" }))?;
    let bytes = finished.persist(&path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(path.clone()),
        _ => BackupError::Disk(error),
    })?;
    let removed = match order.target {
        BackupTarget::Folder(_) if order.keep > 0 => {
            place::rotate(&folder, order.keep, |other| is_of_one_installation(whole.manifest(), other))?
        }
        _ => Vec::new(),
    };
    Ok(WrittenBackup { path, bytes, manifest: whole.manifest().clone(), removed })
}

/// Returns whether another archive belongs to the same installation: they have a channel's ledger in common, or one of them was written
/// before there was a channel. An archive that cannot be read is not removed.
fn is_of_one_installation(own: &Manifest, other: &Path) -> bool {
    let installation = ChannelId::INSTALLATION.to_string();
    let channels = |of: &Manifest| -> BTreeSet<String> {
        of.ledgers.iter().map(|mark| mark.ledger.clone()).filter(|ledger| *ledger != installation).collect()
    };
    let Ok(other) = Archive::open(other) else { return false };
    let (own, other) = (channels(own), channels(other.manifest()));
    own.is_empty() || other.is_empty() || !own.is_disjoint(&other)
}

fn manifest(engine: Engine, at: Moment, ledgers: Vec<LedgerMark>, missing: Vec<String>) -> Manifest {
    Manifest {
        format: archive::FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: migrate::newest().to_owned(),
        engine,
        at: at.to_string(),
        ledgers,
        parts: Vec::new(),
        missing,
    }
}

fn check_schema(conn: &mut AnyConn, settings: &Settings) -> Result<(), BackupError> {
    match snapshot::schema(conn)? {
        Some(found) if found == migrate::newest() => Ok(()),
        Some(found) => Err(BackupError::Schema { found, known: migrate::newest() }),
        None => {
            let place = opener(settings)?.sqlite_path().map_or_else(|| "database.url".to_owned(), str::to_owned);
            Err(BackupError::NoDatabase(place))
        }
    }
}

/// Adds a copy that SQLite writes beside the archive, compressed.
fn add_sqlite(
    archive: &mut ArchiveWriter,
    conn: &mut AnyConn,
    folder: &Path,
    watched: &Watched<'_>,
) -> Result<BackupIdentity, BackupError> {
    let mut copy = ArchiveWriter::temporary(folder)?;
    let failed = |cause| BackupError::Copy { folder: folder.to_owned(), cause };
    snapshot::copy_sqlite(conn, copy.path()).map_err(failed)?;
    let state = BackupIdentity::read(&mut snapshot::open_copy(copy.path())?)?;
    let mut unpacked = 0;
    let part = archive.add::<io::Error>(archive::SQLITE, |out| {
        let mut packed = GzEncoder::new(watched.over(out, "database"), Compression::fast());
        unpacked = io::copy(copy.as_file_mut(), &mut packed)?;
        packed.finish().map(drop)
    })?;
    part.unpacked = Some(unpacked);
    Ok(state)
}

/// Adds the output of `pg_dump`, which reads the same snapshot as the other parts.
fn add_postgres(
    archive: &mut ArchiveWriter,
    conn: &mut AnyConn,
    settings: &Settings,
    watched: &Watched<'_>,
) -> Result<BackupIdentity, BackupError> {
    let server = snapshot::server_major(conn)?.unwrap_or_default();
    let program = pg_tools::find(pg_tools::DUMP, server, settings.backup.postgres_programs.as_deref())?;
    let exported = snapshot::export(conn)?;
    let state = BackupIdentity::read(conn)?;
    let dump = |out: &mut dyn io::Write| pg_tools::dump(&program, &settings.database_url(), &exported, &mut watched.over(out, "database"));
    archive.add::<ToolError>(archive::POSTGRES, dump)?;
    snapshot::end(conn)?;
    Ok(state)
}

/// Adds the attachments that the state names. A file is written before its row, so each exists unless it was lost later; a loss must not
/// prevent the backup. Returns the hashes of lost ones.
fn add_attachments(
    archive: &mut ArchiveWriter,
    settings: &Settings,
    hashes: &[Vec<u8>],
    watched: &Watched<'_>,
) -> Result<Vec<String>, BackupError> {
    let (vault, mut missing) = (Vault::new(settings.attachments_dir()), Vec::new());
    for (done, hash) in hashes.iter().enumerate() {
        watched.at(BackupStep { done: done as u64, total: Some(hashes.len() as u64), what: "attachments" })?;
        let name = hex::encode(hash);
        let mut file = match vault.open(hash) {
            Ok(file) => file,
            Err(VaultError::Disk(error)) => return Err(error.into()),
            Err(_) => {
                missing.push(name);
                continue;
            }
        };
        archive.add::<io::Error>(&format!("{}{name}", archive::ATTACHMENTS), |out| io::copy(&mut file, out).map(drop))?;
    }
    Ok(missing)
}

/// Adds the file from which the settings were read. Settings of the environment are in no file.
fn add_settings(archive: &mut ArchiveWriter, settings: &Settings) -> Result<(), BackupError> {
    let Some(file) = &settings.file else { return Ok(()) };
    let text = std::fs::read_to_string(file)?;
    let part = archive.add::<io::Error>(archive::SETTINGS, |out| out.write_all(text.as_bytes()))?;
    part.secrets = config::secret_keys(&text);
    Ok(())
}
