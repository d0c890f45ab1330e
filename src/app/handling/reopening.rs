//! Reopening of the handling, by an act or as a consequence, and withholding the announcement of a decision that ends before it is
//! announced.

use serde_json::json;

use crate::app::manuscript_case::LoadedCase;
use crate::app::step::{StepDetails, StepResult};
use crate::app::transition::{self, words};
use crate::app::{AppError, Tx};
use crate::domain::ids::{EntryId, ManuscriptId};
use crate::domain::permission::Actor;
use crate::domain::vocabulary::{Action, Stage};
use crate::mail::letters::LetterFacts;
use crate::store::{decisions, letters};

/// The fact of a reopening, or of the end of a merger, that names the decision of which the authors were not informed.
pub(crate) const UNTOLD: &str = "untold";

/// Reopens the handling.
///
/// # Errors
/// [`AppError::Stale`]; violations; refusals.
pub fn reopen(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, reason: &str) -> Result<StepResult, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::ready(tx, actor, &loaded, Action::Reopen, seen)?;
    let reason = words(tx, "reason", reason)?;
    let untold = unsay(tx, &loaded)?;
    transition::take(tx, actor, &mut loaded, Action::Reopen, again(reason, untold), |_| {})
}

/// Reopens the handling as the consequence of another event: a confirmed instruction, later a broken promise. Authors read the `reason`.
/// Does nothing and returns `None` if the handling has not ended.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn reopen_alone(tx: &mut Tx<'_>, loaded: &mut LoadedCase, reason: &str) -> Result<Option<StepResult>, AppError> {
    if !matches!(loaded.row.stage, Stage::Concluded | Stage::Archived) {
        return Ok(None);
    }
    let untold = unsay(tx, loaded)?;
    transition::take_alone(tx, loaded, Action::Reopen, again(reason.to_owned(), untold)).map(Some)
}

/// Revokes the letters of a decision that is not announced yet, because they would no longer be true on arrival. Returns that decision, so
/// that its authors are not informed of the act that ended it either.
pub(crate) fn unsay(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<Option<EntryId>, AppError> {
    match &loaded.held {
        Some(held) if loaded.row.pending_until.is_some_and(|until| until > tx.now) => {
            letters::revoke(tx.conn, held.entry, tx.now)?;
            decisions::mark_undone(tx.conn, held.entry, tx.now)?;
            Ok(Some(held.entry))
        }
        _ => Ok(None),
    }
}

pub(crate) fn again(reason: String, untold: Option<EntryId>) -> StepDetails<'static> {
    let letter = LetterFacts { reason: Some(reason.clone()), ..LetterFacts::default() };
    let facts = untold.map(|conclusion| json!({ UNTOLD: conclusion })).unwrap_or_default();
    StepDetails { letter, facts, words: Some(reason), public: untold.is_none(), untold: untold.is_some(), ..StepDetails::default() }
}
