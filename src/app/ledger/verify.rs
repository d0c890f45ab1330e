//! `ledger verify`: reads every entry of every channel once, in order, on one snapshot of the database.

use diesel::connection::SimpleConnection;

use crate::app::ledger::marks::{self, Marks};
use crate::app::ledger::strays::{self, NamedAnchor, readable};
use crate::app::ledger::{keys, resume};
use crate::domain::ids::{AnyId, ChannelId};
use crate::domain::ledger::{Audit, Finding, Fold, Hash, Keyring, Stored, Verifier};
use crate::store::ledger::{checking, sealing};
use crate::store::{AnyConn, StoreError};

/// The number of entries that are read at a time.
const PAGE: i64 = 1_000;

/// The report on one channel.
#[derive(Debug, Clone)]
pub struct ChannelReport {
    /// The channel.
    pub channel: ChannelId,
    /// The number of its sealed entries.
    pub entries: u64,
    /// The number of entries that wait for sealing; they are checked as well, but their completeness cannot be proved.
    pub waiting: usize,
    /// The number of checkpoints and anchors compared.
    pub checkpoints: usize,
    /// Those outside the database, with their sizes: anchors stored elsewhere, and the server's own record. Without any, a ledger that was
    /// rebuilt completely and signed with the same key passes.
    pub anchors: Vec<(String, u64)>,
    /// Whether a checkpoint in the table names the previous one.
    pub chained: bool,
    /// Remarks that are no findings.
    pub notes: Vec<String>,
    /// The root over the sealed entries; `None` if the ledger itself is invalid.
    pub root: Option<Hash>,
    /// The findings, the first invalid entry first. Empty if there are none.
    pub findings: Vec<Finding>,
    /// The content of the entries, for comparison with the tables.
    pub fold: Fold,
}

/// The data with which the ledgers are compared.
struct Against<'a> {
    ring: Keyring,
    anchors: &'a [NamedAnchor],
}

