//! Signing in and out: `/session`.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{QueryRequest, app};
use crate::api::body;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::{CommandRequest, PreparedResponse};
use crate::api::problem::ApiResult;
use crate::app::accounts::myself::{Myself, myself};
use crate::app::sign_in;
use crate::config::Secret;
use crate::domain::clock::Moment;
use crate::http::{devices, request_id};

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(open).service(who_am_i).service(close);
}

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The sign-in name.
    #[schema(examples("li.ming"))]
    login: String,
    /// The password.
    #[schema(value_type = String, format = Password, examples("correct horse battery"))]
    password: Secret,
}

/// A sign-in.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// Send it as `Authorization: Bearer TOKEN`. It is shown once.
    #[schema(examples("ztc_6n3W5yqk9mJ2b1J0o8Zr3Q0d7c4bXyV5sT9uHk2LwEg"))]
    token: String,
    /// When it ends in any case; without a request it ends earlier.
    expires_at: Moment,
    /// Who signed in.
    user: Myself,
}

/// Sign in
///
/// A wrong name and a wrong password get the same answer after the same time. After too many tries the next one has to wait, longer each
/// time (429 with `Retry-After`); a device that sends back the cookie of a sign-in to this account within the last 90 days waits only
/// for its own mistakes. When too many passwords wait to be checked, the answer is 503 with `Retry-After`.
#[utoipa::path(tag = "session", request_body = Credentials, responses((status = 201, description = "Signed in", body = SignedIn)), security(()))]
#[post("/session")]
pub(crate) async fn open(request: HttpRequest, payload: web::Payload) -> ApiResult {
    let app = app(&request)?;
    let bytes = body::read(&request, payload.into_inner(), app.settings.server.json_bytes).await?;
    let Credentials { login, password } = body::parse(&bytes)?;
    let origin = devices::origin(&request, &app.settings);
    let opened = sign_in::sign_in(&app, &request_id(&request), &login, password, origin).await?;
    let device = devices::cookie(&app.settings, &opened);
    let actor = opened.actor;
    let user = app.read(move |tx| myself(tx, &actor)).await?;
    let mut answer = HttpResponse::Created();
    if let Some(device) = device {
        answer.cookie(device);
    }
    Ok(answer.json(SignedIn { token: opened.token, expires_at: opened.expires_at, user }))
}

/// Who am I
///
/// The person, their roles, and the channel in which they count.
#[utoipa::path(tag = "session", responses((status = 200, description = "The caller", body = Myself)))]
#[get("/session")]
pub(crate) async fn who_am_i(look: QueryRequest) -> ApiResult {
    look.read(|tx, caller| PreparedResponse::ok(&myself(tx, &caller.actor)?)).await
}

/// Sign out
///
/// The token that the request carries is revoked.
#[utoipa::path(tag = "session", responses((status = 204, description = "Signed out")))]
#[delete("/session")]
pub(crate) async fn close(act: CommandRequest) -> ApiResult {
    let act_now = |tx: &mut crate::app::Tx<'_>, caller: &crate::api::auth::Caller, _| {
        sign_in::sign_out(tx, &caller.actor, caller.token)?;
        Ok(PreparedResponse::nothing())
    };
    act.run_at_once(act_now).await
}
