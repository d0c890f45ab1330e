//! Errors of writing and restoring backups, with messages that say what to do.

use std::io;
use std::path::PathBuf;

use crate::documents::archive::{ArchiveError, Engine};
use crate::documents::passphrase::PassphraseError;
use crate::store::StoreError;
use crate::store::pg_tools::ToolError;

/// The reason why no backup was written.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to back up.
    #[error("there is no database at {0}: check database.url and server.data_dir")]
    NoDatabase(String),
    /// The database has another schema version than this program.
    #[error("the database has schema {found}, and this program has {known}: take the backup with the program that runs on it")]
    Schema {
        /// The version of the database.
        found: String,
        /// The version of the program.
        known: &'static str,
    },
    /// A file with this name exists.
    #[error("{0} is there already, and no backup is written over another file: name another one, or a folder")]
    Exists(PathBuf),
    /// The folder does not exist.
    #[error("there is no folder {}: make it for this user, mount the disk that it is on, or name another one", .0.display())]
    NoFolder(PathBuf),
    /// The folder cannot be used.
    #[error("the folder {folder} can't be used: {cause}; make it for this user, or name another one")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// The archive cannot be written.
    #[error("the backup can't be written: {0}. There is no archive of this attempt; make room, or name another folder")]
    Disk(#[from] io::Error),
    /// SQLite cannot write its copy.
    #[error("the database can't be copied into {folder}: {cause}. There is no archive of this attempt; is there room in that folder?")]
    Copy {
        /// The folder.
        folder: PathBuf,
        /// The database's error.
        cause: StoreError,
    },
    /// The database's error.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// An error of `pg_dump`.
    #[error("{0}")]
    Tool(#[from] ToolError),
    /// The keys cannot be read.
    #[error("the key file {path} can't be read: {cause}")]
    Key {
        /// The file.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// The passphrase file cannot be used.
    #[error("the passphrase can't be read from {path}: {why}")]
    PassphraseFile {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// The observer has cancelled it.
    #[error("the backup was ended before it was done; there is no archive of this attempt")]
    Ended,
    /// An error of the passphrase.
    #[error("{0}")]
    Passphrase(#[from] PassphraseError),
    /// The written archive fails its verification.
    #[error("what was written is not what was meant, and was removed: {0}. Look at that disk")]
    Unsound(#[from] ArchiveError),
}

/// The reason why a backup was not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// An error of the archive.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// The target is not empty.
    #[error(
        "{0} is there: a backup is only put back into an empty place. Move it away, or name another server.data_dir and database.url; nothing was changed"
    )]
    NotEmpty(String),
    /// The settings name another kind of database.
    #[error("this is a backup of {found}, and database.url names {wanted}: set database.url to an empty {found} database")]
    Engine {
        /// That of the backup.
        found: Engine,
        /// That of the settings.
        wanted: Engine,
    },
    /// A newer version of the program wrote it.
    #[error("this backup has schema {found} of zhitongche {program}, and this program only knows schemas up to {known}: take that version")]
    NewerSchema {
        /// The schema version of the backup.
        found: String,
        /// The version of the program that wrote it.
        program: String,
        /// The schema version of the program.
        known: &'static str,
    },
    /// An error of the passphrase.
    #[error("{0}")]
    Passphrase(#[from] PassphraseError),
    /// A passphrase was given, but the backup has no keys.
    #[error("this backup holds no keys (it was made without --with-keys): leave out the passphrase, and put the keys back from their copy")]
    NoKeys,
    /// An invalid name among the keys.
    #[error("the keys hold {0:?}, which is no name of a key; nothing was changed")]
    KeyName(String),
    /// Another key exists at this path.
    #[error("{0} holds another key than the backup, and is not replaced: move it away if the backup's is the right one")]
    OtherKey(PathBuf),
    /// The unpacked part differs from the packed one.
    #[error("{name} {why}; nothing was kept")]
    Unsound {
        /// The part.
        name: String,
        /// The difference.
        why: String,
    },
    /// The ledgers differ from those of the manifest.
    #[error("the restored ledger {ledger} is not the one that the backup's manifest names: the backup was changed")]
    Ledger {
        /// Its id.
        ledger: String,
    },
    /// An error of `pg_restore`.
    #[error("{0}; nothing was kept in the database")]
    Tool(#[from] ToolError),
    /// The database's error.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The disk's error.
    #[error("the backup can't be put back: {0}")]
    Disk(#[from] io::Error),
}
