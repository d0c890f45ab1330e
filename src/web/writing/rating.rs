//! 评价: an author reads the departments' answers to each suggestion, and rates them.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::AppError;
use crate::app::outcomes::ratings::{self, RatingView};
use crate::app::reading::body;
use crate::app::reading::course::{Course, DecisionView};
use crate::app::reading::views::ManuscriptView;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::outcome::Satisfaction;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::Action;
use crate::web::components::suggestions::Suggestions;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/manuscripts/{id}/rating", web::get().to(ask)).route("/manuscripts/{id}/rating", web::post().to(rate));
}

#[derive(Template)]
#[template(path = "writing/rating.html", config = "src/web/askama.toml")]
struct RatingPage {
    f: Layout,
    view: ManuscriptView,
    me: UserId,
    typed: Fields,
}

async fn ask(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    let id = path.into_inner();
    let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
    let page = RatingPage { f: visitor.frame(NavItem::Mine), view, me: visitor.actor.user, typed: Fields::default() };
    if page.is_open() || page.last().is_some() { html(&page) } else { Ok(see_other(&format!("/manuscripts/{id}"), None)) }
}

async fn rate(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, visitor, typed) = (path.into_inner(), form.visitor, form.fields);
    let fields = typed.clone();
    let done = visitor.write(move |tx, actor| ratings::rate(tx, actor, id, &fields.input()?)).await;
    let Err(error) = done else { return Ok(see_other("/mine", Some("rated"))) };
    // The page shows the first one.
    if let AppError::Refused(Refusal::AlreadyDone) = &error {
        return Ok(see_other(&format!("/manuscripts/{id}/rating"), Some("repeated")));
    }
    let problems = visitor.problems(error)?;
    let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
    let f = visitor.frame(NavItem::Mine).with(problems);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &RatingPage { f, view, me: visitor.actor.user, typed })
}

impl RatingPage {
    fn is_open(&self) -> bool {
        self.view.allowed_actions.contains(&Action::Rate)
    }

    /// The text of the conclusion that is rated, and the reason if it was concluded again without a new answer.
    fn concluded(&self) -> Option<&DecisionView> {
        let course = self.course().map_or(&self.view.decisions, |course| &course.decisions);
        course.last().filter(|last| last.action == Action::Conclude.as_str())
    }

    /// For a merged manuscript: what its authors read of the manuscript that is rated.
    fn course(&self) -> Option<&Course> {
        self.view.course.as_ref()
    }

    fn last(&self) -> Option<&RatingView> {
        self.view.ratings.iter().rev().find(|rating| rating.user_id == Some(self.me))
    }

    /// The suggestions with the departments' answers.
    fn suggestions(&self) -> Suggestions<'_> {
        let Some(course) = self.course() else { return Suggestions::of(&self.f, &self.view) };
        let texts = course.suggestions.iter().map(|one| (usize::try_from(one.number).unwrap_or_default(), one.words.as_str()));
        Suggestions::numbered(&self.f, texts, &course.assignments)
    }

    fn choices(&self) -> &'static [Satisfaction] {
        Satisfaction::ALL
    }

    fn is_chosen(&self, name: &str, word: &Satisfaction) -> bool {
        self.typed.get(name) == word.as_str()
    }
}
