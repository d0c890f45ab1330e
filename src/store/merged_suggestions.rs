//! The dispatchers' decisions on the suggestions of manuscripts that are merged into another one.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, TextId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::merged_suggestions;

/// A row of `merged_suggestions`: one suggestion and the decision on it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = merged_suggestions, treat_none_as_default_value = false)]
pub(crate) struct MergedSuggestion {
    pub entry_id: EntryId,
    pub merged_id: ManuscriptId,
    /// Its number in the text of the merged manuscript, from 1.
    pub place: i64,
    /// The manuscript into which that one is merged.
    pub manuscript_id: ManuscriptId,
    pub text_id: TextId,
    /// Its number among the suggestions that departments answer; `None` if it was not accepted.
    pub number: Option<i64>,
    /// The reason why it was not accepted.
    pub reason: Option<String>,
    pub decided_by: UserId,
    pub decided_at: Moment,
    /// The time when another decision or the end of the merger took its place.
    pub ended_at: Option<Moment>,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &MergedSuggestion) -> Result<(), StoreError> {
    diesel::insert_into(merged_suggestions::table).values(row).execute(conn)?;
    proof::wrote(&tables::MERGED_SUGGESTIONS, &[&row.entry_id, &row.merged_id, &row.place])
}

/// Everything that was ever decided for handling this manuscript, by merged manuscript and place.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<MergedSuggestion>, StoreError> {
    let rows = merged_suggestions::table.filter(merged_suggestions::manuscript_id.eq(manuscript));
    Ok(rows.order((merged_suggestions::merged_id, merged_suggestions::place, merged_suggestions::decided_at)).load(conn)?)
}

/// Ends the decisions on this merged manuscript that are still valid; only the refusals, if so requested.
pub(crate) fn end(conn: &mut AnyConn, merged: ManuscriptId, refused_only: bool, at: Moment) -> Result<(), StoreError> {
    let rows = merged_suggestions::table.filter(merged_suggestions::merged_id.eq(merged)).filter(merged_suggestions::ended_at.is_null());
    let mut found: Vec<MergedSuggestion> = rows.load(conn)?;
    found.retain(|row| !refused_only || row.number.is_none());
    for row in found {
        let key = merged_suggestions::table.find((row.entry_id, row.merged_id, row.place));
        diesel::update(key).set(merged_suggestions::ended_at.eq(at)).execute(conn)?;
        proof::wrote(&tables::MERGED_SUGGESTIONS, &[&row.entry_id, &row.merged_id, &row.place])?;
    }
    Ok(())
}
