//! `zhitongche check`: checks whether everything that this node needs is available. Each finding says what to do.

mod backups;
mod clients;
mod keys;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chrono::Datelike;
use serde::Serialize;

use crate::app::mail_settings;
use crate::cli::listing;
use crate::config::Settings;
use crate::documents::private;
use crate::documents::token_key::TokenKey;
use crate::domain::calendar::{Calendar, UnknownYear};
use crate::domain::clock::Clock;
use crate::domain::lang::Lang;
use crate::domain::vocabulary::Role;
use crate::mail::smtp::{SmtpLine, SmtpServer};
use crate::mail::{MailService, Transport};
use crate::server::database::connect_existing as connect;
use crate::server::start_error::StartError;
use crate::store::jobs::listing as job_rows;
use crate::store::{AnyConn, calendars, channels, health, letters, migrate, people};
use crate::text::word;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// The state of one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum CheckState {
    Good,
    /// Works, but needs an action at some time.
    Warning,
    Bad,
}

#[derive(Debug, Serialize)]
struct CheckFinding {
    what: &'static str,
    state: CheckState,
    says: String,
}

impl CheckFinding {
    fn good(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, state: CheckState::Good, says: says.into() }
    }

    fn warning(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, state: CheckState::Warning, says: says.into() }
    }

    fn bad(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, state: CheckState::Bad, says: says.into() }
    }
}

/// Runs all checks and prints the findings.
///
/// # Errors
/// When a finding is bad.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<()> {
    let findings = [
        CheckFinding::good("configuration", format!("read; links in letters begin with {}", settings.public_url())),
        folder("data directory", &settings.server.data_dir, "server.data_dir"),
        database(settings),
        clients::addresses(settings),
        mail(settings),
        letters(settings, &Clock::System),
        jobs(settings, &Clock::System),
        keys::secrets(settings),
        keys::signing(settings),
        folder("storage", &settings.attachments_dir(), "storage.url"),
        backups::last(settings, &Clock::System),
        backups::next(settings),
        calendar(&Clock::System, loaded(settings)),
        four_eyes(settings),
        texts(settings),
    ];
    listing::print(
        &findings,
        &[
            ("check", |finding: &CheckFinding| finding.what.to_owned()),
            ("state", |finding| match finding.state {
                CheckState::Good => "ok".to_owned(),
                CheckState::Warning => "warning".to_owned(),
                CheckState::Bad => "BAD".to_owned(),
            }),
            ("says", |finding| finding.says.clone()),
        ],
        args.json,
    )?;
    let bad = findings.iter().filter(|finding| finding.state == CheckState::Bad).count();
    anyhow::ensure!(bad == 0, "{bad} of {} checks failed; set right what they say and run `zhitongche check` again", findings.len());
    Ok(())
}

/// Writes and removes a file in a folder.
fn folder(what: &'static str, folder: &Path, key: &str) -> CheckFinding {
    let tried = private::folder(folder).and_then(|()| tempfile::NamedTempFile::new_in(folder));
    let open = std::fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    match tried {
        Ok(_) if open => {
            let says = format!("{0} can be written, but others on this machine can look into it: chmod 700 {0}", folder.display());
            CheckFinding::warning(what, says)
        }
        Ok(_) => CheckFinding::good(what, format!("{} can be written", folder.display())),
        Err(e) => {
            CheckFinding::bad(what, format!("{} can't be written ({e}): make it writable for this user, or set {key}", folder.display()))
        }
    }
}

fn database(settings: &Settings) -> CheckFinding {
    let what = "database";
    let pending = match connect(settings) {
        Err(StartError::NoDatabase(place)) => {
            let says = format!(
                "there is none at {place} yet: the first start makes it. If there should be one, check server.data_dir and database.url"
            );
            return CheckFinding::warning(what, says);
        }
        conn => conn.map_err(|e| e.to_string()).and_then(|mut conn| migrate::pending(&mut conn).map_err(|e| e.to_string())),
    };
    match pending {
        Ok(pending) if pending.is_empty() => CheckFinding::good(what, "answers, and its schema is up to date"),
        Ok(pending) if settings.database.migrate_at_start => {
            CheckFinding::good(what, format!("answers; {} migrations will be applied at the next start", pending.len()))
        }
        Ok(pending) => CheckFinding::bad(what, format!("its schema lacks {} migrations: run `zhitongche migrate`", pending.len())),
        Err(says) => CheckFinding::bad(what, says),
    }
}

