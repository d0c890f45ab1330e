//! Charging departments with a manuscript (交办).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::desk::case::{self, Loaded};
use crate::desk::endorsements;
use crate::desk::handling::dates::Timing;
use crate::desk::handling::forms::{Department, NewAssignments};
use crate::desk::handling::merged::{self, NumberedSuggestion, suggestions_of};
use crate::desk::notification::{self, About, Hints};
use crate::desk::step::{self, Done, Step};
use crate::desk::webhooks::{self, Called};
use crate::desk::{DeskError, Tx, outgoing};
use crate::domain::assignment::{AssignmentForm, AssignmentPart, AssignmentState};
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::notice::{Audience, Letter, tell};
use crate::domain::permission::Actor;
use crate::domain::violation::{Violation, Violations, prose};
use crate::domain::words::{Action, Role, Stage};
use crate::mail::letters::{Facts, Wording};
use crate::store::assignments::{self, Assignment, Instruction};
use crate::store::{StoreError, channels, people};

/// Charges departments.
///
/// # Errors
/// [`DeskError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ManuscriptId,
    seen: i64,
    form: &NewAssignments,
) -> Result<(Done, Vec<AssignmentId>), DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    step::ready(tx, actor, &loaded, Action::Assign, seen)?;
    endorsements::settle(tx, id)?;
    let note = prose("note", &form.note, tx.settings.limits.reason_chars)?;
    let names = check(tx, &loaded, form)?;
    let entry: EntryId = tx.id();
    let rows = rows(tx, actor, &loaded, form, entry, &note)?;
    let charged: Vec<OrganizationId> = rows.iter().map(|row| row.organization_id).collect();
    let step = Step {
        entry: Some(entry),
        facts: json!({ "form": form.form, "endorsement": form.endorsement_id, "departments": rows.iter().map(fact).collect::<Vec<_>>() }),
        letter: Facts { organization: Some(joined(&rows, &names)), due: rows.iter().map(|row| row.due_at).max(), ..Facts::default() },
        charged: &charged,
        only_merged: concerned(tx, &rows)?,
        ..Step::default()
    };
    let done = step::take(tx, actor, &mut loaded, Action::Assign, step, |_| {})?;
    for row in &rows {
        assignments::insert(tx.conn, row)?;
    }
    tell_officers(tx, actor, &loaded, &rows, &names, &done)?;
    Ok((done, rows.iter().map(|row| row.id).collect()))
}

/// The merged manuscripts whose suggestions these assignments answer, if they answer nothing else.
fn concerned(tx: &mut Tx<'_>, rows: &[Assignment]) -> Result<Option<Vec<ManuscriptId>>, DeskError> {
    let mut all = Some(BTreeSet::new());
    for row in rows.iter().filter(|row| row.part == AssignmentPart::Lead) {
        all = all.zip(merged::concerned(tx, row)?).map(|(mut all, more)| {
            all.extend(more);
            all
        });
    }
    Ok(all.map(|all| all.into_iter().collect()))
}

/// Tells the officers of the departments. Who is an officer of several of them gets one letter that names them all.
fn tell_officers(tx: &mut Tx<'_>, actor: &Actor, loaded: &Loaded, all: &[Assignment], names: &Names, done: &Done) -> Result<(), DeskError> {
    let about = |row: &Assignment| About {
        entry: done.entry,
        channel: row.channel_id,
        manuscript: Some(&loaded.row),
        subject: row.id.into(),
        facts: Facts::default(),
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
        // Who also answers for another department is told what is the more.
        let wording = rows.iter().all(|row| row.part == AssignmentPart::Assisting).then_some(Wording::Assisting);
        let suggestions = to_answer(tx, loaded, &rows)?;
        let lead = first.lead_id.filter(|_| wording.is_some()).and_then(|lead| all.iter().find(|row| row.id == lead));
        let lead = lead.and_then(|lead| names.get(&lead.organization_id)).cloned();
        let about = About {
            facts: Facts {
                organization: Some(organization),
                suggestions,
                lead,
                due,
                receive_by,
                return_until,
                wording,
                ..Facts::default()
            },
            ..about(first)
        };
        notification::tell(tx, &about, Letter::Assigned, [officer])?;
    }
    Ok(())
}

