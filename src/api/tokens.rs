//! `/tokens`: access tokens of programs, and open sessions.

use actix_web::{delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, PageRequest, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::app::accounts::By;
use crate::app::accounts::input::NewToken;
use crate::app::accounts::tokens::{self, TokenView};
use crate::domain::ids::{TokenId, UserId};

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(issue).service(revoke);
}

/// The filter of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TokenFilter {
    /// Of this person instead of oneself; for administrators.
    user: Option<UserId>,
}

/// A fresh token.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedToken {
    /// The secret; shown this once.
    #[schema(examples("ztc_6n3W5yqk9mJ2b1J0o8Zr3Q0d7c4bXyV5sT9uHk2LwEg"))]
    token: String,
    /// The rest.
    #[serde(flatten)]
    about: TokenView,
}

/// List tokens and sign-ins
///
/// One's own, newest first, without their secrets.
#[utoipa::path(tag = "accounts", params(TokenFilter, Paging), responses((status = 200, description = "A page of tokens", body = List<TokenView>)))]
#[get("/tokens")]
pub(crate) async fn list(look: QueryRequest, filter: ApiQuery<TokenFilter>, paging: ApiQuery<Paging>) -> ApiResult {
    let page: PageRequest<TokenId> = paging.page(&look.app.settings)?;
    look.read(move |tx, caller| {
        let rows = tokens::list(tx, &caller.actor, filter.user, page.after, page.limit + 1)?;
        PreparedResponse::ok(&page.list(rows, |one| one.id, |one| one))
    })
    .await
}

/// Make a token for a program
///
/// It acts as the caller, with their roles, and is shown once. It dies with the caller's password.
#[utoipa::path(tag = "accounts", request_body = NewToken, responses((status = 201, description = "The token", body = IssuedToken)))]
#[post("/tokens")]
pub(crate) async fn issue(act: CommandRequest<NewToken>) -> ApiResult {
    act.without_key()
        .run_at_once(|tx, caller, body| {
            let made = tokens::issue(tx, By::Person(&caller.actor), caller.actor.user, &body.name, body.expires_in_days)?;
            PreparedResponse::created("/tokens", &IssuedToken { token: made.secret, about: made.token })
        })
        .await
}

/// Revoke a token, or end a sign-in
#[utoipa::path(tag = "accounts", responses((status = 204, description = "Revoked")))]
#[delete("/tokens/{id}")]
pub(crate) async fn revoke(act: CommandRequest, id: web::Path<TokenId>) -> ApiResult {
    let id = id.into_inner();
    act.run_at_once(move |tx, caller, _| {
        tokens::revoke(tx, By::Person(&caller.actor), id)?;
        Ok(PreparedResponse::nothing())
    })
    .await
}
