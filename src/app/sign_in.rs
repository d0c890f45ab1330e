//! Signing in and out, and authentication of the caller.
//!
//! Attempts are counted in rows before the password is verified, so that simultaneous attempts, on several nodes too, are counted. An
//! unknown name is answered like a wrong password, after an equally long time.

mod delays;
mod device;
pub mod memberships;

use chrono::Duration;
use rand::Rng;
use sha2::{Digest, Sha256};

use crate::app::events::{self, LedgerEvent};
use crate::app::passwords::WorkOwner;
use crate::app::sign_in::delays::Subjects;
use crate::app::{App, AppError, Tx};
use crate::config::Secret;
use crate::documents::token_key::{TokenClaims, TokenKey};
use crate::domain::clock::Moment;
use crate::domain::folding::folded;
use crate::domain::ids::{AccountId, PersonId, TokenId, UserId};
use crate::domain::permission::{Actor, Permit};
use crate::domain::person::Login;
use crate::domain::violation::Violation;
use crate::store::people::{self, User};
use crate::store::tokens::{self, Claims, Token, TokenKind};
use crate::store::{AnyConn, StoreError, persons, stand_ins, throttles};

pub use device::DEVICE_DAYS;

/// The largest difference between the clocks of nodes.
const AHEAD_MINUTES: i64 = 10;

/// The person to whom a token belongs.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Person, channel, grants.
    pub actor: Actor,
    /// The person's name.
    pub name: String,
    /// The token.
    pub token: TokenId,
    /// Whether it was seen within the last minute, so that nothing has to be stored.
    pub seen_before: bool,
}

/// A fresh sign-in.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// The secret; shown once.
    pub token: String,
    /// Its end at the latest.
    pub expires_at: Moment,
    /// The person who signed in.
    pub person: PersonId,
    /// The membership with which they act.
    pub actor: Actor,
    /// The value that identifies the device from now on; `None` for sessions opened without a password.
    pub device: Option<String>,
}

/// The origin of a sign-in.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The client's address.
    pub address: String,
    /// The values by which its device identifies itself; not trusted by themselves.
    pub devices: Vec<String>,
}

impl From<&str> for Origin {
    fn from(address: &str) -> Self {
        Self { address: address.to_owned(), devices: Vec::new() }
    }
}

/// Generates 256 random bits, encoded for a header.
pub(crate) fn secret() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    format!("ztc_{}", base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes))
}

