//! Roles of people: each is one grant, which is given and revoked.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::accounts::stand_ins::end_lent;
use crate::app::accounts::{ADMINISTRATORS, AccountChange, By, enter_person, lock, lock_with_administrators, need_an_administrator};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, UserId};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Role;
use crate::store::people::{self, GrantRow, User};
use crate::store::{accounts, channels, stand_ins};

/// A role that a person holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleView {
    /// The grant.
    pub id: GrantId,
    /// The holder.
    pub user_id: UserId,
    /// The role.
    pub role: Role,
    /// The organisation for which it is held.
    pub organization_id: OrganizationId,
    /// For a secretary, the leader.
    pub serves_id: Option<UserId>,
    /// The time at which it was granted.
    pub granted_at: Moment,
}

impl From<&GrantRow> for RoleView {
    fn from(row: &GrantRow) -> Self {
        let GrantRow { id, user_id, role, organization_id, serves_id, granted_at, .. } = *row;
        Self { id, user_id, role, organization_id, serves_id, granted_at }
    }
}

/// A role to be granted.
#[derive(Debug, Clone, Copy)]
pub struct NewRole {
    /// The role.
    pub role: Role,
    /// The organisation, if it is not the person's own.
    pub organization: Option<OrganizationId>,
    /// For a secretary, the leader whom they serve.
    pub serves: Option<UserId>,
}

impl From<Role> for NewRole {
    fn from(role: Role) -> Self {
        Self { role, organization: None, serves: None }
    }
}

/// Grants a role to a person. Nobody can grant a role to themselves.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators, [`AppError::NotFound`], [`AppError::Invalid`]: an administrative role excludes
/// other roles, a secretary serves a leader.
pub fn give(tx: &mut Tx<'_>, by: By<'_>, user: UserId, new: NewRole) -> Result<GrantId, AppError> {
    let user = people::find(tx.conn, user)?;
    by.within(user.channel_id)?;
    let permit = by.permit(&ADMINISTRATORS)?;
    if by.user() == Some(user.id) {
        return Err(Refusal::SecondPerson.into());
    }
    lock(tx, by, &[user.id].into_iter().chain(new.serves).collect::<Vec<_>>())?;
    let id = insert(tx, &user, new)?;
    let facts =
        json!({ "grant": id, "role": new.role, "organization": new.organization.unwrap_or(user.organization_id), "serves": new.serves });
    enter_person(tx, AccountChange { channel: user.channel_id, by, permit, action: "grant", object: "user", id: user.id.0, facts })?;
    Ok(id)
}

/// Inserts the grant, if the person may hold it. Their row is locked, or not committed yet.
pub(crate) fn insert(tx: &mut Tx<'_>, user: &User, new: NewRole) -> Result<GrantId, AppError> {
    let channel = user.channel_id;
    let held = people::grants_of(tx.conn, user.id, channel)?;
    if held.iter().any(|grant| !new.role.goes_with(grant.role)) {
        return Err(Violation::new("role", "not_combinable").into());
    }
    let organization = new.organization.unwrap_or(user.organization_id);
    let found =
        channels::organization_to_rely_on(tx.conn, channel, organization).map_err(|_| Violation::new("organization_id", "unknown"))?;
    if found.closed_at.is_some() {
        return Err(Violation::new("organization_id", "closed_organization").into());
    }
    let lent = stand_ins::roles_lent_to(tx.conn, channel, user.id, tx.now)?;
    if lent.iter().any(|role| !new.role.goes_with(*role)) {
        return Err(Violation::new("role", "stands_in").into());
    }
    let same = |grant: &&GrantRow| grant.role == new.role && grant.organization_id == organization && grant.serves_id == new.serves;
    if held.iter().find(same).is_some() {
        return Err(Refusal::AlreadyDone.into());
    }
    match (new.role, new.serves) {
        (Role::Secretary, None) => return Err(Violation::required("serves_id").into()),
        (Role::Secretary, Some(leader)) => {
            if !people::holders(tx.conn, channel, Role::Leader, None)?.contains(&leader) {
                return Err(Violation::new("serves_id", "unknown").into());
            }
        }
        (_, Some(_)) => return Err(Violation::new("serves_id", "not_allowed_here").into()),
        (_, None) => {}
    }
    let grant = GrantRow {
        id: tx.id(),
        user_id: user.id,
        channel_id: channel,
        organization_id: organization,
        role: new.role,
        serves_id: new.serves,
        granted_at: tx.now,
        revoked_at: None,
    };
    people::insert_grant(tx.conn, &grant)?;
    Ok(grant.id)
}

/// Revokes a role; this takes effect at the person's next request.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators, [`AppError::NotFound`].
pub fn revoke(tx: &mut Tx<'_>, by: By<'_>, id: GrantId) -> Result<(), AppError> {
    let grant = accounts::find_grant(tx.conn, id)?;
    by.within(grant.channel_id)?;
    let permit = by.permit(&ADMINISTRATORS)?;
    if ADMINISTRATORS.contains(&grant.role) {
        lock_with_administrators(tx, by, grant.channel_id, grant.user_id)?;
    } else {
        lock(tx, by, &[grant.user_id])?;
    }
    if !take(tx, id)? {
        return Err(AppError::NotFound);
    }
    if ADMINISTRATORS.contains(&grant.role) {
        need_an_administrator(tx, by, grant.channel_id)?;
    }
    let facts = json!({ "grant": id, "role": grant.role });
    enter_person(
        tx,
        AccountChange { channel: grant.channel_id, by, permit, action: "revoke", object: "user", id: grant.user_id.0, facts },
    )?;
    end_lent(tx, by, permit, grant.channel_id, grant.user_id)
}

/// Revokes a grant; returns `false` if it was revoked before. The current act may still rely on it.
pub(crate) fn take(tx: &mut Tx<'_>, id: GrantId) -> Result<bool, AppError> {
    tx.parts_with(id);
    Ok(accounts::revoke_grant(tx.conn, id, tx.now)?)
}

/// Returns a page of the roles in the caller's channel, newest first. Administrators and auditors see all, others their own.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user: Option<UserId>,
    role: Option<Role>,
    after: Option<GrantId>,
    limit: i64,
) -> Result<Vec<RoleView>, AppError> {
    let all = actor.need(&[Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor]).is_ok();
    let user = if all { user } else { Some(actor.user).filter(|own| user.is_none_or(|asked| asked == *own)) };
    if !all && user.is_none() {
        return Ok(Vec::new());
    }
    let rows = accounts::page_of_grants(tx.conn, actor.channel, user, role, after, limit)?;
    Ok(rows.iter().map(RoleView::from).collect())
}

/// Returns one grant that the caller may see.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: GrantId) -> Result<RoleView, AppError> {
    let grant = accounts::find_grant(tx.conn, id)?;
    let own = grant.user_id == actor.user;
    let all = actor.need(&[Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor]).is_ok();
    if grant.channel_id != actor.channel || !(own || all) || grant.revoked_at.is_some() {
        return Err(AppError::NotFound);
    }
    Ok(RoleView::from(&grant))
}

/// Returns the roles of a person, for their page and the command line.
pub(crate) fn of(tx: &mut Tx<'_>, user: UserId, channel: ChannelId) -> Result<Vec<RoleView>, AppError> {
    Ok(people::grants_of(tx.conn, user, channel)?.iter().map(RoleView::from).collect())
}

/// Returns the roles of a person, for the command line.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn held(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<RoleView>, AppError> {
    let channel = people::find(tx.conn, user)?.channel_id;
    of(tx, user, channel)
}
