//! The leaders' desk: what they write on manuscripts, or have written down for them. An endorsement is a fact beside the stage; only a
//! confirmed or countersigned one has an effect.

mod effect;
mod entering;
mod views;

pub use effect::usual_due;
pub use entering::{NewEndorsement, enter};
pub(crate) use views::endorsements_of;
pub use views::{EndorsementView, Inside, Page, Wish, find, list};

use crate::desk::case::{self, Loaded};
use crate::desk::events::{self, LedgerEvent};
use crate::desk::notification::{self, About};
use crate::desk::step::words;
use crate::desk::{DeskError, Tx};
use crate::domain::endorsement::{EndorsementAction, EndorsementCase, decide};
use crate::domain::ids::{EndorsementId, EntryId};
use crate::domain::notice::Letter;
use crate::domain::outcome::EndorsementState;
use crate::domain::permission::{Actor, Permit};
use crate::mail::letters::Facts;
use crate::store::endorsements::{self, Endorsement};

/// The leader says that these are his words; the endorsement takes effect.
///
/// # Errors
/// [`DeskError::NotFound`] also for what this person may not see, and refusals.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<EndorsementView, DeskError> {
    settle(tx, actor, id, EndorsementAction::Confirm, EndorsementState::Confirmed)
}

/// A second person has held the words against the scan; the endorsement takes effect.
///
/// # Errors
/// [`DeskError::NotFound`] also for what this person may not see, and refusals.
pub fn countersign(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<EndorsementView, DeskError> {
    settle(tx, actor, id, EndorsementAction::Countersign, EndorsementState::Countersigned)
}

/// It was wrong; who entered it is told why.
///
/// # Errors
/// [`DeskError::NotFound`] also for what this person may not see, violations, and refusals.
pub fn reject(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId, reason: &str) -> Result<EndorsementView, DeskError> {
    let (loaded, mut row) = load(tx, actor, id)?;
    let permit = decide(&rule(&loaded, &row), actor, EndorsementAction::Reject)?;
    let reason = words(tx, "reason", reason)?;
    row.reason = Some(reason.clone());
    let entry = decided(tx, actor, permit, &mut row, EndorsementAction::Reject, EndorsementState::Rejected)?;
    let facts = Facts { reason: Some(reason), ..Facts::default() };
    let about = About { facts, ..about(tx, actor, &loaded, &row, entry) };
    let entered_by = Some(row.entered_by).filter(|user| *user != actor.user);
    notification::tell(tx, &about, Letter::EndorsementRejected, entered_by)?;
    views::view(tx, actor, &loaded, &row)
}

fn settle(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: EndorsementId,
    action: EndorsementAction,
    to: EndorsementState,
) -> Result<EndorsementView, DeskError> {
    let (mut loaded, mut row) = load(tx, actor, id)?;
    let permit = decide(&rule(&loaded, &row), actor, action)?;
    row.due_at = effect::due(tx, actor, &row)?;
    let entry = decided(tx, actor, permit, &mut row, action, to)?;
    effect::take(tx, actor, &mut loaded, &row, entry)?;
    views::view(tx, actor, &loaded, &row)
}

/// Saves the decision and records it.
fn decided(
    tx: &mut Tx<'_>,
    actor: &Actor,
    permit: Permit,
    row: &mut Endorsement,
    action: EndorsementAction,
    to: EndorsementState,
) -> Result<EntryId, DeskError> {
    let (from, seen) = (row.state, row.version);
    row.state = to;
    row.version += 1;
    row.decided_by = Some(actor.user);
    row.decided_at = Some(tx.now);
    endorsements::save(tx.conn, row, seen)?;
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, action.as_str(), "endorsement", row.id.0);
    deed.chain = row.manuscript_id.0;
    deed.version = Some(row.version);
    deed.from = Some(from.as_str());
    deed.to = Some(to.as_str());
    events::append_event(tx, deed)
}

/// Loads one for an act, with its manuscript locked.
fn load(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<(Loaded, Endorsement), DeskError> {
    let manuscript = endorsements::find(tx.conn, actor.channel, id)?.manuscript_id;
    let loaded = case::load(tx, actor, manuscript)?;
    // Read again behind the lock: somebody may have decided meanwhile.
    let row = endorsements::find(tx.conn, actor.channel, id)?;
    if views::shows(actor, &loaded, &row) { Ok((loaded, row)) } else { Err(DeskError::NotFound) }
}

fn rule<'a>(loaded: &'a Loaded, row: &Endorsement) -> EndorsementCase<'a> {
    EndorsementCase {
        standing: &loaded.case.standing,
        state: row.state,
        leader: row.leader_id,
        entered_by: row.entered_by,
        scanned: row.scan_id.is_some(),
    }
}

fn about<'a>(tx: &Tx<'_>, actor: &Actor, loaded: &'a Loaded, row: &Endorsement, entry: EntryId) -> About<'a> {
    About {
        entry,
        channel: actor.channel,
        manuscript: Some(&loaded.row),
        subject: row.id.into(),
        facts: Facts::default(),
        not_before: tx.now,
        actor: Some(actor.user),
    }
}