/// Verifies every channel's ledger. `progress` is called with the number of entries read.
///
/// # Errors
/// Fails if a database operation fails; findings about the ledger are in the reports.
pub fn verify(
    conn: &mut AnyConn,
    verifier: &Verifier,
    anchors: &[NamedAnchor],
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<ChannelReport>, StoreError> {
    // A channel whose row is missing still has its entries.
    let ledgers = checking::ledgers(conn)?;
    verify_some(conn, &ledgers, verifier, anchors, progress)
}

/// Verifies some ledgers. The connection stays in its snapshot, so that the tables are compared in the same state; it must not be shared.
///
/// # Errors
/// As [`verify`].
pub fn verify_some(
    conn: &mut AnyConn,
    ledgers: &[ChannelId],
    verifier: &Verifier,
    anchors: &[NamedAnchor],
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<ChannelReport>, StoreError> {
    begin_snapshot(conn)?;
    let (mut shared, mut notes) = (Vec::new(), Vec::new());
    let ring = readable("ledger_keys", keys::keyring(conn, verifier), &mut shared)?.unwrap_or_else(|| Keyring::of(verifier));
    let against = Against { ring, anchors };
    let mut reports = Vec::new();
    for ledger in ledgers {
        reports.push(verify_channel(conn, *ledger, &against, progress)?);
    }
    if let Some(Some(chain)) = readable("ledger_heads", checking::headless(conn), &mut shared)? {
        shared.push(Finding::Head { chain });
    }
    let signed = reports.iter().any(|report| report.chained);
    shared.extend(readable("ledger_keys", keys::unlisted(conn, verifier, signed), &mut Vec::new())?.flatten());
    for (ledger, name, checkpoint) in strays::gone(&checking::ledgers(conn)?, &against.ring, anchors) {
        let abandoned = readable("ledger_entries", resume::abandoned(conn, ledger), &mut shared)?.unwrap_or_default();
        match checkpoint.and_then(|checkpoint| abandoned.into_iter().find(|one| one.covers(checkpoint.mark()))) {
            Some(one) => notes.push(format!("{name} is of the ledger {ledger}, which was given up: {one}")),
            None => shared.push(Finding::LedgerGone { source_of: name.to_owned(), ledger }),
        }
    }
    if let Some(first) = reports.first_mut() {
        first.findings.append(&mut shared);
        first.notes.append(&mut notes);
    }
    Ok(reports)
}

/// Begins a snapshot: all later statements on this connection see one state, while others continue to write.
fn begin_snapshot(conn: &mut AnyConn) -> Result<(), StoreError> {
    let begin = match conn {
        // Files are read between two statements, even from a slow disk; a read-only transaction blocks nobody.
        AnyConn::Pg(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0",
        AnyConn::Sqlite(_) => "BEGIN",
    };
    Ok(conn.batch_execute(begin)?)
}

fn verify_channel(
    conn: &mut AnyConn,
    channel: ChannelId,
    against: &Against<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<ChannelReport, StoreError> {
    let Marks { marks, anchors, notes, chained, findings } = marks::of(conn, channel, &against.ring, against.anchors)?;
    let (checkpoints, fold) = (marks.len(), Fold::default());
    let mut report = ChannelReport { channel, entries: 0, waiting: 0, checkpoints, anchors, notes, chained, root: None, findings, fold };
    let walked = walk(conn, Audit::new(channel, marks), &mut report, progress);
    match readable("ledger_entries", walked, &mut report.findings)? {
        Some(Ok(root)) => report.root = Some(root),
        // The first invalid entry precedes findings about checkpoints.
        Some(Err(finding)) => report.findings.insert(0, finding),
        None => {}
    }
    Ok(report)
}

/// Reads every entry in order, the heads, and entries that neither have a position nor wait for one.
fn walk(
    conn: &mut AnyConn,
    mut audit: Audit,
    report: &mut ChannelReport,
    progress: &mut dyn FnMut(u64),
) -> Result<Result<Hash, Finding>, StoreError> {
    loop {
        let page = checking::sealed(conn, report.channel, report.entries, PAGE)?;
        for stored in &page {
            if let Err(finding) = step(conn, &mut audit, stored, report)? {
                return Ok(Err(finding));
            }
            report.entries += 1;
        }
        progress(page.len() as u64);
        if page.is_empty() {
            break;
        }
    }
    // Waiting entries are read even behind a truncated end, because their statements about the tables are valid.
    let ended = audit.end(sealing::size(conn, report.channel)?);
    for stored in checking::waiting(conn, report.channel)? {
        if let Err(finding) = step(conn, &mut audit, &stored, report)? {
            return Ok(Err(finding));
        }
        report.waiting += 1;
    }
    if let Err(finding) = ended {
        return Ok(Err(finding));
    }
    if let Some(stored) = checking::lost(conn, report.channel)? {
        return Ok(Err(Audit::lost(&stored)));
    }
    for some in audit.chains().chunks(500) {
        let some: Vec<AnyId> = some.iter().map(|chain| AnyId(*chain)).collect();
        let heads = checking::heads(conn, &some)?;
        for chain in some {
            let head = heads.iter().find(|(id, _)| *id == chain.0).map(|(_, leaf)| leaf.as_slice());
            if let Err(finding) = audit.head(chain.0, head) {
                return Ok(Err(finding));
            }
        }
    }
    Ok(Ok(audit.root()))
}

fn step(conn: &mut AnyConn, audit: &mut Audit, stored: &Stored, report: &mut ChannelReport) -> Result<Result<(), Finding>, StoreError> {
    let (entry, complete) = match audit.take(stored) {
        Ok(taken) => taken,
        Err(finding) => return Ok(Err(finding)),
    };
    for subtree in complete {
        let kept = checking::node(conn, report.channel, &subtree)?;
        if let Err(finding) = Audit::node(stored, &subtree, kept.as_deref()) {
            return Ok(Err(finding));
        }
    }
    report.fold.take(&entry, stored.into());
    Ok(Ok(()))
}
