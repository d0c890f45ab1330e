//! The same sequences through the model and through the program: both allow the same acts and arrive at the same place; and whatever was
//! signed is what leaders and departments read.

use chrono::Duration;
use proptest::prelude::*;

use super::program::{LEADER, Outcome, Program};
use crate::desk::case::Loaded;
use crate::desk::reading::body;
use crate::desk::{DeskError, bulletins};
use crate::domain::assignment::AssignmentAction;
use crate::domain::manuscript::{Text, TextLimits};
use crate::domain::tests::sequences::choose;
use crate::domain::tests::world::{World, window};
use crate::domain::transition::{Case, Pending};
use crate::domain::words::{Action, Stage};
use crate::store::ledger::reading;

/// The signer's and the officer's place in the cast.
const SIGNER: usize = 6;
const OFFICER: usize = 10;

/// One step; what the numbers mean depends on what is possible then.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// One of the acts that are open to somebody; among these, if any are named.
    Open { m: usize, pick: usize, other: usize, among: &'static [Action] },
    /// Any act by anyone, mostly refused.
    Any { person: usize, m: usize, action: usize, other: usize },
    /// One of the acts on assignments that are open to somebody.
    Assignment { m: usize, pick: usize },
    /// The leader takes their newest endorsement back.
    TakeBack { m: usize },
    /// What the program does by itself.
    Alone { m: usize, reopen: bool },
    /// Time passes.
    Wait { minutes: i64 },
}

/// Where texts are written, corrected and signed; and what brings others to read them.
const TEXTS: &[Action] = &[
    Action::PassScreening,
    Action::CoSign,
    Action::Edit,
    Action::Return,
    Action::Save,
    Action::Submit,
    Action::CarryOver,
    Action::DropEdited,
    Action::Merge,
    Action::Unmerge,
    Action::Recommend,
    Action::Sign,
    Action::Undo,
];
const READERS: &[Action] =
    &[Action::Issue, Action::Forward, Action::Recall, Action::Assign, Action::Endorse, Action::Conclude, Action::Reopen, Action::Undo];

fn open(among: &'static [Action]) -> impl Strategy<Value = Step> {
    (0..3_usize, any::<usize>(), 0..3_usize).prop_map(move |(m, pick, other)| Step::Open { m, pick, other, among })
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => open(&[]),
        4 => (0..11_usize, 0..3_usize, any::<usize>(), 0..3_usize)
            .prop_map(|(person, m, action, other)| Step::Any { person, m, action, other }),
        3 => (0..3_usize, any::<usize>()).prop_map(|(m, pick)| Step::Assignment { m, pick }),
        1 => (0..3_usize, any::<bool>()).prop_map(|(m, reopen)| Step::Alone { m, reopen }),
        1 => (0..3_usize).prop_map(|m| Step::TakeBack { m }),
        2 => (0..40_i64).prop_map(|minutes| Step::Wait { minutes }),
    ]
}

fn text_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => open(TEXTS),
        4 => open(READERS),
        1 => (0..3_usize, any::<usize>()).prop_map(|(m, pick)| Step::Assignment { m, pick }),
        1 => (0..3_usize).prop_map(|m| Step::TakeBack { m }),
        2 => prop_oneof![Just(10), Just(31)].prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// Takes one step in both; says which act it was, if it was done.
fn take(world: &mut World, program: &mut Program, step: Step) -> Result<Option<(usize, Action)>, TestCaseError> {
    match step {
        Step::Open { m, pick, other, among } => {
            let open: Vec<_> = (0..world.cast.len())
                .flat_map(|person| Action::ALL.iter().map(move |action| (person, *action)))
                .filter(|(_, action)| if among.is_empty() { *action != Action::Discard } else { among.contains(action) })
                .filter(|(person, action)| world.may(*person, m, *action, other).is_some())
                .collect();
            let Some((person, action)) = choose(&open, pick) else { return Ok(None) };
            act(world, program, person, m, action, other)
        }
        Step::Any { person, m, action, other } => act(world, program, person, m, Action::ALL[action % Action::ALL.len()], other),
        Step::Assignment { m, pick } => {
            assignment(world, program, m, pick)?;
            Ok(None)
        }
        Step::Alone { m, reopen } => {
            let action = if reopen { Action::Reopen } else { Action::Archive };
            let (expected, outcome) = (world.alone(m, action), program.alone(m, action));
            prop_assert_eq!(outcome, if expected { Outcome::Done } else { Outcome::Refused }, "{} by itself on {}", action, m);
            Ok(expected.then_some((m, action)))
        }
        Step::TakeBack { m } => {
            if let Some(at) = program.take_back(m) {
                prop_assert!(at + window() > world.now, "an endorsement of {at:?} was taken back at {:?}", world.now);
                world.manuscripts[m].facts.endorsements -= 1;
            }
            Ok(None)
        }
        Step::Wait { minutes } => {
            world.now = world.now + Duration::minutes(minutes);
            program.desk.clock.advance(Duration::minutes(minutes));
            Ok(None)
        }
    }
}

