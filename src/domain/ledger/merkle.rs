//! The Merkle tree of RFC 6962 over a growing list of leaves, without loading the list into memory.
//!
//! The leaves are stored permanently, and at every [`TILE`] levels the hashes of complete subtrees (of 256, 65,536, … leaves), which never
//! change. A proof or a root reads at most a few hundred of them.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// Hashes are stored for levels 0, 8, 16, …; level l stands for complete subtrees of 2^l leaves.
pub const TILE: u8 = 8;

/// The source of the stored hashes.
pub trait Tiles {
    /// The error of a read.
    type Error;

    /// Returns the hashes number `first` to `first + count - 1` of a level, which is a multiple of [`TILE`]. All of them exist.
    ///
    /// # Errors
    /// Fails if the source does.
    fn hashes(&mut self, level: u8, first: u64, count: u64) -> Result<Vec<Hash>, Self::Error>;
}

/// A complete subtree whose hash has to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complete {
    /// A multiple of [`TILE`], not 0.
    pub level: u8,
    /// Its number in the level, from 0.
    pub index: u64,
    /// Its hash.
    pub hash: Hash,
}

/// The state that is needed for appending: the hashes of the largest complete subtrees, left to right; at most 64.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    parts: Vec<Hash>,
}

impl Frontier {
    /// Loads the frontier of the first `size` leaves.
    ///
    /// # Errors
    /// Fails if the source does.
    pub fn load<T: Tiles>(tiles: &mut T, size: u64) -> Result<Self, T::Error> {
        Ok(Self { size, parts: parts(tiles, 0, size)? })
    }

    /// Returns the number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and returns the subtrees that it completes and that have to be stored.
    pub fn append(&mut self, leaf: Hash) -> Vec<Complete> {
        let (mut hash, mut level, mut index, mut complete) = (leaf, 0_u8, self.size, Vec::new());
        while index & 1 == 1
            && let Some(left) = self.parts.pop()
        {
            hash = node_hash(&left, &hash);
            (level, index) = (level + 1, index >> 1);
            if level.is_multiple_of(TILE) {
                complete.push(Complete { level, index, hash });
            }
        }
        self.parts.push(hash);
        self.size += 1;
        complete
    }

    /// Returns the root; without leaves, it is the hash of the empty string.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.parts)
    }
}

/// Computes the root of the first `size` leaves.
///
/// # Errors
/// Fails if the source does.
pub fn root<T: Tiles>(tiles: &mut T, size: u64) -> Result<Hash, T::Error> {
    range(tiles, 0, size)
}

