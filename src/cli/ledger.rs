//! `zhitongche ledger`: verifies it, signs a checkpoint, exports it for an independent verifier; changes its key, resumes it after a loss.

mod acts;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::app::ledger::{compare, export, keys, names, strays, verify};
use crate::config::Settings;
use crate::documents::ledger_key::LedgerKey;
use crate::documents::vault::Vault;
use crate::domain::clock::Clock;
use crate::domain::ids::ChannelId;
use crate::domain::ledger::{Anchor, Finding, Verifier};
use crate::jobs::seal::Sealer;
use crate::server::database;
use crate::store::ledger::{checking, keys as key_rows, reading, sealing};
use crate::store::proof::tables::CHANNELS;
use crate::store::proof::visit;
use crate::store::{AnyConn, Db, StoreError, channels};

/// The name of the installation's ledger, beside the codes of the channels.
const INSTALLATION: &str = "installation";

/// Arguments of `ledger`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check every entry, position, root and signature, and hold the tables and files against them.
    Verify(VerifyArgs),
    /// Seal what waits, sign a checkpoint if there is anything new, and print the newest one. Keep it: it is an anchor.
    Checkpoint(LedgerChoice),
    /// Write entries and checkpoints as JSON lines, for a verifier of other make.
    Export(ExportArgs),
    /// Print the public key with which checkpoints are checked.
    Key,
    /// Let another key sign from now on. Both keys sign that the new one follows, and the auditors are told.
    Rotate(acts::RotateArgs),
    /// Go on after signed entries were honestly lost, as by a restore. What is given up is recorded, and the auditors are told.
    Resume(acts::ResumeArgs),
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// A file with checkpoints that were kept elsewhere, or an author's receipt. May be repeated.
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    /// The public key to trust, instead of the one that belongs to the key file.
    #[arg(long, value_name = "NAME+ID+KEY")]
    key: Option<Verifier>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct LedgerChoice {
    /// Only this channel; `installation` for the ledger of the installation.
    #[arg(long, value_name = "CODE")]
    channel: Option<String>,
}

#[derive(Debug, clap::Args)]
struct ExportArgs {
    #[command(flatten)]
    which: LedgerChoice,
    /// Where to; without it, standard output.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the database, a file or the key fails; for `verify`, when the ledger has any problem.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::Verify(args) => run_verify(settings, args),
        Command::Checkpoint(which) => run_checkpoint(settings, which),
        Command::Export(args) => run_export(settings, args),
        Command::Key => Ok(writeln!(std::io::stdout(), "{}", public_key(settings, None)?)?),
        Command::Rotate(args) => acts::rotate(settings, args),
        Command::Resume(args) => acts::resume(settings, args),
    }
}

/// The result of one ledger.
#[derive(Debug, Serialize)]
struct ChannelResult {
    channel: ChannelId,
    code: String,
    entries: u64,
    waiting: usize,
    checkpoints: usize,
    /// The data outside the database with which it was compared.
    anchors: Vec<String>,
    notes: Vec<String>,
    root: Option<String>,
    findings: Vec<String>,
}

fn run_verify(settings: &Settings, args: &VerifyArgs) -> anyhow::Result<()> {
    let verifier = public_key(settings, args.key.as_ref())?;
    let mut anchors = anchors(&args.anchor)?;
    anchors.extend(keys::remembered_anchors(settings)?);
    verify_against(settings, &verifier, &anchors, args.json)
}

/// Verifies a restored database: with this node's key or, without one, with the newest key that the database names itself. The heads that
/// the node remembers are ignored if they are known to be newer.
pub(super) fn verify_restored(settings: &Settings, against_remembered: bool) -> anyhow::Result<()> {
    let key = settings.ledger_key_file();
    let verifier = if key.exists() {
        public_key(settings, None)?
    } else {
        let mut out = std::io::stdout().lock();
        let Some(row) = key_rows::newest(&mut database::connect_up_to_date(settings)?)? else {
            return Ok(writeln!(out, "nothing was ever signed in this installation, so there is no signature to verify")?);
        };
        writeln!(out, "verified with the public key that the backup itself names; compare it with the auditors': {}", row.verifier)?;
        row.verifier
    };
    let anchors = if against_remembered { keys::remembered_anchors(settings)? } else { Vec::new() };
    verify_against(settings, &verifier, &anchors, false)
}

