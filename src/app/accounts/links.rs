//! Passwords and the one-time links that set them. A new password revokes every session and token of the person.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::Value;

use crate::app::accounts::account::{AccountAct, LockedAccount, lock_account, need_only_here};
use crate::app::accounts::{ADMINISTRATORS, AccountChange, By, enter, lock, tell};
use crate::app::passwords::{AccountWords, WorkOwner};
use crate::app::sign_in::{self, TryLimit, count_try, memberships, take_back_try};
use crate::app::{App, AppError, Tx};
use crate::config::Secret;
use crate::domain::clock::Moment;
use crate::domain::folding::folded;
use crate::domain::ids::{EntryId, PersonId, UserId};
use crate::domain::notice::Letter;
use crate::domain::permission::{Actor, Permit};
use crate::domain::person::Login;
use crate::domain::violation::Violation;
use crate::mail::letters::LetterFacts;
use crate::store::people::{self, User};
use crate::store::tokens::{self, TokenKind};
use crate::store::{channels, persons};

/// The largest number of slips that are printed at once.
const MOST_SLIPS: usize = 100;

/// Returns the path of the page to which a one-time link leads.
#[must_use]
pub fn path(secret: &str) -> String {
    format!("/one-time/{secret}")
}

/// Returns the expiry of a link that is made now.
pub(crate) fn expiry(tx: &Tx<'_>) -> Moment {
    tx.now + Duration::hours(tx.settings.session.link_hours)
}

/// Creates a one-time link for this person, whose account is locked; an older one becomes invalid. Returns the secret.
pub(crate) fn make(tx: &mut Tx<'_>, user: &User) -> Result<String, AppError> {
    let memberships = memberships_of(tx, user)?;
    tokens::revoke_links(tx.conn, &memberships, tx.now)?;
    let expires_at = expiry(tx);
    Ok(sign_in::insert_token(tx, user, TokenKind::Link, String::new(), expires_at)?.0)
}

/// Sets a password by a one-time link, which can be used once.
///
/// # Errors
/// [`AppError::Unauthenticated`] for a link that is unknown, used, expired, or of a suspended account; [`AppError::Throttled`] after too
/// many attempts; [`AppError::Invalid`] for a password that is not acceptable, in which case the link stays valid.
pub async fn redeem(app: &App, request: &str, link: &str, password: Secret, address: &str) -> Result<(), AppError> {
    let (hash, subject) = (sign_in::hash(&folded(link)), format!("link {address}"));
    let known = hash.clone();
    let found = app.write(request, move |tx| {
        // The secret itself cannot be guessed; attempts are counted to discourage them.
        let until = count_try(tx, &[(&subject, TryLimit::Address)])?;
        // An error inside the transaction would roll back the count.
        Ok(match until {
            Some(until) => Err(AppError::Throttled { until }),
            None => open_link(tx, &known).and_then(|user| account_words(tx, &user)),
        })
    });
    let words = found.await??;
    app.passwords.check_new("password", &password, words).await?;
    let made = app.passwords.hash(password).await?;
    app.write(request, move |tx| {
        let person = open_link(tx, &hash)?.person_id;
        let account = lock_account(tx, By::Program, person)?;
        // Another request may have used it while this one waited.
        let user = open_link(tx, &hash)?;
        set(tx, account, user, made, "reset_password", None)
    })
    .await
}

/// Returns the words of an account from which its password could be guessed.
pub(crate) fn account_words(tx: &mut Tx<'_>, user: &User) -> Result<AccountWords, AppError> {
    let channel = channels::find(tx.conn, user.channel_id)?;
    let organization = channels::find_organization(tx.conn, user.channel_id, user.organization_id)?;
    let of_account = [&user.login, &user.name, &user.post, &user.email, &user.mobile];
    let around = [&organization.name, &channel.code, &channel.name];
    Ok(of_account.into_iter().chain(around).fold(AccountWords::default(), |words, word| words.with(word)))
}

/// Returns the sign-in name of the person of a one-time link, without using the link.
///
/// # Errors
/// [`AppError::Unauthenticated`] for an invalid link, as [`redeem`].
pub fn whose(tx: &mut Tx<'_>, link: &str) -> Result<String, AppError> {
    Ok(open_link(tx, &sign_in::hash(link))?.login)
}

/// Returns the time at which a newer link replaced this one. Returns `None` for a link that was never valid, for a suspended account, and
/// if the newer link is not valid either.
///
/// # Errors
/// Fails if a database operation fails.
pub fn replaced_at(tx: &mut Tx<'_>, link: &str) -> Result<Option<Moment>, AppError> {
    let Some((token, user)) = tokens::find_by_hash(tx.conn, &sign_in::hash(&folded(link)))? else { return Ok(None) };
    if token.kind != TokenKind::Link || user.suspended_at.is_some() {
        return Ok(None);
    }
    Ok(newest(tx, &user)?.filter(|newer| *newer > token.created_at))
}

