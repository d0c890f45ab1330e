//! `/ledger` and receipts: proof for auditors and authors.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::api::caller::Look;
use crate::api::idempotency::Reply;
use crate::api::paging::{List, Paging};
use crate::api::problem::Answer;
use crate::api::query::Query;
use crate::desk::proof::reading::{self, CheckpointView, ConsistencyView, EntryView};
use crate::desk::reading::history;
use crate::domain::ids::ManuscriptId;
use crate::domain::ledger::Receipt;

pub(crate) fn routes(routes: &mut ServiceConfig<'_>) {
    routes.service(checkpoint).service(entries).service(consistency).service(receipt);
}

/// Read the newest checkpoint
///
/// A signed note (C2SP) over size and root of the channel's ledger. For auditors. Keep it elsewhere: whoever changes history later can't
/// make the ledger agree with it.
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The checkpoint", body = CheckpointView)))]
#[get("/ledger/checkpoint")]
pub(crate) async fn checkpoint(look: Look) -> Answer {
    look.read(|tx, by| Reply::ok(&reading::checkpoint(tx, &by.actor)?)).await
}

/// List the ledger's entries
///
/// Sealed ones, newest first, with the bytes that were hashed. For auditors.
#[utoipa::path(tag = "ledger", params(Paging), responses((status = 200, description = "A page of entries", body = List<EntryView>)))]
#[get("/ledger/entries")]
pub(crate) async fn entries(paging: Query<Paging>, look: Look) -> Answer {
    look.read(move |tx, by| {
        let page = paging.page::<u64>(&tx.settings)?;
        let rows = reading::entries(tx, &by.actor, page.after, u64::try_from(page.limit + 1).unwrap_or(1))?;
        Reply::ok(&page.list(rows, |row| row.position, |row| row))
    })
    .await
}

/// Between which sizes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sizes {
    /// The size of the older tree, as a checkpoint says it.
    #[param(example = 0)]
    from: u64,
    /// The size of the newer one; all that is sealed, if not said.
    to: Option<u64>,
}

/// Prove that the ledger only grew
///
/// The proof (RFC 6962, section 2.1.2) that the tree of an older checkpoint is the beginning of a newer one's. For auditors.
#[utoipa::path(tag = "ledger", params(Sizes), responses((status = 200, description = "The proof", body = ConsistencyView)))]
#[get("/ledger/consistency")]
pub(crate) async fn consistency(sizes: Query<Sizes>, look: Look) -> Answer {
    look.read(move |tx, by| Reply::ok(&reading::consistency(tx, &by.actor, sizes.from, sizes.to)?)).await
}

/// Read the receipt of a submission
///
/// The entry and its leaf at once; position, inclusion proof and signed checkpoint as soon as it is sealed. Keep it: it proves what was
/// handed in and when, without this server. For the authors and the office.
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The receipt", body = Receipt)))]
#[get("/manuscripts/{id}/receipt")]
pub(crate) async fn receipt(path: web::Path<ManuscriptId>, look: Look) -> Answer {
    look.read(move |tx, by| Reply::ok(&history::receipt(tx, &by.actor, path.into_inner())?)).await
}
