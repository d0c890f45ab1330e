//! The counters of statistics: counting the manuscripts that triggers have marked, and reading the sums.
//!
//! A counter is a sum of the [`ManuscriptFacts`] of the manuscripts that were counted; the contribution of each is stored. So a manuscript
//! can be counted again at any time, and a reading that uses the present facts of marked manuscripts is exact before that is done.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::facts::{self, ManuscriptFacts, MonthNumber};
use crate::domain::ids::{ChannelId, ManuscriptId, OrganizationId};
use crate::store::connection::{AnyConn, MultiBackend};
use crate::store::error::StoreError;
use crate::store::schema::{
    manuscripts, statistics_channels as channels, statistics_counters as counters, statistics_facts as facts_table,
    statistics_marks as marks,
};

/// Sums over manuscripts: of those handed in within a month, and how many were concluded then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable)]
pub(crate) struct CounterValues {
    pub received: i64,
    pub accepted: i64,
    pub forwarded: i64,
    pub assigned: i64,
    pub adopted: i64,
    pub implemented: i64,
    /// Manuscripts with at least one endorsement.
    pub endorsed: i64,
    pub endorsements: i64,
    pub instructions: i64,
    pub concluded: i64,
}

impl CounterValues {
    /// Adds other sums.
    pub(crate) fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.accepted += other.accepted;
        self.forwarded += other.forwarded;
        self.assigned += other.assigned;
        self.adopted += other.adopted;
        self.implemented += other.implemented;
        self.endorsed += other.endorsed;
        self.endorsements += other.endorsements;
        self.instructions += other.instructions;
        self.concluded += other.concluded;
    }

    /// The contribution of a manuscript to the month in which it was submitted, multiplied by `times`.
    fn of(facts: &ManuscriptFacts, times: i64) -> Self {
        let one = |is: bool| times * i64::from(is);
        Self {
            received: times,
            accepted: one(facts.accepted),
            forwarded: one(facts.forwarded),
            assigned: one(facts.assigned),
            adopted: one(facts.adopted),
            implemented: one(facts.implemented),
            endorsed: one(facts.endorsements > 0),
            endorsements: times * facts.endorsements,
            instructions: times * facts.instructions,
            concluded: 0,
        }
    }
}

/// Changes of counters, by month and organisation.
#[derive(Debug, Clone, Default)]
pub(crate) struct CounterChanges(BTreeMap<(MonthNumber, OrganizationId), CounterValues>);

impl CounterChanges {
    /// Replaces counted facts by the present ones.
    pub(crate) fn replace(&mut self, counted: &[ManuscriptFacts], now: &[ManuscriptFacts]) {
        let both = counted.iter().map(|facts| (facts, -1)).chain(now.iter().map(|facts| (facts, 1)));
        for (facts, times) in both {
            let of = facts.organization_id;
            self.0.entry((facts.submitted, of)).or_default().add(&CounterValues::of(facts, times));
            if let Some(month) = facts.concluded {
                self.0.entry((month, of)).or_default().concluded += times;
            }
        }
    }

    /// The changes that are not zero.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (MonthNumber, OrganizationId, &CounterValues)> {
        let nothing = CounterValues::default();
        self.0.iter().filter(move |(_, values)| **values != nothing).map(|((month, of), values)| (*month, *of, values))
    }
}

/// The progress of counting in a channel.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct CountingState {
    pub time_zone: String,
    pub counted_to: Option<ManuscriptId>,
    pub is_complete: bool,
}

/// The progress of counting in this channel; `None` before it has begun.
pub(crate) fn state(conn: &mut AnyConn, channel: ChannelId) -> Result<Option<CountingState>, StoreError> {
    let row = channels::table.filter(channels::channel_id.eq(channel));
    Ok(row.select((channels::time_zone, channels::counted_to, channels::is_complete)).first(conn).optional()?)
}

/// Whether a manuscript waits to be counted.
pub(crate) fn is_marked(conn: &mut AnyConn) -> Result<bool, StoreError> {
    Ok(marks::table.select(marks::id).first::<i64>(conn).optional()?.is_some())
}

/// The manuscripts of all channels that wait to be counted.
pub(crate) fn marked(conn: &mut AnyConn) -> Result<BTreeSet<ManuscriptId>, StoreError> {
    Ok(marks::table.select(marks::manuscript_id).load::<ManuscriptId>(conn)?.into_iter().collect())
}

/// The contributions of these manuscripts to the counters of the channel.
pub(crate) fn counted(conn: &mut AnyConn, channel: ChannelId, ids: &[ManuscriptId]) -> Result<Vec<ManuscriptFacts>, StoreError> {
    let mut found = Vec::new();
    for ids in ids.chunks(500) {
        let rows = facts_table::table.filter(facts_table::manuscript_id.eq_any(ids.to_vec()));
        found.extend(rows.filter(facts_table::channel_id.eq(channel)).load::<ManuscriptFacts>(conn)?);
    }
    Ok(found)
}

