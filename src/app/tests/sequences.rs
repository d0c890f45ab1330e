//! Runs the same sequences in the model and in the program: both allow the same acts and reach the same state; and the signed text is the
//! one that leaders and departments read.

use chrono::Duration;
use proptest::prelude::*;

use super::agreement::they_agree;
use super::program::{ActOutcome, LEADER, Program};
use super::statistics::{count_all, statistics_agree};
use crate::domain::assignment::AssignmentAction;
use crate::domain::tests::sequences::choose;
use crate::domain::tests::world::{World, window};
use crate::domain::vocabulary::Action;

/// The signer's position in the cast.
const SIGNER: usize = 6;

/// One step; the meaning of the numbers depends on what is possible at that time.
#[derive(Debug, Clone, Copy)]
enum SequenceStep {
    /// One of the acts that anybody may perform; of these, only the named ones if there are any.
    Open { m: usize, pick: usize, other: usize, among: &'static [Action] },
    /// Any act by anyone, mostly refused.
    Any { person: usize, m: usize, action: usize, other: usize },
    /// One of the acts on assignments that anybody may perform.
    Assignment { m: usize, pick: usize },
    /// The leader undoes their newest endorsement.
    TakeBack { m: usize },
    /// An act of the program itself.
    Alone { m: usize, reopen: bool },
    /// Time passes.
    Wait { minutes: i64 },
}

/// Acts that write, correct and sign texts, and those that make others read them.
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
const READERS: &[Action] = &[
    Action::Issue,
    Action::Forward,
    Action::Recall,
    Action::Assign,
    Action::Endorse,
    Action::DecideMerged,
    Action::Conclude,
    Action::Reopen,
    Action::Undo,
];

fn open(among: &'static [Action]) -> impl Strategy<Value = SequenceStep> {
    (0..3_usize, any::<usize>(), 0..3_usize).prop_map(move |(m, pick, other)| SequenceStep::Open { m, pick, other, among })
}

fn any_step() -> impl Strategy<Value = SequenceStep> {
    prop_oneof![
        12 => open(&[]),
        4 => (0..11_usize, 0..3_usize, any::<usize>(), 0..3_usize)
            .prop_map(|(person, m, action, other)| SequenceStep::Any { person, m, action, other }),
        3 => (0..3_usize, any::<usize>()).prop_map(|(m, pick)| SequenceStep::Assignment { m, pick }),
        1 => (0..3_usize, any::<bool>()).prop_map(|(m, reopen)| SequenceStep::Alone { m, reopen }),
        1 => (0..3_usize).prop_map(|m| SequenceStep::TakeBack { m }),
        2 => (0..40_i64).prop_map(|minutes| SequenceStep::Wait { minutes }),
    ]
}

fn text_step() -> impl Strategy<Value = SequenceStep> {
    prop_oneof![
        8 => open(TEXTS),
        4 => open(READERS),
        1 => (0..3_usize, any::<usize>()).prop_map(|(m, pick)| SequenceStep::Assignment { m, pick }),
        1 => (0..3_usize).prop_map(|m| SequenceStep::TakeBack { m }),
        2 => prop_oneof![Just(10), Just(31)].prop_map(|minutes| SequenceStep::Wait { minutes }),
    ]
}

/// Performs one step in both; returns the act, if it was performed.
fn take(world: &mut World, program: &mut Program, step: SequenceStep) -> Result<Option<(usize, Action)>, TestCaseError> {
    match step {
        SequenceStep::Open { m, pick, other, among } => {
            let open: Vec<_> = (0..world.cast.len())
                .flat_map(|person| Action::ALL.iter().map(move |action| (person, *action)))
                .filter(|(_, action)| if among.is_empty() { *action != Action::Discard } else { among.contains(action) })
                .filter(|(person, action)| world.may(*person, m, *action, other).is_some())
                .collect();
            let Some((person, action)) = choose(&open, pick) else { return Ok(None) };
            act(world, program, person, m, action, other)
        }
        SequenceStep::Any { person, m, action, other } => act(world, program, person, m, Action::ALL[action % Action::ALL.len()], other),
        SequenceStep::Assignment { m, pick } => {
            assignment(world, program, m, pick)?;
            Ok(None)
        }
        SequenceStep::Alone { m, reopen } => {
            let action = if reopen { Action::Reopen } else { Action::Archive };
            let (expected, outcome) = (world.alone(m, action), program.alone(m, action));
            prop_assert_eq!(outcome, if expected { ActOutcome::Done } else { ActOutcome::Refused }, "{} by itself on {}", action, m);
            Ok(expected.then_some((m, action)))
        }
        SequenceStep::TakeBack { m } => {
            if let Some(at) = program.take_back(m) {
                prop_assert!(at + window() > world.now, "an endorsement of {at:?} was taken back at {:?}", world.now);
                world.manuscripts[m].facts.endorsements -= 1;
            }
            Ok(None)
        }
        SequenceStep::Wait { minutes } => {
            world.now = world.now + Duration::minutes(minutes);
            program.app.clock.advance(Duration::minutes(minutes));
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
    // The model invites nobody, and assigns one department several times, which the program refuses as a duplicate.
    let busy = world.manuscripts[m].at.assignments.iter().any(|(state, _)| !state.is_settled());
    if action == Action::Invite || action == Action::Assign && busy {
        return Ok(None);
    }
    let outcome = program.act(person, m, action, other);
    if outcome == ActOutcome::Skipped {
        return Ok(None);
    }
    let expected = world.may(person, m, action, other).is_some();
    let stage = world.manuscripts[m].at.stage;
    prop_assert_eq!(
        outcome,
        if expected { ActOutcome::Done } else { ActOutcome::Refused },
        "{} by {} on {} at {}",
        action,
        person,
        m,
        stage
    );
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
        if outcome != ActOutcome::Skipped {
            prop_assert_eq!(outcome, ActOutcome::Done, "{} by {} on assignment {} of {}", action, person, n, m);
            world.act_on_assignment(person, m, n, action);
            return Ok(());
        }
    }
    Ok(())
}

/// A line of a fixed sequence.
#[derive(Debug, Clone, Copy)]
enum SequenceLine {
    /// This person performs this act on that manuscript.
    Does(usize, usize, Action),
    /// Model and program both refuse it.
    IsRefused(usize, usize, Action),
    /// This number of minutes passes.
    Passes(i64),
}

/// The positions of others in the cast.
const OTHER_AUTHOR: usize = 1;
const AUTHOR: usize = 2;
const SCREENER: usize = 3;
const REVIEWER: usize = 5;
const DISPATCHER: usize = 7;

/// A manuscript whose edited text is older than its original, with another one beside it at review.
const OUTDATED: [SequenceLine; 9] = [
    SequenceLine::Does(OTHER_AUTHOR, 1, Action::Submit),
    SequenceLine::Does(SCREENER, 1, Action::PassScreening),
    SequenceLine::Does(AUTHOR, 2, Action::Submit),
    SequenceLine::Does(REVIEWER, 2, Action::Edit),
    SequenceLine::Does(REVIEWER, 2, Action::Return),
    SequenceLine::IsRefused(AUTHOR, 2, Action::Save),
    SequenceLine::Passes(31),
    SequenceLine::Does(AUTHOR, 2, Action::Save),
    SequenceLine::Does(AUTHOR, 2, Action::Submit),
];

/// Returns both at the beginning, after running these lines.
fn begun(lines: &[SequenceLine]) -> Result<(World, Program), TestCaseError> {
    let mut world = World::new();
    world.leads_alone = true;
    let mut program = Program::new(world.now, window().num_minutes());
    count_all(&program);
    lead(&mut world, &mut program, lines)?;
    Ok((world, program))
}

fn lead(world: &mut World, program: &mut Program, lines: &[SequenceLine]) -> Result<(), TestCaseError> {
    for (at, line) in lines.iter().enumerate() {
        let (done, expected) = match *line {
            SequenceLine::Does(person, m, action) => (act(world, program, person, m, action, 2)?, Some((m, action))),
            SequenceLine::IsRefused(person, m, action) => (act(world, program, person, m, action, 2)?, None),
            SequenceLine::Passes(minutes) => (take(world, program, SequenceStep::Wait { minutes })?, None),
        };
        prop_assert_eq!(done, expected, "line {}", at);
        they_agree(world, program)?;
        statistics_agree(program, at)?;
    }
    Ok(())
}

fn run(lines: &[SequenceLine], steps: Vec<SequenceStep>) -> Result<(), TestCaseError> {
    let (mut world, mut program) = begun(lines)?;
    for (at, step) in steps.into_iter().enumerate() {
        take(&mut world, &mut program, step)?;
        they_agree(&world, &program)?;
        statistics_agree(&program, at)?;
    }
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn the_program_does_what_the_model_says(steps in prop::collection::vec(any_step(), 1..60)) {
        run(&[], steps)?;
    }

    #[test]
    fn what_leaders_and_departments_read_is_what_the_signer_saw(steps in prop::collection::vec(text_step(), 20..80)) {
        run(&OUTDATED, steps)?;
    }
}

/// A sequence that includes every act on texts, and those that make others read them, which random sequences rarely reach.
#[test]
fn an_edited_text_becomes_outdated_and_is_put_right_in_both() {
    use Action as A;
    use SequenceLine::{Does, IsRefused, Passes};
    let lines = [
        IsRefused(REVIEWER, 2, A::Recommend),
        Does(REVIEWER, 2, A::CarryOver),
        IsRefused(REVIEWER, 2, A::CarryOver),
        Does(REVIEWER, 2, A::Recommend),
        Does(REVIEWER, 2, A::Undo),
        Does(REVIEWER, 2, A::Return),
        Passes(31),
        Does(AUTHOR, 2, A::Save),
        Does(AUTHOR, 2, A::Submit),
        IsRefused(REVIEWER, 2, A::Recommend),
        Does(REVIEWER, 2, A::DropEdited),
        IsRefused(REVIEWER, 2, A::DropEdited),
        Does(REVIEWER, 1, A::Merge),
        // The author of a manuscript merged into it counts as its author, once the merger is announced.
        Passes(31),
        IsRefused(OTHER_AUTHOR, 2, A::Recommend),
        Does(REVIEWER, 2, A::Recommend),
        Does(SIGNER, 2, A::Sign),
        Does(SIGNER, 2, A::Issue),
        Does(SIGNER, 2, A::Recall),
        Does(SIGNER, 2, A::Forward),
        Does(LEADER, 2, A::Endorse),
        Does(REVIEWER, 1, A::Unmerge),
        Does(DISPATCHER, 2, A::Assign),
        // An endorsement does not prevent the undo.
        Does(LEADER, 2, A::Endorse),
        Does(DISPATCHER, 2, A::Undo),
    ];
    let (mut world, mut program) = begun(&OUTDATED).unwrap();
    lead(&mut world, &mut program, &lines).unwrap();
    let endorsed = world.manuscripts[2].facts.endorsements;
    take(&mut world, &mut program, SequenceStep::TakeBack { m: 2 }).unwrap();
    assert_eq!(world.manuscripts[2].facts.endorsements, endorsed - 1, "the leader's own window is open still");
    they_agree(&world, &program).unwrap();
}
