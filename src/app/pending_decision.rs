//! A decision that can still be taken back, and is not announced yet: what `manuscripts.pending` keeps of it, and the row as authors read
//! it until then. Apart from the loading of a manuscript, because lists, figures and undo ask for it without the rest.

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

/// A decision that can still be taken back: kept in `manuscripts.pending`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PendingDecision {
    /// Its entry.
    pub entry: EntryId,
    /// Who decided; nobody for a consequence, which is taken back with the decision that brought it.
    pub by: Option<UserId>,
    /// The row before the decision.
    pub before: ManuscriptRow,
    /// The manuscripts that went their own way again because of it.
    #[serde(default)]
    pub released: Vec<Released>,
    /// When its window closes; only where a later decision lies over it, otherwise `manuscripts.pending_until` says it.
    #[serde(default)]
    pub until: Option<Moment>,
    /// The decision before this one, if its window was open when this one was made: authors read the row before that one until then.
    #[serde(default)]
    pub earlier: Option<Box<PendingDecision>>,
}

/// A manuscript that was merged into a declined one, and returned to review with that decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Released {
    /// Which.
    pub manuscript: ManuscriptId,
    /// The entry by which it returned; nil in a row from before it was kept, which can't be taken back any more.
    #[serde(default = "nobody_knows")]
    pub entry: EntryId,
    /// Where its authors had not been told of the merger: the row that it has again if the decision is taken back.
    #[serde(default)]
    pub joined: Option<ManuscriptRow>,
}

fn nobody_knows() -> EntryId {
    EntryId(uuid::Uuid::nil())
}

impl PendingDecision {
    /// It and those under it, newest first.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |held| held.earlier.as_deref())
    }
}

/// The decision on this manuscript that can be taken back, if there is one.
pub(crate) fn pending_decision(row: &ManuscriptRow) -> Result<Option<PendingDecision>, AppError> {
    let held = row.pending.as_deref().map(serde_json::from_str).transpose();
    held.map_err(|error| StoreError::unreadable("manuscripts.pending", &error).into())
}

/// The decisions that are not announced yet, newest first: down to the oldest whose window is open.
pub(super) fn unannounced(held: Option<&PendingDecision>, until: Option<Moment>, now: Moment) -> Vec<&PendingDecision> {
    let layers: Vec<_> = std::iter::successors(held.zip(Some(until)), |(held, _)| {
        let earlier = held.earlier.as_deref()?;
        Some((earlier, earlier.until))
    })
    .collect();
    let oldest = layers.iter().rposition(|(_, until)| until.is_some_and(|until| until > now));
    layers.into_iter().take(oldest.map_or(0, |place| place + 1)).map(|(held, _)| held).collect()
}

/// The row as its authors read it: the one before decisions that are not announced yet.
pub(crate) fn as_announced(row: ManuscriptRow, now: Moment) -> Result<ManuscriptRow, AppError> {
    if row.pending_until.is_none() {
        return Ok(row);
    }
    let held = pending_decision(&row)?;
    let before = unannounced(held.as_ref(), row.pending_until, now).pop().map(|held| held.before.clone());
    Ok(before.unwrap_or(row))
}

/// The row, as its authors read it, of the manuscript that another one was merged into, also if that has been put away since; none for
/// one that did not end by being merged.
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

/// The decision that waits on a row, if its own window or that of one under it is still open; with its window's end.
pub(crate) fn still_open(row: &ManuscriptRow, now: Moment) -> Result<Option<PendingDecision>, AppError> {
    let held = pending_decision(row)?;
    let open = unannounced(held.as_ref(), row.pending_until, now);
    let mut kept: Option<PendingDecision> = None;
    for one in open.into_iter().rev() {
        kept = Some(PendingDecision { earlier: kept.map(Box::new), ..one.clone() });
    }
    Ok(kept.map(|kept| PendingDecision { until: row.pending_until, ..kept }))
}

/// A step that tells authors nothing leaves a decision concealed that is not announced yet; any other ends its window.
pub(super) fn conceal_on(row: &mut ManuscriptRow, before: &ManuscriptRow, announces: bool, now: Moment) -> Result<(), AppError> {
    if announces || still_open(before, now)?.is_none() {
        (row.pending, row.pending_until) = (None, None);
    }
    Ok(())
}

/// For authors nothing has happened: what was decided before they were told ended with this step before they were told.
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

/// What this person wrote and reads otherwise than it stands, because a decision on it is not announced yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnUnannounced {
    /// The rows as they read them.
    pub rows: Vec<ManuscriptRow>,
    /// The entries of the decisions.
    pub entries: Vec<EntryId>,
}

/// Loads what this person wrote and reads otherwise than it stands.
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

/// Keeps the row as it was before, for authors until the window closes, and for an undo. The decision on which this one was made, if its
/// window is open, is kept beside it, so that rows do not nest.
pub(super) fn set_pending(
    row: &mut ManuscriptRow,
    before: &ManuscriptRow,
    upon: Option<PendingDecision>,
    (entry, by): (EntryId, Option<UserId>),
    until: Moment,
) -> Result<(), AppError> {
    let kept = ManuscriptRow { pending: None, pending_until: None, ..before.clone() };
    let mut earlier = upon.map(Box::new);
    // A later decision with a shorter window ends those under it, so that `pending_until` says of all of them whether one is open.
    let mut next = earlier.as_mut();
    while let Some(one) = next {
        one.until = one.until.map(|earlier| earlier.min(until));
        next = one.earlier.as_mut();
    }
    put_pending(row, &PendingDecision { entry, by, before: kept, released: Vec::new(), until: None, earlier }, until)
}

/// Writes into the row what can be taken back until then.
pub(crate) fn put_pending(row: &mut ManuscriptRow, held: &PendingDecision, until: Moment) -> Result<(), AppError> {
    row.pending = Some(serde_json::to_string(held).map_err(|error| StoreError::unreadable("manuscripts.pending", &error))?);
    row.pending_until = Some(until);
    Ok(())
}

/// Whether somebody has built on the decision, or on what it brought about in another manuscript.
pub(super) fn acted_on(tx: &mut Tx<'_>, row: &ManuscriptRow, held: &PendingDecision) -> Result<bool, AppError> {
    let released = held.released.iter().map(|one| (one.manuscript, one.entry));
    for (id, said) in std::iter::once((row.id, held.entry)).chain(released) {
        let head = reading::head(tx.conn, id.into())?;
        // Mostly the decision is the newest entry; only else the later ones are read.
        if head.is_some_and(|last| last != said) && reading::since(tx.conn, row.channel_id, id.0, said)?.iter().any(builds_on) {
            return Ok(true);
        }
    }
    Ok(false)
}
