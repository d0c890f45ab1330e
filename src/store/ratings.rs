//! The authors' ratings of attitude and result.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, ManuscriptId, RatingId, UserId};
use crate::domain::outcome::Satisfaction;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{manuscripts, ratings};

/// A row of `ratings`. `concluded_id` is the manuscript whose conclusion is rated: its own, or that of the one it was merged into.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = ratings, treat_none_as_default_value = false)]
pub(crate) struct Rating {
    pub id: RatingId,
    pub channel_id: ChannelId,
    pub manuscript_id: ManuscriptId,
    pub concluded_id: ManuscriptId,
    pub user_id: UserId,
    pub entry_id: EntryId,
    pub attitude: Satisfaction,
    pub result: Satisfaction,
    pub words: String,
    pub concluded_at: Moment,
    pub created_at: Moment,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &Rating) -> Result<(), StoreError> {
    diesel::insert_into(ratings::table).values(row).execute(conn)?;
    proof::wrote(&tables::RATINGS, &[&row.id])
}

/// Whether this author has rated this conclusion already.
pub(crate) fn exists(conn: &mut AnyConn, manuscript: ManuscriptId, user: UserId, concluded_at: Moment) -> Result<bool, StoreError> {
    let rows = ratings::table.filter(ratings::manuscript_id.eq(manuscript)).filter(ratings::user_id.eq(user));
    Ok(diesel::select(diesel::dsl::exists(rows.filter(ratings::concluded_at.eq(concluded_at)))).get_result(conn)?)
}

/// Which of these manuscripts an author has rated as they are concluded now, be it by the one that they were merged into.
pub(crate) fn by(conn: &mut AnyConn, user: UserId, of: &[ManuscriptId]) -> Result<Vec<ManuscriptId>, StoreError> {
    let rows = ratings::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(ratings::concluded_id)))
        .filter(ratings::user_id.eq(user))
        .filter(ratings::manuscript_id.eq_any(of))
        .filter(manuscripts::concluded_at.eq(ratings::concluded_at.nullable()));
    Ok(rows.select(ratings::manuscript_id).load(conn)?)
}

/// Every rating of a manuscript, those by authors of manuscripts merged into it among them, oldest first.
pub(crate) fn of_concluded(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Rating>, StoreError> {
    Ok(ratings::table.filter(ratings::concluded_id.eq(manuscript)).order(ratings::id).load(conn)?)
}

/// The ratings that were given on this manuscript itself, oldest first.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Rating>, StoreError> {
    Ok(ratings::table.filter(ratings::manuscript_id.eq(manuscript)).order(ratings::id).load(conn)?)
}
