//! Promises of departments, by date: the answers 列入计划 of valid replies.

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, ManuscriptId, OrganizationId};
use crate::store::board::Whose;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{assignments, authors, implementation_reports, manuscripts, replies, reply_items};
use crate::store::types::DbUuid;

/// A promise. The day is `YYYY-MM-DD`.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct Promise {
    pub assignment_id: AssignmentId,
    pub manuscript_id: ManuscriptId,
    pub organization_id: OrganizationId,
    pub implemented_at: Option<Moment>,
    pub number: i64,
    pub words: String,
    pub promised_on: Option<String>,
    pub manuscript: (Option<String>, String),
}

/// Promises from one day up to another, the first day first. Days in this form have the order of their text.
macro_rules! promised {
    ($whose:expr, $from:expr, $before:expr) => {{
        let author = authors::table
            .filter(authors::manuscript_id.eq(assignments::manuscript_id))
            .filter(authors::user_id.eq_any($whose.not_by.clone()))
            .filter(authors::withdrawn_at.is_null());
        reply_items::table
            .inner_join(replies::table.on(replies::id.eq(reply_items::reply_id)))
            .inner_join(assignments::table.on(assignments::id.eq(replies::assignment_id)))
            .inner_join(manuscripts::table.on(manuscripts::id.eq(replies::manuscript_id)))
            .filter(reply_items::promised_on.ge($from))
            .filter(reply_items::promised_on.lt($before))
            .filter(replies::approved.eq(true))
            // An expression, so that SQLite does not begin from every assignment of the channel: the period holds far fewer.
            .filter(sql::<DbUuid>("COALESCE(assignments.channel_id, assignments.channel_id)").eq($whose.channel))
            .filter(not(exists(author)))
            .filter(assignments::manuscript_id.ne_all($whose.not_of.clone()))
            .order((reply_items::promised_on, assignments::id, reply_items::number))
            .select((
                assignments::id,
                assignments::manuscript_id,
                assignments::organization_id,
                assignments::implemented_at,
                reply_items::number,
                reply_items::words,
                reply_items::promised_on,
                (manuscripts::number, manuscripts::title),
            ))
    }};
}

/// Promises of a period, fulfilled or not.
pub(crate) fn between(conn: &mut AnyConn, whose: &Whose, from: &str, before: &str, limit: i64) -> Result<Vec<Promise>, StoreError> {
    Ok(promised!(whose, from, before).limit(limit).load(conn)?)
}

/// Promises whose day is before `today` and that no report declares fulfilled.
pub(crate) fn broken(conn: &mut AnyConn, whose: &Whose, today: &str, limit: i64) -> Result<Vec<Promise>, StoreError> {
    let kept = implementation_reports::table
        .filter(implementation_reports::manuscript_id.eq(assignments::manuscript_id))
        .filter(implementation_reports::assignment_id.eq(assignments::id))
        .filter(implementation_reports::implemented.eq(true))
        .filter(implementation_reports::number.eq(reply_items::number.nullable()));
    let rows = promised!(whose, "", today).filter(assignments::implemented_at.is_null()).filter(not(exists(kept)));
    Ok(rows.limit(limit).load(conn)?)
}

/// Which suggestions of these manuscripts' assignments were reported as carried out.
pub(crate) fn kept(conn: &mut AnyConn, of: &[ManuscriptId]) -> Result<Vec<(AssignmentId, Option<i64>)>, StoreError> {
    let rows = implementation_reports::table.filter(implementation_reports::manuscript_id.eq_any(of));
    let rows = rows.filter(implementation_reports::implemented.eq(true));
    Ok(rows.select((implementation_reports::assignment_id, implementation_reports::number)).load(conn)?)
}
