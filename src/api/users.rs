//! `/users`: people with an account.

use actix_web::{delete, get, patch, post, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, PageRequest, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::api::resources;
use crate::app::accounts::directory::{self, PeopleQuery, PersonView};
use crate::app::accounts::handover::{HandedOver, hand_over};
use crate::app::accounts::input::{NewUser, Successor, UserChanges};
use crate::app::accounts::{By, links, people, suspension};
use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::vocabulary::Role;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(add).service(find).service(change);
    routes.service(suspend).service(resume).service(send_link).service(hand_over_desk);
}

/// The filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserFilter {
    /// Of this organisation.
    organization: Option<OrganizationId>,
    /// With this role.
    role: Option<Role>,
    /// Suspended, or not.
    suspended: Option<bool>,
    /// With this sign-in name.
    login: Option<String>,
    /// With these words in the name or the sign-in name; the dots and blanks of a name don't matter.
    q: Option<String>,
}

/// List people
///
/// Administrators see how to reach people; staff see names, posts and roles; everybody else sees themself.
#[utoipa::path(tag = "accounts", params(UserFilter, Paging), responses((status = 200, description = "A page of people", body = List<PersonView>)))]
#[get("/users")]
pub(crate) async fn list(look: QueryRequest, filter: ApiQuery<UserFilter>, paging: ApiQuery<Paging>) -> ApiResult {
    let page: PageRequest<UserId> = paging.page(&look.app.settings)?;
    let UserFilter { organization, role, suspended, login, q: like } = filter.into_inner();
    look.read(move |tx, caller| {
        let wanted = PeopleQuery { organization, role, suspended, login, like };
        let people = directory::list(tx, &caller.actor, wanted, page.after, page.limit + 1)?;
        PreparedResponse::ok(&page.list(people, |person| person.id, |person| person))
    })
    .await
}

/// Give a person an account
///
/// A letter with a one-time link to set the password goes out. For administrators.
#[utoipa::path(tag = "accounts", request_body = NewUser, responses((status = 201, description = "The account", body = PersonView)))]
#[post("/users")]
pub(crate) async fn add(act: CommandRequest<NewUser>) -> ApiResult {
    act.run_created(
        "/users",
        |tx, caller, body| {
            let (organization, new) = body.into_person();
            people::add(tx, By::Person(&caller.actor), organization, caller.actor.channel, new)
        },
        resources::user,
    )
    .await
}

/// One person
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The person", body = PersonView)))]
#[get("/users/{id}")]
pub(crate) async fn find(look: QueryRequest, id: web::Path<UserId>) -> ApiResult {
    let id = id.into_inner();
    look.read(move |tx, caller| resources::user(tx, caller, id)).await
}

/// Change a person
///
/// Of themself everybody may change mobile number and language; the rest is for administrators.
#[utoipa::path(tag = "accounts", params(IfMatch), request_body = UserChanges, responses((status = 200, description = "The person", body = PersonView)))]
#[patch("/users/{id}")]
pub(crate) async fn change(act: CommandRequest<UserChanges>, seen: IfMatch, id: web::Path<UserId>) -> ApiResult {
    let id = id.into_inner();
    act.run(
        move |tx, caller, body| people::change(tx, By::Person(&caller.actor), id, seen.version, body.into()),
        move |tx, caller, ()| resources::user(tx, caller, id),
    )
    .await
}

/// Suspend a membership
///
/// The person does nothing more in this channel: their next request is refused; sign-ins and tokens of it end. For administrators, and never
/// of oneself.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The person", body = PersonView)))]
#[post("/users/{id}/suspension")]
pub(crate) async fn suspend(act: CommandRequest, id: web::Path<UserId>) -> ApiResult {
    let id = id.into_inner();
    act.run(
        move |tx, caller, _| suspension::suspend(tx, By::Person(&caller.actor), id),
        move |tx, caller, ()| resources::user(tx, caller, id),
    )
    .await
}

/// Open a suspended membership again
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The person", body = PersonView)))]
#[delete("/users/{id}/suspension")]
pub(crate) async fn resume(act: CommandRequest, id: web::Path<UserId>) -> ApiResult {
    let id = id.into_inner();
    act.run(
        move |tx, caller, _| suspension::resume(tx, By::Person(&caller.actor), id),
        move |tx, caller, ()| resources::user(tx, caller, id),
    )
    .await
}

/// Send a person a new one-time link
///
/// The link goes to the person's mailbox; the administrator never sees it.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "The letter is on its way")))]
#[post("/users/{id}/one-time-link")]
pub(crate) async fn send_link(act: CommandRequest, id: web::Path<UserId>) -> ApiResult {
    let id = id.into_inner();
    act.run_at_once(move |tx, caller, _| {
        links::send_to(tx, By::Person(&caller.actor), id)?;
        Ok(PreparedResponse::nothing())
    })
    .await
}

/// Hand over a desk
///
/// The roles of the office move to the successor in one act, who is notified of the number of waiting items. By the person themself, or by
/// an administrator.
#[utoipa::path(tag = "accounts", request_body = Successor, responses((status = 200, description = "What was handed over", body = HandedOver)))]
#[post("/users/{id}/handover")]
pub(crate) async fn hand_over_desk(act: CommandRequest<Successor>, id: web::Path<UserId>) -> ApiResult {
    let id = id.into_inner();
    act.run_at_once(move |tx, caller, body| PreparedResponse::ok(&hand_over(tx, &caller.actor, id, body.to_id)?)).await
}
