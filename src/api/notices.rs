//! `/inbox` and `/outbox`: the caller's notices, and the channel's letters.

use actix_web::{HttpRequest, get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{QueryRequest, bearer};
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::jobs::Retried;
use crate::api::paging::{List, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::app::AppError;
use crate::app::notices::{self, LetterState, Notice, Sending, Slice};
use crate::app::resending::{self, LetterSelection, Unsent};
use crate::domain::ids::LetterId;
use crate::http::live::{Pulse, answer};

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(inbox).service(read).service(outbox).service(retry_many).service(retry).service(events);
}

/// The filters of the notices.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// Only what I have not read.
    #[serde(default)]
    unread: bool,
    /// How many at most: 1 to 200, 50 if not said.
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The filters of the letters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Letters {
    /// Only what has become of so: `failed` is what needs a person.
    state: Option<LetterState>,
    /// How many at most: 1 to 200, 50 if not said.
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List my notices
///
/// Newest first. Notices of a decision that can still be undone are not included yet.
#[utoipa::path(tag = "notices", params(NoticeQuery), responses((status = 200, description = "A page of notices", body = List<Notice>)))]
#[get("/inbox")]
pub(crate) async fn inbox(wanted: ApiQuery<NoticeQuery>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| {
        let NoticeQuery { unread, limit, cursor } = wanted.into_inner();
        let page = Paging { limit, cursor }.page::<LetterId>(&tx.settings)?;
        let slice = Slice { before: page.after, limit: page.limit + 1 };
        let rows = notices::inbox(tx, &by.actor, by.lang, unread, slice)?;
        PreparedResponse::ok(&page.list(rows, |row| row.id, |row| row))
    })
    .await
}

/// Mark a notice as read
///
/// Again is no error: the first time counts.
#[utoipa::path(tag = "notices", responses((status = 204, description = "Read")))]
#[post("/inbox/{id}/read")]
pub(crate) async fn read(path: web::Path<LetterId>, act: CommandRequest) -> ApiResult {
    let id = path.into_inner();
    act.run_at_once(move |tx, by, _| notices::mark_read(tx, &by.actor, id).map(|()| PreparedResponse::nothing())).await
}

/// List the channel's letters
///
/// For administrators: kind, masked address and state; never the text or a link. Newest first.
#[utoipa::path(tag = "notices", params(Letters), responses((status = 200, description = "A page of letters", body = List<Sending>)))]
#[get("/outbox")]
pub(crate) async fn outbox(letters: ApiQuery<Letters>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| {
        let Letters { state, limit, cursor } = letters.into_inner();
        let page = Paging { limit, cursor }.page::<LetterId>(&tx.settings)?;
        let slice = Slice { before: page.after, limit: page.limit + 1 };
        let rows = notices::outbox(tx, &by.actor, state, slice)?;
        PreparedResponse::ok(&page.list(rows, |row| row.id, |row| row))
    })
    .await
}

/// Which letters go out again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterRetries {
    /// These; absent: all that are as `state` says, up to 500.
    #[serde(default)]
    ids: Option<Vec<LetterId>>,
    /// `failed`, if not said: those that were given up. `filed`: those that were only written to files in the last seven days, once there is a
    /// mail server.
    #[serde(default)]
    state: Option<Unsent>,
}

/// Send many letters again
///
/// Those that are named, or all that were given up, up to 500. What was sent or revoked is left as it is. In place of a letter with a one-time
/// link that was written to a file, one with a new link goes out, if the old one could still be used. For administrators.
#[utoipa::path(tag = "notices", request_body = LetterRetries, responses((status = 200, description = "How many go out again", body = Retried)))]
#[post("/outbox/retry")]
pub(crate) async fn retry_many(act: CommandRequest<LetterRetries>) -> ApiResult {
    act.run_at_once(move |tx, by, LetterRetries { ids, state }| {
        let chosen = ids.map_or(LetterSelection::All(state.unwrap_or(Unsent::Failed)), LetterSelection::Ids);
        PreparedResponse::ok(&Retried { retried: resending::retry_many(tx, &by.actor, chosen)? })
    })
    .await
}

/// Send a letter again
///
/// One that was given up, that waits for its next try, or that was only written to a file in the last seven days. For administrators.
#[utoipa::path(tag = "notices", responses((status = 204, description = "It is on its way again")))]
#[post("/outbox/{id}/retry")]
pub(crate) async fn retry(path: web::Path<LetterId>, act: CommandRequest) -> ApiResult {
    let id = path.into_inner();
    act.run_at_once(move |tx, by, _| resending::retry(tx, &by.actor, id).map(|()| PreparedResponse::nothing())).await
}

/// Hear what changes on my desks
///
/// Server-sent events that go on until you leave. `desk`: how many manuscripts wait for you as what, and how many notices you have not
/// read, each counted up to `most`; sent at once, and again when it has changed. `end`: the token is not good any more.
#[utoipa::path(
    tag = "notices",
    responses((status = 200, description = "Events", content_type = "text/event-stream", body = String, example = "event: desk\ndata: {\"desks\":[{\"role\":\"reviewer\",\"count\":3,\"stamp\":\"9f2c11d07a4e\"}],\"unread\":1,\"most\":99}\n\n")),
)]
#[get("/events")]
pub(crate) async fn events(request: HttpRequest, look: QueryRequest, pulse: web::Data<Pulse>) -> ApiResult {
    let secret = bearer(&request).ok_or(AppError::Unauthenticated)?.to_owned();
    Ok(answer(look.app, &pulse, secret))
}
