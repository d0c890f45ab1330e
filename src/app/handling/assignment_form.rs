//! Validates the form of an assignment: the departments must be assignable, and the suggestions must exist.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::handling::forms::{Department, NewAssignments};
use crate::app::handling::merged::{NumberedSuggestion, suggestions_of};
use crate::app::manuscript_case::LoadedCase;
use crate::app::{AppError, Tx, outgoing};
use crate::domain::assignment::{AssignmentForm, AssignmentPart};
use crate::domain::ids::OrganizationId;
use crate::domain::violation::{Violation, Violations};
use crate::domain::vocabulary::{Role, Stage};
use crate::store::{StoreError, channels, people};

/// Validates the departments one by one and together; returns their names.
pub(super) fn check(tx: &mut Tx<'_>, loaded: &LoadedCase, form: &NewAssignments) -> Result<DepartmentNames, AppError> {
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
    let mut names = DepartmentNames::new();
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

/// Returns the name of a department that can be assigned, or the reason why it cannot.
fn department(tx: &mut Tx<'_>, loaded: &LoadedCase, id: OrganizationId) -> Result<Result<String, &'static str>, AppError> {
    let channel = loaded.row.channel_id;
    let found = match channels::organization_to_rely_on(tx.conn, channel, id) {
        Ok(found) if found.closed_at.is_none() => found,
        Ok(_) => return Ok(Err("closed_organization")),
        Err(StoreError::NotFound) => return Ok(Err("unknown")),
        Err(error) => return Err(error.into()),
    };
    let mut officers = people::holders(tx.conn, channel, Role::Handler, Some(id))?;
    // Persons who wrote the manuscript do not see its assignment.
    officers.retain(|officer| !loaded.case.standing.is_involved(*officer));
    Ok(if officers.is_empty() { Err("no_officer") } else { Ok(found.name) })
}

/// Validates the suggestions. In a split assignment the departments together answer every suggestion; in other forms the lead answers all
/// of them. After suggestions of merged manuscripts were taken, another assignment may answer exactly those that no active or finished
/// department answers.
fn suggestions(tx: &mut Tx<'_>, loaded: &LoadedCase, form: &NewAssignments, wrong: &mut Violations) -> Result<(), AppError> {
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

/// Returns the number of suggestions in the text as it was issued.
pub(super) fn count_suggestions(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<u32, AppError> {
    let text = outgoing::outgoing_text(tx, &loaded.row)?.text()?;
    Ok(u32::try_from(text.suggestions.len()).unwrap_or(u32::MAX))
}

/// Returns the numbers of all suggestions that are to be answered: its own, and those taken from manuscripts merged into it.
pub(super) fn numbers_to_answer(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<BTreeSet<u32>, AppError> {
    let holds = |one: &NumberedSuggestion| one.source.as_ref().is_none_or(|source| source.holds);
    Ok(suggestions_of(tx, &loaded.row)?.into_iter().filter(holds).map(|one| one.number).collect())
}

/// Builds a violation that lists the suggestions without an answering department.
pub(super) fn unanswered(field: &str, numbers: &BTreeSet<u32>) -> Violation {
    use crate::domain::violation::Param;
    let list = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Violation { field: field.to_owned(), code: "unanswered", params: vec![("numbers", Param::Text(list))] }
}

/// The names of the assigned departments.
pub(super) type DepartmentNames = BTreeMap<OrganizationId, String>;

/// Only a joint assignment has assisting departments.
pub(super) fn part(form: AssignmentForm, one: &Department) -> AssignmentPart {
    let other = if form == AssignmentForm::Joint { AssignmentPart::Assisting } else { AssignmentPart::Lead };
    one.part.unwrap_or(other)
}
