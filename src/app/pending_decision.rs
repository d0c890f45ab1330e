//! Decisions that can still be undone and are not announced yet: the content of `manuscripts.pending`, and the row as authors read it until
//! then. Separate from the loading of a manuscript, because lists, figures and undo need it without the rest.

use serde::{Deserialize, Serialize};

use crate::app::{AppError, Tx};
use crate::domain::building::builds_on;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, ManuscriptId, UserId};
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Stage;
use crate::store::ledger::reading;
use crate::store::listing::{self, ManuscriptFilter, Stream};
use crate::store::rows::ManuscriptRow;
use crate::store::{StoreError, manuscripts};

/// A decision that can still be undone, as stored in `manuscripts.pending`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PendingDecision {
    /// Its entry.
    pub entry: EntryId,
    /// The person who decided; `None` for a consequence, which is undone with the decision that caused it.
    pub by: Option<UserId>,
    /// The row before the decision.
    pub before: ManuscriptRow,
    /// The manuscripts whose merger ended because of it.
    #[serde(default)]
    pub released: Vec<Released>,
    /// The end of its undo window; set only if a later decision follows it, otherwise `manuscripts.pending_until` holds the time.
    #[serde(default)]
    pub until: Option<Moment>,
    /// The previous decision, if its window was open when this one was made: until its end, authors read the row before that one.
    #[serde(default)]
    pub earlier: Option<Box<PendingDecision>>,
}

/// A manuscript that was merged into a declined one, and returned to review with that decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Released {
    /// Its id.
    pub manuscript: ManuscriptId,
    /// The entry by which it returned; nil in a row from before this was stored, which can no longer be undone.
    #[serde(default = "nobody_knows")]
    pub entry: EntryId,
    /// If its authors were not informed of the merger: the row that it gets back if the decision is undone.
    #[serde(default)]
    pub joined: Option<ManuscriptRow>,
}

fn nobody_knows() -> EntryId {
    EntryId(uuid::Uuid::nil())
}

impl PendingDecision {
    /// Returns this decision and the previous ones, newest first.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |held| held.earlier.as_deref())
    }
}

/// Returns the decision on this manuscript that can be undone, if there is one.
pub(crate) fn pending_decision(row: &ManuscriptRow) -> Result<Option<PendingDecision>, AppError> {
    let held = row.pending.as_deref().map(serde_json::from_str).transpose();
    held.map_err(|error| StoreError::unreadable("manuscripts.pending", &error).into())
}

/// Returns the decisions that are not announced yet, newest first, down to the oldest whose window is open.
pub(super) fn unannounced(held: Option<&PendingDecision>, until: Option<Moment>, now: Moment) -> Vec<&PendingDecision> {
    let layers: Vec<_> = std::iter::successors(held.zip(Some(until)), |(held, _)| {
        let earlier = held.earlier.as_deref()?;
        Some((earlier, earlier.until))
    })
    .collect();
    let oldest = layers.iter().rposition(|(_, until)| until.is_some_and(|until| until > now));
    layers.into_iter().take(oldest.map_or(0, |place| place + 1)).map(|(held, _)| held).collect()
}

/// Returns the row as its authors read it: the one before decisions that are not announced yet.
pub(crate) fn as_announced(row: ManuscriptRow, now: Moment) -> Result<ManuscriptRow, AppError> {
    if row.pending_until.is_none() {
        return Ok(row);
    }
    let held = pending_decision(&row)?;
    let before = unannounced(held.as_ref(), row.pending_until, now).pop().map(|held| held.before.clone());
    Ok(before.unwrap_or(row))
}

/// Returns the row, as its authors read it, of the manuscript that another one was merged into, archived or not; `None` for one that did
/// not end by a merger.
pub(crate) fn target_as_read(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    merged_into: Option<ManuscriptId>,
    lasting: Stage,
) -> Result<Option<ManuscriptRow>, AppError> {
    let Some(target) = merged_into.filter(|_| lasting == Stage::Merged) else { return Ok(None) };
    let target = manuscripts::find(tx.conn, channel, target)?;
    as_announced(target, tx.now).map(Some)
}

