//! Stage × action × role × relation, compared with a table written from `domain.md`, section 2.

use chrono::Duration;

use super::people::{RELATIONS, Relation, actor, case, now, pending, standing};
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::sight;
use crate::domain::refusal::Refusal;
use crate::domain::transition::{Case, decide, decide_alone};
use crate::domain::vocabulary::{Action, Role, Stage};

/// Action | who | from | to | undoable. `author`: the first one, or the person who entered it for them; `authors`: each of them; `~` stays;
/// `former` and `desk` are checked separately.
const EXPECTED: &str = "
    save            | author                                 | draft returned                                     | ~         | no
    discard         | author                                 | draft                                              | ~         | no
    invite          | author                                 | draft returned                                     | ~         | no
    co_sign         | authors                                | draft returned                                     | ~         | no
    attach          | author                                 | draft returned                                     | ~         | no
    submit          | author                                 | draft                                              | screening | no
    submit          | author                                 | returned                                           | review    | no
    withdraw        | author                                 | screening review returned                          | withdrawn | no
    pass_screening  | screener                               | screening                                          | review    | yes
    return          | screener                               | screening                                          | returned  | yes
    return          | reviewer                               | review                                             | returned  | yes
    edit            | reviewer                               | review                                             | ~         | no
    carry_over      | reviewer                               | review                                             | ~         | no
    carry_over      | reviewer                               | signing accepted                                   | review    | no
    drop_edited     | reviewer                               | review                                             | ~         | no
    drop_edited     | reviewer                               | signing accepted                                   | review    | no
    mark_urgent     | reviewer                               | review signing                                     | ~         | no
    recommend       | reviewer                               | review                                             | signing   | yes
    decline         | reviewer                               | review                                             | declined  | yes
    merge           | reviewer                               | review                                             | merged    | yes
    unmerge         | reviewer                               | merged archived                                    | review    | no
    decide_merged   | dispatcher                             | merged archived                                    | ~         | no
    sign            | signer                                 | signing                                            | accepted  | yes
    send_back       | signer                                 | signing                                            | review    | yes
    issue           | signer                                 | accepted                                           | forwarded | no
    issue           | signer                                 | forwarded handling concluded                       | ~         | no
    recall          | signer                                 | forwarded                                          | accepted  | no
    forward         | signer                                 | accepted                                           | forwarded | no
    refer           | reviewer                               | declined                                           | ~         | no
    reconsider      | reviewer                               | declined                                           | review    | no
    assign          | dispatcher                             | forwarded handling                                 | handling  | yes
    conclude        | dispatcher                             | forwarded handling                                 | concluded | yes
    reopen          | dispatcher                             | concluded archived                                 | handling  | no
    archive         | dispatcher reviewer                    | accepted forwarded concluded declined withdrawn merged | archived | no
    endorse         | leader secretary                       | forwarded handling concluded archived              | ~         | no
    record_adoption | reviewer dispatcher                    | accepted forwarded handling concluded archived     | ~         | no
    rate            | authors                                | concluded archived merged                          | ~         | no
    undo            | screener reviewer signer dispatcher    | review returned signing accepted handling concluded declined merged | screening | no
";

struct ModelRow {
    action: Action,
    who: Vec<&'static str>,
    from: Vec<Stage>,
    to: Option<Stage>,
    undoable: bool,
}

fn expected() -> Vec<ModelRow> {
    let row = |line: &'static str| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [action, who, from, to, undoable] = cells[..] else { panic!("{line}") };
        ModelRow {
            action: action.parse().unwrap(),
            who: who.split_whitespace().collect(),
            from: from.split_whitespace().map(|stage| stage.parse().unwrap()).collect(),
            to: (to != "~").then(|| to.parse().unwrap()),
            undoable: undoable == "yes",
        }
    };
    EXPECTED.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}

/// The response to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ManuscriptAnswer {
    WrongRole,
    NotYours,
    Own,
    WrongStage,
    Goes { to: Stage, undoable: bool },
}

