//! Commands over HTTP: the caller, the body, and the `Idempotency-Key`.
//!
//! With a key, the head of the first 2xx response (status, address, perhaps an id) is stored in the transaction of the command itself,
//! under (account, method, path, key), so that a repeat, however late and on whichever node, changes nothing and is answered from what the
//! caller may read now ([`crate::api::repeat`]). The response itself is built after the commit, on a reader, with a key and without, so
//! that the writer is free for the next command.

use std::fmt::Display;

use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::api::auth::{Caller, QueryRequest, authenticate};
use crate::api::body::{self, Nothing};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::{ApiError, ApiResult};
use crate::api::repeat::{self, Headers};
use crate::app::idempotency_keys::{self, KeyState, RequestKey, StoredResponse};
use crate::app::{App, AppError, StoreError, Tx};
use crate::domain::clock::Moment;

/// A command: the caller, the body that they sent, and the key that makes a repeat harmless. The extractor of every route that changes
/// something.
pub struct CommandRequest<T = Nothing> {
    /// The caller.
    pub caller: Caller,
    /// The body.
    pub body: T,
    pub(super) app: App,
    pub(super) name: Option<RequestKey>,
    pub(super) digest: Vec<u8>,
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

/// The name under which a repeat of this request would be found.
pub(crate) fn name(request: &HttpRequest, caller: &Caller) -> Result<Option<RequestKey>, ApiError> {
    let Some(key) = request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST) else { return Ok(None) };
    let key = key.to_str().unwrap_or_default();
    if !(1..=128).contains(&key.len()) || !key.bytes().all(|c| c.is_ascii_graphic()) {
        return Err(ApiError::KeyMalformed);
    }
    let (method, path) = (request.method().to_string(), request.path().to_owned());
    Ok(Some(RequestKey { account: caller.actor.user, method, path, key: key.to_owned() }))
}

/// The part of a response that is known after the command: all that a repeat needs.
#[derive(Debug)]
pub(super) struct ResponseHead {
    status: u16,
    location: Option<String>,
}

impl ResponseHead {
    pub(super) const fn ok() -> Self {
        Self { status: 200, location: None }
    }

    /// The head for a new resource below `/api/v1`.
    pub(super) fn created(collection: &str, id: &impl Display) -> Self {
        Self { status: 201, location: Some(format!("{}{collection}/{id}", crate::api::ROOT)) }
    }
}

