//! Digests of the contents of rows, as entries name them: an act puts them into its entry, `ledger verify` makes them again from the rows.
//!
//! A digest contains only data that never changes after the act, and nothing that is deleted when a person is erased (names, addresses,
//! telephones). The fields of a digest and their order may never change, because old entries name it.

use std::collections::BTreeMap;

use serde_json::json;

use crate::domain::ids::{BulletinId, ManuscriptId, UserId};
use crate::domain::ledger::digest_of;
use crate::store::adoptions::Adoption;
use crate::store::bulletins::{Bulletin, BulletinItemRow as InBulletin, BulletinRecipientRow};
use crate::store::change_requests::ChangeRequest;
use crate::store::endorsements::Endorsement;
use crate::store::error::StoreError;
use crate::store::people::{GrantRow, StandIn, User};
use crate::store::ratings::Rating;
use crate::store::replies::{ReplyItemRow, ReplyRow};
use crate::store::reports::ImplementationReportRow;
use crate::store::rows::{DecisionRow, ManuscriptRow};

/// The form of a manuscript beside its text: category, kind, keywords, declarations.
pub(crate) fn form(row: &ManuscriptRow) -> Result<String, StoreError> {
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

/// The contents that a co-author signs: the text, the form beside it, and the files.
pub(crate) fn co_signature(row: &ManuscriptRow, text: &str, files: &BTreeMap<String, String>) -> Result<String, StoreError> {
    Ok(digest_of(&json!({ "manuscript": row.id, "text": text, "form": form(row)?, "files": files })))
}

/// The text of an act, with the reason from the list.
pub(crate) fn decision(row: &DecisionRow) -> String {
    let mut said = json!({
        "entry": row.entry_id,
        "action": row.action,
        "reason_code": row.reason_code,
        "words": row.words,
        "public": row.public,
    });
    if let Some(reason) = &row.reason {
        said["reason"] = json!(reason);
    }
    digest_of(&said)
}

/// A department's answer, suggestion by suggestion; the officer in charge is not in it.
pub(crate) fn reply(row: &ReplyRow, items: &[ReplyItemRow]) -> String {
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
pub(crate) fn report(row: &ImplementationReportRow) -> String {
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

/// An author's rating of attitude and result.
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

/// An endorsement of a leader, without their name and post, which are deleted when a person is erased.
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

/// A requested change.
pub(crate) fn request(row: &ChangeRequest) -> String {
    digest_of(&json!({ "request": row.id, "text": row.text_id, "at": [row.part, row.from_char, row.to_char], "words": row.words }))
}

/// The leaders to whom an act forwards a manuscript.
pub(crate) fn recipients(manuscript: ManuscriptId, bulletin: Option<BulletinId>, leaders: &[UserId]) -> String {
    let mut leaders = leaders.to_vec();
    leaders.sort_unstable();
    digest_of(&json!({ "manuscript": manuscript, "bulletin": bulletin, "leaders": leaders }))
}

/// A bulletin as it was handed on: its text, its manuscripts and its addressees.
pub(crate) fn bulletin(row: &Bulletin, items: &[InBulletin], to: &[BulletinRecipientRow]) -> String {
    let item = |item: &InBulletin| match &item.credited {
        Some(credited) => json!([item.position, item.manuscript_id, item.text_id, credited]),
        None => json!([item.position, item.manuscript_id, item.text_id]),
    };
    let items: Vec<_> = items.iter().map(item).collect();
    let mut to: Vec<_> = to.iter().map(|one| (one.user_id, one.kind)).collect();
    to.sort_unstable_by_key(|(user, _)| *user);
    digest_of(&json!({
        "bulletin": row.id,
        "series": row.series,
        "kind": row.kind,
        "title": row.title,
        "foreword": row.foreword,
        "supplement": row.supplement,
        "editor": row.editor_id,
        "signer": row.signer_id,
        "number": [row.year, row.issue_number, row.total_number],
        "items": items,
        "to": to,
        "reason": row.reason,
    }))
}

/// A person's account. Salted, so that an address or a name can't be found by guessing, and nothing can once the salt is deleted.
pub(crate) fn account(row: &User) -> String {
    digest_of(&json!({
        "user": row.id,
        "salt": hex::encode(&row.salt),
        "organization": row.organization_id,
        "login": row.login,
        "name": row.name,
        "post": row.post,
        "email": row.email,
        "mobile": row.mobile,
        "language": row.language,
        "password": row.password_hash,
        "suspended_at": row.suspended_at,
    }))
}

/// The roles that a person holds.
pub(crate) fn roles(user: UserId, held: &[GrantRow]) -> String {
    let mut held: Vec<&GrantRow> = held.iter().filter(|grant| grant.revoked_at.is_none()).collect();
    held.sort_unstable_by_key(|grant| grant.id);
    let held: Vec<_> = held.iter().map(|grant| json!([grant.id, grant.organization_id, grant.role, grant.serves_id])).collect();
    digest_of(&json!({ "user": user, "held": held }))
}

/// A period for which a person lends a role to a stand-in.
pub(crate) fn stand_in(row: &StandIn) -> String {
    digest_of(&json!({
        "stand_in": row.id,
        "absent": row.absent_id,
        "for_him": row.stand_in_id,
        "role": row.role,
        "period": [row.from_at, row.to_at],
        "ended_at": row.ended_at,
    }))
}
