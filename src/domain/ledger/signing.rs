//! The condition for signing another checkpoint: the tree extends the one in the server's record, outside the database, of its signatures.

use super::TreeMark;

/// The reason why signing is suspended in a ledger until it has been examined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningFault {
    /// Fewer entries exist than were signed.
    #[error(
        "the server signed a checkpoint of {remembered} entries, and only {here} are here: entries were removed, or an older copy was restored"
    )]
    Shrunk {
        /// The signed size.
        remembered: u64,
        /// The current size.
        here: u64,
    },
    /// The signed entries have another root now.
    #[error("the first {remembered} entries are not those that the server signed: the ledger was rebuilt, or another copy went on")]
    Forked {
        /// The signed size.
        remembered: u64,
    },
    /// The last signed checkpoint is missing in its table.
    #[error("the checkpoint of {remembered} entries, which the server signed, has gone from its table")]
    Forgotten {
        /// The signed size.
        remembered: u64,
    },
    /// No key of this installation signed the newest checkpoint in the table.
    #[error("the checkpoint of {size} entries in the table is signed by no key of this installation")]
    Foreign {
        /// Its size.
        size: u64,
    },
    /// The signing key is missing, although checkpoints were signed.
    #[error("the ledger's signing key is missing or can't be read")]
    KeyMissing,
    /// The database names another signing key than this node has.
    #[error("the database names another signing key than this node has")]
    KeyChanged,
    /// The record cannot be read.
    #[error("what the server remembers having signed can't be read: {0}")]
    Unreadable(String),
}

/// Compares the record with the current tree: its size, its root at the recorded size, if it is that large, and the root of the checkpoint
/// of that size in the table.
///
/// # Errors
/// The first fault.
pub fn check_extension(
    remembered: TreeMark,
    here: u64,
    root_there: Option<[u8; 32]>,
    in_table: Option<[u8; 32]>,
) -> Result<(), SigningFault> {
    let size = remembered.size;
    if here < size {
        return Err(SigningFault::Shrunk { remembered: size, here });
    }
    if root_there != Some(remembered.root) {
        return Err(SigningFault::Forked { remembered: size });
    }
    if in_table != Some(remembered.root) {
        return Err(SigningFault::Forgotten { remembered: size });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_extends_the_remembered_tree_is_signed() {
        let remembered = TreeMark { size: 10, root: [1; 32] };
        let check = |here, root, table| check_extension(remembered, here, root, table);
        assert_eq!(check(10, Some([1; 32]), Some([1; 32])), Ok(()));
        assert_eq!(check(99, Some([1; 32]), Some([1; 32])), Ok(()));
        assert_eq!(check(9, None, None), Err(SigningFault::Shrunk { remembered: 10, here: 9 }));
        assert_eq!(check(12, Some([2; 32]), Some([2; 32])), Err(SigningFault::Forked { remembered: 10 }));
        assert_eq!(check(12, Some([1; 32]), None), Err(SigningFault::Forgotten { remembered: 10 }));
    }
}
