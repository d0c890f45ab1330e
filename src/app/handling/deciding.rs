//! The dispatcher's decisions on the suggestions of a merged manuscript: departments answer them with those of its target, or its authors
//! read why they are not taken.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::app::handling::assignment_form::count_suggestions;
use crate::app::handling::merged::{is_at_work, taken_numbers};
use crate::app::handling::merged_views::{MergedView, merged_views};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::notification::{self, About};
use crate::app::step::{StepDetails, StepResult};
use crate::app::{AppError, Tx, outgoing, transition, windows};
use crate::domain::characters::is_blank;
use crate::domain::ids::{AssignmentId, EntryId, ManuscriptId};
use crate::domain::notice::{Audience, Letter};
use crate::domain::permission::Actor;
use crate::domain::recipients::told_of_merger;
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Violation, Violations, prose};
use crate::domain::vocabulary::{Action, Stage};
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::assignments::{self, Assignment};
use crate::store::merged_suggestions::{self, MergedSuggestion};
use crate::store::rows::ManuscriptRow;
use crate::store::{channels, manuscripts, texts};

/// The decision on the suggestions of a merged manuscript.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"suggestions": [1, 3], "assignment_id": "0192f0c1-7a10-7c3e-9a51-2f6d3b1c0a01", "reason": "第2条与主稿第1条相同，一并答复。"}))]
pub struct MergedDecision {
    /// The positions of the suggestions that departments are to answer, from 1; empty if none.
    #[serde(default)]
    pub suggestions: Vec<u32>,
    /// The assignment whose department answers them; if absent, the next one that is made.
    #[serde(default)]
    pub assignment_id: Option<AssignmentId>,
    /// The reason for not taking the others; required if there are any. Their authors read it.
    #[serde(default)]
    pub reason: String,
}

/// The effects of a decision.
struct Plan {
    /// The suggestions that are taken: position and number.
    taken: Vec<(u32, u32)>,
    /// The positions of those that are not taken.
    left: Vec<u32>,
    reason: String,
    assignment: Option<Assignment>,
}

/// Decides on those suggestions of a merged manuscript that were not taken yet.
///
/// This announces the merger if it was not announced yet, because the decision is based on it.
///
/// # Errors
/// [`Refusal::TargetNotHandled`]; [`Refusal::AlreadyDone`] where all were taken; [`AppError::Stale`] if the merged manuscript has another
/// version than `seen`; violations; refusals.
pub fn decide_merged(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, form: &MergedDecision) -> Result<StepResult, AppError> {
    let into = manuscripts::find(tx.conn, actor.channel, id)?.merged_into;
    manuscript_case::lock(tx, actor, into.into_iter().chain([id]))?;
    let mut loaded = transition::load(tx, actor, id)?;
    transition::ready(tx, actor, &loaded, Action::DecideMerged, seen)?;
    let into = loaded.row.merged_into.ok_or(Refusal::TargetNotHandled)?;
    let target = manuscripts::find(tx.conn, actor.channel, into)?;
    let mut target = manuscript_case::of_row(tx, target)?;
    let plan = plan(tx, &loaded, &target, form)?;
    let entry: EntryId = tx.id();
    keep(tx, actor, &loaded, &target, &plan, entry)?;
    let given = give(tx, &mut target, &plan)?;
    let organization = match &given {
        Some(row) => Some(channels::find_organization(tx.conn, row.channel_id, row.organization_id)?.name),
        None => None,
    };
    let places = plan.taken.iter().map(|(place, _)| *place);
    let wording = match (plan.taken.is_empty(), plan.left.is_empty()) {
        (true, _) => Some(Wording::Refused),
        (false, true) => None,
        (false, false) => Some(Wording::Partly),
    };
    let letter = LetterFacts {
        merged_into: target.row.number.clone(),
        suggestions: places.clone().collect(),
        reason: (!plan.left.is_empty()).then(|| plan.reason.clone()),
        organization,
        wording,
        ..LetterFacts::default()
    };
    let taken: Vec<_> = plan.taken.iter().map(|(place, number)| json!({ "place": place, "number": number })).collect();
    let facts = json!({ "into": into, "taken": taken, "left": plan.left, "assignment": given.as_ref().map(|row| row.id) });
    let done = transition::take(
        tx,
        actor,
        &mut loaded,
        Action::DecideMerged,
        StepDetails { entry: Some(entry), facts, letter, ..StepDetails::default() },
        |_| {},
    )?;
    if let Some(row) = &given {
        let numbers = plan.taken.iter().map(|(_, number)| *number).collect();
        tell_department(tx, actor, (done.entry, Letter::SuggestionsAdded), (&target.row, &loaded.row), row, numbers)?;
    }
    Ok(done)
}

