//! Why there is no backup, and what to do.

use std::io;
use std::path::PathBuf;

use crate::documents::archive::ArchiveError;
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
