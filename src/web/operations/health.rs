//! The health of the node in readable form: each line with a word and a shape, and the required action, if any.

use askama::Template;
use chrono::Datelike;

use crate::app::health::{self, DatabaseKind, Health, MOST, WaitingCount};
use crate::app::jobs::JobKind;
use crate::app::mail_settings::MailState;
use crate::app::unstaffed::Unstaffed;
use crate::config::BackupSettings;
use crate::domain::ledger::SigningFault;
use crate::jobs::kinds::{self, JobKindRow, KINDS};
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::operations::outbox::server_words;
use crate::web::session::Visitor;

/// Longer than the first delays of any retry: beyond it no worker is running, or the mail server has been unavailable.
const LETTER_MINUTES: i64 = 30;
/// Sealing takes a second.
const SEAL_MINUTES: i64 = 2;
/// The delay in minutes that a periodic job may have.
const LATE_MINUTES: i64 = 5;
/// The limits of free space below which the page warns: bytes, and per cent.
const LEAST_BYTES: u64 = 2_000_000_000;
const LEAST_PERCENT: u64 = 10;
/// The number of manuscripts' numbers in one line.
const NUMBERS: usize = 20;
/// From this month on a missing calendar of the next year is reported; the State Council publishes it in November.
const CALENDAR_MONTH: u32 = 11;

/// A line of the page.
struct HealthLine {
    /// Its key, which is also its anchor on the page.
    key: String,
    name: String,
    good: bool,
    /// Whether it needs attention at once.
    alarming: bool,
    says: String,
    /// The required action, and the page for it.
    todo: Option<(String, &'static str)>,
    /// The severity that is shown if the state is not good.
    class: &'static str,
}

/// A group of lines.
struct HealthSection {
    key: &'static str,
    lines: Vec<HealthLine>,
}

#[derive(Template)]
#[template(path = "operations/health.html", config = "src/web/askama.toml")]
struct HealthPage {
    f: Layout,
    parts: Vec<HealthSection>,
}

pub(super) async fn health(visitor: Visitor) -> PageResult {
    let of = visitor.read(health::health).await?;
    let settings = &visitor.app.settings;
    let rhythm = |kind: &JobKindRow| Some((kind.kind, kinds::rhythm_seconds(kind, settings)?));
    let jobs: Vec<(JobKind, u64)> = KINDS.iter().filter_map(rhythm).collect();
    let minutes = settings.ledger.checkpoint_minutes;
    let backup = settings.backup.clone();
    visitor.page(NavItem::Health, |f| {
        let say = Say { f: &f, of: &of };
        let parts = vec![
            HealthSection {
                key: "health-letters",
                lines: vec![say.sent(), say.letters(), say.mail_server(), say.given_up(), say.webhooks()],
            },
            HealthSection { key: "health-ledger", lines: vec![say.unsealed(), say.checkpoint(minutes), say.signing()] },
            HealthSection { key: "health-jobs", lines: say.jobs(&jobs) },
            HealthSection { key: "health-system", lines: say.system(&backup) },
            HealthSection { key: "health-trust", lines: vec![say.four_eyes(), say.unstaffed()] },
        ];
        HealthPage { f, parts }
    })
}

impl HealthPage {
    /// Whether a line needs attention at once.
    fn is_alarming(&self) -> bool {
        self.parts.iter().flat_map(|part| &part.lines).any(|line| line.alarming)
    }

    /// The lines that need attention.
    fn wanting(&self) -> Vec<&HealthLine> {
        self.parts.iter().flat_map(|part| &part.lines).filter(|line| !line.good).collect()
    }
}

/// Formats readings as text.
struct Say<'a> {
    f: &'a Layout,
    of: &'a Health,
}

