//! `[mail]`: how letters leave.

use serde::Deserialize;

use super::values::optional;
use super::{MailTransport, Secret, variable};

/// `[mail]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The transport of letters.
    pub transport: MailTransport,
    /// The mail server.
    pub smtp_url: Secret,
    /// Sender of all letters.
    pub from: String,
    /// The address for replies.
    #[serde(deserialize_with = "optional")]
    pub reply_to: Option<String>,
    /// Time-out of each step of the dialogue with the mail server, seconds.
    pub timeout_seconds: u64,
    /// First wait after a temporary failure, seconds; doubles with every try.
    pub retry_first_seconds: u64,
    /// Longest wait between two tries, minutes.
    pub retry_max_minutes: u64,
    /// Time after which a letter is given up, hours.
    pub retry_hours: u64,
    /// Longest wait between two attempts while the mail server accepts no letters, minutes.
    pub server_retry_max_minutes: u64,
    /// Letters over one connection at most.
    pub letters_per_connection: u32,
    /// Time after which the file of a letter is deleted, days.
    pub keep_file_days: i64,
    /// Which of the keys by which letters leave were written down, and where. While there are some, no page sets them.
    #[serde(skip)]
    pub written: Vec<WrittenKey>,
}

/// A key that is not left at its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenKey {
    /// The key, or the variable of the environment.
    pub key: String,
    /// The file and the line, or "environment".
    pub place: String,
}

impl Mail {
    /// Adds to a reason that begins with a key where that key is set, and its value.
    #[must_use]
    pub fn with_place(&self, reason: &str) -> String {
        let (key, rest) = reason.split_once(' ').unwrap_or((reason, ""));
        let found = self.written.iter().find(|one| one.key == key || one.key == variable(key));
        found.map_or_else(|| reason.to_owned(), |WrittenKey { key, place }| format!("{place}: {key} {rest}"))
    }

    /// Whether the settings of this process define the mail server, so that those of the page are not used.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        !self.written.is_empty() || self.transport != MailTransport::File
    }
}
