//! Resending of letters by an administrator: those that were given up or withheld, those that wait for their next attempt, and those that
//! were only written to files before a mail server was configured.

use chrono::Duration;

use crate::app::accounts::account::lock_account;
use crate::app::accounts::{By, links};
use crate::app::events::{self, LedgerEvent};
use crate::app::mail_settings::{self, MailState};
use crate::app::notices::ADMINISTRATORS;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::LetterId;
use crate::domain::notice::{Letter, LetterState};
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::vocabulary::words;
use crate::store::letters::{self, LetterRow};
use crate::store::{StoreError, mail_servers, people};

/// The largest number of letters that are resent at once.
const MOST_AT_ONCE: i64 = 500;
/// The largest age at which a letter that was written to a file is sent: the work that an older one announces has long been done.
const FILED_DAYS: i64 = 7;

words! {
    /// Letters that are selected by state rather than by id.
    enum Unsent {
        /// Letters that were given up.
        Failed = "failed",
        /// Letters that were only written to files.
        Filed = "filed",
    }
}

/// The letters to resend.
#[derive(Debug, Clone)]
pub enum LetterSelection {
    /// The letters with these ids.
    Ids(Vec<LetterId>),
    /// The newest letters in this state.
    All(Unsent),
}

/// Returns whether a letter that was written to a file at this time is recent enough to be sent.
#[must_use]
pub fn is_young(filed_at: Moment, now: Moment) -> bool {
    now - filed_at <= Duration::days(FILED_DAYS)
}

/// Sends a letter again. If the mail server accepts no letters at present, the attempt is made at once.
///
/// # Errors
/// [`Refusal::WrongRole`], [`AppError::NotFound`], and [`Refusal::WrongState`] for one that was sent, revoked, or may not leave yet, and
/// for one in a file that is too old or has no mail server to go to.
pub fn retry(tx: &mut Tx<'_>, actor: &Actor, id: LetterId) -> Result<(), AppError> {
    let permit = actor.need(&ADMINISTRATORS)?;
    let row = letters::find(tx.conn, id)?;
    if row.channel_id != actor.channel || row.state == LetterState::None {
        return Err(AppError::NotFound);
    }
    match retry_row(tx, actor, permit, &row)? {
        Some(_) => Ok(()),
        None => Err(Refusal::WrongState { state: ThingState::Letter(row.state) }.into()),
    }
}

/// Sends many letters again, up to [`MOST_AT_ONCE`] if no ids are given. Letters that do not exist, or were sent or revoked, are skipped.
/// Returns the number of letters that are sent again.
///
/// # Errors
/// Fails with [`Refusal::WrongRole`].
pub fn retry_many(tx: &mut Tx<'_>, actor: &Actor, chosen: LetterSelection) -> Result<usize, AppError> {
    let permit = actor.need(&ADMINISTRATORS)?;
    let ids = match chosen {
        LetterSelection::Ids(ids) => ids,
        LetterSelection::All(unsent) => {
            let state = match unsent {
                Unsent::Failed => LetterState::Failed,
                Unsent::Filed => LetterState::Filed,
            };
            let found = letters::outbox(tx.conn, actor.channel, Some(state), None, MOST_AT_ONCE)?;
            found.into_iter().map(|row| row.id).collect()
        }
    };
    let mut again = 0;
    for id in ids {
        match letters::find(tx.conn, id) {
            Ok(row) if row.channel_id == actor.channel => {
                again += usize::from(retry_row(tx, actor, permit, &row)? == Some(LetterState::Queued));
            }
            Ok(_) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(again)
}

/// Schedules one letter again, and returns its new state, or `None` if it is unchanged.
fn retry_row(tx: &mut Tx<'_>, actor: &Actor, permit: Permit, row: &LetterRow) -> Result<Option<LetterState>, AppError> {
    let to = if row.state == LetterState::Filed {
        retry_filed(tx, actor, row)?
    } else {
        letters::retry(tx.conn, actor.channel, row.id, tx.now)?.then_some(LetterState::Queued)
    };
    let Some(to) = to else { return Ok(None) };
    mail_servers::try_now(tx.conn, None, tx.now)?;
    let event = LedgerEvent {
        from: Some(row.state.as_str()),
        to: Some(to.as_str()),
        ..LedgerEvent::new(actor.channel, actor.user, permit, "retry", "letter", row.id.0)
    };
    events::append_event(tx, event)?;
    Ok(Some(to))
}

fn retry_filed(tx: &mut Tx<'_>, actor: &Actor, row: &LetterRow) -> Result<Option<LetterState>, AppError> {
    let is_young = row.sent_at.is_some_and(|at| is_young(at, tx.now));
    if !is_young || mail_settings::state(tx)? != MailState::Sends {
        return Ok(None);
    }
    if !matches!(row.kind, Letter::AccountCreated | Letter::PasswordReset) {
        return Ok(letters::unfile(tx.conn, row.id, LetterState::Queued, tx.now)?.then_some(LetterState::Queued));
    }
    // The row of such a letter does not store its link. If the link is still valid, a new one is sent in its place, unless a newer one
    // exists, such as that of a printed slip, which must not be replaced.
    let by = By::Person(actor);
    let person = people::find(tx.conn, row.recipient_id)?.person_id;
    lock_account(tx, by, person)?;
    let user = people::find(tx.conn, row.recipient_id)?;
    let is_open = links::newest(tx, &user)?.is_some_and(|made| made <= row.created_at);
    if user.suspended_at.is_some() || !is_open {
        return Ok(letters::unfile(tx.conn, row.id, LetterState::Withheld, tx.now)?.then_some(LetterState::Withheld));
    }
    links::send(tx, by, &user)?;
    letters::unfile(tx.conn, row.id, LetterState::Revoked, tx.now)?;
    Ok(Some(LetterState::Queued))
}
