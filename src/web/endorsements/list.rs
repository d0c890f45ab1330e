//! `/endorsements`: what a secretary may enter, what waits for a second pair of eyes, and what was written lately.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::desk::DeskError;
use crate::desk::endorsements::{self, EndorsementView, Wish};
use crate::desk::reading::leaders::{Card, served, waiting};
use crate::domain::endorsement::EndorsementAction;
use crate::domain::ids::EndorsementId;
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::words::Role;
use crate::web::errors::Page;
use crate::web::frame::Frame;
use crate::web::places::Place;
use crate::web::visitor::Visitor;

/// Lines of each list.
const LINES: i64 = 20;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/endorsements", web::get().to(list));
}

#[derive(Deserialize)]
struct After {
    after: Option<EndorsementId>,
}

#[derive(Template)]
#[template(path = "endorsements/list.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    secretary: bool,
    cards: Vec<Card>,
    check: Vec<EndorsementView>,
    recent: Vec<EndorsementView>,
    next: Option<EndorsementId>,
}

async fn list(visitor: Visitor, after: web::Query<After>) -> Page {
    let leaders = served(&visitor.actor, Role::Secretary);
    let secretary = !leaders.is_empty();
    let concerns = [Role::Leader, Role::Reviewer, Role::Signer, Role::Dispatcher].into_iter().any(|role| visitor.is(role));
    if !secretary && !concerns {
        return Err(DeskError::NotFound.into());
    }
    let after = after.after;
    let (cards, check, page) = visitor
        .read(move |tx, actor| {
            let cards = waiting(tx, actor, &leaders, None, LINES)?.0;
            let entered = Wish { state: Some(EndorsementState::Entered), after: None, limit: LINES };
            let check = endorsements::list(tx, actor, &entered)?.items;
            let page = endorsements::list(tx, actor, &Wish { state: None, after, limit: LINES })?;
            Ok::<_, DeskError>((cards, check, page))
        })
        .await?;
    let (recent, next) = (page.items, page.next);
    visitor.page(Place::Endorsements, |f| ListPage { f, secretary, cards, check, recent, next })
}

impl ListPage {
    /// Whether the reader is the one who should look at it.
    fn is_mine(&self, one: &EndorsementView) -> bool {
        [EndorsementAction::Confirm, EndorsementAction::Countersign].iter().any(|action| one.allowed_actions.contains(action))
    }

    fn entered_by(&self, one: &EndorsementView) -> String {
        one.inside.as_ref().map(|inside| self.f.t1("quote-entered", "name", &inside.entered_by)).unwrap_or_default()
    }

    fn words(&self, one: &EndorsementView) -> String {
        if one.kind == EndorsementKind::Noted && one.words.is_empty() { self.f.word(one.kind) } else { one.words.clone() }
    }

    /// Its state in words; what its leader took back was not rejected by anybody.
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
