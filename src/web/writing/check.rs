//! Submission: the check page, the act, the receipt.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::form_drafts;
use crate::app::intake::checking::{self, SubmissionCheck};
use crate::app::intake::submission;
use crate::app::reading::views::ManuscriptView;
use crate::app::reading::{body, history};
use crate::app::{AppError, Tx};
use crate::domain::ids::ManuscriptId;
use crate::domain::ledger::Receipt;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::{Action, Stage};
use crate::text;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};
use crate::web::writing::page::desk_words;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/manuscripts/{id}/check", web::get().to(look))
        .route("/manuscripts/{id}/check", web::post().to(settle))
        .route("/manuscripts/{id}/submission", web::post().to(hand_in))
        .route("/manuscripts/{id}/receipt", web::get().to(receipt));
}

#[derive(Template)]
#[template(path = "writing/check.html", config = "src/web/askama.toml")]
struct CheckPage {
    f: Layout,
    view: ManuscriptView,
    check: SubmissionCheck,
}

#[derive(Template)]
#[template(path = "writing/receipt.html", config = "src/web/askama.toml")]
struct SubmissionReceiptPage {
    f: Layout,
    view: ManuscriptView,
    receipt: Receipt,
}

async fn look(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    let id = path.into_inner();
    let (view, check) = read(&visitor, id).await?;
    match check {
        Some(check) => html(&CheckPage { f: visitor.frame(NavItem::Write), view, check }),
        // Submitted already, perhaps by a second tap on the button.
        None => Ok(see_other(&format!("/manuscripts/{id}"), None)),
    }
}

async fn read(visitor: &Visitor, id: ManuscriptId) -> Result<(ManuscriptView, Option<SubmissionCheck>), AppError> {
    visitor
        .read(move |tx, actor| {
            let view = body::manuscript(tx, actor, id)?;
            let writes = view.allowed_actions.contains(&Action::Save);
            let check = if writes { Some(checking::check(tx, actor, id)?) } else { None };
            Ok((view, check))
        })
        .await
}

async fn hand_in(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, visitor) = (path.into_inner(), form.visitor);
    let typed = form.fields;
    let done = visitor.write(move |tx, actor| submission::submit(tx, actor, id, typed.seen()?).map(drop)).await;
    match done {
        Ok(()) => Ok(see_other(&format!("/manuscripts/{id}/receipt"), None)),
        Err(error) => refused(&visitor, id, error).await,
    }
}

/// Keeps or drops the names and the date under a pasted text.
async fn settle(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, visitor) = (path.into_inner(), form.visitor);
    let (keeps, drops, typed) = (form.fields.has("sign_keep"), form.fields.has("sign_drop"), form.fields);
    let settle = move |tx: &mut Tx<'_>, actor: &Actor| form_drafts::settle_signature(tx, actor, id, typed.seen()?, keeps);
    let done = if keeps || drops { visitor.write(settle).await } else { Ok(()) };
    match done {
        Ok(()) => Ok(see_other(&format!("/manuscripts/{id}/check"), None)),
        Err(error) => refused(&visitor, id, error).await,
    }
}

/// Shows the check page again with the reasons why it cannot be submitted.
async fn refused(visitor: &Visitor, id: ManuscriptId, error: AppError) -> PageResult {
    let problems = visitor.problems(error)?;
    let (view, check) = read(visitor, id).await?;
    let Some(check) = check else { return Ok(see_other(&format!("/manuscripts/{id}"), None)) };
    let f = visitor.frame(NavItem::Write).with(problems);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &CheckPage { f, view, check })
}

async fn receipt(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    let id = path.into_inner();
    let (view, receipt) = visitor.read(move |tx, actor| Ok((body::manuscript(tx, actor, id)?, history::receipt(tx, actor, id)?))).await?;
    visitor.page(NavItem::Mine, |f| SubmissionReceiptPage { f, view, receipt })
}

impl CheckPage {
    /// The open points, each with the anchor of its field in the form.
    fn gaps(&self) -> Vec<(String, String, String)> {
        let of = |one: &crate::domain::violation::Violation| {
            let at = match one.field.as_str() {
                "signature" => "#f-signature".to_owned(),
                "whole" => format!("/manuscripts/{}/edit#whole", self.view.id),
                field => format!("/manuscripts/{}/edit#f-{field}", self.view.id),
            };
            (at, self.part(&one.field), text::violation(self.f.lang, one))
        };
        self.check.missing.iter().map(of).collect()
    }

    /// The name of a field in the form.
    fn part(&self, field: &str) -> String {
        let (whole, number) = field.split_once('[').unwrap_or((field, ""));
        match (whole, number.trim_end_matches(']').parse::<usize>()) {
            ("suggestions", Ok(at)) => self.f.n("write-item", "n", at + 1),
            ("title", _) => self.f.t("write-field-title"),
            ("category", _) => self.f.t("write-field-category"),
            ("situation", _) => self.f.t("write-part-1"),
            ("suggestions", _) => self.f.t("write-part-3"),
            ("signature", _) => self.f.t("write-signature"),
            ("whole", _) => self.f.t("check-whole"),
            _ => self.f.t("check-declare"),
        }
    }

    fn warnings(&self) -> Vec<String> {
        self.check.warnings.iter().map(|one| text::violation(self.f.lang, one)).collect()
    }

    fn refusal(&self) -> Option<String> {
        self.check.refusal.as_ref().map(|refusal| self.f.refusal(refusal))
    }

    fn is_ready(&self) -> bool {
        self.check.missing.is_empty() && self.check.refusal.is_none()
    }

    fn is_again(&self) -> bool {
        self.view.stage == Stage::Returned
    }

    /// The requests that are not ticked off; they do not prevent the submission.
    fn open_requests(&self) -> usize {
        self.view.requests.iter().filter(|one| one.ticked_at.is_none()).count()
    }

    fn told(&self) -> String {
        self.check.told.iter().map(|one| self.f.word(one)).collect::<Vec<_>>().join(&self.f.t("write-and"))
    }

    fn ahead(&self) -> String {
        self.check.ahead.iter().map(|app| desk_words(&self.f, app)).collect::<Vec<_>>().join(&self.f.t("write-then"))
    }

    fn clock(&self) -> String {
        match self.check.ahead.first().and_then(|desk| desk.usual_working_days) {
            Some(days) => self.f.n("check-clock", "days", days),
            None => String::new(),
        }
    }
}

impl SubmissionReceiptPage {
    /// The first digits of the entry's digest, in groups that can be read aloud.
    fn code(&self) -> String {
        let digits: Vec<char> = self.receipt.leaf.chars().take(12).map(|digit| digit.to_ascii_uppercase()).collect();
        digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// The position of the entry, counted from 1.
    fn place(&self, position: &u64) -> String {
        position.saturating_add(1).to_string()
    }

    fn usual(&self) -> String {
        match self.view.where_is_it.usual_working_days {
            Some(days) => self.f.n("receipt-usual", "days", days),
            None => self.f.t("receipt-later"),
        }
    }
}
