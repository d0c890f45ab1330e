//! Search for people who can become joint authors, and for whom staff may enter a manuscript: the channel's submitters, by name.

use crate::app::{AppError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::store::{accounts, channels, people};

/// The roles that may search for submitters: those who write, and staff who enter.
const SEEKERS: [Role; 3] = [Role::Submitter, Role::Screener, Role::Reviewer];
/// The largest number of results; a longer part of the name finds fewer.
const FOUND: i64 = 12;

/// A short description of a submitter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The person.
    pub id: UserId,
    /// Name.
    pub name: String,
    /// Post.
    pub post: String,
    /// Organisation.
    pub organization: String,
}

/// Returns the submitters whose name contains `q`; empty for an empty `q`.
///
/// # Errors
/// A refusal for anybody who neither writes nor enters manuscripts.
pub fn search(tx: &mut Tx<'_>, actor: &Actor, q: &str) -> Result<Vec<Colleague>, AppError> {
    actor.need(&SEEKERS)?;
    if is_blank(q) {
        return Ok(Vec::new());
    }
    let rows = accounts::submitters_called(tx.conn, actor.channel, q, FOUND)?;
    rows.into_iter().map(|user| show(tx, actor, user)).collect()
}

/// Returns one of them by id, or `None` for anybody else.
///
/// # Errors
/// A refusal for anybody who neither writes nor enters manuscripts.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: UserId) -> Result<Option<Colleague>, AppError> {
    actor.need(&SEEKERS)?;
    let grants = people::grants_of(tx.conn, id, actor.channel)?;
    if !grants.iter().any(|grant| grant.role == Role::Submitter) {
        return Ok(None);
    }
    let user = people::find(tx.conn, id)?;
    show(tx, actor, user).map(Some)
}

fn show(tx: &mut Tx<'_>, actor: &Actor, user: people::User) -> Result<Colleague, AppError> {
    let organization: OrganizationId = user.organization_id;
    let organization = channels::find_organization(tx.conn, actor.channel, organization)?.name;
    Ok(Colleague { id: user.id, name: user.name, post: user.post, organization })
}
