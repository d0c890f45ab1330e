//! Channels, their organisations, and the counters for numbers.

use diesel::prelude::*;

use crate::cached;
use crate::domain::channel::ChannelSettings;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, OrganizationId};
use crate::domain::vocabulary::OrganizationKind;
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::rows::Versions;
use crate::store::schema::{channels, counters, organizations};
use crate::store::write_buffer;

/// A row of `channels`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = channels, treat_none_as_default_value = false)]
pub(crate) struct ChannelRow {
    pub id: ChannelId,
    pub code: String,
    pub name: String,
    pub settings: String,
    pub version: i64,
    pub created_at: Moment,
    pub calendar_version: i64,
    pub webhook_version: i64,
    pub people_version: i64,
}

impl ChannelRow {
    pub(crate) fn settings(&self) -> Result<ChannelSettings, StoreError> {
        serde_json::from_str(&self.settings).map_err(|error| StoreError::unreadable("channels.settings", &error))
    }
}

/// A row of `organizations`.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = organizations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct OrganizationRow {
    pub id: OrganizationId,
    pub channel_id: ChannelId,
    pub name: String,
    pub kind: OrganizationKind,
    pub screening: bool,
    pub version: i64,
    pub created_at: Moment,
    pub closed_at: Option<Moment>,
}

pub(crate) fn insert(conn: &mut AnyConn, channel: &ChannelRow) -> Result<(), StoreError> {
    diesel::insert_into(channels::table).values(channel).execute(conn)?;
    proof::wrote(&tables::CHANNELS, &[&channel.id])
}

/// Locks the rows of these channels until the transaction ends, in the order of their ids; SQLite has one writer and needs no lock.
pub(crate) fn lock(conn: &mut AnyConn, ids: &[ChannelId]) -> Result<(), StoreError> {
    if let AnyConn::Pg(conn) = conn {
        let rows = channels::table.filter(channels::id.eq_any(ids)).order(channels::id).select(channels::id);
        rows.for_no_key_update().load::<ChannelId>(conn)?;
    }
    Ok(())
}

pub(crate) fn find(conn: &mut AnyConn, id: ChannelId) -> Result<ChannelRow, StoreError> {
    Ok(channels::table.filter(channels::id.eq(id)).get_result(conn)?)
}

/// Within a group of acts they stay as they are until the commit.
pub(crate) fn versions(conn: &mut AnyConn, id: ChannelId) -> Result<Versions, StoreError> {
    let row = channels::table.filter(channels::id.eq(id));
    let columns = (channels::version, channels::calendar_version, channels::webhook_version, channels::people_version);
    if !write_buffer::is_open() {
        return Ok(cached!(row.select(columns)).get_result(conn)?);
    }
    write_buffer::versions(id, || match conn {
        AnyConn::Pg(conn) => Ok(row.select(columns).for_share().get_result(conn)?),
        AnyConn::Sqlite(_) => Ok(cached!(row.select(columns)).get_result(conn)?),
    })
}

/// Counts a change of a channel's webhooks, and locks them against other changes until the transaction ends.
pub(crate) fn webhooks_change(conn: &mut AnyConn, id: ChannelId) -> Result<(), StoreError> {
    let counted = channels::webhook_version.eq(channels::webhook_version + 1);
    diesel::update(channels::table.filter(channels::id.eq(id))).set(counted).execute(conn)?;
    Ok(())
}

/// Counts a change of the calendar of a channel or of all channels, and locks it against other changes until the transaction ends.
pub(crate) fn calendar_changes(conn: &mut AnyConn, of: Option<ChannelId>) -> Result<(), StoreError> {
    let counted = channels::calendar_version.eq(channels::calendar_version + 1);
    match of {
        Some(id) => diesel::update(channels::table.filter(channels::id.eq(id))).set(counted).execute(conn)?,
        None => {
            // In one order, so that two of them don't wait for each other.
            if let AnyConn::Pg(conn) = conn {
                channels::table.order(channels::id).select(channels::id).for_no_key_update().load::<ChannelId>(conn)?;
            }
            diesel::update(channels::table).set(counted).execute(conn)?
        }
    };
    Ok(())
}

pub(crate) fn list(conn: &mut AnyConn) -> Result<Vec<ChannelRow>, StoreError> {
    Ok(channels::table.order(channels::code).load(conn)?)
}

/// The channel that was opened first, whose administrators are the installation's.
///
/// # Errors
/// The store's.
pub(crate) fn opened_first(conn: &mut AnyConn) -> Result<Option<ChannelId>, StoreError> {
    Ok(channels::table.order((channels::created_at, channels::id)).select(channels::id).first(conn).optional()?)
}

