//! The inbox of a person and the outbox of a channel.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, LetterId, ManuscriptId, UserId};
use crate::domain::notice::{Letter, LetterState, WithheldReason};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{letters, users};

/// The letters that are still to be sent, by their partial index: few among many. The states are literals and the index is queried first by
/// itself, because only then both databases use it.
pub(in crate::store) const TO_SEND: &str = "letters.id IN (SELECT q.id FROM letters q WHERE q.state IN ('queued','leased'))";

/// A notice as its recipient sees it.
#[derive(Debug, Clone, Queryable)]
pub struct InboxRow {
    /// Its id.
    pub id: LetterId,
    /// The kind of the letter, as it is stored.
    pub kind: String,
    /// The manuscript that it is about.
    pub manuscript_id: Option<ManuscriptId>,
    /// The very thing that it is about.
    pub subject_id: AnyId,
    /// The facts, as JSON.
    pub args: String,
    /// The time of the act.
    pub created_at: Moment,
    /// The time when it was read.
    pub read_at: Option<Moment>,
}

/// A letter as administrators see it, without its text.
#[derive(Debug, Clone, Queryable)]
pub struct OutboxRow {
    /// Its id.
    pub id: LetterId,
    /// The kind of the letter, as it is stored; a newer program may have written one that this program does not know.
    pub kind: String,
    /// The recipient's address; to be masked before it is shown.
    pub address: String,
    /// Its state.
    pub state: LetterState,
    /// The number of attempts.
    pub attempts: i64,
    /// The time when it was written.
    pub created_at: Moment,
    /// The time when it is tried next, if it waits.
    pub not_before: Moment,
    /// When the mail server accepted it.
    pub sent_at: Option<Moment>,
    /// The last answer of the mail server.
    pub answer: Option<String>,
    /// The reason why it was withheld.
    pub reason: Option<WithheldReason>,
}

/// A person's notices that may be seen: not revoked, still meant for them, and not of an act that may still be undone. A letter that was tried is
/// past that window, even if it waits for its next try.
macro_rules! visible {
    ($channel:expr, $person:expr, $now:expr) => {
        letters::table
            .filter(letters::recipient_id.eq($person))
            .filter(letters::channel_id.eq($channel))
            .filter(letters::state.ne(LetterState::Revoked))
            .filter(letters::reason.is_null().or(letters::reason.ne(WithheldReason::NotRecipient)))
            .filter(letters::not_before.le($now).or(letters::attempts.gt(0_i64)))
    };
}

/// A person's notices, newest first, older than `before`.
///
/// # Errors
/// The store's.
pub fn inbox(
    conn: &mut AnyConn,
    channel: ChannelId,
    person: UserId,
    unread_only: bool,
    before: Option<LetterId>,
    limit: i64,
    now: Moment,
) -> Result<Vec<InboxRow>, StoreError> {
    let mut query = visible!(channel, person, now).into_boxed();
    if unread_only {
        query = query.filter(letters::read_at.is_null());
    }
    if let Some(before) = before {
        query = query.filter(letters::id.lt(before));
    }
    let columns =
        (letters::id, letters::kind, letters::manuscript_id, letters::subject_id, letters::args, letters::created_at, letters::read_at);
    Ok(query.order(letters::id.desc()).limit(limit).select(columns).load(conn)?)
}

/// The number of a person's unread notices, counted up to `most`.
///
/// # Errors
/// The store's.
pub fn unread(conn: &mut AnyConn, channel: ChannelId, person: UserId, most: usize, now: Moment) -> Result<usize, StoreError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let some: Vec<LetterId> =
        visible!(channel, person, now).filter(letters::read_at.is_null()).select(letters::id).limit(most).load(conn)?;
    Ok(some.len())
}

/// Whether a notice is this person's, and there for them to read.
///
/// # Errors
/// The store's.
pub fn is_visible(conn: &mut AnyConn, channel: ChannelId, person: UserId, id: LetterId, now: Moment) -> Result<bool, StoreError> {
    let mine = visible!(channel, person, now).filter(letters::id.eq(id));
    Ok(mine.select(letters::id).get_result::<LetterId>(conn).optional()?.is_some())
}

