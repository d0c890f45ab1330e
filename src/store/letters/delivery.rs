//! The outcome of letters: whether they are still needed, and each way in which one ends or waits.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::LetterRow;
use crate::cached;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, LetterId, ManuscriptId};
use crate::domain::notice::{LetterState, WithheldReason};
use crate::domain::queues::{self, WorkQueue};
use crate::domain::states::AssignmentState;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{assignments, grants, letters, manuscripts};

/// Revokes the letters of one act about this manuscript; those that were sent stay.
///
/// # Errors
/// The store's.
pub fn revoke_of(conn: &mut AnyConn, entry: EntryId, manuscript: ManuscriptId, at: Moment) -> Result<(), StoreError> {
    let of = letters::table.filter(letters::entry_id.eq(entry)).filter(letters::manuscript_id.eq(manuscript));
    let waiting = of.filter(letters::state.eq_any([LetterState::Queued, LetterState::None]));
    diesel::update(waiting).set((letters::state.eq(LetterState::Revoked), letters::revoked_at.eq(at))).execute(conn)?;
    Ok(())
}

/// The rows that a worker still holds: after its lease has expired and another worker has taken over, its result no longer counts.
macro_rules! held {
    ($id:expr, $holder:expr) => {
        letters::table.filter(letters::id.eq($id)).filter(letters::state.eq(LetterState::Leased)).filter(letters::lease_holder.eq($holder))
    };
}

