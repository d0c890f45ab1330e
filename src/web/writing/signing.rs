//! Joint signing: an invited author reads the current text, and signs it or declines.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::intake::authors;
use crate::app::intake::input::{CoSignature, CoSignatureDecision};
use crate::app::reading::body;
use crate::app::reading::views::{AuthorView, ManuscriptView};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Action;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/manuscripts/{id}/co-signature", web::get().to(ask)).route("/manuscripts/{id}/co-signature", web::post().to(answer));
}

#[derive(Template)]
#[template(path = "writing/co-signature.html", config = "src/web/askama.toml")]
struct SignPage {
    f: Layout,
    view: ManuscriptView,
    me: UserId,
}

async fn ask(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    let id = path.into_inner();
    let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
    let page = SignPage { f: visitor.frame(NavItem::Mine), view, me: visitor.actor.user };
    if page.is_asked() { html(&page) } else { Ok(see_other(&format!("/manuscripts/{id}"), None)) }
}

async fn answer(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, visitor) = (path.into_inner(), form.visitor);
    let (sign, typed) = (form.fields.get("decision") == "sign", form.fields);
    let done = visitor
        // The signature is for the text that was read, and not for a later version.
        .write(move |tx, actor| {
            let CoSignature { decision } = typed.input()?;
            match decision {
                Some(CoSignatureDecision::Sign) => authors::co_sign(tx, actor, id, Some(typed.seen()?)),
                Some(CoSignatureDecision::Decline) => authors::decline(tx, actor, id),
                None => Err(Violation::required("decision").into()),
            }
        })
        .await;
    let Err(error) = done else { return Ok(see_other("/mine", Some(if sign { "co-signed" } else { "not-co-signed" }))) };
    let problems = visitor.problems(error)?;
    let view = visitor.read(move |tx, actor| body::manuscript(tx, actor, id)).await?;
    let f = visitor.frame(NavItem::Mine).with(problems);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &SignPage { f, view, me: visitor.actor.user })
}

impl SignPage {
    fn is_asked(&self) -> bool {
        let mine = |one: &&AuthorView| one.user_id == self.me && !one.first;
        self.view.allowed_actions.contains(&Action::CoSign) && self.view.authors.iter().any(|one| mine(&one))
    }

    fn has_signed(&self) -> bool {
        self.view.authors.iter().any(|one| one.user_id == self.me && one.signed_at.is_some())
    }

    /// The declarations that the signature covers besides text and files.
    fn declared(&self) -> Vec<String> {
        let f = &self.f;
        let declared = self.view.declarations.iter().flat_map(|one| {
            let elsewhere = match &one.submitted_elsewhere {
                Some(place) => f.t1("sign-elsewhere", "place", place),
                None => f.t("sign-nowhere-else"),
            };
            let publish = f.t(if one.may_publish { "sign-publish" } else { "sign-not-publish" });
            [elsewhere, publish, f.t(if one.may_quote_name { "sign-quote" } else { "sign-not-quote" })]
        });
        declared.chain(self.view.for_organization.then(|| f.t("sign-for-organization"))).collect()
    }

    fn first(&self) -> &str {
        self.view.authors.iter().find(|one| one.first).map(|one| one.name.as_str()).unwrap_or_default()
    }
}
