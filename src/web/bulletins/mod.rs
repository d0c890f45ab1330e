//! Bulletins: the list, composing, submission, signing and issuing, cancelling, and the sheet as it is printed.

mod acts;
mod compose;
mod form;
mod print;

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::desk::bulletins::{self, BulletinLine, Wish};
use crate::domain::bulletin::{self as rules, BulletinAction, BulletinState};
use crate::domain::ids::BulletinId;
use crate::web::errors::Page;
use crate::web::frame::Frame;
use crate::web::places::Place;
use crate::web::visitor::Visitor;

/// Bulletins on one page of the list.
const PAGE: i64 = 50;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/bulletins", web::get().to(list))
        .route("/bulletins/new", web::get().to(compose::begin))
        .route("/bulletins/new", web::post().to(compose::create))
        .route("/bulletins/{id}", web::get().to(acts::read))
        .route("/bulletins/{id}", web::post().to(compose::save))
        .route("/bulletins/{id}/print", web::get().to(print::print))
        .route("/bulletins/{id}/{act:submission|send-back|issuance|cancellation|discard}", web::post().to(acts::act));
}

/// What the address of the list says.
#[derive(Debug, Deserialize)]
struct Query {
    state: Option<BulletinState>,
    after: Option<BulletinId>,
}

#[derive(Template)]
#[template(path = "bulletins/list.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    state: Option<BulletinState>,
    lines: Vec<BulletinLine>,
    next: Option<BulletinId>,
    may_compose: bool,
}

impl ListPage {
    /// The states of the list, as they are chosen from.
    fn states(&self) -> &'static [BulletinState] {
        BulletinState::ALL
    }

    fn is(&self, state: &BulletinState) -> bool {
        self.state == Some(*state)
    }
}

async fn list(visitor: Visitor, query: web::Query<Query>) -> Page {
    let Query { state, after } = query.into_inner();
    let page = visitor.read(move |tx, actor| bulletins::list(tx, actor, &Wish { state, series: None, after, limit: PAGE })).await?;
    let may_compose = rules::decide(None, &visitor.actor, BulletinAction::Compose).is_ok();
    visitor.page(Place::Bulletins, |f| ListPage { f, state, lines: page.items, next: page.next, may_compose })
}
