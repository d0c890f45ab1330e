//! Authentication of the caller: the extractor of all routes that require a token.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest};

use crate::api::prepared::PreparedResponse;
use crate::api::problem::{ApiError, ApiResult};
use crate::app::sign_in::{self, Principal};
use crate::app::{App, AppError, Tx};
use crate::domain::ids::TokenId;
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::http::{admit, language, request_id};

/// A person with an active account and a valid token. A handler that takes it is closed to all others.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Person, channel and grants, which the rules need.
    pub actor: Actor,
    /// The person's name.
    pub name: String,
    /// The language of the response.
    pub lang: Lang,
    /// The request's id, as in the ledger and the log.
    pub request_id: String,
    /// The token of the request.
    pub token: TokenId,
}

/// A query: the caller and the application. `look.read(|tx, caller| …)` is all that a handler of a GET does.
#[derive(Clone)]
pub struct QueryRequest {
    /// The caller.
    pub caller: Caller,
    /// The application.
    pub app: App,
}

impl QueryRequest {
    /// Runs a query and responds with its result.
    ///
    /// # Errors
    /// Those of the query.
    pub async fn read<F>(self, reading: F) -> ApiResult
    where
        F: FnOnce(&mut Tx<'_>, &Caller) -> Result<PreparedResponse, AppError> + Send + 'static,
    {
        let Self { caller, app } = self;
        Ok(app.read(move |tx| reading(tx, &caller)).await?.into())
    }

    /// Runs a query that may take long, beside all others; at most one of each person at a time.
    ///
    /// # Errors
    /// Those of the query; [`AppError::ReadingUnderWay`].
    pub async fn read_long<F>(self, reading: F) -> ApiResult
    where
        F: FnOnce(&mut Tx<'_>, &Caller) -> Result<PreparedResponse, AppError> + Send + 'static,
    {
        let Self { caller, app } = self;
        Ok(app.read_long(caller.actor.user, move |tx| reading(tx, &caller)).await?.into())
    }
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authenticate(&request).await.map(|look| look.caller) })
    }
}

impl FromRequest for QueryRequest {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authenticate(&request).await })
    }
}

/// Looks the token up, counts the request, and records that the token was used.
pub(crate) async fn authenticate(request: &HttpRequest) -> Result<QueryRequest, ApiError> {
    let app = app(request)?;
    let secret = bearer(request).ok_or(AppError::Unauthenticated)?.to_owned();
    let known = app.read(move |tx| sign_in::authenticate(tx, &secret)).await?;
    admit(request, &app, &known)?;
    let Principal { actor, name, token, .. } = known;
    let caller = Caller { actor, name, token, lang: language(request.headers()), request_id: request_id(request) };
    Ok(QueryRequest { caller, app })
}

/// The application of this server.
pub(crate) fn app(request: &HttpRequest) -> Result<App, ApiError> {
    Ok(crate::http::app(request)?)
}

/// The token of a request (RFC 6750).
pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
