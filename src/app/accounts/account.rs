//! Accounts, which belong to the installation rather than to one channel. An account is changed together with its person and all
//! memberships, which hold copies of it: the act is recorded in the ledger of the installation, and each channel's ledger proves the copy
//! of its member.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::app::accounts::{AccountChange, By, enter, enter_person, lock};
use crate::app::{AppError, Tx};
use crate::domain::ids::{ChannelId, EntryId, PersonId};
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::store::people::{self as rows, User};
use crate::store::persons::{self, AccountRow, IdentityKind, IdentityRow, PersonRow};
use crate::store::{accounts, channels, tokens};

/// The data that all memberships of a person share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountState {
    pub person: PersonRow,
    pub account: AccountRow,
    pub password: Option<IdentityRow>,
}

impl AccountState {
    /// Sets a password, with the code that authenticates it for this person.
    pub(crate) fn set_password(&mut self, tx: &Tx<'_>, hash: String) -> Result<(), AppError> {
        let mac = Some(tx.token_key()?.password_mac(self.person.id.0, &hash));
        let id = self.password.as_ref().map_or_else(|| tx.id(), |before| before.id);
        let kind = IdentityKind::Password;
        self.password = Some(IdentityRow { id, account_id: self.account.id, kind, secret: hash, set_at: tx.now, mac });
        Ok(())
    }

    /// Copies the data of person and account into a membership.
    pub(crate) fn copy_to(&self, user: &mut User) {
        user.name.clone_from(&self.person.name);
        user.login.clone_from(&self.account.login);
        user.email.clone_from(&self.account.email);
        user.mobile.clone_from(&self.account.mobile);
        user.language = self.account.language;
        user.password_hash = self.password.as_ref().map(|password| password.secret.clone());
        user.password_at = self.password.as_ref().map(|password| password.set_at);
    }
}

/// An account with its memberships, locked until the transaction ends.
pub(crate) struct LockedAccount {
    before: AccountState,
    /// The state to be saved.
    pub state: AccountState,
    /// The memberships, oldest first.
    pub memberships: Vec<User>,
}

/// One act on an account, for the ledgers.
pub(crate) struct AccountAct<'a> {
    pub by: By<'a>,
    pub permit: Permit,
    pub action: &'a str,
    pub facts: Value,
}

/// Returns the current state of a person's account.
pub(crate) fn state_of(tx: &mut Tx<'_>, account: AccountRow) -> Result<AccountState, AppError> {
    let person = persons::find_person(tx.conn, account.person_id)?;
    let password = persons::password_of(tx.conn, account.id)?;
    Ok(AccountState { person, account, password })
}

/// Locks a person's account, their memberships and the row of the actor, in this order.
pub(crate) fn lock_account(tx: &mut Tx<'_>, by: By<'_>, person: PersonId) -> Result<LockedAccount, AppError> {
    let account = persons::lock_account_of(tx.conn, person)?;
    let ids: Vec<_> = rows::memberships(tx.conn, person)?.iter().map(|user| user.id).collect();
    lock(tx, by, &ids)?;
    let state = state_of(tx, account)?;
    let memberships = rows::memberships(tx.conn, person)?;
    // Writing a member changes its channel's version, so the channels are locked in order to avoid deadlocks.
    let channels: BTreeSet<ChannelId> = memberships.iter().map(|user| user.channel_id).collect();
    if channels.len() > 1 {
        channels::lock(tx.conn, &channels.into_iter().collect::<Vec<_>>())?;
    }
    Ok(LockedAccount { before: state.clone(), state, memberships })
}

/// Returns whether a person is an active member of another channel than this one, whose administrators then cannot change the account.
fn is_elsewhere(memberships: &[User], channel: ChannelId) -> bool {
    memberships.iter().any(|user| user.channel_id != channel && user.suspended_at.is_none())
}

/// Returns the same for a caller who may see the member.
///
/// # Errors
/// Fails if a database operation fails.
pub fn is_member_elsewhere(tx: &mut Tx<'_>, actor: &Actor, user: crate::domain::ids::UserId) -> Result<bool, AppError> {
    let person = rows::find(tx.conn, user)?.person_id;
    Ok(is_elsewhere(&rows::memberships(tx.conn, person)?, actor.channel))
}

