//! The problems of a form, for the summary at the top and the message at each field.

use chrono_tz::Tz;

use crate::app::AppError;
use crate::domain::lang::Lang;
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::http::faults::code_of;
use crate::text::{self, t};

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProblem {
    /// The field, named as in the use case; `None` for a problem of the whole form.
    pub field: Option<String>,
    /// The code that the API uses for the same problem.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}

impl PageProblem {
    /// The problem of a field.
    #[must_use]
    pub fn of(lang: Lang, violation: &Violation) -> Self {
        Self { field: Some(violation.field.clone()), code: violation.code, message: text::violation(lang, violation) }
    }
}

/// All problems of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// In the order of the form.
    pub list: Vec<PageProblem>,
    /// The current version of the object, if another user has changed it since.
    pub stale: Option<i64>,
    /// Whether the form saves nothing: a sign-in, a password, a search, a check. The page then does not mention the input.
    pub of_no_form: bool,
}

impl Problems {
    /// Converts an error to messages that are shown beside the input.
    ///
    /// # Errors
    /// Errors after which no form can be shown: the object does not exist, or the visitor has not signed in.
    pub fn of(lang: Lang, zone: Tz, error: AppError) -> Result<Self, AppError> {
        let (code, refused) = code_of(&error);
        let name = refused.map_or(code, Refusal::code);
        let whole = |message: String| Self { list: vec![PageProblem { field: None, code: name, message }], ..Self::default() };
        Ok(match &error {
            AppError::NotFound | AppError::Unauthenticated => return Err(error),
            AppError::Invalid(violations) => {
                Self { list: violations.iter().map(|one| PageProblem::of(lang, one)).collect(), ..Self::default() }
            }
            AppError::UnsupportedFile(why) => Self { list: vec![PageProblem::of(lang, why)], ..Self::default() },
            AppError::VersionMissing => whole(t(lang, "page-version-missing", &[])),
            AppError::Stale { current } => Self { stale: Some(*current), ..whole(t(lang, "page-stale", &[])) },
            AppError::Throttled { until } => whole(t(lang, "page-throttled", &[("until", text::date_time(lang, *until, zone).into())])),
            AppError::TooLarge { max } => whole(t(lang, "api-too_large-detail", &[("max", (*max).into())])),
            _ => match refused {
                Some(refusal) => whole(text::refusal(lang, refusal, zone)),
                None => {
                    if code == "internal" {
                        tracing::error!(%error, "a form was not carried out");
                    }
                    whole(t(lang, &format!("api-{code}-detail"), &[]))
                }
            },
        })
    }

    /// A problem that belongs to no field.
    #[must_use]
    pub fn say(message: String) -> Self {
        Self { list: vec![PageProblem { field: None, code: "invalid", message }], ..Self::default() }
    }

    /// The same for a form that saves nothing.
    #[must_use]
    pub fn of_no_form(mut self) -> Self {
        self.of_no_form = true;
        self
    }

    /// The message, if there is only one and it belongs to no field: it needs no summary.
    #[must_use]
    pub fn alone(&self) -> Option<&str> {
        match self.list.as_slice() {
            [PageProblem { field: None, message, .. }] => Some(message),
            _ => None,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The number of problems.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The problem of this field, or of a part of it (`declarations.classification` is a part of `declarations`).
    #[must_use]
    pub fn at(&self, field: &str) -> Option<&str> {
        let is_of = |problem: &&PageProblem| problem.field.as_deref() == Some(field);
        self.list.iter().find(is_of).map(|problem| problem.message.as_str())
    }
}
