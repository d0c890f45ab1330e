//! One manuscript from the charge to the rating.

use zhitongche::app::handling::forms::{NewItem, NewReply, NewReport, ReplyReview, ReplyVerdict};
use zhitongche::app::handling::{self, receiving, replying, reporting};
use zhitongche::app::outcomes::ratings::{self, NewRating};
use zhitongche::app::undo;
use zhitongche::domain::assignment::{AssignmentAction, AssignmentForm};
use zhitongche::domain::outcome::{EndorsementKind, Satisfaction};
use zhitongche::domain::states::AssignmentState;
use zhitongche::domain::vocabulary::{Answer, Stage};

use super::world::{World, answer, day, faults, refusal};
use crate::support::database::Engine;

crate::both_databases!(
    a_department_answers_and_the_author_rates,
    nobody_learns_of_a_charge_before_the_window_closes,
    a_reply_must_answer_every_suggestion,
    a_rejected_reply_gets_a_new_date,
    reports_come_until_it_is_carried_out,
);

fn approve() -> ReplyReview {
    ReplyReview { decision: ReplyVerdict::Approve, reason: String::new(), due_on: None }
}

async fn a_department_answers_and_the_author_rates(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["建设临时停车场。", "划定即停即走区。"]);
    world.endorsed(id, EndorsementKind::Guidance, false, None);
    let one = world.single(id, "housing");
    let (_, told) = world.told(|| world.act("housing", move |tx, actor| receiving::receive(tx, actor, one, 1)).unwrap());
    let view = world.assignment("housing", one).unwrap();
    assert_eq!((view.state, view.version), (AssignmentState::Received, 2));
    assert_eq!(told, ["dispatcher: assignment_received".to_owned()].into());

    let (_, told) = world.told(|| world.act("housing", move |tx, actor| replying::reply(tx, actor, one, 2, &answer(&[1, 2]))).unwrap());
    assert_eq!(told, ["dispatcher: replied".to_owned()].into());
    let author = world.assignment("author", one).unwrap();
    assert_eq!((author.state, author.replies.len()), (AssignmentState::Received, 0), "an answer that nobody has looked at is no answer");
    let open = world.version(id);
    let early = world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, id, open, "已办理。"));
    assert_eq!(refusal(early), "assignments_open");

    let (_, told) = world.told(|| world.act("dispatcher", move |tx, actor| replying::review(tx, actor, one, 3, &approve())).unwrap());
    assert_eq!(told, ["author: reply_approved".to_owned(), "housing: reply_passed".to_owned()].into());
    let author = world.assignment("author", one).unwrap();
    let reply = &author.replies[0];
    assert_eq!(reply.items[1].promised_on.as_deref(), Some("2027-06-30"), "a promise's date is kept");
    assert_eq!(reply.result.as_ref().map(|result| result.meaning.as_str()), Some("列入计划或部分采纳"));
    assert!(author.internal.is_none() && author.allowed_actions.is_empty());

    let seen = world.version(id);
    let (_, told) =
        world.told(|| world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, id, seen, "已纳入计划。")).unwrap());
    assert_eq!(told, ["author: concluded".to_owned(), "leader: result_for_leader".to_owned()].into());
    assert_eq!(world.stage("author", id), Stage::Handling, "it can still be taken back");
    let unhappy =
        NewRating { attitude: Satisfaction::Satisfied, result: Satisfaction::Unsatisfied, words: "停车场还没有建。".into() };
    let early = unhappy.clone();
    assert_eq!(refusal(world.act("author", move |tx, actor| ratings::rate(tx, actor, id, &early))), "wrong_stage");
    world.close_window();
    assert_eq!(world.stage("author", id), Stage::Concluded);
    let again = unhappy.clone();
    let (_, told) = world.told(|| world.act("author", move |tx, actor| ratings::rate(tx, actor, id, &unhappy)).unwrap());
    assert_eq!(told, ["dispatcher: rated_unsatisfied".to_owned()].into());
    assert_eq!(refusal(world.act("author", move |tx, actor| ratings::rate(tx, actor, id, &again))), "already_done");
    assert_eq!(world.manuscript("dispatcher", id).unwrap().ratings[0].words, "停车场还没有建。");
    for outside in ["leader", "housing"] {
        let [rating] = &world.manuscript(outside, id).unwrap().ratings[..] else { panic!("{outside} reads one rating") };
        let whose = (rating.user_id, rating.name.as_deref(), rating.words.as_str());
        assert_eq!((rating.result, whose), (Satisfaction::Unsatisfied, (None, None, "")), "{outside} reads how content, not who and why");
    }
    assert!(world.manuscript("other_leader", id).unwrap().ratings.len() == 1 && refusal(world.manuscript("schools", id)) == "not found");
    assert_eq!(
        world.acts(id)[5..],
        [
            "manuscript assign forwarded>handling",
            "assignment receive dispatched>received",
            "assignment reply received>replied",
            "assignment approve replied>approved",
            "manuscript conclude handling>concluded",
            "manuscript rate concluded>concluded",
        ]
    );
    assert_eq!(world.verify().await, Vec::<String>::new());
    for (kind, change) in [
        ("reply", "UPDATE reply_items SET answer = 'not_adopted' WHERE number = 1"),
        ("rating", "UPDATE ratings SET result = 'satisfied'"),
        ("assignment", "UPDATE assignments SET version = version + 1"),
    ] {
        world.by_hand(move |conn| Ok(diesel::connection::SimpleConnection::batch_execute(conn, change)?));
        let found = world.verify().await;
        assert!(found.iter().any(|one| one.contains(kind)), "{kind}: {found:?}");
    }
}

