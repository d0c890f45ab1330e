//! A manuscript that begins as it is handed in: all its rows at once.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::store::connection::{AnyConn, InsertCte};
use crate::store::error::StoreError;
use crate::store::ledger::First;
use crate::store::letters;
use crate::store::manuscripts::{self, ManuscriptRow};
use crate::store::proof::{self, RowDigests};
use crate::store::schema::{authors, manuscripts as rows, texts as versions};
use crate::store::texts::{self, AuthorRow, TextRow};

/// Above so many letters the statement is not put together, so that its spellings stay few.
const FEW: usize = 8;

/// The rows.
pub(crate) struct NewManuscriptRows<'a> {
    pub row: &'a ManuscriptRow,
    pub text: &'a TextRow,
    pub authors: &'a [AuthorRow],
    pub entry: &'a First,
    pub letters: &'a [letters::New],
}

/// What the entry names of these rows.
pub(crate) fn rows(row: &ManuscriptRow, text: &TextRow, authors: &[AuthorRow], letters: &[letters::New]) -> RowDigests {
    let mut rows = proof::parts_of(row);
    rows.extend(proof::parts_of(text));
    rows.extend(authors.iter().flat_map(proof::parts_of));
    let mut told = BTreeSet::new();
    // The same letter of the same act to the same person is written once.
    rows.extend(letters.iter().filter(|one| told.insert((one.recipient, one.kind.as_str()))).flat_map(proof::parts_of));
    rows
}

/// Writes them, with the entry, which names [`rows()`]. On PostgreSQL in one statement, for the channel's counter stays locked until all is written.
pub(crate) fn write(conn: &mut AnyConn, whole: &NewManuscriptRows<'_>) -> Result<(), StoreError> {
    let NewManuscriptRows { row, text, authors, entry, letters } = whole;
    match (&mut *conn, authors) {
        (AnyConn::Pg(conn), [author]) if letters.len() <= FEW => {
            let [entry, head] = entry.on_pg();
            let mut parts = vec![entry, head];
            if !letters.is_empty() {
                parts.push(letters::on_pg(letters));
            }
            parts.push(Box::new(diesel::insert_into(versions::table).values(*text)));
            parts.push(Box::new(diesel::insert_into(authors::table).values(author)));
            parts.push(Box::new(diesel::insert_into(rows::table).values(*row)));
            InsertCte(parts).execute(conn)?;
            Ok(())
        }
        _ => {
            entry.write(conn)?;
            manuscripts::insert(conn, row)?;
            texts::insert(conn, text)?;
            for author in *authors {
                texts::insert_author(conn, author)?;
            }
            letters::write_all(conn, letters)?;
            proof::named(&entry.entry().rows);
            Ok(())
        }
    }
}
