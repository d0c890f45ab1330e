//! `zhitongche token`: tokens for programs.

use std::io::Write;

use crate::cli::accounts::{desk, read, write};
use crate::cli::listing::{self, Column};
use crate::config::Settings;
use crate::desk::accounts::tokens::{self, TokenView};
use crate::desk::accounts::{By, directory};
use crate::domain::ids::TokenId;

/// Arguments of `token`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a token and print it, this once.
    Add {
        /// Whose it is to be: a sign-in name.
        #[arg(long, value_name = "LOGIN")]
        user: String,
        /// What to call it.
        #[arg(long)]
        name: String,
        /// How long it is to live, in days: 90d.
        #[arg(long, value_parser = days, value_name = "DAYS")]
        expires: Option<i64>,
    },
    /// List a person's tokens and sign-ins.
    List {
        /// The sign-in name.
        #[arg(long, value_name = "LOGIN")]
        user: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token, or end a sign-in.
    Revoke {
        /// Its id.
        id: TokenId,
    },
}

fn days(text: &str) -> Result<i64, String> {
    let number = text.strip_suffix('d').unwrap_or(text);
    number.parse().map_err(|_| "write a number of days, for example 90d".to_owned())
}

/// Administers tokens.
///
/// # Errors
/// What is wrong with the arguments, or the database's.
pub fn run(settings: &Settings, args: Args) -> anyhow::Result<()> {
    let desk = desk(settings)?;
    match args.command {
        Command::Add { user, name, expires } => {
            let made = write(&desk, move |tx| {
                let id = directory::by_login(tx, &user)?.id;
                tokens::issue(tx, By::Program, id, &name, expires)
            })?;
            writeln!(std::io::stdout(), "{}", made.secret)?;
            Ok(())
        }
        Command::List { user, json } => {
            let columns: [Column<TokenView>; 5] = [
                ("id", |row| row.id.to_string()),
                ("kind", |row| row.kind.to_string()),
                ("name", |row| row.name.clone()),
                ("expires", |row| row.expires_at.to_string()),
                ("last used", |row| row.seen_at.to_string()),
            ];
            let rows = read(&desk, |tx| {
                let id = directory::by_login(tx, &user)?.id;
                tokens::all(tx, id)
            })?;
            listing::print(&rows, &columns, json)
        }
        Command::Revoke { id } => write(&desk, move |tx| tokens::revoke(tx, By::Program, id)),
    }
}
