//! Stand-ins (代理): who is away names a person who acts by their role for a period. Each act then names both.

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
    /// Who is away.
    pub absent_id: UserId,
    /// Who acts.
    pub stand_in_id: UserId,
    /// By which role.
    pub role: Role,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub to: Moment,
    /// Since when it is over before its time.
    pub ended_at: Option<Moment>,
}

impl From<StandIn> for StandInView {
    fn from(row: StandIn) -> Self {
        let StandIn { id, absent_id, stand_in_id, role, from_at, to_at, ended_at, .. } = row;
        Self { id, absent_id, stand_in_id, role, from: from_at, to: to_at, ended_at }
    }
}

/// What is to be arranged.
#[derive(Debug, Clone, Copy)]
pub struct NewStandIn {
    /// Who is to act.
    pub stand_in: UserId,
    /// By which role of the caller.
    pub role: Role,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub to: Moment,
}

/// Names a stand-in for oneself.
///
/// # Errors
/// [`AppError::Refused`] without the role, [`AppError::Invalid`] for a period that is over, a person who can't.
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

/// A period that is to come or running, not longer and not further ahead than the channel's settings say.
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

/// Whether the rules of a grant let this person act by that role, for one at least of the organisations for which it is held.
fn fits(tx: &mut Tx<'_>, actor: &Actor, new: NewStandIn) -> Result<Result<(), Unfit>, AppError> {
    let Some(candidate) = candidates(tx.conn, actor.channel, &[new.stand_in])?.remove(&new.stand_in) else {
        return Ok(Err(Unfit::Nobody));
    };
    let own = actor.grants.iter().filter(|grant| grant.role == new.role && grant.for_user.is_none());
    let answers: Vec<_> = own.map(|grant| may_act_for(actor.user, grant.role, grant.organization, &candidate)).collect();
    Ok(if answers.contains(&Ok(())) { Ok(()) } else { answers.into_iter().next().unwrap_or(Err(Unfit::Nobody)) })
}

/// Ends a period before its time: by who is away, by the stand-in, or by an administrator.
///
/// # Errors
/// [`AppError::NotFound`] for others, and for what has ended.
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

/// Ends the periods, running or to come, in which this person has a part and which the rules no longer allow: the absent person's account is
/// suspended or the role is gone, the stand-in's account is suspended, or they left the organisation. What has ended stays so when the
/// account is opened again. To be called after the entry of the act that changed the person.
pub(crate) fn end_unfit(tx: &mut Tx<'_>, by: By<'_>, permit: Permit, channel: ChannelId, person: UserId) -> Result<(), AppError> {
    let rows = accounts::open_stand_ins(tx.conn, channel, person, tx.now)?;
    end_all_unfit(tx, by, permit, rows)
}

/// The same after an organisation was closed, for the stand-ins among its people.
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

/// The same after a role of this person is gone: for those periods in which somebody stands in for them.
pub(crate) fn end_lent(tx: &mut Tx<'_>, by: By<'_>, permit: Permit, channel: ChannelId, person: UserId) -> Result<(), AppError> {
    let mut rows = accounts::open_stand_ins(tx.conn, channel, person, tx.now)?;
    // A stand-in without an office keeps the period: it is a reason to refuse a role that excludes the lent one until somebody ends it.
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

/// Whether the stand-in may act for the absent person by a grant that they hold now.
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

/// One period that concerns the caller.
///
/// # Errors
/// [`AppError::NotFound`].
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: StandInId) -> Result<StandInView, AppError> {
    Ok(seen(tx, actor, id)?.into())
}

/// A page of periods that concern the caller, newest first; all of the channel for administrators.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, after: Option<StandInId>, limit: i64) -> Result<Vec<StandInView>, AppError> {
    let person = if actor.need(&ADMINISTRATORS).is_ok() { None } else { Some(actor.user) };
    let rows = accounts::page_of_stand_ins(tx.conn, actor.channel, person, after, limit)?;
    Ok(rows.into_iter().map(StandInView::from).collect())
}
