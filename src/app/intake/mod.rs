//! Manuscripts with their authors: drafts, joint authors, submission, withdrawal.

pub mod authors;
pub mod checking;
pub mod colleagues;
pub mod drafts;
pub mod input;
pub mod submission;

use std::collections::BTreeMap;

use crate::domain::manuscript::Text;
use crate::store::rows::TextRow;

/// Returns the digest of a sealed text, as the ledger names it.
pub(crate) fn digest_of(row: &TextRow, text: &Text) -> BTreeMap<String, String> {
    use sha2::{Digest, Sha256};
    let digest = row.digest.clone().unwrap_or_else(|| Sha256::digest(text.canonical_bytes()).to_vec());
    BTreeMap::from([(row.kind.ledger_name().to_owned(), hex::encode(digest))])
}
