//! The middleware of all pages: requests from other sites are refused, errors become pages, headers keep pages private and free of foreign
//! scripts.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};

use crate::app::{App, AppError};
use crate::domain::lang::Lang;
use crate::http::encoding::unreadable;
use crate::http::rates::{self, Rates};
use crate::web::cookies;
use crate::web::errors::{WebError, in_words};
use crate::web::form::FreshSession;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::Visitor;

/// No foreign content, no inline script or style, no framing.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Middleware of the pages' scope.
///
/// # Errors
/// Only what the inner service gives as an error of its own.
pub(super) async fn guard(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let refused = before(&request);
    let mut response = match refused {
        Some(error) => request.error_response(error),
        None => next.call(request).await?.map_into_boxed_body(),
    };
    response = worded(response).await;
    fresh_session(&mut response);
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(response)
}

/// Errors that can be detected before the request is handled.
fn before(request: &ServiceRequest) -> Option<WebError> {
    if let Some(why) = unreadable(request.uri()) {
        return Some(WebError::Malformed(why.to_owned()));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) && is_of_another_site(request.headers()) {
        return Some(WebError::OtherSite);
    }
    let app = request.app_data::<web::Data<App>>()?;
    let rates = request.app_data::<web::Data<Rates>>()?;
    let address = rates::address(request.request(), &app.settings);
    rates.count_address(&address).err().map(|until| AppError::Throttled { until }.into())
}

/// Checks the origin of a form as the browser states it (Fetch Metadata; older browsers send `Origin`). In addition, each form of a session
/// carries the session's token.
fn is_of_another_site(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(HeaderName::from_static("sec-fetch-site")), text(ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) != text(HOST),
        (None, None) => false,
    }
}

async fn worded(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let request = response.request().clone();
    let foreign;
    let error = match response.response().error() {
        None => return response,
        Some(error) => match error.as_error::<WebError>() {
            Some(error) => error,
            None if error.as_response_error().status_code().is_client_error() => {
                // Errors of the framework's extractors: a malformed id is treated as an unknown one.
                foreign = WebError::from(AppError::NotFound);
                &foreign
            }
            None => return response,
        },
    };
    let answer: HttpResponse = in_words(error, around(error, &request).await, &request);
    ServiceResponse::new(request, answer)
}

/// The layout of an error page: for a signed-in visitor that of their other pages, unless authenticating them would burden an overloaded
/// server.
async fn around(error: &WebError, request: &HttpRequest) -> Layout {
    let known = request.extensions().get::<Visitor>().cloned();
    let visitor = match known {
        None if error.is_shown_to_visitors() => Visitor::authenticate(request).await.ok(),
        known => known.filter(|_| error.is_shown_to_visitors()),
    };
    match visitor {
        Some(visitor) => visitor.frame(NavItem::Elsewhere),
        None => {
            // Cookies are read through the same cell: the first borrow must have ended.
            let own = request.extensions().get::<Lang>().copied();
            Layout::bare(request, own.unwrap_or_else(|| cookies::language_of(request)))
        }
    }
}

fn fresh_session(response: &mut ServiceResponse<BoxBody>) {
    let fresh = response.request().extensions_mut().remove::<FreshSession>();
    let app = response.request().app_data::<web::Data<App>>().cloned();
    let (Some(FreshSession { token, device }), Some(app)) = (fresh, app) else { return };
    let session = cookies::session(&app.settings, &token);
    for cookie in [Some(session), device].into_iter().flatten() {
        if let Err(error) = response.response_mut().add_cookie(&cookie) {
            tracing::error!(%error, "a cookie of a fresh session was not set");
        }
    }
}

impl WebError {
    /// Whether its page has the layout of a signed-in visitor: not the page that asks for the password, and not while the server is
    /// overloaded.
    fn is_shown_to_visitors(&self) -> bool {
        use actix_web::ResponseError;
        !matches!(self, Self::SignedOut { .. } | Self::AskAgain { .. } | Self::App(AppError::Throttled { .. }))
            && self.status_code() != StatusCode::SERVICE_UNAVAILABLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_known_by_their_headers() {
        let from = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            is_of_another_site(&headers)
        };
        assert!(from(&[("sec-fetch-site", "cross-site")]));
        assert!(from(&[("sec-fetch-site", "same-site"), ("origin", "https://a.cn"), ("host", "a.cn")]));
        assert!(!from(&[("sec-fetch-site", "same-origin")]));
        assert!(from(&[("origin", "https://evil.cn"), ("host", "a.cn")]));
        assert!(from(&[("origin", "null"), ("host", "a.cn")]));
        assert!(!from(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!from(&[("host", "a.cn")]));
    }
}
