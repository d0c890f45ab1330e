//! Why there is no backup, or why it was not put back, and what to do.

use std::io;
use std::path::PathBuf;

use crate::documents::archive::{ArchiveError, Engine};
use crate::documents::passphrase::PassphraseError;
use crate::store::StoreError;
use crate::store::pg_tools::ToolError;

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to back up.
    #[error("there is no database at {0}: check database.url and server.data_dir")]
    NoDatabase(String),
    /// The database has another schema than this program writes.
    #[error("the database has schema {found}, and this program has {known}: take the backup with the program that runs on it")]
    Schema {
        /// The database's.
        found: String,
        /// The program's.
        known: &'static str,
    },
    /// A file of this name is there.
    #[error("{0} is there already, and no backup is written over another file: name another one, or a folder")]
    Exists(PathBuf),
    /// The folder isn't there.
    #[error("there is no folder {}: make it for this user, mount the disk that it is on, or name another one", .0.display())]
    NoFolder(PathBuf),
    /// The folder can't be used.
    #[error("the folder {folder} can't be used: {cause}; make it for this user, or name another one")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The archive can't be written.
    #[error("the backup can't be written: {0}. There is no archive of this attempt; make room, or name another folder")]
    Disk(#[from] io::Error),
    /// SQLite can't write its copy.
    #[error("the database can't be copied into {folder}: {cause}. There is no archive of this attempt; is there room in that folder?")]
    Copy {
        /// The folder.
        folder: PathBuf,
        /// What the database says.
        cause: StoreError,
    },
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// `pg_dump`.
    #[error("{0}")]
    Tool(#[from] ToolError),
    /// The keys can't be read.
    #[error("the key file {path} can't be read: {cause}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file with the passphrase can't be used.
    #[error("the passphrase can't be read from {path}: {why}")]
    PassphraseFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Whoever watched it has ended it.
    #[error("the backup was ended before it was done; there is no archive of this attempt")]
    Ended,
    /// The passphrase.
    #[error("{0}")]
    Passphrase(#[from] PassphraseError),
    /// What was written does not read as it should.
    #[error("what was written is not what was meant, and was removed: {0}. Look at that disk")]
    Unsound(#[from] ArchiveError),
}

/// Why a backup was not put back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The archive.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// Something is there.
    #[error(
        "{0} is there: a backup is only put back into an empty place. Move it away, or name another server.data_dir and database.url; nothing was changed"
    )]
    NotEmpty(String),
    /// The settings name another kind of database.
    #[error("this is a backup of {found}, and database.url names {wanted}: set database.url to an empty {found} database")]
    Engine {
        /// The backup's.
        found: Engine,
        /// The settings'.
        wanted: Engine,
    },
    /// A newer program wrote it.
    #[error("this backup has schema {found} of zhitongche {program}, and this program only knows schemas up to {known}: take that version")]
    NewerSchema {
        /// The backup's.
        found: String,
        /// The version of the program that wrote it.
        program: String,
        /// The program's.
        known: &'static str,
    },
    /// The passphrase.
    #[error("{0}")]
    Passphrase(#[from] PassphraseError),
    /// A passphrase was given for nothing.
    #[error("this backup holds no keys (it was made without --with-keys): leave out the passphrase, and put the keys back from their copy")]
    NoKeys,
    /// A name among the keys.
    #[error("the keys hold {0:?}, which is no name of a key; nothing was changed")]
    KeyName(String),
    /// Another key lies there.
    #[error("{0} holds another key than the backup, and is not replaced: move it away if the backup's is the right one")]
    OtherKey(PathBuf),
    /// What was unpacked is not what was packed.
    #[error("{name} {why}; nothing was kept")]
    Unsound {
        /// The part.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// The ledgers are not those of the manifest.
    #[error("the restored ledger {ledger} is not the one that the backup's manifest names: the backup was changed")]
    Ledger {
        /// Its id.
        ledger: String,
    },
    /// `pg_restore`.
    #[error("{0}; nothing was kept in the database")]
    Tool(#[from] ToolError),
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The disk.
    #[error("the backup can't be put back: {0}")]
    Disk(#[from] io::Error),
}
