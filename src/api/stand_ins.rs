//! `/stand-ins`: the periods in which a person acts for an absent one.

use actix_web::{delete, get, post, web};

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, PageRequest, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::app::accounts::input::Naming;
use crate::app::accounts::stand_ins::{self, StandInView};
use crate::domain::ids::StandInId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(name).service(find).service(end);
}

/// List stand-ins
///
/// Those that concern the caller; all of the channel for administrators.
#[utoipa::path(tag = "accounts", params(Paging), responses((status = 200, description = "A page of periods", body = List<StandInView>)))]
#[get("/stand-ins")]
pub(crate) async fn list(look: QueryRequest, paging: ApiQuery<Paging>) -> ApiResult {
    let page: PageRequest<StandInId> = paging.page(&look.app.settings)?;
    look.read(move |tx, caller| {
        let rows = stand_ins::list(tx, &caller.actor, page.after, page.limit + 1)?;
        PreparedResponse::ok(&page.list(rows, |one| one.id, |one| one))
    })
    .await
}

/// Name a stand-in
///
/// They act by the caller's role for the period; each of their acts names both.
#[utoipa::path(tag = "accounts", request_body = Naming, responses((status = 201, description = "The period", body = StandInView)))]
#[post("/stand-ins")]
pub(crate) async fn name(act: CommandRequest<Naming>) -> ApiResult {
    act.run_created(
        "/stand-ins",
        |tx, caller, body| stand_ins::name(tx, &caller.actor, body.into()),
        |tx, caller, id| PreparedResponse::ok(&stand_ins::find(tx, &caller.actor, id)?),
    )
    .await
}

/// One period
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The period", body = StandInView)))]
#[get("/stand-ins/{id}")]
pub(crate) async fn find(look: QueryRequest, id: web::Path<StandInId>) -> ApiResult {
    let id = id.into_inner();
    look.read(move |tx, caller| PreparedResponse::ok(&stand_ins::find(tx, &caller.actor, id)?)).await
}

/// End a period before its time
#[utoipa::path(tag = "accounts", responses((status = 204, description = "Ended")))]
#[delete("/stand-ins/{id}")]
pub(crate) async fn end(act: CommandRequest, id: web::Path<StandInId>) -> ApiResult {
    let id = id.into_inner();
    act.run_at_once(move |tx, caller, _| {
        stand_ins::end(tx, &caller.actor, id)?;
        Ok(PreparedResponse::nothing())
    })
    .await
}
