//! Recomputes data that is derived from other rows: counters from the numbers in use, and the columns of the ledger beside its entries.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::sealing;
use crate::domain::ids::{AnyId, ChannelId, EntryId};
use crate::domain::ledger::TILE;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{bulletins, counters, ledger_entries, ledger_heads, ledger_nodes, ledger_waiting, manuscripts};

/// Rows that are named at most; more would not be more informative.
const MOST: i64 = 100;

/// Rows that differ, each with the name of their source.
type DifferingRows = Vec<(String, &'static str)>;

/// Finds the rows of a channel that differ.
type Differences = fn(&mut AnyConn, ChannelId) -> Result<DifferingRows, StoreError>;

/// By table, the query for the rows of a channel that differ from their source.
pub const DIFFERENCES: [(&str, Differences); 4] =
    [("counters", counters), ("ledger_heads", heads), ("ledger_waiting", waiting), ("ledger_nodes", nodes)];

/// Rows of channels that have no ledger, which follow from nothing.
///
/// # Errors
/// When the database fails.
pub fn strays(conn: &mut AnyConn, ledgers: &[ChannelId]) -> Result<DifferingRows, StoreError> {
    let names: Vec<(ChannelId, String)> = counters::table
        .filter(counters::channel_id.ne_all(ledgers))
        .limit(MOST)
        .select((counters::channel_id, counters::name))
        .load(conn)?;
    let mut wrong: DifferingRows =
        names.into_iter().map(|(channel, name)| (format!("counters:{channel}/{name}"), "the numbers given")).collect();
    let trees: Vec<ChannelId> = ledger_nodes::table
        .filter(ledger_nodes::channel_id.ne_all(ledgers))
        .select(ledger_nodes::channel_id)
        .distinct()
        .limit(MOST)
        .load(conn)?;
    wrong.extend(trees.into_iter().map(|channel| (format!("ledger_nodes:{channel}"), "the leaves below")));
    let entries: Vec<EntryId> = ledger_waiting::table
        .left_join(ledger_entries::table.on(ledger_entries::id.eq(ledger_waiting::entry_id)))
        .filter(ledger_waiting::channel_id.ne_all(ledgers))
        // Those of an entry that is here are found with its ledger.
        .filter(ledger_entries::id.is_null())
        .limit(MOST)
        .select(ledger_waiting::entry_id)
        .load(conn)?;
    wrong.extend(entries.into_iter().map(|entry| (format!("ledger_waiting:{entry}"), "the entries without a position")));
    Ok(wrong)
}

fn counters(conn: &mut AnyConn, channel: ChannelId) -> Result<DifferingRows, StoreError> {
    let mut given: BTreeMap<String, i64> = BTreeMap::new();
    let mut give = |name: String, number: i64| {
        let highest = given.entry(name).or_insert(number);
        *highest = number.max(*highest);
    };
    let numbers: Vec<Option<String>> = manuscripts::table
        .filter(manuscripts::channel_id.eq(channel))
        .filter(manuscripts::number.is_not_null())
        .select(manuscripts::number)
        .load(conn)?;
    // A number that can't be read was altered, which the row's own digest shows.
    for (year, number) in numbers.iter().flatten().filter_map(|number| number.split_once('-')) {
        give(format!("manuscript:{year}"), number.parse().unwrap_or(0));
    }
    type Issue = (String, bool, Option<i64>, Option<i64>, Option<i64>);
    let issues: Vec<Issue> = bulletins::table
        .filter(bulletins::channel_id.eq(channel))
        .filter(bulletins::issue_number.is_not_null())
        .select((bulletins::series, bulletins::supplement, bulletins::year, bulletins::issue_number, bulletins::total_number))
        .load(conn)?;
    for (series, supplement, year, issue, total) in issues {
        let series = format!("bulletin:{}:{series}", if supplement { "supplement" } else { "regular" });
        give(format!("{series}:{}", year.unwrap_or(0)), issue.unwrap_or(0));
        give(format!("{series}:total"), total.unwrap_or(0));
    }
    let kept: Vec<(String, i64)> =
        counters::table.filter(counters::channel_id.eq(channel)).select((counters::name, counters::value)).load(conn)?;
    let mut wrong = Vec::new();
    let mut differs = |name: String| wrong.push((format!("counters:{channel}/{name}"), "the numbers given"));
    for (name, value) in kept {
        if given.remove(&name) != Some(value) {
            differs(name);
        }
    }
    given.into_keys().for_each(&mut differs);
    Ok(wrong)
}

fn heads(conn: &mut AnyConn, channel: ChannelId) -> Result<DifferingRows, StoreError> {
    let other = ledger_heads::entry_id.is_null().or(ledger_heads::entry_id.ne(ledger_entries::id.nullable()));
    let other = other.or(ledger_heads::at.nullable().ne(ledger_entries::at.nullable()));
    let chains: Vec<AnyId> = ledger_heads::table
        .inner_join(ledger_entries::table.on(ledger_entries::leaf.eq(ledger_heads::leaf)))
        .filter(ledger_entries::chain_id.eq(ledger_heads::chain_id))
        .filter(ledger_entries::channel_id.eq(channel))
        .filter(other)
        .limit(MOST)
        .select(ledger_heads::chain_id)
        .load(conn)?;
    Ok(chains.into_iter().map(|chain| (format!("ledger_heads:{chain}"), "the chain's last entry")).collect())
}

fn waiting(conn: &mut AnyConn, channel: ChannelId) -> Result<DifferingRows, StoreError> {
    let other = ledger_entries::id.nullable().is_null().or(ledger_entries::at.nullable().ne(ledger_waiting::at.nullable()));
    let other = other.or(ledger_entries::channel_id.nullable().ne(ledger_waiting::channel_id.nullable()));
    let mine = ledger_waiting::channel_id.nullable().eq(channel).or(ledger_entries::channel_id.nullable().eq(channel));
    let entries: Vec<EntryId> = ledger_waiting::table
        .left_join(ledger_entries::table.on(ledger_entries::id.eq(ledger_waiting::entry_id)))
        .filter(mine)
        .filter(other)
        .limit(MOST)
        .select(ledger_waiting::entry_id)
        .load(conn)?;
    Ok(entries.into_iter().map(|entry| (format!("ledger_waiting:{entry}"), "the entries without a position")).collect())
}

/// Each complete subtree has one hash, which the check of the tree compares; there are no more.
fn nodes(conn: &mut AnyConn, channel: ChannelId) -> Result<DifferingRows, StoreError> {
    let size = sealing::size(conn, channel)?;
    let levels = (1_u32..).map(|step| step * u32::from(TILE)).take_while(|level| *level < u64::BITS);
    let complete: u64 = levels.map(|level| size >> level).sum();
    let kept: i64 = ledger_nodes::table.filter(ledger_nodes::channel_id.eq(channel)).count().get_result(conn)?;
    let differs = i64::try_from(complete) != Ok(kept);
    Ok(differs.then(|| (format!("ledger_nodes:{channel}"), "the leaves below")).into_iter().collect())
}