/// Computes the inclusion proof of the leaf at `index` in the tree of the first `size` leaves, RFC 6962 section 2.1.1. `index` is below
/// `size`.
///
/// # Errors
/// Fails if the source does.
pub fn inclusion<T: Tiles>(tiles: &mut T, index: u64, size: u64) -> Result<Vec<Hash>, T::Error> {
    let (mut low, mut high, mut path) = (0, size, Vec::new());
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(range(tiles, middle, high)?);
            high = middle;
        } else {
            path.push(range(tiles, low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Computes the proof that the tree of the first `from` leaves is a prefix of that of the first `to`, RFC 6962 section 2.1.2. `from` is at
/// most `to`; the proof from an empty tree, or to the same one, is empty.
///
/// # Errors
/// Fails if the source does.
pub fn consistency<T: Tiles>(tiles: &mut T, from: u64, to: u64) -> Result<Vec<Hash>, T::Error> {
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    let (mut low, mut high, mut path) = (0, to, Vec::new());
    while high != from {
        let middle = low + split(high - low);
        if from <= middle {
            path.push(range(tiles, middle, high)?);
            high = middle;
        } else {
            path.push(range(tiles, low, middle)?);
            low = middle;
        }
    }
    if low > 0 {
        path.push(range(tiles, low, high)?);
    }
    path.reverse();
    Ok(path)
}

/// Computes SHA-256(0x01 ‖ left ‖ right).
pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Returns the largest power of two below `n`, which is at least 2.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Computes the hash over leaves `low` to `high - 1`, where `low` is a multiple of the smallest power of two that covers them all.
fn range<T: Tiles>(tiles: &mut T, low: u64, high: u64) -> Result<Hash, T::Error> {
    Ok(fold(&parts(tiles, low, high)?))
}

/// Returns the hashes of the largest complete subtrees of such a range, left to right.
fn parts<T: Tiles>(tiles: &mut T, mut low: u64, high: u64) -> Result<Vec<Hash>, T::Error> {
    let mut parts = Vec::new();
    while low < high {
        let level = (high - low).ilog2();
        parts.push(subtree(tiles, level, low >> level)?);
        low += 1 << level;
    }
    Ok(parts)
}

/// Computes the hash of one complete subtree from the stored hashes of the level below it.
fn subtree<T: Tiles>(tiles: &mut T, level: u32, index: u64) -> Result<Hash, T::Error> {
    let above = level % u32::from(TILE);
    let kept = u8::try_from(level - above).unwrap_or(u8::MAX);
    let mut hashes = tiles.hashes(kept, index << above, 1 << above)?;
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).map(fold).collect();
    }
    Ok(fold(&hashes))
}

/// Joins the parts of a range from the right; without parts, returns the hash of the empty string.
pub(super) fn fold(parts: &[Hash]) -> Hash {
    let Some((last, rest)) = parts.split_last() else { return Sha256::digest([]).into() };
    rest.iter().rev().fold(*last, |right, left| node_hash(left, &right))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ledger::{Flaw, leaf_hash, verify_consistency, verify_inclusion};

    /// The definition of RFC 6962, as it stands there.
    fn reference(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let k = leaves.len().next_power_of_two() / 2;
                node_hash(&reference(&leaves[..k]), &reference(&leaves[k..]))
            }
        }
    }

    struct MemoryTree(Vec<Hash>, Vec<Complete>);

    impl Tiles for MemoryTree {
        type Error = std::convert::Infallible;

        fn hashes(&mut self, level: u8, first: u64, count: u64) -> Result<Vec<Hash>, Self::Error> {
            Ok((first..first + count)
                .map(|index| match level {
                    0 => self.0[usize::try_from(index).unwrap()],
                    _ => self.1.iter().find(|c| c.level == level && c.index == index).unwrap().hash,
                })
                .collect())
        }
    }

    fn tree(size: u64) -> (MemoryTree, Frontier) {
        let (mut memory, mut frontier) = (MemoryTree(Vec::new(), Vec::new()), Frontier::default());
        for n in 0..size {
            let leaf = leaf_hash(&n.to_be_bytes());
            memory.0.push(leaf);
            memory.1.extend(frontier.append(leaf));
        }
        (memory, frontier)
    }

    #[test]
    fn roots_of_the_well_known_leaves() {
        let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::default();
        assert_eq!(hex::encode(frontier.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (leaf, root) in leaves.iter().zip(roots) {
            frontier.append(leaf_hash(&hex::decode(leaf).unwrap()));
            assert_eq!(hex::encode(frontier.root()), root);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        #[test]
        fn proofs_lead_to_the_reference_root(size in 1_u64..1200, a in any::<u64>(), b in any::<u64>(), flip in any::<u8>()) {
            let (mut memory, frontier) = tree(size);
            let whole = reference(&memory.0);
            prop_assert_eq!(frontier.root(), whole);
            prop_assert_eq!(Frontier::load(&mut memory, size).unwrap(), frontier);

            let index = a % size;
            let proof = inclusion(&mut memory, index, size).unwrap();
            let leaf = memory.0[usize::try_from(index).unwrap()];
            prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &whole), Ok(()));
            prop_assert!(verify_inclusion(&whole, index, size, &proof, &whole).is_err() || size == 1);
            prop_assert!(verify_inclusion(&leaf, index ^ 1, size, &proof, &whole).is_err());

            let from = b % (size + 1);
            let old = reference(&memory.0[..usize::try_from(from).unwrap()]);
            prop_assert_eq!(root(&mut memory, from).unwrap(), old);
            let mut proof = consistency(&mut memory, from, size).unwrap();
            prop_assert_eq!(verify_consistency(from, size, &proof, &old, &whole), Ok(()));
            if !proof.is_empty() {
                let spot = usize::from(flip) % proof.len();
                proof[spot][0] ^= 1;
                prop_assert_eq!(verify_consistency(from, size, &proof, &old, &whole), Err(Flaw::Proof));
            }
        }
    }

    #[test]
    fn a_frontier_goes_on_where_it_was_left() {
        let (mut memory, _) = tree(700);
        let mut resumed = Frontier::load(&mut memory, 513).unwrap();
        for leaf in &memory.0[513..] {
            resumed.append(*leaf);
        }
        assert_eq!(resumed.root(), reference(&memory.0));
        assert_eq!(resumed.size(), 700);
    }
}
