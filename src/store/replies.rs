//! The departments' replies, suggestion by suggestion; the contribution of an assisting department is a reply without items.

use diesel::prelude::*;

use crate::domain::assignment::Consultation;
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, EntryId, ManuscriptId, ReplyId, UserId};
use crate::domain::vocabulary::Answer;
use crate::store::connection::{AnyConn, PreparedSql};
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{replies, reply_items};

/// A row of `replies`.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = replies, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct ReplyRow {
    pub id: ReplyId,
    pub assignment_id: AssignmentId,
    pub manuscript_id: ManuscriptId,
    pub entry_id: EntryId,
    pub round: i64,
    pub words: String,
    pub result_code: Option<String>,
    pub result_definition: Option<String>,
    pub consultation: Option<Consultation>,
    pub officer: String,
    pub officer_phone: String,
    pub created_by: UserId,
    pub created_at: Moment,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Moment>,
    pub approved: Option<bool>,
    pub reason: Option<String>,
}

/// A row of `reply_items`; the promised date is `YYYY-MM-DD`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = reply_items, treat_none_as_default_value = false)]
pub(crate) struct ReplyItemRow {
    pub reply_id: ReplyId,
    pub number: i64,
    pub answer: Answer,
    pub words: String,
    pub promised_on: Option<String>,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &ReplyRow, items: &[ReplyItemRow]) -> Result<(), StoreError> {
    diesel::insert_into(replies::table).values(row).execute(conn)?;
    proof::wrote(&tables::REPLIES, &[&row.id])?;
    for item in items {
        diesel::insert_into(reply_items::table).values(item).execute(conn)?;
        proof::wrote(&tables::REPLY_ITEMS, &[&item.reply_id, &item.number])?;
    }
    Ok(())
}

/// Stores the decision on it.
pub(crate) fn save(conn: &mut AnyConn, row: &ReplyRow) -> Result<(), StoreError> {
    PreparedSql(diesel::update(replies::table.filter(replies::id.eq(row.id))).set(row)).execute(conn)?;
    proof::wrote(&tables::REPLIES, &[&row.id])
}

/// The last one of an assignment.
pub(crate) fn last(conn: &mut AnyConn, assignment: AssignmentId) -> Result<Option<ReplyRow>, StoreError> {
    let rows = replies::table.filter(replies::assignment_id.eq(assignment));
    Ok(rows.order(replies::round.desc()).first(conn).optional()?)
}

/// All replies of a manuscript, in the order in which they were given.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<ReplyRow>, StoreError> {
    Ok(replies::table.filter(replies::manuscript_id.eq(manuscript)).order(replies::id).load(conn)?)
}

/// The same for several manuscripts.
pub(crate) fn of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<ReplyRow>, StoreError> {
    Ok(replies::table.filter(replies::manuscript_id.eq_any(manuscripts)).order(replies::id).load(conn)?)
}

/// The answers of all replies to these manuscripts, each with its manuscript, in the order of [`items`].
pub(crate) fn items_of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<(ManuscriptId, ReplyItemRow)>, StoreError> {
    let rows = reply_items::table.inner_join(replies::table.on(replies::id.eq(reply_items::reply_id)));
    let rows = rows.filter(replies::manuscript_id.eq_any(manuscripts)).order((reply_items::reply_id, reply_items::number));
    Ok(rows.select((replies::manuscript_id, reply_items::all_columns)).load(conn)?)
}

/// The answers of all replies to this manuscript.
pub(crate) fn items_of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<ReplyItemRow>, StoreError> {
    Ok(items_of_many(conn, &[manuscript])?.into_iter().map(|(_, item)| item).collect())
}

/// The answers of these replies, by suggestion.
pub(crate) fn items(conn: &mut AnyConn, of: &[ReplyId]) -> Result<Vec<ReplyItemRow>, StoreError> {
    Ok(reply_items::table.filter(reply_items::reply_id.eq_any(of)).order((reply_items::reply_id, reply_items::number)).load(conn)?)
}
