//! The dispatchers' pages: the board with its calendar of promises, assigning, and concluding.

pub(in crate::web) mod assignment;
pub(in crate::web) mod board;
pub(in crate::web) mod cards;
mod closing;
mod merged;
pub(in crate::web) mod piles;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/dispatch", web::get().to(board::board))
        .route("/dispatch/{pile}", web::get().to(piles::office))
        .route("/manuscripts/{id}/assignment", web::get().to(assignment::show))
        .route("/manuscripts/{id}/assignment", web::post().to(assignment::assign))
        .route("/manuscripts/{id}/suggestions", web::get().to(merged::show))
        .route("/manuscripts/{id}/suggestions", web::post().to(merged::decide))
        .route("/manuscripts/{id}/conclusion", web::get().to(closing::ask_conclusion))
        .route("/manuscripts/{id}/conclusion", web::post().to(closing::conclude))
        .route("/manuscripts/{id}/reopening", web::get().to(closing::ask_reopening))
        .route("/manuscripts/{id}/reopening", web::post().to(closing::reopen));
}
