//! Background work: letters are sent, reminders are written, the ledger is sealed ([`seal`]). May import all rooms but `web`, `api`,
//! `server` and `cli`.
//!
//! Work is stored as rows of the queue ([`crate::store::jobs`]). [`kinds`] is the table of its kinds: payload, handler, retries, lease,
//! schedule. A [`Runner`] runs due jobs, on any node; no node is special, and one that dies loses nothing: its leases expire and others
//! continue.

pub mod anchor;
pub mod backup;
pub mod call_webhook;
pub mod check_ledger;
pub mod deliver_mail;
pub mod housekeeping;
pub mod kinds;
pub mod recompute_due_dates;
pub mod remind;
mod run;
mod runner;
mod schedule;
pub mod seal;
pub mod staffing;
mod workers;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use uuid::Uuid;

pub use run::{JobRun, RunError, RunResult, Stop};
pub use runner::Runner;
pub use workers::WorkerThreads;

use crate::app::ledger::keys::SigningKeyError;
use crate::app::mail_settings::current_service;
use crate::app::outcomes::archival;
use crate::app::{App, AppError, Tx, endorsements, statistics, windows};
use crate::jobs::seal::Sealer;
use crate::mail::{MailService, Sender, Transport};
use crate::store::{StoreError, mail_settings};
use crate::telemetry::outage;

/// The context of every job. Cheap to clone.
#[derive(Clone)]
pub struct JobContext {
    /// Database, time, settings, calendar.
    pub app: App,
    /// The sender of letters, from file and environment.
    pub sender: Arc<Sender>,
    /// The transport of letters, from file and environment; see [`JobContext::mail_service`].
    pub transport: Transport,
    /// The service of the page's settings, when they were last read.
    pub page_service: Arc<Mutex<Option<MailService>>>,
    /// The name of this node among those that share the database.
    pub node: Arc<str>,
    /// The sealer of this node, once it was used; see [`JobContext::sealer`].
    pub sealing: Arc<OnceLock<Sealer>>,
}

impl JobContext {
    /// For the settings of this node.
    ///
    /// # Errors
    /// Names the mail setting that can't be used.
    pub fn new(app: App) -> Result<Self, String> {
        let MailService { sender, transport, .. } = MailService::from_settings(&app.settings)?;
        let node: Arc<str> = app.clock.id::<Uuid>().simple().to_string().into();
        Ok(Self { app, sender, transport, page_service: Arc::default(), node, sealing: Arc::default() })
    }

    /// The version of the page's mail settings; 0 where file or environment take precedence, and where there are none.
    ///
    /// # Errors
    /// The store's.
    pub fn mail_version(&self, tx: &mut Tx<'_>) -> Result<i64, StoreError> {
        if self.app.settings.mail.is_fixed() { Ok(0) } else { mail_settings::version(tx.conn) }
    }

    /// The present mail service; `None` while the page's settings can't be decrypted on this node, so that letters wait. Reads one number
    /// unless that has changed.
    ///
    /// # Errors
    /// The store's.
    pub fn mail_service(&self, tx: &mut Tx<'_>) -> Result<Option<MailService>, StoreError> {
        let version = self.mail_version(tx)?;
        if version == 0 {
            let (sender, transport) = (Arc::clone(&self.sender), self.transport.clone());
            return Ok(Some(MailService { version, sender, transport }));
        }
        let known = self.page_service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.version == version) {
            return Ok(Some(known));
        }
        match current_service(tx)? {
            Ok(service) => {
                *self.page_service.lock().unwrap_or_else(PoisonError::into_inner) = Some(service.clone());
                Ok(Some(service))
            }
            Err(why) => {
                outage::refused("mail", &why);
                Ok(None)
            }
        }
    }

    /// The sealer of this node. The first call reads the signing key, or creates it where nothing was ever signed.
    ///
    /// # Errors
    /// When the key can't be had.
    pub fn sealer(&self) -> Result<&Sealer, SigningKeyError> {
        if let Some(sealer) = self.sealing.get() {
            return Ok(sealer);
        }
        let made = Sealer::new(&self.app.settings, self.app.db.clone(), self.app.clock.clone())?;
        Ok(self.sealing.get_or_init(|| made))
    }
}

