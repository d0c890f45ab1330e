//! Rows of acts that share one transaction. They are buffered until all of these acts have run, and then written together by
//! [`crate::store::grouping`]: on PostgreSQL with one statement for each table, because each statement costs a round trip.
//!
//! A group of acts runs on one thread from its beginning to its end, so its buffer is a thread-local that only [`WriteBuffer::open`] opens,
//! like the journal of [`crate::store::proof`]. The functions of the store that write the rows of such acts put them here while a buffer is
//! open, and execute their statements otherwise. Buffered rows can't be read back from the database, so only use cases that don't need them
//! are run in a group; see [`crate::store::grouping`].
//!
//! The buffer also caches values that are valid for the whole transaction: the versions of a channel, which stay locked until the commit,
//! the counters from which numbers were drawn, and the time of the newest entry of a ledger.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId};
use crate::domain::ledger::Hash;
use crate::store::error::StoreError;
use crate::store::rows::{AuthorRow, DecisionRow, EntryRow, ManuscriptRow, NewLetter, TextRow, Versions};

thread_local! {
    static OPEN: RefCell<Option<Buffer>> = const { RefCell::new(None) };
}

/// The last entry of a chain.
#[derive(Debug, Clone)]
pub(crate) struct ChainHead {
    pub(crate) leaf: Hash,
    pub(crate) at: Moment,
    pub(crate) entry: EntryId,
    /// Whether the chain begins with it.
    pub(crate) is_first: bool,
}

/// A counter: its value in the database, and the last number that was drawn.
struct Counter {
    stored: i64,
    drawn: i64,
}

#[derive(Default)]
pub(crate) struct Buffer {
    pub(crate) entries: Vec<EntryRow>,
    pub(crate) heads: BTreeMap<Uuid, ChainHead>,
    pub(crate) manuscripts: Vec<ManuscriptRow>,
    /// Manuscripts that were changed, with the version that each must still have.
    pub(crate) changed: Vec<(ManuscriptRow, i64)>,
    pub(crate) texts: Vec<TextRow>,
    pub(crate) authors: Vec<AuthorRow>,
    pub(crate) letters: Vec<NewLetter>,
    pub(crate) decisions: Vec<DecisionRow>,
    /// Rises whenever an act of the group writes, here or directly.
    writes: u64,
    /// Whether everything that these acts read is committed.
    reads_committed: bool,
    versions: HashMap<ChannelId, Versions>,
    counters: HashMap<(ChannelId, String), Counter>,
    newest: HashMap<ChannelId, Moment>,
}

/// The buffer of one group. Rows that were not flushed are dropped with this value, as the database drops their transaction.
#[must_use = "rows that are not flushed are not written"]
pub(crate) struct WriteBuffer(());

impl WriteBuffer {
    /// Opens a buffer on this thread. `reads_committed` says that nothing in this transaction has been written yet.
    pub(crate) fn open(reads_committed: bool) -> Self {
        OPEN.set(Some(Buffer { reads_committed, ..Buffer::default() }));
        Self(())
    }

    /// A number that rises with each write.
    pub(crate) fn writes(&self) -> u64 {
        with(|buffer| buffer.writes).unwrap_or_default()
    }

    /// Ends the buffer, and gives what was put into it.
    pub(crate) fn take(self) -> Option<Buffer> {
        OPEN.take()
    }
}

impl Drop for WriteBuffer {
    fn drop(&mut self) {
        OPEN.set(None);
    }
}

fn with<T>(f: impl FnOnce(&mut Buffer) -> T) -> Option<T> {
    OPEN.with_borrow_mut(|open| open.as_mut().map(f))
}

/// Whether acts run in a group on this thread.
pub(crate) fn is_open() -> bool {
    OPEN.with_borrow(Option::is_some)
}

/// Whether data that is read now is committed and, as far as the versions of a channel cover it, does not change until the end of the
/// transaction.
pub(crate) fn reads_committed() -> bool {
    with(|buffer| buffer.reads_committed).unwrap_or_default()
}

/// Puts rows into the buffer by `f`; `None` where there is none.
pub(crate) fn put<T>(f: impl FnOnce(&mut Buffer) -> T) -> Option<T> {
    with(|buffer| {
        buffer.writes += 1;
        f(buffer)
    })
}

/// Notes that an act writes.
pub(crate) fn note_write() {
    with(|buffer| buffer.writes += 1);
}

/// The head of a chain that an act of this group has moved.
pub(crate) fn head(chain: Uuid) -> Option<ChainHead> {
    with(|buffer| buffer.heads.get(&chain).cloned()).flatten()
}

