//! "Who sees what", as a table of its own, for every role in every relation at every stage.

use super::people::{
    AUTHOR, BUREAU, CHANNEL, ELSEWHERE, LEADER, OTHERS, PARTY, RELATIONS, Relation, actor, case, pending, reached, standing,
};
use crate::domain::permission::{ManuscriptStanding, ReachedDesks, Visibility, sight};
use crate::domain::transition::Case;
use crate::domain::vocabulary::{Role, Stage};

/// A manuscript's stages on the longest way; under each stage, who sees it there: `x` reads it, `-` does not see it, `i` sees ids, numbers
/// and acts only. Recipients come with `forwarded`, assigned departments with `handling`.
const LIFE: [Stage; 11] = [
    Stage::Draft,
    Stage::Screening,
    Stage::Returned,
    Stage::Screening,
    Stage::Review,
    Stage::Signing,
    Stage::Accepted,
    Stage::Forwarded,
    Stage::Handling,
    Stage::Concluded,
    Stage::Archived,
];

const WHO_SEES_WHAT: &str = "
    .              relation          dr sc re sc rv sg ac fw ha co ar
    submitter      first             x  x  x  x  x  x  x  x  x  x  x
    submitter      co                x  x  x  x  x  x  x  x  x  x  x
    submitter      entered           x  x  x  x  x  x  x  x  x  x  x
    submitter      near              -  -  -  -  -  -  -  -  -  -  -
    submitter      far               -  -  -  -  -  -  -  -  -  -  -
    screener       near              -  x  x  x  x  x  x  x  x  x  x
    screener       far               -  -  -  -  -  -  -  -  -  -  -
    reviewer       near              -  -  -  -  x  x  x  x  x  x  x
    reviewer       far               -  -  -  -  x  x  x  x  x  x  x
    signer         near              -  -  -  -  -  x  x  x  x  x  x
    signer         far               -  -  -  -  -  x  x  x  x  x  x
    dispatcher     near              -  -  -  -  -  -  x  x  x  x  x
    dispatcher     far               -  -  -  -  -  -  x  x  x  x  x
    leader         near              -  -  -  -  -  -  -  x  x  x  x
    leader         far               -  -  -  -  -  -  -  -  -  -  -
    secretary      near              -  -  -  -  -  -  -  x  x  x  x
    secretary      far               -  -  -  -  -  -  -  -  -  -  -
    handler        near              -  -  -  -  -  -  -  -  x  x  x
    handler        far               -  -  -  -  -  -  -  -  -  -  -
    auditor        near              i  i  i  i  i  i  i  i  i  i  i
    auditor        far               i  i  i  i  i  i  i  i  i  i  i
    security_admin near              i  i  i  i  i  i  i  i  i  i  i
    security_admin far               i  i  i  i  i  i  i  i  i  i  i
    system_admin   near              i  i  i  i  i  i  i  i  i  i  i
    system_admin   far               i  i  i  i  i  i  i  i  i  i  i
";

/// Returns the manuscript after `steps` of its stages; reached queues stay reached.
fn at(steps: usize) -> (Stage, ManuscriptStanding) {
    let gone = &LIFE[..=steps];
    let ever = |stage| gone.contains(&stage);
    let far_on = |from: Stage| LIFE.iter().position(|stage| *stage == from).unwrap() <= steps;
    let reached = ReachedDesks {
        screening: ever(Stage::Screening),
        review: ever(Stage::Review),
        signing: ever(Stage::Signing),
        accepted: ever(Stage::Accepted),
    };
    let recipients = if far_on(Stage::Forwarded) { vec![LEADER] } else { vec![] };
    let charged = if far_on(Stage::Handling) { vec![BUREAU] } else { vec![] };
    (LIFE[steps], ManuscriptStanding { reached, recipients, charged, ..standing(Stage::Draft) })
}

fn mark(sight: Visibility) -> &'static str {
    match (sight.reads(), sight.trace) {
        (true, _) => "x",
        (false, true) => "i",
        (false, false) => "-",
    }
}

#[test]
fn everyone_sees_what_is_written_and_no_more() {
    let lines = WHO_SEES_WHAT.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('.'));
    let mut seen = 0;
    for line in lines {
        let cells: Vec<_> = line.split_whitespace().collect();
        let role: Role = cells[0].parse().unwrap();
        let relation = RELATIONS.iter().find(|relation| format!("{relation:?}").to_lowercase() == cells[1]).unwrap();
        let marks: Vec<_> = (0..LIFE.len()).map(|steps| mark(sight(&actor(role, *relation), &at(steps).1))).collect();
        assert_eq!(marks, cells[2..], "{role} {relation:?}");
        seen += 1;
    }
    assert_eq!(seen, Role::ALL.len() * 2 + 3, "every role near and far, and the authors");
}

