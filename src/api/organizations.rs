//! `/organizations`: parties, federations, associations, departments.

use actix_web::{get, patch, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::caller::{Caller, Look};
use crate::api::conditional::IfMatch;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::{Act, Reply};
use crate::api::paging::{List, Page, Paging};
use crate::api::problem::Answer;
use crate::api::query::Query;
use crate::desk::accounts::By;
use crate::desk::accounts::organizations::{self, Changes, OrganizationView};
use crate::desk::{DeskError, Tx};
use crate::domain::ids::OrganizationId;
use crate::domain::words::OrganizationKind;

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

pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: OrganizationId) -> Result<Reply, DeskError> {
    let view = organizations::find(tx, &caller.actor, id)?;
    let version = view.version;
    Ok(Reply::ok(&view)?.with_etag(version))
}

/// List organisations
#[utoipa::path(tag = "accounts", params(Paging), responses((status = 200, description = "A page of organisations", body = List<OrganizationView>)))]
#[get("/organizations")]
pub(crate) async fn list(look: Look, paging: Query<Paging>) -> Answer {
    let page: Page<OrganizationId> = paging.page(&look.desk.settings)?;
    look.read(move |tx, caller| {
        let rows = organizations::list(tx, &caller.actor, page.after, page.limit + 1)?;
        Reply::ok(&page.list(rows, |one| one.id, |one| one))
    })
    .await
}

/// Found an organisation
///
/// For the system administrator.
#[utoipa::path(tag = "accounts", request_body = NewOrganization, responses((status = 201, description = "The organisation", body = OrganizationView)))]
#[post("/organizations")]
pub(crate) async fn add(act: Act<NewOrganization>) -> Answer {
    act.run(
        |tx, caller, body| {
            let by = By::Person(&caller.actor);
            organizations::add(tx, by, caller.actor.channel, &body.name, body.kind, body.screening)
        },
        |tx, caller, id| {
            let view = organizations::find(tx, &caller.actor, id)?;
            Ok(Reply::created(&format!("/organizations/{id}"), &view)?.with_etag(view.version))
        },
    )
    .await
}

/// One organisation
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The organisation", body = OrganizationView)))]
#[get("/organizations/{id}")]
pub(crate) async fn find(look: Look, id: web::Path<OrganizationId>) -> Answer {
    let id = id.into_inner();
    look.read(move |tx, caller| show(tx, caller, id)).await
}

/// Change an organisation
///
/// For the system administrator.
#[utoipa::path(tag = "accounts", params(IfMatch), request_body = OrganizationChanges, responses((status = 200, description = "The organisation", body = OrganizationView)))]
#[patch("/organizations/{id}")]
pub(crate) async fn change(act: Act<OrganizationChanges>, seen: IfMatch, id: web::Path<OrganizationId>) -> Answer {
    let id = id.into_inner();
    act.run(
        move |tx, caller, body| {
            let OrganizationChanges { name, kind, screening, closed } = body;
            let changes = Changes { name, kind, screening, closed };
            organizations::change(tx, By::Person(&caller.actor), caller.actor.channel, (id, seen.version), changes)
        },
        move |tx, caller, ()| show(tx, caller, id),
    )
    .await
}
