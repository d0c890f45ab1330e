//! The departments' work queue, and one page for every assignment, for the department and for the office.

pub(super) mod act_preview;
mod acts;
mod department;
pub(super) mod page;
mod replying;

use actix_web::web;

use crate::web::dispatch::piles;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/handling", web::get().to(department::desk)).route("/handling/{pile}", web::get().to(piles::department));
    let below = |path: &str| format!("/assignments/{{id}}{path}");
    routes
        .route(&below(""), web::get().to(page::show))
        .route(&below("/receipt"), web::post().to(acts::receive))
        .route(&below("/return-request"), web::post().to(acts::request_return))
        .route(&below("/return-decision"), web::post().to(acts::decide_return))
        .route(&below("/extension-request"), web::post().to(acts::request_extension))
        .route(&below("/extension-decision"), web::post().to(acts::decide_extension))
        .route(&below("/contribution"), web::post().to(replying::contribute))
        .route(&below("/reply"), web::post().to(replying::reply))
        .route(&below("/reply-review"), web::post().to(replying::review))
        .route(&below("/implementation-reports"), web::post().to(replying::report))
        .route(&below("/urging"), web::post().to(acts::urge))
        .route(&below("/cancellation"), web::post().to(acts::cancel));
}
