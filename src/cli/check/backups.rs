//! Whether there is a good backup that is recent enough, and whether the next one can be made.

use super::{CheckFinding, CheckState, connect, folder, up_to_date};
use crate::app::backup::{self, LastBackup};
use crate::config::Settings;
use crate::documents::passphrase;
use crate::domain::clock::{Clock, Moment};
use crate::store::{AnyConn, pg_tools, snapshot};

/// The age of the last good backup, and whether one has failed since.
pub(super) fn last(settings: &Settings, clock: &Clock) -> CheckFinding {
    let (what, now) = ("backup", clock.now());
    let last = up_to_date(settings).and_then(|mut conn| LastBackup::find(&mut conn, settings).ok());
    let last = last.unwrap_or_else(|| LastBackup::load(settings));
    let days = |at: Moment| (now - at).num_days();
    if let (true, Some((at, why))) = (last.is_given_up, last.open_failure()) {
        let says = format!("it was given up at {at}: {why}. Set that right, and retry it on the page 任务 (/jobs?kind=backup)");
        return CheckFinding::bad(what, says);
    }
    match (last.done_at, last.open_failure()) {
        (Some(at), _) if last.missing > 0 && days(at) < settings.backup.warn_days => {
            let missing = last.missing;
            let says = format!(
                "the last good one was made at {at}; {missing} attachments were missing or damaged: run `zhitongche ledger verify`, and look for them in older backups"
            );
            CheckFinding::warning(what, says)
        }
        (Some(at), Some((failed, why))) => {
            CheckFinding::warning(what, format!("the last good one was made at {at}, and the last try failed at {failed}: {why}"))
        }
        (Some(at), None) if days(at) < settings.backup.warn_days => CheckFinding::good(what, format!("the last good one was made at {at}")),
        (Some(at), None) => {
            let says = format!("the last good one is {} days old: {}", days(at), todo(settings));
            CheckFinding::warning(what, says)
        }
        (None, Some((_, why))) => CheckFinding::warning(what, format!("there is none, and the last try failed: {why}")),
        (None, None) => CheckFinding::warning(what, format!("there is none on record: {}", todo(settings))),
    }
}

/// How to get a backup.
fn todo(settings: &Settings) -> &'static str {
    match (&settings.backup.folder, settings.backup.at) {
        (Some(_), Some(_)) => "see that `serve` or `work` runs, and look at the page 任务 (/jobs?kind=backup)",
        (Some(_), None) => "run `zhitongche backup`, and every night; backup.at does that by itself",
        (None, _) => "set backup.folder, so that one is made every night; see docs/operations.md",
    }
}

/// Whether the next backup can be made: folder, passphrase, and the programs of PostgreSQL.
pub(super) fn next(settings: &Settings) -> CheckFinding {
    let (what, of) = ("next backup", &settings.backup);
    let Some(place) = &of.folder else { return CheckFinding::warning(what, "backup.folder is not set: none is made by itself") };
    if !place.exists() && !backup::may_lack(settings, place) {
        return CheckFinding::bad(what, format!("there is no folder {}: mount its disk, or make it for this user", place.display()));
    }
    let found = folder(what, place, "backup.folder");
    if found.state != CheckState::Good {
        return found;
    }
    if let Some(file) = &of.passphrase_file {
        match backup::read_passphrase(file) {
            Err(error) => return CheckFinding::bad(what, format!("{error}: set backup.passphrase_file right")),
            Ok(read) if read.expose().chars().count() < passphrase::LEAST_CHARS => {
                let least = passphrase::LEAST_CHARS;
                return CheckFinding::bad(what, format!("the passphrase in {} has fewer than {least} characters", file.display()));
            }
            Ok(_) => {}
        }
    }
    if let Err(says) = programs(settings) {
        return CheckFinding::bad(what, says);
    }
    let keys = if of.passphrase_file.is_some() { "with the keys, encrypted" } else { "without the keys" };
    let when = of
        .at
        .map_or_else(|| "when `zhitongche backup` is run".to_owned(), |at| format!("every day at {} by Beijing time", at.format("%H:%M")));
    CheckFinding::good(what, format!("goes to {}, {keys}, {when}", place.display()))
}

/// Whether `pg_dump` and `pg_restore` are installed in the server's version. Problems of the database are reported by another finding.
fn programs(settings: &Settings) -> Result<(), String> {
    let version = |conn: &mut AnyConn| snapshot::server_major(conn).ok().flatten();
    let Some(server) = connect(settings).ok().and_then(|mut conn| version(&mut conn)) else { return Ok(()) };
    for name in [pg_tools::DUMP, pg_tools::RESTORE] {
        pg_tools::find(name, server, settings.backup.postgres_programs.as_deref()).map_err(|error| error.to_string())?;
    }
    Ok(())
}
