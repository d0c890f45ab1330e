//! Withdrawing a manuscript, and discarding a draft: a page asks for confirmation, and its form performs the act.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::intake::{drafts, submission};
use crate::app::reading::body;
use crate::app::reading::views::ManuscriptView;
use crate::domain::ids::ManuscriptId;
use crate::domain::transition::TRANSITIONS;
use crate::domain::vocabulary::Action;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/manuscripts/{id}/withdrawal", web::get().to(ask_withdraw))
        .route("/manuscripts/{id}/withdrawal", web::post().to(withdraw))
        .route("/manuscripts/{id}/discard", web::get().to(ask_discard))
        .route("/manuscripts/{id}/discard", web::post().to(discard));
}

#[derive(Template)]
#[template(path = "writing/leave.html", config = "src/web/askama.toml")]
struct LeavePage {
    f: Layout,
    view: ManuscriptView,
    action: Action,
}

async fn ask_withdraw(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    ask(visitor, path.into_inner(), Action::Withdraw).await
}

async fn ask_discard(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    ask(visitor, path.into_inner(), Action::Discard).await
}

async fn ask(visitor: Visitor, id: ManuscriptId, action: Action) -> PageResult {
    let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
    html(&LeavePage { f: visitor.frame(NavItem::Mine), view, action })
}

async fn withdraw(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    take(form, path.into_inner(), Action::Withdraw).await
}

async fn discard(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    take(form, path.into_inner(), Action::Discard).await
}

async fn take(form: PageForm, id: ManuscriptId, action: Action) -> PageResult {
    let visitor = form.visitor;
    let typed = form.fields;
    let done = visitor
        .write(move |tx, actor| match action {
            Action::Discard => drafts::discard(tx, actor, id, typed.seen()?),
            _ => submission::withdraw(tx, actor, id, typed.seen()?).map(drop),
        })
        .await;
    let Err(error) = done else { return Ok(see_other("/mine", Some(if action == Action::Discard { "discarded" } else { "withdrawn" }))) };
    let problems = visitor.problems(error)?;
    let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
    let f = visitor.frame(NavItem::Mine).with(problems);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &LeavePage { f, view, action })
}

impl LeavePage {
    fn is_withdrawal(&self) -> bool {
        self.action == Action::Withdraw
    }

    fn is_open(&self) -> bool {
        self.view.allowed_actions.contains(&self.action)
    }

    fn path(&self) -> &'static str {
        if self.is_withdrawal() { "withdrawal" } else { "discard" }
    }

    /// The persons who are notified, according to the table.
    fn told(&self) -> String {
        let rows = TRANSITIONS.iter().filter(|row| row.action == self.action && row.from.contains(&self.view.stage));
        rows.flat_map(|row| row.notices).map(|notice| self.f.word(notice.audience)).collect::<Vec<_>>().join(&self.f.t("write-and"))
    }
}
