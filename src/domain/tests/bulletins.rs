//! State × action × role of a bulletin, compared with a table written from `domain.md`, section 4; and who sees one.

use super::people::{LEADER, Relation, actor};
use crate::domain::bulletin::{BulletinAction, allowed, decide, sees};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::states::BulletinState;
use crate::domain::vocabulary::Role;

/// Action | who | from | to; `none` is before it is created and after it is discarded.
const EXPECTED: &str = "
    compose   | reviewer signer | none      | draft
    edit      | reviewer signer | draft     | draft
    discard   | reviewer signer | draft     | none
    submit    | reviewer signer | draft     | submitted
    send_back | signer          | submitted | draft
    issue     | signer          | submitted | issued
    cancel    | signer          | issued    | cancelled
";

#[test]
fn every_state_action_and_role_is_decided_as_written() {
    let states: Vec<_> = BulletinState::ALL.iter().copied().map(Some).chain([None]).collect();
    for action in BulletinAction::ALL {
        let line = EXPECTED.lines().find(|line| line.trim().split('|').next().is_some_and(|word| word.trim() == action.as_str()));
        let cells: Vec<_> = line.unwrap_or_else(|| panic!("{action} is not in the table of this test")).split('|').map(str::trim).collect();
        for state in &states {
            let written = state.map_or("none", BulletinState::as_str);
            for role in Role::ALL {
                let person = actor(*role, Relation::Near);
                let got = decide(*state, &person, *action).map(|decision| decision.row.to.map_or("none", BulletinState::as_str));
                let holds = cells[1].split_whitespace().any(|word| word == role.as_str());
                match got {
                    Ok(to) => assert_eq!((holds, written, to), (true, cells[2], cells[3]), "{action} by {role}"),
                    Err(Refusal::WrongRole { needed }) => assert!(!holds && !needed.contains(role), "{action} by {role} at {written}"),
                    Err(Refusal::WrongState { state: named }) => {
                        assert_eq!(
                            (holds, named),
                            (true, state.map_or(ThingState::NoBulletin, ThingState::Bulletin)),
                            "{action} by {role}"
                        );
                        assert_ne!(written, cells[2], "{action} by {role}");
                    }
                    Err(other) => panic!("{action} by {role} at {written}: {other:?}"),
                }
                if let Some(state) = *state {
                    assert_eq!(allowed(state, &person).contains(action), decide(Some(state), &person, *action).is_ok());
                }
            }
        }
    }
}

/// Role relation | draft submitted issued cancelled: who sees a bulletin that is addressed to one leader.
const SIGHT: &str = "
    submitter      near | - - - -
    screener       near | - - - -
    reviewer       near | x x x x
    signer         near | x x x x
    leader         near | - - x x
    leader         far  | - - - -
    secretary      near | - - x x
    secretary      far  | - - - -
    dispatcher     near | - - x x
    handler        near | - - - -
    auditor        near | - - - -
    security_admin near | - - - -
    system_admin   near | - - - -
";

#[test]
fn a_bulletin_is_seen_by_the_office_and_once_issued_by_its_recipients() {
    for line in SIGHT.lines().filter(|line| !line.trim().is_empty()) {
        let (who, marks) = line.split_once('|').unwrap();
        let (role, relation) = who.trim().split_once(' ').unwrap();
        let relation = if relation.trim() == "far" { Relation::Far } else { Relation::Near };
        let person = actor(role.parse().unwrap(), relation);
        let seen: Vec<_> = BulletinState::ALL.iter().map(|state| if sees(&person, *state, &[LEADER]) { "x" } else { "-" }).collect();
        assert_eq!(seen, marks.split_whitespace().collect::<Vec<_>>(), "{who}");
    }
}
