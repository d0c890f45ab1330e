//! `/endorsements`: manuscripts for which a secretary may enter an endorsement, endorsements to countersign, and recent endorsements.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::AppError;
use crate::app::endorsements::{self, EndorsementListQuery, EndorsementView};
use crate::app::reading::leaders::{LeaderCard, served, waiting};
use crate::domain::endorsement::EndorsementAction;
use crate::domain::ids::EndorsementId;
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::vocabulary::Role;
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

/// The number of lines in each list.
const LINES: i64 = 20;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/endorsements", web::get().to(list));
}

#[derive(Deserialize)]
struct EndorsementCursor {
    after: Option<EndorsementId>,
}

#[derive(Template)]
#[template(path = "endorsements/list.html", config = "src/web/askama.toml")]
struct EndorsementListPage {
    f: Layout,
    secretary: bool,
    cards: Vec<LeaderCard>,
    check: Vec<EndorsementView>,
    recent: Vec<EndorsementView>,
    next: Option<EndorsementId>,
}

async fn list(visitor: Visitor, after: web::Query<EndorsementCursor>) -> PageResult {
    let leaders = served(&visitor.actor, Role::Secretary);
    let secretary = !leaders.is_empty();
    let concerns = [Role::Leader, Role::Reviewer, Role::Signer, Role::Dispatcher].into_iter().any(|role| visitor.is(role));
    if !secretary && !concerns {
        return Err(AppError::NotFound.into());
    }
    let after = after.after;
    let (cards, check, page) = visitor
        .read(move |tx, actor| {
            let cards = waiting(tx, actor, &leaders, None, LINES)?.0;
            let entered = EndorsementListQuery { state: Some(EndorsementState::Entered), after: None, limit: LINES };
            let check = endorsements::list(tx, actor, &entered)?.items;
            let page = endorsements::list(tx, actor, &EndorsementListQuery { state: None, after, limit: LINES })?;
            Ok::<_, AppError>((cards, check, page))
        })
        .await?;
    let (recent, next) = (page.items, page.next);
    visitor.page(NavItem::Endorsements, |f| EndorsementListPage { f, secretary, cards, check, recent, next })
}

impl EndorsementListPage {
    /// Whether the reader should check it.
    fn is_mine(&self, one: &EndorsementView) -> bool {
        [EndorsementAction::Confirm, EndorsementAction::Countersign].iter().any(|action| one.allowed_actions.contains(action))
    }

    fn entered_by(&self, one: &EndorsementView) -> String {
        one.inside.as_ref().map(|inside| self.f.t1("quote-entered", "name", &inside.entered_by)).unwrap_or_default()
    }

    fn words(&self, one: &EndorsementView) -> String {
        if one.kind == EndorsementKind::Noted && one.words.is_empty() { self.f.word(one.kind) } else { one.words.clone() }
    }

    /// Its state in words; an endorsement that its leader withdrew is not shown as rejected.
    fn state(&self, one: &EndorsementView) -> String {
        let undone = one.inside.as_ref().is_some_and(|inside| inside.undone_at.is_some());
        if undone { self.f.t("quote-taken-back") } else { self.f.word(one.state) }
    }

    fn class(&self, one: &EndorsementView) -> &'static str {
        if one.state.has_effect() { "ok" } else { "no" }
    }

    fn icon(&self, one: &EndorsementView) -> &'static str {
        match one.state {
            EndorsementState::Entered => "open",
            EndorsementState::Confirmed | EndorsementState::Countersigned => "tick",
            EndorsementState::Rejected => "no",
        }
    }
}
