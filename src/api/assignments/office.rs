//! The acts of the dispatcher: assigns departments, decides on their requests and replies, sends reminders, cancels.

use actix_web::{post, web};

use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::problem::ApiResult;
use crate::api::resources;
use crate::app::handling::forms::{ExtensionDecision, NewAssignments, NewUrging, ReplyReview, ReturnDecision};
use crate::app::handling::views::AssignmentView;
use crate::app::handling::{self, extending, receiving, replying};
use crate::app::reading::views::ManuscriptView;
use crate::app::review::input::Reason;
use crate::domain::ids::{AssignmentId, ManuscriptId};

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(assign).service(return_decision).service(extension_decision).service(reply_review).service(urging).service(cancellation);
}

/// Charge departments with a manuscript
///
/// One alone, several each for its part, or a lead with assisting ones. `If-Match` is the manuscript's version; the answer is the
/// manuscript, with its assignments. It can be undone within the window, and until then the letters wait.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = NewAssignments, responses((status = 200, description = "Charged", body = ManuscriptView)))]
#[post("/manuscripts/{id}/assignments")]
pub(crate) async fn assign(path: web::Path<ManuscriptId>, seen: IfMatch, act: CommandRequest<NewAssignments>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| handling::assign(tx, &by.actor, id, seen, &body).map(|_| id), resources::manuscript).await
}

/// Decide on a return
///
/// If granted, the department is released and it can be assigned to another; if refused, with a reason, the department continues.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = ReturnDecision, responses((status = 200, description = "Decided", body = AssignmentView)))]
#[post("/assignments/{id}/return-decision")]
pub(crate) async fn return_decision(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest<ReturnDecision>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| receiving::decide_return(tx, &by.actor, id, seen, &body).map(|()| id), resources::assignment).await
}

/// Decide on more time
///
/// The dispatcher sets the date, within what the channel allows, or refuses with a reason.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = ExtensionDecision, responses((status = 200, description = "Decided", body = AssignmentView)))]
#[post("/assignments/{id}/extension-decision")]
pub(crate) async fn extension_decision(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest<ExtensionDecision>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| extending::decide(tx, &by.actor, id, seen, &body).map(|()| id), resources::assignment).await
}

/// Decide on a reply
///
/// Approved, authors read it; rejected, with a reason, the department replies again by a new date.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = ReplyReview, responses((status = 200, description = "Decided", body = AssignmentView)))]
#[post("/assignments/{id}/reply-review")]
pub(crate) async fn reply_review(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest<ReplyReview>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| replying::review(tx, &by.actor, id, seen, &body).map(|()| id), resources::assignment).await
}

/// Urge a department
///
/// 催办, as often as needed; every reminder is recorded.
#[utoipa::path(tag = "assignments", request_body = NewUrging, responses((status = 200, description = "Urged", body = AssignmentView)))]
#[post("/assignments/{id}/urging")]
pub(crate) async fn urging(path: web::Path<AssignmentId>, act: CommandRequest<NewUrging>) -> ApiResult {
    let id = path.into_inner();
    act.run(move |tx, by, body| receiving::urge(tx, &by.actor, id, &body).map(|()| id), resources::assignment).await
}

/// Cancel an assignment
///
/// With a reason, any time before the reply is approved.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = Reason, responses((status = 200, description = "Cancelled", body = AssignmentView)))]
#[post("/assignments/{id}/cancellation")]
pub(crate) async fn cancellation(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest<Reason>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| receiving::cancel(tx, &by.actor, id, seen, &body.reason).map(|()| id), resources::assignment).await
}
