//! The page with the form for writing, and its surroundings.

use askama::Template;

use crate::app::AppError;
use crate::app::intake::checking::{self, DeskAhead, Setup};
use crate::app::intake::colleagues::{self, Colleague};
use crate::app::reading::course::DecisionView;
use crate::app::reading::views::{ManuscriptView, RequestView, TextView};
use crate::app::reading::{body, revisions};
use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::vocabulary::{Action, Classification, Kind, Part, Role, Stage};
use crate::web::layout::Layout;
use crate::web::problems::Problems;
use crate::web::session::Visitor;
use crate::web::writing::form_page::Sheet;

/// The data of the page besides the form.
pub(super) struct WritingContext {
    setup: Setup,
    /// The saved manuscript; `None` before it is saved for the first time.
    view: Option<ManuscriptView>,
    requests: Vec<Anchored>,
    colleagues: Vec<Colleague>,
    authors: Vec<Colleague>,
    /// Whether the saved text is shown beside the input.
    pub both: bool,
    /// When a pasted text that is not split yet was saved.
    pub whole_at: Option<Moment>,
}

/// A requested change, with the passage to which it refers.
struct Anchored {
    request: RequestView,
    passage: String,
}

#[derive(Template)]
#[template(path = "writing/write.html", config = "src/web/askama.toml")]
pub(super) struct WritePage {
    f: Layout,
    sheet: Sheet,
    around: WritingContext,
    /// The largest size of a form in bytes; a longer one is not read.
    most_bytes: usize,
    login: String,
    /// Whether the visitor may enter a manuscript for an author.
    enters: bool,
    /// Whether a visitor who enters manuscripts for others may also write their own.
    writes: bool,
    length: usize,
}

/// Loads the data around the form.
pub(super) async fn around(visitor: &Visitor, id: Option<ManuscriptId>, sheet: &Sheet) -> Result<WritingContext, AppError> {
    let (q, author_q, author) = (sheet.colleague_q.clone(), sheet.author_q.clone(), sheet.author);
    visitor
        .read(move |tx, actor| {
            let setup = checking::setup(tx, actor, id)?;
            let (view, versions) = match id {
                Some(id) => (Some(body::manuscript(tx, actor, id)?), revisions::list(tx, actor, id)?),
                None => (None, Vec::new()),
            };
            let requests = view.as_ref().map(|view| anchored(view, &versions)).unwrap_or_default();
            let is_author = |id| view.as_ref().is_some_and(|view| view.authors.iter().any(|one| one.user_id == id)) || id == actor.user;
            let mut found = colleagues::search(tx, actor, &q)?;
            found.retain(|one| !is_author(one.id));
            let mut authors = colleagues::search(tx, actor, &author_q)?;
            if let Some(author) = author.filter(|author| authors.iter().all(|one| one.id != *author)) {
                authors.extend(colleagues::find(tx, actor, author)?);
            }
            Ok(WritingContext { setup, view, requests, colleagues: found, authors, both: false, whole_at: None })
        })
        .await
}

/// The requests of the last return; earlier ones were answered by the later submission.
fn anchored(view: &ManuscriptView, versions: &[TextView]) -> Vec<Anchored> {
    let last = view.requests.iter().map(|request| request.at).max();
    let of_last = view.requests.iter().filter(|request| view.stage == Stage::Returned && Some(request.at) == last);
    of_last.map(|request| Anchored { request: request.clone(), passage: passage(request, versions) }).collect()
}

fn passage(request: &RequestView, versions: &[TextView]) -> String {
    let Some(text) = versions.iter().find(|text| text.revision == request.revision) else { return String::new() };
    let part = match request.part {
        Part::Title => text.title.clone(),
        Part::Situation => text.situation.clone(),
        Part::Causes => text.causes.clone(),
        Part::Suggestions => text.suggestions.join("\n"),
    };
    let place = |at: i64| usize::try_from(at).unwrap_or_default();
    let length = place(request.to).saturating_sub(place(request.from));
    part.chars().skip(place(request.from)).take(length).collect()
}

/// Renames problems to the fields of the form: it has keywords in one line, and authors in one list.
pub(super) fn named(mut problems: Problems) -> Problems {
    for problem in &mut problems.list {
        if let Some(field) = &mut problem.field {
            for whole in ["keywords", "authors"] {
                if field.starts_with(&format!("{whole}[")) {
                    whole.clone_into(field);
                }
            }
        }
    }
    problems
}

impl WritePage {
    pub(super) fn new(f: Layout, visitor: &Visitor, sheet: Sheet, around: WritingContext) -> Self {
        let length = sheet.length();
        let enters = visitor.is(Role::Reviewer) || visitor.is(Role::Screener);
        Self {
            f,
            sheet,
            around,
            most_bytes: visitor.app.settings.server.json_bytes,
            login: visitor.me.login.clone(),
            enters,
            writes: visitor.is(Role::Submitter),
            length,
        }
    }

    fn path(&self) -> String {
        self.around.view.as_ref().map_or_else(|| "/write".to_owned(), |view| format!("/manuscripts/{}/edit", view.id))
    }

    fn kinds(&self) -> &'static [Kind] {
        Kind::ALL
    }

    fn kind(&self) -> Kind {
        self.sheet.kind.unwrap_or(Kind::Suggestion)
    }

    fn classifications(&self) -> &'static [Classification] {
        Classification::ALL
    }

    fn is_classified(&self, word: &Classification) -> bool {
        self.sheet.classification == Some(*word)
    }

    fn is_returned(&self) -> bool {
        self.around.view.as_ref().is_some_and(|view| view.stage == Stage::Returned)
    }

    fn may_discard(&self) -> bool {
        self.around.view.as_ref().is_some_and(|view| view.allowed_actions.contains(&Action::Discard))
    }

    /// The reason of the return.
    fn reason(&self) -> Option<&DecisionView> {
        let decisions = &self.around.view.as_ref().filter(|_| self.is_returned())?.decisions;
        decisions.iter().rev().find(|one| one.action == Action::Return.as_str())
    }

    fn requests(&self, part: &str) -> Vec<&Anchored> {
        self.around.requests.iter().filter(|one| one.request.part.as_str() == part).collect()
    }

    fn is_ticked(&self, one: &Anchored) -> bool {
        self.sheet.ticked.as_ref().is_some_and(|ticked| ticked.contains(&one.request.id))
    }

    /// Whether it has never been saved.
    fn is_new(&self) -> bool {
        self.around.view.is_none()
    }

    /// Whether it is being entered for this person.
    fn is_for(&self, one: &Colleague) -> bool {
        self.sheet.author == Some(one.id)
    }

    /// Describes the next stages in a sentence.
    fn ahead(&self) -> String {
        self.around.setup.ahead.iter().map(|desk| desk_words(&self.f, desk)).collect::<Vec<_>>().join(&self.f.t("write-then"))
    }

    fn at_suggestion(&self, index: &usize) -> Option<&str> {
        self.f.problems.at(&format!("suggestions[{index}]"))
    }
}

/// Describes one of the next stages, with its days.
pub(super) fn desk_words(f: &Layout, desk: &DeskAhead) -> String {
    let name = match desk.stage {
        Stage::Screening => f.t("write-desk-screening"),
        _ => f.t("write-desk-review"),
    };
    match desk.usual_working_days {
        Some(days) => f.args("write-desk-days", &[("desk", name.into()), ("days", days.into())]),
        None => name,
    }
}
