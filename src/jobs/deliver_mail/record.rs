//! Stores the outcomes of letters and the state of the mail server, and reports a letter that was given up.

use serde_json::json;
use uuid::Uuid;

use super::{DeliveryOutcome, LetterBatch, mask, next_look, next_try};
use crate::app::events::{self, LedgerEvent};
use crate::app::notification::{self, About, Hints};
use crate::app::sending::LetterAddressee;
use crate::app::{AppError, Tx};
use crate::config::Mail;
use crate::domain::ids::{ChannelId, EntryId, LetterId};
use crate::domain::notice::{Audience, Letter, LetterState, MailStage, tell};
use crate::jobs::{JobContext, each};
use crate::mail::{Left, LetterFacts};
use crate::store::letters::{self, LetterRow};
use crate::store::mail_servers;
use crate::telemetry::outage;

/// Characters of a mail server's answer that are stored.
const ANSWER_CHARS: usize = 500;

/// A letter, its recipient's address, and its outcome.
#[derive(Debug, Clone)]
pub(super) struct DeliveryRecord {
    pub(super) row: LetterRow,
    pub(super) addressee: Option<LetterAddressee>,
    pub(super) outcome: DeliveryOutcome,
    /// Whether it came as far as the mail server.
    pub(super) talked: bool,
}

impl DeliveryRecord {
    pub(super) const fn untried(row: LetterRow) -> Self {
        Self { row, addressee: None, outcome: DeliveryOutcome::Untried, talked: false }
    }

    /// Mail servers often repeat the address, which administrators need not know.
    fn without_address(&self, answer: &str) -> String {
        let address = self.addressee.as_ref().map_or("", |to| to.address.trim());
        let masked = if address.is_empty() { answer.to_owned() } else { answer.replace(address, &mask(address)) };
        masked.chars().take(ANSWER_CHARS).collect()
    }

    /// The facts as they are stored after the letter was sent: a one-time link must not stay readable in the database.
    fn without_link(&self) -> String {
        match self.row.kind {
            Letter::AccountCreated | Letter::PasswordReset => "{}".to_owned(),
            _ => self.row.args.clone(),
        }
    }
}

/// Stores the outcomes in one transaction; where that fails, each in its own, so that one does not block the others.
pub(super) fn record(batch: &LetterBatch<'_>, done: Vec<DeliveryRecord>) -> anyhow::Result<()> {
    for DeliveryRecord { row, outcome, .. } in &done {
        log(row, outcome);
    }
    match done.len() {
        0 => Ok(()),
        1 => Ok(write_down(batch, done)?),
        _ => {
            let Err(error) = write_down(batch, done.clone()) else { return Ok(()) };
            tracing::warn!(%error, "what became of some letters could not be written down at once");
            let one = |one| write_down(batch, vec![one]).map(|()| 1).map_err(Into::into);
            each("deliver_mail", done, |done| done.row.id.to_string(), one).map(drop)
        }
    }
}

/// The data of a transaction that stores outcomes.
struct Recorder {
    mail: Mail,
    holder: String,
    server: Option<String>,
    is_try: bool,
}

fn write_down(batch: &LetterBatch<'_>, done: Vec<DeliveryRecord>) -> Result<(), AppError> {
    let app = &batch.context.app;
    let server = batch.server.map(str::to_owned);
    let recorder = Recorder { mail: app.settings.mail.clone(), holder: batch.holder.to_owned(), server, is_try: batch.is_try };
    app.write_now("deliver_mail", move |tx| done.iter().try_for_each(|done| recorder.write(tx, done)))
}

impl Recorder {
    fn write(&self, tx: &mut Tx<'_>, done: &DeliveryRecord) -> Result<(), AppError> {
        let (id, holder, now) = (done.row.id, self.holder.as_str(), tx.now);
        match &done.outcome {
            DeliveryOutcome::Left(Left::Sent(answer)) => {
                self.server_works(tx, done, true)?;
                let kept = (done.without_address(answer), done.without_link());
                letters::left(tx.conn, id, holder, LetterState::Sent, now, (&kept.0, &kept.1))?;
            }
            DeliveryOutcome::Left(Left::Filed(answer)) => {
                letters::left(tx.conn, id, holder, LetterState::Filed, now, (answer, &done.without_link()))?;
            }
            DeliveryOutcome::Later(why) => {
                self.server_works(tx, done, false)?;
                let at = now + next_try(&self.mail, done.row.attempts).unwrap_or_default();
                letters::postpone(tx.conn, id, holder, at, &done.without_address(why))?;
            }
            DeliveryOutcome::Never(why) => {
                self.server_works(tx, done, false)?;
                self.give_up(tx, done, why)?;
            }
            DeliveryOutcome::ServerFailed { stage, answer } => self.server_failed(tx, done, *stage, answer)?,
            DeliveryOutcome::Gone => {
                letters::drop_gone(tx.conn, id, holder, now)?;
            }
            DeliveryOutcome::Withheld(reason) => {
                letters::withhold(tx.conn, id, holder, *reason)?;
            }
            DeliveryOutcome::Untried => {
                letters::release(tx.conn, id, holder, None)?;
            }
        }
        Ok(())
    }

