//! Checks the ledger of a channel, and that of the installation, on request of its auditors: every entry, the tree, the signatures, and the
//! tables and files against them, as `ledger verify` does. The findings are stored, so that the auditor may leave the page meanwhile.

use chrono_tz::Tz;

use super::{JobRun, RunResult};
use crate::app::accounts::versions::PersonThen;
use crate::app::ledger::checks::StoredFinding;
use crate::app::ledger::{compare, keys, names, strays, verify};
use crate::app::{AppError, Tx};
use crate::documents::ledger_key::LedgerKey;
use crate::documents::vault::Vault;
use crate::domain::ids::ChannelId;
use crate::domain::job::CheckLedger;
use crate::domain::lang::Lang;
use crate::domain::ledger::Finding;
use crate::store::jobs::queue::Progress;
use crate::store::ledger::checks::{self, Found};
use crate::store::ledger::sealing;
use crate::store::{AnyConn, StoreError, channels};
use crate::text::{Arg, finding, t};

/// The number of findings that are stored; the first ones lead to the cause.
const FINDINGS: usize = 50;

/// Runs a check. Its findings, or that it could not be done, are written in the transaction that ends the job.
///
/// # Errors
/// The store's, before anything was found.
pub fn run(run: &JobRun<'_>, of: CheckLedger) -> anyhow::Result<RunResult> {
    let db = &run.context.app.db;
    let begun = run.context.app.clock.now();
    if !db.write_now(move |conn| checks::begin(conn, of.check, begun))? {
        return Ok(RunResult::of(0).and_write(|_| Ok(())));
    }
    let found = find(run, of.channel).map_err(|error| format!("{error:#}"));
    if let Err(error) = &found {
        tracing::error!(channel = %of.channel, error, "a ledger could not be checked");
    }
    Ok(RunResult::of(1).and_write(move |tx| Ok(checks::end(tx.conn, of.check, tx.now, &found)?)))
}

/// Ends the check of a job that was given up, so that the page says so and another can be requested.
pub(super) fn give_up(tx: &mut Tx<'_>, payload: &str, why: &str) -> Result<(), AppError> {
    let Ok(of) = serde_json::from_str::<CheckLedger>(payload) else { return Ok(()) };
    Ok(checks::end(tx.conn, of.check, tx.now, &Err(why.to_owned()))?)
}

/// Reports the number of entries that were read, of those that had a position when the check began.
fn counting<'r, 'c>(run: &'r JobRun<'c>, conn: &mut AnyConn, ledgers: &[ChannelId]) -> Result<impl FnMut(u64) + use<'r, 'c>, StoreError> {
    let mut total = 0;
    for ledger in ledgers {
        total += i64::try_from(sealing::size(conn, *ledger)?).unwrap_or(0);
    }
    let mut done = 0_i64;
    Ok(move |more: u64| {
        done += i64::try_from(more).unwrap_or(0);
        run.progress(Progress { done, total: Some(total.max(done)), step: "entries" });
    })
}

fn find(run: &JobRun<'_>, channel: ChannelId) -> anyhow::Result<Found> {
    let context = run.context;
    let settings = &context.app.settings;
    let key = LedgerKey::load(&settings.ledger_key_file(), &settings.ledger_origin())?;
    // A separate connection, closed at the end, because it stays in one snapshot.
    let mut conn = context.app.db.connect()?;
    let zone = channels::find(&mut conn, channel)?.settings()?.limits.time_zone;
    let (ledgers, anchors) = ([channel, ChannelId::INSTALLATION], keys::remembered_anchors(settings)?);
    let mut count_entries = counting(run, &mut conn, &ledgers)?;
    let mut reports = verify::verify_some(&mut conn, &ledgers, &key.verifier(), &anchors, &mut count_entries)?;
    let (mut findings, mut count) = (Vec::new(), 0);
    for report in &mut reports {
        compare::compare(&mut conn, report, &Vault::new(settings.attachments_dir()))?;
        if report.channel == ChannelId::INSTALLATION {
            strays::compare(&mut conn, &mut report.findings)?;
        }
        count += report.findings.len();
        for one in report.findings.iter().take(FINDINGS - findings.len()) {
            findings.push(said(&mut conn, zone, report.channel, one)?);
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

/// A finding in both languages, with the people concerned.
fn said(conn: &mut AnyConn, zone: Tz, ledger: ChannelId, one: &Finding) -> Result<StoredFinding, StoreError> {
    let who = names::named(conn, one)?;
    let say = |lang: Lang| {
        let of = if ledger == ChannelId::INSTALLATION { t(lang, "finding-installation", &[]) } else { String::new() };
        of + &finding(lang, one, zone) + &people(lang, &who)
    };
    Ok(StoredFinding { zh: say(Lang::Zh), en: say(Lang::En) })
}

/// The people concerned by a finding, and the actor of the entry that it names, as text behind it.
fn people(lang: Lang, of: &names::NamedPeople) -> String {
    let say = |key: &str, person: &PersonThen| {
        let args = [("name", &person.name), ("login", &person.login), ("organization", &person.organization)];
        t(lang, key, &args.map(|(name, value)| (name, Arg::from(value))))
    };
    let about = of.about.as_ref().map(|person| say("finding-about", person));
    let by = of.by.as_ref().map(|person| say("finding-by", person));
    [about, by].into_iter().flatten().collect()
}
