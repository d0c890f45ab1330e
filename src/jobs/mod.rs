//! What goes on without being asked: letters leave, reminders are written, the ledger is sealed ([`seal`]).
//! May import all rooms but `web`, `api`, `server` and `cli`.
//!
//! Work is rows of the queue ([`crate::store::jobs`]). [`kinds`] is the one table of what there is: payload, handler, retries, lease, schedule.
//! A [`Runner`] takes what is due, on any node; none is special, and a node that dies loses nothing: its leases run out and others go on.

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

/// What every job needs. Cheap to clone.
#[derive(Clone)]
pub struct JobContext {
    /// Database, time, settings, calendar.
    pub app: App,
    /// Who letters come from, as file and environment say.
    pub sender: Arc<Sender>,
    /// How letters leave, as file and environment say; see [`JobContext::mail_service`].
    pub transport: Transport,
    /// What a page set, as it was when it was last looked at.
    pub page_service: Arc<Mutex<Option<MailService>>>,
    /// This node's name among those that share the database.
    pub node: Arc<str>,
    /// The sealing of this node, once it was asked for; see [`JobContext::sealer`].
    pub sealing: Arc<OnceLock<Sealer>>,
}

impl JobContext {
    /// For the settings of this node.
    ///
    /// # Errors
    /// Says which of the mail settings can't be used.
    pub fn new(app: App) -> Result<Self, String> {
        let MailService { sender, transport, .. } = MailService::from_settings(&app.settings)?;
        let node: Arc<str> = app.clock.id::<Uuid>().simple().to_string().into();
        Ok(Self { app, sender, transport, page_service: Arc::default(), node, sealing: Arc::default() })
    }

    /// The version of what a page set about letters; 0 where file or environment are stronger, and where nothing was set.
    ///
    /// # Errors
    /// The store's.
    pub fn mail_version(&self, tx: &mut Tx<'_>) -> Result<i64, StoreError> {
        if self.app.settings.mail.is_fixed() { Ok(0) } else { mail_settings::version(tx.conn) }
    }

    /// How letters leave now; none while what was set on a page can't be decrypted on this node, and letters wait. Costs a look at one number
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

    /// The sealing of this node. The first call reads the signing key, or makes it where nothing was ever signed.
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

/// How many manuscripts of each channel are put away in one go; the others wait a minute.
const ARCHIVED_AT_ONCE: i64 = 500;

/// Puts away what has rested as long as its channel says, each in a transaction of its own, so that one which can't be put away keeps
/// none of the others.
///
/// # Errors
/// How many failed, and why the last one did, after all the others were put away.
pub fn archive(context: &JobContext) -> anyhow::Result<usize> {
    let rested = context.app.read_now(|tx| archival::rested(tx, ARCHIVED_AT_ONCE))?;
    let put_away = |one| Ok(usize::from(context.app.write_now("archive", move |tx| archival::put_away(tx, one))?));
    each("archive", rested, |one| one.id.to_string(), put_away)
}

/// Whether an error is none of the job's, but of a database that is away, full or busy.
fn is_outage(error: &anyhow::Error) -> bool {
    let of_store = |error: &StoreError| {
        matches!(error, StoreError::Busy | StoreError::TooSlow | StoreError::Full | StoreError::Away(_) | StoreError::NewerSchema { .. })
    };
    match error.downcast_ref::<AppError>() {
        Some(AppError::Store(error)) => of_store(error),
        _ => error.downcast_ref::<StoreError>().is_some_and(of_store),
    }
}

/// Does something for each of many, one after the other. What fails is logged by its `name`, and the others go on; in the end the failures
/// are told. Says how many were done.
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

/// Closes the windows that have passed, each in a transaction of its own.
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

/// Counts what has changed since statistics were counted, each part in a transaction of its own.
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

/// How many endorsements are carried out between two looks at the clock.
const CLOSED_AT_ONCE: i64 = 50;

/// Carries out the effects of endorsements that can't be taken back any more, each in a transaction of its own: one that fails does not
/// keep the others waiting.
///
/// # Errors
/// How many failed, and why the last one did, after all the others were carried out.
pub fn endorsement_windows(context: &JobContext) -> anyhow::Result<usize> {
    let due = context.app.read_now(|tx| endorsements::closed_windows(tx, CLOSED_AT_ONCE))?;
    let close = |id| Ok(usize::from(context.app.write_now("endorsements", move |tx| endorsements::close_window(tx, id))?));
    each("endorsements", due, ToString::to_string, close)
}
