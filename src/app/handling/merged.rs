//! The suggestions of manuscripts that are merged into one that is handled: the decisions on them, the numbers under which departments
//! answer them, and their readers.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::pending_decision::as_announced;
use crate::app::{AppError, Tx, outgoing};
use crate::domain::assignment::AssignmentPart;
use crate::domain::ids::{ChannelId, ManuscriptId, UserId};
use crate::domain::permission::{ReachedDesks, ReadThrough};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::Stage;
use crate::store::assignments::{Assignment, UNDONE};
use crate::store::merged_suggestions::{self, MergedSuggestion};
use crate::store::rows::ManuscriptRow;
use crate::store::{manuscripts, recipients, texts};

/// The open work on manuscripts that are merged into one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mergers {
    /// The number of merged manuscripts that wait for a decision.
    pub undecided: usize,
    /// The number of taken suggestions that were never assigned to a department.
    pub unassigned: usize,
}

/// A suggestion with the number under which departments answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedSuggestion {
    /// The number.
    pub number: u32,
    /// Its text.
    pub words: String,
    /// For one that was taken from a merged manuscript, its source.
    pub source: Option<Source>,
}

/// The source of a taken suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The merged manuscript.
    pub manuscript: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// The suggestion's position there, from 1.
    pub place: u32,
    /// Whether it is still to be answered, because the merger has not ended.
    pub holds: bool,
}

/// Counts the open work on manuscripts that are merged into one.
pub(crate) fn mergers(tx: &mut Tx<'_>, row: &ManuscriptRow, assignments: &[Assignment]) -> Result<Mergers, AppError> {
    if row.forwarded_at.is_none() {
        return Ok(Mergers::default());
    }
    let rows = holding(tx, row.id)?;
    let given = given(assignments)?;
    let merged = manuscripts::merged_into(tx.conn, row.id)?;
    let undecided = merged.iter().filter(|one| is_merged(one) && rows.iter().all(|row| row.merged_id != one.id)).count();
    let unassigned = rows.iter().filter_map(|row| row.number).filter(|number| !given.contains(number)).count();
    Ok(Mergers { undecided, unassigned })
}

/// Returns whether the manuscript ended by a merger, archived or not.
pub(super) fn is_merged(row: &ManuscriptRow) -> bool {
    row.former_stage.unwrap_or(row.stage) == Stage::Merged
}

/// Returns the decisions that are in effect.
pub(super) fn holding(tx: &mut Tx<'_>, target: ManuscriptId) -> Result<Vec<MergedSuggestion>, AppError> {
    let mut rows = merged_suggestions::of_manuscript(tx.conn, target)?;
    rows.retain(|row| row.ended_at.is_none());
    Ok(rows)
}

/// Returns the numbers of suggestions beyond the manuscript's own that were ever assigned to departments, except by undone acts.
fn given(assignments: &[Assignment]) -> Result<BTreeSet<i64>, AppError> {
    let mut given = BTreeSet::new();
    for row in assignments {
        let undone = row.state == AssignmentState::Cancelled && row.reason.as_deref() == Some(UNDONE);
        if !undone && row.part == AssignmentPart::Lead {
            given.extend(row.numbers()?.unwrap_or_default().into_iter().map(i64::from));
        }
    }
    Ok(given)
}

/// Returns whether a department is working on the assignment, so that its answer can still include more suggestions.
pub(super) const fn is_at_work(row: &Assignment) -> bool {
    use AssignmentState::{Dispatched, Received, ReturnRequested};
    matches!(row.part, AssignmentPart::Lead) && matches!(row.state, Dispatched | Received | ReturnRequested)
}

/// Returns the people who read manuscripts merged into this one, because they handle it.
pub(crate) fn read_through(tx: &mut Tx<'_>, target: &ManuscriptRow, assignments: &[Assignment]) -> Result<ReadThrough, AppError> {
    let mut involved = merged_as_read(tx, target.id, target.channel_id, &[])?;
    involved.push(target.id);
    let received = if target.forwarded_at.is_some() { recipients::of_manuscript(tx.conn, target.id)? } else { Vec::new() };
    Ok(ReadThrough {
        reached: ReachedDesks {
            screening: target.screening_at.is_some(),
            review: target.review_at.is_some(),
            signing: target.signing_at.is_some(),
            accepted: target.accepted_at.is_some(),
        },
        recipients: received.into_iter().map(|one| one.user_id).collect(),
        charged: assignments.iter().filter(|one| one.state.is_charged()).map(|one| one.organization_id).collect(),
        authors: authors_of(tx, &involved)?,
    })
}

