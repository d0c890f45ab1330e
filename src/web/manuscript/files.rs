//! Files: download, upload and removal.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_RANGE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::app::attachments::{self, Subject};
use crate::app::{AppError, Tx};
use crate::documents::vault::StoredFile;
use crate::domain::ids::{AssignmentId, AttachmentId, ManuscriptId};
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::http::download::{self, DownloadError};
use crate::web::errors::PageResult;
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::handling::page as assignment;
use crate::web::manuscript::acts::again;
use crate::web::session::{Visitor, see_other};
use crate::web::upload::{self, FormUpload};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/attachments/{id}", web::get().to(fetch))
        .route("/attachments/{id}/removal", web::post().to(remove))
        .route("/manuscripts/{id}/attachments", web::post().to(add));
}

async fn fetch(visitor: Visitor, id: web::Path<AttachmentId>, request: HttpRequest) -> PageResult {
    let (found, file) = attachments::download(&visitor.app, visitor.actor, *id).await?;
    match download::answer(request.headers(), &found, file) {
        Err(DownloadError::Range { bytes }) => {
            Ok(HttpResponse::RangeNotSatisfiable().insert_header((CONTENT_RANGE, format!("bytes */{bytes}"))).finish())
        }
        Err(DownloadError::App(error)) => Err(error.into()),
        Ok(answer) => Ok(answer),
    }
}

/// The subject of the file; the manuscript itself if the form names none.
#[derive(Deserialize)]
struct UploadTarget {
    assignment_id: Option<AssignmentId>,
}

impl UploadTarget {
    /// The subject, and the page that is shown next.
    fn subject(&self, id: ManuscriptId) -> (Subject, String) {
        match self.assignment_id {
            Some(assignment) => (Subject::Assignment(assignment), format!("/assignments/{assignment}")),
            None => (Subject::Manuscript, format!("/manuscripts/{id}#files")),
        }
    }
}

async fn add(request: HttpRequest, id: web::Path<ManuscriptId>, to: web::Query<UploadTarget>, payload: web::Payload) -> PageResult {
    let id = *id;
    let (subject, next) = to.subject(id);
    let FormUpload { visitor, fields, file } = upload::receive(&request, payload, move |tx, actor| may(tx, actor, id, subject)).await?;
    match keep(&visitor, id, subject, file).await {
        Ok(()) => Ok(see_other(back(&fields).unwrap_or(&next), Some("attached"))),
        Err(error) => match subject {
            Subject::Assignment(assignment) => {
                let problems = visitor.problems(error)?;
                assignment::page(&visitor, assignment, Some(("files", fields)), problems, StatusCode::UNPROCESSABLE_ENTITY).await
            }
            _ => again(&visitor, id, error, fields).await,
        },
    }
}

/// The page from which the form was sent, if the form names it and it is a page that shows files.
fn back(fields: &Fields) -> Option<&str> {
    fields.find("back").filter(|back| ["/manuscripts/", "/assignments/"].iter().any(|known| back.starts_with(known)))
}

fn may(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, to: Subject) -> Result<(), AppError> {
    attachments::may_attach(tx, actor, id, to)
}

async fn keep(
    visitor: &Visitor,
    id: ManuscriptId,
    to: Subject,
    file: Result<Option<(String, StoredFile)>, AppError>,
) -> Result<(), AppError> {
    let (name, kept) = file?.ok_or_else(|| AppError::from(Violation::required("file")))?;
    visitor.write(move |tx, actor| attachments::attach(tx, actor, id, to, &name, &kept)).await.map(|_| ())
}

async fn remove(id: web::Path<AttachmentId>, form: PageForm) -> PageResult {
    let (visitor, id) = (form.visitor, *id);
    let manuscript = visitor
        .write(move |tx, actor| {
            let found = attachments::find(tx, actor, id)?;
            attachments::remove(tx, actor, id)?;
            Ok(found.manuscript_id)
        })
        .await?;
    Ok(see_other(back(&form.fields).unwrap_or(&format!("/manuscripts/{manuscript}#files")), Some("detached")))
}
