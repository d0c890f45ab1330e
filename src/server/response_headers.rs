//! Middleware for every response: headers that restrict what browsers do with it, and HEAD answered as GET without the body.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::app::App;

/// Defaults; pages, files and the API's page have policies of their own.
const HEADERS: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// A year, the minimum of the browsers' preload lists. Without `includeSubDomains`: other hosts of the domain belong to others.
const ONLY_HTTPS: &str = "max-age=31536000";

/// Middleware for `actix_web::middleware::from_fn`.
///
/// # Errors
/// The errors of the inner service.
pub async fn mind(mut request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // The HTTP server omits the body. A stream of events has no end that a HEAD could wait for.
    if request.method() == Method::HEAD && !request.path().ends_with("/events") {
        request.head_mut().method = Method::GET;
    }
    let only_https = request.app_data::<web::Data<App>>().is_some_and(|app| app.settings.public_url().starts_with("https:"));
    let mut answer = next.call(request).await?;
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if only_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_HTTPS));
    }
    Ok(answer)
}
