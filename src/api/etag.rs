//! Versions as entity tags (RFC 9110, 8.8.3 and 13.1.1): a response carries `ETag: "7"`, and a client that changes the resource returns it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};
use utoipa::IntoParams;

use crate::api::problem::ApiError;
use crate::app::AppError;

/// The version that the caller saw. A handler that takes it refuses requests without it with 428; the use case compares.
///
/// Name it in the documentation: `params(IfMatch)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatch {
    /// The version that was seen, as the ETag gave it: `"7"`.
    #[param(rename = "If-Match", value_type = String, required = true, example = "\"1\"")]
    pub version: i64,
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).map(|version| Self { version }).ok_or_else(|| AppError::VersionMissing.into()))
    }
}

/// The version that the caller saw, where it is optional: a signature is for the text that was read.
///
/// Name it in the documentation: `params(IfSeen)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfSeen {
    /// The version that was read, as the ETag gave it: `"7"`. Then nothing is done if it has become another one meanwhile.
    #[param(rename = "If-Match", value_type = Option<String>, required = false, example = "\"1\"")]
    pub version: Option<i64>,
}

impl FromRequest for IfSeen {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match read(request) {
            None if request.headers().contains_key(IF_MATCH) => Err(AppError::VersionMissing.into()),
            version => Ok(Self { version }),
        })
    }
}

/// The version in `If-Match`, if there is one that can be parsed. `*` would mean any version, which is not accepted.
fn read(request: &HttpRequest) -> Option<i64> {
    let tag = request.headers().get(IF_MATCH)?.to_str().ok()?.trim();
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// The entity tag of a version.
#[must_use]
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_version_in_quotes() {
        let sent = |tag: &str| read(&actix_web::test::TestRequest::default().insert_header((IF_MATCH, tag)).to_http_request());
        assert_eq!(sent(&etag(7)), Some(7));
        for bad in ["7", "*", "W/\"7\"", "\"seven\"", ""] {
            assert_eq!(sent(bad), None, "{bad}");
        }
    }
}
