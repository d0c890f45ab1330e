//! The use cases. An act loads, decides by `domain`, saves, appends an event to the ledger ([`events`]) and notifies people
//! ([`notification`]), all in ONE transaction; a reading takes the actor and returns only what they may see. May import `domain`, `store`,
//! `text`, `documents`, `mail`, `webhooks`, `config`.

pub mod accounts;
mod announcement;
pub mod attachments;
pub mod backup;
pub mod bulletins;
mod cache;
pub mod calendars;
pub mod channel_time;
pub mod contacts;
pub mod due_dates;
pub mod edited_text;
pub mod endorsements;
pub mod error;
pub mod events;
pub mod form_drafts;
pub mod forwarding;
pub mod four_eyes;
pub mod handling;
pub mod health;
pub mod idempotency_keys;
pub mod input;
pub mod intake;
pub mod jobs;
pub mod ledger;
mod long_readings;
pub mod mail_settings;
pub mod manuscript_case;
pub mod merging;
pub mod notices;
pub mod notification;
pub mod outcomes;
pub mod outgoing;
pub mod passwords;
pub(crate) mod pending_decision;
mod people_cache;
mod prefetch;
pub mod preview;
pub mod reading;
pub mod resending;
mod restoring;
pub mod review;
pub mod sending;
pub mod sign_in;
pub mod signing;
pub mod similar;
pub mod staffing;
pub mod statistics;
pub mod step;
pub mod transition;
pub mod undo;
pub mod unstaffed;
pub mod webhooks;
pub mod windows;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock, RwLock};

use uuid::Uuid;

use crate::app::cache::{KnownCalendars, KnownSettings, KnownWebhooks, RequestCache};
use crate::app::long_readings::LongReadings;
use crate::app::passwords::Passwords;
use crate::app::people_cache::PeopleCache;
use crate::config::Settings;
use crate::documents::token_key::TokenKey;
use crate::domain::calendar::Calendar;
use crate::domain::clock::{Clock, Moment};
use crate::domain::ids::UserId;
use crate::domain::manuscript::TextLimits;
use crate::store::proof::WriteJournal;
use crate::store::{AnyConn, Db};

pub use error::AppError;

pub use crate::store::{ConstraintKind, StoreError};

/// The services that every use case needs; one per node, cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The source of the current time.
    pub clock: Clock,
    /// The installation's settings.
    pub settings: Arc<Settings>,
    /// The password hasher.
    pub passwords: Passwords,
    base: Arc<RwLock<Arc<Calendar>>>,
    known: KnownSettings,
    known_calendars: KnownCalendars,
    known_webhooks: KnownWebhooks,
    people_cache: PeopleCache,
    token_key: Arc<OnceLock<TokenKey>>,
    long_readings: LongReadings,
}

/// The context of a running use case: a connection inside its transaction (or a reader), and the time that it takes as now.
pub struct Tx<'c> {
    /// The connection.
    pub conn: &'c mut AnyConn,
    /// The time of this act.
    pub now: Moment,
    /// For generating ids.
    pub clock: Clock,
    /// The installation's settings.
    pub settings: Arc<Settings>,
    /// The id of the request, which the ledger records.
    pub request: String,
    /// The years that come with the program, which those of the installation and of the channel override.
    base: Arc<Calendar>,
    known: KnownSettings,
    known_calendars: KnownCalendars,
    known_webhooks: KnownWebhooks,
    people_cache: PeopleCache,
    /// Whether nothing is written in this transaction, so that it sees one state of the database.
    is_reading: bool,
    memory: RequestCache,
    token_key: Arc<OnceLock<TokenKey>>,
}

impl App {
    /// Creates the services on this database. `calendar` holds the years that come with the program; loaded years override them.
    #[must_use]
    pub fn new(db: Db, clock: Clock, settings: Arc<Settings>, calendar: Calendar) -> Self {
        let passwords = Passwords::new(&settings.session);
        let base = Arc::new(RwLock::new(Arc::new(calendar)));
        let (known, known_calendars) = (KnownSettings::default(), KnownCalendars::default());
        let known_webhooks = KnownWebhooks::default();
        Self {
            db,
            clock,
            settings,
            passwords,
            base,
            known,
            known_calendars,
            known_webhooks,
            people_cache: PeopleCache::default(),
            token_key: Arc::default(),
            long_readings: LongReadings::default(),
        }
    }

    fn base(&self) -> Arc<Calendar> {
        self.base.read().map_or_else(|poisoned| Arc::clone(&poisoned.into_inner()), |calendar| Arc::clone(&calendar))
    }

    /// Replaces the calendar that comes with the program.
    pub fn set_calendar(&self, calendar: Calendar) {
        *self.base.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(calendar);
        self.known_calendars.clear();
    }

    /// Runs an act in one transaction; returns its result after the commit.
    ///
    /// # Errors
    /// Fails if the act or a database operation fails.
    pub async fn write<T, F>(&self, request: &str, act: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        self.db.write(self.on(request, false, act)).await
    }

    /// Runs an act as [`App::write`] does, in one transaction with others that wait. `act` may be called a second time, after a rollback
    /// of its first run. It must write only what a group's buffer accepts, and not read it back; `keys` name what it reads or writes. See
    /// `docs/decisions/0038-acts-in-groups.md`.
    ///
    /// # Errors
    /// Fails if the act or a database operation fails.
    pub async fn write_grouped<T, F>(&self, request: &str, keys: Vec<Uuid>, act: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        let (app, request) = (self.clone(), request.to_owned());
        self.db.write_grouped(keys, move |conn| app.on(&request, false, &act)(conn)).await
    }

