//! The errors of the API: problem details (RFC 9457), from one table of codes.

use actix_web::HttpResponse;
use actix_web::ResponseError;
use actix_web::http::StatusCode;
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{AppError, StoreError};
use crate::domain::clock::Moment;
use crate::domain::ids::AnyId;
use crate::domain::lang::Lang;
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::http::download::DownloadError;
use crate::http::faults::{code_of, retry_after, status};
use crate::http::seconds_until;
use crate::text::{self, t};

/// The result of a handler.
pub type ApiResult = Result<HttpResponse, ApiError>;

/// The reason why a request fails.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The error of a use case.
    #[error(transparent)]
    App(#[from] AppError),
    /// The request itself cannot be parsed: no JSON, an invalid query.
    #[error("bad request: {0}")]
    Malformed(String),
    /// The media type of the body is not the expected one.
    #[error("the body must be application/json")]
    MediaType,
    /// The address exists, but not with this method.
    #[error("method not allowed")]
    Method {
        /// The methods of the address.
        allow: String,
    },
    /// The requested range is outside the file.
    #[error("the file has {bytes} bytes")]
    Range {
        /// Its length.
        bytes: u64,
    },
    /// An invalid Idempotency-Key.
    #[error("an Idempotency-Key has 1 to 128 visible ASCII characters")]
    KeyMalformed,
    /// The same Idempotency-Key was used with another body before.
    #[error("this Idempotency-Key was used with another body")]
    KeyReused,
    /// A request with the same Idempotency-Key is being executed.
    #[error("a request with this Idempotency-Key is under way")]
    KeyInUse,
}

impl From<DownloadError> for ApiError {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Range { bytes } => Self::Range { bytes },
            DownloadError::App(error) => error.into(),
        }
    }
}

impl ApiError {
    /// Its code, for the log.
    #[must_use]
    pub fn code(&self) -> &'static str {
        row(self).0
    }
}

impl ResponseError for ApiError {
    /// Only the status; [`crate::api::responses`] replaces the body by the problem, in the reader's language.
    fn status_code(&self) -> StatusCode {
        status(row(self).0)
    }
}

/// A problem document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem: `urn:zhitongche:problem:CODE`.
    #[serde(rename = "type")]
    #[schema(examples("urn:zhitongche:problem:wrong_stage"))]
    pub kind: String,
    /// The kind in words.
    #[schema(examples("现在不能这样做"))]
    pub title: String,
    /// The HTTP status.
    #[schema(examples(409))]
    pub status: u16,
    /// What happened and what to do, in the reader's language.
    pub detail: String,
    /// The code, which does not change with the language.
    #[schema(examples("wrong_stage"))]
    pub code: String,
    /// Stands in the server's log too.
    #[schema(examples("019aa0d0-8d7e-7c3a-9d0e-3f1b6c2a9e11"))]
    pub request_id: String,
    /// What is wrong with which field; only for invalid input and files that are not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// The version that the thing has now; only when the one that was sent is stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The id of what was entered before, word for word; only for a repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<AnyId>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field, as in the request: `title`, `suggestions[2]`.
    #[schema(examples("title"))]
    pub field: String,
    /// The rule that it breaks.
    #[schema(examples("too_long"))]
    pub code: String,
    /// The rule in words.
    pub message: String,
}

/// The code of an error, and for a refusal the refusal itself.
fn row(error: &ApiError) -> (&'static str, Option<&Refusal>) {
    let code = match error {
        ApiError::Malformed(_) => "malformed",
        ApiError::MediaType => "unsupported_media_type",
        ApiError::Method { .. } => "method_not_allowed",
        ApiError::Range { .. } => "bad_range",
        ApiError::KeyMalformed => "key_malformed",
        ApiError::KeyReused => "key_reused",
        ApiError::KeyInUse => "key_in_use",
        ApiError::App(error) => return code_of(error),
    };
    (code, None)
}

