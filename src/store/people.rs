//! Memberships and their grants, as the rules and the letters need them; persons and accounts are in [`crate::store::persons`].

use diesel::prelude::*;

use crate::cached;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, PersonId, StandInId, UserId};
use crate::domain::lang::Lang;
use crate::domain::permission;
use crate::domain::person::Login;
use crate::domain::vocabulary::Role;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{channels, grants, stand_ins, users};

/// A row of `users`: one person's membership of one channel. Login, name, addresses, language and password are copies from the account and
/// the person; `app::accounts::account` writes them together.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = users, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct User {
    pub id: UserId,
    pub channel_id: ChannelId,
    pub organization_id: OrganizationId,
    pub login: String,
    pub name: String,
    pub post: String,
    pub email: String,
    pub mobile: String,
    pub language: Lang,
    pub password_hash: Option<String>,
    pub password_at: Option<Moment>,
    pub suspended_at: Option<Moment>,
    pub salt: Vec<u8>,
    pub version: i64,
    pub created_at: Moment,
    pub person_id: PersonId,
}

/// A row of `grants`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
pub(crate) struct GrantRow {
    pub id: GrantId,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    pub organization_id: OrganizationId,
    pub role: Role,
    pub serves_id: Option<UserId>,
    pub granted_at: Moment,
    pub revoked_at: Option<Moment>,
}

/// A row of `stand_ins`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = stand_ins, treat_none_as_default_value = false)]
pub(crate) struct StandIn {
    pub id: StandInId,
    pub channel_id: ChannelId,
    pub absent_id: UserId,
    pub stand_in_id: UserId,
    pub role: Role,
    pub from_at: Moment,
    pub to_at: Moment,
    pub created_by: UserId,
    pub created_at: Moment,
    pub ended_at: Option<Moment>,
}

pub(crate) fn insert(conn: &mut AnyConn, user: &User) -> Result<(), StoreError> {
    diesel::insert_into(users::table).values(user).execute(conn)?;
    proof::wrote(&tables::USERS, &[&user.id])
}

pub(crate) fn find(conn: &mut AnyConn, id: UserId) -> Result<User, StoreError> {
    Ok(cached!(users::table.filter(users::id.eq(id))).get_result(conn)?)
}

/// Locks the rows of these people until the transaction ends, in the order of their ids, so that no two acts on accounts wait for each
/// other. Acts that change a person's rights hold this lock while the rules are checked; SQLite has one writer and needs none.
pub(crate) fn lock(conn: &mut AnyConn, ids: &[UserId]) -> Result<(), StoreError> {
    if let AnyConn::Pg(conn) = conn {
        let rows = users::table.filter(users::id.eq_any(ids)).order(users::id).select(users::id);
        rows.for_no_key_update().load::<UserId>(conn)?;
    }
    Ok(())
}

/// People, locked so that they are neither changed nor suspended before the transaction ends.
pub(crate) fn find_to_rely_on(conn: &mut AnyConn, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
    match conn {
        AnyConn::Pg(conn) => {
            let rows = users::table.filter(users::id.eq_any(ids)).order(users::id);
            Ok(rows.for_share().load(conn)?)
        }
        AnyConn::Sqlite(_) => ids.iter().map(|id| find(conn, *id)).collect(),
    }
}

/// A grant, locked so that it does not change before the transaction ends.
pub(crate) fn grant_to_rely_on(conn: &mut AnyConn, id: GrantId) -> Result<GrantRow, StoreError> {
    let row = grants::table.filter(grants::id.eq(id));
    match conn {
        AnyConn::Pg(conn) => Ok(row.for_share().get_result(conn)?),
        AnyConn::Sqlite(_) => Ok(cached!(row).get_result(conn)?),
    }
}

/// Whether a person stands in for an absent one by this role now, and still when the transaction ends.
pub(crate) fn stands_in(conn: &mut AnyConn, person: UserId, absent: UserId, role: Role, now: Moment) -> Result<bool, StoreError> {
    let periods = stand_ins::table
        .filter(stand_ins::stand_in_id.eq(person))
        .filter(stand_ins::absent_id.eq(absent))
        .filter(stand_ins::role.eq(role))
        .filter(stand_ins::ended_at.is_null())
        .filter(stand_ins::from_at.le(now))
        .filter(stand_ins::to_at.gt(now))
        .select(stand_ins::id);
    let found: Vec<StandInId> = match conn {
        AnyConn::Pg(conn) => periods.for_share().load(conn)?,
        AnyConn::Sqlite(conn) => periods.load(conn)?,
    };
    Ok(!found.is_empty())
}