/// Returns the stored form of a secret. A secret has 256 random bits, so a plain hash is sufficient.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Returns the fields over which a row's authentication code is computed.
fn claims<'a>(row: &'a Claims, hash: &'a [u8]) -> TokenClaims<'a> {
    TokenClaims {
        id: row.id.0,
        user: row.user.0,
        channel: row.channel.0,
        kind: row.kind.as_str(),
        hash,
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}

/// Computes the authentication code of a row under this key.
pub(crate) fn code_of(key: &TokenKey, row: &Token) -> Vec<u8> {
    key.mac(&claims(&row.claims(), &row.hash))
}

/// Authenticates the existing password hashes: once at the upgrade, and when the key is renewed.
pub(crate) fn bind_passwords(conn: &mut AnyConn, key: &TokenKey) -> Result<(), StoreError> {
    for (id, person, hash) in persons::passwords(conn)? {
        persons::bind(conn, id, &key.password_mac(person.0, &hash))?;
    }
    Ok(())
}

/// Returns whether this installation wrote the row in its current form. A row that was inserted or changed by hand is ignored and logged.
pub(crate) fn is_bound(tx: &Tx<'_>, row: &Claims, hash: &[u8], mac: Option<&[u8]>) -> Result<bool, StoreError> {
    let bound = tx.token_key()?.is_bound(&claims(row, hash), mac);
    if !bound {
        tracing::warn!(token = %row.id, user = %row.user, "a row of tokens is not bound by this installation's key: it was put in or changed by hand, or belongs to a key from before");
    }
    Ok(bound)
}

/// Creates and inserts a session, token or one-time link with its authentication code. No other code creates one. Returns the secret, which
/// is shown once.
pub(crate) fn insert_token(
    tx: &mut Tx<'_>,
    user: &User,
    kind: TokenKind,
    name: String,
    expires_at: Moment,
) -> Result<(String, Token), AppError> {
    let secret = secret();
    let mut row = Token {
        id: tx.id(),
        user_id: user.id,
        channel_id: user.channel_id,
        kind,
        name,
        hash: hash(&secret),
        created_at: tx.now,
        expires_at,
        seen_at: tx.now,
        revoked_at: None,
        mac: None,
    };
    row.mac = Some(code_of(&tx.token_key()?, &row));
    tokens::insert(tx.conn, &row)?;
    Ok((secret, row))
}

/// Returns whether a clock that was ahead wrote this time. Such a sign-in or one-time link would be valid for longer than allowed.
pub(crate) fn is_ahead(at: Moment, now: Moment) -> bool {
    at > now + Duration::minutes(AHEAD_MINUTES)
}

/// Returns the person of a token: active account, valid token, and the grants that are effective now.
///
/// # Errors
/// [`AppError::Unauthenticated`] for an unknown, revoked or expired token, an idle session, a suspended account.
pub fn authenticate(tx: &mut Tx<'_>, secret: &str) -> Result<Principal, AppError> {
    let hash = hash(secret);
    let (shown, grants) = tokens::shown(tx.conn, &hash, tx.now)?.ok_or(AppError::Unauthenticated)?;
    let idle = Duration::minutes(tx.settings.session.idle_minutes);
    let in_time = shown.claims.expires_at > tx.now;
    let alive = match shown.claims.kind {
        TokenKind::Session => in_time && shown.seen_at + idle > tx.now && !is_ahead(shown.seen_at, tx.now),
        TokenKind::Api => in_time,
        TokenKind::Link => false,
    };
    if !alive || shown.revoked_at.is_some() || shown.suspended_at.is_some() {
        return Err(AppError::Unauthenticated);
    }
    if !is_bound(tx, &shown.claims, &hash, shown.mac.as_deref())? {
        return Err(AppError::Unauthenticated);
    }
    let mut grants = people::own_grants(&grants);
    if shown.stands_in {
        grants.extend(stand_ins::lent_grants(tx.conn, shown.user, shown.channel, tx.now)?);
    }
    let grants = stand_ins::without_idle_secretaries(tx.conn, shown.channel, grants)?;
    let actor = Actor { user: shown.user, channel: shown.channel, grants };
    let seen_before = shown.seen_at + Duration::minutes(1) > tx.now;
    Ok(Principal { actor, name: shown.name, token: shown.claims.id, seen_before })
}

/// Returns a person with the grants that are effective now.
pub(crate) fn actor(tx: &mut Tx<'_>, user: &User) -> Result<Actor, AppError> {
    let grants = stand_ins::acting_grants(tx.conn, user.id, user.channel_id, tx.now)?;
    Ok(Actor { user: user.id, channel: user.channel_id, grants })
}

/// Records that a token is in use.
///
/// # Errors
/// Fails if a database operation fails.
pub fn note_seen(tx: &mut Tx<'_>, token: TokenId) -> Result<(), AppError> {
    Ok(tokens::touch(tx.conn, token, tx.now)?)
}

/// Signs a person in.
///
/// # Errors
/// [`AppError::Unauthenticated`] without a reason, [`AppError::Throttled`] after too many attempts, [`StoreError::Busy`] if too many wait;
/// a violation of the field `login` for input that cannot be a name.
pub async fn sign_in(
    app: &App,
    request: &str,
    login: &str,
    password: Secret,
    origin: impl Into<Origin>,
) -> Result<OpenedSession, AppError> {
    sign_in_as(app, request, login, password, origin.into(), None).await
}

/// Signs a person in. With `only`, signs in only the person of that membership, and into it; another person's name and password are
/// answered like wrong ones.
///
/// # Errors
/// As [`sign_in`].
pub async fn sign_in_as(
    app: &App,
    request: &str,
    login: &str,
    password: Secret,
    origin: Origin,
    only: Option<UserId>,
) -> Result<OpenedSession, AppError> {
    if login.chars().any(char::is_control) {
        // No account has such a name, and PostgreSQL does not accept text with U+0000.
        return Err(Violation::new("login", "bad_login").into());
    }
    let login = Login::parse(login).map(|login| login.to_string()).unwrap_or_else(|_| folded(login).to_lowercase());
    let mut standing = WorkOwner { address: origin.address.clone(), is_known: false };
    let found = app.write(request, move |tx| {
        let account = persons::account_by_login(tx.conn, &login)?;
        let password = account.as_ref().map(|account| persons::password_of(tx.conn, account.id)).transpose()?.flatten();
        let key = tx.token_key()?;
        let device = account.as_ref().and_then(|account| device::known(&key, account.person_id, &origin.devices, tx.now));
        let subjects = Subjects::of(&login, &origin, device);
        let until = subjects.count(tx)?;
        Ok((until, account, password, subjects, device.is_some()))
    });
    let (until, account, kept, subjects, is_known) = found.await?;
    if let Some(until) = until {
        return Err(AppError::Throttled { until });
    }
    standing.is_known = is_known;
    let hash = kept.map(|password| password.secret);
    let right = app.passwords.is_right(standing, password, hash.clone()).await?;
    match account.filter(|account| right && account.suspended_at.is_none()) {
        Some(account) => app.write(request, move |tx| open(tx, account.id, hash.as_deref(), only, &subjects)).await,
        None => Err(AppError::Unauthenticated),
    }
}

/// Returns the window of attempts that contains `now`.
fn window(tx: &Tx<'_>) -> (Moment, Moment) {
    let length = Duration::minutes(tx.settings.limits.sign_in_window_minutes.max(1)).num_microseconds().unwrap_or(i64::MAX);
    let begin = tx.now.micros().div_euclid(length) * length;
    (Moment::from_micros(begin), Moment::from_micros(begin + length))
}

/// The kind of limit that applies to a subject's attempts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TryLimit {
    /// The limit of an account.
    Account,
    /// The limit of an address.
    Address,
}

