//! Numbers in the form in which people read them: of manuscripts and bulletins; and the calendar day.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::folding::number;
use crate::domain::violation::Violation;

/// Formats a manuscript's number, per channel and year: `2026-0001`; from 10,000 on it gets longer.
#[must_use]
pub fn manuscript_number(year: i32, n: u32) -> String {
    format!("{year}-{n:04}")
}

/// A bulletin's number within its series, assigned when it is issued and never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IssueNumber {
    /// The year.
    pub year: i32,
    /// 第N期 of that year.
    pub issue: u32,
    /// 总第N期: running total of the series.
    pub running: u32,
    /// 增刊: supplements are numbered separately.
    pub supplement: bool,
}

impl std::fmt::Display for IssueNumber {
    /// Formats it as in a bulletin's head: 第3期（总第47期）, and 增刊第1期 for a supplement.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { issue, running, .. } = self;
        if self.supplement {
            write!(f, "增刊第{issue}期（总第{running}期）")
        } else {
            write!(f, "第{issue}期（总第{running}期）")
        }
    }
}

/// A calendar day, written as ISO 8601: `2026-01-05`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = Date, examples("2026-01-05"))]
pub struct Day(pub NaiveDate);

impl Day {
    /// Parses a day; `field` is named in the violation.
    ///
    /// # Errors
    /// The violation `bad_date`.
    pub fn parse(field: &str, text: &str) -> Result<Self, Violation> {
        text.parse().map_err(|BadDay(_)| Violation::new(field, "bad_date"))
    }
}

/// The text is not a day between 1900 and 2999 in the form `2026-01-05`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} {expected}", expected = Self::EXPECTED)]
pub struct BadDay(
    /// The text.
    pub String,
);

impl BadDay {
    /// The end of its message, by which a reader of input recognises it.
    pub const EXPECTED: &'static str = "is not a day in the form 2026-01-05";
}

impl std::str::FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let folded = number(text);
        let day = NaiveDate::parse_from_str(&folded, "%Y-%m-%d").ok();
        // chrono also parses 2026-1-5 and years of five digits; only one notation is accepted.
        let day = day.filter(|day| (1900..3000).contains(&day.year()) && day.to_string() == folded);
        day.map(Self).ok_or_else(|| BadDay(text.to_owned()))
    }
}

impl TryFrom<String> for Day {
    type Error = BadDay;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl From<NaiveDate> for Day {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
