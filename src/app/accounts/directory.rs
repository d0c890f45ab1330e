//! People as others may see them. Administrators see contact data; staff see names, posts and roles; all others see only themselves.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::accounts::ADMINISTRATORS;
use crate::app::accounts::channels;
use crate::app::accounts::roles::RoleView;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, OrganizationId, PersonId, UserId};
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::domain::person::{Email, Login};
use crate::domain::vocabulary::Role;
use crate::store::accounts::{self, PersonFilter};
use crate::store::people::{self, User};
use crate::store::persons;

/// Roles that need to know the people to whom they write or assign, or for whom they stand in.
const STAFF: [Role; 7] =
    [Role::Reviewer, Role::Signer, Role::Dispatcher, Role::Screener, Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor];

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonView {
    /// The id.
    pub id: UserId,
    /// The sign-in name.
    #[schema(examples("li.ming"))]
    pub login: String,
    /// The name.
    #[schema(examples("李明"))]
    pub name: String,
    /// The post.
    #[schema(examples("县政协委员"))]
    pub post: String,
    /// The organisation.
    pub organization_id: OrganizationId,
    /// The e-mail address; only for administrators and the person themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The mobile number; only for administrators and the person themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// The language of letters.
    pub language: Lang,
    /// The roles held.
    pub roles: Vec<RoleView>,
    /// Whether a password is set.
    pub has_password: bool,
    /// The time since when the membership is suspended.
    pub suspended_at: Option<Moment>,
    /// The version, for changes.
    pub version: i64,
    /// The time of creation.
    pub created_at: Moment,
}

fn show(user: User, roles: Vec<RoleView>, reachable: bool) -> PersonView {
    PersonView {
        id: user.id,
        login: user.login,
        name: user.name,
        post: user.post,
        organization_id: user.organization_id,
        email: reachable.then(|| Email::shown(&user.email)),
        mobile: reachable.then_some(user.mobile),
        language: user.language,
        roles,
        has_password: user.password_hash.is_some(),
        suspended_at: user.suspended_at,
        version: user.version,
        created_at: user.created_at,
    }
}

/// The filter of a list of people.
#[derive(Debug, Clone, Default)]
pub struct PeopleQuery {
    /// Only of this organisation.
    pub organization: Option<OrganizationId>,
    /// Only with this role.
    pub role: Option<Role>,
    /// Only suspended ones, or only active ones.
    pub suspended: Option<bool>,
    /// Only with this sign-in name.
    pub login: Option<String>,
    /// Only with this text in the name or the sign-in name.
    pub like: Option<String>,
}

/// Returns a page of the people of the caller's channel, newest first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, wanted: PeopleQuery, after: Option<UserId>, limit: i64) -> Result<Vec<PersonView>, AppError> {
    let written = |login: String| Login::parse(&login).map_or(login, |login| login.to_string());
    let wanted = PeopleQuery { login: wanted.login.map(written), ..wanted };
    if actor.need(&STAFF).is_err() {
        let own = people::find(tx.conn, actor.user)?;
        let fits = after.is_none_or(|after| own.id < after)
            && wanted.organization.is_none_or(|id| id == own.organization_id)
            && wanted.role.is_none_or(|role| actor.holds(role))
            && wanted.suspended != Some(true)
            && wanted.login.is_none_or(|login| login == own.login);
        return if fits { Ok(vec![find(tx, actor, own.id)?]) } else { Ok(Vec::new()) };
    }
    let PeopleQuery { organization, role, suspended, login, like } = wanted;
    let filter = PersonFilter { organization, role, suspended, login, like };
    let rows = accounts::page(tx.conn, actor.channel, &filter, after, limit)?;
    with_roles(tx, actor.channel, rows, |user| reaches(actor, user))
}

