//! The line of live events to an open page, and the same figures once for browsers that can't keep a line open.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::desk::DeskError;
use crate::http::live::{Pulse, answer, json};
use crate::web::cookies;
use crate::web::errors::{Page, WebError};
use crate::web::visitor::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/events", web::get().to(events)).route("/events/now", web::get().to(now));
}

async fn events(request: HttpRequest, visitor: Visitor, pulse: web::Data<Pulse>) -> Page {
    let secret = cookies::secret(&request, &visitor.desk.settings).ok_or(WebError::Desk(DeskError::Unauthenticated))?;
    Ok(answer(visitor.desk, &pulse, secret))
}

async fn now(visitor: Visitor) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header((CACHE_CONTROL, "no-store")).body(json(visitor.counts))
}
