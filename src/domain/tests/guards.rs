//! Tests of the guards besides person and stage, one at a time, and of the recipients of an act's notices.

use chrono::Duration;

use super::people::{Relation, SOMEBODY, actor, case, now, pending, standing};
use crate::domain::notice::{Audience, Letter};
use crate::domain::permission::{ManuscriptStanding, ReachedDesks};
use crate::domain::refusal::Refusal;
use crate::domain::transition::{Case, Pending, allowed, decide, decide_alone};
use crate::domain::vocabulary::{Action, Role, Stage};

fn stage_after(case: &Case, role: Role, action: Action) -> Result<Stage, Refusal> {
    let relation = if role == Role::Submitter { Relation::First } else { Relation::Near };
    decide(case, &actor(role, relation), action, now(), Duration::zero()).map(|decision| decision.to)
}

#[test]
fn every_invited_author_signs_before_it_counts() {
    let mut case = case(Stage::Draft);
    case.standing.authors[1].signed = false;
    assert_eq!(stage_after(&case, Role::Submitter, Action::Submit), Err(Refusal::SignaturesMissing { missing: 1 }));
    case.standing.authors[0].signed = false;
    case.standing.authors[1].signed = true;
    assert_eq!(stage_after(&case, Role::Submitter, Action::Submit), Ok(Stage::Screening), "the first author signs by handing in");
}

#[test]
fn a_target_of_a_merge_is_not_withdrawn_and_not_merged() {
    let case = Case { merged_here: 2, target: Some(Stage::Review), ..case(Stage::Review) };
    assert_eq!(stage_after(&case, Role::Submitter, Action::Withdraw), Err(Refusal::HasMerged));
    assert_eq!(stage_after(&case, Role::Reviewer, Action::Merge), Err(Refusal::HasMerged));
    assert_eq!(stage_after(&case, Role::Reviewer, Action::Decline), Ok(Stage::Declined), "those merged into it return to review");
}

#[test]
fn only_a_live_manuscript_from_review_to_handling_takes_others_in() {
    let live = [Stage::Review, Stage::Signing, Stage::Accepted, Stage::Forwarded, Stage::Handling];
    for target in Stage::ALL {
        let case = Case { target: Some(*target), ..case(Stage::Review) };
        let expected = if live.contains(target) { Ok(Stage::Merged) } else { Err(Refusal::BadMergeTarget) };
        assert_eq!(stage_after(&case, Role::Reviewer, Action::Merge), expected, "{target}");
    }
    assert_eq!(stage_after(&case(Stage::Review), Role::Reviewer, Action::Merge), Err(Refusal::BadMergeTarget));
    assert!(
        allowed(&case(Stage::Review), &actor(Role::Reviewer, Relation::Near), now()).contains(&Action::Merge),
        "the target is chosen later"
    );
}

#[test]
fn parting_is_possible_until_the_target_concludes() {
    for target in Stage::ALL {
        let case = Case { target: Some(*target), ..case(Stage::Merged) };
        let expected = if *target == Stage::Concluded { Err(Refusal::TargetConcluded) } else { Ok(Stage::Review) };
        assert_eq!(stage_after(&case, Role::Reviewer, Action::Unmerge), expected, "{target}");
        assert_eq!(decide_alone(&case, Action::Unmerge).map(|decision| decision.to), expected, "{target}, by itself");
    }
}

#[test]
fn concluding_waits_for_every_department() {
    for stage in [Stage::Forwarded, Stage::Handling] {
        let case = Case { open_assignments: 3, ..case(stage) };
        assert_eq!(stage_after(&case, Role::Dispatcher, Action::Conclude), Err(Refusal::AssignmentsOpen { open: 3 }));
        assert_eq!(decide_alone(&case, Action::Conclude).map(|decision| decision.to), Err(Refusal::AssignmentsOpen { open: 3 }));
    }
}

#[test]
fn only_what_was_before_leaders_is_endorsed_and_only_what_was_used_is_adopted() {
    let archived = |former, accepted, was_forwarded| Case {
        former: Some(former),
        was_forwarded,
        standing: ManuscriptStanding {
            reached: ReachedDesks { accepted, ..standing(Stage::Archived).reached },
            ..standing(Stage::Archived)
        },
        ..case(Stage::Archived)
    };
    let wrong = Err(Refusal::WrongStage { stage: Stage::Archived });
    assert_eq!(stage_after(&archived(Stage::Accepted, true, false), Role::Leader, Action::Endorse), wrong);
    assert_eq!(stage_after(&archived(Stage::Forwarded, true, true), Role::Leader, Action::Endorse), Ok(Stage::Archived));
    assert_eq!(stage_after(&archived(Stage::Declined, false, false), Role::Reviewer, Action::RecordAdoption), wrong);
    assert_eq!(stage_after(&archived(Stage::Accepted, true, false), Role::Reviewer, Action::RecordAdoption), Ok(Stage::Archived));
}