/// Connects to a database that has all tables.
fn up_to_date(settings: &Settings) -> Option<AnyConn> {
    let mut conn = connect(settings).ok()?;
    migrate::pending(&mut conn).is_ok_and(|pending| pending.is_empty()).then_some(conn)
}

fn mail(settings: &Settings) -> CheckFinding {
    let what = "mail";
    let service = match (settings.mail.is_fixed(), up_to_date(settings)) {
        (false, Some(mut conn)) => {
            let key = TokenKey::load(&settings.token_key_file()).map_err(|error| error.to_string());
            let key = key.and_then(|key| key.ok_or_else(|| "the key of sign-ins is missing".to_owned()));
            mail_settings::service(&mut conn, settings, key).unwrap_or_else(|error| Err(error.to_string()))
        }
        _ => MailService::from_settings(settings),
    };
    match service.map(|service| service.transport) {
        Ok(Transport::File(_)) => match folder(what, &settings.mail_dir(), "server.data_dir") {
            CheckFinding { state: CheckState::Good, .. } => {
                let says = format!(
                    "letters are only written to {}; set a mail server on the page 邮件设置 to send them",
                    settings.mail_dir().display()
                );
                CheckFinding::warning(what, says)
            }
            bad => bad,
        },
        Ok(Transport::Memory(_)) => {
            CheckFinding::warning(what, "letters are kept in memory and lost; set mail.transport to \"smtp\" or \"file\"")
        }
        Ok(Transport::Smtp(server)) => smtp(&server),
        Err(why) if settings.mail.is_fixed() => CheckFinding::bad(what, format!("mail.smtp_url can't be used ({why})")),
        Err(why) => CheckFinding::bad(
            what,
            format!("letters wait ({why}): put the right key back, or type the password again on the page 邮件设置"),
        ),
    }
}

fn smtp(server: &SmtpServer) -> CheckFinding {
    let what = "mail";
    match SmtpLine::probe(server) {
        Ok(()) => CheckFinding::good(what, "the mail server answers and lets us in"),
        Err((stage, answer)) => CheckFinding::bad(
            what,
            format!(
                "the mail server does not answer as it should, at {} ({answer}): check mail.smtp_url or the page 邮件设置, user and password, and the network",
                word(Lang::En, stage)
            ),
        ),
    }
}

/// Longer than the first delays of any retry: beyond it no worker is running, or the mail server has been unavailable.
const PATIENCE_MINUTES: i64 = 30;

/// Whether letters are sent. Problems of the database are reported by another finding.
fn letters(settings: &Settings, clock: &Clock) -> CheckFinding {
    let (what, now) = ("letters", clock.now());
    let oldest = connect(settings).ok().and_then(|mut conn| letters::oldest_waiting(&mut conn, now).ok()).flatten();
    let waited = oldest.map_or(0, |at| (now - at).num_minutes());
    if waited < PATIENCE_MINUTES {
        return CheckFinding::good(what, "none waits for long");
    }
    let says = format!("the oldest has waited for {waited} minutes: see that `serve` or `work` runs and that the mail server answers");
    CheckFinding::warning(what, says)
}

/// Periodic jobs show at least once a minute that a node is working.
const JOB_PATIENCE_MINUTES: i64 = 5;

/// Whether jobs run on time and none is dead. Problems of the database are reported by another finding.
fn jobs(settings: &Settings, clock: &Clock) -> CheckFinding {
    let (what, now) = ("jobs", clock.now());
    let read = |conn: &mut AnyConn| Some((job_rows::overdue(conn, None, now).ok()?, job_rows::dead(conn, None).ok()?));
    let Some((overdue, dead)) = up_to_date(settings).and_then(|mut conn| read(&mut conn)) else {
        return CheckFinding::good(what, "none waits");
    };
    if dead.count > 0 {
        let says = format!("{} were given up: look at the page 任务 (/jobs?state=dead), and retry or discard them", dead.count);
        return CheckFinding::warning(what, says);
    }
    let waited = overdue.since.map_or(0, |at| (now - at).num_minutes());
    if waited < JOB_PATIENCE_MINUTES {
        return CheckFinding::good(what, "none waits for long, none was given up");
    }
    CheckFinding::warning(what, format!("the oldest has waited for {waited} minutes: see that `serve` or `work` runs"))
}

/// The number of manuscripts' numbers in one line.
const NUMBERS: usize = 20;

