//! The second half of `ledger verify`: compares the entries with the tables.

use sha2::{Digest, Sha256};

use crate::app::ledger::files::{self, is_draft, is_with_author};
use crate::app::ledger::strays::{self, readable};
use crate::app::ledger::verify::ChannelReport;
use crate::app::ledger::{bound, rows};
use crate::documents::vault::Vault;
use crate::domain::ids::{AnyId, ChannelId};
use crate::domain::ledger::{EntryPosition, Finding, Fold, Hash};
use crate::domain::manuscript::{Text, Title};
use crate::domain::states::{AssignmentState, BulletinState};
use crate::store::ledger::tables::{self, SealedText, VersionedThing, pages};
use crate::store::{AnyConn, StoreError};

/// The largest number of differences that are shown for one channel; more would add no information.
const MOST: usize = 100;

type Page = fn(&mut AnyConn, ChannelId, AnyId) -> Result<Vec<VersionedThing>, StoreError>;

/// A table whose rows have a state and a version.
struct StatefulTable {
    kind: &'static str,
    page: Page,
    what: &'static str,
    /// Whether a row may be in this state without an entry about it.
    silent: fn(&str) -> bool,
    /// Whether the version may be higher than in the entries, because drafts are saved without an entry.
    drafted: fn(&str) -> bool,
}

const TABLES: [StatefulTable; 4] = [
    StatefulTable { kind: "manuscript", page: tables::manuscripts_after, what: "stage", silent: is_draft, drafted: is_with_author },
    StatefulTable { kind: "bulletin", page: tables::bulletins_after, what: "state", silent: is_draft_bulletin, drafted: is_draft_bulletin },
    // Assignments are made by the manuscript's `assign`, which `without_entry` looks for, and cancelled when that is undone.
    StatefulTable { kind: "assignment", page: tables::assignments_after, what: "state", silent: is_untouched, drafted: never },
    StatefulTable { kind: "endorsement", page: tables::endorsements_after, what: "state", silent: never, drafted: never },
];

fn is_draft_bulletin(state: &str) -> bool {
    state == BulletinState::Draft.as_str()
}

fn is_untouched(state: &str) -> bool {
    [AssignmentState::Dispatched, AssignmentState::Cancelled].iter().any(|one| one.as_str() == state)
}

fn never(_: &str) -> bool {
    false
}

/// Adds the differences of the tables and the vault from the entries to the report, the earliest entry first.
///
/// # Errors
/// Fails if a database operation fails.
pub fn compare(conn: &mut AnyConn, report: &mut ChannelReport, vault: &Vault) -> Result<(), StoreError> {
    let (channel, fold, mut found) = (report.channel, &mut report.fold, Vec::new());
    if report.root.is_some() {
        bound::compare(conn, channel, fold, &mut found)?;
    }
    let mut acts = Vec::new();
    let compared = said(conn, channel, fold, vault, &mut acts);
    // A value written by hand may be invalid in any row: then the finding about the row itself is more precise.
    readable("acts", compared, &mut acts)?;
    let mut found = told_once(found, acts);
    found.sort_by_key(|finding| place_of(finding).map_or(u64::MAX, |place| place.position.unwrap_or(u64::MAX - 1)));
    found.truncate(MOST);
    report.findings.extend(found);
    Ok(())
}

/// Returns the findings, each once. A finding about a state is more precise than one that the row was changed; about changed contents, or
/// added or missing objects, the finding about the row is.
fn told_once(mut rows: Vec<Finding>, mut acts: Vec<Finding>) -> Vec<Finding> {
    if !rows.is_empty() {
        acts.retain(|finding| matches!(finding, Finding::Differs { .. } | Finding::File { .. }));
    }
    let stated = |row: &str| acts.iter().any(|finding| matches!(finding, Finding::Differs { id, .. } if row.ends_with(&format!(":{id}"))));
    rows.retain(|finding| !matches!(finding, Finding::RowChanged { row, .. } if stated(row)));
    rows.append(&mut acts);
    rows
}