    /// Records that the server works, if the dialogue of a letter reached it.
    fn server_works(&self, tx: &mut Tx<'_>, done: &DeliveryRecord, accepted: bool) -> Result<(), AppError> {
        match self.server.as_ref().filter(|_| done.talked) {
            Some(server) => Ok(mail_servers::works(tx.conn, server, tx.now, accepted)?),
            None => Ok(()),
        }
    }

    /// All letters wait for the server. A letter during whose own part the dialogue broke off is moved behind the others; it is given up
    /// like any other only if the server has accepted letters since it was written.
    fn server_failed(&self, tx: &mut Tx<'_>, done: &DeliveryRecord, stage: MailStage, answer: &str) -> Result<(), AppError> {
        let (id, now, answer) = (done.row.id, tx.now, done.without_address(answer));
        if stage < MailStage::Recipient {
            letters::release(tx.conn, id, &self.holder, Some(&answer))?;
        } else {
            let server = self.server.as_deref().map_or(Ok(None), |name| mail_servers::find(tx.conn, name))?;
            let takes_others = server.and_then(|row| row.accepted_at).is_some_and(|at| at > done.row.created_at);
            match next_try(&self.mail, done.row.attempts) {
                Some(wait) => {
                    letters::postpone(tx.conn, id, &self.holder, now + wait, &answer)?;
                }
                None if takes_others => self.give_up(tx, done, &answer)?,
                None => {
                    let longest = chrono::Duration::minutes(i64::try_from(self.mail.retry_max_minutes).unwrap_or(60));
                    letters::postpone(tx.conn, id, &self.holder, now + longest, &answer)?;
                }
            }
        }
        if let Some(server) = &self.server {
            let next = |failures| now + next_look(&self.mail, failures);
            mail_servers::failed(tx.conn, server, now, self.is_try, (stage, &answer), next)?;
        }
        Ok(())
    }

    fn give_up(&self, tx: &mut Tx<'_>, done: &DeliveryRecord, why: &str) -> Result<(), AppError> {
        let why = done.without_address(why);
        if letters::fail(tx.conn, done.row.id, &self.holder, &why)? {
            report(tx, (done.row.id, done.row.channel_id), done.addressee.as_ref().map(|to| to.name.clone()), why)?;
        }
        Ok(())
    }
}

/// Letters whose rows can't be read are given up, each with the reason.
pub(super) fn record_unreadable(context: &JobContext, holder: &str, unreadable: Vec<(LetterId, String)>) -> anyhow::Result<()> {
    let give_up = |(id, why): (LetterId, String)| {
        tracing::error!(letter = %id, why, "the row of a letter can't be read");
        let holder = holder.to_owned();
        context.app.write_now("deliver_mail", move |tx| {
            if letters::fail(tx.conn, id, &holder, &why)? {
                let channel = letters::channel_of(tx.conn, id)?;
                report(tx, (id, channel), None, why)?;
            }
            Ok(())
        })?;
        Ok(1)
    };
    each("deliver_mail", unreadable, |(id, _)| id.to_string(), give_up).map(drop)
}

/// Notifies the dispatchers and the administrators in their inboxes only, because mail does not work.
fn report(tx: &mut Tx<'_>, (letter, channel): (LetterId, ChannelId), name: Option<String>, why: String) -> Result<(), AppError> {
    let about = About {
        // One such notice per letter and person, however often it is tried again.
        entry: EntryId(letter.0),
        channel,
        manuscript: None,
        subject: letter.into(),
        facts: LetterFacts { person: name, server: Some(why), path: Some("/outbox".to_owned()), ..LetterFacts::default() },
        not_before: tx.now,
        actor: None,
    };
    let notices = [Audience::Dispatchers, Audience::Administrators].map(|audience| tell(audience, Letter::MailFailed));
    let resolved = notification::resolve(tx, &about, &notices, Hints::default())?;
    let told = notification::write(tx, &about, &resolved)?;
    if told > 0 {
        let entry = tx.id::<Uuid>();
        let event = LedgerEvent::by_program(channel, "mail_failed", "letter", entry, json!({ "letter": letter, "told": told }));
        events::append_event(tx, event)?;
    }
    Ok(())
}

fn log(row: &LetterRow, outcome: &DeliveryOutcome) {
    let (name, why) = match outcome {
        DeliveryOutcome::Left(Left::Sent(_)) => ("sent", ""),
        DeliveryOutcome::Left(Left::Filed(_)) => ("filed", ""),
        DeliveryOutcome::Later(why) => ("later", why.as_str()),
        DeliveryOutcome::Never(why) => ("never", why.as_str()),
        DeliveryOutcome::ServerFailed { answer, .. } => ("server_failed", answer.as_str()),
        DeliveryOutcome::Gone => ("gone", ""),
        DeliveryOutcome::Withheld(_) => ("withheld", ""),
        DeliveryOutcome::Untried => ("untried", ""),
    };
    metrics::counter!("letters_total", "outcome" => name).increment(1);
    if why.is_empty() {
        tracing::debug!(letter = %row.id, kind = %row.kind, outcome = name, "letter");
    } else if matches!(name, "later" | "server_failed") {
        outage::refused("mail", &format_args!("letter {} ({}), attempt {}", row.id, row.kind, row.attempts));
    } else {
        tracing::warn!(letter = %row.id, kind = %row.kind, outcome = name, attempt = row.attempts, "letter: the mail server did not take it");
    }
}
