//! Typed settings: `config/default.toml` (part of the binary) < `config/local.toml` or `--config FILE` <
//! `ZHITONGCHE__SECTION__KEY`. Read and checked once, at start. Imports nothing of this crate.

mod checks;
mod keys;
mod mail;
mod sections;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

pub use mail::{Mail, WrittenKey};
pub use sections::{
    BackupSettings, DatabaseSettings, JobSettings, LedgerSettings, LimitSettings, LogFormat, LogSettings, MailTransport, MetricsSettings,
    Secret, ServerSettings, SessionSettings, StorageSettings, UndoSettings, WebhookSettings,
};

/// The text of `config/default.toml`.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The file that is read, if it is there, when no other is named.
pub const LOCAL_FILE: &str = "config/local.toml";

const PREFIX: &str = "ZHITONGCHE__";

/// The keys whose type is [`Secret`]; a test checks that.
const SECRET_KEYS: [&str; 3] = ["database.url", "mail.smtp_url", "metrics.token"];

/// The keys by which letters leave: if one is written down, no page sets any of them.
const MAIL_KEYS: [&str; 4] = ["mail.transport", "mail.smtp_url", "mail.from", "mail.reply_to"];

/// All settings of a node.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `[server]`
    pub server: ServerSettings,
    /// `[database]`
    pub database: DatabaseSettings,
    /// `[mail]`
    pub mail: Mail,
    /// `[webhooks]`
    pub webhooks: WebhookSettings,
    /// `[storage]`
    pub storage: StorageSettings,
    /// `[backup]`
    pub backup: BackupSettings,
    /// `[session]`
    pub session: SessionSettings,
    /// `[limits]`
    pub limits: LimitSettings,
    /// `[undo]`
    pub undo: UndoSettings,
    /// `[ledger]`
    pub ledger: LedgerSettings,
    /// `[jobs]`
    pub jobs: JobSettings,
    /// `[log]`
    pub log: LogSettings,
    /// `[metrics]`
    pub metrics: MetricsSettings,
    /// The file that was read, if one was.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// The reason why the settings can't be used, with what to do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsError {
    /// The named file can't be read.
    #[error("the configuration file {file} can't be read: {reason}; name another with --config FILE")]
    Unreadable {
        /// The file.
        file: String,
        /// The error of the system.
        reason: String,
    },
    /// The file is not TOML.
    #[error("the configuration file {file} is not valid TOML: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// Line, column and the expected value.
        reason: String,
    },
    /// A key that does not exist.
    #[error("{place}: there is no setting {key}; did you mean {nearest}?")]
    UnknownKey {
        /// File and line, or "environment".
        place: String,
        /// The key as written.
        key: String,
        /// The most similar known key, in the same notation.
        nearest: String,
    },
    /// A value that can't be used.
    #[error("{place}: {key} can't be used: {reason}")]
    Value {
        /// File and line, or "environment".
        place: String,
        /// The key as written.
        key: String,
        /// The fault of the value, and what would be valid.
        reason: String,
    },
}

impl Settings {
    /// Reads the settings of this process: `file`, or `config/local.toml` if it is there, and the environment.
    ///
    /// # Errors
    /// Names the file, line and key that can't be used, and a valid value.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let file = file.map(Path::to_path_buf).or_else(|| Some(PathBuf::from(LOCAL_FILE)).filter(|local| local.exists()));
        let text = match &file {
            None => None,
            Some(path) => Some(
                std::fs::read_to_string(path)
                    .map_err(|e| SettingsError::Unreadable { file: path.display().to_string(), reason: e.to_string() })?,
            ),
        };
        let name = file.as_deref().map(|path| path.display().to_string());
        let environment = std::env::vars_os().filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)));
        let settings = Self::read(name.as_deref().zip(text.as_deref()), environment)?;
        Ok(Self { file, ..settings })
    }

    /// Reads the settings from a file's name and text and from environment variables.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn read(file: Option<(&str, &str)>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        let sources = Sources::new(file, environment)?;
        let mut settings = sources.deserialize()?;
        settings.mail.written = MAIL_KEYS.into_iter().filter_map(|key| sources.written(key)).collect();
        settings.check().map_err(|(key, reason)| sources.value_error(key, reason))?;
        Ok(settings)
    }

    /// The defaults alone, with all files under `data_dir`; for tests and the demo.
    ///
    /// # Errors
    /// Never with the file that the program was built with; a test holds that.
    pub fn defaults_in(data_dir: &Path) -> Result<Self, SettingsError> {
        let mut settings = Self::read(None, [])?;
        settings.server.data_dir = data_dir.to_path_buf();
        Ok(settings)
    }

    /// The same settings with another address to listen on.
    ///
    /// # Errors
    /// When that address needs a setting that is not there.
    pub fn with_bind(mut self, bind: SocketAddr) -> Result<Self, SettingsError> {
        self.server.bind = bind;
        let place = "--bind".to_owned();
        self.check().map_err(|(key, reason)| SettingsError::Value { place, key: key.to_owned(), reason })?;
        Ok(self)
    }

    /// The database's URL, with the default filled in.
    #[must_use]
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite://{}", self.server.data_dir.join("zhitongche.db").display())
        } else {
            self.database.url.expose().to_owned()
        }
    }

    /// The folder of the attachments.
    #[must_use]
    pub fn attachments_dir(&self) -> PathBuf {
        self.storage.url.strip_prefix("file://").map_or_else(|| self.server.data_dir.join("attachments"), PathBuf::from)
    }

    /// The folder where transport `file` writes letters.
    #[must_use]
    pub fn mail_dir(&self) -> PathBuf {
        self.server.data_dir.join("mail")
    }

    /// The base of links in letters, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> String {
        let url = self.server.public_url.clone().unwrap_or_else(|| format!("http://{}", self.server.bind));
        url.trim_end_matches('/').to_owned()
    }

    /// The installation's name in checkpoints.
    #[must_use]
    pub fn ledger_origin(&self) -> String {
        let host = || Url::parse(&self.public_url()).ok()?.host_str().map(str::to_owned);
        self.ledger.origin.clone().or_else(host).unwrap_or_else(|| "localhost".to_owned())
    }

    /// The folder for data that must not be in the database: keys, and the checkpoints that the server remembers.
    #[must_use]
    pub fn secrets_dir(&self) -> PathBuf {
        self.server.secrets_dir.clone().unwrap_or_else(|| self.server.data_dir.join("secrets"))
    }

    /// The file with the key that binds sessions, tokens and one-time links.
    #[must_use]
    pub fn token_key_file(&self) -> PathBuf {
        self.secrets_dir().join("tokens.key")
    }

    /// The file with the ledger's signing key. One that lies in the data folder itself, as it did before there was a folder for secrets,
    /// is used there.
    #[must_use]
    pub fn ledger_key_file(&self) -> PathBuf {
        let (older, own) = (self.server.data_dir.join("ledger.key"), self.secrets_dir().join("ledger.key"));
        self.ledger.key_file.clone().unwrap_or_else(|| if !own.exists() && older.exists() { older } else { own })
    }

    /// The folder, beside the ledger's key, with the last checkpoint that this node signed in each ledger.
    #[must_use]
    pub fn ledger_signed_dir(&self) -> PathBuf {
        let key = self.ledger_key_file();
        key.parent().map_or_else(|| self.secrets_dir(), PathBuf::from).join("signed")
    }
}

