//! Assigning a manuscript to departments (交办).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::app::handling::assignment_form::{DepartmentNames, check, count_suggestions, numbers_to_answer, part};
use crate::app::handling::dates::Timing;
use crate::app::handling::forms::{Department, NewAssignments};
use crate::app::handling::merged;
use crate::app::manuscript_case::LoadedCase;
use crate::app::notification::{self, About, Hints};
use crate::app::step::{StepDetails, StepResult};
use crate::app::webhooks::{self, Called};
use crate::app::{AppError, Tx, endorsements, transition};
use crate::domain::assignment::AssignmentPart;
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::notice::{Audience, Letter, tell};
use crate::domain::permission::Actor;
use crate::domain::states::AssignmentState;
use crate::domain::violation::{Violation, Violations, prose};
use crate::domain::vocabulary::Action;
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::assignments::{self, Assignment, Instruction};

/// Assigns a manuscript to departments.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ManuscriptId,
    seen: i64,
    form: &NewAssignments,
) -> Result<(StepResult, Vec<AssignmentId>), AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::ready(tx, actor, &loaded, Action::Assign, seen)?;
    endorsements::settle(tx, id)?;
    let note = prose("note", &form.note, tx.settings.limits.reason_chars)?;
    let names = check(tx, &loaded, form)?;
    let entry: EntryId = tx.id();
    let rows = rows(tx, actor, &loaded, form, entry, &note)?;
    let charged: Vec<OrganizationId> = rows.iter().map(|row| row.organization_id).collect();
    let step = StepDetails {
        entry: Some(entry),
        facts: json!({ "form": form.form, "endorsement": form.endorsement_id, "departments": rows.iter().map(fact).collect::<Vec<_>>() }),
        letter: LetterFacts {
            organization: Some(joined(&rows, &names)),
            due: rows.iter().map(|row| row.due_at).max(),
            ..LetterFacts::default()
        },
        charged: &charged,
        only_merged: concerned(tx, &rows)?,
        ..StepDetails::default()
    };
    let done = transition::take(tx, actor, &mut loaded, Action::Assign, step, |_| {})?;
    for row in &rows {
        assignments::insert(tx.conn, row)?;
    }
    tell_officers(tx, actor, &loaded, &rows, &names, &done)?;
    Ok((done, rows.iter().map(|row| row.id).collect()))
}

/// Returns the merged manuscripts whose suggestions these assignments answer, if they answer nothing else.
fn concerned(tx: &mut Tx<'_>, rows: &[Assignment]) -> Result<Option<Vec<ManuscriptId>>, AppError> {
    let mut all = Some(BTreeSet::new());
    for row in rows.iter().filter(|row| row.part == AssignmentPart::Lead) {
        all = all.zip(merged::concerned(tx, row)?).map(|(mut all, more)| {
            all.extend(more);
            all
        });
    }
    Ok(all.map(|all| all.into_iter().collect()))
}

/// Notifies the officers of the departments. An officer of several of them gets one letter that names all of these.
fn tell_officers(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loaded: &LoadedCase,
    all: &[Assignment],
    names: &DepartmentNames,
    done: &StepResult,
) -> Result<(), AppError> {
    let about = |row: &Assignment| About {
        entry: done.entry,
        channel: row.channel_id,
        manuscript: Some(&loaded.row),
        subject: row.id.into(),
        facts: LetterFacts::default(),
        not_before: done.undo_until.unwrap_or(row.assigned_at),
        actor: Some(actor.user),
    };
    let mut charged: BTreeMap<UserId, Vec<&Assignment>> = BTreeMap::new();
    for row in all {
        let hints = Hints { charged: &[row.organization_id], ..Hints::default() };
        let told = notification::resolve(tx, &about(row), &[tell(Audience::Handlers, Letter::Assigned)], hints)?;
        if !told.recipients.is_empty() {
            let About { entry, channel, subject, not_before, .. } = about(row);
            let organization = Some(row.organization_id);
            webhooks::call(tx, &Called { channel, entry, letter: Letter::Assigned, subject, organization, not_before })?;
        }
        for one in told.recipients {
            charged.entry(one.user).or_default().push(row);
        }
    }
    let timing = Timing::of(tx, loaded.row.channel_id)?;
    for (officer, rows) in charged {
        let Some(first) = rows.first() else { continue };
        let organization = rows.iter().filter_map(|row| names.get(&row.organization_id)).map(String::as_str).collect::<Vec<_>>().join("、");
        let due = rows.iter().map(|row| row.due_at).min();
        let receive_by = rows.iter().map(|row| row.receive_by).min();
        let return_until = rows.iter().map(|row| timing.return_until(row).min(row.due_at)).min();
        // An officer who also answers for another department gets the wording that requires more of them.
        let wording = rows.iter().all(|row| row.part == AssignmentPart::Assisting).then_some(Wording::Assisting);
        let suggestions = to_answer(tx, loaded, &rows)?;
        let lead = first.lead_id.filter(|_| wording.is_some()).and_then(|lead| all.iter().find(|row| row.id == lead));
        let lead = lead.and_then(|lead| names.get(&lead.organization_id)).cloned();
        let about = About {
            facts: LetterFacts {
                organization: Some(organization),
                suggestions,
                lead,
                due,
                receive_by,
                return_until,
                wording,
                ..LetterFacts::default()
            },
            ..about(first)
        };
        notification::tell(tx, &about, Letter::Assigned, [officer])?;
    }
    Ok(())
}

