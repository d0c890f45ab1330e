//! The texts of acts: opinions, reasons, results. Those that authors may read are marked `public`.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, InHand, Values, tables};
use crate::store::rows::DecisionRow;
use crate::store::schema::decisions;
use crate::store::write_buffer;
use crate::{cached, in_hand, insert_rows};

impl InHand for DecisionRow {
    const TABLE: &'static proof::table::ProvedTable = &tables::DECISIONS;

    fn values(&self) -> Values {
        in_hand!(
            self,
            entry_id,
            manuscript_id,
            action,
            actor_id,
            role,
            on_behalf_of,
            reason_code,
            words,
            public,
            created_at,
            undone_at,
            reason
        )
    }
}

pub(crate) fn insert(conn: &mut AnyConn, row: &DecisionRow) -> Result<(), StoreError> {
    if write_buffer::put(|buffer| buffer.decisions.push(row.clone())).is_none() {
        insert_many(conn, std::slice::from_ref(row))?;
    }
    proof::wrote_row(row)
}

/// Writes rows that the journal of the proof already contains.
pub(crate) fn insert_many(conn: &mut AnyConn, rows: &[DecisionRow]) -> Result<(), StoreError> {
    insert_rows!(conn, decisions::table, rows, |row| row);
    Ok(())
}

/// Oldest first, without those that were undone.
pub(crate) fn list(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<DecisionRow>, StoreError> {
    let rows = decisions::table.filter(decisions::manuscript_id.eq(manuscript)).filter(decisions::undone_at.is_null());
    Ok(cached!(rows.order(decisions::entry_id)).load(conn)?)
}

/// The same for several manuscripts.
pub(crate) fn of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<DecisionRow>, StoreError> {
    let rows = decisions::table.filter(decisions::manuscript_id.eq_any(manuscripts)).filter(decisions::undone_at.is_null());
    Ok(rows.order(decisions::entry_id).load(conn)?)
}

/// The person who took the last decision of this kind that was not undone, and the person for whom, if a stand-in did.
pub(crate) fn last_by(conn: &mut AnyConn, manuscript: ManuscriptId, action: &str) -> Result<Vec<UserId>, StoreError> {
    let rows = decisions::table.filter(decisions::manuscript_id.eq(manuscript)).filter(decisions::action.eq(action));
    let rows = rows.filter(decisions::undone_at.is_null()).order(decisions::entry_id.desc());
    let last: Option<(Option<UserId>, Option<UserId>)> =
        rows.select((decisions::actor_id, decisions::on_behalf_of)).first(conn).optional()?;
    Ok(last.into_iter().flat_map(|(actor, absent)| [actor, absent]).flatten().collect())
}

pub(crate) fn mark_undone(conn: &mut AnyConn, entry: EntryId, at: Moment) -> Result<(), StoreError> {
    diesel::update(decisions::table.filter(decisions::entry_id.eq(entry))).set(decisions::undone_at.eq(at)).execute(conn)?;
    proof::wrote(&tables::DECISIONS, &[&entry])
}
