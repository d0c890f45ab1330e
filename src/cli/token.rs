//! `zhitongche token`: access tokens for programs.

use std::io::Write;

use crate::app::accounts::tokens::{self, TokenView};
use crate::app::accounts::{By, directory};
use crate::app::{AppError, StoreError};
use crate::cli::accounts::{app, read, reading_app, write};
use crate::cli::listing::{self, TableColumn};
use crate::config::Settings;
use crate::documents::token_key::TokenKey;
use crate::domain::clock::Clock;
use crate::domain::ids::TokenId;
use crate::server::database;

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
        /// The channel's code; needed for a member of several.
        #[arg(long)]
        channel: Option<String>,
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
        /// The channel's code; needed for a member of several.
        #[arg(long)]
        channel: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token, or end a sign-in.
    Revoke {
        /// Its id.
        id: TokenId,
    },
    /// Make a new key in place of one that was lost or has become known. Every sign-in, token and one-time link ends.
    RenewKey,
}

fn days(text: &str) -> Result<i64, String> {
    let number = text.strip_suffix('d').unwrap_or(text);
    number.parse().map_err(|_| "write a number of days, for example 90d".to_owned())
}

/// Administers tokens.
///
/// # Errors
/// Problems of the arguments, and those of the database.
pub fn run(settings: &Settings, args: Args) -> anyhow::Result<()> {
    if matches!(args.command, Command::RenewKey) {
        return renew_key(settings);
    }
    let reads = matches!(args.command, Command::List { .. });
    let app = if reads { reading_app(settings)? } else { app(settings)? };
    match args.command {
        Command::Add { user, channel, name, expires } => {
            let made = write(&app, move |tx| {
                let id = directory::by_login(tx, &user, channel.as_deref())?.id;
                tokens::issue(tx, By::Program, id, &name, expires)
            })?;
            writeln!(std::io::stdout(), "{}", made.secret)?;
            Ok(())
        }
        Command::List { user, channel, json } => {
            let columns: [TableColumn<TokenView>; 5] = [
                ("id", |row| row.id.to_string()),
                ("kind", |row| row.kind.to_string()),
                ("name", |row| row.name.clone()),
                ("expires", |row| row.expires_at.to_string()),
                ("last used", |row| row.seen_at.to_string()),
            ];
            let rows = read(&app, |tx| {
                let id = directory::by_login(tx, &user, channel.as_deref())?.id;
                tokens::all(tx, id)
            })?;
            listing::print(&rows, &columns, json)
        }
        Command::Revoke { id } => write(&app, move |tx| tokens::revoke(tx, By::Program, id)),
        Command::RenewKey => renew_key(settings),
    }
}

fn renew_key(settings: &Settings) -> anyhow::Result<()> {
    let app = database::desk_without_keys(settings, &Clock::System)?;
    let (path, key) = (settings.token_key_file(), TokenKey::generate());
    let file = path.clone();
    let before = TokenKey::load(&path).ok().flatten();
    let ended = write(&app, move |tx| {
        let ended = tokens::renew_key(tx, before.as_ref(), &key)?;
        // The last step before the commit. If the commit fails, the command reports it: the file then has a key that nothing refers to.
        key.replace(&file).map_err(|error| AppError::from(StoreError::unreadable("token key", &error)))?;
        Ok(ended)
    })?;
    let path = path.display();
    writeln!(std::io::stdout(), "{ended} sign-ins, tokens and links have ended. Copy {path} to every node, and start all of them anew")?;
    Ok(())
}
