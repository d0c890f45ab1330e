//! `ledger verify`: reads every entry of every channel once, in order, on one snapshot of the database.

use diesel::connection::SimpleConnection;

use crate::domain::ids::{AnyId, ChannelId};
use crate::domain::ledger::{Anchor, Audit, Checkpoint, Finding, Flaw, Fold, Hash, Stored, Verifier};
use crate::store::ledger::{checking, reading, sealing};
use crate::store::{AnyConn, StoreError};

/// Entries read at a time.
const PAGE: i64 = 1_000;

/// What was found in one channel.
#[derive(Debug, Clone)]
pub struct Report {
    /// The channel.
    pub channel: ChannelId,
    /// Its sealed entries.
    pub entries: u64,
    /// Entries that wait for sealing; they are checked as well, but nothing promises that they are all.
    pub waiting: usize,
    /// Checkpoints and anchors that it was held against.
    pub checkpoints: usize,
    /// The root over the sealed entries; none when the ledger itself is bad.
    pub root: Option<Hash>,
    /// What is wrong, the first bad entry first. Empty: all is well.
    pub findings: Vec<Finding>,
    /// What the entries say, to hold it against the tables.
    pub fold: Fold,
}

/// An anchor with the words that name it.
pub type Named = (String, Anchor);

/// Verifies every channel's ledger. `progress` is called with the number of entries read.
///
/// # Errors
/// When the database fails; what is wrong with the ledger stands in the reports.
pub fn verify(
    conn: &mut AnyConn,
    verifier: &Verifier,
    anchors: &[Named],
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Report>, StoreError> {
    begin_snapshot(conn)?;
    let channels = sealing::channels(conn)?;
    let mut reports = Vec::new();
    for channel in channels {
        reports.push(verify_channel(conn, channel, verifier, anchors, progress)?);
    }
    if let Some(chain) = checking::headless(conn)?
        && let Some(report) = reports.last_mut()
    {
        report.findings.push(Finding::Head { chain });
    }
    Ok(reports)
}

/// Verifies one channel's ledger, and that no chain has lost all its entries. The connection is left inside its snapshot, so that the
/// tables are compared in the same state; it must be one of its own.
///
/// # Errors
/// When the database fails.
pub fn verify_one(conn: &mut AnyConn, channel: ChannelId, verifier: &Verifier) -> Result<Report, StoreError> {
    begin_snapshot(conn)?;
    let mut report = verify_channel(conn, channel, verifier, &[], &mut |_| {})?;
    report.findings.extend(checking::headless(conn)?.map(|chain| Finding::Head { chain }));
    Ok(report)
}

/// Lets all that follows on this connection see one state, while others go on writing.
fn begin_snapshot(conn: &mut AnyConn) -> Result<(), StoreError> {
    let begin = match conn {
        AnyConn::Pg(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        AnyConn::Sqlite(_) => "BEGIN",
    };
    Ok(conn.batch_execute(begin)?)
}

fn verify_channel(
    conn: &mut AnyConn,
    channel: ChannelId,
    verifier: &Verifier,
    anchors: &[Named],
    progress: &mut dyn FnMut(u64),
) -> Result<Report, StoreError> {
    let mut report = Report { channel, entries: 0, waiting: 0, checkpoints: 0, root: None, findings: Vec::new(), fold: Fold::default() };
    let marks = marks(conn, channel, verifier, anchors, &mut report.findings)?;
    report.checkpoints = marks.len();
    match walk(conn, Audit::new(channel, marks), &mut report, progress)? {
        Ok(root) => report.root = Some(root),
        // The first bad entry comes before what is wrong with a checkpoint.
        Err(finding) => report.findings.insert(0, finding),
    }
    Ok(report)
}

/// Every entry in order; the heads; what neither has a position nor waits.
fn walk(
    conn: &mut AnyConn,
    mut audit: Audit,
    report: &mut Report,
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
    if let Err(finding) = audit.end(sealing::size(conn, report.channel)?) {
        return Ok(Err(finding));
    }
    for stored in checking::waiting(conn, report.channel)? {
        if let Err(finding) = step(conn, &mut audit, &stored, report)? {
            return Ok(Err(finding));
        }
        report.waiting += 1;
    }
    if let Some(stored) = checking::lost(conn, report.channel)? {
        return Ok(Err(Audit::lost(&stored)));
    }
    for some in audit.chains().chunks(500) {
        let some: Vec<AnyId> = some.iter().map(|chain| AnyId(*chain)).collect();
        let heads = checking::heads(conn, &some)?;
        for chain in some {
            let head = heads.iter().find(|(id, _)| *id == chain.0).map(|(_, leaf)| *leaf);
            if let Err(finding) = audit.head(chain.0, head) {
                return Ok(Err(finding));
            }
        }
    }
    Ok(Ok(audit.root()))
}

fn step(conn: &mut AnyConn, audit: &mut Audit, stored: &Stored, report: &mut Report) -> Result<Result<(), Finding>, StoreError> {
    let (entry, complete) = match audit.take(stored) {
        Ok(taken) => taken,
        Err(finding) => return Ok(Err(finding)),
    };
    for subtree in complete {
        let kept = checking::node(conn, report.channel, &subtree)?;
        if let Err(finding) = Audit::node(stored, &subtree, kept) {
            return Ok(Err(finding));
        }
    }
    report.fold.take(&entry, stored.into());
    Ok(Ok(()))
}

/// The good checkpoints and anchors of a channel; what is wrong with others goes to the findings.
fn marks(
    conn: &mut AnyConn,
    channel: ChannelId,
    verifier: &Verifier,
    anchors: &[Named],
    findings: &mut Vec<Finding>,
) -> Result<Vec<(String, Checkpoint)>, StoreError> {
    let mut marks = Vec::new();
    let mut take = |source_of: String, opened: Result<Option<Checkpoint>, Flaw>| match opened {
        Ok(Some(checkpoint)) => marks.push((source_of, checkpoint)),
        Ok(None) => {}
        Err(flaw) => findings.push(Finding::Checkpoint { source_of, flaw }),
    };
    for signed in reading::checkpoints(conn, channel, i64::MAX)? {
        let opened = open(&signed.note, verifier).and_then(|checkpoint| {
            let same = checkpoint.size == signed.size && checkpoint.root.as_slice() == signed.root && belongs(&checkpoint, channel);
            if same { Ok(Some(checkpoint)) } else { Err(Flaw::Note("it speaks of another channel, size or root than its row")) }
        });
        take(format!("the checkpoint of size {}", signed.size), opened);
    }
    let mut missing = Vec::new();
    for (name, anchor) in anchors {
        let named = named(verifier, anchor);
        match anchor.checkpoint(&named) {
            Ok(Some(checkpoint)) if !belongs(&checkpoint, channel) => {}
            opened => take(name.clone(), opened),
        }
        if let Anchor::Receipt(receipt) = anchor
            && receipt.entry.contains(&channel.to_string())
            && !checking::has(conn, receipt.entry_id, &receipt.leaf)?
        {
            missing.push(Finding::Receipt { source_of: name.clone() });
        }
    }
    findings.extend(missing);
    Ok(marks)
}

/// Opens a note under the name that it says itself: what is trusted is the key, and the installation's name may have changed.
fn open(note: &str, verifier: &Verifier) -> Result<Checkpoint, Flaw> {
    let named = Verifier { name: Checkpoint::signer(note)?.to_owned(), key: verifier.key };
    Checkpoint::open(note, &named)
}

/// The same key under the name that an anchor says.
pub(super) fn named(verifier: &Verifier, anchor: &Anchor) -> Verifier {
    let note = match anchor {
        Anchor::Checkpoint(note) => Some(note),
        Anchor::Receipt(receipt) => receipt.checkpoint.as_ref(),
    };
    let name = note.and_then(|note| Checkpoint::signer(note).ok()).unwrap_or(&verifier.name);
    Verifier { name: name.to_owned(), key: verifier.key }
}

fn belongs(checkpoint: &Checkpoint, channel: ChannelId) -> bool {
    checkpoint.origin.rsplit('/').next() == Some(channel.to_string().as_str())
}
