//! Webhooks: the receivers of messages to the group chats of work queues, and the outcome of the last message.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, OrganizationId, UserId, WebhookId};
use crate::domain::lang::Lang;
use crate::domain::vocabulary::Role;
use crate::domain::webhook::{WebhookFault, WebhookFormat};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::webhooks;

/// A row.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = webhooks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct WebhookRow {
    /// Its id.
    pub id: WebhookId,
    /// Its channel.
    pub channel_id: ChannelId,
    /// Its version, from 1.
    pub version: i64,
    /// Its name for administrators.
    pub label: String,
    /// The role of its work queue.
    pub role: Role,
    /// The organisation of the work queue; only of screeners and handlers.
    pub organization_id: Option<OrganizationId>,
    /// The language of its messages.
    pub language: Lang,
    /// The format that the receiver accepts.
    pub format: WebhookFormat,
    /// JSON; empty but for the generic format.
    pub template: String,
    /// The receiver's host, for display.
    pub host: String,
    /// Address and secret, sealed.
    pub target: Vec<u8>,
    /// Whether messages go there.
    pub is_on: bool,
    /// The last person who changed it.
    pub changed_by: UserId,
    /// The time of the last change.
    pub changed_at: Moment,
    /// The time of the last delivered message.
    pub last_sent_at: Option<Moment>,
    /// The time of the last failure.
    pub last_failed_at: Option<Moment>,
    /// The reason of the last failure.
    pub last_fault: Option<WebhookFault>,
    /// The receiver's answer, shortened.
    pub last_detail: Option<String>,
}

impl WebhookRow {
    /// Whether its last message did not arrive.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.is_on && self.last_failed_at.is_some_and(|failed| self.last_sent_at.is_none_or(|sent| sent < failed))
    }
}

/// The data of an active webhook that an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct DeskWebhook {
    /// Its id.
    pub id: WebhookId,
    /// The role of its work queue.
    pub role: Role,
    /// The organisation of the work queue.
    pub organization: Option<OrganizationId>,
}

/// A channel's webhooks that are on.
///
/// # Errors
/// The store's.
pub fn of_desks(conn: &mut AnyConn, channel: ChannelId) -> Result<Vec<DeskWebhook>, StoreError> {
    let on = webhooks::table.filter(webhooks::channel_id.eq(channel)).filter(webhooks::is_on.eq(true));
    Ok(on.order(webhooks::id).select((webhooks::id, webhooks::role, webhooks::organization_id)).load(conn)?)
}

/// One of a channel's webhooks.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn find(conn: &mut AnyConn, channel: ChannelId, id: WebhookId) -> Result<WebhookRow, StoreError> {
    Ok(webhooks::table.filter(webhooks::id.eq(id)).filter(webhooks::channel_id.eq(channel)).get_result(conn)?)
}

/// A channel's webhooks, newest first.
///
/// # Errors
/// The store's.
pub fn of_channel(conn: &mut AnyConn, channel: ChannelId) -> Result<Vec<WebhookRow>, StoreError> {
    Ok(webhooks::table.filter(webhooks::channel_id.eq(channel)).order(webhooks::id.desc()).load(conn)?)
}

/// The webhooks of all channels.
///
/// # Errors
/// The store's.
pub fn all(conn: &mut AnyConn) -> Result<Vec<WebhookRow>, StoreError> {
    Ok(webhooks::table.order(webhooks::id).load(conn)?)
}

/// Writes a new one.
///
/// # Errors
/// The store's.
pub fn insert(conn: &mut AnyConn, row: &WebhookRow) -> Result<(), StoreError> {
    diesel::insert_into(webhooks::table).values(row).execute(conn)?;
    proof::wrote(&tables::WEBHOOKS, &[&row.id])
}

/// Writes one over the version that was seen.
///
/// # Errors
/// [`StoreError::Stale`], [`StoreError::NotFound`].
pub fn save(conn: &mut AnyConn, row: &WebhookRow, seen: i64) -> Result<(), StoreError> {
    let same = webhooks::table.filter(webhooks::id.eq(row.id)).filter(webhooks::version.eq(seen));
    if diesel::update(same).set(row).execute(conn)? == 1 {
        return proof::wrote(&tables::WEBHOOKS, &[&row.id]);
    }
    Err(StoreError::Stale { current: find(conn, row.channel_id, row.id)?.version })
}

/// Removes one. `false`: it is gone already.
///
/// # Errors
/// The store's.
pub fn remove(conn: &mut AnyConn, id: WebhookId) -> Result<bool, StoreError> {
    if diesel::delete(webhooks::table.filter(webhooks::id.eq(id))).execute(conn)? == 0 {
        return Ok(false);
    }
    proof::wrote(&tables::WEBHOOKS, &[&id]).map(|()| true)
}

/// Stores the outcome of a message by this version of the row.
///
/// # Errors
/// The store's.
pub fn called(
    conn: &mut AnyConn,
    (id, version): (WebhookId, i64),
    now: Moment,
    failed: Option<(WebhookFault, &str)>,
) -> Result<(), StoreError> {
    let same = webhooks::table.filter(webhooks::id.eq(id)).filter(webhooks::version.eq(version));
    match failed {
        None => diesel::update(same).set(webhooks::last_sent_at.eq(now)).execute(conn)?,
        Some((fault, detail)) => {
            let why = (webhooks::last_failed_at.eq(now), webhooks::last_fault.eq(fault), webhooks::last_detail.eq(detail));
            diesel::update(same).set(why).execute(conn)?
        }
    };
    Ok(())
}

/// Writes address and secret sealed by another key; nothing else of the row changes.
///
/// # Errors
/// The store's.
pub fn reseal(conn: &mut AnyConn, id: WebhookId, target: &[u8]) -> Result<(), StoreError> {
    diesel::update(webhooks::table.filter(webhooks::id.eq(id))).set(webhooks::target.eq(target)).execute(conn)?;
    Ok(())
}
