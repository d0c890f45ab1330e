//! One person: who they are, what they may do, where they are signed in, and what an administrator can do about it.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::AppError;
use crate::app::accounts::account;
use crate::app::accounts::directory::{self, PersonView};
use crate::app::accounts::organizations;
use crate::app::accounts::tokens;
use crate::app::mail_settings::{self, MailState};
use crate::domain::ids::UserId;
use crate::web::components::roles::RoleLine;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/people/{id}", web::get().to(show));
}

/// The page of a person.
#[derive(Template)]
#[template(path = "people/person.html", config = "src/web/askama.toml")]
pub(super) struct PersonPage {
    f: Layout,
    person: PersonView,
    organization: String,
    roles: Vec<RoleLine>,
    /// How many sign-ins and tokens are open.
    open: usize,
    /// Whether they are a member of other channels too, so that the account is not this channel's to change.
    elsewhere: bool,
    /// Whether it is the administrator themself, who can't do these things to themself.
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

/// The page again, with why an act was not carried out.
pub(super) async fn refused(visitor: &Visitor, id: UserId, error: AppError) -> PageResult {
    let f = visitor.frame(NavItem::People).with(visitor.problems(error)?);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &PersonPage::new(visitor, f, id).await?)
}
