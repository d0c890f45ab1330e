//! `/reading`: manuscripts that wait for the leader, and entries of a secretary that the leader should confirm.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::AppError;
use crate::app::endorsements::{self, EndorsementListQuery, EndorsementView};
use crate::app::reading::leaders::{LeaderCard, Marked, marked, served, waiting};
use crate::domain::endorsement::EndorsementAction;
use crate::domain::ids::ManuscriptId;
use crate::domain::outcome::EndorsementState;
use crate::domain::vocabulary::Role;
use crate::web::components::quotes::Quotes;
use crate::web::errors::PageResult;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::reading::done::Became;
use crate::web::session::Visitor;

/// The number of cards on a page.
const CARDS: i64 = 20;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/reading", web::get().to(list));
}

#[derive(Deserialize)]
struct WaitingCursor {
    after: Option<ManuscriptId>,
}

#[derive(Template)]
#[template(path = "reading/waiting.html", config = "src/web/askama.toml")]
struct WaitingPage {
    f: Layout,
    cards: Vec<LeaderCard>,
    next: Option<ManuscriptId>,
    first: bool,
    confirm: Vec<EndorsementView>,
    /// The endorsements that the leader has just made and can withdraw.
    undoable: Vec<EndorsementView>,
    became: Vec<Marked>,
}

async fn list(visitor: Visitor, after: web::Query<WaitingCursor>) -> PageResult {
    let leaders = served(&visitor.actor, Role::Leader);
    if leaders.is_empty() {
        return Err(AppError::NotFound.into());
    }
    let after = after.after;
    let ((cards, next), confirm, undoable, became) = visitor
        .read(move |tx, actor| {
            let cards = waiting(tx, actor, &leaders, after, CARDS)?;
            let wish = EndorsementListQuery { state: Some(EndorsementState::Entered), after: None, limit: CARDS };
            let mut confirm = endorsements::list(tx, actor, &wish)?.items;
            confirm.retain(|one| one.allowed_actions.contains(&EndorsementAction::Confirm));
            let mut undoable = endorsements::list(tx, actor, &EndorsementListQuery { state: None, after: None, limit: CARDS })?.items;
            undoable.retain(|one| one.allowed_actions.contains(&EndorsementAction::Undo));
            let became = marked(tx, actor, &leaders, true, (None, 10))?.0;
            Ok::<_, AppError>((cards, confirm, undoable, became))
        })
        .await?;
    let became = became.into_iter().filter(|one| one.result.is_some() || !one.answers.is_empty()).take(3).collect();
    visitor.page(NavItem::Leader, |f| WaitingPage { f, cards, next, first: after.is_none(), confirm, undoable, became })
}

impl WaitingPage {
    fn title(&self) -> String {
        if self.next.is_some() || !self.first { self.f.t("lead-title-many") } else { self.f.n("lead-title", "n", self.cards.len()) }
    }

    /// The author and the bulletin through which it came.
    fn from(&self, card: &LeaderCard) -> String {
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
