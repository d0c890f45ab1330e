//! `/assignments`, and assigning: `POST /manuscripts/{id}/assignments`. Each act responds with the assignment as the caller sees it
//! afterwards; its `ETag` is the assignment's own version.

pub mod department;
pub mod office;

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::manuscripts::bodies::{DeskOf, Sort};
use crate::api::paging::{List, PageRequest, Paging};
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::api::resources;
use crate::app::handling::listing::{self, AssignmentLine, AssignmentListQuery};
use crate::app::handling::views::AssignmentView;
use crate::domain::ids::AssignmentId;
use crate::domain::states::AssignmentState;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(list).service(read);
    office::routes(routes);
    department::routes(routes);
}

/// The filters of a list of assignments.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AssignmentQuery {
    /// Only what waits for you: to be received or answered, or for a dispatcher to be decided.
    #[param(inline)]
    pub desk: Option<DeskOf>,
    /// Only in this state.
    pub state: Option<AssignmentState>,
    /// By due date instead of newest first.
    #[param(inline)]
    pub sort: Option<Sort>,
    /// At most so many lines.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// List assignments
///
/// The assignments of your departments; for the office all of the channel, without those of your own manuscripts.
#[utoipa::path(tag = "assignments", params(AssignmentQuery), responses((status = 200, description = "A page", body = List<AssignmentLine>)))]
#[get("/assignments")]
pub(crate) async fn list(query: web::Query<AssignmentQuery>, look: QueryRequest) -> ApiResult {
    let query = query.into_inner();
    look.read(move |tx, by| {
        let paging = Paging { limit: query.limit, cursor: query.cursor };
        let page: PageRequest<AssignmentId> = paging.page(&tx.settings)?;
        let wish = AssignmentListQuery {
            mine: query.desk == Some(DeskOf::Mine),
            state: query.state,
            by_due: query.sort == Some(Sort::Due),
            after: page.after,
            limit: page.limit + 1,
        };
        let lines = listing::list(tx, &by.actor, &wish)?;
        PreparedResponse::ok(&page.list(lines, |line| line.id, |line| line))
    })
    .await
}

/// Read an assignment
///
/// Authors and leaders read the department, the date and the valid answers; the office and the department read everything.
#[utoipa::path(tag = "assignments", responses((status = 200, description = "The assignment", body = AssignmentView)))]
#[get("/assignments/{id}")]
pub(crate) async fn read(path: web::Path<AssignmentId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| resources::assignment(tx, by, path.into_inner())).await
}
