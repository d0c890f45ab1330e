//! What stands on the dispatchers' board and on a department's desk, in which order, and what comes back by its date.

use chrono::{Duration, NaiveDate};
use zhitongche::app::handling::board::{self, Charged, DepartmentRequest, DispatchQueue, MOST, Pile};
use zhitongche::app::handling::forms::{ExtensionRequest, NewReport, ReplyReview, ReplyVerdict, ReturnRequest};
use zhitongche::app::handling::{extending, promises, prospects, receiving, replying, reporting};
use zhitongche::app::reading::own::{self, AuthorYear};
use zhitongche::app::review::{self, ReviewVerdict};
use zhitongche::app::signing;
use zhitongche::domain::assignment::AssignmentForm;
use zhitongche::domain::ids::{AssignmentId, ManuscriptId};
use zhitongche::domain::outcome::EndorsementKind;
use zhitongche::domain::refusal::Refusal;
use zhitongche::domain::vocabulary::Action;

use super::world::{World, answer, date, day, refusal};
use crate::support::database::Engine;

crate::both_databases!(
    each_waits_in_the_pile_of_what_it_waits_for,
    overdue_comes_first_and_pages_follow_each_other,
    a_promise_stands_on_its_day_until_it_is_kept,
    the_office_learns_what_may_be_chosen,
    an_authors_year_counts_what_he_reads,
);

impl World {
    fn pile(&self, login: &str, pile: Pile) -> Vec<AssignmentId> {
        let read = |read: fn(&mut zhitongche::app::Tx<'_>, &zhitongche::domain::permission::Actor, Pile, _, usize) -> _| {
            self.read(login, |tx, actor| read(tx, actor, pile, None, MOST)).unwrap()
        };
        let lines: Vec<Charged> = if login == "dispatcher" { read(board::pile) } else { read(board::desk) };
        lines.into_iter().map(|one| one.id).collect()
    }

    fn due(&self, department: &str, on: &str) -> AssignmentId {
        let mut form = self.form(AssignmentForm::Single, &[department]);
        form.due_on = Some(day(on));
        self.assign(self.forwarded(&["一。", "二。"]), form)[0]
    }

    fn receive(&self, login: &'static str, one: AssignmentId) {
        self.act(login, move |tx, actor| receiving::receive(tx, actor, one, 1)).unwrap();
    }

    fn ask_to_return(&self, one: AssignmentId) {
        let ask = ReturnRequest { reason: "不属于我局职责。".into(), proposed_organization: "交通局".into() };
        self.act("housing", move |tx, actor| receiving::request_return(tx, actor, one, 1, &ask)).unwrap();
    }

    fn approved(&self, one: AssignmentId) {
        self.receive("housing", one);
        self.act("housing", move |tx, actor| replying::reply(tx, actor, one, 2, &answer(&[1, 2]))).unwrap();
        let approve = ReplyReview { decision: ReplyVerdict::Approve, reason: String::new(), due_on: None };
        self.act("dispatcher", move |tx, actor| replying::review(tx, actor, one, 3, &approve)).unwrap();
    }

    fn queue(&self, queue: DispatchQueue) -> Vec<ManuscriptId> {
        let lines = self.read("dispatcher", |tx, actor| board::queue(tx, actor, queue, None, MOST)).unwrap();
        lines.into_iter().map(|one| one.id).collect()
    }
}

