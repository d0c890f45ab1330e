//! Adoptions of a manuscript (采纳, 上报): level, body, form, date, evidence.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::app::manuscript_case::LoadedCase;
use crate::app::step::StepDetails;
use crate::app::{AppError, Tx, transition};
use crate::domain::clock::Moment;
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::{AdoptionId, AnyId, EntryId, ManuscriptId};
use crate::domain::numbers::Day;
use crate::domain::outcome::{AdoptionForm, AdoptionLevel};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Violation, Violations, prose, required_line};
use crate::domain::vocabulary::Action;
use crate::mail::letters::LetterFacts;
use crate::store::adoptions::{self, Adoption};
use crate::store::ledger::contents;

/// The longest name of a body or journal, in characters.
const BODY: usize = 100;
/// The earliest year of an adoption.
const FIRST_YEAR: i32 = 1949;

/// An adoption to be recorded.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"level": "city", "body": "市委统战部《建言专报》", "form": "single", "adopted_on": "2026-11-02", "evidence": "第8期"}))]
pub struct NewAdoption {
    /// The level.
    pub level: AdoptionLevel,
    /// The body or journal.
    pub body: String,
    /// The form.
    pub form: AdoptionForm,
    /// The date.
    pub adopted_on: Day,
    /// The evidence: the number of a document, an issue.
    #[serde(default)]
    pub evidence: String,
}

/// An adoption as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdoptionView {
    /// Its id.
    pub id: AdoptionId,
    /// The level.
    pub level: AdoptionLevel,
    /// The body or journal.
    pub body: String,
    /// The form.
    pub form: AdoptionForm,
    /// The date, `YYYY-MM-DD`.
    pub adopted_on: String,
    /// The evidence.
    pub evidence: String,
    /// The time at which it was recorded.
    pub created_at: Moment,
}

/// Records an adoption and notifies the authors.
///
/// # Errors
/// Violations; refusals.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, form: &NewAdoption) -> Result<AdoptionView, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, Action::RecordAdoption)?;
    let entry: EntryId = tx.id();
    let row = parse(tx, actor, &loaded, form, entry)?;
    refuse_repeat(tx, &row)?;
    let step = StepDetails {
        entry: Some(entry),
        facts: json!({ "level": row.level, "form": row.form, "adopted_on": row.adopted_on }),
        digests: BTreeMap::from([("adoption".to_owned(), contents::adoption(&row))]),
        letter: LetterFacts { organization: Some(row.body.clone()), ..LetterFacts::default() },
        ..StepDetails::default()
    };
    transition::take(tx, actor, &mut loaded, Action::RecordAdoption, step, |_| {})?;
    adoptions::insert(tx.conn, &row)?;
    Ok(view(row))
}

fn parse(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, form: &NewAdoption, entry: EntryId) -> Result<Adoption, AppError> {
    let limits = tx.channel_settings(actor.channel)?.limits.clone();
    let calendar = tx.calendar(actor.channel)?;
    let today = WorkingTime { limits: &limits, calendar: &calendar }.date(tx.now);
    let mut wrong = Violations::default();
    let body = wrong.take(required_line("body", &form.body, BODY));
    let evidence = wrong.take(prose("evidence", &form.evidence, tx.settings.limits.reason_chars));
    if form.adopted_on.0 > today {
        wrong.add(Violation::new("adopted_on", "date_future"));
    } else if form.adopted_on.0.year() < FIRST_YEAR {
        wrong.add(Violation::new("adopted_on", "bad_date"));
    }
    wrong.or(())?;
    let id: AdoptionId = tx.id();
    Ok(Adoption {
        id,
        channel_id: actor.channel,
        manuscript_id: loaded.row.id,
        entry_id: entry,
        level: form.level,
        body,
        form: form.form,
        adopted_on: form.adopted_on.0.to_string(),
        evidence,
        created_by: actor.user,
        created_at: tx.now,
    })
}

/// Refuses a repeated adoption: the same form by the same body on the same day is one adoption.
fn refuse_repeat(tx: &mut Tx<'_>, row: &Adoption) -> Result<(), AppError> {
    let said = |one: &Adoption| (one.level, one.form, one.body.clone(), one.adopted_on.clone(), one.evidence.trim().to_owned());
    let there = adoptions::of_manuscript(tx.conn, row.manuscript_id)?;
    match there.iter().find(|one| said(one) == said(row)) {
        Some(first) => Err(Refusal::Repeated { first: AnyId(first.id.0) }.into()),
        None => Ok(()),
    }
}

fn view(row: Adoption) -> AdoptionView {
    AdoptionView {
        id: row.id,
        level: row.level,
        body: row.body,
        form: row.form,
        adopted_on: row.adopted_on,
        evidence: row.evidence,
        created_at: row.created_at,
    }
}

/// Returns the adoptions of a manuscript, oldest first; every reader of the manuscript may read them.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn adoptions_of(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<Vec<AdoptionView>, AppError> {
    if loaded.row.accepted_at.is_none() {
        return Ok(Vec::new());
    }
    Ok(adoptions::of_manuscript(tx.conn, loaded.row.id)?.into_iter().map(view).collect())
}
