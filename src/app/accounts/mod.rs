//! Accounts: channels, organisations, people, their roles, tokens, one-time links, stand-ins.
//!
//! Who administers: the system administrator (all of it), the security administrator (people, roles, tokens). Neither reads
//! manuscripts. The command line acts as the program itself, and the ledger says so.

pub mod account;
pub mod channels;
pub mod directory;
pub mod handover;
pub mod input;
pub mod links;
pub mod members;
pub mod myself;
pub mod organizations;
pub mod people;
pub mod roles;
pub mod setup;
pub mod stand_ins;
pub mod suspension;
pub mod tokens;
pub mod versions;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::app::events::{self, LedgerEvent};
use crate::app::notification::{self, About};
use crate::app::{AppError, Tx};
use crate::domain::ids::{AnyId, ChannelId, EntryId, UserId};
use crate::domain::notice::Letter;
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::Role;
use crate::mail::letters::LetterFacts;
use crate::store::ledger::contents;
use crate::store::people::{self as rows, StandIn};

/// Who administers people and their roles.
pub(crate) const ADMINISTRATORS: [Role; 2] = [Role::SystemAdmin, Role::SecurityAdmin];

/// Whose act it is.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// A person's, by one of their grants.
    Person(&'a Actor),
    /// The command line's, or the program's own.
    Program,
}

impl By<'_> {
    /// The grant under which it is allowed.
    pub(crate) fn permit(self, roles: &[Role]) -> Result<Permit, Refusal> {
        match self {
            By::Person(actor) => actor.need(roles),
            By::Program => Ok(Permit::SYSTEM),
        }
    }

    /// The person, if it is one.
    #[must_use]
    pub fn user(self) -> Option<UserId> {
        match self {
            By::Person(actor) => Some(actor.user),
            By::Program => None,
        }
    }

    /// Of another channel nothing exists for a person; the program acts in all.
    pub(crate) fn within(self, channel: ChannelId) -> Result<(), AppError> {
        match self {
            By::Person(actor) if actor.channel != channel => Err(AppError::NotFound),
            _ => Ok(()),
        }
    }
}

/// Locks the rows of these people and of who acts. Every act that changes what people may do begins with it, so that the rules are asked
/// of what holds when it ends.
pub(crate) fn lock(tx: &mut Tx<'_>, by: By<'_>, people: &[UserId]) -> Result<(), AppError> {
    let ids: BTreeSet<UserId> = people.iter().copied().chain(by.user()).collect();
    Ok(rows::lock(tx.conn, &ids.into_iter().collect::<Vec<_>>())?)
}

/// The same for an act that may leave the channel without an administrator: no two of them look at each other's as at one who stays.
pub(crate) fn lock_with_administrators(tx: &mut Tx<'_>, by: By<'_>, channel: ChannelId, person: UserId) -> Result<(), AppError> {
    let mut people = administrators(tx, channel)?;
    people.push(person);
    lock(tx, by, &people)
}

/// The active people who administer a channel.
fn administrators(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Vec<UserId>, AppError> {
    let mut found = Vec::new();
    for role in ADMINISTRATORS {
        found.extend(rows::holders(tx.conn, channel, role, None)?);
    }
    Ok(found)
}

/// Refuses a person's act that has left the channel without an administrator; to be asked after it. The command line may do that, and make
/// another one.
pub(crate) fn need_an_administrator(tx: &mut Tx<'_>, by: By<'_>, channel: ChannelId) -> Result<(), AppError> {
    if by.user().is_some() && administrators(tx, channel)?.is_empty() { Err(Refusal::LastAdministrator.into()) } else { Ok(()) }
}

/// One act on an account, for the ledger.
pub(crate) struct AccountChange<'a> {
    pub channel: ChannelId,
    pub by: By<'a>,
    pub permit: Permit,
    pub action: &'a str,
    pub object: &'a str,
    pub id: Uuid,
    pub facts: serde_json::Value,
}

/// Writes the entry of an act on an account; its chain is the thing itself.
pub(crate) fn enter(tx: &mut Tx<'_>, change: AccountChange<'_>) -> Result<EntryId, AppError> {
    record_change(tx, change, BTreeMap::new())
}

/// The same for an act that changed a person's account or roles, which are saved already: the entry holds what they are now, so that
/// `ledger verify` sees when they become anything else.
pub(crate) fn enter_person(tx: &mut Tx<'_>, change: AccountChange<'_>) -> Result<EntryId, AppError> {
    let user = rows::find(tx.conn, UserId(change.id))?;
    versions::note(tx, &user)?;
    let held = rows::grants_of(tx.conn, user.id, user.channel_id)?;
    let digests = [("account", contents::account(&user)), ("roles", contents::roles(user.id, &held))];
    record_change(tx, change, digests.map(|(name, digest)| (name.to_owned(), digest)).into())
}

/// The same for a stand-in's period.
pub(crate) fn enter_stand_in(tx: &mut Tx<'_>, change: AccountChange<'_>, row: &StandIn) -> Result<EntryId, AppError> {
    record_change(tx, change, BTreeMap::from([("stand_in".to_owned(), contents::stand_in(row))]))
}

fn record_change(tx: &mut Tx<'_>, change: AccountChange<'_>, digests: BTreeMap<String, String>) -> Result<EntryId, AppError> {
    let AccountChange { channel, by, permit, action, object, id, facts } = change;
    // The program has no person: the deed is made without one.
    let nobody = LedgerEvent { actor: by.user(), ..LedgerEvent::new(channel, UserId(Uuid::nil()), permit, action, object, id) };
    events::append_event(tx, LedgerEvent { facts, digests, ..nobody })
}

/// Tells one person of an act on an account.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    entry: EntryId,
    channel: ChannelId,
    subject: impl Into<AnyId>,
    (letter, to): (Letter, UserId),
    facts: LetterFacts,
) -> Result<(), AppError> {
    let not_before = tx.now;
    let about = About { entry, channel, manuscript: None, subject: subject.into(), facts, not_before, actor: None };
    notification::tell(tx, &about, letter, [to])
}