/// Names and settings of the first channels, by code.
pub(crate) fn first(conn: &mut AnyConn, limit: i64) -> Result<Vec<ChannelRow>, StoreError> {
    Ok(channels::table.order(channels::code).limit(limit).load(conn)?)
}

pub(crate) fn insert_organization(conn: &mut AnyConn, organization: &OrganizationRow) -> Result<(), StoreError> {
    diesel::insert_into(organizations::table).values(organization).execute(conn)?;
    proof::wrote(&tables::ORGANIZATIONS, &[&organization.id])
}

pub(crate) fn find_organization(conn: &mut AnyConn, channel: ChannelId, id: OrganizationId) -> Result<OrganizationRow, StoreError> {
    let row = organizations::table.filter(organizations::id.eq(id)).filter(organizations::channel_id.eq(channel));
    Ok(cached!(row).get_result(conn)?)
}

/// Locks an organisation, so that it is not closed before the transaction ends. For acts that add a member or a manuscript to it.
pub(crate) fn organization_to_rely_on(conn: &mut AnyConn, channel: ChannelId, id: OrganizationId) -> Result<OrganizationRow, StoreError> {
    let row = organizations::table.filter(organizations::id.eq(id)).filter(organizations::channel_id.eq(channel));
    match conn {
        AnyConn::Pg(conn) => Ok(row.for_share().get_result(conn)?),
        AnyConn::Sqlite(_) => find_organization(conn, channel, id),
    }
}

pub(crate) fn list_organizations(conn: &mut AnyConn, channel: ChannelId) -> Result<Vec<OrganizationRow>, StoreError> {
    Ok(organizations::table.filter(organizations::channel_id.eq(channel)).order(organizations::id).load(conn)?)
}

/// The next number of a counter, from 1. The counter's row stays locked until the commit, so call it last.
pub(crate) fn next_number(conn: &mut AnyConn, channel: ChannelId, name: &str) -> Result<i64, StoreError> {
    if write_buffer::is_open() {
        return write_buffer::next_number(channel, name, || draw_number(conn, channel, name));
    }
    draw_number(conn, channel, name)
}

/// Sets a counter that this transaction has locked.
pub(crate) fn set_counter(conn: &mut AnyConn, channel: ChannelId, name: &str, value: i64) -> Result<(), StoreError> {
    let row = counters::table.filter(counters::channel_id.eq(channel)).filter(counters::name.eq(name));
    cached!(diesel::update(row).set(counters::value.eq(value))).execute(conn)?;
    Ok(())
}

fn draw_number(conn: &mut AnyConn, channel: ChannelId, name: &str) -> Result<i64, StoreError> {
    let row = (counters::channel_id.eq(channel), counters::name.eq(name), counters::value.eq(1_i64));
    let next = diesel::insert_into(counters::table)
        .values(row)
        .on_conflict((counters::channel_id, counters::name))
        .do_update()
        .set(counters::value.eq(counters::value + 1))
        .returning(counters::value);
    Ok(cached!(DualBackend(next)).get_result(conn)?)
}

/// Writes a channel's name and settings over the version that was seen.
pub(crate) fn save(conn: &mut AnyConn, row: &ChannelRow, seen: i64) -> Result<(), StoreError> {
    let set = (channels::name.eq(&row.name), channels::settings.eq(&row.settings), channels::version.eq(row.version));
    let changed =
        diesel::update(channels::table.filter(channels::id.eq(row.id)).filter(channels::version.eq(seen))).set(set).execute(conn)?;
    if changed == 1 { proof::wrote(&tables::CHANNELS, &[&row.id]) } else { Err(StoreError::Stale { current: find(conn, row.id)?.version }) }
}

/// Writes an organisation over the version that was seen.
pub(crate) fn save_organization(conn: &mut AnyConn, row: &OrganizationRow, seen: i64) -> Result<(), StoreError> {
    let same = organizations::table.filter(organizations::id.eq(row.id)).filter(organizations::version.eq(seen));
    if diesel::update(same).set(row).execute(conn)? == 1 {
        return proof::wrote(&tables::ORGANIZATIONS, &[&row.id]);
    }
    let current = organizations::table.filter(organizations::id.eq(row.id)).select(organizations::version).get_result(conn)?;
    Err(StoreError::Stale { current })
}

pub(crate) fn page_of_organizations(
    conn: &mut AnyConn,
    channel: ChannelId,
    after: Option<OrganizationId>,
    limit: i64,
) -> Result<Vec<OrganizationRow>, StoreError> {
    let mut rows = organizations::table.filter(organizations::channel_id.eq(channel)).into_boxed();
    if let Some(after) = after {
        rows = rows.filter(organizations::id.lt(after));
    }
    Ok(rows.order(organizations::id.desc()).limit(limit).load(conn)?)
}
