//! Departments charged with manuscripts.

use diesel::prelude::*;

use crate::domain::assignment::{AssignmentForm, AssignmentPart, AssignmentState};
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, ChannelId, EndorsementId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::assignments;

/// A row of `assignments`.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = assignments, treat_none_as_null = true)]
pub(crate) struct Assignment {
    pub id: AssignmentId,
    pub channel_id: ChannelId,
    pub manuscript_id: ManuscriptId,
    pub entry_id: EntryId,
    pub organization_id: OrganizationId,
    pub form: AssignmentForm,
    pub part: AssignmentPart,
    pub lead_id: Option<AssignmentId>,
    pub state: AssignmentState,
    pub version: i64,
    pub endorsement_id: Option<EndorsementId>,
    pub note: String,
    pub assigned_by: UserId,
    pub assigned_at: Moment,
    pub due_at: Moment,
    pub receive_by: Moment,
    pub received_at: Option<Moment>,
    pub replied_at: Option<Moment>,
    pub settled_at: Option<Moment>,
    pub reason: Option<String>,
    pub proposed_organization: Option<String>,
    pub extension: Option<String>,
    pub implemented_at: Option<Moment>,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &Assignment) -> Result<(), StoreError> {
    diesel::insert_into(assignments::table).values(row).execute(conn)?;
    Ok(())
}

pub(crate) fn find(conn: &mut AnyConn, channel: ChannelId, id: AssignmentId) -> Result<Assignment, StoreError> {
    Ok(assignments::table.filter(assignments::id.eq(id)).filter(assignments::channel_id.eq(channel)).first(conn)?)
}

/// Saves the row if it still has version `seen`; `row.version` says the new one.
pub(crate) fn save(conn: &mut AnyConn, row: &Assignment, seen: i64) -> Result<(), StoreError> {
    let target = assignments::table.filter(assignments::id.eq(row.id)).filter(assignments::version.eq(seen));
    if diesel::update(target).set(row).execute(conn)? == 1 {
        return Ok(());
    }
    let current = assignments::table.filter(assignments::id.eq(row.id)).select(assignments::version).first(conn)?;
    Err(StoreError::Stale { current })
}

/// In the order in which they were made.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Assignment>, StoreError> {
    Ok(assignments::table.filter(assignments::manuscript_id.eq(manuscript)).order(assignments::id).load(conn)?)
}

/// Takes back all assignments of one act that was undone.
pub(crate) fn cancel_of_entry(conn: &mut AnyConn, entry: EntryId, at: Moment, reason: &str) -> Result<(), StoreError> {
    let rows = assignments::table.filter(assignments::entry_id.eq(entry));
    let set = (
        assignments::state.eq(AssignmentState::Cancelled),
        assignments::settled_at.eq(at),
        assignments::reason.eq(reason),
        assignments::version.eq(assignments::version + 1),
    );
    diesel::update(rows).set(set).execute(conn)?;
    Ok(())
}
