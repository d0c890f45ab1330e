//! Persons, their accounts, and the identities by which an account authenticates. They belong to the installation; a person's membership of
//! a channel is a row of `users`, see [`crate::store::people`].

use diesel::prelude::*;
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::ids::{AccountId, IdentityId, PersonId, UserId};
use crate::domain::lang::Lang;
use crate::domain::person::Login;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{accounts, identities, persons, users};
pub(crate) use crate::store::types::IdentityKind;

/// A row of `persons`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = persons, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct PersonRow {
    pub id: PersonId,
    pub name: String,
    /// The salt of digests, so that a name can't be found by guessing.
    pub salt: Vec<u8>,
    pub version: i64,
    pub created_at: Moment,
}

/// A row of `accounts`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = accounts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct AccountRow {
    pub id: AccountId,
    pub person_id: PersonId,
    pub login: String,
    pub email: String,
    pub mobile: String,
    pub language: Lang,
    /// Since when no membership of its person acts.
    pub suspended_at: Option<Moment>,
    /// As [`PersonRow::salt`].
    pub salt: Vec<u8>,
    pub version: i64,
    pub created_at: Moment,
}

/// A row of `identities`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = identities, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct IdentityRow {
    pub id: IdentityId,
    pub account_id: AccountId,
    pub kind: IdentityKind,
    /// The hash of a password.
    pub secret: String,
    pub set_at: Moment,
    /// The code that binds the secret to the person; see `documents::token_key`.
    pub mac: Option<Vec<u8>>,
}

pub(crate) fn insert_person(conn: &mut AnyConn, row: &PersonRow) -> Result<(), StoreError> {
    diesel::insert_into(persons::table).values(row).execute(conn)?;
    proof::wrote(&tables::PERSONS, &[&row.id])
}

pub(crate) fn insert_account(conn: &mut AnyConn, row: &AccountRow) -> Result<(), StoreError> {
    diesel::insert_into(accounts::table).values(row).execute(conn)?;
    proof::wrote(&tables::ACCOUNTS, &[&row.id])
}

pub(crate) fn find_person(conn: &mut AnyConn, id: PersonId) -> Result<PersonRow, StoreError> {
    Ok(persons::table.filter(persons::id.eq(id)).get_result(conn)?)
}

pub(crate) fn account_of(conn: &mut AnyConn, person: PersonId) -> Result<AccountRow, StoreError> {
    Ok(accounts::table.filter(accounts::person_id.eq(person)).get_result(conn)?)
}

/// The account of this sign-in name, brought to the stored form first; `None` also for text that can't be a name.
pub(crate) fn account_by_login(conn: &mut AnyConn, login: &str) -> Result<Option<AccountRow>, StoreError> {
    let Ok(login) = Login::parse(login) else { return Ok(None) };
    Ok(accounts::table.filter(accounts::login.eq(login.as_str())).get_result(conn).optional()?)
}

/// The account, locked so that it does not change before the transaction ends. Transactions that lock memberships as well lock them after
/// it.
pub(crate) fn account_to_rely_on(conn: &mut AnyConn, id: AccountId) -> Result<AccountRow, StoreError> {
    let row = accounts::table.filter(accounts::id.eq(id));
    match conn {
        AnyConn::Pg(conn) => Ok(row.for_share().get_result(conn)?),
        AnyConn::Sqlite(conn) => Ok(row.get_result(conn)?),
    }
}

/// The account of a person, locked until the transaction ends: neither the account nor the set of its memberships changes meanwhile.
pub(crate) fn lock_account_of(conn: &mut AnyConn, person: PersonId) -> Result<AccountRow, StoreError> {
    let row = accounts::table.filter(accounts::person_id.eq(person));
    match conn {
        AnyConn::Pg(conn) => Ok(row.for_no_key_update().get_result(conn)?),
        AnyConn::Sqlite(conn) => Ok(row.get_result(conn)?),
    }
}

/// Writes a person over the version that was read under the lock of their account.
pub(crate) fn save_person(conn: &mut AnyConn, row: &PersonRow) -> Result<(), StoreError> {
    diesel::update(persons::table.filter(persons::id.eq(row.id))).set(row).execute(conn)?;
    proof::wrote(&tables::PERSONS, &[&row.id])
}

/// Writes an account that is locked.
pub(crate) fn save_account(conn: &mut AnyConn, row: &AccountRow) -> Result<(), StoreError> {
    diesel::update(accounts::table.filter(accounts::id.eq(row.id))).set(row).execute(conn)?;
    proof::wrote(&tables::ACCOUNTS, &[&row.id])
}

/// The password of an account, if one is set.
pub(crate) fn password_of(conn: &mut AnyConn, account: AccountId) -> Result<Option<IdentityRow>, StoreError> {
    let rows = identities::table.filter(identities::account_id.eq(account)).filter(identities::kind.eq(IdentityKind::Password));
    Ok(rows.get_result(conn).optional()?)
}

/// Writes an identity, in the place of itself if it is there.
pub(crate) fn put_identity(conn: &mut AnyConn, row: &IdentityRow) -> Result<(), StoreError> {
    let there = diesel::update(identities::table.filter(identities::id.eq(row.id))).set(row).execute(conn)?;
    if there == 0 {
        diesel::insert_into(identities::table).values(row).execute(conn)?;
    }
    proof::wrote(&tables::IDENTITIES, &[&row.id])
}

/// All passwords, each with its person and its hash.
pub(crate) fn passwords(conn: &mut AnyConn) -> Result<Vec<(IdentityId, PersonId, String)>, StoreError> {
    let rows = identities::table.inner_join(accounts::table.on(accounts::id.eq(identities::account_id)));
    let rows = rows.filter(identities::kind.eq(IdentityKind::Password));
    Ok(rows.select((identities::id, accounts::person_id, identities::secret)).load(conn)?)
}

/// Binds a secret to its person.
pub(crate) fn bind(conn: &mut AnyConn, id: IdentityId, mac: &[u8]) -> Result<(), StoreError> {
    diesel::update(identities::table.filter(identities::id.eq(id))).set(identities::mac.eq(mac)).execute(conn)?;
    Ok(())
}

/// Whether anybody has ever set a password.
pub(crate) fn anybody_with_password(conn: &mut AnyConn) -> Result<bool, StoreError> {
    let one: Option<IdentityId> = identities::table.select(identities::id).first(conn).optional()?;
    Ok(one.is_some())
}

/// The oldest membership of the person to whom a row of these tables belongs; `None` for a row that can't be read.
pub(crate) fn member_of_row(conn: &mut AnyConn, table: &str, id: Uuid) -> Result<Option<UserId>, StoreError> {
    let found = (|| {
        let account = match table {
            "persons" => return Ok(Some(PersonId(id))),
            "identities" => {
                identities::table.filter(identities::id.eq(IdentityId(id))).select(identities::account_id).first(conn).optional()?
            }
            _ => Some(AccountId(id)),
        };
        let Some(account) = account else { return Ok(None) };
        Ok(accounts::table.filter(accounts::id.eq(account)).select(accounts::person_id).first(conn).optional()?)
    })();
    let person: Option<PersonId> = match found {
        Err(StoreError::Unreadable { .. } | StoreError::Database(_)) => None,
        found => found?,
    };
    let Some(person) = person else { return Ok(None) };
    Ok(users::table.filter(users::person_id.eq(person)).order(users::id).select(users::id).first(conn).optional()?)
}
