//! The options of a choice field.

use crate::domain::lang::Lang;
use crate::text::{Word, word};

/// One of the options.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The value that is sent.
    pub value: String,
    /// The text that is shown.
    pub label: String,
    /// Whether it is the current value.
    pub chosen: bool,
}

impl Choice {
    /// Creates an option.
    #[must_use]
    pub fn new(value: impl ToString, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.to_string();
        Self { chosen: value == chosen, value, label: label.into() }
    }

    /// Creates an option for every word of a vocabulary.
    #[must_use]
    pub fn words<W: Word>(lang: Lang, words: &[W], chosen: &str) -> Vec<Self> {
        words.iter().map(|one| Self::new(one.written(), word(lang, *one), chosen)).collect()
    }
}
