//! Taking a decision back within the window: the row as it was before, and a new entry that names the undone one. An author's act on
//! what the author reads takes back in the same way the decisions of which the author does not know yet.

use serde_json::json;

use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::notification::{self, About};
use crate::app::pending_decision::{self, PendingDecision};
use crate::app::transition::{self, StepResult};
use crate::app::{AppError, Tx, bulletins, merging, windows};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::notice::Letter;
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Stage};
use crate::mail::letters::LetterFacts;
use crate::store::rows::ManuscriptRow;
use crate::store::{assignments, change_requests, decisions, letters, manuscripts, texts};

/// Kept in the assignments of an act that was undone.
pub(crate) const UNDONE: &str = "undone";
/// The act by which a decision ends because an author acted before it was announced.
pub(crate) const VOID: &str = "void";

/// Who takes a decision back, and as which act.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Undoing {
    /// Who; nobody for a consequence.
    pub actor: Option<UserId>,
    permit: Permit,
    action: &'static str,
}

impl Undoing {
    /// As the consequence of what an author did.
    const VOID: Self = Self { actor: None, permit: Permit::SYSTEM, action: VOID };
}

/// Takes the last decision back.
///
/// # Errors
/// Refusals: nothing to undo, not the one who decided, somebody has acted on it, the window has closed. [`AppError::Stale`].
pub fn undo(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<StepResult, AppError> {
    // Bulletins are locked before their manuscripts, as issuing does.
    let submitted = bulletins::lock_submitted(tx, actor, id)?;
    merging::lock_merged(tx, actor, id)?;
    let mut loaded = manuscript_case::load(tx, actor, id)?;
    let decision = match transition::judge(tx, actor, &loaded, Action::Undo) {
        // Whether or not its end stands in the ledger yet, the window was there and has passed.
        Err(AppError::Refused(Refusal::NothingToUndo)) if windows::is_just_closed(tx, id)? => return Err(Refusal::UndoClosed.into()),
        judged => judged?,
    };
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let mut held = loaded.held.take().ok_or(Refusal::NothingToUndo)?;
    let released = std::mem::take(&mut held.released);
    let by = Undoing { actor: Some(actor.user), permit: decision.permit, action: Action::Undo.as_str() };
    let (done, row) = restore(tx, &by, &loaded.row, held)?;
    merging::take_back(tx, &by, actor.channel, released)?;
    if loaded.row.stage == Stage::Accepted && row.stage != Stage::Accepted {
        // Whoever looks at them would otherwise read one text, and issue the next that is signed.
        for bulletin in submitted {
            bulletins::take_back_to_draft(tx, actor, decision.permit, bulletin, id)?;
        }
    }
    Ok(done)
}

/// Ends the decisions on a manuscript, and mergers into it, of which its author could not know when the author acted. Whoever decided is
/// told; the author is not.
pub(crate) fn void(tx: &mut Tx<'_>, loaded: &mut LoadedCase) -> Result<(), AppError> {
    void_own(tx, loaded)?;
    merging::void_into(tx, &loaded.row, None)?;
    if let Some(read) = loaded.case.unannounced.take() {
        loaded.case = *read;
    }
    Ok(())
}

/// The same without the mergers.
pub(crate) fn void_own(tx: &mut Tx<'_>, loaded: &mut LoadedCase) -> Result<(), AppError> {
    let open = loaded.unannounced(tx.now).len();
    for _ in 0..open {
        let Some(mut held) = loaded.held.take() else { break };
        let released = std::mem::take(&mut held.released);
        let (by, decided_in, earlier) = (held.by, held.before.stage, held.earlier.clone());
        // What else was done to it since, by acts of their own, stays.
        held.before.urgent = loaded.row.urgent;
        held.before.edited_text_id = loaded.row.edited_text_id;
        let (done, row) = restore(tx, &Undoing::VOID, &loaded.row, held)?;
        merging::take_back(tx, &Undoing::VOID, row.channel_id, released)?;
        (loaded.row, loaded.held) = (row, earlier.map(|earlier| *earlier));
        tell(tx, &loaded.row, &done, by, decided_in)?;
    }
    Ok(())
}

/// Tells whoever decided. A signer who sees the manuscript no more is led to what waits instead.
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

/// Gives a manuscript the row back that it had before the decision, with all that the decision brought.
pub(crate) fn restore(
    tx: &mut Tx<'_>,
    by: &Undoing,
    now: &ManuscriptRow,
    held: PendingDecision,
) -> Result<(StepResult, ManuscriptRow), AppError> {
    let row = row_before(now, &held, tx.now)?;
    manuscripts::save(tx.conn, &row, now.version)?;
    if transition::is_with_author(now.stage) {
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

/// The row before a decision, as it stands after that was taken back. Authors, who did not hear of it, find nothing changed; the decision
/// before it stays concealed from them as long as its own window is open.
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
