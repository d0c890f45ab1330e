//! Sends the letters that wait. A letter whose reason has gone is not sent; one that can't leave now is tried again for two
//! days; one that can't leave at all is shown to the administrators, and to the dispatchers in their inbox.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::{Context, Run, Stop, each};
use crate::config::Mail;
use crate::desk::events::{self, LedgerEvent};
use crate::desk::notification::{self, About, Hints};
use crate::desk::{DeskError, Tx};
use crate::domain::channel::ChannelSettings;
use crate::domain::ids::EntryId;
use crate::domain::notice::{Audience, Letter, LetterState, tell};
use crate::mail::{Envelope, Facts, Failure, LetterContext, render};
use crate::store::jobs::queue::Progress;
use crate::store::letters::{self, Outgoing};
use crate::store::{StoreError, deadlines};

/// Letters that one worker takes at a time.
const BATCH: i64 = 16;

/// Answers of a mail server are kept this long, in characters.
const ANSWER_CHARS: usize = 500;

/// Steps of a delivery at which the mail server may keep us waiting: connect, greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, text, QUIT.
const STEPS: u32 = 10;

/// What became of one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// Accepted, with the answer.
    Sent(String),
    /// To be tried again.
    Later(String),
    /// Never.
    Never(String),
    /// Its reason has gone: nothing was sent.
    Gone,
    /// Not sent to a suspended account.
    InboxOnly,
    /// Not tried: the worker stops, or its lease runs out.
    Untried,
}

/// Sends what waits, one batch after the other, until nothing waits. Says how many letters it took.
///
/// # Errors
/// As [`run_once`].
pub fn run(run: &Run<'_>) -> anyhow::Result<usize> {
    let mut all = 0;
    while !run.is_over() {
        let taken = run_once(run.context, run.stop)?;
        if taken == 0 {
            break;
        }
        all += taken;
        run.progress(Progress { done: i64::try_from(all).unwrap_or(i64::MAX), total: None, step: "letters" });
    }
    Ok(all)
}

/// Takes what waits, up to a batch, and sends it. Says how many letters it took.
///
/// # Errors
/// The store's. A mail server that doesn't work is no error here: the letters wait.
pub fn run_once(context: &Context, stop: &Stop) -> anyhow::Result<usize> {
    let holder = format!("{}-{}", context.node, context.desk.clock.id::<Uuid>().simple());
    let now = context.desk.clock.now();
    let longest = longest_delivery(&context.desk.settings.mail);
    let until = now + chrono::Duration::seconds(context.desk.settings.jobs.lease_seconds) + longest;
    let claimer = holder.clone();
    let batch = context.desk.db.write_now(move |conn| letters::claim(conn, now, until, &claimer, BATCH))?;
    let taken = batch.len();
    let mut done = Vec::with_capacity(taken);
    for outgoing in batch {
        let in_time = context.desk.clock.now() + longest <= until;
        let outcome = if stop.is_said() || !in_time { Outcome::Untried } else { attempt(context, &holder, &outgoing) };
        done.push((outgoing, outcome));
        // What took long is written down at once, so that a crash repeats one letter and not sixteen.
        if matches!(context.transport, crate::mail::Transport::Smtp(_)) {
            record(context, &holder, std::mem::take(&mut done))?;
        }
    }
    record(context, &holder, done)?;
    Ok(taken)
}

/// The longest that one letter can take: every step as slow as we are patient.
fn longest_delivery(mail: &Mail) -> chrono::Duration {
    let longest = Duration::from_secs(mail.timeout_seconds).saturating_mul(STEPS);
    chrono::Duration::from_std(longest).unwrap_or_else(|_| chrono::Duration::hours(1))
}

/// Delivers a letter; one that can't even be looked at is tried again later, and keeps none of the others.
fn attempt(context: &Context, holder: &str, outgoing: &Outgoing) -> Outcome {
    deliver(context, holder, outgoing).unwrap_or_else(|error| {
        tracing::error!(letter = %outgoing.row.id, error = format!("{error:#}"), "a letter could not be looked at");
        next_try(&context.desk.settings.mail, outgoing.row.attempts).map_or(Outcome::Untried, |_| Outcome::Later(error.to_string()))
    })
}

