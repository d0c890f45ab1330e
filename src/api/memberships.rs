//! `/memberships`: somebody who has an account becomes a member of the caller's channel.

use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::problem::ApiResult;
use crate::api::users::{RoleBody, reply};
use crate::app::accounts::By;
use crate::app::accounts::directory::PersonView;
use crate::app::accounts::members::{self, NewMember};
use crate::app::accounts::roles::NewRole;
use crate::domain::ids::OrganizationId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(add);
}

/// Who is to be a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberBody {
    /// The sign-in name of the account.
    #[schema(examples("li.ming"))]
    login: String,
    /// The name of its person, who has to be known by both.
    #[schema(examples("李明"))]
    name: String,
    /// The post in this channel.
    #[serde(default)]
    #[schema(examples("市政协委员"))]
    post: String,
    /// The organisation in this channel.
    organization_id: OrganizationId,
    /// The roles to begin with.
    #[serde(default)]
    roles: Vec<RoleBody>,
}

/// Make who has an account a member
///
/// The person goes on with their account and changes between the channels. A sign-in name that nobody has and one of somebody with another
/// name get the same answer. For administrators.
#[utoipa::path(tag = "accounts", request_body = MemberBody, responses((status = 201, description = "The member", body = PersonView)))]
#[post("/memberships")]
pub(crate) async fn add(act: CommandRequest<MemberBody>) -> ApiResult {
    act.run_created(
        "/users",
        |tx, caller, body| {
            let MemberBody { login, name, post, organization_id, roles } = body;
            let new = NewMember { login, name: Some(name), post, roles: roles.into_iter().map(NewRole::from).collect() };
            members::add(tx, By::Person(&caller.actor), organization_id, caller.actor.channel, new)
        },
        reply,
    )
    .await
}
