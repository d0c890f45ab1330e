//! Detects a pooler between this program and PostgreSQL that gives a session to another client between two transactions, as pgbouncer does
//! with `pool_mode = transaction`. Prepared statements, time-outs and the lock of migrations belong to a session.

use diesel::connection::SimpleConnection;

use crate::domain::clock::Clock;
use crate::store::connection::AnyConn;
use crate::store::error::{StoreError, condition};
use crate::store::opener::Opener;

/// Leaves a mark in the session of `conn`, and looks whether another connection finds it.
///
/// # Errors
/// [`StoreError::SharedSession`] if so; the database's.
pub fn refuse_shared_sessions(opener: &Opener, conn: &mut AnyConn) -> Result<(), StoreError> {
    let AnyConn::Pg(conn) = conn else { return Ok(()) };
    let mark: uuid::Uuid = Clock::System.id();
    conn.batch_execute(&format!("SET zhitongche.session = '{mark}'"))?;
    let mut other = opener.open().map_err(|error| StoreError::Away(error.to_string()))?;
    // One message without a prepared statement, because a pooler of this kind may not support those.
    let found = other.batch_execute(&format!(
        "DO $$ BEGIN IF current_setting('zhitongche.session', true) = '{mark}' THEN RAISE EXCEPTION 'shared'; END IF; END $$"
    ));
    conn.batch_execute("SET zhitongche.session = ''")?;
    match found {
        Err(error) if condition(&error).is_some() => Err(error.into()),
        Err(_) => Err(StoreError::SharedSession),
        Ok(()) => Ok(()),
    }
}
