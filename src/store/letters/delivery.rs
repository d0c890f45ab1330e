//! The outgoing side: claim with a lease, and say what became of it.

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::Row;
use super::reading::TO_SEND;
use crate::domain::assignment::AssignmentState;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, LetterId, ManuscriptId};
use crate::domain::lang::Lang;
use crate::domain::notice::LetterState;
use crate::domain::queues::{self, WorkQueue};
use crate::same;
use crate::store::schema::{assignments, channels, grants, letters, manuscripts, users};
use crate::store::types::{DbTime, DbUuid};
use crate::store::{AnyConn, StoreError, leases};

/// A claimed letter with what is needed to send it.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The row.
    pub row: Row,
    /// The recipient's name.
    pub name: String,
    /// The recipient's address.
    pub address: String,
    /// The recipient's language.
    pub lang: Lang,
    /// Whether the account is suspended: nothing is sent to it.
    pub suspended: bool,
    /// The channel's name.
    pub channel_name: String,
    /// The channel's settings, as JSON.
    pub channel_settings: String,
}

/// No letter is leased for longer, so a lease that ends later was given by a clock that ran ahead.
const LONGEST: chrono::Duration = chrono::Duration::hours(2);

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = DbUuid)]
    id: LetterId,
}

/// The letters of one act that tell of this manuscript have lost their reason; those that left stay.
///
/// # Errors
/// The store's.
pub fn revoke_of(conn: &mut AnyConn, entry: EntryId, manuscript: ManuscriptId, at: Moment) -> Result<(), StoreError> {
    let of = letters::table.filter(letters::entry_id.eq(entry)).filter(letters::manuscript_id.eq(manuscript));
    let waiting = of.filter(letters::state.eq_any([LetterState::Queued, LetterState::None]));
    diesel::update(waiting).set((letters::state.eq(LetterState::Revoked), letters::revoked_at.eq(at))).execute(conn)?;
    Ok(())
}

/// Takes up to `at_most` letters that may go out now, oldest first; nobody else gets them before `until`.
/// A lease that has run out (its worker died) is taken over.
///
/// # Errors
/// The store's.
pub fn claim(conn: &mut AnyConn, now: Moment, until: Moment, holder: &str, at_most: i64) -> Result<Vec<Outgoing>, StoreError> {
    // Two workers on PostgreSQL don't wait for each other's rows; SQLite has one writer anyway.
    let lock = match conn {
        AnyConn::Pg(_) => "FOR UPDATE SKIP LOCKED",
        AnyConn::Sqlite(_) => "",
    };
    let statement = format!(
        "UPDATE letters SET state = 'leased', lease_until = $1, lease_holder = $2, attempts = attempts + 1 \
         WHERE id IN (SELECT id FROM letters WHERE state IN ('queued','leased') AND not_before <= $3 \
         AND (lease_until IS NULL OR lease_until < $4 OR lease_until > $5) ORDER BY not_before LIMIT $6 {lock}) RETURNING id"
    );
    let claimed: Vec<Claimed> = diesel::sql_query(statement)
        .bind::<DbTime, _>(until)
        .bind::<Text, _>(holder)
        .bind::<DbTime, _>(now)
        .bind::<DbTime, _>(now)
        .bind::<DbTime, _>(leases::beyond(until))
        .bind::<BigInt, _>(at_most)
        .load(conn)?;
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    outgoing(conn, &claimed.iter().map(|claimed| claimed.id).collect::<Vec<_>>())
}

/// Whether a letter may go out now that nobody has.
///
/// # Errors
/// The store's.
pub fn is_due(conn: &mut AnyConn, now: Moment) -> Result<bool, StoreError> {
    let free = letters::lease_until.is_null().or(letters::lease_until.lt(now)).or(letters::lease_until.gt(leases::beyond(now) + LONGEST));
    let due = letters::table.filter(sql::<Bool>(TO_SEND)).filter(letters::not_before.le(now)).filter(free);
    Ok(diesel::select(exists(due)).get_result(conn)?)
}

fn outgoing(conn: &mut AnyConn, ids: &[LetterId]) -> Result<Vec<Outgoing>, StoreError> {
    type Loaded = (Row, (String, String, Lang, Option<Moment>), (String, String));
    let rows: Vec<Loaded> = letters::table
        .inner_join(users::table.on(users::id.eq(letters::recipient_id)))
        .inner_join(channels::table.on(channels::id.eq(letters::channel_id)))
        .filter(letters::id.eq_any(ids))
        .order(letters::id)
        .select((
            letters::all_columns,
            (users::name, users::email, users::language, users::suspended_at),
            (channels::name, channels::settings),
        ))
        .load(conn)?;
    let outgoing = rows.into_iter().map(|(row, (name, address, lang, suspended_at), (channel_name, channel_settings))| Outgoing {
        row,
        name,
        address,
        lang,
        suspended: suspended_at.is_some(),
        channel_name,
        channel_settings,
    });
    Ok(outgoing.collect())
}

