//! Sessions, tokens of programs and one-time links. Only the hash of the secret is stored, and a message authentication code binds each row
//! to a key outside the database; authentication checks the code (`app::sign_in`).

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::cached;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, TokenId, UserId};
use crate::store::connection::{AnyConn, PreparedSql};
use crate::store::error::StoreError;
use crate::store::people::{GrantRow, User};
use crate::store::schema::{grants, stand_ins, tokens, users};
pub(crate) use crate::store::types::TokenKind;

/// A row of `tokens`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = tokens, treat_none_as_default_value = false)]
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
    /// The code over [`Token::claims`]; `None` once revoked.
    pub mac: Option<Vec<u8>>,
}

impl Token {
    /// The data under the row's code.
    pub(crate) fn claims(&self) -> Claims {
        Claims {
            id: self.id,
            user: self.user_id,
            channel: self.channel_id,
            kind: self.kind,
            created_at: self.created_at,
            expires_at: self.expires_at,
        }
    }
}

/// All of a row that grants rights, except the hash, which is computed from the presented secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claims {
    pub id: TokenId,
    pub user: UserId,
    pub channel: ChannelId,
    pub kind: TokenKind,
    pub created_at: Moment,
    pub expires_at: Moment,
}

pub(crate) fn insert(conn: &mut AnyConn, token: &Token) -> Result<(), StoreError> {
    diesel::insert_into(tokens::table).values(token).execute(conn)?;
    Ok(())
}

/// A presented token, with its person and the data of authentication.
#[derive(Debug, Clone)]
pub(crate) struct PresentedToken {
    pub claims: Claims,
    pub mac: Option<Vec<u8>>,
    pub seen_at: Moment,
    pub revoked_at: Option<Moment>,
    pub user: UserId,
    pub channel: ChannelId,
    pub name: String,
    pub suspended_at: Option<Moment>,
    /// Whether the person stands in for another now.
    pub stands_in: bool,
}

/// The token of this hash, revoked or not, with its person and their own grants: all data of authentication, in one statement.
pub(crate) fn shown(conn: &mut AnyConn, hash: &[u8], now: Moment) -> Result<Option<(PresentedToken, Vec<GrantRow>)>, StoreError> {
    let own = grants::user_id.eq(users::id).and(grants::channel_id.eq(users::channel_id)).and(grants::revoked_at.is_null());
    let periods = stand_ins::table
        .filter(stand_ins::stand_in_id.eq(users::id))
        .filter(stand_ins::ended_at.is_null())
        .filter(stand_ins::from_at.le(now))
        .filter(stand_ins::to_at.gt(now));
    let columns = (
        (tokens::id, tokens::user_id, tokens::channel_id, tokens::kind, tokens::created_at, tokens::expires_at),
        (tokens::mac, tokens::seen_at, tokens::revoked_at),
        (users::id, users::channel_id, users::name, users::suspended_at, exists(periods)),
        grants::all_columns.nullable(),
    );
    type Bound = (TokenId, UserId, ChannelId, TokenKind, Moment, Moment);
    type State = (Option<Vec<u8>>, Moment, Option<Moment>);
    type Row = (Bound, State, (UserId, ChannelId, String, Option<Moment>, bool), Option<GrantRow>);
    let found = tokens::table
        .inner_join(users::table.on(users::id.eq(tokens::user_id)))
        .left_join(grants::table.on(own))
        .filter(tokens::hash.eq(hash))
        .order(grants::id)
        .select(columns);
    let mut rows = cached!(found).load::<Row>(conn)?.into_iter();
    let Some((bound, (mac, seen_at, revoked_at), (user, channel, name, suspended_at, stands_in), first)) = rows.next() else {
        return Ok(None);
    };
    let found = first.into_iter().chain(rows.filter_map(|(.., grant)| grant)).collect();
    let (id, owner, of_channel, kind, created_at, expires_at) = bound;
    let claims = Claims { id, user: owner, channel: of_channel, kind, created_at, expires_at };
    Ok(Some((PresentedToken { claims, mac, seen_at, revoked_at, user, channel, name, suspended_at, stands_in }, found)))
}

/// The token of this hash, revoked or not, with its person.
pub(crate) fn find_by_hash(conn: &mut AnyConn, hash: &[u8]) -> Result<Option<(Token, User)>, StoreError> {
    let rows = tokens::table.inner_join(users::table.on(users::id.eq(tokens::user_id)));
    Ok(rows.filter(tokens::hash.eq(hash)).get_result(conn).optional()?)
}