impl Say<'_> {
    fn line(&self, key: &str, good: bool, says: String, todo: (&str, &'static str)) -> HealthLine {
        self.named(key, self.f.t(key), good, says, todo)
    }

    fn named(&self, key: &str, name: String, good: bool, says: String, todo: (&str, &'static str)) -> HealthLine {
        let todo = (!good).then(|| (self.f.t(todo.0), todo.1));
        HealthLine { key: key.to_owned(), name, good, alarming: false, says, todo, class: "soon" }
    }

    /// The number of waiting items, and since when they wait.
    fn waiting(&self, of: &WaitingCount) -> String {
        let Some(since) = of.since else { return self.f.t("health-none") };
        let count = if of.count > MOST { format!("{MOST}+") } else { of.count.to_string() };
        self.f.t2("health-waiting", "count", count, "since", self.f.ago(&since))
    }

    fn is_fresh(&self, of: &WaitingCount, minutes: i64) -> bool {
        of.since.is_none_or(|since| (self.f.now - since).num_minutes() < minutes)
    }

    fn letters(&self) -> HealthLine {
        let of = &self.of.letters;
        let todo = ("health-letters-todo", "/outbox?state=queued");
        self.line("health-letters-waiting", self.is_fresh(of, LETTER_MINUTES), self.waiting(of), todo)
    }

    /// Whether letters are delivered at all. An alarm otherwise: only the administrators could ever sign in.
    fn sent(&self) -> HealthLine {
        let filed = &self.of.filed;
        let says = match self.of.mail {
            MailState::Sends => self.f.t("health-sent-good"),
            MailState::Unreadable => self.f.t("mail-unreadable"),
            MailState::OnlyFiles if filed.count == 0 => self.f.t("mail-only-files"),
            MailState::OnlyFiles => format!("{} {}", self.f.t("mail-only-files"), self.waiting(filed)),
        };
        let line = self.line("health-sent", self.of.mail == MailState::Sends, says, ("health-sent-todo", "/outbox"));
        HealthLine { class: "alarm", ..line }
    }

    /// Whether messages reach the group chats.
    fn webhooks(&self) -> HealthLine {
        let failing = self.of.failing_webhooks;
        let says = if failing == 0 { self.f.t("health-webhooks-good") } else { self.f.n("webhooks-failing", "n", failing) };
        self.line("health-webhooks", failing == 0, says, ("health-webhooks-todo", "/outbox/webhooks"))
    }

    /// Whether the mail server accepts letters.
    fn mail_server(&self) -> HealthLine {
        if self.of.mail != MailState::Sends {
            let says = self.f.t("health-mail-server-none");
            return HealthLine { class: "alarm", ..self.line("health-mail-server", false, says, ("health-sent-todo", "/outbox")) };
        }
        let servers: Vec<String> = self.of.mail_servers.iter().map(|server| server_words(self.f, server)).collect();
        let says = if servers.is_empty() { self.f.t("health-mail-server-good") } else { servers.join(" ") };
        let line = self.line("health-mail-server", servers.is_empty(), says, ("health-mail-server-todo", "/outbox?state=queued"));
        HealthLine { class: "late", ..line }
    }

    fn given_up(&self) -> HealthLine {
        let of = &self.of.given_up;
        self.line("health-given-up", of.count == 0, self.waiting(of), ("health-given-up-todo", "/outbox?state=failed"))
    }

    fn unsealed(&self) -> HealthLine {
        let of = &self.of.unsealed;
        self.line("health-unsealed", self.is_fresh(of, SEAL_MINUTES), self.waiting(of), ("health-unsealed-todo", ""))
    }

    /// An alarm, because nothing else would show that one person alone can release a text.
    fn four_eyes(&self) -> HealthLine {
        let says = self.f.t(if self.of.four_eyes { "health-four-eyes-on" } else { "settings-four_eyes-off" });
        let line = self.line("health-four-eyes", self.of.four_eyes, says, ("health-four-eyes-todo", "/settings#s-trust"));
        HealthLine { class: "late", ..line }
    }

    /// The queues that have nobody to work them, each with the number of waiting items.
    fn unstaffed(&self) -> HealthLine {
        let all = &self.of.unstaffed;
        let name = |one: &Unstaffed| format!("{} {}", self.f.t(&format!("work-queue-{}", one.queue)), one.count);
        let unscreened = &self.of.unscreened;
        let skipped = (!unscreened.is_empty()).then(|| self.f.t1("health-unscreened", "names", unscreened.join("、")));
        let says: Vec<String> = all.iter().map(name).chain(skipped).collect();
        let good = says.is_empty();
        let says = if good { self.f.t("health-queues-good") } else { says.join(" · ") };
        let line = self.line("health-queues", good, says, ("health-queues-todo", "/people"));
        HealthLine { class: "late", ..line }
    }

    fn checkpoint(&self, every: i64) -> HealthLine {
        let (good, says) = match self.of.checkpoint {
            None => (self.of.sealed == 0, self.f.t("health-no-checkpoint")),
            Some((size, at)) => {
                let rest = self.of.sealed.saturating_sub(size);
                let args = [("ago", self.f.ago(&at).into()), ("size", size.to_string().into()), ("rest", rest.to_string().into())];
                let good = rest == 0 || (self.f.now - at).num_minutes() < every * 2 + LATE_MINUTES;
                (good, self.f.args(if rest == 0 { "health-checkpoint-all" } else { "health-checkpoint-some" }, &args))
            }
        };
        self.line("health-checkpoint", good, says, ("health-checkpoint-todo", ""))
    }

    /// Whether the ledger still matches what was signed before.
    fn signing(&self) -> HealthLine {
        let f = self.f;
        let says = match &self.of.signing {
            None => f.t("health-signing-good"),
            Some(SigningFault::Shrunk { remembered, here }) => {
                f.t2("health-signing-shrunk", "n", remembered.to_string(), "here", here.to_string())
            }
            Some(SigningFault::Forked { remembered }) => f.t1("health-signing-forked", "n", remembered.to_string()),
            Some(SigningFault::Forgotten { remembered }) => f.t1("health-signing-forgotten", "n", remembered.to_string()),
            Some(SigningFault::Foreign { size }) => f.t1("health-signing-foreign", "n", size.to_string()),
            Some(SigningFault::KeyMissing) => f.t("health-signing-key-missing"),
            Some(SigningFault::KeyChanged) => f.t("health-signing-key-changed"),
            Some(SigningFault::Unreadable(why)) => f.t1("health-signing-unreadable", "why", why),
        };
        let good = self.of.signing.is_none();
        HealthLine { alarming: !good, ..self.line("health-signing", good, says, ("health-signing-todo", "")) }
    }

    fn jobs(&self, kinds: &[(JobKind, u64)]) -> Vec<HealthLine> {
        let (overdue, dead) = (&self.of.overdue_jobs, &self.of.dead_jobs);
        let mut lines = vec![
            self.line(
                "health-jobs-overdue",
                self.is_fresh(overdue, LATE_MINUTES),
                self.waiting(overdue),
                ("health-jobs-overdue-todo", "/jobs"),
            ),
            self.line("health-jobs-dead", dead.count == 0, self.waiting(dead), ("health-jobs-dead-todo", "/jobs?state=dead")),
        ];
        lines.extend(kinds.iter().map(|(kind, seconds)| self.job(*kind, *seconds)));
        lines
    }

    /// The state of one kind of periodic job: of several rows the failed one, otherwise the one that ran longest ago.
    fn job(&self, kind: JobKind, every: u64) -> HealthLine {
        let seconds = i64::try_from(every).unwrap_or(i64::MAX);
        let rhythm = if seconds < 60 { self.f.t("health-always") } else { self.f.n("health-every", "n", seconds / 60) };
        let rows = || self.of.runs.iter().filter(|row| row.kind == kind.as_str());
        let run = rows().find(|row| row.is_failing()).or_else(|| rows().min_by_key(|row| row.done_at));
        let failing = run.filter(|row| row.is_failing());
        let (good, says) = match (failing.and_then(|row| Some((row.failed_at?, row))), run.and_then(|row| row.done_at)) {
            (Some((failed, row)), _) => {
                let fault = row.fault.map(|fault| self.f.word(fault)).unwrap_or_default();
                let why = row
                    .error
                    .as_deref()
                    .filter(|error| !error.is_empty())
                    .map_or(fault.clone(), |error| self.f.t2("jobs-why-details", "fault", &fault, "error", error));
                (false, self.f.t2("health-job-failed", "ago", self.f.ago(&failed), "why", why))
            }
            (None, Some(done)) => {
                let late = (self.f.now - done).num_seconds() > seconds.saturating_mul(3) + LATE_MINUTES * 60;
                (!late, self.f.t2("health-job-ran", "ago", self.f.ago(&done), "rhythm", rhythm))
            }
            (None, None) => (false, self.f.t("health-never-ran")),
        };
        if kind == JobKind::DeliverMail && self.of.mail == MailState::OnlyFiles {
            let says = self.f.t("health-job-only-files");
            return self.named(&format!("health-job-{kind}"), self.f.word(kind), false, says, ("health-sent-todo", "/outbox"));
        }
        let todo = if failing.is_some() { ("health-job-failed-todo", "/jobs?state=failed") } else { ("health-job-todo", "") };
        self.named(&format!("health-job-{kind}"), self.f.word(kind), good, says, todo)
    }

    /// The age of the last good backup. An alarm from a certain age on, if there is a backup or one is configured.
    fn backup(&self, settings: &BackupSettings) -> HealthLine {
        let (last, failed) = (&self.of.backup, self.of.backup.open_failure());
        let is_fresh = last.done_at.is_some_and(|at| (self.f.now - at).num_hours() < settings.warn_days * 24);
        let done = last.done_at.map_or_else(|| self.f.t("health-no-backup"), |at| self.f.t1("health-backup-done", "ago", self.f.ago(&at)));
        let says = match failed {
            None => done,
            Some((at, why)) => self.f.t2("health-job-failed", "ago", self.f.ago(&at), "why", why) + " " + &done,
        };
        let says = if last.missing == 0 { says } else { says + " " + &self.f.n("health-backup-missing", "n", last.missing) };
        let todo = match (is_fresh && failed.is_none(), last.is_given_up) {
            (true, _) => "health-backup-missing-todo",
            (false, true) => "health-backup-given-up-todo",
            (false, false) => "health-backup-todo",
        };
        let place = if last.is_given_up { "/jobs?kind=backup" } else { "" };
        let line = self.line("health-backup", is_fresh && failed.is_none() && last.missing == 0, says, (todo, place));
        let is_expected = last.is_known() || settings.folder.is_some();
        HealthLine { class: if last.is_given_up || is_expected && !is_fresh { "late" } else { "soon" }, ..line }
    }

    fn system(&self, backup: &BackupSettings) -> Vec<HealthLine> {
        let (f, of) = (self.f, self.of);
        let kind = match of.database {
            DatabaseKind::Sqlite => "health-sqlite",
            DatabaseKind::Postgres => "health-postgres",
        };
        let mut lines = vec![self.line("health-database", true, f.t1(kind, "size", bytes(of.bytes)), ("health-none", ""))];
        if let Some(space) = of.space {
            let good = space.free >= LEAST_BYTES.min(space.whole / 2) && space.free >= space.whole / 100 * LEAST_PERCENT;
            let says = f.t2("health-space-left", "free", bytes(space.free), "whole", bytes(space.whole));
            lines.push(self.line("health-space", good, says, ("health-space-todo", "")));
        }
        lines.push(self.backup(backup));
        let today = f.time.date(f.now);
        let is_known = |year| of.years.contains(&year);
        let good = is_known(today.year()) && (today.month() < CALENDAR_MONTH || is_known(today.year() + 1));
        let years = of.years.iter().map(ToString::to_string).collect::<Vec<_>>().join(&f.t("man-and"));
        lines.push(self.line("health-calendar", good, f.t1("health-years", "years", years), ("health-calendar-todo", "/calendar")));
        if !of.signed_outdated.is_empty() {
            let numbers: Vec<&str> = of.signed_outdated.iter().take(NUMBERS).map(|(number, _)| number.as_str()).collect();
            let says = f.t2("health-outdated-numbers", "n", of.signed_outdated.len().to_string(), "numbers", numbers.join(" "));
            lines.push(self.line("health-outdated", false, says, ("health-outdated-todo", "")));
        }
        lines.push(self.line("health-version", true, env!("CARGO_PKG_VERSION").to_owned(), ("health-none", "")));
        lines
    }
}

/// A size in readable units.
fn bytes(of: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let (mut whole, mut tenths, mut unit) = (of, 0, 0);
    while whole >= 1000 && unit < units.len() - 1 {
        (whole, tenths, unit) = (whole / 1000, whole % 1000 / 100, unit + 1);
    }
    if unit == 0 || whole >= 100 { format!("{whole} {}", units[unit]) } else { format!("{whole}.{tenths} {}", units[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_tens() {
        let sizes = [999, 1_000, 12_345, 123_456, 1_999_999, 53_000_000_000].map(bytes);
        assert_eq!(sizes, ["999 B", "1.0 kB", "12.3 kB", "123 kB", "1.9 MB", "53.0 GB"]);
    }
}
