//! What the check of a ledger may find, in words that lead a person to the entry.

use uuid::Uuid;

use super::Flaw;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId};

/// How findings name the last checkpoint that the server remembers, outside the database, having signed.
pub const REMEMBERED: &str = "what the server remembers having signed";

/// The first thing that can't be right, with the entry at which it shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Something is wrong with one entry.
    #[error("{place}: {wrong}")]
    Entry {
        /// The entry.
        place: EntryPosition,
        /// What is wrong with it.
        wrong: EntryFault,
    },
    /// A position is missing or stands twice.
    #[error("position {expected} is missing: the next entry kept is {found}")]
    Missing {
        /// The position that should come now.
        expected: u64,
        /// The entry that comes instead.
        found: EntryPosition,
    },
    /// A checkpoint or anchor has another root.
    #[error("{source_of} has another root than the first {to} entries: the first bad one stands at a position from {from} to {last}", last = to.saturating_sub(1))]
    Root {
        /// What said so: "the checkpoint", "the anchor FILE".
        source_of: String,
        /// Up to here an earlier checkpoint holds.
        from: u64,
        /// The size of the checkpoint.
        to: u64,
    },
    /// A checkpoint or anchor knows more entries than there are.
    #[error("{source_of} knows {known} entries, here are {here}: the entries from position {here} on were removed")]
    Truncated {
        /// What said so.
        source_of: String,
        /// The size of the checkpoint.
        known: u64,
        /// The entries that are here.
        here: u64,
    },
    /// A checkpoint or anchor is not one, or is not signed by the expected key.
    #[error("{source_of}: {flaw}")]
    Checkpoint {
        /// What said so.
        source_of: String,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// A checkpoint that another one names as the one before it, or that the server remembers, has gone from its table.
    #[error("{source_of} follows a checkpoint of {size} entries, which has gone from its table or is another")]
    CheckpointGone {
        /// What said so.
        source_of: String,
        /// The size of what has gone.
        size: u64,
    },
    /// A receipt's entry is not here, or is another.
    #[error("{source_of}: the entry of this receipt is not in the ledger as the receipt has it")]
    Receipt {
        /// Which receipt.
        source_of: String,
    },
    /// A thing in a table is not as the entries say.
    #[error("{place} says that {kind} {id} has {what} {said}, but its table says {kept}")]
    Differs {
        /// The last entry about it.
        place: EntryPosition,
        /// What it is.
        kind: &'static str,
        /// Its id.
        id: Uuid,
        /// What differs: stage, state or version.
        what: &'static str,
        /// What the entries say.
        said: String,
        /// What the table says.
        kept: String,
    },
    /// A thing that the entries speak of has gone from its table.
    #[error("{place} is about {kind} {id}, which has gone from its table")]
    Gone {
        /// The last entry about it.
        place: EntryPosition,
        /// What it is.
        kind: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// A thing stands in a table and no entry speaks of it.
    #[error("{kind} {id} stands in its table as {kept}, but no entry says so")]
    Unsaid {
        /// What it is.
        kind: &'static str,
        /// Its id.
        id: Uuid,
        /// How it stands there.
        kept: String,
    },
    /// The contents of a text, a row or a file are not those that an entry names.
    #[error("{kind} {id} was changed: no entry names the digest of its contents")]
    Contents {
        /// What it is.
        kind: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// A row has other contents than the last entry says that wrote it.
    #[error("{place} wrote {row}, which was changed since")]
    RowChanged {
        /// The entry.
        place: EntryPosition,
        /// The row, as `table:key`.
        row: String,
    },
    /// A row that an entry wrote has gone from its table.
    #[error("{place} wrote {row}, which has gone from its table")]
    RowGone {
        /// The entry.
        place: EntryPosition,
        /// The row.
        row: String,
    },
    /// A row stands in its table that no entry wrote, or that an entry deleted.
    #[error("{row} stands in its table, but no entry wrote it")]
    RowUnsaid {
        /// The row.
        row: String,
    },
    /// What somebody wrote can't be read at all. The rest was looked at all the same.
    #[error("{what} can't be read, which the program did not write so: {why}")]
    Unreadable {
        /// What: a table.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// What lies outside the database speaks of a ledger that is not in it.
    #[error("{source_of} is of the ledger {ledger}, which has gone with its channel and all its entries")]
    LedgerGone {
        /// What said so.
        source_of: String,
        /// Which ledger.
        ledger: ChannelId,
    },
    /// A row differs from what follows from others.
    #[error("{row} is not what follows from {from}")]
    Derived {
        /// The row.
        row: String,
        /// From what it follows.
        from: &'static str,
    },
    /// Rows were taken up as found although acts had named rows before: it would hide what was changed by hand.
    #[error("{place} takes rows up as found, which only the first start after an upgrade may do")]
    LateAdoption {
        /// The entry.
        place: EntryPosition,
    },
    /// The file of an attachment is missing, was changed, or can't be read.
    #[error("the file of attachment {id}: {why}")]
    File {
        /// The attachment.
        id: Uuid,
        /// What is wrong with it.
        why: String,
    },
    /// The last entry that a chain's head names is not the last one that is there.
    #[error("the chain of {chain} should end with another entry: its last one is missing or was changed")]
    Head {
        /// The object whose chain it is.
        chain: Uuid,
    },
}

/// Which entry, in words that let a person find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPosition {
    /// Its position, when it is sealed.
    pub position: Option<u64>,
    /// Its id.
    pub id: EntryId,
    /// The time kept beside it.
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

/// What is wrong with one entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// The bytes do not give the leaf beside them or beside the position.
    #[error("its bytes were changed: they do not give the leaf kept for it")]
    Leaf,
    /// The bytes can't be read.
    #[error("{0}")]
    Bytes(Flaw),
    /// The bytes speak of another channel, id, chain or time than what is kept beside them.
    #[error("its bytes do not agree with the {0} kept beside them")]
    Columns(&'static str),
    /// Its `previous` is not the leaf of the chain's entry before it.
    #[error("its chain does not lead to the entry before it: one was changed, removed, added or moved")]
    Chain,
    /// Its time is not after that of the chain's entry before it.
    #[error("its time is not after that of the chain's entry before it")]
    Time,
    /// A kept hash of the tree is missing or another.
    #[error("the tree's hash number {1} of level {0} that ends here is missing or was changed")]
    Node(u8, u64),
    /// It has no position and does not wait for one.
    #[error("it has no position and does not wait for one: it was added by hand, or its position was removed")]
    Lost,
}
