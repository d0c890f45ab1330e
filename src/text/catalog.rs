//! The message catalogues: parsed once, then queried by key.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use crate::domain::lang::Lang;

/// The files of both languages, by name; a new file is added here once.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Name, Chinese, English.
        pub(super) const FILES: &[(&str, &str, &str)] =
            &[$(($name, include_str!(concat!("zh-CN/", $name, ".ftl")), include_str!(concat!("en/", $name, ".ftl")))),*];
    };
}
files!(
    "terms",
    "letters",
    "errors",
    "api",
    "page-frame",
    "page-front",
    "page-write",
    "page-review",
    "page-bulletin",
    "page-manuscript",
    "page-leader",
    "page-dispatch",
    "page-handling",
    "page-admin",
    "page-ledger",
    "page-account",
    "page-statistics",
);

static CHINESE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Lang::Zh));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Lang::En));

/// An argument of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg<'a> {
    /// Text, which is inserted unchanged.
    Text(Cow<'a, str>),
    /// A number, which also chooses between singular and plural.
    Number(i64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// The text of `key` in `lang`. A key that the catalogues lack is an error of the program (tests check for it): it is logged, and the
/// reader sees the key.
#[must_use]
pub fn t(lang: Lang, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    let bundle = of(lang);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, %lang, "no text for this key");
        return key.to_owned();
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, arg) in args {
        match arg {
            Arg::Text(text) => values.set(*name, FluentValue::String(Cow::Borrowed(text.as_ref()))),
            Arg::Number(number) => values.set(*name, FluentValue::from(*number)),
        }
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(key, %lang, ?errors, "an argument is missing in this text");
    }
    text
}

/// Whether both catalogues have the key; for lists that a channel can change.
#[must_use]
pub fn has(key: &str) -> bool {
    Lang::ALL.iter().all(|lang| of(*lang).has_message(key))
}

fn of(lang: Lang) -> &'static FluentBundle<FluentResource> {
    match lang {
        Lang::Zh => &CHINESE,
        Lang::En => &ENGLISH,
    }
}

/// The files of a language in one bundle. Invalid entries are left out and logged; a test parses each file strictly.
fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let locale = lang.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Isolation marks around arguments would appear in subject lines, logs and tests.
    bundle.set_use_isolating(false);
    // 2026 is a year and 1500 a number of characters: digits are not grouped.
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(number.value.to_string()),
        _ => None,
    }));
    for (name, zh, en) in FILES {
        let text = match lang {
            Lang::Zh => zh,
            Lang::En => en,
        };
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(name, %lang, ?errors, "a catalogue has lines that can't be read");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(name, %lang, ?errors, "a key is there twice");
        }
    }
    bundle
}
