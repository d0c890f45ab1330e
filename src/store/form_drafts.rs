//! Unsent input of forms about a manuscript: one row for each person, manuscript and form.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::schema::{form_drafts, manuscripts};

/// A row of `form_drafts`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = form_drafts)]
pub(crate) struct FormDraftRow {
    pub user_id: UserId,
    pub manuscript_id: ManuscriptId,
    pub form: String,
    /// Since when the manuscript was at its stage; with another stage the row is over.
    pub stage_since: Moment,
    /// Names and values, as JSON.
    pub fields: String,
    pub saved_at: Moment,
}

/// Stores a row in place of an earlier one.
pub(crate) fn keep(conn: &mut AnyConn, row: &FormDraftRow) -> Result<(), StoreError> {
    let set =
        (form_drafts::stage_since.eq(row.stage_since), form_drafts::fields.eq(row.fields.as_str()), form_drafts::saved_at.eq(row.saved_at));
    let next = diesel::insert_into(form_drafts::table)
        .values(row)
        .on_conflict((form_drafts::user_id, form_drafts::manuscript_id, form_drafts::form))
        .do_update()
        .set(set);
    DualBackend(next).execute(conn)?;
    Ok(())
}

/// The row of a person, as long as the manuscript is at the stage that it was written for.
pub(crate) fn find(
    conn: &mut AnyConn,
    user: UserId,
    manuscript: ManuscriptId,
    form: &str,
    stage_since: Moment,
) -> Result<Option<FormDraftRow>, StoreError> {
    let rows = form_drafts::table.filter(form_drafts::user_id.eq(user)).filter(form_drafts::manuscript_id.eq(manuscript));
    Ok(rows.filter(form_drafts::form.eq(form)).filter(form_drafts::stage_since.eq(stage_since)).first(conn).optional()?)
}

/// Deletes a person's row.
pub(crate) fn discard(conn: &mut AnyConn, user: UserId, manuscript: ManuscriptId, form: &str) -> Result<(), StoreError> {
    let rows = form_drafts::table.filter(form_drafts::user_id.eq(user)).filter(form_drafts::manuscript_id.eq(manuscript));
    diesel::delete(rows.filter(form_drafts::form.eq(form))).execute(conn)?;
    Ok(())
}

/// Deletes the rows of manuscripts that have left the stage, once the decision can't be taken back any more; returns their number.
pub(crate) fn forget(conn: &mut AnyConn, now: Moment) -> Result<usize, StoreError> {
    let alive = manuscripts::table
        .filter(manuscripts::id.eq(form_drafts::manuscript_id))
        .filter(manuscripts::stage_since.eq(form_drafts::stage_since).nullable().or(manuscripts::pending_until.gt(now)));
    Ok(diesel::delete(form_drafts::table.filter(diesel::dsl::not(diesel::dsl::exists(alive)))).execute(conn)?)
}
