//! The end of a manuscript: conclusion, reopening, archival, ratings, adoptions.

use actix_web::{post, web};

use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::resources;
use crate::app::handling;
use crate::app::outcomes::adoptions::{self, AdoptionView, NewAdoption};
use crate::app::outcomes::archival;
use crate::app::outcomes::input::{Archival, Conclusion};
use crate::app::outcomes::ratings::{self, NewRating, RatingView};
use crate::app::reading::views::ManuscriptView;
use crate::app::review::input::Reason;
use crate::domain::ids::ManuscriptId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(conclude).service(reopen).service(archive).service(rate).service(adopt);
}

/// Conclude a manuscript
///
/// Once every department that leads has answered, been let off or been cancelled. The authors are asked to rate it. After a reopening it
/// takes a new answer, or a `reason`.
#[utoipa::path(tag = "outcomes", params(IfMatch), request_body = Conclusion, responses((status = 200, description = "Concluded", body = ManuscriptView)))]
#[post("/manuscripts/{id}/conclusion")]
pub(crate) async fn conclude(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Conclusion>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(
        move |tx, by, body| handling::conclude_again(tx, &by.actor, id, seen, &body.result, &body.reason).map(|_| id),
        resources::manuscript,
    )
    .await
}

/// Open a manuscript again
///
/// A concluded one is handled again; an archived one returns to where it stood, and to handling if that was concluded.
#[utoipa::path(tag = "outcomes", params(IfMatch), request_body = Reason, responses((status = 200, description = "Open", body = ManuscriptView)))]
#[post("/manuscripts/{id}/reopening")]
pub(crate) async fn reopen(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Reason>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| handling::reopen(tx, &by.actor, id, seen, &body.reason).map(|_| id), resources::manuscript).await
}

/// Put a manuscript away
///
/// Authors go on reading the stage in which it was; it can be opened again.
#[utoipa::path(tag = "outcomes", params(IfMatch), request_body = Archival, responses((status = 200, description = "Archived", body = ManuscriptView)))]
#[post("/manuscripts/{id}/archival")]
pub(crate) async fn archive(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Archival>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| archival::archive(tx, &by.actor, id, seen, &body.note).map(|_| id), resources::manuscript).await
}

/// Rate the outcome
///
/// Attitude and result apart, by every author, once for each conclusion; an author of a merged one rates the manuscript that it was
/// merged into. One who is not satisfied alerts the dispatchers.
#[utoipa::path(tag = "outcomes", request_body = NewRating, responses((status = 200, description = "Rated", body = RatingView)))]
#[post("/manuscripts/{id}/ratings")]
pub(crate) async fn rate(path: web::Path<ManuscriptId>, act: CommandRequest<NewRating>) -> ApiResult {
    let id = path.into_inner();
    act.run_at_once(move |tx, by, body| PreparedResponse::ok(&ratings::rate(tx, &by.actor, id, &body)?)).await
}

/// Record that it was taken up
///
/// 上报采用: by which body or journal, at which level, in which form and when; the authors are notified.
#[utoipa::path(tag = "outcomes", request_body = NewAdoption, responses((status = 200, description = "Recorded", body = AdoptionView)))]
#[post("/manuscripts/{id}/adoptions")]
pub(crate) async fn adopt(path: web::Path<ManuscriptId>, act: CommandRequest<NewAdoption>) -> ApiResult {
    let id = path.into_inner();
    act.run_at_once(move |tx, by, body| PreparedResponse::ok(&adoptions::record(tx, &by.actor, id, &body)?)).await
}
