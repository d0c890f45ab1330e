//! `/roles`: the grants of roles, one resource per grant.

use actix_web::{delete, get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, PageRequest, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::app::accounts::By;
use crate::app::accounts::input::Gift;
use crate::app::accounts::roles::{self, NewRole, RoleView};
use crate::domain::ids::{GrantId, UserId};
use crate::domain::vocabulary::Role;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(give).service(find).service(revoke);
}

/// The filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RoleFilter {
    /// Of this person.
    user: Option<UserId>,
    /// This role.
    role: Option<Role>,
}

/// List roles
///
/// Administrators and auditors see all of the channel, others their own.
#[utoipa::path(tag = "accounts", params(RoleFilter, Paging), responses((status = 200, description = "A page of roles", body = List<RoleView>)))]
#[get("/roles")]
pub(crate) async fn list(look: QueryRequest, filter: ApiQuery<RoleFilter>, paging: ApiQuery<Paging>) -> ApiResult {
    let page: PageRequest<GrantId> = paging.page(&look.app.settings)?;
    look.read(move |tx, caller| {
        let rows = roles::list(tx, &caller.actor, filter.user, filter.role, page.after, page.limit + 1)?;
        PreparedResponse::ok(&page.list(rows, |one| one.id, |one| one))
    })
    .await
}

/// Give a role
///
/// For administrators, and never to oneself.
#[utoipa::path(tag = "accounts", request_body = Gift, responses((status = 201, description = "The role", body = RoleView)))]
#[post("/roles")]
pub(crate) async fn give(act: CommandRequest<Gift>) -> ApiResult {
    act.run_created(
        "/roles",
        |tx, caller, body| {
            let new = NewRole { role: body.role, organization: body.organization_id, serves: body.serves_id };
            roles::give(tx, By::Person(&caller.actor), body.user_id, new)
        },
        |tx, caller, id| PreparedResponse::ok(&roles::find(tx, &caller.actor, id)?),
    )
    .await
}

/// One role
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The role", body = RoleView)))]
#[get("/roles/{id}")]
pub(crate) async fn find(look: QueryRequest, id: web::Path<GrantId>) -> ApiResult {
    let id = id.into_inner();
    look.read(move |tx, caller| PreparedResponse::ok(&roles::find(tx, &caller.actor, id)?)).await
}

/// Take a role away
///
/// It is gone at the person's next request. For administrators.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "Taken away")))]
#[delete("/roles/{id}")]
pub(crate) async fn revoke(act: CommandRequest, id: web::Path<GrantId>) -> ApiResult {
    let id = id.into_inner();
    act.run_at_once(move |tx, caller, _| {
        roles::revoke(tx, By::Person(&caller.actor), id)?;
        Ok(PreparedResponse::nothing())
    })
    .await
}
