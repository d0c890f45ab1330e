//! One visit of the sealing to one ledger, in one transaction.

use super::Round;
use crate::app::ledger::keys;
use crate::config::Settings;
use crate::documents::ledger_key::LedgerKey;
use crate::domain::clock::Moment;
use crate::domain::ids::ChannelId;
use crate::domain::ledger::{Checkpoint, SigningFault, TreeMark};
use crate::store::ledger::{keys as key_rows, reading, sealing};
use crate::store::{AnyConn, StoreError, leases};

/// The largest number of entries that one transaction seals; the next takes the rest. On SQLite acts wait meanwhile, so it is short.
const BATCH: i64 = 256;
/// A node that has died is replaced after this many seconds.
const LEASE_SECONDS: i64 = 10;

/// The conditions under which a checkpoint is due.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    pub(super) minutes: i64,
    pub(super) entries: u64,
}

pub(super) fn lease(channel: ChannelId) -> String {
    format!("seal {channel}")
}

/// One visit to one channel.
#[derive(Clone)]
pub(super) struct SealingTurn {
    pub(super) channel: ChannelId,
    pub(super) holder: String,
    pub(super) now: Moment,
    pub(super) rhythm: Rhythm,
    pub(super) sign_all: bool,
}

/// The result of a visit.
pub(super) struct Visit {
    pub(super) round: Round,
    /// Whether the channel still lacks a checkpoint.
    pub(super) open: bool,
    pub(super) signing: Signing,
}

pub(super) enum Signing {
    No,
    /// The signed note.
    Signed(String),
    Refused(SigningFault),
}

/// Whether a channel needs a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Never,
    Later,
    Now,
}

impl SealingTurn {
    /// Whether there is nothing to write now, and then, whether the channel still lacks a checkpoint. So idle rounds write nothing.
    pub(super) fn idle(&self, conn: &mut AnyConn) -> Result<Option<bool>, StoreError> {
        if leases::is_taken(conn, &lease(self.channel), &self.holder, self.now)? {
            return Ok(Some(true));
        }
        if sealing::is_waiting(conn, self.channel)? {
            return Ok(None);
        }
        let due = self.due(conn, false)?;
        Ok(if due == Due::Now { None } else { Some(due == Due::Later) })
    }

    /// Seals some entries and signs, if a checkpoint is due.
    pub(super) fn work(&self, conn: &mut AnyConn, key: &LedgerKey, settings: &Settings) -> Result<Visit, StoreError> {
        let until = self.now + chrono::Duration::seconds(LEASE_SECONDS);
        if !leases::take(conn, &lease(self.channel), &self.holder, self.now, until)? {
            return Ok(Visit { round: Round::default(), open: true, signing: Signing::No });
        }
        let sealed = sealing::seal(conn, self.channel, BATCH)?;
        // While more entries wait, a checkpoint only because of its age or by request would be superfluous.
        let more = i64::try_from(sealed).is_ok_and(|sealed| sealed == BATCH);
        let due = self.due(conn, more)?;
        if due != Due::Now {
            return Ok(Visit { round: Round { sealed, signed: 0 }, open: due == Due::Later, signing: Signing::No });
        }
        let signing = self.sign(conn, key, settings)?;
        let signed = matches!(signing, Signing::Signed(_));
        Ok(Visit { round: Round { sealed, signed: usize::from(signed) }, open: !signed, signing })
    }

    /// Signs the present tree, if it extends what was signed before.
    fn sign(&self, conn: &mut AnyConn, key: &LedgerKey, settings: &Settings) -> Result<Signing, StoreError> {
        if key_rows::newest(conn)?.is_none_or(|row| row.verifier.key != key.verifier().key) {
            return Ok(Signing::Refused(SigningFault::KeyChanged));
        }
        let ring = keys::keyring(conn, &key.verifier())?;
        if let Err(fault) = keys::standing(conn, settings, &ring, self.channel)? {
            return Ok(Signing::Refused(fault));
        }
        let size = sealing::size(conn, self.channel)?;
        let root = reading::root(conn, self.channel, size)?;
        let before = sealing::last_checkpoint(conn, self.channel)?.map_or(0, |(size, _)| size);
        let previous = Some(TreeMark { size: before, root: reading::root(conn, self.channel, before)? });
        let checkpoint = Checkpoint { origin: format!("{}/{}", key.name(), self.channel), size, root, previous };
        let note = key.sign(&checkpoint);
        sealing::save_checkpoint(conn, self.channel, &checkpoint, &note, self.now)?;
        Ok(Signing::Signed(note))
    }

    fn due(&self, conn: &mut AnyConn, more: bool) -> Result<Due, StoreError> {
        let size = sealing::size(conn, self.channel)?;
        let last = sealing::last_checkpoint(conn, self.channel)?;
        let before = last.map_or(0, |(size, _)| size);
        if size <= before {
            return Ok(Due::Never);
        }
        // The distance, not the difference: a clock that was set back must not put the next checkpoint off for hours.
        let age = chrono::Duration::minutes(self.rhythm.minutes);
        let old = last.is_none_or(|(_, at)| (self.now - at).abs() >= age);
        let now = size - before >= self.rhythm.entries || !more && (self.sign_all || old);
        Ok(if now { Due::Now } else { Due::Later })
    }
}
