//! Memberships as administrators change and list them; the queries of rules and letters are in [`crate::store::people`].

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, StandInId, UserId};
use crate::domain::queues;
use crate::domain::vocabulary::Role;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::matching::{contains, names};
use crate::store::people::{GrantRow, StandIn, User};
use crate::store::proof::{self, tables};
use crate::store::schema::{assignments, grants, manuscripts, stand_ins, users};

/// Which people a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonFilter {
    pub organization: Option<OrganizationId>,
    pub role: Option<Role>,
    pub suspended: Option<bool>,
    pub login: Option<String>,
    pub like: Option<String>,
}

/// Writes a membership over the version that was seen.
pub(crate) fn save(conn: &mut AnyConn, user: &User, seen: i64) -> Result<(), StoreError> {
    let changed = diesel::update(users::table.filter(users::id.eq(user.id)).filter(users::version.eq(seen))).set(user).execute(conn)?;
    if changed == 1 {
        return proof::wrote(&tables::USERS, &[&user.id]);
    }
    let current = users::table.filter(users::id.eq(user.id)).select(users::version).get_result(conn)?;
    Err(StoreError::Stale { current })
}

pub(crate) fn count_users(conn: &mut AnyConn) -> Result<i64, StoreError> {
    Ok(users::table.count().get_result(conn)?)
}

