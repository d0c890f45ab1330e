//! Responses as a query or a command builds them, before they become an HTTP response.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderValue, LOCATION};
use serde::Serialize;

use crate::api::etag;
use crate::app::{AppError, StoreError};

/// A response that is ready to be sent or stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedResponse {
    pub(super) status: u16,
    pub(super) body: String,
    etag: Option<i64>,
    pub(super) location: Option<String>,
}

impl PreparedResponse {
    /// 200 with a JSON body.
    ///
    /// # Errors
    /// When the body cannot be serialized, which is an error of the program.
    pub fn ok(body: &impl Serialize) -> Result<Self, AppError> {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with a JSON body; `path` is that of the new resource, below `/api/v1`.
    ///
    /// # Errors
    /// As [`PreparedResponse::ok`].
    pub fn created(path: &str, body: &impl Serialize) -> Result<Self, AppError> {
        Ok(Self { location: Some(format!("{}{path}", crate::api::ROOT)), ..Self::json(StatusCode::CREATED, body)? })
    }

    /// 204.
    #[must_use]
    pub fn nothing() -> Self {
        Self { status: 204, body: String::new(), etag: None, location: None }
    }

    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, AppError> {
        let body = serde_json::to_string(body).map_err(|error| StoreError::unreadable("answer", &error))?;
        Ok(Self { status: status.as_u16(), body, etag: None, location: None })
    }

    /// The same body with another status and address.
    #[must_use]
    pub(super) fn with_head(self, status: u16, location: Option<String>) -> Self {
        Self { status, location, ..self }
    }

    /// Adds the version of the resource as its entity tag.
    #[must_use]
    pub fn with_etag(mut self, version: i64) -> Self {
        self.etag = Some(version);
        self
    }
}

impl From<PreparedResponse> for HttpResponse {
    fn from(reply: PreparedResponse) -> Self {
        let mut response = Self::build(StatusCode::from_u16(reply.status).unwrap_or_default());
        if let Some(version) = reply.etag {
            response.insert_header((ETAG, etag::etag(version)));
        }
        if let Some(location) = reply.location {
            response.insert_header((LOCATION, location));
        }
        if reply.body.is_empty() {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        response.body(BoxBody::new(reply.body))
    }
}
