//! The choices for an assignment or a conclusion, before it is made: the departments, their time limits, and the refusals.

use crate::app::due_dates::provisional;
use crate::app::handling::dates::Timing;
use crate::app::handling::merged::{self, NumberedSuggestion};
use crate::app::handling::merged_views;
use crate::app::handling::views::OrganizationName;
use crate::app::{AppError, Tx, manuscript_case, transition};
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, EndorsementId, ManuscriptId};
use crate::domain::permission::{Actor, Visibility};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::Action;
use crate::store::{assignments, board, channels, endorsements};

/// The time limit of a leading department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadTime {
    /// The default due date.
    pub due: Moment,
    /// Whether it may still change, because it was computed into a year that is not loaded.
    pub is_provisional: bool,
    /// The latest due date that can be chosen.
    pub latest: Moment,
}

/// The choices for an assignment.
#[derive(Debug, Clone)]
pub struct Prospects {
    /// Departments with an officer, to which the manuscript is not assigned already.
    pub departments: Vec<OrganizationName>,
    /// The limit without an instruction.
    pub plain: LeadTime,
    /// The limit with each of the instructions in effect.
    pub instructions: Vec<(EndorsementId, LeadTime)>,
    /// The date by which the departments must receive it.
    pub receive_by: Moment,
    /// The number of working days within which they may request a return.
    pub return_days: u32,
    /// The number of minutes in which the assignment can be undone; letters wait as long.
    pub undo_minutes: i64,
    /// The suggestions that are to be answered, including those taken from merged manuscripts.
    pub suggestions: Vec<NumberedSuggestion>,
}

/// Returns the dispatcher's choices for this manuscript.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it; the refusal of any assignment.
pub fn prospects(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Prospects, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, Action::Assign)?;
    let timing = Timing::of(tx, actor.channel)?;
    let settings = tx.channel_settings(actor.channel)?;
    let officers = board::officers(tx.conn, actor.channel)?;
    let busy =
        |one: &channels::OrganizationRow| loaded.assignments.iter().any(|row| row.organization_id == one.id && !row.state.is_settled());
    let all = channels::list_organizations(tx.conn, actor.channel)?;
    let free = all.into_iter().filter(|one| one.closed_at.is_none() && officers.contains(&one.id) && !busy(one));
    let departments = free.map(|one| OrganizationName { id: one.id, name: one.name }).collect();
    let mut instructions = Vec::new();
    for row in endorsements::of_manuscript(tx.conn, id)? {
        if let Some(Some(instruction)) = assignments::instruction(tx.conn, id, row.id, tx.now)? {
            let due = timing.lead(Some(&instruction), loaded.row.urgent);
            let is_provisional = match instruction.due_at {
                Some(of_leader) if of_leader == due => provisional::of_instruction(tx, &row, due)?,
                _ => timing.rests_on_guess(due),
            };
            instructions.push((row.id, LeadTime { due, is_provisional, latest: timing.latest(tx.now, Some(&instruction)) }));
        }
    }
    let due = timing.lead(None, loaded.row.urgent);
    Ok(Prospects {
        departments,
        plain: LeadTime { due, is_provisional: timing.rests_on_guess(due), latest: timing.latest(tx.now, None) },
        instructions,
        receive_by: timing.receive_by(),
        return_days: settings.limits.return_request_days,
        undo_minutes: transition::window(tx, &settings).num_minutes(),
        suggestions: {
            let mut suggestions = merged::suggestions_of(tx, &loaded.row)?;
            suggestions.retain(|one| one.source.as_ref().is_none_or(|source| source.holds));
            suggestions
        },
    })
}

/// The choices for a decision on an assignment.
#[derive(Debug, Clone)]
pub struct Horizon {
    /// The latest date that can be set now: for an extension, or for an answer that must be revised.
    pub extension: Moment,
    /// The default due date of a revised answer.
    pub second_reply: Moment,
    /// The results that a department may choose: code and meaning.
    pub results: Vec<crate::domain::channel::ResultCategory>,
    /// The numbers of the suggestions that this department answers.
    pub numbers: Vec<u32>,
    /// All suggestions that are for this reader: the manuscript's own as they were issued, and those taken from merged manuscripts.
    pub suggestions: Vec<NumberedSuggestion>,
}

/// Returns the choices for an assignment.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn horizon(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId) -> Result<Horizon, AppError> {
    let charge = crate::app::handling::charge::view(tx, actor, id)?;
    let timing = Timing::of(tx, actor.channel)?;
    let row = &charge.loaded.row;
    let mut suggestions = merged::suggestions_of(tx, row)?;
    if !merged_views::reads_merged(charge.loaded.sight(actor)) {
        suggestions.retain(|one| one.source.is_none());
    }
    let own = suggestions.iter().filter(|one| one.source.is_none()).map(|one| one.number);
    let mut numbers = charge.row.numbers()?.unwrap_or_else(|| own.collect());
    numbers.retain(|number| suggestions.iter().any(|one| one.number == *number));
    Ok(Horizon {
        extension: crate::app::handling::extending::latest(tx, &charge)?,
        second_reply: timing.second_reply(),
        results: tx.channel_settings(actor.channel)?.result_categories.clone(),
        numbers,
        suggestions,
    })
}

/// Returns the refusal of an act of the office on a manuscript, or `None` if it is allowed.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it, and for everybody outside the office.
pub fn against(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, action: Action) -> Result<Option<Refusal>, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    let seen: Visibility = loaded.sight(actor);
    if !seen.internal() {
        return Err(AppError::NotFound);
    }
    match transition::judge(tx, actor, &loaded, action) {
        Ok(_) => Ok(None),
        Err(AppError::Refused(refusal)) => Ok(Some(refusal)),
        Err(other) => Err(other),
    }
}
