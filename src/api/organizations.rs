//! `/organizations`: parties, federations, associations, departments.

use actix_web::{get, patch, post, web};

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, PageRequest, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::api::resources;
use crate::app::accounts::By;
use crate::app::accounts::input::{NewOrganization, OrganizationChanges};
use crate::app::accounts::organizations::{self, OrganizationView};
use crate::domain::ids::OrganizationId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(add).service(find).service(change);
}

/// List organisations
#[utoipa::path(tag = "accounts", params(Paging), responses((status = 200, description = "A page of organisations", body = List<OrganizationView>)))]
#[get("/organizations")]
pub(crate) async fn list(look: QueryRequest, paging: ApiQuery<Paging>) -> ApiResult {
    let page: PageRequest<OrganizationId> = paging.page(&look.app.settings)?;
    look.read(move |tx, caller| {
        let rows = organizations::list(tx, &caller.actor, page.after, page.limit + 1)?;
        PreparedResponse::ok(&page.list(rows, |one| one.id, |one| one))
    })
    .await
}

/// Found an organisation
///
/// For the system administrator.
#[utoipa::path(tag = "accounts", request_body = NewOrganization, responses((status = 201, description = "The organisation", body = OrganizationView)))]
#[post("/organizations")]
pub(crate) async fn add(act: CommandRequest<NewOrganization>) -> ApiResult {
    act.run_created(
        "/organizations",
        |tx, caller, body| {
            let by = By::Person(&caller.actor);
            organizations::add(tx, by, caller.actor.channel, &body.name, body.kind, body.screening)
        },
        resources::organization,
    )
    .await
}

/// One organisation
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The organisation", body = OrganizationView)))]
#[get("/organizations/{id}")]
pub(crate) async fn find(look: QueryRequest, id: web::Path<OrganizationId>) -> ApiResult {
    let id = id.into_inner();
    look.read(move |tx, caller| resources::organization(tx, caller, id)).await
}

/// Change an organisation
///
/// For the system administrator.
#[utoipa::path(tag = "accounts", params(IfMatch), request_body = OrganizationChanges, responses((status = 200, description = "The organisation", body = OrganizationView)))]
#[patch("/organizations/{id}")]
pub(crate) async fn change(act: CommandRequest<OrganizationChanges>, seen: IfMatch, id: web::Path<OrganizationId>) -> ApiResult {
    let id = id.into_inner();
    act.run(
        move |tx, caller, body| organizations::change(tx, By::Person(&caller.actor), caller.actor.channel, (id, seen.version), body.into()),
        move |tx, caller, ()| resources::organization(tx, caller, id),
    )
    .await
}
