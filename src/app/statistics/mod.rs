//! Figures of a year: funnel, months, organisations, times in each queue.

mod counting;

use chrono::{Datelike, NaiveDate, NaiveTime, TimeZone};

use crate::app::pending_decision::{OwnUnannounced, own_unannounced};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::deadline::{ChannelLimits, TimeLimit, WorkingTime};
use crate::domain::ids::{ChannelId, OrganizationId};
use crate::domain::permission::{Actor, Countable, countable};
use crate::domain::statistics::Quantiles;
use crate::store::statistics::{self, Among, OfOrganization};

use counting::{YearOf, YearSums};
pub use counting::{count_on, is_due};

/// The number of newest cases from which times are computed.
const SAMPLE: i64 = 5000;
/// The largest number of organisations that are shown.
const ORGANIZATIONS: usize = 30;

/// A queue whose times are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimedDesk {
    /// The organisation's office.
    Screening,
    /// The reviewers.
    Review,
    /// The signer.
    Signing,
    /// A department, until it confirms receipt.
    Receipt,
    /// A department, until it answers.
    Reply,
}

/// The time that a queue took, in working days.
#[derive(Debug, Clone)]
pub struct DeskTimes {
    /// The queue.
    pub desk: TimedDesk,
    /// Median and ninth decile; `None` without a case.
    pub took: Option<Quantiles>,
    /// Its time limit.
    pub limit: i32,
}

/// An organisation's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationFigures {
    /// Its name.
    pub name: String,
    /// Submitted manuscripts.
    pub received: i64,
    /// Accepted manuscripts.
    pub accepted: i64,
    /// Manuscripts with an adopted suggestion.
    pub adopted: i64,
}

/// All figures of a year.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The year.
    pub year: i32,
    /// The available years, newest first.
    pub years: Vec<i32>,
    /// The scope of the figures.
    pub scope: Countable,
    /// Received, accepted, forwarded, assigned, adopted, implemented.
    pub funnel: [i64; 6],
    /// Endorsed manuscripts, endorsements, instructions.
    pub endorsed: (i64, i64, i64),
    /// Received and concluded manuscripts, month by month, up to now.
    pub months: Vec<(u32, i64, i64)>,
    /// By organisation; only for readers of more than their own.
    pub organizations: Vec<OrganizationFigures>,
    /// By queue.
    pub desks: Vec<DeskTimes>,
    /// The number of newest cases from which the times are computed.
    pub sample: i64,
}

/// Returns the figures of a year within this person's scope; by default of the current year.
///
/// # Errors
/// Fails if a database operation fails.
pub fn figures(tx: &mut Tx<'_>, actor: &Actor, year: Option<i32>) -> Result<Figures, AppError> {
    let limits = tx.channel_settings(actor.channel)?.limits.clone();
    let today = tx.now.utc().with_timezone(&limits.time_zone).date_naive();
    let first = statistics::first(tx.conn, actor.channel)?.map_or(today.year(), |at| at.utc().with_timezone(&limits.time_zone).year());
    let year = year.filter(|year| (first..=today.year()).contains(year)).unwrap_or(today.year());
    let scope = countable(actor);
    let own = own_unannounced(tx, actor)?;
    let of = among(actor, &scope, (begin_of(&limits, year, 1), begin_of(&limits, year + 1, 1)), &own);
    let asked = YearOf { channel: actor.channel, scope: &scope, year, last: last_month(year, today), zone: limits.time_zone, own: &own };
    let sums = match counting::sums(tx, &asked)? {
        Some(sums) => sums,
        None => added_up(tx, &of, &asked, &limits)?,
    };
    let YearSums { funnel, endorsed, months, organizations } = sums;
    let years = (first..=today.year()).rev().collect();
    let desks = desks(tx, actor.channel, &of, &limits)?;
    Ok(Figures { year, years, funnel, endorsed, months, organizations, desks, scope, sample: SAMPLE })
}

/// Returns the last month of the year that has begun.
fn last_month(year: i32, today: NaiveDate) -> u32 {
    if year == today.year() { today.month() } else { 12 }
}

/// Computes the sums of a year from the manuscripts themselves.
fn added_up(tx: &mut Tx<'_>, of: &Among, asked: &YearOf<'_>, limits: &ChannelLimits) -> Result<YearSums, AppError> {
    let reached = statistics::reached(tx.conn, of)?;
    let funnel = [
        reached.received,
        reached.accepted,
        reached.forwarded,
        statistics::assigned(tx.conn, of)?,
        statistics::adopted(tx.conn, of)?,
        statistics::implemented(tx.conn, of)?,
    ];
    Ok(YearSums {
        funnel,
        endorsed: statistics::endorsed(tx.conn, of)?,
        months: months(tx, of, limits, asked)?,
        organizations: if matches!(asked.scope, Countable::Own(_)) { Vec::new() } else { organizations(tx, of)? },
    })
}

