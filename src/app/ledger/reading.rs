//! The auditors' reading: checkpoints, entries, and the proof that one checkpoint's tree is a prefix of another's.

use serde::{Deserialize, Serialize};

use crate::app::accounts::versions::{PeopleThen, PersonThen};
use crate::app::{AppError, Tx};
use crate::documents::ledger_key::LedgerKey;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, UserId};
use crate::domain::ledger::Entry;
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Role;
use crate::store::ledger::{reading, sealing};

/// The newest checkpoint of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CheckpointView {
    /// The channel whose ledger it is.
    pub channel: ChannelId,
    /// The number of entries that it covers, at positions 0 to `size` - 1.
    pub size: u64,
    /// The root over them, in hexadecimal digits.
    pub root: String,
    /// The time of its signature.
    pub signed_at: Moment,
    /// The signed note (C2SP). Store it elsewhere: it is an anchor.
    pub note: String,
    /// The public key to verify it. Compare it with the one that was handed over when the installation was set up.
    pub verifier: Option<String>,
}

/// A sealed entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EntryView {
    /// Its position in the channel's tree, from 0.
    pub position: u64,
    /// Its id.
    pub id: EntryId,
    /// SHA-256(0x00 ‖ bytes), in hexadecimal digits.
    pub leaf: String,
    /// The entry's bytes exactly as they were hashed, as text. They are JSON.
    pub entry: String,
    /// The actor, as they were then; not part of the hashed bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<PersonThen>,
}

/// The proof that an older tree is a prefix of a newer one (RFC 6962, section 2.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ConsistencyView {
    /// The size of the older tree.
    pub from: u64,
    /// The size of the newer tree.
    pub to: u64,
    /// The root of the older one, in hexadecimal digits.
    pub from_root: String,
    /// The root of the newer one, in hexadecimal digits.
    pub to_root: String,
    /// The proof's hashes, in hexadecimal digits.
    pub proof: Vec<String>,
}

/// The ledger that an auditor reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LedgerOf {
    /// The ledger of their channel.
    #[default]
    Channel,
    /// The ledger of the installation: keys, channels, the default calendar. Auditors of every channel read it.
    Installation,
}

impl LedgerOf {
    /// Returns the id of the ledger.
    #[must_use]
    pub fn id(self, actor: &Actor) -> ChannelId {
        match self {
            Self::Channel => actor.channel,
            Self::Installation => ChannelId::INSTALLATION,
        }
    }
}

/// Returns the newest checkpoint of a ledger.
///
/// # Errors
/// A refusal for anybody but auditors; [`AppError::NotFound`] while nothing is signed.
pub fn checkpoint(tx: &mut Tx<'_>, actor: &Actor, of: LedgerOf) -> Result<CheckpointView, AppError> {
    actor.need(&[Role::Auditor])?;
    let ledger = of.id(actor);
    let signed = reading::newest_checkpoint(tx.conn, ledger)?.ok_or(AppError::NotFound)?;
    let key = LedgerKey::load(&tx.settings.ledger_key_file(), &tx.settings.ledger_origin());
    Ok(CheckpointView {
        channel: ledger,
        size: signed.size,
        root: hex::encode(signed.root),
        signed_at: signed.at,
        note: signed.note,
        verifier: key.ok().map(|key| key.verifier().to_string()),
    })
}

/// Returns at most `limit` sealed entries of a ledger at positions below `before`, newest first.
///
/// # Errors
/// A refusal for anybody but auditors; errors of the database.
pub fn entries(tx: &mut Tx<'_>, actor: &Actor, of: LedgerOf, before: Option<u64>, limit: u64) -> Result<Vec<EntryView>, AppError> {
    actor.need(&[Role::Auditor])?;
    let ledger = of.id(actor);
    let end = before.unwrap_or(u64::MAX).min(sealing::size(tx.conn, ledger)?);
    let start = end.saturating_sub(limit);
    let rows = reading::sealed(tx.conn, ledger, start, i64::try_from(end - start).unwrap_or(0))?;
    let actors: Vec<Option<(UserId, Moment)>> =
        rows.iter().map(|row| Entry::from_bytes(&row.bytes).ok().and_then(|entry| entry.actor.map(|actor| (actor, entry.at)))).collect();
    let people: Vec<UserId> = actors.iter().flatten().map(|(actor, _)| *actor).collect();
    let people = PeopleThen::load(tx.conn, &people)?;
    let view = |(row, actor): (reading::Sealed, Option<(UserId, Moment)>)| EntryView {
        position: row.position,
        id: row.id,
        leaf: hex::encode(row.leaf),
        entry: String::from_utf8_lossy(&row.bytes).into_owned(),
        actor: actor.and_then(|(actor, at)| people.at(actor, at)),
    };
    Ok(rows.into_iter().zip(actors).rev().map(view).collect())
}

/// Returns the proof from the tree of `from` entries to that of `to`; without `to`, to that of all sealed entries.
///
/// # Errors
/// A refusal for anybody but auditors; violations of `from` and `to`.
pub fn consistency(tx: &mut Tx<'_>, actor: &Actor, of: LedgerOf, from: u64, to: Option<u64>) -> Result<ConsistencyView, AppError> {
    actor.need(&[Role::Auditor])?;
    let ledger = of.id(actor);
    let size = sealing::size(tx.conn, ledger)?;
    let to = to.unwrap_or(size);
    for (field, value, max) in [("to", to, size), ("from", from, to)] {
        if value > max {
            let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
            return Err(Violation::beyond(field, "out_of_range", number(value), number(max)).into());
        }
    }
    Ok(ConsistencyView {
        from,
        to,
        from_root: hex::encode(reading::root(tx.conn, ledger, from)?),
        to_root: hex::encode(reading::root(tx.conn, ledger, to)?),
        proof: reading::consistency_proof(tx.conn, ledger, from, to)?.iter().map(hex::encode).collect(),
    })
}

/// Returns the newest entry of all channels, by which changes are detected.
///
/// # Errors
/// Fails if a database operation fails.
pub fn newest_entry(tx: &mut Tx<'_>) -> Result<Option<EntryId>, AppError> {
    Ok(reading::newest(tx.conn)?)
}