#[test]
fn each_capacity_is_the_roles_own() {
    let (_, standing) = at(LIFE.len() - 1);
    for role in Role::ALL {
        let none = Visibility::default();
        let expected = match role {
            Role::Submitter => none,
            Role::Screener => Visibility { screener: true, ..none },
            Role::Reviewer => Visibility { reviewer: true, ..none },
            Role::Signer => Visibility { signer: true, ..none },
            Role::Leader | Role::Secretary => Visibility { leader: true, ..none },
            Role::Dispatcher => Visibility { dispatcher: true, ..none },
            Role::Handler => Visibility { handler: true, ..none },
            Role::Auditor | Role::SecurityAdmin | Role::SystemAdmin => Visibility { trace: true, ..none },
        };
        assert_eq!(sight(&actor(*role, Relation::Near), &standing), expected, "{role}");
        assert_eq!(sight(&actor(*role, Relation::StandIn), &standing), expected, "{role} for an absent colleague");
        let internal = matches!(role, Role::Reviewer | Role::Signer | Role::Dispatcher);
        assert_eq!(expected.internal(), internal, "{role} reads opinions and notes");
    }
}

#[test]
fn another_channel_sees_nothing() {
    for steps in 0..LIFE.len() {
        let (_, standing) = at(steps);
        let mut everything = actor(Role::Submitter, Relation::First);
        everything.channel = ELSEWHERE;
        everything.grants = Role::ALL.iter().flat_map(|role| actor(*role, Relation::Near).grants).collect();
        assert_eq!(sight(&everything, &standing), Visibility::default());
        for role in Role::ALL {
            assert_eq!(sight(&actor(*role, Relation::Elsewhere), &standing), Visibility::default(), "{role}");
        }
    }
}

#[test]
fn an_author_reads_as_an_author_whatever_desk_he_sits_at() {
    let (_, standing) = at(LIFE.len() - 1);
    for relation in [Relation::First, Relation::Co] {
        let mut person = actor(Role::Submitter, relation);
        person.grants = Role::ALL.iter().flat_map(|role| actor(*role, Relation::Near).grants).collect();
        let seen = sight(&person, &standing);
        assert_eq!(seen, Visibility { author: true, ..Visibility::default() });
        assert!(seen.author_only() && !seen.internal());
    }
    for role in Role::ALL.iter().filter(|role| !matches!(role, Role::Auditor | Role::SecurityAdmin | Role::SystemAdmin)) {
        let stand_in = actor(*role, Relation::StandInOfAuthor);
        assert_eq!(sight(&stand_in, &standing), Visibility::default(), "a stand-in sees no more than the one he stands in for: {role}");
    }
}

#[test]
fn who_entered_it_reads_as_an_author_until_his_desk_has_it() {
    let clerk = actor(Role::Reviewer, Relation::Entered);
    for steps in 0..LIFE.len() {
        let (stage, standing) = at(steps);
        let seen = sight(&clerk, &standing);
        assert!(seen.author, "{stage}");
        assert_eq!(seen.reviewer, standing.reached.review, "{stage}");
    }
}

#[test]
fn a_screener_of_another_organisation_and_one_that_was_never_screened() {
    let direct =
        ManuscriptStanding { reached: ReachedDesks { screening: false, ..reached(Stage::Concluded) }, ..standing(Stage::Concluded) };
    assert!(!sight(&actor(Role::Screener, Relation::Near), &direct).reads(), "it never came to that office");
    let moved = ManuscriptStanding { organization: OTHERS, ..standing(Stage::Concluded) };
    assert!(!sight(&actor(Role::Screener, Relation::Near), &moved).reads());
    assert_eq!((moved.channel, PARTY != OTHERS), (CHANNEL, true));
}

#[test]
fn authors_read_the_former_stage_while_a_decision_waits_and_desks_the_real_one() {
    let decided = pending(crate::domain::ids::UserId(uuid::Uuid::from_u128(9)), Stage::Review);
    let waiting = Case { pending: Some(decided), unannounced: Some(Box::new(case(Stage::Review))), ..case(Stage::Declined) };
    for role in Role::ALL {
        for relation in RELATIONS {
            let person = actor(*role, relation);
            let seen = sight(&person, &waiting.standing);
            let shown = waiting.as_read_by(&person).stage;
            let desk = seen.screener || seen.reviewer || seen.signer || seen.dispatcher;
            let expected = if seen.author && !desk { Stage::Review } else { Stage::Declined };
            assert_eq!(shown, expected, "{role} {relation:?}");
            assert!(person.user != AUTHOR || !seen.author || shown == Stage::Review);
        }
    }
}
