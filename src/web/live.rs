//! Live events for an open page, and the same figures as a single response for browsers that cannot keep a connection open.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::AppError;
use crate::domain::ids::UserId;
use crate::http::live::{Pulse, answer, json, of_another, of_nobody};
use crate::web::cookies;
use crate::web::errors::{PageResult, WebError};
use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/events", web::get().to(events)).route("/events/now", web::get().to(now));
}

/// The account of the page that requests events; a page of another account gets none.
#[derive(serde::Deserialize)]
struct Asking {
    account: Option<UserId>,
}

impl Asking {
    fn is_another(&self, visitor: &Visitor) -> bool {
        self.account.is_some_and(|account| account != visitor.actor.user)
    }
}

async fn events(
    request: HttpRequest,
    visitor: Result<Visitor, WebError>,
    asking: web::Query<Asking>,
    pulse: web::Data<Pulse>,
) -> PageResult {
    let visitor = match visitor {
        // The session ended between the page and its request for events.
        Err(WebError::SignedOut { .. }) => return Ok(of_nobody()),
        visitor => visitor?,
    };
    if asking.is_another(&visitor) {
        return Ok(of_another());
    }
    let secret = cookies::secret(&request, &visitor.app.settings).ok_or(WebError::App(AppError::Unauthenticated))?;
    Ok(answer(visitor.app, &pulse, secret))
}

async fn now(visitor: Visitor, asking: web::Query<Asking>) -> HttpResponse {
    if asking.is_another(&visitor) {
        return HttpResponse::Conflict().insert_header((CACHE_CONTROL, "no-store")).finish();
    }
    let account = visitor.actor.user;
    HttpResponse::Ok().content_type("application/json").insert_header((CACHE_CONTROL, "no-store")).body(json(account, visitor.counts))
}
