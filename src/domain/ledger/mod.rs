//! The ledger's arithmetic: the bytes of an entry, the Merkle tree over them, signed checkpoints, receipts.
//!
//! Pure, like all of `domain`: bytes in, bytes out. `store` stores the entries and the tree's hashes, and `documents` the signing key.
//! Standards: RFC 6962 and RFC 9162 (the tree and its proofs), RFC 8032 (Ed25519), C2SP signed-note and tlog-checkpoint (the signed text).

mod anchor;
mod audit;
mod checkpoint;
mod entry;
mod finding;
mod fold;
mod keyring;
mod merkle;
mod proof;
mod receipt;
mod signing;

pub use anchor::Anchor;
pub use audit::{Audit, Stored};
pub use checkpoint::{Checkpoint, TreeMark, Verifier, sign};
pub use entry::{ALGORITHM, Entry, FORMAT, FORMATS, Object, chain_time, digest_of, leaf_hash, person_digest};
pub use finding::{EntryFault, EntryPosition, Finding, REMEMBERED};
pub use fold::{ADOPT, DETACH, Fold, NamedFile, NamedRow, StatedValues};
pub use keyring::{KeyRow, Keyring, sign_succession};
pub use merkle::{Complete, Frontier, Hash, TILE, Tiles, consistency, inclusion, root};
pub use proof::{verify_consistency, verify_inclusion};
pub use receipt::Receipt;
pub use signing::{SigningFault, check_extension};

/// A defect of a proof, a checkpoint or an entry's bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The bytes of an entry are not an entry of a known format.
    #[error("the entry can't be read: {0}")]
    Entry(String),
    /// A text that should be a signed checkpoint is not one.
    #[error("not a signed checkpoint: {0}")]
    Note(&'static str),
    /// The text of a verifier key is not valid.
    #[error("not a verifier key: {0}")]
    Key(&'static str),
    /// The signature of the expected key is missing or wrong.
    #[error("no good signature of {0}")]
    Signature(String),
    /// A proof does not lead from the leaf, or from the older root, to the root.
    #[error("the proof does not lead to the root")]
    Proof,
    /// A position or size is outside the tree.
    #[error("position or size {0} lies outside a tree of size {1}")]
    Range(u64, u64),
    /// The leaf is not the hash of the entry's bytes.
    #[error("the leaf is not the hash of the entry")]
    Leaf,
    /// A hash is not 64 hexadecimal digits.
    #[error("not a SHA-256 in hexadecimal digits")]
    Hex,
    /// The receipt has no position or no checkpoint yet.
    #[error("the entry is not sealed yet")]
    Unsealed,
}

/// Parses a hash from hexadecimal digits.
///
/// # Errors
/// `Flaw::Hex` if the text is not 64 hexadecimal digits.
pub fn hash_from_hex(text: &str) -> Result<Hash, Flaw> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| Flaw::Hex)?;
    Ok(hash)
}
