//! The short acts on an assignment: receive, request, decide, remind, cancel.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::app::handling::{extending, receiving};
use crate::app::review::input::Reason;
use crate::app::{AppError, Tx};
use crate::domain::ids::AssignmentId;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::web::errors::PageResult;
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::handling::page;
use crate::web::session::see_other;

type Path = web::Path<AssignmentId>;

/// Executes an act and redirects to the assignment, or shows its page with the problems of the form `name`.
pub(super) async fn carry_out<F>(form: PageForm, id: AssignmentId, name: &'static str, act: F) -> PageResult
where
    F: FnOnce(&mut Tx<'_>, &Actor, &Fields) -> Result<(), AppError> + Send + 'static,
{
    let PageForm { visitor, fields } = form;
    let typed = fields.clone();
    match visitor.write(move |tx, actor| act(tx, actor, &typed)).await {
        Ok(()) => {
            let back = if fields.get("back") == "/dispatch" { "/dispatch".to_owned() } else { format!("/assignments/{id}") };
            Ok(see_other(&back, Some(&format!("assignment-{name}"))))
        }
        // The page shows the first act.
        Err(AppError::Refused(Refusal::Repeated { .. })) => Ok(see_other(&format!("/assignments/{id}"), Some("repeated"))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            page::page(&visitor, id, Some((name, fields)), problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

pub(super) async fn receive(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "receipt", move |tx, actor, typed| receiving::receive(tx, actor, id, typed.seen()?)).await
}

pub(super) async fn request_return(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    let act =
        move |tx: &mut Tx<'_>, actor: &Actor, typed: &Fields| receiving::request_return(tx, actor, id, typed.seen()?, &typed.input()?);
    carry_out(form, id, "return-request", act).await
}

pub(super) async fn decide_return(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    let act = move |tx: &mut Tx<'_>, actor: &Actor, typed: &Fields| receiving::decide_return(tx, actor, id, typed.seen()?, &typed.input()?);
    carry_out(form, id, "return-decision", act).await
}

pub(super) async fn request_extension(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    let act = move |tx: &mut Tx<'_>, actor: &Actor, typed: &Fields| extending::request(tx, actor, id, typed.seen()?, &typed.input()?);
    carry_out(form, id, "extension-request", act).await
}

pub(super) async fn decide_extension(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    let act = move |tx: &mut Tx<'_>, actor: &Actor, typed: &Fields| extending::decide(tx, actor, id, typed.seen()?, &typed.input()?);
    carry_out(form, id, "extension-decision", act).await
}

pub(super) async fn urge(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "urging", move |tx, actor, typed| receiving::urge(tx, actor, id, &typed.input()?)).await
}

pub(super) async fn cancel(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "cancellation", move |tx, actor, typed| {
        let Reason { reason } = typed.input()?;
        receiving::cancel(tx, actor, id, typed.seen()?, &reason)
    })
    .await
}
