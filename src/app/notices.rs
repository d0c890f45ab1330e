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

/// Who looks after letters that don't arrive.
pub(crate) const ADMINISTRATORS: [Role; 2] = [Role::SystemAdmin, Role::SecurityAdmin];

/// A notice in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notice {
    /// Its id.
    pub id: LetterId,
    /// Which letter.
    pub kind: Letter,
    /// One line in the reader's language.
    #[schema(example = "请修改：《关于加装电梯的建议》（2026-0001）")]
    pub subject: String,
    /// The manuscript that it is about.
    pub manuscript_id: Option<ManuscriptId>,
    /// The path of the page that it leads to.
    pub path: Option<String>,
    /// The reason that was given.
    pub reason: Option<String>,
    /// When what you have to do is due; nothing where the limit is somebody else's.
    pub due_at: Option<Moment>,
    /// Whether that may still change: it was counted into a year whose working days are not known yet.
    pub due_is_provisional: bool,
    /// The person whom it is about.
    pub person: Option<String>,
    /// The organisation that it is about.
    pub organization: Option<String>,
    /// The result.
    pub result: Option<String>,
    /// When the act was.
    pub created_at: Moment,
    /// When it was read.
    pub read_at: Option<Moment>,
}

/// A letter as administrators see it: the address masked, never its words or its link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Sending {
    /// Its id.
    pub id: LetterId,
    /// Which letter; nothing for one that only a newer program knows.
    pub kind: Option<Letter>,
    /// The recipient's address, masked.
    #[schema(example = "l***@example.org")]
    pub address: String,
    /// What has become of it.
    pub state: LetterState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was written.
    pub created_at: Moment,
    /// When it is tried next; only while it waits.
    pub next_try_at: Option<Moment>,
    /// When the mail server accepted it, or when it was written to its file.
    pub sent_at: Option<Moment>,
    /// What the mail server said last.
    pub answer: Option<String>,
    /// Why it was withheld.
    pub reason: Option<WithheldReason>,
}

/// Which part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// Only what is older than this one.
    pub before: Option<LetterId>,
    /// How many at most.
    pub limit: i64,
}

/// My notices, newest first.
///
/// # Errors
/// The store's.
pub fn inbox(tx: &mut Tx<'_>, actor: &Actor, lang: Lang, unread_only: bool, slice: Slice) -> Result<Vec<Notice>, AppError> {
    let channel = channels::find(tx.conn, actor.channel)?.name;
    let time = ChannelTime::of(tx, actor.channel)?;
    let rows = letters::inbox(tx.conn, actor.channel, actor.user, unread_only, slice.before, slice.limit, tx.now)?;
    Ok(rows.into_iter().filter_map(|row| notice(row, lang, &channel, &time)).collect())
}

/// A notice in words; none for one whose kind this program does not know. One whose facts can't be read is shown without them: it keeps none
/// of the others.
fn notice(row: InboxRow, lang: Lang, channel: &str, time: &ChannelTime) -> Option<Notice> {
    let kind: Letter = row.kind.parse().ok()?;
    let mut facts: LetterFacts = serde_json::from_str(&row.args).unwrap_or_default();
    let is_unknown = |at: Option<Moment>| at.is_some_and(|at| time.working().is_in_unknown_year(at));
    facts.provisional &= is_unknown(facts.due);
    facts.receive_by_is_provisional &= is_unknown(facts.receive_by);
    let subject = render::subject(kind, lang, channel, time.zone(), &facts);
    let due_at = facts.due.filter(|_| render::limit(kind, &facts).is_some());
    let path = match kind {
        // A one-time link is for the letter alone.
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

/// How many notices I have not read, counted up to `most`.
///
/// # Errors
/// The store's.
pub fn unread(tx: &mut Tx<'_>, actor: &Actor, most: usize) -> Result<usize, AppError> {
    Ok(letters::unread(tx.conn, actor.channel, actor.user, most, tx.now)?)
}

/// I have read it. Again is no error; the first time counts.
///
/// # Errors
/// [`AppError::NotFound`] for another's.
pub fn mark_read(tx: &mut Tx<'_>, actor: &Actor, id: LetterId) -> Result<(), AppError> {
    if letters::mark_read(tx.conn, actor.channel, actor.user, id, tx.now)? { Ok(()) } else { Err(AppError::NotFound) }
}

/// Refuses another's.
///
/// # Errors
/// [`AppError::NotFound`].
pub fn refuse_others(tx: &mut Tx<'_>, actor: &Actor, id: LetterId) -> Result<(), AppError> {
    if letters::is_visible(tx.conn, actor.channel, actor.user, id, tx.now)? { Ok(()) } else { Err(AppError::NotFound) }
}

/// I have read all that is as old as `newest` or older; without it, all.
///
/// # Errors
/// The store's.
pub fn mark_all_read(tx: &mut Tx<'_>, actor: &Actor, newest: Option<LetterId>) -> Result<(), AppError> {
    Ok(letters::mark_all_read(tx.conn, actor.channel, actor.user, newest, tx.now)?)
}

/// The channel's letters, newest first.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::WrongRole`] for anybody but administrators.
pub fn outbox(tx: &mut Tx<'_>, actor: &Actor, state: Option<LetterState>, slice: Slice) -> Result<Vec<Sending>, AppError> {
    actor.need(&ADMINISTRATORS)?;
    let rows = letters::outbox(tx.conn, actor.channel, state, slice.before, slice.limit)?;
    Ok(rows.into_iter().map(sending).collect())
}

/// An administrator's name and address, for a trial letter, with the channel whose letters they look after and its name.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::WrongRole`] for anybody but administrators.
pub fn for_trial(tx: &mut Tx<'_>, actor: &Actor) -> Result<(String, String, (ChannelId, String)), AppError> {
    actor.need(&ADMINISTRATORS)?;
    let channel = channels::find(tx.conn, actor.channel)?;
    let user = people::find(tx.conn, actor.user)?;
    Ok((user.name, user.email, (channel.id, channel.name)))
}

/// The mail servers that take no letters, for the administrators. A server is the installation's, and its state no channel's secret.
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
