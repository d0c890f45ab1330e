//! The command line. Each command is a file with its arguments and `run`. May import every room; nothing imports it.
//!
//! A new command is a variant of `Command` with the `Args` of its file, and a line in `Command::run`.
//! Exit codes: 0 done, 1 failed, 2 wrong use. Errors go to standard error and say what to do next; listings take `--json`.

pub mod accounts;
pub mod backup;
pub mod calendar;
pub mod channel;
pub mod check;
pub mod demo;
pub mod generate;
pub mod ledger;
pub mod listing;
pub mod migrate;
pub mod restore;
pub mod serve;
pub mod token;
pub mod user;
pub mod work;
pub mod workflow;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Settings;
use crate::store::log;
use crate::telemetry;

/// 直通车: suggestions from the author's hand to a concluded, rated outcome.
#[derive(Debug, Parser)]
#[command(name = "zhitongche", version, propagate_version = true)]
pub struct Cli {
    /// Your settings; without it config/local.toml is read if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests, and run the workers.
    Serve(serve::Args),
    /// Run the workers alone.
    Work,
    /// Bring the database's schema up to date.
    Migrate(migrate::Args),
    /// Open and list channels.
    Channel(channel::Args),
    /// Load and list the working days of the installation.
    Calendar(calendar::Args),
    /// Administer people and their roles.
    User(user::Args),
    /// Administer tokens for programs.
    Token(token::Args),
    /// Prove that nobody changed history: verify, checkpoint, export.
    Ledger(ledger::Args),
    /// Write the state of this moment into one file, also while the server runs.
    Backup(backup::Args),
    /// Put a backup back into an empty place, and prove it.
    Restore(restore::Args),
    /// Write the picture and the tables of the work, as the rules have them.
    Workflow(workflow::Args),
    /// Make a fictional county with two years of work, print who can sign in, and serve it.
    Demo(demo::Args),
    /// Write man pages or shell completions into a folder.
    #[command(hide = true)]
    Generate(generate::Args),
    /// Try out configuration, database, mail server, storage and calendar, and say what to do.
    Check(check::Args),
}

impl Command {
    fn run(self, settings: &Settings) -> anyhow::Result<()> {
        match self {
            Self::Serve(args) => serve::run(settings, &args),
            Self::Work => work::run(settings),
            Self::Migrate(args) => migrate::run(settings, &args),
            Self::Channel(args) => channel::run(settings, args),
            Self::Calendar(args) => calendar::run(settings, args),
            Self::User(args) => user::run(settings, args),
            Self::Token(args) => token::run(settings, args),
            Self::Ledger(args) => ledger::run(settings, &args),
            Self::Backup(args) => backup::run(settings, &args),
            Self::Restore(args) => restore::run(settings, &args),
            Self::Workflow(args) => workflow::run(&args),
            Self::Demo(args) => demo::run(settings, &args),
            Self::Generate(args) => generate::run(&args),
            Self::Check(args) => check::run(settings, &args),
        }
    }
}

/// Runs the program with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", told_once(&error));
            ExitCode::FAILURE
        }
    }
}

/// Formats an error with its causes, except those that the error before already quotes.
fn told_once(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let settings = Settings::load(cli.config.as_deref())?;
    telemetry::init(&settings.log).map_err(|e| anyhow::anyhow!("log.level is not a filter: {e}; write for example \"info\""))?;
    let ran = cli.command.run(&settings);
    // After a command all data is in the main file, unless a server is running beside it.
    if let Some(path) = settings.database_url().strip_prefix("sqlite://") {
        log::empty_at_end(path);
    }
    ran
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