/// The numbers of the suggestions that these assignments answer themselves.
fn to_answer(tx: &mut Tx<'_>, loaded: &Loaded, rows: &[&Assignment]) -> Result<Vec<u32>, DeskError> {
    let mut all = BTreeSet::new();
    for row in rows.iter().filter(|row| row.part == AssignmentPart::Lead) {
        match row.numbers()? {
            Some(numbers) => all.extend(numbers),
            None => all.extend(1..=count_suggestions(tx, loaded)?),
        }
    }
    Ok(all.into_iter().collect())
}

/// The departments in one line, the lead first.
fn joined(rows: &[Assignment], names: &Names) -> String {
    let names: Vec<&str> = rows.iter().filter_map(|row| names.get(&row.organization_id)).map(String::as_str).collect();
    names.join("、")
}

fn fact(row: &Assignment) -> serde_json::Value {
    json!({ "id": row.id, "organization": row.organization_id, "part": row.part, "due": row.due_at })
}

/// The names of the departments that are charged.
type Names = BTreeMap<OrganizationId, String>;

/// Looks at the departments one by one and together; gives their names.
fn check(tx: &mut Tx<'_>, loaded: &Loaded, form: &NewAssignments) -> Result<Names, DeskError> {
    let mut wrong = Violations::default();
    let leads = form.departments.iter().filter(|one| part(form.form, one) == AssignmentPart::Lead).count();
    let assisting = form.departments.len() - leads;
    let fits = match form.form {
        AssignmentForm::Single => leads == 1 && assisting == 0,
        AssignmentForm::Split => leads >= 2 && assisting == 0,
        AssignmentForm::Joint => leads == 1 && assisting >= 1,
    };
    if !fits {
        wrong.add(Violation::new("departments", "wrong_departments"));
    }
    let mut names = Names::new();
    for (at, one) in form.departments.iter().enumerate() {
        let field = format!("departments[{at}].organization_id");
        let busy = loaded.assignments.iter().any(|row| row.organization_id == one.organization_id && !row.state.is_settled());
        if busy || names.contains_key(&one.organization_id) {
            wrong.add(Violation::new(field, "duplicate"));
            continue;
        }
        match department(tx, loaded, one.organization_id)? {
            Ok(name) => {
                names.insert(one.organization_id, name);
            }
            Err(code) => wrong.add(Violation::new(field, code)),
        }
    }
    suggestions(tx, loaded, form, &mut wrong)?;
    Ok(wrong.or(names)?)
}

