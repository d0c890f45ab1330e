//! `zhitongche migrate`: brings the schema up to date, or says what is pending.

use std::io::Write;

use crate::config::Settings;
use crate::server::database::{bring_up_to_date, connect};
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
/// The database's; with `--check`, when something is pending.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<()> {
    let mut conn = connect(settings)?;
    let mut out = std::io::stdout().lock();
    let names = if args.check { migrate::pending(&mut conn)? } else { bring_up_to_date(&mut conn, settings)? };
    for name in &names {
        writeln!(out, "{} {name}", if args.check { "pending" } else { "applied" })?;
    }
    if names.is_empty() {
        writeln!(out, "the schema is up to date")?;
    }
    anyhow::ensure!(!args.check || names.is_empty(), "{} migrations are pending: run `zhitongche migrate`", names.len());
    Ok(())
}
