//! The author's desk: his manuscripts, writing, handing in, signing with others, rating, taking back.

pub mod mine;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    mine::routes(routes);
}