    /// Runs an act as [`App::write`] does, blocking this thread; not for async code.
    ///
    /// # Errors
    /// Fails if the act or a database operation fails.
    pub fn write_now<T, F>(&self, request: &str, act: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        self.db.write_now(self.on(request, false, act))
    }

    /// Runs a reading.
    ///
    /// # Errors
    /// Fails if the reading or a database operation fails.
    pub async fn read<T, F>(&self, reading: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        self.db.read(self.on("", true, reading)).await
    }

    /// Runs a reading that may take long, in parallel with all others; one of each person at a time.
    ///
    /// # Errors
    /// Fails if the reading or a database operation fails, or with [`AppError::ReadingUnderWay`].
    pub async fn read_long<T, F>(&self, user: UserId, reading: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        let under_way = self.long_readings.begin(user).await.ok_or(AppError::ReadingUnderWay)?;
        let run = self.on("", true, reading);
        // The guard ends with the reading itself, not with the request, whose client may have disconnected.
        let run = move |conn: &mut AnyConn| {
            let result = run(conn);
            drop(under_way);
            result
        };
        self.db.read_long(run).await
    }

    /// Runs a reading, blocking this thread; not for async code.
    ///
    /// # Errors
    /// Fails if the reading or a database operation fails.
    pub fn read_now<T>(&self, reading: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError>) -> Result<T, AppError> {
        self.db.read_now(self.on("", true, reading))
    }

    fn on<T, F>(&self, request: &str, is_reading: bool, f: F) -> impl FnOnce(&mut AnyConn) -> Result<T, AppError> + use<T, F>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError>,
    {
        let context = TxContext { is_reading, ..self.context(request) };
        move |conn| {
            let mut value = None;
            let keep = |tx: &mut Tx<'_>| {
                value = Some(f(tx)?);
                Ok(())
            };
            context.run(conn, Box::new(keep))?;
            value.ok_or(AppError::Store(StoreError::Panicked))
        }
    }

    fn context(&self, request: &str) -> TxContext {
        TxContext {
            clock: self.clock.clone(),
            settings: Arc::clone(&self.settings),
            request: request.to_owned(),
            base: self.base(),
            known: self.known.clone(),
            known_calendars: self.known_calendars.clone(),
            known_webhooks: self.known_webhooks.clone(),
            people_cache: self.people_cache.clone(),
            is_reading: false,
            token_key: Arc::clone(&self.token_key),
        }
    }
}

/// A use case that passes its result to the caller by itself.
type UseCase<'f> = Box<dyn FnOnce(&mut Tx<'_>) -> Result<(), AppError> + 'f>;

/// The context that a transaction is started with.
struct TxContext {
    clock: Clock,
    settings: Arc<Settings>,
    request: String,
    base: Arc<Calendar>,
    known: KnownSettings,
    known_calendars: KnownCalendars,
    known_webhooks: KnownWebhooks,
    people_cache: PeopleCache,
    is_reading: bool,
    token_key: Arc<OnceLock<TokenKey>>,
}

impl TxContext {
    /// Runs a use case. It is not generic: there are hundreds of use cases, each of which would compile this code again.
    fn run(self, conn: &mut AnyConn, f: UseCase<'_>) -> Result<(), AppError> {
        let Self { clock, settings, request, base, known, known_calendars, known_webhooks, people_cache, is_reading, token_key } = self;
        let (now, act, memory) = (clock.now(), WriteJournal::begin(clock.clone()), RequestCache::default());
        let mut tx = Tx {
            conn,
            now,
            clock,
            settings,
            request,
            base,
            known,
            known_calendars,
            known_webhooks,
            people_cache,
            is_reading,
            memory,
            token_key,
        };
        f(&mut tx)?;
        Ok(act.finish(tx.conn)?)
    }
}

impl Tx<'_> {
    /// Generates an id with the current time.
    #[must_use]
    pub fn id<T: From<Uuid>>(&self) -> T {
        self.clock.id()
    }

    /// Returns the key that authenticates the rows of sessions, tokens and one-time links; read from its file once.
    ///
    /// # Errors
    /// Fails if the file, which every node ensures at its start, is missing or cannot be read.
    pub(crate) fn token_key(&self) -> Result<TokenKey, StoreError> {
        if let Some(key) = self.token_key.get() {
            return Ok(key.clone());
        }
        let unreadable = |why: &dyn std::fmt::Display| StoreError::unreadable("token key", &why);
        let loaded = TokenKey::load(&self.settings.token_key_file()).map_err(|error| unreadable(&error))?;
        let key = loaded.ok_or_else(|| unreadable(&"its file is missing"))?;
        Ok(self.token_key.get_or_init(|| key).clone())
    }

    /// Returns the limits for the length of texts.
    #[must_use]
    pub fn text_limits(&self) -> TextLimits {
        let of = &self.settings.limits;
        TextLimits {
            title: of.title_chars,
            soft: of.text_soft_chars,
            hard: of.text_hard_chars,
            suggestions: of.suggestions,
            keywords: of.keywords,
            keyword: of.keyword_chars,
            remark: of.reason_chars,
        }
    }
}
