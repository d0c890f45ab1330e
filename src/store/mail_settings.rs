//! The settings of the mail server from the page: one row for the installation, or none.

use diesel::prelude::*;

use crate::cached;
use crate::domain::clock::Moment;
use crate::domain::ids::UserId;
use crate::domain::mail_settings::{MailRoute, MailSecurity, MailSettings};
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::mail_settings;

/// The id of the one row.
const ID: i64 = 1;

/// The row.
#[derive(Debug, Clone)]
pub struct MailSettingsRow {
    /// Its version, from 1.
    pub version: i64,
    /// The values.
    pub settings: MailSettings,
    /// The sealed password; present also without a password.
    pub password: Vec<u8>,
    /// The last person who changed it.
    pub changed_by: UserId,
    /// The time of the last change.
    pub changed_at: Moment,
}

/// Its columns in the order of the table, without the id.
type MailSettingsColumns = (i64, MailRoute, String, i64, MailSecurity, String, Vec<u8>, String, String, UserId, Moment);

impl TryFrom<MailSettingsColumns> for MailSettingsRow {
    type Error = StoreError;

    fn try_from(columns: MailSettingsColumns) -> Result<Self, StoreError> {
        let (version, transport, host, port, security, login, password, from_name, from_address, changed_by, changed_at) = columns;
        let port = u16::try_from(port).map_err(|error| StoreError::unreadable("mail_settings.port", &error))?;
        let settings = MailSettings { transport, host, port, security, login, from_name, from_address };
        Ok(Self { version, settings, password, changed_by, changed_at })
    }
}

/// The row, if something was ever set.
///
/// # Errors
/// The store's.
pub fn find(conn: &mut AnyConn) -> Result<Option<MailSettingsRow>, StoreError> {
    use mail_settings as t;
    let columns = (
        t::version,
        t::transport,
        t::host,
        t::port,
        t::security,
        t::login,
        t::password,
        t::from_name,
        t::from_address,
        t::changed_by,
        t::changed_at,
    );
    let found: Vec<MailSettingsColumns> = cached!(t::table.filter(t::id.eq(ID)).select(columns)).load(conn)?;
    found.into_iter().next().map(MailSettingsRow::try_from).transpose()
}

/// The row's version; 0 where nothing was ever set.
///
/// # Errors
/// The store's.
pub fn version(conn: &mut AnyConn) -> Result<i64, StoreError> {
    let found: Vec<i64> = cached!(mail_settings::table.filter(mail_settings::id.eq(ID)).select(mail_settings::version)).load(conn)?;
    Ok(found.first().copied().unwrap_or(0))
}

/// Writes the row in place of that with version `seen`; 0 where there was none.
///
/// # Errors
/// [`StoreError::Stale`] if it has another version by now.
pub fn save(conn: &mut AnyConn, row: &MailSettingsRow, seen: i64) -> Result<(), StoreError> {
    use mail_settings as t;
    let of = &row.settings;
    let values = (
        t::version.eq(row.version),
        t::transport.eq(of.transport),
        t::host.eq(&of.host),
        t::port.eq(i64::from(of.port)),
        t::security.eq(of.security),
        t::login.eq(&of.login),
        t::password.eq(&row.password),
        t::from_name.eq(&of.from_name),
        t::from_address.eq(&of.from_address),
        t::changed_by.eq(row.changed_by),
        t::changed_at.eq(row.changed_at),
    );
    let written = if seen == 0 {
        DualBackend(diesel::insert_into(t::table).values((t::id.eq(ID), values)).on_conflict_do_nothing()).execute(conn)?
    } else {
        diesel::update(t::table.filter(t::id.eq(ID)).filter(t::version.eq(seen))).set(values).execute(conn)?
    };
    if written == 0 {
        return Err(StoreError::Stale { current: version(conn)? });
    }
    proof::wrote(&tables::MAIL_SETTINGS, &[&ID])
}

/// Writes the password sealed by another key; nothing else of the row changes.
///
/// # Errors
/// The store's.
pub fn reseal(conn: &mut AnyConn, password: &[u8]) -> Result<(), StoreError> {
    diesel::update(mail_settings::table.filter(mail_settings::id.eq(ID))).set(mail_settings::password.eq(password)).execute(conn)?;
    Ok(())
}