/// Marks a person's own notice as read; the first time counts. `false`: they have no such notice.
///
/// # Errors
/// The store's.
pub fn mark_read(conn: &mut AnyConn, channel: ChannelId, person: UserId, id: LetterId, now: Moment) -> Result<bool, StoreError> {
    if !is_visible(conn, channel, person, id, now)? {
        return Ok(false);
    }
    let fresh = letters::table.filter(letters::id.eq(id)).filter(letters::read_at.is_null());
    diesel::update(fresh).set(letters::read_at.eq(now)).execute(conn)?;
    Ok(true)
}

/// Marks a person's unread notices as read, those that are as old as `newest` or older.
///
/// # Errors
/// The store's.
pub fn mark_all_read(
    conn: &mut AnyConn,
    channel: ChannelId,
    person: UserId,
    newest: Option<LetterId>,
    now: Moment,
) -> Result<(), StoreError> {
    let newest = newest.unwrap_or(LetterId(uuid::Uuid::max()));
    let unread = visible!(channel, person, now).filter(letters::read_at.is_null()).filter(letters::id.le(newest));
    diesel::update(unread).set(letters::read_at.eq(now)).execute(conn)?;
    Ok(())
}

/// A channel's letters that go or went out, newest first, older than `before`.
///
/// # Errors
/// The store's.
pub fn outbox(
    conn: &mut AnyConn,
    channel: ChannelId,
    state: Option<LetterState>,
    before: Option<LetterId>,
    limit: i64,
) -> Result<Vec<OutboxRow>, StoreError> {
    let mut query = letters::table
        .inner_join(users::table.on(users::id.eq(letters::recipient_id)))
        .filter(letters::channel_id.eq(channel))
        .filter(letters::state.ne(LetterState::None))
        .into_boxed();
    query = match state {
        None => query,
        // Few among many: the state is a literal as in the partial indexes, which are not used for bound values.
        Some(state @ (LetterState::Failed | LetterState::Revoked | LetterState::Withheld)) => {
            query.filter(sql::<Bool>("letters.state IN ('failed','revoked','withheld')")).filter(letters::state.eq(state))
        }
        Some(LetterState::Filed) => query.filter(sql::<Bool>("letters.state = 'filed'")),
        Some(LetterState::Queued) => query.filter(sql::<Bool>(TO_SEND)).filter(letters::state.eq(LetterState::Queued)),
        Some(state) => query.filter(letters::state.eq(state)),
    };
    if let Some(before) = before {
        query = query.filter(letters::id.lt(before));
    }
    let columns = (
        letters::id,
        letters::kind,
        users::email,
        letters::state,
        letters::attempts,
        letters::created_at,
        letters::not_before,
        letters::sent_at,
        letters::answer,
        letters::reason,
    );
    Ok(query.order(letters::id.desc()).limit(limit).select(columns).load(conn)?)
}

/// The time of the last letter of this kind to a person.
///
/// # Errors
/// The store's.
pub fn last_of_kind(conn: &mut AnyConn, person: UserId, kind: Letter) -> Result<Option<Moment>, StoreError> {
    let rows = letters::table.filter(letters::recipient_id.eq(person)).filter(letters::kind.eq(kind));
    Ok(rows.order(letters::id.desc()).select(letters::created_at).first(conn).optional()?)
}

/// The time of the oldest overdue letter; for the metrics and the administrators' page.
///
/// # Errors
/// The store's.
pub fn oldest_waiting(conn: &mut AnyConn, now: Moment) -> Result<Option<Moment>, StoreError> {
    let waiting = letters::table.filter(sql::<Bool>(TO_SEND)).filter(letters::not_before.le(now).or(letters::attempts.gt(0_i64)));
    Ok(waiting.order(letters::created_at).select(letters::created_at).first(conn).optional()?)
}
