//! `/memberships`: makes the holder of an account a member of the caller's channel.

use actix_web::post;

use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::problem::ApiResult;
use crate::api::resources;
use crate::app::accounts::By;
use crate::app::accounts::directory::PersonView;
use crate::app::accounts::input::MemberBody;
use crate::app::accounts::members;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(add);
}

/// Make who has an account a member
///
/// The person continues with their account and switches between the channels. An unknown sign-in name and one of a person with another name
/// get the same answer. For administrators.
#[utoipa::path(tag = "accounts", request_body = MemberBody, responses((status = 201, description = "The member", body = PersonView)))]
#[post("/memberships")]
pub(crate) async fn add(act: CommandRequest<MemberBody>) -> ApiResult {
    act.run_created(
        "/users",
        |tx, caller, body| {
            let (organization, new) = body.into_member();
            members::add(tx, By::Person(&caller.actor), organization, caller.actor.channel, new)
        },
        resources::user,
    )
    .await
}
