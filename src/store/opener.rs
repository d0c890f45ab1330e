//! Where the database is, and how a connection to it is opened.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;

use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::limits::DatabaseTimeouts;
use crate::store::matching;

/// The address of the database and the setup of its connections.
#[derive(Clone)]
pub struct Opener {
    url: String,
    limits: DatabaseTimeouts,
}

impl Opener {
    /// For a URL `sqlite://PATH` or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Database`] for another scheme.
    pub fn new(url: &str, limits: DatabaseTimeouts) -> Result<Self, StoreError> {
        let known = ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !known {
            return Err(StoreError::Database("database.url must begin with sqlite:// or postgres://".to_owned()));
        }
        let url = if url.starts_with("sqlite://") { url.to_owned() } else { limits.in_url(url) };
        Ok(Self { url, limits })
    }

    /// The path of the SQLite file; `None` on PostgreSQL.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&str> {
        self.url.strip_prefix("sqlite://")
    }

    /// Opens a connection. Never lets a dead PostgreSQL fall through to a SQLite file, as the derived `establish` would.
    ///
    /// # Errors
    /// diesel's connection error, with the message of the database.
    pub fn open(&self) -> ConnectionResult<AnyConn> {
        if let Some(path) = self.sqlite_path() {
            let mut conn = SqliteConnection::establish(path)?;
            // busy_timeout first: switching to WAL needs the lock.
            conn.batch_execute(
                "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
                 PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;",
            )
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
            matching::register(&mut conn).map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(AnyConn::Sqlite(conn))
        } else {
            let mut conn = PgConnection::establish(&self.url)?;
            conn.batch_execute(&self.limits.in_session()).map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(AnyConn::Pg(conn))
        }
    }
}

impl ManageConnection for Opener {
    type Connection = AnyConn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConn, Self::Error> {
        self.open().map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut AnyConn) -> Result<(), Self::Error> {
        conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut AnyConn) -> bool {
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(conn)
    }
}
