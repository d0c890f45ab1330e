//! `zhitongche backup`: writes the current state into one file, beside a running server or without one.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::app::backup::{self, BackupRequest, BackupTarget, WrittenBackup};
use crate::config::{Secret, Settings};
use crate::documents::archive::{KEYS, Manifest, SETTINGS};
use crate::domain::clock::Clock;

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to: a new file, or a folder in which the file is named by its time. Without it, backup.folder.
    #[arg(value_name = "FILE|FOLDER")]
    target: Option<PathBuf>,
    /// Take the keys of the secrets folder as well, encrypted with a passphrase.
    #[arg(long)]
    with_keys: bool,
    /// A file with the passphrase in its first line; - for standard input. Without it, backup.passphrase_file.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// How many backups of the folder stay; older ones are removed when the new one was found whole. 0 keeps all. Without it, backup.keep in
    /// backup.folder, and all elsewhere.
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Write nothing: look at every byte of this backup, and at its keys if a passphrase is given.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["target", "with_keys", "keep"])]
    check: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When no backup was made, or when the checked one is incomplete; the message says what to do.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<()> {
    let passphrase = args.passphrase_file.as_deref().map(passphrase).transpose()?;
    if let Some(path) = &args.check {
        let manifest = backup::check(path, passphrase.as_ref())?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}: whole", path.display())?;
        return describe(&mut out, &manifest);
    }
    anyhow::ensure!(args.with_keys || passphrase.is_none(), "--passphrase-file is for --with-keys or --check");
    let passphrase = match (args.with_keys, passphrase, &settings.backup.passphrase_file) {
        (true, None, Some(path)) => Some(backup::read_passphrase(path)?),
        (_, passphrase, _) => passphrase,
    };
    anyhow::ensure!(
        !args.with_keys || passphrase.is_some(),
        "--with-keys needs a passphrase: add --passphrase-file FILE, or set backup.passphrase_file"
    );
    let folder = settings.backup.folder.clone().map(BackupTarget::Folder);
    let usual_keep = if args.target.is_none() { settings.backup.keep } else { 0 };
    let target = args.target.as_deref().map(BackupTarget::named).or(folder);
    let target = target.context("say where to: `zhitongche backup FILE` or `zhitongche backup FOLDER`, or set backup.folder")?;
    anyhow::ensure!(
        args.keep.is_none() || matches!(target, BackupTarget::Folder(_)),
        "--keep counts the backups of a folder: name a folder"
    );
    let keep = args.keep.unwrap_or(usual_keep);
    let order = BackupRequest { target, keys: passphrase.as_ref(), keep, watch: &|_| true };
    report(&backup::write(settings, &Clock::System, &order)?)
}

fn report(written: &WrittenBackup) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}: {} bytes, read again and found whole", written.path.display(), written.bytes)?;
    describe(&mut out, &written.manifest)?;
    for path in &written.removed {
        writeln!(out, "removed {}", path.display())?;
    }
    let missing = &written.manifest.missing;
    anyhow::ensure!(
        missing.is_empty(),
        "the backup is written, but {} attachments were missing or damaged already: run `zhitongche ledger verify`, and look for them in older backups: {}",
        missing.len(),
        missing.join(" ")
    );
    Ok(())
}

/// Describes the contents of a backup.
pub(super) fn describe(out: &mut impl Write, manifest: &Manifest) -> anyhow::Result<()> {
    let Manifest { at, engine, schema, program, ledgers, parts, missing, .. } = manifest;
    let has = |name: &str| parts.iter().any(|part| part.name == name);
    let files = parts.iter().filter(|part| part.name.starts_with(crate::documents::archive::ATTACHMENTS)).count();
    let entries: u64 = ledgers.iter().map(|ledger| ledger.entries).sum();
    writeln!(out, "  state of {at}, {engine}, schema {schema}, zhitongche {program}")?;
    writeln!(out, "  {} ledgers with {entries} sealed entries, {files} attachments ({} were missing)", ledgers.len(), missing.len())?;
    let keys = if has(KEYS) { "with its keys, encrypted" } else { "without its keys: keep a copy of them elsewhere" };
    writeln!(out, "  {keys}")?;
    for part in parts.iter().filter(|part| part.name == SETTINGS && !part.secrets.is_empty()) {
        writeln!(out, "  the settings file in it has readable secrets: {}", part.secrets.join(", "))?;
    }
    Ok(())
}

/// The first line of a file or of standard input.
pub(super) fn passphrase(path: &Path) -> anyhow::Result<Secret> {
    if path != Path::new("-") {
        return Ok(backup::read_passphrase(path)?);
    }
    let text = std::io::read_to_string(std::io::stdin())?;
    let line = text.lines().next().unwrap_or_default();
    anyhow::ensure!(!line.is_empty(), "there is no passphrase in the first line of standard input");
    Ok(Secret::new(line))
}