macro_rules! sum {
    ($column:literal) => {
        sql::<BigInt>(concat!("CAST(SUM(", $column, ") AS BIGINT)"))
    };
}

/// The counters of these months, summed up by `group`, for the whole channel or some organisations.
macro_rules! sums {
    ($conn:expr, $channel:expr, $months:expr, $of:expr, $group:expr) => {{
        let (first, last): (MonthNumber, MonthNumber) = $months;
        let query = counters::table
            .group_by($group)
            .select((
                $group,
                (
                    sum!("received"),
                    sum!("accepted"),
                    sum!("forwarded"),
                    sum!("assigned"),
                    sum!("adopted"),
                    sum!("implemented"),
                    sum!("endorsed"),
                    sum!("endorsements"),
                    sum!("instructions"),
                    sum!("concluded"),
                ),
            ))
            .filter(counters::channel_id.eq($channel))
            .filter(counters::month.between(first, last))
            .into_boxed::<MultiBackend>();
        let query = match $of {
            Some(organizations) => query.filter(counters::organization_id.eq_any(organizations.to_vec())),
            None => query,
        };
        Ok(query.load($conn)?)
    }};
}

/// The sums of each of these months.
pub(crate) fn by_month(
    conn: &mut AnyConn,
    channel: ChannelId,
    months: (MonthNumber, MonthNumber),
    of: Option<&[OrganizationId]>,
) -> Result<Vec<(MonthNumber, CounterValues)>, StoreError> {
    sums!(conn, channel, months, of, counters::month)
}

/// The sums of each organisation over these months.
pub(crate) fn by_organization(
    conn: &mut AnyConn,
    channel: ChannelId,
    months: (MonthNumber, MonthNumber),
    of: Option<&[OrganizationId]>,
) -> Result<Vec<(OrganizationId, CounterValues)>, StoreError> {
    sums!(conn, channel, months, of, counters::organization_id)
}

/// Locks the counters against changes until the commit; they can be read meanwhile. SQLite has one writer.
pub(crate) fn lock(conn: &mut AnyConn) -> Result<(), StoreError> {
    match conn {
        AnyConn::Pg(conn) => Ok(conn.batch_execute("LOCK TABLE statistics_counters IN SHARE ROW EXCLUSIVE MODE")?),
        AnyConn::Sqlite(_) => Ok(()),
    }
}

/// Counts the channel from its beginning, with months of this time zone.
pub(crate) fn begin(conn: &mut AnyConn, channel: ChannelId, zone: Tz) -> Result<(), StoreError> {
    diesel::delete(channels::table.filter(channels::channel_id.eq(channel))).execute(conn)?;
    let row = (
        channels::channel_id.eq(channel),
        channels::time_zone.eq(zone.name()),
        channels::counted_to.eq(None::<ManuscriptId>),
        channels::is_complete.eq(false),
    );
    diesel::insert_into(channels::table).values(row).execute(conn)?;
    Ok(())
}

/// Counts the next manuscripts of a channel that is not complete, in the order of their ids. Returns their number.
pub(crate) fn count_next(conn: &mut AnyConn, (channel, zone): (ChannelId, Tz), at_once: i64) -> Result<usize, StoreError> {
    let Some(CountingState { counted_to, .. }) = state(conn, channel)?.filter(|state| !state.is_complete) else { return Ok(0) };
    let mut next = manuscripts::table.filter(manuscripts::channel_id.eq(channel)).select(manuscripts::id).into_boxed::<MultiBackend>();
    if let Some(last) = counted_to {
        next = next.filter(manuscripts::id.gt(last));
    }
    let ids: Vec<ManuscriptId> = next.order(manuscripts::id.asc()).limit(at_once).load(conn)?;
    count_anew(conn, (channel, zone), &ids)?;
    let target = channels::table.filter(channels::channel_id.eq(channel));
    match ids.last() {
        Some(last) => diesel::update(target).set(channels::counted_to.eq(Some(*last))).execute(conn)?,
        None => diesel::update(target).set(channels::is_complete.eq(true)).execute(conn)?,
    };
    Ok(ids.len())
}

