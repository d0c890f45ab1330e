//! The members of a channel, for administrators: searching, showing, adding, changing, granting roles, suspending.

mod existing;
mod form;
mod person;
mod roles;
mod slips;

use actix_web::web;
use askama::Template;

use crate::app::accounts::ADMINISTRATORS;
use crate::app::accounts::directory::{self, PeopleQuery, PersonView};
use crate::app::accounts::organizations::{self, OrganizationView};
use crate::app::mail_settings::{self, MailState};
use crate::app::{AppError, Tx};
use crate::domain::ids::OrganizationId;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::text::words;
use crate::web::components::choice::Choice;
use crate::web::components::rows::{self, PageRows};
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/people", web::get().to(list));
    existing::routes(routes);
    form::routes(routes);
    person::routes(routes);
    roles::routes(routes);
    slips::routes(routes);
}

/// A person in the list.
struct PersonLine {
    view: PersonView,
    organization: String,
    roles: String,
}

#[derive(Template)]
#[template(path = "people/people.html", config = "src/web/askama.toml")]
struct PeoplePage {
    f: Layout,
    rows: PageRows<PersonLine>,
    q: String,
    organizations: Vec<Choice>,
    roles: Vec<Choice>,
    suspended: bool,
    filtered: bool,
    /// Whether letters are only written to files.
    only_files: bool,
}

impl PersonLine {
    /// Whether they never had a password, so that a slip can be printed for them.
    fn is_new(&self) -> bool {
        !self.view.has_password && self.view.suspended_at.is_none()
    }
}

impl PeoplePage {
    fn any_new(&self) -> bool {
        self.rows.items.iter().any(PersonLine::is_new)
    }

    /// Whether there are filters besides a name.
    fn is_detailed(&self) -> bool {
        self.suspended || self.organizations.iter().chain(&self.roles).any(|one| one.chosen)
    }
}

/// Refuses visitors who are not administrators; other users see people on the pages of their work.
fn for_administrators(actor: &Actor) -> Result<(), AppError> {
    Ok(actor.need(&ADMINISTRATORS).map(drop)?)
}

/// The organisations of the channel as choices.
fn organization_choices(all: &[OrganizationView], chosen: &str) -> Vec<Choice> {
    let open = all.iter().filter(|one| one.closed_at.is_none() || one.id.to_string() == chosen);
    open.map(|one| Choice::new(one.id, one.name.clone(), chosen)).collect()
}

/// The leaders for whom a secretary may work.
fn leader_choices(tx: &mut Tx<'_>, actor: &Actor, chosen: &str) -> Result<Vec<Choice>, AppError> {
    let wanted = PeopleQuery { role: Some(Role::Leader), suspended: Some(false), ..PeopleQuery::default() };
    let leaders = directory::list(tx, actor, wanted, None, 200)?;
    Ok(leaders.into_iter().map(|one| Choice::new(one.id, format!("{}　{}", one.name, one.post), chosen)).collect())
}

async fn list(visitor: Visitor) -> PageResult {
    let query = rows::query(&visitor);
    let q = query.get("q").trim().to_owned();
    let wanted = PeopleQuery {
        organization: query.read::<OrganizationId>("organization"),
        role: query.read::<Role>("role"),
        suspended: query.has("suspended").then_some(true),
        like: Some(q.clone()).filter(|q| !q.is_empty()),
        login: None,
    };
    let filtered = wanted.organization.is_some() || wanted.role.is_some() || wanted.suspended.is_some() || wanted.like.is_some();
    let (before, lang) = (rows::before(&visitor), visitor.lang);
    let reading = visitor.read(move |tx, actor| {
        for_administrators(actor)?;
        let only_files = mail_settings::state(tx)? == MailState::OnlyFiles;
        Ok((directory::list(tx, actor, wanted, before, rows::ASKED)?, organizations::all(tx, actor.channel)?, only_files))
    });
    let (people, all, only_files) = reading.await?;
    let line = |view: PersonView| {
        let organization = all.iter().find(|one| one.id == view.organization_id).map(|one| one.name.clone());
        let mut held: Vec<Role> = view.roles.iter().map(|one| one.role).collect();
        held.dedup();
        PersonLine { organization: organization.unwrap_or_default(), roles: words(lang, &held), view }
    };
    let rows = PageRows::new(&visitor, people.into_iter().map(line).collect(), |one: &PersonLine| one.view.id.to_string());
    visitor.page(NavItem::People, |f| PeoplePage {
        f,
        rows,
        q,
        organizations: organization_choices(&all, query.get("organization")),
        roles: Choice::words(lang, Role::ALL, query.get("role")),
        suspended: query.has("suspended"),
        filtered,
        only_files,
    })
}
