//! Writes an archive under a temporary name beside its final path; it is renamed when it is complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};

use super::{ArchivePart, MANIFEST, MANIFEST_HASH, Manifest};
use crate::documents::private;

/// The prefix of the names of unfinished files.
pub const PREFIX: &str = ".zhitongche-backup-";

/// An archive that is being written. If it is dropped before [`ArchiveWriter::finish`], nothing of it stays.
pub struct ArchiveWriter {
    builder: tar::Builder<File>,
    path: TempPath,
    parts: Vec<ArchivePart>,
}

/// Counts and hashes the bytes that are written through it.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.hash.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl ArchiveWriter {
    /// Begins an archive in this folder, which must exist, and removes unfinished archives of killed processes.
    ///
    /// # Errors
    /// The disk's.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        sweep(folder)?;
        let (file, path) = Self::temporary(folder)?.into_parts();
        Ok(Self { builder: tar::Builder::new(file), path, parts: Vec::new() })
    }

    /// A temporary file of mode 0600 in this folder. It is locked as long as this process lives, so that it is not taken for a leftover.
    ///
    /// # Errors
    /// The disk's.
    pub fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
        let file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)?;
        file.as_file().lock()?;
        Ok(file)
    }

    /// Adds a part that `fill` writes.
    ///
    /// # Errors
    /// The errors of `fill` and of the disk.
    pub fn add<E: From<io::Error>>(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<&mut ArchivePart, E> {
        let part = self.append(name, fill)?;
        let at = self.parts.len();
        self.parts.push(part);
        Ok(&mut self.parts[at])
    }

    fn append<E: From<io::Error>>(&mut self, name: &str, fill: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<ArchivePart, E> {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o600);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        let inner = self.builder.append_writer(&mut header, name)?;
        let mut out = Hashing { inner, hash: Sha256::new(), bytes: 0 };
        fill(&mut out)?;
        let Hashing { inner, hash, bytes } = out;
        inner.finish()?;
        Ok(ArchivePart { name: name.to_owned(), bytes, sha256: hex::encode(hash.finalize()), unpacked: None, secrets: Vec::new() })
    }

    /// The parts so far.
    #[must_use]
    pub fn parts(&self) -> &[ArchivePart] {
        &self.parts
    }

    /// Ends it with its manifest, whose parts are filled in here, and brings it to the disk. It still has its temporary name.
    ///
    /// # Errors
    /// The disk's.
    pub fn finish(mut self, mut manifest: Manifest) -> io::Result<Finished> {
        manifest.parts = std::mem::take(&mut self.parts);
        let text = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?;
        let part = self.append::<io::Error>(MANIFEST, |out| out.write_all(&text))?;
        self.append::<io::Error>(MANIFEST_HASH, |out| out.write_all(part.sha256.as_bytes()))?;
        let file = self.builder.into_inner()?;
        file.sync_all()?;
        Ok(Finished { file, path: self.path })
    }
}

/// A complete archive that has its temporary name.
pub struct Finished {
    file: File,
    path: TempPath,
}

impl Finished {
    /// Its temporary path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Renames it to `name`, durably, and returns its length.
    ///
    /// # Errors
    /// The disk's; [`io::ErrorKind::AlreadyExists`] when something has that name.
    pub fn persist(self, name: &Path) -> io::Result<u64> {
        let bytes = self.file.metadata()?.len();
        self.path.persist_noclobber(name).map_err(|error| error.error)?;
        File::open(private::parent(name))?.sync_all()?;
        Ok(bytes)
    }
}

/// Removes unfinished files whose process has ended.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_unfinished = entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.file_type()?.is_file();
        if is_unfinished && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
