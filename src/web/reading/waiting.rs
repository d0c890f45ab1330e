//! `/reading`: what waits for the leader, and what a secretary entered that he should confirm.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::desk::DeskError;
use crate::desk::endorsements::{self, EndorsementView, Wish};
use crate::desk::reading::leaders::{Card, Marked, marked, served, waiting};
use crate::domain::endorsement::EndorsementAction;
use crate::domain::ids::ManuscriptId;
use crate::domain::outcome::EndorsementState;
use crate::domain::words::Role;
use crate::web::errors::Page;
use crate::web::frame::Frame;
use crate::web::parts::quotes::Quotes;
use crate::web::places::Place;
use crate::web::reading::done::Became;
use crate::web::visitor::Visitor;

/// Cards of a page.
const CARDS: i64 = 20;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/reading", web::get().to(list));
}

#[derive(Deserialize)]
struct After {
    after: Option<ManuscriptId>,
}

#[derive(Template)]
#[template(path = "reading/waiting.html", config = "src/web/askama.toml")]
struct WaitingPage {
    f: Frame,
    cards: Vec<Card>,
    next: Option<ManuscriptId>,
    first: bool,
    confirm: Vec<EndorsementView>,
    /// What the leader marked just now, and can take back.
    undoable: Vec<EndorsementView>,
    became: Vec<Marked>,
}

async fn list(visitor: Visitor, after: web::Query<After>) -> Page {
    let leaders = served(&visitor.actor, Role::Leader);
    if leaders.is_empty() {
        return Err(DeskError::NotFound.into());
    }
    let after = after.after;
    let ((cards, next), confirm, undoable, became) = visitor
        .read(move |tx, actor| {
            let cards = waiting(tx, actor, &leaders, after, CARDS)?;
            let wish = Wish { state: Some(EndorsementState::Entered), after: None, limit: CARDS };
            let mut confirm = endorsements::list(tx, actor, &wish)?.items;
            confirm.retain(|one| one.allowed_actions.contains(&EndorsementAction::Confirm));
            let mut undoable = endorsements::list(tx, actor, &Wish { state: None, after: None, limit: CARDS })?.items;
            undoable.retain(|one| one.allowed_actions.contains(&EndorsementAction::Undo));
            let became = marked(tx, actor, &leaders, true, (None, 10))?.0;
            Ok::<_, DeskError>((cards, confirm, undoable, became))
        })
        .await?;
    let became = became.into_iter().filter(|one| one.result.is_some() || !one.answers.is_empty()).take(3).collect();
    visitor.page(Place::Leader, |f| WaitingPage { f, cards, next, first: after.is_none(), confirm, undoable, became })
}

impl WaitingPage {
    fn title(&self) -> String {
        if self.next.is_some() || !self.first { self.f.t("lead-title-many") } else { self.f.n("lead-title", "n", self.cards.len()) }
    }

    /// From whom, and by which bulletin.
    fn from(&self, card: &Card) -> String {
        let author = self.f.t2("lead-from", "name", &card.author, "organization", &card.organization);
        [card.bulletin.clone(), Some(author)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn quote<'p>(&'p self, one: &'p EndorsementView) -> Quotes<'p> {
        Quotes::of(&self.f, std::slice::from_ref(one), &[]).returning("/reading".to_owned())
    }

    fn became(&self, one: &Marked) -> Became {
        Became::of(&self.f, one)
    }
}
