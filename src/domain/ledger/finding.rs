//! The possible findings of a ledger's verification, with the position of the entry.

use uuid::Uuid;

use super::Flaw;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId};

/// The name in findings of the server's own record, outside the database, of the last checkpoint that it signed.
pub const REMEMBERED: &str = "what the server remembers having signed";

/// The first inconsistency, with the entry at which it was detected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// One entry is invalid.
    #[error("{place}: {wrong}")]
    Entry {
        /// The entry.
        place: EntryPosition,
        /// The fault.
        wrong: EntryFault,
    },
    /// A position is missing or occurs twice.
    #[error("position {expected} is missing: the next entry kept is {found}")]
    Missing {
        /// The expected position.
        expected: u64,
        /// The entry found instead.
        found: EntryPosition,
    },
    /// A checkpoint or anchor has another root.
    #[error("{source_of} has another root than the first {to} entries: the first bad one stands at a position from {from} to {last}", last = to.saturating_sub(1))]
    Root {
        /// Its source: "the checkpoint", "the anchor FILE".
        source_of: String,
        /// The size up to which an earlier checkpoint is valid.
        from: u64,
        /// The size of the checkpoint.
        to: u64,
    },
    /// A checkpoint or anchor covers more entries than exist.
    #[error("{source_of} knows {known} entries, here are {here}: the entries from position {here} on were removed")]
    Truncated {
        /// Its source.
        source_of: String,
        /// The size of the checkpoint.
        known: u64,
        /// The number of existing entries.
        here: u64,
    },
    /// A checkpoint or anchor is invalid, or is not signed by the expected key.
    #[error("{source_of}: {flaw}")]
    Checkpoint {
        /// Its source.
        source_of: String,
        /// The defect.
        flaw: Flaw,
    },
    /// A checkpoint that another one names as its predecessor, or that the server's record contains, is missing in its table.
    #[error("{source_of} follows a checkpoint of {size} entries, which has gone from its table or is another")]
    CheckpointGone {
        /// The source of the reference.
        source_of: String,
        /// The size of the missing checkpoint.
        size: u64,
    },
    /// A receipt's entry is missing or different.
    #[error("{source_of}: the entry of this receipt is not in the ledger as the receipt has it")]
    Receipt {
        /// The receipt.
        source_of: String,
    },
    /// The state of an object in a table differs from the entries.
    #[error("{place} says that {kind} {id} has {what} {said}, but its table says {kept}")]
    Differs {
        /// The last entry about it.
        place: EntryPosition,
        /// Its kind.
        kind: &'static str,
        /// Its id.
        id: Uuid,
        /// The differing value: stage, state or version.
        what: &'static str,
        /// The value by the entries.
        said: String,
        /// The value in the table.
        kept: String,
    },
    /// An object that the entries name is missing in its table.
    #[error("{place} is about {kind} {id}, which has gone from its table")]
    Gone {
        /// The last entry about it.
        place: EntryPosition,
        /// Its kind.
        kind: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// An object exists in a table without any entry about it.
    #[error("{kind} {id} stands in its table as {kept}, but no entry says so")]
    Unsaid {
        /// Its kind.
        kind: &'static str,
        /// Its id.
        id: Uuid,
        /// Its state in the table.
        kept: String,
    },
    /// The contents of a text, a row or a file differ from those that an entry names.
    #[error("{kind} {id} was changed: no entry names the digest of its contents")]
    Contents {
        /// Its kind.
        kind: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// A row has other contents than in the last entry that wrote it.
    #[error("{place} wrote {row}, which was changed since")]
    RowChanged {
        /// The entry.
        place: EntryPosition,
        /// The row, as `table:key`.
        row: String,
    },
    /// A row that an entry wrote is missing in its table.
    #[error("{place} wrote {row}, which has gone from its table")]
    RowGone {
        /// The entry.
        place: EntryPosition,
        /// The row.
        row: String,
    },
    /// A row exists in its table that no entry wrote, or that an entry deleted.
    #[error("{row} stands in its table, but no entry wrote it")]
    RowUnsaid {
        /// The row.
        row: String,
    },
    /// A value cannot be read. The verification continued with the rest.
    #[error("{what} can't be read, which the program did not write so: {why}")]
    Unreadable {
        /// The table.
        what: &'static str,
        /// The reason.
        why: String,
    },
    /// An anchor outside the database names a ledger that is not in it.
    #[error("{source_of} is of the ledger {ledger}, which has gone with its channel and all its entries")]
    LedgerGone {
        /// The anchor.
        source_of: String,
        /// The ledger.
        ledger: ChannelId,
    },
    /// A row differs from the value derived from other rows.
    #[error("{row} is not what follows from {from}")]
    Derived {
        /// The row.
        row: String,
        /// The source of the derivation.
        from: &'static str,
    },
    /// Existing rows were named although earlier acts had named rows: this could hide changes by hand.
    #[error("{place} takes rows up as found, which only the first start after an upgrade may do")]
    LateAdoption {
        /// The entry.
        place: EntryPosition,
    },
    /// The file of an attachment is missing, was changed, or cannot be read.
    #[error("the file of attachment {id}: {why}")]
    File {
        /// The attachment.
        id: Uuid,
        /// The defect.
        why: String,
    },
    /// The last entry that a chain's head names differs from the last existing one.
    #[error("the chain of {chain} should end with another entry: its last one is missing or was changed")]
    Head {
        /// The object whose chain it is.
        chain: Uuid,
    },
}

/// The position of an entry, for finding it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPosition {
    /// Its position, if it is sealed.
    pub position: Option<u64>,
    /// Its id.
    pub id: EntryId,
    /// The time in the table.
    pub at: Moment,
}

impl std::fmt::Display for EntryPosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.position {
            Some(position) => write!(f, "entry {} at position {position} of {}", self.id, self.at),
            None => write!(f, "entry {}, not yet sealed, of {}", self.id, self.at),
        }
    }
}

/// A fault of one entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// The bytes do not match the leaf beside them or beside the position.
    #[error("its bytes were changed: they do not give the leaf kept for it")]
    Leaf,
    /// The bytes cannot be parsed.
    #[error("{0}")]
    Bytes(Flaw),
    /// The bytes name another channel, id, chain or time than the columns.
    #[error("its bytes do not agree with the {0} kept beside them")]
    Columns(&'static str),
    /// Its `previous` is not the leaf of the chain's previous entry.
    #[error("its chain does not lead to the entry before it: one was changed, removed, added or moved")]
    Chain,
    /// Its time is not after that of the chain's previous entry.
    #[error("its time is not after that of the chain's entry before it")]
    Time,
    /// A stored hash of the tree is missing or different.
    #[error("the tree's hash number {1} of level {0} that ends here is missing or was changed")]
    Node(u8, u64),
    /// It has no position and does not wait for one.
    #[error("it has no position and does not wait for one: it was added by hand, or its position was removed")]
    Lost,
}
