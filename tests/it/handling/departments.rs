//! Several departments, and what they ask of the dispatcher.

use chrono::Duration;
use zhitongche::app::handling::forms::{
    ExtensionRequest, NewAssignments, NewContribution, NewUrging, ReplyReview, ReplyVerdict, ReturnDecision, ReturnRequest, Verdict,
};
use zhitongche::app::handling::listing::{self, AssignmentListQuery};
use zhitongche::app::handling::{self, extending, receiving, replying};
use zhitongche::domain::assignment::{AssignmentAction, AssignmentForm};
use zhitongche::domain::states::AssignmentState;
use zhitongche::domain::vocabulary::Stage;

use super::world::{World, answer, faults, refusal};
use crate::support::database::Engine;

crate::both_databases!(
    departments_must_fit_the_form,
    an_assisting_department_answers_the_lead,
    assisting_departments_go_with_their_lead,
    each_department_of_a_split_answers_its_part,
    a_return_is_asked_for_in_time,
    the_dispatcher_urges_and_cancels,
    lists_show_what_is_theirs,
);

async fn departments_must_fit_the_form(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。", "二。"]);
    let seen = world.version(id);
    let tried = |form: NewAssignments| faults(world.act("dispatcher", move |tx, actor| handling::assign(tx, actor, id, seen, &form)));
    assert_eq!(tried(world.form(AssignmentForm::Single, &["housing", "police"])), ["departments wrong_departments"]);
    assert_eq!(tried(world.form(AssignmentForm::Split, &["housing"])), ["departments wrong_departments"]);
    assert_eq!(tried(world.form(AssignmentForm::Joint, &["housing"])), ["departments wrong_departments"]);
    assert_eq!(tried(world.form(AssignmentForm::Split, &["housing", "housing"])), ["departments[1].organization_id duplicate"]);
    assert_eq!(tried(world.form(AssignmentForm::Single, &["empty"])), ["departments[0].organization_id no_officer"]);
    let mut uncovered = world.form(AssignmentForm::Split, &["housing", "police"]);
    uncovered.departments[0].suggestions = vec![1];
    uncovered.departments[1].suggestions = vec![1, 7];
    assert_eq!(tried(uncovered), ["departments[1].suggestions unknown", "departments unanswered"]);
    let form = world.form(AssignmentForm::Single, &["housing"]);
    assert_eq!(refusal(world.act("housing", move |tx, actor| handling::assign(tx, actor, id, seen, &form))), "not found");
    let form = world.form(AssignmentForm::Single, &["housing"]);
    assert_eq!(refusal(world.act("reviewer", move |tx, actor| handling::assign(tx, actor, id, seen, &form))), "wrong_role");
    let form = world.form(AssignmentForm::Single, &["housing"]);
    assert_eq!(refusal(world.act("dispatcher", move |tx, actor| handling::assign(tx, actor, id, seen - 1, &form))), "stale");
    assert_eq!(world.stage("dispatcher", id), Stage::Forwarded, "nothing of it has happened");
    world.single(id, "housing");
    let (seen, form) = (world.version(id), world.form(AssignmentForm::Single, &["housing"]));
    let twice = world.act("dispatcher", move |tx, actor| handling::assign(tx, actor, id, seen, &form));
    assert_eq!(faults(twice), ["departments[0].organization_id duplicate"]);
}