async fn each_waits_in_the_pile_of_what_it_waits_for(engine: Engine) {
    let world = World::new(engine);
    let (plain, instructed) = (world.forwarded(&["一。"]), world.forwarded(&["一。"]));
    world.endorsed(instructed, EndorsementKind::Instruction, false, None);
    assert_eq!(world.queue(DispatchQueue::Assign), [instructed, plain], "an instruction presses more than waiting");
    let first = world.read("dispatcher", |tx, actor| board::queue(tx, actor, DispatchQueue::Assign, None, 1)).unwrap();
    let place = board::WaitingKey { instructed: first[0].instructed, since: first[0].since, id: first[0].id };
    let second = world.read("dispatcher", |tx, actor| board::queue(tx, actor, DispatchQueue::Assign, Some(place), 1)).unwrap();
    assert_eq!((first[0].id, second[0].id, second[0].instructed), (instructed, plain, false), "the pages follow each other");

    let [unread, working, answered, done, foreign] =
        ["housing", "housing", "housing", "housing", "police"].map(|d| world.due(d, "2026-12-31"));
    let returning = world.due("housing", "2026-12-31");
    world.receive("housing", working);
    world.receive("housing", answered);
    world.act("housing", move |tx, actor| replying::reply(tx, actor, answered, 2, &answer(&[1, 2]))).unwrap();
    world.approved(done);
    world.ask_to_return(returning);
    let piles = |login: &str| [Pile::Receive, Pile::Work, Pile::Check, Pile::Wait, Pile::Report].map(|pile| world.pile(login, pile));
    let office = piles("dispatcher");
    assert_eq!(office[..3], [vec![unread, foreign, returning], vec![working], vec![answered]], "a request waits where it came from");
    let [receive, work, _, wait, report] = piles("housing");
    assert_eq!([receive, work, wait, report], [vec![unread], vec![working], vec![answered, returning], vec![done]]);
    assert_eq!(piles("schools"), [vec![], vec![], vec![], vec![], vec![]], "nothing of another department");
    for login in ["author", "leader", "reviewer", "housing"] {
        assert_eq!(refusal(world.read(login, board::board)), "not found", "{login}");
        assert_eq!(
            refusal(world.read(login, |tx, actor| board::queue(tx, actor, DispatchQueue::Settled, None, 1))),
            "not found",
            "{login}"
        );
    }
    assert_eq!(refusal(world.read("dispatcher", |tx, actor| board::desk(tx, actor, Pile::Work, None, 1))), "not found");

    let whole = world.read("dispatcher", board::board).unwrap();
    assert_eq!(whole.settled.iter().map(|one| one.id).collect::<Vec<_>>(), [world.assignment("housing", done).unwrap().manuscript_id]);
    let more = ExtensionRequest { reason: "方案复杂。".into(), progress: "已勘察。".into(), due_on: day("2027-01-20") };
    world.act("housing", move |tx, actor| extending::request(tx, actor, working, 2, &more)).unwrap();
    let whole = world.read("dispatcher", board::board).unwrap();
    let asked: Vec<_> = whole.receive.iter().chain(&whole.work).filter_map(|one| one.asked.clone()).collect();
    assert_eq!(
        asked,
        [DepartmentRequest::Return("交通局".into()), DepartmentRequest::Extension(NaiveDate::from_ymd_opt(2027, 1, 20).unwrap())]
    );
    assert_eq!((whole.check[0].answers, whole.check[0].late_days), (1, None));
}

async fn overdue_comes_first_and_pages_follow_each_other(engine: Engine) {
    let world = World::new(engine);
    let [third, first, second] = ["2026-12-30", "2026-11-27", "2026-12-10"].map(|on| world.due("housing", on));
    let order = [first, second, third];
    for one in order {
        world.receive("housing", one);
    }
    assert_eq!(world.pile("housing", Pile::Work), order, "by due date, not by age");
    let (early, unread) = (world.due("housing", "2026-12-02"), world.due("housing", "2026-12-20"));
    world.ask_to_return(early);

    // Page by page, one line each, nothing is left out and nothing comes twice, also not where one of them waits to be taken back.
    for (pile, all) in [(Pile::Receive, vec![early, unread]), (Pile::Work, order.to_vec())] {
        let (mut seen, mut after) = (Vec::new(), None);
        while let Some(one) = world.read("dispatcher", |tx, actor| board::pile(tx, actor, pile, after, 1)).unwrap().pop() {
            after = Some(one.key());
            seen.push(one.id);
        }
        assert_eq!(seen, all, "{pile}");
    }
    let late = |world: &World| world.read("dispatcher", board::board).unwrap().late;
    assert!(late(&world).is_empty());
    world.clock.advance(Duration::days(14));
    let found: Vec<_> = late(&world).iter().map(|one| (one.id, date(one.next_due), one.late_days)).collect();
    let expected = [(unread, "2026-11-25", 7), (first, "2026-11-27", 5), (early, "2026-12-02", 2)];
    assert_eq!(found, expected.map(|(id, due, days)| (id, due.to_owned(), Some(days))), "also what nobody has received");
    let desk = world.read("housing", |tx, actor| board::desk(tx, actor, Pile::Work, None, 2)).unwrap();
    assert_eq!(desk.iter().map(|one| (one.id, one.late_days)).collect::<Vec<_>>(), [(first, Some(5)), (second, None)]);
}

