//! Compares the table of the work queues with one written from the work alone (`domain.md`), and with related tables.

use std::collections::BTreeSet;

use super::people::{Relation, actor, case, now};
use crate::domain::deadline::{ChannelLimits, Deadline, TimeLimit};
use crate::domain::notice::Letter;
use crate::domain::queues::{QUEUES, WorkQueue, called_by, lendable_roles, of_deadline, of_stage, stages_of, states_of, timed_stages};
use crate::domain::states::AssignmentState;
use crate::domain::transition::{TRANSITIONS, arrival, decide};
use crate::domain::vocabulary::{Action, Role, Stage};

/// Queue | role | stages or states | page | limit in working days, urgent | letter on arrival | who is notified when it is overdue, `blind`
/// if they may not know the subject | whether somebody can stand in.
const EXPECTED: &str = "
    drafts      | submitter  | draft returned                         | /mine      | -   | -                 | -                | no
    screening   | screener   | screening                              | /screening | 3 2 | arrived_screening | reviewers blind  | yes
    review      | reviewer   | review                                 | /review    | 5 3 | arrived_review    | signers blind    | yes
    signing     | signer     | signing                                | /signing   | 3 2 | arrived_signing   | reviewers        | yes
    circulation | signer     | accepted                               | /bulletins | -   | -                 | -                | yes
    reading     | leader     | -                                      | /reading   | -   | -                 | -                | no
    dispatch    | dispatcher | forwarded handling                     | /dispatch  | -   | -                 | -                | yes
    receipt     | handler    | dispatched                             | /handling  | 3 3 | assigned          | dispatchers      | no
    reply       | handler    | dispatched received return_requested   | /handling  | 3m  | -                 | dispatchers      | no
";

fn days(limit: Option<fn(&ChannelLimits, bool) -> TimeLimit>) -> String {
    let limits = ChannelLimits::default();
    match limit.map(|limit| (limit(&limits, false), limit(&limits, true))) {
        None => "-".to_owned(),
        Some((TimeLimit::WorkingDays(days), TimeLimit::WorkingDays(urgent))) => format!("{days} {urgent}"),
        Some((TimeLimit::Months(months), _)) | Some((_, TimeLimit::Months(months))) => format!("{months}m"),
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

#[test]
fn every_queue_is_as_written() {
    let lines: Vec<Vec<&str>> = EXPECTED.trim().lines().map(|line| line.split('|').map(str::trim).collect()).collect();
    assert_eq!(lines.len(), QUEUES.len());
    assert_eq!(QUEUES.iter().map(|row| row.queue).collect::<Vec<_>>(), WorkQueue::ALL, "each queue has one row, in the order of its name");
    for (row, line) in QUEUES.iter().zip(lines) {
        assert_eq!(row.queue.row().queue, row.queue);
        let waiting = joined(row.stages.iter().map(ToString::to_string).chain(row.states.iter().map(ToString::to_string)));
        let above = row.escalation.map_or("-".to_owned(), |above| format!("{}{}", above.to, if above.sees { "" } else { " blind" }));
        let arrival = row.arrival.map_or("-".to_owned(), |letter| letter.to_string());
        let lent = if row.stand_ins { "yes" } else { "no" };
        let found = [row.queue.as_str(), row.role.as_str(), &waiting, row.page, &days(row.limit), &arrival, &above, lent];
        assert_eq!(found[..], line[..], "{}", row.queue);
    }
}

#[test]
fn every_stage_waits_in_one_queue_or_rests() {
    let at_rest = [Stage::Concluded, Stage::Archived, Stage::Declined, Stage::Merged, Stage::Withdrawn];
    for stage in Stage::ALL {
        let rows = QUEUES.iter().filter(|row| row.stages.contains(stage)).count();
        assert_eq!(rows, usize::from(!at_rest.contains(stage)), "{stage}");
        assert_eq!(of_stage(*stage).is_some(), !at_rest.contains(stage), "{stage}");
    }
}

#[test]
fn every_limit_has_its_queue_and_every_queue_with_a_limit_is_watched() {
    for deadline in Deadline::ALL {
        assert_eq!(QUEUES.iter().filter(|row| row.deadline == Some(*deadline)).count(), 1, "{deadline}");
        let row = of_deadline(*deadline).unwrap();
        assert!(row.limit.is_some() && row.escalation.is_some(), "{deadline} has a limit, and somebody who hears of it");
        assert!(row.escalation.is_some_and(|above| above.to != row.audience), "who hears of it is somebody else");
    }
    assert_eq!(QUEUES.iter().filter(|row| row.limit.is_some()).count(), Deadline::ALL.len(), "a limit without a name is never reminded of");
    // The store compares the stage with the name of the limit.
    for (stage, deadline) in timed_stages() {
        assert_eq!(stage.as_str(), deadline.as_str());
    }
    // Each setting that limits a stage changes exactly one queue.
    let changes: [fn(&mut ChannelLimits); 4] =
        [|l| l.screening_days = 59, |l| l.review_days = 59, |l| l.signing_days = 59, |l| l.receipt_days = 59];
    for change in changes {
        let mut limits = ChannelLimits::default();
        change(&mut limits);
        let moved = QUEUES.iter().filter(|row| row.limit.is_some_and(|limit| limit(&limits, false) == TimeLimit::WorkingDays(59)));
        assert_eq!(moved.count(), 1);
    }
}

#[test]
fn every_letter_of_arrival_calls_to_its_queue() {
    for row in QUEUES {
        for letter in row.arrival.iter().chain(row.calls) {
            assert_eq!(called_by(*letter).map(|queue| queue.queue), Some(row.queue), "{letter}");
        }
        for stage in row.stages {
            assert_eq!(arrival(*stage), row.arrival_notice(), "{stage}");
        }
    }
    // A letter of the table of transitions to a role in whose queue the manuscript then waits also announces work there.
    let sent_back = TRANSITIONS.iter().find(|row| row.action == Action::SendBack).unwrap();
    assert!(sent_back.notices.iter().all(|notice| called_by(notice.letter).is_some_and(|queue| queue.audience == notice.audience)));
    assert_eq!(Letter::ALL.iter().filter(|letter| called_by(**letter).is_some()).count(), 5);
}

#[test]
fn what_is_decided_on_a_page_can_be_decided_there() {
    for row in QUEUES {
        for (action, stage) in row.acts.iter().chain(row.awaited).flat_map(|action| row.stages.iter().map(move |stage| (action, stage))) {
            let relation = if row.role == Role::Submitter { Relation::First } else { Relation::Near };
            let mut case = case(*stage);
            case.target = Some(Stage::Review);
            let decided = decide(&case, &actor(row.role, relation), *action, now(), chrono::Duration::zero());
            assert!(decided.is_ok(), "{action} by {} at {stage}: {decided:?}", row.role);
        }
    }
}

#[test]
fn lists_counts_and_handovers_ask_for_the_same() {
    assert_eq!(stages_of(Role::Signer), [Stage::Signing], "what waits for a bulletin has no list of its own");
    assert_eq!(stages_of(Role::Dispatcher), [Stage::Forwarded, Stage::Handling]);
    assert_eq!(stages_of(Role::Auditor), []);
    let waiting = [AssignmentState::Dispatched, AssignmentState::Received, AssignmentState::ReturnRequested];
    assert_eq!(states_of(Role::Handler), waiting);
    assert!(waiting.iter().all(|state| !state.is_settled()));
    let lent: BTreeSet<Role> = lendable_roles().into_iter().collect();
    assert_eq!(lent, [Role::Screener, Role::Reviewer, Role::Signer, Role::Dispatcher].into());
}