/// Looks whether the letter still holds, puts it into words and hands it over.
fn deliver(context: &Context, holder: &str, outgoing: &Outgoing) -> anyhow::Result<Outcome> {
    let row = &outgoing.row;
    let facts: Facts = serde_json::from_str(&row.args).unwrap_or_else(|error| {
        tracing::error!(letter = %row.id, %error, "the facts of a letter can't be read; it goes out without them");
        Facts::default()
    });
    if !holds(context, holder, outgoing, &facts)? {
        return Ok(Outcome::Gone);
    }
    if outgoing.suspended {
        return Ok(Outcome::InboxOnly);
    }
    let settings: ChannelSettings = serde_json::from_str(&outgoing.channel_settings).unwrap_or_default();
    let letter = LetterContext {
        kind: row.kind,
        lang: outgoing.lang,
        name: outgoing.name.clone(),
        channel: outgoing.channel_name.clone(),
        zone: settings.limits.time_zone,
        link: link(context, row, &facts),
        facts,
    };
    let envelope = Envelope {
        id: row.id,
        channel: row.channel_id,
        channel_name: outgoing.channel_name.clone(),
        manuscript: row.manuscript_id,
        created_at: row.created_at,
        name: outgoing.name.clone(),
        address: outgoing.address.clone(),
        lang: outgoing.lang,
    };
    let message = render::render(&letter).map_err(|e| Failure::Permanent(e.to_string()));
    let message = message.and_then(|rendered| context.sender.compose(&envelope, &rendered));
    Ok(match message.and_then(|message| context.transport.send(&message, &row.id.to_string())) {
        Ok(answer) => Outcome::Sent(answer),
        Err(Failure::Temporary(why)) if next_try(&context.desk.settings.mail, row.attempts).is_some() => Outcome::Later(why),
        Err(Failure::Temporary(why) | Failure::Permanent(why)) => Outcome::Never(why),
    })
}

/// Whether there is still a reason to send it: nobody undid the act since it was claimed, what it reminds of is still due, and the work
/// that it calls to has not been done by somebody faster.
fn holds(context: &Context, holder: &str, outgoing: &Outgoing, facts: &Facts) -> Result<bool, StoreError> {
    let (id, subject, reminder) = (outgoing.row.id, outgoing.row.subject_id, facts.deadline.zip(facts.due));
    context.desk.db.read_now(move |conn| {
        let row = letters::find(conn, id)?;
        let mine = row.state == LetterState::Leased && row.lease_holder.as_deref() == Some(holder);
        let open = match reminder {
            Some((deadline, due)) => deadlines::still_open(conn, subject, deadline, due)?,
            None => letters::still_calls(conn, &row)?,
        };
        Ok(mine && open)
    })
}

/// The page that the letter leads to.
fn link(context: &Context, row: &letters::Row, facts: &Facts) -> String {
    let path = match (&facts.path, row.manuscript_id) {
        (Some(path), _) => path.clone(),
        (None, Some(manuscript)) => format!("/manuscripts/{manuscript}"),
        (None, None) => "/inbox".to_owned(),
    };
    format!("{}{path}", context.desk.settings.public_url())
}

/// Writes the outcomes down, all in one transaction; where that fails, each in its own, so that one keeps none of the others.
fn record(context: &Context, holder: &str, done: Vec<(Outgoing, Outcome)>) -> anyhow::Result<()> {
    for (outgoing, outcome) in &done {
        log(&outgoing.row, outcome);
    }
    match done.len() {
        0 => Ok(()),
        1 => Ok(write_down(context, holder, done)?),
        _ => {
            let Err(error) = write_down(context, holder, done.clone()) else { return Ok(()) };
            tracing::warn!(%error, "what became of some letters could not be written down at once");
            let one = |one| write_down(context, holder, vec![one]).map(|()| 1).map_err(Into::into);
            each("deliver_mail", done, |(outgoing, _)| outgoing.row.id.to_string(), one).map(drop)
        }
    }
}

fn write_down(context: &Context, holder: &str, done: Vec<(Outgoing, Outcome)>) -> Result<(), DeskError> {
    let (mail, holder) = (context.desk.settings.mail.clone(), holder.to_owned());
    context.desk.write_now("deliver_mail", move |tx| {
        let now = tx.now;
        for (outgoing, outcome) in done {
            let row = &outgoing.row;
            match outcome {
                Outcome::Sent(answer) => {
                    letters::sent(tx.conn, row.id, &holder, now, &without_address(&outgoing, &answer), &without_link(row))?;
                }
                Outcome::Later(why) => {
                    let at = now + next_try(&mail, row.attempts).unwrap_or_default();
                    letters::postpone(tx.conn, row.id, &holder, at, &without_address(&outgoing, &why))?;
                }
                Outcome::Never(why) => {
                    let why = without_address(&outgoing, &why);
                    if letters::fail(tx.conn, row.id, &holder, &why)? {
                        report(tx, &outgoing, &why)?;
                    }
                }
                Outcome::Gone => {
                    letters::drop_gone(tx.conn, row.id, &holder, now)?;
                }
                Outcome::InboxOnly => {
                    letters::keep_in_inbox(tx.conn, row.id, &holder)?;
                }
                Outcome::Untried => {
                    letters::release(tx.conn, row.id, &holder)?;
                }
            }
        }
        Ok(())
    })
}

