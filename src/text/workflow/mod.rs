//! `docs/workflow.md` and `docs/workflow.svg`, generated from the tables, so that the documentation of the workflow matches the program.
//! The same tables give the same bytes; a test compares them with the files.

mod arrows;
mod drawing;
mod sights;
mod tables;

#[cfg(test)]
mod tests;

use std::fmt::Write;

use crate::domain::assignment::ASSIGNMENT_TRANSITIONS;
use crate::domain::bulletin::BULLETIN_TRANSITIONS;
use crate::domain::lang::Lang;
use crate::domain::states::{AssignmentState, BulletinState};
use crate::domain::vocabulary::Stage;

use super::words::{Word, word};

/// The command that writes the files.
pub const COMMAND: &str = "cargo run -- workflow --to docs";

const HEAD: &str = "# The life of a manuscript · 稿件的一生

<!-- Written by `cargo run -- workflow --to docs` from the tables in `src/domain`. Change those, not this file. -->

Where a manuscript stands is one of thirteen stages. Beside that it carries facts of their own: bulletins, endorsements, assignments,
adoptions, ratings. The tables below are the ones that decide: buttons, `allowed_actions`, refusals and letters come from them.

![The stages, and the acts that lead from one to the next](workflow.svg)

";

const MANUSCRIPT: &str = "
Not drawn: what leaves the stage as it is, `undo` (撤销上一步), which leads back to where the last decision began while its window is
open, and `reopen` of an archived one that had not concluded, which leads back to the stage that it was archived from.

Nobody decides on a manuscript of which they are an author. Until the window of a decision that can be undone closes, authors read the stage
before it, its letters wait, and they are answered as if it had not been made.

";

/// The files: their names within `docs/`, and their contents.
#[must_use]
pub fn files() -> [(&'static str, String); 2] {
    [("workflow.md", page()), ("workflow.svg", drawing::svg())]
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let mut add = |text: &str| page.push_str(text);
    add("## Stages · 阶段\n\n");
    add(&tables::stages());
    add("\n## Acts on a manuscript · 稿件的办理\n\n");
    add(&arrows::mermaid(Stage::ALL, &arrows::of_manuscripts(), &[Stage::Draft]));
    add(MANUSCRIPT);
    add(&tables::manuscripts());
    add(
        "\n## Assignments · 交办\n\nEach department has an assignment of its own: the lead (or one that is alone), or an assisting one.\n\n",
    );
    let assignments = ASSIGNMENT_TRANSITIONS.iter().flat_map(|row| row.from.iter().map(move |from| (row.action, *from, row.to)));
    let assignments: Vec<_> = assignments.filter_map(|(action, from, to)| Some((named(action), from, to?))).collect();
    add(&arrows::mermaid(AssignmentState::ALL, &assignments, &[AssignmentState::Dispatched]));
    add("\n");
    add(&tables::assignments());
    add("\n## Bulletins · 专报\n\nSigning is issuing: the number is given then, and never again.\n\n");
    let bulletins = BULLETIN_TRANSITIONS.iter().flat_map(|row| row.from.iter().map(move |from| (row.action, *from, row.to)));
    let bulletins: Vec<_> = bulletins.filter_map(|(action, from, to)| Some((named(action), from, to?))).collect();
    add(&arrows::mermaid(BulletinState::ALL, &bulletins, &[BulletinState::Draft]));
    add("\n");
    add(&tables::bulletins());
    add("\n## Who sees what · 谁能看到什么\n\n");
    add(&sights::table());
    page
}

/// A word in both languages, and its name in the API.
fn named<W: Word>(one: W) -> NamedWord {
    NamedWord { zh: word(Lang::Zh, one), en: word(Lang::En, one), written: one.written() }
}

/// A word in both languages, and its name in the API.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NamedWord {
    zh: String,
    en: String,
    written: &'static str,
}

/// The cells of a table in Markdown.
fn row(out: &mut String, cells: &[String]) {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn head(out: &mut String, cells: &[&str]) {
    row(out, &cells.iter().map(ToString::to_string).collect::<Vec<_>>());
    let _ = writeln!(out, "|{}", "---|".repeat(cells.len()));
}
