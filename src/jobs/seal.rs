//! Sealing: the ledger's entries get their positions within a second, and the tree's root is signed every so often.

mod turn;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::app::ledger::keys::{self, SigningKeyError, signing_key};
use crate::app::{AppError, Tx};
use crate::config::Settings;
use crate::documents::ledger_key::LedgerKey;
use crate::domain::clock::Clock;
use crate::domain::ids::ChannelId;
use crate::domain::job::SealLedger;
use crate::domain::ledger::SigningFault;
use crate::jobs::seal::turn::{Rhythm, SealingTurn, Signing, lease};
use crate::jobs::{JobContext, JobRun, RunResult};
use crate::store::jobs::JobRow;
use crate::store::ledger::sealing;
use crate::store::{AnyConn, Db, StoreError, leases};

/// The sealing of one node.
pub struct Sealer {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    key: Mutex<LedgerKey>,
    holder: String,
    rhythm: Rhythm,
    pause: Duration,
    /// Channels whose newest entries are in no checkpoint, as far as this node knows.
    open: Mutex<BTreeSet<ChannelId>>,
}

/// The result of one round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Entries that got their position.
    pub sealed: usize,
    /// Checkpoints that were signed.
    pub signed: usize,
}

/// The reason why a round failed. All ledgers that could be sealed were sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The key.
    #[error("{0}")]
    Key(#[from] SigningKeyError),
    /// A ledger does not extend what was signed before.
    #[error(
        "nothing more is signed in the ledger {ledger}: {fault}. Keep this database as it is and run `zhitongche ledger verify`; after an honest restore, `zhitongche ledger resume --reason …`"
    )]
    Refused {
        /// Which ledger.
        ledger: ChannelId,
        /// The fault.
        fault: SigningFault,
    },
}

impl SealError {
    /// Whether it is about one ledger, so that the others can be sealed all the same; otherwise the database itself does not work.
    const fn is_of_one(&self) -> bool {
        !matches!(
            self,
            Self::Store(StoreError::Busy | StoreError::TooSlow | StoreError::Full | StoreError::Away(_) | StoreError::NewerSchema { .. })
        )
    }
}

/// Whether a ledger's job has something to do; one that can't be read or has no key reports the reason when it runs.
pub(super) fn probe(context: &JobContext, tx: &mut Tx<'_>, row: &JobRow) -> Result<bool, AppError> {
    let (Ok(of), Ok(sealer)) = (serde_json::from_str::<SealLedger>(&row.payload), context.sealer()) else { return Ok(true) };
    Ok(sealer.has_work(tx.conn, of.ledger)?)
}

/// Seals one ledger.
pub(super) fn run(run: &JobRun<'_>, of: SealLedger) -> anyhow::Result<RunResult> {
    let sealer = run.context.sealer()?;
    let (round, holder) = (sealer.ledger(of.ledger, false)?, sealer.holder.clone());
    // The lease of the job excludes other nodes; this one is released so that commands need not wait for its end.
    Ok(RunResult::of(round.sealed + round.signed).and_write(move |tx| Ok(leases::give_back(tx.conn, &lease(of.ledger), &holder)?)))
}

impl Sealer {
    /// The sealer of this node; reads the signing key, or creates it where nothing was ever signed, and logs that.
    ///
    /// # Errors
    /// When the key can't be had.
    pub fn new(settings: &Settings, db: Db, clock: Clock) -> Result<Self, SigningKeyError> {
        let (key, made) = signing_key(&mut db.connect()?, settings, clock.now())?;
        if made {
            let file = settings.ledger_key_file();
            tracing::info!(verifier = %key.verifier(), file = %file.display(), "made the ledger's signing key; keep a copy of the file elsewhere");
        }
        let entries = u64::try_from(settings.ledger.checkpoint_entries).unwrap_or(1);
        let rhythm = Rhythm { minutes: settings.ledger.checkpoint_minutes, entries };
        let holder = clock.id::<uuid::Uuid>().to_string();
        let pause = Duration::from_millis(settings.ledger.seal_millis);
        let (settings, key) = (Arc::new(settings.clone()), Mutex::new(key));
        Ok(Self { db, clock, settings, key, holder, rhythm, pause, open: Mutex::default() })
    }

