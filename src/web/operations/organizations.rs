//! Organisations: add, rename, whether their office looks first.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::desk::accounts::By;
use crate::desk::accounts::organizations::{self, Changes, OrganizationView};
use crate::domain::ids::OrganizationId;
use crate::domain::words::{OrganizationKind, Role};
use crate::web::errors::{Page, html_with};
use crate::web::form::{Fields, Form};
use crate::web::frame::{Frame, ZONE};
use crate::web::places::Place;
use crate::web::problems::Problems;
use crate::web::visitor::{Visitor, see_other};

#[derive(Template)]
#[template(path = "operations/organizations.html", config = "src/web/askama.toml")]
struct OrganizationsPage {
    f: Frame,
    all: Vec<OrganizationView>,
    typed: Fields,
    may_change: bool,
}

pub(super) async fn list(visitor: Visitor) -> Page {
    page(&visitor, Fields::default(), Problems::default(), StatusCode::OK).await
}

async fn page(visitor: &Visitor, typed: Fields, problems: Problems, status: StatusCode) -> Page {
    let mut all = visitor.read(|tx, actor| organizations::all(tx, actor.channel)).await?;
    all.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    let (f, may_change) = (visitor.frame(Place::Organizations).with(problems), visitor.is(Role::SystemAdmin));
    html_with(status, &OrganizationsPage { f, all, typed, may_change })
}

pub(super) async fn add(form: Form) -> Page {
    let Form { visitor, fields } = form;
    let (name, screening) = (fields.get("name").to_owned(), fields.has("screening"));
    let kind: OrganizationKind = fields.read("kind").unwrap_or(OrganizationKind::UnitedFront);
    let added = visitor.write(move |tx, actor| organizations::add(tx, By::Person(actor), actor.channel, &name, kind, screening)).await;
    match added {
        Ok(_) => Ok(see_other("/organizations", Some("organization-added"))),
        Err(error) => {
            let problems = Problems::of(visitor.lang, ZONE, error)?;
            page(&visitor, fields, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

pub(super) async fn change(form: Form, path: web::Path<OrganizationId>) -> Page {
    let (id, Form { visitor, fields }) = (path.into_inner(), form);
    let seen = fields.read("version").unwrap_or(0);
    let changes = Changes { name: fields.find("name").map(str::to_owned), screening: Some(fields.has("screening")), ..Changes::default() };
    let changed = visitor.write(move |tx, actor| organizations::change(tx, By::Person(actor), actor.channel, (id, seen), changes)).await;
    match changed {
        Ok(()) => Ok(see_other("/organizations", Some("organization-changed"))),
        Err(error) => {
            let problems = Problems::of(visitor.lang, ZONE, error)?;
            page(&visitor, Fields::default(), problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

impl OrganizationsPage {
    fn kinds(&self) -> &'static [OrganizationKind] {
        OrganizationKind::ALL
    }

    fn is_kind(&self, kind: &OrganizationKind) -> bool {
        self.typed.get("kind") == kind.as_str()
    }
}
