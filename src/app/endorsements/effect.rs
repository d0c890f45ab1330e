//! The effect of a confirmed or countersigned endorsement: at once if it cannot be undone, otherwise when its undo window has closed. Until
//! then authors do not see it, its letters wait, no assignment can be based on it, and nothing is reopened.

use std::collections::BTreeMap;

use chrono::Duration;

use crate::app::due_dates::provisional::due_of_instruction;
use crate::app::endorsements::about;
use crate::app::events::{self, LedgerEvent};
use crate::app::handling::reopening::reopen_alone;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::notification::{self, About};
use crate::app::{AppError, Tx, transition};
use crate::domain::clock::Moment;
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::{ChannelId, EndorsementId, EntryId, ManuscriptId};
use crate::domain::lang::Lang;
use crate::domain::notice::{Audience, Letter};
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::{Actor, Permit};
use crate::mail::letters::LetterFacts;
use crate::store::endorsements::{self, Endorsement};
use crate::store::manuscripts;
use crate::text::t;

/// The act by which the program closes an undo window.
const WINDOW_CLOSED: &str = "window_closed";

/// Returns the default due dates of an instruction made today: the ordinary one, and the urgent one.
///
/// # Errors
/// Fails if a database operation fails.
pub fn usual_due(tx: &mut Tx<'_>, actor: &Actor) -> Result<(Moment, Moment), AppError> {
    let limits = tx.channel_settings(actor.channel)?.limits.clone();
    let calendar = tx.calendar(actor.channel)?;
    let time = WorkingTime { limits: &limits, calendar: &calendar };
    let due = |urgent| time.provisional(tx.now, limits.instruction(urgent)).due;
    Ok((due(false), due(true)))
}

/// Returns the number of minutes in which an endorsement can be undone in this channel; 0 if it cannot.
///
/// # Errors
/// Fails if a database operation fails.
pub fn undo_minutes(tx: &mut Tx<'_>, actor: &Actor) -> Result<i64, AppError> {
    let settings = tx.channel_settings(actor.channel)?;
    Ok(transition::window(tx, &settings).num_minutes())
}

/// Opens the undo window of an endorsement that `entry` has just decided; without a window in the channel, it is in effect at once.
pub(super) fn open_window(tx: &mut Tx<'_>, channel: ChannelId, row: &mut Endorsement, entry: EntryId) -> Result<(), AppError> {
    let settings = tx.channel_settings(channel)?;
    let window = transition::window(tx, &settings);
    if window > Duration::zero() {
        row.held_until = Some(tx.now + window);
        row.held_entry = Some(entry);
    } else {
        row.due_at = due_of_instruction(tx, channel, row)?;
    }
    Ok(())
}

/// Writes letters to the authors, and about an instruction to the dispatchers, for the end of the window; without a window, an instruction
/// reopens a concluded manuscript at once.
pub(super) fn take(tx: &mut Tx<'_>, actor: &Actor, loaded: &mut LoadedCase, row: &Endorsement, entry: EntryId) -> Result<(), AppError> {
    let told = About { not_before: row.held_until.unwrap_or(tx.now), ..about(tx, actor, loaded, row, entry) };
    notification::tell_audience(tx, &told, Audience::Authors, Letter::Endorsed, &[], &[])?;
    if row.kind != EndorsementKind::Instruction {
        return Ok(());
    }
    let told = About { facts: LetterFacts { due: due_of_instruction(tx, actor.channel, row)?, ..LetterFacts::default() }, ..told };
    notification::tell_audience(tx, &told, Audience::Dispatchers, Letter::InstructionGiven, &[], &[])?;
    if row.held_until.is_none() {
        reopen_alone(tx, loaded, &t(Lang::Zh, "reopened-by-instruction", &[]))?;
    }
    Ok(())
}

/// Returns endorsements whose undo window has closed and whose effects have not been carried out, at most `most`.
///
/// # Errors
/// Fails if a database operation fails.
pub fn closed_windows(tx: &mut Tx<'_>, most: i64) -> Result<Vec<EndorsementId>, AppError> {
    Ok(endorsements::held_before(tx.conn, tx.now, most)?)
}

/// Carries out the effects of one endorsement whose window has closed: it gets its due date, and an instruction reopens a concluded
/// manuscript. Repeating this changes nothing. Returns whether anything was done.
///
/// # Errors
/// Fails if a database operation fails.
pub fn close_window(tx: &mut Tx<'_>, id: EndorsementId) -> Result<bool, AppError> {
    let found = endorsements::any(tx.conn, id)?;
    let manuscript = manuscripts::find_for_update(tx.conn, found.channel_id, found.manuscript_id)?;
    // Read again under the lock: it may have been undone, or carried out by another node.
    let row = endorsements::any(tx.conn, id)?;
    if row.held_until.is_none_or(|until| until > tx.now) {
        return Ok(false);
    }
    let mut loaded = manuscript_case::of_row(tx, manuscript)?;
    close(tx, &mut loaded, row)?;
    Ok(true)
}

/// Carries out the effects of all endorsements of a locked manuscript, before an act that is based on them.
pub(crate) fn settle(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<(), AppError> {
    let now = tx.now;
    let closed = |row: &Endorsement| row.held_until.is_some_and(|until| until <= now);
    let rows: Vec<Endorsement> = endorsements::of_manuscript(tx.conn, id)?.into_iter().filter(closed).collect();
    for row in rows {
        let manuscript = manuscripts::find(tx.conn, row.channel_id, id)?;
        let mut loaded = manuscript_case::of_row(tx, manuscript)?;
        close(tx, &mut loaded, row)?;
    }
    Ok(())
}

fn close(tx: &mut Tx<'_>, loaded: &mut LoadedCase, mut row: Endorsement) -> Result<(), AppError> {
    let seen = row.version;
    row.due_at = due_of_instruction(tx, row.channel_id, &row)?;
    (row.held_until, row.held_entry) = (None, None);
    row.version += 1;
    endorsements::save(tx.conn, &row, seen)?;
    // In a chain of its own, because this is nobody's act on the manuscript.
    let event = LedgerEvent {
        channel: row.channel_id,
        actor: None,
        permit: Permit::SYSTEM,
        action: WINDOW_CLOSED,
        object: "endorsement",
        object_id: row.id.0,
        chain: row.id.0,
        version: Some(row.version),
        from: Some(row.state.as_str()),
        to: Some(row.state.as_str()),
        digests: BTreeMap::new(),
        undoes: None,
        facts: serde_json::Value::Null,
    };
    events::append_event(tx, event)?;
    if row.kind == EndorsementKind::Instruction {
        reopen_alone(tx, loaded, &t(Lang::Zh, "reopened-by-instruction", &[]))?;
    }
    Ok(())
}
