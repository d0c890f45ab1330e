//! Attachments on the disk: each file once, named by the SHA-256 of its content. Everything here blocks; not for async threads.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::documents::media::{self, MediaKind, Refused};
use crate::documents::private;

/// The reason why a file is not stored.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// It has more bytes than the limit.
    #[error("more than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// Its contents are not accepted.
    #[error("not a file that is taken: {0:?}")]
    Unsupported(Refused),
    /// It has no content.
    #[error("an empty file")]
    Empty,
    /// The file of this hash has other contents, or is missing.
    #[error("the file {name} is missing or damaged")]
    Damaged {
        /// The hash that it should have.
        name: String,
    },
    /// The disk.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// The folder of the attachments.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
}

/// A file that is being uploaded. If it is dropped before [`Incoming::keep`], its bytes are deleted.
#[derive(Debug)]
pub struct Incoming {
    folder: PathBuf,
    file: NamedTempFile,
    hash: Sha256,
    bytes: usize,
    max: usize,
}

/// A file in the vault, durably on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The hash of its content.
    pub sha256: [u8; 32],
    /// Its length.
    pub bytes: usize,
    /// Its content type.
    pub media_type: &'static str,
}

impl Vault {
    /// The vault in this folder; the folder is created with the first file.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Begins an upload of at most `max` bytes.
    ///
    /// # Errors
    /// The disk's.
    pub fn begin(&self, max: usize) -> Result<Incoming, VaultError> {
        private::folder(&self.folder)?;
        // Created with mode 0600 in the folder of its final path, so that it can be renamed atomically.
        let file = tempfile::Builder::new().prefix(".incoming-").tempfile_in(&self.folder)?;
        Ok(Incoming { folder: self.folder.clone(), file, hash: Sha256::new(), bytes: 0, max })
    }

    /// Opens a file, after a comparison of its contents with its hash.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] if it is missing or was changed, and the disk's.
    pub fn open(&self, sha256: &[u8]) -> Result<File, VaultError> {
        let name = hex::encode(sha256);
        let mut file = match File::open(self.folder.join(&name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(VaultError::Damaged { name }),
            opened => opened?,
        };
        if hash_of(&mut file)?.as_slice() != sha256 {
            return Err(VaultError::Damaged { name });
        }
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    /// Removes unfinished uploads of nodes that died: files that were not written to since `before` (seconds since 1970).
    ///
    /// # Errors
    /// The disk's.
    pub fn sweep(&self, before: i64) -> io::Result<usize> {
        let mut swept = 0;
        for entry in entries(&self.folder)? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(b".incoming-") && is_older(&entry.metadata()?, before) {
                fs::remove_file(entry.path())?;
                swept += 1;
            }
        }
        Ok(swept)
    }
}

impl Vault {
    /// The hashes of the files that are unchanged since `before` (seconds since 1970).
    ///
    /// # Errors
    /// The disk's.
    pub fn older_than(&self, before: i64) -> io::Result<Vec<Vec<u8>>> {
        let mut found = Vec::new();
        for entry in entries(&self.folder)? {
            let entry = entry?;
            let hash = entry.file_name().to_str().and_then(|name| hex::decode(name).ok()).filter(|hash| hash.len() == HASH_BYTES);
            if let Some(hash) = hash
                && is_older(&entry.metadata()?, before)
            {
                found.push(hash);
            }
        }
        Ok(found)
    }

    /// Removes a file that has lain there unchanged since `before`. `false`: it came again in this moment, and stays.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove(&self, sha256: &[u8], before: i64) -> io::Result<bool> {
        let (path, aside) = (self.folder.join(hex::encode(sha256)), self.folder.join(format!(".stray-{}", hex::encode(sha256))));
        // Renamed first: an upload of the same contents meanwhile takes the name again and is not touched.
        fs::rename(&path, &aside)?;
        if is_older(&fs::metadata(&aside)?, before) {
            fs::remove_file(&aside)?;
            return Ok(true);
        }
        fs::rename(&aside, &path)?;
        Ok(false)
    }
}

/// The length of a hash.
const HASH_BYTES: usize = 32;

/// The entries of a folder; none if it does not exist yet.
fn entries(folder: &Path) -> io::Result<Vec<io::Result<fs::DirEntry>>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => Ok(entries?.collect()),
    }
}

fn is_older(file: &fs::Metadata, before: i64) -> bool {
    std::os::unix::fs::MetadataExt::mtime(file) < before
}

