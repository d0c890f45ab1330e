//! Sends the waiting letters. A letter that is no longer needed, or whose recipient may not get it any more, is not sent; one that can't be
//! delivered now is tried again for two days; one that can't be delivered at all is shown to the administrators, and to the dispatchers in
//! their inbox. While the mail server itself accepts nothing, all letters wait and no attempt is counted: one of them is tried, at growing
//! intervals.

mod record;

use std::collections::BTreeSet;
use std::time::Duration;

use uuid::Uuid;

use self::record::{DeliveryRecord, record, record_unreadable};
use super::{JobContext, JobRun, Stop};
use crate::app::sending::{self, LetterAddressee, Release};
use crate::app::{AppError, Tx};
use crate::config::Mail;
use crate::domain::ids::UserId;
use crate::domain::notice::{MailStage, WithheldReason};
use crate::mail::{DeliveryFailure, Envelope, Left, LetterContext, LetterFacts, MailService, MailSession, render};
use crate::store::jobs::JobRow;
use crate::store::jobs::queue::Progress;
use crate::store::letters::{self, Claim, LetterRow};
use crate::store::mail_servers;

/// Letters that one worker takes at a time.
const BATCH: i64 = 16;

/// Steps of a delivery that may each take until the time-out: RSET, MAIL and RCPT on a connection that then turns out to be dead; connect,
/// TLS, greeting, EHLO, STARTTLS, EHLO, AUTH, MAIL, RCPT, DATA, text, QUIT.
const STEPS: u32 = 16;

/// The outcome of one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
enum DeliveryOutcome {
    /// It was delivered.
    Left(Left),
    /// To be tried again.
    Later(String),
    /// Never.
    Never(String),
    /// The mail server accepts no letters. If the dialogue had reached the letter itself, the letter may be the cause.
    ServerFailed { stage: MailStage, answer: String },
    /// It is no longer needed: nothing was sent.
    Gone,
    /// Not sent: its recipient may not have it, or can't.
    Withheld(WithheldReason),
    /// Not tried: the worker stops, its lease runs out, or the mail server has just failed.
    Untried,
}

/// Sends the waiting letters, one batch after the other over one connection, until none waits. Returns the number of claimed letters.
///
/// # Errors
/// As [`run_once`].
pub fn run(run: &JobRun<'_>) -> anyhow::Result<usize> {
    let mut way = None;
    let mut all = 0;
    while !run.is_over() {
        let taken = run_batch(run.context, run.stop, &mut way)?;
        if taken == 0 {
            break;
        }
        all += taken;
        run.progress(Progress { done: i64::try_from(all).unwrap_or(i64::MAX), total: None, step: "letters" });
    }
    Ok(all)
}

/// Claims up to one batch of waiting letters and sends them. Returns the number of claimed letters.
///
/// # Errors
/// The store's. A mail server that doesn't work is no error here: the letters wait.
pub fn run_once(context: &JobContext, stop: &Stop) -> anyhow::Result<usize> {
    run_batch(context, stop, &mut None)
}

/// Whether a letter may be sent now, by the present mail service.
pub(super) fn probe(context: &JobContext, tx: &mut Tx<'_>, _: &JobRow) -> Result<bool, AppError> {
    match context.mail_service(tx)? {
        Some(service) => Ok(letters::is_due(tx.conn, tx.now, service.transport.server().as_deref())?),
        None => Ok(false),
    }
}

/// The mail service, and the open session on it.
struct Way {
    service: MailService,
    session: MailSession,
}

/// Renews the service where its settings have changed; `false` while there is none.
fn find_way(context: &JobContext, way: &mut Option<Way>) -> anyhow::Result<bool> {
    let service = context.app.read_now(|tx| Ok(context.mail_service(tx)?))?;
    let Some(service) = service else {
        *way = None;
        return Ok(false);
    };
    if way.as_ref().is_none_or(|known| known.service.version != service.version) {
        *way = Some(Way { session: service.transport.session(), service });
    }
    Ok(true)
}

