//! The reader's open sessions, and the access tokens of their programs.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::AppError;
use crate::app::accounts::By;
use crate::app::accounts::input::NewToken;
use crate::app::accounts::tokens::{self, TokenKind, TokenView};
use crate::domain::ids::TokenId;
use crate::web::components::rows::{self, PageRows};
use crate::web::cookies;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/account/tokens", web::get().to(list))
        .route("/account/tokens", web::post().to(issue))
        .route("/account/tokens/{id}/end", web::post().to(end));
}

#[derive(Template)]
#[template(path = "account/tokens.html", config = "src/web/askama.toml")]
struct TokensPage {
    f: Layout,
    office: bool,
    rows: PageRows<TokenView>,
    here: TokenId,
    /// A new secret; only this response shows it.
    secret: Option<String>,
    called: String,
    days: String,
}

impl TokensPage {
    async fn new(visitor: &Visitor, f: Layout, typed: &Fields, secret: Option<String>) -> Result<Self, AppError> {
        let before = rows::before(visitor);
        let rows = visitor.read(move |tx, actor| tokens::list(tx, actor, None, before, rows::ASKED)).await?;
        let days = typed.find("expires_in_days").map_or_else(|| visitor.app.settings.session.token_days.to_string(), str::to_owned);
        Ok(Self {
            f,
            office: super::has_office(visitor),
            rows: PageRows::new(visitor, rows, |one| one.id.to_string()),
            here: visitor.token,
            called: if secret.is_some() { String::new() } else { typed.get("name").to_owned() },
            secret,
            days,
        })
    }

    fn is_session(&self, one: &TokenView) -> bool {
        one.kind == TokenKind::Session
    }

    fn is_here(&self, one: &TokenView) -> bool {
        one.id == self.here
    }
}

async fn list(visitor: Visitor) -> PageResult {
    html(&TokensPage::new(&visitor, visitor.frame(NavItem::Account), &Fields::default(), None).await?)
}

/// Responds with the secret itself: it is not stored, so a redirect could not show it.
async fn issue(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let (typed, own) = (fields.clone(), visitor.me.id);
    let f = visitor.frame(NavItem::Account);
    let issued = visitor.write(move |tx, actor| {
        let NewToken { name, expires_in_days } = typed.input()?;
        tokens::issue(tx, By::Person(actor), own, &name, expires_in_days)
    });
    match issued.await {
        Ok(issued) => html(&TokensPage::new(&visitor, f, &fields, Some(issued.secret)).await?),
        Err(error) => {
            let f = f.with(visitor.problems(error)?);
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &TokensPage::new(&visitor, f, &fields, None).await?)
        }
    }
}

async fn end(id: web::Path<TokenId>, form: PageForm) -> PageResult {
    let (visitor, id) = (form.visitor, id.into_inner());
    visitor.write(move |tx, actor| tokens::revoke(tx, By::Person(actor), id)).await?;
    if id != visitor.token {
        return Ok(see_other("/account/tokens", Some("ended")));
    }
    let mut answer = see_other("/sign-in", Some("signed-out"));
    let _ = answer.add_cookie(&cookies::no_session(&visitor.app.settings));
    Ok(answer)
}
