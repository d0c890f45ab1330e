//! Stand-ins (代理): an absent person names a person who acts by their role for a period. Each act then names both.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::accounts::{ADMINISTRATORS, AccountChange, By, enter_stand_in, lock, tell};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, OrganizationId, StandInId, UserId};
use crate::domain::notice::Letter;
use crate::domain::permission::{Actor, Permit};
use crate::domain::queues::lendable_roles;
use crate::domain::refusal::Refusal;
use crate::domain::stand_in::{Unfit, may_act_for};
use crate::domain::violation::{Param, Violation, Violations};
use crate::domain::vocabulary::Role;
use crate::mail::letters::LetterFacts;
use crate::store::accounts;
use crate::store::people::{self, StandIn};
use crate::store::stand_ins::candidates;

/// A period in which one person acts for another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StandInView {
    /// Its id.
    pub id: StandInId,
    /// The absent person.
    pub absent_id: UserId,
    /// The stand-in.
    pub stand_in_id: UserId,
    /// The role by which they act.
    pub role: Role,
    /// The start of the period.
    pub from: Moment,
    /// The end of the period.
    pub to: Moment,
    /// The time at which it was ended early.
    pub ended_at: Option<Moment>,
}

impl From<StandIn> for StandInView {
    fn from(row: StandIn) -> Self {
        let StandIn { id, absent_id, stand_in_id, role, from_at, to_at, ended_at, .. } = row;
        Self { id, absent_id, stand_in_id, role, from: from_at, to: to_at, ended_at }
    }
}

/// A stand-in to be named.
#[derive(Debug, Clone, Copy)]
pub struct NewStandIn {
    /// The stand-in.
    pub stand_in: UserId,
    /// The caller's role by which they act.
    pub role: Role,
    /// The start of the period.
    pub from: Moment,
    /// The end of the period.
    pub to: Moment,
}

/// Names a stand-in for the caller.
///
/// # Errors
/// [`AppError::Refused`] without the role, [`AppError::Invalid`] for a period that is over, or a person who cannot stand in.
pub fn name(tx: &mut Tx<'_>, actor: &Actor, new: NewStandIn) -> Result<StandInId, AppError> {
    let own = actor.grants.iter().find(|grant| grant.role == new.role && grant.for_user.is_none());
    let lendable = lendable_roles();
    let Some(own) = own.filter(|grant| lendable.contains(&grant.role)) else {
        let needed = if lendable.contains(&new.role) { vec![new.role] } else { lendable };
        return Err(Refusal::WrongRole { needed }.into());
    };
    let permit = Permit::of(own);
    let mut wrong = Violations::default();
    period(tx, actor, &new, &mut wrong)?;
    lock(tx, By::Person(actor), &[new.stand_in])?;
    if let Err(unfit) = fits(tx, actor, new)? {
        wrong.add(Violation::new("stand_in_id", unfit.code()));
    }
    wrong.or(())?;
    let row = StandIn {
        id: tx.id(),
        channel_id: actor.channel,
        absent_id: actor.user,
        stand_in_id: new.stand_in,
        role: new.role,
        from_at: new.from,
        to_at: new.to,
        created_by: actor.user,
        created_at: tx.now,
        ended_at: None,
    };
    if people::is_arranged(tx.conn, &row)? {
        return Err(Refusal::AlreadyDone.into());
    }
    accounts::insert_stand_in(tx.conn, &row)?;
    let facts = json!({ "stand_in": new.stand_in, "role": new.role, "from": new.from, "to": new.to });
    let (channel, by) = (actor.channel, By::Person(actor));
    let entry = enter_stand_in(tx, AccountChange { channel, by, permit, action: "name", object: "stand_in", id: row.id.0, facts }, &row)?;
    let zone = tx.channel_settings(channel)?.limits.time_zone;
    let day = |at: Moment| Some(at.utc().with_timezone(&zone).date_naive());
    let person = people::find(tx.conn, actor.user)?.name;
    let facts = LetterFacts { person: Some(person), from: day(new.from), until: day(new.to), ..LetterFacts::default() };
    tell(tx, entry, channel, row.id, (Letter::StandInNamed, new.stand_in), facts)?;
    Ok(row.id)
}

/// Validates that a period is current or future, and not longer or further ahead than the channel's settings allow.
fn period(tx: &mut Tx<'_>, actor: &Actor, new: &NewStandIn, wrong: &mut Violations) -> Result<(), AppError> {
    let days = tx.channel_settings(actor.channel)?.stand_in_days;
    let most = chrono::Duration::days(days.into());
    let beyond = |field: &str, code| Violation { params: vec![("max", Param::Number(days as usize))], ..Violation::new(field, code) };
    if new.to <= new.from || new.to <= tx.now {
        wrong.add(Violation::new("to", "backwards"));
    } else if new.to - new.from > most {
        wrong.add(beyond("to", "period_too_long"));
    }
    if new.from - tx.now > most {
        wrong.add(beyond("from", "period_too_far"));
    } else if tx.now - new.from > chrono::Duration::days(1) {
        wrong.add(Violation::new("from", "period_past"));
    }
    Ok(())
}

