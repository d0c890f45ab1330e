//! `/review/{id}/carry-over`: an edited text whose original was corrected since, beside both originals; it can be carried over or dropped.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::edited_text::{self, Comparison};
use crate::app::reading::body;
use crate::app::reading::revisions::{Change, PartDifference};
use crate::app::reading::views::ManuscriptView;
use crate::app::{AppError, Tx};
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Part, Stage};
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::problems::Problems;
use crate::web::review::edit::{self, typed};
use crate::web::review::passages::{self, ShownParts};
use crate::web::review::queue::ReviewQueue;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/review/{id}/carry-over", web::get().to(read)).route("/review/{id}/carry-over", web::post().to(save));
}

#[derive(Template)]
#[template(path = "review/carry-over.html", config = "src/web/askama.toml")]
struct CarryOverPage {
    f: Layout,
    m: ManuscriptView,
    three: Comparison,
    /// The values of the fields.
    text: ShownParts,
}

impl CarryOverPage {
    fn parts(&self) -> &'static [Part] {
        Part::ALL
    }

    /// Whether this part was changed by the author or the office.
    fn is_changed(&self, part: &Part) -> bool {
        self.three.edit.iter().chain(&self.three.correction).any(|one| one.part == *part)
    }

    fn is_conflict(&self, part: &Part) -> bool {
        self.three.conflicts.contains(part)
    }

    fn correction(&self, part: &Part) -> Option<&PartDifference> {
        self.three.correction.iter().find(|one| one.part == *part)
    }

    fn edit(&self, part: &Part) -> Option<&PartDifference> {
        self.three.edit.iter().find(|one| one.part == *part)
    }

    /// The part as the author had written it when the text was edited.
    fn base(&self, part: &Part) -> String {
        ShownParts::from(&self.three.based_on).part(*part)
    }

    fn is_added(&self, change: &Change) -> bool {
        *change == Change::Added
    }

    fn is_removed(&self, change: &Change) -> bool {
        *change == Change::Removed
    }

    /// Whether this act returns it to review.
    fn goes_back(&self) -> bool {
        self.m.stage != Stage::Review
    }

    fn may(&self) -> bool {
        self.m.allowed_actions.contains(&Action::CarryOver)
    }
}

async fn read(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    let id = path.into_inner();
    match gathered(&visitor, id).await? {
        Some((m, three)) => {
            let text = ShownParts::from(&three.proposal);
            page(&visitor, StatusCode::OK, m, three, text, Problems::default())
        }
        // Another user has acted since; the queue shows the result.
        None => Ok(see_other(&format!("/review/{id}"), None)),
    }
}

/// The manuscript and the three texts; `None` if there is nothing left to carry over.
async fn gathered(visitor: &Visitor, id: ManuscriptId) -> Result<Option<(ManuscriptView, Comparison)>, AppError> {
    let read = move |tx: &mut Tx<'_>, actor: &Actor| {
        ReviewQueue::Review.open(actor)?;
        match edited_text::comparison(tx, actor, id) {
            Ok(three) => Ok(Some((body::manuscript(tx, actor, id)?, three))),
            Err(AppError::Refused(Refusal::TextCurrent | Refusal::NoEditedText)) => Ok(None),
            Err(error) => Err(error),
        }
    };
    visitor.read(read).await
}

async fn save(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, visitor, fields) = (path.into_inner(), form.visitor, form.fields);
    let (mut text, dropped) = (typed(&fields), fields.has("drop"));
    let problems = if fields.has("more") {
        Problems::default()
    } else {
        match visitor.write(move |tx, actor| keep(tx, actor, id, &fields)).await {
            Ok(()) => return Ok(see_other(&format!("/review/{id}"), Some(if dropped { "edited-dropped" } else { "edited-carried" }))),
            Err(error) => visitor.problems(error)?,
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match gathered(&visitor, id).await? {
        Some((m, three)) => {
            if dropped {
                text = ShownParts::from(&three.proposal);
            }
            page(&visitor, status, m, three, text, problems)
        }
        None if dropped => Ok(see_other(&format!("/review/{id}"), None)),
        // Another user has acted since, so that there is nothing left to compare: the input is shown beside their text.
        None => {
            let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
            text.suggestions.push(String::new());
            edit::beside_theirs(&visitor, status, view, text, problems, true)
        }
    }
}

fn keep(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, fields: &Fields) -> Result<(), AppError> {
    ReviewQueue::Review.open(actor)?;
    let seen = fields.seen()?;
    if fields.has("drop") {
        return edited_text::drop_edited(tx, actor, id, seen).map(drop);
    }
    let text = edit::edited_text(fields)?.parse(tx)?;
    edited_text::carry_over(tx, actor, id, seen, &text).map(drop)
}

fn page(
    visitor: &Visitor,
    status: StatusCode,
    m: ManuscriptView,
    three: Comparison,
    mut text: ShownParts,
    problems: Problems,
) -> PageResult {
    text.suggestions.push(String::new());
    let f = visitor.frame(ReviewQueue::Review.place()).with(problems);
    html_with(status, &CarryOverPage { f, m, three, text })
}
