//! The changes that the office requests when it returns a manuscript.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, RequestId, TextId};
use crate::domain::vocabulary::Part;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::change_requests;

/// A row of `change_requests`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = change_requests, treat_none_as_default_value = false)]
pub(crate) struct ChangeRequest {
    pub id: RequestId,
    pub manuscript_id: ManuscriptId,
    pub entry_id: EntryId,
    pub text_id: TextId,
    pub part: Part,
    pub from_char: i64,
    pub to_char: i64,
    pub words: String,
    pub created_at: Moment,
    pub ticked_at: Option<Moment>,
    pub revoked_at: Option<Moment>,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &ChangeRequest) -> Result<(), StoreError> {
    diesel::insert_into(change_requests::table).values(row).execute(conn)?;
    proof::wrote(&tables::CHANGE_REQUESTS, &[&row.id])
}

/// The requested changes, oldest first, without those of a return that was undone.
pub(crate) fn list(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<ChangeRequest>, StoreError> {
    let rows = change_requests::table.filter(change_requests::manuscript_id.eq(manuscript));
    Ok(rows.filter(change_requests::revoked_at.is_null()).order(change_requests::id).load(conn)?)
}

/// The same for several manuscripts.
pub(crate) fn of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<ChangeRequest>, StoreError> {
    let rows = change_requests::table.filter(change_requests::manuscript_id.eq_any(manuscripts));
    Ok(rows.filter(change_requests::revoked_at.is_null()).order(change_requests::id).load(conn)?)
}

pub(crate) fn tick(conn: &mut AnyConn, manuscript: ManuscriptId, id: RequestId, at: Option<Moment>) -> Result<usize, StoreError> {
    let row = change_requests::table.filter(change_requests::id.eq(id)).filter(change_requests::manuscript_id.eq(manuscript));
    Ok(diesel::update(row).set(change_requests::ticked_at.eq(at)).execute(conn)?)
}

pub(crate) fn revoke(conn: &mut AnyConn, entry: EntryId, at: Moment) -> Result<(), StoreError> {
    let rows = change_requests::table.filter(change_requests::entry_id.eq(entry));
    let ids: Vec<RequestId> = rows.select(change_requests::id).load(conn)?;
    diesel::update(rows).set(change_requests::revoked_at.eq(at)).execute(conn)?;
    ids.iter().try_for_each(|id| proof::wrote(&tables::CHANGE_REQUESTS, &[id]))
}
