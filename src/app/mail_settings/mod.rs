//! The settings of sending letters, set on a page by the administrators of the installation: those of the channel that was opened first.
//! File and environment take precedence; if they define mail settings, nothing can be set here. Every node reads the row before each
//! letter, so a change takes effect at once.

pub mod input;
mod password;
mod trial;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use self::password::Password;
use crate::app::events::{self, LedgerEvent};
use crate::app::{AppError, Tx};
use crate::config::{Secret, Settings, WrittenKey};
use crate::documents::token_key::TokenKey;
use crate::domain::characters::is_blank;
use crate::domain::clock::Moment;
use crate::domain::ids::ChannelId;
use crate::domain::mail_settings::{MailDraft, MailRoute, MailSecurity, MailSettings};
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Param, Violation};
use crate::domain::vocabulary::{Role, words};
use crate::mail::{MailService, Transport};
use crate::store::mail_settings::{self as store, MailSettingsRow};
use crate::store::{AnyConn, StoreError, channels, mail_servers};

pub(crate) use password::reseal;
pub use password::{carried_password, typed_password};
pub use trial::{MailTrialOrder, for_trial, for_trial_of, try_out};

words! {
    /// Whether letters are sent.
    enum MailState {
        /// They are sent to a mail server.
        Sends = "sends",
        /// They are only written to files.
        OnlyFiles = "only_files",
        /// They wait: the settings of the page cannot be decrypted on this node.
        Unreadable = "unreadable",
    }
}

/// A key in file or environment that takes precedence over the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FixedBy {
    /// The key, or the variable of the environment.
    #[schema(example = "mail.smtp_url")]
    pub key: String,
    /// The file and the line, or "environment".
    #[schema(example = "config/local.toml, line 12")]
    pub place: String,
}

/// The effective settings of sending; never the password.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailSettingsView {
    /// The version of the settings on the page, for changes; 0 if there are none.
    pub version: i64,
    /// Whether letters are sent.
    pub state: MailState,
    /// The transport of letters.
    pub transport: MailRoute,
    /// The mail server, in ASCII.
    #[schema(example = "smtp.example.gov.cn")]
    pub host: String,
    /// Its port.
    #[schema(example = 465)]
    pub port: Option<u16>,
    /// The protection of the connection.
    pub security: MailSecurity,
    /// The account.
    pub login: String,
    /// Whether a password is stored.
    pub has_password: bool,
    /// The sender's name.
    pub from_name: String,
    /// The sender's address.
    #[schema(example = "ztc@example.gov.cn")]
    pub from_address: String,
    /// The keys in file or environment that take precedence; if there are any, nothing can be set here.
    pub fixed_by: Vec<FixedBy>,
    /// The time of the last change on the page.
    pub changed_at: Option<Moment>,
}

/// New settings, complete.
#[derive(Debug, Clone)]
pub struct MailChange {
    /// The values.
    pub draft: MailDraft,
    /// The password; if empty or absent, the stored one is used.
    pub password: Option<Secret>,
}

/// Returns whether this person administers the installation: a system administrator of the channel that was opened first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn is_administrator(tx: &mut Tx<'_>, actor: &Actor) -> Result<bool, AppError> {
    Ok(actor.holds(Role::SystemAdmin) && channels::opened_first(tx.conn)? == Some(actor.channel))
}

fn administrator(tx: &mut Tx<'_>, actor: &Actor) -> Result<Permit, AppError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    // If several offices share an installation, none may read where another's letters go, or redirect them.
    if channels::opened_first(tx.conn)? == Some(actor.channel) { Ok(permit) } else { Err(Refusal::NotYours.into()) }
}

/// Returns the settings, for a person who may change them.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators of the installation.
pub fn view(tx: &mut Tx<'_>, actor: &Actor) -> Result<MailSettingsView, AppError> {
    administrator(tx, actor)?;
    let (row, state) = (store::find(tx.conn)?, state(tx)?);
    let version = row.as_ref().map_or(0, |row| row.version);
    if tx.settings.mail.is_fixed() {
        let service = MailService::from_settings(&tx.settings).map_err(|why| StoreError::unreadable("mail", &why))?;
        return Ok(fixed(tx, &service, version, state));
    }
    let changed_at = row.as_ref().map(|row| row.changed_at);
    let has_password = row.as_ref().is_some_and(|row| !row.settings.login.is_empty());
    let of = row.map(|row| row.settings);
    let port = of.as_ref().filter(|of| !of.host.is_empty()).map(|of| of.port);
    let of = of.unwrap_or_else(|| MailSettings {
        transport: MailRoute::File,
        host: String::new(),
        port: MailSecurity::Tls.port(),
        security: MailSecurity::Tls,
        login: String::new(),
        from_name: String::new(),
        from_address: String::new(),
    });
    let MailSettings { transport, host, security, login, from_name, from_address, .. } = of;
    let fixed_by = Vec::new();
    Ok(MailSettingsView {
        version,
        state,
        transport,
        host,
        port,
        security,
        login,
        has_password,
        from_name,
        from_address,
        fixed_by,
        changed_at,
    })
}

