//! `/channels`: the caller's own channel; others are treated as unknown.

use actix_web::{get, patch, web};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::auth::{Caller, QueryRequest};
use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::app::accounts::By;
use crate::app::accounts::channels::{self, ChannelUpdate, ChannelView};
use crate::app::{AppError, Tx};
use crate::domain::ids::ChannelId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(find).service(change);
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelChanges {
    /// Its name.
    #[schema(examples("云溪县建言献策直通车"))]
    name: Option<String>,
    /// The whole of its settings: read them, change what is to change, send them back.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
}

fn show(tx: &mut Tx<'_>, caller: &Caller, id: ChannelId) -> Result<PreparedResponse, AppError> {
    let view = channels::find(tx, By::Person(&caller.actor), id)?;
    let version = view.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
}

/// A channel with its settings
///
/// Limits of time, categories, reasons for declining, series of bulletins.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The channel", body = ChannelView)))]
#[get("/channels/{id}")]
pub(crate) async fn find(look: QueryRequest, id: web::Path<ChannelId>) -> ApiResult {
    let id = id.into_inner();
    look.read(move |tx, caller| show(tx, caller, id)).await
}

/// Change a channel
///
/// For the system administrator. New settings hold for what happens from now on; due dates that were given stay.
#[utoipa::path(tag = "accounts", params(IfMatch), request_body = ChannelChanges, responses((status = 200, description = "The channel", body = ChannelView)))]
#[patch("/channels/{id}")]
pub(crate) async fn change(act: CommandRequest<ChannelChanges>, seen: IfMatch, id: web::Path<ChannelId>) -> ApiResult {
    let id = id.into_inner();
    act.run(
        move |tx, caller, body| {
            let changes = ChannelUpdate { name: body.name, settings: body.settings };
            channels::change(tx, By::Person(&caller.actor), id, seen.version, changes)
        },
        move |tx, caller, ()| show(tx, caller, id),
    )
    .await
}
