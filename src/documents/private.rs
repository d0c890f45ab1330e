//! Folders and files that only the server's user may look into: manuscripts, letters with one-time links, hashes of passwords.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Makes a folder with all above it that is missing, each for the server's user alone. One that is there stays as it is.
///
/// # Errors
/// The disk's.
pub fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes an empty file for the server's user alone, where there is none yet.
///
/// # Errors
/// The disk's.
pub fn file(path: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

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
}
