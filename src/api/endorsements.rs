//! Endorsements of leaders: `/manuscripts/{id}/endorsements` and `/endorsements`.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, PageRequest, Paging, cursor};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::api::resources;
use crate::app::endorsements::{self, EndorsementListQuery, EndorsementView, NewEndorsement};
use crate::app::review::input::Reason;
use crate::domain::ids::{EndorsementId, ManuscriptId};
use crate::domain::outcome::EndorsementState;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(endorse).service(list).service(read).service(confirm).service(countersign).service(reject).service(undo);
}

/// The filters of the list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EndorsementQuery {
    /// Only in this state; `entered` for those that wait to be confirmed or countersigned.
    pub state: Option<EndorsementState>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// Endorse a manuscript
///
/// `{"kind": "noted"}` is enough to say that it was read. A leader's own is confirmed at once; what a secretary enters waits for the
/// leader's confirmation or a second person's countersignature. Its effects wait until `undo_until`. The same words of the same kind and
/// day are refused as a repeat; `existing` names the first.
#[utoipa::path(tag = "endorsements", request_body = NewEndorsement, responses((status = 201, description = "Entered", body = EndorsementView)))]
#[post("/manuscripts/{id}/endorsements")]
pub(crate) async fn endorse(path: web::Path<ManuscriptId>, act: CommandRequest<NewEndorsement>) -> ApiResult {
    let id = path.into_inner();
    act.run_created("/endorsements", move |tx, by, new| endorsements::enter(tx, &by.actor, id, &new), resources::endorsement).await
}

/// List endorsements
///
/// Those of your leaders; for the office those of the channel. Newest first.
#[utoipa::path(tag = "endorsements", params(EndorsementQuery), responses((status = 200, description = "A page", body = List<EndorsementView>)))]
#[get("/endorsements")]
pub(crate) async fn list(query: ApiQuery<EndorsementQuery>, look: QueryRequest) -> ApiResult {
    let EndorsementQuery { state, limit, cursor: after } = query.into_inner();
    look.read(move |tx, by| {
        let page: PageRequest<EndorsementId> = Paging { limit, cursor: after }.page(&tx.settings)?;
        let found = endorsements::list(tx, &by.actor, &EndorsementListQuery { state, after: page.after, limit: page.limit })?;
        PreparedResponse::ok(&List { items: found.items, next_cursor: found.next.as_ref().map(cursor) })
    })
    .await
}

/// Read an endorsement
#[utoipa::path(tag = "endorsements", responses((status = 200, description = "The endorsement", body = EndorsementView)))]
#[get("/endorsements/{id}")]
pub(crate) async fn read(path: web::Path<EndorsementId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| resources::endorsement(tx, by, path.into_inner())).await
}

/// Confirm an endorsement
///
/// By the leader for whom it was entered; it takes effect.
#[utoipa::path(tag = "endorsements", responses((status = 200, description = "Confirmed", body = EndorsementView)))]
#[post("/endorsements/{id}/confirmation")]
pub(crate) async fn confirm(path: web::Path<EndorsementId>, act: CommandRequest) -> ApiResult {
    let id = path.into_inner();
    act.run(move |tx, by, _| endorsements::confirm(tx, &by.actor, id).map(|_| id), resources::endorsement).await
}

/// Countersign an endorsement
///
/// By a second person who has compared it with the scan: another secretary of that leader, a reviewer or a dispatcher. It takes effect.
#[utoipa::path(tag = "endorsements", responses((status = 200, description = "Countersigned", body = EndorsementView)))]
#[post("/endorsements/{id}/countersignature")]
pub(crate) async fn countersign(path: web::Path<EndorsementId>, act: CommandRequest) -> ApiResult {
    let id = path.into_inner();
    act.run(move |tx, by, _| endorsements::countersign(tx, &by.actor, id).map(|_| id), resources::endorsement).await
}

/// Reject an endorsement
///
/// The entry was wrong; the person who entered it is notified of the reason.
#[utoipa::path(tag = "endorsements", request_body = Reason, responses((status = 200, description = "Rejected", body = EndorsementView)))]
#[post("/endorsements/{id}/rejection")]
pub(crate) async fn reject(path: web::Path<EndorsementId>, act: CommandRequest<Reason>) -> ApiResult {
    let id = path.into_inner();
    act.run(move |tx, by, body| endorsements::reject(tx, &by.actor, id, &body.reason).map(|_| id), resources::endorsement).await
}

/// Take an endorsement back
///
/// By the person whose decision gave it effect - the leader who wrote or confirmed it, or the person who countersigned it - until
/// `undo_until`. The leader's own is withdrawn; one that was entered for them waits again for confirmation or countersignature.
#[utoipa::path(tag = "endorsements", responses((status = 200, description = "Taken back", body = EndorsementView)))]
#[post("/endorsements/{id}/undo")]
pub(crate) async fn undo(path: web::Path<EndorsementId>, act: CommandRequest) -> ApiResult {
    let id = path.into_inner();
    act.run(move |tx, by, _| endorsements::undo(tx, &by.actor, id).map(|_| id), resources::endorsement).await
}
