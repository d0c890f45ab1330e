//! The pages, one file or folder per desk: extract, ask a desk, render. May import `config`, `domain`, `text`, `documents`, `desk`,
//! `http`; never `store`. A page adds no rule: what may be done comes from `allowed_actions` of the views, what went wrong from
//! [`crate::desk::DeskError`].
//!
//! A new page: a handler that takes [`visitor::Visitor`] (to read) or [`form::Form`] (to act), a template that extends `frame.html`,
//! a line in its file's `routes`, its texts in `text/*/pages*.ftl`. See `docs/pages.md`.

pub mod account;
pub mod assets;
pub mod bulletins;
pub mod cookies;
mod dispatch;
pub mod endorsements;
pub mod errors;
pub mod form;
pub mod frame;
pub mod front;
pub mod guard;
mod handling;
pub mod inbox;
pub mod live;
pub mod manuscript;
pub mod operations;
pub mod page_token;
pub mod parts;
pub mod people;
pub mod places;
pub mod plots;
pub mod problems;
pub mod reading;
pub mod review;
pub mod statistics;
pub mod upload;
pub mod visitor;
pub mod writing;

use actix_web::middleware::from_fn;
use actix_web::web;

/// Every page; each is declared here, through its file, and nowhere else.
fn pages(routes: &mut web::ServiceConfig) {
    front::routes(routes);
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

/// Adds the pages and what they load. They are at the root of the server, so this comes after everything else.
pub fn mount(app: &mut web::ServiceConfig) {
    let pages = web::scope("").configure(pages).default_service(web::to(errors::nowhere)).wrap(from_fn(guard::guard));
    app.configure(assets::routes).service(pages);
}

#[cfg(test)]
mod tests;
