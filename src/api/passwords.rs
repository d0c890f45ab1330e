//! `/password`, `/password-resets`, `/one-time-links`: setting a password, known or forgotten. No response here is stored under an
//! `Idempotency-Key`.

use actix_web::{HttpRequest, HttpResponse, post, put, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::api::auth::app;
use crate::api::body;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::problem::{ApiError, ApiResult};
use crate::app::App;
use crate::app::accounts::input::PasswordChange;
use crate::app::accounts::links;
use crate::config::Secret;
use crate::http::{rates, request_id};

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(change).service(forgotten).service(redeem);
}

/// Who has forgotten their password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    /// The sign-in name.
    #[schema(examples("li.ming"))]
    login: String,
}

/// A one-time link, and the password that it is to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redemption {
    /// What stands behind `/one-time/` in the link.
    #[schema(value_type = String, examples("ztc_6n3W5yqk9mJ2b1J0o8Zr3Q0d7c4bXyV5sT9uHk2LwEg"))]
    link: Secret,
    /// The new password: at least 12 characters.
    #[schema(value_type = String, format = Password, examples("correct horse battery"))]
    password: Secret,
}

/// The body of an unauthenticated request, and its address of origin.
struct Sent<T> {
    app: App,
    request: String,
    address: String,
    body: T,
}

async fn sent<T: DeserializeOwned>(request: HttpRequest, payload: web::Payload) -> Result<Sent<T>, ApiError> {
    let app = app(&request)?;
    let bytes = body::read(&request, payload.into_inner(), app.settings.server.json_bytes).await?;
    let (address, id) = (rates::address(&request, &app.settings), request_id(&request));
    Ok(Sent { body: body::parse(&bytes)?, app, request: id, address })
}

/// Change one's password
///
/// Every sign-in and token of the person ends, this one too: sign in again.
#[utoipa::path(tag = "session", request_body = PasswordChange, responses((status = 204, description = "Changed")))]
#[put("/password")]
pub(crate) async fn change(request: HttpRequest, act: CommandRequest<PasswordChange>) -> ApiResult {
    let app = app(&request)?;
    let PasswordChange { password, new_password } = act.body;
    links::change(&app, &act.caller.request_id, &act.caller.actor, password, new_password).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Forgotten password
///
/// If there is such a person, a letter with a one-time link goes out. The answer is the same if there is none.
#[utoipa::path(tag = "session", request_body = Forgotten, responses((status = 202, description = "If there is such a person, the letter is on its way")), security(()))]
#[post("/password-resets")]
pub(crate) async fn forgotten(request: HttpRequest, payload: web::Payload) -> ApiResult {
    let sent: Sent<Forgotten> = sent(request, payload).await?;
    links::forgotten(&sent.app, &sent.request, &sent.body.login, &sent.address).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Set a password by a one-time link
///
/// The link is used up. Every sign-in and token of the person ends.
#[utoipa::path(tag = "session", request_body = Redemption, responses((status = 204, description = "Set: sign in now")), security(()))]
#[post("/one-time-links")]
pub(crate) async fn redeem(request: HttpRequest, payload: web::Payload) -> ApiResult {
    let sent: Sent<Redemption> = sent(request, payload).await?;
    let Redemption { link, password } = sent.body;
    links::redeem(&sent.app, &sent.request, link.expose(), password, &sent.address).await?;
    Ok(HttpResponse::NoContent().finish())
}
