//! `ledger rotate` and `ledger resume`: acts on the ledger that need the server itself. Both append an entry and notify the auditors.

use std::io::Write;

use super::{LedgerChoice, chosen};
use crate::app::ledger::{keys, resume, rotation};
use crate::cli::accounts::write;
use crate::config::Settings;
use crate::documents::ledger_key::LedgerKey;
use crate::domain::clock::Clock;
use crate::server::database;

/// Arguments of `ledger rotate`.
#[derive(Debug, clap::Args)]
pub(super) struct RotateArgs {
    /// Why, in a line; it stands in the ledger.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The old key is lost for ever: the new one alone signs that it follows. Whoever trusts the old public key does not trust the new one
    /// by that, and must be told it.
    #[arg(long)]
    lost: bool,
}

/// Arguments of `ledger resume`.
#[derive(Debug, clap::Args)]
pub(super) struct ResumeArgs {
    #[command(flatten)]
    which: LedgerChoice,
    /// Why, in a line; it stands in the ledger.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Adds a key and installs its file.
pub(super) fn rotate(settings: &Settings, args: &RotateArgs) -> anyhow::Result<()> {
    drop(database::connect_existing(settings)?);
    let app = database::app(settings, &Clock::System)?;
    let path = settings.ledger_key_file();
    let before = if args.lost {
        anyhow::ensure!(!path.exists(), "the key is there, at {}: leave out --lost, so that both keys sign", path.display());
        None
    } else {
        let (key, _) = keys::signing_key(&mut app.db.connect()?, settings, app.clock.now())?;
        Some(key)
    };
    let reason = args.reason.clone();
    let row = write(&app, move |tx| rotation::rotate(tx, before.as_ref(), &reason))?;
    LedgerKey::put_in_place(&path)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", row.verifier)?;
    writeln!(out, "signs from now on. Copy {} to every node, and keep a copy elsewhere", path.display())?;
    Ok(())
}

/// Records the entries that are given up, and allows signing to continue.
pub(super) fn resume(settings: &Settings, args: &ResumeArgs) -> anyhow::Result<()> {
    go_on(settings, &args.which, &args.reason)
}

pub(super) fn go_on(settings: &Settings, which: &LedgerChoice, reason: &str) -> anyhow::Result<()> {
    drop(database::connect_existing(settings)?);
    let app = database::app(settings, &Clock::System)?;
    let mut conn = app.db.connect()?;
    let (key, _) = keys::signing_key(&mut conn, settings, app.clock.now())?;
    let ring = keys::keyring(&mut conn, &key.verifier())?;
    let mut resumed = 0;
    let mut ledgers = chosen(&mut conn, which)?;
    if which.channel.is_none() {
        let gone = keys::remembered(settings).ledgers().into_iter().filter(|one| ledgers.iter().all(|(_, ledger)| ledger != one));
        let gone: Vec<_> = gone.map(|ledger| (ledger.to_string(), ledger)).collect();
        ledgers.extend(gone);
    }
    for (code, ledger) in ledgers {
        let (reason, ring) = (reason.to_owned(), ring.clone());
        let Some(given_up) = write(&app, move |tx| resume::resume(tx, &ring, ledger, &reason))? else { continue };
        resume::go_on(&mut conn, settings, ledger)?;
        resumed += 1;
        let (size, root) = (given_up.size, hex::encode(given_up.root));
        writeln!(std::io::stdout(), "{code}: goes on; {size} entries with root {root} had been signed")?;
    }
    if resumed == 0 {
        writeln!(std::io::stdout(), "nothing to resume: every ledger extends what this node signed")?;
    }
    Ok(())
}
