//! Letters that an administrator lets go out again: those that were given up or withheld, those that wait for their next try, and those that
//! were only written to files before there was a mail server.

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

/// Letters that are sent again at once.
const MOST_AT_ONCE: i64 = 500;
/// A letter that was written to a file is sent up to this age: what is older would call people to what has long been done.
const FILED_DAYS: i64 = 7;

words! {
    /// Which letters, where none are named.
    enum Unsent {
        /// Those that were given up.
        Failed = "failed",
        /// Those that were only written to files.
        Filed = "filed",
    }
}

/// Which letters go out again.
#[derive(Debug, Clone)]
pub enum LetterSelection {
    /// These.
    Ids(Vec<LetterId>),
    /// All that are so, the newest of them.
    All(Unsent),
}

/// Whether a letter that was written to a file at this time is young enough to be sent.
#[must_use]
pub fn is_young(filed_at: Moment, now: Moment) -> bool {
    now - filed_at <= Duration::days(FILED_DAYS)
}

/// Sends a letter again. Where the mail server takes no letters, it is tried at once.
///
/// # Errors
/// [`Refusal::WrongRole`], [`AppError::NotFound`], and [`Refusal::WrongState`] for one that was sent, revoked, or may not leave yet, and for one in
/// a file that is too old or has no mail server to go to.
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

/// The same for many at once, up to [`MOST_AT_ONCE`] where they are not named. What is not there, or was sent or revoked, is left as it is.
/// Says how many go out again.
///
/// # Errors
/// [`Refusal::WrongRole`].
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

/// Lets one letter go out again, and says what has become of it; none if it stays as it was.
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
    // The row of such a letter does not keep its link. Where that could still be used, another one goes out in its place. It can't where a
    // newer one was made, such as that of a printed slip, which this must not replace.
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
