//! How handling ends, and how it begins again.

use serde_json::json;

use crate::desk::case::{self, Loaded};
use crate::desk::step::{self, Done, Step, words};
use crate::desk::{DeskError, Tx};
use crate::domain::ids::{EntryId, ManuscriptId};
use crate::domain::permission::Actor;
use crate::domain::words::{Action, Stage};
use crate::mail::letters::Facts;
use crate::store::{assignments, decisions, letters};

/// 办结: closes it with a result, which goes to the authors and to the leaders who marked it.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::AssignmentsOpen`] while a leading department has not answered; [`DeskError::Stale`]; violations;
/// refusals.
pub fn conclude(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, result: &str) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    step::ready(tx, actor, &loaded, Action::Conclude, seen)?;
    let result = words(tx, "result", result)?;
    let leaders = assignments::endorsers(tx.conn, id)?;
    let step = Step {
        letter: Facts { result: Some(result.clone()), ..Facts::default() },
        words: Some(result),
        public: true,
        facts: json!({ "assignments": loaded.assignments.len() }),
        named: &leaders,
        ..Step::default()
    };
    step::take(tx, actor, &mut loaded, Action::Conclude, step, |_| {})
}

/// The fact of a reopening that names the conclusion of which its authors had not been told.
pub(crate) const UNTOLD: &str = "untold";

/// Opens it again.
///
/// # Errors
/// [`DeskError::Stale`]; violations; refusals.
pub fn reopen(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, reason: &str) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    step::ready(tx, actor, &loaded, Action::Reopen, seen)?;
    let reason = words(tx, "reason", reason)?;
    let untold = unsay(tx, &loaded)?;
    step::take(tx, actor, &mut loaded, Action::Reopen, again(reason, untold), |_| {})
}

/// Opens it again as the consequence of something else: a confirmed instruction, later a broken promise. `reason` is what authors read.
/// Nothing happens, and none is given, where handling is not over.
///
/// # Errors
/// The store's.
pub(crate) fn reopen_alone(tx: &mut Tx<'_>, loaded: &mut Loaded, reason: &str) -> Result<Option<Done>, DeskError> {
    if !matches!(loaded.row.stage, Stage::Concluded | Stage::Archived) {
        return Ok(None);
    }
    let untold = unsay(tx, loaded)?;
    step::take_alone(tx, loaded, Action::Reopen, again(reason.to_owned(), untold)).map(Some)
}

/// The letters of a conclusion that nobody has been told of yet don't go out: when they would arrive, it is open again. Gives
/// that conclusion; then its authors need not hear, nor read, of the reopening either.
fn unsay(tx: &mut Tx<'_>, loaded: &Loaded) -> Result<Option<EntryId>, DeskError> {
    match &loaded.held {
        Some(held) if loaded.row.pending_until.is_some_and(|until| until > tx.now) => {
            letters::revoke(tx.conn, held.entry, tx.now)?;
            decisions::mark_undone(tx.conn, held.entry, tx.now)?;
            Ok(Some(held.entry))
        }
        _ => Ok(None),
    }
}

fn again(reason: String, untold: Option<EntryId>) -> Step<'static> {
    let letter = Facts { reason: Some(reason.clone()), ..Facts::default() };
    let facts = untold.map(|conclusion| json!({ UNTOLD: conclusion })).unwrap_or_default();
    Step { letter, facts, words: Some(reason), public: untold.is_none(), untold: untold.is_some(), ..Step::default() }
}
