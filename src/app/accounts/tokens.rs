//! API tokens, and open sessions. A token is shown once; people issue tokens only to themselves.

use chrono::Duration;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::accounts::{ADMINISTRATORS, AccountChange, By, enter};
use crate::app::{AppError, Tx, mail_settings, sign_in, webhooks};
use crate::documents::token_key::TokenKey;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, TokenId, UserId};
use crate::domain::permission::{Actor, Permit};
use crate::domain::violation::{Violation, required_line};
use crate::store::people;
use crate::store::secrets;
use crate::store::tokens::{self, Token};
pub use crate::store::types::TokenKind;

/// The longest lifetime of a token, in days.
const LONGEST: i64 = 366;

/// A token or a session, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenView {
    /// Its id.
    pub id: TokenId,
    /// Its owner.
    pub user_id: UserId,
    /// `session` for a sign-in, `api` for a program's token.
    #[schema(value_type = String, examples("api"))]
    pub kind: TokenKind,
    /// The name that its owner chose; empty for a session.
    #[schema(examples("统计脚本"))]
    pub name: String,
    /// The time of its creation.
    pub created_at: Moment,
    /// The time of its expiry.
    pub expires_at: Moment,
    /// When it was last used, to the minute.
    pub seen_at: Moment,
}

impl From<Token> for TokenView {
    fn from(row: Token) -> Self {
        let Token { id, user_id, kind, name, created_at, expires_at, seen_at, .. } = row;
        Self { id, user_id, kind, name, created_at, expires_at, seen_at }
    }
}

/// A newly issued token.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The secret, shown once.
    pub secret: String,
    /// The rest.
    pub token: TokenView,
}

/// Issues a token to a person, on request of that person or of the command line.
///
/// # Errors
/// [`AppError::NotFound`] for another person, [`AppError::Invalid`] for an invalid name, or a lifetime outside of 1 to 366 days.
pub fn issue(tx: &mut Tx<'_>, by: By<'_>, user: UserId, name: &str, days: Option<i64>) -> Result<Issued, AppError> {
    let user = people::find(tx.conn, user)?;
    if by.user().is_some_and(|own| own != user.id) {
        return Err(AppError::NotFound);
    }
    let name = required_line("name", name, 60)?;
    let days = days.unwrap_or(tx.settings.session.token_days);
    if !(1..=LONGEST).contains(&days) {
        return Err(Violation::beyond("expires_in_days", "out_of_range", usize::try_from(days).unwrap_or(0), 366).into());
    }
    let (secret, row) = sign_in::insert_token(tx, &user, TokenKind::Api, name, tx.now + Duration::days(days))?;
    let facts = json!({ "token": row.id, "days": days });
    let (channel, id) = (user.channel_id, user.id.0);
    enter(tx, AccountChange { channel, by, permit: Permit::SYSTEM, action: "issue_token", object: "user", id, facts })?;
    Ok(Issued { secret, token: row.into() })
}

/// Replaces the key that authenticates sessions, tokens and one-time links, because the previous one was lost or disclosed: all of them are
/// revoked. Passwords stay as the database has them now; that of the mail server and the addresses of webhooks are encrypted again if the
/// key `before` can decrypt them. The caller writes the key's file before the commit.
///
/// # Errors
/// Fails if a database operation fails.
pub fn renew_key(tx: &mut Tx<'_>, before: Option<&TokenKey>, key: &TokenKey) -> Result<usize, AppError> {
    mail_settings::reseal(tx, before, key)?;
    webhooks::reseal(tx, before, key)?;
    let fingerprint = key.fingerprint();
    if !secrets::claim(tx.conn, secrets::TOKENS, &fingerprint)? {
        secrets::replace(tx.conn, secrets::TOKENS, &fingerprint)?;
    }
    sign_in::bind_passwords(tx.conn, key)?;
    let ended = tokens::revoke_everybody(tx.conn, tx.now)?;
    let (channel, by, permit, facts) = (ChannelId::INSTALLATION, By::Program, By::Program.permit(&[])?, json!({ "ended": ended }));
    enter(tx, AccountChange { channel, by, permit, action: "renew_token_key", object: "installation", id: channel.0, facts })?;
    Ok(ended)
}

/// Returns a page of open tokens and sessions, newest first: the caller's own, or, for administrators, any person's.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, user: Option<UserId>, after: Option<TokenId>, limit: i64) -> Result<Vec<TokenView>, AppError> {
    let user = user.unwrap_or(actor.user);
    if user != actor.user && actor.need(&ADMINISTRATORS).is_err() {
        return Ok(Vec::new());
    }
    Ok(tokens::list(tx.conn, actor.channel, Some(user), tx.now, after, limit)?.into_iter().map(TokenView::from).collect())
}

/// Returns all tokens of a person, for the command line.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn all(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<TokenView>, AppError> {
    let user = people::find(tx.conn, user)?;
    let rows = tokens::list(tx.conn, user.channel_id, Some(user.id), tx.now, None, i64::MAX)?;
    Ok(rows.into_iter().map(TokenView::from).collect())
}

/// Revokes a token or ends a session: the caller's own, or, for administrators, any person's.
///
/// # Errors
/// [`AppError::NotFound`] for another person's, and for one that is revoked already.
pub fn revoke(tx: &mut Tx<'_>, by: By<'_>, id: TokenId) -> Result<(), AppError> {
    let token = tokens::find(tx.conn, id)?;
    by.within(token.channel_id)?;
    let permit = match by.permit(&ADMINISTRATORS) {
        Ok(permit) => permit,
        Err(_) if by.user() == Some(token.user_id) => Permit::SYSTEM,
        Err(_) => return Err(AppError::NotFound),
    };
    if token.kind == TokenKind::Link || !tokens::revoke(tx.conn, id, tx.now)? {
        return Err(AppError::NotFound);
    }
    let facts = json!({ "token": id });
    let (channel, user) = (token.channel_id, token.user_id.0);
    enter(tx, AccountChange { channel, by, permit, action: "revoke_token", object: "user", id: user, facts })?;
    Ok(())
}
