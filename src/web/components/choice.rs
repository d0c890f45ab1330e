//! What a field of choices offers.

use crate::domain::lang::Lang;
use crate::text::{Word, word};

/// One of the choices.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is the one that holds now.
    pub chosen: bool,
}

impl Choice {
    /// One of them.
    #[must_use]
    pub fn new(value: impl ToString, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.to_string();
        Self { chosen: value == chosen, value, label: label.into() }
    }

    /// Every word of a vocabulary.
    #[must_use]
    pub fn words<W: Word>(lang: Lang, words: &[W], chosen: &str) -> Vec<Self> {
        words.iter().map(|one| Self::new(one.written(), word(lang, *one), chosen)).collect()
    }
}
