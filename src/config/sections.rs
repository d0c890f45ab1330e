//! The sections of the settings, key by key as in `config/default.toml`, where each is explained.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use chrono::NaiveTime;
use ipnet::IpNet;
use serde::Deserialize;

use super::values::{addresses, networks, optional, time_of_day};

/// A text that must not reach a log: passwords in URLs, tokens.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for passing it to the code that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(not set)" } else { "(hidden)" })
    }
}

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port to listen on.
    pub bind: SocketAddr,
    /// Folder of all files.
    pub data_dir: PathBuf,
    /// The raw setting; use [`super::Settings::secrets_dir`] instead.
    #[serde(deserialize_with = "optional")]
    pub secrets_dir: Option<PathBuf>,
    /// Base of links in letters, without a slash at its end.
    #[serde(deserialize_with = "optional")]
    pub public_url: Option<String>,
    /// Whether plain http is allowed beyond loopback.
    pub allow_http: bool,
    /// Proxies whose `X-Forwarded-For` is trusted.
    #[serde(deserialize_with = "addresses")]
    pub trusted_proxies: Vec<IpAddr>,
    /// Threads that answer requests; 0 is one per core.
    pub workers: usize,
    /// Largest JSON body in bytes.
    pub json_bytes: usize,
    /// Time for the head of a request, seconds.
    pub head_timeout_seconds: u64,
    /// Time for the body of a request, seconds.
    pub body_timeout_seconds: u64,
    /// Life of an idle connection, seconds.
    pub keep_alive_seconds: u64,
    /// Open connections at the same time.
    pub max_connections: usize,
    /// Time to finish accepted requests when stopping, seconds.
    pub shutdown_seconds: u64,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// The raw setting; use [`super::Settings::database_url`] instead, which adds the default.
    pub url: Secret,
    /// Connections for reading.
    pub readers: u32,
    /// Readings that may wait for a connection.
    pub read_queue: usize,
    /// Longest reading for a page or the API, seconds.
    pub read_timeout_seconds: u64,
    /// Connections for long readings.
    pub long_readers: u32,
    /// Such readings that may wait for a connection.
    pub long_read_queue: usize,
    /// Longest reading of that kind, seconds.
    pub long_read_timeout_seconds: u64,
    /// Connections for writing on PostgreSQL.
    pub writers: u32,
    /// Acts committed together at most.
    pub write_batch: usize,
    /// Acts that may wait for a writer.
    pub write_queue: usize,
    /// Wait for a free connection, and for the server to open one, seconds.
    pub connect_timeout_seconds: u64,
    /// Wait of a request for the database in all, seconds.
    pub answer_timeout_seconds: u64,
    /// Longest statement on PostgreSQL, seconds.
    pub statement_timeout_seconds: u64,
    /// Longest wait of a statement for a lock on PostgreSQL, seconds.
    pub lock_timeout_seconds: u64,
    /// Longest silence within a transaction on PostgreSQL, seconds.
    pub idle_transaction_timeout_seconds: u64,
    /// Time after which a connection to PostgreSQL counts as dead, seconds.
    pub line_timeout_seconds: u64,
    /// Whether the schema is brought up to date at start.
    pub migrate_at_start: bool,
}

/// The transport of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTransport {
    /// To a mail server.
    Smtp,
    /// As .eml files in the data directory.
    File,
    /// In memory, for tests.
    Memory,
}

/// `[webhooks]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Networks that are not public, or to which messages go without TLS, and which may be reached all the same.
    #[serde(deserialize_with = "networks")]
    pub allowed_networks: Vec<IpNet>,
    /// Wait for name and connection, seconds.
    pub connect_timeout_seconds: u64,
    /// Longest call in all, seconds.
    pub timeout_seconds: u64,
    /// Most bytes of an answer.
    pub answer_bytes: u64,
}

/// `[storage]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageSettings {
    /// The raw setting; use [`super::Settings::attachments_dir`] instead.
    pub url: String,
}

/// `[backup]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupSettings {
    /// The folder of backups for a command that names none.
    #[serde(deserialize_with = "optional")]
    pub folder: Option<PathBuf>,
    /// The time of the daily backup, in the default time zone of channels.
    #[serde(deserialize_with = "time_of_day")]
    pub at: Option<NaiveTime>,
    /// The number of backups that are retained; 0 is all.
    pub keep: usize,
    /// A file whose first line is the passphrase for the keys in backups; without it backups contain no keys.
    #[serde(deserialize_with = "optional")]
    pub passphrase_file: Option<PathBuf>,
    /// The folder of `pg_dump` and `pg_restore`, if they are neither on `PATH` nor where distributions install them.
    #[serde(deserialize_with = "optional")]
    pub postgres_programs: Option<PathBuf>,
    /// Age of the last backup from which on it is called old, days.
    pub warn_days: i64,
}

