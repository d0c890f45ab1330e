//! The dispatchers' board and the departments' desk: what waits, in piles, by its next date.

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

/// More than this is not counted: the page says "99+".
pub const MOST: usize = 100;

/// The place of a line in its pile.
pub type BoardKey = (Moment, AssignmentId);

/// What a department asks the dispatcher for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepartmentRequest {
    /// To take it back; the department that it proposes.
    Return(String),
    /// More time, until this day.
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
    /// The department.
    pub organization: String,
    /// How departments share it.
    pub form: AssignmentForm,
    /// The department's part.
    pub part: AssignmentPart,
    /// Where it stands.
    pub state: AssignmentState,
    /// What comes next is due then: to be received, or to be answered.
    pub next_due: Moment,
    /// Whether that may still change.
    pub next_is_provisional: bool,
    /// The date by which it stands in its pile: also one that was asked to be taken back stands where it stood before.
    by: Moment,
    /// How many working days that has passed; none while it has not.
    pub late_days: Option<u32>,
    /// How many departments assist it.
    pub assisting: usize,
    /// How often it was urged.
    pub urged: usize,
    /// How often it was given more time.
    pub extended: usize,
    /// How often it has answered.
    pub answers: usize,
    /// When it answered last.
    pub replied_at: Option<Moment>,
    /// When nothing more was owed of it.
    pub settled_at: Option<Moment>,
    /// What it asks for.
    pub asked: Option<DepartmentRequest>,
}

impl Charged {
    /// Its place in the pile.
    #[must_use]
    pub fn key(&self) -> BoardKey {
        (self.by, self.id)
    }
}

/// A manuscript that waits for the dispatcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingManuscript {
    /// Which.
    pub id: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
    /// Since when.
    pub since: Moment,
    /// Whether a leader has given an instruction.
    pub instructed: bool,
}

words! {
    /// Manuscripts that wait for the dispatcher.
    enum DispatchQueue {
        /// No department is charged with them.
        Assign = "assign",
        /// No department owes anything any more: to be concluded or charged again.
        Settled = "settled",
        /// Merged into one that is with departments: to be decided whether its suggestions are taken.
        Merged = "merged",
    }
}

/// The dispatchers' board. Each list has at most [`MOST`] lines.
#[derive(Debug, Clone)]
pub struct Board {
    /// What has passed its limit, the latest first.
    pub late: Vec<Charged>,
    /// Manuscripts that no department is charged with yet, those with an instruction first.
    pub to_assign: Vec<WaitingManuscript>,
    /// To be received.
    pub receive: Vec<Charged>,
    /// In the departments' work.
    pub work: Vec<Charged>,
    /// Answered, to be checked.
    pub check: Vec<Charged>,
    /// Manuscripts of which no department owes anything any more: to be concluded or charged again.
    pub settled: Vec<WaitingManuscript>,
    /// Merged manuscripts whose suggestions wait for a decision.
    pub merged: Vec<WaitingManuscript>,
}

/// The board of a channel, for its dispatchers.
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

/// The manuscripts that wait for the dispatcher, a page of them: those with an instruction first, then who has waited longest.
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

/// One pile of the board, a page of it.
///
/// # Errors
/// As [`board()`].
pub fn pile(tx: &mut Tx<'_>, actor: &Actor, pile: Pile, after: Option<BoardKey>, limit: usize) -> Result<Vec<Charged>, AppError> {
    let whose = office(tx, actor)?;
    lines(tx, actor, &whose, pile, after, limit)
}

/// One pile of the desk of an officer's departments, a page of it.
///
/// # Errors
/// [`AppError::NotFound`] for who is no officer of a department.
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

/// Whose board the dispatchers see.
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

/// Puts what belongs to these rows beside them, loaded for all of them at once.
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
