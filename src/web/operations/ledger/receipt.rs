//! Holding an author's receipt against the ledger, in plain words.

use actix_web::http::StatusCode;
use askama::Template;

use super::words;
use crate::desk::proof::receipts::{self, Given, Proof, Verdict};
use crate::desk::{DeskError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::permission::Actor;
use crate::domain::words::Role;
use crate::web::errors::{Page, html_with};
use crate::web::form::{Fields, Form};
use crate::web::frame::Frame;
use crate::web::places::Place;
use crate::web::problems::Problems;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "operations/receipt.html", config = "src/web/askama.toml")]
struct ReceiptPage {
    f: Frame,
    typed: Fields,
    verdict: Option<Verdict>,
}

pub(super) async fn ask(visitor: Visitor) -> Page {
    let allowed = |_: &mut Tx<'_>, actor: &Actor| Ok::<_, DeskError>(actor.need(&[Role::Auditor])?);
    visitor.read(allowed).await?;
    visitor.page(Place::Ledger, |f| ReceiptPage { f, typed: Fields::default(), verdict: None })
}

pub(super) async fn check(form: Form) -> Page {
    let Form { visitor, fields } = form;
    let given = Given { number: fields.get("number").to_owned(), receipt: fields.get("receipt").to_owned() };
    let (status, verdict, problems) = match visitor.read(move |tx, actor| receipts::check(tx, actor, &given)).await {
        Ok(verdict) => (StatusCode::OK, Some(verdict), Problems::default()),
        Err(error @ DeskError::Invalid(_)) => (StatusCode::UNPROCESSABLE_ENTITY, None, visitor.problems(error)?.of_no_form()),
        Err(error) => return Err(error.into()),
    };
    html_with(status, &ReceiptPage { f: visitor.frame(Place::Ledger).with(problems), typed: fields, verdict })
}

impl ReceiptPage {
    fn act(&self, proof: &Proof) -> String {
        words::act(&self.f, "manuscript", &proof.action)
    }

    /// Whether only a number was given, and so nothing of the author's was compared.
    fn is_only_number(&self) -> bool {
        is_blank(self.typed.get("receipt"))
    }
}