/// The rows that a worker still has: after its lease ran out and another took over, its word no longer counts.
macro_rules! held {
    ($id:expr, $holder:expr) => {
        letters::table.filter(letters::id.eq($id)).filter(letters::state.eq(LetterState::Leased)).filter(letters::lease_holder.eq($holder))
    };
}

/// The mail server accepted it. One-time links are taken out of the row. `false`: another worker has it by now.
///
/// # Errors
/// The store's.
pub fn sent(conn: &mut AnyConn, id: LetterId, holder: &str, now: Moment, answer: &str, args: &str) -> Result<bool, StoreError> {
    let changed = same!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Sent),
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
    let changed = same!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Queued),
        letters::not_before.eq(not_before),
        letters::answer.eq(answer),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Given back untried, because the worker stops or runs out of its lease.
///
/// # Errors
/// The store's.
pub fn release(conn: &mut AnyConn, id: LetterId, holder: &str) -> Result<bool, StoreError> {
    let changed = same!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Queued),
        letters::attempts.eq(letters::attempts - 1),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// It will not work: given up, for a person to look at.
///
/// # Errors
/// The store's.
pub fn fail(conn: &mut AnyConn, id: LetterId, holder: &str, answer: &str) -> Result<bool, StoreError> {
    let changed = same!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Failed),
        letters::answer.eq(answer),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Nothing is sent: to a suspended account, say. The notice stays in the inbox.
///
/// # Errors
/// The store's.
pub fn keep_in_inbox(conn: &mut AnyConn, id: LetterId, holder: &str) -> Result<bool, StoreError> {
    let changed = same!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::None),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// What it reminds of has been done meanwhile: neither sent nor shown.
///
/// # Errors
/// The store's.
pub fn drop_gone(conn: &mut AnyConn, id: LetterId, holder: &str, now: Moment) -> Result<bool, StoreError> {
    let changed = same!(diesel::update(held!(id, holder)).set((
        letters::state.eq(LetterState::Revoked),
        letters::revoked_at.eq(now),
        letters::lease_until.eq(None::<Moment>),
        letters::lease_holder.eq(None::<String>),
    )))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Whether the work that a letter calls to is still to be done: the manuscript stands at that desk, the department is still charged.
///
/// # Errors
/// The store's.
pub fn still_calls(conn: &mut AnyConn, row: &Row) -> Result<bool, StoreError> {
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

/// The reason of these letters has gone, by an undo: whatever has not left yet never leaves, and the inbox no longer shows it.
/// Says how many were revoked.
///
/// # Errors
/// The store's.
pub fn revoke(conn: &mut AnyConn, entry: EntryId, now: Moment) -> Result<usize, StoreError> {
    let waiting = letters::table.filter(letters::entry_id.eq(entry)).filter(letters::state.eq_any([
        LetterState::Queued,
        LetterState::Leased,
        LetterState::Failed,
        LetterState::None,
    ]));
    Ok(diesel::update(waiting)
        .set((
            letters::state.eq(LetterState::Revoked),
            letters::revoked_at.eq(now),
            letters::lease_until.eq(None::<Moment>),
            letters::lease_holder.eq(None::<String>),
        ))
        .execute(conn)?)
}

/// Lets the letters of a decision go out now: it can't be taken back any more, before its window has passed.
///
/// # Errors
/// The store's.
pub fn announce(conn: &mut AnyConn, entry: EntryId, now: Moment) -> Result<(), StoreError> {
    let waiting = letters::table.filter(letters::entry_id.eq(entry)).filter(letters::not_before.gt(now));
    let waiting = waiting.filter(letters::state.eq_any([LetterState::Queued, LetterState::None]));
    diesel::update(waiting).set(letters::not_before.eq(now)).execute(conn)?;
    Ok(())
}

/// An administrator wants another try of a letter that was given up, or that waits for its next try.
/// `false` if it is neither: a letter whose act may still be undone is never hurried.
///
/// # Errors
/// The store's.
pub fn retry(conn: &mut AnyConn, channel: ChannelId, id: LetterId, now: Moment) -> Result<bool, StoreError> {
    let stuck = letters::state.eq(LetterState::Failed).or(letters::state.eq(LetterState::Queued).and(letters::attempts.gt(0_i64)));
    let rows = letters::table.filter(letters::id.eq(id)).filter(letters::channel_id.eq(channel)).filter(stuck);
    let changed = diesel::update(rows)
        .set((letters::state.eq(LetterState::Queued), letters::not_before.eq(now), letters::attempts.eq(0_i64)))
        .execute(conn)?;
    Ok(changed == 1)
}
