//! The dispatchers' board and the work queue of departments: waiting assignments in piles, by their next date.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::app::due_dates::provisional;
use crate::app::handling::dates::Timing;
use crate::app::handling::listing::conflicted;
use crate::app::{AppError, Tx};
use crate::domain::assignment::{AssignmentForm, AssignmentPart};
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, ManuscriptId, OrganizationId};
use crate::domain::permission::Actor;
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::{Role, words};
use crate::store::assignments::{self, AssignmentListRow};
use crate::store::board::{self, Wants, Whose};
use crate::store::{channels, texts};

pub use crate::store::board::{Pile, WaitingKey};

/// The largest number that is counted: above it the page shows "99+".
pub const MOST: usize = 100;

/// The sort key of a line in its pile.
pub type BoardKey = (Moment, AssignmentId);

/// A department's request to the dispatcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepartmentRequest {
    /// To be released; with the department that it proposes.
    Return(String),
    /// To extend the due date to this day.
    Extension(NaiveDate),
}

/// An assignment on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// Its id.
    pub id: AssignmentId,
    /// The manuscript.
    pub manuscript_id: ManuscriptId,
    /// The manuscript's number.
    pub number: Option<String>,
    /// The manuscript's title.
    pub title: String,
    /// The name of the department.
    pub organization: String,
    /// How the departments share the work.
    pub form: AssignmentForm,
    /// The department's part.
    pub part: AssignmentPart,
    /// Its state.
    pub state: AssignmentState,
    /// The due date of the next step: receiving it, or answering it.
    pub next_due: Moment,
    /// Whether that date may still change.
    pub next_is_provisional: bool,
    /// The date by which it is sorted in its pile; an assignment with a request for return keeps its former position.
    by: Moment,
    /// The number of working days since that date, or `None` before it.
    pub late_days: Option<u32>,
    /// The number of departments that assist it.
    pub assisting: usize,
    /// The number of reminders.
    pub urged: usize,
    /// The number of extensions.
    pub extended: usize,
    /// The number of answers.
    pub answers: usize,
    /// The time of the last answer.
    pub replied_at: Option<Moment>,
    /// The time at which it was settled.
    pub settled_at: Option<Moment>,
    /// The open request.
    pub asked: Option<DepartmentRequest>,
}

impl Charged {
    /// Returns the sort key in the pile.
    #[must_use]
    pub fn key(&self) -> BoardKey {
        (self.by, self.id)
    }
}

/// A manuscript that waits for the dispatcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingManuscript {
    /// Its id.
    pub id: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
    /// The time since when it waits.
    pub since: Moment,
    /// Whether a leader has given an instruction.
    pub instructed: bool,
}

words! {
    /// Manuscripts that wait for the dispatcher.
    enum DispatchQueue {
        /// Manuscripts that are not assigned to any department.
        Assign = "assign",
        /// Manuscripts of which no department has an open assignment: to be concluded or assigned again.
        Settled = "settled",
        /// Manuscripts merged into one that is with departments: to be decided whether their suggestions are taken.
        Merged = "merged",
    }
}

/// The dispatchers' board. Each list has at most [`MOST`] lines.
#[derive(Debug, Clone)]
pub struct Board {
    /// Overdue assignments, the latest first.
    pub late: Vec<Charged>,
    /// Manuscripts that are not assigned to any department yet, those with an instruction first.
    pub to_assign: Vec<WaitingManuscript>,
    /// Assignments to be received.
    pub receive: Vec<Charged>,
    /// Assignments that departments work on.
    pub work: Vec<Charged>,
    /// Answered assignments, to be checked.
    pub check: Vec<Charged>,
    /// Manuscripts of which no department has an open assignment: to be concluded or assigned again.
    pub settled: Vec<WaitingManuscript>,
    /// Merged manuscripts whose suggestions wait for a decision.
    pub merged: Vec<WaitingManuscript>,
}

