//! Verification of proofs, with only the hashes that they contain.

use super::Flaw;
use super::merkle::{Hash, fold, node_hash};

/// Verifies that the leaf is at `index` in the tree of `size` leaves with this root, RFC 9162 section 2.1.3.2.
///
/// # Errors
/// `Flaw::Range` if there is no such position, `Flaw::Proof` if the proof does not lead to the root.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), Flaw> {
    if index >= size {
        return Err(Flaw::Range(index, size));
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for step in proof {
        if last == 0 {
            return Err(Flaw::Proof);
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(step, &hash);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, step);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    if last == 0 && hash == *root { Ok(()) } else { Err(Flaw::Proof) }
}

/// Verifies that a tree of `from` leaves with root `old` is a prefix of one of `to` leaves with root `new`, RFC 9162 section 2.1.4.2.
///
/// # Errors
/// `Flaw::Range` if `from` is larger than `to`, `Flaw::Proof` if the proof does not lead to both roots.
pub fn verify_consistency(from: u64, to: u64, proof: &[Hash], old: &Hash, new: &Hash) -> Result<(), Flaw> {
    if from > to {
        return Err(Flaw::Range(from, to));
    }
    if from == 0 || from == to {
        let equal = if from == 0 { *old == fold(&[]) } else { old == new };
        return if proof.is_empty() && equal { Ok(()) } else { Err(Flaw::Proof) };
    }
    let mut steps = proof.iter();
    // A tree of a power of two is itself a part of the larger one, so its root is omitted from the proof.
    let first = if from.is_power_of_two() { old } else { steps.next().ok_or(Flaw::Proof)? };
    let (mut place, mut last) = (from - 1, to - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    let (mut older, mut newer) = (*first, *first);
    for step in steps {
        if last == 0 {
            return Err(Flaw::Proof);
        }
        if place & 1 == 1 || place == last {
            older = node_hash(step, &older);
            newer = node_hash(step, &newer);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            newer = node_hash(&newer, step);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    if last == 0 && older == *old && newer == *new { Ok(()) } else { Err(Flaw::Proof) }
}