/// Returns the numbers of the suggestions that these assignments answer themselves.
fn to_answer(tx: &mut Tx<'_>, loaded: &LoadedCase, rows: &[&Assignment]) -> Result<Vec<u32>, AppError> {
    let mut all = BTreeSet::new();
    for row in rows.iter().filter(|row| row.part == AssignmentPart::Lead) {
        match row.numbers()? {
            Some(numbers) => all.extend(numbers),
            None => all.extend(1..=count_suggestions(tx, loaded)?),
        }
    }
    Ok(all.into_iter().collect())
}

/// Joins the departments' names in one line, the lead first.
fn joined(rows: &[Assignment], names: &DepartmentNames) -> String {
    let names: Vec<&str> = rows.iter().filter_map(|row| names.get(&row.organization_id)).map(String::as_str).collect();
    names.join("、")
}

fn fact(row: &Assignment) -> serde_json::Value {
    json!({ "id": row.id, "organization": row.organization_id, "part": row.part, "due": row.due_at })
}

/// Loads the instruction that the assignments carry out, if one is named.
fn instruction(tx: &mut Tx<'_>, loaded: &LoadedCase, form: &NewAssignments) -> Result<Option<Instruction>, AppError> {
    let Some(id) = form.endorsement_id else { return Ok(None) };
    let found = assignments::instruction(tx.conn, loaded.row.id, id, tx.now)?;
    Ok(found.ok_or_else(|| Violation::new("endorsement_id", "unknown"))?)
}

fn rows(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loaded: &LoadedCase,
    form: &NewAssignments,
    entry: EntryId,
    note: &str,
) -> Result<Vec<Assignment>, AppError> {
    let instruction = instruction(tx, loaded, form)?;
    let own = count_suggestions(tx, loaded)?;
    let timing = Timing::of(tx, actor.channel)?;
    let due = dues(&timing, loaded, form, instruction.as_ref())?;
    let receive_by = timing.receive_by();
    let ids: Vec<AssignmentId> = form.departments.iter().map(|_| tx.id()).collect();
    let lead = ids.iter().zip(&form.departments).find(|(_, one)| part(form.form, one) == AssignmentPart::Lead).map(|(id, _)| *id);
    let all = numbers_to_answer(tx, loaded)?;
    // A department that answers all of them stores no numbers, unless there are more than the manuscript's own.
    let unnamed = (all.iter().max().is_some_and(|last| *last > own)).then_some(&all);
    let mut rows = Vec::new();
    for ((one, id), due_at) in form.departments.iter().zip(ids).zip(due) {
        let part = part(form.form, one);
        let named: BTreeSet<u32> = one.suggestions.iter().copied().collect();
        let named = if named.is_empty() { unnamed.filter(|_| part == AssignmentPart::Lead) } else { Some(&named) };
        let numbers = named.map(|numbers| json!(numbers).to_string());
        rows.push(Assignment {
            id,
            channel_id: actor.channel,
            manuscript_id: loaded.row.id,
            entry_id: entry,
            organization_id: one.organization_id,
            form: form.form,
            part,
            lead_id: lead.filter(|_| part == AssignmentPart::Assisting),
            state: AssignmentState::Dispatched,
            version: 1,
            endorsement_id: form.endorsement_id,
            note: note.to_owned(),
            assigned_by: actor.user,
            assigned_at: tx.now,
            due_at,
            receive_by: receive_by.min(due_at),
            received_at: None,
            replied_at: None,
            settled_at: None,
            reason: None,
            proposed_organization: None,
            extension: None,
            extension_asked_at: None,
            implemented_at: None,
            suggestions: numbers,
        });
    }
    // The lead comes first, because the assisting ones refer to it.
    rows.sort_by_key(|row| row.part == AssignmentPart::Assisting);
    Ok(rows)
}

/// Returns the due date of each department's answer, in their order.
fn dues(timing: &Timing, loaded: &LoadedCase, form: &NewAssignments, instruction: Option<&Instruction>) -> Result<Vec<Moment>, AppError> {
    let mut wrong = Violations::default();
    let latest = timing.latest(timing.now(), instruction);
    let common = form.due_on.and_then(|day| match timing.named("due_on", day.0, latest) {
        Ok(due) => Some(due),
        Err(violation) => {
            wrong.add(violation);
            None
        }
    });
    let common = common.unwrap_or_else(|| timing.lead(instruction, loaded.row.urgent));
    let mut named = |at: usize, one: &Department, latest: Moment, otherwise: Moment| match one.due_on {
        None => otherwise,
        Some(day) => timing.named(&format!("departments[{at}].due_on"), day.0, latest).unwrap_or_else(|violation| {
            wrong.add(violation);
            otherwise
        }),
    };
    let mut dues: Vec<Option<Moment>> = vec![None; form.departments.len()];
    let mut lead = common;
    for (at, one) in form.departments.iter().enumerate().filter(|(_, one)| part(form.form, one) == AssignmentPart::Lead) {
        lead = named(at, one, latest, common);
        dues[at] = Some(lead);
    }
    for (at, one) in form.departments.iter().enumerate().filter(|(_, one)| part(form.form, one) == AssignmentPart::Assisting) {
        dues[at] = Some(named(at, one, timing.before(lead), timing.assisting(lead)));
    }
    Ok(wrong.or(dues.into_iter().flatten().collect())?)
}