    /// Whether a ledger has entries without a position, or a checkpoint is due, and no other node is at it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_work(&self, conn: &mut AnyConn, ledger: ChannelId) -> Result<bool, StoreError> {
        Ok(self.turn(ledger, false).idle(conn)?.is_none())
    }

    /// One round over all channels in which something waits; for commands and tests, on this thread. With `sign_all`, every channel that grew gets a checkpoint, due or not.
    ///
    /// # Errors
    /// When the database fails; when a ledger is damaged or does not extend what was signed before, in which case the others are sealed all
    /// the same.
    pub async fn round(&self, sign_all: bool) -> Result<Round, SealError> {
        if sign_all {
            self.look_at_every_channel().await;
        }
        let mut channels: BTreeSet<ChannelId> = self.db.read(sealing::channels_waiting).await?.into_iter().collect();
        channels.extend(self.open().iter());
        let (mut sum, mut refused) = (Round::default(), None);
        for channel in channels {
            match self.ledger(channel, sign_all) {
                Ok(round) => sum = Round { sealed: sum.sealed + round.sealed, signed: sum.signed + round.signed },
                Err(error) if error.is_of_one() => refused = refused.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        refused.map_or(Ok(sum), Err)
    }

    /// Seals and signs all ledgers, waits for nodes that hold a lease, and releases the leases.
    ///
    /// # Errors
    /// As [`Sealer::round`].
    pub async fn settle(&self) -> Result<Round, SealError> {
        let done = self.rounds().await;
        let holder = self.holder.clone();
        self.db
            .write(move |conn| {
                for channel in sealing::channels(conn)? {
                    leases::give_back(conn, &lease(channel), &holder)?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        done
    }

    /// Rounds until nothing waits.
    async fn rounds(&self) -> Result<Round, SealError> {
        let mut sum = Round::default();
        loop {
            let round = self.round(true).await?;
            sum = Round { sealed: sum.sealed + round.sealed, signed: sum.signed + round.signed };
            if self.open().is_empty() {
                return Ok(sum);
            }
            tokio::time::sleep(self.pause).await;
        }
    }

    fn turn(&self, channel: ChannelId, sign_all: bool) -> SealingTurn {
        SealingTurn { channel, holder: self.holder.clone(), now: self.clock.now(), rhythm: self.rhythm, sign_all }
    }

    /// Seals all that waits in one ledger, and signs if a checkpoint is due.
    fn ledger(&self, channel: ChannelId, sign_all: bool) -> Result<Round, SealError> {
        let mut sum = Round::default();
        loop {
            let turn = self.turn(channel, sign_all);
            if let Some(open) = self.db.read_now(|conn| turn.idle(conn))? {
                self.remember(channel, open);
                return Ok(sum);
            }
            let (key, settings) = (self.key(), Arc::clone(&self.settings));
            let visit = self.db.write_now(move |conn| turn.work(conn, &key, &settings))?;
            let round = visit.round;
            sum = Round { sealed: sum.sealed + round.sealed, signed: sum.signed + round.signed };
            self.remember(channel, visit.open);
            match visit.signing {
                Signing::Refused(SigningFault::KeyChanged) => self.take_key_anew()?,
                Signing::Refused(fault) => return Err(SealError::Refused { ledger: channel, fault }),
                // Only after the commit: a checkpoint that was not committed must not be remembered.
                Signing::Signed(note) => self.remember_signed(channel, &note),
                Signing::No => {}
            }
            if round == Round::default() {
                return Ok(sum);
            }
        }
    }

    fn key(&self) -> LedgerKey {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// After a rotation on the command line or on another node.
    fn take_key_anew(&self) -> Result<(), SealError> {
        let (key, _) = signing_key(&mut self.db.connect()?, &self.settings, self.clock.now())?;
        tracing::info!(verifier = %key.verifier(), "the ledger is signed by another key from now on");
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = key;
        Ok(())
    }

    fn remember_signed(&self, channel: ChannelId, note: &str) {
        let remembered = keys::remembered(&self.settings);
        if let Err(error) = remembered.save(channel, note) {
            let folder = remembered.folder().display();
            tracing::error!(%error, %folder, "the checkpoint that was signed can't be remembered: look at the folder's owner and the disk");
        }
    }

    async fn look_at_every_channel(&self) {
        match self.db.read(sealing::channels).await {
            Ok(all) => self.open().extend(all),
            Err(error) => tracing::warn!(%error, "sealing the ledger"),
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, BTreeSet<ChannelId>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, channel: ChannelId, open: bool) {
        if open {
            self.open().insert(channel);
        } else {
            self.open().remove(&channel);
        }
    }
}
