//! What came of the last backup: a small file in the data folder, which health page, figures and `check` of that node read. It is no row,
//! since a backup must not need a database that can be written to.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::Settings;
use crate::documents::private;
use crate::domain::clock::Moment;

/// What is known of backups on this node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastBackup {
    /// When the last good one was finished.
    pub done_at: Option<Moment>,
    /// When one failed last.
    pub failed_at: Option<Moment>,
    /// Why.
    pub failure: Option<String>,
}

impl LastBackup {
    /// Reads it; nothing is known where the file is not there or can't be read.
    #[must_use]
    pub fn load(settings: &Settings) -> Self {
        let text = std::fs::read_to_string(path(settings)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Whether one was ever tried here.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.done_at.is_some() || self.failed_at.is_some()
    }

    /// The failure, where no good one came after it.
    #[must_use]
    pub fn open_failure(&self) -> Option<(Moment, &str)> {
        let at = self.failed_at.filter(|failed| self.done_at.is_none_or(|done| done < *failed))?;
        Some((at, self.failure.as_deref()?))
    }

    /// Notes what came of a backup.
    ///
    /// # Errors
    /// The disk's.
    pub fn note(settings: &Settings, now: Moment, failure: Option<String>) -> io::Result<()> {
        let before = Self::load(settings);
        let next = match failure {
            None => Self { done_at: Some(now), ..before },
            Some(why) => Self { failed_at: Some(now), failure: Some(why), ..before },
        };
        let text = serde_json::to_string(&next).map_err(io::Error::other)?;
        private::replace(&path(settings), text.as_bytes())
    }
}

fn path(settings: &Settings) -> PathBuf {
    settings.server.data_dir.join("last-backup.json")
}
