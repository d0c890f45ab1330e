//! Middleware for every request: gives it an id, counts, times and logs it. A log line names the route, never the URL with its ids and
//! parameters, and never a text.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use tracing::Instrument;

use crate::api::problem::ApiError;
use crate::domain::clock::Clock;
use crate::http::faults::Fault;
use crate::telemetry::{CallId, REQUEST_ID_HEADER, outage};

/// Middleware for `actix_web::middleware::from_fn`; the id is in the request's extensions as [`CallId`].
///
/// # Errors
/// The errors of the inner service.
pub async fn observe(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let id: CallId = Clock::System.id();
    request.extensions_mut().insert(id);
    let method = request.method().clone();
    let span = tracing::info_span!("request", request_id = %id);
    let mut answer = next.call(request).instrument(span.clone()).await;
    let (status, route) = match &answer {
        Ok(response) => (response.status(), response.request().match_pattern()),
        Err(error) => (error.as_response_error().status_code(), None),
    };
    let route = route.unwrap_or_else(|| "(none)".to_owned());
    let seconds = started.elapsed().as_secs_f64();
    metrics::counter!("http_requests_total", "method" => method.to_string(), "route" => route.clone(), "status" => status.as_str().to_owned())
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route.clone()).record(seconds);
    let millis = seconds * 1000.0;
    span.in_scope(|| {
        let status = status.as_u16();
        match fault(&answer).filter(|_| status >= 500) {
            Some(Fault { code, why }) if OUTAGES.contains(&code) => outage::refused(code, &why),
            // Load balancers request it once a second; its handler logs outages itself.
            None if route == READY => tracing::debug!(%method, route, status, millis, "answered"),
            Some(Fault { why, .. }) => tracing::error!(%method, route, status, millis, cause = why, "failed"),
            None if status >= 500 => tracing::error!(%method, route, status, millis, cause = cause(&answer), "failed"),
            None => tracing::debug!(%method, route, status, millis, "answered"),
        }
    });
    if let Ok(response) = &mut answer
        && status != StatusCode::SWITCHING_PROTOCOLS
        && let Ok(value) = HeaderValue::from_str(&id.to_string())
    {
        response.headers_mut().insert(HeaderName::from_static(REQUEST_ID_HEADER), value);
    }
    answer
}

/// The route that reports whether this node accepts requests.
const READY: &str = "/readyz";

/// The codes of outages that affect all requests and are no faults of the program: each is logged once when it begins, and counted.
const OUTAGES: [&str; 3] = ["busy", "unavailable", "full"];

/// The failure of an answer, by its code.
fn fault<B>(answer: &Result<ServiceResponse<B>, Error>) -> Option<Fault> {
    let response = answer.as_ref().ok()?.response();
    let of_page = response.extensions().get::<Fault>().cloned();
    of_page.or_else(|| {
        let error = response.error()?.as_error::<ApiError>()?;
        Some(Fault { code: error.code(), why: format!("{error:#}") })
    })
}

/// The internal cause, for the log alone.
fn cause<B>(answer: &Result<ServiceResponse<B>, Error>) -> String {
    match answer {
        Ok(response) => response.response().error().map(|error| format!("{error:?}")).unwrap_or_default(),
        Err(error) => format!("{error:?}"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpRequest, HttpResponse, test, web};

    use super::*;
    use crate::telemetry;

    async fn echo(request: HttpRequest) -> HttpResponse {
        let id = request.extensions().get::<CallId>().map(ToString::to_string).unwrap_or_default();
        HttpResponse::Ok().body(id)
    }

    #[actix_web::test]
    async fn an_answer_carries_the_id_that_the_handler_saw_and_is_counted_by_route() {
        let figures = telemetry::figures();
        let app = test::init_service(App::new().wrap(from_fn(observe)).route("/things/{id}", web::get().to(echo))).await;
        let request = test::TestRequest::get().uri("/things/geheim?token=geheim").insert_header((REQUEST_ID_HEADER, "mine")).to_request();
        let answer = test::call_service(&app, request).await;
        let header = answer.headers().get(REQUEST_ID_HEADER).unwrap().to_str().unwrap().to_owned();
        assert_eq!(test::read_body(answer).await, header);
        assert_ne!(header, "mine", "a client can't choose the id");
        let text = figures.render();
        assert!(text.contains(r#"http_requests_total{method="GET",route="/things/{id}",status="200"} 1"#), "{text}");
        assert!(!text.contains("geheim"), "{text}");
    }

    #[actix_web::test]
    async fn an_unknown_address_has_an_id_too() {
        let app = test::init_service(App::new().wrap(from_fn(observe))).await;
        let answer = test::call_service(&app, test::TestRequest::get().uri("/nowhere").to_request()).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert!(answer.headers().contains_key(REQUEST_ID_HEADER));
    }
}
