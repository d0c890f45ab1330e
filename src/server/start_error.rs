//! Why a server or a command could not start.

use std::io;
use std::net::SocketAddr;

use crate::app::ledger::keys::SigningKeyError;
use crate::documents::token_key::TokenKeyError;
use crate::store::StoreError;

/// The reason why a server could not start, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be had.
    #[error("{key} = {address} can't be listened on: {cause}; is another server running there?")]
    Bind {
        /// The setting.
        key: &'static str,
        /// The value of the setting.
        address: SocketAddr,
        /// The error of the system.
        cause: io::Error,
    },
    /// The data folder can't be made.
    #[error("the folder {folder} can't be made: {cause}; make it for this user, or set server.data_dir")]
    Folder {
        /// The folder.
        folder: String,
        /// The error of the system.
        cause: io::Error,
    },
    /// The database does not answer.
    #[error("the database can't be opened: {0}; check database.url and run `zhitongche check`")]
    Database(StoreError),
    /// The schema can't be read or changed.
    #[error("the schema can't be brought up to date: {0}; the database's user must own it")]
    Schema(StoreError),
    /// A newer program has changed the schema.
    #[error("{0}")]
    NewerSchema(StoreError),
    /// There is no database where one is needed.
    #[error(
        "there is no database at {0}: check server.data_dir and database.url; `zhitongche serve` or `zhitongche migrate` makes a new one"
    )]
    NoDatabase(String),
    /// The ledger's signing key can't be had.
    #[error("{0}")]
    Key(SigningKeyError),
    /// The key that binds sessions and tokens can't be had, or is another.
    #[error("{0}")]
    TokenKey(#[from] TokenKeyError),
    /// Letters can't be made or sent with these settings.
    #[error("{0}")]
    Mail(String),
    /// The system provides no threads.
    #[error("no more threads: {0}; raise the limit of processes for this user")]
    Threads(io::Error),
    /// The schema is older than the program, and the settings do not allow to change it.
    #[error("the schema lacks {pending}: run `zhitongche migrate`, or set database.migrate_at_start = true")]
    OldSchema {
        /// Names of the migrations.
        pending: String,
    },
}

impl StartError {
    pub(crate) fn schema(error: StoreError) -> Self {
        match error {
            newer @ StoreError::NewerSchema { .. } => Self::NewerSchema(newer),
            other => Self::Schema(other),
        }
    }
}
