//! The last signed checkpoint of each ledger, stored beside the key and outside the database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::documents::private;
use crate::domain::ids::ChannelId;

/// The folder of the notes, a file for each ledger.
#[derive(Debug, Clone)]
pub struct Remembered {
    folder: PathBuf,
}

impl Remembered {
    /// In this folder; it is made with the first note.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, ledger: ChannelId) -> PathBuf {
        self.folder.join(format!("{ledger}.checkpoint"))
    }

    /// The note of a ledger's last checkpoint; `None` if none is stored.
    ///
    /// # Errors
    /// The disk's.
    pub fn load(&self, ledger: ChannelId) -> io::Result<Option<String>> {
        match fs::read_to_string(self.path(ledger)) {
            Ok(note) => Ok(Some(note)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Remembers a note in place of the one before, durably.
    ///
    /// # Errors
    /// The disk's.
    pub fn save(&self, ledger: ChannelId, note: &str) -> io::Result<()> {
        private::replace(&self.path(ledger), note.as_bytes())
    }

    /// Deletes the stored checkpoint of a ledger.
    ///
    /// # Errors
    /// The disk's.
    pub fn forget(&self, ledger: ChannelId) -> io::Result<()> {
        match fs::remove_file(self.path(ledger)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    /// The notes of all ledgers.
    ///
    /// # Errors
    /// The disk's.
    pub fn all(&self) -> io::Result<Vec<String>> {
        let mut paths = Vec::new();
        match fs::read_dir(&self.folder) {
            Ok(files) => {
                for file in files {
                    paths.push(file?.path());
                }
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "checkpoint"));
        paths.sort();
        paths.iter().map(fs::read_to_string).collect()
    }

    /// The ledgers of which something is remembered.
    #[must_use]
    pub fn ledgers(&self) -> Vec<ChannelId> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = files.filter_map(|file| file.file_name().into_string().ok());
        let mut all: Vec<ChannelId> = names.filter_map(|name| name.strip_suffix(".checkpoint")?.parse().ok().map(ChannelId)).collect();
        all.sort_unstable();
        all
    }

    /// Whether anything was ever signed beside this key.
    #[must_use]
    pub fn is_any(&self) -> bool {
        fs::read_dir(&self.folder).is_ok_and(|mut files| files.next().is_some())
    }

    /// The folder of the notes.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_note_of_each_ledger_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (ChannelId(uuid::Uuid::from_u128(1)), ChannelId::INSTALLATION);
        let remembered = Remembered::new(folder.path().join("signed"));
        assert!(!remembered.is_any());
        assert_eq!(remembered.load(one).unwrap(), None);
        remembered.save(one, "first").unwrap();
        remembered.save(one, "second").unwrap();
        remembered.save(other, "other").unwrap();
        assert_eq!(remembered.load(one).unwrap().as_deref(), Some("second"));
        assert!(remembered.is_any());
        assert_eq!(remembered.ledgers(), [other, one]);
        remembered.forget(one).unwrap();
        remembered.forget(one).unwrap();
        assert_eq!((remembered.load(one).unwrap(), remembered.load(other).unwrap().as_deref()), (None, Some("other")));
    }
}
