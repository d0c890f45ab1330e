//! What comes after: ratings of merged ones, adoptions, reopening, archival.

use chrono::Duration;
use zhitongche::app::handling::deciding::MergedDecision;
use zhitongche::app::outcomes::adoptions::{self, NewAdoption};
use zhitongche::app::outcomes::archival;
use zhitongche::app::outcomes::ratings::{self, NewRating};
use zhitongche::app::reading::own::{self, OwnTask};
use zhitongche::app::{handling, merging};
use zhitongche::domain::ids::ManuscriptId;
use zhitongche::domain::outcome::{AdoptionForm, AdoptionLevel, Satisfaction};
use zhitongche::domain::vocabulary::Stage;

use super::world::{World, day, faults, refusal};
use crate::support::database::Engine;

crate::both_databases!(
    authors_of_a_merged_one_rate_its_target,
    an_adoption_is_recorded,
    a_concluded_one_is_opened_again_and_rated_again,
    what_rests_is_put_away,
);

fn satisfied() -> NewRating {
    NewRating { attitude: Satisfaction::Satisfied, result: Satisfaction::MostlySatisfied, words: String::new() }
}

fn conclude(world: &World, id: ManuscriptId) {
    let seen = world.version(id);
    let again = "情况没有变化，作者已当面说明。";
    world.act("dispatcher", move |tx, actor| handling::conclude_again(tx, actor, id, seen, "已办理。", again)).unwrap();
}

async fn authors_of_a_merged_one_rate_its_target(engine: Engine) {
    let world = World::new(engine);
    let (target, merged) = (world.submitted("author", &["一。"]), world.submitted("joint", &["二。"]));
    world.act("reviewer", move |tx, actor| merging::merge(tx, actor, merged, 2, target)).unwrap();
    world.close_window();
    world.forward(target);
    let one = world.single(target, "housing");
    let read = world.manuscript("joint", merged).unwrap();
    assert!(read.assignments.is_empty(), "the target's answers don't stand under their own suggestions");
    assert_eq!(read.course.unwrap().assignments[0].organization.name, "housing");
    assert_eq!(refusal(world.assignment("joint", one)), "not found");
    world.act("dispatcher", move |tx, actor| handling::receiving::cancel(tx, actor, one, 1, "不再需要。")).unwrap();
    let (seen, why) = (world.version(merged), MergedDecision { reason: "一并答复。".into(), ..MergedDecision::default() });
    let (_, told) =
        world.told(|| world.act("dispatcher", move |tx, actor| handling::decide_merged(tx, actor, merged, seen, &why)).unwrap());
    assert_eq!(told, ["joint: suggestions_decided".to_owned()].into());
    let (_, told) = world.told(|| conclude(&world, target));
    assert_eq!(told, ["author: concluded".to_owned(), "joint: concluded".to_owned()].into());
    let early = world.act("joint", move |tx, actor| ratings::rate(tx, actor, merged, &satisfied()));
    assert_eq!(refusal(early), "wrong_stage", "the conclusion is not announced yet");
    world.close_window();
    let unhappy = NewRating { attitude: Satisfaction::Unsatisfied, ..satisfied() };
    let (_, told) = world.told(|| world.act("joint", move |tx, actor| ratings::rate(tx, actor, merged, &unhappy)).unwrap());
    assert_eq!(told, ["dispatcher: rated_unsatisfied".to_owned()].into());
    world.act("author", move |tx, actor| ratings::rate(tx, actor, target, &satisfied())).unwrap();
    let names = |login: &str, id| world.manuscript(login, id).unwrap().ratings.into_iter().filter_map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(names("dispatcher", target), ["joint", "author"], "the office reads both where it concluded");
    assert_eq!((names("joint", merged), names("author", target)), (vec!["joint".to_owned()], vec!["author".to_owned()]));

    // Concluded again, both are asked again, and each once.
    let asked = |login: &str| {
        let own = world.read(login, |tx, actor| own::own(tx, actor, None, 10)).unwrap();
        own.asked.into_iter().map(|one| (one.line.id, one.ask)).collect::<Vec<_>>()
    };
    assert_eq!((asked("joint"), asked("author")), (vec![], vec![]));
    let seen = world.version(target);
    world.act("dispatcher", move |tx, actor| handling::reopen(tx, actor, target, seen, "作者不满意。")).unwrap();
    assert!(asked("joint").is_empty(), "nothing to rate while it is handled");
    conclude(&world, target);
    world.close_window();
    assert_eq!((asked("joint"), asked("author")), (vec![(merged, Some(OwnTask::Rate))], vec![(target, Some(OwnTask::Rate))]));
    world.act("joint", move |tx, actor| ratings::rate(tx, actor, merged, &satisfied())).unwrap();
    assert!(asked("joint").is_empty() && asked("author").len() == 1);
}

