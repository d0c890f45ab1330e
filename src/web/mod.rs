//! The pages, one file or folder per subject: extract the request, call the application, render. May import `config`, `domain`, `text`,
//! `documents`, `app`, `http`; never `store`. A page adds no rule: what may be done is taken from `allowed_actions` of the views, errors
//! from [`crate::app::AppError`].
//!
//! A new page: a handler that takes [`session::Visitor`] (to read) or [`form::PageForm`] (to act), a template that extends `frame.html`, a
//! line in its file's `routes`, its texts in `text/*/page-*.ftl`. See `docs/pages.md`.

pub mod account;
pub mod assets;
pub mod bulletins;
pub mod components;
pub mod cookies;
mod dispatch;
pub mod endorsements;
pub mod errors;
pub mod fields;
pub mod form;
mod handling;
pub mod inbox;
pub mod layout;
pub mod live;
pub mod manuscript;
pub mod navigation;
pub mod operations;
pub mod page_token;
pub mod people;
pub mod plots;
pub mod problems;
pub mod reading;
pub mod review;
pub mod session;
pub mod session_guard;
pub mod sign_in;
pub mod statistics;
pub mod upload;
pub mod writing;

use actix_web::middleware::from_fn;
use actix_web::web;

/// Adds every page; each is declared here, through its file, and nowhere else.
fn pages(routes: &mut web::ServiceConfig) {
    sign_in::routes(routes);
    bulletins::routes(routes);
    review::routes(routes);
    account::routes(routes);
    writing::routes(routes);
    live::routes(routes);
    statistics::routes(routes);
    operations::routes(routes);
    dispatch::routes(routes);
    handling::routes(routes);
    manuscript::routes(routes);
    reading::routes(routes);
    endorsements::routes(routes);
    inbox::routes(routes);
    people::routes(routes);
}

/// Adds the pages and their assets. They are at the root of the server, so this must be called last.
pub fn mount(app: &mut web::ServiceConfig) {
    let pages = web::scope("").configure(pages).default_service(web::to(errors::nowhere)).wrap(from_fn(session_guard::guard));
    app.configure(assets::routes).service(pages);
}

#[cfg(test)]
mod tests;