async fn an_assisting_department_answers_the_lead(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    let ids = world.assign(id, world.form(AssignmentForm::Joint, &["housing", "schools", "police"]));
    let [lead, schools, police] = ids[..] else { panic!("three departments: {ids:?}") };
    assert_eq!(refusal(world.assignment("schools", lead)), "not found");
    let own = world.assignment("schools", schools).unwrap();
    let partners: Vec<_> = own.partners.iter().map(|one| (one.organization.name.as_str(), one.part.as_str())).collect();
    assert_eq!(partners, [("housing", "lead"), ("police", "assisting")]);

    for (login, id) in [("housing", lead), ("schools", schools)] {
        world.act(login, move |tx, actor| receiving::receive(tx, actor, id, 1)).unwrap();
    }
    let reply = world.act("schools", move |tx, actor| replying::reply(tx, actor, schools, 2, &answer(&[1])));
    assert_eq!(refusal(reply), "not_yours", "the lead alone replies");
    let opinion = || NewContribution { words: "同意。".into(), officer: "陈涛".into(), officer_phone: String::new() };
    let (own, others) = (opinion(), opinion());
    assert_eq!(refusal(world.act("housing", move |tx, actor| replying::contribute(tx, actor, schools, 2, &others))), "not_yours");
    let (_, told) = world.told(|| world.act("schools", move |tx, actor| replying::contribute(tx, actor, schools, 2, &own)).unwrap());
    assert_eq!(world.assignment("schools", schools).unwrap().state, AssignmentState::Contributed);
    assert_eq!(told, ["housing: contributed".to_owned()].into());
    assert_eq!(world.assignment("housing", schools).unwrap().replies[0].words, "同意。");
    assert!(world.assignment("author", schools).unwrap().replies.is_empty(), "it answers the lead, not the author");

    world.act("housing", move |tx, actor| replying::reply(tx, actor, lead, 2, &answer(&[1]))).unwrap();
    let approve = ReplyReview { decision: ReplyVerdict::Approve, reason: String::new(), due_on: None };
    world.act("dispatcher", move |tx, actor| replying::review(tx, actor, lead, 3, &approve)).unwrap();
    assert_eq!(world.assignment("police", police).unwrap().state, AssignmentState::Dispatched);
    let seen = world.version(id);
    world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, id, seen, "已办理。")).unwrap();
    assert_eq!(world.stage("dispatcher", id), Stage::Concluded, "an assisting department never blocks it");
}

async fn assisting_departments_go_with_their_lead(engine: Engine) {
    let world = World::new(engine);
    let assigned = || {
        let id = world.forwarded(&["一。"]);
        (id, world.assign(id, world.form(AssignmentForm::Joint, &["housing", "schools", "police"])))
    };
    let state = |one| world.assignment("dispatcher", one).unwrap().state;
    // Cancelled: who had answered has answered; who had not is cancelled with it, for the same reason.
    let (first, ids) = assigned();
    let [lead, schools, police] = ids[..] else { panic!("three departments: {ids:?}") };
    world.act("schools", move |tx, actor| receiving::receive(tx, actor, schools, 1)).unwrap();
    let opinion = NewContribution { words: "同意。".into(), officer: "陈涛".into(), officer_phone: String::new() };
    world.act("schools", move |tx, actor| replying::contribute(tx, actor, schools, 2, &opinion)).unwrap();
    let cancel = || world.act("dispatcher", move |tx, actor| receiving::cancel(tx, actor, lead, 1, "重复交办。")).unwrap();
    let (_, told) = world.told(cancel);
    assert_eq!(told, ["housing: assignment_cancelled".to_owned(), "police: assignment_cancelled".to_owned()].into());
    assert_eq!((state(lead), state(schools)), (AssignmentState::Cancelled, AssignmentState::Contributed));
    let office = world.assignment("dispatcher", police).unwrap();
    assert_eq!((office.state, office.version), (AssignmentState::Cancelled, 2));
    assert_eq!(office.internal.and_then(|internal| internal.reason).as_deref(), Some("重复交办。"));
    assert_eq!(refusal(world.assignment("police", police)), "not found", "it is charged no more");
    assert_eq!(world.acts(first).last().unwrap(), "assignment cancel dispatched>cancelled");

    // Returned: the same, with the reason for which the lead asked.
    let (_, ids) = assigned();
    let [lead, schools, police] = ids[..] else { panic!("three departments: {ids:?}") };
    world.act("police", move |tx, actor| receiving::receive(tx, actor, police, 1)).unwrap();
    let ask = ReturnRequest { reason: "不属于我局职责。".into(), proposed_organization: "交通局".into() };
    world.act("housing", move |tx, actor| receiving::request_return(tx, actor, lead, 1, &ask)).unwrap();
    let grant = ReturnDecision { decision: Verdict::Grant, reason: String::new() };
    let (_, told) = world.told(|| world.act("dispatcher", move |tx, actor| receiving::decide_return(tx, actor, lead, 2, &grant)).unwrap());
    let cancelled = ["police", "schools"].map(|login| format!("{login}: assignment_cancelled"));
    assert_eq!(told, [&["housing: return_decided".to_owned()], &cancelled[..]].concat().into_iter().collect());
    assert_eq!([lead, schools, police].map(state), [AssignmentState::Returned, AssignmentState::Cancelled, AssignmentState::Cancelled]);
    assert_eq!(world.verify().await, Vec::<String>::new());
}

