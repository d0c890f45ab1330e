//! Opening the database of a node: its folder, its connections, its schema.

use std::path::Path;
use std::sync::Arc;

use crate::app::App;
use crate::app::ledger::adoption;
use crate::config::Settings;
use crate::documents::private;
use crate::domain::calendar::Calendar;
use crate::domain::clock::Clock;
use crate::mail::MailService;
use crate::server::secrets;
use crate::server::start_error::StartError;
use crate::store::limits::DatabaseTimeouts;
use crate::store::opener::Opener;
use crate::store::{AnyConn, Db, StoreError, migrate, pooler};

/// Opens the database and sees to its schema: brings it up to date, or, with `database.migrate_at_start = false`, refuses an old one.
///
/// # Errors
/// [`StartError`] says what to do.
pub fn open(settings: &Settings) -> Result<Db, StartError> {
    let mut conn = connect(settings)?;
    if settings.database.migrate_at_start {
        for version in bring_up_to_date(&mut conn, settings)? {
            tracing::info!(migration = version, "applied");
        }
    } else {
        let pending = migrate::pending(&mut conn).map_err(StartError::schema)?;
        if !pending.is_empty() {
            return Err(StartError::OldSchema { pending: pending.join(", ") });
        }
        secrets::see_to_token_key(&mut conn, settings, &[])?;
    }
    Db::open(settings).map_err(StartError::Database)
}

/// Applies the migrations that the database lacks, and checks the keys that it names. Returns the versions.
///
/// # Errors
/// [`StartError`] says what to do.
pub fn bring_up_to_date(conn: &mut AnyConn, settings: &Settings) -> Result<Vec<String>, StartError> {
    let applied = migrate::run(conn).map_err(StartError::schema)?;
    secrets::see_to_token_key(conn, settings, &applied)?;
    let rows = adoption::adopt(conn, &Clock::System).map_err(StartError::schema)?;
    if rows > 0 {
        tracing::info!(rows, "taken up into the ledger as they were found");
    }
    Ok(applied)
}

/// The application of a node: its database with every use case. Also for commands that run beside a server.
///
/// # Errors
/// [`StartError`] says what to do.
pub fn app(settings: &Settings, clock: &Clock) -> Result<App, StartError> {
    let db = open(settings)?;
    let calendar = shipped_calendar()?;
    Ok(App::new(db, clock.clone(), Arc::new(settings.clone()), calendar))
}

/// The application on an up-to-date database, without a check of its keys: for commands that repair a key, and for those that only read. It
/// neither creates a database nor changes the schema under running nodes.
///
/// # Errors
/// [`StartError`] says what to do.
pub fn desk_without_keys(settings: &Settings, clock: &Clock) -> Result<App, StartError> {
    drop(connect_up_to_date(settings)?);
    let db = Db::open(settings).map_err(StartError::Database)?;
    let calendar = shipped_calendar()?;
    Ok(App::new(db, clock.clone(), Arc::new(settings.clone()), calendar))
}

fn shipped_calendar() -> Result<Calendar, StartError> {
    Calendar::shipped().map_err(|error| StartError::Database(StoreError::unreadable("calendar", &error)))
}

/// One connection, for work before or beside the server. A missing database is created, without a schema.
///
/// # Errors
/// [`StartError`] says what to do.
pub fn connect(settings: &Settings) -> Result<AnyConn, StartError> {
    let opener = opener(settings)?;
    MailService::from_settings(settings).map_err(|why| StartError::Mail(settings.mail.with_place(&why)))?;
    // Files are created from here on; errors in the settings were reported before.
    let Some(path) = opener.sqlite_path().map(Path::new) else {
        let conn = opened(&opener)?;
        make_folder(&settings.server.data_dir)?;
        return Ok(conn);
    };
    make_folder(&settings.server.data_dir)?;
    make_folder(path.parent().unwrap_or(path))?;
    // SQLite gives its other files the mode of this one. An error here is ignored: the opening fails for the same reason, with a better
    // message.
    drop(private::file(path));
    opened(&opener)
}

/// One connection to an existing database, whatever its schema, unless a newer program has changed it. Nothing is created.
///
/// # Errors
/// [`StartError`] says what to do.
pub fn connect_existing(settings: &Settings) -> Result<AnyConn, StartError> {
    let opener = opener(settings)?;
    if let Some(path) = opener.sqlite_path()
        && !Path::new(path).exists()
    {
        return Err(StartError::NoDatabase(path.to_owned()));
    }
    opened(&opener)
}

/// One connection to a database that has exactly the schema of this program.
///
/// # Errors
/// [`StartError`] says what to do.
pub fn connect_up_to_date(settings: &Settings) -> Result<AnyConn, StartError> {
    let mut conn = connect_existing(settings)?;
    let pending = migrate::pending(&mut conn).map_err(StartError::schema)?;
    if pending.is_empty() { Ok(conn) } else { Err(StartError::OldSchema { pending: pending.join(", ") }) }
}

fn opener(settings: &Settings) -> Result<Opener, StartError> {
    Opener::new(&settings.database_url(), DatabaseTimeouts::from(&settings.database)).map_err(StartError::Database)
}

fn opened(opener: &Opener) -> Result<AnyConn, StartError> {
    let mut conn = opener.open().map_err(|error| StartError::Database(StoreError::Database(error.to_string())))?;
    pooler::refuse_shared_sessions(opener, &mut conn).map_err(StartError::Database)?;
    migrate::refuse_newer(&mut conn).map_err(StartError::schema)?;
    Ok(conn)
}

fn make_folder(folder: &Path) -> Result<(), StartError> {
    private::folder(folder).map_err(|cause| StartError::Folder { folder: folder.display().to_string(), cause })
}