fn run_batch(context: &JobContext, stop: &Stop, way: &mut Option<Way>) -> anyhow::Result<usize> {
    if !find_way(context, way)? {
        return Ok(0);
    }
    let Some(Way { service, session }) = way else { return Ok(0) };
    let holder = format!("{}-{}", context.node, context.app.clock.id::<Uuid>().simple());
    let now = context.app.clock.now();
    let longest = longest_delivery(&context.app.settings.mail);
    let until = now + chrono::Duration::seconds(context.app.settings.jobs.lease_seconds) + longest;
    let server = service.transport.server();
    let wanted = Claim { holder: holder.clone(), now, until, at_most: BATCH, server: server.clone() };
    let claimed = context.app.db.write_now(move |conn| letters::claim(conn, &wanted))?;
    let taken = claimed.rows.len() + claimed.unreadable.len();
    record_unreadable(context, &holder, claimed.unreadable)?;
    let mut batch = LetterBatch {
        context,
        service,
        holder: &holder,
        server: server.as_deref(),
        is_try: claimed.is_try,
        is_closed: false,
        has_talked: false,
        talks: false,
        waiting: BTreeSet::new(),
    };
    let mut done = Vec::with_capacity(taken);
    for row in claimed.rows {
        let in_time = context.app.clock.now() + longest <= until;
        let ended =
            if stop.is_said() || !in_time || batch.must_wait(&row) { DeliveryRecord::untried(row) } else { batch.attempt(session, row) };
        done.push(ended);
        // The outcome of a letter to a server is stored at once, so that a crash repeats one letter and not sixteen.
        if server.is_some() {
            record(&batch, std::mem::take(&mut done))?;
        }
    }
    record(&batch, done)?;
    batch.give_back_try()?;
    Ok(taken)
}

/// The letters of a worker, and the state of the mail server that it has found.
struct LetterBatch<'a> {
    context: &'a JobContext,
    /// The mail service at the beginning of the batch.
    service: &'a MailService,
    holder: &'a str,
    server: Option<&'a str>,
    /// Whether this is the single letter that tries a server that accepts none.
    is_try: bool,
    /// Whether the server has failed, or another one was set.
    is_closed: bool,
    /// Whether a letter came as far as the server.
    has_talked: bool,
    /// Whether this one did.
    talks: bool,
    /// The recipient and subject of letters that could not be sent yet: later ones wait for them.
    waiting: BTreeSet<(UserId, Uuid)>,
}

/// The recipient and the subject of a letter.
fn order_of(row: &LetterRow) -> (UserId, Uuid) {
    (row.recipient_id, row.manuscript_id.map_or(row.subject_id.0, |manuscript| manuscript.0))
}

impl LetterBatch<'_> {
    /// Whether the server has failed, or an earlier letter that was not sent has to come before this one.
    fn must_wait(&self, row: &LetterRow) -> bool {
        self.is_closed || self.waiting.contains(&order_of(row))
    }

    /// Delivers a letter; one that can't even be loaded is tried again later and does not affect the others.
    fn attempt(&mut self, session: &mut MailSession, row: LetterRow) -> DeliveryRecord {
        self.talks = false;
        let (addressee, outcome) = self.deliver(session, &row).unwrap_or_else(|error| {
            tracing::error!(letter = %row.id, error = format!("{error:#}"), "a letter could not be looked at");
            let later = next_try(&self.context.app.settings.mail, row.attempts)
                .map_or(DeliveryOutcome::Untried, |_| DeliveryOutcome::Later(error.to_string()));
            (None, later)
        });
        self.is_closed |= matches!(outcome, DeliveryOutcome::ServerFailed { .. });
        self.has_talked |= self.talks;
        if matches!(outcome, DeliveryOutcome::Later(_) | DeliveryOutcome::Untried | DeliveryOutcome::ServerFailed { .. }) {
            self.waiting.insert(order_of(&row));
        }
        DeliveryRecord { row, addressee, outcome, talked: self.talks }
    }

    /// Checks whether the letter is still needed, renders it and hands it over.
    fn deliver(&mut self, session: &mut MailSession, row: &LetterRow) -> anyhow::Result<(Option<LetterAddressee>, DeliveryOutcome)> {
        let context = self.context;
        let facts: LetterFacts = match serde_json::from_str(&row.args) {
            Ok(facts) => facts,
            Err(error) => return Ok((None, DeliveryOutcome::Never(format!("unreadable letters.args: {error}")))),
        };
        let asked = context.app.read_now(|tx| Ok((context.mail_version(tx)?, sending::judge(tx, self.holder, row, &facts)?)));
        let (version, release) = asked?;
        if version != self.service.version {
            self.is_closed = true;
            return Ok((None, DeliveryOutcome::Untried));
        }
        let to = match release {
            Release::Send(to) => to,
            Release::Gone => return Ok((None, DeliveryOutcome::Gone)),
            Release::Withheld(reason) => return Ok((None, DeliveryOutcome::Withheld(reason))),
        };
        let envelope = Envelope {
            id: row.id,
            channel: row.channel_id,
            channel_name: to.channel.clone(),
            manuscript: row.manuscript_id,
            created_at: row.created_at,
            name: to.name.clone(),
            address: to.address.clone(),
            lang: to.lang,
        };
        let letter = LetterContext {
            kind: row.kind,
            lang: to.lang,
            name: to.name.clone(),
            salutation: to.salutation.clone(),
            channel: to.channel.clone(),
            zone: to.zone,
            contact: to.contact.clone(),
            written_at: row.created_at,
            link: link(context, row, &facts),
            site: context.app.settings.public_url(),
            facts,
        };
        let message = render::render(&letter).map_err(|e| DeliveryFailure::Permanent(e.to_string()));
        let message = message.and_then(|rendered| self.service.sender.compose(&envelope, &rendered));
        let left = message.and_then(|message| {
            self.talks = true;
            session.send(&message, &row.id.to_string())
        });
        let outcome = match left {
            Ok(left) => DeliveryOutcome::Left(left),
            Err(DeliveryFailure::Server { stage, answer }) => DeliveryOutcome::ServerFailed { stage, answer },
            Err(DeliveryFailure::Temporary(why)) if next_try(&context.app.settings.mail, row.attempts).is_some() => {
                DeliveryOutcome::Later(why)
            }
            Err(DeliveryFailure::Temporary(why) | DeliveryFailure::Permanent(why)) => DeliveryOutcome::Never(why),
        };
        Ok((Some(to), outcome))
    }

    /// Releases the attempt of a letter that did not reach the server, so that the next letter makes it.
    fn give_back_try(&self) -> anyhow::Result<()> {
        let Some(server) = self.server.filter(|_| self.is_try && !self.has_talked).map(str::to_owned) else { return Ok(()) };
        let now = self.context.app.clock.now();
        Ok(self.context.app.db.write_now(move |conn| mail_servers::try_now(conn, Some(&server), now))?)
    }
}

