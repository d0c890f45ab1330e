//! Compares the contents of the tables with the digests that entries name: forms, decisions, replies, reports, ratings, adoptions,
//! endorsements, requests for changes, recipients; and accounts, roles, stand-ins and bulletins.

use std::collections::HashSet;

use uuid::Uuid;

use crate::domain::ids::{AnyId, ChannelId};
use crate::domain::ledger::{Finding, Fold, hash_from_hex};
use crate::store::ledger::tables::{self, pages};
use crate::store::ledger::{accounts, answers, contents};
use crate::store::{AnyConn, StoreError};

/// Adds findings about changed contents to `found`.
pub(super) fn compare(conn: &mut AnyConn, channel: ChannelId, fold: &Fold, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    let mut urgent = Vec::new();
    let mut check = |kind, id: Uuid, manuscript: Uuid, digest: &str| found.extend(check(fold, kind, id, manuscript, digest));
    pages(
        conn,
        channel,
        tables::forms_after,
        |row| row.id.into(),
        |row| {
            // A form that can no longer be read was changed as well.
            check("form of manuscript", row.id.0, row.id.0, &contents::form(row).unwrap_or_default());
            if fold.is_urgent(row.id.0) != row.urgent {
                urgent.push(Finding::Contents { kind: "urgency of manuscript", id: row.id.0 });
            }
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
    )?;
    found.append(&mut urgent);
    as_last_said(conn, channel, fold, found)
}

/// Compares people with their roles, stand-ins and bulletins: each must match the last entry about it, and exist.
fn as_last_said(conn: &mut AnyConn, channel: ChannelId, fold: &Fold, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    for (kind, page) in accounts::TABLES {
        let mut there = HashSet::new();
        pages(
            conn,
            channel,
            page,
            |row| row.id,
            |row| {
                let id = row.id.0;
                there.insert(id);
                let differs = |(name, digest): &&(&str, String)| fold.latest(id, name) != hash_from_hex(digest).ok();
                match row.digests.iter().find(differs) {
                    Some((name, _)) if fold.latest(id, name).is_none() => {
                        found.push(Finding::Unsaid { kind, id, kept: (*name).to_owned() })
                    }
                    Some((name, _)) => found.push(Finding::Contents { kind: name, id }),
                    None => {}
                }
            },
        )?;
        // The state of bulletins is checked by the table of states.
        let gone = fold.left(kind).filter(|(id, _)| kind != "bulletin" && !there.contains(id));
        found.extend(gone.map(|(id, said)| Finding::Gone { place: said.place.clone(), kind, id }));
    }
    Ok(())
}

/// Returns a finding unless an entry of the manuscript's chain names this digest.
fn check(fold: &Fold, kind: &'static str, id: Uuid, manuscript: Uuid, digest: &str) -> Option<Finding> {
    let known = hash_from_hex(digest).is_ok_and(|digest| fold.knows(manuscript, digest));
    (!known).then_some(Finding::Contents { kind, id })
}
