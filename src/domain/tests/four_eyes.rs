//! Tests of four eyes, of authors of merged manuscripts, and of acting on behalf of others.

use chrono::Duration;

use super::people::{BUREAU, COLLEAGUE, PARTY, Relation, SOMEBODY, actor, case, now};
use crate::domain::permission::{ManuscriptStanding, sight};
use crate::domain::refusal::Refusal;
use crate::domain::stand_in::{Candidate, Unfit, may_act_for};
use crate::domain::transition::{Case, allowed, decide};
use crate::domain::vocabulary::{Action, Role, Stage};

/// The acts that need four eyes, each with a stage in which it is possible.
const ACTS: [(Action, Stage); 3] = [(Action::Sign, Stage::Signing), (Action::Issue, Stage::Accepted), (Action::Forward, Stage::Accepted)];

fn prepared_by(stage: Stage, persons: &[crate::domain::ids::UserId]) -> Case {
    let case = case(stage);
    Case { standing: ManuscriptStanding { prepared_by: persons.to_vec(), ..case.standing.clone() }, ..case }
}

#[test]
fn who_prepared_it_does_not_sign_forward_or_issue_it_for_nobody() {
    for (action, stage) in ACTS {
        let decided = |case: &Case, relation| decide(case, &actor(Role::Signer, relation), action, now(), Duration::zero()).map(|_| ());
        assert_eq!(decided(&prepared_by(stage, &[COLLEAGUE]), Relation::Near), Ok(()), "{action}: somebody else's");
        assert_eq!(decided(&prepared_by(stage, &[SOMEBODY]), Relation::Near), Err(Refusal::FourEyes), "{action}");
        assert_eq!(decided(&prepared_by(stage, &[SOMEBODY]), Relation::StandIn), Err(Refusal::FourEyes), "{action}: nor for somebody else");
        assert_eq!(
            decided(&prepared_by(stage, &[COLLEAGUE]), Relation::StandIn),
            Err(Refusal::FourEyes),
            "{action}: nor a stand-in for them"
        );
        let open = allowed(&prepared_by(stage, &[SOMEBODY]), &actor(Role::Signer, Relation::Near), now());
        assert!(!open.contains(&action), "no button for {action}");
    }
    // Returning it is no signature.
    let back =
        decide(&prepared_by(Stage::Signing, &[SOMEBODY]), &actor(Role::Signer, Relation::Near), Action::SendBack, now(), Duration::zero());
    assert!(back.is_ok());
}

#[test]
fn nobody_decides_on_what_their_own_manuscript_was_merged_into() {
    for role in Role::ALL.iter().filter(|role| !role.is_administrative() && **role != Role::Submitter) {
        for stage in Stage::ALL.iter().filter(|stage| stage.takes_merged()) {
            let person = actor(*role, Relation::Near);
            let plain = case(*stage);
            let case = Case {
                merged_here: 1,
                standing: ManuscriptStanding { merged_authors: vec![SOMEBODY], ..plain.standing.clone() },
                ..plain.clone()
            };
            let leader = *role == Role::Leader;
            let person = if leader { crate::domain::permission::Actor { user: SOMEBODY, ..person } } else { person };
            for action in Action::ALL {
                let decided = decide(&case, &person, *action, now(), Duration::zero());
                assert!(decided.is_err(), "{action} by {role} at {stage}");
            }
            assert_eq!(allowed(&case, &person, now()), [], "{role} at {stage}");
            let seen = sight(&person, &case.standing);
            assert!(!seen.reads() || seen.author_only(), "{role} reads it as authors do, if at all");
        }
    }
    let plain = case(Stage::Review);
    let merged = Case { standing: ManuscriptStanding { merged_authors: vec![SOMEBODY], ..plain.standing.clone() }, ..plain };
    let refused = decide(&merged, &actor(Role::Reviewer, Relation::Near), Action::Recommend, now(), Duration::zero());
    assert_eq!(refused, Err(Refusal::OwnManuscript));
    let stand_in = Case { standing: ManuscriptStanding { merged_authors: vec![COLLEAGUE], ..merged.standing.clone() }, ..merged };
    let refused = decide(&stand_in, &actor(Role::Reviewer, Relation::StandIn), Action::Recommend, now(), Duration::zero());
    assert!(refused.is_err(), "nor does a stand-in for them");
}

#[test]
fn a_colleague_of_the_same_organisation_who_holds_an_office_there_may_act_for_another() {
    let candidate = |grants: &[(Role, _)]| Candidate { user: SOMEBODY, organization: Some(PARTY), active: true, grants: grants.to_vec() };
    let asked = |role, candidate: &Candidate| may_act_for(COLLEAGUE, role, PARTY, candidate);
    assert_eq!(asked(Role::Reviewer, &candidate(&[(Role::Dispatcher, PARTY)])), Ok(()));
    assert_eq!(asked(Role::Reviewer, &candidate(&[(Role::Submitter, PARTY), (Role::Screener, PARTY)])), Ok(()));
    assert_eq!(asked(Role::Reviewer, &candidate(&[(Role::Submitter, PARTY)])), Err(Unfit::NoOffice), "no plain submitter");
    assert_eq!(asked(Role::Reviewer, &candidate(&[])), Err(Unfit::NoOffice));
    assert_eq!(asked(Role::Reviewer, &candidate(&[(Role::Handler, BUREAU)])), Err(Unfit::NoOffice), "an office elsewhere is none here");
    for administrative in Role::ALL.iter().filter(|role| role.is_administrative()) {
        let both = candidate(&[(Role::Reviewer, PARTY), (*administrative, PARTY)]);
        assert_eq!(asked(Role::Reviewer, &both), Err(Unfit::NotCombinable), "{administrative}");
    }
    let office = candidate(&[(Role::Reviewer, PARTY)]);
    let other = Candidate { organization: Some(BUREAU), ..office.clone() };
    assert_eq!(asked(Role::Reviewer, &other), Err(Unfit::OtherOrganization));
    assert_eq!(asked(Role::Reviewer, &Candidate { organization: None, ..office.clone() }), Err(Unfit::OtherOrganization), "a closed one");
    assert_eq!(asked(Role::Reviewer, &Candidate { active: false, ..office.clone() }), Err(Unfit::Nobody));
    assert_eq!(may_act_for(SOMEBODY, Role::Reviewer, PARTY, &office), Err(Unfit::Nobody), "nobody for themself");
}