#[test]
fn rating_asks_for_a_conclusion_its_own_or_the_targets() {
    for former in [Stage::Accepted, Stage::Forwarded, Stage::Declined, Stage::Withdrawn, Stage::Merged, Stage::Concluded] {
        for target in [None, Some(Stage::Handling), Some(Stage::Concluded)] {
            let rated = stage_after(&Case { former: Some(former), target, ..case(Stage::Archived) }, Role::Submitter, Action::Rate);
            assert_eq!(rated.is_ok(), former == Stage::Concluded || target == Some(Stage::Concluded), "{former} {target:?}");
        }
    }
    let merged = |target| stage_after(&Case { target: Some(target), ..case(Stage::Merged) }, Role::Submitter, Action::Rate);
    assert_eq!(merged(Stage::Handling), Err(Refusal::WrongStage { stage: Stage::Merged }));
    assert_eq!(merged(Stage::Concluded), Ok(Stage::Merged));
}

#[test]
fn undo_is_for_the_one_who_decided_while_the_window_is_open_and_nobody_has_acted() {
    let open = pending(SOMEBODY, Stage::Review);
    let undo = |pending| stage_after(&Case { pending, ..case(Stage::Declined) }, Role::Reviewer, Action::Undo);
    assert_eq!(undo(Some(open)), Ok(Stage::Review));
    assert_eq!(undo(None), Err(Refusal::NothingToUndo));
    assert_eq!(undo(Some(Pending { by: Some(super::people::COLLEAGUE), ..open })), Err(Refusal::NotYours));
    assert_eq!(undo(Some(Pending { acted_on: true, ..open })), Err(Refusal::ActedOn));
    assert_eq!(undo(Some(Pending { until: now(), ..open })), Err(Refusal::UndoClosed));
}

#[test]
fn undo_does_not_lead_back_to_where_nothing_can_be_merged() {
    for former in [Stage::Screening, Stage::Review] {
        let pending = Some(pending(SOMEBODY, former));
        let undone = stage_after(&Case { merged_here: 1, pending, ..case(Stage::Review) }, Role::Screener, Action::Undo);
        assert_eq!(undone, if former == Stage::Screening { Err(Refusal::HasMerged) } else { Ok(Stage::Review) });
    }
}

#[test]
fn what_happens_by_itself_asks_no_person_but_minds_the_stage() {
    for stage in Stage::ALL {
        let archives =
            matches!(stage, Stage::Accepted | Stage::Forwarded | Stage::Concluded | Stage::Declined | Stage::Withdrawn | Stage::Merged);
        assert_eq!(decide_alone(&case(*stage), Action::Archive).is_ok(), archives, "{stage}");
        let reopens = matches!(stage, Stage::Concluded | Stage::Archived);
        assert_eq!(decide_alone(&case(*stage), Action::Reopen).is_ok(), reopens, "{stage}");
    }
    assert!(decide_alone(&Case { pending: Some(pending(SOMEBODY, Stage::Review)), ..case(Stage::Declined) }, Action::Undo).is_err());
}

#[test]
fn no_desk_gets_two_letters_for_one_act() {
    for action in Action::ALL {
        for stage in Stage::ALL {
            for role in Role::ALL {
                let case = Case { target: Some(Stage::Review), ..case(*stage) };
                let Ok(decision) = decide(&case, &actor(*role, Relation::Near), *action, now(), Duration::zero()) else { continue };
                let mut audiences: Vec<_> = decision.notices().iter().map(|notice| notice.audience).collect();
                let all = audiences.len();
                audiences.sort_unstable();
                audiences.dedup();
                assert_eq!(audiences.len(), all, "{action} at {stage}");
            }
        }
    }
    let sent_back = decide(&case(Stage::Signing), &actor(Role::Signer, Relation::Near), Action::SendBack, now(), Duration::zero());
    let letters: Vec<_> = sent_back.unwrap().notices().iter().map(|notice| (notice.audience, notice.letter)).collect();
    assert_eq!(letters, [(Audience::Reviewers, Letter::SentBack)]);
    let handed_in = decide(&case(Stage::Draft), &actor(Role::Submitter, Relation::First), Action::Submit, now(), Duration::zero());
    let letters: Vec<_> = handed_in.unwrap().notices().iter().map(|notice| (notice.audience, notice.letter)).collect();
    assert_eq!(letters, [(Audience::Authors, Letter::Submitted), (Audience::Screeners, Letter::ArrivedScreening)]);
}

#[test]
fn both_names_stay() {
    let clerk = decide(&case(Stage::Draft), &actor(Role::Reviewer, Relation::Entered), Action::Submit, now(), Duration::zero()).unwrap();
    assert_eq!(clerk.permit.on_behalf_of, Some(super::people::AUTHOR), "entered for the author");
    let secretary =
        decide(&case(Stage::Forwarded), &actor(Role::Secretary, Relation::Near), Action::Endorse, now(), Duration::zero()).unwrap();
    assert_eq!(secretary.permit.on_behalf_of, Some(super::people::LEADER));
    let stand_in = decide(&case(Stage::Signing), &actor(Role::Signer, Relation::StandIn), Action::Sign, now(), Duration::zero()).unwrap();
    assert_eq!(stand_in.permit.on_behalf_of, Some(super::people::COLLEAGUE));
    let own = decide(&case(Stage::Draft), &actor(Role::Submitter, Relation::First), Action::Submit, now(), Duration::zero()).unwrap();
    assert_eq!(own.permit.on_behalf_of, None);
}