async fn each_department_of_a_split_answers_its_part(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。", "二。"]);
    let mut form = world.form(AssignmentForm::Split, &["housing", "police"]);
    form.departments[0].suggestions = vec![1];
    form.departments[1].suggestions = vec![2];
    let ids = world.assign(id, form);
    let [housing, police] = ids[..] else { panic!("two departments: {ids:?}") };
    assert!(world.assignment("housing", housing).unwrap().partners.is_empty());
    assert_eq!(refusal(world.assignment("housing", police)), "not found");
    for (login, id) in [("housing", housing), ("police", police)] {
        world.act(login, move |tx, actor| receiving::receive(tx, actor, id, 1)).unwrap();
    }
    let foreign = world.act("housing", move |tx, actor| replying::reply(tx, actor, housing, 2, &answer(&[1, 2])));
    assert_eq!(faults(foreign), ["items[1].number unknown"]);
    let approve = || ReplyReview { decision: ReplyVerdict::Approve, reason: String::new(), due_on: None };
    let (first, second) = (approve(), approve());
    world.act("housing", move |tx, actor| replying::reply(tx, actor, housing, 2, &answer(&[1]))).unwrap();
    world.act("dispatcher", move |tx, actor| replying::review(tx, actor, housing, 3, &first)).unwrap();
    let seen = world.version(id);
    assert_eq!(refusal(world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, id, seen, "已办理。"))), "assignments_open");
    world.act("police", move |tx, actor| replying::reply(tx, actor, police, 2, &answer(&[2]))).unwrap();
    world.act("dispatcher", move |tx, actor| replying::review(tx, actor, police, 3, &second)).unwrap();
    world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, id, seen, "已办理。")).unwrap();
    assert_eq!(world.stage("dispatcher", id), Stage::Concluded);
}

fn request() -> ReturnRequest {
    ReturnRequest { reason: "不属于本单位职责。".into(), proposed_organization: "县公路局".into() }
}

async fn a_return_is_asked_for_in_time(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    let one = world.single(id, "housing");
    let (_, told) = world.told(|| world.act("housing", move |tx, actor| receiving::request_return(tx, actor, one, 1, &request())).unwrap());
    assert_eq!(told, ["dispatcher: return_requested".to_owned()].into());
    assert_eq!(world.assignment("author", one).unwrap().state, AssignmentState::Received, "authors learn of no request");
    let refuse = |reason: &str| ReturnDecision { decision: Verdict::Refuse, reason: reason.into() };
    let (silent, reason) = (refuse(""), refuse("属于贵单位职责。"));
    assert_eq!(faults(world.act("dispatcher", move |tx, actor| receiving::decide_return(tx, actor, one, 2, &silent))), ["reason required"]);
    world.act("dispatcher", move |tx, actor| receiving::decide_return(tx, actor, one, 2, &reason)).unwrap();
    let view = world.assignment("dispatcher", one).unwrap();
    assert_eq!((view.state, view.received_at), (AssignmentState::Received, Some(world.clock.now())));

    world.act("housing", move |tx, actor| receiving::request_return(tx, actor, one, 3, &request())).unwrap();
    let grant = ReturnDecision { decision: Verdict::Grant, reason: String::new() };
    let (_, told) = world.told(|| world.act("dispatcher", move |tx, actor| receiving::decide_return(tx, actor, one, 4, &grant)).unwrap());
    assert_eq!(world.assignment("dispatcher", one).unwrap().state, AssignmentState::Returned);
    assert_eq!(told, ["housing: return_decided".to_owned()].into());
    assert_eq!(refusal(world.assignment("housing", one)), "not found", "it is no longer theirs");

    let two = world.single(id, "police");
    assert!(world.assignment("police", two).unwrap().allowed_actions.contains(&AssignmentAction::RequestReturn));
    world.clock.advance(Duration::days(8));
    assert_eq!(refusal(world.act("police", move |tx, actor| receiving::request_return(tx, actor, two, 1, &request()))), "too_late");
    assert!(!world.assignment("police", two).unwrap().allowed_actions.contains(&AssignmentAction::RequestReturn));
}

