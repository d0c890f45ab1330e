//! The digest of a row, over bytes that can mean one thing only.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::table::{Class, ClassifiedColumn, Holds, ProvedTable};
use crate::domain::notice::Letter;

/// The name of a row in an entry, `table:key`, with the digest of its columns; no digest for a row that was deleted.
pub type RowDigests = BTreeMap<String, Option<String>>;

/// A row by the names of its columns, in canonical text.
pub(crate) type Values = BTreeMap<&'static str, Option<String>>;

/// The name of a row, or of its open part.
pub(crate) fn name_of(table: &ProvedTable, key: &[String], open: bool) -> String {
    let key = key.join("/");
    match table.open.filter(|_| open) {
        Some(open) => format!("{}.{}:{key}", table.name, open.part),
        None => format!("{}:{key}", table.name),
    }
}

/// The digest over the proved columns of one part of a row, in hexadecimal digits: SHA-256 over the table, the number of the column set,
/// and of each column its name and its value. Everything is preceded by its length and NULL differs from an empty text, so that no two
/// rows have the same bytes.
pub(crate) fn digest(table: &ProvedTable, values: &Values, open: bool) -> String {
    digest_of_set(table, values, open, table.set)
}

/// The same over the columns of an earlier set.
pub(crate) fn digest_of_set(table: &ProvedTable, values: &Values, open: bool, set: i64) -> String {
    let mut hash = Sha256::new();
    put(&mut hash, b"zhitongche row");
    put(&mut hash, name_of(table, &[], open).as_bytes());
    put(&mut hash, set.to_string().as_bytes());
    let salt = table.salt.and_then(|column| values.get(column).cloned().flatten()).unwrap_or_default();
    for column in table.part(open).filter(|column| column.since <= set) {
        put(&mut hash, column.name.as_bytes());
        match values.get(column.name).and_then(Option::as_deref) {
            None => hash.update([0]),
            Some(value) => match commitment(table, column, values, &salt, value) {
                None => {
                    hash.update([1]);
                    put(&mut hash, value.as_bytes());
                }
                Some(commitment) => {
                    hash.update([2]);
                    put(&mut hash, &commitment);
                }
            },
        }
    }
    hex::encode(hash.finalize())
}

/// The commitment for personal data and texts in a digest: a separate hash over salt and value. If it is stored beside them, both can be
/// erased and the row's digest can still be computed.
fn commitment(table: &ProvedTable, column: &ClassifiedColumn, values: &Values, salt: &str, value: &str) -> Option<[u8; 32]> {
    let Class::Proved { holds: Holds::Personal | Holds::Words, .. } = column.class else { return None };
    let mut hash = Sha256::new();
    put(&mut hash, salt.as_bytes());
    put(&mut hash, as_kept(table, column, values, value).as_bytes());
    Some(hash.finalize().into())
}

/// A one-time link is taken out of a letter when that has left: it counts as if it were not there from the beginning.
fn as_kept<'v>(table: &ProvedTable, column: &ClassifiedColumn, values: &Values, value: &'v str) -> &'v str {
    let kind = values.get("kind").and_then(Option::as_deref).filter(|_| table.name == "letters" && column.name == "args");
    let carries = [Letter::AccountCreated, Letter::PasswordReset].iter().any(|letter| kind == Some(letter.as_str()));
    if carries { "{}" } else { value }
}

fn put(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part);
}
