//! Checks of the settings that their types can't express: addresses, paths and numbers that could not work.

use url::Url;

use super::{MailTransport, Settings};

impl Settings {
    /// The first key that can't work, and why.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        self.check_server()?;
        self.check_places()?;
        self.check_numbers()?;
        self.check_ranges()
    }

    fn check_server(&self) -> Result<(), (&'static str, String)> {
        let loopback = self.server.bind.ip().is_loopback();
        let Some(public_url) = &self.server.public_url else {
            let missing = "it must be set when server.bind is not loopback, for example \"https://ztc.example.gov.cn\": links in letters begin with it";
            return if loopback { Ok(()) } else { Err(("server.public_url", missing.to_owned())) };
        };
        let key = "server.public_url";
        let url =
            Url::parse(public_url).map_err(|e| (key, format!("not a URL ({e}); write for example \"https://ztc.example.gov.cn\"")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || url.query().is_some() || url.fragment().is_some() {
            return Err((key, "write scheme and host only, for example \"https://ztc.example.gov.cn\"".to_owned()));
        }
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() == "http" && !local && !self.server.allow_http {
            return Err((key, "plain http shows passwords to the network: use https, or set server.allow_http = true".to_owned()));
        }
        Ok(())
    }

    fn check_places(&self) -> Result<(), (&'static str, String)> {
        let database = self.database_url();
        if !["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| database.starts_with(scheme)) {
            return Err(("database.url", "it must begin with sqlite:// or postgres://".to_owned()));
        }
        if !self.storage.url.is_empty() && !self.storage.url.starts_with("file://") {
            return Err(("storage.url", "it must begin with file://".to_owned()));
        }
        let smtp = self.mail.smtp_url.expose();
        if self.mail.transport == MailTransport::Smtp && !["smtp://", "smtps://"].iter().any(|scheme| smtp.starts_with(scheme)) {
            return Err(("mail.smtp_url", "transport \"smtp\" needs it; write smtp://HOST:PORT or smtps://HOST".to_owned()));
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), (&'static str, String)> {
        let at_least_one = [
            ("database.readers", i64::from(self.database.readers)),
            ("database.read_queue", signed(self.database.read_queue)),
            ("database.long_readers", i64::from(self.database.long_readers)),
            ("database.long_read_queue", signed(self.database.long_read_queue)),
            ("database.writers", i64::from(self.database.writers)),
            ("database.write_batch", signed(self.database.write_batch)),
            ("database.write_queue", signed(self.database.write_queue)),
            ("server.shutdown_seconds", unsigned(self.server.shutdown_seconds)),
            ("session.idle_minutes", self.session.idle_minutes),
            ("session.absolute_hours", self.session.absolute_hours),
            ("session.token_days", self.session.token_days),
            ("session.link_hours", self.session.link_hours),
            ("session.argon2_passes", i64::from(self.session.argon2_passes)),
            ("session.argon2_parallel", signed(self.session.argon2_parallel)),
            ("limits.title_chars", signed(self.limits.title_chars)),
            ("limits.suggestions", signed(self.limits.suggestions)),
            ("limits.page_default", self.limits.page_default),
            ("limits.sign_in_attempts_account", i64::from(self.limits.sign_in_attempts_account)),
            ("limits.sign_in_attempts_address", i64::from(self.limits.sign_in_attempts_address)),
            ("limits.sign_in_window_minutes", self.limits.sign_in_window_minutes),
            ("ledger.checkpoint_minutes", self.ledger.checkpoint_minutes),
            ("ledger.checkpoint_entries", self.ledger.checkpoint_entries),
            ("mail.timeout_seconds", i64::try_from(self.mail.timeout_seconds).unwrap_or(i64::MAX)),
            ("mail.server_retry_max_minutes", i64::try_from(self.mail.server_retry_max_minutes).unwrap_or(i64::MAX)),
            ("mail.letters_per_connection", i64::from(self.mail.letters_per_connection)),
            ("mail.keep_file_days", self.mail.keep_file_days),
            ("jobs.workers", signed(self.jobs.workers)),
            ("jobs.lease_seconds", self.jobs.lease_seconds),
            ("jobs.housekeeping_minutes", unsigned(self.jobs.housekeeping_minutes)),
            ("jobs.stray_file_hours", self.jobs.stray_file_hours),
            ("jobs.keep_days", self.jobs.keep_days),
            ("jobs.retry_first_seconds", self.jobs.retry_first_seconds),
            ("jobs.retry_max_minutes", self.jobs.retry_max_minutes),
            ("jobs.max_attempts", self.jobs.max_attempts),
        ];
        if let Some((key, _)) = at_least_one.into_iter().find(|(_, value)| *value < 1) {
            return Err((key, "it must be 1 or more".to_owned()));
        }
        Ok(())
    }

    fn check_ranges(&self) -> Result<(), (&'static str, String)> {
        let seconds_of = &self.database;
        let ordered = [
            ("database.connect_timeout_seconds", (1..=300).contains(&seconds_of.connect_timeout_seconds), "from 1 to 300"),
            ("database.answer_timeout_seconds", (1..=300).contains(&seconds_of.answer_timeout_seconds), "from 1 to 300"),
            ("database.read_timeout_seconds", (1..=300).contains(&seconds_of.read_timeout_seconds), "from 1 to 300"),
            ("database.long_read_timeout_seconds", (1..=3600).contains(&seconds_of.long_read_timeout_seconds), "from 1 to 3600"),
            ("database.statement_timeout_seconds", (1..=3600).contains(&seconds_of.statement_timeout_seconds), "from 1 to 3600"),
            ("database.lock_timeout_seconds", (1..=300).contains(&seconds_of.lock_timeout_seconds), "from 1 to 300"),
            (
                "database.idle_transaction_timeout_seconds",
                (1..=300).contains(&seconds_of.idle_transaction_timeout_seconds),
                "from 1 to 300",
            ),
            ("database.line_timeout_seconds", (1..=300).contains(&seconds_of.line_timeout_seconds), "from 1 to 300"),
            ("limits.text_soft_chars", self.limits.text_soft_chars <= self.limits.text_hard_chars, "not above limits.text_hard_chars"),
            ("limits.page_max", self.limits.page_max >= self.limits.page_default, "not below limits.page_default"),
            ("session.password_min_chars", (8..=64).contains(&self.session.password_min_chars), "from 8 to 64"),
            ("session.password_max_chars", self.session.password_max_chars >= 64, "64 or more"),
            ("session.argon2_kib", self.session.argon2_kib >= 64, "64 or more"),
            ("undo.minutes", (0..=1440).contains(&self.undo.minutes), "from 0 to 1440"),
            ("jobs.lease_seconds", self.jobs.lease_seconds <= 3600, "from 1 to 3600"),
            ("webhooks.connect_timeout_seconds", (1..=60).contains(&self.webhooks.connect_timeout_seconds), "from 1 to 60"),
            ("webhooks.timeout_seconds", (1..=60).contains(&self.webhooks.timeout_seconds), "from 1 to 60"),
            ("webhooks.answer_bytes", (1_024..=1_048_576).contains(&self.webhooks.answer_bytes), "from 1024 to 1048576"),
            ("backup.warn_days", (1..=366).contains(&self.backup.warn_days), "from 1 to 366"),
            ("ledger.mail_days", (0..=366).contains(&self.ledger.mail_days), "from 0 to 366"),
        ];
        match ordered.into_iter().find(|(_, right, _)| !right) {
            Some((key, _, rule)) => Err((key, format!("it must be {rule}"))),
            None => Ok(()),
        }
    }
}

fn unsigned(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
