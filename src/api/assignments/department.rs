//! The acts of a department on its assignments.

use actix_web::{post, web};

use crate::api::endpoints::Endpoints;
use crate::api::etag::IfMatch;
use crate::api::idempotency::CommandRequest;
use crate::api::problem::ApiResult;
use crate::api::resources;
use crate::app::handling::forms::{ExtensionRequest, NewContribution, NewReply, NewReport, ReturnRequest};
use crate::app::handling::views::AssignmentView;
use crate::app::handling::{extending, receiving, replying, reporting};
use crate::domain::ids::AssignmentId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(receipt).service(return_request).service(extension_request).service(contribution).service(reply).service(report);
}

/// Confirm that it has arrived
///
/// 签收, by an officer of the department.
#[utoipa::path(tag = "assignments", params(IfMatch), responses((status = 200, description = "Received", body = AssignmentView)))]
#[post("/assignments/{id}/receipt")]
pub(crate) async fn receipt(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, _| receiving::receive(tx, &by.actor, id, seen).map(|()| id), resources::assignment).await
}

/// Ask to return it
///
/// Within the channel's limit after it was assigned; it goes back to the dispatcher, never directly to another department.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = ReturnRequest, responses((status = 200, description = "Asked", body = AssignmentView)))]
#[post("/assignments/{id}/return-request")]
pub(crate) async fn return_request(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest<ReturnRequest>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| receiving::request_return(tx, &by.actor, id, seen, &body).map(|()| id), resources::assignment).await
}

/// Ask for more time
///
/// Before the due date, with reason, progress and a new date. The clock runs on until it is decided.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = ExtensionRequest, responses((status = 200, description = "Asked", body = AssignmentView)))]
#[post("/assignments/{id}/extension-request")]
pub(crate) async fn extension_request(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest<ExtensionRequest>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| extending::request(tx, &by.actor, id, seen, &body).map(|()| id), resources::assignment).await
}

/// Answer the lead department
///
/// 协办意见, where an assisting department's part ends.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = NewContribution, responses((status = 200, description = "Answered", body = AssignmentView)))]
#[post("/assignments/{id}/contribution")]
pub(crate) async fn contribution(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest<NewContribution>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| replying::contribute(tx, &by.actor, id, seen, &body).map(|()| id), resources::assignment).await
}

/// Reply, suggestion by suggestion
///
/// Every numbered suggestion of the text as it was issued, once; a planned one with a promised date, a refused one with the reason.
#[utoipa::path(tag = "assignments", params(IfMatch), request_body = NewReply, responses((status = 200, description = "Replied", body = AssignmentView)))]
#[post("/assignments/{id}/reply")]
pub(crate) async fn reply(path: web::Path<AssignmentId>, seen: IfMatch, act: CommandRequest<NewReply>) -> ApiResult {
    let (id, seen) = (path.into_inner(), seen.version);
    act.run(move |tx, by, body| replying::reply(tx, &by.actor, id, seen, &body).map(|()| id), resources::assignment).await
}

/// Report how it is carried out
///
/// For one suggestion or all, until everything that was adopted has been carried out.
#[utoipa::path(tag = "assignments", request_body = NewReport, responses((status = 200, description = "Reported", body = AssignmentView)))]
#[post("/assignments/{id}/implementation-reports")]
pub(crate) async fn report(path: web::Path<AssignmentId>, act: CommandRequest<NewReport>) -> ApiResult {
    let id = path.into_inner();
    act.run(move |tx, by, body| reporting::report(tx, &by.actor, id, &body).map(|()| id), resources::assignment).await
}
