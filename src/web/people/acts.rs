//! What an administrator does to a member without asking more: suspend, resume, send a link, take a role away.

use actix_web::web;

use crate::app::accounts::{By, links, roles, suspension};
use crate::app::mail_settings::{self, MailState};
use crate::app::{AppError, Tx};
use crate::domain::ids::{GrantId, UserId};
use crate::web::errors::PageResult;
use crate::web::form::PageForm;
use crate::web::people::person;
use crate::web::session::see_other;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/people/{id}/suspension", web::post().to(suspend))
        .route("/people/{id}/resumption", web::post().to(resume))
        .route("/people/{id}/one-time-link", web::post().to(send_link))
        .route("/people/{id}/roles/{grant}/revocation", web::post().to(revoke));
}

/// Carries an act out and leads back to the person.
async fn act<F>(form: PageForm, id: UserId, done: &str, act: F) -> PageResult
where
    F: FnOnce(&mut Tx<'_>, By<'_>) -> Result<(), AppError> + Send + 'static,
{
    let visitor = form.visitor;
    match visitor.write(move |tx, actor| act(tx, By::Person(actor))).await {
        Ok(()) => Ok(see_other(&format!("/people/{id}"), Some(done))),
        Err(error) => person::refused(&visitor, id, error).await,
    }
}

async fn suspend(id: web::Path<UserId>, form: PageForm) -> PageResult {
    let id = id.into_inner();
    act(form, id, "suspended", move |tx, by| suspension::suspend(tx, by, id)).await
}

async fn resume(id: web::Path<UserId>, form: PageForm) -> PageResult {
    let id = id.into_inner();
    act(form, id, "resumed", move |tx, by| suspension::resume(tx, by, id)).await
}

async fn send_link(id: web::Path<UserId>, form: PageForm) -> PageResult {
    let id = id.into_inner();
    let only_files = form.visitor.app.read(|tx| Ok(mail_settings::state(tx)? == MailState::OnlyFiles)).await?;
    act(form, id, if only_files { "link-filed" } else { "link-sent" }, move |tx, by| links::send_to(tx, by, id)).await
}

async fn revoke(path: web::Path<(UserId, GrantId)>, form: PageForm) -> PageResult {
    let (id, grant) = path.into_inner();
    act(form, id, "role-revoked", move |tx, by| roles::revoke(tx, by, grant)).await
}