fn plan(tx: &mut Tx<'_>, loaded: &LoadedCase, target: &LoadedCase, form: &MergedDecision) -> Result<Plan, AppError> {
    let count = texts::find(tx.conn, loaded.row.text_id)?.text()?.suggestions.len();
    let rows = merged_suggestions::of_manuscript(tx.conn, target.row.id)?;
    let holds = |row: &&MergedSuggestion| row.merged_id == loaded.row.id && row.ended_at.is_none();
    let there: BTreeSet<u32> =
        rows.iter().filter(holds).filter(|row| row.number.is_some()).filter_map(|row| u32::try_from(row.place).ok()).collect();
    let mut left: BTreeSet<u32> = (1..=u32::try_from(count).unwrap_or(u32::MAX)).collect();
    left.retain(|place| !there.contains(place));
    if left.is_empty() {
        return Err(Refusal::AlreadyDone.into());
    }
    let highest = rows.iter().filter_map(|row| row.number).filter_map(|number| u32::try_from(number).ok()).max().unwrap_or(0);
    let mut next = highest.max(count_suggestions(tx, target)?);
    let mut wrong = Violations::default();
    let mut chosen = BTreeSet::new();
    for (at, place) in form.suggestions.iter().enumerate() {
        if left.remove(place) {
            chosen.insert(*place);
        } else {
            let code = if there.contains(place) || chosen.contains(place) { "duplicate" } else { "unknown" };
            wrong.add(Violation::new(format!("suggestions[{at}]"), code));
        }
    }
    let reason = wrong.take(prose("reason", &form.reason, tx.settings.limits.reason_chars));
    if !left.is_empty() && is_blank(&reason) {
        wrong.add(Violation::required("reason"));
    }
    let assignment = form.assignment_id.filter(|_| !chosen.is_empty());
    let found = assignment.map(|id| target.assignments.iter().find(|row| row.id == id && is_at_work(row)).cloned());
    if found.as_ref().is_some_and(Option::is_none) {
        wrong.add(Violation::new("assignment_id", "unknown"));
    }
    let taken = chosen.into_iter().map(|place| {
        next += 1;
        (place, next)
    });
    let plan = Plan { taken: taken.collect(), left: left.into_iter().collect(), reason, assignment: found.flatten() };
    Ok(wrong.or(plan)?)
}

/// Stores the decision, which replaces that on suggestions not taken before.
fn keep(tx: &mut Tx<'_>, actor: &Actor, merged: &LoadedCase, target: &LoadedCase, plan: &Plan, entry: EntryId) -> Result<(), AppError> {
    merged_suggestions::end(tx.conn, merged.row.id, true, tx.now)?;
    let row = |place: u32, number: Option<u32>| MergedSuggestion {
        entry_id: entry,
        merged_id: merged.row.id,
        place: place.into(),
        manuscript_id: target.row.id,
        text_id: merged.row.text_id,
        number: number.map(i64::from),
        reason: number.is_none().then(|| plan.reason.clone()),
        decided_by: actor.user,
        decided_at: tx.now,
        ended_at: None,
    };
    let taken = plan.taken.iter().map(|(place, number)| row(*place, Some(*number)));
    let rows: Vec<_> = taken.chain(plan.left.iter().map(|place| row(*place, None))).collect();
    Ok(rows.iter().try_for_each(|row| merged_suggestions::insert(tx.conn, row))?)
}

/// Adds the taken suggestions to the assignment of the department that is to answer them.
fn give(tx: &mut Tx<'_>, target: &mut LoadedCase, plan: &Plan) -> Result<Option<Assignment>, AppError> {
    let Some(mut row) = plan.assignment.clone() else { return Ok(None) };
    let mut numbers: BTreeSet<u32> = match row.numbers()? {
        Some(numbers) => numbers.into_iter().collect(),
        None => (1..=count_suggestions(tx, target)?).collect(),
    };
    numbers.extend(plan.taken.iter().map(|(_, number)| *number));
    set_numbers(tx, &mut row, &numbers)?;
    windows::close_early(tx, target)?;
    Ok(Some(row))
}

fn set_numbers(tx: &mut Tx<'_>, row: &mut Assignment, numbers: &BTreeSet<u32>) -> Result<(), AppError> {
    let seen = row.version;
    row.suggestions = Some(json!(numbers).to_string());
    row.version += 1;
    Ok(assignments::save(tx.conn, row, seen)?)
}