/// How long to wait after the `attempts`-th try failed; none once the waits together have reached `mail.retry_hours`.
/// Counted by tries and not by the letter's age, so that letters survive a node that was switched off for days.
fn next_try(mail: &Mail, attempts: i64) -> Option<chrono::Duration> {
    let (first, most) = (mail.retry_first_seconds.max(1), mail.retry_max_minutes.max(1) * 60);
    let wait = |n: i64| first.saturating_mul(1_u64.checked_shl(u32::try_from(n - 1).unwrap_or(63)).unwrap_or(u64::MAX)).min(most);
    let mut waited = 0_u64;
    for n in 1..attempts {
        waited = waited.saturating_add(wait(n));
        if waited >= mail.retry_hours * 3600 {
            return None;
        }
    }
    i64::try_from(wait(attempts.max(1))).ok().map(chrono::Duration::seconds)
}

/// Tells the dispatchers and the administrators, in their inboxes only: mail is what does not work.
fn report(tx: &mut Tx<'_>, outgoing: &Outgoing, why: &str) -> Result<(), DeskError> {
    let row = &outgoing.row;
    let about = About {
        // One such notice per letter and person, however often it is tried again.
        entry: EntryId(row.id.0),
        channel: row.channel_id,
        manuscript: None,
        subject: row.id.into(),
        facts: Facts {
            person: Some(outgoing.name.clone()),
            server: Some(why.to_owned()),
            path: Some("/outbox".to_owned()),
            ..Facts::default()
        },
        not_before: tx.now,
        actor: None,
    };
    let notices = [Audience::Dispatchers, Audience::Administrators].map(|audience| tell(audience, Letter::MailFailed));
    let resolved = notification::resolve(tx, &about, &notices, Hints::default())?;
    let told = notification::write(tx, &about, &resolved)?;
    if told > 0 {
        let entry = tx.id::<Uuid>();
        let event = LedgerEvent::by_program(row.channel_id, "mail_failed", "letter", entry, json!({ "letter": row.id, "told": told }));
        events::append_event(tx, event)?;
    }
    Ok(())
}

/// Mail servers like to repeat the address; administrators need not know it.
fn without_address(outgoing: &Outgoing, answer: &str) -> String {
    let masked = match outgoing.address.trim() {
        "" => answer.to_owned(),
        address => answer.replace(address, &mask(address)),
    };
    masked.chars().take(ANSWER_CHARS).collect()
}

/// `l***@example.org`; what is no address is hidden whole.
#[must_use]
pub fn mask(address: &str) -> String {
    crate::domain::person::Email::parse(address).map_or_else(|_| "***".to_owned(), |email| email.masked())
}

/// The facts as they are kept after the letter has left: a one-time link must not stay readable in the database.
fn without_link(row: &letters::Row) -> String {
    match row.kind {
        Letter::AccountCreated | Letter::PasswordReset => "{}".to_owned(),
        _ => row.args.clone(),
    }
}

fn log(row: &letters::Row, outcome: &Outcome) {
    let (name, why) = match outcome {
        Outcome::Sent(_) => ("sent", ""),
        Outcome::Later(why) => ("later", why.as_str()),
        Outcome::Never(why) => ("never", why.as_str()),
        Outcome::Gone => ("gone", ""),
        Outcome::InboxOnly => ("inbox_only", ""),
        Outcome::Untried => ("untried", ""),
    };
    metrics::counter!("letters_total", "outcome" => name).increment(1);
    if why.is_empty() {
        tracing::debug!(letter = %row.id, kind = %row.kind, outcome = name, "letter");
    } else {
        tracing::warn!(letter = %row.id, kind = %row.kind, outcome = name, attempt = row.attempts, "letter: the mail server did not take it");
    }
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
    fn addresses_are_masked() {
        assert_eq!(mask("li.ming@example.org"), "l***@example.org");
        assert_eq!(mask("nonsense"), "***");
    }
}
