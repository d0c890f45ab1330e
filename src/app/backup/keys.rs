//! The keys of an installation in a backup: included only on request, and only encrypted.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{BackupError, RestoreError};
use crate::config::{Secret, Settings};
use crate::documents::archive::{Archive, KEYS};
use crate::documents::passphrase;
use crate::documents::private;

/// The name of the ledger's key in the archive, wherever its file is.
const LEDGER_KEY: &str = "ledger.key";
/// The largest size of the encrypted keys, in bytes.
const MOST: u64 = 1024 * 1024;

/// The contents of key files by their names.
pub(super) type Keys = BTreeMap<String, Vec<u8>>;

/// Reads the passphrase from the first line of a file.
///
/// # Errors
/// Fails with [`BackupError::PassphraseFile`].
pub fn read_passphrase(path: &Path) -> Result<Secret, BackupError> {
    let failed = |why: String| BackupError::PassphraseFile { path: path.to_owned(), why };
    if private::is_for_everybody(path).unwrap_or(false) {
        tracing::warn!(path = %path.display(), "everybody on this machine can read the passphrase of the backups: run `chmod o-rwx` on its file");
    }
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret::new(line)),
        _ => Err(failed("its first line is empty".to_owned())),
    }
}

/// Returns the files of the secrets folder and the ledger's key, encrypted. The server's record of its signatures is excluded, because
/// after a restore it would be older than the newest signatures.
pub(super) fn encrypted(settings: &Settings, passphrase: &Secret) -> Result<Vec<u8>, BackupError> {
    let mut files = BTreeMap::new();
    let folder = settings.secrets_dir();
    let failed = |path: &Path, cause| BackupError::Key { path: path.to_owned(), cause };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        entries => entries.and_then(Iterator::collect).map_err(|cause| failed(&folder, cause))?,
    };
    for entry in entries {
        if entry.file_type().is_ok_and(|kind| kind.is_file())
            && let Some(name) = entry.file_name().to_str().filter(|name| is_name(name))
        {
            files.insert(name.to_owned(), entry.path());
        }
    }
    let ledger_key = settings.ledger_key_file();
    if ledger_key.exists() {
        files.insert(LEDGER_KEY.to_owned(), ledger_key);
    }
    let mut contents = BTreeMap::new();
    for (name, path) in files {
        let bytes = fs::read(&path).map_err(|cause| failed(&path, cause))?;
        contents.insert(name, STANDARD.encode(bytes));
    }
    let plain = serde_json::to_vec(&contents).map_err(io::Error::other)?;
    Ok(passphrase::encrypt(passphrase.expose(), &plain)?)
}

/// Decrypts the keys of an archive.
pub(super) fn read(archive: &Archive, passphrase: &Secret) -> Result<Keys, RestoreError> {
    if archive.part(KEYS).is_none() {
        return Err(RestoreError::NoKeys);
    }
    let mut sealed = Vec::new();
    archive.contents(KEYS)?.take(MOST).read_to_end(&mut sealed)?;
    let plain = passphrase::decrypt(passphrase.expose(), &sealed)?;
    let encoded: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(io::Error::other)?;
    let decode = |(name, text): (String, String)| {
        let bytes = STANDARD.decode(text).map_err(io::Error::other)?;
        if is_name(&name) { Ok((name, bytes)) } else { Err(RestoreError::KeyName(name)) }
    };
    encoded.into_iter().map(decode).collect()
}

/// Returns the files of these keys that do not exist yet. An existing file with other contents is never replaced.
pub(super) fn missing(settings: &Settings, keys: Keys) -> Result<Vec<(PathBuf, Vec<u8>)>, RestoreError> {
    let mut missing = Vec::new();
    for (name, bytes) in keys {
        let path = if name == LEDGER_KEY { settings.ledger_key_file() } else { settings.secrets_dir().join(&name) };
        match fs::read(&path) {
            Ok(there) if there == bytes => {}
            Ok(_) => return Err(RestoreError::OtherKey(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push((path, bytes)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(missing)
}

/// Writes one of the files.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), RestoreError> {
    if private::create(path, bytes)? { Ok(()) } else { Err(RestoreError::OtherKey(path.to_owned())) }
}

/// Returns whether a key may have this name, which must not lead to another folder.
fn is_name(name: &str) -> bool {
    !name.starts_with('.') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}
