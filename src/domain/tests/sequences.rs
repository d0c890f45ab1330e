//! Random sequences of acts: no fact is lost, undo restores exactly, and there is always a possible next step.

use std::collections::BTreeSet;

use chrono::Duration;
use proptest::prelude::*;

use super::world::{ModelFacts, ModelPosition, World, window};
use crate::domain::assignment::{self, AssignmentAction};
use crate::domain::permission::{ManuscriptStanding, sight};
use crate::domain::vocabulary::{Action, Stage};

/// One step; the meaning of the numbers depends on what is possible at that time.
#[derive(Debug, Clone, Copy)]
enum ModelStep {
    /// One of the acts that anybody may perform.
    Open { m: usize, pick: usize, other: usize },
    /// One of the acts on texts that anybody may perform, so that an edited text sometimes becomes outdated.
    Text { m: usize, pick: usize },
    /// One of the acts by which one is assigned to departments and another is merged into it.
    Merging { m: usize, pick: usize, other: usize },
    /// Any act by anyone, mostly refused.
    Any { person: usize, m: usize, action: usize, other: usize },
    /// One of the acts on assignments that anybody may perform.
    Assignment { m: usize, pick: usize },
    /// An act of the program itself.
    Alone { m: usize, reopen: bool },
    /// Time passes.
    Wait { minutes: i64 },
}

/// The acts on texts before a manuscript proceeds.
const TEXTS: &[Action] = &[Action::Edit, Action::Return, Action::Save, Action::Submit, Action::CarryOver, Action::DropEdited];

/// The acts that lead to a manuscript which is merged into one with departments.
const MERGING: &[Action] = &[
    Action::CoSign,
    Action::Submit,
    Action::PassScreening,
    Action::Recommend,
    Action::Sign,
    Action::Forward,
    Action::Assign,
    Action::Merge,
    Action::DecideMerged,
    Action::Conclude,
];

fn step() -> impl Strategy<Value = ModelStep> {
    prop_oneof![
        12 => (0..3_usize, any::<usize>(), 0..3_usize).prop_map(|(m, pick, other)| ModelStep::Open { m, pick, other }),
        4 => (0..3_usize, any::<usize>()).prop_map(|(m, pick)| ModelStep::Text { m, pick }),
        4 => (0..3_usize, any::<usize>(), 0..3_usize).prop_map(|(m, pick, other)| ModelStep::Merging { m, pick, other }),
        4 => (0..11_usize, 0..3_usize, any::<usize>(), 0..3_usize)
            .prop_map(|(person, m, action, other)| ModelStep::Any { person, m, action, other }),
        4 => (0..3_usize, any::<usize>()).prop_map(|(m, pick)| ModelStep::Assignment { m, pick }),
        1 => (0..3_usize, any::<bool>()).prop_map(|(m, reopen)| ModelStep::Alone { m, reopen }),
        2 => (0..40_i64).prop_map(|minutes| ModelStep::Wait { minutes }),
    ]
}

/// Chooses one of these, each act with the same probability, however many people may perform it.
pub(crate) fn choose(open: &[(usize, Action)], pick: usize) -> Option<(usize, Action)> {
    let acts: BTreeSet<Action> = open.iter().map(|(_, action)| *action).collect();
    let action = *acts.iter().nth(pick.checked_rem(acts.len())?)?;
    let people: Vec<usize> = open.iter().filter(|(_, one)| *one == action).map(|(person, _)| *person).collect();
    people.get((pick / acts.len()) % people.len()).map(|person| (*person, action))
}

/// Performs one step and returns the act, if it was allowed.
fn take(world: &mut World, step: ModelStep) -> Option<(usize, Action)> {
    match step {
        ModelStep::Open { m, pick, other } => {
            let open: Vec<_> = (0..world.cast.len())
                .flat_map(|person| Action::ALL.iter().map(move |action| (person, *action)))
                .filter(|(person, action)| *action != Action::Discard && world.may(*person, m, *action, other).is_some())
                .collect();
            let (person, action) = choose(&open, pick)?;
            world.act(person, m, action, other).then_some((m, action))
        }
        ModelStep::Text { m, pick } => {
            let open: Vec<_> = (0..world.cast.len())
                .flat_map(|person| TEXTS.iter().map(move |action| (person, *action)))
                .filter(|(person, action)| world.may(*person, m, *action, m).is_some())
                .collect();
            let (person, action) = choose(&open, pick)?;
            world.act(person, m, action, m).then_some((m, action))
        }
        ModelStep::Merging { m, pick, other } => {
            let open: Vec<_> = (0..world.cast.len())
                .flat_map(|person| MERGING.iter().map(move |action| (person, *action)))
                .filter(|(person, action)| world.may(*person, m, *action, other).is_some())
                .collect();
            let (person, action) = choose(&open, pick)?;
            world.act(person, m, action, other).then_some((m, action))
        }
        ModelStep::Any { person, m, action, other } => {
            let action = Action::ALL[action % Action::ALL.len()];
            world.act(person, m, action, other).then_some((m, action))
        }
        ModelStep::Assignment { m, pick } => {
            let n = world.manuscripts[m].at.assignments.len();
            let tries = n * world.cast.len() * AssignmentAction::ALL.len();
            (0..tries).map(|at| pick.wrapping_add(at) % tries).find(|at| {
                let (n, at) = (at % n, at / n);
                let (person, action) = (at % world.cast.len(), at / world.cast.len());
                world.act_on_assignment(person, m, n, AssignmentAction::ALL[action])
            });
            None
        }
        ModelStep::Alone { m, reopen } => {
            let action = if reopen { Action::Reopen } else { Action::Archive };
            world.alone(m, action).then_some((m, action))
        }
        ModelStep::Wait { minutes } => {
            world.now = world.now + Duration::minutes(minutes);
            None
        }
    }
}

