//! A manuscript's page for all readers, its versions, its files, and the list of all manuscripts.

mod acts;
mod course;
mod files;
mod list;
mod page;
mod panel;
mod revisions;
mod words;

pub(super) use crate::web::manuscript::page::{Parts, VersionChoices};
pub(super) use page::{ManuscriptPageData, read};
pub use panel::PanelButton;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    list::routes(routes);
    page::routes(routes);
    acts::routes(routes);
    revisions::routes(routes);
    files::routes(routes);
}
