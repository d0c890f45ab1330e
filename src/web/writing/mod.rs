//! The author's desk: his manuscripts, writing, handing in, signing with others, rating, taking back.

pub mod check;
pub mod mine;
mod page;
pub mod rating;
mod sheet;
pub mod signing;
pub mod withdrawal;
pub mod write;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    mine::routes(routes);
    write::routes(routes);
    check::routes(routes);
    signing::routes(routes);
    rating::routes(routes);
    withdrawal::routes(routes);
}
