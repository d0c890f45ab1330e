//! Who asks: the extractor of every route that is not for strangers.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest};

use crate::api::idempotency::Reply;
use crate::api::problem::{Answer, ApiError};
use crate::desk::sign_in::{self, Known};
use crate::desk::{Desk, DeskError, Tx};
use crate::domain::ids::TokenId;
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::http::{admit, language, request_id};

/// A person with an active account and a valid token. A handler that takes it is closed to everybody else.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Person, channel and grants; what the rules ask for.
    pub actor: Actor,
    /// The person's name.
    pub name: String,
    /// The language that the answer is to have.
    pub lang: Lang,
    /// The request's id, as ledger and log name it.
    pub request_id: String,
    /// The token that opened the door.
    pub token: TokenId,
}

/// A reading: the caller, and the desk to ask. `look.read(|tx, caller| …)` is all that a handler of a GET does.
#[derive(Clone)]
pub struct Look {
    /// Who asks.
    pub caller: Caller,
    /// Whom to ask.
    pub desk: Desk,
}

impl Look {
    /// Runs a reading and answers with what it gives.
    ///
    /// # Errors
    /// What the reading gives.
    pub async fn read<F>(self, reading: F) -> Answer
    where
        F: FnOnce(&mut Tx<'_>, &Caller) -> Result<Reply, DeskError> + Send + 'static,
    {
        let Self { caller, desk } = self;
        Ok(desk.read(move |tx| reading(tx, &caller)).await?.into())
    }
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { recognize(&request).await.map(|look| look.caller) })
    }
}

impl FromRequest for Look {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { recognize(&request).await })
    }
}

/// Looks the token up, counts the request, and notes that the token was seen.
pub(crate) async fn recognize(request: &HttpRequest) -> Result<Look, ApiError> {
    let desk = desk(request)?;
    let secret = bearer(request).ok_or(DeskError::Unauthenticated)?.to_owned();
    let known = desk.read(move |tx| sign_in::recognize(tx, &secret)).await?;
    admit(request, &desk, &known)?;
    let Known { actor, name, token, .. } = known;
    let caller = Caller { actor, name, token, lang: language(request.headers()), request_id: request_id(request) };
    Ok(Look { caller, desk })
}

/// The desk of this server.
pub(crate) fn desk(request: &HttpRequest) -> Result<Desk, ApiError> {
    Ok(crate::http::desk(request)?)
}

/// The token that a request carries (RFC 6750).
pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
