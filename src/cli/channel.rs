//! `zhitongche channel`: the tenancies of an installation.

use std::io::Write;

use crate::app::accounts::By;
use crate::app::accounts::channels::{self, ChannelView};
use crate::app::accounts::organizations;
use crate::cli::accounts::{app, read, reading_app, write};
use crate::cli::listing::{self, TableColumn};
use crate::config::Settings;
use crate::domain::vocabulary::OrganizationKind;

/// Arguments of `channel`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Open a channel, with its department.
    Add {
        /// A short name: small letters, digits, hyphens.
        #[arg(long)]
        code: String,
        /// Its name, for people.
        #[arg(long)]
        name: String,
        /// The department that runs it.
        #[arg(long, default_value = "统战部")]
        department: String,
    },
    /// List the channels.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Opens or lists channels.
///
/// # Errors
/// Problems of the arguments, and those of the database.
pub fn run(settings: &Settings, args: Args) -> anyhow::Result<()> {
    let reads = matches!(args.command, Command::List { .. });
    let app = if reads { reading_app(settings)? } else { app(settings)? };
    match args.command {
        Command::Add { code, name, department } => {
            let id = write(&app, move |tx| {
                let id = channels::add(tx, &code, &name)?;
                organizations::add(tx, By::Program, id, &department, OrganizationKind::UnitedFront, false)?;
                Ok(id)
            })?;
            writeln!(std::io::stdout(), "{id}")?;
            Ok(())
        }
        Command::List { json } => {
            let columns: [TableColumn<ChannelView>; 3] =
                [("code", |row| row.code.clone()), ("name", |row| row.name.clone()), ("id", |row| row.id.to_string())];
            listing::print(&read(&app, channels::list)?, &columns, json)
        }
    }
}
