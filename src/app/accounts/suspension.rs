//! Suspension of a membership, by the administrators of its channel, and of an account with all its memberships, by the installation. A
//! person without an active membership cannot sign in.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::app::accounts::account::{AccountAct, LockedAccount, lock_account};
use crate::app::accounts::people::permit_on;
use crate::app::accounts::{
    AccountChange, By, administrators, enter_person, lock, lock_with_administrators, need_an_administrator, stand_ins,
};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{PersonId, UserId};
use crate::domain::permission::Permit;
use crate::domain::refusal::Refusal;
use crate::store::people;
use crate::store::{accounts, persons, tokens};

/// Suspends a person's membership of a channel: they can no longer act there, and their next request is refused. If they are a member of no
/// other channel, they can no longer sign in.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators, and for the actor themselves; [`AppError::NotFound`].
pub fn suspend(tx: &mut Tx<'_>, by: By<'_>, id: UserId) -> Result<(), AppError> {
    let channel = people::find(tx.conn, id)?.channel_id;
    lock_with_administrators(tx, by, channel, id)?;
    suspend_locked(tx, by, id, "suspend", Some(tx.now))
}

/// Reactivates a suspended membership. Earlier sessions and tokens stay revoked.
///
/// # Errors
/// As [`suspend`]; also while the account itself is suspended.
pub fn resume(tx: &mut Tx<'_>, by: By<'_>, id: UserId) -> Result<(), AppError> {
    let user = people::find(tx.conn, id)?;
    let account = persons::account_of(tx.conn, user.person_id)?.id;
    let is_suspended = persons::account_to_rely_on(tx.conn, account)?.suspended_at.is_some();
    lock_with_administrators(tx, by, user.channel_id, id)?;
    permit_on(by, &user, false)?;
    if is_suspended {
        return Err(Refusal::AccountSuspended.into());
    }
    suspend_locked(tx, by, id, "resume", None)
}

/// Suspends or reactivates a membership; the rows of the person and of the channel's administrators are locked.
fn suspend_locked(tx: &mut Tx<'_>, by: By<'_>, id: UserId, action: &str, since: Option<Moment>) -> Result<(), AppError> {
    let mut user = people::find(tx.conn, id)?;
    let (channel, permit) = (user.channel_id, permit_on(by, &user, false)?);
    if by.user() == Some(id) {
        return Err(Refusal::SecondPerson.into());
    }
    if user.suspended_at.is_some() == since.is_some() {
        return Err(Refusal::AlreadyDone.into());
    }
    user.suspended_at = since;
    // A period that an older version left open with the suspended membership must not become effective again with it.
    stand_ins::end_unfit(tx, by, permit, channel, id)?;
    let seen = user.version;
    user.version += 1;
    accounts::save(tx.conn, &user, seen)?;
    need_an_administrator(tx, by, channel)?;
    enter_person(tx, AccountChange { channel, by, permit, action, object: "user", id: id.0, facts: Value::Null })?;
    stand_ins::end_unfit(tx, by, permit, channel, id)?;
    if since.is_some() {
        tokens::revoke_all(tx.conn, id, tx.now)?;
    }
    Ok(())
}

/// Suspends an account: none of its memberships can act, and nobody can sign in with it. Only the command line does this.
///
/// # Errors
/// [`Refusal::AlreadyDone`]; errors of the database.
pub fn suspend_account(tx: &mut Tx<'_>, person: PersonId) -> Result<(), AppError> {
    let mut locked = lock_all(tx, person)?;
    if locked.state.account.suspended_at.is_some() {
        return Err(Refusal::AlreadyDone.into());
    }
    locked.state.account.suspended_at = Some(tx.now);
    save(tx, &mut locked, "suspend")?;
    for user in locked.memberships.iter().filter(|user| user.suspended_at.is_none()) {
        suspend_locked(tx, By::Program, user.id, "suspend", Some(tx.now))?;
    }
    Ok(())
}

/// Reactivates a suspended account, with the memberships that the same act suspended. If only the account's single membership is suspended,
/// that one is reactivated.
///
/// # Errors
/// [`Refusal::AlreadyDone`]; errors of the database.
pub fn resume_account(tx: &mut Tx<'_>, person: PersonId) -> Result<(), AppError> {
    let mut locked = lock_all(tx, person)?;
    let since = locked.state.account.suspended_at.take();
    if since.is_some() {
        save(tx, &mut locked, "resume")?;
    } else if locked.memberships.len() > 1 {
        return Err(Refusal::AlreadyDone.into());
    }
    for user in locked.memberships.iter().filter(|user| since.is_none() || user.suspended_at == since) {
        suspend_locked(tx, By::Program, user.id, "resume", None)?;
    }
    Ok(())
}

fn save(tx: &mut Tx<'_>, locked: &mut LockedAccount, action: &str) -> Result<(), AppError> {
    let act = AccountAct { by: By::Program, permit: Permit::SYSTEM, action, facts: Value::Null };
    locked.save_account(tx, &act)
}

/// Locks an account with its memberships and the administrators of their channels.
fn lock_all(tx: &mut Tx<'_>, person: PersonId) -> Result<LockedAccount, AppError> {
    persons::lock_account_of(tx.conn, person)?;
    let mut ids = BTreeSet::new();
    for user in people::memberships(tx.conn, person)? {
        ids.insert(user.id);
        ids.extend(administrators(tx, user.channel_id)?);
    }
    lock(tx, By::Program, &ids.into_iter().collect::<Vec<_>>())?;
    lock_account(tx, By::Program, person)
}
