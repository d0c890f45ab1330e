//! The middleware of all API requests: the limit of their address, problems in words, headers that keep responses private.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, web};

use crate::api::problem::{ApiError, tell};
use crate::app::{App, AppError};
use crate::domain::clock::Clock;
use crate::http::encoding::unreadable;
use crate::http::rates::{self, Rates};
use crate::http::{self, language, request_id};

/// Middleware of the API's scope.
///
/// # Errors
/// Only what the inner service gives as an error of its own.
pub(crate) async fn answer(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let refused = before(&request);
    let mut response = match refused {
        Some(error) => request.error_response(error),
        None => next.call(request).await?.map_into_boxed_body(),
    };
    let headers = response.headers_mut();
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(in_words(response))
}

/// Errors that can be detected before the request is handled.
fn before(request: &ServiceRequest) -> Option<ApiError> {
    if let Some(why) = unreadable(request.uri()) {
        return Some(ApiError::Malformed(why.to_owned()));
    }
    let app = request.app_data::<web::Data<App>>()?;
    let rates = request.app_data::<web::Data<Rates>>()?;
    let address = rates::address(request.request(), &app.settings);
    rates.count_address(&address).err().map(|until| AppError::Throttled { until }.into())
}

/// Replaces an error's empty response by a problem. The error remains attached to the response, so that it is logged once.
fn in_words(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let made;
    let error = match response.response().error() {
        None if response.headers().contains_key(CONTENT_TYPE) => return response,
        None => {
            made = by_status(status);
            &made
        }
        Some(error) => match error.as_error::<ApiError>() {
            Some(error) => error,
            None => {
                made = foreign(error, status);
                &made
            }
        },
    };
    let request = response.request();
    let now = request.app_data::<web::Data<App>>().map_or_else(|| Clock::System.now(), |app| app.clock.now());
    let told = tell(error, language(request.headers()), http::zone(request), request_id(request), now);
    let body = serde_json::to_vec(&told.problem).unwrap_or_default();
    response.map_body(|head, _| {
        head.status = told.status;
        head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        for (name, value) in told.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                head.headers.insert(HeaderName::from_static(name), value);
            }
        }
        BoxBody::new(body)
    })
}

/// The errors of the framework's own extractors.
fn foreign(error: &Error, status: StatusCode) -> ApiError {
    if error.as_error::<PathError>().is_some() {
        // A malformed id is treated as an unknown one.
        return AppError::NotFound.into();
    }
    if let Some(error) = error.as_error::<QueryPayloadError>() {
        return ApiError::Malformed(error.to_string());
    }
    if let Some(JsonPayloadError::Overflow { limit }) = error.as_error::<JsonPayloadError>() {
        return AppError::TooLarge { max: *limit }.into();
    }
    if let Some(error) = error.as_error::<PayloadError>() {
        return ApiError::Malformed(error.to_string());
    }
    if status.is_client_error() && status != StatusCode::NOT_FOUND {
        return ApiError::Malformed(error.to_string());
    }
    by_status(status)
}

fn by_status(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => AppError::NotFound.into(),
        StatusCode::METHOD_NOT_ALLOWED => ApiError::Method { allow: String::new() },
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ApiError::MediaType,
        StatusCode::UNAUTHORIZED => AppError::Unauthenticated.into(),
        status if status.is_client_error() => ApiError::Malformed(status.canonical_reason().unwrap_or_default().to_owned()),
        _ => AppError::Store(crate::app::StoreError::Database(status.to_string())).into(),
    }
}

/// Handles requests without a route: an unknown address, or a known one with another method.
pub(crate) async fn unknown(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    match crate::api::document::methods_of(request.path()) {
        Some(allow) if !allow.is_empty() => Err(ApiError::Method { allow }),
        _ => Err(AppError::NotFound.into()),
    }
}
