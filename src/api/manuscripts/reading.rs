//! The course of a manuscript: its history, versions and proof.

use actix_web::{get, web};

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::paging::List;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::app::AppError;
use crate::app::reading::history::{self, HistoryItem};
use crate::app::reading::revisions::{self, PartDifference};
use crate::app::reading::views::TextView;
use crate::domain::ids::ManuscriptId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(read_history).service(read_revisions).service(read_difference);
}

/// Read a manuscript's history
///
/// Its ledger entries, oldest first, as far as you may know of them; auditors and administrators get acts and ids, no names.
#[utoipa::path(tag = "manuscripts", responses((status = 200, description = "The history", body = List<HistoryItem>)))]
#[get("/manuscripts/{id}/history")]
pub(crate) async fn read_history(path: web::Path<ManuscriptId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| {
        let items = history::history(tx, &by.actor, path.into_inner())?;
        PreparedResponse::ok(&List { items, next_cursor: None })
    })
    .await
}

/// List the versions of the text
///
/// The author's as they were handed in, and the office's once it is used; oldest first.
#[utoipa::path(tag = "manuscripts", responses((status = 200, description = "The versions", body = List<TextView>)))]
#[get("/manuscripts/{id}/revisions")]
pub(crate) async fn read_revisions(path: web::Path<ManuscriptId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| {
        let items = revisions::list(tx, &by.actor, path.into_inner())?;
        PreparedResponse::ok(&List { items, next_cursor: None })
    })
    .await
}

/// Compare two versions
///
/// `a` and `b` are numbers of versions; parts without a difference are left out.
#[utoipa::path(tag = "manuscripts", responses((status = 200, description = "The difference", body = Vec<PartDifference>)))]
#[get("/manuscripts/{id}/revisions/{a}..{b}")]
pub(crate) async fn read_difference(path: web::Path<(ManuscriptId, String, String)>, look: QueryRequest) -> ApiResult {
    let (id, a, b) = path.into_inner();
    look.read(move |tx, by| {
        let number = |text: &str| text.parse::<usize>().map_err(|_| AppError::NotFound);
        PreparedResponse::ok(&revisions::difference(tx, &by.actor, id, number(&a)?, number(&b)?)?)
    })
    .await
}
