//! The edited text (定稿): written, compared with the originals, carried over to a corrected one, dropped.

use actix_web::{delete, get, post, put, web};

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::{ApiResult, Problem};
use crate::api::resources;
use crate::app::edited_text::{self, Comparison};
use crate::app::reading::views::ManuscriptView;
use crate::app::review;
use crate::app::review::input::EditedText;
use crate::domain::ids::ManuscriptId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(edit).service(compare_edited_text).service(act_carry_over).service(act_drop_edited);
}

/// Write the edited text
///
/// 定稿, whole; the author's original stays as it is beside it.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = EditedText, responses((status = 200, description = "Kept", body = ManuscriptView)))]
#[put("/manuscripts/{id}/edited-text")]
pub(crate) async fn edit(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<EditedText>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| review::edit(tx, &by.actor, id, seen, &body.parse(tx)?).map(|_| id), resources::manuscript).await
}

/// Compare an outdated edited text with both originals
///
/// Where the author has corrected the original since the text was edited: the original that it was made from, the edited text, the newest
/// original, what either side changed, and a proposal that puts both together. For the office; 409 while there is nothing to compare.
#[utoipa::path(tag = "manuscripts", responses(
    (status = 200, description = "The three texts", body = Comparison),
    (status = 409, description = "There is no edited text, or it is up to date", body = Problem, content_type = "application/problem+json"),
))]
#[get("/manuscripts/{id}/edited-text/comparison")]
pub(crate) async fn compare_edited_text(path: web::Path<ManuscriptId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| PreparedResponse::ok(&edited_text::comparison(tx, &by.actor, path.into_inner())?)).await
}

/// Carry an outdated edited text over to the corrected original
///
/// The edited text whole, with the author's corrections put in. Possible until the manuscript is before leaders: what was signed, or
/// waits for signature, goes back to review, and a submitted bulletin that holds it becomes a draft.
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = EditedText, responses((status = 200, description = "Kept", body = ManuscriptView)))]
#[post("/manuscripts/{id}/edited-text/carry-over")]
pub(crate) async fn act_carry_over(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<EditedText>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| edited_text::carry_over(tx, &by.actor, id, seen, &body.parse(tx)?).map(|_| id), resources::manuscript).await
}

/// Drop the edited text
///
/// The newest original goes out instead; the edited text stays among the versions. Beyond review only one that is outdated can be dropped,
/// and the manuscript goes back to review.
#[utoipa::path(tag = "manuscripts", params(IfMatch), responses((status = 200, description = "Dropped", body = ManuscriptView)))]
#[delete("/manuscripts/{id}/edited-text")]
pub(crate) async fn act_drop_edited(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, _| edited_text::drop_edited(tx, &by.actor, id, seen).map(|_| id), resources::manuscript).await
}
