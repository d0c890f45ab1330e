//! The working days: which years are known, and how an administrator loads another.

use crate::desk::record::{self, Deed};
use crate::desk::{DeskError, Tx};
use crate::domain::calendar::{Calendar, YearFile};
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::domain::words::Role;
use crate::store::calendars;

/// Loads or replaces a year, and gives the calendar that holds from now on; the caller hands it to [`crate::desk::Desk::set_calendar`].
/// Due dates that were given before stay as they are.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::WrongRole`] for anybody but system administrators; a violation for a file that contradicts itself.
pub fn load(tx: &mut Tx<'_>, actor: &Actor, file: &YearFile) -> Result<Calendar, DeskError> {
    let permit = actor.need(&[Role::SystemAdmin])?;
    let mut calendar = calendars::current(tx.conn)?;
    calendar.load(file).map_err(|_| Violation::new("rest", "bad_calendar"))?;
    calendars::save(tx.conn, file, Some(actor.user), tx.now)?;
    let chain = tx.id();
    let facts = serde_json::json!({ "year": file.year });
    record::enter(tx, Deed { facts, ..Deed::new(actor.channel, actor.user, permit, "load", "calendar", chain) })?;
    Ok(calendar)
}
