//! What other manuscripts and other people learn while a decision can still be taken back.

use zhitongche::app::handling::{self, receiving};
use zhitongche::app::outcomes::ratings::{self, NewRating};
use zhitongche::app::reading::history;
use zhitongche::app::review::{self, ReviewVerdict};
use zhitongche::app::{merging, undo};
use zhitongche::domain::ids::ManuscriptId;
use zhitongche::domain::outcome::Satisfaction;
use zhitongche::domain::vocabulary::{Action, DeclineReason, Stage};

use super::world::{World, refusal};
use crate::support::database::Engine;

crate::both_databases!(
    an_undone_decline_takes_back_what_it_released,
    a_decline_stands_once_somebody_acted_on_what_it_released,
    a_decline_releases_for_good_when_its_window_closes,
    authors_of_a_merged_one_act_on_what_they_read,
    whoever_never_heard_of_the_end_hears_of_no_reopening,
);

/// A manuscript of `author`, and one of `joint` that is merged into it.
fn merged(world: &World) -> (ManuscriptId, ManuscriptId) {
    let (target, merged) = (world.submitted("author", &["一。"]), world.submitted("joint", &["二。"]));
    world.act("reviewer", move |tx, actor| merging::merge(tx, actor, merged, 2, target)).unwrap();
    world.close_window();
    (target, merged)
}

fn decline(world: &World, id: ManuscriptId) {
    let seen = world.manuscript("reviewer", id).unwrap().version;
    let verdict = ReviewVerdict::Decline { code: DeclineReason::Duplicate, reason: "已有同类办理。".into() };
    world.act("reviewer", move |tx, actor| review::decide(tx, actor, id, seen, &verdict)).unwrap();
}

fn undo(world: &World, id: ManuscriptId) -> Result<(), zhitongche::app::AppError> {
    let seen = world.manuscript("reviewer", id).unwrap().version;
    world.act("reviewer", move |tx, actor| undo::undo(tx, actor, id, seen)).map(drop)
}

async fn an_undone_decline_takes_back_what_it_released(engine: Engine) {
    let world = World::new(engine);
    let (target, merged) = merged(&world);
    let read = world.manuscript("joint", merged).unwrap();
    let (_, told) = world.told(|| decline(&world, target));
    assert!(told.contains("author: declined") && told.contains("joint: unmerged"), "{told:?}");
    assert_eq!((world.stage("reviewer", target), world.stage("reviewer", merged)), (Stage::Declined, Stage::Review));
    let still = world.manuscript("joint", merged).unwrap();
    assert_eq!(
        (still.stage, still.version, still.merged_into.is_some()),
        (read.stage, read.version, read.merged_into.is_some()),
        "nothing is announced yet"
    );
    assert_eq!(still.allowed_actions, read.allowed_actions);
    assert_eq!(refusal(undo(&world, merged)), "not_yours", "it goes back with the decline, or not at all");

    undo(&world, target).unwrap();
    assert_eq!((world.stage("reviewer", target), world.stage("reviewer", merged)), (Stage::Review, Stage::Merged));
    let joined = world.manuscript("reviewer", merged).unwrap();
    assert_eq!(joined.merged_into.and_then(|into| into.id), Some(target));
    assert_eq!(
        world.acts(merged)[1..],
        ["manuscript merge review>merged", "manuscript unmerge merged>review", "manuscript undo review>merged"]
    );
    let (_, left) = world.told(|| ());
    assert!(left.is_empty());
    assert!(
        !world.waiting_letters().iter().any(|letter| letter.ends_with("unmerged") || letter.ends_with("declined")),
        "their letters are revoked"
    );
    assert_eq!(world.verify().await, Vec::<String>::new());
}

async fn a_decline_stands_once_somebody_acted_on_what_it_released(engine: Engine) {
    let world = World::new(engine);
    let (target, merged) = merged(&world);
    decline(&world, target);
    let seen = world.manuscript("reviewer", merged).unwrap().version;
    let opinion = ReviewVerdict::Recommend { opinion: "可以采用。".into() };
    world.act("reviewer", move |tx, actor| review::decide(tx, actor, merged, seen, &opinion)).unwrap();
    assert_eq!(refusal(undo(&world, target)), "acted_on");
    assert_eq!((world.stage("reviewer", target), world.stage("reviewer", merged)), (Stage::Declined, Stage::Signing));
}

async fn a_decline_releases_for_good_when_its_window_closes(engine: Engine) {
    let world = World::new(engine);
    let (target, merged) = merged(&world);
    decline(&world, target);
    world.close_window();
    let read = world.manuscript("joint", merged).unwrap();
    assert_eq!((read.stage, read.merged_into.is_none()), (Stage::Review, true));
    assert!(read.allowed_actions.contains(&Action::Withdraw));
    assert_eq!(refusal(undo(&world, target)), "undo_closed");
    assert_eq!(world.verify().await, Vec::<String>::new());
}

async fn authors_of_a_merged_one_act_on_what_they_read(engine: Engine) {
    let world = World::new(engine);
    let (target, merged) = merged(&world);
    world.forward(target);
    let seen = world.version(target);
    world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, target, seen, "已办理。")).unwrap();
    let read = || {
        let view = world.manuscript("joint", merged).unwrap();
        (view.stage, view.allowed_actions)
    };
    let rating = || NewRating { attitude: Satisfaction::Satisfied, result: Satisfaction::Satisfied, words: String::new() };
    assert_eq!(read(), (Stage::Forwarded, Vec::new()), "the conclusion is not announced yet");
    let form = rating();
    assert_eq!(refusal(world.act("joint", move |tx, actor| ratings::rate(tx, actor, merged, &form))), "wrong_stage");
    world.close_window();
    assert_eq!(read(), (Stage::Concluded, vec![Action::Rate]));
    let form = rating();
    world.act("joint", move |tx, actor| ratings::rate(tx, actor, merged, &form)).unwrap();
}

async fn whoever_never_heard_of_the_end_hears_of_no_reopening(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。"]);
    let one = world.single(id, "housing");
    world.act("dispatcher", move |tx, actor| receiving::cancel(tx, actor, one, 1, "不再需要。")).unwrap();
    let before = world.waiting_letters();
    let seen = world.version(id);
    world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, id, seen, "已办理。")).unwrap();
    let (_, told) = world.told(|| {
        world.act("dispatcher", move |tx, actor| handling::reopen(tx, actor, id, seen + 1, "还有一条没有答复。")).unwrap();
    });
    assert_eq!(told, std::collections::BTreeSet::new());
    assert_eq!(world.waiting_letters(), before, "neither the end nor the beginning is told");
    assert_eq!(world.stage("author", id), Stage::Handling);
    for (reader, reads) in [("author", false), ("dispatcher", true)] {
        let acts: Vec<String> =
            world.read(reader, |tx, actor| history::history(tx, actor, id)).unwrap().into_iter().map(|one| one.action).collect();
        let ends = |act: &str| acts.iter().any(|one| one == act);
        assert_eq!((ends("conclude"), ends("reopen")), (reads, reads), "{reader}: {acts:?}");
        let words = serde_json::to_string(&world.manuscript(reader, id).unwrap()).unwrap();
        assert_eq!((words.contains("已办理。"), words.contains("还有一条没有答复。")), (false, reads), "{reader}");
    }
    assert_eq!(world.verify().await, Vec::<String>::new());
}
