//! Going on after entries were honestly lost: a restored copy, a standby that lacked the last seconds. What was given up is recorded, the
//! auditors are told, and signing goes on. Also what `ledger verify` makes of it.

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

/// The act, in the ledger that it is about; where that has gone as a whole, in the installation's.
pub const RESUME: &str = "resume";
/// What it acts on.
pub const LEDGER: &str = "ledger";
/// Characters of a reason.
const REASON: usize = 200;

/// Size and root as an entry keeps them.
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

/// A part of a ledger that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abandoned {
    /// The tree that the server had signed.
    pub given_up: TreeMark,
    /// How many entries the last checkpoint held with which it went on.
    pub continued: u64,
    /// When.
    pub at: Moment,
    /// Why, as the person at the command line said.
    pub reason: String,
}

impl Abandoned {
    /// Whether a checkpoint may speak of the part that was given up.
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

/// The parts of a ledger that were given up, the oldest first.
///
/// # Errors
/// The store's.
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

/// Records that a ledger goes on without entries that the server had signed. Gives what was given up; none where nothing is amiss. The
/// caller says [`go_on`] once this is committed.
///
/// # Errors
/// [`AppError::Invalid`] for an empty reason; when the checkpoints that are left are not this installation's; the store's.
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
        // An older copy agrees with its own checkpoints; this is no loss but a change.
        return Err(StoreError::unreadable("ledger", &SigningFault::Forked { remembered: continued.size }).into());
    }
    let recorded = Recorded { given_up: given_up.into(), continued: continued.into(), reason: reason.clone() };
    let facts = serde_json::to_value(recorded).unwrap_or_else(|error| json!({ "error": error.to_string() }));
    // Of a ledger that was lost with its channel, the installation's tells.
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

/// Tells the auditors of a channel, or, for what concerns the installation, those of all channels.
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

/// The newest checkpoint that the table has, or the empty tree.
fn newest(conn: &mut AnyConn, ledger: ChannelId) -> Result<TreeMark, StoreError> {
    let size = sealing::last_checkpoint(conn, ledger)?.map_or(0, |(size, _)| size);
    let root = match size {
        0 => reading::root(conn, ledger, 0)?,
        size => reading::checkpoint_of(conn, ledger, size)?.ok_or(StoreError::NotFound)?,
    };
    Ok(TreeMark { size, root })
}

/// Lets signing go on from the newest checkpoint that the table has. Only after [`resume`] was committed.
///
/// # Errors
/// The store's and the disk's.
pub fn go_on(conn: &mut AnyConn, settings: &Settings, ledger: ChannelId) -> Result<(), StoreError> {
    let remembered = keys::remembered(settings);
    let done = match reading::newest_checkpoint(conn, ledger)? {
        Some(newest) => remembered.save(ledger, &newest.note),
        None => remembered.forget(ledger),
    };
    done.map_err(|error| StoreError::unreadable("what was signed", &error))
}
