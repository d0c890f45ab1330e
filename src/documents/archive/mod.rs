//! The file format of a backup: a tar whose parts are listed, each with its length and SHA-256, in a manifest at its end.
//!
//! The tar holds regular files with known names and nothing else. The manifest is followed by its own hash and the two empty blocks that
//! end a tar; so every byte of the file is either hashed or fixed, and a change of any of them is detected.

mod read;
mod write;

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use read::{Archive, unpacked};
pub use write::{ArchiveWriter, PREFIX};

/// The version of the format that this program writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
/// The manifest's name.
pub const MANIFEST: &str = "manifest.json";
/// The name of the part with the manifest's hash.
pub const MANIFEST_HASH: &str = "manifest.sha256";
/// A SQLite database, compressed.
pub const SQLITE: &str = "database.sqlite.gz";
/// A PostgreSQL database, as `pg_dump --format=custom` writes it.
pub const POSTGRES: &str = "database.pgdump";
/// The keys, encrypted with a passphrase.
pub const KEYS: &str = "keys.encrypted";
/// The settings file.
pub const SETTINGS: &str = "settings.toml";
/// The prefix of an attachment's name, before the hash.
pub const ATTACHMENTS: &str = "attachments/";

/// Which database a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A dump of a server's database.
    Postgres,
}

impl Engine {
    /// The part with the database.
    #[must_use]
    pub const fn part(self) -> &'static str {
        match self {
            Self::Sqlite => SQLITE,
            Self::Postgres => POSTGRES,
        }
    }
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// The description and the parts of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`] of the program that wrote it.
    pub format: u32,
    /// The version of that program.
    pub program: String,
    /// The version of the newest migration in the database.
    pub schema: String,
    /// Which database it is.
    pub engine: Engine,
    /// The time when the state was taken (RFC 3339, UTC).
    pub at: String,
    /// The ledgers in that state.
    pub ledgers: Vec<LedgerMark>,
    /// Everything in the archive but the manifest.
    pub parts: Vec<ArchivePart>,
    /// Hashes of attachments that the database names and that were missing or damaged already.
    pub missing: Vec<String>,
}

/// The size up to which a ledger was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerMark {
    /// The ledger's id.
    pub ledger: String,
    /// Its sealed entries.
    pub entries: u64,
    /// The root over them, in hexadecimal digits.
    pub root: String,
}

/// A part of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivePart {
    /// Its name in the tar.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// The SHA-256 of the bytes in the tar, in hexadecimal digits.
    pub sha256: String,
    /// The uncompressed length, where the part is compressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpacked: Option<u64>,
    /// Keys of settings in it that are secret and readable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
}

/// The reason why a file is not accepted as a backup.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It can't be read.
    #[error("{path} can't be read: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
    /// It is another kind of file.
    #[error("{path} is no backup: {why}. Name a file that `zhitongche backup` has written")]
    NotABackup {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: &'static str,
    },
    /// It ends before the manifest, or was damaged.
    #[error("this is no whole backup: {0}. It was cut off, damaged, or is another kind of file")]
    NotWhole(String),
    /// A newer program wrote it.
    #[error("this backup has format {found}, and this program reads format {FORMAT}: take the version that wrote it, {program}")]
    NewerFormat {
        /// The format.
        found: u64,
        /// The version of the program that wrote it.
        program: String,
    },
    /// Something in it has a name that no backup has.
    #[error("this archive holds {name:?}, which is no part of a backup; nothing was unpacked")]
    BadName {
        /// The name as it is in the archive.
        name: String,
    },
    /// Something in it is no regular file.
    #[error("this archive holds {name:?}, which is no regular file but {kind}; nothing was unpacked")]
    NotAFile {
        /// Its name.
        name: String,
        /// Its type.
        kind: String,
    },
    /// The tar and the manifest don't have the same parts.
    #[error("{name} {why}: the backup was changed")]
    Parts {
        /// The part.
        name: String,
        /// The fault.
        why: &'static str,
    },
    /// A part has not the hash that the manifest names.
    #[error("{name} is damaged: it has not the SHA-256 that the manifest names")]
    Damaged {
        /// The part.
        name: String,
    },
    /// The disk.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// Whether a backup may have a part of this name. No such name leads out of a folder.
fn is_known(name: &str) -> bool {
    let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    [SQLITE, POSTGRES, KEYS, SETTINGS, MANIFEST, MANIFEST_HASH].contains(&name) || name.strip_prefix(ATTACHMENTS).is_some_and(is_hash)
}

#[cfg(test)]
mod tests;
