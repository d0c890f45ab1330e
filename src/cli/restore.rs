//! `zhitongche restore`: restores a backup into an empty place, and verifies it.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use crate::app::backup::{self, Restored};
use crate::app::ledger::keys;
use crate::cli::backup::{describe, passphrase};
use crate::cli::ledger;
use crate::config::Settings;
use crate::domain::ledger::SigningFault;
use crate::server::database;

/// Arguments of `restore`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup. It is put where server.data_dir, storage.url and database.url say, which must be empty.
    file: PathBuf,
    /// A file with the passphrase of the keys in its first line; - for standard input. Without it the keys are not put back.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Why entries that this node had signed are given up, in a line: lets signing go on where the backup is older than what was signed.
    #[arg(long, value_name = "TEXT")]
    resume: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When nothing was restored, or when the restored data is not as expected; the message says what to do.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<()> {
    let passphrase = args.passphrase_file.as_deref().map(passphrase).transpose()?;
    let restored = backup::restore(settings, &args.file, passphrase.as_ref())?;
    let mut out = std::io::stdout();
    writeln!(out, "{}: put back", args.file.display())?;
    describe(&mut out, &restored.manifest)?;
    if let Some(path) = &restored.settings {
        writeln!(out, "  its settings file lies in {}; it is not read from there", path.display())?;
    }
    if restored.is_older {
        writeln!(out, "  its schema is older than this program: the next start brings it up to date. Then say `zhitongche ledger verify`")?;
        return Ok(());
    }
    prove(settings, args, &restored)
}

/// Compares the restored database with its ledgers, and these with what the node remembers.
fn prove(settings: &Settings, args: &Args, restored: &Restored) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let mut conn = database::connect_up_to_date(settings)?;
    let faults = keys::faults(&mut conn, settings)?;
    drop(conn);
    let lacks_key = |fault: &SigningFault| matches!(fault, SigningFault::KeyMissing | SigningFault::KeyChanged);
    let no_key = faults.iter().any(|(_, fault)| lacks_key(fault)) || !settings.token_key_file().exists();
    let is_behind = faults.iter().any(|(_, fault)| !lacks_key(fault));
    if no_key {
        let folder = settings.secrets_dir();
        writeln!(out, "  tokens.key and ledger.key of this installation are not in {}: put them there before the start", folder.display())?;
    }
    match &args.resume {
        Some(_) if no_key => anyhow::bail!("--resume needs both keys: put them in place, and say `zhitongche ledger resume --reason …`"),
        Some(reason) => ledger::resume_all(settings, reason).context("the database is put back, and the ledger could not be resumed")?,
        None if is_behind => writeln!(
            out,
            "  this node had signed more than the backup holds: nothing is signed until you say `zhitongche ledger resume --reason …`"
        )?,
        None => {}
    }
    let against_remembered = args.resume.is_some() || !is_behind;
    ledger::verify_restored(settings, against_remembered).context("the database is put back, and it does not hold")?;
    anyhow::ensure!(
        restored.manifest.missing.is_empty(),
        "{} attachments were missing already when the backup was made; look for them in older ones: {}",
        restored.manifest.missing.len(),
        restored.manifest.missing.join(" ")
    );
    Ok(())
}
