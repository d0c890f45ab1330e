//! One step of a manuscript: decides by the table, changes the row, stores the text, writes the entry, notifies people.

use chrono::Duration;
use serde_json::Value;

use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::{self, LoadedCase, load_as_read};
use crate::app::pending_decision::{conceal_on, leave_untold, set_pending, still_open};
use crate::app::step::{StepDetails, StepResult, is_with_author};
use crate::app::{AppError, Tx, announcement, restoring, webhooks, windows};
use crate::domain::building::act_builds_on;
use crate::domain::channel::ChannelSettings;
use crate::domain::clock::Moment;
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::{EntryId, ManuscriptId, UserId};
use crate::domain::notice::Audience;
use crate::domain::permission::Actor;
use crate::domain::queues;
use crate::domain::transition::{Decision, Need, decide, decide_alone};
use crate::domain::violation::{Violation, required_prose};
use crate::domain::vocabulary::{Action, Stage};
use crate::store::ledger::contents;
use crate::store::rows::{DecisionRow, ManuscriptRow};
use crate::store::{decisions, letters, manuscripts, texts};

/// Returns the table's decision without changing anything.
pub(crate) fn judge(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, action: Action) -> Result<Decision, AppError> {
    let settings = tx.channel_settings(actor.channel)?;
    Ok(decide(&loaded.case, actor, action, tx.now, window(tx, &settings))?)
}

/// Checks whether a person may take this step on the version that they saw. A person who decided on an older version gets that error first,
/// unless the step is not theirs at all: the stage may have changed just because another person was faster.
pub(crate) fn ready(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, action: Action, seen: i64) -> Result<(), AppError> {
    match judge(tx, actor, loaded, action) {
        Err(AppError::Refused(refusal)) if refusal.is_forbidden() => Err(refusal.into()),
        judged => loaded.expect(seen, loaded.sight(actor), tx.now).and(judged.map(|_| ())),
    }
}

/// Takes a step for a person. `change` may alter the row beyond what every step changes.
pub(crate) fn take(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loaded: &mut LoadedCase,
    action: Action,
    step: StepDetails<'_>,
    change: impl FnOnce(&mut ManuscriptRow),
) -> Result<StepResult, AppError> {
    let settings = tx.channel_settings(actor.channel)?;
    let decision = decide(&loaded.case, actor, action, tx.now, window(tx, &settings))?;
    if decision.voids {
        restoring::void(tx, loaded)?;
    }
    carry_out(tx, Some(actor.user), loaded, &decision, &settings, step, change)
}

/// Takes a step that the program performs by itself.
pub(crate) fn take_alone(tx: &mut Tx<'_>, loaded: &mut LoadedCase, action: Action, step: StepDetails<'_>) -> Result<StepResult, AppError> {
    let settings = tx.channel_settings(loaded.row.channel_id)?;
    let decision = decide_alone(&loaded.case, action)?;
    carry_out(tx, None, loaded, &decision, &settings, step, |_| {})
}

/// Returns how long a decision can be undone in this channel.
pub(crate) fn window(tx: &Tx<'_>, settings: &ChannelSettings) -> Duration {
    Duration::minutes(settings.undo_minutes.unwrap_or(tx.settings.undo.minutes).max(0))
}

fn carry_out(
    tx: &mut Tx<'_>,
    actor: Option<UserId>,
    loaded: &mut LoadedCase,
    decision: &Decision,
    settings: &ChannelSettings,
    mut step: StepDetails<'_>,
    change: impl FnOnce(&mut ManuscriptRow),
) -> Result<StepResult, AppError> {
    if decision.row.needs.contains(&Need::Reason) && step.words.as_deref().is_none_or(str::is_empty) {
        return Err(Violation::required("reason").into());
    }
    let before = loaded.row.clone();
    let entry = step.entry.unwrap_or_else(|| tx.id());
    let builds_on = act_builds_on(decision.row.action) && !loaded.unannounced(tx.now).is_empty();
    let row = &mut loaded.row;
    move_to(row, decision.to, tx.now);
    if decision.to != before.stage {
        row.due_at = due(tx, settings, row)?;
    }
    let tells = announces(decision, &step);
    if decision.to != before.stage || tells && builds_on {
        conceal_on(row, &before, tells, tx.now)?;
    }
    row.version += 1;
    if step.untold {
        leave_untold(row, loaded.held.as_ref())?;
    }
    change(row);
    if let Some(kept) = words_of(tx, entry, actor, &before, decision, &mut step) {
        step.digests.insert("decision".to_owned(), contents::decision(&kept));
        decisions::insert(tx.conn, &kept)?;
    }
    if let Some(until) = decision.undo_until.or(step.held_until) {
        let upon = still_open(if step.untold { row } else { &before }, tx.now)?;
        set_pending(row, &before, upon, (entry, actor), until)?;
    }
    windows::end_by_act(tx, &before, row, None)?;
    match step.fresh {
        Some(text) => manuscript_case::insert_fresh(tx, loaded, text)?,
        None => save(tx, loaded, &before)?,
    }
    let row = &loaded.row;
    let deed = deed(actor, &before, row, decision, &mut step);
    let letters = announcement::letters(tx, entry, actor, loaded, decision, step)?;
    letters::write_all(tx.conn, &letters)?;
    webhooks::call_by_letters(tx, &letters, Some(loaded.row.organization_id))?;
    events::append_event_as(tx, entry, deed)?;
    Ok(StepResult { entry, undo_until: decision.undo_until })
}

