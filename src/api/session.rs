//! Signing in and out: `/session`.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{QueryRequest, app};
use crate::api::body;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::app::accounts::input::MembershipChoice;
use crate::app::accounts::myself::{Myself, myself};
use crate::app::sign_in::memberships::{self, MembershipView};
use crate::app::sign_in::{self, OpenedSession};
use crate::app::{AppError, Tx};
use crate::config::Secret;
use crate::domain::clock::Moment;
use crate::http::{devices, request_id};

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(open).service(who_am_i).service(close).service(switch);
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
    /// The channels of which they are a member; the session acts for one of them.
    memberships: Vec<MembershipView>,
}

/// The caller.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    #[serde(flatten)]
    user: Myself,
    /// The channels of which they are a member; session or token act for one of them.
    memberships: Vec<MembershipView>,
}

/// A session with its person.
fn signed_in(tx: &mut Tx<'_>, opened: OpenedSession) -> Result<SignedIn, AppError> {
    let OpenedSession { token, expires_at, actor, .. } = opened;
    Ok(SignedIn { token, expires_at, user: myself(tx, &actor)?, memberships: memberships::list(tx, &actor)? })
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
    let session = app.read(move |tx| signed_in(tx, opened)).await?;
    let mut answer = HttpResponse::Created();
    if let Some(device) = device {
        answer.cookie(device);
    }
    Ok(answer.json(session))
}

/// Who am I
///
/// The person, their roles, the channel in which they count, and the channels of which they are a member.
#[utoipa::path(tag = "session", responses((status = 200, description = "The caller", body = SessionView)))]
#[get("/session")]
pub(crate) async fn who_am_i(look: QueryRequest) -> ApiResult {
    look.read(|tx, caller| {
        let (user, memberships) = (myself(tx, &caller.actor)?, memberships::list(tx, &caller.actor)?);
        PreparedResponse::ok(&SessionView { user, memberships })
    })
    .await
}

/// Go on in another channel
///
/// For members of several channels. The session of the request ends, and one of the other membership begins, which ends when the first one
/// would have ended. A program's token belongs to one membership and can't change it.
#[utoipa::path(tag = "session", request_body = MembershipChoice, responses((status = 201, description = "The new session", body = SignedIn)))]
#[post("/session/membership")]
pub(crate) async fn switch(act: CommandRequest<MembershipChoice>) -> ApiResult {
    act.without_key()
        .run_at_once(|tx, caller, body| {
            let opened = memberships::switch(tx, &caller.actor, caller.token, body.membership_id)?;
            PreparedResponse::created("/session", &signed_in(tx, opened)?)
        })
        .await
}

/// Sign out
///
/// The token that the request carries is revoked.
#[utoipa::path(tag = "session", responses((status = 204, description = "Signed out")))]
#[delete("/session")]
pub(crate) async fn close(act: CommandRequest) -> ApiResult {
    let act_now = |tx: &mut Tx<'_>, caller: &crate::api::auth::Caller, _| {
        sign_in::sign_out(tx, &caller.actor, caller.token)?;
        Ok(PreparedResponse::nothing())
    };
    act.run_at_once(act_now).await
}
