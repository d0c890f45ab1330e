//! Resolves the recipients of a step's letters, for the act itself and for its preview.

use crate::app::manuscript_case::LoadedCase;
use crate::app::notification::{self, About, Hints, Resolved};
use crate::app::step::StepDetails;
use crate::app::{AppError, Tx, four_eyes};
use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, UserId};
use crate::domain::notice::Audience;
use crate::domain::permission::Actor;
use crate::domain::recipients::LetterRecipient;
use crate::domain::transition::Decision;
use crate::domain::vocabulary::{Action, Stage};
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::rows;

/// Describes the subject of a step's letters.
fn about<'a>(
    tx: &Tx<'_>,
    entry: EntryId,
    actor: Option<UserId>,
    loaded: &'a LoadedCase,
    not_before: Moment,
    facts: LetterFacts,
) -> About<'a> {
    let row = &loaded.row;
    let facts = LetterFacts { due: facts.due.or(row.due_at), ..facts };
    let not_before = not_before.max(tx.now);
    About { entry, channel: row.channel_id, manuscript: Some(row), subject: row.id.into(), facts, not_before, actor }
}

/// Resolves the recipients whom the table names for a decision, and the holders of the queue in which the manuscript arrives.
fn told(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    loaded: &LoadedCase,
    decision: &Decision,
    untold: bool,
    hints: Hints<'_>,
) -> Result<Resolved, AppError> {
    let authors: Vec<UserId> = loaded.authors.iter().map(|author| author.user_id).collect();
    let prepared_by = match decision.row.action {
        Action::Recommend => four_eyes::recommended_by(tx, &loaded.row, [about.actor, decision.permit.on_behalf_of])?,
        _ => loaded.case.standing.prepared_by.clone(),
    };
    let mut notices = decision.notices();
    notices.retain(|notice| !(untold && notice.audience == Audience::Authors));
    let hints = Hints {
        authors: Some(&authors),
        nothing_merged: loaded.case.merged_here == 0,
        parts_merged: decision.row.action == Action::Decline,
        prepared_by: &prepared_by,
        ..hints
    };
    notification::resolve(tx, about, &notices, hints)
}

/// Resolves the letters that would be sent if this person made this decision now. Uses the same computation as the act.
pub(crate) fn preview(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, decision: &Decision) -> Result<Vec<LetterRecipient>, AppError> {
    let about = about(tx, EntryId::from(uuid::Uuid::nil()), Some(actor.user), loaded, tx.now, LetterFacts::default());
    Ok(told(tx, &about, loaded, decision, false, Hints::default())?.recipients)
}

/// Resolves the same for a step that the program takes by itself. Authors who were not informed of the decision that it ends are informed
/// of neither.
pub(crate) fn preview_alone(tx: &mut Tx<'_>, loaded: &LoadedCase, decision: &Decision) -> Result<Vec<LetterRecipient>, AppError> {
    let about = about(tx, EntryId::from(uuid::Uuid::nil()), None, loaded, tx.now, LetterFacts::default());
    let untold = loaded.held.is_some() && loaded.row.pending_until.is_some_and(|until| until > tx.now);
    Ok(told(tx, &about, loaded, decision, untold, Hints::default())?.recipients)
}

/// Builds the letters to the recipients whom the table names, and to the holders of the queue in which the manuscript arrives.
pub(super) fn letters(
    tx: &mut Tx<'_>,
    entry: EntryId,
    actor: Option<UserId>,
    loaded: &LoadedCase,
    decision: &Decision,
    step: StepDetails<'_>,
) -> Result<Vec<rows::NewLetter>, AppError> {
    let not_before = decision.undo_until.or(step.held_until).unwrap_or(tx.now);
    let mut facts = step.letter;
    if decision.row.action == Action::Submit && decision.to == Stage::Screening {
        facts.wording = Some(Wording::Screening);
    }
    let about = about(tx, entry, actor, loaded, not_before, facts);
    let hints = Hints { named: step.named, charged: step.charged, only_merged: step.only_merged.as_deref(), ..Hints::default() };
    let resolved = told(tx, &about, loaded, decision, step.untold, hints)?;
    notification::letters_of(tx, &about, &resolved)
}
