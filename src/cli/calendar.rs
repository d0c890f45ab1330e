//! `zhitongche calendar`: the working days of the channels that have loaded none of their own.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use crate::app::accounts::channels;
use crate::app::calendars::{self, KnownYear};
use crate::cli::accounts::{app, read, reading_app, write};
use crate::cli::listing::{self, TableColumn};
use crate::config::Settings;
use crate::domain::calendar::YearFile;

/// Arguments of `calendar`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Load a year for all channels that have none of their own.
    Load {
        /// The year's file, of the form of config/calendar/2026.toml.
        file: PathBuf,
    },
    /// List the years whose working days are known.
    List {
        /// As this channel counts them, instead of those without years of their own.
        #[arg(long)]
        channel: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Loads or lists years.
///
/// # Errors
/// Problems of the file or the arguments, and those of the database.
pub fn run(settings: &Settings, args: Args) -> anyhow::Result<()> {
    let reads = matches!(args.command, Command::List { .. });
    let app = if reads { reading_app(settings)? } else { app(settings)? };
    match args.command {
        Command::Load { file } => {
            let text = std::fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
            let year: YearFile = toml::from_str(&text).with_context(|| format!("{} is no calendar file", file.display()))?;
            let number = year.year;
            write(&app, move |tx| calendars::load_for_all(tx, &year))?;
            writeln!(std::io::stdout(), "loaded {number} for all channels that have none of their own")?;
            Ok(())
        }
        Command::List { channel, json } => {
            let years = read(&app, move |tx| match channel {
                Some(code) => {
                    let id = channels::by_code(tx, Some(&code))?;
                    calendars::years(tx, id)
                }
                None => calendars::years_of_installation(tx),
            })?;
            let columns: [TableColumn<KnownYear>; 2] =
                [("year", |row| row.year.to_string()), ("working days", |row| row.working_days.to_string())];
            listing::print(&years, &columns, json)
        }
    }
}
