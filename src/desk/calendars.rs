//! The working days: which years are known, and how an administrator loads another.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::events::{self, LedgerEvent};
use crate::desk::{Desk, DeskError, Tx};
use crate::domain::calendar::YearFile;
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::domain::words::Role;
use crate::store::calendars;

/// A year that is known.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KnownYear {
    /// The year.
    pub year: i32,
    /// How many working days it has.
    pub working_days: i32,
    /// Weekdays on which offices rest.
    pub rest: Vec<NaiveDate>,
    /// Saturdays and Sundays on which they work (调休).
    pub make_up: Vec<NaiveDate>,
}

/// The years that are known, in order.
///
/// # Errors
/// None but the store's.
pub fn years(tx: &Tx<'_>) -> Result<Vec<KnownYear>, DeskError> {
    let calendar = &tx.calendar;
    let known = calendar.years().filter_map(|year| {
        let (rest, make_up) = calendar.exceptions(year)?;
        let (first, last) = (NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?);
        let first_works = i32::from(calendar.is_working_day(first).ok()?);
        let working_days = first_works + calendar.working_days_between(first, last).ok()?;
        Some(KnownYear { year, working_days, rest, make_up })
    });
    Ok(known.collect())
}

/// Takes over what was loaded; the caller of [`load`] says this once its act is on the disk.
///
/// # Errors
/// The store's.
pub async fn refresh(desk: &Desk) -> Result<(), DeskError> {
    let calendar = desk.read(|tx| Ok(calendars::current(tx.conn)?)).await?;
    desk.set_calendar(calendar);
    Ok(())
}

/// Makes one day a day off or a working day; the rest of its year stays as it is. Due dates that were given before stay as they are.
///
/// # Errors
/// As [`load`]; violations of `day` for a year that is not loaded, and where nothing would change.
pub fn set_day(tx: &mut Tx<'_>, actor: &Actor, day: NaiveDate, works: bool) -> Result<(), DeskError> {
    actor.need(&[Role::SystemAdmin])?;
    let calendar = calendars::current(tx.conn)?;
    let file = calendars::file(tx.conn, day.year())?.ok_or_else(|| Violation::new("day", "year_unknown"))?;
    if calendar.is_working_day(day).unwrap_or(false) == works {
        return Err(Violation::new("day", "no_change").into());
    }
    load(tx, actor, &file.with_day(day, works))
}

/// Loads or replaces a year.
/// Due dates that were given before stay as they are.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::WrongRole`] for anybody but system administrators; a violation for a file that contradicts itself.
pub fn load(tx: &mut Tx<'_>, actor: &Actor, file: &YearFile) -> Result<(), DeskError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    if !(2000..=2199).contains(&file.year) {
        return Err(Violation::new("year", "bad_calendar").into());
    }
    let mut calendar = calendars::current(tx.conn)?;
    calendar.load(file).map_err(|_| Violation::new("rest", "bad_calendar"))?;
    calendars::save(tx.conn, file, Some(actor.user), tx.now)?;
    let chain = tx.id();
    let facts = serde_json::json!({ "year": file.year });
    events::append_event(tx, LedgerEvent { facts, ..LedgerEvent::new(actor.channel, actor.user, permit, "load", "calendar", chain) })?;
    Ok(())
}
