//! Acts over HTTP: who, with what body, under which `Idempotency-Key`.
//!
//! With a key, what the first 2xx answer spoke of is written in the transaction of the act itself, by (account, method, path, key), so
//! that a repeat, however late and on whichever node, changes nothing and is answered from what the caller may read now
//! ([`crate::api::repeat`]). Without one, the answer is put together after the commit, on a reader, so that the writer is free for the
//! next act.

use actix_web::body::BoxBody;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderValue, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::api::auth::{Caller, QueryRequest, authenticate};
use crate::api::body::{self, Nothing};
use crate::api::etag;
use crate::api::problem::{ApiError, ApiResult};
use crate::api::repeat;
use crate::app::idempotency_keys::{self, KeyState, RequestKey, StoredResponse};
use crate::app::{App, AppError, StoreError, Tx};

/// An answer, ready to be sent or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedResponse {
    status: u16,
    body: String,
    etag: Option<i64>,
    location: Option<String>,
}

impl PreparedResponse {
    /// 200 with a JSON body.
    ///
    /// # Errors
    /// When the body can't be written as JSON, which is a mistake of ours.
    pub fn ok(body: &impl Serialize) -> Result<Self, AppError> {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with a JSON body; `path` is the new thing's, below `/api/v1`.
    ///
    /// # Errors
    /// As [`PreparedResponse::ok`].
    pub fn created(path: &str, body: &impl Serialize) -> Result<Self, AppError> {
        Ok(Self { location: Some(format!("{}{path}", crate::api::ROOT)), ..Self::json(StatusCode::CREATED, body)? })
    }

    /// 204.
    #[must_use]
    pub fn nothing() -> Self {
        Self { status: 204, body: String::new(), etag: None, location: None }
    }

    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, AppError> {
        let body = serde_json::to_string(body).map_err(|error| StoreError::unreadable("answer", &error))?;
        Ok(Self { status: status.as_u16(), body, etag: None, location: None })
    }

    /// The same body with another status and address.
    #[must_use]
    pub(super) fn with_head(self, status: u16, location: Option<String>) -> Self {
        Self { status, location, ..self }
    }

    /// With the version of the thing as its entity tag.
    #[must_use]
    pub fn with_etag(mut self, version: i64) -> Self {
        self.etag = Some(version);
        self
    }
}

impl From<PreparedResponse> for HttpResponse {
    fn from(reply: PreparedResponse) -> Self {
        let mut response = Self::build(StatusCode::from_u16(reply.status).unwrap_or_default());
        if let Some(version) = reply.etag {
            response.insert_header((ETAG, etag::etag(version)));
        }
        if let Some(location) = reply.location {
            response.insert_header((LOCATION, location));
        }
        if reply.body.is_empty() {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        response.body(BoxBody::new(reply.body))
    }
}

/// An act: the caller, the body that they sent, and the key that makes a repeat harmless. The extractor of every route that
/// changes something.
pub struct CommandRequest<T = Nothing> {
    /// Who acts.
    pub caller: Caller,
    /// What they sent.
    pub body: T,
    app: App,
    name: Option<RequestKey>,
    digest: Vec<u8>,
}

impl<T: DeserializeOwned + 'static> FromRequest for CommandRequest<T> {
    type Error = ApiError;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let QueryRequest { caller, app } = authenticate(&request).await?;
            let bytes = body::read(&request, payload, app.settings.server.json_bytes).await?;
            let name = name(&request, &caller)?;
            let digest = if name.is_some() { Sha256::digest(&bytes).to_vec() } else { Vec::new() };
            Ok(Self { caller, body: body::parse(&bytes)?, app, name, digest })
        })
    }
}

/// Under which name a repeat of this request would be found.
pub(crate) fn name(request: &HttpRequest, caller: &Caller) -> Result<Option<RequestKey>, ApiError> {
    let Some(key) = request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST) else { return Ok(None) };
    let key = key.to_str().unwrap_or_default();
    if !(1..=128).contains(&key.len()) || !key.bytes().all(|c| c.is_ascii_graphic()) {
        return Err(ApiError::KeyMalformed);
    }
    let (method, path) = (request.method().to_string(), request.path().to_owned());
    Ok(Some(RequestKey { account: caller.actor.user, method, path, key: key.to_owned() }))
}

/// What became of an act under a key.
enum KeyOutcome {
    Done(PreparedResponse),
    Reused,
    InUse,
}

