//! `/bulletins`, and forwarding a manuscript to leaders without a bulletin.

use actix_web::{delete, get, patch, post, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, PageRequest, Paging, cursor};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::api::resources;
use crate::app::bulletins::{self, BulletinChange, BulletinForm, BulletinLine, BulletinListQuery, BulletinView};
use crate::app::forwarding::{self, Forwarding};
use crate::app::reading::views::ManuscriptView;
use crate::app::review::input::Reason;
use crate::domain::ids::{BulletinId, ManuscriptId};
use crate::domain::states::BulletinState;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes
        .service(list)
        .service(compose)
        .service(read)
        .service(change)
        .service(discard)
        .service(submit)
        .service(send_back)
        .service(issue)
        .service(cancel)
        .service(forward);
}

/// The filters of the list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BulletinQuery {
    /// Only in this state.
    pub state: Option<BulletinState>,
    /// Only of this series.
    pub series: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// List bulletins
///
/// Newest first: the office's all, leaders' those that were issued to them.
#[utoipa::path(tag = "bulletins", params(BulletinQuery), responses((status = 200, description = "A page", body = List<BulletinLine>)))]
#[get("/bulletins")]
pub(crate) async fn list(query: ApiQuery<BulletinQuery>, look: QueryRequest) -> ApiResult {
    let BulletinQuery { state, series, limit, cursor: after } = query.into_inner();
    look.read(move |tx, by| {
        let page: PageRequest<BulletinId> = Paging { limit, cursor: after }.page(&tx.settings)?;
        let found = bulletins::list(tx, &by.actor, &BulletinListQuery { state, series, after: page.after, limit: page.limit })?;
        PreparedResponse::ok(&List { items: found.items, next_cursor: found.next.as_ref().map(cursor) })
    })
    .await
}

/// Begin a bulletin
///
/// A draft; it may have gaps until it is submitted. Without a title it takes that of its only manuscript.
#[utoipa::path(tag = "bulletins", request_body = BulletinForm, responses((status = 201, description = "Begun", body = BulletinView)))]
#[post("/bulletins")]
pub(crate) async fn compose(act: CommandRequest<BulletinForm>) -> ApiResult {
    act.run_created("/bulletins", |tx, by, form| bulletins::compose(tx, &by.actor, &form), resources::bulletin).await
}

/// Read a bulletin
///
/// With the texts of its manuscripts, as they were issued.
#[utoipa::path(tag = "bulletins", responses((status = 200, description = "The bulletin", body = BulletinView)))]
#[get("/bulletins/{id}")]
pub(crate) async fn read(path: web::Path<BulletinId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| resources::bulletin(tx, by, path.into_inner())).await
}

/// Change a draft
///
/// What isn't named stays. Manuscripts and recipients are named all together, in their order.
#[utoipa::path(tag = "bulletins", params(IfMatch), request_body = BulletinChange, responses((status = 200, description = "Changed", body = BulletinView)))]
#[patch("/bulletins/{id}")]
pub(crate) async fn change(path: web::Path<BulletinId>, seen: IfMatch, act: CommandRequest<BulletinChange>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, change| bulletins::edit(tx, &by.actor, id, seen, &change).map(|()| id), resources::bulletin).await
}

/// Throw a draft away
#[utoipa::path(tag = "bulletins", params(IfMatch), responses((status = 204, description = "Gone")))]
#[delete("/bulletins/{id}")]
pub(crate) async fn discard(path: web::Path<BulletinId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run_at_once(move |tx, by, _| bulletins::discard(tx, &by.actor, id, seen).map(|()| PreparedResponse::nothing())).await
}

/// Put a draft before the signer
///
/// It needs a title, at least one manuscript that is signed for use, and at least one recipient.
#[utoipa::path(tag = "bulletins", params(IfMatch), responses((status = 200, description = "Submitted", body = BulletinView)))]
#[post("/bulletins/{id}/submission")]
pub(crate) async fn submit(path: web::Path<BulletinId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, _| bulletins::submit(tx, &by.actor, id, seen).map(|()| id), resources::bulletin).await
}

/// Give it back to the editor
#[utoipa::path(tag = "bulletins", params(IfMatch), request_body = Reason, responses((status = 200, description = "Sent back", body = BulletinView)))]
#[post("/bulletins/{id}/send-back")]
pub(crate) async fn send_back(path: web::Path<BulletinId>, seen: IfMatch, act: CommandRequest<Reason>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| bulletins::send_back(tx, &by.actor, id, seen, &body.reason).map(|()| id), resources::bulletin).await
}

/// Sign and issue a bulletin
///
/// It gets its number now, its manuscripts are forwarded to the leaders, and leaders, secretaries and authors are notified. It can't be
/// undone, only cancelled.
#[utoipa::path(tag = "bulletins", params(IfMatch), responses((status = 200, description = "Issued", body = BulletinView)))]
#[post("/bulletins/{id}/issuance")]
pub(crate) async fn issue(path: web::Path<BulletinId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, _| bulletins::issue(tx, &by.actor, id, seen).map(|()| id), resources::bulletin).await
}

/// Cancel an issued bulletin
///
/// Its number is never assigned again. A manuscript that is no longer with any leader goes back to `accepted`.
#[utoipa::path(tag = "bulletins", params(IfMatch), request_body = Reason, responses((status = 200, description = "Cancelled", body = BulletinView)))]
#[post("/bulletins/{id}/cancellation")]
pub(crate) async fn cancel(path: web::Path<BulletinId>, seen: IfMatch, act: CommandRequest<Reason>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| bulletins::cancel(tx, &by.actor, id, seen, &body.reason).map(|()| id), resources::bulletin).await
}

/// Put a manuscript before leaders without a bulletin
#[utoipa::path(tag = "manuscripts", params(IfMatch), request_body = Forwarding, responses((status = 200, description = "Forwarded", body = ManuscriptView)))]
#[post("/manuscripts/{id}/forwarding")]
pub(crate) async fn forward(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<Forwarding>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| forwarding::forward(tx, &by.actor, id, seen, &body).map(|_| id), resources::manuscript).await
}