/// A problem with its texts, and the headers that belong to it.
#[derive(Debug)]
pub(crate) struct ProblemAnswer {
    pub(crate) status: StatusCode,
    pub(crate) problem: Problem,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// Describes an error in the reader's language.
pub(crate) fn tell(error: &ApiError, lang: Lang, zone: Tz, request_id: String, now: Moment) -> ProblemAnswer {
    let (code, refusal) = row(error);
    let status = status(code);
    let mut headers = Vec::new();
    let (mut errors, mut version) = (Vec::new(), None);
    let mut detail = String::new();
    match error {
        ApiError::Malformed(why) => detail = t(lang, "api-malformed-detail", &[("why", why.into())]),
        ApiError::Range { bytes } => headers.push(("content-range", format!("bytes */{bytes}"))),
        ApiError::Method { allow } => headers.push(("allow", allow.clone())),
        ApiError::App(AppError::Invalid(violations)) => errors = violations.iter().map(|one| field(lang, one)).collect(),
        ApiError::App(AppError::UnsupportedFile(why)) => {
            detail = text::violation(lang, why);
            errors = vec![field(lang, why)];
        }
        ApiError::App(AppError::Stale { current }) => version = Some(*current),
        ApiError::App(AppError::Store(StoreError::Stale { current })) => version = Some(*current),
        ApiError::App(AppError::Unauthenticated) => headers.push(("www-authenticate", "Bearer".to_owned())),
        ApiError::App(AppError::Throttled { until }) => headers.push(("retry-after", seconds_until(*until, now))),
        ApiError::App(AppError::TooLarge { max }) => detail = t(lang, "api-too_large-detail", &[("max", (*max).into())]),
        _ => headers.extend(retry_after(code).map(|seconds| ("retry-after", seconds.to_owned()))),
    }
    if let Some(refusal) = refusal {
        detail = text::refusal(lang, refusal, zone);
    } else if detail.is_empty() {
        detail = t(lang, &format!("api-{code}-detail"), &[]);
    }
    let existing = match refusal {
        Some(Refusal::Repeated { first }) => Some(*first),
        _ => None,
    };
    let title = t(lang, &format!("api-{code}-title"), &[]);
    let code = refusal.map_or(code, Refusal::code).to_owned();
    let kind = format!("urn:zhitongche:problem:{code}");
    ProblemAnswer {
        status,
        problem: Problem { kind, title, status: status.as_u16(), detail, code, request_id, errors, version, existing },
        headers,
    }
}

fn field(lang: Lang, violation: &Violation) -> FieldProblem {
    FieldProblem { field: violation.field.clone(), code: violation.code.to_owned(), message: text::violation(lang, violation) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::faults::CODES;

    #[test]
    fn every_code_has_its_words() {
        let silent: Vec<_> = CODES
            .iter()
            .flat_map(|(code, _)| [format!("api-{code}-title"), format!("api-{code}-detail")])
            .filter(|key| !text::has(key))
            .collect();
        assert!(silent.is_empty(), "without words: {silent:?}");
    }

    #[test]
    fn a_problem_says_what_is_wrong_in_the_readers_language() {
        let now = Moment::from_micros(0);
        let error = ApiError::App(vec![Violation::beyond("title", "too_long", 51, 50)].into());
        let told = tell(&error, Lang::En, chrono_tz::Asia::Shanghai, "r1".to_owned(), now);
        assert_eq!((told.status.as_u16(), told.problem.code.as_str(), told.problem.errors.len()), (422, "invalid", 1));
        assert_eq!(told.problem.errors[0].message, "This has 51 characters; at most 50 are allowed.");
        let until = now + chrono::Duration::milliseconds(1500);
        let told = tell(&AppError::Throttled { until }.into(), Lang::Zh, chrono_tz::Asia::Shanghai, "r2".to_owned(), now);
        assert_eq!((told.status.as_u16(), told.headers), (429, vec![("retry-after", "2".to_owned())]));
        let told = tell(&AppError::from(Refusal::OwnManuscript).into(), Lang::Zh, chrono_tz::Asia::Shanghai, "r3".to_owned(), now);
        assert_eq!((told.status.as_u16(), told.problem.code.as_str()), (403, "own_manuscript"));
        assert!(told.problem.detail.contains("您是作者"), "{}", told.problem.detail);
    }
}