/// The longest time that one letter can take: every step up to the time-out.
fn longest_delivery(mail: &Mail) -> chrono::Duration {
    let longest = Duration::from_secs(mail.timeout_seconds).saturating_mul(STEPS);
    chrono::Duration::from_std(longest).unwrap_or_else(|_| chrono::Duration::hours(1))
}

/// The page that the letter leads to.
fn link(context: &JobContext, row: &LetterRow, facts: &LetterFacts) -> String {
    let path = match (&facts.path, row.manuscript_id) {
        (Some(path), _) => path.clone(),
        (None, Some(manuscript)) => format!("/manuscripts/{manuscript}"),
        (None, None) => "/inbox".to_owned(),
    };
    format!("{}{path}", context.app.settings.public_url())
}

/// The wait after the `attempts`-th attempt failed; `None` once the waits together have reached `mail.retry_hours`. It depends on the
/// attempts and not on the letter's age, so that letters survive a node that was switched off for days.
fn next_try(mail: &Mail, attempts: i64) -> Option<chrono::Duration> {
    let most = mail.retry_max_minutes.max(1) * 60;
    let mut waited = 0_u64;
    for n in 1..attempts {
        waited = waited.saturating_add(wait(mail, n, most));
        if waited >= mail.retry_hours * 3600 {
            return None;
        }
    }
    i64::try_from(wait(mail, attempts.max(1), most)).ok().map(chrono::Duration::seconds)
}

/// The wait after the `failures`-th failure of a mail server in a row.
fn next_look(mail: &Mail, failures: i64) -> chrono::Duration {
    let seconds = wait(mail, failures.max(1), mail.server_retry_max_minutes.saturating_mul(60));
    chrono::Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000_000))
}

/// The n-th wait, seconds: each is twice the one before, up to `most`.
fn wait(mail: &Mail, n: i64, most: u64) -> u64 {
    let factor = 1_u64.checked_shl(u32::try_from(n - 1).unwrap_or(63)).unwrap_or(u64::MAX);
    mail.retry_first_seconds.max(1).saturating_mul(factor).min(most)
}

/// `l***@example.org`; text that is no address is masked completely.
#[must_use]
pub fn mask(address: &str) -> String {
    crate::domain::person::Email::parse(address).map_or_else(|_| "***".to_owned(), |email| email.masked())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_tried_for_two_days_with_longer_and_longer_waits() {
        let mail = crate::config::Settings::read(None, []).unwrap().mail;
        let waits: Vec<i64> = (1..).map_while(|n| next_try(&mail, n)).map(|wait| wait.num_seconds()).collect();
        assert_eq!(waits[..9], [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        let hours = waits.iter().sum::<i64>() / 3600;
        assert!((48..=49).contains(&hours), "{hours} hours");
        assert_eq!(next_try(&mail, 1_000_000), None);
    }

    #[test]
    fn a_mail_server_is_looked_at_again_and_again_however_long_it_is_away() {
        let mail = crate::config::Settings::read(None, []).unwrap().mail;
        let waits: Vec<i64> = (1..=8).map(|n| next_look(&mail, n).num_seconds()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 600, 600, 600]);
        assert_eq!(next_look(&mail, 1_000_000).num_seconds(), 600);
    }

    #[test]
    fn addresses_are_masked() {
        assert_eq!(mask("li.ming@example.org"), "l***@example.org");
        assert_eq!(mask("nonsense"), "***");
    }
}
