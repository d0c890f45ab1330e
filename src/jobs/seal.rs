//! Sealing: the ledger's entries get their positions within a second, and the tree's root is signed every so often.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::Settings;
use crate::documents::ledger_key::{KeyError, LedgerKey};
use crate::domain::clock::{Clock, Moment};
use crate::domain::ids::ChannelId;
use crate::domain::ledger::{Checkpoint, root};
use crate::jobs::SEAL;
use crate::jobs::journal::Journal;
use crate::store::ledger::sealing::{self, Kept};
use crate::store::{AnyConn, Db, StoreError, leases};

/// Entries that one transaction seals, at most; the next takes the rest. On SQLite the acts of people wait meanwhile, so it is kept short.
const BATCH: i64 = 256;
/// A node that has died is replaced after this many seconds.
const LEASE_SECONDS: i64 = 10;

/// When a checkpoint is due.
#[derive(Debug, Clone, Copy)]
struct Rhythm {
    minutes: i64,
    entries: u64,
}

/// The sealing of one node.
pub struct Sealer {
    db: Db,
    clock: Clock,
    key: LedgerKey,
    holder: String,
    journal: Journal,
    rhythm: Rhythm,
    pause: Duration,
    /// Channels whose newest entries no checkpoint holds, as far as this node knows.
    open: Mutex<BTreeSet<ChannelId>>,
}

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Entries that got their position.
    pub sealed: usize,
    /// Checkpoints that were signed.
    pub signed: usize,
}

impl Sealer {
    /// The sealing of this node; reads the signing key, or makes it at the first start and says so in the log.
    ///
    /// # Errors
    /// When the key can't be had.
    pub fn new(settings: &Settings, db: Db, clock: Clock) -> Result<Self, KeyError> {
        let (key, made) = LedgerKey::load_or_make(&settings.ledger_key_file(), &settings.ledger_origin())?;
        if made {
            let file = settings.ledger_key_file();
            tracing::info!(verifier = %key.verifier(), file = %file.display(), "made the ledger's signing key; keep a copy of the file elsewhere");
        }
        let entries = u64::try_from(settings.ledger.checkpoint_entries).unwrap_or(1);
        let rhythm = Rhythm { minutes: settings.ledger.checkpoint_minutes, entries };
        let holder = clock.id::<uuid::Uuid>().to_string();
        let pause = Duration::from_millis(settings.ledger.seal_millis);
        let journal = Journal::new(db.clone(), clock.clone(), holder.as_str().into());
        Ok(Self { db, clock, key, holder, journal, rhythm, pause, open: Mutex::default() })
    }

    /// Seals again and again, until the future is dropped. A failed round is told in the log and tried again.
    pub async fn run(self) {
        self.look_at_every_channel().await;
        loop {
            let done = self.round(false).await;
            if let Err(error) = &done {
                tracing::warn!(%error, "sealing the ledger");
            }
            self.note(done.err()).await;
            tokio::time::sleep(self.pause).await;
        }
    }

    /// One round over all channels in which something waits. With `sign_all`, every channel that grew gets a checkpoint, due or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn round(&self, sign_all: bool) -> Result<Round, StoreError> {
        if sign_all {
            self.look_at_every_channel().await;
        }
        let mut channels: BTreeSet<ChannelId> = self.db.read(sealing::channels_waiting).await?.into_iter().collect();
        channels.extend(self.open().iter());
        let mut sum = Round::default();
        for channel in channels {
            let round = self.channel(channel, sign_all).await?;
            sum = Round { sealed: sum.sealed + round.sealed, signed: sum.signed + round.signed };
        }
        Ok(sum)
    }

    /// Seals and signs all there is, waiting for a node that holds a lease, and gives the leases back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle(&self) -> Result<Round, StoreError> {
        let mut sum = Round::default();
        loop {
            let round = self.round(true).await?;
            sum = Round { sealed: sum.sealed + round.sealed, signed: sum.signed + round.signed };
            if self.open().is_empty() {
                break;
            }
            tokio::time::sleep(self.pause).await;
        }
        let holder = self.holder.clone();
        self.db
            .write(move |conn| {
                for channel in sealing::channels(conn)? {
                    leases::give_back(conn, &lease(channel), &holder)?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        Ok(sum)
    }

    async fn note(&self, failure: Option<StoreError>) {
        let Some(note) = self.journal.due(SEAL, failure.map(|error| error.to_string())) else { return };
        if let Err(error) = self.db.write(move |conn| note.write(conn)).await {
            tracing::warn!(%error, "what became of sealing could not be written down");
        }
    }

    async fn channel(&self, channel: ChannelId, sign_all: bool) -> Result<Round, StoreError> {
        let mut sum = Round::default();
        loop {
            let (rhythm, holder) = (self.rhythm, self.holder.clone());
            let turn = Turn { channel, holder, now: self.clock.now(), rhythm, sign_all };
            let look = turn.clone();
            if let Some(open) = self.db.read(move |conn| look.idle(conn)).await? {
                self.remember(channel, open);
                return Ok(sum);
            }
            let key = self.key.clone();
            let (round, open) = self.db.write(move |conn| turn.work(conn, &key)).await?;
            sum = Round { sealed: sum.sealed + round.sealed, signed: sum.signed + round.signed };
            self.remember(channel, open);
            if round == Round::default() {
                return Ok(sum);
            }
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

fn lease(channel: ChannelId) -> String {
    format!("seal {channel}")
}

/// One visit to one channel.
#[derive(Clone)]
struct Turn {
    channel: ChannelId,
    holder: String,
    now: Moment,
    rhythm: Rhythm,
    sign_all: bool,
}

/// Whether a channel needs a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Never,
    Later,
    Now,
}

impl Turn {
    /// Whether there is nothing to write now, and then, whether the channel still lacks a checkpoint. Keeps idle rounds free of writing.
    fn idle(&self, conn: &mut AnyConn) -> Result<Option<bool>, StoreError> {
        if leases::is_taken(conn, &lease(self.channel), &self.holder, self.now)? {
            return Ok(Some(true));
        }
        if sealing::is_waiting(conn, self.channel)? {
            return Ok(None);
        }
        let due = self.due(conn, false)?;
        Ok(if due == Due::Now { None } else { Some(due == Due::Later) })
    }

    /// Seals some entries and signs, if a checkpoint is due; gives also whether the channel still lacks a checkpoint.
    fn work(&self, conn: &mut AnyConn, key: &LedgerKey) -> Result<(Round, bool), StoreError> {
        let until = self.now + chrono::Duration::seconds(LEASE_SECONDS);
        if !leases::take(conn, &lease(self.channel), &self.holder, self.now, until)? {
            return Ok((Round::default(), true));
        }
        let sealed = sealing::seal(conn, self.channel, BATCH)?;
        // While more waits, a checkpoint only because of its age or by request would be one too many.
        let more = i64::try_from(sealed).is_ok_and(|sealed| sealed == BATCH);
        let due = self.due(conn, more)?;
        if due != Due::Now {
            return Ok((Round { sealed, signed: 0 }, due == Due::Later));
        }
        let size = sealing::size(conn, self.channel)?;
        let root = root(&mut Kept::new(conn, self.channel), size)?;
        let checkpoint = Checkpoint { origin: format!("{}/{}", key.name(), self.channel), size, root };
        sealing::save_checkpoint(conn, self.channel, &checkpoint, &key.sign(&checkpoint), self.now)?;
        Ok((Round { sealed, signed: 1 }, false))
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
