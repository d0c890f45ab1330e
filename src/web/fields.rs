//! The fields of a form as they were typed, independent of the sender and the session.

use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::app::AppError;
use crate::app::input::{self, SECRETS};
use crate::domain::{characters, folding};

/// The field that carries the page's token.
pub const CSRF: &str = "csrf";

/// The fields with which a form signs in again.
pub(super) const LOGIN: &str = "resume_login";
pub(super) const PASSWORD: &str = "resume_password";

/// The fields of a form, in their order (`application/x-www-form-urlencoded`, WHATWG URL). A name may come several times.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    list: Vec<(String, String)>,
    dropped: bool,
}

impl Fields {
    /// Parses text that is expected to be UTF-8; invalid bytes are replaced, as the standard requires.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        Self::from(form_urlencoded::parse(body).into_owned().collect::<Vec<_>>())
    }

    /// The first value of this name, or `None`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of this name; an absent field yields an empty string.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// All values of this name.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        self.list.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Whether a box of this name was ticked, or a button of this name was pressed.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Parses the value: an id, a number, a word of a vocabulary. It is folded first, so that full-width digits are digits.
    #[must_use]
    pub fn read<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        folding::folded(self.find(name)?).parse().ok()
    }

    /// Deserializes the input of a command in the same way as the API does from JSON.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the fields that are missing or of another form.
    pub fn input<T: DeserializeOwned>(&self) -> Result<T, AppError> {
        let fields = self.list.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        input::from_fields(fields).map_err(AppError::Invalid)
    }

    /// The version that the page showed, which the API receives in `If-Match`.
    ///
    /// # Errors
    /// [`AppError::VersionMissing`] where the form has none that can be read.
    pub fn seen(&self) -> Result<i64, AppError> {
        self.read("version").ok_or(AppError::VersionMissing)
    }

    /// The same fields with another value for this one.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.list.retain(|(key, _)| key != name);
        self.list.push((name.to_owned(), value.into()));
        self
    }

    /// The same fields with a value for each of these boxes: a browser sends nothing for an unticked box, which a command would interpret
    /// as "leave unchanged".
    #[must_use]
    pub fn with_boxes(self, names: &[&str]) -> Self {
        names.iter().fold(self, |fields, name| {
            let is_ticked = fields.has(name);
            fields.with(name, is_ticked.to_string())
        })
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether characters were dropped that text may not contain; the page informs the author.
    #[must_use]
    pub fn has_dropped(&self) -> bool {
        self.dropped
    }

    /// The fields that a page must carry over when it asks something in between.
    pub fn carried(&self) -> impl Iterator<Item = &(String, String)> {
        self.list.iter().filter(|(name, _)| ![CSRF, LOGIN, PASSWORD].contains(&name.as_str()))
    }

    /// The text among the fields, for a page that can only show it: no passwords, and no values that the page set itself, such as ids and
    /// names of buttons.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let is_mark = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_:.".contains(c);
        let typed = move |value: &str| !characters::is_blank(value) && !value.chars().all(is_mark);
        self.carried()
            .filter(|(name, _)| !SECRETS.contains(&name.as_str()))
            .map(|(_, value)| value.as_str())
            .filter(move |value| typed(value))
    }
}

impl From<Vec<(String, String)>> for Fields {
    /// Cleans every value except passwords ([`characters::clean_value`]).
    fn from(mut list: Vec<(String, String)>) -> Self {
        let mut dropped = false;
        for (name, value) in &mut list {
            if SECRETS.contains(&name.as_str()) {
                continue;
            }
            dropped |= characters::loses(value);
            if let std::borrow::Cow::Owned(clean) = characters::clean_value(value) {
                *value = clean;
            }
        }
        Self { list, dropped }
    }
}

/// The fields of this request's form, for the page that is shown if it fails.
pub(super) struct Typed(pub Fields);

/// Why a sign-in within a form was refused.
#[derive(Debug, Clone, Copy)]
pub enum SideSignInError {
    /// The password is wrong, or the account is not the one for which the page was made.
    Password,
    /// Too many attempts.
    TooOften {
        /// The moment until which further attempts are refused.
        until: crate::domain::clock::Moment,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order_and_their_repeats() {
        let fields = Fields::parse("s=一&s=&title=a%20b+c&csrf=x&resume_password=y".as_bytes());
        assert_eq!(fields.all("s"), ["一", ""]);
        assert_eq!((fields.get("title"), fields.get("none"), fields.has("s")), ("a b c", "", true));
        assert_eq!(fields.read::<i64>("title"), None);
        assert_eq!(Fields::parse("days=　１２\u{200b}".as_bytes()).read::<i64>("days"), Some(12));
        let carried: Vec<&str> = fields.carried().map(|(name, _)| name.as_str()).collect();
        assert_eq!(carried, ["s", "s", "title"]);
    }

    #[test]
    fn every_value_but_a_password_is_cleaned() {
        let fields = Fields::parse(b"title=a%08b%0Bc&password=a%08b&q=%00");
        assert_eq!((fields.get("title"), fields.get("password"), fields.get("q")), ("ab\u{b}c", "a\u{8}b", ""));
        assert!(fields.has_dropped() && !Fields::parse(b"a=b%0D%0Ac").has_dropped());
    }

    #[test]
    fn the_words_of_a_form_are_what_a_person_wrote() {
        let fields = Fields::parse(
            "csrf=a.b.c&version=3&decision=send_back&id=019438e9-4800-7183&reason=说明不足。&password=Secret-1&opinion=Good+one&x=+"
                .as_bytes(),
        );
        assert_eq!(fields.words().collect::<Vec<_>>(), ["说明不足。", "Good one"]);
    }
}
