//! The keys outside the database, and what was signed with them.

use super::{CheckFinding, up_to_date};
use crate::app::ledger::keys;
use crate::config::Settings;
use crate::documents::token_key::{TokenKey, TokenKeyError};
use crate::domain::ids::ChannelId;
use crate::store::secrets as secret_rows;

/// Whether the key that binds sessions belongs to this database. Problems of the database are reported by another finding.
pub(super) fn secrets(settings: &Settings) -> CheckFinding {
    let (what, path) = ("secrets", settings.token_key_file());
    let Some(known) = up_to_date(settings).and_then(|mut conn| secret_rows::fingerprint(&mut conn, secret_rows::TOKENS).ok()).flatten()
    else {
        return match TokenKey::load(&path) {
            Ok(None) => CheckFinding::good(what, "no key was made yet; the first start makes it"),
            Ok(Some(_)) => CheckFinding::warning(
                what,
                format!(
                    "there is a key in {}, and the database names none: this is a new database, or its row was taken out by hand. Ask who \
                     changed the database before the next start takes the key up",
                    path.display()
                ),
            ),
            Err(error) => CheckFinding::bad(what, error.to_string()),
        };
    };
    match TokenKey::load(&path) {
        Err(error) => CheckFinding::bad(what, error.to_string()),
        Ok(Some(key)) if key.fingerprint() == known => CheckFinding::good(
            what,
            format!("the keys in {} belong to this database; keep a copy elsewhere", settings.secrets_dir().display()),
        ),
        Ok(Some(_)) => CheckFinding::bad(what, TokenKeyError::Other { path }.to_string()),
        Ok(None) => CheckFinding::bad(what, TokenKeyError::Missing { path }.to_string()),
    }
}

/// Whether the ledgers still match what this node signed.
pub(super) fn signing(settings: &Settings) -> CheckFinding {
    let what = "ledger";
    let Some(mut conn) = up_to_date(settings) else { return CheckFinding::good(what, "nothing was signed yet") };
    let (faults, unsigned) = (keys::faults(&mut conn, settings).unwrap_or_default(), keys::not_remembered(&mut conn, settings));
    match faults.first() {
        None if unsigned.as_ref().is_ok_and(|ledgers| *ledgers > 0) => CheckFinding::warning(
            what,
            format!(
                "this node remembers no checkpoint of {} ledgers that have sealed entries: another node signs them, or {} was emptied. Give \
                 `zhitongche ledger verify` a checkpoint that was kept elsewhere",
                unsigned.unwrap_or_default(),
                keys::remembered(settings).folder().display()
            ),
        ),
        None => CheckFinding::good(what, "extends what this node signed"),
        Some((ledger, fault)) => {
            let name = if *ledger == ChannelId::INSTALLATION { "the installation".to_owned() } else { ledger.to_string() };
            let todo =
                "nothing more is signed. Keep the database, run `zhitongche ledger verify` and tell the auditors; see docs/operations.md";
            CheckFinding::bad(what, format!("of {name}: {fault}: {todo}"))
        }
    }
}