/// Counts marked manuscripts, the oldest marks first, and deletes their marks. Returns the number of marks. A manuscript of a channel that
/// is not counted yet only loses its mark.
pub(crate) fn count_marked(conn: &mut AnyConn, at_once: i64) -> Result<usize, StoreError> {
    let rows: Vec<(i64, ManuscriptId)> = marks::table.order(marks::id.asc()).limit(at_once).load(conn)?;
    let ids: BTreeSet<ManuscriptId> = rows.iter().map(|(_, id)| *id).collect();
    for ((channel, zone), ids) in by_channel(conn, ids.into_iter().collect())? {
        count_anew(conn, (channel, parsed(&zone)?), &ids)?;
    }
    let counted: Vec<i64> = rows.iter().map(|(mark, _)| *mark).collect();
    diesel::delete(marks::table.filter(marks::id.eq_any(counted))).execute(conn)?;
    Ok(rows.len())
}

/// Reads a stored time zone.
fn parsed(zone: &str) -> Result<Tz, StoreError> {
    zone.parse().map_err(|error| StoreError::unreadable("statistics_channels.time_zone", &error))
}

type OfChannels = BTreeMap<(ChannelId, String), Vec<ManuscriptId>>;

/// These manuscripts by their channels, with the time zones in which those are counted.
fn by_channel(conn: &mut AnyConn, ids: Vec<ManuscriptId>) -> Result<OfChannels, StoreError> {
    let there = manuscripts::table.filter(manuscripts::id.eq_any(ids.clone())).select((manuscripts::id, manuscripts::channel_id));
    let counted = facts_table::table.filter(facts_table::manuscript_id.eq_any(ids));
    let mut channel_of: BTreeMap<ManuscriptId, ChannelId> = there.load(conn)?.into_iter().collect();
    channel_of.extend(counted.select((facts_table::manuscript_id, facts_table::channel_id)).load::<(ManuscriptId, ChannelId)>(conn)?);
    let zones: BTreeMap<ChannelId, String> =
        channels::table.select((channels::channel_id, channels::time_zone)).load(conn)?.into_iter().collect();
    let mut found = OfChannels::new();
    for (id, channel) in channel_of {
        if let Some(zone) = zones.get(&channel) {
            found.entry((channel, zone.clone())).or_default().push(id);
        }
    }
    Ok(found)
}

/// Counts the manuscripts among these that belong to the channel.
fn count_anew(conn: &mut AnyConn, of: (ChannelId, Tz), ids: &[ManuscriptId]) -> Result<(), StoreError> {
    let (before, now) = (counted(conn, of.0, ids)?, facts::read(conn, of, ids, &[])?);
    if before == now {
        return Ok(());
    }
    let mut changes = CounterChanges::default();
    changes.replace(&before, &now);
    for (month, organization, values) in changes.iter() {
        apply(conn, of.0, month, organization, values)?;
    }
    let gone: Vec<ManuscriptId> = before.iter().map(|facts| facts.manuscript_id).collect();
    diesel::delete(facts_table::table.filter(facts_table::manuscript_id.eq_any(gone))).execute(conn)?;
    for facts in &now {
        crate::cached!(diesel::insert_into(facts_table::table).values(facts)).execute(conn)?;
    }
    Ok(())
}

fn apply(
    conn: &mut AnyConn,
    channel: ChannelId,
    month: MonthNumber,
    organization: OrganizationId,
    by: &CounterValues,
) -> Result<(), StoreError> {
    let target = counters::table
        .filter(counters::channel_id.eq(channel))
        .filter(counters::month.eq(month))
        .filter(counters::organization_id.eq(organization));
    let changed = diesel::update(target)
        .set((
            counters::received.eq(counters::received + by.received),
            counters::accepted.eq(counters::accepted + by.accepted),
            counters::forwarded.eq(counters::forwarded + by.forwarded),
            counters::assigned.eq(counters::assigned + by.assigned),
            counters::adopted.eq(counters::adopted + by.adopted),
            counters::implemented.eq(counters::implemented + by.implemented),
            counters::endorsed.eq(counters::endorsed + by.endorsed),
            counters::endorsements.eq(counters::endorsements + by.endorsements),
            counters::instructions.eq(counters::instructions + by.instructions),
            counters::concluded.eq(counters::concluded + by.concluded),
        ))
        .execute(conn)?;
    if changed > 0 {
        return Ok(());
    }
    let row = (
        counters::channel_id.eq(channel),
        counters::month.eq(month),
        counters::organization_id.eq(organization),
        counters::received.eq(by.received),
        counters::accepted.eq(by.accepted),
        counters::forwarded.eq(by.forwarded),
        counters::assigned.eq(by.assigned),
        counters::adopted.eq(by.adopted),
        counters::implemented.eq(by.implemented),
        counters::endorsed.eq(by.endorsed),
        counters::endorsements.eq(by.endorsements),
        counters::instructions.eq(by.instructions),
        counters::concluded.eq(by.concluded),
    );
    diesel::insert_into(counters::table).values(row).execute(conn)?;
    Ok(())
}
