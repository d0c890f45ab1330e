//! 办结 with a result, and reopening with a reason.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::outcomes::input::Conclusion;
use crate::app::reading::body;
use crate::app::reading::views::ManuscriptView;
use crate::app::review::input::Reason;
use crate::app::{AppError, handling};
use crate::domain::ids::ManuscriptId;
use crate::domain::vocabulary::{Action, Stage};
use crate::web::components::suggestions::Suggestions;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::handling::act_preview::{ActConsequences, GroupNames};
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

/// Which of the two acts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClosingKind {
    Conclusion,
    Reopening,
}

#[derive(Template)]
#[template(path = "dispatch/closing.html", config = "src/web/askama.toml")]
struct ClosingPage {
    f: Layout,
    v: ManuscriptView,
    what: ClosingKind,
    /// Whether concluding requires a reason: no department has answered since it was reopened.
    asks_reason: bool,
    typed: Fields,
    after: ActConsequences,
}

pub(super) async fn ask_conclusion(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    page(&visitor, path.into_inner(), ClosingKind::Conclusion, Fields::default(), Problems::default(), StatusCode::OK).await
}

pub(super) async fn ask_reopening(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    page(&visitor, path.into_inner(), ClosingKind::Reopening, Fields::default(), Problems::default(), StatusCode::OK).await
}

pub(super) async fn conclude(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    act(form, path.into_inner(), ClosingKind::Conclusion).await
}

pub(super) async fn reopen(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    act(form, path.into_inner(), ClosingKind::Reopening).await
}

async fn act(form: PageForm, id: ManuscriptId, what: ClosingKind) -> PageResult {
    let PageForm { visitor, fields } = form;
    let typed = fields.clone();
    let done = visitor.write(move |tx, actor| match what {
        ClosingKind::Conclusion => {
            let Conclusion { result, reason } = typed.input()?;
            handling::conclude_again(tx, actor, id, typed.seen()?, &result, &reason).map(drop)
        }
        ClosingKind::Reopening => {
            let Reason { reason } = typed.input()?;
            handling::reopen(tx, actor, id, typed.seen()?, &reason).map(drop)
        }
    });
    match done.await {
        Ok(()) => Ok(see_other(&format!("/manuscripts/{id}"), Some(what.done()))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            page(&visitor, id, what, fields, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn page(visitor: &Visitor, id: ManuscriptId, what: ClosingKind, typed: Fields, problems: Problems, status: StatusCode) -> PageResult {
    let (v, asks_reason) = visitor
        .read(move |tx, actor| {
            let view = body::manuscript(tx, actor, id)?;
            let asks = what == ClosingKind::Conclusion
                && view.allowed_actions.contains(&Action::Conclude)
                && handling::asks_reason(tx, actor, id)?;
            Ok::<_, AppError>((view, asks))
        })
        .await?;
    let f = visitor.frame(NavItem::Dispatch).with(problems);
    let names = GroupNames::of(&v);
    let (action, to) = what.action();
    let after = ActConsequences::of_manuscript(&f, action, v.stage, to, &names, String::new());
    html_with(status, &ClosingPage { f, v, what, asks_reason, typed, after })
}

impl ClosingKind {
    const fn field(self) -> &'static str {
        match self {
            Self::Conclusion => "result",
            Self::Reopening => "reason",
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Conclusion => "concluded",
            Self::Reopening => "reopened",
        }
    }

    const fn action(self) -> (Action, Stage) {
        match self {
            Self::Conclusion => (Action::Conclude, Stage::Concluded),
            Self::Reopening => (Action::Reopen, Stage::Handling),
        }
    }
}

impl ClosingPage {
    fn title(&self) -> String {
        self.f.word(self.what.action().0)
    }

    fn label(&self) -> String {
        self.f.t(match self.what {
            ClosingKind::Conclusion => "closing-result",
            ClosingKind::Reopening => "closing-reason",
        })
    }

    fn hint(&self) -> String {
        self.f.t(match self.what {
            ClosingKind::Conclusion => "closing-result-hint",
            ClosingKind::Reopening => "closing-reason-hint",
        })
    }

    fn field(&self) -> &'static str {
        self.what.field()
    }

    fn suggestions(&self) -> Suggestions<'_> {
        Suggestions::of(&self.f, &self.v)
    }

    fn is_allowed(&self) -> bool {
        self.v.allowed_actions.contains(&self.what.action().0)
    }

    fn version(&self) -> i64 {
        self.typed.read("version").filter(|_| self.f.problems.stale.is_none()).unwrap_or(self.v.version)
    }
}