async fn the_dispatcher_urges_and_cancels(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    let one = world.single(id, "housing");
    let urging = NewUrging { words: "请本周签收。".into() };
    let (_, told) = world.told(|| world.act("dispatcher", move |tx, actor| receiving::urge(tx, actor, one, &urging)).unwrap());
    let view = world.assignment("dispatcher", one).unwrap();
    assert_eq!(told, ["housing: urged".to_owned()].into());
    assert_eq!((view.version, view.internal.unwrap().urgings[0].words.as_str()), (1, "请本周签收。"));
    let (_, told) =
        world.told(|| world.act("dispatcher", move |tx, actor| receiving::cancel(tx, actor, one, 1, "改由县公安局办理。")).unwrap());
    assert_eq!(told, ["housing: assignment_cancelled".to_owned()].into());
    assert_eq!(refusal(world.assignment("housing", one)), "not found");
    let seen = world.version(id);
    world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, id, seen, "情况已变化。")).unwrap();
    assert_eq!(world.stage("dispatcher", id), Stage::Concluded, "a cancelled one does not hold it up");
    assert_eq!(world.acts(id)[5..7], ["assignment urge dispatched>dispatched", "assignment cancel dispatched>cancelled"]);
}

async fn lists_show_what_is_theirs(engine: Engine) {
    let world = World::new(engine);
    let (first, second) = (world.forwarded(&["一。"]), world.forwarded(&["一。"]));
    let slow = world.single(first, "housing");
    let mut form = world.form(AssignmentForm::Single, &["housing"]);
    form.due_on = Some(super::world::day("2026-12-01"));
    let soon = world.assign(second, form)[0];
    let other = world.single(second, "police");
    let list = |login: &str, wish: &AssignmentListQuery| {
        let lines = world.read(login, |tx, actor| listing::list(tx, actor, wish)).unwrap();
        lines.into_iter().map(|line| line.id).collect::<Vec<_>>()
    };
    let all = AssignmentListQuery { limit: 50, ..AssignmentListQuery::default() };
    assert_eq!(list("housing", &all), [soon, slow], "newest first, and nothing of the police");
    assert_eq!(list("dispatcher", &all), [other, soon, slow]);
    assert!(list("author", &all).is_empty() && list("leader", &all).is_empty() && list("auditor", &all).is_empty());
    let due = AssignmentListQuery { by_due: true, limit: 1, ..AssignmentListQuery::default() };
    assert_eq!(list("housing", &due), [soon]);
    assert_eq!(list("housing", &AssignmentListQuery { after: Some(soon), ..due }), [slow], "the next page");
    let mine = AssignmentListQuery { mine: true, limit: 50, ..AssignmentListQuery::default() };
    assert!(list("dispatcher", &mine).is_empty(), "nothing waits for the dispatcher");
    world.act("housing", move |tx, actor| receiving::request_return(tx, actor, soon, 1, &request())).unwrap();
    assert_eq!((list("dispatcher", &mine), list("housing", &mine)), (vec![soon], vec![slow]));
    let more =
        ExtensionRequest { reason: "方案复杂。".into(), progress: "已勘察。".into(), due_on: super::world::day("2027-03-10") };
    world.act("housing", move |tx, actor| extending::request(tx, actor, slow, 1, &more)).unwrap();
    assert_eq!(list("dispatcher", &mine), [soon, slow]);
    let asked = AssignmentListQuery { state: Some(AssignmentState::ReturnRequested), limit: 50, ..AssignmentListQuery::default() };
    assert_eq!(list("signer", &asked), [soon]);
}
