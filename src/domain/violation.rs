//! Violations of input rules: field, rule and figures. Their texts are in the catalogues.

use crate::domain::characters::{clean, is_blank, is_invisible};

/// A figure or a word for the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// A figure.
    Number(usize),
    /// A word, for example the code point that is not allowed in a text.
    Text(String),
}

/// A violation of one rule by one field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {code}")]
pub struct Violation {
    /// The field as the API names it, for example `title`, `suggestions[2]` or `declarations.classification`.
    pub field: String,
    /// The rule, one of [`Violation::CODES`]; `violation-CODE` in the catalogues.
    pub code: &'static str,
    /// The parameters of the message.
    pub params: Vec<(&'static str, Param)>,
}

impl Violation {
    /// Every code, for the test that looks up its text.
    pub const CODES: &'static [&'static str] = &[
        "required",
        "invisible",
        "reason_or_reply",
        "too_long",
        "too_many",
        "long",
        "line_break",
        "unknown_category",
        "classified",
        "out_of_range",
        "bad_email",
        "email_not_ascii",
        "bad_login",
        "bad_mobile",
        "bad_date",
        "bad_number",
        "unknown_person",
        "unknown_reason",
        "bad_calendar",
        "few_working_days",
        "bad_value",
        "bad_limit",
        "bad_cursor",
        "unknown",
        "taken",
        "no_such_account",
        "already_member",
        "not_new",
        "too_short",
        "too_common",
        "personal_password",
        "keyboard_password",
        "repeated_password",
        "dated_password",
        "pinyin_password",
        "weak_password",
        "wrong_password",
        "not_combinable",
        "other_organization",
        "no_office",
        "stands_in",
        "period_too_long",
        "period_too_far",
        "period_past",
        "closed_organization",
        "backwards",
        "not_allowed_here",
        "duplicate",
        "no_officer",
        "wrong_departments",
        "date_passed",
        "date_beyond",
        "date_future",
        "only_planned",
        "unanswered",
        "unsettled",
        "not_split",
        "not_accepted",
        "outdated",
        "recipient_gone",
        "bad_file_name",
        "unreadable_file_name",
        "empty_file",
        "unsupported_file",
        "wrong_ending",
        "encrypted_file",
        "macro_file",
        "web_page_file",
        "not_between",
        "above_longest",
        "no_backup_folder",
        "year_unknown",
        "no_change",
        "bad_notice",
        "notice_incomplete",
        "bad_receipt",
        "bad_time",
        "bad_zone",
        "no_channel",
        "which_channel",
        "bad_host",
        "control_character",
        "password_for_host",
        "password_unreadable",
        "set_outside",
        "bad_url",
        "https_needed",
        "address_not_allowed",
        "url_unreadable",
        "url_for_format",
        "bad_secret",
        "bad_json",
        "unknown_placeholder",
        "not_called",
    ];

    /// Creates a violation without figures.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self { field: field.into(), code, params: Vec::new() }
    }

    /// Creates a violation for a missing value.
    #[must_use]
    pub fn required(field: impl Into<String>) -> Self {
        Self::new(field, "required")
    }

    /// Creates a violation for a text without visible characters.
    #[must_use]
    pub fn invisible(field: impl Into<String>) -> Self {
        Self::new(field, "invisible")
    }

    /// Creates a violation for a value `is` above `max`: characters (`too_long`, `long`), items (`too_many`) or a position in a text
    /// (`out_of_range`).
    #[must_use]
    pub fn beyond(field: impl Into<String>, code: &'static str, is: usize, max: usize) -> Self {
        Self { field: field.into(), code, params: vec![("is", Param::Number(is)), ("max", Param::Number(max))] }
    }
}

/// Parses a text of one line, cleaned and trimmed: a title, a name, a keyword. At most `max` characters (Unicode scalar values); may be
/// empty. Line ends that no keyboard produces (a vertical tab from a slide) become spaces.
///
/// # Errors
/// The first violated rule: `line_break` for LF and CR, `invisible` for text without visible characters, `too_long`.
pub fn line(field: &str, text: &str, max: usize) -> Result<String, Violation> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if text.contains(['\n', '\r']) {
        return Err(Violation::new(field, "line_break"));
    }
    let text = clean(text).replace('\n', " ");
    let text = text.trim();
    if is_invisible(text) {
        return Err(Violation::invisible(field));
    }
    match text.chars().count() {
        length if length > max => Err(Violation::beyond(field, "too_long", length, max)),
        _ => Ok(text.to_owned()),
    }
}

/// Parses a text of one line that must not be empty.
///
/// # Errors
/// As [`line()`], and `required`.
pub fn required_line(field: &str, text: &str, max: usize) -> Result<String, Violation> {
    let text = line(field, text, max)?;
    if text.is_empty() { Err(Violation::required(field)) } else { Ok(text) }
}

/// Parses a text of several lines, cleaned ([`clean`]); everything else stays unchanged, including invisible characters beside visible
/// ones. At most `max` characters (Unicode scalar values); may be empty.
///
/// # Errors
/// `invisible` for text without visible characters, `too_long`.
pub fn prose(field: &str, text: &str, max: usize) -> Result<String, Violation> {
    let text = clean(text);
    if is_invisible(&text) {
        return Err(Violation::invisible(field));
    }
    match text.chars().count() {
        length if length > max => Err(Violation::beyond(field, "too_long", length, max)),
        _ => Ok(text.into_owned()),
    }
}

/// Parses a text of several lines that must not be empty: a reason, an opinion, a result.
///
/// # Errors
/// As [`prose`], and `required`.
pub fn required_prose(field: &str, text: &str, max: usize) -> Result<String, Violation> {
    let text = prose(field, text, max)?;
    if is_blank(&text) { Err(Violation::required(field)) } else { Ok(text) }
}

/// Collects violations, so that all of them are reported at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Returns the value, or its default after recording the violation.
    pub fn take<T: Default>(&mut self, parsed: Result<T, Violation>) -> T {
        parsed.unwrap_or_else(|violation| {
            self.0.push(violation);
            T::default()
        })
    }

    /// Records a violation.
    pub fn add(&mut self, violation: Violation) {
        self.0.push(violation);
    }

    /// Returns `value` if no violation was recorded.
    ///
    /// # Errors
    /// All recorded violations.
    pub fn or<T>(self, value: T) -> Result<T, Vec<Violation>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }

    /// Returns the recorded violations.
    #[must_use]
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}
