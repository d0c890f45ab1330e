//! Checks the ledger of a channel, and that of the installation, when its auditors ask for it: every entry, the tree, the signatures, and the tables and files
//! against them, as `ledger verify` does. What it finds is kept, so that the page may be left meanwhile.

use std::time::Duration;

use super::{Context, Task};
use crate::desk::accounts::versions::PersonThen;
use crate::desk::proof::checks::Said;
use crate::desk::proof::{compare, keys, names, strays, verify};
use crate::documents::ledger_key::LedgerKey;
use crate::documents::vault::Vault;
use crate::domain::ids::ChannelId;
use crate::domain::lang::Lang;
use crate::domain::ledger::Finding;
use crate::store::ledger::checks::{self, Found};
use crate::store::{AnyConn, StoreError};
use crate::text::{Arg, finding, t};

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
    let (ledgers, anchors) = ([channel, ChannelId::INSTALLATION], keys::remembered_anchors(settings)?);
    let mut reports = verify::verify_some(&mut conn, &ledgers, &key.verifier(), &anchors, &mut |_| {})?;
    let (mut findings, mut count) = (Vec::new(), 0);
    for report in &mut reports {
        compare::compare(&mut conn, report, &Vault::new(settings.attachments_dir()))?;
        if report.channel == ChannelId::INSTALLATION {
            strays::compare(&mut conn, report)?;
        }
        count += report.findings.len();
        for one in report.findings.iter().take(FINDINGS - findings.len()) {
            findings.push(said(&mut conn, report.channel, one)?);
        }
    }
    if count > 0 {
        tracing::error!(%channel, findings = count, "the ledger does not hold; keep this database, compare it with a backup");
    }
    let [of_channel, ..] = reports.as_slice() else { anyhow::bail!("the channel has no ledger") };
    let sizes: Vec<u64> = of_channel.anchors.iter().map(|(_, size)| *size).collect();
    Ok(Found {
        entries: i64::try_from(reports.iter().map(|report| report.entries).sum::<u64>())?,
        checkpoints: i64::try_from(reports.iter().map(|report| report.checkpoints).sum::<usize>())?,
        root: of_channel.root.map(hex::encode),
        findings: serde_json::to_string(&findings)?,
        anchors: serde_json::to_string(&sizes)?,
    })
}

/// A finding in both languages, with the people whom it is about.
fn said(conn: &mut AnyConn, ledger: ChannelId, one: &Finding) -> Result<Said, StoreError> {
    let who = names::named(conn, one)?;
    let say = |lang: Lang| {
        let of = if ledger == ChannelId::INSTALLATION { t(lang, "finding-installation", &[]) } else { String::new() };
        of + &finding(lang, one, chrono_tz::Asia::Shanghai) + &people(lang, &who)
    };
    Ok(Said { zh: say(Lang::Zh), en: say(Lang::En) })
}

/// Whom a finding is about and whose act it names, in words that follow it.
fn people(lang: Lang, of: &names::Named) -> String {
    let say = |key: &str, person: &PersonThen| {
        let args = [("name", &person.name), ("login", &person.login), ("organization", &person.organization)];
        t(lang, key, &args.map(|(name, value)| (name, Arg::from(value))))
    };
    let about = of.about.as_ref().map(|person| say("finding-about", person));
    let by = of.by.as_ref().map(|person| say("finding-by", person));
    [about, by].into_iter().flatten().collect()
}