impl Incoming {
    /// Writes the next bytes.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] at once when there are too many, and the disk's.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), VaultError> {
        self.bytes += bytes.len();
        if self.bytes > self.max {
            return Err(VaultError::TooLarge { max: self.max });
        }
        self.hash.update(bytes);
        Ok(self.file.write_all(bytes)?)
    }

    /// Checks the contents and moves the file to its place: when this returns, it is on the disk under its hash.
    ///
    /// # Errors
    /// [`VaultError::Unsupported`], [`VaultError::Empty`], and the disk's.
    pub fn keep(mut self, name: &str) -> Result<StoredFile, VaultError> {
        let media_type = match media::kind(self.file.as_file_mut(), name)? {
            MediaKind::Of(media_type) => media_type,
            MediaKind::Empty => return Err(VaultError::Empty),
            MediaKind::Refused(why) => return Err(VaultError::Unsupported(why)),
        };
        let sha256: [u8; 32] = self.hash.finalize().into();
        self.file.as_file().sync_all()?;
        // Equal contents have the same name; the new copy replaces an older one, which may have been damaged.
        self.file.persist(self.folder.join(hex::encode(sha256))).map_err(|error| error.error)?;
        sync_folder(&self.folder)?;
        Ok(StoredFile { sha256, bytes: self.bytes, media_type })
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn hash_of(file: &mut File) -> io::Result<[u8; 32]> {
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_lies_under_the_hash_of_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path().join("attachments"));
        let mut incoming = vault.begin(100).unwrap();
        incoming.write(b"%PDF-1.7 ").unwrap();
        incoming.write(b"words").unwrap();
        let kept = incoming.keep("a.pdf").unwrap();
        assert_eq!((kept.bytes, kept.media_type), (14, "application/pdf"));
        assert_eq!(kept.sha256, <[u8; 32]>::from(Sha256::digest(b"%PDF-1.7 words")));
        assert_eq!(names(&folder.path().join("attachments")), [hex::encode(kept.sha256)]);
        let mut content = String::new();
        vault.open(&kept.sha256).unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "%PDF-1.7 words");
    }

    #[test]
    fn nothing_stays_of_what_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path().to_path_buf());
        let mut incoming = vault.begin(8).unwrap();
        incoming.write(b"%PDF").unwrap();
        assert!(matches!(incoming.write(b"-1.7 words"), Err(VaultError::TooLarge { max: 8 })));
        drop(incoming);
        let mut incoming = vault.begin(8).unwrap();
        incoming.write(b"MZ").unwrap();
        assert!(matches!(incoming.keep("a.exe"), Err(VaultError::Unsupported(Refused::Other))));
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn a_changed_or_missing_file_is_not_given_out() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path().to_path_buf());
        let mut incoming = vault.begin(100).unwrap();
        incoming.write(b"%PDF-1.7").unwrap();
        let kept = incoming.keep("a.pdf").unwrap();
        let path = folder.path().join(hex::encode(kept.sha256));
        fs::write(&path, b"%PDF-1.8").unwrap();
        assert!(matches!(vault.open(&kept.sha256), Err(VaultError::Damaged { .. })));
        fs::remove_file(&path).unwrap();
        assert!(matches!(vault.open(&kept.sha256), Err(VaultError::Damaged { .. })));
    }

    #[test]
    fn what_a_dead_node_left_is_swept_away() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path().to_path_buf());
        fs::write(folder.path().join(".incoming-x"), b"half").unwrap();
        fs::write(folder.path().join("whole"), b"whole").unwrap();
        assert_eq!(vault.sweep(0).unwrap(), 0);
        assert_eq!(vault.sweep(i64::MAX).unwrap(), 1);
        assert_eq!(names(folder.path()), ["whole"]);
    }

    #[test]
    fn a_whole_file_is_removed_unless_it_came_again() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path().to_path_buf());
        let mut incoming = vault.begin(100).unwrap();
        incoming.write(b"%PDF-1.7").unwrap();
        let kept = incoming.keep("a.pdf").unwrap();
        fs::write(folder.path().join("notes.txt"), b"not ours").unwrap();
        assert_eq!(vault.older_than(0).unwrap(), Vec::<Vec<u8>>::new());
        assert_eq!(vault.older_than(i64::MAX).unwrap(), [kept.sha256.to_vec()]);
        assert!(!vault.remove(&kept.sha256, 0).unwrap());
        assert_eq!(names(folder.path()), [hex::encode(kept.sha256), "notes.txt".to_owned()]);
        assert!(vault.remove(&kept.sha256, i64::MAX).unwrap());
        assert_eq!(names(folder.path()), ["notes.txt"]);
    }
}
