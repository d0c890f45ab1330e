//! Whether there is a backup that is good and young enough.

use super::Finding;
use crate::config::Settings;
use crate::desk::backup::LastBackup;
use crate::domain::clock::{Clock, Moment};

/// How old the last good backup is.
pub(super) fn last(settings: &Settings, clock: &Clock) -> Finding {
    let (what, now) = ("backup", clock.now());
    let last = LastBackup::load(settings);
    let days = |at: Moment| (now - at).num_days();
    match last.done_at {
        Some(at) if days(at) < settings.backup.warn_days => Finding::good(what, format!("the last good one was made at {at}")),
        Some(at) => Finding::warning(what, format!("the last good one is {} days old: run `zhitongche backup`, and every night", days(at))),
        None => match last.failure {
            Some(why) => Finding::warning(what, format!("there is none, and the last try failed: {why}")),
            None => {
                Finding::warning(what, "there is none on record: run `zhitongche backup FOLDER`, and every night; see docs/operations.md")
            }
        },
    }
}