/// Resumes every ledger that this node refuses to sign.
pub(super) fn resume_all(settings: &Settings, reason: &str) -> anyhow::Result<()> {
    acts::go_on(settings, &LedgerChoice { channel: None }, reason)
}

fn verify_against(settings: &Settings, verifier: &Verifier, anchors: &[strays::NamedAnchor], json: bool) -> anyhow::Result<()> {
    let mut conn = database::connect_up_to_date(settings)?;
    let bar = progress(&mut conn)?;
    let mut reports = verify::verify(&mut conn, verifier, anchors, &mut |read| bar.inc(read))?;
    let vault = Vault::new(settings.attachments_dir());
    for report in &mut reports {
        compare::compare(&mut conn, report, &vault)?;
    }
    compare::compare_shared(&mut conn, &mut reports)?;
    bar.finish_and_clear();
    let codes = codes(&mut conn)?;
    let mut lines = Vec::new();
    for report in reports {
        lines.push(ChannelResult {
            code: match codes.get(&report.channel.to_string()) {
                Some(code) => code.clone(),
                None if report.channel == ChannelId::INSTALLATION => INSTALLATION.to_owned(),
                None => format!("the channel {}, which is not here", report.channel),
            },
            channel: report.channel,
            entries: report.entries,
            waiting: report.waiting,
            checkpoints: report.checkpoints,
            anchors: report.anchors.iter().map(|(name, size)| format!("{name} (size {size})")).collect(),
            notes: report.notes,
            root: report.root.map(hex::encode),
            findings: report.findings.iter().map(|one| with_people(&mut conn, one)).collect::<Result<_, _>>()?,
        });
    }
    print(&lines, json)?;
    let bad: usize = lines.iter().map(|line| line.findings.len()).sum();
    anyhow::ensure!(bad == 0, "the ledger does not hold: {bad} findings. Keep this database as it is, and compare it with a backup");
    Ok(())
}

/// The codes of the channels by their ids, whatever else their rows contain.
fn codes(conn: &mut AnyConn) -> Result<BTreeMap<String, String>, StoreError> {
    let mut codes = BTreeMap::new();
    visit(conn, &CHANNELS, None, |_, rows| {
        codes.extend(rows.iter().filter_map(|row| Some((row.value("id")?.to_owned(), row.value("code")?.to_owned()))));
        Ok(())
    })?;
    Ok(codes)
}

/// A finding with the names of the persons that it concerns.
fn with_people(conn: &mut AnyConn, finding: &Finding) -> Result<String, StoreError> {
    let who = names::named(conn, finding)?;
    let about = who.about.map(|person| format!(" (that is {person})")).unwrap_or_default();
    let by = who.by.map(|person| format!(" (the entry is an act of {person})")).unwrap_or_default();
    Ok(format!("{finding}{about}{by}"))
}

fn print(lines: &[ChannelResult], json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(lines)?)?;
        return Ok(());
    }
    for line in lines {
        let ChannelResult { code, entries, waiting, checkpoints, .. } = line;
        let verdict = if line.findings.is_empty() { "good" } else { "BAD" };
        writeln!(out, "{code}: {verdict}. {entries} entries, {waiting} not yet sealed, {checkpoints} checkpoints and anchors")?;
        if let Some(root) = &line.root {
            writeln!(out, "  root {root}")?;
        }
        if *checkpoints == 0 && *entries > 0 {
            writeln!(
                out,
                "  no checkpoint signs any of these entries: they agree with each other, and nothing says that they are the first"
            )?;
        }
        if line.anchors.is_empty() {
            writeln!(out, "  held against no anchor from outside this database: give a checkpoint that was kept elsewhere with --anchor")?;
        }
        for anchor in &line.anchors {
            writeln!(out, "  held against {anchor}")?;
        }
        for note in &line.notes {
            writeln!(out, "  note: {note}")?;
        }
        for finding in &line.findings {
            writeln!(out, "  {finding}")?;
        }
    }
    Ok(())
}

