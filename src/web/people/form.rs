//! The form for a new person and for changing one; both have the same fields.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::AppError;
use crate::app::accounts::directory::{self, PersonView};
use crate::app::accounts::input::{NewUser, UserChanges};
use crate::app::accounts::{By, organizations, people};
use crate::app::mail_settings::{self, MailState};
use crate::domain::ids::UserId;
use crate::domain::lang::Lang;
use crate::domain::vocabulary::Role;
use crate::web::components::choice::Choice;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

/// The fields of the first role, named as in the input of the use case.
pub(super) const ROLE: &str = "roles[0].role";
pub(super) const SERVES: &str = "roles[0].serves_id";

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/people/new", web::get().to(new))
        .route("/people/new", web::post().to(add))
        .route("/people/{id}/edit", web::get().to(edit))
        .route("/people/{id}/edit", web::post().to(change));
}

#[derive(Template)]
#[template(path = "people/form.html", config = "src/web/askama.toml")]
struct PersonForm {
    f: Layout,
    /// Whether letters are only written to files, so that a new person needs a slip.
    only_files: bool,
    /// The person who is changed; `None` for a new person.
    id: Option<UserId>,
    version: String,
    login: String,
    called: String,
    post: String,
    email: String,
    mobile: String,
    languages: Vec<Choice>,
    organizations: Vec<Choice>,
    roles: Vec<Choice>,
    leaders: Vec<Choice>,
}

impl PersonForm {
    /// How a new person receives a password.
    fn who_sets_the_password(&self) -> String {
        self.f.t(if self.only_files { "people-new-who-slip" } else { "people-new-who" })
    }

    /// Builds the page with the input, or with the person's values, or empty.
    async fn new(visitor: &Visitor, f: Layout, id: Option<UserId>, typed: &Fields) -> Result<Self, AppError> {
        let leader = typed.get(SERVES).to_owned();
        let reading = visitor.read(move |tx, actor| {
            super::for_administrators(actor)?;
            let person = id.map(|id| directory::find(tx, actor, id)).transpose()?;
            let only_files = mail_settings::state(tx)? == MailState::OnlyFiles;
            Ok((person, organizations::all(tx, actor.channel)?, super::leader_choices(tx, actor, &leader)?, only_files))
        });
        let (person, all, leaders, only_files) = reading.await?;
        let of = |take: &dyn Fn(&PersonView) -> String| person.as_ref().map(take).unwrap_or_default();
        let value = |name: &str, kept: String| typed.find(name).map_or(kept, str::to_owned);
        let language = value("language", person.as_ref().map_or(Lang::Zh, |one| one.language).to_string());
        let organization = value("organization_id", of(&|one| one.organization_id.to_string()));
        Ok(Self {
            f,
            only_files,
            id,
            version: value("version", of(&|one| one.version.to_string())),
            login: value("login", of(&|one| one.login.clone())),
            called: value("name", of(&|one| one.name.clone())),
            post: value("post", of(&|one| one.post.clone())),
            email: value("email", of(&|one| one.email.clone().unwrap_or_default())),
            mobile: value("mobile", of(&|one| one.mobile.clone().unwrap_or_default())),
            languages: vec![Choice::new(Lang::Zh, "中文", &language), Choice::new(Lang::En, "English", &language)],
            organizations: super::organization_choices(&all, &organization),
            roles: Choice::words(visitor.lang, Role::ALL, typed.get(ROLE)),
            leaders,
        })
    }
}

async fn new(visitor: Visitor) -> PageResult {
    html(&PersonForm::new(&visitor, visitor.frame(NavItem::People), None, &Fields::default()).await?)
}

async fn edit(visitor: Visitor, id: web::Path<UserId>) -> PageResult {
    html(&PersonForm::new(&visitor, visitor.frame(NavItem::People), Some(id.into_inner()), &Fields::default()).await?)
}

async fn refused(visitor: &Visitor, id: Option<UserId>, fields: &Fields, error: AppError) -> PageResult {
    let f = visitor.frame(NavItem::People).with(visitor.problems(error)?);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &PersonForm::new(visitor, f, id, fields).await?)
}

async fn add(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let typed = fields.clone();
    let added = visitor.write(move |tx, actor| {
        let (organization, new) = typed.input::<NewUser>()?.into_person();
        people::add(tx, By::Person(actor), organization, actor.channel, new)
    });
    match added.await {
        Ok(id) => {
            let only_files = visitor.app.read(|tx| Ok(mail_settings::state(tx)? == MailState::OnlyFiles)).await?;
            Ok(see_other(&format!("/people/{id}"), Some(if only_files { "person-added-filed" } else { "person-added" })))
        }
        Err(error) => refused(&visitor, None, &fields, error).await,
    }
}

async fn change(id: web::Path<UserId>, form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let id = id.into_inner();
    let typed = fields.clone();
    let done = visitor.write(move |tx, actor| {
        let changes: UserChanges = typed.input()?;
        people::change(tx, By::Person(actor), id, typed.seen()?, changes.into())
    });
    match done.await {
        Ok(()) => Ok(see_other(&format!("/people/{id}"), Some("saved"))),
        Err(error) => refused(&visitor, Some(id), &fields, error).await,
    }
}
