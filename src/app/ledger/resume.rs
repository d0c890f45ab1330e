//! Resumption after entries were lost without manipulation, for example by a restored backup or a standby that lacked the last seconds. The
//! abandoned part is recorded, the auditors are notified, and signing is resumed. Also the treatment of such parts by `ledger verify`.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::accounts::{AccountChange, By, enter};
use crate::app::ledger::keys;
use crate::app::notification::{self, About};
use crate::app::{AppError, Tx};
use crate::config::Settings;
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId};
use crate::domain::ledger::{Checkpoint, Keyring, SigningFault, TreeMark, hash_from_hex};
use crate::domain::notice::{Audience, Letter};
use crate::domain::permission::Permit;
use crate::domain::violation::required_line;
use crate::mail::letters::LetterFacts;
use crate::store::ledger::{reading, sealing};
use crate::store::{AnyConn, StoreError, channels};

/// The act, recorded in the ledger concerned, or, if that was lost completely, in the installation's.
pub const RESUME: &str = "resume";
/// The kind of object.
pub const LEDGER: &str = "ledger";
/// The largest number of characters of a reason.
const REASON: usize = 200;

/// Size and root, as stored in an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RecordedRoot {
    size: u64,
    root: String,
}

impl From<TreeMark> for RecordedRoot {
    fn from(mark: TreeMark) -> Self {
        Self { size: mark.size, root: hex::encode(mark.root) }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Recorded {
    given_up: RecordedRoot,
    continued: RecordedRoot,
    reason: String,
}

/// An abandoned part of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abandoned {
    /// The tree that the server had signed.
    pub given_up: TreeMark,
    /// The number of entries covered by the last checkpoint from which signing was resumed.
    pub continued: u64,
    /// The time of resumption.
    pub at: Moment,
    /// The reason, as stated on the command line.
    pub reason: String,
}

impl Abandoned {
    /// Returns whether a checkpoint may refer to the abandoned part.
    #[must_use]
    pub fn covers(&self, mark: TreeMark) -> bool {
        mark.size > self.continued && mark.size <= self.given_up.size
    }
}

impl std::fmt::Display for Abandoned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { given_up, continued, at, reason } = self;
        write!(f, "on {at} the ledger was resumed from {continued} entries, after {} had been signed: {reason}", given_up.size)
    }
}

/// Returns the abandoned parts of a ledger, oldest first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn abandoned(conn: &mut AnyConn, ledger: ChannelId) -> Result<Vec<Abandoned>, StoreError> {
    let mut entries = reading::history(conn, ledger, ledger.0)?;
    if ledger != ChannelId::INSTALLATION {
        entries.extend(reading::history(conn, ChannelId::INSTALLATION, ledger.0)?);
    }
    let of = entries.into_iter().filter(|entry| entry.action == RESUME && entry.object.kind == LEDGER);
    of.map(|entry| {
        let unreadable = |why: &dyn std::fmt::Display| StoreError::unreadable("ledger entry", &why);
        let recorded: Recorded = serde_json::from_value(entry.facts).map_err(|error| unreadable(&error))?;
        let root = hash_from_hex(&recorded.given_up.root).map_err(|flaw| unreadable(&flaw))?;
        let given_up = TreeMark { size: recorded.given_up.size, root };
        Ok(Abandoned { given_up, continued: recorded.continued.size, at: entry.at, reason: recorded.reason })
    })
    .collect()
}

