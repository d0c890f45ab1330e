//! The acts that stand on the manuscript's own page: taking a decision back, archival, adoption.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::app::AppError;
use crate::app::outcomes::adoptions::{self, NewAdoption};
use crate::app::outcomes::archival;
use crate::app::undo;
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::numbers::Day;
use crate::domain::outcome::{AdoptionForm, AdoptionLevel};
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Violation, Violations};
use crate::web::errors::PageResult;
use crate::web::form::{Fields, PageForm};
use crate::web::manuscript::page::{gather, page};
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/manuscripts/{id}/undo", web::post().to(take_back))
        .route("/manuscripts/{id}/archival", web::post().to(archive))
        .route("/manuscripts/{id}/adoptions", web::post().to(adopt));
}

/// The page again with what was wrong, and all that was typed.
pub(super) async fn again(visitor: &Visitor, id: ManuscriptId, error: AppError, typed: Fields) -> PageResult {
    let problems = visitor.problems(error)?;
    let whole = gather(visitor, id).await?;
    page(visitor, StatusCode::UNPROCESSABLE_ENTITY, whole, None, problems, typed)
}

/// The version that was seen.
fn seen(fields: &Fields) -> Result<i64, AppError> {
    fields.read("version").ok_or(AppError::VersionMissing)
}

async fn take_back(id: web::Path<ManuscriptId>, form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let (id, seen) = (*id, seen(&fields)?);
    match visitor.write(move |tx, actor| undo::undo(tx, actor, id, seen)).await {
        // A desk's own bar leads back to that desk.
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
    let (id, seen, note) = (*id, seen(&fields)?, fields.get("note").to_owned());
    match visitor.write(move |tx, actor| archival::archive(tx, actor, id, seen, &note)).await {
        Ok(_) => Ok(see_other(&format!("/manuscripts/{id}"), Some("archived"))),
        Err(error) => again(&visitor, id, error, fields).await,
    }
}

async fn adopt(id: web::Path<ManuscriptId>, form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let id = *id;
    let done = match adoption(&fields) {
        Ok(new) => visitor.write(move |tx, actor| adoptions::record(tx, actor, id, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/manuscripts/{id}"), Some("adopted"))),
        // The page shows the first one.
        Err(AppError::Refused(Refusal::Repeated { .. })) => Ok(see_other(&format!("/manuscripts/{id}"), Some("repeated"))),
        Err(error) => again(&visitor, id, error, fields).await,
    }
}

fn adoption(fields: &Fields) -> Result<NewAdoption, AppError> {
    let mut wrong = Violations::default();
    let adopted_on = Day::parse("adopted_on", fields.get("adopted_on"));
    let adopted_on = match adopted_on {
        Ok(day) => Some(day),
        Err(violation) => {
            wrong.add(if fields.get("adopted_on").is_empty() { Violation::required("adopted_on") } else { violation });
            None
        }
    };
    if is_blank(fields.get("body")) {
        wrong.add(Violation::required("body"));
    }
    wrong.or(())?;
    let adopted_on = adopted_on.ok_or_else(|| Violation::required("adopted_on"))?;
    Ok(NewAdoption {
        level: fields.read::<AdoptionLevel>("level").ok_or_else(|| Violation::required("level"))?,
        body: fields.get("body").to_owned(),
        form: fields.read::<AdoptionForm>("form").ok_or_else(|| Violation::required("form"))?,
        adopted_on,
        evidence: fields.get("evidence").to_owned(),
    })
}
