//! The calendar of departments' promises: answers 列入计划, by the day that they named.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};

use crate::app::handling::board::{MOST, most, office};
use crate::app::handling::dates::Timing;
use crate::app::{AppError, Tx};
use crate::domain::ids::{AssignmentId, ManuscriptId, OrganizationId};
use crate::domain::permission::Actor;
use crate::store::channels;
use crate::store::promises::{self, Promise};

/// A promise as dispatchers read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseLine {
    /// The assignment.
    pub assignment: AssignmentId,
    /// The manuscript.
    pub manuscript: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
    /// The department.
    pub organization: String,
    /// The number of the suggestion.
    pub suggestion: i64,
    /// The promise.
    pub words: String,
    /// The day until which it is due.
    pub day: NaiveDate,
    /// Whether a report says that it was implemented.
    pub kept: bool,
    /// The number of working days since that day.
    pub late_days: u32,
}

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDay {
    /// The date.
    pub day: NaiveDate,
    /// Whether it is a day off.
    pub rest: bool,
    /// Whether it is today.
    pub today: bool,
    /// The promises due on it.
    pub promises: Vec<PromiseLine>,
}

/// A month, week by week from Monday; days of other months are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// The first day of the month before.
    pub before: NaiveDate,
    /// The first day of the month after.
    pub after: NaiveDate,
    /// Its weeks of seven days each.
    pub weeks: Vec<Vec<Option<CalendarDay>>>,
    /// Whether there are more promises than are shown.
    pub more: bool,
}

/// The largest number of promises that are shown for a month.
const IN_A_MONTH: i64 = 300;

/// Returns the promises of the month that contains this day, or of the current month.
///
/// # Errors
/// [`AppError::NotFound`] for anybody but dispatchers.
pub fn month(tx: &mut Tx<'_>, actor: &Actor, of: Option<NaiveDate>) -> Result<Month, AppError> {
    let whose = office(tx, actor)?;
    let timing = Timing::of(tx, actor.channel)?;
    let today = timing.today();
    let first = of.unwrap_or(today).with_day(1).unwrap_or(today);
    let before = first.checked_sub_months(Months::new(1)).unwrap_or(first);
    let after = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let rows = promises::between(tx.conn, &whose, &first.to_string(), &after.to_string(), IN_A_MONTH)?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= IN_A_MONTH;
    let mut by_day: BTreeMap<NaiveDate, Vec<PromiseLine>> = BTreeMap::new();
    for line in lines(tx, actor, rows, &timing)? {
        by_day.entry(line.day).or_default().push(line);
    }
    let days = first.iter_days().take_while(|day| *day < after).map(|day| {
        let promises = by_day.remove(&day).unwrap_or_default();
        CalendarDay { day, rest: timing.rests(day), today: day == today, promises }
    });
    Ok(Month { first, before, after, weeks: weeks(days.collect()), more })
}

/// Returns the promises whose day has passed without a report of their implementation, the oldest first, at most [`MOST`].
///
/// # Errors
/// As [`month`].
pub fn broken(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<PromiseLine>, AppError> {
    let whose = office(tx, actor)?;
    let timing = Timing::of(tx, actor.channel)?;
    let rows = promises::broken(tx.conn, &whose, &timing.today().to_string(), most())?;
    let mut lines = lines(tx, actor, rows, &timing)?;
    lines.retain(|line| !line.kept);
    lines.truncate(MOST);
    Ok(lines)
}

fn lines(tx: &mut Tx<'_>, actor: &Actor, rows: Vec<Promise>, timing: &Timing) -> Result<Vec<PromiseLine>, AppError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let manuscripts: Vec<ManuscriptId> = rows.iter().map(|row| row.manuscript_id).collect();
    let kept = promises::kept(tx.conn, &manuscripts)?;
    let names = channels::list_organizations(tx.conn, actor.channel)?;
    let name = |id: OrganizationId| names.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default();
    let lines = rows.into_iter().filter_map(|row| {
        let day: NaiveDate = row.promised_on.as_deref()?.parse().ok()?;
        let of_it = |(id, number): &(AssignmentId, Option<i64>)| *id == row.assignment_id && number.is_none_or(|one| one == row.number);
        Some(PromiseLine {
            assignment: row.assignment_id,
            manuscript: row.manuscript_id,
            number: row.manuscript.0,
            title: row.manuscript.1,
            organization: name(row.organization_id),
            suggestion: row.number,
            words: row.words,
            day,
            kept: row.implemented_at.is_some() || kept.iter().any(of_it),
            late_days: timing.working_days_after(day),
        })
    });
    Ok(lines.collect())
}

/// Splits days into weeks of seven, starting on Monday.
fn weeks(days: Vec<CalendarDay>) -> Vec<Vec<Option<CalendarDay>>> {
    let mut weeks: Vec<Vec<Option<CalendarDay>>> = Vec::new();
    for day in days {
        let place = usize::try_from(day.day.weekday().num_days_from_monday()).unwrap_or(0);
        if place == 0 || weeks.is_empty() {
            weeks.push(vec![None; 7]);
        }
        if let Some(week) = weeks.last_mut() {
            week[place] = Some(day);
        }
    }
    weeks
}