/// As [`LockedAccount::need_only_here`], for an account that is locked already.
pub(crate) fn need_only_here(tx: &mut Tx<'_>, by: By<'_>, user: &User) -> Result<(), AppError> {
    let memberships = rows::memberships(tx.conn, user.person_id)?;
    refuse_elsewhere(&memberships, by)
}

fn refuse_elsewhere(memberships: &[User], by: By<'_>) -> Result<(), AppError> {
    match by {
        By::Person(actor) if is_elsewhere(memberships, actor.channel) => Err(Refusal::AccountElsewhere.into()),
        _ => Ok(()),
    }
}

impl LockedAccount {
    /// Refuses the act of a channel's administrator if the person is a member of another channel: only the installation may then change the
    /// account.
    pub(crate) fn need_only_here(&self, by: By<'_>) -> Result<(), AppError> {
        refuse_elsewhere(&self.memberships, by)
    }

    /// Returns whether any data has changed that all memberships share.
    pub(crate) fn is_changed(&self) -> bool {
        self.state != self.before
    }

    /// Writes the changes of person and account, with an entry in the installation's ledger.
    pub(crate) fn save_account(&mut self, tx: &mut Tx<'_>, act: &AccountAct<'_>) -> Result<(), AppError> {
        if !self.is_changed() {
            return Ok(());
        }
        let AccountState { person, account, password } = &mut self.state;
        if *person != self.before.person {
            person.version += 1;
            persons::save_person(tx.conn, person)?;
        }
        if *account != self.before.account {
            account.version += 1;
            persons::save_account(tx.conn, account)?;
        }
        if let Some(password) = password.as_ref().filter(|password| Some(*password) != self.before.password.as_ref()) {
            persons::put_identity(tx.conn, password)?;
        }
        enter_account(tx, account, act).map(drop)
    }

    /// Writes an act on an account that was made through one of its memberships, of which version `seen` was seen; `user` holds the changes
    /// of that membership only. In the channels of the other memberships an entry of the program names the copies. Returns the entry in the
    /// membership's channel.
    pub(crate) fn save(mut self, tx: &mut Tx<'_>, act: &AccountAct<'_>, mut user: User, seen: i64) -> Result<EntryId, AppError> {
        self.save_account(tx, act)?;
        for before in self.memberships.iter().filter(|other| other.id != user.id) {
            let mut copy = before.clone();
            self.state.copy_to(&mut copy);
            if copy != *before {
                copy.version += 1;
                accounts::save(tx.conn, &copy, before.version)?;
                enter_membership(tx, By::Program, Permit::SYSTEM, &copy, act)?;
            }
        }
        // The last entry of the act, which also names its letters.
        self.state.copy_to(&mut user);
        user.version = seen + 1;
        accounts::save(tx.conn, &user, seen)?;
        enter_membership(tx, act.by, act.permit, &user, act)
    }

    /// Revokes every session, token and one-time link of the person, in all channels.
    pub(crate) fn revoke_tokens(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        for user in &self.memberships {
            tokens::revoke_all(tx.conn, user.id, tx.now)?;
        }
        Ok(())
    }
}

/// Writes the entry of an act on an account into the installation's ledger.
pub(crate) fn enter_account(tx: &mut Tx<'_>, account: &AccountRow, act: &AccountAct<'_>) -> Result<EntryId, AppError> {
    let AccountAct { by, permit, action, facts } = act;
    let (channel, object, id) = (ChannelId::INSTALLATION, "account", account.id.0);
    enter(tx, AccountChange { channel, by: *by, permit: *permit, action, object, id, facts: facts.clone() })
}

fn enter_membership(tx: &mut Tx<'_>, by: By<'_>, permit: Permit, user: &User, act: &AccountAct<'_>) -> Result<EntryId, AppError> {
    let mut facts = act.facts.clone();
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("version".to_owned(), user.version.into());
    }
    let (channel, action, object, id) = (user.channel_id, act.action, "user", user.id.0);
    enter_person(tx, AccountChange { channel, by, permit, action, object, id, facts })
}
