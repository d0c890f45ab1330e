//! Checks of the whole ledger that an auditor requests: a job performs them, and stores the result.

use serde::{Deserialize, Serialize};

use crate::app::jobs::enqueue;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::job::CheckLedger;
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::store::StoreError;
use crate::store::ledger::checks::{self, LedgerCheckRow};

/// A stored finding, in each language, because the objects that it names may no longer exist when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl StoredFinding {
    /// Returns the text in a language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// The state of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// It has not started.
    Waits,
    /// A node performs it.
    Runs,
    /// There are no findings.
    Good,
    /// The findings, in order.
    Bad(Vec<StoredFinding>),
    /// It could not be performed.
    Failed(String),
}

/// A check as auditors see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckView {
    /// The time of the request.
    pub asked_at: Moment,
    /// The time of its end.
    pub ended_at: Option<Moment>,
    /// The number of entries read.
    pub entries: i64,
    /// The number of checkpoints compared.
    pub checkpoints: i64,
    /// The anchors outside the database that were compared, by size. If empty, a ledger that was rebuilt completely and signed with the
    /// same key would pass.
    pub anchors: Vec<u64>,
    /// Its state.
    pub outcome: CheckOutcome,
}

/// Requests a check. While one is open, another request has no effect.
///
/// # Errors
/// A refusal for anybody but auditors.
pub fn ask(tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
    actor.need(&[Role::Auditor])?;
    let (check, channel) = (tx.id(), actor.channel);
    if enqueue(tx, &CheckLedger { check, channel }, Some(channel))? {
        checks::ask(tx.conn, check, channel, actor.user, tx.now)?;
    }
    Ok(())
}

/// Returns the newest checks, newest first.
///
/// # Errors
/// A refusal for anybody but auditors.
pub fn newest(tx: &mut Tx<'_>, actor: &Actor, limit: i64) -> Result<Vec<CheckView>, AppError> {
    actor.need(&[Role::Auditor])?;
    checks::newest(tx.conn, actor.channel, limit)?.into_iter().map(|row| Ok(view(row)?)).collect()
}

fn view(row: LedgerCheckRow) -> Result<CheckView, StoreError> {
    let findings = row.findings.as_deref().map(serde_json::from_str::<Vec<StoredFinding>>).transpose();
    let findings = findings.map_err(|error| StoreError::unreadable("ledger_checks.findings", &error))?;
    let anchors = row.anchors.as_deref().map(serde_json::from_str).transpose();
    let anchors = anchors.map_err(|error| StoreError::unreadable("ledger_checks.anchors", &error))?.unwrap_or_default();
    let outcome = match (row.failure, findings, row.begun_at) {
        (Some(failure), ..) => CheckOutcome::Failed(failure),
        (None, Some(findings), _) if findings.is_empty() => CheckOutcome::Good,
        (None, Some(findings), _) => CheckOutcome::Bad(findings),
        (None, None, Some(_)) => CheckOutcome::Runs,
        (None, None, None) => CheckOutcome::Waits,
    };
    let (entries, checkpoints) = (row.entries.unwrap_or(0), row.checkpoints.unwrap_or(0));
    Ok(CheckView { asked_at: row.asked_at, ended_at: row.ended_at, entries, checkpoints, anchors, outcome })
}
