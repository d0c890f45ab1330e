//! Adoptions of manuscripts: by which body, at which level, in which form.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AdoptionId, ChannelId, EntryId, ManuscriptId, UserId};
use crate::domain::outcome::{AdoptionForm, AdoptionLevel};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::adoptions;

/// A row of `adoptions`; the date is `YYYY-MM-DD`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = adoptions, treat_none_as_default_value = false)]
pub(crate) struct Adoption {
    pub id: AdoptionId,
    pub channel_id: ChannelId,
    pub manuscript_id: ManuscriptId,
    pub entry_id: EntryId,
    pub level: AdoptionLevel,
    pub body: String,
    pub form: AdoptionForm,
    pub adopted_on: String,
    pub evidence: String,
    pub created_by: UserId,
    pub created_at: Moment,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &Adoption) -> Result<(), StoreError> {
    diesel::insert_into(adoptions::table).values(row).execute(conn)?;
    proof::wrote(&tables::ADOPTIONS, &[&row.id])
}

/// Oldest first.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Adoption>, StoreError> {
    Ok(adoptions::table.filter(adoptions::manuscript_id.eq(manuscript)).order(adoptions::id).load(conn)?)
}
