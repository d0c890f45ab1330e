//! Bulletins: the list, composing, submission, signing and issuing, cancelling, and the printed sheet.

mod acts;
mod compose;
mod form;
mod print;

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::bulletins::{self, BulletinLine, BulletinListQuery};
use crate::domain::bulletin::{self as rules, BulletinAction};
use crate::domain::ids::BulletinId;
use crate::domain::states::BulletinState;
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

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

/// The query of the list's address.
#[derive(Debug, Deserialize)]
struct BulletinPageQuery {
    state: Option<BulletinState>,
    after: Option<BulletinId>,
}

#[derive(Template)]
#[template(path = "bulletins/list.html", config = "src/web/askama.toml")]
struct BulletinListPage {
    f: Layout,
    state: Option<BulletinState>,
    lines: Vec<BulletinLine>,
    next: Option<BulletinId>,
    may_compose: bool,
}

impl BulletinListPage {
    /// The states that can be chosen as a filter.
    fn states(&self) -> &'static [BulletinState] {
        BulletinState::ALL
    }

    fn is(&self, state: &BulletinState) -> bool {
        self.state == Some(*state)
    }
}

async fn list(visitor: Visitor, query: web::Query<BulletinPageQuery>) -> PageResult {
    let BulletinPageQuery { state, after } = query.into_inner();
    let page =
        visitor.read(move |tx, actor| bulletins::list(tx, actor, &BulletinListQuery { state, series: None, after, limit: PAGE })).await?;
    let may_compose = rules::decide(None, &visitor.actor, BulletinAction::Compose).is_ok();
    visitor.page(NavItem::Bulletins, |f| BulletinListPage { f, state, lines: page.items, next: page.next, may_compose })
}
