//! The free space of a disk.

use std::path::Path;

/// A disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that this program may still write.
    pub free: u64,
    /// Bytes in all.
    pub whole: u64,
}

/// The file system of a folder (POSIX, statvfs); `None` where the system returns an error.
#[must_use]
pub fn of(folder: &Path) -> Option<Space> {
    let of = rustix::fs::statvfs(folder).ok()?;
    Some(Space { free: of.f_bavail.saturating_mul(of.f_frsize), whole: of.f_blocks.saturating_mul(of.f_frsize) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_a_disk_and_nothing_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let space = of(folder.path()).unwrap();
        assert!(space.whole > 0 && space.free <= space.whole, "{space:?}");
        assert_eq!(of(&folder.path().join("none")), None);
    }
}