/// Returns the facts that must never decrease.
fn facts(world: &World) -> Vec<(Option<u32>, ModelFacts, usize)> {
    world.manuscripts.iter().map(|it| (it.number, it.facts.clone(), it.history.len())).collect()
}

fn nothing_is_lost(world: &World, before: &[(Option<u32>, ModelFacts, usize)], done: Option<(usize, Action)>) -> Result<(), TestCaseError> {
    for (m, ((was, facts, entries), it)) in before.iter().zip(&world.manuscripts).enumerate() {
        prop_assert!(was.is_none() || *was == it.number, "the number changed");
        let recalled = usize::from(done == Some((m, Action::Recall)));
        prop_assert!(it.facts.endorsements >= facts.endorsements && it.facts.adoptions >= facts.adoptions);
        prop_assert!(it.facts.ratings >= facts.ratings && it.facts.referrals >= facts.referrals);
        prop_assert!(it.facts.bulletins + recalled >= facts.bulletins);
        prop_assert!(it.history.len() >= *entries);
        let mut at = Stage::Draft;
        for (action, from, to) in &it.history {
            prop_assert_eq!(at, *from, "{} does not begin where the last entry ended", action);
            at = *to;
        }
        prop_assert_eq!(at, it.at.stage, "the entries lead to where it stands");
        prop_assert_eq!(it.number.is_some(), it.history.iter().any(|(action, ..)| *action == Action::Submit));
    }
    let numbers: Vec<_> = world.manuscripts.iter().filter_map(|it| it.number).collect();
    prop_assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "a number was given twice");
    Ok(())
}

fn merges_hold_together(world: &World) -> Result<(), TestCaseError> {
    for (m, it) in world.manuscripts.iter().enumerate() {
        let lasting = it.at.former.unwrap_or(it.at.stage);
        prop_assert_eq!(it.at.merged_into.is_some(), lasting == Stage::Merged, "{} stands at {}", m, lasting);
        prop_assert_eq!(world.case(m, m).merged_here, world.manuscripts.iter().filter(|other| other.at.merged_into == Some(m)).count());
        if world.merged_here(m) > 0 {
            prop_assert!(lasting.keeps_merged(), "target at {}", lasting);
        }
        if let Some(target) = it.at.merged_into {
            prop_assert!(target != m && world.manuscripts[target].at.merged_into.is_none(), "a chain of merges");
        }
    }
    Ok(())
}

/// Every manuscript that is not at rest can be moved by somebody, or a department's assignment that blocks it can.
fn there_is_a_way_on(world: &World) -> Result<(), TestCaseError> {
    for (m, it) in world.manuscripts.iter().enumerate() {
        if it.discarded || matches!(it.at.stage, Stage::Archived | Stage::Withdrawn | Stage::Declined) {
            continue;
        }
        let moves = |person: usize, action: &Action| {
            // Before submission, inviting and signing also count as progress.
            let prepares = matches!(action, Action::CoSign | Action::Invite);
            world
                .may(person, m, *action, (m + 1) % 3)
                .is_some_and(|decision| *action != Action::Undo && (decision.to != decision.from || prepares))
        };
        let somebody = (0..world.cast.len()).any(|person| Action::ALL.iter().any(|action| moves(person, action)));
        let standing = world.case(m, m).standing;
        let held_up = it.at.assignments.iter().any(|(state, part)| {
            world.cast.iter().any(|person| {
                let decide = |action: &AssignmentAction| assignment::decide(&standing, *state, *part, person, *action);
                AssignmentAction::ALL.iter().any(|action| decide(action).is_ok_and(|decision| decision.to != *state))
            })
        });
        // Manuscripts merged into it are decided on first.
        let decides = |n: usize| {
            let merged = world.manuscripts[n].at.merged_into == Some(m);
            merged && (0..world.cast.len()).any(|person| world.may(person, n, Action::DecideMerged, m).is_some())
        };
        let decided = (0..world.manuscripts.len()).any(decides);
        prop_assert!(somebody || held_up || decided, "nobody can move {} from {}", m, it.at.stage);
    }
    Ok(())
}

