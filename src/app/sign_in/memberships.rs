//! The membership of a person for which a session acts, and the change to another one.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::accounts::myself::ChannelBrief;
use crate::app::events::{self, LedgerEvent};
use crate::app::sign_in::{self, OpenedSession};
use crate::app::{AppError, Tx};
use crate::domain::ids::{PersonId, TokenId, UserId};
use crate::domain::permission::{Actor, Permit};
use crate::domain::violation::Violation;
use crate::store::people::{self, User};
use crate::store::persons;
use crate::store::tokens::{self, TokenKind};

/// A channel of which the caller is an active member.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MembershipView {
    /// The membership in that channel.
    pub id: UserId,
    /// The channel.
    pub channel: ChannelBrief,
    /// Whether the session or token acts for this one.
    pub is_current: bool,
}

/// Returns the channels of which the caller is an active member, the oldest membership first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<MembershipView>, AppError> {
    let person = people::find(tx.conn, actor.user)?.person_id;
    let view =
        |(id, channel, code, name)| MembershipView { id, channel: ChannelBrief { id: channel, code, name }, is_current: id == actor.user };
    Ok(people::active_in(tx.conn, person)?.into_iter().map(view).collect())
}

/// Switches to another channel: the session ends, and one of the other membership begins, with the same expiry.
///
/// # Errors
/// [`AppError::NotFound`] for anything but an active membership of the caller; [`AppError::Invalid`] for a program's token, which belongs
/// to one membership; [`AppError::Unauthenticated`] for a session that has ended meanwhile.
pub fn switch(tx: &mut Tx<'_>, actor: &Actor, token: TokenId, to: UserId) -> Result<OpenedSession, AppError> {
    let person = people::find(tx.conn, actor.user)?.person_id;
    let account = persons::account_of(tx.conn, person)?.id;
    persons::account_to_rely_on(tx.conn, account)?;
    let user = to_open(tx, person, Some(to))?.ok_or(AppError::NotFound)?;
    let session = tokens::find(tx.conn, token)?;
    if session.kind != TokenKind::Session {
        return Err(Violation::new("membership_id", "not_allowed_here").into());
    }
    if !tokens::revoke(tx.conn, token, tx.now)? {
        return Err(AppError::Unauthenticated);
    }
    events::append_event(tx, LedgerEvent::new(actor.channel, actor.user, Permit::SYSTEM, "sign_out", "user", actor.user.0))?;
    let (secret, row) = sign_in::insert_token(tx, &user, TokenKind::Session, String::new(), session.expires_at)?;
    events::append_event(tx, LedgerEvent::new(user.channel_id, user.id, Permit::SYSTEM, "sign_in", "user", user.id.0))?;
    Ok(OpenedSession { token: secret, expires_at: row.expires_at, person, actor: sign_in::actor(tx, &user)?, device: None })
}

/// Returns the membership that a sign-in opens, locked so that it stays active until the transaction ends: the requested one, otherwise
/// that of the person's last session, otherwise the oldest. Returns `None` if no membership is active.
pub(crate) fn to_open(tx: &mut Tx<'_>, person: PersonId, only: Option<UserId>) -> Result<Option<User>, AppError> {
    let chosen = chosen(tx, person, only)?;
    let Some(chosen) = chosen else { return Ok(None) };
    let user = people::find_to_rely_on(tx.conn, &[chosen])?.pop();
    Ok(user.filter(|user| user.suspended_at.is_none()))
}

fn chosen(tx: &mut Tx<'_>, person: PersonId, only: Option<UserId>) -> Result<Option<UserId>, AppError> {
    let mut active: Vec<UserId> = people::active_in(tx.conn, person)?.into_iter().map(|(id, ..)| id).collect();
    if let Some(only) = only {
        active.retain(|id| *id == only);
    }
    let last = if active.len() > 1 { tokens::last_session_of(tx.conn, &active)? } else { None };
    Ok(last.or(active.first().copied()))
}
