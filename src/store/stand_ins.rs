//! The people who act in a role now: its holders, and colleagues who stand in for them ([`may_act_for`] is checked at every act).

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::domain::permission;
use crate::domain::queues::lendable_roles;
use crate::domain::recipients::Holder;
use crate::domain::stand_in::{Candidate, may_act_for};
use crate::domain::vocabulary::Role;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::people::{self, StandIn, grants_of, own_grants};
use crate::store::schema::{grants, organizations, stand_ins, users};

/// These persons as the rules for stand-ins need them, without those of other channels.
pub(crate) fn candidates(conn: &mut AnyConn, channel: ChannelId, ids: &[UserId]) -> Result<BTreeMap<UserId, Candidate>, StoreError> {
    type Person = (UserId, OrganizationId, Option<Moment>, Option<Moment>);
    let persons: Vec<Person> = users::table
        .inner_join(organizations::table.on(organizations::id.eq(users::organization_id)))
        .filter(users::id.eq_any(ids))
        .filter(users::channel_id.eq(channel))
        .select((users::id, users::organization_id, users::suspended_at, organizations::closed_at))
        .load(conn)?;
    let rows = grants::table.filter(grants::user_id.eq_any(ids)).filter(grants::channel_id.eq(channel));
    let held: Vec<(UserId, Role, OrganizationId)> =
        rows.filter(grants::revoked_at.is_null()).select((grants::user_id, grants::role, grants::organization_id)).load(conn)?;
    let candidate = |(user, organization, suspended, closed): Person| {
        let grants = held.iter().filter(|(holder, ..)| *holder == user).map(|(_, role, of)| (*role, *of)).collect();
        let organization = Some(organization).filter(|_| closed.is_none());
        (user, Candidate { user, organization, active: suspended.is_none(), grants })
    };
    Ok(persons.into_iter().map(candidate).collect())
}

/// The periods in which this person stands in now, of absent people whose accounts are active.
macro_rules! running {
    ($channel:expr, $now:expr) => {
        stand_ins::channel_id
            .eq($channel)
            .and(stand_ins::ended_at.is_null())
            .and(stand_ins::from_at.le($now))
            .and(stand_ins::to_at.gt($now))
    };
}

/// The next moment at which a stand-in of a channel begins or ends.
pub(crate) fn next_change(conn: &mut AnyConn, channel: ChannelId, now: Moment) -> Result<Option<Moment>, StoreError> {
    let rows = stand_ins::table.filter(stand_ins::channel_id.eq(channel)).filter(stand_ins::ended_at.is_null());
    let rows = rows.filter(stand_ins::to_at.gt(now)).select((stand_ins::from_at, stand_ins::to_at));
    let periods: Vec<(Moment, Moment)> = rows.load(conn)?;
    Ok(periods.into_iter().flat_map(|(from, to)| [from, to]).filter(|at| *at > now).min())
}

/// The active people who act in a role, in one organisation or in any: first its holders, then their stand-ins.
pub(crate) fn holders(
    conn: &mut AnyConn,
    channel: ChannelId,
    role: Role,
    organization: Option<OrganizationId>,
    now: Moment,
) -> Result<Vec<Holder>, StoreError> {
    type Row = (UserId, OrganizationId, Option<UserId>);
    let mut rows = grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::channel_id.eq(channel))
        .filter(grants::role.eq(role))
        .filter(grants::revoked_at.is_null())
        .filter(users::suspended_at.is_null())
        .select((grants::user_id, grants::organization_id, grants::serves_id))
        .into_boxed();
    if let Some(organization) = organization {
        rows = rows.filter(grants::organization_id.eq(organization));
    }
    let own: Vec<Row> = rows.load(conn)?;
    let mut holders: Vec<Holder> =
        own.into_iter().map(|(user, organization, serves)| Holder { user, organization, serves, for_user: None }).collect();
    if holders.is_empty() || !lendable_roles().contains(&role) {
        return Ok(holders);
    }
    let absent: Vec<UserId> = holders.iter().map(|one| one.user).collect();
    let periods = stand_ins::table.filter(stand_ins::absent_id.eq_any(absent)).filter(running!(channel, now));
    let periods: Vec<(UserId, UserId)> =
        periods.filter(stand_ins::role.eq(role)).select((stand_ins::absent_id, stand_ins::stand_in_id)).load(conn)?;
    if periods.is_empty() {
        return Ok(holders);
    }
    let ids: Vec<UserId> = periods.iter().map(|(_, stand_in)| *stand_in).collect();
    let candidates = candidates(conn, channel, &ids)?;
    let mut lent = Vec::new();
    for (absent, stand_in) in periods {
        for held in holders.iter().filter(|held| held.user == absent) {
            let fits = candidates.get(&stand_in).is_some_and(|one| may_act_for(absent, role, held.organization, one).is_ok());
            lent.extend(fits.then_some(Holder { user: stand_in, for_user: Some(absent), ..*held }));
        }
    }
    holders.extend(lent);
    Ok(holders)
}

