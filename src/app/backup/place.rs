//! Targets of backups: a file with a chosen name, or one named by its time in a folder that retains the newest ones.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;

use super::{BackupError, LastBackup};
use crate::config::Settings;
use crate::documents::private;
use crate::domain::clock::Moment;

/// The format of names in a folder, by the time in UTC.
const NAME: &str = "zhitongche-%Y%m%dT%H%M%SZ.tar";

/// The target of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupTarget {
    /// A file that does not exist yet.
    File(PathBuf),
    /// A folder, with a name built from the time.
    Folder(PathBuf),
}

impl BackupTarget {
    /// Interprets the path as a folder if that exists or the name ends with a slash, otherwise as a file.
    #[must_use]
    pub fn named(path: &Path) -> Self {
        let is_folder = path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if is_folder { Self::Folder(path.to_owned()) } else { Self::File(path.to_owned()) }
    }
}

/// Returns the folder and the file's full path. A missing folder may be a disk that is not mounted, and creating it would fill another
/// disk: only `backup.folder` is created, and only before this node's first backup.
pub(super) fn of(settings: &Settings, target: &BackupTarget, at: Moment) -> Result<(PathBuf, PathBuf), BackupError> {
    let (folder, path) = match target {
        BackupTarget::Folder(folder) => (folder.clone(), folder.join(at.utc().format(NAME).to_string())),
        BackupTarget::File(path) => (private::parent(path).to_owned(), path.clone()),
    };
    let unusable = |cause| BackupError::Folder { folder: folder.clone(), cause };
    if !folder.try_exists().map_err(unusable)? {
        if may_lack(settings, &folder) {
            private::folder(&folder).map_err(unusable)?;
        } else {
            return Err(BackupError::NoFolder(folder));
        }
    }
    if path.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(path));
    }
    Ok((folder, path))
}

/// Returns whether a folder may be created: that of the settings, before the first backup.
#[must_use]
pub fn may_lack(settings: &Settings, folder: &Path) -> bool {
    settings.backup.folder.as_deref() == Some(folder) && LastBackup::load(settings).done_at.is_none()
}

/// Removes all but the newest `keep` of an installation's backups in a folder, by the time in their names. Other files are not removed, and
/// neither are backups of another installation (those for which `is_own` returns `false`).
pub(super) fn rotate(folder: &Path, keep: usize, is_own: impl Fn(&Path) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_backup = name.to_str().is_some_and(|name| NaiveDateTime::parse_from_str(name, NAME).is_ok());
        if is_backup && entry.file_type()?.is_file() && is_own(&entry.path()) {
            all.push(entry.path());
        }
    }
    all.sort_unstable();
    all.truncate(all.len().saturating_sub(keep));
    for old in &all {
        fs::remove_file(old)?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let days = ["20261118", "20261120", "20261119"].map(|day| format!("zhitongche-{day}T023200Z.tar"));
        for name in days.iter().map(String::as_str).chain(["zhitongche-mine.tar", "notes.txt", "zhitongche-20261117T023200Z.tar.bak"]) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let all = |_: &Path| true;
        assert_eq!(rotate(folder.path(), 1, |_| false).unwrap(), Vec::<PathBuf>::new(), "of another installation");
        assert_eq!(rotate(folder.path(), 2, all).unwrap(), [folder.path().join(&days[0])]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
        assert_eq!(rotate(folder.path(), 2, all).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_slash_or_a_folder_that_is_there_means_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(BackupTarget::named(folder.path()), BackupTarget::Folder(folder.path().to_owned()));
        assert_eq!(BackupTarget::named(Path::new("new/")), BackupTarget::Folder("new/".into()));
        assert_eq!(BackupTarget::named(Path::new("new.tar")), BackupTarget::File("new.tar".into()));
    }
}
