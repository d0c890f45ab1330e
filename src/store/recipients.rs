//! The leaders to whom a manuscript was forwarded.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, BulletinId, ChannelId, EntryId, ManuscriptId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::recipients;

/// A row of `recipients`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = recipients, treat_none_as_default_value = false)]
pub(crate) struct RecipientRow {
    pub id: AnyId,
    pub channel_id: ChannelId,
    pub manuscript_id: ManuscriptId,
    pub user_id: UserId,
    pub bulletin_id: Option<BulletinId>,
    pub entry_id: EntryId,
    pub created_at: Moment,
    pub ended_at: Option<Moment>,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &RecipientRow) -> Result<(), StoreError> {
    diesel::insert_into(recipients::table).values(row).execute(conn)?;
    proof::wrote(&tables::RECIPIENTS, &[&row.id])
}

pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<RecipientRow>, StoreError> {
    let rows = recipients::table.filter(recipients::manuscript_id.eq(manuscript)).filter(recipients::ended_at.is_null());
    Ok(rows.order(recipients::id).load(conn)?)
}

/// The same for several manuscripts.
pub(crate) fn of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<RecipientRow>, StoreError> {
    let rows = recipients::table.filter(recipients::manuscript_id.eq_any(manuscripts)).filter(recipients::ended_at.is_null());
    Ok(rows.order(recipients::id).load(conn)?)
}

/// Ends the effect of a cancelled bulletin: the manuscript stays with those leaders alone who have endorsed it.
pub(crate) fn end(
    conn: &mut AnyConn,
    bulletin: BulletinId,
    manuscript: ManuscriptId,
    but: &[UserId],
    at: Moment,
) -> Result<(), StoreError> {
    let rows = recipients::table.filter(recipients::bulletin_id.eq(bulletin)).filter(recipients::manuscript_id.eq(manuscript));
    let rows = rows.filter(recipients::user_id.ne_all(but.to_vec())).filter(recipients::ended_at.is_null());
    let ids: Vec<AnyId> = rows.clone().select(recipients::id).load(conn)?;
    diesel::update(rows).set(recipients::ended_at.eq(at)).execute(conn)?;
    ids.iter().try_for_each(|id| proof::wrote(&tables::RECIPIENTS, &[id]))
}
