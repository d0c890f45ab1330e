//! The review queues: `/screening`, `/review`, `/signing`. A list by due date, a manuscript beside it, and the act panel below.

mod acts;
mod carry_over;
mod decided;
mod decision_form;
mod decision_preview;
mod edit;
mod passages;
mod queue;
mod reading_pane;

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded;

use crate::app::bulletins::{self, BulletinLine};
use crate::app::reading::list;
use crate::app::reading::views::ManuscriptLine;
use crate::domain::ids::ManuscriptId;
use crate::domain::vocabulary::Action;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::problems::Problems;
use crate::web::review::decided::DecisionBar;
use crate::web::review::queue::{ReviewQueue, UrgencyGroup};
use crate::web::review::reading_pane::{Pane, QueuePosition, ShownText};
use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    for seat in [ReviewQueue::Review, ReviewQueue::Screening, ReviewQueue::Signing] {
        let one = format!("{}/{{id}}", seat.path());
        routes
            .route(seat.path(), web::get().to(move |visitor: Visitor, query: web::Query<DeskQuery>| list(seat, visitor, query)))
            .route(
                &one,
                web::get().to(move |visitor: Visitor, path: web::Path<ManuscriptId>, query: web::Query<DeskQuery>| {
                    open(seat, visitor, path, query)
                }),
            )
            .route(&one, web::post().to(move |form: PageForm, path: web::Path<ManuscriptId>| acts::decide(seat, form, path)));
    }
    acts::routes(routes);
    edit::routes(routes);
    carry_over::routes(routes);
}

/// The query of a queue's address.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct DeskQuery {
    /// `edited` or `difference`.
    #[serde(default)]
    view: String,
    /// The latest decisions, which can perhaps be undone.
    #[serde(default)]
    decided: String,
    /// The manuscript behind which the list begins.
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "review/desk.html", config = "src/web/askama.toml")]
struct ReviewDeskPage {
    f: Layout,
    seat: ReviewQueue,
    total: usize,
    /// The start of the list, as in the address, and that of its next page.
    after: String,
    later: Option<String>,
    groups: Vec<UrgencyGroup>,
    bars: Vec<DecisionBar>,
    pane: Option<Pane>,
    /// Whether the address is that of the list; a phone shows either the list or the manuscript.
    at_list: bool,
    /// The selected boxes.
    picked: Vec<String>,
    /// Bulletins that wait for the signer.
    bulletins: Vec<BulletinLine>,
    /// The consequences of signing several manuscripts.
    after_many: Option<decision_preview::DecisionChoice>,
}

/// The state of a queue's page.
#[derive(Default)]
pub(super) struct DeskView {
    id: Option<ManuscriptId>,
    look: ShownText,
    decided: Vec<ManuscriptId>,
    after: String,
    typed: Fields,
    problems: Problems,
}

async fn list(seat: ReviewQueue, visitor: Visitor, query: web::Query<DeskQuery>) -> PageResult {
    let DeskQuery { decided, after, .. } = query.into_inner();
    show(seat, &visitor, DeskView { decided: decided::ids(&decided), after, ..DeskView::default() }).await
}

async fn open(seat: ReviewQueue, visitor: Visitor, path: web::Path<ManuscriptId>, query: web::Query<DeskQuery>) -> PageResult {
    let DeskQuery { view, decided, after } = query.into_inner();
    let ask = DeskView {
        id: Some(path.into_inner()),
        look: ShownText::parse(&view),
        decided: decided::ids(&decided),
        after,
        ..DeskView::default()
    };
    show(seat, &visitor, ask).await
}

/// Renders the page of a queue; at the address of the list the first manuscript is open beside it.
async fn show(seat: ReviewQueue, visitor: &Visitor, ask: DeskView) -> PageResult {
    let DeskView { id, look, decided, after, typed, problems } = ask;
    let from = after.parse().ok();
    let read = visitor.read(move |tx, actor| {
        seat.open(actor)?;
        let list::ManuscriptSlice { lines: queue, next } = seat.queue(tx, actor, from)?;
        let bars = decided::read(tx, actor, &decided)?;
        let gathered = match id.or_else(|| queue.first().map(|line| line.id)) {
            Some(open) => Some(reading_pane::gather(tx, actor, seat, open, look)?),
            None => None,
        };
        let bulletins = if seat == ReviewQueue::Signing { bulletins::to_sign(tx, actor)? } else { Vec::new() };
        Ok((queue, next, bars, gathered, bulletins))
    });
    let (queue, next, bars, gathered, bulletins) = read.await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = visitor.frame(seat.place()).with(problems);
    let picked = typed.all(acts::PICK);
    let position = |id: ManuscriptId| QueuePosition::of(&queue, id);
    let pane = gathered.map(|gathered| {
        let position = position(gathered.manuscript.id);
        Pane::new(&f, seat, look, gathered, position, typed)
    });
    let after_many = pane.as_ref().filter(|_| seat == ReviewQueue::Signing).and_then(|pane| pane.choices.first().cloned());
    let (total, groups) = (queue.len(), queue::groups(&f, queue));
    let bars = bars.iter().map(|bar| bar.clone().said(&f, seat)).collect();
    let later = next.map(|last| last.to_string());
    let at_list = id.is_none();
    html_with(status, &ReviewDeskPage { f, seat, total, after, later, groups, bars, pane, at_list, picked, bulletins, after_many })
}

impl ReviewDeskPage {
    fn is_open(&self, line: &ManuscriptLine) -> bool {
        self.pane.as_ref().is_some_and(|pane| pane.m.id == line.id)
    }

    fn title(&self) -> String {
        let key = self.seat.place().key();
        match (&self.later, self.after.is_empty()) {
            (_, false) => self.f.t(&format!("place-{key}")),
            (None, true) => self.f.n(&format!("review-title-{key}"), "n", self.total),
            (Some(_), true) => self.f.t1(&format!("review-title-{key}"), "n", format!("{}+", self.total)),
        }
    }

    /// The address of a manuscript, beside the same page of the list.
    fn at(&self, id: &ManuscriptId, view: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("view", view), ("after", &self.after)].into_iter().filter(|(_, value)| !value.is_empty()));
        let (path, query) = (self.seat.at(id), query.finish());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    fn is_signing(&self) -> bool {
        self.seat == ReviewQueue::Signing
    }

    /// The name of a decision's act.
    fn act_word(&self, action: &str) -> String {
        action.parse::<Action>().map(|action| self.f.word(action)).unwrap_or_default()
    }

    fn is_picked(&self, line: &ManuscriptLine) -> bool {
        self.picked.iter().any(|picked| picked.split(':').next() == Some(line.id.to_string().as_str()))
    }
}
