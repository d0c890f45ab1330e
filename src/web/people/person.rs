//! The page of one person: profile, roles, sessions, and the acts that an administrator can perform on them.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::accounts::directory::{self, PersonView};
use crate::app::accounts::{By, account, links, organizations, roles, suspension, tokens};
use crate::app::mail_settings::{self, MailState};
use crate::app::{AppError, Tx};
use crate::domain::ids::{GrantId, UserId};
use crate::web::components::roles::RoleLine;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/people/{id}", web::get().to(show))
        .route("/people/{id}/suspension", web::post().to(suspend))
        .route("/people/{id}/resumption", web::post().to(resume))
        .route("/people/{id}/one-time-link", web::post().to(send_link))
        .route("/people/{id}/roles/{grant}/revocation", web::post().to(revoke));
}

/// The page of a person.
#[derive(Template)]
#[template(path = "people/person.html", config = "src/web/askama.toml")]
pub(super) struct PersonPage {
    f: Layout,
    person: PersonView,
    organization: String,
    roles: Vec<RoleLine>,
    /// The number of open sessions and tokens.
    open: usize,
    /// Whether they are a member of other channels too, so that this channel cannot change the account.
    elsewhere: bool,
    /// Whether the person is the administrator who reads the page, who cannot perform these acts on themself.
    own: bool,
    has_office: bool,
    /// Whether letters are only written to files.
    only_files: bool,
}

impl PersonPage {
    pub(super) async fn new(visitor: &Visitor, f: Layout, id: UserId) -> Result<Self, AppError> {
        let lang = visitor.lang;
        let reading = visitor.read(move |tx, actor| {
            super::for_administrators(actor)?;
            let person = directory::find(tx, actor, id)?;
            let organization = organizations::find(tx, actor, person.organization_id)?.name;
            let roles = RoleLine::given(tx, actor, lang, &person.roles)?;
            let open = tokens::list(tx, actor, Some(id), None, 200)?.len();
            let only_files = mail_settings::state(tx)? == MailState::OnlyFiles;
            let elsewhere = account::is_member_elsewhere(tx, actor, id)?;
            Ok((person, organization, roles, open, only_files, elsewhere))
        });
        let (person, organization, roles, open, only_files, elsewhere) = reading.await?;
        let has_office = person.roles.iter().any(|held| held.role.is_office());
        Ok(Self { f, organization, roles, open, elsewhere, own: id == visitor.me.id, has_office, only_files, person })
    }
}

async fn show(visitor: Visitor, id: web::Path<UserId>) -> PageResult {
    html(&PersonPage::new(&visitor, visitor.frame(NavItem::People), id.into_inner()).await?)
}

/// Shows the page again with the reason why an act was refused.
pub(super) async fn refused(visitor: &Visitor, id: UserId, error: AppError) -> PageResult {
    let f = visitor.frame(NavItem::People).with(visitor.problems(error)?);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &PersonPage::new(visitor, f, id).await?)
}

/// Executes an act and redirects to the person's page.
async fn act<F>(form: PageForm, id: UserId, done: &str, act: F) -> PageResult
where
    F: FnOnce(&mut Tx<'_>, By<'_>) -> Result<(), AppError> + Send + 'static,
{
    let visitor = form.visitor;
    match visitor.write(move |tx, actor| act(tx, By::Person(actor))).await {
        Ok(()) => Ok(see_other(&format!("/people/{id}"), Some(done))),
        Err(error) => refused(&visitor, id, error).await,
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
