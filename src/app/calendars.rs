//! The years of working days that a channel has loaded, and how an administrator loads another one. The years of a channel take precedence
//! over those of the installation, which the command line loads.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::events::{self, LedgerEvent};
use crate::app::{AppError, Tx, jobs};
use crate::domain::calendar::{Calendar, YearFile};
use crate::domain::ids::ChannelId;
use crate::domain::job::RecomputeDueDates;
use crate::domain::permission::Actor;
use crate::domain::violation::{Param, Violation};
use crate::domain::vocabulary::Role;
use crate::store::calendars::{self, Shipped};
use crate::store::channels;

/// The smallest number of working days of a year. Fewer indicate a mistake in the arrangement (such as a holiday that ends in the wrong
/// month), which would move due dates by months. Years have about 250.
const FEWEST_WORKING_DAYS: i32 = 200;

/// A year whose working days are loaded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KnownYear {
    /// The year.
    pub year: i32,
    /// The number of its working days.
    pub working_days: i32,
    /// Weekdays that are days off.
    pub rest: Vec<NaiveDate>,
    /// Saturdays and Sundays that are working days (调休).
    pub make_up: Vec<NaiveDate>,
}

/// Returns the loaded years of a channel, in order.
///
/// # Errors
/// Fails only if a database operation fails.
pub fn years(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Vec<KnownYear>, AppError> {
    Ok(described(&*tx.calendar(channel)?))
}

/// Returns the loaded years of channels that have loaded none of their own, in order.
///
/// # Errors
/// Fails only if a database operation fails.
pub fn years_of_installation(tx: &mut Tx<'_>) -> Result<Vec<KnownYear>, AppError> {
    Ok(described(&calendars::of_installation(tx.conn, &tx.base)?))
}

fn described(calendar: &Calendar) -> Vec<KnownYear> {
    let known = calendar.years().filter_map(|year| {
        let (rest, make_up) = calendar.exceptions(year)?;
        Some(KnownYear { year, working_days: working_days(calendar, year)?, rest, make_up })
    });
    known.collect()
}

/// Returns the number of working days of a year, or `None` if the year is not loaded.
fn working_days(calendar: &Calendar, year: i32) -> Option<i32> {
    let (first, last) = (NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?);
    let first_works = i32::from(calendar.is_working_day(first).ok()?);
    Some(first_works + calendar.working_days_between(first, last).ok()?)
}

/// Makes one day a day off or a working day in the actor's channel; the rest of its year stays unchanged.
///
/// # Errors
/// As [`load`]; a violation of `day` for a year that is not loaded, and where nothing would change.
pub fn set_day(tx: &mut Tx<'_>, actor: &Actor, day: NaiveDate, works: bool) -> Result<(), AppError> {
    actor.need(&[Role::SystemAdmin])?;
    channels::calendar_changes(tx.conn, Some(actor.channel))?;
    let calendar = calendars::of_channel(tx.conn, &tx.base, actor.channel)?;
    if !calendar.years().any(|year| year == day.year()) {
        return Err(Violation::new("day", "year_unknown").into());
    }
    let year = calendar.named_by(day).unwrap_or(day.year());
    let file = calendars::file(tx.conn, actor.channel, year)?.ok_or_else(|| Violation::new("day", "year_unknown"))?;
    if calendar.is_working_day(day).unwrap_or(false) == works {
        return Err(Violation::new("day", "no_change").into());
    }
    let file = file.with_day(day, works);
    check(&tx.base, &file).map_err(|wrong| Violation { field: "day".to_owned(), ..wrong })?;
    load(tx, actor, &file)
}

/// Loads or replaces a year in the actor's channel; other channels are not affected. A job recomputes the due dates that were computed with
/// it.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::WrongRole`] for anybody but system administrators; a violation for a file that contradicts itself.
pub fn load(tx: &mut Tx<'_>, actor: &Actor, file: &YearFile) -> Result<(), AppError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    check(&tx.base, file)?;
    channels::calendar_changes(tx.conn, Some(actor.channel))?;
    let before = calendars::file(tx.conn, actor.channel, file.year)?;
    calendars::save(tx.conn, Some(actor.channel), file, Some(actor.user), tx.now)?;
    recompute(tx, actor.channel, before, file)?;
    let chain = tx.id();
    let facts = serde_json::json!({ "year": file.year });
    events::append_event(tx, LedgerEvent { facts, ..LedgerEvent::new(actor.channel, actor.user, permit, "load", "calendar", chain) })?;
    Ok(())
}

/// Loads or replaces a year for all channels that have none of their own. This is an act of the program, which the installation's ledger
/// records.
///
/// # Errors
/// A violation for a file that contradicts itself; errors of the database.
pub fn load_for_all(tx: &mut Tx<'_>, file: &YearFile) -> Result<(), AppError> {
    check(&tx.base, file)?;
    channels::calendar_changes(tx.conn, None)?;
    for channel in channels::list(tx.conn)? {
        if !calendars::has_own(tx.conn, channel.id, file.year)? {
            let before = calendars::file(tx.conn, channel.id, file.year)?;
            recompute(tx, channel.id, before, file)?;
        }
    }
    calendars::save(tx.conn, None, file, None, tx.now)?;
    let (chain, facts) = (tx.id(), serde_json::json!({ "year": file.year }));
    events::append_event(tx, LedgerEvent::by_program(ChannelId::INSTALLATION, "load", "calendar", chain, facts))?;
    Ok(())
}

/// Returns the years shipped with this program that the database lacks or has in a different form from an older version; each behind
/// the stored one, if any.
fn unknown_shipped(tx: &mut Tx<'_>, years: &[YearFile], program: &str) -> Result<Vec<(Option<Shipped>, Shipped)>, AppError> {
    let mut known = calendars::shipped(tx.conn)?;
    let mut unknown = Vec::new();
    for file in years {
        let before = known.iter().position(|one| one.file.year == file.year).map(|at| known.swap_remove(at));
        // A node of an older version that starts beside newer ones replaces nothing.
        if before.as_ref().is_none_or(|before| before.file != *file && version(&before.program) < version(program)) {
            unknown.push((before, Shipped { file: file.clone(), program: program.to_owned() }));
        }
    }
    Ok(unknown)
}

/// Parses the numbers of a version, for comparison.
fn version(of: &str) -> Vec<u64> {
    of.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

/// Returns whether [`take_up_shipped`] would load a year; writes nothing.
///
/// # Errors
/// Fails if a database operation fails.
pub fn is_shipped_unknown(tx: &mut Tx<'_>, years: &[YearFile], program: &str) -> Result<bool, AppError> {
    Ok(!unknown_shipped(tx, years, program)?.is_empty())
}

/// Loads the years that came with a new version of the program. A job recomputes the due dates that depend on them, for each channel that
/// has not loaded the year itself. Runs once for all nodes, and returns the number of years.
///
/// # Errors
/// Fails if a database operation fails.
pub fn take_up_shipped(tx: &mut Tx<'_>, years: &[YearFile], program: &str) -> Result<usize, AppError> {
    let mut taken = 0;
    for (before, now) in unknown_shipped(tx, years, program)? {
        if !calendars::remember_shipped(tx.conn, before.as_ref(), &now)? {
            continue;
        }
        taken += 1;
        if calendars::is_loaded_for_all(tx.conn, now.file.year)? {
            continue;
        }
        for channel in channels::list(tx.conn)? {
            if !calendars::has_own(tx.conn, channel.id, now.file.year)? {
                recompute(tx, channel.id, before.as_ref().map(|before| before.file.clone()), &now.file)?;
            }
        }
    }
    Ok(taken)
}

/// Enqueues the job that recomputes due dates that depend on this year, unless nothing has changed.
fn recompute(tx: &mut Tx<'_>, channel: ChannelId, before: Option<YearFile>, after: &YearFile) -> Result<(), AppError> {
    if before.as_ref() != Some(after) {
        jobs::enqueue(tx, &RecomputeDueDates { channel, before, after: after.clone() }, Some(channel))?;
    }
    Ok(())
}

fn check(base: &Calendar, file: &YearFile) -> Result<(), Violation> {
    if !(2000..=2199).contains(&file.year) {
        return Err(Violation::new("year", "bad_calendar"));
    }
    let mut calendar = base.clone();
    calendar.load(file).map_err(|_| Violation::new("rest", "bad_calendar"))?;
    match working_days(&calendar, file.year) {
        Some(days) if days < FEWEST_WORKING_DAYS => {
            let params = [("is", days), ("min", FEWEST_WORKING_DAYS)];
            let params = params.map(|(name, number)| (name, Param::Number(usize::try_from(number).unwrap_or_default())));
            Err(Violation { params: params.into(), ..Violation::new("rest", "few_working_days") })
        }
        _ => Ok(()),
    }
}