async fn an_adoption_is_recorded(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    let adoption = |body: &str, on: &str| NewAdoption {
        level: AdoptionLevel::City,
        body: body.into(),
        form: AdoptionForm::Single,
        adopted_on: day(on),
        evidence: "第8期".into(),
    };
    let (wrong, right, others) = (adoption(" ", "2026-11-21"), adoption("市《建言专报》", "2026-11-02"), adoption("市", "2026-11-02"));
    let faulty = world.act("dispatcher", move |tx, actor| adoptions::record(tx, actor, id, &wrong));
    assert_eq!(faults(faulty), ["body required", "adopted_on date_future"]);
    assert_eq!(refusal(world.act("author", move |tx, actor| adoptions::record(tx, actor, id, &others))), "wrong_role");
    let (_, told) = world.told(|| world.act("dispatcher", move |tx, actor| adoptions::record(tx, actor, id, &right)).unwrap());
    assert_eq!(told, ["author: adoption_recorded".to_owned()].into());
    let view = &world.manuscript("author", id).unwrap().adoptions[0];
    assert_eq!((view.body.as_str(), view.adopted_on.as_str()), ("市《建言专报》", "2026-11-02"));
}

async fn a_concluded_one_is_opened_again_and_rated_again(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    conclude(&world, id);
    world.close_window();
    world.act("author", move |tx, actor| ratings::rate(tx, actor, id, &satisfied())).unwrap();
    let seen = world.version(id);
    assert_eq!(faults(world.act("dispatcher", move |tx, actor| handling::reopen(tx, actor, id, seen, " "))), ["reason required"]);
    let (_, told) = world.told(|| world.act("dispatcher", move |tx, actor| handling::reopen(tx, actor, id, seen, "作者不满意。")).unwrap());
    assert_eq!(told, ["author: reopened".to_owned()].into());
    assert_eq!(world.stage("author", id), Stage::Handling);
    assert_eq!(refusal(world.act("author", move |tx, actor| ratings::rate(tx, actor, id, &satisfied()))), "wrong_stage");
    world.single(id, "housing");
    let one = world.manuscript("dispatcher", id).unwrap().assignments[0].id;
    world.act("dispatcher", move |tx, actor| handling::receiving::cancel(tx, actor, one, 1, "重复。")).unwrap();
    conclude(&world, id);
    world.close_window();
    world.act("author", move |tx, actor| ratings::rate(tx, actor, id, &satisfied())).unwrap();
    assert_eq!(world.manuscript("author", id).unwrap().ratings.len(), 2, "each conclusion is rated once");
}

async fn what_rests_is_put_away(engine: Engine) {
    let world = World::new(engine);
    let (by_hand, by_itself, alive) = (world.forwarded(&["一。"]), world.forwarded(&["一。"]), world.forwarded(&["一。"]));
    conclude(&world, by_hand);
    conclude(&world, by_itself);
    world.single(alive, "housing");
    let seen = world.version(by_hand);
    world.act("dispatcher", move |tx, actor| archival::archive(tx, actor, by_hand, seen, "")).unwrap();
    let view = world.manuscript("author", by_hand).unwrap();
    assert_eq!((view.stage, view.outcome), (Stage::Archived, Some(Stage::Concluded)));
    world.act("author", move |tx, actor| ratings::rate(tx, actor, by_hand, &satisfied())).unwrap();
    let sweep = || {
        let rested = world.desk.read_now(|tx| archival::rested(tx, 100)).unwrap();
        let put_away = |one| world.desk.write_now("sweep", move |tx| archival::put_away(tx, one)).unwrap();
        rested.into_iter().filter(|one| put_away(*one)).count()
    };
    assert_eq!(sweep(), 0, "it has not rested long enough");
    world.clock.advance(Duration::days(366));
    assert_eq!((sweep(), sweep()), (1, 0));
    assert_eq!((world.stage("author", by_itself), world.stage("author", alive)), (Stage::Archived, Stage::Handling));
    assert_eq!(world.acts(by_itself).last().unwrap(), "manuscript archive concluded>archived");
    let seen = world.version(by_itself);
    world.act("dispatcher", move |tx, actor| handling::reopen(tx, actor, by_itself, seen, "又有反映。")).unwrap();
    assert_eq!(world.stage("author", by_itself), Stage::Handling, "what was concluded is handled again");
}