/// Returns whether one word of the column `who` fits, or else the refusal.
fn fits(word: &str, role: Role, relation: Relation) -> ManuscriptAnswer {
    let goes = ManuscriptAnswer::Goes { to: Stage::Draft, undoable: false };
    let needed = if word.starts_with("author") { "submitter" } else { word };
    let enters = word == "author" && relation == Relation::Entered && matches!(role, Role::Reviewer | Role::Screener);
    match relation {
        Relation::Elsewhere => ManuscriptAnswer::NotYours,
        _ if role.as_str() != needed && !enters => ManuscriptAnswer::WrongRole,
        Relation::First if word.starts_with("author") => goes,
        Relation::Co if word == "authors" => goes,
        Relation::Entered if word == "author" => goes,
        _ if word.starts_with("author") => ManuscriptAnswer::NotYours,
        Relation::First | Relation::Co | Relation::StandInOfAuthor => ManuscriptAnswer::Own,
        // A leader who entered it has not thereby received it.
        Relation::Entered if word == "leader" => ManuscriptAnswer::NotYours,
        Relation::Far if matches!(word, "screener" | "leader" | "secretary") => ManuscriptAnswer::NotYours,
        Relation::Entered | Relation::Near | Relation::Far | Relation::StandIn => goes,
    }
}

fn answer(rows: &[&ModelRow], stage: Stage, role: Role, relation: Relation) -> ManuscriptAnswer {
    let best = |row: &ModelRow| row.who.iter().map(|word| fits(word, role, relation)).max().unwrap();
    let here = rows.iter().find(|row| row.from.contains(&stage));
    match here.map(|row| (best(row), row)) {
        Some((ManuscriptAnswer::Goes { .. }, row)) => ManuscriptAnswer::Goes { to: row.to.unwrap_or(stage), undoable: row.undoable },
        Some((refused, _)) => refused,
        None => match rows.iter().map(|row| best(row)).max().unwrap() {
            ManuscriptAnswer::Goes { .. } => ManuscriptAnswer::WrongStage,
            refused => refused,
        },
    }
}

/// Returns a manuscript for which only person and stage can exclude this action.
fn unguarded(stage: Stage, action: Action, role: Role, relation: Relation) -> Case {
    let mut case = case(stage);
    match action {
        Action::Undo => case.pending = Some(pending(actor(role, relation).user, Stage::Screening)),
        Action::Rate if stage == Stage::Merged => case.target = Some(Stage::Concluded),
        Action::Unmerge if stage == Stage::Archived => (case.target, case.former) = (Some(Stage::Review), Some(Stage::Merged)),
        Action::DecideMerged => (case.target, case.former) = (Some(Stage::Handling), (stage == Stage::Archived).then_some(Stage::Merged)),
        Action::CarryOver | Action::DropEdited => case.edited = EditedTextState::Outdated,
        Action::Merge | Action::Unmerge => case.target = Some(Stage::Review),
        _ => {}
    }
    case
}

