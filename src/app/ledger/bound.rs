//! Compares the rows of the proved tables with the last entry that names each of them.

use crate::app::ledger::strays::readable;
use crate::domain::ids::ChannelId;
use crate::domain::ledger::{EntryPosition, Finding, Fold, NamedRow, hash_from_hex};
use crate::store::ledger::{checking, derived};
use crate::store::proof::table::{ProvedTable, Scope};
use crate::store::proof::{StoredRow, tables, visit};
use crate::store::{AnyConn, StoreError};

/// The largest number of missing rows of one table that are reported; more would add no information.
const GONE: usize = 100;

/// Adds the differences in the rows of one channel.
pub(super) fn compare(conn: &mut AnyConn, channel: ChannelId, fold: &mut Fold, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    for table in tables::ALL.iter().filter(|table| table.is_proved() && !is_shared(table)) {
        let mut wrong = Vec::new();
        let visited = visit(conn, table, Some(channel), |_, rows| {
            wrong.extend(rows.iter().filter_map(|row| check(table, row, &mut |name| fold.meet(name))));
            Ok(())
        });
        found.append(&mut wrong);
        if readable(table.name, visited, found)?.is_some() {
            found.extend(gone(conn, fold, table)?);
        }
    }
    found.extend(fold.late_adoptions().iter().map(|place| Finding::LateAdoption { place: place.clone() }));
    for (table, differences) in derived::DIFFERENCES {
        let wrong = readable(table, differences(conn, channel), found)?.unwrap_or_default();
        found.extend(wrong.into_iter().map(|(row, from)| Finding::Derived { row, from }));
    }
    Ok(())
}

/// Returns whether a table's rows belong to no channel.
fn is_shared(table: &ProvedTable) -> bool {
    matches!(table.scope, Scope::Installation)
}

/// Adds the differences in the rows that belong to the whole installation: the last entry of any channel that names one counts.
pub(super) fn compare_shared(conn: &mut AnyConn, folds: &mut [&mut Fold], found: &mut Vec<Finding>) -> Result<(), StoreError> {
    for table in tables::ALL.iter().filter(|table| table.is_proved() && is_shared(table)) {
        let mut wrong = Vec::new();
        let visited = visit(conn, table, None, |_, rows| {
            wrong.extend(rows.iter().filter_map(|row| {
                check(table, row, &mut |name| {
                    folds.iter_mut().filter_map(|fold| fold.meet(name)).max_by_key(|named| (named.place.at, named.place.id))
                })
            }));
            Ok(())
        });
        found.append(&mut wrong);
        if readable(table.name, visited, found)?.is_none() {
            continue;
        }
        for fold in folds.iter() {
            found.extend(gone(conn, fold, table)?);
        }
    }
    Ok(())
}

/// Returns the finding about a row, if it differs.
fn check(table: &ProvedTable, row: &StoredRow, meet: &mut dyn FnMut(&str) -> Option<NamedRow>) -> Option<Finding> {
    for ((name, digest), open) in row.parts(table).into_iter().zip([false, true]) {
        let named = meet(&name);
        if open && (row.is_open || row.without_entry) {
            continue;
        }
        match named {
            Some(said) if hash_from_hex(&digest).is_ok_and(|digest| said.allows(digest)) => {}
            Some(said) if said.digest.is_some() => return Some(Finding::RowChanged { place: said.place, row: name }),
            None if row.without_entry => {}
            _ => return Some(Finding::RowUnsaid { row: name }),
        }
    }
    None
}

/// Returns findings for rows that entries name but that do not exist.
fn gone(conn: &mut AnyConn, fold: &Fold, table: &ProvedTable) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    for (place, is_it) in fold.unmet(table.name).take(GONE) {
        if let Some(row) = name_in(conn, place, &is_it)? {
            found.push(Finding::RowGone { place: place.clone(), row });
        }
    }
    Ok(found)
}

/// Returns the full name of a row, from the entry that names it.
fn name_in(conn: &mut AnyConn, place: &EntryPosition, is_it: &dyn Fn(&str) -> bool) -> Result<Option<String>, StoreError> {
    Ok(checking::entry(conn, place.id)?.rows.into_keys().find(|name| is_it(name)))
}
