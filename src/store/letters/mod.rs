//! Letters: one row is the notice in a person's inbox and the e-mail that goes out. Written in the transaction of the act.

mod claim;
mod delivery;
mod reading;

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId, LetterId, ManuscriptId, UserId};
use crate::domain::notice::{Letter, LetterState, WithheldReason};
use crate::store::connection::{AnyConn, DualBackend};
use crate::store::error::StoreError;
use crate::store::proof::{self, Canonical, InHand, Values, tables};
use crate::store::rows::NewLetter;
use crate::store::schema::letters;
use crate::store::write_buffer;
use crate::{cached, insert_rows};

pub use claim::{Claim, ClaimedLetters, claim, is_due};
pub use delivery::{announce, drop_gone, fail, left, postpone, release, retry, revoke, revoke_of, still_calls, unfile, withhold};
pub(in crate::store) use reading::TO_SEND;
pub use reading::{InboxRow, OutboxRow, inbox, is_visible, last_of_kind, mark_all_read, mark_read, oldest_waiting, outbox, unread};

/// A row of `letters`.
#[derive(Debug, Clone, Queryable)]
pub struct LetterRow {
    /// Its id; makes the Message-ID.
    pub id: LetterId,
    /// Its channel.
    pub channel_id: ChannelId,
    /// The entry of the act that it reports.
    pub entry_id: EntryId,
    /// The recipient.
    pub recipient_id: UserId,
    /// Which letter.
    pub kind: Letter,
    /// The manuscript that it is about; its letters are one thread.
    pub manuscript_id: Option<ManuscriptId>,
    /// The very thing that it is about: a manuscript, bulletin, assignment, person, letter.
    pub subject_id: AnyId,
    /// The facts, as JSON.
    pub args: String,
    /// The time of the act.
    pub created_at: Moment,
    /// Not sent before; moved by each try that failed.
    pub not_before: Moment,
    /// The time when it was read in the inbox.
    pub read_at: Option<Moment>,
    /// The time when it was revoked.
    pub revoked_at: Option<Moment>,
    /// Its state.
    pub state: LetterState,
    /// The number of attempts.
    pub attempts: i64,
    /// The end of the worker's lease.
    pub lease_until: Option<Moment>,
    /// Which worker.
    pub lease_holder: Option<String>,
    /// When the mail server accepted it.
    pub sent_at: Option<Moment>,
    /// The last answer of the mail server.
    pub answer: Option<String>,
    /// The reason for which it was withheld.
    pub reason: Option<WithheldReason>,
}

impl InHand for NewLetter {
    const TABLE: &'static proof::table::ProvedTable = &tables::LETTERS;

    fn values(&self) -> Values {
        Values::from([
            ("id", self.id.canonical()),
            ("channel_id", self.channel.canonical()),
            ("entry_id", self.entry.canonical()),
            ("recipient_id", self.recipient.canonical()),
            ("kind", Some(self.kind.as_str().to_owned())),
            ("manuscript_id", self.manuscript.canonical()),
            ("subject_id", self.subject.canonical()),
            ("args", self.args.canonical()),
            ("created_at", self.at.canonical()),
        ])
    }
}

/// The columns of a letter to be written.
macro_rules! columns {
    ($new:expr) => {
        (
            letters::id.eq($new.id),
            letters::channel_id.eq($new.channel),
            letters::entry_id.eq($new.entry),
            letters::recipient_id.eq($new.recipient),
            letters::kind.eq($new.kind),
            letters::manuscript_id.eq($new.manuscript),
            letters::subject_id.eq($new.subject),
            letters::args.eq($new.args.as_str()),
            letters::created_at.eq($new.at),
            letters::not_before.eq($new.not_before),
            letters::state.eq(if $new.by_mail { LetterState::Queued } else { LetterState::None }),
            letters::attempts.eq(0_i64),
        )
    };
}

/// Writes a letter. The same letter of the same act to the same person is written once: `false` says that it existed.
///
/// # Errors
/// The store's.
pub fn write(conn: &mut AnyConn, new: &NewLetter) -> Result<bool, StoreError> {
    let written = cached!(DualBackend(diesel::insert_into(letters::table).values(columns!(new)).on_conflict_do_nothing())).execute(conn)?;
    if written == 1 {
        proof::wrote_row(new)?;
    }
    Ok(written == 1)
}

/// Writes several letters: on PostgreSQL in one statement, because each costs a round trip. Returns the number of new ones.
///
/// # Errors
/// The store's.
pub fn write_all(conn: &mut AnyConn, new: &[NewLetter]) -> Result<usize, StoreError> {
    if write_buffer::is_open() {
        let is_new = |one: &&NewLetter| write_buffer::put(|buffer| buffer.add_letter(one)).unwrap_or_default();
        let added: Vec<&NewLetter> = new.iter().filter(is_new).collect();
        added.iter().try_for_each(|one| proof::wrote_row(*one))?;
        return Ok(added.len());
    }
    match (conn, new) {
        (_, []) => Ok(0),
        (AnyConn::Pg(conn), [_, _, ..]) => {
            let rows: Vec<_> = new.iter().map(|new| columns!(new)).collect();
            let insert = diesel::insert_into(letters::table).values(&rows).on_conflict_do_nothing();
            let written: Vec<LetterId> = insert.returning(letters::id).get_results(conn)?;
            new.iter().filter(|one| written.contains(&one.id)).try_for_each(proof::wrote_row)?;
            Ok(written.len())
        }
        (conn, new) => {
            let mut written = 0;
            for one in new {
                written += usize::from(write(conn, one)?);
            }
            Ok(written)
        }
    }
}

/// Writes letters of new entries, none of them twice.
pub(crate) fn insert_many(conn: &mut AnyConn, new: &[NewLetter]) -> Result<(), StoreError> {
    insert_rows!(conn, letters::table, new, |one| columns!(one));
    Ok(())
}

/// One letter, by its id.
///
/// # Errors
/// [`StoreError::NotFound`], or the store's.
pub fn find(conn: &mut AnyConn, id: LetterId) -> Result<LetterRow, StoreError> {
    Ok(letters::table.filter(letters::id.eq(id)).get_result(conn)?)
}

/// The letters of one kind that an act wrote.
///
/// # Errors
/// The store's.
pub fn of_act(conn: &mut AnyConn, entry: EntryId, kind: Letter) -> Result<Vec<LetterRow>, StoreError> {
    Ok(letters::table.filter(letters::entry_id.eq(entry)).filter(letters::kind.eq(kind)).order(letters::id).load(conn)?)
}

/// The channel of a letter, also where the rest of its row can't be read.
///
/// # Errors
/// [`StoreError::NotFound`], or the store's.
pub fn channel_of(conn: &mut AnyConn, id: LetterId) -> Result<ChannelId, StoreError> {
    Ok(letters::table.find(id).select(letters::channel_id).get_result(conn)?)
}
