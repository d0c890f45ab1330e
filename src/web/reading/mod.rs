//! The leader's pages, phone first: what waits to be read, marking it with one tap or with words, and what became of it.

mod done;
mod open;
mod waiting;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    waiting::routes(routes);
    done::routes(routes);
    // The last: its address has a place for any id.
    open::routes(routes);
}