/// The versions of a channel, asked for once in a transaction by `load`, which locks them.
///
/// # Errors
/// Those of `load`.
pub(crate) fn versions(id: ChannelId, load: impl FnOnce() -> Result<Versions, StoreError>) -> Result<Versions, StoreError> {
    if let Some(known) = with(|buffer| buffer.versions.get(&id).copied()).flatten() {
        return Ok(known);
    }
    let loaded = load()?;
    with(|buffer| buffer.versions.insert(id, loaded));
    Ok(loaded)
}

/// The next number of a counter. The first one in a transaction is drawn in the database by `draw`, which locks the counter; the value that
/// is reached is written at the end of the group.
///
/// # Errors
/// Those of `draw`.
pub(crate) fn next_number(channel: ChannelId, name: &str, draw: impl FnOnce() -> Result<i64, StoreError>) -> Result<i64, StoreError> {
    let next = put(|buffer| {
        let counter = buffer.counters.get_mut(&(channel, name.to_owned()))?;
        counter.drawn += 1;
        Some(counter.drawn)
    });
    if let Some(number) = next.flatten() {
        return Ok(number);
    }
    let number = draw()?;
    with(|buffer| buffer.counters.insert((channel, name.to_owned()), Counter { stored: number, drawn: number }));
    Ok(number)
}

/// The time of the newest entry of a ledger, read once in a transaction by `load`.
///
/// # Errors
/// Those of `load`.
pub(crate) fn newest_entry(
    ledger: ChannelId,
    load: impl FnOnce() -> Result<Option<Moment>, StoreError>,
) -> Result<Option<Moment>, StoreError> {
    if let Some(known) = with(|buffer| buffer.newest.get(&ledger).copied()).flatten() {
        return Ok(Some(known));
    }
    let loaded = load()?;
    if let Some(at) = loaded {
        with(|buffer| buffer.newest.insert(ledger, at));
    }
    Ok(loaded)
}

impl Buffer {
    /// The counters from which numbers were drawn since the database was asked, each with the last number.
    pub(crate) fn drawn(&self) -> impl Iterator<Item = (ChannelId, &str, i64)> {
        let drawn = self.counters.iter().filter(|(_, counter)| counter.drawn != counter.stored);
        drawn.map(|((channel, name), counter)| (*channel, name.as_str(), counter.drawn))
    }

    /// Puts an entry in, as the last one of its chain.
    pub(crate) fn append(&mut self, row: EntryRow, is_first: bool) {
        let is_first = is_first || self.heads.get(&row.chain).is_some_and(|head| head.is_first);
        self.heads.insert(row.chain, ChainHead { leaf: row.leaf, at: row.at, entry: row.id, is_first });
        let newest = self.newest.entry(row.channel).or_insert(row.at);
        *newest = (*newest).max(row.at);
        self.entries.push(row);
    }

    /// Puts a letter in; the same letter of the same act to the same person is written once. False if it is there.
    pub(crate) fn add_letter(&mut self, new: &NewLetter) -> bool {
        let is_same = |other: &NewLetter| (other.recipient, other.kind) == (new.recipient, new.kind);
        let is_there = self.letters.iter().rev().take_while(|other| other.entry == new.entry).any(is_same);
        if !is_there {
            self.letters.push(new.clone());
        }
        !is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Clock;
    use crate::domain::notice::Letter;

    #[test]
    fn a_letter_of_an_act_is_written_to_a_person_once() {
        let clock = Clock::at(Moment::from_micros(0));
        let letter = |entry, recipient, kind| NewLetter {
            id: clock.id(),
            channel: clock.id(),
            entry,
            recipient,
            kind,
            manuscript: None,
            subject: clock.id(),
            args: String::new(),
            at: clock.now(),
            not_before: clock.now(),
            by_mail: true,
        };
        let (entry, other, person) = (clock.id(), clock.id(), clock.id());
        let mut buffer = Buffer::default();
        assert!(buffer.add_letter(&letter(entry, person, Letter::Submitted)));
        assert!(buffer.add_letter(&letter(entry, person, Letter::ArrivedReview)), "another letter");
        assert!(buffer.add_letter(&letter(entry, clock.id(), Letter::Submitted)), "another person");
        assert!(!buffer.add_letter(&letter(entry, person, Letter::Submitted)));
        assert!(buffer.add_letter(&letter(other, person, Letter::Submitted)), "another act");
        assert_eq!(buffer.letters.len(), 4);
    }
}
