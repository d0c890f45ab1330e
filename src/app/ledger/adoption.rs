//! Writes ledger entries for existing table rows: all rows of a database from before entries named rows, those of a table of which a newer
//! version proves more columns, and those that a migration made for a new table. Runs once after the migrations, under their lock.

use std::collections::{BTreeMap, HashMap};

use diesel::connection::SimpleConnection;
use serde_json::json;
use uuid::Uuid;

use crate::domain::clock::Clock;
use crate::domain::ids::{ChannelId, EntryId};
use crate::domain::ledger::{ADOPT, ALGORITHM, Entry, FORMAT, Object};
use crate::store::ledger::{self, checking, sealing};
use crate::store::proof::table::{ProvedTable, Scope};
use crate::store::proof::{RowDigests, StoredRow, sets, tables, visit};
use crate::store::{AnyConn, StoreError, migrate};

/// The largest number of rows that one entry names, because an entry is read as a whole.
const ROWS: usize = 500;
/// The number of entries that are read at a time.
const PAGE: i64 = 1_000;
/// The act by which rows are named again after proved columns were added to their table, or the table was created.
const MIGRATE: &str = "migrated";

/// Names the rows that no entry names yet. Returns their number.
///
/// # Errors
/// The database's; in that case nothing is written.
pub fn adopt(conn: &mut AnyConn, clock: &Clock) -> Result<usize, StoreError> {
    if todo(conn)?.is_empty() {
        return Ok(0);
    }
    migrate::begin_alone(conn)?;
    // Another node may have done this already.
    let done = todo(conn).and_then(|todo| take_up(conn, clock, &todo));
    conn.batch_execute(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

/// Returns the tables that were not named with the column set of this program, each with the set that was used.
fn todo(conn: &mut AnyConn) -> Result<Vec<(&'static ProvedTable, Option<i64>)>, StoreError> {
    let taken = sets::taken(conn)?;
    let proved = tables::ALL.iter().copied().filter(|table| table.is_proved());
    let with_set = proved.map(|table| (table, taken.get(table.name).copied()));
    Ok(with_set.filter(|(table, set)| set.is_none_or(|set| set < table.set)).collect())
}

fn take_up(conn: &mut AnyConn, clock: &Clock, todo: &[(&'static ProvedTable, Option<i64>)]) -> Result<usize, StoreError> {
    let (mut count, begun) = (0, !sets::taken(conn)?.is_empty());
    for channel in sealing::channels(conn)? {
        let shared = channel == ChannelId::INSTALLATION;
        let mine = |table: &ProvedTable| shared == matches!(table.scope, Scope::Installation);
        for (action, set) in [(ADOPT, false), (MIGRATE, true)] {
            let some: Vec<_> = todo.iter().filter(|(table, taken)| (begun || taken.is_some()) == set && mine(table)).collect();
            let known = if set && !some.is_empty() { said(conn, channel)? } else { HashMap::new() };
            let mut run = AdoptionRun { clock, channel, chain: clock.id(), action, rows: RowDigests::new(), count: 0 };
            for (table, taken) in some {
                let owner = (!matches!(table.scope, Scope::Installation)).then_some(channel);
                // Rows of a table that no entry has ever named were made by a migration.
                let of_table = format!("{}:", table.name);
                let is_new = taken.is_none() && !known.keys().any(|name| name.starts_with(&of_table));
                let before = (set && !is_new).then_some((taken.unwrap_or(table.set), &known));
                visit(conn, table, owner, |conn, rows| rows.iter().try_for_each(|row| run.take(conn, table, row, before)))?;
            }
            run.append(conn)?;
            count += run.count;
        }
    }
    for (table, _) in todo {
        sets::take(conn, table, clock.now())?;
    }
    Ok(count)
}

/// Returns the last digest of each row in the entries of a channel.
fn said(conn: &mut AnyConn, channel: ChannelId) -> Result<HashMap<String, Option<String>>, StoreError> {
    let (mut said, mut read) = (HashMap::new(), 0);
    let mut take = |stored: &crate::domain::ledger::Stored| {
        let entry = Entry::from_bytes(&stored.bytes).map_err(|flaw| StoreError::unreadable("ledger entry", &flaw))?;
        said.extend(entry.rows);
        Ok::<_, StoreError>(())
    };
    loop {
        let page = checking::sealed(conn, channel, read, PAGE)?;
        page.iter().try_for_each(&mut take)?;
        if page.is_empty() {
            break;
        }
        read += page.len() as u64;
    }
    checking::waiting(conn, channel)?.iter().try_for_each(&mut take)?;
    Ok(said)
}

/// The entries that name the rows of one channel, in a chain of their own.
struct AdoptionRun<'a> {
    clock: &'a Clock,
    channel: ChannelId,
    chain: Uuid,
    action: &'a str,
    rows: RowDigests,
    count: usize,
}

impl AdoptionRun<'_> {
    /// Names a row. A row that differed from its entries before columns were added to its table is not named, so that `ledger verify`
    /// reports it.
    fn take(
        &mut self,
        conn: &mut AnyConn,
        table: &ProvedTable,
        row: &StoredRow,
        before: Option<(i64, &HashMap<String, Option<String>>)>,
    ) -> Result<(), StoreError> {
        let honest =
            |name: &str, digest: &str| before.is_none_or(|(_, known)| known.get(name).is_some_and(|said| said.as_deref() == Some(digest)));
        let was = before.map(|(set, _)| row.parts_of_set(table, set));
        for (at, (name, digest)) in row.to_name(table) {
            let old = was.as_ref().and_then(|parts| parts.get(at)).map_or(digest.as_str(), |(_, digest)| digest.as_str());
            if honest(&name, old) {
                self.rows.insert(name, Some(digest));
            }
        }
        self.count += 1;
        if self.rows.len() >= ROWS { self.append(conn) } else { Ok(()) }
    }

    /// Appends the entry that names the rows collected so far.
    fn append(&mut self, conn: &mut AnyConn) -> Result<(), StoreError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let entry = Entry {
            format: FORMAT,
            alg: ALGORITHM.to_owned(),
            id: self.clock.id::<EntryId>(),
            channel: self.channel,
            at: ledger::ledger_time(conn, self.channel, self.clock.now())?,
            request: "migrate".to_owned(),
            actor: None,
            person: None,
            grant: None,
            role: None,
            on_behalf_of: None,
            action: self.action.to_owned(),
            object: Object { kind: "channel".to_owned(), id: self.channel.0 },
            chain: self.chain,
            version: None,
            from: None,
            to: None,
            digests: BTreeMap::new(),
            facts: json!({ "rows": rows.len() }),
            rows,
            previous: None,
            undoes: None,
        };
        ledger::append(conn, entry).map(drop)
    }
}
