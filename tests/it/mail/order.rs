//! Letters to one person about one thing leave in the order in which they were written.

use std::collections::BTreeMap;

use chrono::Duration;
use diesel::prelude::*;
use zhitongche::domain::ids::{LetterId, ManuscriptId};
use zhitongche::domain::notice::{Letter, LetterState};
use zhitongche::jobs::{JobContext, Stop, deliver_mail};
use zhitongche::store::schema::letters;

use super::server::MailServer;
use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    several_workers_swap_no_letters,
    the_later_letter_waits_for_the_earlier_one_and_goes_when_that_is_given_up,
    a_letter_whose_act_may_still_be_undone_keeps_none_back,
);

/// Letters about one manuscript, in the order in which they are written.
fn about(world: &World, manuscript: ManuscriptId, n: usize) -> Vec<LetterId> {
    let ids: Vec<LetterId> = (0..n).map(|_| world.letter(Letter::Accepted)).collect();
    let rows = ids.clone();
    world.write(move |tx| {
        let rows = letters::table.filter(letters::id.eq_any(rows));
        Ok(diesel::update(rows).set(letters::manuscript_id.eq(manuscript)).execute(tx.conn)?)
    });
    ids
}

async fn several_workers_swap_no_letters(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    let mut written: BTreeMap<String, usize> = BTreeMap::new();
    let mut place_of = BTreeMap::new();
    let (manuscripts, each) = (25, 12);
    let sets: Vec<Vec<LetterId>> = (0..manuscripts).map(|_| about(&world, world.clock.id(), each)).collect();
    for (set, ids) in sets.iter().enumerate() {
        for (place, id) in ids.iter().enumerate() {
            place_of.insert(format!("<{id}@example.gov.cn>"), (set, place));
        }
    }
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let context = JobContext::new(world.desk.clone()).unwrap();
            scope.spawn(move || while deliver_mail::run_once(&context, &Stop::default()).unwrap() > 0 {});
        }
    });
    let mut swapped = 0;
    let mut last: BTreeMap<usize, usize> = BTreeMap::new();
    // A worker may stop while another still holds what the rest waits for.
    while world.deliver() > 0 {}
    let taken = server.taken();
    for letter in &taken {
        let id = letter.header("Message-ID").remove(0);
        let (set, place) = place_of[&id];
        *written.entry(id).or_default() += 1;
        if last.insert(set, place).is_some_and(|before| before > place) {
            swapped += 1;
        }
    }
    assert_eq!((taken.len(), written.len(), swapped), (manuscripts * each, manuscripts * each, 0));
    assert!(taken.iter().map(|letter| letter.line).collect::<std::collections::BTreeSet<_>>().len() > 1, "several workers");
}

async fn the_later_letter_waits_for_the_earlier_one_and_goes_when_that_is_given_up(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    let mine = about(&world, world.clock.id(), 2);
    server.mode("4xx");
    assert_eq!(world.deliver(), 2);
    assert_eq!(server.taken().len(), 1, "the second is not even tried");
    server.mode("accept");
    let other = world.letter(Letter::Accepted);
    assert_eq!(world.deliver(), 1, "what is about something else goes");
    assert_eq!(world.row(other).state, LetterState::Sent);
    assert_eq!(world.row(mine[1]).attempts, 0);
    world.later(Duration::seconds(30));
    while world.deliver() > 0 {}
    let order: Vec<String> = server.taken().iter().filter(|one| one.mode == "accept").flat_map(|one| one.header("Message-ID")).collect();
    assert_eq!(order, [other, mine[0], mine[1]].map(|id| format!("<{id}@example.gov.cn>")));

    let mine = about(&world, world.clock.id(), 2);
    server.mode("only submitter@example.org 554 5.6.0 not these");
    assert_eq!(world.deliver(), 2);
    let states = [mine[0], mine[1]].map(|id| world.row(id).state);
    assert_eq!(states, [LetterState::Failed; 2], "the first is given up, so the second is tried");
}

async fn a_letter_whose_act_may_still_be_undone_keeps_none_back(engine: Engine) {
    let world = World::new(engine, None);
    let mine = about(&world, world.clock.id(), 2);
    let (first, later) = (mine[0], world.clock.now() + Duration::minutes(10));
    world.write(move |tx| Ok(diesel::update(letters::table.find(first)).set(letters::not_before.eq(later)).execute(tx.conn)?));
    assert_eq!(world.deliver(), 1, "otherwise its recipient would feel that something is decided");
    assert_eq!(world.row(mine[1]).state, LetterState::Sent);
    world.later(Duration::minutes(10));
    assert_eq!(world.deliver(), 1);
}
