//! The inbox of a person and the outbox of a channel.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::channel_time::ChannelTime;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, LetterId, ManuscriptId};
use crate::domain::lang::Lang;
use crate::domain::notice::Letter;
pub use crate::domain::notice::{LetterState, WithheldReason};
use crate::domain::permission::Actor;
use crate::domain::person::Email;
use crate::domain::vocabulary::Role;
use crate::mail::{LetterFacts, render};
use crate::store::letters::{self, InboxRow, OutboxRow};
pub use crate::store::mail_servers::MailServer;
use crate::store::{channels, mail_servers, people};

/// The roles that deal with undelivered letters.
pub(crate) const ADMINISTRATORS: [Role; 2] = [Role::SystemAdmin, Role::SecurityAdmin];

/// A notice, rendered as text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notice {
    /// Its id.
    pub id: LetterId,
    /// The kind of letter.
    pub kind: Letter,
    /// One line in the reader's language.
    #[schema(example = "请修改：《关于加装电梯的建议》（2026-0001）")]
    pub subject: String,
    /// The manuscript that it is about.
    pub manuscript_id: Option<ManuscriptId>,
    /// The path of the page to which it links.
    pub path: Option<String>,
    /// The reason that was stated.
    pub reason: Option<String>,
    /// The due date of the reader's own task; `None` where another person has to meet it.
    pub due_at: Option<Moment>,
    /// Whether the due date may still change, because it was computed into a year whose working days are not loaded yet.
    pub due_is_provisional: bool,
    /// The person whom it concerns.
    pub person: Option<String>,
    /// The organisation that it concerns.
    pub organization: Option<String>,
    /// The result.
    pub result: Option<String>,
    /// The time of the act.
    pub created_at: Moment,
    /// The time at which it was read.
    pub read_at: Option<Moment>,
}

/// A letter as administrators see it: the address masked, without its text or its link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Sending {
    /// Its id.
    pub id: LetterId,
    /// The kind of letter; `None` for a kind that only a newer version of the program has.
    pub kind: Option<Letter>,
    /// The recipient's address, masked.
    #[schema(example = "l***@example.org")]
    pub address: String,
    /// Its state.
    pub state: LetterState,
    /// The number of attempts.
    pub attempts: i64,
    /// The time at which it was written.
    pub created_at: Moment,
    /// The time of the next attempt; only while it waits.
    pub next_try_at: Option<Moment>,
    /// The time at which the mail server accepted it, or at which it was written to its file.
    pub sent_at: Option<Moment>,
    /// The last response of the mail server.
    pub answer: Option<String>,
    /// The reason for which it was withheld.
    pub reason: Option<WithheldReason>,
}

/// A section of a list.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// Only entries older than this one.
    pub before: Option<LetterId>,
    /// The largest number of entries.
    pub limit: i64,
}

/// Returns the actor's notices, newest first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn inbox(tx: &mut Tx<'_>, actor: &Actor, lang: Lang, unread_only: bool, slice: Slice) -> Result<Vec<Notice>, AppError> {
    let channel = channels::find(tx.conn, actor.channel)?.name;
    let time = ChannelTime::of(tx, actor.channel)?;
    let rows = letters::inbox(tx.conn, actor.channel, actor.user, unread_only, slice.before, slice.limit, tx.now)?;
    Ok(rows.into_iter().filter_map(|row| notice(row, lang, &channel, &time)).collect())
}

