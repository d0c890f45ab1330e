//! Appends what was done to the ledger. It runs in the act's transaction, so that state and proof stand or fall together.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::app::{AppError, Tx};
use crate::domain::ids::{ChannelId, EntryId, UserId};
use crate::domain::ledger::{ALGORITHM, Entry, FORMAT, Object, person_digest};
use crate::domain::permission::Permit;
use crate::store::proof;

/// An act, as the ledger will keep it.
pub struct LedgerEvent<'a> {
    /// In which channel.
    pub channel: ChannelId,
    /// Who; nobody when the program acts by itself.
    pub actor: Option<UserId>,
    /// By which grant.
    pub permit: Permit,
    /// The act.
    pub action: &'a str,
    /// What kind of thing it changed.
    pub object: &'a str,
    /// Which one.
    pub object_id: Uuid,
    /// To whose chain of entries it belongs: the manuscript's id for all that is about one.
    pub chain: Uuid,
    /// The thing's version after the act.
    pub version: Option<i64>,
    /// Its state before.
    pub from: Option<&'a str>,
    /// Its state after.
    pub to: Option<&'a str>,
    /// SHA-256 of texts and files, in hexadecimal digits.
    pub digests: BTreeMap<String, String>,
    /// The entry that this one undoes.
    pub undoes: Option<EntryId>,
    /// Small facts: no personal data and no text.
    pub facts: serde_json::Value,
}

impl<'a> LedgerEvent<'a> {
    /// What the program did by itself, in a chain of its own: it stands in the way of nobody who wants to take something back.
    #[must_use]
    pub fn by_program(channel: ChannelId, action: &'a str, object: &'a str, id: Uuid, facts: serde_json::Value) -> Self {
        Self { actor: None, facts, ..Self::new(channel, UserId(Uuid::nil()), Permit::SYSTEM, action, object, id) }
    }

    /// An act on `object` that is its own chain, with nothing more to say.
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
/// The store's.
pub fn append_event(tx: &mut Tx<'_>, event: LedgerEvent<'_>) -> Result<EntryId, AppError> {
    let id: EntryId = tx.id();
    append_event_as(tx, id, event)
}

/// The same with an id that is known before, because rows of the act name it.
///
/// # Errors
/// The store's.
pub fn append_event_as(tx: &mut Tx<'_>, id: EntryId, event: LedgerEvent<'_>) -> Result<EntryId, AppError> {
    let entry = prepare_entry(tx, id, event)?;
    proof::enter(entry)?;
    Ok(id)
}

/// The same for what another entry of the act follows, which names the rows.
pub(crate) fn append_before(tx: &mut Tx<'_>, event: LedgerEvent<'_>) -> Result<(), AppError> {
    let id: EntryId = tx.id();
    let entry = prepare_entry(tx, id, event)?;
    Ok(proof::enter_before(entry)?)
}

/// The act as an entry, not written yet. Its time is set when it is appended; what begins a chain outside of the journal sets it before.
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
