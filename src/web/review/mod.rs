//! The desks that decide: `/screening`, `/review`, `/signing`. A list by due date, a manuscript beside it, and the act panel below.

mod after;
mod carry_over;
mod decide;
mod decided;
mod edit;
mod many;
mod more;
mod pane;
mod passages;
mod requests;
mod seat;
mod unfinished;

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded;

use crate::desk::bulletins::{self, BulletinLine};
use crate::desk::reading::list;
use crate::desk::reading::views::ManuscriptLine;
use crate::domain::ids::ManuscriptId;
use crate::domain::words::Action;
use crate::web::errors::{Page, html_with};
use crate::web::form::{Fields, Form};
use crate::web::frame::Frame;
use crate::web::problems::Problems;
use crate::web::review::decided::Bar;
use crate::web::review::pane::{Look, Pane, Position};
use crate::web::review::seat::{Group, Seat};
use crate::web::visitor::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    for seat in [Seat::Review, Seat::Screening, Seat::Signing] {
        let one = format!("{}/{{id}}", seat.path());
        routes
            .route(seat.path(), web::get().to(move |visitor: Visitor, query: web::Query<Query>| list(seat, visitor, query)))
            .route(
                &one,
                web::get()
                    .to(move |visitor: Visitor, path: web::Path<ManuscriptId>, query: web::Query<Query>| open(seat, visitor, path, query)),
            )
            .route(&one, web::post().to(move |form: Form, path: web::Path<ManuscriptId>| decide::decide(seat, form, path)));
    }
    more::routes(routes);
    edit::routes(routes);
    carry_over::routes(routes);
    many::routes(routes);
}

/// What the address of a desk says.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Query {
    /// `edited` or `difference`.
    #[serde(default)]
    view: String,
    /// What has just been decided, and may be taken back.
    #[serde(default)]
    decided: String,
    /// Behind which manuscript the list begins.
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "review/desk.html", config = "src/web/askama.toml")]
struct DeskPage {
    f: Frame,
    seat: Seat,
    total: usize,
    /// Where the list begins, as it stands in the address, and where its next page does.
    after: String,
    later: Option<String>,
    groups: Vec<Group>,
    bars: Vec<Bar>,
    pane: Option<Pane>,
    /// Whether the address is that of the list; a phone shows only one of both.
    at_list: bool,
    /// What was ticked.
    picked: Vec<String>,
    /// Bulletins that wait for the signer.
    bulletins: Vec<BulletinLine>,
    /// What follows from signing several.
    after_many: Option<after::Choice>,
}

/// What a desk is asked to show.
#[derive(Default)]
pub(super) struct Ask {
    id: Option<ManuscriptId>,
    look: Look,
    decided: Vec<ManuscriptId>,
    after: String,
    typed: Fields,
    problems: Problems,
}

async fn list(seat: Seat, visitor: Visitor, query: web::Query<Query>) -> Page {
    let Query { decided, after, .. } = query.into_inner();
    show(seat, &visitor, Ask { decided: decided::ids(&decided), after, ..Ask::default() }).await
}

async fn open(seat: Seat, visitor: Visitor, path: web::Path<ManuscriptId>, query: web::Query<Query>) -> Page {
    let Query { view, decided, after } = query.into_inner();
    let ask = Ask { id: Some(path.into_inner()), look: Look::parse(&view), decided: decided::ids(&decided), after, ..Ask::default() };
    show(seat, &visitor, ask).await
}

/// The page of a desk; at the list's own address the first manuscript is open beside it.
async fn show(seat: Seat, visitor: &Visitor, ask: Ask) -> Page {
    let Ask { id, look, decided, after, typed, problems } = ask;
    let from = after.parse().ok();
    let read = visitor.read(move |tx, actor| {
        seat.open(actor)?;
        let list::Page { lines: queue, next } = seat.queue(tx, actor, from)?;
        let bars = decided::read(tx, actor, &decided)?;
        let gathered = match id.or_else(|| queue.first().map(|line| line.id)) {
            Some(open) => Some(pane::gather(tx, actor, seat, open, look)?),
            None => None,
        };
        let bulletins = if seat == Seat::Signing { bulletins::to_sign(tx, actor)? } else { Vec::new() };
        Ok((queue, next, bars, gathered, bulletins))
    });
    let (queue, next, bars, gathered, bulletins) = read.await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = visitor.frame(seat.place()).with(problems);
    let picked = typed.all(many::PICK);
    let position = |id: ManuscriptId| Position::of(&queue, id);
    let pane = gathered.map(|gathered| {
        let position = position(gathered.manuscript.id);
        Pane::new(&f, seat, look, gathered, position, typed)
    });
    let after_many = pane.as_ref().filter(|_| seat == Seat::Signing).and_then(|pane| pane.choices.first().cloned());
    let (total, groups) = (queue.len(), seat::groups(&f, queue));
    let bars = bars.iter().map(|bar| bar.clone().said(&f, seat)).collect();
    let later = next.map(|last| last.to_string());
    let at_list = id.is_none();
    html_with(status, &DeskPage { f, seat, total, after, later, groups, bars, pane, at_list, picked, bulletins, after_many })
}

impl DeskPage {
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

    /// The address of one of them, beside the same page of the list.
    fn at(&self, id: &ManuscriptId, view: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("view", view), ("after", &self.after)].into_iter().filter(|(_, value)| !value.is_empty()));
        let (path, query) = (self.seat.at(id), query.finish());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    fn is_signing(&self) -> bool {
        self.seat == Seat::Signing
    }

    /// The act of a decision, in words.
    fn act_word(&self, action: &str) -> String {
        action.parse::<Action>().map(|action| self.f.word(action)).unwrap_or_default()
    }

    fn is_picked(&self, line: &ManuscriptLine) -> bool {
        self.picked.iter().any(|picked| picked.split(':').next() == Some(line.id.to_string().as_str()))
    }
}
