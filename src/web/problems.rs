//! What was wrong with a form, for the summary on top and the message at each field.

use chrono_tz::Tz;

use crate::app::AppError;
use crate::domain::lang::Lang;
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::http::faults::code_of;
use crate::text::{self, t};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProblem {
    /// The field, as the use case names it; none for what is about the whole.
    pub field: Option<String>,
    /// The code by which the API names the same fault.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}

impl PageProblem {
    /// What is wrong with a field.
    #[must_use]
    pub fn of(lang: Lang, violation: &Violation) -> Self {
        Self { field: Some(violation.field.clone()), code: violation.code, message: text::violation(lang, violation) }
    }
}

/// All of them at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// In the order of the form.
    pub list: Vec<PageProblem>,
    /// The version that the thing has now, when somebody else was faster.
    pub stale: Option<i64>,
    /// Whether nothing was to be saved: a sign-in, a password, a search, a check. Then nothing is said of what was typed.
    pub of_no_form: bool,
}

impl Problems {
    /// Puts an error into words that stand beside what was typed.
    ///
    /// # Errors
    /// What leaves no form to show: there is no such thing, or nobody who asks.
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

    /// One that is not about a field.
    #[must_use]
    pub fn say(message: String) -> Self {
        Self { list: vec![PageProblem { field: None, code: "invalid", message }], ..Self::default() }
    }

    /// The same where nothing was to be saved.
    #[must_use]
    pub fn of_no_form(mut self) -> Self {
        self.of_no_form = true;
        self
    }

    /// The sentence, when there is one alone and it is about no field: it says all by itself.
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

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// What is wrong with this field, or with a part of it (`declarations.classification` is a part of `declarations`).
    #[must_use]
    pub fn at(&self, field: &str) -> Option<&str> {
        let is_of = |problem: &&PageProblem| problem.field.as_deref() == Some(field);
        self.list.iter().find(is_of).map(|problem| problem.message.as_str())
    }
}