async fn a_promise_stands_on_its_day_until_it_is_kept(engine: Engine) {
    let world = World::new(engine);
    let one = world.due("housing", "2026-12-31");
    world.approved(one);
    let month = |of: Option<&str>| {
        let of = of.map(|day| day.parse().unwrap());
        let month = world.read("dispatcher", |tx, actor| promises::month(tx, actor, of)).unwrap();
        let days = month.weeks.into_iter().flatten().flatten();
        days.flat_map(|day| day.promises.into_iter().map(move |line| (day.day.to_string(), line.suggestion, line.kept))).collect::<Vec<_>>()
    };
    let broken = || world.read("dispatcher", promises::broken).unwrap();
    assert_eq!(month(Some("2027-06-05")), [("2027-06-30".to_owned(), 2, false)]);
    assert!(month(None).is_empty() && month(Some("2027-07-01")).is_empty() && broken().is_empty());
    let june = world.read("dispatcher", |tx, actor| promises::month(tx, actor, NaiveDate::from_ymd_opt(2027, 6, 9))).unwrap();
    assert_eq!((june.weeks.len(), june.before.to_string(), june.after.to_string()), (5, "2027-05-01".into(), "2027-07-01".into()));
    assert!(june.weeks.iter().all(|week| week.len() == 7) && june.weeks[0][0].is_none(), "1 June 2027 is a Tuesday");
    for login in ["housing", "author", "signer"] {
        assert_eq!(refusal(world.read(login, |tx, actor| promises::month(tx, actor, None))), "not found", "{login}");
        assert_eq!(refusal(world.read(login, promises::broken)), "not found", "{login}");
    }

    world.clock.advance(Duration::days(226));
    let found: Vec<_> = broken().iter().map(|line| (line.assignment, line.organization.clone(), line.late_days)).collect();
    assert_eq!(found, [(one, "housing".to_owned(), 2)], "on Sunday 4 July: two working days");
    let report = NewReport { number: Some(2), words: "已划定。".into(), implemented: true };
    world.act("housing", move |tx, actor| reporting::report(tx, actor, one, &report)).unwrap();
    assert!(broken().is_empty());
    assert_eq!(month(Some("2027-06-05")), [("2027-06-30".to_owned(), 2, true)], "it stays in the calendar as kept");
}

async fn the_office_learns_what_may_be_chosen(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    let instruction = world.endorsed(id, EndorsementKind::Instruction, false, None);
    world.endorsed(id, EndorsementKind::Guidance, false, None);
    let choice = || world.read("dispatcher", |tx, actor| prospects::prospects(tx, actor, id)).unwrap();
    let names = |choice: prospects::Prospects| {
        let mut names: Vec<String> = choice.departments.into_iter().map(|one| one.name).collect();
        names.sort();
        names
    };
    assert_eq!(names(choice()), ["housing", "police", "schools"], "without officers there is nobody to charge");
    let spans = choice();
    let [(of, span)] = spans.instructions[..] else { panic!("guidance sets no date: {spans:?}") };
    // The calendar of 2027 is not known yet, but that nobody works on New Year's Day.
    let dates = [span.due, span.latest, spans.plain.due, spans.plain.latest, spans.receive_by].map(date);
    assert_eq!((of, dates), (instruction, ["2026-12-11", "2027-01-04", "2027-02-22", "2027-05-20", "2026-11-25"].map(str::to_owned)));
    let one = world.single(id, "housing");
    assert_eq!(names(choice()), ["police", "schools"], "who has it already has it");
    for (login, why) in [("housing", "wrong_role"), ("reviewer", "wrong_role"), ("schools", "not found")] {
        assert_eq!(refusal(world.read(login, |tx, actor| prospects::prospects(tx, actor, id))), why, "{login}");
    }
    let against = |login: &str| world.read(login, |tx, actor| prospects::against(tx, actor, id, Action::Conclude));
    assert!(matches!(against("dispatcher").unwrap(), Some(Refusal::AssignmentsOpen { .. })));
    assert_eq!((refusal(against("author")), refusal(against("housing"))), ("not found", "not found"));
    world.act("dispatcher", move |tx, actor| receiving::cancel(tx, actor, one, 1, "不再需要。")).unwrap();
    assert_eq!(against("dispatcher").unwrap(), None);
    let horizon = world.read("dispatcher", |tx, actor| prospects::horizon(tx, actor, one)).unwrap();
    let words: Vec<String> = horizon.suggestions.into_iter().map(|one| one.words).collect();
    assert_eq!((horizon.numbers, words, horizon.results.len()), (vec![1], vec!["一。".to_owned()], 3));
}

async fn an_authors_year_counts_what_he_reads(engine: Engine) {
    let world = World::new(engine);
    let year = |login: &str| {
        let year = world.read(login, |tx, actor| own::own(tx, actor, None, 10)).unwrap().year;
        year.map(|AuthorYear { received, accepted, adopted }| (received, accepted, adopted))
    };
    assert_eq!(year("author"), None, "before the first there is nothing to count");
    let one = world.due("housing", "2026-12-31");
    assert_eq!((year("author"), year("joint")), (Some((1, 1, 0)), None));
    world.approved(one);
    assert_eq!(year("author"), Some((1, 1, 1)), "one taken up, one planned");
    let second = world.submitted("author", &["一。"]);
    let opinion = ReviewVerdict::Recommend { opinion: "可以采用。".into() };
    world.act("reviewer", move |tx, actor| review::decide(tx, actor, second, 2, &opinion)).unwrap();
    world.act("signer", move |tx, actor| signing::sign(tx, actor, second, 3, "")).unwrap();
    assert_eq!(year("author"), Some((2, 1, 1)), "what can still be taken back is not told yet");
    world.close_window();
    assert_eq!(year("author"), Some((2, 2, 1)));
    world.clock.advance(Duration::days(60));
    assert_eq!(year("author"), None, "a new year begins");
}