/// Returns the board of a channel, for its dispatchers.
///
/// # Errors
/// [`AppError::NotFound`] for everybody else.
pub fn board(tx: &mut Tx<'_>, actor: &Actor) -> Result<Board, AppError> {
    let whose = office(tx, actor)?;
    let late = board::late(tx.conn, &whose, tx.now, most())?;
    let mut late = charged(tx, actor, late, None)?;
    late.sort_by_key(|one| (one.next_due, one.id));
    late.truncate(MOST);
    Ok(Board {
        late,
        to_assign: queue(tx, actor, DispatchQueue::Assign, None, MOST)?,
        receive: lines(tx, actor, &whose, Pile::Receive, None, MOST)?,
        work: lines(tx, actor, &whose, Pile::Work, None, MOST)?,
        check: lines(tx, actor, &whose, Pile::Check, None, MOST)?,
        settled: queue(tx, actor, DispatchQueue::Settled, None, MOST)?,
        merged: queue(tx, actor, DispatchQueue::Merged, None, MOST)?,
    })
}

/// Returns a page of the manuscripts that wait for the dispatcher: those with an instruction first, then by waiting time.
///
/// # Errors
/// As [`board()`].
pub fn queue(
    tx: &mut Tx<'_>,
    actor: &Actor,
    queue: DispatchQueue,
    after: Option<WaitingKey>,
    limit: usize,
) -> Result<Vec<WaitingManuscript>, AppError> {
    let whose = office(tx, actor)?;
    if queue == DispatchQueue::Merged {
        let rows = board::merged(tx.conn, &whose, after, i64::try_from(limit).unwrap_or(i64::MAX))?;
        let line = |(id, number, title, since)| WaitingManuscript { id, number, title, since, instructed: false };
        return Ok(rows.into_iter().map(line).collect());
    }
    if queue == DispatchQueue::Settled {
        return waiting(tx, &whose, Wants::Settled, after, limit);
    }
    let mut found = match after {
        Some(after) if !after.instructed => Vec::new(),
        _ => waiting(tx, &whose, Wants::Instructed, after, limit)?,
    };
    let after = after.filter(|after| !after.instructed);
    let rest = limit.saturating_sub(found.len());
    found.extend(waiting(tx, &whose, Wants::Forwarded, after, rest)?);
    Ok(found)
}

/// Returns a page of one pile of the board.
///
/// # Errors
/// As [`board()`].
pub fn pile(tx: &mut Tx<'_>, actor: &Actor, pile: Pile, after: Option<BoardKey>, limit: usize) -> Result<Vec<Charged>, AppError> {
    let whose = office(tx, actor)?;
    lines(tx, actor, &whose, pile, after, limit)
}

/// Returns a page of one pile of the work queue of an officer's departments.
///
/// # Errors
/// [`AppError::NotFound`] for anybody who is no officer of a department.
pub fn desk(tx: &mut Tx<'_>, actor: &Actor, pile: Pile, after: Option<BoardKey>, limit: usize) -> Result<Vec<Charged>, AppError> {
    let own = actor.grants.iter().filter(|grant| grant.role == Role::Handler).map(|grant| grant.organization);
    let departments: Vec<OrganizationId> = own.collect();
    if departments.is_empty() {
        return Err(AppError::NotFound);
    }
    let not_of = texts::targets_of(tx.conn, &conflicted(actor), tx.now)?;
    let whose = Whose { channel: actor.channel, departments: Some(departments), not_by: conflicted(actor), not_of };
    lines(tx, actor, &whose, pile, after, limit)
}

/// Returns the filter for the dispatchers' board.
pub(super) fn office(tx: &mut Tx<'_>, actor: &Actor) -> Result<Whose, AppError> {
    if !actor.holds(Role::Dispatcher) {
        return Err(AppError::NotFound);
    }
    let not_of = texts::targets_of(tx.conn, &conflicted(actor), tx.now)?;
    Ok(Whose { channel: actor.channel, departments: None, not_by: conflicted(actor), not_of })
}

/// [`MOST`] as the store counts.
pub(super) fn most() -> i64 {
    i64::try_from(MOST).unwrap_or(i64::MAX)
}