/// Builds a response on a reader.
pub(super) type Rendering = Box<dyn FnOnce(&mut Tx<'_>, &Caller) -> Result<PreparedResponse, AppError> + Send>;

/// Builds a response from values in memory.
pub(super) type RenderingInHand = Box<dyn FnOnce(&Caller) -> Result<PreparedResponse, AppError> + Send>;

/// The response to an executed command.
pub(super) enum DoneAnswer {
    /// Complete after the command.
    Ready(PreparedResponse),
    /// Built from values in memory, on the thread of the request.
    InHand(ResponseHead, RenderingInHand),
    /// Built by a query.
    Read(ResponseHead, Rendering),
}

impl DoneAnswer {
    /// The parts that are stored for a repeat of the command at this path.
    fn kept(&self, path: &str) -> (u16, Option<String>, String) {
        match self {
            Self::Ready(reply) => (reply.status, reply.location.clone(), repeat::kept_body(path, &reply.body)),
            Self::InHand(head, _) | Self::Read(head, _) => (head.status, head.location.clone(), String::new()),
        }
    }

    pub(super) async fn given(self, app: &App, caller: Caller) -> Result<PreparedResponse, AppError> {
        let (head, reply) = match self {
            Self::Ready(reply) => return Ok(reply),
            Self::InHand(head, render) => (head, render(&caller)?),
            Self::Read(head, render) => (head, app.read(move |tx| render(tx, &caller)).await?),
        };
        Ok(reply.with_head(head.status, head.location))
    }
}

/// The outcome of a command under a key.
pub(super) enum KeyOutcome {
    Done(DoneAnswer),
    Again(StoredResponse),
    InUse,
}

impl<T: Send + 'static> CommandRequest<T> {
    /// The same command with its key ignored: for responses that show a secret once and must not be stored.
    #[must_use]
    pub fn without_key(self) -> Self {
        Self { name: None, ..self }
    }

    /// Executes the command: `write` makes the changes, `render` reads the result afterwards.
    ///
    /// # Errors
    /// Those of the two; [`ApiError::KeyReused`], [`ApiError::KeyInUse`].
    pub async fn run<U, W, R>(self, write: W, render: R) -> ApiResult
    where
        U: Send + 'static,
        W: FnOnce(&mut Tx<'_>, &Caller, T) -> Result<U, AppError> + Send + 'static,
        R: FnOnce(&mut Tx<'_>, &Caller, U) -> Result<PreparedResponse, AppError> + Send + 'static,
    {
        self.act(|tx, by, body| {
            let done = write(tx, by, body)?;
            Ok(DoneAnswer::Read(ResponseHead::ok(), Box::new(move |tx, by| render(tx, by, done))))
        })
        .await
    }

    /// Like `run`, where `write` creates a resource of this collection and returns its id: the response is 201 with its address.
    ///
    /// # Errors
    /// As [`CommandRequest::run`].
    pub async fn run_created<U, W, R>(self, collection: &'static str, write: W, render: R) -> ApiResult
    where
        U: Display + Send + 'static,
        W: FnOnce(&mut Tx<'_>, &Caller, T) -> Result<U, AppError> + Send + 'static,
        R: FnOnce(&mut Tx<'_>, &Caller, U) -> Result<PreparedResponse, AppError> + Send + 'static,
    {
        self.act(move |tx, by, body| {
            let made = write(tx, by, body)?;
            Ok(DoneAnswer::Read(ResponseHead::created(collection, &made), Box::new(move |tx, by| render(tx, by, made))))
        })
        .await
    }

    /// The same command with a converted body.
    #[must_use]
    pub fn map<B>(self, change: impl FnOnce(T) -> B) -> CommandRequest<B> {
        let Self { caller, body, app, name, digest } = self;
        CommandRequest { caller, body: change(body), app, name, digest }
    }

    /// The application, for work that follows a command.
    #[must_use]
    pub fn app(&self) -> App {
        self.app.clone()
    }

    /// Executes the command where the response needs no further query: the result of `write` is the response.
    ///
    /// # Errors
    /// As [`CommandRequest::run`].
    pub async fn run_at_once<W>(self, write: W) -> ApiResult
    where
        W: FnOnce(&mut Tx<'_>, &Caller, T) -> Result<PreparedResponse, AppError> + Send + 'static,
    {
        self.act(|tx, by, body| Ok(DoneAnswer::Ready(write(tx, by, body)?))).await
    }

    async fn act<W>(self, write: W) -> ApiResult
    where
        W: FnOnce(&mut Tx<'_>, &Caller, T) -> Result<DoneAnswer, AppError> + Send + 'static,
    {
        let Self { caller, body, app, name, digest } = self;
        let act: BoxedAct = Box::new(move |tx, by| write(tx, by, body));
        match name {
            None => at_once(&app, caller, act).await,
            Some(name) => under_boxed(&app, caller, name, digest, act).await,
        }
    }
}

/// Executes a command under a key, or answers its repeat. The caller's rights are checked before the repeat is answered.
pub(crate) async fn under<F>(app: &App, caller: Caller, name: RequestKey, digest: Vec<u8>, act: F) -> ApiResult
where
    F: FnOnce(&mut Tx<'_>, &Caller) -> Result<PreparedResponse, AppError> + Send + 'static,
{
    under_boxed(app, caller, name, digest, Box::new(move |tx, by| Ok(DoneAnswer::Ready(act(tx, by)?)))).await
}

type BoxedAct = Box<dyn FnOnce(&mut Tx<'_>, &Caller) -> Result<DoneAnswer, AppError> + Send>;

/// The part of every command without a key that is not generic, and thus compiled once.
async fn at_once(app: &App, caller: Caller, act: BoxedAct) -> ApiResult {
    let (request, by) = (caller.request_id.clone(), caller.clone());
    let done = app.write(&request, move |tx| act(tx, &caller)).await?;
    Ok(done.given(app, by).await?.into())
}

/// The part of every command under a key that is not generic, and thus compiled once.
async fn under_boxed(app: &App, caller: Caller, name: RequestKey, digest: Vec<u8>, act: BoxedAct) -> ApiResult {
    let (request, by) = (caller.request_id.clone(), caller.clone());
    let (key, of_body) = (name.clone(), digest.clone());
    let outcome = app.write(&request, move |tx| once(tx, &key, of_body, |tx| act(tx, &caller))).await?;
    answer(app, by, outcome, name, digest).await
}

/// Executes a command unless it has been executed under this key, and stores its response in the same transaction.
pub(super) fn once(
    tx: &mut Tx<'_>,
    name: &RequestKey,
    digest: Vec<u8>,
    act: impl FnOnce(&mut Tx<'_>) -> Result<DoneAnswer, AppError>,
) -> Result<KeyOutcome, AppError> {
    match idempotency_keys::turn(tx, name)? {
        KeyState::Again(kept) => Ok(KeyOutcome::Again(kept)),
        KeyState::InUse => Ok(KeyOutcome::InUse),
        KeyState::First => {
            let done = act(tx)?;
            let kept = keep(&done, name, digest, tx.now)?;
            idempotency_keys::keep(tx, name, &kept)?;
            Ok(KeyOutcome::Done(done))
        }
    }
}

/// Responds to a command under a key after its commit, or to its repeat with what the caller may read now.
pub(super) async fn answer(app: &App, by: Caller, outcome: KeyOutcome, name: RequestKey, digest: Vec<u8>) -> ApiResult {
    match outcome {
        KeyOutcome::Done(done) => Ok(done.given(app, by).await?.into()),
        KeyOutcome::InUse => Err(ApiError::KeyInUse),
        KeyOutcome::Again(kept) => {
            let is_same = kept.digest == digest;
            let reply = app.read(move |tx| repeat::again(tx, &by, &name, &kept)).await?;
            if is_same { Ok(reply.into()) } else { Err(ApiError::KeyReused) }
        }
    }
}

fn keep(done: &DoneAnswer, name: &RequestKey, digest: Vec<u8>, at: Moment) -> Result<StoredResponse, StoreError> {
    let (status, location, body) = done.kept(&name.path);
    let headers = serde_json::to_string(&Headers { location }).map_err(|e| StoreError::unreadable("answer", &e))?;
    Ok(StoredResponse { digest, status: i64::from(status), headers, body, created_at: at })
}
