//! Sessions, tokens of programs and one-time links. Only the hash of the secret is kept.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, TokenId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::people::User;
use crate::store::schema::{tokens, users};
pub(crate) use crate::store::types::TokenKind;

/// A row of `tokens`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = tokens)]
pub(crate) struct Token {
    pub id: TokenId,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    pub kind: TokenKind,
    pub name: String,
    pub hash: Vec<u8>,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub seen_at: Moment,
    pub revoked_at: Option<Moment>,
}

pub(crate) fn insert(conn: &mut AnyConn, token: &Token) -> Result<(), StoreError> {
    diesel::insert_into(tokens::table).values(token).execute(conn)?;
    Ok(())
}

/// The token of this hash, revoked or not, with its person.
pub(crate) fn find_by_hash(conn: &mut AnyConn, hash: &[u8]) -> Result<Option<(Token, User)>, StoreError> {
    let rows = tokens::table.inner_join(users::table.on(users::id.eq(tokens::user_id)));
    Ok(rows.filter(tokens::hash.eq(hash)).first(conn).optional()?)
}

pub(crate) fn find(conn: &mut AnyConn, id: TokenId) -> Result<Token, StoreError> {
    Ok(tokens::table.filter(tokens::id.eq(id)).first(conn)?)
}

pub(crate) fn touch(conn: &mut AnyConn, id: TokenId, at: Moment) -> Result<(), StoreError> {
    diesel::update(tokens::table.filter(tokens::id.eq(id)).filter(tokens::seen_at.lt(at))).set(tokens::seen_at.eq(at)).execute(conn)?;
    Ok(())
}

/// Revokes one; false if it was revoked before, so that a one-time link opens once.
pub(crate) fn revoke(conn: &mut AnyConn, id: TokenId, at: Moment) -> Result<bool, StoreError> {
    let open = tokens::table.filter(tokens::id.eq(id)).filter(tokens::revoked_at.is_null());
    Ok(diesel::update(open).set(tokens::revoked_at.eq(at)).execute(conn)? == 1)
}

/// Revokes all that a person has.
pub(crate) fn revoke_all(conn: &mut AnyConn, user: UserId, at: Moment) -> Result<usize, StoreError> {
    let open = tokens::table.filter(tokens::user_id.eq(user)).filter(tokens::revoked_at.is_null());
    Ok(diesel::update(open).set(tokens::revoked_at.eq(at)).execute(conn)?)
}

/// Revokes the one-time links of a person, when a newer one is made.
pub(crate) fn revoke_links(conn: &mut AnyConn, user: UserId, at: Moment) -> Result<usize, StoreError> {
    let open = tokens::table.filter(tokens::user_id.eq(user)).filter(tokens::kind.eq(TokenKind::Link));
    Ok(diesel::update(open.filter(tokens::revoked_at.is_null())).set(tokens::revoked_at.eq(at)).execute(conn)?)
}

/// A person's tokens for programs and sessions that are open, newest first.
pub(crate) fn list(
    conn: &mut AnyConn,
    channel: ChannelId,
    user: Option<UserId>,
    now: Moment,
    after: Option<TokenId>,
    limit: i64,
) -> Result<Vec<Token>, StoreError> {
    let mut rows = tokens::table
        .filter(tokens::channel_id.eq(channel))
        .filter(tokens::kind.ne(TokenKind::Link))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .into_boxed();
    if let Some(user) = user {
        rows = rows.filter(tokens::user_id.eq(user));
    }
    if let Some(after) = after {
        rows = rows.filter(tokens::id.lt(after));
    }
    Ok(rows.order(tokens::id.desc()).limit(limit).load(conn)?)
}