async fn nobody_learns_of_a_charge_before_the_window_closes(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["建设临时停车场。"]);
    let (seen, form) = (world.version(id), world.form(AssignmentForm::Single, &["housing"]));
    let (ids, told) = world.told(|| world.act("dispatcher", move |tx, actor| handling::assign(tx, actor, id, seen, &form)).unwrap().1);
    let one = ids[0];
    assert_eq!(told, ["author: handling_began".to_owned(), "housing: assigned".to_owned()].into());
    assert_eq!(world.stage("author", id), Stage::Forwarded);
    assert!(world.manuscript("author", id).unwrap().assignments.is_empty());
    assert_eq!(refusal(world.assignment("author", one)), "not found");
    assert_eq!(world.manuscript("leader", id).unwrap().assignments.len(), 1);

    world.act("dispatcher", move |tx, actor| undo::undo(tx, actor, id, seen + 1)).unwrap();
    assert_eq!(world.stage("dispatcher", id), Stage::Forwarded);
    assert_eq!(refusal(world.assignment("housing", one)), "not found");
    assert_eq!(world.assignment("dispatcher", one).unwrap().state, AssignmentState::Cancelled);
    let again = world.single(id, "housing");
    assert_eq!(world.manuscript("author", id).unwrap().assignments.len(), 1, "what was undone was never known");
    assert_eq!(world.assignment("housing", again).unwrap().organization.name, "housing");
    assert_eq!(refusal(world.assignment("schools", again)), "not found", "another department knows of nothing");
    assert_eq!(refusal(world.assignment("auditor", again)), "not found");
}

async fn a_reply_must_answer_every_suggestion(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。", "二。", "三。"]);
    let one = world.single(id, "housing");
    world.act("housing", move |tx, actor| receiving::receive(tx, actor, one, 1)).unwrap();
    let item = |number, answer, words: &str, promised: Option<&str>| NewItem {
        number,
        answer: Some(answer),
        words: words.into(),
        promised_on: promised.map(day),
    };
    let wrong = NewReply {
        result_code: "Z".into(),
        items: vec![
            item(1, Answer::NotAdopted, " ", None),
            item(1, Answer::Adopted, "好。", Some("2027-01-01")),
            item(3, Answer::Planned, "好。", None),
            item(4, Answer::Planned, "好。", Some("2026-11-20")),
        ],
        ..answer(&[])
    };
    assert_eq!(
        faults(world.act("housing", move |tx, actor| replying::reply(tx, actor, one, 2, &wrong))),
        [
            "result_code unknown_category",
            "items[0].words required",
            "items[1].number duplicate",
            "items[1].promised_on only_planned",
            "items[2].promised_on required",
            "items[3].number unknown",
            "items[3].promised_on date_passed",
            "items unanswered",
        ]
    );
    let stale = world.act("housing", move |tx, actor| replying::reply(tx, actor, one, 1, &answer(&[1, 2, 3])));
    assert_eq!(refusal(stale), "stale");
    assert_eq!(refusal(world.act("dispatcher", move |tx, actor| replying::reply(tx, actor, one, 2, &answer(&[1])))), "wrong_role");
    world.act("housing", move |tx, actor| replying::reply(tx, actor, one, 2, &answer(&[3, 1, 2]))).unwrap();
    let done = world.assignment("housing", one).unwrap();
    assert_eq!(done.replies[0].items.iter().map(|item| item.number).collect::<Vec<_>>(), [1, 2, 3]);
}

