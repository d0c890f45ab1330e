//! The sums of a year from counters, and the update of the counters.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::{OrganizationFigures, the_most};
use crate::app::pending_decision::OwnUnannounced;
use crate::app::{AppError, Tx};
use crate::domain::ids::{ChannelId, ManuscriptId, OrganizationId};
use crate::domain::permission::Countable;
use crate::store::channels::{self, ChannelRow};
use crate::store::statistics::counters::{self, CounterChanges, CounterValues};
use crate::store::statistics::facts::{self, ManuscriptFacts, month_of};

/// The number of manuscripts that are counted in one transaction.
const AT_ONCE: i64 = 200;

/// The requested sums.
pub(super) struct YearOf<'a> {
    pub(super) channel: ChannelId,
    pub(super) scope: &'a Countable,
    pub(super) year: i32,
    /// The last month of the year that has begun.
    pub(super) last: u32,
    pub(super) zone: Tz,
    /// The reader's own manuscripts that they read in another state than the current one.
    pub(super) own: &'a OwnUnannounced,
}

/// The sums over the manuscripts of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YearSums {
    /// Received, accepted, forwarded, assigned, adopted, implemented.
    pub(super) funnel: [i64; 6],
    /// Endorsed manuscripts, endorsements, instructions.
    pub(super) endorsed: (i64, i64, i64),
    /// Received and concluded manuscripts, month by month.
    pub(super) months: Vec<(u32, i64, i64)>,
    pub(super) organizations: Vec<OrganizationFigures>,
}

/// Returns the sums from the counters, corrected by later changes; `None` if the channel is not counted, or for one author.
pub(super) fn sums(tx: &mut Tx<'_>, asked: &YearOf<'_>) -> Result<Option<YearSums>, AppError> {
    let only = match asked.scope {
        Countable::Channel => None,
        Countable::Organizations(organizations) => Some(organizations.as_slice()),
        Countable::Own(_) => return Ok(None),
    };
    let state = counters::state(tx.conn, asked.channel)?;
    if !state.is_some_and(|state| state.is_complete && state.time_zone == asked.zone.name()) {
        return Ok(None);
    }
    let year = i64::from(asked.year) * 100;
    let months = (year + 1, year + 12);
    let mut by_month: BTreeMap<i64, CounterValues> = counters::by_month(tx.conn, asked.channel, months, only)?.into_iter().collect();
    let mut by_organization: BTreeMap<OrganizationId, CounterValues> =
        counters::by_organization(tx.conn, asked.channel, months, only)?.into_iter().collect();
    for (month, organization, values) in not_counted(tx, asked)?.iter() {
        if (months.0..=months.1).contains(&month) && only.is_none_or(|only| only.contains(&organization)) {
            by_month.entry(month).or_default().add(values);
            by_organization.entry(organization).or_default().add(values);
        }
    }
    let mut all = CounterValues::default();
    by_month.values().for_each(|values| all.add(values));
    let of_month = |month: u32| by_month.get(&(year + i64::from(month))).copied().unwrap_or_default();
    let month = |month: u32| (month, of_month(month).received, of_month(month).concluded);
    let names = tx.organizations(asked.channel)?;
    let figures = |(id, values): (OrganizationId, CounterValues)| {
        let name = names.iter().find(|one| one.id == id)?.name.clone();
        let CounterValues { received, accepted, adopted, .. } = values;
        (received > 0).then_some(OrganizationFigures { name, received, accepted, adopted })
    };
    Ok(Some(YearSums {
        funnel: [all.received, all.accepted, all.forwarded, all.assigned, all.adopted, all.implemented],
        endorsed: (all.endorsed, all.endorsements, all.instructions),
        months: (1..=asked.last).map(month).collect(),
        organizations: the_most(by_organization.into_iter().filter_map(figures).collect()),
    }))
}

/// Returns the corrections to the counters: manuscripts that have changed since they were counted, and the reader's own manuscripts that
/// they read in another state than the current one.
fn not_counted(tx: &mut Tx<'_>, asked: &YearOf<'_>) -> Result<CounterChanges, AppError> {
    let mut ids: BTreeSet<ManuscriptId> = counters::marked(tx.conn)?;
    ids.extend(asked.own.rows.iter().map(|row| row.id));
    let ids: Vec<ManuscriptId> = ids.into_iter().collect();
    let counted = counters::counted(tx.conn, asked.channel, &ids)?;
    let mut now = facts::read(tx.conn, (asked.channel, asked.zone), &ids, &asked.own.entries)?;
    for facts in &mut now {
        as_read(facts, asked);
    }
    let mut changes = CounterChanges::default();
    changes.replace(&counted, &now);
    Ok(changes)
}

fn as_read(facts: &mut ManuscriptFacts, asked: &YearOf<'_>) {
    if let Some(row) = asked.own.rows.iter().find(|row| row.id == facts.manuscript_id) {
        facts.accepted = row.accepted_at.is_some();
        facts.forwarded = row.forwarded_at.is_some();
        facts.concluded = row.concluded_at.map(|at| month_of(at, asked.zone));
    }
}

/// Returns the channels that are not counted, or were counted for another time zone, with their zone and whether counting has begun.
fn uncounted(tx: &mut Tx<'_>) -> Result<Vec<(ChannelId, Tz, bool)>, AppError> {
    let mut found = Vec::new();
    for row in channels::list(tx.conn)? {
        let (id, zone) = (row.id, zone(&row)?);
        match counters::state(tx.conn, id)? {
            Some(state) if state.time_zone == zone.name() && state.is_complete => {}
            Some(state) if state.time_zone == zone.name() => found.push((id, zone, true)),
            _ => found.push((id, zone, false)),
        }
    }
    Ok(found)
}

fn zone(row: &ChannelRow) -> Result<Tz, AppError> {
    Ok(row.settings()?.limits.time_zone)
}

/// Returns whether manuscripts wait to be counted.
///
/// # Errors
/// Fails if a database operation fails.
pub fn is_due(tx: &mut Tx<'_>) -> Result<bool, AppError> {
    Ok(counters::is_marked(tx.conn)? || !uncounted(tx)?.is_empty())
}

/// Counts a part of the waiting manuscripts. Returns the amount of work done, 0 if all are counted.
///
/// # Errors
/// Fails if a database operation fails.
pub fn count_on(tx: &mut Tx<'_>) -> Result<usize, AppError> {
    counters::lock(tx.conn)?;
    let mut done = counters::count_marked(tx.conn, AT_ONCE)?;
    if let Some((channel, zone, has_begun)) = uncounted(tx)?.first().copied() {
        if !has_begun {
            counters::begin(tx.conn, channel, zone)?;
        }
        // One more than was counted, because reaching the end counts as work.
        done += counters::count_next(tx.conn, (channel, zone), AT_ONCE)? + 1;
    }
    Ok(done)
}
