//! The first administrator of an empty installation.

use crate::app::accounts::account::lock_account;
use crate::app::accounts::people::{self as accounts_of, NewPerson};
use crate::app::accounts::{By, channels, links, organizations};
use crate::app::sign_in::memberships;
use crate::app::{AppError, Tx};
use crate::domain::vocabulary::{OrganizationKind, Role};
use crate::store::{accounts, channels as store, persons};

/// The sign-in name of the first administrator.
pub const FIRST_LOGIN: &str = "admin";

/// If nobody has ever set a password, returns the path of a one-time link for the first administrator; creates them, and a channel and a
/// department for them, if they are missing. An older link becomes invalid.
///
/// # Errors
/// Fails if a database operation fails.
pub fn first_link(tx: &mut Tx<'_>) -> Result<Option<String>, AppError> {
    if persons::anybody_with_password(tx.conn)? {
        return Ok(None);
    }
    if accounts::count_users(tx.conn)? == 0 {
        make_first(tx)?;
    }
    let Some(account) = persons::account_by_login(tx.conn, FIRST_LOGIN)? else { return Ok(None) };
    lock_account(tx, By::Program, account.person_id)?;
    match memberships::to_open(tx, account.person_id, None)? {
        Some(user) => Ok(Some(links::path(&links::make(tx, &user)?))),
        None => Ok(None),
    }
}

fn make_first(tx: &mut Tx<'_>) -> Result<(), AppError> {
    let channel = match store::list(tx.conn)?.first() {
        Some(channel) => channel.id,
        None => channels::add(tx, "main", "建言献策直通车")?,
    };
    let organization = match store::list_organizations(tx.conn, channel)?.first() {
        Some(organization) => organization.id,
        None => organizations::add(tx, By::Program, channel, "统战部", OrganizationKind::UnitedFront, false)?,
    };
    let new = NewPerson {
        login: FIRST_LOGIN.to_owned(),
        name: "系统管理员".to_owned(),
        email: "admin@localhost".to_owned(),
        roles: vec![Role::SystemAdmin.into()],
        ..NewPerson::default()
    };
    // No letter to this address is read: the link is printed where the program was started.
    accounts_of::add_quietly(tx, By::Program, organization, channel, new)?;
    Ok(())
}
