//! One's own account: language, password, signing out.

use actix_web::web;
use askama::Template;

use crate::web::errors::Page;
use crate::web::frame::Frame;
use crate::web::places::Place;
use crate::web::visitor::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/account", web::get().to(account));
}

#[derive(Template)]
#[template(path = "account/account.html", config = "src/web/askama.toml")]
struct AccountPage {
    f: Frame,
    login: String,
}

async fn account(visitor: Visitor) -> Page {
    let login = visitor.me.login.clone();
    visitor.page(Place::Account, |f| AccountPage { f, login })
}
