//! Verification of a receipt against the ledger: a number with the digits that an author wrote down, or the whole receipt as a file.

use crate::app::ledger::keys;
use crate::app::{AppError, Tx};
use crate::documents::ledger_key::LedgerKey;
use crate::domain::clock::Moment;
use crate::domain::folding::{folded, number};
use crate::domain::ids::EntryId;
use crate::domain::ledger::{Anchor, Checkpoint, Entry, Flaw, Receipt};
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Role;
use crate::store::ledger::{reading, sealing};
use crate::store::{StoreError, manuscripts};

/// The smallest number of digits; fewer could also match another receipt.
const LEAST_DIGITS: usize = 8;
/// The number of digits of a whole digest.
const DIGITS: usize = 64;

/// The typed input.
#[derive(Debug, Clone, Default)]
pub struct TypedReceipt {
    /// The manuscript's number.
    pub number: String,
    /// The receipt's digits, or the receipt as JSON; if empty, the result is that of the ledger alone.
    pub receipt: String,
}

/// The result of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptVerdict {
    /// The entry is in the ledger, covered by a signed checkpoint.
    Proven(Proof),
    /// The entry is in the ledger; the next checkpoint will cover it.
    Unsealed(Proof),
    /// The ledger has no entry with this digest.
    Other,
    /// The receipt, or the ledger covered by it, is inconsistent; the message is for the server's operator.
    Broken(String),
}

/// The entry that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The act.
    pub action: String,
    /// The time of the act.
    pub at: Moment,
    /// Its digest, in hexadecimal digits.
    pub leaf: String,
    /// Its position, from 0.
    pub position: Option<u64>,
    /// The number of entries that its checkpoint covers.
    pub size: Option<u64>,
    /// The number of the submitted manuscript.
    pub number: Option<String>,
}

/// Verifies a receipt against the ledger. The signature, the path from the entry to the signed root and the entry's digest are computed
/// again.
///
/// # Errors
/// A refusal for anybody but auditors; violations of `number` and `receipt`.
pub fn check(tx: &mut Tx<'_>, actor: &Actor, given: &TypedReceipt) -> Result<ReceiptVerdict, AppError> {
    actor.need(&[Role::Auditor])?;
    if given.receipt.trim_start().starts_with('{') { whole(tx, actor, given.receipt.trim()) } else { by_digits(tx, actor, given) }
}

/// Verifies a receipt as a file: first by itself, then against this ledger.
fn whole(tx: &mut Tx<'_>, actor: &Actor, text: &str) -> Result<ReceiptVerdict, AppError> {
    let bad = |_| Violation::new("receipt", "bad_receipt");
    let theirs: Receipt = serde_json::from_str(text).map_err(|_| bad(()))?;
    let entry = Entry::from_bytes(theirs.entry.as_bytes()).map_err(|_| bad(()))?;
    let checkpoint = match verify(tx, &theirs)? {
        Ok(checkpoint) => checkpoint,
        Err(flaw) => return Ok(ReceiptVerdict::Broken(flaw.to_string())),
    };
    let Some(ours) = kept(tx, actor, entry.id)? else { return Ok(ReceiptVerdict::Other) };
    let differs = ours.leaf != theirs.leaf || theirs.position.is_some() && ours.position != theirs.position;
    if differs || checkpoint.map_or(Ok(false), |signed| is_forked(tx, actor, &signed))? {
        return Ok(ReceiptVerdict::Other);
    }
    judge(tx, actor, &ours)
}

/// Verifies the digits of a receipt, for the manuscript with this number.
fn by_digits(tx: &mut Tx<'_>, actor: &Actor, given: &TypedReceipt) -> Result<ReceiptVerdict, AppError> {
    let digits: String = number(&given.receipt).chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect();
    let readable = digits.chars().all(|c| c.is_ascii_hexdigit()) && (digits.is_empty() || (LEAST_DIGITS..=DIGITS).contains(&digits.len()));
    if !readable {
        return Err(Violation::new("receipt", "bad_receipt").into());
    }
    let number = folded(&given.number);
    if number.is_empty() {
        return Err(Violation::required("number").into());
    }
    let id = manuscripts::by_number(tx.conn, actor.channel, &number)?.ok_or_else(|| Violation::new("number", "unknown"))?;
    let entries = reading::history(tx.conn, actor.channel, id.0)?;
    // A manuscript that was returned has a receipt for each submission.
    for entry in entries.iter().rev().filter(|entry| entry.action == "submit") {
        if let Some(ours) = kept(tx, actor, entry.id)?.filter(|ours| ours.leaf.starts_with(&digits)) {
            return judge(tx, actor, &ours);
        }
    }
    Ok(ReceiptVerdict::Other)
}

fn kept(tx: &mut Tx<'_>, actor: &Actor, id: EntryId) -> Result<Option<Receipt>, StoreError> {
    match reading::receipt(tx.conn, actor.channel, id) {
        Ok(receipt) => Ok(Some(receipt)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the checkpoint of a consistent receipt, or `None` if it has none yet.
fn verify(tx: &mut Tx<'_>, receipt: &Receipt) -> Result<Result<Option<Checkpoint>, Flaw>, StoreError> {
    let key = LedgerKey::load(&tx.settings.ledger_key_file(), &tx.settings.ledger_origin());
    let key = key.map_err(|error| StoreError::unreadable("ledger key", &error))?;
    let anchor = Anchor::Receipt(Box::new(receipt.clone()));
    Ok(keys::keyring(tx.conn, &key.verifier())?.open_anchor(&anchor))
}

/// Returns whether the ledger has diverged from the state in which a checkpoint was signed.
fn is_forked(tx: &mut Tx<'_>, actor: &Actor, signed: &Checkpoint) -> Result<bool, StoreError> {
    Ok(signed.size > sealing::size(tx.conn, actor.channel)? || reading::root(tx.conn, actor.channel, signed.size)? != signed.root)
}

fn judge(tx: &mut Tx<'_>, actor: &Actor, ours: &Receipt) -> Result<ReceiptVerdict, AppError> {
    let entry = Entry::from_bytes(ours.entry.as_bytes()).map_err(|flaw| StoreError::unreadable("ledger entry", &flaw))?;
    let number = manuscripts::numbers(tx.conn, actor.channel, &[entry.chain.into()])?.pop().and_then(|(_, number)| number);
    let proof = |size| Proof { action: entry.action.clone(), at: entry.at, leaf: ours.leaf.clone(), position: ours.position, size, number };
    Ok(match verify(tx, ours)? {
        Ok(Some(signed)) => ReceiptVerdict::Proven(proof(Some(signed.size))),
        Ok(None) => ReceiptVerdict::Unsealed(proof(None)),
        Err(flaw) => ReceiptVerdict::Broken(flaw.to_string()),
    })
}
