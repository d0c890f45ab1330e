//! Makes the holder of an account a member of this channel.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::AppError;
use crate::app::accounts::input::MemberBody;
use crate::app::accounts::{By, members, organizations};
use crate::domain::vocabulary::Role;
use crate::web::components::choice::Choice;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::people::form::{ROLE, SERVES};
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/people/existing", web::get().to(existing)).route("/people/existing", web::post().to(add));
}

#[derive(Template)]
#[template(path = "people/existing.html", config = "src/web/askama.toml")]
struct MemberForm {
    f: Layout,
    login: String,
    called: String,
    post: String,
    organizations: Vec<Choice>,
    roles: Vec<Choice>,
    leaders: Vec<Choice>,
}

impl MemberForm {
    /// Builds the page with the input.
    async fn new(visitor: &Visitor, f: Layout, typed: &Fields) -> Result<Self, AppError> {
        let leader = typed.get(SERVES).to_owned();
        let reading = visitor.read(move |tx, actor| {
            super::for_administrators(actor)?;
            Ok((organizations::all(tx, actor.channel)?, super::leader_choices(tx, actor, &leader)?))
        });
        let (all, leaders) = reading.await?;
        Ok(Self {
            f,
            login: typed.get("login").to_owned(),
            called: typed.get("name").to_owned(),
            post: typed.get("post").to_owned(),
            organizations: super::organization_choices(&all, typed.get("organization_id")),
            roles: Choice::words(visitor.lang, Role::ALL, typed.get(ROLE)),
            leaders,
        })
    }
}

async fn existing(visitor: Visitor) -> PageResult {
    html(&MemberForm::new(&visitor, visitor.frame(NavItem::People), &Fields::default()).await?)
}

async fn add(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let typed = fields.clone();
    let added = visitor.write(move |tx, actor| {
        let (organization, new) = typed.input::<MemberBody>()?.into_member();
        members::add(tx, By::Person(actor), organization, actor.channel, new)
    });
    match added.await {
        Ok(id) => Ok(see_other(&format!("/people/{id}"), Some("member-added"))),
        Err(error) => {
            let f = visitor.frame(NavItem::People).with(visitor.problems(error)?);
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &MemberForm::new(&visitor, f, &fields).await?)
        }
    }
}
