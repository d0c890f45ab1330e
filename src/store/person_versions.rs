//! Names and organisations of people from a time on, so that readings of the past show those of that time.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{OrganizationId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::person_versions;

/// A row of `person_versions`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = person_versions)]
pub struct PersonVersion {
    /// The person.
    pub user_id: UserId,
    /// From 1.
    pub number: i64,
    /// The sign-in name.
    pub login: String,
    /// The name.
    pub name: String,
    /// The post.
    pub post: String,
    /// The organisation.
    pub organization_id: OrganizationId,
    /// Its name.
    pub organization: String,
    /// The salt of digests, so that a name can't be found by guessing.
    pub salt: Vec<u8>,
    /// From when on.
    pub created_at: Moment,
}

/// The newest version of a person.
///
/// # Errors
/// The store's.
pub fn newest(conn: &mut AnyConn, user: UserId) -> Result<Option<PersonVersion>, StoreError> {
    let rows = person_versions::table.filter(person_versions::user_id.eq(user)).order(person_versions::number.desc());
    Ok(rows.first(conn).optional()?)
}

/// Writes a version.
///
/// # Errors
/// The store's.
pub fn insert(conn: &mut AnyConn, row: &PersonVersion) -> Result<(), StoreError> {
    diesel::insert_into(person_versions::table).values(row).execute(conn)?;
    proof::wrote(&tables::PERSON_VERSIONS, &[&row.user_id, &row.number])
}

/// All versions of these people.
///
/// # Errors
/// The store's.
pub fn of(conn: &mut AnyConn, people: &[UserId]) -> Result<Vec<PersonVersion>, StoreError> {
    let rows = person_versions::table.filter(person_versions::user_id.eq_any(people));
    Ok(rows.order((person_versions::user_id, person_versions::number)).load(conn)?)
}
