//! The leader's pages, designed for phones first: manuscripts to read, endorsing them with one tap or with text, and the outcome.

mod done;
mod open;
mod waiting;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    waiting::routes(routes);
    done::routes(routes);
    // Must be last: its address matches any id.
    open::routes(routes);
}
