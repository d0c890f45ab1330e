//! Texts for readers in Chinese and English: message catalogues (Fluent), dates and numbers.
//!
//! May import `domain`. A text has a key and is in `zh-CN/FILE.ftl` and in `en/FILE.ftl`, with the same arguments: `terms.ftl`
//! (vocabularies), `letters.ftl`, `errors.ftl` (refusals, violations), `api.ftl`, and `page-*.ftl` for each part of the pages. The texts of
//! an enum have its written form in their key: `stage-review`, `role-signer`, `refusal-not_yours`.

mod catalog;
mod dates;
mod findings;
mod words;
pub mod workflow;

pub use crate::domain::lang::Lang;
pub use catalog::{Arg, has, t};
pub use dates::{ago, date, date_time, day_of_week, limit, month_and_day, short_date};
pub use findings::finding;
pub use words::{Spoken, Word, refusal, stage_for_author, stage_for_merged, violation, word, words};

#[cfg(test)]
mod tests;