fn run_checkpoint(settings: &Settings, which: &LedgerChoice) -> anyhow::Result<()> {
    drop(database::connect_up_to_date(settings)?);
    let db = Db::open(settings)?;
    let sealer = Sealer::new(settings, db.clone(), Clock::System)?;
    actix_web::rt::System::new().block_on(sealer.settle())?;
    let mut conn = db.connect()?;
    let mut out = std::io::stdout().lock();
    for (_, channel) in chosen(&mut conn, which)? {
        if let Some(signed) = reading::newest_checkpoint(&mut conn, channel)? {
            writeln!(out, "{}", signed.note)?;
        }
    }
    Ok(())
}

fn run_export(settings: &Settings, args: &ExportArgs) -> anyhow::Result<()> {
    let verifier = public_key(settings, None)?;
    let mut conn = database::connect_up_to_date(settings)?;
    let mut out: Box<dyn Write> = match &args.to {
        None => Box::new(std::io::stdout().lock()),
        Some(path) => Box::new(BufWriter::new(File::create(path).with_context(|| format!("{} can't be written", path.display()))?)),
    };
    let bar = progress(&mut conn)?;
    for (_, channel) in chosen(&mut conn, &args.which)? {
        bar.inc(export::export(&mut conn, channel, &verifier, &mut out)?);
    }
    bar.finish_and_clear();
    Ok(out.flush()?)
}

fn public_key(settings: &Settings, given: Option<&Verifier>) -> anyhow::Result<Verifier> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let path = settings.ledger_key_file();
    let key = match LedgerKey::load(&path, &settings.ledger_origin()) {
        Ok(key) => return Ok(key.verifier()),
        Err(error) => error,
    };
    let named = || database::connect_existing(settings).ok().and_then(|mut conn| key_rows::newest(&mut conn).ok()).flatten();
    let signed = path.exists() || keys::remembered(settings).is_any() || named().is_some();
    let todo = if signed {
        let path = path.display();
        format!("put {path} back from its copy or from another node; `ledger verify` also takes the public key with --key")
    } else {
        "give it with --key, or say `zhitongche ledger checkpoint` once".to_owned()
    };
    Err(key).context(format!("no public key to check with: {todo}"))
}

fn anchors(files: &[PathBuf]) -> anyhow::Result<Vec<strays::NamedAnchor>> {
    let mut anchors = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
        let read = Anchor::read(&text).with_context(|| file.display().to_string())?;
        anchors.extend(read.into_iter().map(|anchor| (format!("the anchor {}", file.display()), anchor)));
    }
    Ok(anchors)
}

fn chosen(conn: &mut AnyConn, which: &LedgerChoice) -> anyhow::Result<Vec<(String, ChannelId)>> {
    let mut all: Vec<(String, ChannelId)> = channels::list(conn)?.into_iter().map(|one| (one.code, one.id)).collect();
    all.push((INSTALLATION.to_owned(), ChannelId::INSTALLATION));
    let known: Vec<String> = all.iter().map(|(code, _)| code.clone()).collect();
    let found: Vec<_> = all.into_iter().filter(|(one, _)| which.channel.as_ref().is_none_or(|code| code == one)).collect();
    if let (Some(code), true) = (&which.channel, found.is_empty()) {
        let codes = known.join(", ");
        anyhow::bail!("--channel: there is no channel {code}; there is {codes}");
    }
    Ok(found)
}

fn progress(conn: &mut AnyConn) -> anyhow::Result<ProgressBar> {
    let mut total = 0_u64;
    for channel in checking::ledgers(conn)? {
        // An invalid position is reported by the check.
        total = sealing::size(conn, channel).unwrap_or_default().saturating_add(total);
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} entries, {eta} left")?;
    Ok(ProgressBar::new(total).with_style(style))
}
