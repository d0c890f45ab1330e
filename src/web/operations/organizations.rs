//! Organisations: the list, adding one, and a page for changing one.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::accounts::By;
use crate::app::accounts::input::{NewOrganization, OrganizationChanges};
use crate::app::accounts::organizations::{self, OrganizationView};
use crate::app::{AppError, staffing};
use crate::domain::ids::OrganizationId;
use crate::domain::vocabulary::{OrganizationKind, Role};
use crate::web::components::choice::Choice;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/organizations", web::get().to(list))
        .route("/organizations/new", web::get().to(new))
        .route("/organizations/new", web::post().to(add))
        .route("/organizations/{id}", web::get().to(one))
        .route("/organizations/{id}", web::post().to(change));
}

#[derive(Template)]
#[template(path = "operations/organizations.html", config = "src/web/askama.toml")]
struct OrganizationsPage {
    f: Layout,
    all: Vec<OrganizationView>,
    may_change: bool,
    /// Organisations that require screening and have no screener; shown only to readers who can change that.
    unscreened: Vec<OrganizationId>,
}

/// The page of a new organisation, or of one that is changed.
#[derive(Template)]
#[template(path = "operations/organization.html", config = "src/web/askama.toml")]
struct OrganizationPage {
    f: Layout,
    of: Option<OrganizationView>,
    typed: Fields,
    kinds: Vec<Choice>,
}

async fn list(visitor: Visitor) -> PageResult {
    let may_change = visitor.is(Role::SystemAdmin);
    let (mut all, unscreened) = visitor
        .read(move |tx, actor| {
            let unscreened = if may_change { staffing::without_screener(tx, actor.channel)? } else { Vec::new() };
            Ok((organizations::all(tx, actor.channel)?, unscreened.into_iter().map(|one| one.id).collect()))
        })
        .await?;
    all.sort_by(|a, b| (a.closed_at.is_some(), a.kind, &a.name).cmp(&(b.closed_at.is_some(), b.kind, &b.name)));
    visitor.page(NavItem::Organizations, |f| OrganizationsPage { f, all, may_change, unscreened })
}

async fn new(visitor: Visitor) -> PageResult {
    page(&visitor, None, None, Problems::default()).await
}

async fn one(visitor: Visitor, path: web::Path<OrganizationId>) -> PageResult {
    page(&visitor, Some(path.into_inner()), None, Problems::default()).await
}

/// Renders the form with the saved values, or with the input.
async fn page(visitor: &Visitor, id: Option<OrganizationId>, typed: Option<Fields>, problems: Problems) -> PageResult {
    let of = visitor
        .read(move |tx, actor| {
            actor.need(&[Role::SystemAdmin])?;
            id.map(|id| organizations::find(tx, actor, id)).transpose()
        })
        .await?;
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let typed = typed.unwrap_or_else(|| of.as_ref().map(written).unwrap_or_default());
    let kinds = Choice::words(visitor.lang, OrganizationKind::ALL, typed.get("kind"));
    html_with(status, &OrganizationPage { f: visitor.frame(NavItem::Organizations).with(problems), of, typed, kinds })
}

fn written(of: &OrganizationView) -> Fields {
    let mut fields = vec![
        ("version".to_owned(), of.version.to_string()),
        ("name".to_owned(), of.name.clone()),
        ("kind".to_owned(), of.kind.to_string()),
    ];
    fields.extend(of.screening.then(|| ("screening".to_owned(), "yes".to_owned())));
    fields.extend(of.closed_at.map(|_| ("closed".to_owned(), "yes".to_owned())));
    Fields::from(fields)
}

async fn add(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let typed = fields.clone();
    let added = visitor.write(move |tx, actor| {
        let NewOrganization { name, kind, screening } = typed.input()?;
        organizations::add(tx, By::Person(actor), actor.channel, &name, kind, screening)
    });
    answer(&visitor, None, fields, added.await.map(drop), "organization-added").await
}

async fn change(form: PageForm, path: web::Path<OrganizationId>) -> PageResult {
    let (id, PageForm { visitor, fields }) = (path.into_inner(), form);
    let typed = fields.clone().with_boxes(&["screening", "closed"]);
    let changed = visitor.write(move |tx, actor| {
        let changes: OrganizationChanges = typed.input()?;
        organizations::change(tx, By::Person(actor), actor.channel, (id, typed.seen()?), changes.into())
    });
    answer(&visitor, Some(id), fields, changed.await, "organization-changed").await
}

async fn answer(visitor: &Visitor, id: Option<OrganizationId>, fields: Fields, done: Result<(), AppError>, key: &str) -> PageResult {
    match done {
        Ok(()) => Ok(see_other("/organizations", Some(key))),
        Err(error) => page(visitor, id, Some(fields), visitor.problems(error)?).await,
    }
}
