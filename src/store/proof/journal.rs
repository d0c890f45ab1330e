//! The rows that an act has written so far, and its entries.
//!
//! An act runs from its beginning to its end on one thread, so its journal lies beside it, in a thread-local that only [`WriteJournal`] opens: a
//! function of the store that writes a row announces it here itself, and no use case can forget to hand something on.

use std::cell::RefCell;
use std::collections::{BTreeMap, btree_map};

use super::digest::{RowDigests, Values, digest, name_of};
use super::rows;
use super::table::ProvedTable;
use super::value::Canonical;
use crate::domain::clock::Clock;
use crate::domain::ledger::Entry;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::{ledger, write_buffer};

thread_local! {
    static OPEN: RefCell<Option<Journal>> = const { RefCell::new(None) };
}

struct Journal {
    clock: Clock,
    written: BTreeMap<String, WrittenRow>,
    entries: Vec<Entry>,
}

/// A row that was written.
struct WrittenRow {
    table: &'static ProvedTable,
    key: Vec<String>,
    /// The digests that entries have to name, where the writer passed the whole row; else the row is read back.
    parts: Option<RowDigests>,
    /// The entry that names it; the last one for rows that were written after all entries.
    entry: Option<usize>,
}

impl WrittenRow {
    fn parts(self, conn: &mut AnyConn) -> Result<RowDigests, StoreError> {
        match self.parts {
            Some(parts) => Ok(parts),
            None => read_back(conn, self.table, &self.key),
        }
    }
}

/// The digests that an entry has to name of the row as it is now: none for a draft, and no digest for a deleted row.
fn read_back(conn: &mut AnyConn, table: &ProvedTable, key: &[String]) -> Result<RowDigests, StoreError> {
    let Some(standing) = rows::find(conn, table, key)? else {
        let parts = if table.open.is_some() { &[false, true][..] } else { &[false] };
        return Ok(parts.iter().map(|open| (name_of(table, key, *open), None)).collect());
    };
    Ok(to_name(table, key, &standing.values, standing.without_entry, standing.is_open))
}

fn to_name(table: &ProvedTable, key: &[String], values: &Values, without_entry: bool, is_open: bool) -> RowDigests {
    let mut parts = RowDigests::new();
    if !without_entry {
        parts.insert(name_of(table, key, false), Some(digest(table, values, false)));
    }
    if table.open.is_some() && !is_open {
        parts.insert(name_of(table, key, true), Some(digest(table, values, true)));
    }
    parts
}

/// The journal of one act. It ends with this value: a journal that was not finished is dropped, as the database drops its transaction.
#[must_use = "an act that is not finished writes no entry"]
pub struct WriteJournal {
    outer: Option<Journal>,
}

impl WriteJournal {
    /// Opens the journal of an act on this thread.
    pub fn begin(clock: Clock) -> Self {
        let journal = Journal { clock, written: BTreeMap::new(), entries: Vec::new() };
        Self { outer: OPEN.replace(Some(journal)) }
    }

    /// Appends the entries that the act made up. A row that was written and that no entry names is refused: it would be taken for a forgery.
    ///
    /// # Errors
    /// The database's; [`StoreError::Unproved`].
    pub fn finish(self, conn: &mut AnyConn) -> Result<(), StoreError> {
        flush(conn)?;
        let left = OPEN.with_borrow_mut(|open| open.as_mut().map(|journal| std::mem::take(&mut journal.written)));
        for written in left.unwrap_or_default().into_values() {
            if let Some((row, _)) = written.parts(conn)?.pop_first() {
                return Err(StoreError::Unproved { row });
            }
        }
        Ok(())
    }
}

impl Drop for WriteJournal {
    fn drop(&mut self) {
        OPEN.set(self.outer.take());
    }
}

fn note(table: &'static ProvedTable, key: Vec<String>, parts: Option<RowDigests>) -> Result<(), StoreError> {
    let name = name_of(table, &key, false);
    write_buffer::note_write();
    OPEN.with_borrow_mut(|open| match open {
        Some(journal) => {
            journal.written.insert(name, WrittenRow { table, key, parts, entry: None });
            Ok(())
        }
        None => Err(StoreError::Unproved { row: name }),
    })
}

/// Announces that a row was inserted, changed or deleted, by the values of its primary key. The act's next entry names it with the digest
/// that it has when the act ends.
///
/// # Errors
/// [`StoreError::Unproved`] outside of an act.
pub(crate) fn wrote(table: &'static ProvedTable, key: &[&dyn Canonical]) -> Result<(), StoreError> {
    note(table, key.iter().map(|part| part.canonical().unwrap_or_default()).collect(), None)
}

