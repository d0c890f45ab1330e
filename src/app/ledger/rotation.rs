//! Replacement of the ledger's signing key: an act, with an entry in the ledger of the installation that names the statement of both keys.

use serde_json::json;

use crate::app::accounts::{AccountChange, By, enter};
use crate::app::ledger::resume::tell_auditors;
use crate::app::{AppError, Tx};
use crate::config::Settings;
use crate::documents::ledger_key::LedgerKey;
use crate::domain::ids::ChannelId;
use crate::domain::ledger::{KeyRow, digest_of, sign_succession};
use crate::domain::notice::Letter;
use crate::domain::permission::Permit;
use crate::domain::refusal::Refusal;
use crate::domain::violation::required_line;
use crate::mail::letters::LetterFacts;
use crate::store::StoreError;
use crate::store::ledger::keys;

/// The largest number of characters of a reason.
const REASON: usize = 200;

/// Adds a new key to the ledger's keys. With `before`, both keys sign the statement of succession; without it, if the old key is lost, only
/// the new one signs, and trust in the old key does not extend to the new one. The new key is stored beside the old one until the caller
/// installs it after the commit.
///
/// # Errors
/// [`AppError::NotFound`] while nothing is signed yet; [`AppError::Refused`] if another node was faster; the disk's.
pub fn rotate(tx: &mut Tx<'_>, before: Option<&LedgerKey>, reason: &str) -> Result<KeyRow, AppError> {
    let reason = required_line("reason", reason, REASON)?;
    let old = keys::newest(tx.conn)?.ok_or(AppError::NotFound)?;
    let settings = std::sync::Arc::clone(&tx.settings);
    let new = waiting_key(&settings)?;
    let number = old.number + 1;
    let statement = sign_succession(number, new.name(), (&old.verifier, before.map(LedgerKey::signing_key)), new.signing_key());
    let row = KeyRow { number, verifier: new.verifier(), statement: Some(statement.clone()) };
    if !keys::add(tx.conn, &row, tx.now)? {
        return Err(Refusal::AlreadyDone.into());
    }
    let facts = json!({
        "number": number,
        "from": old.verifier.to_string(),
        "to": row.verifier.to_string(),
        "statement": digest_of(&json!(statement)),
        "signed_by_both": before.is_some(),
        "reason": reason,
    });
    let (channel, action) = (ChannelId::INSTALLATION, if before.is_some() { "rotate_key" } else { "replace_key" });
    let change = AccountChange { channel, by: By::Program, permit: Permit::SYSTEM, action, object: "ledger_key", id: channel.0, facts };
    let entry = enter(tx, change)?;
    let facts = LetterFacts {
        reason: Some(reason),
        result: Some(row.verifier.to_string()),
        path: Some("/ledger".to_owned()),
        ..LetterFacts::default()
    };
    tell_auditors(tx, entry, channel, &facts, Letter::LedgerKeyChanged)?;
    Ok(row)
}

/// Returns the key that is to follow: one from an unfinished attempt, or a new one.
fn waiting_key(settings: &Settings) -> Result<LedgerKey, StoreError> {
    let unusable = |error: crate::documents::ledger_key::KeyError| StoreError::unreadable("ledger key", &error);
    let (next, name) = (LedgerKey::next_path(&settings.ledger_key_file()), settings.ledger_origin());
    if !next.exists() {
        LedgerKey::generate(&name).create(&next).map_err(unusable)?;
    }
    LedgerKey::load(&next, &name).map_err(unusable)
}
