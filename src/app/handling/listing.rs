//! The list of assignments for departments and for the office.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::due_dates::provisional;
use crate::app::handling::views::OrganizationName;
use crate::app::{AppError, Tx};
use crate::domain::assignment::{AssignmentForm, AssignmentPart};
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, ManuscriptId, OrganizationId, UserId};
use crate::domain::permission::{Actor, Grant};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::Role;
use crate::store::assignments::{self, AssignmentFilter, AssignmentListRow, DeskFilter};
use crate::store::{StoreError, channels, texts};

/// The query of a list.
#[derive(Debug, Clone, Default)]
pub struct AssignmentListQuery {
    /// Only assignments that wait for the reader.
    pub mine: bool,
    /// Only in this state.
    pub state: Option<AssignmentState>,
    /// By due date, earliest first; otherwise newest first.
    pub by_due: bool,
    /// The last line of the previous page.
    pub after: Option<AssignmentId>,
    /// The largest number of lines.
    pub limit: i64,
}

/// An assignment in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssignmentLine {
    /// Its id.
    pub id: AssignmentId,
    /// The manuscript.
    pub manuscript_id: ManuscriptId,
    /// The manuscript's number.
    pub number: Option<String>,
    /// The manuscript's title.
    pub title: String,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// How the departments share the work.
    pub form: AssignmentForm,
    /// The department's part.
    pub part: AssignmentPart,
    /// Its state.
    pub state: AssignmentState,
    /// The department.
    pub organization: OrganizationName,
    /// The time of assignment.
    pub assigned_at: Moment,
    /// The due date of the answer.
    pub due_at: Moment,
    /// Whether the due date may still change, because it was computed into a year whose working days are not loaded yet.
    pub due_is_provisional: bool,
    /// The time since when a request for an extension waits for a decision.
    pub extension_asked_at: Option<Moment>,
    /// The time at which everything adopted was implemented.
    pub implemented_at: Option<Moment>,
}

/// Returns the assignments of this person's departments, or, for the office, of the whole channel. Authors and leaders read assignments
/// with their manuscripts.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, wish: &AssignmentListQuery) -> Result<Vec<AssignmentLine>, AppError> {
    let of = |role: Role| actor.grants.iter().filter(move |grant| grant.role == role);
    let departments: Vec<OrganizationId> = of(Role::Handler).map(|grant| grant.organization).collect();
    let office = [Role::Reviewer, Role::Signer, Role::Dispatcher].into_iter().any(|role| actor.holds(role));
    if departments.is_empty() && !office {
        return Ok(Vec::new());
    }
    // In the order of due dates the page continues after the current date of the last line; if that line has left the list, it starts
    // again.
    let after = match wish.after.map(|id| assignments::find(tx.conn, actor.channel, id)).transpose() {
        Ok(row) => row.filter(|row| office || departments.contains(&row.organization_id)).map(|row| (row.due_at, row.id)),
        Err(StoreError::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let filter = AssignmentFilter {
        departments,
        office,
        waiting: wish.mine.then(|| DeskFilter { dispatcher: actor.holds(Role::Dispatcher) }),
        state: wish.state,
        not_of: texts::targets_of(tx.conn, &conflicted(actor), tx.now)?,
        not_by: conflicted(actor),
        by_due: wish.by_due,
        after,
        limit: wish.limit,
    };
    let rows = assignments::list(tx.conn, actor.channel, &filter)?;
    let names = channels::list_organizations(tx.conn, actor.channel)?;
    let name = |id: OrganizationId| names.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let provisional = provisional::of_assignment(tx, &row.0)?.due;
        lines.push(line(row, &name, provisional));
    }
    Ok(lines)
}

/// Returns the persons whose manuscripts are excluded: the reader, and as a precaution those for whom they stand in.
pub(super) fn conflicted(actor: &Actor) -> Vec<UserId> {
    let absent = actor.grants.iter().filter_map(|grant: &Grant| grant.for_user);
    absent.chain([actor.user]).collect()
}

fn line((row, (number, title)): AssignmentListRow, name: &impl Fn(OrganizationId) -> String, due_is_provisional: bool) -> AssignmentLine {
    AssignmentLine {
        id: row.id,
        manuscript_id: row.manuscript_id,
        number,
        title,
        version: row.version,
        form: row.form,
        part: row.part,
        state: row.state,
        organization: OrganizationName { id: row.organization_id, name: name(row.organization_id) },
        assigned_at: row.assigned_at,
        due_at: row.due_at,
        due_is_provisional,
        extension_asked_at: row.extension_asked_at,
        implemented_at: row.implemented_at,
    }
}