/// Counts an attempt; if there were too many, returns the time until which no more are accepted.
pub(crate) fn count_try(tx: &mut Tx<'_>, subjects: &[(&str, TryLimit)]) -> Result<Option<Moment>, AppError> {
    let (begin, end) = window(tx);
    let mut over = false;
    for (subject, limit) in subjects {
        let limit = match limit {
            TryLimit::Account => tx.settings.limits.sign_in_attempts_account,
            TryLimit::Address => tx.settings.limits.sign_in_attempts_address,
        };
        over |= throttles::hit(tx.conn, subject, begin)? > i64::from(limit);
    }
    Ok(over.then_some(end))
}

/// Subtracts an attempt that turned out not to be a guess.
pub(crate) fn take_back_try(tx: &mut Tx<'_>, subject: &str) -> Result<(), AppError> {
    let (begin, _) = window(tx);
    Ok(throttles::take_back(tx.conn, subject, begin)?)
}

/// Opens a session of an account, after the password of this hash was verified.
fn open(tx: &mut Tx<'_>, id: AccountId, hash: Option<&str>, only: Option<UserId>, subjects: &Subjects) -> Result<OpenedSession, AppError> {
    let (begin, _) = window(tx);
    subjects.forgive(tx)?;
    throttles::forget(tx.conn, begin)?;
    throttles::forget_delays(tx.conn, begin)?;
    let account = persons::account_to_rely_on(tx.conn, id)?;
    let password = persons::password_of(tx.conn, id)?.ok_or(AppError::Unauthenticated)?;
    // If the password was changed during the verification, which ended every session, no session is opened.
    if account.suspended_at.is_some() || Some(password.secret.as_str()) != hash {
        return Err(AppError::Unauthenticated);
    }
    if !tx.token_key()?.is_password_bound(account.person_id.0, &password.secret, password.mac.as_deref()) {
        tracing::warn!(account = %id, "a password's hash is not bound by this installation's key: it was put in by hand");
        return Err(AppError::Unauthenticated);
    }
    let user = memberships::to_open(tx, account.person_id, only)?.ok_or(AppError::Unauthenticated)?;
    let device = device::word(&tx.token_key()?, account.person_id, tx.now);
    let opened = OpenedSession { device: Some(device), ..open_session(tx, &user)? };
    events::append_event(tx, LedgerEvent::new(user.channel_id, user.id, Permit::SYSTEM, "sign_in", "user", user.id.0))?;
    Ok(opened)
}

/// Opens a session of this person that starts now.
pub(crate) fn open_session(tx: &mut Tx<'_>, user: &User) -> Result<OpenedSession, AppError> {
    let expires_at = tx.now + Duration::hours(tx.settings.session.absolute_hours);
    let (token, _) = insert_token(tx, user, TokenKind::Session, String::new(), expires_at)?;
    Ok(OpenedSession { token, expires_at, person: user.person_id, actor: actor(tx, user)?, device: None })
}

/// Ends the caller's session, or revokes the caller's token.
///
/// # Errors
/// Fails if a database operation fails.
pub fn sign_out(tx: &mut Tx<'_>, actor: &Actor, token: TokenId) -> Result<(), AppError> {
    if tokens::revoke(tx.conn, token, tx.now)? {
        events::append_event(tx, LedgerEvent::new(actor.channel, actor.user, Permit::SYSTEM, "sign_out", "user", actor.user.0))?;
    }
    Ok(())
}
