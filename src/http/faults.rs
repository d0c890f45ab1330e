//! The error codes with their HTTP statuses: one table for the API's problem documents and for the pages.

use actix_web::http::StatusCode;

use crate::app::{AppError, ConstraintKind, StoreError};
use crate::domain::refusal::Refusal;

/// Every code except those of refusals, with its status. Its texts are `api-CODE-title` and `api-CODE-detail` in the catalogues. A refusal
/// of the domain has a code of its own, status 403 or 409, and `refusal-CODE` as its detail.
pub const CODES: &[(&str, u16)] = &[
    ("malformed", 400),
    ("key_malformed", 400),
    ("unauthenticated", 401),
    ("forbidden", 403),
    ("not_found", 404),
    ("method_not_allowed", 405),
    ("conflict", 409),
    ("key_in_use", 409),
    ("stale", 412),
    ("too_large", 413),
    ("unsupported_media_type", 415),
    ("unsupported_file", 415),
    ("bad_range", 416),
    ("invalid", 422),
    ("key_reused", 422),
    ("version_missing", 428),
    ("throttled", 429),
    ("one_at_a_time", 429),
    ("internal", 500),
    ("busy", 503),
    ("too_slow", 503),
    ("unavailable", 503),
    ("full", 507),
];

/// The code of an error, and for a refusal the refusal itself.
#[must_use]
pub fn code_of(error: &AppError) -> (&'static str, Option<&Refusal>) {
    let code = match error {
        AppError::NotFound => "not_found",
        AppError::Refused(refusal) if refusal.is_forbidden() => return ("forbidden", Some(refusal)),
        AppError::Refused(refusal) => return ("conflict", Some(refusal)),
        AppError::Invalid(_) => "invalid",
        AppError::Stale { .. } => "stale",
        AppError::VersionMissing => "version_missing",
        AppError::Unauthenticated => "unauthenticated",
        AppError::Throttled { .. } => "throttled",
        AppError::ReadingUnderWay => "one_at_a_time",
        AppError::TooLarge { .. } => "too_large",
        AppError::UnsupportedFile(_) => "unsupported_file",
        AppError::Store(error) => of_store(error),
    };
    (code, None)
}

fn of_store(error: &StoreError) -> &'static str {
    match error {
        StoreError::NotFound => "not_found",
        StoreError::Stale { .. } => "stale",
        // Two requests inserted a unique value at the same time. A violation of another constraint is an error of the program.
        StoreError::Conflict { rule: ConstraintKind::Unique, .. } => "conflict",
        StoreError::Busy => "busy",
        StoreError::TooSlow => "too_slow",
        StoreError::Away(_) | StoreError::NewerSchema { .. } => "unavailable",
        StoreError::Full => "full",
        StoreError::Conflict { .. }
        | StoreError::Unreadable { .. }
        | StoreError::Unproved { .. }
        | StoreError::Panicked
        | StoreError::SharedSession
        | StoreError::Database(_) => "internal",
    }
}

/// The reason of a refusal by a dependency that is away, for the log; attached to the response of a page, which carries no error any more.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The code, of [`CODES`].
    pub code: &'static str,
    /// The internal cause, for the log.
    pub why: String,
}

/// Seconds for `Retry-After`; `None` where a retry does not help, or where the error itself carries the time.
#[must_use]
pub fn retry_after(code: &str) -> Option<&'static str> {
    match code {
        "busy" | "unavailable" => Some("1"),
        "one_at_a_time" => Some("5"),
        // The same reading will be as slow again, unless others slowed it down.
        "too_slow" => Some("30"),
        _ => None,
    }
}

/// The status of a code.
#[must_use]
pub fn status(code: &str) -> StatusCode {
    let number = CODES.iter().find(|(known, _)| *known == code).map_or(500, |(_, status)| *status);
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