pub(crate) fn page(
    conn: &mut AnyConn,
    channel: ChannelId,
    filter: &PersonFilter,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<User>, StoreError> {
    let mut rows = users::table.filter(users::channel_id.eq(channel)).into_boxed();
    if let Some(organization) = filter.organization {
        rows = rows.filter(users::organization_id.eq(organization));
    }
    if let Some(role) = filter.role {
        let holders = grants::table.filter(grants::role.eq(role)).filter(grants::channel_id.eq(channel));
        rows = rows.filter(users::id.eq_any(holders.filter(grants::revoked_at.is_null()).select(grants::user_id)));
    }
    match filter.suspended {
        Some(true) => rows = rows.filter(users::suspended_at.is_not_null()),
        Some(false) => rows = rows.filter(users::suspended_at.is_null()),
        None => {}
    }
    if let Some(login) = &filter.login {
        rows = rows.filter(users::login.eq(login.clone()));
    }
    if let Some(like) = &filter.like {
        rows = rows.filter(names!(users::name, like).or(contains!(users::login, like)));
    }
    if let Some(after) = after {
        rows = rows.filter(users::id.lt(after));
    }
    Ok(rows.order(users::id.desc()).limit(limit).load(conn)?)
}

/// Submitters of a channel whose name contains `q`, by name.
pub(crate) fn submitters_called(conn: &mut AnyConn, channel: ChannelId, q: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    let submit = grants::table.filter(grants::role.eq(Role::Submitter)).filter(grants::channel_id.eq(channel));
    let submit = submit.filter(grants::revoked_at.is_null()).select(grants::user_id);
    let rows = users::table.filter(users::channel_id.eq(channel)).filter(users::suspended_at.is_null());
    let rows = rows.filter(users::id.eq_any(submit)).filter(names!(users::name, q));
    Ok(rows.order((users::name, users::id)).limit(limit).load(conn)?)
}

pub(crate) fn grants_of_many(conn: &mut AnyConn, channel: ChannelId, people: &[UserId]) -> Result<Vec<GrantRow>, StoreError> {
    let rows = grants::table.filter(grants::user_id.eq_any(people)).filter(grants::channel_id.eq(channel));
    Ok(rows.filter(grants::revoked_at.is_null()).order(grants::id).load(conn)?)
}

pub(crate) fn find_grant(conn: &mut AnyConn, id: GrantId) -> Result<GrantRow, StoreError> {
    Ok(grants::table.filter(grants::id.eq(id)).get_result(conn)?)
}

/// False if it was revoked before.
pub(crate) fn revoke_grant(conn: &mut AnyConn, id: GrantId, at: Moment) -> Result<bool, StoreError> {
    let open = grants::table.filter(grants::id.eq(id)).filter(grants::revoked_at.is_null());
    let revoked = diesel::update(open).set(grants::revoked_at.eq(at)).execute(conn)? == 1;
    proof::wrote(&tables::GRANTS, &[&id])?;
    Ok(revoked)
}

pub(crate) fn page_of_grants(
    conn: &mut AnyConn,
    channel: ChannelId,
    user: Option<UserId>,
    role: Option<Role>,
    after: Option<GrantId>,
    limit: i64,
) -> Result<Vec<GrantRow>, StoreError> {
    let mut rows = grants::table.filter(grants::channel_id.eq(channel)).filter(grants::revoked_at.is_null()).into_boxed();
    if let Some(user) = user {
        rows = rows.filter(grants::user_id.eq(user));
    }
    if let Some(role) = role {
        rows = rows.filter(grants::role.eq(role));
    }
    if let Some(after) = after {
        rows = rows.filter(grants::id.lt(after));
    }
    Ok(rows.order(grants::id.desc()).limit(limit).load(conn)?)
}

pub(crate) fn insert_stand_in(conn: &mut AnyConn, row: &StandIn) -> Result<(), StoreError> {
    diesel::insert_into(stand_ins::table).values(row).execute(conn)?;
    proof::wrote(&tables::STAND_INS, &[&row.id])
}

pub(crate) fn find_stand_in(conn: &mut AnyConn, channel: ChannelId, id: StandInId) -> Result<StandIn, StoreError> {
    Ok(stand_ins::table.filter(stand_ins::id.eq(id)).filter(stand_ins::channel_id.eq(channel)).get_result(conn)?)
}

/// The periods, running or to come, in which this person has a part.
pub(crate) fn open_stand_ins(conn: &mut AnyConn, channel: ChannelId, person: UserId, now: Moment) -> Result<Vec<StandIn>, StoreError> {
    let rows = stand_ins::table.filter(stand_ins::absent_id.eq(person).or(stand_ins::stand_in_id.eq(person)));
    let rows = rows.filter(stand_ins::channel_id.eq(channel)).filter(stand_ins::ended_at.is_null()).filter(stand_ins::to_at.gt(now));
    Ok(rows.order(stand_ins::id).load(conn)?)
}

/// The current and future periods in which a member of this organisation stands in.
pub(crate) fn open_stand_ins_of(
    conn: &mut AnyConn,
    channel: ChannelId,
    organization: OrganizationId,
    now: Moment,
) -> Result<Vec<StandIn>, StoreError> {
    let members = users::table.filter(users::organization_id.eq(organization)).select(users::id);
    let rows = stand_ins::table.filter(stand_ins::stand_in_id.eq_any(members));
    let rows = rows.filter(stand_ins::channel_id.eq(channel)).filter(stand_ins::ended_at.is_null()).filter(stand_ins::to_at.gt(now));
    Ok(rows.order(stand_ins::id).load(conn)?)
}

/// False if it had ended before.
pub(crate) fn end_stand_in(conn: &mut AnyConn, id: StandInId, at: Moment) -> Result<bool, StoreError> {
    let open = stand_ins::table.filter(stand_ins::id.eq(id)).filter(stand_ins::ended_at.is_null());
    let ended = diesel::update(open).set(stand_ins::ended_at.eq(at)).execute(conn)? == 1;
    proof::wrote(&tables::STAND_INS, &[&id])?;
    Ok(ended)
}

/// Stand-ins of a channel, or those in which a person is the absent one or the stand-in.
pub(crate) fn page_of_stand_ins(
    conn: &mut AnyConn,
    channel: ChannelId,
    person: Option<UserId>,
    after: Option<StandInId>,
    limit: i64,
) -> Result<Vec<StandIn>, StoreError> {
    let mut rows = stand_ins::table.filter(stand_ins::channel_id.eq(channel)).into_boxed();
    if let Some(person) = person {
        rows = rows.filter(stand_ins::absent_id.eq(person).or(stand_ins::stand_in_id.eq(person)));
    }
    if let Some(after) = after {
        rows = rows.filter(stand_ins::id.lt(after));
    }
    Ok(rows.order(stand_ins::id.desc()).limit(limit).load(conn)?)
}

/// The number of waiting items in the work queue of this grant's holder.
pub(crate) fn waiting_at(conn: &mut AnyConn, grant: &GrantRow) -> Result<i64, StoreError> {
    let (stages, states) = (queues::stages_of(grant.role), queues::states_of(grant.role));
    if !states.is_empty() {
        let rows = assignments::table.filter(assignments::organization_id.eq(grant.organization_id));
        return Ok(rows.filter(assignments::state.eq_any(states)).count().get_result(conn)?);
    }
    // An author's drafts stay with the author.
    if stages.is_empty() || grant.role == Role::Submitter {
        return Ok(0);
    }
    let mut rows =
        manuscripts::table.filter(manuscripts::channel_id.eq(grant.channel_id)).filter(manuscripts::stage.eq_any(stages)).into_boxed();
    if grant.role == Role::Screener {
        rows = rows.filter(manuscripts::organization_id.eq(grant.organization_id));
    }
    Ok(rows.count().get_result(conn)?)
}
