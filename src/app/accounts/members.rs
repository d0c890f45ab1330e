//! Adds a person with an account to one more channel.

use serde_json::json;

use crate::app::accounts::account::lock_account;
use crate::app::accounts::people::{insert_roles, membership, need_open_organization};
use crate::app::accounts::roles::NewRole;
use crate::app::accounts::{ADMINISTRATORS, AccountChange, By, enter_person, lock};
use crate::app::{AppError, Tx};
use crate::domain::folding::name_key;
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::domain::violation::{Violation, Violations, line};
use crate::store::{people, persons};

/// A person to become a member. Texts are as they were typed.
#[derive(Debug, Clone, Default)]
pub struct NewMember {
    /// The sign-in name of the account.
    pub login: String,
    /// The name of its person. An administrator of a channel must know both; the command line names only the account.
    pub name: Option<String>,
    /// The post in this channel; may be empty.
    pub post: String,
    /// The initial roles.
    pub roles: Vec<NewRole>,
}

/// Makes a person with an account a member of a channel. An unknown sign-in name, one of another person and one of a suspended account get
/// the same response.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators; [`AppError::Invalid`] with all violations.
pub fn add(tx: &mut Tx<'_>, by: By<'_>, organization: OrganizationId, channel: ChannelId, new: NewMember) -> Result<UserId, AppError> {
    by.within(channel)?;
    let permit = by.permit(&ADMINISTRATORS)?;
    let mut wrong = Violations::default();
    let post = wrong.take(line("post", &new.post, 60));
    let account = persons::account_by_login(tx.conn, &new.login)?.filter(|account| account.suspended_at.is_none());
    let unknown = || AppError::from(Violation::new("login", "no_such_account"));
    let Some(account) = account else { return Err(unknown()) };
    let locked = lock_account(tx, by, account.person_id)?;
    let is_named = new.name.as_ref().is_none_or(|name| name_key(name) == name_key(&locked.state.person.name));
    if !is_named || locked.state.account.suspended_at.is_some() {
        return Err(unknown());
    }
    if locked.memberships.iter().any(|user| user.channel_id == channel) {
        return Err(Violation::new("login", "already_member").into());
    }
    need_open_organization(tx, channel, organization, &mut wrong);
    wrong.or(())?;
    let leaders: Vec<UserId> = new.roles.iter().filter_map(|role| role.serves).collect();
    lock(tx, by, &leaders)?;
    let user = membership(tx, &locked.state, channel, organization, post);
    people::insert(tx.conn, &user)?;
    insert_roles(tx, &user, &new.roles)?;
    let held: Vec<_> = new.roles.iter().map(|one| one.role).collect();
    let facts = json!({ "organization": organization, "roles": held });
    enter_person(tx, AccountChange { channel, by, permit, action: "join", object: "user", id: user.id.0, facts })?;
    Ok(user.id)
}