/// Returns all people of a channel, for the command line.
///
/// # Errors
/// Fails if a database operation fails.
pub fn all(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Vec<PersonView>, AppError> {
    let rows = accounts::page(tx.conn, channel, &PersonFilter::default(), None, i64::MAX)?;
    with_roles(tx, channel, rows, |_| true)
}

fn with_roles(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    rows: Vec<User>,
    reachable: impl Fn(UserId) -> bool,
) -> Result<Vec<PersonView>, AppError> {
    let ids: Vec<UserId> = rows.iter().map(|user| user.id).collect();
    let grants = accounts::grants_of_many(tx.conn, channel, &ids)?;
    let held = |id: UserId| grants.iter().filter(|grant| grant.user_id == id).map(RoleView::from).collect();
    Ok(rows
        .into_iter()
        .map(|user| (held(user.id), reachable(user.id), user))
        .map(|(roles, reach, user)| show(user, roles, reach))
        .collect())
}

fn reaches(actor: &Actor, user: UserId) -> bool {
    actor.user == user || actor.need(&ADMINISTRATORS).is_ok()
}

/// Returns one person.
///
/// # Errors
/// [`AppError::NotFound`] if the caller may not see them.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: UserId) -> Result<PersonView, AppError> {
    let user = people::find(tx.conn, id)?;
    let sees = user.channel_id == actor.channel && (actor.user == id || actor.need(&STAFF).is_ok());
    if !sees {
        return Err(AppError::NotFound);
    }
    let roles = crate::app::accounts::roles::of(tx, id, actor.channel)?;
    Ok(show(user, roles, reaches(actor, id)))
}

/// Returns the names of people of the caller's channel who are named in an object that the caller may see.
///
/// # Errors
/// Fails if a database operation fails.
pub fn names(tx: &mut Tx<'_>, actor: &Actor, ids: &[UserId]) -> Result<HashMap<UserId, String>, AppError> {
    let rows = people::find_many(tx.conn, ids)?;
    Ok(rows.into_iter().filter(|user| user.channel_id == actor.channel).map(|user| (user.id, user.name)).collect())
}

/// Returns whether an account has this sign-in name, for the command line.
///
/// # Errors
/// Fails if a database operation fails.
pub fn is_taken(tx: &mut Tx<'_>, login: &str) -> Result<bool, AppError> {
    Ok(persons::account_by_login(tx.conn, login)?.is_some())
}

/// Returns the person with this sign-in name, for the command line.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn person_of(tx: &mut Tx<'_>, login: &str) -> Result<PersonId, AppError> {
    Ok(persons::account_by_login(tx.conn, login)?.ok_or(AppError::NotFound)?.person_id)
}

/// Returns a membership of the person with this sign-in name, preferably an active one; for data that is the same in all channels.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn any_by_login(tx: &mut Tx<'_>, login: &str) -> Result<UserId, AppError> {
    let person = person_of(tx, login)?;
    let mut all = people::memberships(tx.conn, person)?;
    all.sort_by_key(|user| user.suspended_at.is_some());
    all.first().map(|user| user.id).ok_or(AppError::NotFound)
}

/// Returns the member of a channel with this sign-in name, for the command line.
///
/// # Errors
/// Fails if a database operation fails.
pub fn member(tx: &mut Tx<'_>, login: &str, channel: ChannelId) -> Result<Option<UserId>, AppError> {
    Ok(people::find_by_login(tx.conn, channel, login)?.map(|user| user.id))
}

/// Returns the channel of a membership, for the command line.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn channel_of(tx: &mut Tx<'_>, id: UserId) -> Result<ChannelId, AppError> {
    Ok(people::find(tx.conn, id)?.channel_id)
}

/// Returns the membership of a sign-in name, for the command line: in this channel, or the only one.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Invalid`] if the channel has to be named.
pub fn by_login(tx: &mut Tx<'_>, login: &str, channel: Option<&str>) -> Result<PersonView, AppError> {
    let person = person_of(tx, login)?;
    let mut memberships = people::memberships(tx.conn, person)?;
    if channel.is_some() || memberships.len() > 1 {
        let channel = channels::by_code(tx, channel)?;
        memberships.retain(|user| user.channel_id == channel);
    }
    let user = memberships.pop().ok_or(AppError::NotFound)?;
    let roles = crate::app::accounts::roles::of(tx, user.id, user.channel_id)?;
    Ok(show(user, roles, true))
}
