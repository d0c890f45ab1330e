//! Authors never learn of a decision before it is announced: neither by a button nor by a refusal.

use chrono::Duration;

use super::people::{Relation, SOMEBODY, actor, case, now, pending, standing};
use crate::domain::refusal::Refusal;
use crate::domain::transition::{Case, allowed, decide};
use crate::domain::vocabulary::{Action, Role, Stage};

/// Every decision that can be undone: its stage before and after.
const DECISIONS: [(Stage, Stage); 12] = [
    (Stage::Screening, Stage::Review),
    (Stage::Screening, Stage::Returned),
    (Stage::Review, Stage::Returned),
    (Stage::Review, Stage::Signing),
    (Stage::Review, Stage::Declined),
    (Stage::Review, Stage::Merged),
    (Stage::Signing, Stage::Accepted),
    (Stage::Signing, Stage::Review),
    (Stage::Forwarded, Stage::Handling),
    (Stage::Handling, Stage::Handling),
    (Stage::Forwarded, Stage::Concluded),
    (Stage::Handling, Stage::Concluded),
];

/// Returns the same manuscript before the decision, and after it.
fn before_and_after(from: Stage, to: Stage) -> (Case, Case) {
    let before = case(from);
    let pending = Some(pending(SOMEBODY, from));
    let unannounced = Some(Box::new(before.clone()));
    let after = Case { pending, unannounced, target: (to == Stage::Merged).then_some(Stage::Concluded), ..case(to) };
    (before, after)
}

fn answers(case: &Case, relation: Relation) -> Vec<(Action, Result<Stage, Refusal>)> {
    let author = actor(Role::Submitter, relation);
    Action::ALL
        .iter()
        .map(|action| (*action, decide(case, &author, *action, now(), Duration::zero()).map(|decision| decision.to)))
        .collect()
}

#[test]
fn an_author_is_answered_as_if_nothing_had_been_decided() {
    for (from, to) in DECISIONS {
        let (before, after) = before_and_after(from, to);
        for relation in [Relation::First, Relation::Co, Relation::Entered] {
            let author = actor(Role::Submitter, relation);
            assert_eq!(allowed(&after, &author, now()), allowed(&before, &author, now()), "buttons, {from} → {to}");
            assert_eq!(answers(&after, relation), answers(&before, relation), "{from} → {to} by {relation:?}");
        }
    }
}

#[test]
fn what_an_author_may_still_do_makes_the_decision_void() {
    for (from, to) in DECISIONS {
        let (before, after) = before_and_after(from, to);
        let author = actor(Role::Submitter, Relation::First);
        for action in allowed(&after, &author, now()) {
            let decision = decide(&after, &author, action, now(), Duration::zero()).unwrap();
            assert_eq!((action, decision.voids, decision.from), (Action::Withdraw, true, from), "{from} → {to}");
            let plain = decide(&before, &author, action, now(), Duration::zero()).unwrap();
            assert!(!plain.voids, "there is nothing to make void");
        }
    }
}

#[test]
fn no_refusal_to_an_author_names_a_stage_that_he_does_not_read() {
    for (from, to) in DECISIONS {
        let (_, after) = before_and_after(from, to);
        for (action, told) in answers(&after, Relation::First) {
            if let Err(Refusal::WrongStage { stage }) = told {
                assert_eq!(stage, from, "{action}");
            }
        }
    }
}

#[test]
fn the_desks_are_answered_by_what_is() {
    for (from, to) in DECISIONS {
        let (_, after) = before_and_after(from, to);
        let after = Case { standing: standing(Stage::Concluded), ..after };
        let plain = Case { pending: None, unannounced: None, ..after.clone() };
        for role in [Role::Screener, Role::Reviewer, Role::Signer, Role::Dispatcher, Role::Leader, Role::Handler] {
            let person = actor(role, Relation::Near);
            for action in Action::ALL.iter().filter(|action| **action != Action::Undo) {
                let decided = |case| decide(case, &person, *action, now(), Duration::zero()).map(|decision| decision.to);
                assert_eq!(decided(&after), decided(&plain), "{action} by {role}");
            }
        }
    }
}

#[test]
fn authors_of_a_merged_one_are_answered_by_where_they_read_that_the_target_stands() {
    for (from, to) in DECISIONS {
        let merged = |target| Case { target: Some(target), ..case(Stage::Merged) };
        let held = Case { unannounced: Some(Box::new(merged(from))), ..merged(to) };
        assert_eq!(answers(&held, Relation::First), answers(&merged(from), Relation::First), "{from} → {to}");
        let author = actor(Role::Submitter, Relation::First);
        assert_eq!(allowed(&held, &author, now()).contains(&Action::Rate), from == Stage::Concluded, "{from} → {to}");
    }
}
