//! The JSON API: extract the request, call the application, render. May import everything but `server`, `cli`, `jobs` and `web`; it never
//! uses `store`.
//!
//! A new endpoint is a function in the file of its noun, with `#[utoipa::path]` above `#[get]` (or another method) and a line in that
//! file's `routes`. It takes [`auth::QueryRequest`] to read or [`idempotency::CommandRequest`] to change, [`etag::IfMatch`] where the
//! version counts, and returns a [`problem::ApiResult`]. Errors and the parts that all routes share are added to the documentation
//! automatically.

pub mod assignments;
pub mod attachments;
pub mod auth;
pub mod body;
pub mod bulletins;
pub mod calendar;
pub mod channels;
pub mod document;
pub mod endorsements;
mod endpoints;
pub mod etag;
mod grouped;
pub mod idempotency;
pub mod jobs;
pub mod ledger;
pub mod mail_settings;
pub mod manuscripts;
pub mod memberships;
pub mod notices;
pub mod organizations;
pub mod outcomes;
pub mod paging;
pub mod passwords;
mod prepared;
pub mod problem;
pub mod query;
mod repeat;
mod resources;
pub mod responses;
pub mod roles;
pub mod session;
pub mod stand_ins;
pub mod tokens;
pub mod users;
pub mod webhooks;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, LOCATION};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::api::endpoints::Endpoints;

/// The root path of the API.
pub const ROOT: &str = "/api/v1";

/// Adds every endpoint, below [`ROOT`]; each is declared here, through its file, and nowhere else.
pub(crate) fn endpoints(routes: &mut Endpoints<'_, '_>) {
    session::routes(routes);
    passwords::routes(routes);
    users::routes(routes);
    memberships::routes(routes);
    organizations::routes(routes);
    roles::routes(routes);
    tokens::routes(routes);
    stand_ins::routes(routes);
    channels::routes(routes);
    manuscripts::routes(routes);
    assignments::routes(routes);
    bulletins::routes(routes);
    endorsements::routes(routes);
    attachments::routes(routes);
    outcomes::routes(routes);
    ledger::routes(routes);
    notices::routes(routes);
    mail_settings::routes(routes);
    webhooks::routes(routes);
    jobs::routes(routes);
    calendar::routes(routes);
}

/// Adds the API, its document and the page for browsing it.
pub fn mount(app: &mut web::ServiceConfig) {
    let document = || async { HttpResponse::Ok().content_type("application/json").body(document::text()) };
    let to_docs = || async { HttpResponse::PermanentRedirect().insert_header((LOCATION, "/api/docs/")).finish() };
    let api = web::scope(ROOT)
        .configure(|app| endpoints(&mut Endpoints::Served(app)))
        .default_service(web::to(responses::unknown))
        .wrap(from_fn(responses::answer));
    app.route("/api/openapi.json", web::get().to(document)).route("/api/docs", web::get().to(to_docs)).service(api).service(docs());
}

/// The page that shows the document; all its assets are compiled into the binary.
fn docs() -> impl actix_web::dev::HttpServiceFactory + 'static {
    let page = SwaggerUi::new("/{_:.*}").config(Config::from("/api/openapi.json"));
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    let headers = DefaultHeaders::new()
        .add((CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)))
        .add((CACHE_CONTROL, HeaderValue::from_static("max-age=3600")));
    web::scope("/api/docs").wrap(headers).service(page)
}