/// `[session]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionSettings {
    /// End of a sign-in without requests, minutes.
    pub idle_minutes: i64,
    /// End of a sign-in in any case, hours.
    pub absolute_hours: i64,
    /// Life of a program's token unless said otherwise, days.
    pub token_days: i64,
    /// Life of a one-time link, hours.
    pub link_hours: i64,
    /// Shortest password.
    pub password_min_chars: usize,
    /// Longest password.
    pub password_max_chars: usize,
    /// Memory of one password check, KiB.
    pub argon2_kib: u32,
    /// Passes of one password check.
    pub argon2_passes: u32,
    /// Password checks at the same time.
    pub argon2_parallel: usize,
}

/// `[limits]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Longest title, characters.
    pub title_chars: usize,
    /// Above this many characters the author is warned.
    pub text_soft_chars: usize,
    /// Above this many characters the text is refused.
    pub text_hard_chars: usize,
    /// Numbered suggestions in one manuscript.
    pub suggestions: usize,
    /// Keywords of one manuscript.
    pub keywords: usize,
    /// Longest keyword, characters.
    pub keyword_chars: usize,
    /// Invited authors of one manuscript.
    pub co_authors: usize,
    /// Longest reason, opinion, or text of an endorsement, characters.
    pub reason_chars: usize,
    /// Largest attachment, bytes.
    pub attachment_bytes: usize,
    /// Attachments of one manuscript.
    pub attachments: usize,
    /// Entries on a page by default.
    pub page_default: i64,
    /// Entries on a page at most.
    pub page_max: i64,
    /// Requests that an account may send at once, and again within each minute; 0 is no limit.
    pub requests_per_minute_account: u32,
    /// Requests that an address may send at once, and again within each minute; 0 is no limit.
    pub requests_per_minute_address: u32,
    /// Failed sign-ins to one account within the window.
    pub sign_in_attempts_account: u32,
    /// Failed sign-ins from one address within the window.
    pub sign_in_attempts_address: u32,
    /// The window of failed sign-ins, minutes.
    pub sign_in_window_minutes: i64,
    /// Time for which the answer to an Idempotency-Key is stored, days.
    pub idempotency_days: i64,
}

/// `[undo]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoSettings {
    /// Time within which a decision can be undone, minutes; 0 switches undo off.
    pub minutes: i64,
}

/// `[ledger]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerSettings {
    /// The raw setting; use [`super::Settings::ledger_origin`] instead.
    #[serde(deserialize_with = "optional")]
    pub origin: Option<String>,
    /// The raw setting; use [`super::Settings::ledger_key_file`] instead.
    #[serde(deserialize_with = "optional")]
    pub key_file: Option<PathBuf>,
    /// The interval at which waiting entries are sealed, milliseconds.
    pub seal_millis: u64,
    /// A checkpoint at least this often, minutes.
    pub checkpoint_minutes: i64,
    /// A checkpoint after this many entries.
    pub checkpoint_entries: i64,
    /// The interval at which the newest checkpoint is mailed to the auditors, days; 0 is never.
    pub mail_days: i64,
}

/// `[jobs]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    /// Jobs that talk to other servers at the same time.
    pub workers: usize,
    /// The interval at which nodes look for work, milliseconds.
    pub poll_millis: u64,
    /// Time after which another node takes over, seconds.
    pub lease_seconds: i64,
    /// The interval at which outdated data is deleted, minutes.
    pub housekeeping_minutes: u64,
    /// Time after which a file of the vault that no row names is deleted, hours.
    pub stray_file_hours: i64,
    /// Time for which an ended job is shown, days.
    pub keep_days: i64,
    /// The wait after a job's first failure, seconds; each further one doubles it.
    pub retry_first_seconds: i64,
    /// The longest wait, minutes.
    pub retry_max_minutes: i64,
    /// Attempts after which a job that a person requested is given up.
    pub max_attempts: i64,
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// To read.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// The format of log lines.
    pub format: LogFormat,
    /// The filter of the log, in the syntax of `tracing_subscriber::EnvFilter`.
    pub level: String,
}

/// `[metrics]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// Own address of `/metrics`.
    #[serde(deserialize_with = "optional")]
    pub bind: Option<SocketAddr>,
    /// Token that opens `/metrics` on the server's address.
    pub token: Secret,
}