/// Returns the time at which the newest valid one-time link of a person was made.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn newest(tx: &mut Tx<'_>, user: &User) -> Result<Option<Moment>, AppError> {
    let memberships = memberships_of(tx, user)?;
    Ok(tokens::newest_link(tx.conn, &memberships, tx.now)?)
}

fn memberships_of(tx: &mut Tx<'_>, user: &User) -> Result<Vec<UserId>, AppError> {
    Ok(people::memberships(tx.conn, user.person_id)?.iter().map(|one| one.id).collect())
}

fn open_link(tx: &mut Tx<'_>, hash: &[u8]) -> Result<User, AppError> {
    let (token, user) = tokens::find_by_hash(tx.conn, hash)?.ok_or(AppError::Unauthenticated)?;
    let in_time = token.expires_at > tx.now && !sign_in::is_ahead(token.created_at, tx.now);
    let good = token.kind == TokenKind::Link && token.revoked_at.is_none() && in_time && user.suspended_at.is_none();
    let good = good && sign_in::is_bound(tx, &token.claims(), hash, token.mac.as_deref())?;
    if good { Ok(user) } else { Err(AppError::Unauthenticated) }
}

/// Sets a new password of a locked account: every token of the person is revoked with the old one, and they are notified.
fn set(tx: &mut Tx<'_>, mut locked: LockedAccount, user: User, hash: String, action: &str, by: Option<By<'_>>) -> Result<(), AppError> {
    let own = Actor { user: user.id, channel: user.channel_id, grants: Vec::new() };
    let by = by.unwrap_or(By::Person(&own));
    let is_first = locked.state.password.is_none();
    locked.state.set_password(tx, hash)?;
    locked.revoke_tokens(tx)?;
    let (channel, id, seen) = (user.channel_id, user.id, user.version);
    let act = AccountAct { by, permit: Permit::SYSTEM, action, facts: Value::Null };
    let entry = locked.save(tx, &act, user, seen)?;
    if is_first { Ok(()) } else { tell(tx, entry, channel, id, (Letter::PasswordChanged, id), LetterFacts::default()) }
}

/// Sends a one-time link to a person who has forgotten their password. The response does not reveal whether the person exists, and its time
/// differs by no more than a transaction.
///
/// # Errors
/// [`AppError::Throttled`] after too many requests.
pub async fn forgotten(app: &App, request: &str, login: &str, address: &str) -> Result<(), AppError> {
    let login = Login::parse(login).map(|login| login.to_string()).unwrap_or_default();
    let subjects = [format!("reset {}", hex::encode(&sign_in::hash(&login)[..16])), format!("reset from {address}")];
    let until = app.write(request, move |tx| {
        let until = count_try(tx, &[(&subjects[0], TryLimit::Account), (&subjects[1], TryLimit::Address)])?;
        let account = persons::account_by_login(tx.conn, &login)?.filter(|account| account.suspended_at.is_none());
        if let (None, Some(account)) = (until, account) {
            lock_account(tx, By::Program, account.person_id)?;
            if let Some(user) = memberships::to_open(tx, account.person_id, None)? {
                send(tx, By::Program, &user)?;
            }
        }
        Ok(until)
    });
    until.await?.map_or(Ok(()), |until| Err(AppError::Throttled { until }))
}

/// Sends a one-time link with which the person sets their password.
pub(crate) fn send_link(tx: &mut Tx<'_>, entry: EntryId, user: &User, letter: Letter) -> Result<(), AppError> {
    let secret = make(tx, user)?;
    let (path, expires, login) = (Some(path(&secret)), Some(expiry(tx)), Some(user.login.clone()));
    let facts = LetterFacts { path, expires, login, ..LetterFacts::default() };
    tell(tx, entry, user.channel_id, user.id, (letter, user.id), facts)
}

/// Sends a new one-time link to a person whose account is locked by this act; an older one becomes invalid.
pub(crate) fn send(tx: &mut Tx<'_>, by: By<'_>, user: &User) -> Result<(), AppError> {
    let permit = by.permit(&ADMINISTRATORS)?;
    let (channel, id) = (user.channel_id, user.id.0);
    let change = AccountChange { channel, by, permit, action: "send_link", object: "user", id, facts: Value::Null };
    let entry = enter(tx, change)?;
    let letter = if user.password_hash.is_none() { Letter::AccountCreated } else { Letter::PasswordReset };
    send_link(tx, entry, user, letter)
}

/// Sends a new one-time link to a person on behalf of an administrator, who never sees it.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators, and for a member of other channels; [`AppError::NotFound`].
pub fn send_to(tx: &mut Tx<'_>, by: By<'_>, id: UserId) -> Result<(), AppError> {
    let user = people::find(tx.conn, id)?;
    by.within(user.channel_id)?;
    by.permit(&ADMINISTRATORS)?;
    lock_account(tx, by, user.person_id)?.need_only_here(by)?;
    send(tx, by, &user)
}