/// It left: the mail server accepted it ([`LetterState::Sent`]), or it was only written to a file ([`LetterState::Filed`]). One-time links are
/// taken out of the row. `false`: another worker has it by now.
///
/// # Errors
/// The store's.
pub fn left(
    conn: &mut AnyConn,
    id: LetterId,
    holder: &str,
    state: LetterState,
    now: Moment,
    (answer, args): (&str, &str),
) -> Result<bool, StoreError> {
    let changed = cached!(diesel::update(held!(id, holder)).set((
        letters::state.eq(state),
        letters::sent_at.eq(now),
        letters::answer.eq(answer),
        letters::args.eq(args),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// It may work later: tried again from `not_before` on.
///
/// # Errors
/// The store's.
pub fn postpone(conn: &mut AnyConn, id: LetterId, holder: &str, not_before: Moment, answer: &str) -> Result<bool, StoreError> {
    let changed = cached!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Queued),
        letters::not_before.eq(not_before),
        letters::answer.eq(answer),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Releases a letter without an attempt: the worker stops, its lease expires, or the mail server accepts no letters at all and gave this
/// answer.
///
/// # Errors
/// The store's.
pub fn release(conn: &mut AnyConn, id: LetterId, holder: &str, answer: Option<&str>) -> Result<bool, StoreError> {
    let words = letters::table.find(id).select(letters::answer).get_result::<Option<String>>(conn).optional()?.flatten();
    let changed = cached!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Queued),
        letters::attempts.eq(letters::attempts - 1),
        letters::answer.eq(answer.map(str::to_owned).or(words)),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Gives the letter up, for a person to look at.
///
/// # Errors
/// The store's.
pub fn fail(conn: &mut AnyConn, id: LetterId, holder: &str, answer: &str) -> Result<bool, StoreError> {
    let changed = cached!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Failed),
        letters::answer.eq(answer),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Withholds the letter: its recipient may not get it any more, or can't. The notice stays in the inbox of a recipient who may read it.
///
/// # Errors
/// The store's.
pub fn withhold(conn: &mut AnyConn, id: LetterId, holder: &str, reason: WithheldReason) -> Result<bool, StoreError> {
    let changed = cached!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Withheld),
        letters::reason.eq(reason),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Drops a reminder of work that has been done meanwhile: it is neither sent nor shown.
///
/// # Errors
/// The store's.
pub fn drop_gone(conn: &mut AnyConn, id: LetterId, holder: &str, now: Moment) -> Result<bool, StoreError> {
    let changed = cached!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Revoked),
        letters::revoked_at.eq(now),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Whether the work that a letter calls for is still open: the manuscript is in that work queue, the department is still assigned.
///
/// # Errors
/// The store's.
pub fn still_calls(conn: &mut AnyConn, row: &LetterRow) -> Result<bool, StoreError> {
    let Some(queue) = queues::called_by(row.kind) else { return Ok(true) };
    if let (false, Some(manuscript)) = (queue.stages.is_empty(), row.manuscript_id) {
        let there = manuscripts::table.filter(manuscripts::id.eq(manuscript)).filter(manuscripts::stage.eq_any(queue.stages));
        return Ok(diesel::select(exists(there)).get_result(conn)?);
    }
    if queue.queue == WorkQueue::Receipt {
        // One act may charge several departments of one officer: the letter holds while one of them is charged.
        let departments = grants::table.filter(grants::user_id.eq(row.recipient_id)).filter(grants::role.eq(queue.role));
        let departments = departments.filter(grants::revoked_at.is_null()).select(grants::organization_id);
        let charged = assignments::table
            .filter(assignments::entry_id.eq(row.entry_id))
            .filter(assignments::organization_id.eq_any(departments))
            .filter(assignments::state.ne_all([AssignmentState::Returned, AssignmentState::Cancelled]));
        return Ok(diesel::select(exists(charged)).get_result::<bool>(conn)?);
    }
    Ok(true)
}

/// Revokes the letters of an act that was undone: those that were not sent yet are never sent, and the inbox no longer shows them. Returns
/// their number.
///
/// # Errors
/// The store's.
pub fn revoke(conn: &mut AnyConn, entry: EntryId, now: Moment) -> Result<usize, StoreError> {
    let waiting = letters::table.filter(letters::entry_id.eq(entry)).filter(letters::state.eq_any([
        LetterState::Queued,
        LetterState::Leased,
        LetterState::Failed,
        LetterState::Withheld,
        LetterState::None,
    ]));
    Ok(diesel::update(waiting)
        .set((
            letters::state.eq(LetterState::Revoked),
            letters::revoked_at.eq(now),
            letters::reason.eq(None::<WithheldReason>),
            letters::lease_until.eq(None::<Moment>),
            letters::lease_holder.eq(None::<String>),
        ))
        .execute(conn)?)
}

/// Makes the letters of a decision due now, because it can't be taken back any more although its undo window has not passed.
///
/// # Errors
/// The store's.
pub fn announce(conn: &mut AnyConn, entry: EntryId, now: Moment) -> Result<(), StoreError> {
    let waiting = letters::table.filter(letters::entry_id.eq(entry)).filter(letters::not_before.gt(now));
    let waiting = waiting.filter(letters::state.eq_any([LetterState::Queued, LetterState::None]));
    diesel::update(waiting).set(letters::not_before.eq(now)).execute(conn)?;
    Ok(())
}

/// Makes a letter due on an administrator's request if it was given up or withheld, or waits for its next attempt or for the mail server.
/// `false` if it is none of these: a letter whose act may still be undone is never sent early.
///
/// # Errors
/// The store's.
pub fn retry(conn: &mut AnyConn, channel: ChannelId, id: LetterId, now: Moment) -> Result<bool, StoreError> {
    let waits = letters::state.eq(LetterState::Queued).and(letters::attempts.gt(0_i64).or(letters::not_before.le(now)));
    let stuck = letters::state.eq_any([LetterState::Failed, LetterState::Withheld]).or(waits);
    let rows = letters::table.filter(letters::id.eq(id)).filter(letters::channel_id.eq(channel)).filter(stuck);
    let fresh = (
        letters::state.eq(LetterState::Queued),
        letters::not_before.eq(now),
        letters::attempts.eq(0_i64),
        letters::reason.eq(None::<WithheldReason>),
    );
    Ok(diesel::update(rows).set(fresh).execute(conn)? == 1)
}

/// A letter that was only written to a file is to be sent ([`LetterState::Queued`]), another one goes out in its place
/// ([`LetterState::Revoked`]), or its link can't be used any more ([`LetterState::Withheld`]). `false` if it was not in a file.
///
/// # Errors
/// The store's.
pub fn unfile(conn: &mut AnyConn, id: LetterId, to: LetterState, now: Moment) -> Result<bool, StoreError> {
    let filed = letters::table.filter(letters::id.eq(id)).filter(letters::state.eq(LetterState::Filed));
    let changed = diesel::update(filed)
        .set((
            letters::state.eq(to),
            letters::sent_at.eq(None::<Moment>),
            letters::not_before.eq(now),
            letters::attempts.eq(0_i64),
            letters::answer.eq(None::<String>),
            letters::revoked_at.eq((to == LetterState::Revoked).then_some(now)),
            letters::reason.eq((to == LetterState::Withheld).then_some(WithheldReason::LinkEnded)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
