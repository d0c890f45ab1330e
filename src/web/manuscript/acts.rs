//! The acts on the manuscript's own page: undoing a decision, archival, adoption.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::app::outcomes::input::Archival;
use crate::app::outcomes::{adoptions, archival};
use crate::app::{AppError, undo};
use crate::domain::ids::ManuscriptId;
use crate::domain::refusal::Refusal;
use crate::web::errors::PageResult;
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::manuscript::page::{gather, page};
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/manuscripts/{id}/undo", web::post().to(take_back))
        .route("/manuscripts/{id}/archival", web::post().to(archive))
        .route("/manuscripts/{id}/adoptions", web::post().to(adopt));
}

/// Shows the page again with the problems and the input of the form.
pub(super) async fn again(visitor: &Visitor, id: ManuscriptId, error: AppError, typed: Fields) -> PageResult {
    let problems = visitor.problems(error)?;
    let whole = gather(visitor, id).await?;
    page(visitor, StatusCode::UNPROCESSABLE_ENTITY, whole, None, problems, typed)
}

async fn take_back(id: web::Path<ManuscriptId>, form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let (id, typed) = (*id, fields.clone());
    match visitor.write(move |tx, actor| undo::undo(tx, actor, id, typed.seen()?)).await {
        // The bar of a work queue leads back to that queue.
        Ok(_) => {
            let app =
                ["review", "screening", "signing"].map(|desk| format!("/{desk}/{id}")).into_iter().find(|path| fields.get("back") == path);
            Ok(see_other(&app.unwrap_or_else(|| format!("/manuscripts/{id}")), Some("undone")))
        }
        Err(error) => again(&visitor, id, error, fields).await,
    }
}

async fn archive(id: web::Path<ManuscriptId>, form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let (id, typed) = (*id, fields.clone());
    let done = visitor.write(move |tx, actor| {
        let Archival { note } = typed.input()?;
        archival::archive(tx, actor, id, typed.seen()?, &note)
    });
    match done.await {
        Ok(_) => Ok(see_other(&format!("/manuscripts/{id}"), Some("archived"))),
        Err(error) => again(&visitor, id, error, fields).await,
    }
}

async fn adopt(id: web::Path<ManuscriptId>, form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let (id, typed) = (*id, fields.clone());
    match visitor.write(move |tx, actor| adoptions::record(tx, actor, id, &typed.input()?)).await {
        Ok(_) => Ok(see_other(&format!("/manuscripts/{id}"), Some("adopted"))),
        // The page shows the first one.
        Err(AppError::Refused(Refusal::Repeated { .. })) => Ok(see_other(&format!("/manuscripts/{id}"), Some("repeated"))),
        Err(error) => again(&visitor, id, error, fields).await,
    }
}