impl<T: Send + 'static> CommandRequest<T> {
    /// The same act, with its key not looked at: for answers that show a secret once and must not be kept.
    #[must_use]
    pub fn without_key(self) -> Self {
        Self { name: None, ..self }
    }

    /// Does it: `write` changes the world, `render` says what came of it. With a key both run in one transaction, without one
    /// `render` runs on a reader afterwards.
    ///
    /// # Errors
    /// What the two give; [`ApiError::KeyReused`], [`ApiError::KeyInUse`].
    pub async fn run<U, W, R>(self, write: W, render: R) -> ApiResult
    where
        U: Send + 'static,
        W: FnOnce(&mut Tx<'_>, &Caller, T) -> Result<U, AppError> + Send + 'static,
        R: FnOnce(&mut Tx<'_>, &Caller, U) -> Result<PreparedResponse, AppError> + Send + 'static,
    {
        let Self { caller, body, app, name, digest } = self;
        let request = caller.request_id.clone();
        let Some(name) = name else {
            let (by, done) = (caller.clone(), app.write(&request, move |tx| write(tx, &caller, body)).await?);
            return Ok(app.read(move |tx| render(tx, &by, done)).await?.into());
        };
        let both = move |tx: &mut Tx<'_>, caller: &Caller| {
            let done = write(tx, caller, body)?;
            render(tx, caller, done)
        };
        under(&app, caller, name, digest, both).await
    }

    /// Does it where all that the answer says is in hand after the act: `render` asks nothing. Without a key it runs after the commit, on
    /// the caller's thread.
    ///
    /// # Errors
    /// As [`CommandRequest::run`].
    pub async fn run_in_hand<U, W, R>(self, write: W, render: R) -> ApiResult
    where
        U: Send + 'static,
        W: FnOnce(&mut Tx<'_>, &Caller, T) -> Result<U, AppError> + Send + 'static,
        R: FnOnce(&Caller, U) -> Result<PreparedResponse, AppError> + Send + 'static,
    {
        let Self { caller, body, app, name, digest } = self;
        let request = caller.request_id.clone();
        let Some(name) = name else {
            let by = caller.clone();
            let done = app.write(&request, move |tx| write(tx, &caller, body)).await?;
            return Ok(render(&by, done)?.into());
        };
        under(&app, caller, name, digest, move |tx, caller| render(caller, write(tx, caller, body)?)).await
    }

    /// The desk that does it, for what follows an act.
    #[must_use]
    pub fn app(&self) -> App {
        self.app.clone()
    }

    /// Does it where the answer needs no further reading: one step in one transaction.
    ///
    /// # Errors
    /// As [`CommandRequest::run`].
    pub async fn run_at_once<W>(self, write: W) -> ApiResult
    where
        W: FnOnce(&mut Tx<'_>, &Caller, T) -> Result<PreparedResponse, AppError> + Send + 'static,
    {
        let Self { caller, body, app, name, digest } = self;
        let request = caller.request_id.clone();
        match name {
            None => Ok(app.write(&request, move |tx| write(tx, &caller, body)).await?.into()),
            Some(name) => under(&app, caller, name, digest, move |tx, caller| write(tx, caller, body)).await,
        }
    }
}

/// Runs an act under a key, or answers its repeat. Whoever repeats is asked for their rights before anything else is said.
pub(crate) async fn under<F>(app: &App, caller: Caller, name: RequestKey, digest: Vec<u8>, act: F) -> ApiResult
where
    F: FnOnce(&mut Tx<'_>, &Caller) -> Result<PreparedResponse, AppError> + Send + 'static,
{
    under_boxed(app, caller, name, digest, Box::new(act)).await
}

type BoxedAct = Box<dyn FnOnce(&mut Tx<'_>, &Caller) -> Result<PreparedResponse, AppError> + Send>;

/// The part of [`under`] that is the same for every act, compiled once.
async fn under_boxed(app: &App, caller: Caller, name: RequestKey, digest: Vec<u8>, act: BoxedAct) -> ApiResult {
    let request = caller.request_id.clone();
    let outcome = app.write(&request, move |tx| match idempotency_keys::turn(tx, &name)? {
        KeyState::Again(kept) => {
            let reply = repeat::again(tx, &caller, &name, &kept)?;
            Ok(if kept.digest == digest { KeyOutcome::Done(reply) } else { KeyOutcome::Reused })
        }
        KeyState::InUse => Ok(KeyOutcome::InUse),
        KeyState::First => {
            let reply = act(tx, &caller)?;
            let kept = keep(&reply, &name, digest, tx.now)?;
            idempotency_keys::keep(tx, &name, &kept)?;
            Ok(KeyOutcome::Done(reply))
        }
    });
    match outcome.await? {
        KeyOutcome::Done(reply) => Ok(reply.into()),
        KeyOutcome::Reused => Err(ApiError::KeyReused),
        KeyOutcome::InUse => Err(ApiError::KeyInUse),
    }
}

/// What is kept of an answer's headers. Older programs wrote the pair of entity tag and location.
#[derive(Serialize, serde::Deserialize)]
#[serde(from = "StoredHeaders")]
pub(super) struct Headers {
    pub(super) location: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum StoredHeaders {
    Now { location: Option<String> },
    Earlier(serde::de::IgnoredAny, Option<String>),
}

impl From<StoredHeaders> for Headers {
    fn from(written: StoredHeaders) -> Self {
        match written {
            StoredHeaders::Now { location } | StoredHeaders::Earlier(_, location) => Self { location },
        }
    }
}

fn keep(
    reply: &PreparedResponse,
    name: &RequestKey,
    digest: Vec<u8>,
    at: crate::domain::clock::Moment,
) -> Result<StoredResponse, StoreError> {
    let headers = Headers { location: reply.location.clone() };
    let headers = serde_json::to_string(&headers).map_err(|e| StoreError::unreadable("answer", &e))?;
    let body = repeat::kept_body(&name.path, &reply.body);
    Ok(StoredResponse { digest, status: i64::from(reply.status), headers, body, created_at: at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_program_kept_is_read() {
        let location = |text: &str| serde_json::from_str::<Headers>(text).unwrap().location;
        assert_eq!(location("[3,\"/api/v1/users/1\"]").as_deref(), Some("/api/v1/users/1"));
        assert_eq!(location("[null,null]"), None);
        let written = serde_json::to_string(&Headers { location: Some("/x".to_owned()) }).unwrap();
        assert_eq!(location(&written).as_deref(), Some("/x"));
    }
}
