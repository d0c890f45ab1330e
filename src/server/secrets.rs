//! The keys of a node, checked before any request is answered: created where the installation is new, compared with their fingerprints in
//! the database otherwise. A missing or different key is never replaced silently.

use diesel::Connection;

use crate::app::sign_in;
use crate::config::Settings;
use crate::documents::token_key::{TokenKey, TokenKeyError};
use crate::server::start_error::StartError;
use crate::store::{AnyConn, StoreError, migrate, secrets, tokens};

/// Checks or creates the key that binds sessions, tokens and one-time links. `applied` are the migrations of this start.
///
/// Rows from before the migration that introduced the codes are bound once: by the process that applied it, and only if it also creates the
/// key. An attacker who can write only the database can't repeat that, because the key's file remains.
///
/// # Errors
/// When the key is missing, is a different one, or can't be created; the message says what to do.
pub fn see_to_token_key(conn: &mut AnyConn, settings: &Settings, applied: &[String]) -> Result<(), StartError> {
    let path = settings.token_key_file();
    let first = applied.iter().any(|version| version == migrate::CODES);
    // Another node may be creating the key at this moment: the slower one finds its row, and the file if the folder is shared.
    for _ in 0..2 {
        let known = secrets::fingerprint(conn, secrets::TOKENS).map_err(StartError::Database)?;
        let found = TokenKey::load(&path)?;
        match (known, found) {
            (Some(known), Some(key)) if key.fingerprint() == known => return Ok(()),
            (Some(_), Some(_)) => return Err(TokenKeyError::Other { path }.into()),
            (Some(_), None) => return Err(TokenKeyError::Missing { path }.into()),
            (None, found) => {
                if make(conn, settings, found, first)? {
                    return Ok(());
                }
            }
        }
    }
    Err(TokenKeyError::Missing { path }.into())
}

/// The reason why a new key could not be made: the store or the disk.
enum Failed {
    Store(StoreError),
    Key(TokenKeyError),
}

impl From<diesel::result::Error> for Failed {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Names the key in the database and writes its file before that is committed. `false` when another node was faster.
fn make(conn: &mut AnyConn, settings: &Settings, found: Option<TokenKey>, first: bool) -> Result<bool, StartError> {
    let path = settings.token_key_file();
    let fresh = found.is_none();
    let key = found.unwrap_or_else(TokenKey::generate);
    let made = conn.transaction(|conn| {
        // The write comes first and takes the lock, so nothing that was read can have changed meanwhile.
        if !secrets::claim(conn, secrets::TOKENS, &key.fingerprint())? {
            return Ok(false);
        }
        if fresh && !key.create(&path).map_err(Failed::Key)? {
            return Err(Failed::Key(TokenKeyError::Other { path: path.clone() }));
        }
        if fresh && first {
            for row in tokens::unbound(conn)? {
                tokens::bind(conn, row.id, &sign_in::code_of(&key, &row))?;
            }
            sign_in::bind_passwords(conn, &key)?;
        }
        Ok(true)
    });
    match made {
        Ok(made) => {
            if made && fresh {
                tracing::info!(file = %path.display(), "made the key that binds sessions and tokens; keep a copy of the secrets folder elsewhere");
            }
            Ok(made)
        }
        Err(Failed::Key(error)) => Err(error.into()),
        Err(Failed::Store(error)) => Err(StartError::Database(error)),
    }
}
