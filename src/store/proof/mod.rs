//! The proof of the tables by the ledger: the class of every column, the digests of rows, and how an act binds the rows that it writes.
//!
//! [`tables`] classifies each column of each table once: *proved*, *derived*, or *not proved* for a reason. An entry names each row that
//! its act wrote, with a digest over the row's proved columns, and `ledger verify` holds the last digest against the row.
//!
//! **How a write is bound.** A use case runs in an [`WriteJournal`], which `App` begins and finishes. The function of the store that writes
//! a row of a proved table announces it with [`wrote`] (by its primary key; the row is read back once when the act ends) or [`wrote_row`]
//! (when the caller has the whole row). Inserting, changing and deleting are announced alike. The use case appends its entry with
//! `app::events::append_event`, before or after the writes. When the act ends, rows that no entry names are an error and the act is rolled
//! back: every writer of a proved row needs an entry, also a job. Proved rows can't be written outside of an act.
//!
//! **A new column** is added to its table in [`tables`]; **a new table** gets a `static` there and a line in [`tables::ALL`], and `wrote`
//! in each function that writes it. State its contents: facts (`proved`), personal data (`personal`), texts by people (`text`). A column of
//! a release that is already in use gets the next column set, see [`ProvedTable::set`].
//!
//! **Drafts** change without entries: [`ProvedTable::without_entry`] and [`ProvedTable::open`] say in which state, and which columns.
//!
//! [`ProvedTable::set`]: table::ProvedTable::set
//! [`ProvedTable::without_entry`]: table::ProvedTable::without_entry
//! [`ProvedTable::open`]: table::ProvedTable::open

mod digest;
mod journal;
mod rows;
pub mod sets;
pub mod table;
pub mod tables;
mod value;

pub use digest::RowDigests;
pub(crate) use digest::Values;
pub use journal::WriteJournal;
pub(crate) use journal::{InHand, enter, enter_before, flush, leave_unproved, wrote, wrote_open, wrote_row};
pub(crate) use rows::ids;
pub use rows::{StoredRow, strays, visit};
pub use value::Canonical;
