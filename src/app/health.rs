//! The state of this installation for the system administrator: letters, ledger, jobs, disk. Figures of a channel are those of the
//! administrator's own.

use crate::app::backup::LastBackup;
use crate::app::ledger::keys;
use crate::app::mail_settings::{self, MailState};
use crate::app::unstaffed::Unstaffed;
use crate::app::{AppError, Tx, four_eyes, staffing, unstaffed, webhooks};
use crate::documents::space::{self, Space};
use crate::domain::clock::Moment;
use crate::domain::ids::ChannelId;
use crate::domain::job::JobKind;
use crate::domain::ledger::SigningFault;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::{Role, Stage};
use crate::store::health as store;
pub use crate::store::health::{MOST, WaitingCount};
pub use crate::store::jobs::JobRow;
use crate::store::ledger::sealing;
use crate::store::mail_servers::{self, MailServer};
use crate::store::{AnyConn, jobs};

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file of this node.
    Sqlite,
    /// A database server.
    Postgres,
}

/// The whole report.
#[derive(Debug, Clone)]
pub struct Health {
    /// The kind of database.
    pub database: DatabaseKind,
    /// Its size in bytes.
    pub bytes: u64,
    /// Space on the disk of the data folder, where it can be determined.
    pub space: Option<Space>,
    /// Letters that are overdue for sending.
    pub letters: WaitingCount,
    /// Letters that were given up.
    pub given_up: WaitingCount,
    /// Letters that were only written to files.
    pub filed: WaitingCount,
    /// Whether letters are sent.
    pub mail: MailState,
    /// The mail servers that do not accept letters.
    pub mail_servers: Vec<MailServer>,
    /// The number of webhooks whose last message failed.
    pub failing_webhooks: usize,
    /// Entries that have no position yet.
    pub unsealed: WaitingCount,
    /// The number of entries that have a position.
    pub sealed: u64,
    /// The number of entries that the newest checkpoint covers, and the time of its signature.
    pub checkpoint: Option<(u64, Moment)>,
    /// Why signing has stopped in the channel's ledger or the installation's.
    pub signing: Option<SigningFault>,
    /// The numbers and stages of manuscripts that were signed with an outdated edited text before this was refused.
    pub signed_outdated: Vec<(String, Stage)>,
    /// Periodic jobs, one row each.
    pub runs: Vec<JobRow>,
    /// Jobs that should have been started by now.
    pub overdue_jobs: WaitingCount,
    /// Jobs that were given up.
    pub dead_jobs: WaitingCount,
    /// The result of the last backup.
    pub backup: LastBackup,
    /// The years whose working days are loaded.
    pub years: Vec<i32>,
    /// Whether a person who recommends a manuscript is prevented from signing it.
    pub four_eyes: bool,
    /// Queues in which work waits for a role that nobody holds.
    pub unstaffed: Vec<Unstaffed>,
    /// The names of organisations that require screening and have nobody who can do it.
    pub unscreened: Vec<String>,
}

/// Reads the report. The cost does not grow with the size of the installation.
///
/// # Errors
/// A refusal for anybody but system administrators; errors of the database.
pub fn health(tx: &mut Tx<'_>, actor: &Actor) -> Result<Health, AppError> {
    actor.need(&[Role::SystemAdmin])?;
    let database = match tx.conn {
        AnyConn::Pg(_) => DatabaseKind::Postgres,
        AnyConn::Sqlite(_) => DatabaseKind::Sqlite,
    };
    let settings = std::sync::Arc::clone(&tx.settings);
    // Other channels' administrators see their own; the administrators of every channel see a ledger whose channel no longer exists.
    let others: Vec<ChannelId> = sealing::channels(tx.conn)?;
    let others: Vec<_> = others.into_iter().filter(|ledger| ![actor.channel, ChannelId::INSTALLATION].contains(ledger)).collect();
    let of_here = |(ledger, _): &(ChannelId, SigningFault)| !others.contains(ledger);
    let signing = keys::faults(tx.conn, &settings)?.into_iter().find(of_here).map(|(_, fault)| fault);
    let periodic: Vec<&str> = JobKind::ALL.iter().filter(|kind| kind.is_periodic()).map(|kind| kind.as_str()).collect();
    Ok(Health {
        signing,
        database,
        bytes: store::bytes(tx.conn)?,
        space: space::of(&tx.settings.server.data_dir),
        letters: store::letters_waiting(tx.conn, actor.channel, tx.now)?,
        given_up: store::letters_given_up(tx.conn, actor.channel)?,
        filed: store::letters_filed(tx.conn, actor.channel)?,
        mail: mail_settings::state(tx)?,
        mail_servers: mail_servers::failing(tx.conn)?,
        failing_webhooks: webhooks::failing(tx, actor)?,
        unsealed: store::unsealed(tx.conn, actor.channel)?,
        sealed: sealing::size(tx.conn, actor.channel)?,
        checkpoint: sealing::last_checkpoint(tx.conn, actor.channel)?,
        signed_outdated: store::signed_outdated(tx.conn, Some(actor.channel))?,
        runs: jobs::listing::open(tx.conn, &periodic)?,
        overdue_jobs: jobs::listing::overdue(tx.conn, Some(actor.channel), tx.now)?,
        dead_jobs: jobs::listing::dead(tx.conn, Some(actor.channel))?,
        backup: LastBackup::find(tx.conn, &settings)?,
        years: tx.calendar(actor.channel)?.years().collect(),
        four_eyes: four_eyes::is_in_force(tx, actor.channel)?,
        unstaffed: unstaffed::unstaffed(tx, actor.channel)?,
        unscreened: staffing::without_screener(tx, actor.channel)?.into_iter().map(|one| one.name).collect(),
    })
}