/// Computes the sums of a year in both ways, for a test: from counters, if they can be used, and from the manuscripts themselves.
///
/// # Errors
/// Fails if a database operation fails.
#[cfg(test)]
pub(crate) fn both_ways(tx: &mut Tx<'_>, actor: &Actor, scope: &Countable) -> Result<(Option<YearSums>, YearSums), AppError> {
    let limits = tx.channel_settings(actor.channel)?.limits.clone();
    let today = tx.now.utc().with_timezone(&limits.time_zone).date_naive();
    let (year, own) = (today.year(), own_unannounced(tx, actor)?);
    let asked = YearOf { channel: actor.channel, scope, year, last: last_month(year, today), zone: limits.time_zone, own: &own };
    let of = among(actor, scope, (begin_of(&limits, year, 1), begin_of(&limits, year + 1, 1)), &own);
    Ok((counting::sums(tx, &asked)?, added_up(tx, &of, &asked, &limits)?))
}

/// Returns the first moment of a month in the channel's time zone.
pub(crate) fn begin_of(limits: &ChannelLimits, year: i32, month: u32) -> Moment {
    let (year, month) = if month > 12 { (year + 1, month - 12) } else { (year, month) };
    let day = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
    let there = limits.time_zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest();
    there.map_or(Moment::from_micros(0), |at| at.with_timezone(&chrono::Utc).into())
}

/// Returns the filter of the counted manuscripts in a period. The reader's own manuscripts count as authors read them, whatever other roles
/// they hold.
fn among(actor: &Actor, scope: &Countable, (from, to): (Moment, Moment), own: &OwnUnannounced) -> Among {
    let (organizations, author) = match scope {
        Countable::Channel => (None, None),
        Countable::Organizations(organizations) => (Some(organizations.clone()), None),
        Countable::Own(user) => (None, Some(*user)),
    };
    let (read_as, concealed) = (own.rows.clone(), own.entries.clone());
    Among { channel: actor.channel, from, to, organizations, author, read_as, concealed }
}

fn months(tx: &mut Tx<'_>, of: &Among, limits: &ChannelLimits, asked: &YearOf<'_>) -> Result<Vec<(u32, i64, i64)>, AppError> {
    let mut months = Vec::new();
    for month in 1..=asked.last {
        let of = Among { from: begin_of(limits, asked.year, month), to: begin_of(limits, asked.year, month + 1), ..of.clone() };
        months.push((month, statistics::received(tx.conn, &of)?, statistics::concluded(tx.conn, &of)?));
    }
    Ok(months)
}

fn organizations(tx: &mut Tx<'_>, of: &Among) -> Result<Vec<OrganizationFigures>, AppError> {
    let rows = statistics::by_organization(tx.conn, of)?;
    let names = tx.organizations(of.channel)?;
    let figures = |(id, counts): (OrganizationId, OfOrganization)| {
        let name = names.iter().find(|one| one.id == id)?.name.clone();
        let OfOrganization { received, accepted, adopted } = counts;
        Some(OrganizationFigures { name, received, accepted, adopted })
    };
    Ok(the_most(rows.into_iter().filter_map(figures).collect()))
}

/// Returns the organisations with the most manuscripts, at most [`ORGANIZATIONS`] of them.
fn the_most(mut rows: Vec<OrganizationFigures>) -> Vec<OrganizationFigures> {
    rows.sort_by(|a, b| b.received.cmp(&a.received).then_with(|| a.name.cmp(&b.name)));
    rows.truncate(ORGANIZATIONS);
    rows
}

fn desks(tx: &mut Tx<'_>, channel: ChannelId, of: &Among, limits: &ChannelLimits) -> Result<Vec<DeskTimes>, AppError> {
    let times = statistics::times(tx.conn, of, SAMPLE)?;
    let departments = statistics::department_times(tx.conn, of, SAMPLE)?;
    let calendar = tx.calendar(channel)?.assuming_plain_weeks();
    let days = |from: Moment, to: Moment| {
        let day = |at: Moment| at.utc().with_timezone(&limits.time_zone).date_naive();
        calendar.working_days_between(day(from), day(to)).ok().filter(|days| *days >= 0)
    };
    let spent =
        |pairs: Vec<(Option<Moment>, Option<Moment>)>| Quantiles::of(pairs.into_iter().filter_map(|(from, to)| days(from?, to?)).collect());
    let working = |limit: TimeLimit| match limit {
        TimeLimit::WorkingDays(days) => i32::try_from(days).unwrap_or(i32::MAX),
        TimeLimit::Months(months) => WorkingTime { limits, calendar: &calendar }
            .due(of.from, TimeLimit::Months(months))
            .ok()
            .and_then(|due| days(of.from, due))
            .unwrap_or_default(),
    };
    let office = |pick: fn(&statistics::Times) -> (Option<Moment>, Option<Moment>)| spent(times.iter().map(pick).collect());
    Ok(vec![
        DeskTimes { desk: TimedDesk::Screening, took: office(|row| (row.0, row.1)), limit: working(limits.screening(false)) },
        DeskTimes { desk: TimedDesk::Review, took: office(|row| (row.1, row.2)), limit: working(limits.review(false)) },
        DeskTimes { desk: TimedDesk::Signing, took: office(|row| (row.2, row.3)), limit: working(limits.signing(false)) },
        DeskTimes {
            desk: TimedDesk::Receipt,
            took: spent(departments.iter().map(|row| (Some(row.0), row.1)).collect()),
            limit: working(limits.receipt()),
        },
        DeskTimes {
            desk: TimedDesk::Reply,
            took: spent(departments.iter().map(|row| (Some(row.0), row.2)).collect()),
            limit: working(limits.assignment()),
        },
    ])
}
