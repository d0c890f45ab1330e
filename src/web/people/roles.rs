//! Granting a role to a person, and handing their work over to a successor.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::AppError;
use crate::app::accounts::directory::{self, PeopleQuery, PersonView};
use crate::app::accounts::input::{Gift, Successor};
use crate::app::accounts::roles::{self, NewRole};
use crate::app::accounts::{By, handover, organizations};
use crate::domain::ids::UserId;
use crate::domain::vocabulary::Role;
use crate::text::words;
use crate::web::components::choice::Choice;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/people/{id}/roles", web::get().to(form))
        .route("/people/{id}/roles", web::post().to(give))
        .route("/people/{id}/handover", web::get().to(handover_form))
        .route("/people/{id}/handover", web::post().to(hand_over));
}

#[derive(Template)]
#[template(path = "people/role.html", config = "src/web/askama.toml")]
struct RolePage {
    f: Layout,
    person: PersonView,
    roles: Vec<Choice>,
    organizations: Vec<Choice>,
    leaders: Vec<Choice>,
}

impl RolePage {
    async fn new(visitor: &Visitor, f: Layout, id: UserId, typed: &Fields) -> Result<Self, AppError> {
        let leader = typed.get("serves_id").to_owned();
        let reading = visitor.read(move |tx, actor| {
            super::for_administrators(actor)?;
            let person = directory::find(tx, actor, id)?;
            Ok((person, organizations::all(tx, actor.channel)?, super::leader_choices(tx, actor, &leader)?))
        });
        let (person, all, leaders) = reading.await?;
        let fits = |role: &Role| person.roles.iter().all(|held| role.goes_with(held.role));
        let possible: Vec<Role> = Role::ALL.iter().copied().filter(fits).collect();
        Ok(Self {
            f,
            roles: Choice::words(visitor.lang, &possible, typed.get("role")),
            organizations: super::organization_choices(&all, typed.find("organization_id").unwrap_or(&person.organization_id.to_string())),
            leaders,
            person,
        })
    }
}

async fn form(visitor: Visitor, id: web::Path<UserId>) -> PageResult {
    html(&RolePage::new(&visitor, visitor.frame(NavItem::People), id.into_inner(), &Fields::default()).await?)
}

async fn give(id: web::Path<UserId>, form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let id = id.into_inner();
    let typed = fields.clone().with("user_id", id.to_string());
    let given = visitor.write(move |tx, actor| {
        let Gift { user_id, role, organization_id, serves_id } = typed.input()?;
        roles::give(tx, By::Person(actor), user_id, NewRole { role, organization: organization_id, serves: serves_id })
    });
    match given.await {
        Ok(_) => Ok(see_other(&format!("/people/{id}"), Some("role-given"))),
        Err(error) => {
            let f = visitor.frame(NavItem::People).with(visitor.problems(error)?);
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &RolePage::new(&visitor, f, id, &fields).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "people/handover.html", config = "src/web/askama.toml")]
struct HandoverPage {
    f: Layout,
    person: PersonView,
    offices: String,
    successors: Vec<Choice>,
}

impl HandoverPage {
    async fn new(visitor: &Visitor, f: Layout, id: UserId, typed: &Fields) -> Result<Self, AppError> {
        let reading = visitor.read(move |tx, actor| {
            super::for_administrators(actor)?;
            let person = directory::find(tx, actor, id)?;
            let wanted = PeopleQuery { organization: Some(person.organization_id), suspended: Some(false), ..PeopleQuery::default() };
            Ok((person, directory::list(tx, actor, wanted, None, 200)?))
        });
        let (person, colleagues) = reading.await?;
        let mut offices: Vec<Role> = person.roles.iter().map(|held| held.role).filter(|role| role.is_office()).collect();
        offices.dedup();
        let others = colleagues.iter().filter(|one| one.id != id && !one.roles.iter().any(|held| held.role.is_administrative()));
        let successors = others.map(|one| Choice::new(one.id, format!("{}　{}", one.name, one.post), typed.get("to_id"))).collect();
        Ok(Self { f, offices: words(visitor.lang, &offices), person, successors })
    }
}

async fn handover_form(visitor: Visitor, id: web::Path<UserId>) -> PageResult {
    html(&HandoverPage::new(&visitor, visitor.frame(NavItem::People), id.into_inner(), &Fields::default()).await?)
}

async fn hand_over(id: web::Path<UserId>, form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let id = id.into_inner();
    let typed = fields.clone();
    let done = visitor.write(move |tx, actor| {
        let Successor { to_id } = typed.input()?;
        handover::hand_over(tx, actor, id, to_id)
    });
    match done.await {
        Ok(_) => Ok(see_other(&format!("/people/{id}"), Some("handed-over"))),
        Err(error) => {
            let f = visitor.frame(NavItem::People).with(visitor.problems(error)?);
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &HandoverPage::new(&visitor, f, id, &fields).await?)
        }
    }
}