#[test]
fn every_stage_action_role_and_relation_is_decided_as_written() {
    let table = expected();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for action in Action::ALL {
        let rows: Vec<_> = table.iter().filter(|row| row.action == *action).collect();
        assert!(!rows.is_empty(), "{action} is not in the table of this test");
        for (stage, role, relation) in every_person_at_every_stage() {
            let case = unguarded(stage, *action, role, relation);
            let person = actor(role, relation);
            let expected = answer(&rows, stage, role, relation);
            let got = match decide(&case, &person, *action, now(), Duration::minutes(30)) {
                Ok(decision) => {
                    assert_eq!((decision.from, decision.permit.role), (stage, Some(role)), "{action}");
                    ManuscriptAnswer::Goes { to: decision.to, undoable: decision.undo_until == Some(now() + Duration::minutes(30)) }
                }
                Err(Refusal::WrongRole { needed }) if !needed.contains(&role) => ManuscriptAnswer::WrongRole,
                Err(Refusal::NotYours) => ManuscriptAnswer::NotYours,
                Err(Refusal::OwnManuscript) => ManuscriptAnswer::Own,
                Err(Refusal::WrongStage { stage: named }) if named == stage => ManuscriptAnswer::WrongStage,
                Err(other) => panic!("{action} at {stage} by {role} ({relation:?}): {other:?}"),
            };
            // A person who cannot see it is refused first, whatever the table says.
            let expected = if sight(&person, &case.standing).reads() { expected } else { ManuscriptAnswer::NotYours };
            seen += 1;
            if got != expected {
                wrong.push(format!("{action} at {stage} by {role} ({relation:?}): {got:?}, expected {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(seen, Action::ALL.len() * 13 * 11 * 8);
}

fn every_person_at_every_stage() -> impl Iterator<Item = (Stage, Role, Relation)> {
    let people = Role::ALL.iter().flat_map(|role| RELATIONS.iter().map(|relation| (*role, *relation)));
    Stage::ALL.iter().flat_map(move |stage| people.clone().map(|(role, relation)| (*stage, role, relation)))
}

#[test]
fn nobody_decides_on_his_own_manuscript_whatever_else_he_is() {
    let authors_own = ["save", "discard", "invite", "co_sign", "attach", "submit", "withdraw", "rate"];
    for stage in Stage::ALL {
        for relation in [Relation::First, Relation::Co] {
            let mut person = actor(Role::Submitter, relation);
            person.grants = Role::ALL.iter().flat_map(|role| actor(*role, Relation::Near).grants).collect();
            for action in Action::ALL.iter().filter(|action| !authors_own.contains(&action.as_str())) {
                let case = Case { pending: Some(pending(person.user, Stage::Screening)), ..case(*stage) };
                assert!(decide(&case, &person, *action, now(), Duration::zero()).is_err(), "{action} at {stage}");
            }
        }
    }
}

#[test]
fn without_a_window_nothing_can_be_taken_back() {
    for row in expected().iter().filter(|row| row.undoable) {
        for role in Role::ALL {
            let case = unguarded(row.from[0], row.action, *role, Relation::Near);
            if let Ok(decision) = decide(&case, &actor(*role, Relation::Near), row.action, now(), Duration::zero()) {
                assert_eq!(decision.undo_until, None, "{}", row.action);
            }
        }
    }
}

#[test]
fn a_submission_goes_to_the_desk_that_is_to_look() {
    let author = actor(Role::Submitter, Relation::First);
    let to = |case: &Case| decide(case, &author, Action::Submit, now(), Duration::zero()).map(|decision| decision.to);
    assert_eq!(to(&Case { screening_wanted: false, ..case(Stage::Draft) }), Ok(Stage::Review));
    for desk in [Stage::Screening, Stage::Review] {
        for screening_wanted in [true, false] {
            let case = Case { returned_from: Some(desk), screening_wanted, ..case(Stage::Returned) };
            assert_eq!(to(&case), Ok(desk), "back to the desk that returned it");
        }
    }
}

#[test]
fn an_archived_one_is_reopened_to_where_it_stood() {
    let dispatcher = actor(Role::Dispatcher, Relation::Near);
    let formers = [
        (Stage::Accepted, Stage::Accepted),
        (Stage::Forwarded, Stage::Forwarded),
        (Stage::Concluded, Stage::Handling),
        (Stage::Declined, Stage::Declined),
        (Stage::Withdrawn, Stage::Withdrawn),
        (Stage::Merged, Stage::Merged),
    ];
    for (former, to) in formers {
        let case = Case { former: Some(former), ..case(Stage::Archived) };
        assert_eq!(decide(&case, &dispatcher, Action::Reopen, now(), Duration::zero()).map(|decision| decision.to), Ok(to));
        assert_eq!(decide_alone(&case, Action::Reopen).map(|decision| decision.to), Ok(to), "by itself");
    }
}

#[test]
fn undo_restores_the_stage_of_every_decision_that_can_be_taken_back() {
    for row in expected().iter().filter(|row| row.undoable) {
        for from in &row.from {
            let role = row.who[0].parse().unwrap();
            let person = actor(role, Relation::Near);
            let to = row.to.unwrap_or(*from);
            let case = Case { pending: Some(pending(person.user, *from)), standing: standing(*from), ..case(to) };
            let undo = decide(&case, &person, Action::Undo, now(), Duration::zero());
            assert_eq!(undo.map(|decision| decision.to), Ok(*from), "{} from {from}", row.action);
        }
    }
}