/// Renders a notice; returns `None` for one whose kind this program does not know. A notice whose facts cannot be read is shown without
/// them, so that the others are still shown.
fn notice(row: InboxRow, lang: Lang, channel: &str, time: &ChannelTime) -> Option<Notice> {
    let kind: Letter = row.kind.parse().ok()?;
    let mut facts: LetterFacts = serde_json::from_str(&row.args).unwrap_or_default();
    let is_unknown = |at: Option<Moment>| at.is_some_and(|at| time.working().is_in_unknown_year(at));
    facts.provisional &= is_unknown(facts.due);
    facts.receive_by_is_provisional &= is_unknown(facts.receive_by);
    let subject = render::subject(kind, lang, channel, time.zone(), &facts);
    let due_at = facts.due.filter(|_| render::limit(kind, &facts).is_some());
    let path = match kind {
        // A one-time link is shown only in the letter.
        Letter::AccountCreated | Letter::PasswordReset => None,
        _ => facts.path.or_else(|| row.manuscript_id.map(|id| format!("/manuscripts/{id}"))),
    };
    Some(Notice {
        id: row.id,
        kind,
        subject,
        manuscript_id: row.manuscript_id,
        path,
        reason: facts.reason,
        due_at,
        due_is_provisional: facts.provisional,
        person: facts.person,
        organization: facts.organization,
        result: facts.result,
        created_at: row.created_at,
        read_at: row.read_at,
    })
}

/// Returns the number of the actor's unread notices, counted up to `most`.
///
/// # Errors
/// Fails if a database operation fails.
pub fn unread(tx: &mut Tx<'_>, actor: &Actor, most: usize) -> Result<usize, AppError> {
    Ok(letters::unread(tx.conn, actor.channel, actor.user, most, tx.now)?)
}

/// Marks a notice as read. Repeating this is no error; the first time is stored.
///
/// # Errors
/// [`AppError::NotFound`] for another person's notice.
pub fn mark_read(tx: &mut Tx<'_>, actor: &Actor, id: LetterId) -> Result<(), AppError> {
    if letters::mark_read(tx.conn, actor.channel, actor.user, id, tx.now)? { Ok(()) } else { Err(AppError::NotFound) }
}

/// Refuses access to another person's notice.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn refuse_others(tx: &mut Tx<'_>, actor: &Actor, id: LetterId) -> Result<(), AppError> {
    if letters::is_visible(tx.conn, actor.channel, actor.user, id, tx.now)? { Ok(()) } else { Err(AppError::NotFound) }
}

/// Marks all notices as read that are not newer than `newest`; without it, all.
///
/// # Errors
/// Fails if a database operation fails.
pub fn mark_all_read(tx: &mut Tx<'_>, actor: &Actor, newest: Option<LetterId>) -> Result<(), AppError> {
    Ok(letters::mark_all_read(tx.conn, actor.channel, actor.user, newest, tx.now)?)
}

/// Returns the channel's letters, newest first.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::WrongRole`] for anybody but administrators.
pub fn outbox(tx: &mut Tx<'_>, actor: &Actor, state: Option<LetterState>, slice: Slice) -> Result<Vec<Sending>, AppError> {
    actor.need(&ADMINISTRATORS)?;
    let rows = letters::outbox(tx.conn, actor.channel, state, slice.before, slice.limit)?;
    Ok(rows.into_iter().map(sending).collect())
}

/// Returns an administrator's name and address, for a test letter, with the channel whose letters they manage and its name.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::WrongRole`] for anybody but administrators.
pub fn for_trial(tx: &mut Tx<'_>, actor: &Actor) -> Result<(String, String, (ChannelId, String)), AppError> {
    actor.need(&ADMINISTRATORS)?;
    let channel = channels::find(tx.conn, actor.channel)?;
    let user = people::find(tx.conn, actor.user)?;
    Ok((user.name, user.email, (channel.id, channel.name)))
}

/// Returns the mail servers that do not accept letters, for administrators. Servers belong to the installation, so every channel's
/// administrators may see their state.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::WrongRole`] for anybody but administrators.
pub fn failing_servers(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<MailServer>, AppError> {
    actor.need(&ADMINISTRATORS)?;
    Ok(mail_servers::failing(tx.conn)?)
}

fn sending(row: OutboxRow) -> Sending {
    let waits = matches!(row.state, LetterState::Queued | LetterState::Leased);
    Sending {
        id: row.id,
        kind: row.kind.parse().ok(),
        address: Email::parse(&row.address).map_or_else(|_| "***".to_owned(), |address| address.masked()),
        state: row.state,
        attempts: row.attempts,
        created_at: row.created_at,
        next_try_at: waits.then_some(row.not_before),
        sent_at: row.sent_at,
        answer: row.answer,
        reason: row.reason,
    }
}