fn waiting(
    tx: &mut Tx<'_>,
    whose: &Whose,
    wants: Wants,
    after: Option<WaitingKey>,
    limit: usize,
) -> Result<Vec<WaitingManuscript>, AppError> {
    let rows = board::waiting(tx.conn, whose, wants, after, i64::try_from(limit).unwrap_or(i64::MAX))?;
    let line = |(id, number, title, since)| WaitingManuscript { id, number, title, since, instructed: wants == Wants::Instructed };
    Ok(rows.into_iter().map(line).collect())
}

fn lines(
    tx: &mut Tx<'_>,
    actor: &Actor,
    whose: &Whose,
    pile: Pile,
    after: Option<BoardKey>,
    limit: usize,
) -> Result<Vec<Charged>, AppError> {
    let rows = board::pile(tx.conn, whose, pile, after, i64::try_from(limit).unwrap_or(i64::MAX))?;
    charged(tx, actor, rows, Some(pile))
}

/// Completes these rows with related data, loaded for all of them at once.
fn charged(tx: &mut Tx<'_>, actor: &Actor, rows: Vec<AssignmentListRow>, pile: Option<Pile>) -> Result<Vec<Charged>, AppError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<AssignmentId> = rows.iter().map(|(row, _)| row.id).collect();
    let manuscripts: Vec<ManuscriptId> = rows.iter().map(|(row, _)| row.manuscript_id).collect();
    let urged = count(board::urged(tx.conn, &ids)?);
    let answers = count(board::answers(tx.conn, &ids)?);
    let assisting = count(board::assisted(tx.conn, &manuscripts)?);
    let names = channels::list_organizations(tx.conn, actor.channel)?;
    let names: BTreeMap<OrganizationId, String> = names.into_iter().map(|one| (one.id, one.name)).collect();
    let timing = Timing::of(tx, actor.channel)?;
    let of = |counts: &BTreeMap<AssignmentId, usize>, id| counts.get(&id).copied().unwrap_or(0);
    let mut found = Vec::with_capacity(rows.len());
    for (row, (number, title)) in rows {
        let unread = row.state == AssignmentState::Dispatched;
        let next_due = if unread { row.receive_by } else { row.due_at };
        let owed = matches!(row.state, AssignmentState::Dispatched | AssignmentState::Received | AssignmentState::ReturnRequested);
        let extensions = row.extensions()?;
        let provisional = provisional::of_assignment(tx, &row)?;
        found.push(Charged {
            id: row.id,
            manuscript_id: row.manuscript_id,
            number,
            title,
            organization: names.get(&row.organization_id).cloned().unwrap_or_default(),
            form: row.form,
            part: row.part,
            state: row.state,
            next_due,
            next_is_provisional: if unread { provisional.receive_by } else { provisional.due },
            by: if pile == Some(Pile::Receive) { row.receive_by } else { row.due_at },
            late_days: (owed && next_due < tx.now).then(|| timing.working_days_since(next_due)),
            assisting: of(&assisting, row.id),
            urged: of(&urged, row.id),
            extended: extensions.iter().filter(|one| one.decision.as_ref().is_some_and(|decision| decision.granted)).count(),
            answers: of(&answers, row.id),
            replied_at: row.replied_at,
            settled_at: row.settled_at,
            asked: asked(&row, extensions.last()),
        });
    }
    Ok(found)
}

fn asked(row: &assignments::Assignment, last: Option<&assignments::Extension>) -> Option<DepartmentRequest> {
    if row.state == AssignmentState::ReturnRequested {
        return Some(DepartmentRequest::Return(row.proposed_organization.clone().unwrap_or_default()));
    }
    let at_work = matches!(row.state, AssignmentState::Dispatched | AssignmentState::Received);
    let open = last.filter(|last| at_work && last.decision.is_none());
    open.map(|last| DepartmentRequest::Extension(last.until))
}

fn count(of: Vec<AssignmentId>) -> BTreeMap<AssignmentId, usize> {
    let mut counts = BTreeMap::new();
    for id in of {
        *counts.entry(id).or_insert(0) += 1;
    }
    counts
}