/// Returns the settings of file and environment.
fn fixed(tx: &Tx<'_>, service: &MailService, version: i64, state: MailState) -> MailSettingsView {
    let server = match &service.transport {
        Transport::Smtp(server) => Some(server.as_ref()),
        Transport::File(_) | Transport::Memory(_) => None,
    };
    let (from_name, from_address) = service.sender.parts();
    MailSettingsView {
        version,
        state,
        transport: if server.is_some() { MailRoute::Smtp } else { MailRoute::File },
        host: server.map(|server| server.host().to_owned()).unwrap_or_default(),
        port: server.map(|server| server.port()),
        security: server.map_or(MailSecurity::None, |server| server.security()),
        login: server.and_then(|server| server.login()).unwrap_or_default().to_owned(),
        has_password: server.is_some_and(|server| server.login().is_some()),
        from_name,
        from_address,
        fixed_by: fixed_by(&tx.settings),
        changed_at: None,
    }
}

fn fixed_by(settings: &Settings) -> Vec<FixedBy> {
    let show = |written: &WrittenKey| FixedBy { key: written.key.clone(), place: written.place.clone() };
    let all: Vec<FixedBy> = settings.mail.written.iter().map(show).collect();
    // A program that was started with its own settings, such as the demo.
    let own = || vec![FixedBy { key: "mail.transport".to_owned(), place: "configuration".to_owned() }];
    if all.is_empty() && settings.mail.is_fixed() { own() } else { all }
}

/// Returns whether letters are sent.
///
/// # Errors
/// Fails if a database operation fails.
pub fn state(tx: &mut Tx<'_>) -> Result<MailState, StoreError> {
    Ok(match current_service(tx)?.map(|service| service.transport) {
        Ok(Transport::File(_)) => MailState::OnlyFiles,
        Ok(Transport::Smtp(_) | Transport::Memory(_)) => MailState::Sends,
        Err(_) => MailState::Unreadable,
    })
}

/// Returns the current mail service, or a message with the reason why there is none.
///
/// # Errors
/// Fails if a database operation fails.
pub fn current_service(tx: &mut Tx<'_>) -> Result<Result<MailService, String>, StoreError> {
    let key = tx.token_key().map_err(|error| error.to_string());
    service(tx.conn, &std::sync::Arc::clone(&tx.settings), key)
}

/// Returns the same outside of a use case.
///
/// # Errors
/// Fails if a database operation fails.
pub fn service(conn: &mut AnyConn, settings: &Settings, key: Result<TokenKey, String>) -> Result<Result<MailService, String>, StoreError> {
    if settings.mail.is_fixed() {
        return Ok(MailService::from_settings(settings));
    }
    let Some(row) = store::find(conn)? else { return Ok(MailService::from_settings(settings)) };
    let password = key.and_then(|key| password::open(&key, &row).map_err(|error| format!("mail_settings.password: {error}")));
    Ok(password.and_then(|password| MailService::from_page(settings, row.version, &row.settings, password)))
}

/// Changes the settings of sending; `seen` is the version that was read, 0 for none.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators of the installation, [`AppError::Stale`], [`AppError::Invalid`].
pub fn change(tx: &mut Tx<'_>, actor: &Actor, seen: i64, change: MailChange) -> Result<(), AppError> {
    let permit = administrator(tx, actor)?;
    let before = store::find(tx.conn)?;
    let current = before.as_ref().map_or(0, |row| row.version);
    if current != seen {
        return Err(AppError::Stale { current });
    }
    let (settings, password) = checked(tx, change, before.as_ref())?;
    let version = seen + 1;
    let is_new = !matches!(password, Password::Stored(_));
    let sealed = password::seal(&tx.token_key()?, version, &settings, password.text());
    let row = MailSettingsRow { version, settings, password: sealed, changed_by: actor.user, changed_at: tx.now };
    store::save(tx.conn, &row, seen)?;
    // The recorded state of a server was determined with other settings.
    mail_servers::forget(tx.conn)?;
    let of = &row.settings;
    let facts = json!({
        "transport": of.transport, "host": of.host, "port": of.port, "security": of.security,
        "from": of.from_address, "password": if is_new { "set" } else { "kept" },
    });
    let id = ChannelId::INSTALLATION;
    let event = LedgerEvent::new(id, actor.user, permit, "change_mail", "installation", id.0);
    events::append_event(tx, LedgerEvent { version: Some(version), facts, ..event })?;
    Ok(())
}

/// Returns settings and password as they would be stored.
fn checked(tx: &mut Tx<'_>, change: MailChange, before: Option<&MailSettingsRow>) -> Result<(MailSettings, Password), AppError> {
    let strong = fixed_by(&tx.settings);
    if !strong.is_empty() {
        let keys = strong.iter().map(|one| format!("{} ({})", one.key, one.place)).collect::<Vec<_>>().join(", ");
        return Err(Violation { field: "transport".to_owned(), code: "set_outside", params: vec![("keys", Param::Text(keys))] }.into());
    }
    let checked = change.draft.check();
    let typed = change.password.filter(|password| !password.is_empty());
    let login_is_empty = is_blank(&change.draft.login);
    let before = before.map(|row| Ok::<_, StoreError>((row, password::open(&tx.token_key()?, row)))).transpose()?;
    let host = checked.as_ref().map(|of| of.host.as_str()).ok();
    let password = password::choose(typed.as_ref(), login_is_empty, host, before);
    match (checked, password) {
        (Ok(settings), Ok(password)) => {
            let made = MailService::from_page(&tx.settings, 0, &settings, String::new());
            made.map_err(|_| Violation::new("host", "bad_host"))?;
            Ok((settings, password))
        }
        (checked, password) => {
            let mut all = checked.err().unwrap_or_default();
            all.extend(password.err());
            Err(all.into())
        }
    }
}
