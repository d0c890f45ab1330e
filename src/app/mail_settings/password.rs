//! The password of the mail server: the choice between the typed and the stored one, and its encryption in the database.

use serde_json::json;

use crate::app::{AppError, Tx};
use crate::config::Secret;
use crate::documents::sealed::{SecretBox, UnsealError};
use crate::documents::token_key::TokenKey;
use crate::domain::mail_settings::MailSettings;
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::store::StoreError;
use crate::store::mail_settings::{self as store, MailSettingsRow};

/// The largest size of a password, in bytes.
const MOST: usize = 1024;

/// A password and its origin.
pub(super) enum Password {
    /// No password is needed.
    None,
    /// The stored one.
    Stored(String),
    /// A new one.
    New(String),
}

impl Password {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::None => "",
            Self::Stored(text) | Self::New(text) => text,
        }
    }
}

/// Returns the data to which an encrypted password is bound: everything that decides where it is sent, and for whose letters.
fn bound(version: i64, of: &MailSettings) -> Vec<u8> {
    let MailSettings { transport, host, port, security, login, from_name, from_address } = of;
    json!(["mail_settings", version, transport, host, port, security, login, from_name, from_address]).to_string().into_bytes()
}

pub(super) fn seal(key: &TokenKey, version: i64, of: &MailSettings, password: &str) -> Vec<u8> {
    SecretBox::new(key).seal(&bound(version, of), password.as_bytes())
}

/// Decrypts the password of a row, provided that only this program has changed the row.
pub(super) fn open(key: &TokenKey, row: &MailSettingsRow) -> Result<String, UnsealError> {
    let plain = SecretBox::new(key).open(&bound(row.version, &row.settings), &row.password)?;
    String::from_utf8(plain).map_err(|_| UnsealError)
}

/// Chooses the typed or the stored password. The stored one is used only for the host for which it was typed: otherwise a person who may
/// change the settings could have it sent to themselves.
pub(super) fn choose(
    typed: Option<&Secret>,
    login_is_empty: bool,
    host: Option<&str>,
    before: Option<(&MailSettingsRow, Result<String, UnsealError>)>,
) -> Result<Password, Violation> {
    match (typed, login_is_empty) {
        (Some(_), true) => Err(Violation::required("login")),
        (None, true) => Ok(Password::None),
        (Some(typed), false) => {
            let text = typed.expose();
            if text.len() > MOST {
                return Err(Violation::beyond("password", "too_long", text.chars().count(), MOST));
            }
            if text.chars().any(char::is_control) {
                return Err(Violation::new("password", "control_character"));
            }
            Ok(Password::New(text.to_owned()))
        }
        (None, false) => match before {
            None => Err(Violation::required("password")),
            Some((_, Err(UnsealError))) => Err(Violation::new("password", "password_unreadable")),
            Some((row, Ok(_))) if row.settings.login.is_empty() => Err(Violation::required("password")),
            Some((row, Ok(_))) if host.is_some_and(|host| host != row.settings.host) => {
                Err(Violation::new("password", "password_for_host"))
            }
            Some((_, Ok(stored))) => Ok(Password::Stored(stored)),
        },
    }
}

/// Encrypts a typed password for a page that is shown again, so that it need not be typed again: for this person only, and never displayed.
///
/// # Errors
/// Fails if a database operation fails.
pub fn typed_password(tx: &mut Tx<'_>, actor: &Actor, typed: &Secret) -> Result<Vec<u8>, AppError> {
    Ok(SecretBox::new(&tx.token_key()?).seal(&carried(actor), typed.expose().as_bytes()))
}

/// Decrypts a password that [`typed_password`] encrypted; returns `None` if it was not for this person.
///
/// # Errors
/// Fails if a database operation fails.
pub fn carried_password(tx: &mut Tx<'_>, actor: &Actor, sealed: &[u8]) -> Result<Option<Secret>, AppError> {
    let plain = SecretBox::new(&tx.token_key()?).open(&carried(actor), sealed).ok();
    Ok(plain.and_then(|plain| String::from_utf8(plain).ok()).map(Secret::new))
}

fn carried(actor: &Actor) -> Vec<u8> {
    json!(["typed mail password", actor.user]).to_string().into_bytes()
}

/// Encrypts the stored password with another key, if the previous one can still decrypt it; otherwise it has to be typed again.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn reseal(tx: &mut Tx<'_>, before: Option<&TokenKey>, key: &TokenKey) -> Result<(), StoreError> {
    let Some(row) = store::find(tx.conn)? else { return Ok(()) };
    match before.and_then(|before| open(before, &row).ok()) {
        Some(password) => store::reseal(tx.conn, &seal(key, row.version, &row.settings, &password)),
        None => Ok(()),
    }
}