/// A slip with a one-time link, to be printed and handed over.
#[derive(Debug, Clone)]
pub struct Slip {
    /// The person's name.
    pub name: String,
    /// The sign-in name.
    pub login: String,
    /// The organisation.
    pub organization: String,
    /// The secret of the link.
    pub secret: String,
    /// The expiry.
    pub expires: Moment,
}

/// Creates one-time links for people who have never had a password, to be printed; older links become invalid. People with a password get a
/// new link by mail only, otherwise the person who prints could take over the account.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators, [`AppError::NotFound`], [`AppError::Invalid`] for an empty list, too many people,
/// a suspended account, or one that has a password.
pub fn print(tx: &mut Tx<'_>, by: By<'_>, people: &[UserId]) -> Result<Vec<Slip>, AppError> {
    let permit = by.permit(&ADMINISTRATORS)?;
    let ids: BTreeSet<UserId> = people.iter().copied().collect();
    if ids.is_empty() || ids.len() > MOST_SLIPS {
        return Err(Violation::new("person", if ids.is_empty() { "required" } else { "out_of_range" }).into());
    }
    let ids: Vec<UserId> = ids.into_iter().collect();
    let persons: BTreeSet<PersonId> = people::find_many(tx.conn, &ids)?.iter().map(|user| user.person_id).collect();
    for person in persons {
        persons::lock_account_of(tx.conn, person)?;
    }
    lock(tx, by, &ids)?;
    let mut slips = Vec::new();
    for id in ids {
        let user = people::find(tx.conn, id)?;
        by.within(user.channel_id)?;
        need_only_here(tx, by, &user)?;
        if user.password_hash.is_some() || user.suspended_at.is_some() {
            return Err(Violation::new("person", "not_new").into());
        }
        let change =
            AccountChange { channel: user.channel_id, by, permit, action: "print_link", object: "user", id: user.id.0, facts: Value::Null };
        enter(tx, change)?;
        let secret = make(tx, &user)?;
        let organization = channels::find_organization(tx.conn, user.channel_id, user.organization_id)?.name;
        slips.push(Slip { name: user.name, login: user.login, organization, secret, expires: expiry(tx) });
    }
    Ok(slips)
}

/// Changes the caller's own password.
///
/// # Errors
/// [`AppError::Invalid`] if the current one is wrong or the new one is not acceptable, [`AppError::Throttled`].
pub async fn change(app: &App, request: &str, actor: &Actor, present: Secret, new: Secret) -> Result<(), AppError> {
    let id = actor.user;
    let subject = format!("password {id}");
    let counted = subject.clone();
    let (until, words, checked) = app
        .write(request, move |tx| {
            let until = count_try(tx, &[(&counted, TryLimit::Account)])?;
            let user = people::find(tx.conn, id)?;
            let account = persons::account_of(tx.conn, user.person_id)?;
            let password = persons::password_of(tx.conn, account.id)?.map(|password| password.secret);
            Ok((until, account_words(tx, &user)?, password))
        })
        .await?;
    if let Some(until) = until {
        return Err(AppError::Throttled { until });
    }
    if !app.passwords.is_right(WorkOwner::known(), present, checked.clone()).await? {
        return Err(Violation::new("password", "wrong_password").into());
    }
    // A person who knows the current password is not guessing, however often the new one is rejected.
    app.write(request, move |tx| take_back_try(tx, &subject)).await?;
    app.passwords.check_new("new_password", &new, words).await?;
    let hash = app.passwords.hash(new).await?;
    app.write(request, move |tx| {
        let person = people::find(tx.conn, id)?.person_id;
        let locked = lock_account(tx, By::Program, person)?;
        // The password may have changed during the verification, which then is void.
        if locked.state.password.as_ref().map(|password| &password.secret) != checked.as_ref() {
            return Err(Violation::new("password", "wrong_password").into());
        }
        let user = people::find(tx.conn, id)?;
        set(tx, locked, user, hash, "change_password", None)
    })
    .await
}

/// Returns [`account_words`] of this person, for the command line.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn words_of(tx: &mut Tx<'_>, id: UserId) -> Result<AccountWords, AppError> {
    let user = people::find(tx.conn, id)?;
    account_words(tx, &user)
}

/// Sets a person's password from the command line.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn set_by_command(tx: &mut Tx<'_>, id: UserId, hash: String) -> Result<(), AppError> {
    let person = people::find(tx.conn, id)?.person_id;
    let locked = lock_account(tx, By::Program, person)?;
    let user = people::find(tx.conn, id)?;
    set(tx, locked, user, hash, "set_password", Some(By::Program))
}
