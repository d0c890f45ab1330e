//! Comparisons after each step of a sequence: model and program agree on the state, and the signed text is the one that is read.

use proptest::prelude::*;

use super::program::{LEADER, Program};
use crate::app::manuscript_case::LoadedCase;
use crate::app::reading::body;
use crate::app::{AppError, bulletins};
use crate::domain::manuscript::{Text, TextLimits};
use crate::domain::tests::world::World;
use crate::domain::transition::{Case, Pending};
use crate::domain::vocabulary::Stage;
use crate::store::ledger::reading;

/// The signer's and the officer's position in the cast.
const SIGNER: usize = 6;
const OFFICER: usize = 10;

/// Returns the facts that the rules consider, without the ids of people, which differ; whether a pending decision is one's own is in `by`.
fn comparable(case: &Case, people: &dyn Fn(crate::domain::ids::UserId) -> Option<usize>) -> Vec<String> {
    // A decision on which a later act is based is stored only for authors, who read the state before it; it cannot be undone.
    let pending = case.pending.filter(|pending| !pending.acted_on);
    let pending = pending.map(|Pending { by, until, former, .. }| (by.and_then(people), until, former));
    let with_author = matches!(case.stage, Stage::Draft | Stage::Returned);
    let authors: Vec<_> = case.standing.authors.iter().map(|one| (people(one.user), one.first, one.first || one.signed)).collect();
    vec![
        format!("stage {} before {:?}", case.stage, case.former),
        format!(
            "returned from {:?}, screened {}",
            case.returned_from.filter(|_| case.stage == Stage::Returned),
            with_author && case.screening_wanted
        ),
        format!("authors {authors:?}"),
        format!("reached {:?}", case.standing.reached),
        format!("before leaders {} {}", case.was_forwarded, !case.standing.recipients.is_empty()),
        format!(
            "merged here {}, target {:?}",
            case.merged_here,
            case.target.filter(|_| case.former.unwrap_or(case.stage) == Stage::Merged)
        ),
        format!("open {}, charged {}", case.open_assignments, !case.standing.charged.is_empty()),
        format!("merged and open {}, not assigned {}", case.merged_open, case.unassigned),
        format!("edited {:?}", case.edited),
        format!("pending {pending:?}"),
    ]
}

pub(super) fn they_agree(world: &World, program: &Program) -> Result<(), TestCaseError> {
    let of_model = |user| world.cast.iter().position(|person| person.user == user);
    let of_program = |user| program.people.iter().position(|person| *person == user);
    for (m, it) in world.manuscripts.iter().enumerate() {
        let Some(loaded) = program.loaded(m) else {
            prop_assert!(it.discarded, "{} is gone", m);
            continue;
        };
        prop_assert!(!it.discarded, "{} is not gone", m);
        prop_assert_eq!(comparable(&loaded.case, &of_program), comparable(&world.case(m, m), &of_model), "manuscript {}", m);
        prop_assert_eq!(loaded.row.number.is_some(), it.number.is_some());
        what_was_signed_is_read(program, m, &loaded)?;
    }
    Ok(())
}

/// Checks that the text which the last valid signature names is the one that signer, leader and department read, and that the newest
/// bulletin contains.
fn what_was_signed_is_read(program: &Program, m: usize, loaded: &LoadedCase) -> Result<(), TestCaseError> {
    if loaded.row.accepted_at.is_none() {
        return Ok(());
    }
    let (id, channel) = (loaded.row.id, loaded.row.channel_id);
    let entries = program.app.read_now(|tx| Ok(reading::history(tx.conn, channel, id.0)?)).unwrap();
    let undone: Vec<_> = entries.iter().filter_map(|entry| entry.undoes).collect();
    let signed = entries.iter().rev().find(|entry| entry.action == "sign" && !undone.contains(&entry.id)).unwrap();
    let signed = &signed.digests["signed_text"];
    for person in [SIGNER, LEADER, OFFICER] {
        let view = match program.seen_by(person, |tx, actor| body::manuscript(tx, actor, id)) {
            Ok(view) => view,
            Err(AppError::NotFound) => continue,
            Err(error) => panic!("{error:?}"),
        };
        let text = match view.outgoing_edited() {
            Some(text) => (&text.title, &text.situation, &text.causes, &text.suggestions),
            None => (&view.title, &view.situation, &view.causes, &view.suggestions),
        };
        let text = Text::parse(text.0, text.1, text.2, text.3, &TextLimits::default()).unwrap();
        prop_assert_eq!(&hex::encode(text.digest()), signed, "what {} reads of {}", person, m);
        for bulletin in view.bulletins.iter().filter_map(|one| one.id) {
            let issued = program.seen_by(person, |tx, actor| bulletins::find(tx, actor, bulletin)).unwrap();
            let item = issued.manuscripts.iter().find(|one| one.id == id).unwrap();
            let current = issued.line.cancelled_at.is_none();
            prop_assert!(!current || item.text.digest.as_ref() == Some(signed), "what {} reads of {} in a bulletin", person, m);
        }
    }
    Ok(())
}