/// A struct with all proved columns of a row, so that the row need not be read back.
pub(crate) trait InHand {
    /// Its table.
    const TABLE: &'static ProvedTable;
    /// Its columns.
    fn values(&self) -> Values;
    /// As [`ProvedTable::without_entry`].
    fn without_entry(&self) -> bool {
        false
    }
    /// As [`ProvedTable::open`].
    fn is_open(&self) -> bool {
        false
    }
}

/// Writes [`InHand::values`] for a struct whose fields have the names of the columns.
#[macro_export]
macro_rules! in_hand {
    ($row:expr, $($column:ident),+ $(,)?) => {
        [$((stringify!($column), $crate::store::proof::Canonical::canonical(&$row.$column))),+].into_iter().collect()
    };
}

fn key_of<R: InHand>(values: &Values) -> Vec<String> {
    R::TABLE.key.iter().map(|name| values.get(name).cloned().flatten().unwrap_or_default()).collect()
}

/// Announces a row that was inserted, or written over with all its columns. As [`wrote`], without reading it back.
///
/// # Errors
/// As [`wrote`].
pub(crate) fn wrote_row<R: InHand>(row: &R) -> Result<(), StoreError> {
    let values = row.values();
    let key = key_of::<R>(&values);
    let parts = to_name(R::TABLE, &key, &values, row.without_entry(), row.is_open());
    note(R::TABLE, key, Some(parts))
}

/// Announces that only the open part of a row was written: while it is open, no entry is needed.
///
/// # Errors
/// As [`wrote`].
pub(crate) fn wrote_open<R: InHand>(row: &R) -> Result<(), StoreError> {
    if row.is_open() { Ok(()) } else { wrote_row(row) }
}

/// Drops the rows that were announced since the last entry: they belonged to a deleted draft, which no entry names.
pub(crate) fn leave_unproved() {
    OPEN.with_borrow_mut(|open| {
        if let Some(journal) = open {
            journal.written.retain(|_, written| written.entry.is_some());
        }
    });
}

/// Holds an entry until the act ends or reads the ledger. It names the rows that were announced since the entry before it; the last one of
/// an act also names those that follow.
///
/// # Errors
/// As [`wrote`].
pub(crate) fn enter(entry: Entry) -> Result<(), StoreError> {
    OPEN.with_borrow_mut(|open| {
        let journal = open.as_mut().ok_or_else(|| StoreError::Unproved { row: entry.action.clone() })?;
        let at = journal.entries.len();
        for written in journal.written.values_mut() {
            written.entry.get_or_insert(at);
        }
        journal.entries.push(entry);
        Ok(())
    })
}

/// Like [`enter`] for an entry that names no row: the announced rows belong to the entry that follows.
///
/// # Errors
/// As [`wrote`].
pub(crate) fn enter_before(entry: Entry) -> Result<(), StoreError> {
    OPEN.with_borrow_mut(|open| {
        let journal = open.as_mut().ok_or_else(|| StoreError::Unproved { row: entry.action.clone() })?;
        journal.entries.push(entry);
        Ok(())
    })
}

/// Appends the waiting entries. Functions that read the ledger within an act call it first.
///
/// # Errors
/// The database's.
pub(crate) fn flush(conn: &mut AnyConn) -> Result<(), StoreError> {
    let taken = OPEN.with_borrow_mut(|open| {
        let journal = open.as_mut().filter(|journal| !journal.entries.is_empty())?;
        Some((std::mem::take(&mut journal.written), std::mem::take(&mut journal.entries), journal.clock.now()))
    });
    let Some((written, mut entries, now)) = taken else { return Ok(()) };
    for one in written.into_values() {
        let at = one.entry.unwrap_or(usize::MAX).min(entries.len() - 1);
        let parts = one.parts(conn)?;
        entries[at].rows.extend(parts);
    }
    // Read while all written rows are locked: earlier writers of these rows have committed their entries by now, also those in other
    // chains, so that this entry gets a later time.
    let mut times = BTreeMap::new();
    for mut entry in entries {
        let time = match times.entry(entry.channel) {
            btree_map::Entry::Occupied(known) => *known.get(),
            btree_map::Entry::Vacant(unknown) => *unknown.insert(ledger::ledger_time(conn, entry.channel, now)?),
        };
        entry.at = entry.at.max(time);
        ledger::append(conn, entry)?;
    }
    Ok(())
}