/// Whether a period of this sort is arranged that has a moment in common with the other.
pub(crate) fn is_arranged(conn: &mut AnyConn, new: &StandIn) -> Result<bool, StoreError> {
    let one: Option<StandInId> = stand_ins::table
        .filter(stand_ins::stand_in_id.eq(new.stand_in_id))
        .filter(stand_ins::absent_id.eq(new.absent_id))
        .filter(stand_ins::role.eq(new.role))
        .filter(stand_ins::ended_at.is_null())
        .filter(stand_ins::from_at.lt(new.to_at))
        .filter(stand_ins::to_at.gt(new.from_at))
        .select(stand_ins::id)
        .first(conn)
        .optional()?;
    Ok(one.is_some())
}

pub(crate) fn find_many(conn: &mut AnyConn, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
    Ok(users::table.filter(users::id.eq_any(ids)).load(conn)?)
}

/// The member of a channel with this sign-in name. Accepts the name as people type it and brings it to the stored form first; `None` also
/// for text that can't be a name.
pub(crate) fn find_by_login(conn: &mut AnyConn, channel: ChannelId, login: &str) -> Result<Option<User>, StoreError> {
    let Ok(login) = Login::parse(login) else { return Ok(None) };
    let rows = users::table.filter(users::channel_id.eq(channel)).filter(users::login.eq(login.as_str()));
    Ok(rows.get_result(conn).optional()?)
}

/// The channels in which a person is an active member, the oldest membership first, each with its code and its name.
pub(crate) fn active_in(conn: &mut AnyConn, person: PersonId) -> Result<Vec<(UserId, ChannelId, String, String)>, StoreError> {
    let rows = users::table.inner_join(channels::table.on(channels::id.eq(users::channel_id)));
    let rows = rows.filter(users::person_id.eq(person)).filter(users::suspended_at.is_null()).order(users::id);
    Ok(rows.select((users::id, channels::id, channels::code, channels::name)).load(conn)?)
}

/// The memberships of a person, the oldest first.
pub(crate) fn memberships(conn: &mut AnyConn, person: PersonId) -> Result<Vec<User>, StoreError> {
    Ok(users::table.filter(users::person_id.eq(person)).order(users::id).load(conn)?)
}

pub(crate) fn insert_grant(conn: &mut AnyConn, grant: &GrantRow) -> Result<(), StoreError> {
    diesel::insert_into(grants::table).values(grant).execute(conn)?;
    proof::wrote(&tables::GRANTS, &[&grant.id])
}

pub(crate) fn grants_of(conn: &mut AnyConn, user: UserId, channel: ChannelId) -> Result<Vec<GrantRow>, StoreError> {
    let rows = grants::table.filter(grants::user_id.eq(user)).filter(grants::channel_id.eq(channel));
    Ok(rows.filter(grants::revoked_at.is_null()).order(grants::id).load(conn)?)
}

/// A person's own grants, as the rules look at them.
pub(crate) fn own_grants(grants: &[GrantRow]) -> Vec<permission::Grant> {
    grants.iter().map(|grant| rule(grant, None)).collect()
}

/// A grant as the rules need it; `absent` is the person for whom a stand-in acts by it.
pub(crate) fn rule(grant: &GrantRow, absent: Option<UserId>) -> permission::Grant {
    permission::Grant { id: grant.id, role: grant.role, organization: grant.organization_id, serves: grant.serves_id, for_user: absent }
}

/// The active people who hold a role in a channel, in one organisation or in any.
pub(crate) fn holders(
    conn: &mut AnyConn,
    channel: ChannelId,
    role: Role,
    organization: Option<OrganizationId>,
) -> Result<Vec<UserId>, StoreError> {
    let mut rows = grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::channel_id.eq(channel))
        .filter(grants::role.eq(role))
        .filter(grants::revoked_at.is_null())
        .filter(users::suspended_at.is_null())
        .select(grants::user_id)
        .into_boxed();
    if let Some(organization) = organization {
        rows = rows.filter(grants::organization_id.eq(organization));
    }
    Ok(rows.load(conn)?)
}

/// Whether this person holds or has held a role in a channel.
pub(crate) fn ever_held(conn: &mut AnyConn, user: UserId, channel: ChannelId, role: Role) -> Result<bool, StoreError> {
    let rows = grants::table.filter(grants::user_id.eq(user)).filter(grants::channel_id.eq(channel)).filter(grants::role.eq(role));
    let found: Option<GrantId> = rows.select(grants::id).first(conn).optional()?;
    Ok(found.is_some())
}