/// The grants of the people for whom this person stands in now. They have no effect once the absent person's account is suspended or the
/// role has ended, nor while the stand-in may not act for them.
pub(crate) fn lent_grants(conn: &mut AnyConn, user: UserId, channel: ChannelId, now: Moment) -> Result<Vec<permission::Grant>, StoreError> {
    let periods: Vec<StandIn> = stand_ins::table
        .inner_join(users::table.on(users::id.eq(stand_ins::absent_id)))
        .filter(stand_ins::stand_in_id.eq(user))
        .filter(running!(channel, now))
        .filter(users::suspended_at.is_null())
        .order(stand_ins::id)
        .select(stand_ins::all_columns)
        .load(conn)?;
    if periods.is_empty() {
        return Ok(Vec::new());
    }
    let Some(candidate) = candidates(conn, channel, &[user])?.remove(&user) else { return Ok(Vec::new()) };
    let mut acting: Vec<permission::Grant> = Vec::new();
    for period in periods {
        for grant in people::grants_of(conn, period.absent_id, channel)? {
            let fits = may_act_for(period.absent_id, grant.role, grant.organization_id, &candidate).is_ok();
            let there = acting.iter().any(|one| one.id == grant.id);
            if grant.role == period.role && fits && !there {
                acting.push(people::rule(&grant, Some(period.absent_id)));
            }
        }
    }
    Ok(acting)
}

/// Without the grants of secretaries whose leader is no longer one, or whose account is suspended: that right ends with the leader's.
pub(crate) fn without_idle_secretaries(
    conn: &mut AnyConn,
    channel: ChannelId,
    mut grants: Vec<permission::Grant>,
) -> Result<Vec<permission::Grant>, StoreError> {
    if grants.iter().any(|grant| grant.serves.is_some()) {
        let leaders = people::holders(conn, channel, Role::Leader, None)?;
        grants.retain(|grant| grant.serves.is_none_or(|leader| leaders.contains(&leader)));
    }
    Ok(grants)
}

/// Current and future periods in which this person stands in for another.
pub(crate) fn roles_lent_to(conn: &mut AnyConn, channel: ChannelId, user: UserId, now: Moment) -> Result<Vec<Role>, StoreError> {
    let rows = stand_ins::table.filter(stand_ins::stand_in_id.eq(user)).filter(stand_ins::channel_id.eq(channel));
    let rows = rows.filter(stand_ins::ended_at.is_null()).filter(stand_ins::to_at.gt(now));
    Ok(rows.select(stand_ins::role).distinct().load(conn)?)
}

/// The grants under which a person acts now: their own, and those of people for whom they stand in.
pub(crate) fn acting_grants(
    conn: &mut AnyConn,
    user: UserId,
    channel: ChannelId,
    now: Moment,
) -> Result<Vec<permission::Grant>, StoreError> {
    let mut acting = own_grants(&grants_of(conn, user, channel)?);
    acting.extend(lent_grants(conn, user, channel, now)?);
    without_idle_secretaries(conn, channel, acting)
}