/// Returns whether a department is working on the suggestions of this merged manuscript and on nothing else.
pub(crate) fn is_answered_alone(
    tx: &mut Tx<'_>,
    merged: ManuscriptId,
    target: ManuscriptId,
    assignments: &[Assignment],
) -> Result<bool, AppError> {
    if !assignments.iter().any(is_at_work) {
        return Ok(false);
    }
    let own = taken_numbers(&holding(tx, target)?, merged);
    for row in assignments.iter().filter(|row| is_at_work(row)) {
        let numbers = row.numbers()?.unwrap_or_default();
        if !numbers.is_empty() && numbers.iter().all(|number| own.contains(number)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the numbers under which suggestions of this merged manuscript are answered.
pub(super) fn taken_numbers(rows: &[MergedSuggestion], merged: ManuscriptId) -> BTreeSet<u32> {
    let numbers = rows.iter().filter(|row| row.merged_id == merged).filter_map(|row| row.number);
    numbers.filter_map(|number| u32::try_from(number).ok()).collect()
}

/// Returns all suggestions that departments answer or answered under a number: the manuscript's own as they were issued, then the taken
/// ones.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn suggestions_of(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<Vec<NumberedSuggestion>, AppError> {
    let own = outgoing::outgoing_text(tx, row)?.text()?.suggestions;
    let mut all: Vec<NumberedSuggestion> =
        (1..).zip(own).map(|(number, words)| NumberedSuggestion { number, words, source: None }).collect();
    let mut known: BTreeMap<_, (Vec<String>, Option<String>)> = BTreeMap::new();
    for one in merged_suggestions::of_manuscript(tx.conn, row.id)? {
        let Some(number) = one.number.and_then(|number| u32::try_from(number).ok()) else { continue };
        let (words, merged_number) = match known.entry(one.text_id) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => {
                let words = texts::find(tx.conn, one.text_id)?.text()?.suggestions;
                place.insert((words, manuscripts::find(tx.conn, row.channel_id, one.merged_id)?.number))
            }
        };
        let place = u32::try_from(one.place).unwrap_or_default();
        let words = usize::try_from(one.place).ok().and_then(|place| words.get(place.checked_sub(1)?)).cloned();
        let source = Source { manuscript: one.merged_id, number: merged_number.clone(), place, holds: one.ended_at.is_none() };
        all.push(NumberedSuggestion { number, words: words.unwrap_or_default(), source: Some(source) });
    }
    all.sort_by_key(|one| one.number);
    Ok(all)
}

/// Returns the numbers of the suggestions that are not for this reader: those taken from other authors' manuscripts. `own` is the merged
/// manuscript whose authors read.
pub(crate) fn hidden_numbers(tx: &mut Tx<'_>, target: ManuscriptId, own: Option<ManuscriptId>) -> Result<BTreeSet<u32>, AppError> {
    let rows = merged_suggestions::of_manuscript(tx.conn, target)?;
    let others = rows.iter().filter(|row| own != Some(row.merged_id)).filter_map(|row| row.number);
    Ok(others.filter_map(|number| u32::try_from(number).ok()).collect())
}

/// Returns the merged manuscripts whose suggestions this assignment answers, if it answers nothing else.
pub(crate) fn concerned(tx: &mut Tx<'_>, row: &Assignment) -> Result<Option<Vec<ManuscriptId>>, AppError> {
    let Some(numbers) = row.numbers()? else { return Ok(None) };
    let rows = merged_suggestions::of_manuscript(tx.conn, row.manuscript_id)?;
    let of = |number: u32| rows.iter().find(|one| one.number == Some(number.into())).map(|one| one.merged_id);
    let found: Option<BTreeSet<ManuscriptId>> = numbers.into_iter().map(of).collect();
    Ok(found.map(|found| found.into_iter().collect()))
}

/// Returns the assignments that answer none of a manuscript's own suggestions, with the acts that made only these; both are concealed from
/// its authors.
pub(crate) fn hidden_acts(tx: &mut Tx<'_>, assignments: &[Assignment]) -> Result<BTreeSet<uuid::Uuid>, AppError> {
    let (mut hidden, mut shown) = (BTreeSet::new(), BTreeSet::new());
    for row in assignments {
        if concerned(tx, row)?.is_some() {
            hidden.extend([row.id.0, row.entry_id.0]);
        } else {
            shown.insert(row.entry_id.0);
        }
    }
    Ok(hidden.difference(&shown).copied().collect())
}

/// Returns the decisions on the suggestions of a merged manuscript, for its authors.
pub(crate) fn own_suggestions(tx: &mut Tx<'_>, own: ManuscriptId, target: ManuscriptId) -> Result<Vec<OwnSuggestion>, AppError> {
    let rows = holding(tx, target)?.into_iter().filter(|row| row.merged_id == own);
    let view = |row: MergedSuggestion| OwnSuggestion {
        suggestion: u32::try_from(row.place).unwrap_or_default(),
        number: row.number.and_then(|number| u32::try_from(number).ok()),
        reason: row.reason,
    };
    Ok(rows.map(view).collect())
}

/// A suggestion of the merged manuscript, and the dispatcher's decision on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnSuggestion {
    /// Its position in the merged manuscript, from 1.
    pub suggestion: u32,
    /// The number under which items of `assignments` answer it; absent if it was not taken.
    pub number: Option<u32>,
    /// The reason why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

pub(crate) fn authors_of(tx: &mut Tx<'_>, all: &[ManuscriptId]) -> Result<Vec<UserId>, AppError> {
    let authors = if all.is_empty() { Vec::new() } else { texts::authors_of_many(tx.conn, all)? };
    Ok(authors.into_iter().map(|author| author.user_id).collect())
}

/// Returns the manuscripts that are merged into one as authors read it: a merger that is not announced yet does not count, and one that a
/// decline has ended does, until that is announced.
pub(crate) fn merged_as_read(
    tx: &mut Tx<'_>,
    target: ManuscriptId,
    channel: ChannelId,
    released: &[ManuscriptId],
) -> Result<Vec<ManuscriptId>, AppError> {
    let mut rows = manuscripts::merged_into(tx.conn, target)?;
    for id in released.iter().filter(|id| rows.iter().all(|row| row.id != **id)).copied().collect::<Vec<_>>() {
        rows.push(manuscripts::find(tx.conn, channel, id)?);
    }
    let mut merged = Vec::new();
    for row in rows {
        let id = row.id;
        merged.extend((as_announced(row, tx.now)?.merged_into == Some(target)).then_some(id));
    }
    Ok(merged)
}
