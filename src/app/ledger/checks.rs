//! An auditor asks for a check of the whole ledger; a job does it, and what it found stays to be read.

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

/// A finding as it is kept: in each language, for what it speaks of may be gone when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl StoredFinding {
    /// In a language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// How a check stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// Nobody has begun.
    Waits,
    /// A node is at it.
    Runs,
    /// All is well.
    Good,
    /// What is wrong, the first thing first.
    Bad(Vec<StoredFinding>),
    /// It could not be done.
    Failed(String),
}

/// A check as auditors see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckView {
    /// When it was asked for.
    pub asked_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How many entries it read.
    pub entries: i64,
    /// How many checkpoints it held them against.
    pub checkpoints: i64,
    /// What lies outside the database and it was held against, by size. Empty: a ledger that was rebuilt whole and signed with the same key
    /// would look good.
    pub anchors: Vec<u64>,
    /// How it stands.
    pub outcome: CheckOutcome,
}

/// Asks for a check. While one is asked for, another is the same.
///
/// # Errors
/// A refusal for who is no auditor.
pub fn ask(tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
    actor.need(&[Role::Auditor])?;
    let (check, channel) = (tx.id(), actor.channel);
    if enqueue(tx, &CheckLedger { check, channel }, Some(channel))? {
        checks::ask(tx.conn, check, channel, actor.user, tx.now)?;
    }
    Ok(())
}

/// The newest checks, the newest first.
///
/// # Errors
/// A refusal for who is no auditor.
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
