//! Codes of what can go wrong, each with its HTTP status: one table for the API's problem documents and for the pages.

use actix_web::http::StatusCode;

use crate::app::{AppError, ConstraintKind, StoreError};
use crate::domain::refusal::Refusal;

/// Every code that is not a refusal's, with its status. `api-CODE-title` and `api-CODE-detail` in the catalogues are its words.
/// A refusal of the work has its own code, status 403 or 409, and `refusal-CODE` for its detail.
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
        // Two at the same moment wrote what may be there once; the other rules of the schema are ours to keep.
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

/// Why a request was refused by something that is away, for the log; it goes along with a page that has no error any more.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The code, of [`CODES`].
    pub code: &'static str,
    /// What went wrong inside.
    pub why: String,
}

/// After how many seconds it may be tried again; none where that does not help, or where the error itself says when.
#[must_use]
pub fn retry_after(code: &str) -> Option<&'static str> {
    match code {
        "busy" | "unavailable" => Some("1"),
        "one_at_a_time" => Some("5"),
        // What took too long will take as long again, unless others were in its way.
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
