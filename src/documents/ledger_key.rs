//! The key that signs the ledger's checkpoints: a PKCS#8 file outside the database, so that write access to the database is not enough to
//! sign.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};

use crate::documents::private;
use crate::domain::ledger::{Checkpoint, Verifier, sign};

/// The reason why the signing key is not available.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or made.
    #[error("the ledger's key file {path} can't be read or made: {source}. Look at its owner and its folder's")]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the file {path} holds no Ed25519 key (PKCS#8, PEM). Put the ledger's key back from its copy; a new one can't stand in for it")]
    Content {
        /// The file.
        path: PathBuf,
    },
    /// The ledger was signed, and the key is not here.
    #[error(
        "the ledger's key file {path} is missing, and checkpoints were signed with it. Put it back from its copy, or copy it from another node. Only if it is lost for ever: `zhitongche ledger rotate --lost --reason …`, which all auditors are told"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The database names another key.
    #[error(
        "the file {path} holds another key than the one that signs this ledger, {named}. Put the right one there from its copy, or copy it from another node"
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// The public key.
        named: String,
    },
    /// The checkpoints were signed by another key.
    #[error(
        "the file {path} does not hold the key that signed the newest checkpoints. Put the right one there from its copy, or copy it from another node"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner may read or change the file.
    #[error("the ledger's key file {path} is open to others (mode {mode:o}). Say: chmod 600 {path}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
}

/// The signing key with the name under which it signs.
#[derive(Clone)]
pub struct LedgerKey {
    name: String,
    key: SigningKey,
}

impl std::fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LedgerKey({})", self.verifier())
    }
}

impl LedgerKey {
    /// A new random key, not yet in a file.
    #[must_use]
    pub fn generate(name: &str) -> Self {
        let mut secret = [0; 32];
        rand::fill(&mut secret);
        Self { name: name.to_owned(), key: SigningKey::from_bytes(&secret) }
    }

    /// Writes the key to its file, if there is none. `false`: there was one.
    ///
    /// # Errors
    /// When the file can't be made.
    pub fn create(&self, path: &Path) -> Result<bool, KeyError> {
        let failed = |source| KeyError::File { path: path.to_owned(), source };
        let pem = self.key.to_pkcs8_pem(LineEnding::LF).map_err(io::Error::other).map_err(failed)?;
        private::create(path, pem.as_bytes()).map_err(failed)
    }

    /// The path of a new key until its rotation is committed.
    #[must_use]
    pub fn next_path(path: &Path) -> PathBuf {
        path.with_extension("key.next")
    }

    /// Puts the prepared key in place; the former key stays beside it under its public key's id, to be stored elsewhere or destroyed.
    ///
    /// # Errors
    /// When the files can't be renamed.
    pub fn put_in_place(path: &Path) -> Result<(), KeyError> {
        let failed = |source| KeyError::File { path: path.to_owned(), source };
        if let Ok(before) = Self::load(path, "") {
            let id = hex::encode(before.key.verifying_key().as_bytes());
            fs::copy(path, path.with_extension(format!("key.until-rotation-{}", &id[..8]))).map_err(failed)?;
        }
        fs::rename(Self::next_path(path), path).map_err(failed)
    }

    /// The key itself, to sign that another follows it.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    /// Reads the key, or creates one where there is none, without a check of earlier signatures, which `app::ledger::keys` does. `true`
    /// says that it was created. Nodes that start at the same time on one folder agree on one key.
    ///
    /// # Errors
    /// When the file can't be read or made, is open to others, or holds something else.
    pub fn load_or_make(path: &Path, name: &str) -> Result<(Self, bool), KeyError> {
        let failed = |source| KeyError::File { path: path.to_owned(), source };
        let made = match fs::metadata(path) {
            Ok(_) => false,
            Err(e) if e.kind() == io::ErrorKind::NotFound => Self::generate(name).create(path)?,
            Err(e) => return Err(failed(e)),
        };
        Ok((Self::load(path, name)?, made))
    }

    /// Reads the key.
    ///
    /// # Errors
    /// When the file can't be read, is open to others, or holds something else.
    pub fn load(path: &Path, name: &str) -> Result<Self, KeyError> {
        let failed = |source| KeyError::File { path: path.to_owned(), source };
        if let Some(mode) = private::open_mode(path).map_err(failed)? {
            return Err(KeyError::Open { path: path.to_owned(), mode });
        }
        let pem = fs::read_to_string(path).map_err(failed)?;
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| KeyError::Content { path: path.to_owned() })?;
        Ok(Self { name: name.to_owned(), key })
    }

    /// The public key, for verification. Auditors record its text form.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The name under which it signs, the first part of every origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Signs a checkpoint; returns the signed note.
    #[must_use]
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        sign(checkpoint, &self.name, &self.key)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_private_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/ledger.key");
        let (first, made) = LedgerKey::load_or_make(&path, "a.example").unwrap();
        assert!(made);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (second, made) = LedgerKey::load_or_make(&path, "a.example").unwrap();
        assert!(!made);
        assert_eq!(first.verifier(), second.verifier());
        let note = first.sign(&Checkpoint { origin: "a.example/1".into(), size: 1, root: [1; 32], previous: None });
        assert!(Checkpoint::open(&note, &second.verifier()).is_ok());
    }

    #[test]
    fn an_open_or_damaged_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.key");
        LedgerKey::load_or_make(&path, "a").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(LedgerKey::load(&path, "a"), Err(KeyError::Open { mode: 0o644, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(LedgerKey::load_or_make(&path, "a"), Err(KeyError::Content { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "not a key");
    }
}
