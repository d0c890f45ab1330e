//! The daily backup, and one that an administrator requests: `zhitongche backup` into the folder of the settings, by a node that has one.

use chrono::NaiveTime;

use super::{JobRun, RunResult};
use crate::app::backup::{self, BackupError, BackupRequest, BackupStep, BackupTarget, WrittenBackup};
use crate::config::Settings;
use crate::domain::job::BackupPayload;
use crate::store::jobs::queue::Progress;

/// The daily time.
pub(super) const fn daily_at(settings: &Settings) -> Option<NaiveTime> {
    settings.backup.at
}

/// Whether this node has a folder for them.
pub(super) const fn is_possible(settings: &Settings) -> bool {
    settings.backup.folder.is_some()
}

/// Writes the backup. It uses a separate connection and ends when the node stops; then it is started again.
///
/// # Errors
/// The reason why there is no backup, with what to do.
pub fn run(run: &JobRun<'_>, _: BackupPayload) -> anyhow::Result<RunResult> {
    let app = &run.context.app;
    let of = &app.settings.backup;
    let folder = of.folder.clone().ok_or_else(|| anyhow::anyhow!("backup.folder is not set on this node"))?;
    let passphrase = of.passphrase_file.as_deref().map(backup::read_passphrase).transpose()?;
    let watch = |step: BackupStep| {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        run.progress(Progress { done: count(step.done), total: step.total.map(count), step: step.what });
        !run.is_over()
    };
    let order = BackupRequest { target: BackupTarget::Folder(folder), keys: passphrase.as_ref(), keep: of.keep, watch: &watch };
    match backup::write(&app.settings, &app.clock, &order) {
        Ok(written) => {
            log(&written);
            Ok(RunResult::of(1))
        }
        Err(BackupError::Ended) if run.stop.is_said() => Ok(RunResult::of(0)),
        Err(error) => Err(error.into()),
    }
}

fn log(written: &WrittenBackup) {
    let (path, missing) = (written.path.display(), written.manifest.missing.len());
    tracing::info!(%path, bytes = written.bytes, removed = written.removed.len(), "a backup was written and found whole");
    if missing > 0 {
        tracing::error!(%path, missing, "attachments were missing or damaged before this backup: run `zhitongche ledger verify`, and look for them in older backups");
    }
}