fn save(tx: &mut Tx<'_>, loaded: &LoadedCase, before: &ManuscriptRow) -> Result<(), AppError> {
    manuscripts::save(tx.conn, &loaded.row, before.version)?;
    if is_with_author(before.stage) {
        texts::left_author(tx.conn, loaded.row.id)?;
    }
    Ok(())
}

/// Builds the row that stores the text of the act.
fn words_of(
    tx: &Tx<'_>,
    entry: EntryId,
    actor: Option<UserId>,
    before: &ManuscriptRow,
    decision: &Decision,
    step: &mut StepDetails<'_>,
) -> Option<DecisionRow> {
    step.words.take().map(|words| DecisionRow {
        entry_id: entry,
        manuscript_id: before.id,
        action: decision.row.action.as_str().to_owned(),
        actor_id: actor,
        role: decision.permit.role,
        on_behalf_of: decision.permit.on_behalf_of,
        reason_code: step.reason_code.clone(),
        words,
        public: step.public,
        created_at: tx.now,
        undone_at: None,
        reason: step.reason.take(),
    })
}

/// Builds the ledger event of the act.
fn deed<'a>(
    actor: Option<UserId>,
    before: &ManuscriptRow,
    row: &ManuscriptRow,
    decision: &'a Decision,
    step: &mut StepDetails<'_>,
) -> LedgerEvent<'a> {
    // An author's receipt contains the whole entry: the version would reveal how many decisions were made and undone meanwhile.
    let tells = decision.row.action != Action::Submit || before.submitted_at.is_none();
    let mut facts = std::mem::take(&mut step.facts);
    if let (Some(code), Value::Null) = (&step.reason_code, &facts) {
        facts = serde_json::json!({ "reason_code": code });
    }
    LedgerEvent {
        actor,
        permit: decision.permit,
        action: decision.row.action.as_str(),
        object: "manuscript",
        object_id: row.id.0,
        chain: row.id.0,
        version: Some(row.version).filter(|_| tells),
        from: Some(before.stage.as_str()),
        to: Some(row.stage.as_str()),
        digests: std::mem::take(&mut step.digests),
        undoes: None,
        facts,
        channel: row.channel_id,
    }
}

/// Returns whether authors learn at once of this step, and with it of the decisions on which it is based.
fn announces(decision: &Decision, step: &StepDetails<'_>) -> bool {
    let told = decision.notices().iter().any(|notice| notice.audience == Audience::Authors);
    told && !step.untold && step.held_until.is_none()
}

/// Changes the stage of the row, and sets the columns that the schema's CHECKs require as evidence.
pub(crate) fn move_to(row: &mut ManuscriptRow, to: Stage, now: Moment) {
    let from = row.stage;
    if from == to {
        return;
    }
    row.former_stage = (to == Stage::Archived).then_some(from);
    row.returned_from = (to == Stage::Returned).then_some(from);
    if to != Stage::Archived {
        row.merged_into = row.merged_into.filter(|_| to == Stage::Merged);
        match to {
            Stage::Screening => row.screening_at = row.screening_at.or(Some(now)),
            Stage::Review => row.review_at = row.review_at.or(Some(now)),
            Stage::Signing => row.signing_at = row.signing_at.or(Some(now)),
            Stage::Handling => row.handling_at = row.handling_at.or(Some(now)),
            _ => {}
        }
        row.accepted_at = to.is_signed().then(|| row.accepted_at.unwrap_or(now));
        row.forwarded_at = to.is_forwarded().then(|| row.forwarded_at.unwrap_or(now));
        row.concluded_at = (to == Stage::Concluded).then_some(now);
    }
    row.stage = to;
    row.stage_since = now;
}

/// Returns the due date in the current queue; an unknown calendar year is counted Monday to Friday and logged.
pub(crate) fn due(tx: &mut Tx<'_>, settings: &ChannelSettings, row: &ManuscriptRow) -> Result<Option<Moment>, AppError> {
    let limits = &settings.limits;
    let Some(limit) = queues::of_stage(row.stage).and_then(|queue| queue.limit) else { return Ok(None) };
    let calendar = tx.calendar(row.channel_id)?;
    let provisional = WorkingTime { limits, calendar: &calendar }.provisional(row.stage_since, limit(limits, row.urgent));
    if let Some(unknown) = provisional.assumed {
        tracing::warn!(%unknown, "a due date rests on a guess: load the calendar of that year");
    }
    Ok(Some(provisional.due))
}

/// Checks the text that an act requires for length and characters.
pub(crate) fn words(tx: &Tx<'_>, field: &str, text: &str) -> Result<String, AppError> {
    Ok(required_prose(field, text, tx.settings.limits.reason_chars)?)
}

/// Loads a manuscript for an act by this person, locked.
///
/// If the person's own manuscript was merged into this one without their knowledge, the act proceeds as if it had not been: the merger is
/// void. A refused act does not change that.
///
/// # Errors
/// [`AppError::NotFound`] also if they may not see it.
pub(crate) fn load(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<LoadedCase, AppError> {
    let (loaded, untold) = load_as_read(tx, actor, id)?;
    if untold > 0 {
        restoring::void_into(tx, &loaded.row, Some(actor.user))?;
    }
    Ok(loaded)
}
