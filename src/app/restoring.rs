//! Restores the row that a manuscript had before a decision, if the decision is undone or an author's act voids it: by acting on the state
//! that they read, an author ends the decisions of which they do not know yet.

use serde_json::json;

use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::notification::{self, About};
use crate::app::pending_decision::{self, PendingDecision, Released};
use crate::app::step::{self, StepResult};
use crate::app::{AppError, Tx, windows};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, ManuscriptId, UserId};
use crate::domain::notice::{Audience, Letter};
use crate::domain::permission::Permit;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::Stage;
use crate::mail::letters::LetterFacts;
use crate::store::assignments::{self, UNDONE};
use crate::store::rows::ManuscriptRow;
use crate::store::{change_requests, decisions, letters, manuscripts, texts};

/// The act by which a decision ends because an author acted before it was announced.
pub(crate) const VOID: &str = "void";

/// The person who undoes a decision, and the act by which they do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Undoing {
    /// The person; `None` for a consequence.
    pub actor: Option<UserId>,
    pub permit: Permit,
    pub action: &'static str,
}

impl Undoing {
    /// The consequence of an author's act.
    const VOID: Self = Self { actor: None, permit: Permit::SYSTEM, action: VOID };
}

/// Ends the decisions on a manuscript, and mergers into it, of which its author could not know when they acted. Those who decided are
/// informed; the author is not.
pub(crate) fn void(tx: &mut Tx<'_>, loaded: &mut LoadedCase) -> Result<(), AppError> {
    void_own(tx, loaded)?;
    void_into(tx, &loaded.row, None)?;
    if let Some(read) = loaded.case.unannounced.take() {
        loaded.case = *read;
    }
    Ok(())
}

/// Ends the decisions on a manuscript, but not the mergers into it.
pub(crate) fn void_own(tx: &mut Tx<'_>, loaded: &mut LoadedCase) -> Result<(), AppError> {
    let open = loaded.unannounced(tx.now).len();
    for _ in 0..open {
        let Some(mut held) = loaded.held.take() else { break };
        let released = std::mem::take(&mut held.released);
        let (by, decided_in, earlier) = (held.by, held.before.stage, held.earlier.clone());
        // Changes by other acts since the decision are preserved.
        held.before.urgent = loaded.row.urgent;
        held.before.edited_text_id = loaded.row.edited_text_id;
        let (done, row) = restore(tx, &Undoing::VOID, &loaded.row, held)?;
        take_back(tx, &Undoing::VOID, row.channel_id, released)?;
        (loaded.row, loaded.held) = (row, earlier.map(|earlier| *earlier));
        tell(tx, &loaded.row, &done, by, decided_in)?;
    }
    Ok(())
}

/// Informs the person who decided. A signer who no longer sees the manuscript gets a link to their queue instead.
fn tell(tx: &mut Tx<'_>, row: &ManuscriptRow, done: &StepResult, by: Option<UserId>, decided_in: Stage) -> Result<(), AppError> {
    let path = (decided_in == Stage::Signing).then(|| "/signing".to_owned());
    let about = About {
        entry: done.entry,
        channel: row.channel_id,
        manuscript: Some(row),
        subject: row.id.into(),
        facts: LetterFacts { path, ..LetterFacts::default() },
        not_before: tx.now,
        actor: None,
    };
    notification::tell(tx, &about, Letter::DecisionVoided, by)
}

/// Restores the row that a manuscript had before the decision, and reverts the decision's consequences.
pub(crate) fn restore(
    tx: &mut Tx<'_>,
    by: &Undoing,
    now: &ManuscriptRow,
    held: PendingDecision,
) -> Result<(StepResult, ManuscriptRow), AppError> {
    let row = row_before(now, &held, tx.now)?;
    manuscripts::save(tx.conn, &row, now.version)?;
    if step::is_with_author(now.stage) {
        texts::left_author(tx.conn, row.id)?;
    }
    decisions::mark_undone(tx.conn, held.entry, tx.now)?;
    change_requests::revoke(tx.conn, held.entry, tx.now)?;
    assignments::cancel_of_entry(tx.conn, held.entry, tx.now, UNDONE)?;
    letters::revoke(tx.conn, held.entry, tx.now)?;
    let deed = LedgerEvent {
        actor: by.actor,
        version: Some(row.version),
        from: Some(now.stage.as_str()),
        to: Some(row.stage.as_str()),
        undoes: Some(held.entry),
        facts: if by.actor.is_some() { serde_json::Value::Null } else { json!({ "because": "author" }) },
        ..LedgerEvent::new(row.channel_id, row.first_author_id, by.permit, by.action, "manuscript", row.id.0)
    };
    windows::end_by_act(tx, now, &row, Some(held.entry))?;
    let entry = events::append_event(tx, deed)?;
    Ok((StepResult { entry, undo_until: None }, row))
}

