//! The author's pages: their manuscripts, writing, submission, joint signing, rating, withdrawal.

pub mod check;
mod form_page;
pub mod own_manuscripts;
mod page;
pub mod rating;
pub mod signing;
pub mod withdrawal;
pub mod write;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    own_manuscripts::routes(routes);
    write::routes(routes);
    check::routes(routes);
    signing::routes(routes);
    rating::routes(routes);
    withdrawal::routes(routes);
}
