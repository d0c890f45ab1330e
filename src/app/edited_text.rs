//! Handling of an edited text (定稿) whose original has been corrected since: comparing it with both originals, carrying it over, or dropping
//! it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::intake::digest_of;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::reading::manuscript_view::text_view;
use crate::app::reading::revisions::{PartDifference, compare};
use crate::app::reading::views::TextView;
use crate::app::step::{StepDetails, StepResult};
use crate::app::{AppError, Tx, bulletins, outgoing, transition};
use crate::domain::ids::{ManuscriptId, TextId, UserId};
use crate::domain::manuscript::Text;
use crate::domain::outgoing::{EditedTextState, Outdated, merge};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Part, Role, Stage, TextKind};
use crate::store::rows::TextRow;
use crate::store::{letters, people, texts};

/// An outdated edited text between the original that it was made from and the newest one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Comparison {
    /// The original that the edited text was made from.
    pub based_on: TextView,
    /// The edited text.
    pub edited: TextView,
    /// The newest original.
    pub original: TextView,
    /// The changes of the office: from `based_on` to `edited`.
    pub edit: Vec<PartDifference>,
    /// The corrections of the author: from `based_on` to `original`.
    pub correction: Vec<PartDifference>,
    /// The combination of both: each part from the side that changed it, and from the edited text where both did.
    pub proposal: Proposal,
    /// The parts that both sides changed, which need to be reviewed.
    pub conflicts: Vec<Part>,
}

/// A proposed text that is not stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Proposal {
    /// 标题
    pub title: String,
    /// 情况问题
    pub situation: String,
    /// 原因分析
    pub causes: String,
    /// 建议
    pub suggestions: Vec<String>,
}

/// Compares an outdated edited text with both originals, for the office.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it; [`Refusal::WrongRole`] outside the office; [`Refusal::TextCurrent`] and
/// [`Refusal::NoEditedText`] if there is nothing to compare.
pub fn comparison(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Comparison, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    if !loaded.sight(actor).internal() {
        return Err(Refusal::WrongRole { needed: vec![Role::Reviewer, Role::Signer] }.into());
    }
    let outdated = outdated(tx, &loaded)?;
    let versions = texts::list(tx.conn, id)?;
    let people: Vec<UserId> = versions.iter().map(|text| text.created_by).collect();
    let names: BTreeMap<UserId, String> = people::find_many(tx.conn, &people)?.into_iter().map(|user| (user.id, user.name)).collect();
    // An edited text of unknown origin is compared with the first original, so that all later changes are shown.
    let first = versions.iter().find(|text| text.kind == TextKind::Original).map(|text| text.id);
    let based_on = outdated.based_on.or(first).ok_or(AppError::NotFound)?;
    let text = |id: TextId| versions.iter().find(|row| row.id == id).ok_or(AppError::NotFound).and_then(|row| Ok(row.text()?));
    let [base, edited, original] = [text(based_on)?, text(outdated.edited)?, text(outdated.original)?];
    let (together, conflicts) = merge(&base, &edited, &original);
    Ok(Comparison {
        based_on: text_view(&versions, based_on, &names)?,
        edited: text_view(&versions, outdated.edited, &names)?,
        original: text_view(&versions, outdated.original, &names)?,
        edit: compare(&base, &edited),
        correction: compare(&base, &original),
        proposal: Proposal {
            title: together.title.as_str().to_owned(),
            situation: together.situation,
            causes: together.causes,
            suggestions: together.suggestions,
        },
        conflicts,
    })
}

fn outdated(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<Outdated, AppError> {
    let outgoing = outgoing::outgoing(tx, &loaded.row)?;
    match outgoing.edited() {
        EditedTextState::None => Err(Refusal::NoEditedText.into()),
        _ => Ok(outgoing.outdated.ok_or(Refusal::TextCurrent)?),
    }
}

/// Stores an edited text that combines the office's changes and the author's corrections.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn carry_over(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, text: &Text) -> Result<StepResult, AppError> {
    replace(tx, actor, id, seen, Action::CarryOver, Some(text))
}

/// Drops the edited text, so that the newest original goes out. The edited text stays among the versions.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; refusals.
pub fn drop_edited(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<StepResult, AppError> {
    replace(tx, actor, id, seen, Action::DropEdited, None)
}

/// Replaces the text that goes out. A manuscript that was signed or waits for signature returns to review, and a submitted bulletin that
/// contains it returns to its editor.
fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ManuscriptId,
    seen: i64,
    action: Action,
    text: Option<&Text>,
) -> Result<StepResult, AppError> {
    // Bulletins are locked before their manuscripts, as issuing does.
    let submitted = bulletins::lock_submitted(tx, actor, id)?;
    let mut loaded = transition::load(tx, actor, id)?;
    let permit = transition::judge(tx, actor, &loaded, action)?.permit;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let mut step = StepDetails { untold: revoke_announcement(tx, &loaded)?, ..StepDetails::default() };
    let kept = match text {
        Some(text) => {
            let row = new_edited_text(tx, actor, &loaded, action, text)?;
            step.digests = digest_of(&row, text);
            step.facts = json!({ "round": row.round, "based_on": row.based_on });
            Some(row.id)
        }
        None => {
            step.facts = json!({ "dropped": loaded.row.edited_text_id });
            None
        }
    };
    let from = loaded.row.stage;
    let done = transition::take(tx, actor, &mut loaded, action, step, |row| row.edited_text_id = kept)?;
    if from == Stage::Accepted {
        for bulletin in submitted {
            bulletins::take_back_to_draft(tx, actor, permit, bulletin, id)?;
        }
    }
    Ok(done)
}

/// Writes the next edited text, based on the original as it was last submitted.
pub(crate) fn new_edited_text(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loaded: &LoadedCase,
    action: Action,
    text: &Text,
) -> Result<TextRow, AppError> {
    let missing = text.missing();
    if !missing.is_empty() {
        return Err(missing.into());
    }
    let round = texts::next_round(tx.conn, loaded.row.id, TextKind::Edited)?;
    let mut row = TextRow::open(tx.id(), loaded.row.id, round, TextKind::Edited, text, actor.user, tx.now);
    row.on_behalf_of = transition::judge(tx, actor, loaded, action)?.permit.on_behalf_of;
    // In no stage in which the office edits can the author be working on another original.
    row.based_on = Some(loaded.row.text_id);
    row.seal(text, tx.now);
    texts::insert(tx.conn, &row)?;
    Ok(row)
}

/// Revokes the letters of a decision that has not been announced and is now void. Returns whether its authors are not to be informed of
/// that, because they were never informed of the decision.
fn revoke_announcement(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<bool, AppError> {
    let waits = loaded.row.stage != Stage::Review && loaded.row.pending_until.is_some_and(|until| until > tx.now);
    match loaded.held.as_ref().filter(|_| waits) {
        Some(held) => {
            letters::revoke(tx.conn, held.entry, tx.now)?;
            Ok(loaded.row.stage == Stage::Accepted)
        }
        None => Ok(false),
    }
}

/// Returns the digest of the outgoing text under this name, for the entry of a step; empty if the text was never sealed.
pub(crate) fn digest_as(tx: &mut Tx<'_>, loaded: &LoadedCase, name: &str) -> Result<BTreeMap<String, String>, AppError> {
    let digest = outgoing::outgoing_digest(tx, &loaded.row)?;
    Ok(digest.map(|digest| (name.to_owned(), digest)).into_iter().collect())
}
