//! The acts of the offices on a manuscript. Each responds with the manuscript as the caller sees it afterwards.

use actix_web::{delete, post, web};

use crate::api::auth::Caller;
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::problem::ApiResult;
use crate::api::resources;
use crate::app::handling::{self, deciding::MergedDecision};
use crate::app::intake::submission;
use crate::app::reading::views::ManuscriptView;
use crate::app::review::input::{Merge, Reason, Referral, Review, Screening, Signature};
use crate::app::review::{self, ReviewVerdict};
use crate::app::{Tx, merging, undo};
use crate::domain::ids::ManuscriptId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes
        .service(hand_in)
        .service(act_withdrawal)
        .service(act_screening)
        .service(act_review)
        .service(act_signature)
        .service(act_merge)
        .service(act_referral)
        .service(act_reconsideration)
        .service(act_undo)
        .service(part)
        .service(act_merged_suggestions);
}

/// Hand a manuscript in
///
/// It goes to the office that returned it, otherwise to the organisation's office if that screens manuscripts, otherwise to the department.
/// The number is assigned now.
#[utoipa::path(tag = "manuscripts", params(IfMatch), responses((status = 200, description = "Handed in", body = ManuscriptView)))]
#[post("/manuscripts/{id}/submission")]
pub(crate) async fn hand_in(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, _| submission::submit(tx, &by.actor, id, seen).map(|_| id), resources::manuscript).await
}

/// Take a manuscript back
///
/// Not once it waits for signature.
#[utoipa::path(tag = "manuscripts", params(IfMatch), responses((status = 200, description = "Done", body = ManuscriptView)))]
#[post("/manuscripts/{id}/withdrawal")]
pub(crate) async fn act_withdrawal(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, _| submission::withdraw(tx, &by.actor, id, seen).map(|_| id), resources::manuscript).await
}

/// Decide at the organisation's office
///
/// Pass it on to the department, or return it to the author.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = Screening, responses((status = 200, description = "Done", body = ManuscriptView)))]
#[post("/manuscripts/{id}/screening")]
pub(crate) async fn act_screening(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Screening>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    let act = act.map(ReviewVerdict::from);
    decided(act, id, seen).await
}

/// Decide as a reviewer
///
/// Recommend it to the signer, return it to the author, or decline it with a reason from the list.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = Review, responses((status = 200, description = "Done", body = ManuscriptView)))]
#[post("/manuscripts/{id}/review")]
pub(crate) async fn act_review(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Review>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    let verdict = ReviewVerdict::try_from(act.body.clone())?;
    decided(act.map(|_| verdict), id, seen).await
}

/// Decides as a screener or a reviewer, together with other waiting commands where that is possible.
async fn decided(act: CommandRequest<ReviewVerdict>, id: ManuscriptId, seen: i64) -> ApiResult {
    let is_grouped = act.body.can_be_grouped();
    let decide = move |tx: &mut Tx<'_>, by: &Caller, verdict: &ReviewVerdict| {
        review::decide_and_keep(tx, &by.actor, id, seen, verdict).map(|(_, kept)| (id, kept))
    };
    if is_grouped {
        act.run_in_group(vec![id.0], decide, resources::manuscript_in_hand).await
    } else {
        act.run(move |tx, by, verdict| decide(tx, by, &verdict), resources::manuscript_in_hand).await
    }
}

/// Decide as the signer
///
/// Sign it for use, or send it back to the reviewers.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = Signature, responses((status = 200, description = "Done", body = ManuscriptView)))]
#[post("/manuscripts/{id}/signature")]
pub(crate) async fn act_signature(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Signature>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| body.carry_out(tx, &by.actor, id, seen).map(|()| id), resources::manuscript).await
}

/// Merge it into another manuscript
///
/// Its authors read that one's stage from now on, get its letters and rate it.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = Merge, responses((status = 200, description = "Done", body = ManuscriptView)))]
#[post("/manuscripts/{id}/merge")]
pub(crate) async fn act_merge(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Merge>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| merging::merge(tx, &by.actor, id, seen, body.into).map(|_| id), resources::manuscript).await
}

/// Pass a declined one on to another body
///
/// It remains declined; the author is notified.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = Referral, responses((status = 200, description = "Done", body = ManuscriptView)))]
#[post("/manuscripts/{id}/referral")]
pub(crate) async fn act_referral(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Referral>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| review::refer(tx, &by.actor, id, seen, &body.addressee, &body.note).map(|_| id), resources::manuscript)
        .await
}

/// Take a declined one up again
///
/// It returns to review.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = Reason, responses((status = 200, description = "Done", body = ManuscriptView)))]
#[post("/manuscripts/{id}/reconsideration")]
pub(crate) async fn act_reconsideration(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Reason>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| review::reconsider(tx, &by.actor, id, seen, &body.reason).map(|_| id), resources::manuscript).await
}

/// Take the last decision back
///
/// Only by the person who decided, within the undo window, and while nobody has acted on it.
#[utoipa::path(tag = "manuscripts", params(IfMatch), responses((status = 200, description = "Done", body = ManuscriptView)))]
#[post("/manuscripts/{id}/undo")]
pub(crate) async fn act_undo(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, _| undo::undo(tx, &by.actor, id, seen).map(|_| id), resources::manuscript).await
}

/// Part it from the manuscript that it was merged into
///
/// It returns to review.
#[utoipa::path(tag = "manuscripts", params(IfMatch), responses((status = 200, description = "Done", body = ManuscriptView)))]
#[delete("/manuscripts/{id}/merge")]
pub(crate) async fn part(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, _| merging::unmerge(tx, &by.actor, id, seen).map(|_| id), resources::manuscript).await
}

/// Decide on the suggestions of a merged manuscript
///
/// `id` is the merged one. Those that are taken are answered with the suggestions of the manuscript that it is merged into, under numbers
/// that follow on theirs; for the others the authors read the reason. What was not taken can be decided again.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = MergedDecision, responses((status = 200, description = "Decided", body = ManuscriptView)))]
#[post("/manuscripts/{id}/merged-suggestions")]
pub(crate) async fn act_merged_suggestions(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<MergedDecision>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| handling::decide_merged(tx, &by.actor, id, seen, &body).map(|_| id), resources::manuscript).await
}
