//! Attachments: each one that an entry names must exist with its contents, and be undamaged in the vault; none may exist that no entry
//! names.

use std::collections::HashMap;

use uuid::Uuid;

use crate::documents::vault::{Vault, VaultError};
use crate::domain::ids::ChannelId;
use crate::domain::ledger::{Finding, Fold, NamedFile};
use crate::domain::vocabulary::Stage;
use crate::store::ledger::tables::{self, Attached, pages};
use crate::store::{AnyConn, StoreError};

/// Adds findings to `found`. Reads the stages of manuscripts from the fold, so it must be called before the fold is consumed.
pub(super) fn compare(
    conn: &mut AnyConn,
    channel: ChannelId,
    fold: &Fold,
    vault: &Vault,
    found: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let with_author = |manuscript| {
        let said = fold.get("manuscript", manuscript).and_then(|said| said.state.as_deref());
        said.is_none_or(is_with_author)
    };
    let mut named: HashMap<Uuid, &NamedFile> = fold.files().map(|file| (file.id, file)).collect();
    pages(
        conn,
        channel,
        tables::attachments_after,
        |one| one.id.into(),
        |one| {
            let expected = named.remove(&one.id.0).filter(|file| file.chain == one.manuscript.0);
            // Attachments that an author adds before submission are named at submission, and never if the author withdraws instead.
            let unnamed = expected.is_none() && one.of_manuscript && (one.unsent || with_author(one.manuscript.0));
            found.extend(if unnamed { check_file(vault, one) } else { check(expected, vault, one) });
        },
    )?;
    let gone = named.into_values().filter(|file| !(file.handed_in && with_author(file.chain)));
    found.extend(gone.map(|file| Finding::Gone { place: file.place.clone(), kind: "attachment", id: file.id }));
    Ok(())
}

fn check(expected: Option<&NamedFile>, vault: &Vault, one: &Attached) -> Option<Finding> {
    match expected {
        Some(file) if file.sha256.as_slice() == one.sha256 => check_file(vault, one),
        _ => Some(Finding::Contents { kind: "attachment", id: one.id.0 }),
    }
}

fn check_file(vault: &Vault, one: &Attached) -> Option<Finding> {
    match vault.open(&one.sha256) {
        Ok(_) => None,
        Err(VaultError::Damaged { name }) => Some(Finding::File { id: one.id.0, why: format!("{name} is missing or was changed") }),
        Err(error) => Some(Finding::File { id: one.id.0, why: error.to_string() }),
    }
}

pub(super) fn is_with_author(state: &str) -> bool {
    is_draft(state) || state == Stage::Returned.as_str()
}

pub(super) fn is_draft(state: &str) -> bool {
    state == Stage::Draft.as_str()
}
