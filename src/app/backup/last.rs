//! The result of the last backup: a small file in the data folder of the node that made it, and the rows of its job, which all nodes read.
//! The file is used because a backup must not depend on a writable database.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::Settings;
use crate::documents::private;
use crate::domain::clock::Moment;
use crate::domain::job::{JobKind, JobState};
use crate::store::jobs::listing;
use crate::store::{AnyConn, StoreError};

/// The known results of backups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastBackup {
    /// The time at which the last successful one was finished.
    pub done_at: Option<Moment>,
    /// The number of attachments that it lacks, because they were missing or damaged.
    pub missing: usize,
    /// The time of the last failure.
    pub failed_at: Option<Moment>,
    /// Its reason.
    pub failure: Option<String>,
    /// Whether one was given up after its last attempt, without a later success.
    #[serde(skip)]
    pub is_given_up: bool,
}

impl LastBackup {
    /// Reads this node's file; the result is empty if the file does not exist or cannot be read.
    #[must_use]
    pub fn load(settings: &Settings) -> Self {
        let text = std::fs::read_to_string(path(settings)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Combines this node's file with the jobs of all nodes.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub fn find(conn: &mut AnyConn, settings: &Settings) -> Result<Self, StoreError> {
        let mut last = Self::load(settings);
        let jobs = listing::of_kind(conn, JobKind::Backup)?;
        for job in &jobs {
            if job.done_at > last.done_at {
                // Unless the file describes the same backup, written just before its job ended.
                if last.done_at < job.started_at {
                    last.missing = 0;
                }
                last.done_at = job.done_at;
            }
            if job.failed_at > last.failed_at {
                let fault = job.fault.map(|fault| fault.as_str().to_owned());
                (last.failed_at, last.failure) = (job.failed_at, job.error.clone().filter(|error| !error.is_empty()).or(fault));
            }
        }
        last.is_given_up = jobs.iter().any(|job| job.state == JobState::Dead && job.ended_at > last.done_at);
        Ok(last)
    }

    /// Returns whether a backup was ever attempted here.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.done_at.is_some() || self.failed_at.is_some()
    }

    /// Returns the failure, if no later backup was successful.
    #[must_use]
    pub fn open_failure(&self) -> Option<(Moment, &str)> {
        let at = self.failed_at.filter(|failed| self.done_at.is_none_or(|done| done < *failed))?;
        Some((at, self.failure.as_deref()?))
    }

    /// Records the result of a backup: the number of attachments that it lacks, or the reason for the failure.
    ///
    /// # Errors
    /// Fails if a disk operation fails.
    pub fn note(settings: &Settings, now: Moment, came: Result<usize, String>) -> io::Result<()> {
        let before = Self::load(settings);
        let next = match came {
            Ok(missing) => Self { done_at: Some(now), missing, ..before },
            Err(why) => Self { failed_at: Some(now), failure: Some(why), ..before },
        };
        let text = serde_json::to_string(&next).map_err(io::Error::other)?;
        private::replace(&path(settings), text.as_bytes())
    }
}

fn path(settings: &Settings) -> PathBuf {
    settings.server.data_dir.join("last-backup.json")
}
