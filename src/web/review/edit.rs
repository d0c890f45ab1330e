//! `/review/{id}/edit`: the edited text beside the author's, which is not changed.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::reading::body;
use crate::app::reading::views::ManuscriptView;
use crate::app::review::input::EditedText;
use crate::app::{AppError, Tx, review};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Action;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::problems::Problems;
use crate::web::review::passages::{self, PassageSection, ShownParts, sections};
use crate::web::review::queue::ReviewQueue;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/review/{id}/edit", web::get().to(read)).route("/review/{id}/edit", web::post().to(save));
}

#[derive(Template)]
#[template(path = "review/edit.html", config = "src/web/askama.toml")]
struct EditPage {
    f: Layout,
    m: ManuscriptView,
    original: Vec<PassageSection>,
    /// The values of the fields.
    text: ShownParts,
    /// The text that another user has saved since, with their name.
    theirs: Option<(String, Vec<PassageSection>)>,
    may: bool,
}

async fn read(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    let id = path.into_inner();
    let view = visitor.read(move |tx, actor| ReviewQueue::Review.open(actor).and_then(|()| body::manuscript(tx, actor, id))).await?;
    if view.is_outdated() {
        return Ok(see_other(&format!("/review/{id}/carry-over"), None));
    }
    let mut text = view.edited_text.as_ref().map_or_else(|| ShownParts::from(&view), ShownParts::from);
    text.suggestions.push(String::new());
    page(&visitor, StatusCode::OK, view, text, Problems::default())
}

async fn save(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, visitor, fields) = (path.into_inner(), form.visitor, form.fields);
    let mut typed = typed(&fields);
    let problems = if fields.has("more") {
        Problems::default()
    } else {
        match visitor.write(move |tx, actor| keep(tx, actor, id, &fields)).await {
            Ok(()) => return Ok(see_other(&format!("/review/{id}?view=edited"), Some("edited"))),
            Err(error) => visitor.problems(error)?,
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
    typed.suggestions.push(String::new());
    page(&visitor, status, view, typed, problems)
}

/// Reads the input; suggestions without text are left out.
pub(super) fn typed(fields: &Fields) -> ShownParts {
    let suggestions = fields.all("suggestions").into_iter().filter(|text| !is_blank(text)).map(plain).collect();
    let [title, situation, causes] = ["title", "situation", "causes"].map(|name| plain(fields.get(name).to_owned()));
    ShownParts { title, situation, causes, suggestions }
}

/// Browsers send line ends as CR LF (HTML, form-data set); a text has LF.
fn plain(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n") } else { text }
}

fn keep(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, fields: &Fields) -> Result<(), AppError> {
    ReviewQueue::Review.open(actor)?;
    let text = edited_text(fields)?.parse(tx)?;
    review::edit(tx, actor, id, fields.seen()?, &text).map(drop)
}

/// The edited text of the form, without the empty fields for further suggestions.
pub(super) fn edited_text(fields: &Fields) -> Result<EditedText, AppError> {
    fields.input()
}

fn page(visitor: &Visitor, status: StatusCode, m: ManuscriptView, text: ShownParts, problems: Problems) -> PageResult {
    let was_slower = problems.stale.is_some();
    beside_theirs(visitor, status, m, text, problems, was_slower)
}

/// Renders the page with the input; `was_slower` says that another user has saved a different text since, which is shown beside it.
pub(super) fn beside_theirs(
    visitor: &Visitor,
    status: StatusCode,
    m: ManuscriptView,
    text: ShownParts,
    problems: Problems,
    was_slower: bool,
) -> PageResult {
    let theirs = m.edited_text.as_ref().filter(|_| was_slower);
    let theirs = theirs.map(|edited| (edited.by.clone(), sections(&ShownParts::from(edited), &[])));
    let (original, may) = (sections(&ShownParts::from(&m), &[]), m.allowed_actions.contains(&Action::Edit));
    let f = visitor.frame(ReviewQueue::Review.place()).with(problems);
    html_with(status, &EditPage { f, m, original, text, theirs, may })
}
