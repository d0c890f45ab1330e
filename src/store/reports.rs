//! The departments' reports of progress, and the reminders to them.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, AssignmentId, EntryId, ManuscriptId, ReportId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{assignments, implementation_reports, urgings};

/// A row of `implementation_reports`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = implementation_reports, treat_none_as_default_value = false)]
pub(crate) struct ImplementationReportRow {
    pub id: ReportId,
    pub assignment_id: AssignmentId,
    pub manuscript_id: ManuscriptId,
    pub entry_id: EntryId,
    pub number: Option<i64>,
    pub words: String,
    pub implemented: bool,
    pub created_by: UserId,
    pub created_at: Moment,
}

/// A row of `urgings`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = urgings, treat_none_as_default_value = false)]
pub(crate) struct Urging {
    pub id: AnyId,
    pub assignment_id: AssignmentId,
    pub entry_id: EntryId,
    pub words: String,
    pub created_by: UserId,
    pub created_at: Moment,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &ImplementationReportRow) -> Result<(), StoreError> {
    diesel::insert_into(implementation_reports::table).values(row).execute(conn)?;
    proof::wrote(&tables::IMPLEMENTATION_REPORTS, &[&row.id])
}

/// All of a manuscript, oldest first.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<ImplementationReportRow>, StoreError> {
    let rows = implementation_reports::table.filter(implementation_reports::manuscript_id.eq(manuscript));
    Ok(rows.order(implementation_reports::id).load(conn)?)
}

/// The same for several manuscripts.
pub(crate) fn of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<ImplementationReportRow>, StoreError> {
    let rows = implementation_reports::table.filter(implementation_reports::manuscript_id.eq_any(manuscripts));
    Ok(rows.order(implementation_reports::id).load(conn)?)
}

/// The reminders to the departments of these manuscripts, each with its manuscript, in the order of their ids.
pub(crate) fn urgings_of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<(ManuscriptId, Urging)>, StoreError> {
    let rows = urgings::table.inner_join(assignments::table.on(assignments::id.eq(urgings::assignment_id)));
    let rows = rows.filter(assignments::manuscript_id.eq_any(manuscripts)).order(urgings::id);
    Ok(rows.select((assignments::manuscript_id, urgings::all_columns)).load(conn)?)
}

/// The reminders to the departments of this manuscript.
pub(crate) fn urgings_of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Urging>, StoreError> {
    Ok(urgings_of_many(conn, &[manuscript])?.into_iter().map(|(_, urging)| urging).collect())
}

/// The suggestions of an assignment that were reported as carried out; a report without a number is for the whole assignment.
pub(crate) fn implemented(conn: &mut AnyConn, assignment: AssignmentId) -> Result<Vec<Option<i64>>, StoreError> {
    let rows = implementation_reports::table.filter(implementation_reports::assignment_id.eq(assignment));
    Ok(rows.filter(implementation_reports::implemented.eq(true)).select(implementation_reports::number).load(conn)?)
}

pub(crate) fn insert_urging(conn: &mut AnyConn, row: &Urging) -> Result<(), StoreError> {
    diesel::insert_into(urgings::table).values(row).execute(conn)?;
    proof::wrote(&tables::URGINGS, &[&row.id])
}

/// The urgings of these assignments, oldest first.
pub(crate) fn urgings(conn: &mut AnyConn, of: &[AssignmentId]) -> Result<Vec<Urging>, StoreError> {
    Ok(urgings::table.filter(urgings::assignment_id.eq_any(of)).order(urgings::id).load(conn)?)
}
