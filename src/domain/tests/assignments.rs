//! State × action × role × relation × part of an assignment, compared with a table written from `domain.md`, section 5.

use super::people::{RELATIONS, Relation, actor, standing};
use crate::domain::assignment::{AssignmentAction, AssignmentPart, allowed, decide};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::{Role, Stage};

/// Action | who | part | from | to; `~` stays.
const EXPECTED: &str = "
    receive           | handler    | lead assisting | dispatched                                                | received
    request_return    | handler    | lead assisting | dispatched received                                       | return_requested
    grant_return      | dispatcher | lead assisting | return_requested                                          | returned
    refuse_return     | dispatcher | lead assisting | return_requested                                          | received
    request_extension | handler    | lead assisting | dispatched received                                       | ~
    decide_extension  | dispatcher | lead assisting | dispatched received return_requested                      | ~
    contribute        | handler    | assisting      | received                                                  | contributed
    reply             | handler    | lead           | received                                                  | replied
    approve           | dispatcher | lead           | replied                                                   | approved
    reject            | dispatcher | lead           | replied                                                   | received
    urge              | dispatcher | lead assisting | dispatched received return_requested                      | ~
    report            | handler    | lead           | approved                                                  | ~
    cancel            | dispatcher | lead assisting | dispatched received return_requested contributed replied  | cancelled
    attach            | handler    | lead assisting | received replied approved                                 | ~
";

#[derive(Debug, PartialEq, Eq)]
enum AssignmentAnswer {
    WrongRole,
    NotYours,
    Own,
    WrongState,
    Goes(AssignmentState),
}

fn answer(line: &str, state: AssignmentState, part: AssignmentPart, role: Role, relation: Relation) -> AssignmentAnswer {
    let cells: Vec<_> = line.split('|').map(str::trim).collect();
    let has = |cell: &str, word: &str| cell.split_whitespace().any(|one| one == word);
    if relation == Relation::Elsewhere {
        return AssignmentAnswer::NotYours;
    }
    if role.as_str() != cells[1] {
        return AssignmentAnswer::WrongRole;
    }
    match relation {
        Relation::First | Relation::Co | Relation::StandInOfAuthor => return AssignmentAnswer::Own,
        Relation::Far if role == Role::Handler => return AssignmentAnswer::NotYours,
        _ => {}
    }
    if !has(cells[2], part.as_str()) {
        AssignmentAnswer::NotYours
    } else if has(cells[3], state.as_str()) {
        AssignmentAnswer::Goes(if cells[4] == "~" { state } else { cells[4].parse().unwrap() })
    } else {
        AssignmentAnswer::WrongState
    }
}

#[test]
fn every_state_action_role_relation_and_part_is_decided_as_written() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    let standing = standing(Stage::Handling);
    for action in AssignmentAction::ALL {
        let line = EXPECTED.lines().find(|line| line.trim().split('|').next().is_some_and(|word| word.trim() == action.as_str()));
        let line = line.unwrap_or_else(|| panic!("{action} is not in the table of this test"));
        for state in AssignmentState::ALL {
            for (role, relation) in Role::ALL.iter().flat_map(|role| RELATIONS.map(|relation| (*role, relation))) {
                for part in AssignmentPart::ALL {
                    let expected = answer(line, *state, *part, role, relation);
                    let got = match decide(&standing, *state, *part, &actor(role, relation), *action) {
                        Ok(decision) => AssignmentAnswer::Goes(decision.to),
                        Err(Refusal::WrongRole { .. }) => AssignmentAnswer::WrongRole,
                        Err(Refusal::NotYours) => AssignmentAnswer::NotYours,
                        Err(Refusal::OwnManuscript) => AssignmentAnswer::Own,
                        Err(Refusal::WrongState { state: named }) if named == ThingState::Assignment(*state) => {
                            AssignmentAnswer::WrongState
                        }
                        Err(other) => panic!("{action} at {state}: {other:?}"),
                    };
                    let open = allowed(&standing, *state, *part, &actor(role, relation)).contains(action);
                    assert_eq!(open, matches!(got, AssignmentAnswer::Goes(_)), "the button of {action}");
                    seen += 1;
                    if got != expected {
                        wrong.push(format!("{action} at {state} by {role} ({relation:?}, {part}): {got:?}, expected {expected:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(seen, 14 * 8 * 11 * 8 * 2);
}

#[test]
fn every_state_that_is_not_final_has_a_way_on_and_final_ones_have_none() {
    let standing = standing(Stage::Handling);
    let people = [Role::Handler, Role::Dispatcher].map(|role| actor(role, Relation::Near));
    for state in AssignmentState::ALL {
        for part in AssignmentPart::ALL {
            let moves = |action: &AssignmentAction| {
                people.iter().any(|person| decide(&standing, *state, *part, person, *action).is_ok_and(|decision| decision.to != *state))
            };
            let impossible = matches!(
                (state, part),
                (AssignmentState::Contributed, AssignmentPart::Lead)
                    | (AssignmentState::Replied | AssignmentState::Approved, AssignmentPart::Assisting)
            );
            let at_rest = matches!(state, AssignmentState::Returned | AssignmentState::Cancelled | AssignmentState::Approved);
            if !impossible {
                assert_eq!(AssignmentAction::ALL.iter().any(moves), !at_rest, "{state} {part}");
            }
        }
    }
}

#[test]
fn what_is_settled_and_who_is_charged() {
    for state in AssignmentState::ALL {
        let word = state.as_str();
        assert_eq!(state.is_settled(), ["returned", "cancelled", "approved", "contributed"].contains(&word), "{word}");
        assert_eq!(state.is_charged(), !["returned", "cancelled"].contains(&word), "{word}");
    }
}
