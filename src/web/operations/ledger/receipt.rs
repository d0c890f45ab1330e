//! Compares an author's receipt with the ledger and explains the result.

use actix_web::http::StatusCode;
use askama::Template;

use super::words;
use crate::app::ledger::receipts::{self, Proof, ReceiptVerdict, TypedReceipt};
use crate::app::{AppError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "operations/receipt.html", config = "src/web/askama.toml")]
struct LedgerReceiptPage {
    f: Layout,
    typed: Fields,
    verdict: Option<ReceiptVerdict>,
}

pub(super) async fn ask(visitor: Visitor) -> PageResult {
    let allowed = |_: &mut Tx<'_>, actor: &Actor| Ok::<_, AppError>(actor.need(&[Role::Auditor])?);
    visitor.read(allowed).await?;
    visitor.page(NavItem::Ledger, |f| LedgerReceiptPage { f, typed: Fields::default(), verdict: None })
}

pub(super) async fn check(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let given = TypedReceipt { number: fields.get("number").to_owned(), receipt: fields.get("receipt").to_owned() };
    let (status, verdict, problems) = match visitor.read(move |tx, actor| receipts::check(tx, actor, &given)).await {
        Ok(verdict) => (StatusCode::OK, Some(verdict), Problems::default()),
        Err(error @ AppError::Invalid(_)) => (StatusCode::UNPROCESSABLE_ENTITY, None, visitor.problems(error)?.of_no_form()),
        Err(error) => return Err(error.into()),
    };
    html_with(status, &LedgerReceiptPage { f: visitor.frame(NavItem::Ledger).with(problems), typed: fields, verdict })
}

impl LedgerReceiptPage {
    fn act(&self, proof: &Proof) -> String {
        words::act(&self.f, "manuscript", &proof.action)
    }

    /// Whether the input was only a number, so that no text of the author was compared.
    fn is_only_number(&self) -> bool {
        is_blank(self.typed.get("receipt"))
    }
}