/// Compares the acts' statements about objects and contents with the tables.
fn said(conn: &mut AnyConn, channel: ChannelId, fold: &mut Fold, vault: &Vault, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    files::compare(conn, channel, fold, vault, found)?;
    for table in &TABLES {
        things(conn, channel, table, fold, found)?;
    }
    pages(conn, channel, tables::texts_after, |text| AnyId(text.id.0), |text| found.extend(check_text(fold, text)))?;
    rows::compare(conn, channel, fold, found)?;
    for (kind, id) in tables::without_entry(conn, channel)? {
        found.push(Finding::Unsaid { kind, id: id.0, kept: "one of its rows".into() });
    }
    Ok(())
}

/// Adds the differences in rows that belong to the whole installation, and rows that belong to no ledger, to the first report. Must be
/// called after [`compare`] for every channel.
///
/// # Errors
/// Fails if a database operation fails.
pub fn compare_shared(conn: &mut AnyConn, reports: &mut [ChannelReport]) -> Result<(), StoreError> {
    if let Some(first) = reports.first_mut() {
        strays::compare(conn, &mut first.findings)?;
    }
    if reports.iter().any(|report| report.root.is_none()) {
        return Ok(());
    }
    let mut found = Vec::new();
    let mut folds: Vec<&mut Fold> = reports.iter_mut().map(|report| &mut report.fold).collect();
    bound::compare_shared(conn, &mut folds, &mut found)?;
    if let Some(first) = reports.first_mut() {
        first.findings.extend(found);
    }
    Ok(())
}

fn place_of(finding: &Finding) -> Option<&EntryPosition> {
    match finding {
        Finding::Differs { place, .. } | Finding::Gone { place, .. } | Finding::Entry { place, .. } => Some(place),
        Finding::RowChanged { place, .. } | Finding::RowGone { place, .. } | Finding::LateAdoption { place } => Some(place),
        _ => None,
    }
}

fn things(
    conn: &mut AnyConn,
    channel: ChannelId,
    table: &StatefulTable,
    fold: &mut Fold,
    found: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    pages(conn, channel, table.page, |thing| thing.id, |thing| found.extend(check_thing(table, fold, thing)))?;
    let gone = fold.left(table.kind).filter(|(_, said)| said.state.as_deref().is_some_and(|state| !(table.silent)(state)));
    found.extend(gone.map(|(id, said)| Finding::Gone { place: said.place.clone(), kind: table.kind, id }));
    Ok(())
}

fn check_thing(table: &StatefulTable, fold: &mut Fold, thing: &VersionedThing) -> Option<Finding> {
    let (kind, id) = (table.kind, thing.id.0);
    let Some(said) = fold.remove(kind, id) else {
        return (!(table.silent)(&thing.state)).then(|| Finding::Unsaid { kind, id, kept: thing.state.clone() });
    };
    let differs = |what, said_so: String, kept: String| Finding::Differs { place: said.place.clone(), kind, id, what, said: said_so, kept };
    if let Some(state) = &said.state
        && *state != thing.state
    {
        return Some(differs(table.what, state.clone(), thing.state.clone()));
    }
    let version = said.version?;
    let right = thing.version == version || ((table.drafted)(&thing.state) && thing.version > version);
    (!right).then(|| differs("version", version.to_string(), thing.version.to_string()))
}

fn check_text(fold: &Fold, text: &SealedText) -> Option<Finding> {
    let suggestions = serde_json::from_str(&text.suggestions).unwrap_or_default();
    // A title that was changed into an invalid one gives another digest, which is the expected finding.
    let title = Title::parse(&text.title, usize::MAX).unwrap_or_default();
    let contents = Text { title, situation: text.situation.clone(), causes: text.causes.clone(), suggestions };
    let digest: Hash = Sha256::digest(contents.canonical_bytes()).into();
    let right = fold.knows(text.manuscript.0, digest) && text.digest.as_deref() == Some(digest.as_slice());
    (!right).then_some(Finding::Contents { kind: "text", id: text.id.0 })
}
