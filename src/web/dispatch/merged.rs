//! The dispatcher's decision on the suggestions of a merged manuscript.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::handling::deciding::{self, DispatcherChoices};
use crate::app::reading::body;
use crate::app::reading::views::ManuscriptView;
use crate::app::{AppError, handling};
use crate::domain::ids::ManuscriptId;
use crate::domain::vocabulary::{Action, Stage};
use crate::web::components::suggestions::decided;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::handling::act_preview::{ActConsequences, GroupNames};
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

#[derive(Template)]
#[template(path = "dispatch/merged.html", config = "src/web/askama.toml")]
struct MergedPage {
    f: Layout,
    v: ManuscriptView,
    choices: DispatcherChoices,
    typed: Fields,
    after: ActConsequences,
}

pub(super) async fn show(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    page(&visitor, path.into_inner(), Fields::default(), Problems::default(), StatusCode::OK).await
}

pub(super) async fn decide(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, PageForm { visitor, fields }) = (path.into_inner(), form);
    let typed = fields.clone();
    let done = visitor.write(move |tx, actor| {
        handling::decide_merged(tx, actor, id, typed.seen()?, &typed.input()?)?;
        deciding::target_of(tx, actor, id)
    });
    match done.await {
        Ok(target) => Ok(see_other(&format!("/manuscripts/{target}#merged"), Some("merged-decided"))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            page(&visitor, id, fields, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn page(visitor: &Visitor, id: ManuscriptId, typed: Fields, problems: Problems, status: StatusCode) -> PageResult {
    let (v, choices) = visitor
        .read(move |tx, actor| {
            let view = body::manuscript(tx, actor, id)?;
            Ok::<_, AppError>((view, deciding::choices(tx, actor, id)?))
        })
        .await?;
    let f = visitor.frame(NavItem::Dispatch).with(problems);
    let after = ActConsequences::of_manuscript(&f, Action::DecideMerged, v.stage, v.stage, &GroupNames::of(&v), String::new());
    html_with(status, &MergedPage { f, v, choices, typed, after })
}

impl MergedPage {
    fn is_allowed(&self) -> bool {
        self.v.allowed_actions.contains(&Action::DecideMerged)
    }

    /// Whether a suggestion is marked to be taken: all of them, unless the form comes back with input.
    fn takes(&self, place: &u32) -> bool {
        !self.typed.has("version") || self.typed.all("suggestions").contains(&place.to_string())
    }

    /// Whether this assignment is chosen: the first one, unless the form comes back with input.
    fn gives(&self, at: &usize, id: impl AsRef<str>) -> bool {
        if self.typed.has("version") { self.typed.get("assignment_id") == id.as_ref() } else { *at == 0 }
    }

    fn problem(&self) -> Option<&str> {
        let places = (0..self.choices.merged.suggestions.len()).map(|at| format!("suggestions[{at}]"));
        places.chain(["suggestions".to_owned()]).find_map(|field| self.f.problems.at(&field))
    }

    fn is_forwarded(&self) -> bool {
        self.choices.stage == Stage::Forwarded
    }

    fn version(&self) -> i64 {
        self.typed.read("version").filter(|_| self.f.problems.stale.is_none()).unwrap_or(self.v.version)
    }
}
