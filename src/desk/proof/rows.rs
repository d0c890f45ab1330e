//! The words in the tables, held against the digests that entries name: forms, decisions, replies, reports, ratings, adoptions, endorsements.

use uuid::Uuid;

use crate::desk::proof::compare::pages;
use crate::domain::ids::{AnyId, ChannelId};
use crate::domain::ledger::{Finding, Fold, hash_from_hex};
use crate::store::ledger::{answers, contents, tables};
use crate::store::{AnyConn, StoreError};

/// Adds what was changed to `found`.
pub(super) fn compare(conn: &mut AnyConn, channel: ChannelId, fold: &Fold, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    let mut check = |kind, id: Uuid, manuscript: Uuid, digest: &str| found.extend(check(fold, kind, id, manuscript, digest));
    pages(
        conn,
        channel,
        tables::forms_after,
        |row| row.id.into(),
        |row| {
            // A form that can't be read any more was changed as well.
            check("form of manuscript", row.id.0, row.id.0, &contents::form(row).unwrap_or_default());
        },
    )?;
    pages(
        conn,
        channel,
        tables::decisions_after,
        |row| AnyId(row.entry_id.0),
        |row| {
            check("decision", row.entry_id.0, row.manuscript_id.0, &contents::decision(row));
        },
    )?;
    for (kind, page) in answers::TABLES {
        pages(conn, channel, page, |row| row.id, |row| check(kind, row.id.0, row.manuscript.0, &row.digest))?;
    }
    pages(
        conn,
        channel,
        tables::endorsement_contents_after,
        |row| row.id.into(),
        |row| {
            check("endorsement", row.id.0, row.manuscript_id.0, &contents::endorsement(row));
        },
    )
}

/// Whether an entry of the manuscript's chain names this digest.
fn check(fold: &Fold, kind: &'static str, id: Uuid, manuscript: Uuid, digest: &str) -> Option<Finding> {
    let known = hash_from_hex(digest).is_ok_and(|digest| fold.knows(manuscript, digest));
    (!known).then_some(Finding::Contents { kind, id })
}