/// Whether manuscripts were signed with an edited text that corrections of their authors had made outdated, before this was refused.
fn texts(settings: &Settings) -> CheckFinding {
    let what = "edited texts";
    let found = connect(settings).ok().and_then(|mut conn| health::signed_outdated(&mut conn, None).ok()).unwrap_or_default();
    if found.is_empty() {
        return CheckFinding::good(what, "none was signed although its original had been corrected since");
    }
    let numbers: Vec<String> = found.iter().take(NUMBERS).map(|(number, stage)| format!("{number} ({stage})")).collect();
    let more = if found.len() > NUMBERS { ", …" } else { "" };
    let says = format!(
        "{} were signed with an edited text that does not have their author's last corrections: {}{more}; carry over or drop it for those \
         that are `accepted`, and tell the readers of the others",
        found.len(),
        numbers.join(", ")
    );
    CheckFinding::warning(what, says)
}

/// The years of the channel with the fewest; those of the program if the database does not respond, which another finding reports.
fn loaded(settings: &Settings) -> Calendar {
    let base = Calendar::shipped().unwrap_or_default();
    let of_channels = connect(settings).ok().and_then(|mut conn| {
        let all = channels::list(&mut conn).ok()?;
        all.iter().map(|one| calendars::of_channel(&mut conn, &base, one.id).ok()).collect::<Option<Vec<_>>>()
    });
    of_channels.into_iter().flatten().min_by_key(|one| one.years().count()).unwrap_or(base)
}

fn calendar(clock: &Clock, known: Calendar) -> CheckFinding {
    let what = "calendar";
    let today = clock.now().utc();
    let years: Vec<i32> = known.years().collect();
    let next = today.year() + 1;
    if !years.contains(&today.year()) {
        return CheckFinding::bad(what, UnknownYear(today.year()).to_string());
    }
    if today.month() >= 11 && !years.contains(&next) {
        let says = format!("the rest days of {next} are not there yet: load the State Council's arrangement when it is published");
        return CheckFinding::warning(what, says);
    }
    CheckFinding::good(what, format!("rest days of {years:?} are known"))
}

/// Whether one person alone could release a text in some channel. Problems of the database are reported by another finding.
fn four_eyes(settings: &Settings) -> CheckFinding {
    let what = "four eyes";
    let mut off = Vec::new();
    if let Ok(mut conn) = connect(settings) {
        for channel in channels::list(&mut conn).unwrap_or_default() {
            let mut signers = people::holders(&mut conn, channel.id, Role::Signer, None).unwrap_or_default();
            signers.sort_unstable();
            signers.dedup();
            if channel.settings().is_ok_and(|settings| !settings.needs_four_eyes(signers.len())) {
                off.push(channel.code);
            }
        }
    }
    if off.is_empty() {
        return CheckFinding::good(what, "who recommends a manuscript does not sign it");
    }
    let says =
        format!("OFF in {}: who recommends a manuscript can sign it alone; have at least two signers, or switch it on", off.join(", "));
    CheckFinding::warning(what, says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_made_is_bad_and_says_which_key() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let finding = folder("storage", &file.join("below"), "storage.url");
        assert_eq!(finding.state, CheckState::Bad);
        assert!(finding.says.contains("storage.url"), "{}", finding.says);
        assert_eq!(folder("storage", &dir.path().join("new/one"), "storage.url").state, CheckState::Good);
    }

    #[test]
    fn a_mail_server_that_is_not_there_is_bad() {
        let dir = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults_in(dir.path()).unwrap();
        assert_eq!(mail(&settings).state, CheckState::Warning);
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        settings.mail.transport = crate::config::MailTransport::Smtp;
        settings.mail.smtp_url = crate::config::Secret::new(format!("smtp://{free}"));
        let finding = mail(&settings);
        assert_eq!(finding.state, CheckState::Bad);
        assert!(finding.says.contains("mail.smtp_url"), "{}", finding.says);
    }

    #[test]
    fn an_unknown_year_is_bad_and_a_missing_next_year_is_told_in_november() {
        let known = || Calendar::shipped().unwrap();
        let at = |text: &str| Clock::at(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into());
        assert_eq!(calendar(&at("2026-03-01T00:00:00Z"), known()).state, CheckState::Good);
        assert_eq!(calendar(&at("2026-11-20T00:00:00Z"), known()).state, CheckState::Warning);
        assert_eq!(calendar(&at("2031-01-02T00:00:00Z"), known()).state, CheckState::Bad);
    }
}
