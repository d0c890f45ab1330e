//! Signing in and out, and recognising who has signed in.
//!
//! Tries are counted in rows before the password is looked at, so that tries at the same moment, and on several nodes, count
//! too. A name that nobody has is answered as a wrong password is, after as long a time.

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

/// So far the clocks of nodes may lie apart.
const AHEAD_MINUTES: i64 = 10;

/// Who a token belongs to.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Person, channel, grants.
    pub actor: Actor,
    /// The person's name.
    pub name: String,
    /// The token.
    pub token: TokenId,
    /// Whether it was seen within the last minute, so that nothing has to be noted.
    pub seen_before: bool,
}

/// A fresh sign-in.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// The secret; shown once.
    pub token: String,
    /// Its end in any case.
    pub expires_at: Moment,
    /// Who signed in.
    pub person: PersonId,
    /// Who acts with it.
    pub actor: Actor,
    /// By what the device is known from now on; none where nobody signed in with a password.
    pub device: Option<String>,
}

/// Where a sign-in comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The client's address.
    pub address: String,
    /// By what its device says that it is known; anybody can say anything.
    pub devices: Vec<String>,
}

impl From<&str> for Origin {
    fn from(address: &str) -> Self {
        Self { address: address.to_owned(), devices: Vec::new() }
    }
}

/// 256 bits that nobody can guess, as text that a header can carry.
pub(crate) fn secret() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    format!("ztc_{}", base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes))
}

/// What is kept of a secret. It has 256 bits of its own, so a plain hash is enough.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// What a row's code is made over.
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

/// The code of a row under this key.
pub(crate) fn code_of(key: &TokenKey, row: &Token) -> Vec<u8> {
    key.mac(&claims(&row.claims(), &row.hash))
}

/// Binds the passwords' hashes as they are: once at the upgrade, and when the key is renewed.
pub(crate) fn bind_passwords(conn: &mut AnyConn, key: &TokenKey) -> Result<(), StoreError> {
    for (id, person, hash) in persons::passwords(conn)? {
        persons::bind(conn, id, &key.password_mac(person.0, &hash))?;
    }
    Ok(())
}

/// Whether this installation made the row as it is. One that was put in or changed by hand is as no row, and the log says so.
pub(crate) fn is_bound(tx: &Tx<'_>, row: &Claims, hash: &[u8], mac: Option<&[u8]>) -> Result<bool, StoreError> {
    let bound = tx.token_key()?.is_bound(&claims(row, hash), mac);
    if !bound {
        tracing::warn!(token = %row.id, user = %row.user, "a row of tokens is not bound by this installation's key: it was put in or changed by hand, or belongs to a key from before");
    }
    Ok(bound)
}

/// A new session, token or one-time link, bound and written: the only way to make one. Gives the secret, which is shown once.
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

/// Whether a clock that ran ahead has written this time. A sign-in or one-time link from there would live longer than it may.
pub(crate) fn is_ahead(at: Moment, now: Moment) -> bool {
    at > now + Duration::minutes(AHEAD_MINUTES)
}

/// The person behind a token: active account, valid token, and the grants that count now.
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

/// A person with the grants that count now.
pub(crate) fn actor(tx: &mut Tx<'_>, user: &User) -> Result<Actor, AppError> {
    let grants = stand_ins::acting_grants(tx.conn, user.id, user.channel_id, tx.now)?;
    Ok(Actor { user: user.id, channel: user.channel_id, grants })
}

/// Notes that a token is in use.
///
/// # Errors
/// The store's.
pub fn note_seen(tx: &mut Tx<'_>, token: TokenId) -> Result<(), AppError> {
    Ok(tokens::touch(tx.conn, token, tx.now)?)
}

/// Signs a person in.
///
/// # Errors
/// [`AppError::Unauthenticated`] without saying what was wrong, [`AppError::Throttled`] after too many tries, [`StoreError::Busy`] when
/// too many wait; a violation of the field `login` for what can be no name.
pub async fn sign_in(
    app: &App,
    request: &str,
    login: &str,
    password: Secret,
    origin: impl Into<Origin>,
) -> Result<OpenedSession, AppError> {
    sign_in_as(app, request, login, password, origin.into(), None).await
}

/// Signs a person in, and with `only` nobody but the person of that membership, and into it: another person's name and password are answered
/// as wrong ones are.
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
        // No account has such a name, and PostgreSQL takes no text with U+0000.
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

/// The window of tries that `now` lies in.
fn window(tx: &Tx<'_>) -> (Moment, Moment) {
    let length = Duration::minutes(tx.settings.limits.sign_in_window_minutes.max(1)).num_microseconds().unwrap_or(i64::MAX);
    let begin = tx.now.micros().div_euclid(length) * length;
    (Moment::from_micros(begin), Moment::from_micros(begin + length))
}

/// Which limit of tries a subject has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TryLimit {
    /// That of an account.
    Account,
    /// That of an address.
    Address,
}

/// Counts a try at a secret; says until when no more are looked at, if these were too many.
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

/// Takes a try back that turned out to be no guess.
pub(crate) fn take_back_try(tx: &mut Tx<'_>, subject: &str) -> Result<(), AppError> {
    let (begin, _) = window(tx);
    Ok(throttles::take_back(tx.conn, subject, begin)?)
}

/// Opens a session of an account, after the password was right that has this hash.
fn open(tx: &mut Tx<'_>, id: AccountId, hash: Option<&str>, only: Option<UserId>, subjects: &Subjects) -> Result<OpenedSession, AppError> {
    let (begin, _) = window(tx);
    subjects.forgive(tx)?;
    throttles::forget(tx.conn, begin)?;
    throttles::forget_delays(tx.conn, begin)?;
    let account = persons::account_to_rely_on(tx.conn, id)?;
    let password = persons::password_of(tx.conn, id)?.ok_or(AppError::Unauthenticated)?;
    // The check took its time: a password that was changed meanwhile, which ended every sign-in, opens none any more.
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

/// A session of this person, from now.
pub(crate) fn open_session(tx: &mut Tx<'_>, user: &User) -> Result<OpenedSession, AppError> {
    let expires_at = tx.now + Duration::hours(tx.settings.session.absolute_hours);
    let (token, _) = insert_token(tx, user, TokenKind::Session, String::new(), expires_at)?;
    Ok(OpenedSession { token, expires_at, person: user.person_id, actor: actor(tx, user)?, device: None })
}

/// Ends the sign-in, or revokes the token, that the caller came with.
///
/// # Errors
/// The store's.
pub fn sign_out(tx: &mut Tx<'_>, actor: &Actor, token: TokenId) -> Result<(), AppError> {
    if tokens::revoke(tx.conn, token, tx.now)? {
        events::append_event(tx, LedgerEvent::new(actor.channel, actor.user, Permit::SYSTEM, "sign_out", "user", actor.user.0))?;
    }
    Ok(())
}
