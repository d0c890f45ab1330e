//! Accounts: channels, organisations, people, their roles, tokens, one-time links, stand-ins.
//!
//! Administrators are the system administrator (everything) and the security administrator (people, roles, tokens). Neither reads
//! manuscripts. The command line acts as the program itself, which the ledger records.

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

/// The roles that administer people and their roles.
pub(crate) const ADMINISTRATORS: [Role; 2] = [Role::SystemAdmin, Role::SecurityAdmin];

/// The actor of an administrative act.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// A person, by one of their grants.
    Person(&'a Actor),
    /// The command line, or the program itself.
    Program,
}

impl By<'_> {
    /// Returns the grant under which the act is allowed.
    pub(crate) fn permit(self, roles: &[Role]) -> Result<Permit, Refusal> {
        match self {
            By::Person(actor) => actor.need(roles),
            By::Program => Ok(Permit::SYSTEM),
        }
    }

    /// Returns the person, if the actor is one.
    #[must_use]
    pub fn user(self) -> Option<UserId> {
        match self {
            By::Person(actor) => Some(actor.user),
            By::Program => None,
        }
    }

    /// Refuses access to another channel for a person; the program acts in all channels.
    pub(crate) fn within(self, channel: ChannelId) -> Result<(), AppError> {
        match self {
            By::Person(actor) if actor.channel != channel => Err(AppError::NotFound),
            _ => Ok(()),
        }
    }
}

/// Locks the rows of these people and of the actor. Every act that changes people's rights starts with this, so that the rules are checked
/// against the state that is committed.
pub(crate) fn lock(tx: &mut Tx<'_>, by: By<'_>, people: &[UserId]) -> Result<(), AppError> {
    let ids: BTreeSet<UserId> = people.iter().copied().chain(by.user()).collect();
    Ok(rows::lock(tx.conn, &ids.into_iter().collect::<Vec<_>>())?)
}

/// Locks the same for an act that may leave the channel without an administrator, so that two such acts cannot each rely on the
/// administrator whom the other removes.
pub(crate) fn lock_with_administrators(tx: &mut Tx<'_>, by: By<'_>, channel: ChannelId, person: UserId) -> Result<(), AppError> {
    let mut people = administrators(tx, channel)?;
    people.push(person);
    lock(tx, by, &people)
}

/// Returns the active people who administer a channel.
fn administrators(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Vec<UserId>, AppError> {
    let mut found = Vec::new();
    for role in ADMINISTRATORS {
        found.extend(rows::holders(tx.conn, channel, role, None)?);
    }
    Ok(found)
}

/// Refuses a person's act that has left the channel without an administrator; must be called after it. The command line may do that, and
/// create another one.
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

/// Writes the entry of an act on an account; its chain is the object itself.
pub(crate) fn enter(tx: &mut Tx<'_>, change: AccountChange<'_>) -> Result<EntryId, AppError> {
    record_change(tx, change, BTreeMap::new())
}

/// Writes the entry of an act that changed a person's account or roles, which are saved already: the entry holds their digests, so that
/// `ledger verify` detects any later change without an entry.
pub(crate) fn enter_person(tx: &mut Tx<'_>, change: AccountChange<'_>) -> Result<EntryId, AppError> {
    let user = rows::find(tx.conn, UserId(change.id))?;
    versions::note(tx, &user)?;
    let held = rows::grants_of(tx.conn, user.id, user.channel_id)?;
    let digests = [("account", contents::account(&user)), ("roles", contents::roles(user.id, &held))];
    record_change(tx, change, digests.map(|(name, digest)| (name.to_owned(), digest)).into())
}

/// Writes the entry of an act on a stand-in's period.
pub(crate) fn enter_stand_in(tx: &mut Tx<'_>, change: AccountChange<'_>, row: &StandIn) -> Result<EntryId, AppError> {
    record_change(tx, change, BTreeMap::from([("stand_in".to_owned(), contents::stand_in(row))]))
}

fn record_change(tx: &mut Tx<'_>, change: AccountChange<'_>, digests: BTreeMap<String, String>) -> Result<EntryId, AppError> {
    let AccountChange { channel, by, permit, action, object, id, facts } = change;
    // The program has no user id, so the actor is absent.
    let nobody = LedgerEvent { actor: by.user(), ..LedgerEvent::new(channel, UserId(Uuid::nil()), permit, action, object, id) };
    events::append_event(tx, LedgerEvent { facts, digests, ..nobody })
}

/// Notifies one person of an act on an account.
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