/// Returns the pending decision of a row with the end of its window, if its own window or that of a previous one is still open.
pub(crate) fn still_open(row: &ManuscriptRow, now: Moment) -> Result<Option<PendingDecision>, AppError> {
    let held = pending_decision(row)?;
    let open = unannounced(held.as_ref(), row.pending_until, now);
    let mut kept: Option<PendingDecision> = None;
    for one in open.into_iter().rev() {
        kept = Some(PendingDecision { earlier: kept.map(Box::new), ..one.clone() });
    }
    Ok(kept.map(|kept| PendingDecision { until: row.pending_until, ..kept }))
}

/// Keeps a decision concealed that is not announced yet if the step is not announced to authors either; any other step ends its window.
pub(super) fn conceal_on(row: &mut ManuscriptRow, before: &ManuscriptRow, announces: bool, now: Moment) -> Result<(), AppError> {
    if announces || still_open(before, now)?.is_none() {
        (row.pending, row.pending_until) = (None, None);
    }
    Ok(())
}

/// Leaves the row unchanged for its authors: the decision ended with this step before they were informed of it.
pub(super) fn leave_untold(row: &mut ManuscriptRow, held: Option<&PendingDecision>) -> Result<(), AppError> {
    let Some(held) = held else { return Ok(()) };
    (row.pending, row.pending_until) = (None, None);
    row.untold_versions += row.version - held.before.version;
    if row.stage == held.before.stage {
        row.stage_since = held.before.stage_since;
    }
    match held.earlier.as_ref().and_then(|earlier| Some((earlier, earlier.until?))) {
        Some((earlier, until)) => put_pending(row, earlier, until),
        None => Ok(()),
    }
}

/// Manuscripts of this person that they read in another state than the current one, because a decision is not announced yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnUnannounced {
    /// The rows as they read them.
    pub rows: Vec<ManuscriptRow>,
    /// The entries of the decisions.
    pub entries: Vec<EntryId>,
}

/// Loads the manuscripts of this person that they read in another state than the current one.
pub(crate) fn own_unannounced(tx: &mut Tx<'_>, actor: &Actor) -> Result<OwnUnannounced, AppError> {
    let own = Stream::Author(actor.user);
    let mut found = OwnUnannounced::default();
    for row in listing::unannounced(tx.conn, actor.channel, &own, &ManuscriptFilter::default(), tx.now)? {
        let held = pending_decision(&row)?;
        found.entries.extend(unannounced(held.as_ref(), row.pending_until, tx.now).iter().map(|held| held.entry));
        found.rows.push(as_announced(row, tx.now)?);
    }
    Ok(found)
}

/// Stores the row as it was before, for authors until the window closes, and for an undo. The decision on which this one is based is stored
/// beside it if its window is open, so that rows are not nested.
pub(super) fn set_pending(
    row: &mut ManuscriptRow,
    before: &ManuscriptRow,
    upon: Option<PendingDecision>,
    (entry, by): (EntryId, Option<UserId>),
    until: Moment,
) -> Result<(), AppError> {
    let kept = ManuscriptRow { pending: None, pending_until: None, ..before.clone() };
    let mut earlier = upon.map(Box::new);
    // A later decision with a shorter window ends the previous ones, so that `pending_until` tells for all of them whether one is open.
    let mut next = earlier.as_mut();
    while let Some(one) = next {
        one.until = one.until.map(|earlier| earlier.min(until));
        next = one.earlier.as_mut();
    }
    put_pending(row, &PendingDecision { entry, by, before: kept, released: Vec::new(), until: None, earlier }, until)
}

/// Writes the pending decision into the row, with the end of its window.
pub(crate) fn put_pending(row: &mut ManuscriptRow, held: &PendingDecision, until: Moment) -> Result<(), AppError> {
    row.pending = Some(serde_json::to_string(held).map_err(|error| StoreError::unreadable("manuscripts.pending", &error))?);
    row.pending_until = Some(until);
    Ok(())
}

/// Returns whether a later act is based on the decision, or on its consequences in another manuscript.
pub(super) fn acted_on(tx: &mut Tx<'_>, row: &ManuscriptRow, held: &PendingDecision) -> Result<bool, AppError> {
    let released = held.released.iter().map(|one| (one.manuscript, one.entry));
    for (id, said) in std::iter::once((row.id, held.entry)).chain(released) {
        let head = reading::head(tx.conn, id.into())?;
        // The decision usually is the newest entry; the later ones are read only otherwise.
        if head.is_some_and(|last| last != said) && reading::since(tx.conn, row.channel_id, id.0, said)?.iter().any(builds_on) {
            return Ok(true);
        }
    }
    Ok(false)
}
