//! The short acts on an assignment: received, asked, decided, urged, cancelled.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::app::handling::forms::{ExtensionDecision, ExtensionRequest, NewUrging, ReturnDecision, ReturnRequest, Verdict};
use crate::app::handling::{extending, receiving};
use crate::app::{AppError, Tx};
use crate::domain::ids::AssignmentId;
use crate::domain::numbers::Day;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::web::dispatch::assignment::day;
use crate::web::errors::PageResult;
use crate::web::form::{Fields, PageForm};
use crate::web::handling::page;
use crate::web::session::see_other;

type Path = web::Path<AssignmentId>;

/// Carries an act out and leads back to the assignment, or shows its page with what was wrong with the form `name`.
pub(super) async fn carry_out<F>(form: PageForm, id: AssignmentId, name: &'static str, act: F) -> PageResult
where
    F: FnOnce(&mut Tx<'_>, &Actor, i64, &Fields) -> Result<(), AppError> + Send + 'static,
{
    let PageForm { visitor, fields } = form;
    let seen = fields.read("version").unwrap_or(0);
    let typed = fields.clone();
    match visitor.write(move |tx, actor| act(tx, actor, seen, &typed)).await {
        Ok(()) => {
            let back = if fields.get("back") == "/dispatch" { "/dispatch".to_owned() } else { format!("/assignments/{id}") };
            Ok(see_other(&back, Some(&format!("assignment-{name}"))))
        }
        // The page shows the first one.
        Err(AppError::Refused(Refusal::Repeated { .. })) => Ok(see_other(&format!("/assignments/{id}"), Some("repeated"))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            page::page(&visitor, id, Some((name, fields)), problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// A choice that a form must make.
pub(super) fn chosen<T: std::str::FromStr>(fields: &Fields, name: &str) -> Result<T, AppError> {
    fields.read(name).ok_or_else(|| Violation::required(name).into())
}

fn verdict(fields: &Fields) -> Result<Verdict, AppError> {
    match fields.get("decision") {
        "grant" => Ok(Verdict::Grant),
        "refuse" => Ok(Verdict::Refuse),
        _ => Err(Violation::required("decision").into()),
    }
}

/// A day that must be there.
fn named_day(fields: &Fields, name: &str) -> Result<Day, AppError> {
    Ok(day(fields, name)?.ok_or_else(|| Violation::required(name))?)
}

pub(super) async fn receive(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "receipt", move |tx, actor, seen, _| receiving::receive(tx, actor, id, seen)).await
}

pub(super) async fn request_return(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "return-request", move |tx, actor, seen, typed| {
        let proposed_organization = typed.get("proposed_organization").to_owned();
        let form = ReturnRequest { reason: typed.get("reason").to_owned(), proposed_organization };
        receiving::request_return(tx, actor, id, seen, &form)
    })
    .await
}

pub(super) async fn decide_return(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "return-decision", move |tx, actor, seen, typed| {
        let form = ReturnDecision { decision: verdict(typed)?, reason: typed.get("reason").to_owned() };
        receiving::decide_return(tx, actor, id, seen, &form)
    })
    .await
}

pub(super) async fn request_extension(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "extension-request", move |tx, actor, seen, typed| {
        let (reason, progress) = (typed.get("reason").to_owned(), typed.get("progress").to_owned());
        let form = ExtensionRequest { reason, progress, due_on: named_day(typed, "due_on")? };
        extending::request(tx, actor, id, seen, &form)
    })
    .await
}

pub(super) async fn decide_extension(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "extension-decision", move |tx, actor, seen, typed| {
        let reason = typed.get("reason").to_owned();
        let form = ExtensionDecision { decision: verdict(typed)?, due_on: day(typed, "due_on")?, reason };
        extending::decide(tx, actor, id, seen, &form)
    })
    .await
}

pub(super) async fn urge(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "urging", move |tx, actor, _, typed| {
        receiving::urge(tx, actor, id, &NewUrging { words: typed.get("words").to_owned() })
    })
    .await
}

pub(super) async fn cancel(form: PageForm, path: Path) -> PageResult {
    let id = path.into_inner();
    carry_out(form, id, "cancellation", move |tx, actor, seen, typed| receiving::cancel(tx, actor, id, seen, typed.get("reason"))).await
}
