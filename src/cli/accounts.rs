//! The parts that the commands for accounts share: the application, and errors in words.

use crate::app::{App, AppError, Tx};
use crate::config::{Secret, Settings};
use crate::domain::clock::Clock;
use crate::domain::lang::Lang;
use crate::server::database;
use crate::text;

/// The application of this installation, beside a running server or without one.
///
/// # Errors
/// When the database cannot be opened.
pub fn app(settings: &Settings) -> anyhow::Result<App> {
    Ok(database::app(settings, &Clock::System)?)
}

/// The application for a command that only reads: it needs no key, creates no database, and leaves the schema as the running nodes have it.
///
/// # Errors
/// When there is no database of this program's version.
pub fn reading_app(settings: &Settings) -> anyhow::Result<App> {
    Ok(database::desk_without_keys(settings, &Clock::System)?)
}

/// Runs a command as the system actor.
///
/// # Errors
/// Those of the command, in words.
pub fn write<T: Send + 'static>(app: &App, act: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static) -> anyhow::Result<T> {
    app.write_now("command line", act).map_err(|error| in_words(&error))
}

/// Runs a query.
///
/// # Errors
/// Those of the query, in words.
pub fn read<T>(app: &App, reading: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError>) -> anyhow::Result<T> {
    app.read_now(reading).map_err(|error| in_words(&error))
}

/// Converts an error to a message for the command line.
#[must_use]
pub fn in_words(error: &AppError) -> anyhow::Error {
    match error {
        AppError::Invalid(all) => {
            let lines: Vec<_> = all.iter().map(|one| format!("{}: {}", one.field, text::violation(Lang::En, one))).collect();
            anyhow::anyhow!("{}", lines.join("; "))
        }
        AppError::Refused(refusal) => anyhow::anyhow!("{}", text::refusal(Lang::En, refusal, chrono_tz::Asia::Shanghai)),
        AppError::NotFound => anyhow::anyhow!("there is no such thing; `user list`, `token list` and `channel list` show what is there"),
        other => anyhow::anyhow!("{other}"),
    }
}

/// Reads a password from standard input: its first line.
///
/// # Errors
/// When there is none.
pub fn password_from_stdin() -> anyhow::Result<Secret> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(!password.is_empty(), "no password on standard input: `echo PASSWORD | zhitongche … --password-stdin`");
    Ok(Secret::new(password))
}