/// Returns whether the rules of a grant let this person act by that role, for at least one of the organisations for which it is held.
fn fits(tx: &mut Tx<'_>, actor: &Actor, new: NewStandIn) -> Result<Result<(), Unfit>, AppError> {
    let Some(candidate) = candidates(tx.conn, actor.channel, &[new.stand_in])?.remove(&new.stand_in) else {
        return Ok(Err(Unfit::Nobody));
    };
    let own = actor.grants.iter().filter(|grant| grant.role == new.role && grant.for_user.is_none());
    let answers: Vec<_> = own.map(|grant| may_act_for(actor.user, grant.role, grant.organization, &candidate)).collect();
    Ok(if answers.contains(&Ok(())) { Ok(()) } else { answers.into_iter().next().unwrap_or(Err(Unfit::Nobody)) })
}

/// Ends a period early, on request of the absent person, the stand-in, or an administrator.
///
/// # Errors
/// [`AppError::NotFound`] for anybody else, and for a period that has ended.
pub fn end(tx: &mut Tx<'_>, actor: &Actor, id: StandInId) -> Result<(), AppError> {
    let row = seen(tx, actor, id)?;
    let permit = actor.need(&ADMINISTRATORS).unwrap_or(Permit::SYSTEM);
    lock(tx, By::Person(actor), &[row.absent_id, row.stand_in_id])?;
    if !accounts::end_stand_in(tx.conn, id, tx.now)? {
        return Err(AppError::NotFound);
    }
    let (channel, by, facts) = (actor.channel, By::Person(actor), json!({ "role": row.role }));
    let ended = StandIn { ended_at: Some(tx.now), ..row };
    enter_stand_in(tx, AccountChange { channel, by, permit, action: "end", object: "stand_in", id: id.0, facts }, &ended)?;
    Ok(())
}

/// Ends the current and future periods of this person that the rules no longer allow: the absent person's account is suspended or the role
/// is revoked, the stand-in's account is suspended, or they left the organisation. Ended periods are not restored when the account is
/// reactivated. Must be called after the entry of the act that changed the person.
pub(crate) fn end_unfit(tx: &mut Tx<'_>, by: By<'_>, permit: Permit, channel: ChannelId, person: UserId) -> Result<(), AppError> {
    let rows = accounts::open_stand_ins(tx.conn, channel, person, tx.now)?;
    end_all_unfit(tx, by, permit, rows)
}

/// Does the same after an organisation was closed, for the stand-ins among its people.
pub(crate) fn end_unfit_of(
    tx: &mut Tx<'_>,
    by: By<'_>,
    permit: Permit,
    channel: ChannelId,
    closed: OrganizationId,
) -> Result<(), AppError> {
    let rows = accounts::open_stand_ins_of(tx.conn, channel, closed, tx.now)?;
    end_all_unfit(tx, by, permit, rows)
}

/// Does the same after a role of this person was revoked, for the periods in which another person stands in for them.
pub(crate) fn end_lent(tx: &mut Tx<'_>, by: By<'_>, permit: Permit, channel: ChannelId, person: UserId) -> Result<(), AppError> {
    let mut rows = accounts::open_stand_ins(tx.conn, channel, person, tx.now)?;
    // A stand-in without an office keeps the period: it is a reason to refuse a role that excludes the lent one until it is ended.
    rows.retain(|row| row.absent_id == person);
    end_all_unfit(tx, by, permit, rows)
}

fn end_all_unfit(tx: &mut Tx<'_>, by: By<'_>, permit: Permit, rows: Vec<StandIn>) -> Result<(), AppError> {
    for row in rows {
        if still_fits(tx, &row)? || !accounts::end_stand_in(tx.conn, row.id, tx.now)? {
            continue;
        }
        let (channel, id, facts) = (row.channel_id, row.id.0, json!({ "role": row.role }));
        let ended = StandIn { ended_at: Some(tx.now), ..row };
        enter_stand_in(tx, AccountChange { channel, by, permit, action: "end", object: "stand_in", id, facts }, &ended)?;
    }
    Ok(())
}

/// Returns whether the stand-in may act for the absent person by one of that person's current grants.
fn still_fits(tx: &mut Tx<'_>, row: &StandIn) -> Result<bool, AppError> {
    if people::find(tx.conn, row.absent_id)?.suspended_at.is_some() {
        return Ok(false);
    }
    let Some(candidate) = candidates(tx.conn, row.channel_id, &[row.stand_in_id])?.remove(&row.stand_in_id) else { return Ok(false) };
    let held = people::grants_of(tx.conn, row.absent_id, row.channel_id)?;
    let mut held = held.iter().filter(|grant| grant.role == row.role);
    Ok(held.any(|grant| may_act_for(row.absent_id, grant.role, grant.organization_id, &candidate).is_ok()))
}

fn seen(tx: &mut Tx<'_>, actor: &Actor, id: StandInId) -> Result<StandIn, AppError> {
    let row = accounts::find_stand_in(tx.conn, actor.channel, id)?;
    let concerned = [row.absent_id, row.stand_in_id].contains(&actor.user) || actor.need(&ADMINISTRATORS).is_ok();
    if concerned { Ok(row) } else { Err(AppError::NotFound) }
}

/// Returns one period that concerns the caller.
///
/// # Errors
/// Fails with [`AppError::NotFound`].
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: StandInId) -> Result<StandInView, AppError> {
    Ok(seen(tx, actor, id)?.into())
}

/// Returns a page of periods that concern the caller, newest first, or, for administrators, of all of the channel.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, after: Option<StandInId>, limit: i64) -> Result<Vec<StandInView>, AppError> {
    let person = if actor.need(&ADMINISTRATORS).is_ok() { None } else { Some(actor.user) };
    let rows = accounts::page_of_stand_ins(tx.conn, actor.channel, person, after, limit)?;
    Ok(rows.into_iter().map(StandInView::from).collect())
}
