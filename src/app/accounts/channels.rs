//! Channels: the tenancy of one united front work department each. A person sees only their own; the command line sees all.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::accounts::{AccountChange, By, enter};
use crate::app::{AppError, Tx};
use crate::domain::channel::ChannelSettings;
use crate::domain::clock::Moment;
use crate::domain::folding::folded;
use crate::domain::ids::ChannelId;
use crate::domain::permission::Actor;
use crate::domain::violation::{Param, Violation, Violations, required_line};
use crate::domain::vocabulary::Role;
use crate::store::StoreError;
use crate::store::channels::{self as store, ChannelRow};

/// A channel as administrators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelView {
    /// Its id.
    pub id: ChannelId,
    /// Its short name, for commands.
    #[schema(examples("yunxi"))]
    pub code: String,
    /// Its name.
    #[schema(examples("云溪县建言献策直通车"))]
    pub name: String,
    /// Time limits, categories, reasons, series; everything has a default.
    #[schema(value_type = Object)]
    pub settings: Value,
    /// Its version, for changes.
    pub version: i64,
    /// The time of its creation.
    pub created_at: Moment,
}

fn show(row: ChannelRow) -> Result<ChannelView, StoreError> {
    let settings = serde_json::to_value(row.settings()?).map_err(|error| StoreError::unreadable("channels.settings", &error))?;
    Ok(ChannelView { id: row.id, code: row.code, name: row.name, settings, version: row.version, created_at: row.created_at })
}

/// Creates a channel, as an act of the program.
///
/// # Errors
/// [`AppError::Invalid`] unless the code consists of 2–32 small letters, digits and hyphens and is not taken, and there is a name.
pub fn add(tx: &mut Tx<'_>, code: &str, name: &str) -> Result<ChannelId, AppError> {
    let mut wrong = Violations::default();
    let code = wrong.take(required_line("code", &folded(code), 32));
    let name = wrong.take(required_line("name", name, 60));
    if !code.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-') || code.len() < 2 {
        wrong.add(Violation::new("code", "bad_login"));
    }
    if store::list(tx.conn)?.iter().any(|one| one.code == code) {
        wrong.add(Violation::new("code", "taken"));
    }
    wrong.or(())?;
    let id: ChannelId = tx.id();
    let settings = serde_json::to_string(&ChannelSettings::default()).map_err(|e| StoreError::unreadable("channels.settings", &e))?;
    store::insert(
        tx.conn,
        &ChannelRow {
            id,
            code,
            name,
            settings,
            version: 1,
            created_at: tx.now,
            calendar_version: 1,
            webhook_version: 0,
            people_version: 1,
        },
    )?;
    let (by, permit) = (By::Program, By::Program.permit(&[])?);
    enter(tx, AccountChange { channel: id, by, permit, action: "create", object: "channel", id: id.0, facts: Value::Null })?;
    // The installation's ledger uses a chain of its own for it, because the channel's id names that of the channel's ledger.
    let (installation, facts) = (ChannelId::INSTALLATION, json!({ "channel": id }));
    enter(
        tx,
        AccountChange { channel: installation, by, permit, action: "add_channel", object: "installation", id: installation.0, facts },
    )?;
    Ok(id)
}

/// Returns all channels, for the command line.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ChannelView>, AppError> {
    store::list(tx.conn)?.into_iter().map(|row| Ok(show(row)?)).collect()
}

/// Returns the channel with this code.
///
/// # Errors
/// [`AppError::Invalid`] if there is none, with the existing codes; if there is only one channel, no code is needed.
pub fn by_code(tx: &mut Tx<'_>, code: Option<&str>) -> Result<ChannelId, AppError> {
    let all = store::list(tx.conn)?;
    let found = match code {
        Some(code) => all.iter().find(|one| one.code == code),
        None => all.first().filter(|_| all.len() == 1),
    };
    let wrong = || {
        let code = if all.is_empty() { "no_channel" } else { "which_channel" };
        let codes = all.iter().map(|one| one.code.as_str()).collect::<Vec<_>>().join(", ");
        Violation { field: "--channel".to_owned(), code, params: vec![("codes", Param::Text(codes))] }
    };
    found.map(|one| one.id).ok_or_else(|| wrong().into())
}

/// Returns one channel.
///
/// # Errors
/// [`AppError::NotFound`] for another channel.
pub fn find(tx: &mut Tx<'_>, by: By<'_>, id: ChannelId) -> Result<ChannelView, AppError> {
    by.within(id)?;
    Ok(show(store::find(tx.conn, id)?)?)
}

/// Returns the actor's own channel and its settings, if they may change them.
///
/// # Errors
/// [`AppError::Refused`] for anybody but system administrators.
pub fn to_change(tx: &mut Tx<'_>, actor: &Actor) -> Result<(ChannelView, ChannelSettings), AppError> {
    actor.need(&[Role::SystemAdmin])?;
    let row = store::find(tx.conn, actor.channel)?;
    let settings = row.settings()?;
    Ok((show(row)?, settings))
}

/// Changes of a channel; absent fields stay unchanged.
#[derive(Debug, Clone, Default)]
pub struct ChannelUpdate {
    /// The new name.
    pub name: Option<String>,
    /// The new settings, complete.
    pub settings: Option<Value>,
}

/// Changes a channel's name or settings.
///
/// # Errors
/// [`AppError::Refused`] for anybody but system administrators, [`AppError::Stale`], [`AppError::Invalid`].
pub fn change(tx: &mut Tx<'_>, by: By<'_>, id: ChannelId, seen: i64, changes: ChannelUpdate) -> Result<(), AppError> {
    by.within(id)?;
    let permit = by.permit(&[Role::SystemAdmin])?;
    let mut row = store::find(tx.conn, id)?;
    let mut wrong = Violations::default();
    if let Some(name) = changes.name {
        row.name = wrong.take(required_line("name", &name, 60));
    }
    if let Some(settings) = changes.settings {
        let settings: ChannelSettings = serde_json::from_value(settings).map_err(|error| unreadable(&error))?;
        settings.check().err().into_iter().flatten().for_each(|one| wrong.add(one));
        row.settings = serde_json::to_string(&settings).map_err(|error| unreadable(&error))?;
    }
    wrong.or(())?;
    row.version = seen + 1;
    store::save(tx.conn, &row, seen)?;
    let facts = json!({ "version": row.version });
    enter(tx, AccountChange { channel: id, by, permit, action: "change", object: "channel", id: id.0, facts })?;
    Ok(())
}

fn unreadable(why: &dyn std::fmt::Display) -> Violation {
    Violation { field: "settings".to_owned(), code: "bad_value", params: vec![("why", Param::Text(why.to_string()))] }
}