async fn a_rejected_reply_gets_a_new_date(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    let one = world.single(id, "housing");
    world.act("housing", move |tx, actor| receiving::receive(tx, actor, one, 1)).unwrap();
    world.act("housing", move |tx, actor| replying::reply(tx, actor, one, 2, &answer(&[1]))).unwrap();
    let reject = |reason: &str| ReplyReview { decision: ReplyVerdict::Reject, reason: reason.into(), due_on: None };
    let silent = reject("");
    assert_eq!(faults(world.act("dispatcher", move |tx, actor| replying::review(tx, actor, one, 3, &silent))), ["reason required"]);
    let reason = reject("请写明完成时限。");
    let (_, told) = world.told(|| world.act("dispatcher", move |tx, actor| replying::review(tx, actor, one, 3, &reason)).unwrap());
    let view = world.assignment("dispatcher", one).unwrap();
    assert_eq!(told, ["housing: reply_rejected".to_owned()].into());
    assert_eq!((view.state, super::world::date(view.due_at).as_str()), (AssignmentState::Received, "2026-12-11"), "15 working days");
    assert!(world.assignment("author", one).unwrap().replies.is_empty());
    world.act("housing", move |tx, actor| replying::reply(tx, actor, one, 4, &answer(&[1]))).unwrap();
    world.act("dispatcher", move |tx, actor| replying::review(tx, actor, one, 5, &approve())).unwrap();
    let rounds = |login: &str| world.assignment(login, one).unwrap().replies.iter().map(|reply| reply.round).collect::<Vec<_>>();
    assert_eq!((rounds("author"), rounds("housing")), (vec![2], vec![1, 2]));
    assert_eq!(world.assignment("housing", one).unwrap().replies[0].reason.as_deref(), Some("请写明完成时限。"));
}

async fn reports_come_until_it_is_carried_out(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。", "二。"]);
    let one = world.single(id, "housing");
    world.act("housing", move |tx, actor| receiving::receive(tx, actor, one, 1)).unwrap();
    world.act("housing", move |tx, actor| replying::reply(tx, actor, one, 2, &answer(&[1, 2]))).unwrap();
    let report = |number: Option<u32>, implemented| NewReport { number, words: "进展。".into(), implemented };
    let early = report(None, false);
    assert_eq!(refusal(world.act("housing", move |tx, actor| reporting::report(tx, actor, one, &early))), "wrong_state");
    world.act("dispatcher", move |tx, actor| replying::review(tx, actor, one, 3, &approve())).unwrap();
    let (first, unknown, second, late) = (report(Some(1), true), report(Some(3), false), report(Some(2), true), report(None, false));
    let (_, told) = world.told(|| world.act("housing", move |tx, actor| reporting::report(tx, actor, one, &first)).unwrap());
    let view = world.assignment("housing", one).unwrap();
    assert_eq!(told, ["author: implementation_reported".to_owned(), "dispatcher: implementation_reported".to_owned()].into());
    assert_eq!(view.implemented_at, None);
    assert_eq!(faults(world.act("housing", move |tx, actor| reporting::report(tx, actor, one, &unknown))), ["number unknown"]);
    let (_, told) = world.told(|| world.act("housing", move |tx, actor| reporting::report(tx, actor, one, &second)).unwrap());
    let view = world.assignment("housing", one).unwrap();
    assert_eq!(told, ["author: implemented".to_owned(), "dispatcher: implemented".to_owned()].into());
    assert_eq!(view.implemented_at, Some(world.clock.now()));
    assert!(!view.allowed_actions.contains(&AssignmentAction::Report));
    assert_eq!(refusal(world.act("housing", move |tx, actor| reporting::report(tx, actor, one, &late))), "already_done");
    assert_eq!(world.assignment("author", one).unwrap().reports.len(), 2);
}