/// The number of manuscripts of each channel that are archived at a time; the others wait a minute.
const ARCHIVED_AT_ONCE: i64 = 500;

/// Archives manuscripts after the time that their channel sets, each in a transaction of its own, so that one that can't be archived does
/// not block the others.
///
/// # Errors
/// How many failed, and why the last one did, after all the others were archived.
pub fn archive(context: &JobContext) -> anyhow::Result<usize> {
    let rested = context.app.read_now(|tx| archival::rested(tx, ARCHIVED_AT_ONCE))?;
    let put_away = |one| Ok(usize::from(context.app.write_now("archive", move |tx| archival::put_away(tx, one))?));
    each("archive", rested, |one| one.id.to_string(), put_away)
}

/// Whether an error is not the job's but that of a database that is away, full or busy.
fn is_outage(error: &anyhow::Error) -> bool {
    let of_store = |error: &StoreError| {
        matches!(error, StoreError::Busy | StoreError::TooSlow | StoreError::Full | StoreError::Away(_) | StoreError::NewerSchema { .. })
    };
    match error.downcast_ref::<AppError>() {
        Some(AppError::Store(error)) => of_store(error),
        _ => error.downcast_ref::<StoreError>().is_some_and(of_store),
    }
}

/// Calls a function for each item, one after the other. A failure is logged with the item's `name`, and the others continue; the failures
/// are reported at the end. Returns the number of successes.
///
/// # Errors
/// How many failed, and why the last one did.
pub(crate) fn each<T>(
    job: &str,
    all: Vec<T>,
    name: impl Fn(&T) -> String,
    mut work: impl FnMut(T) -> anyhow::Result<usize>,
) -> anyhow::Result<usize> {
    let (mut done, mut failed, mut last) = (0, 0, None);
    for one in all {
        let which = name(&one);
        match work(one) {
            Ok(worked) => done += worked,
            // The database can't now. Nor can it for the others.
            Err(error) if is_outage(&error) => return Err(error),
            Err(error) => {
                tracing::error!(job, which, error = format!("{error:#}"), "one of many failed; the others go on");
                (failed, last) = (failed + 1, Some(error));
            }
        }
    }
    match last {
        Some(last) => Err(last.context(format!("{failed} failed, {done} done"))),
        None => Ok(done),
    }
}

/// Closes undo windows that have passed, each in a transaction of its own.
///
/// # Errors
/// How many failed, and why the last one did, after all the others were closed.
pub fn close_windows(context: &JobContext) -> anyhow::Result<usize> {
    let passed = context.app.read_now(windows::passed)?;
    let close = |(channel, id)| Ok(usize::from(context.app.write_now("close_windows", move |tx| windows::close(tx, channel, id))?));
    each("close_windows", passed, |(_, id)| id.to_string(), close)
}

/// Parts that are counted before other work of the lane has its turn.
const COUNTED_PARTS: usize = 50;

/// Counts the manuscripts that have changed since statistics were counted, each part in a transaction of its own.
///
/// # Errors
/// Why it could not be counted.
pub fn count_statistics(context: &JobContext) -> anyhow::Result<usize> {
    let mut all = 0;
    for _ in 0..COUNTED_PARTS {
        match context.app.write_now("count_statistics", statistics::count_on)? {
            0 => break,
            done => all += done,
        }
    }
    Ok(all)
}

/// The number of endorsements that are carried out between two checks of the time.
const CLOSED_AT_ONCE: i64 = 50;

/// Carries out the effects of endorsements that can't be taken back any more, each in a transaction of its own: one that fails does not
/// block the others.
///
/// # Errors
/// How many failed, and why the last one did, after all the others were carried out.
pub fn endorsement_windows(context: &JobContext) -> anyhow::Result<usize> {
    let due = context.app.read_now(|tx| endorsements::closed_windows(tx, CLOSED_AT_ONCE))?;
    let close = |id| Ok(usize::from(context.app.write_now("endorsements", move |tx| endorsements::close_window(tx, id))?));
    each("endorsements", due, ToString::to_string, close)
}
