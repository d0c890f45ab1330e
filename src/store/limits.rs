//! Time-outs of PostgreSQL, of locks and of the connection: settings as parameters of libpq and of a session.

use std::time::Duration;

use crate::config::DatabaseSettings;

/// Sets English messages, by which [`crate::store::StoreError`] distinguishes errors; only a user with that right can.
const ENGLISH: &str = "DO $$ BEGIN PERFORM set_config('lc_messages', 'C', false); EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;";

/// Time-outs of PostgreSQL and of the connection to it, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseTimeouts {
    /// For opening a connection.
    pub connect: u64,
    /// For one statement.
    pub statement: u64,
    /// For the wait for a lock.
    pub lock: u64,
    /// For an idle transaction, so that a frozen node loses its locks.
    pub idle: u64,
    /// For the other machine to acknowledge what was sent to it.
    pub line: u64,
}

impl From<&DatabaseSettings> for DatabaseTimeouts {
    fn from(of: &DatabaseSettings) -> Self {
        Self {
            connect: of.connect_timeout_seconds,
            statement: of.statement_timeout_seconds,
            lock: of.lock_timeout_seconds,
            idle: of.idle_transaction_timeout_seconds,
            line: of.line_timeout_seconds,
        }
    }
}

impl DatabaseTimeouts {
    /// Like these, for a connection whose readings may take this long in total: no statement of them may take longer.
    pub(crate) fn for_readings(self, limit: Option<Duration>) -> Self {
        Self { statement: limit.map_or(self.statement, |limit| self.statement.min(limit.as_secs())), ..self }
    }

    /// The URL of a PostgreSQL with the parameters by which libpq minds the line, unless it names them itself.
    pub(crate) fn in_url(&self, url: &str) -> String {
        let probe = (self.line / 6).max(1);
        let wanted = [
            ("connect_timeout", self.connect.to_string()),
            ("keepalives_idle", (self.line / 2).max(1).to_string()),
            ("keepalives_interval", probe.to_string()),
            ("keepalives_count", "3".to_owned()),
            ("tcp_user_timeout", (self.line * 1000).to_string()),
            ("application_name", "zhitongche".to_owned()),
        ];
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let is_set = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        let more: Vec<String> = wanted.iter().filter(|(name, _)| !is_set(name)).map(|(name, value)| format!("{name}={value}")).collect();
        format!("{url}{}{}", if url.contains('?') { "&" } else { "?" }, more.join("&"))
    }

    /// The statements that set up a session of PostgreSQL.
    pub(crate) fn in_session(&self) -> String {
        let Self { statement, lock, idle, line, .. } = self;
        format!(
            "SET statement_timeout = '{statement}s'; SET lock_timeout = '{lock}s'; SET idle_in_transaction_session_timeout = '{idle}s'; \
             SET timezone = 'UTC'; {ENGLISH} {}",
            SERVER_LINE.replace("LINE", &line.to_string())
        )
    }
}

/// Lets the server check the connection too, so that it releases the locks of a node whose machine is gone. Not every system supports it.
const SERVER_LINE: &str = "DO $$ BEGIN PERFORM set_config('tcp_keepalives_idle', 'LINE', false), set_config('tcp_user_timeout', 'LINE000', false); \
     EXCEPTION WHEN OTHERS THEN NULL; END $$;";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_says_of_the_line_holds() {
        let limits = DatabaseTimeouts { connect: 5, statement: 30, lock: 5, idle: 10, line: 30 };
        let all = "connect_timeout=5&keepalives_idle=15&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=30000&application_name=zhitongche";
        assert_eq!(limits.in_url("postgres://h/n"), format!("postgres://h/n?{all}"));
        let named = "postgres://h1:1,h2:2/n?connect_timeout=3&tcp_user_timeout=1";
        assert_eq!(
            limits.in_url(named),
            format!("{named}&keepalives_idle=15&keepalives_interval=5&keepalives_count=3&application_name=zhitongche")
        );
    }
}
