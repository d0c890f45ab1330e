//! Checks that `docs/glossary.md` has every word of the work as the pages write it, and that the code has every name of the glossary's terms.

use std::collections::HashSet;
use std::fmt::Debug;
use std::fs;

use regex::Regex;
use zhitongche::domain::assignment::{AssignmentAction, AssignmentForm, AssignmentPart, Consultation};
use zhitongche::domain::bulletin::{BulletinAction, BulletinKind, RecipientKind};
use zhitongche::domain::endorsement::EndorsementAction;
use zhitongche::domain::job::{JobKind, JobState};
use zhitongche::domain::lang::Lang;
use zhitongche::domain::notice::{Audience, LetterState};
use zhitongche::domain::outcome::{AdoptionForm, AdoptionLevel, EndorsementKind, EndorsementState, Satisfaction};
use zhitongche::domain::states::{AssignmentState, BulletinState};
use zhitongche::domain::vocabulary::{Action, Answer, Kind, OrganizationKind, Part, Role, Stage, TextKind};
use zhitongche::domain::webhook::WebhookFormat;
use zhitongche::text::{Word, word};

use crate::house::{files, root};

/// The section whose names belong to the program and not to the work.
const NAMES: &str = "\n## Names of the code\n";

/// The part of the glossary about the work.
fn terms() -> String {
    let text = fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    text.split_once(NAMES).unwrap().0.to_owned()
}

/// The first two cells of the row that a word of a vocabulary has to have.
fn rows<W: Word + Debug>(vocabulary: &str) -> Vec<String> {
    let row = |one: &W| format!("| {} | `{vocabulary}::{one:?}` `{}` |", word(Lang::Zh, *one), one.written());
    W::WORDS.iter().map(row).collect()
}

macro_rules! rows_of {
    ($($name:ident)*) => { [$(rows::<$name>(stringify!($name))),*].concat() };
}

#[test]
fn the_glossary_has_every_word_as_the_pages_write_it() {
    let wanted = rows_of![
        Role OrganizationKind Stage Kind Part TextKind Action BulletinState BulletinKind RecipientKind BulletinAction EndorsementKind
        EndorsementState EndorsementAction AdoptionLevel AdoptionForm Satisfaction AssignmentForm AssignmentPart AssignmentState
        AssignmentAction Answer Consultation LetterState Audience JobKind JobState WebhookFormat
    ];
    let text = terms();
    let missing: Vec<_> = wanted.into_iter().filter(|row| !text.lines().any(|line| line.starts_with(row))).collect();
    assert!(missing.is_empty(), "rows that docs/glossary.md has to begin with these cells:\n{}", missing.join("\n"));
}

#[test]
fn the_code_has_every_name_of_the_glossary() {
    let declared =
        Regex::new(r"(?:struct|enum|trait|fn|type|mod|macro_rules!|static|const(?: fn)?) ([A-Za-z_]+)|^ +([A-Z][A-Za-z]+)(?:,| =)")
            .unwrap();
    let mut known = HashSet::new();
    for file in files("src", "rs") {
        for line in fs::read_to_string(&file).unwrap().lines() {
            known.extend(declared.captures_iter(line).map(|name| name.get(1).or(name.get(2)).unwrap().as_str().to_owned()));
        }
    }
    let identifier = Regex::new(r"`([A-Za-z_]+)(?:::([A-Za-z_]+))?`").unwrap();
    let text = fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let (terms, program) = text.split_once(NAMES).unwrap();
    let of_program = program.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let cells = terms.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1));
    let cells = cells.chain(of_program);
    let names: Vec<String> = cells
        .flat_map(|cell| identifier.captures_iter(cell).filter(|found| found.get(2).is_some() || !is_written_form(cell, &found[0])))
        .flat_map(|found| [Some(found[1].to_owned()), found.get(2).map(|name| name.as_str().to_owned())])
        .flatten()
        .collect();
    assert!(names.len() > 300, "the table is not read: {} names", names.len());
    let missing: Vec<_> = names.iter().filter(|name| !known.contains(*name)).collect();
    assert!(missing.is_empty(), "names of docs/glossary.md that the code does not have: {missing:?}");
}

/// Whether the code span is the written form behind an identifier: it follows one without a comma.
fn is_written_form(cell: &str, span: &str) -> bool {
    cell.find(span).is_some_and(|at| cell[..at].ends_with("` "))
}
