//! People whom an author may ask to sign with them, and for whom staff may enter a manuscript: the channel's submitters, by name.

use crate::app::{AppError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::store::{accounts, channels, people};

/// Who may look for submitters: those who write, and staff who enter.
const SEEKERS: [Role; 3] = [Role::Submitter, Role::Screener, Role::Reviewer];
/// At most so many are shown; more letters of the name find fewer.
const FOUND: i64 = 12;

/// A submitter, in few words.
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

/// Submitters whose name contains `q`; nobody for an empty one.
///
/// # Errors
/// A refusal for who neither writes nor enters.
pub fn search(tx: &mut Tx<'_>, actor: &Actor, q: &str) -> Result<Vec<Colleague>, AppError> {
    actor.need(&SEEKERS)?;
    if is_blank(q) {
        return Ok(Vec::new());
    }
    let rows = accounts::submitters_called(tx.conn, actor.channel, q, FOUND)?;
    rows.into_iter().map(|user| show(tx, actor, user)).collect()
}

/// One of them by id; nobody for a stranger.
///
/// # Errors
/// A refusal for who neither writes nor enters.
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