/// Of which of these memberships of a person the newest session is that has not been forgotten.
pub(crate) fn last_session_of(conn: &mut AnyConn, memberships: &[UserId]) -> Result<Option<UserId>, StoreError> {
    let rows = tokens::table.filter(tokens::user_id.eq_any(memberships)).filter(tokens::kind.eq(TokenKind::Session));
    Ok(rows.order(tokens::id.desc()).select(tokens::user_id).first(conn).optional()?)
}

/// The time of the newest one-time link of a person, with these memberships, that can still be used.
pub(crate) fn newest_link(conn: &mut AnyConn, memberships: &[UserId], now: Moment) -> Result<Option<Moment>, StoreError> {
    let rows = tokens::table.filter(tokens::user_id.eq_any(memberships)).filter(tokens::kind.eq(TokenKind::Link));
    let rows = rows.filter(tokens::revoked_at.is_null()).filter(tokens::expires_at.gt(now));
    Ok(rows.order(tokens::created_at.desc()).select(tokens::created_at).first(conn).optional()?)
}

pub(crate) fn find(conn: &mut AnyConn, id: TokenId) -> Result<Token, StoreError> {
    Ok(tokens::table.filter(tokens::id.eq(id)).get_result(conn)?)
}

pub(crate) fn touch(conn: &mut AnyConn, id: TokenId, at: Moment) -> Result<(), StoreError> {
    let older = tokens::table.filter(tokens::id.eq(id)).filter(tokens::seen_at.lt(at));
    PreparedSql(diesel::update(older).set(tokens::seen_at.eq(at))).execute(conn)?;
    Ok(())
}

type Ended = (diesel::dsl::Eq<tokens::revoked_at, Moment>, diesel::dsl::Eq<tokens::mac, Option<Vec<u8>>>);

/// A revoked row loses its code, so that removing the mark in the database does not restore the token.
fn ended(at: Moment) -> Ended {
    (tokens::revoked_at.eq(at), tokens::mac.eq(None))
}

/// Revokes one; false if it was revoked before, so that a one-time link opens once.
pub(crate) fn revoke(conn: &mut AnyConn, id: TokenId, at: Moment) -> Result<bool, StoreError> {
    let open = tokens::table.filter(tokens::id.eq(id)).filter(tokens::revoked_at.is_null());
    Ok(diesel::update(open).set(ended(at)).execute(conn)? == 1)
}

/// Revokes all that a membership has.
pub(crate) fn revoke_all(conn: &mut AnyConn, user: UserId, at: Moment) -> Result<usize, StoreError> {
    let open = tokens::table.filter(tokens::user_id.eq(user)).filter(tokens::revoked_at.is_null());
    Ok(diesel::update(open).set(ended(at)).execute(conn)?)
}

/// Revokes the one-time links of a person with these memberships, when a newer one is made.
pub(crate) fn revoke_links(conn: &mut AnyConn, memberships: &[UserId], at: Moment) -> Result<usize, StoreError> {
    let open = tokens::table.filter(tokens::user_id.eq_any(memberships)).filter(tokens::kind.eq(TokenKind::Link));
    Ok(diesel::update(open.filter(tokens::revoked_at.is_null())).set(ended(at)).execute(conn)?)
}

/// Revokes every sign-in, token and one-time link of the installation.
pub(crate) fn revoke_everybody(conn: &mut AnyConn, at: Moment) -> Result<usize, StoreError> {
    Ok(diesel::update(tokens::table.filter(tokens::revoked_at.is_null())).set(ended(at)).execute(conn)?)
}

/// Rows without a code that are not revoked, from before rows were bound.
pub(crate) fn unbound(conn: &mut AnyConn) -> Result<Vec<Token>, StoreError> {
    Ok(tokens::table.filter(tokens::mac.is_null()).filter(tokens::revoked_at.is_null()).load(conn)?)
}

/// Binds a row.
pub(crate) fn bind(conn: &mut AnyConn, id: TokenId, mac: &[u8]) -> Result<(), StoreError> {
    diesel::update(tokens::table.filter(tokens::id.eq(id))).set(tokens::mac.eq(mac)).execute(conn)?;
    Ok(())
}

/// Deletes sign-ins, tokens and links that ended before; the ledger names who signed in and whose token it was.
///
/// # Errors
/// The store's.
pub fn forget(conn: &mut AnyConn, before: Moment) -> Result<usize, StoreError> {
    Ok(diesel::delete(tokens::table.filter(tokens::expires_at.lt(before))).execute(conn)?)
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
