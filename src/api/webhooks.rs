//! `/webhooks`: messages to the group chat of an office. Address and secret can be set and are never returned.

use actix_web::{delete, get, post, put, web};

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, PageRequest, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::api::resources;
use crate::app::webhooks::input::WebhookBody;
use crate::app::webhooks::{self, WebhookTrial, WebhookView};
use crate::domain::ids::WebhookId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(add).service(find).service(change).service(remove).service(try_out);
}

/// List webhooks
///
/// For the system administrator of the channel.
#[utoipa::path(tag = "notices", params(Paging), responses((status = 200, description = "A page of webhooks", body = List<WebhookView>)))]
#[get("/webhooks")]
pub(crate) async fn list(look: QueryRequest, paging: ApiQuery<Paging>) -> ApiResult {
    let page: PageRequest<WebhookId> = paging.page(&look.app.settings)?;
    look.read(move |tx, caller| {
        let mut rows = webhooks::list(tx, &caller.actor)?;
        rows.retain(|row| page.after.is_none_or(|after| row.id < after));
        rows.truncate(usize::try_from(page.limit + 1).unwrap_or(usize::MAX));
        PreparedResponse::ok(&page.list(rows, |one| one.id, |one| one))
    })
    .await
}

/// Add a webhook
///
/// From then on one message goes there for each act that calls the desk to work: number, limit and link, and neither title nor name. For the
/// system administrator of the channel.
#[utoipa::path(tag = "notices", request_body = WebhookBody, responses((status = 201, description = "The webhook", body = WebhookView)))]
#[post("/webhooks")]
pub(crate) async fn add(act: CommandRequest<WebhookBody>) -> ApiResult {
    act.run_created("/webhooks", |tx, caller, body| webhooks::add(tx, &caller.actor, &body.into()), resources::webhook).await
}

/// One webhook
#[utoipa::path(tag = "notices", responses((status = 200, description = "The webhook", body = WebhookView)))]
#[get("/webhooks/{id}")]
pub(crate) async fn find(look: QueryRequest, id: web::Path<WebhookId>) -> ApiResult {
    let id = id.into_inner();
    look.read(move |tx, caller| resources::webhook(tx, caller, id)).await
}

/// Change a webhook
///
/// The whole of it, but for address and secret, which stay where none are given. For the system administrator of the channel.
#[utoipa::path(tag = "notices", params(IfMatch), request_body = WebhookBody, responses((status = 200, description = "The webhook", body = WebhookView)))]
#[put("/webhooks/{id}")]
pub(crate) async fn change(act: CommandRequest<WebhookBody>, seen: IfMatch, id: web::Path<WebhookId>) -> ApiResult {
    let id = id.into_inner();
    act.run(
        move |tx, caller, body| webhooks::change(tx, &caller.actor, (id, seen.version), &body.into()),
        move |tx, caller, ()| resources::webhook(tx, caller, id),
    )
    .await
}

/// Remove a webhook
///
/// Messages that wait are not sent. For the system administrator of the channel.
#[utoipa::path(tag = "notices", responses((status = 204, description = "Removed")))]
#[delete("/webhooks/{id}")]
pub(crate) async fn remove(act: CommandRequest, id: web::Path<WebhookId>) -> ApiResult {
    let id = id.into_inner();
    act.run_at_once(move |tx, caller, _| {
        webhooks::remove(tx, &caller.actor, id)?;
        Ok(PreparedResponse::nothing())
    })
    .await
}

/// Try a webhook
///
/// Sends a message that is marked as a trial, also to one that is off, and says what came of it. For the system administrator of the
/// channel.
#[utoipa::path(tag = "notices", responses((status = 200, description = "What came of it", body = WebhookTrial)))]
#[post("/webhooks/{id}/trial")]
pub(crate) async fn try_out(act: CommandRequest, id: web::Path<WebhookId>) -> ApiResult {
    let (app, caller, id) = (act.app(), act.caller, id.into_inner());
    let order = app.read(move |tx| webhooks::for_trial(tx, &caller.actor, id)).await?;
    Ok(PreparedResponse::ok(&webhooks::try_out(order).await)?.into())
}
