//! Appends acts to the ledger, in the transaction of the act, so that its rows and its entry are committed or rolled back together.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::app::{AppError, Tx};
use crate::domain::ids::{ChannelId, EntryId, UserId};
use crate::domain::ledger::{ALGORITHM, Entry, FORMAT, Object, person_digest};
use crate::domain::permission::Permit;
use crate::store::proof;

/// An act, as the ledger will record it.
pub struct LedgerEvent<'a> {
    /// The channel.
    pub channel: ChannelId,
    /// The actor; `None` when the program acts by itself.
    pub actor: Option<UserId>,
    /// The grant by which they act.
    pub permit: Permit,
    /// The act.
    pub action: &'a str,
    /// The kind of the object that it changed.
    pub object: &'a str,
    /// The object's id.
    pub object_id: Uuid,
    /// The chain of entries to which it belongs: the manuscript's id for every act about a manuscript.
    pub chain: Uuid,
    /// The object's version after the act.
    pub version: Option<i64>,
    /// The object's state before.
    pub from: Option<&'a str>,
    /// The object's state after.
    pub to: Option<&'a str>,
    /// SHA-256 of texts and files, in hexadecimal digits.
    pub digests: BTreeMap<String, String>,
    /// The entry that this one undoes.
    pub undoes: Option<EntryId>,
    /// Small facts, without personal data or text.
    pub facts: serde_json::Value,
}

impl<'a> LedgerEvent<'a> {
    /// An act of the program, in a chain of its own, so that it does not prevent anybody from undoing a decision.
    #[must_use]
    pub fn by_program(channel: ChannelId, action: &'a str, object: &'a str, id: Uuid, facts: serde_json::Value) -> Self {
        Self { actor: None, facts, ..Self::new(channel, UserId(Uuid::nil()), Permit::SYSTEM, action, object, id) }
    }

    /// An act on an `object` that is its own chain, without further details.
    #[must_use]
    pub fn new(channel: ChannelId, actor: UserId, permit: Permit, action: &'a str, object: &'a str, id: Uuid) -> Self {
        Self {
            channel,
            actor: Some(actor),
            permit,
            action,
            object,
            object_id: id,
            chain: id,
            version: None,
            from: None,
            to: None,
            digests: BTreeMap::new(),
            undoes: None,
            facts: serde_json::Value::Null,
        }
    }
}

/// Appends the act to the ledger.
/// The entry is written when the act ends, with the digests of the rows that the act wrote; see [`crate::store::proof`].
///
/// # Errors
/// Fails if a database operation fails.
pub fn append_event(tx: &mut Tx<'_>, event: LedgerEvent<'_>) -> Result<EntryId, AppError> {
    let id: EntryId = tx.id();
    append_event_as(tx, id, event)
}

/// Appends an act whose entry id is chosen beforehand, because rows of the act name it.
///
/// # Errors
/// Fails if a database operation fails.
pub fn append_event_as(tx: &mut Tx<'_>, id: EntryId, event: LedgerEvent<'_>) -> Result<EntryId, AppError> {
    let entry = prepare_entry(tx, id, event)?;
    proof::enter(entry)?;
    Ok(id)
}

/// Appends an act that another entry of the same transaction follows; the later entry names the rows.
pub(crate) fn append_before(tx: &mut Tx<'_>, event: LedgerEvent<'_>) -> Result<(), AppError> {
    let id: EntryId = tx.id();
    let entry = prepare_entry(tx, id, event)?;
    Ok(proof::enter_before(entry)?)
}

/// Builds the entry of an act without writing it. Its time is set when it is appended, except that an entry which begins a chain outside of
/// the journal has its time set beforehand.
pub(crate) fn prepare_entry(tx: &mut Tx<'_>, id: EntryId, event: LedgerEvent<'_>) -> Result<Entry, AppError> {
    let person = match event.actor {
        Some(user) => {
            let user = tx.rely_on(user, event.permit)?;
            Some(person_digest(&user.salt, user.id, &user.name, &user.login))
        }
        None => None,
    };
    Ok(Entry {
        format: FORMAT,
        alg: ALGORITHM.to_owned(),
        id,
        channel: event.channel,
        at: tx.now,
        request: tx.request.clone(),
        actor: event.actor,
        person,
        grant: event.permit.grant,
        role: event.permit.role.map(|role| role.as_str().to_owned()),
        on_behalf_of: event.permit.on_behalf_of,
        action: event.action.to_owned(),
        object: Object { kind: event.object.to_owned(), id: event.object_id },
        chain: event.chain,
        version: event.version,
        from: event.from.map(str::to_owned),
        to: event.to.map(str::to_owned),
        digests: event.digests,
        rows: BTreeMap::new(),
        previous: None,
        undoes: event.undoes,
        facts: event.facts,
    })
}
