//! `zhitongche channel`: tenancies of one installation.

use std::io::Write;

use crate::cli::accounts::{desk, read, reading_desk, write};
use crate::cli::listing::{self, Column};
use crate::config::Settings;
use crate::desk::accounts::By;
use crate::desk::accounts::channels::{self, ChannelView};
use crate::desk::accounts::organizations;
use crate::domain::words::OrganizationKind;

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
/// What is wrong with the arguments, or the database's.
pub fn run(settings: &Settings, args: Args) -> anyhow::Result<()> {
    let reads = matches!(args.command, Command::List { .. });
    let desk = if reads { reading_desk(settings)? } else { desk(settings)? };
    match args.command {
        Command::Add { code, name, department } => {
            let id = write(&desk, move |tx| {
                let id = channels::add(tx, &code, &name)?;
                organizations::add(tx, By::Program, id, &department, OrganizationKind::UnitedFront, false)?;
                Ok(id)
            })?;
            writeln!(std::io::stdout(), "{id}")?;
            Ok(())
        }
        Command::List { json } => {
            let columns: [Column<ChannelView>; 3] =
                [("code", |row| row.code.clone()), ("name", |row| row.name.clone()), ("id", |row| row.id.to_string())];
            listing::print(&read(&desk, channels::list)?, &columns, json)
        }
    }
}