/// The name of a department that can be charged, or why it can't.
fn department(tx: &mut Tx<'_>, loaded: &Loaded, id: OrganizationId) -> Result<Result<String, &'static str>, DeskError> {
    let channel = loaded.row.channel_id;
    let found = match channels::organization_to_rely_on(tx.conn, channel, id) {
        Ok(found) if found.closed_at.is_none() => found,
        Ok(_) => return Ok(Err("closed_organization")),
        Err(StoreError::NotFound) => return Ok(Err("unknown")),
        Err(error) => return Err(error.into()),
    };
    let mut officers = people::holders(tx.conn, channel, Role::Handler, Some(id))?;
    // For who wrote it there is no such assignment.
    officers.retain(|officer| !loaded.case.standing.is_involved(*officer));
    Ok(if officers.is_empty() { Err("no_officer") } else { Ok(found.name) })
}

/// In a split assignment the departments together answer every suggestion; elsewhere the lead answers all of them. Once suggestions were
/// taken from what is merged into it, another assignment may answer just what no department at work or done with it answers.
fn suggestions(tx: &mut Tx<'_>, loaded: &Loaded, form: &NewAssignments, wrong: &mut Violations) -> Result<(), DeskError> {
    let (own, all) = (count_suggestions(tx, loaded)?, numbers_to_answer(tx, loaded)?);
    let adds = all.iter().any(|number| *number > own) && loaded.row.stage == Stage::Handling;
    let mut left = all.clone();
    for row in loaded.assignments.iter().filter(|row| adds && row.part == AssignmentPart::Lead && row.state.is_charged()) {
        let answered = row.numbers()?.unwrap_or_else(|| (1..=own).collect());
        left.retain(|number| !answered.contains(number));
    }
    for (at, one) in form.departments.iter().enumerate() {
        if one.suggestions.is_empty() {
            if part(form.form, one) == AssignmentPart::Lead {
                left.clear();
            }
        } else if form.form != AssignmentForm::Split && !(adds && part(form.form, one) == AssignmentPart::Lead) {
            wrong.add(Violation::new(format!("departments[{at}].suggestions"), "wrong_departments"));
        }
        for number in &one.suggestions {
            if !all.contains(number) {
                wrong.add(Violation::new(format!("departments[{at}].suggestions"), "unknown"));
            }
            left.remove(number);
        }
    }
    if !left.is_empty() {
        wrong.add(unanswered("departments", &left));
    }
    Ok(())
}

/// How many suggestions the text has as it was issued.
pub(super) fn count_suggestions(tx: &mut Tx<'_>, loaded: &Loaded) -> Result<u32, DeskError> {
    let text = outgoing::outgoing_text(tx, &loaded.row)?.text()?;
    Ok(u32::try_from(text.suggestions.len()).unwrap_or(u32::MAX))
}

/// The numbers of all suggestions that are to be answered: its own, and those taken from what is merged into it.
fn numbers_to_answer(tx: &mut Tx<'_>, loaded: &Loaded) -> Result<BTreeSet<u32>, DeskError> {
    let holds = |one: &NumberedSuggestion| one.source.as_ref().is_none_or(|source| source.holds);
    Ok(suggestions_of(tx, &loaded.row)?.into_iter().filter(holds).map(|one| one.number).collect())
}

/// Names the suggestions that nobody answers.
pub(super) fn unanswered(field: &str, numbers: &BTreeSet<u32>) -> Violation {
    use crate::domain::violation::Param;
    let list = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Violation { field: field.to_owned(), code: "unanswered", params: vec![("numbers", Param::Text(list))] }
}

/// Only a joint assignment has assisting departments.
fn part(form: AssignmentForm, one: &Department) -> AssignmentPart {
    let other = if form == AssignmentForm::Joint { AssignmentPart::Assisting } else { AssignmentPart::Lead };
    one.part.unwrap_or(other)
}

/// The instruction that is carried out, if one is named.
fn instruction(tx: &mut Tx<'_>, loaded: &Loaded, form: &NewAssignments) -> Result<Option<Instruction>, DeskError> {
    let Some(id) = form.endorsement_id else { return Ok(None) };
    let found = assignments::instruction(tx.conn, loaded.row.id, id, tx.now)?;
    Ok(found.ok_or_else(|| Violation::new("endorsement_id", "unknown"))?)
}

fn rows(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loaded: &Loaded,
    form: &NewAssignments,
    entry: EntryId,
    note: &str,
) -> Result<Vec<Assignment>, DeskError> {
    let instruction = instruction(tx, loaded, form)?;
    let own = count_suggestions(tx, loaded)?;
    let timing = Timing::of(tx, actor.channel)?;
    let due = dues(&timing, loaded, form, instruction.as_ref())?;
    let receive_by = timing.receive_by();
    let ids: Vec<AssignmentId> = form.departments.iter().map(|_| tx.id()).collect();
    let lead = ids.iter().zip(&form.departments).find(|(_, one)| part(form.form, one) == AssignmentPart::Lead).map(|(id, _)| *id);
    let all = numbers_to_answer(tx, loaded)?;
    // A department that answers all of them names none, unless there is more than the manuscript's own.
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

/// When each department's answer is due, in their order.
fn dues(timing: &Timing, loaded: &Loaded, form: &NewAssignments, instruction: Option<&Instruction>) -> Result<Vec<Moment>, DeskError> {
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
