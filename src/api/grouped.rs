//! Commands over HTTP that are executed together with other waiting ones ([`App::write_grouped`]), with an `Idempotency-Key` or without.

use std::fmt::Display;

use uuid::Uuid;

use crate::api::auth::Caller;
use crate::api::idempotency::{CommandRequest, DoneAnswer, ResponseHead, answer, once};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::app::idempotency_keys::RequestKey;
use crate::app::{App, AppError, Tx};

impl<T: Send + 'static> CommandRequest<T> {
    /// Executes the command together with other waiting ones ([`App::write_grouped`]): `write` may be called a second time. `keys` are the
    /// ids that it reads and changes.
    ///
    /// # Errors
    /// As [`CommandRequest::run`].
    pub async fn run_in_group<U, W, R>(self, keys: Vec<Uuid>, write: W, render: R) -> ApiResult
    where
        U: Send + 'static,
        W: Fn(&mut Tx<'_>, &Caller, &T) -> Result<U, AppError> + Send + 'static,
        R: FnOnce(&mut Tx<'_>, &Caller, U) -> Result<PreparedResponse, AppError> + Clone + Send + 'static,
    {
        self.act_in_group(keys, move |tx, by, body| {
            let (done, render) = (write(tx, by, body)?, render.clone());
            Ok(DoneAnswer::Read(ResponseHead::ok(), Box::new(move |tx, by| render(tx, by, done))))
        })
        .await
    }

    /// Like `run_in_group`, where `write` creates a resource of this collection and returns its id, and where the response is known then:
    /// `render` reads nothing, and runs after the commit on the thread of the request.
    ///
    /// # Errors
    /// As [`CommandRequest::run`].
    pub async fn run_created_in_group<I, U, W, R>(self, collection: &'static str, write: W, render: R) -> ApiResult
    where
        I: Display,
        U: Send + 'static,
        W: Fn(&mut Tx<'_>, &Caller, &T) -> Result<(I, U), AppError> + Send + 'static,
        R: FnOnce(&Caller, U) -> Result<PreparedResponse, AppError> + Clone + Send + 'static,
    {
        self.act_in_group(Vec::new(), move |tx, by, body| {
            let ((id, made), render) = (write(tx, by, body)?, render.clone());
            Ok(DoneAnswer::InHand(ResponseHead::created(collection, &id), Box::new(move |by| render(by, made))))
        })
        .await
    }

    async fn act_in_group<W>(self, mut keys: Vec<Uuid>, write: W) -> ApiResult
    where
        W: Fn(&mut Tx<'_>, &Caller, &T) -> Result<DoneAnswer, AppError> + Send + 'static,
    {
        let Self { caller, body, app, name, digest } = self;
        keys.extend(name.as_ref().map(RequestKey::id));
        in_group(&app, caller, name, digest, keys, Box::new(move |tx, by| write(tx, by, &body))).await
    }
}

type RepeatableAct = Box<dyn Fn(&mut Tx<'_>, &Caller) -> Result<DoneAnswer, AppError> + Send>;

/// The part of every command in a group that is not generic, and thus compiled once.
async fn in_group(app: &App, caller: Caller, name: Option<RequestKey>, digest: Vec<u8>, keys: Vec<Uuid>, act: RepeatableAct) -> ApiResult {
    let (request, by) = (caller.request_id.clone(), caller.clone());
    let Some(name) = name else {
        let done = app.write_grouped(&request, keys, move |tx| act(tx, &caller)).await?;
        return Ok(done.given(app, by).await?.into());
    };
    let (key, of_body) = (name.clone(), digest.clone());
    let outcome = app.write_grouped(&request, keys, move |tx| once(tx, &key, of_body.clone(), |tx| act(tx, &caller))).await?;
    answer(app, by, outcome, name, digest).await
}
