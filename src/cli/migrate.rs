//! `zhitongche migrate`: applies pending migrations, or lists them.

use std::io::Write;

use crate::config::Settings;
use crate::server::database::{bring_up_to_date, connect, connect_existing};
use crate::store::migrate;

/// Arguments of `migrate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Change nothing; say what is pending, and fail if something is.
    #[arg(long)]
    check: bool,
}

/// Applies the migrations that the database lacks.
///
/// # Errors
/// Those of the database; with `--check`, when a migration is pending.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let names = if args.check { pending(settings)? } else { bring_up_to_date(&mut connect(settings)?, settings)? };
    for name in &names {
        writeln!(out, "{} {name}", if args.check { "pending" } else { "applied" })?;
    }
    if names.is_empty() {
        writeln!(out, "the schema is up to date")?;
    }
    anyhow::ensure!(!args.check || names.is_empty(), "{} migrations are pending: run `zhitongche migrate`", names.len());
    Ok(())
}

/// The migrations that a start would apply. Creates and changes nothing.
fn pending(settings: &Settings) -> anyhow::Result<Vec<String>> {
    Ok(migrate::pending(&mut connect_existing(settings)?)?)
}