fn act(
    world: &mut World,
    program: &mut Program,
    person: usize,
    m: usize,
    action: Action,
    other: usize,
) -> Result<Option<(usize, Action)>, TestCaseError> {
    // The model invites nobody, and charges one department several times, which the program refuses as a double.
    let busy = world.manuscripts[m].at.assignments.iter().any(|(state, _)| !state.is_settled());
    if action == Action::Invite || action == Action::Assign && busy {
        return Ok(None);
    }
    let outcome = program.act(person, m, action, other);
    if outcome == Outcome::Skipped {
        return Ok(None);
    }
    let expected = world.may(person, m, action, other).is_some();
    let stage = world.manuscripts[m].at.stage;
    prop_assert_eq!(outcome, if expected { Outcome::Done } else { Outcome::Refused }, "{} by {} on {} at {}", action, person, m, stage);
    Ok(world.act(person, m, action, other).then_some((m, action)))
}

fn assignment(world: &mut World, program: &mut Program, m: usize, pick: usize) -> Result<(), TestCaseError> {
    let n = world.manuscripts[m].at.assignments.len();
    let tries = n * world.cast.len() * AssignmentAction::ALL.len();
    for at in (0..tries).map(|at| pick.wrapping_add(at) % tries) {
        let (n, at) = (at % n, at / n);
        let (person, action) = (at % world.cast.len(), AssignmentAction::ALL[at / world.cast.len()]);
        let outcome =
            if world.may_on_assignment(person, m, n, action) { program.act_on_assignment(person, m, n, action) } else { continue };
        if outcome != Outcome::Skipped {
            prop_assert_eq!(outcome, Outcome::Done, "{} by {} on assignment {} of {}", action, person, n, m);
            world.act_on_assignment(person, m, n, action);
            return Ok(());
        }
    }
    Ok(())
}

/// What the rules look at, without the ids of people, which differ; whether what is pending is one's own stands in `by`.
fn comparable(case: &Case, people: &dyn Fn(crate::domain::ids::UserId) -> Option<usize>) -> Vec<String> {
    let pending = case.pending.map(|Pending { by, until, former, acted_on }| (by.and_then(people), until, former, acted_on));
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
        format!("edited {:?}", case.edited),
        format!("pending {pending:?}"),
    ]
}

fn they_agree(world: &World, program: &Program) -> Result<(), TestCaseError> {
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

/// The text that the last standing signature names is what signer, leader and department read, and what the newest bulletin holds.
fn what_was_signed_is_read(program: &Program, m: usize, loaded: &Loaded) -> Result<(), TestCaseError> {
    if loaded.row.accepted_at.is_none() {
        return Ok(());
    }
    let (id, channel) = (loaded.row.id, loaded.row.channel_id);
    let entries = program.desk.read_now(|tx| Ok(reading::history(tx.conn, channel, id.0)?)).unwrap();
    let undone: Vec<_> = entries.iter().filter_map(|entry| entry.undoes).collect();
    let signed = entries.iter().rev().find(|entry| entry.action == "sign" && !undone.contains(&entry.id)).unwrap();
    let signed = &signed.digests["signed_text"];
    for person in [SIGNER, LEADER, OFFICER] {
        let view = match program.seen_by(person, |tx, actor| body::manuscript(tx, actor, id)) {
            Ok(view) => view,
            Err(DeskError::NotFound) => continue,
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

fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut world = World::new();
    world.leads_alone = true;
    let mut program = Program::new(world.now, window().num_minutes());
    for step in steps {
        take(&mut world, &mut program, step)?;
        they_agree(&world, &program)?;
    }
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn the_program_does_what_the_model_says(steps in prop::collection::vec(any_step(), 1..60)) {
        run(steps)?;
    }

    #[test]
    fn what_leaders_and_departments_read_is_what_the_signer_saw(steps in prop::collection::vec(text_step(), 20..80)) {
        run(steps)?;
    }
}
