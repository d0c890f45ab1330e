//! What a confirmed or countersigned endorsement brings about.

use crate::desk::case::Loaded;
use crate::desk::endorsements::about;
use crate::desk::handling::reopen_alone;
use crate::desk::notification::{self, About};
use crate::desk::{DeskError, Tx};
use crate::domain::clock::Moment;
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::EntryId;
use crate::domain::lang::Lang;
use crate::domain::notice::{Audience, Letter};
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::Actor;
use crate::mail::letters::Facts;
use crate::store::endorsements::Endorsement;
use crate::text::t;

/// When an instruction is due that takes effect now: as the leader said, else after the channel's working days.
pub(super) fn due(tx: &mut Tx<'_>, actor: &Actor, row: &Endorsement) -> Result<Option<Moment>, DeskError> {
    if row.kind != EndorsementKind::Instruction || row.due_at.is_some() {
        return Ok(row.due_at);
    }
    let limits = tx.channel_settings(actor.channel)?.limits.clone();
    let provisional = WorkingTime { limits: &limits, calendar: &tx.calendar }.provisional(tx.now, limits.instruction(row.urgent));
    if let Some(unknown) = provisional.assumed {
        tracing::warn!(%unknown, "a due date rests on a guess: load the calendar of that year");
    }
    Ok(Some(provisional.due))
}

/// When an instruction of today would be due of which the leader says no date: the usual one, and the urgent one.
///
/// # Errors
/// The store's.
pub fn usual_due(tx: &mut Tx<'_>, actor: &Actor) -> Result<(Moment, Moment), DeskError> {
    let limits = tx.channel_settings(actor.channel)?.limits.clone();
    let time = WorkingTime { limits: &limits, calendar: &tx.calendar };
    let due = |urgent| time.provisional(tx.now, limits.instruction(urgent)).due;
    Ok((due(false), due(true)))
}

/// Tells the authors; an instruction also tells the dispatchers, and opens again what was closed.
pub(super) fn take(tx: &mut Tx<'_>, actor: &Actor, loaded: &mut Loaded, row: &Endorsement, entry: EntryId) -> Result<(), DeskError> {
    let told = about(tx, actor, loaded, row, entry);
    notification::tell_audience(tx, &told, Audience::Authors, Letter::Endorsed, &[], &[])?;
    if row.kind != EndorsementKind::Instruction {
        return Ok(());
    }
    let told = About { facts: Facts { due: row.due_at, ..Facts::default() }, ..told };
    notification::tell_audience(tx, &told, Audience::Dispatchers, Letter::InstructionGiven, &[], &[])?;
    reopen_alone(tx, loaded, &t(Lang::Zh, "reopened-by-instruction", &[]))?;
    Ok(())
}