/// The visibility that a role has gained is preserved, unless the act that gave it is undone, or voided because the manuscript's author
/// acted before its announcement.
fn desks_keep_sight(world: &World, entries: &[usize], before: &[Vec<bool>]) -> Result<(), TestCaseError> {
    for (((it, entries), was), is) in world.manuscripts.iter().zip(entries).zip(before).zip(desk_sight(world)) {
        let undone = it.history[*entries..].iter().any(|(action, ..)| *action == Action::Undo);
        prop_assert!(undone || was.iter().zip(is).all(|(was, is)| !was || is), "a desk lost sight");
    }
    Ok(())
}

fn desk_sight(world: &World) -> Vec<Vec<bool>> {
    let sees = |m: usize| {
        // People who read it because their own is merged into it, or because they handle its target, do so only until the merger ends.
        let standing = ManuscriptStanding { merged_authors: Vec::new(), through: None, ..world.case(m, m).standing };
        let desk = move |person| {
            let sight = sight(person, &standing);
            sight.author || sight.screener || sight.reviewer || sight.signer || sight.dispatcher
        };
        world.cast.iter().map(desk).collect()
    };
    (0..world.manuscripts.len()).map(sees).collect()
}

fn check(world: &mut World, step: ModelStep, seen: &mut BTreeSet<(Action, Stage)>) -> Result<(), TestCaseError> {
    let (before, sight) = (facts(world), desk_sight(world));
    let waiting: Vec<Vec<(usize, ModelPosition)>> = world.manuscripts.iter().map(|it| it.before.clone()).collect();
    let done = take(world, step);
    nothing_is_lost(world, &before, done)?;
    merges_hold_together(world)?;
    desks_keep_sight(world, &before.iter().map(|(_, _, entries)| *entries).collect::<Vec<_>>(), &sight)?;
    if let Some((m, action)) = done {
        seen.insert((action, world.manuscripts[m].at.stage));
        if action == Action::Undo {
            let (_, _, to) = world.manuscripts[m].history[world.manuscripts[m].history.len() - 1];
            prop_assert_eq!(to, waiting[m][0].1.stage, "the rules lead back to where it was");
            for (moved, position) in &waiting[m] {
                prop_assert_eq!(&world.manuscripts[*moved].at, position, "undo restores exactly");
            }
        }
    }
    // A wait never exceeds the window: check again after it has closed.
    let now = world.now;
    world.now = now + window();
    let on = there_is_a_way_on(world);
    world.now = now;
    on
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_loses_a_fact_or_reaches_a_dead_end(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            check(&mut world, step, &mut BTreeSet::new())?;
        }
    }
}

/// Runs a fixed sequence that is long enough to include everything, so that the property above is meaningful.
#[test]
fn a_long_sequence_comes_by_every_stage_and_every_act() {
    let mut seen: BTreeSet<(Action, Stage)> = BTreeSet::new();
    let missing = |seen: &BTreeSet<(Action, Stage)>| -> (Vec<Action>, Vec<Stage>) {
        let acts = Action::ALL.iter().filter(|action| **action != Action::Discard && seen.iter().all(|(one, _)| one != *action));
        let stages = Stage::ALL.iter().filter(|stage| seen.iter().all(|(_, one)| one != *stage));
        (acts.copied().collect(), stages.copied().collect())
    };
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    for turn in 0..400 {
        if turn >= 20 && missing(&seen) == Default::default() {
            break;
        }
        let mut world = World::new();
        for _ in 0..120 {
            let (m, pick, other) = (next() % 3, next(), next() % 3);
            let step = match next() % 10 {
                // Acts on texts alone would prevent most manuscripts from being signed. Work on a returned one has to wait for the window
                // first.
                0..5 if turn % 3 == 0 => ModelStep::Text { m, pick },
                6..8 if turn % 3 == 0 => ModelStep::Wait { minutes: 31 },
                0..4 if turn % 3 == 1 => ModelStep::Merging { m, pick, other },
                0..6 => ModelStep::Open { m, pick, other },
                6..8 => ModelStep::Assignment { m, pick },
                8 => ModelStep::Wait { minutes: 20 },
                _ => ModelStep::Alone { m, reopen: pick % 2 == 0 },
            };
            check(&mut world, step, &mut seen).unwrap();
        }
    }
    assert_eq!(missing(&seen), Default::default(), "never done, never reached");
}
