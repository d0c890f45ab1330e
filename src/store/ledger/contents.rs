//! Digests of the contents of rows, as entries name them: an act puts them into its entry, `ledger verify` makes them again from the rows.
//!
//! Only what never changes after the act belongs in, and nothing that goes when a person is erased (names, addresses, telephones).
//! What is in a digest, and in which order, may never change: old entries name it.

use serde_json::json;

use crate::domain::ledger::digest_of;
use crate::store::StoreError;
use crate::store::adoptions::Adoption;
use crate::store::decisions::DecisionRow;
use crate::store::endorsements::Endorsement;
use crate::store::manuscripts::Manuscript;
use crate::store::ratings::Rating;
use crate::store::replies::{Item, Reply};
use crate::store::reports::Report;

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

/// A department's answer, suggestion by suggestion; the officer in charge is not in it.
pub(crate) fn reply(row: &Reply, items: &[Item]) -> String {
    let items: Vec<_> = items.iter().map(|item| json!([item.number, item.answer, item.words, item.promised_on])).collect();
    digest_of(&json!({
        "reply": row.id,
        "round": row.round,
        "words": row.words,
        "result": [row.result_code, row.result_definition],
        "consultation": row.consultation,
        "items": items,
    }))
}

/// A report on how an answer is carried out.
pub(crate) fn report(row: &Report) -> String {
    digest_of(&json!({ "report": row.id, "number": row.number, "words": row.words, "implemented": row.implemented }))
}

/// That some level took a manuscript up.
pub(crate) fn adoption(row: &Adoption) -> String {
    digest_of(&json!({
        "adoption": row.id,
        "level": row.level,
        "body": row.body,
        "form": row.form,
        "adopted_on": row.adopted_on,
        "evidence": row.evidence,
    }))
}

/// An author's word on attitude and result.
pub(crate) fn rating(row: &Rating) -> String {
    digest_of(&json!({
        "rating": row.id,
        "of": row.concluded_id,
        "concluded_at": row.concluded_at,
        "attitude": row.attitude,
        "result": row.result,
        "words": row.words,
    }))
}

/// What a leader wrote. His name and post are left out, for they go when a person is erased.
pub(crate) fn endorsement(row: &Endorsement) -> String {
    digest_of(&json!({
        "endorsement": row.id,
        "leader": row.leader_id,
        "kind": row.kind,
        "commendatory": row.commendatory,
        "urgent": row.urgent,
        "words": row.words,
        "date": row.endorsed_on,
        "scan": row.scan_id,
    }))
}