/// Ends the answering of a manuscript's suggestions when its merger ends. Returns the active assignments with the numbers that they lost;
/// must be called before the entry of the act is written.
pub(crate) fn part(
    tx: &mut Tx<'_>,
    actor: &Actor,
    merged: ManuscriptId,
    target: ManuscriptId,
) -> Result<Vec<(Assignment, Vec<u32>)>, AppError> {
    let mut rows = merged_suggestions::of_manuscript(tx.conn, target)?;
    rows.retain(|row| row.ended_at.is_none());
    let own = taken_numbers(&rows, merged);
    merged_suggestions::end(tx.conn, merged, false, tx.now)?;
    let mut parted = Vec::new();
    for mut row in assignments::of_manuscript(tx.conn, target)?.into_iter().filter(is_at_work) {
        let numbers: BTreeSet<u32> = row.numbers()?.unwrap_or_default().into_iter().collect();
        let lost: Vec<u32> = numbers.intersection(&own).copied().collect();
        if !lost.is_empty() {
            set_numbers(tx, &mut row, &numbers.difference(&own).copied().collect())?;
            parted.push((row, lost));
        }
    }
    if !parted.is_empty() {
        // The department is notified of the assignment before it is notified that a part of it has ended.
        let row = manuscripts::find(tx.conn, actor.channel, target)?;
        let mut loaded = manuscript_case::of_row(tx, row)?;
        windows::close_early(tx, &mut loaded)?;
    }
    Ok(parted)
}

/// Notifies a department that it has more suggestions to answer, or fewer.
pub(crate) fn tell_department(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (entry, letter): (EntryId, Letter),
    (target, merged): (&ManuscriptRow, &ManuscriptRow),
    row: &Assignment,
    numbers: Vec<u32>,
) -> Result<(), AppError> {
    let facts = LetterFacts { merged: merged.number.clone(), suggestions: numbers, due: Some(row.due_at), ..LetterFacts::default() };
    let about = About {
        entry,
        channel: target.channel_id,
        manuscript: Some(target),
        subject: row.id.into(),
        facts,
        not_before: tx.now,
        actor: Some(actor.user),
    };
    notification::tell_audience(tx, &about, Audience::Handlers, letter, &[], &[row.organization_id])
}

/// Notifies the people who handle a manuscript that another one was merged into it, once the merger can no longer be undone.
pub(crate) fn tell_of_merger(
    tx: &mut Tx<'_>,
    actor: &Actor,
    done: &StepResult,
    target: &LoadedCase,
    merged: &ManuscriptRow,
) -> Result<(), AppError> {
    let at_work = target.assignments.iter().filter(|row| row.state.is_charged() && !row.state.is_settled());
    let charged: Vec<_> = at_work.map(|row| row.organization_id).collect();
    let about = About {
        entry: done.entry,
        channel: target.row.channel_id,
        manuscript: Some(&target.row),
        subject: target.row.id.into(),
        facts: LetterFacts { merged: merged.number.clone(), ..LetterFacts::default() },
        not_before: done.undo_until.unwrap_or(tx.now),
        actor: Some(actor.user),
    };
    for notice in told_of_merger(target.row.stage) {
        let mut about = about.clone();
        if notice.letter == Letter::MergedToDecide {
            about.facts.path = Some(format!("/manuscripts/{}/suggestions", merged.id));
        }
        notification::tell_audience(tx, &about, notice.audience, notice.letter, &[], &charged)?;
    }
    Ok(())
}

/// The choices of the dispatcher.
#[derive(Debug, Clone)]
pub struct DispatcherChoices {
    /// The manuscript into which it is merged.
    pub target: ManuscriptId,
    /// Its number.
    pub number: String,
    /// Its stage.
    pub stage: Stage,
    /// Its suggestions, as they were issued.
    pub own: Vec<String>,
    /// The merged manuscript, with the decisions on it.
    pub merged: MergedView,
    /// The assignments whose departments can answer more, with their names.
    pub at_work: Vec<(AssignmentId, String)>,
}

/// Returns the choices for this merged manuscript.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it, and for everybody but dispatchers.
pub fn choices(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<DispatcherChoices, AppError> {
    let target = target_of(tx, actor, id)?;
    let target = manuscript_case::view(tx, actor, target)?;
    if !target.sight(actor).dispatcher {
        return Err(AppError::NotFound);
    }
    let merged = merged_views(tx, actor, &target)?.into_iter().find(|one| one.id == id).ok_or(AppError::NotFound)?;
    let names = channels::list_organizations(tx.conn, actor.channel)?;
    let name = |row: &Assignment| names.iter().find(|one| one.id == row.organization_id).map(|one| one.name.clone()).unwrap_or_default();
    Ok(DispatcherChoices {
        number: target.row.number.clone().unwrap_or_default(),
        stage: target.row.stage,
        own: outgoing::outgoing_text(tx, &target.row)?.text()?.suggestions,
        at_work: target.assignments.iter().filter(|row| is_at_work(row)).map(|row| (row.id, name(row))).collect(),
        target: target.row.id,
        merged,
    })
}

/// Returns the target of this merged manuscript, for a reader of the merged one.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn target_of(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<ManuscriptId, AppError> {
    manuscript_case::view(tx, actor, id)?.row.merged_into.ok_or(AppError::NotFound)
}
