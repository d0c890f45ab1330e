//! Handover of an officer's roles to a successor, in one act.
//!
//! Work waits in the queues of roles and departments, not with persons: whoever holds the role has the work. A handover therefore moves the
//! roles; the successor is informed of the number of waiting items.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::accounts::roles::{self, NewRole};
use crate::app::accounts::stand_ins::end_lent;
use crate::app::accounts::{ADMINISTRATORS, AccountChange, By, enter_person, lock, tell};
use crate::app::{AppError, Tx};
use crate::domain::ids::{GrantId, UserId};
use crate::domain::notice::Letter;
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::domain::stand_in::{Unfit, may_act_for};
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Role;
use crate::mail::letters::LetterFacts;
use crate::store::accounts;
use crate::store::people::{self, GrantRow};
use crate::store::stand_ins::candidates;

/// The result of a handover.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HandedOver {
    /// The person who handed over.
    pub from_id: UserId,
    /// The successor.
    pub to_id: UserId,
    /// The roles that moved.
    pub roles: Vec<Role>,
    /// The number of items that wait in the queues of these roles.
    pub waiting: u32,
}

/// Hands over the actor's own roles, or, for administrators, another person's.
///
/// # Errors
/// [`AppError::NotFound`] for another person's roles, [`AppError::Invalid`] for a successor who cannot hold them, [`Refusal::AlreadyDone`]
/// if there is nothing to hand over.
pub fn hand_over(tx: &mut Tx<'_>, actor: &Actor, from: UserId, to: UserId) -> Result<HandedOver, AppError> {
    let permit = match actor.need(&ADMINISTRATORS) {
        Ok(_) if [from, to].contains(&actor.user) => return Err(Refusal::SecondPerson.into()),
        Ok(permit) => permit,
        Err(_) if from == actor.user => Permit::SYSTEM,
        Err(_) => return Err(AppError::NotFound),
    };
    lock(tx, By::Person(actor), &[from, to])?;
    let leaver = people::find(tx.conn, from)?;
    let successor = people::find_many(tx.conn, &[to])?
        .pop()
        .filter(|user| user.channel_id == actor.channel && user.suspended_at.is_none() && user.id != from);
    let (Some(successor), true) = (successor, leaver.channel_id == actor.channel) else {
        return Err(if leaver.channel_id == actor.channel { Violation::new("to_id", "unknown").into() } else { AppError::NotFound });
    };
    let held = people::grants_of(tx.conn, from, actor.channel)?;
    let moving: Vec<GrantRow> = held.into_iter().filter(|grant| grant.role.is_office()).collect();
    if moving.is_empty() {
        return Err(Refusal::AlreadyDone.into());
    }
    // An administrator may give a role to anybody; a person who hands over their own must choose a colleague who could also stand in.
    if permit == Permit::SYSTEM {
        colleague(tx, actor, &moving, to)?;
    }
    let mut given: Vec<(GrantId, Option<GrantId>)> = Vec::new();
    let mut waiting = 0;
    for grant in &moving {
        roles::take(tx, grant.id)?;
        let new = NewRole { role: grant.role, organization: Some(grant.organization_id), serves: grant.serves_id };
        let id = match roles::insert(tx, &successor, new) {
            Ok(id) => Some(id),
            Err(AppError::Refused(Refusal::AlreadyDone)) => None,
            Err(AppError::Invalid(wrong)) => {
                let code = wrong.first().map_or("not_combinable", |one| one.code);
                return Err(Violation::new("to_id", code).into());
            }
            Err(other) => return Err(other),
        };
        given.push((grant.id, id));
        waiting += accounts::waiting_at(tx.conn, grant)?;
    }
    let roles: Vec<Role> = moving.iter().map(|grant| grant.role).collect();
    let facts = json!({ "from": from, "to": to, "grants": given, "waiting": waiting });
    let (channel, by) = (actor.channel, By::Person(actor));
    let entry = enter_person(tx, AccountChange { channel, by, permit, action: "hand_over", object: "user", id: from.0, facts })?;
    let facts = json!({ "from": from });
    enter_person(tx, AccountChange { channel, by, permit, action: "take_over", object: "user", id: to.0, facts })?;
    end_lent(tx, by, permit, channel, from)?;
    let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
    let facts = LetterFacts { person: Some(leaver.name), count: Some(waiting), ..LetterFacts::default() };
    tell(tx, entry, channel, from, (Letter::HandedOver, to), facts)?;
    Ok(HandedOver { from_id: from, to_id: to, roles, waiting })
}

/// Checks that this person may take over these roles without an administrator: a colleague, by the same rule as a stand-in.
fn colleague(tx: &mut Tx<'_>, actor: &Actor, moving: &[GrantRow], to: UserId) -> Result<(), AppError> {
    let candidate = candidates(tx.conn, actor.channel, &[to])?.remove(&to).ok_or_else(|| Violation::new("to_id", Unfit::Nobody.code()))?;
    for grant in moving {
        may_act_for(actor.user, grant.role, grant.organization_id, &candidate).map_err(|unfit| Violation::new("to_id", unfit.code()))?;
    }
    Ok(())
}
