//! Files: `/manuscripts/{id}/attachments` and `/attachments/{id}`.

mod upload;

use actix_web::{HttpRequest, delete, get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::List;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::{ApiResult, Problem};
use crate::app::AppError;
use crate::app::attachments::{self, AttachmentView, Subject, SubjectKind};
use crate::domain::ids::{AssignmentId, AttachmentId, ManuscriptId};
use crate::domain::violation::Violation;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(add).service(list).service(read).service(remove);
}

/// The subject to which the file belongs.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SubjectQuery {
    /// The manuscript itself if it isn't said; `endorsement` for the scan of one that is entered next; `assignment` for a department's
    /// reply or reports.
    pub subject: Option<SubjectKind>,
    /// Which assignment.
    pub assignment_id: Option<AssignmentId>,
}

impl SubjectQuery {
    fn subject(&self) -> Result<Subject, AppError> {
        Ok(match (self.subject.unwrap_or(SubjectKind::Manuscript), self.assignment_id) {
            (SubjectKind::Manuscript, None) => Subject::Manuscript,
            (SubjectKind::Endorsement, None) => Subject::Endorsement,
            (SubjectKind::Assignment, Some(id)) => Subject::Assignment(id),
            (SubjectKind::Assignment, None) => return Err(Violation::required("assignment_id").into()),
            (_, Some(_)) => return Err(Violation::new("assignment_id", "not_allowed_here").into()),
        })
    }
}

/// A form with one file.
#[derive(ToSchema)]
pub struct FileForm {
    /// The file, with its name.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    #[expect(dead_code, reason = "read piece by piece, never whole; this is its description")]
    file: Vec<u8>,
}

/// Add a file
///
/// PDF, Word, WPS, Excel, PowerPoint (without macros), OFD, RTF, pictures, plain text and ZIP; what it is, its content says. To a manuscript
/// only while it is with its author.
#[utoipa::path(
    tag = "attachments", params(SubjectQuery),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "Added", body = AttachmentView))
)]
#[post("/manuscripts/{id}/attachments")]
pub(crate) async fn add(
    path: web::Path<ManuscriptId>,
    query: web::Query<SubjectQuery>,
    look: QueryRequest,
    request: HttpRequest,
    payload: web::Payload,
) -> ApiResult {
    let subject = query.subject()?;
    upload::add(look, &request, payload, path.into_inner(), subject).await
}

/// List the files of a manuscript
///
/// Those that you may have.
#[utoipa::path(tag = "attachments", responses((status = 200, description = "The files", body = List<AttachmentView>)))]
#[get("/manuscripts/{id}/attachments")]
pub(crate) async fn list(path: web::Path<ManuscriptId>, look: QueryRequest) -> ApiResult {
    look.read(move |tx, by| {
        let items = attachments::list(tx, &by.actor, path.into_inner())?;
        PreparedResponse::ok(&List { items, next_cursor: None })
    })
    .await
}

/// Download a file
///
/// Whether you may have it is asked each time. A `Range` of bytes gives that part, so that a download that broke off can go on.
#[utoipa::path(
    tag = "attachments",
    params(("Range" = Option<String>, Header, description = "One range of bytes: `bytes=1000-`", example = "bytes=1000-")),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part of it that was asked for", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 416, description = "There is no such part", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/attachments/{id}")]
pub(crate) async fn read(path: web::Path<AttachmentId>, look: QueryRequest, request: HttpRequest) -> ApiResult {
    let (found, file) = attachments::download(&look.app, look.caller.actor, path.into_inner()).await?;
    Ok(crate::http::download::answer(request.headers(), &found, file)?)
}

/// Take a file out
///
/// By the author, while the manuscript is with them; by the department, while it works on its answer; a scan by the person who added it,
/// until its endorsement is entered.
#[utoipa::path(tag = "attachments", responses((status = 204, description = "Gone")))]
#[delete("/attachments/{id}")]
pub(crate) async fn remove(path: web::Path<AttachmentId>, act: CommandRequest) -> ApiResult {
    let id = path.into_inner();
    act.run_at_once(move |tx, by, _| attachments::remove(tx, &by.actor, id).map(|()| PreparedResponse::nothing())).await
}
