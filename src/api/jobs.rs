//! `/jobs`: the job queue, for system administrators.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::{List, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::query::ApiQuery;
use crate::app::jobs::{self, JobFilter, JobKind, JobQuery, JobSelection, JobView};
use crate::domain::ids::JobId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(retry_many).service(retry).service(discard).service(begin_backup);
}

/// The filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobSelector {
    /// Only those that stand so: `failed` are those that failed and are tried again, `dead` need a person.
    state: Option<JobFilter>,
    /// Only those that do this.
    kind: Option<JobKind>,
    /// How many at most: 1 to 200, 50 if not said.
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which dead jobs run again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobRetries {
    /// These; absent: all that are dead.
    #[serde(default)]
    ids: Option<Vec<JobId>>,
    /// Of all that are dead only those that do this.
    #[serde(default)]
    kind: Option<JobKind>,
}

/// How many run or go out again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retried {
    /// The number.
    #[schema(example = 3)]
    pub(super) retried: usize,
}

/// List jobs
///
/// The waiting, running, failed and dead jobs of the channel and of the installation, newest first. For system administrators.
#[utoipa::path(tag = "jobs", params(JobSelector), responses((status = 200, description = "A page of jobs", body = List<JobView>)))]
#[get("/jobs")]
pub(crate) async fn list(wanted: ApiQuery<JobSelector>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| {
        let JobSelector { state, kind, limit, cursor } = wanted.into_inner();
        let page = Paging { limit, cursor }.page::<JobId>(&tx.settings)?;
        let query = JobQuery { state, kind: kind.map(|kind| kind.to_string()), before: page.after };
        let rows = jobs::list(tx, &by.actor, &query, page.limit + 1)?;
        PreparedResponse::ok(&page.list(rows, |row| row.id, |row| row))
    })
    .await
}

/// Run many jobs again
///
/// Those that are named, or all that are dead, or of these those of one kind. What did not fail is left as it is.
#[utoipa::path(tag = "jobs", request_body = JobRetries, responses((status = 200, description = "How many run again", body = Retried)))]
#[post("/jobs/retry")]
pub(crate) async fn retry_many(act: CommandRequest<JobRetries>) -> ApiResult {
    act.run_at_once(move |tx, by, body| {
        let chosen = body.ids.map_or(JobSelection::Dead(body.kind), JobSelection::Ids);
        PreparedResponse::ok(&Retried { retried: jobs::retry_many(tx, &by.actor, chosen)? })
    })
    .await
}

/// Run a job again
///
/// One that is dead, or that failed and waits for its next try: it runs now, as if it had not been tried. For system administrators.
#[utoipa::path(tag = "jobs", responses((status = 204, description = "It runs again")))]
#[post("/jobs/{id}/retry")]
pub(crate) async fn retry(path: web::Path<JobId>, act: CommandRequest) -> ApiResult {
    let id = path.into_inner();
    act.run_at_once(move |tx, by, _| jobs::retry(tx, &by.actor, id).map(|()| PreparedResponse::nothing())).await
}

/// Discard a job
///
/// One that is dead, or that failed and waits for its next try; periodic work only when it is dead. For system administrators.
#[utoipa::path(tag = "jobs", responses((status = 204, description = "It is not tried again")))]
#[post("/jobs/{id}/discard")]
pub(crate) async fn discard(path: web::Path<JobId>, act: CommandRequest) -> ApiResult {
    let id = path.into_inner();
    act.run_at_once(move |tx, by, _| jobs::discard(tx, &by.actor, id).map(|()| PreparedResponse::nothing())).await
}

/// Make a backup now
///
/// Beside that of every night, by a node that has a folder for backups; `GET /jobs?kind=backup` shows how far it is. While one that was asked for
/// waits or runs, nothing is added. For system administrators.
#[utoipa::path(tag = "jobs", responses((status = 204, description = "It will be made")))]
#[post("/backups")]
pub(crate) async fn begin_backup(act: CommandRequest) -> ApiResult {
    act.run_at_once(move |tx, by, _| jobs::begin_backup(tx, &by.actor).map(|()| PreparedResponse::nothing())).await
}