/// The keys in a settings file that hold something secret: passwords and tokens.
#[must_use]
pub fn secret_keys(text: &str) -> Vec<String> {
    let keys = keys::lines(text).unwrap_or_default().into_keys();
    keys.filter(|key| SECRET_KEYS.contains(&key.as_str())).collect()
}

/// The sources of the settings, for messages that name the place of an invalid value.
struct Sources<'a> {
    file: Option<(&'a str, &'a str)>,
    lines: BTreeMap<String, usize>,
    environment: BTreeMap<String, String>,
}

impl<'a> Sources<'a> {
    fn new(file: Option<(&'a str, &'a str)>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        let known: BTreeSet<String> = keys::lines(DEFAULTS).map_err(|e| syntax("default.toml", &e))?.into_keys().collect();
        let lines = match file {
            None => BTreeMap::new(),
            Some((name, text)) => keys::lines(text).map_err(|e| syntax(name, &e))?,
        };
        for (key, line) in &lines {
            if !known.contains(key) {
                let place = format!("{}, line {line}", file.map_or("", |(name, _)| name));
                let nearest = keys::nearest(&known, key).unwrap_or_default().to_owned();
                return Err(SettingsError::UnknownKey { place, key: key.clone(), nearest });
            }
        }
        let mut settings = BTreeMap::new();
        for (name, value) in environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)) {
            let key = name[PREFIX.len()..].to_lowercase().replace("__", ".");
            if !known.contains(&key) || !key.contains('.') {
                let nearest = keys::nearest(&known, &key).map(variable).unwrap_or_default();
                return Err(SettingsError::UnknownKey { place: "environment".to_owned(), key: name, nearest });
            }
            settings.insert(key, value);
        }
        Ok(Self { file, lines, environment: settings })
    }

    fn deserialize(&self) -> Result<Settings, SettingsError> {
        let mut builder = ::config::Config::builder().add_source(::config::File::from_str(DEFAULTS, ::config::FileFormat::Toml));
        if let Some((_, text)) = self.file {
            builder = builder.add_source(::config::File::from_str(text, ::config::FileFormat::Toml));
        }
        let failed = |e: ::config::ConfigError| self.explain(&e);
        for (key, value) in &self.environment {
            builder = builder.set_override(key, value.as_str()).map_err(failed)?;
        }
        builder.build().map_err(failed)?.try_deserialize().map_err(failed)
    }

    fn explain(&self, error: &::config::ConfigError) -> SettingsError {
        match error {
            ::config::ConfigError::Type { key: Some(key), unexpected, expected, .. } => {
                self.value_error(key, format!("found {unexpected}, expected {expected}"))
            }
            ::config::ConfigError::At { error, key: Some(key), .. } => self.value_error(key, error.to_string()),
            other => self.value_error("", other.to_string()),
        }
    }

    /// Where a key is set; `None` if it has its default. The environment takes precedence over the file.
    fn written(&self, key: &str) -> Option<WrittenKey> {
        if self.environment.contains_key(key) {
            return Some(WrittenKey { key: variable(key), place: "environment".to_owned() });
        }
        let (name, _) = self.file?;
        self.lines.get(key).map(|line| WrittenKey { key: key.to_owned(), place: format!("{name}, line {line}") })
    }

    fn value_error(&self, key: &str, reason: String) -> SettingsError {
        let unknown = || WrittenKey { key: key.to_owned(), place: "configuration".to_owned() };
        let WrittenKey { key, place } = self.written(key).unwrap_or_else(unknown);
        SettingsError::Value { place, key, reason }
    }
}

/// `section.key` as an environment variable.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

fn syntax(file: &str, error: &toml::de::Error) -> SettingsError {
    SettingsError::Syntax { file: file.to_owned(), reason: error.to_string().trim().to_owned() }
}

#[cfg(test)]
mod tests;
