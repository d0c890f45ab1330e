//! The marks with which a ledger is compared: the checkpoints of its table, each of which names the previous one, and those outside the
//! database.

use crate::app::ledger::resume::{self, Abandoned};
use crate::app::ledger::strays::{NamedAnchor, readable};
use crate::domain::ids::ChannelId;
use crate::domain::ledger::{Anchor, Checkpoint, Finding, Flaw, Keyring, REMEMBERED, TreeMark};
use crate::store::ledger::{checking, reading, sealing};
use crate::store::{AnyConn, StoreError};

/// The valid checkpoints and anchors of a ledger, and findings about invalid ones.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub marks: Vec<(String, Checkpoint)>,
    /// The names and sizes of those outside the database.
    pub anchors: Vec<(String, u64)>,
    pub notes: Vec<String>,
    /// Whether one of the table's checkpoints names the previous one: its signer had written the key's row before that.
    pub chained: bool,
    pub findings: Vec<Finding>,
}

/// Reads the checkpoints of a ledger and the anchors about it.
///
/// # Errors
/// Fails if a database operation fails.
pub(super) fn of(conn: &mut AnyConn, ledger: ChannelId, ring: &Keyring, anchors: &[NamedAnchor]) -> Result<Marks, StoreError> {
    let mut marks = Marks::default();
    let rows = of_table(conn, ledger, ring, &mut marks);
    let rows = readable("ledger_checkpoints", rows, &mut marks.findings)?.unwrap_or_default();
    let abandoned = readable("ledger_entries", resume::abandoned(conn, ledger), &mut marks.findings)?.unwrap_or_default();
    for note in &abandoned {
        marks.notes.push(note.to_string());
    }
    for (name, anchor) in anchors {
        match ring.open_anchor(anchor) {
            Ok(Some(checkpoint)) if !belongs(&checkpoint, ledger) => {}
            Ok(Some(checkpoint)) => {
                let taken = of_anchor(conn, ledger, name, checkpoint, (rows.as_slice(), abandoned.as_slice()), &mut marks);
                readable("ledger_positions", taken, &mut marks.findings)?;
            }
            Ok(None) => {}
            Err(flaw) => marks.findings.push(Finding::Checkpoint { source_of: name.clone(), flaw }),
        }
        if let Anchor::Receipt(receipt) = anchor
            && receipt.entry.contains(&ledger.to_string())
            && !checking::has(conn, receipt.entry_id, &receipt.leaf)?
        {
            marks.findings.push(Finding::Receipt { source_of: name.clone() });
        }
    }
    Ok(marks)
}

/// Reads the checkpoints of the table, oldest first; each must name the previous one.
fn of_table(conn: &mut AnyConn, ledger: ChannelId, ring: &Keyring, marks: &mut Marks) -> Result<Vec<TreeMark>, StoreError> {
    let (mut rows, mut chained) = (Vec::<TreeMark>::new(), false);
    let mut all = reading::checkpoints(conn, ledger, i64::MAX)?;
    all.reverse();
    for signed in all {
        let source_of = format!("the checkpoint of size {}", signed.size);
        let opened = ring.open(&signed.note).and_then(|checkpoint| {
            let same = checkpoint.size == signed.size && checkpoint.root.as_slice() == signed.root && belongs(&checkpoint, ledger);
            if same { Ok(checkpoint) } else { Err(Flaw::Note("it speaks of another channel, size or root than its row")) }
        });
        match opened {
            Ok(checkpoint) => {
                if let Some(size) = gap(&checkpoint, rows.last(), chained) {
                    marks.findings.push(Finding::CheckpointGone { source_of: source_of.clone(), size });
                }
                chained |= checkpoint.previous.is_some();
                marks.chained |= chained;
                rows.push(checkpoint.mark());
                marks.marks.push((source_of, checkpoint));
            }
            Err(flaw) => marks.findings.push(Finding::Checkpoint { source_of, flaw }),
        }
    }
    Ok(rows)
}

/// Returns the size of the checkpoint that should precede this one in the table but is missing.
fn gap(checkpoint: &Checkpoint, before: Option<&TreeMark>, chained: bool) -> Option<u64> {
    match (checkpoint.previous, before) {
        // Older versions of the program signed without naming the previous one; after the first one that names it, this is an error.
        (None, before) => chained.then(|| before.map_or(0, |before| before.size)),
        (Some(named), None) => (named.size > 0).then_some(named.size),
        (Some(named), Some(before)) => (named != *before).then_some(named.size),
    }
}

/// Reads an anchor from outside the database.
fn of_anchor(
    conn: &mut AnyConn,
    ledger: ChannelId,
    name: &str,
    checkpoint: Checkpoint,
    (rows, abandoned): (&[TreeMark], &[Abandoned]),
    marks: &mut Marks,
) -> Result<(), StoreError> {
    let mark = checkpoint.mark();
    if let Some(one) = abandoned.iter().find(|one| one.covers(mark)) {
        let here = sealing::size(conn, ledger)? >= mark.size && reading::root(conn, ledger, mark.size).is_ok_and(|root| root == mark.root);
        if !here {
            marks.notes.push(format!("{name} (size {}) speaks of the part that was given up: {one}", mark.size));
            return Ok(());
        }
    }
    marks.anchors.push((name.to_owned(), mark.size));
    if name == REMEMBERED && !rows.contains(&mark) {
        marks.findings.push(Finding::CheckpointGone { source_of: name.to_owned(), size: mark.size });
    }
    marks.marks.push((name.to_owned(), checkpoint));
    Ok(())
}

fn belongs(checkpoint: &Checkpoint, ledger: ChannelId) -> bool {
    checkpoint.ledger() == Some(ledger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_that_was_taken_away_leaves_a_gap() {
        let of = |size, previous: Option<u64>| Checkpoint {
            origin: "a/1".into(),
            size,
            root: [1; 32],
            previous: previous.map(|size| TreeMark { size, root: [1; 32] }),
        };
        let before = |size| TreeMark { size, root: [1; 32] };
        assert_eq!(gap(&of(20, Some(10)), Some(&before(10)), true), None);
        assert_eq!(gap(&of(30, Some(20)), Some(&before(10)), true), Some(20));
        assert_eq!(gap(&of(10, Some(0)), None, false), None);
        assert_eq!(gap(&of(20, Some(10)), None, false), Some(10));
        assert_eq!(gap(&of(20, None), Some(&before(10)), false), None, "as older versions signed");
        assert_eq!(gap(&of(30, None), Some(&before(20)), true), Some(20));
    }
}