/// Returns the row before a decision, as it is after the undo. Authors, who were not informed of it, see no change; the previous decision
/// stays concealed from them as long as its own window is open.
fn row_before(now: &ManuscriptRow, held: &PendingDecision, at: Moment) -> Result<ManuscriptRow, AppError> {
    let before = &held.before;
    let version = now.version + 1;
    let untold_versions = before.untold_versions + version - before.version;
    let mut row = ManuscriptRow { version, untold_versions, ..before.clone() };
    if let Some((earlier, until)) = held.earlier.as_ref().and_then(|earlier| Some((earlier, earlier.until.filter(|until| *until > at)?))) {
        pending_decision::put_pending(&mut row, earlier, until)?;
    }
    Ok(row)
}

/// Undoes the consequences of a decline: the released manuscripts are merged again. Nobody has acted on them, otherwise the undo would have
/// been refused. Authors who were not informed of the merger before are informed when its window closes, or now if it has passed.
pub(crate) fn take_back(tx: &mut Tx<'_>, by: &Undoing, channel: ChannelId, released: Vec<Released>) -> Result<(), AppError> {
    for one in released {
        let row = manuscripts::find_for_update(tx.conn, channel, one.manuscript)?;
        let held = pending_decision::pending_decision(&row)?.ok_or(Refusal::ActedOn)?;
        let told_late = one.joined.is_some();
        let held = match one.joined {
            Some(joined) => PendingDecision { before: joined, earlier: None, ..held },
            None => held,
        };
        let (done, row) = restore(tx, by, &row, held)?;
        if told_late {
            tell_merged(tx, by, &row, done.entry)?;
        }
    }
    Ok(())
}

/// Voids mergers into a manuscript of which the person who acted on it could not know: all of them if its author acted, otherwise those of
/// the actor's own manuscripts.
pub(crate) fn void_into(tx: &mut Tx<'_>, target: &ManuscriptRow, of: Option<UserId>) -> Result<(), AppError> {
    for merged in manuscripts::merged_into(tx.conn, target.id)? {
        let row = manuscripts::find_for_update(tx.conn, target.channel_id, merged.id)?;
        if is_untold(tx, &row, target.id, of)? {
            let mut loaded = manuscript_case::of_row(tx, row)?;
            void_own(tx, &mut loaded)?;
        }
    }
    Ok(())
}

/// Returns whether a merger is not announced yet to this person, who wrote the merged manuscript, or to its authors in general.
pub(crate) fn is_untold(tx: &mut Tx<'_>, merged: &ManuscriptRow, target: ManuscriptId, of: Option<UserId>) -> Result<bool, AppError> {
    let is_merged = merged.merged_into == Some(target);
    if !is_merged || pending_decision::as_announced(merged.clone(), tx.now)?.merged_into == Some(target) {
        return Ok(false);
    }
    match of {
        Some(user) => Ok(texts::authors(tx.conn, merged.id)?.iter().any(|author| author.user_id == user)),
        None => Ok(true),
    }
}

/// Informs the authors of a manuscript that it is merged.
fn tell_merged(tx: &mut Tx<'_>, by: &Undoing, row: &ManuscriptRow, entry: EntryId) -> Result<(), AppError> {
    let target = row.merged_into.map(|target| manuscripts::find(tx.conn, row.channel_id, target)).transpose()?;
    let about = About {
        entry,
        channel: row.channel_id,
        manuscript: Some(row),
        subject: row.id.into(),
        facts: LetterFacts { merged_into: target.and_then(|target| target.number), ..LetterFacts::default() },
        not_before: row.pending_until.filter(|until| *until > tx.now).unwrap_or(tx.now),
        actor: by.actor,
    };
    notification::tell_audience(tx, &about, Audience::Authors, Letter::Merged, &[], &[])
}
