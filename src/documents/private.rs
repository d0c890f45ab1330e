//! Folders and files that only the server's user may read: manuscripts, letters with one-time links, hashes of passwords.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Creates a folder and its missing parents, each accessible to the server's user alone. Existing ones stay unchanged.
///
/// # Errors
/// The disk's.
pub fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Creates an empty file that is accessible to the server's user alone, if there is none.
///
/// # Errors
/// The disk's.
pub fn file(path: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

/// The permission bits of a file that others than its owner may read or change; `None` when it is private.
///
/// # Errors
/// The disk's.
pub fn open_mode(path: &Path) -> io::Result<Option<u32>> {
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    Ok((mode & 0o077 != 0).then_some(mode))
}

/// Whether everybody on this machine may read a file.
///
/// # Errors
/// The disk's.
pub fn is_for_everybody(path: &Path) -> io::Result<bool> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o004 != 0)
}

/// Removes all permissions on a file or folder except those of its owner.
///
/// # Errors
/// The disk's.
pub fn close(path: &Path) -> io::Result<()> {
    match open_mode(path)? {
        Some(mode) => fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700)),
        None => Ok(()),
    }
}

/// Writes a new private file atomically and durably, and creates its folder if that is missing. `false`: a file of this name existed.
///
/// # Errors
/// The disk's.
pub fn create(path: &Path, contents: &[u8]) -> io::Result<bool> {
    let folder = parent(path);
    match written(folder, contents)?.persist_noclobber(path) {
        Ok(_) => File::open(folder)?.sync_all().map(|()| true),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e.error),
    }
}

/// Replaces a private file atomically and durably: a reader finds the old contents or the new ones.
///
/// # Errors
/// The disk's.
pub fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = parent(path);
    written(folder, contents)?.persist(path).map_err(|e| e.error)?;
    File::open(folder)?.sync_all()
}

/// The folder of a file.
#[must_use]
pub fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A temporary file with these contents on the disk. It has mode 0600.
fn written(folder_of: &Path, contents: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    folder(folder_of)?;
    let mut file = tempfile::NamedTempFile::new_in(folder_of)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_for_nobody_else_and_what_is_there_stays() {
        let place = tempfile::tempdir().unwrap();
        let (inner, path) = (place.path().join("data/demo"), place.path().join("data/demo/a.db"));
        folder(&inner).unwrap();
        file(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&place.path().join("data")), mode(&inner), mode(&path)), (0o700, 0o700, 0o600));
        fs::write(&path, "kept").unwrap();
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o750)).unwrap();
        folder(&inner).unwrap();
        file(&path).unwrap();
        assert_eq!((mode(&inner), fs::read_to_string(&path).unwrap()), (0o750, "kept".to_owned()));
    }

    #[test]
    fn a_file_is_created_once_and_replaced_whole() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("secrets/key");
        assert!(create(&path, b"one").unwrap());
        assert!(!create(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        replace(&path, b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(open_mode(&path).unwrap(), None);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(open_mode(&path).unwrap(), Some(0o640));
        assert_eq!(fs::read_dir(place.path().join("secrets")).unwrap().count(), 1, "no temporary file is left");
    }
}
