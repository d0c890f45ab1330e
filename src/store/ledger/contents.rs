//! Digests of the contents of rows, as entries name them: an act puts them into its entry, `ledger verify` makes them again from the rows.
//!
//! Only what never changes after the act belongs in, and nothing that goes when a person is erased (names, addresses, telephones).
//! What is in a digest, and in which order, may never change: old entries name it.

use serde_json::json;

use crate::domain::ledger::digest_of;
use crate::store::StoreError;
use crate::store::decisions::DecisionRow;
use crate::store::manuscripts::Manuscript;

/// The form of a manuscript beside its text: category, kind, keywords, declarations.
pub(crate) fn form(row: &Manuscript) -> Result<String, StoreError> {
    let details = row.details()?;
    Ok(digest_of(&json!({
        "manuscript": row.id,
        "category": row.category,
        "kind": row.kind,
        "keywords": details.keywords,
        "declarations": details.declarations,
        "for_organization": details.for_organization,
    })))
}

/// The words of an act, with the reason from the list.
pub(crate) fn decision(row: &DecisionRow) -> String {
    digest_of(&json!({
        "entry": row.entry_id,
        "action": row.action,
        "reason_code": row.reason_code,
        "words": row.words,
        "public": row.public,
    }))
}