/// Records that a ledger is resumed without entries that the server had signed. Returns the abandoned part, or `None` if nothing is wrong.
/// The caller calls [`go_on`] after the commit.
///
/// # Errors
/// [`AppError::Invalid`] for an empty reason; an error if the remaining checkpoints are not this installation's; errors of the database.
pub fn resume(tx: &mut Tx<'_>, ring: &Keyring, ledger: ChannelId, reason: &str) -> Result<Option<TreeMark>, AppError> {
    let reason = required_line("reason", reason, REASON)?;
    let settings = std::sync::Arc::clone(&tx.settings);
    match keys::standing(tx.conn, &settings, ring, ledger)? {
        Ok(()) => return Ok(None),
        Err(fault @ (SigningFault::Foreign { .. } | SigningFault::Unreadable(_))) => {
            return Err(StoreError::unreadable("ledger", &fault).into());
        }
        Err(_) => {}
    }
    let note = keys::remembered(&settings).load(ledger).map_err(|error| StoreError::unreadable("what was signed", &error))?;
    let note = note.ok_or(AppError::NotFound)?;
    let given_up = Checkpoint::parse(&note).map_err(|flaw| StoreError::unreadable("what was signed", &flaw))?.mark();
    let continued = newest(tx.conn, ledger)?;
    if continued.size > sealing::size(tx.conn, ledger)? || reading::root(tx.conn, ledger, continued.size)? != continued.root {
        // An older copy agrees with its own checkpoints; this is a modification, not a loss.
        return Err(StoreError::unreadable("ledger", &SigningFault::Forked { remembered: continued.size }).into());
    }
    let recorded = Recorded { given_up: given_up.into(), continued: continued.into(), reason: reason.clone() };
    let facts = serde_json::to_value(recorded).unwrap_or_else(|error| json!({ "error": error.to_string() }));
    // If a ledger was lost with its channel, the act is recorded in the installation's.
    let here = if sealing::channels(tx.conn)?.contains(&ledger) { ledger } else { ChannelId::INSTALLATION };
    let change =
        AccountChange { channel: here, by: By::Program, permit: Permit::SYSTEM, action: RESUME, object: LEDGER, id: ledger.0, facts };
    let entry = enter(tx, change)?;
    tell_auditors(
        tx,
        entry,
        here,
        &LetterFacts { reason: Some(reason), path: Some("/ledger".to_owned()), ..LetterFacts::default() },
        Letter::LedgerResumed,
    )?;
    Ok(Some(given_up))
}

/// Notifies the auditors of a channel, or, for the installation, those of all channels.
pub(super) fn tell_auditors(
    tx: &mut Tx<'_>,
    entry: EntryId,
    ledger: ChannelId,
    facts: &LetterFacts,
    letter: Letter,
) -> Result<(), AppError> {
    let all: Vec<ChannelId> = channels::list(tx.conn)?.into_iter().map(|channel| channel.id).collect();
    for channel in all.into_iter().filter(|id| ledger == ChannelId::INSTALLATION || *id == ledger) {
        let (not_before, facts) = (tx.now, facts.clone());
        let about = About { entry, channel, manuscript: None, subject: AnyId(channel.0), facts, not_before, actor: None };
        notification::tell_audience(tx, &about, Audience::Auditors, letter, &[], &[])?;
    }
    Ok(())
}

/// Returns the newest checkpoint of the table, or the empty tree.
fn newest(conn: &mut AnyConn, ledger: ChannelId) -> Result<TreeMark, StoreError> {
    let size = sealing::last_checkpoint(conn, ledger)?.map_or(0, |(size, _)| size);
    let root = match size {
        0 => reading::root(conn, ledger, 0)?,
        size => reading::checkpoint_of(conn, ledger, size)?.ok_or(StoreError::NotFound)?,
    };
    Ok(TreeMark { size, root })
}

/// Resumes signing from the newest checkpoint of the table. Must be called only after [`resume`] was committed.
///
/// # Errors
/// Fails if a database or disk operation fails.
pub fn go_on(conn: &mut AnyConn, settings: &Settings, ledger: ChannelId) -> Result<(), StoreError> {
    let remembered = keys::remembered(settings);
    let done = match reading::newest_checkpoint(conn, ledger)? {
        Some(newest) => remembered.save(ledger, &newest.note),
        None => remembered.forget(ledger),
    };
    done.map_err(|error| StoreError::unreadable("what was signed", &error))
}
