//! `/ledger` and receipts: proofs for auditors and authors.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::paging::{List, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::app::ledger::reading::{self, CheckpointView, ConsistencyView, EntryView, LedgerOf};
use crate::app::reading::history;
use crate::domain::ids::ManuscriptId;
use crate::domain::ledger::Receipt;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(checkpoint).service(entries).service(consistency).service(receipt);
}

/// Selects the ledger.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerSelector {
    /// That of the caller's channel, or that of the installation, which stands beside those of the channels.
    #[serde(default)]
    #[param(inline, required = false, default = "channel")]
    of: LedgerOf,
}

/// Read the newest checkpoint
///
/// A signed note (C2SP) over size and root of the ledger. For auditors. Store it elsewhere: a ledger whose history is changed later does
/// not agree with it.
#[utoipa::path(tag = "ledger", params(LedgerSelector), responses((status = 200, description = "The checkpoint", body = CheckpointView)))]
#[get("/ledger/checkpoint")]
pub(crate) async fn checkpoint(which: ApiQuery<LedgerSelector>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| PreparedResponse::ok(&reading::checkpoint(tx, &by.actor, which.of)?)).await
}

/// List the ledger's entries
///
/// Sealed ones, newest first, with the bytes that were hashed. For auditors.
#[utoipa::path(tag = "ledger", params(LedgerSelector, Paging), responses((status = 200, description = "A page of entries", body = List<EntryView>)))]
#[get("/ledger/entries")]
pub(crate) async fn entries(which: ApiQuery<LedgerSelector>, paging: ApiQuery<Paging>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| {
        let page = paging.page::<u64>(&tx.settings)?;
        let rows = reading::entries(tx, &by.actor, which.of, page.after, u64::try_from(page.limit + 1).unwrap_or(1))?;
        PreparedResponse::ok(&page.list(rows, |row| row.position, |row| row))
    })
    .await
}

/// The two sizes of a consistency proof.
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
#[utoipa::path(tag = "ledger", params(LedgerSelector, Sizes), responses((status = 200, description = "The proof", body = ConsistencyView)))]
#[get("/ledger/consistency")]
pub(crate) async fn consistency(which: ApiQuery<LedgerSelector>, sizes: ApiQuery<Sizes>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| PreparedResponse::ok(&reading::consistency(tx, &by.actor, which.of, sizes.from, sizes.to)?)).await
}

/// Read the receipt of a submission
///
/// The entry and its leaf at once; position, inclusion proof and signed checkpoint as soon as it is sealed. Keep it: it proves what was
/// handed in and when, without this server. For the authors and the office.
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The receipt", body = Receipt)))]
#[get("/manuscripts/{id}/receipt")]
pub(crate) async fn receipt(path: web::Path<ManuscriptId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| PreparedResponse::ok(&history::receipt(tx, &by.actor, path.into_inner())?)).await
}
