//! The number of items in a person's work queues, for the navigation, and to detect changes of a queue.

use sha2::{Digest, Sha256};

use crate::app::bulletins;
use crate::app::reading::list::{left_out, streams_of, waiting};
use crate::app::{AppError, Tx, notices};
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;

/// The count stops here, because a larger number is not shown exactly.
pub const MOST: usize = 99;

/// The number of items in one work queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskCount {
    /// The role.
    pub role: Role,
    /// The number, at most one more than [`MOST`].
    pub count: usize,
    /// A value that changes when the queue's manuscripts or one of their versions change.
    pub stamp: String,
}

/// The number of items in all work queues of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Their work queues.
    pub desks: Vec<DeskCount>,
    /// The number of unread notices, at most one more than [`MOST`].
    pub unread: usize,
}

impl Counts {
    /// Returns a value that changes when any queue or the number of unread notices does; empty where nothing was counted.
    #[must_use]
    pub fn stamp(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let mut parts: Vec<String> = self.desks.iter().map(|one| one.stamp.clone()).collect();
        parts.push(self.unread.to_string());
        parts.join("-")
    }
}

/// Counts the waiting items.
///
/// # Errors
/// Fails if a database operation fails.
pub fn counts(tx: &mut Tx<'_>, actor: &Actor) -> Result<Counts, AppError> {
    let mut desks = Vec::new();
    let filter = left_out(tx, actor, true)?;
    for role in Role::ALL.iter().copied().filter(|role| actor.holds(*role)) {
        if streams_of(actor, role).is_empty() {
            continue;
        }
        let rows = waiting(tx, actor, role, &filter, MOST + 1)?;
        let mut digest = Sha256::new();
        for (id, version) in &rows {
            digest.update(id.0.as_bytes());
            digest.update(version.to_be_bytes());
        }
        let mut count = rows.len();
        if role == Role::Signer {
            // Signers sign bulletins as well.
            let bulletins = bulletins::to_sign(tx, actor)?;
            for one in &bulletins {
                digest.update(one.id.0.as_bytes());
                digest.update(one.version.to_be_bytes());
            }
            count = (count + bulletins.len()).min(MOST + 1);
        }
        desks.push(DeskCount { role, count, stamp: hex::encode(&digest.finalize()[..6]) });
    }
    let unread = notices::unread(tx, actor, MOST + 1)?;
    Ok(Counts { desks, unread })
}
