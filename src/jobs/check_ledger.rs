//! Checks the ledger of a channel when its auditors ask for it: every entry, the tree, the signatures, and the tables and files
//! against them, as `ledger verify` does. What it finds is kept, so that the page may be left meanwhile.

use std::time::Duration;

use super::{Context, Task};
use crate::desk::proof::checks::Said;
use crate::desk::proof::{compare, verify};
use crate::documents::ledger_key::LedgerKey;
use crate::documents::vault::Vault;
use crate::domain::ids::ChannelId;
use crate::domain::lang::Lang;
use crate::domain::ledger::Finding;
use crate::store::ledger::checks::{self, Found};
use crate::text::finding;

/// A check whose node has died is taken up again after so many minutes.
const LOST_MINUTES: i64 = 60;
/// Findings that are kept; the first ones lead to the cause.
const FINDINGS: usize = 50;

/// Looked at every few seconds; the row says who has it.
#[must_use]
pub fn task() -> Task {
    Task { name: "check", every: Duration::from_secs(3), alone: false, run: run_once }
}

/// Does the check that waits longest, if any. Says how many it did.
///
/// # Errors
/// The store's, while nothing could be kept; what went wrong with the check itself is kept with it.
pub fn run_once(context: &Context) -> anyhow::Result<usize> {
    let desk = &context.desk;
    let now = desk.clock.now();
    let lost = now - chrono::Duration::minutes(LOST_MINUTES);
    let Some(check) = desk.db.read_now(move |conn| checks::waiting(conn, lost))? else { return Ok(0) };
    let (id, channel) = (check.id, check.channel_id);
    if !desk.db.write_now(move |conn| checks::begin(conn, &check, now))? {
        return Ok(0);
    }
    let found = find(context, channel).map_err(|error| format!("{error:#}"));
    if let Err(error) = &found {
        tracing::error!(%channel, error, "a ledger could not be checked");
    }
    let ended = desk.clock.now();
    desk.db.write_now(move |conn| checks::end(conn, id, ended, &found))?;
    Ok(1)
}

fn find(context: &Context, channel: ChannelId) -> anyhow::Result<Found> {
    let settings = &context.desk.settings;
    let key = LedgerKey::load(&settings.ledger_key_file(), &settings.ledger_origin())?;
    // One of its own, given back by closing it: it stays inside one snapshot.
    let mut conn = context.desk.db.connect()?;
    let mut report = verify::verify_one(&mut conn, channel, &key.verifier())?;
    compare::compare(&mut conn, &mut report, &Vault::new(settings.attachments_dir()))?;
    let zone = chrono_tz::Asia::Shanghai;
    let said = |one: &Finding| Said { zh: finding(Lang::Zh, one, zone), en: finding(Lang::En, one, zone) };
    let findings: Vec<Said> = report.findings.iter().take(FINDINGS).map(said).collect();
    if !findings.is_empty() {
        tracing::error!(%channel, findings = report.findings.len(), "the ledger does not hold; keep this database, compare it with a backup");
    }
    Ok(Found {
        entries: i64::try_from(report.entries)?,
        checkpoints: i64::try_from(report.checkpoints)?,
        root: report.root.map(hex::encode),
        findings: serde_json::to_string(&findings)?,
    })
}
