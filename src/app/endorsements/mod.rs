//! Endorsements that leaders write on manuscripts, or that are entered on their behalf. An endorsement does not change the stage; only a
//! confirmed or countersigned one has an effect, and only once it can no longer be undone ([`effect`]).

mod effect;
mod entering;
mod views;

pub(crate) use effect::settle;
pub use effect::{close_window, closed_windows, undo_minutes, usual_due};
pub use entering::{NewEndorsement, enter};
pub use views::{EndorsementListQuery, EndorsementSlice, EndorsementView, Inside, find, list};
pub(crate) use views::{endorsements_of, public_of, views};

use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::LoadedCase;
use crate::app::notification::{self, About};
use crate::app::transition::{self, words};
use crate::app::{AppError, Tx};
use crate::domain::endorsement::{EndorsementAction, EndorsementCase, decide};
use crate::domain::ids::{EndorsementId, EntryId, ManuscriptId};
use crate::domain::notice::Letter;
use crate::domain::outcome::EndorsementState;
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::mail::letters::LetterFacts;
use crate::store::endorsements::{self, Endorsement};
use crate::store::letters;

/// Confirms an endorsement by its leader; it takes effect.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it, and refusals.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<ManuscriptId, AppError> {
    settle_by(tx, actor, id, EndorsementAction::Confirm, EndorsementState::Confirmed)
}

/// Countersigns an endorsement after a second person has compared it with the scan; it takes effect.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it, and refusals.
pub fn countersign(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<ManuscriptId, AppError> {
    settle_by(tx, actor, id, EndorsementAction::Countersign, EndorsementState::Countersigned)
}

/// Rejects a wrong endorsement; the person who entered it is informed of the reason.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it, violations, and refusals.
pub fn reject(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId, reason: &str) -> Result<ManuscriptId, AppError> {
    let (loaded, mut row) = load(tx, actor, id)?;
    let permit = decide(&rule(tx, &loaded, &row), actor, EndorsementAction::Reject)?;
    let reason = words(tx, "reason", reason)?;
    row.reason = Some(reason.clone());
    let entry = decided(tx, actor, permit, &mut row, EndorsementAction::Reject, EndorsementState::Rejected)?;
    let facts = LetterFacts { reason: Some(reason), ..LetterFacts::default() };
    let about = About { facts, ..about(tx, actor, &loaded, &row, entry) };
    let entered_by = Some(row.entered_by).filter(|user| *user != actor.user);
    notification::tell(tx, &about, Letter::EndorsementRejected, entered_by)?;
    Ok(row.manuscript_id)
}

/// Undoes the leader's own endorsement, or the decision by which an entered one takes effect, before anybody is informed of it. The
/// leader's own is removed; an entered one waits again to be confirmed, countersigned or rejected.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it, and refusals: nothing to undo, not the person who decided, the window has
/// closed.
pub fn undo(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<ManuscriptId, AppError> {
    let (loaded, mut row) = load(tx, actor, id)?;
    let permit = decide(&rule(tx, &loaded, &row), actor, EndorsementAction::Undo)?;
    let undone = row.held_entry.ok_or(Refusal::UndoClosed)?;
    let (from, seen) = (row.state, row.version);
    if row.entered_by == row.leader_id {
        // The schema requires a reason for a rejected row; this one was undone, which is sufficient.
        row.state = EndorsementState::Rejected;
        row.reason = Some(String::new());
        row.undone_at = Some(tx.now);
        row.decided_at = Some(tx.now);
    } else {
        row.state = EndorsementState::Entered;
        (row.decided_by, row.decided_at) = (None, None);
    }
    (row.held_until, row.held_entry) = (None, None);
    row.version += 1;
    endorsements::save(tx.conn, &row, seen)?;
    letters::revoke(tx.conn, undone, tx.now)?;
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, EndorsementAction::Undo.as_str(), "endorsement", row.id.0);
    deed.chain = row.manuscript_id.0;
    deed.version = Some(row.version);
    deed.from = Some(from.as_str());
    deed.to = Some(row.state.as_str());
    deed.undoes = Some(undone);
    events::append_event(tx, deed)?;
    Ok(row.manuscript_id)
}

fn settle_by(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: EndorsementId,
    action: EndorsementAction,
    to: EndorsementState,
) -> Result<ManuscriptId, AppError> {
    let (mut loaded, mut row) = load(tx, actor, id)?;
    let permit = decide(&rule(tx, &loaded, &row), actor, action)?;
    let entry = decided(tx, actor, permit, &mut row, action, to)?;
    effect::take(tx, actor, &mut loaded, &row, entry)?;
    Ok(row.manuscript_id)
}

/// Saves the decision and its entry.
fn decided(
    tx: &mut Tx<'_>,
    actor: &Actor,
    permit: Permit,
    row: &mut Endorsement,
    action: EndorsementAction,
    to: EndorsementState,
) -> Result<EntryId, AppError> {
    let (from, seen) = (row.state, row.version);
    row.state = to;
    row.version += 1;
    row.decided_by = Some(actor.user);
    row.decided_at = Some(tx.now);
    let entry: EntryId = tx.id();
    if to.has_effect() {
        effect::open_window(tx, actor.channel, row, entry)?;
    }
    endorsements::save(tx.conn, row, seen)?;
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, action.as_str(), "endorsement", row.id.0);
    deed.chain = row.manuscript_id.0;
    deed.version = Some(row.version);
    deed.from = Some(from.as_str());
    deed.to = Some(to.as_str());
    events::append_event_as(tx, entry, deed)
}

/// Loads an endorsement for an act, with its manuscript locked.
fn load(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<(LoadedCase, Endorsement), AppError> {
    let manuscript = endorsements::find(tx.conn, actor.channel, id)?.manuscript_id;
    let loaded = transition::load(tx, actor, manuscript)?;
    // Read again under the lock, because it may have been decided meanwhile.
    let row = endorsements::find(tx.conn, actor.channel, id)?;
    if views::shows(tx, actor, &loaded, &row) { Ok((loaded, row)) } else { Err(AppError::NotFound) }
}

fn rule<'a>(tx: &Tx<'_>, loaded: &'a LoadedCase, row: &Endorsement) -> EndorsementCase<'a> {
    EndorsementCase {
        standing: &loaded.case.standing,
        state: row.state,
        leader: row.leader_id,
        entered_by: row.entered_by,
        scanned: row.scan_id.is_some(),
        decided_by: row.decided_by,
        held_until: row.held_until,
        now: tx.now,
    }
}

fn about<'a>(tx: &Tx<'_>, actor: &Actor, loaded: &'a LoadedCase, row: &Endorsement, entry: EntryId) -> About<'a> {
    About {
        entry,
        channel: actor.channel,
        manuscript: Some(&loaded.row),
        subject: row.id.into(),
        facts: LetterFacts::default(),
        not_before: tx.now,
        actor: Some(actor.user),
    }
}
