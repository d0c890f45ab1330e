//! Organisations of a channel: parties, federations, associations, departments.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::accounts::{AccountChange, By, enter, lock, stand_ins, versions};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::folding::name_key;
use crate::domain::ids::{ChannelId, OrganizationId};
use crate::domain::permission::Actor;
use crate::domain::violation::{Violation, required_line};
use crate::domain::vocabulary::{OrganizationKind, Role};
use crate::store::channels::{self, OrganizationRow};

/// An organisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationView {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    #[schema(examples("民盟云溪县委"))]
    pub name: String,
    /// The kind of body.
    pub kind: OrganizationKind,
    /// Whether its office screens the manuscripts of its members.
    pub screening: bool,
    /// Its version, for changes.
    pub version: i64,
    /// The time of its creation.
    pub created_at: Moment,
    /// The time since when it accepts no new people and manuscripts.
    pub closed_at: Option<Moment>,
}

impl From<OrganizationRow> for OrganizationView {
    fn from(row: OrganizationRow) -> Self {
        let OrganizationRow { id, name, kind, screening, version, created_at, closed_at, .. } = row;
        Self { id, name, kind, screening, version, created_at, closed_at }
    }
}

/// Creates an organisation.
///
/// # Errors
/// [`AppError::Refused`] for anybody but system administrators; [`AppError::Invalid`] if the name is taken or invalid.
pub fn add(
    tx: &mut Tx<'_>,
    by: By<'_>,
    channel: ChannelId,
    name: &str,
    kind: OrganizationKind,
    screening: bool,
) -> Result<OrganizationId, AppError> {
    by.within(channel)?;
    let permit = by.permit(&[Role::SystemAdmin])?;
    let name = free_name(tx, channel, name, None)?;
    let id: OrganizationId = tx.id();
    let row = OrganizationRow { id, channel_id: channel, name, kind, screening, version: 1, created_at: tx.now, closed_at: None };
    channels::insert_organization(tx.conn, &row)?;
    enter(tx, AccountChange { channel, by, permit, action: "create", object: "organization", id: id.0, facts: json!({ "kind": kind }) })?;
    Ok(id)
}

fn free_name(tx: &mut Tx<'_>, channel: ChannelId, name: &str, own: Option<OrganizationId>) -> Result<String, AppError> {
    let name = required_line("name", name, 60)?;
    let taken =
        channels::list_organizations(tx.conn, channel)?.iter().any(|one| name_key(&one.name) == name_key(&name) && Some(one.id) != own);
    if taken { Err(Violation::new("name", "taken").into()) } else { Ok(name) }
}

/// Returns a page of the organisations of the caller's channel, newest first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, after: Option<OrganizationId>, limit: i64) -> Result<Vec<OrganizationView>, AppError> {
    let rows = channels::page_of_organizations(tx.conn, actor.channel, after, limit)?;
    Ok(rows.into_iter().map(OrganizationView::from).collect())
}

/// Returns all organisations of a channel, for the command line.
///
/// # Errors
/// Fails if a database operation fails.
pub fn all(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Vec<OrganizationView>, AppError> {
    Ok(channels::list_organizations(tx.conn, channel)?.into_iter().map(OrganizationView::from).collect())
}

/// Returns one organisation of the caller's channel.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: OrganizationId) -> Result<OrganizationView, AppError> {
    Ok(channels::find_organization(tx.conn, actor.channel, id)?.into())
}

/// Changes of an organisation; absent fields stay unchanged.
#[derive(Debug, Clone, Default)]
pub struct OrganizationUpdate {
    /// The new name.
    pub name: Option<String>,
    /// The new kind.
    pub kind: Option<OrganizationKind>,
    /// Whether its office screens manuscripts.
    pub screening: Option<bool>,
    /// Whether it is closed.
    pub closed: Option<bool>,
}

/// Changes an organisation.
///
/// # Errors
/// As [`add`]; [`AppError::NotFound`], [`AppError::Stale`].
pub fn change(
    tx: &mut Tx<'_>,
    by: By<'_>,
    channel: ChannelId,
    (id, seen): (OrganizationId, i64),
    changes: OrganizationUpdate,
) -> Result<(), AppError> {
    by.within(channel)?;
    let permit = by.permit(&[Role::SystemAdmin])?;
    lock(tx, by, &[])?;
    let mut row = channels::find_organization(tx.conn, channel, id)?;
    let mut facts = serde_json::Map::new();
    let renamed = changes.name.is_some();
    if let Some(name) = changes.name {
        row.name = free_name(tx, channel, &name, Some(id))?;
    }
    if let Some(kind) = changes.kind {
        row.kind = kind;
        facts.insert("kind".to_owned(), json!(kind));
    }
    if let Some(screening) = changes.screening {
        row.screening = screening;
        facts.insert("screening".to_owned(), json!(screening));
    }
    if let Some(closed) = changes.closed {
        row.closed_at = closed.then(|| row.closed_at.unwrap_or(tx.now));
        facts.insert("closed".to_owned(), json!(closed));
    }
    row.version = seen + 1;
    channels::save_organization(tx.conn, &row, seen)?;
    if renamed {
        versions::note_all_of(tx, channel, id)?;
    }
    enter(tx, AccountChange { channel, by, permit, action: "change", object: "organization", id: id.0, facts: Value::Object(facts) })?;
    if row.closed_at.is_some() { stand_ins::end_unfit_of(tx, by, permit, channel, id) } else { Ok(()) }
}
