//! `/organizations`: parties, federations, associations, departments.

use actix_web::{get, patch, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::auth::{Caller, QueryRequest};
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::{CommandRequest, PreparedResponse};
use crate::api::paging::{List, PageRequest, Paging};
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::app::accounts::By;
use crate::app::accounts::organizations::{self, OrganizationUpdate, OrganizationView};
use crate::app::{AppError, Tx};
use crate::domain::ids::OrganizationId;
use crate::domain::vocabulary::OrganizationKind;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(add).service(find).service(change);
}

/// An organisation to be founded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// Its name.
    #[schema(examples("云溪县住建局"))]
    name: String,
    /// What sort of body it is.
    kind: OrganizationKind,
    /// Whether its office takes a first look at what its members hand in.
    #[serde(default)]
    screening: bool,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationChanges {
    /// Its name.
    name: Option<String>,
    /// What sort of body it is.
    kind: Option<OrganizationKind>,
    /// Whether its office takes a first look.
    screening: Option<bool>,
    /// Whether it is closed: it takes no new people.
    closed: Option<bool>,
}

pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: OrganizationId) -> Result<PreparedResponse, AppError> {
    let view = organizations::find(tx, &caller.actor, id)?;
    let version = view.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
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
        show,
    )
    .await
}

/// One organisation
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The organisation", body = OrganizationView)))]
#[get("/organizations/{id}")]
pub(crate) async fn find(look: QueryRequest, id: web::Path<OrganizationId>) -> ApiResult {
    let id = id.into_inner();
    look.read(move |tx, caller| show(tx, caller, id)).await
}

/// Change an organisation
///
/// For the system administrator.
#[utoipa::path(tag = "accounts", params(IfMatch), request_body = OrganizationChanges, responses((status = 200, description = "The organisation", body = OrganizationView)))]
#[patch("/organizations/{id}")]
pub(crate) async fn change(act: CommandRequest<OrganizationChanges>, seen: IfMatch, id: web::Path<OrganizationId>) -> ApiResult {
    let id = id.into_inner();
    act.run(
        move |tx, caller, body| {
            let OrganizationChanges { name, kind, screening, closed } = body;
            let changes = OrganizationUpdate { name, kind, screening, closed };
            organizations::change(tx, By::Person(&caller.actor), caller.actor.channel, (id, seen.version), changes)
        },
        move |tx, caller, ()| show(tx, caller, id),
    )
    .await
}
