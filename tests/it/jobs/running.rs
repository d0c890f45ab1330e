//! Enqueuing, claiming, retrying, giving up.

use chrono::Duration;
use diesel::prelude::*;
use zhitongche::app::{AppError, jobs as desk_jobs};
use zhitongche::domain::job::{JobFault, JobState};
use zhitongche::jobs::kinds::Lane;
use zhitongche::store::StoreError;
use zhitongche::store::jobs::{listing, queue};
use zhitongche::store::schema::jobs;

use super::world::{Work, World, runs};
use crate::support::database::Engine;

crate::both_databases!(
    a_rolled_back_act_leaves_no_job,
    one_key_has_one_open_job,
    a_failed_job_waits_longer_and_longer_and_is_given_up,
    poison_harms_only_itself,
    parallel_runners_run_each_job_once,
    progress_is_seen_while_it_runs,
    what_takes_too_long_is_tried_again,
    a_kind_of_a_newer_program_is_left_alone,
    ended_jobs_cost_a_claim_nothing_and_are_removed,
);

async fn a_rolled_back_act_leaves_no_job(engine: Engine) {
    let world = World::new(engine);
    let work = || Work { what: "rolled back".to_owned(), key: None };
    let refused: Result<(), AppError> = world.desk.write_now("test", move |tx| {
        assert!(desk_jobs::enqueue(tx, &work(), None)?);
        Err(AppError::NotFound)
    });
    assert!(refused.is_err());
    assert_eq!(world.all(), []);
    world.desk.write_now("test", move |tx| desk_jobs::enqueue(tx, &work(), None)).unwrap();
    assert_eq!((world.node().run_one(Lane::Long).unwrap().is_some(), runs("rolled back")), (true, 1));
}

async fn one_key_has_one_open_job(engine: Engine) {
    let world = World::new(engine);
    let first = world.enqueue("once", Some("a")).unwrap();
    assert_eq!(world.enqueue("once", Some("a")), None);
    assert!(world.enqueue("once", Some("b")).is_some() && world.enqueue("once", None).is_some() && world.enqueue("once", None).is_some());
    world.node().run_one(Lane::Long).unwrap();
    assert_eq!(world.row(first).state, JobState::Done);
    assert!(world.enqueue("once", Some("a")).is_some(), "what ended stands in nobody's way");
}

async fn a_failed_job_waits_longer_and_longer_and_is_given_up(engine: Engine) {
    let (world, name) = (World::new(engine), format!("fail {engine:?}"));
    let id = world.enqueue(&name, None).unwrap();
    let node = world.node();
    let mut waits = Vec::new();
    for attempt in 1..=2 {
        node.run_one(Lane::Long).unwrap();
        let row = world.row(id);
        assert_eq!((row.state, row.attempts, row.fault), (JobState::Waiting, attempt, Some(JobFault::Failed)));
        assert_eq!(row.error.as_deref(), Some("the disk is full"));
        waits.push((row.run_at - world.clock.now()).num_seconds());
        assert_eq!(node.run_one(Lane::Long).unwrap(), None, "not before its time");
        world.clock.advance(row.run_at - world.clock.now());
    }
    assert!((5..=10).contains(&waits[0]) && (10..=20).contains(&waits[1]), "{waits:?}");
    node.run_one(Lane::Long).unwrap();
    let row = world.row(id);
    assert_eq!((row.state, row.attempts, runs(&name), row.lease_holder), (JobState::Dead, 3, 3, None));
    world.clock.advance(Duration::days(400));
    assert_eq!(node.run_one(Lane::Long).unwrap(), None);
    let now = world.clock.now();
    assert!(world.desk.db.write_now(move |conn| listing::retry(conn, id, now)).unwrap());
    assert_eq!((node.run_one(Lane::Long).unwrap().is_some(), world.row(id).attempts, world.row(id).state), (true, 1, JobState::Waiting));
}

async fn poison_harms_only_itself(engine: Engine) {
    let world = World::new(engine);
    let unreadable = world.enqueue("well then", None).unwrap();
    world
        .desk
        .db
        .write_now(move |conn| {
            let row = jobs::table.filter(jobs::id.eq(unreadable));
            Ok::<_, StoreError>(diesel::update(row).set(jobs::payload.eq("[\"not\", \"an object\"")).execute(conn)?)
        })
        .unwrap();
    let panics = world.enqueue("panic", None).unwrap();
    let good = world.enqueue("good after poison", None).unwrap();
    let node = world.node();
    while node.run_one(Lane::Long).unwrap().is_some() {}
    let [unreadable, panics, good] = [unreadable, panics, good].map(|id| world.row(id));
    assert_eq!((unreadable.state, unreadable.fault, unreadable.attempts), (JobState::Dead, Some(JobFault::Unreadable), 1));
    assert!(unreadable.error.unwrap().contains("EOF"));
    assert_eq!((panics.state, panics.fault), (JobState::Dead, Some(JobFault::Panicked)));
    assert_eq!(panics.error.as_deref(), Some("it broke off in the middle"));
    assert_eq!(good.state, JobState::Done);
}

async fn parallel_runners_run_each_job_once(engine: Engine) {
    let world = World::new(engine);
    let names: Vec<String> = (0..40).map(|n| format!("parallel {engine:?} {n}")).collect();
    for name in &names {
        world.enqueue(name, None).unwrap();
    }
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (node, all) = (world.node(), || world.all());
            scope.spawn(move || {
                // Another runner may have been faster with what was seen; that is no end.
                while all().iter().any(|row| row.state == JobState::Waiting) {
                    node.run_one(Lane::Long).unwrap();
                }
            });
        }
    });
    assert!(names.iter().all(|name| runs(name) == 1), "{:?}", names.iter().map(|name| runs(name)).collect::<Vec<_>>());
    assert!(world.all().iter().all(|row| row.state == JobState::Done && row.attempts == 1));
}

async fn progress_is_seen_while_it_runs(engine: Engine) {
    let world = World::new(engine);
    let id = world.enqueue("progress", None).unwrap();
    world.node().run_one(Lane::Long).unwrap();
    let row = world.row(id);
    assert_eq!((row.progress_done, row.progress_total, row.progress_step.as_deref()), (30, Some(120), Some("entries")));
    let (stranger, at) = ("another", queue::Progress { done: 99, total: None, step: "entries" });
    assert!(!world.desk.db.write_now(move |conn| queue::save_progress(conn, id, stranger, at)).unwrap(), "only who has it says so");
}

async fn what_takes_too_long_is_tried_again(engine: Engine) {
    let world = World::new(engine);
    let id = world.enqueue("slow", None).unwrap();
    world.node().run_one(Lane::Long).unwrap();
    let row = world.row(id);
    assert_eq!((row.state, row.fault), (JobState::Waiting, Some(JobFault::TimedOut)));
}

async fn a_kind_of_a_newer_program_is_left_alone(engine: Engine) {
    let world = World::new(engine);
    let id = world.enqueue("newer", None).unwrap();
    world
        .desk
        .db
        .write_now(move |conn| Ok::<_, StoreError>(diesel::update(jobs::table).set(jobs::kind.eq("of_2031")).execute(conn)?))
        .unwrap();
    assert_eq!(world.node().run_one(Lane::Long).unwrap(), None);
    assert_eq!(world.row(id).state, JobState::Waiting);
}

async fn ended_jobs_cost_a_claim_nothing_and_are_removed(engine: Engine) {
    let world = World::new(engine);
    let done = world.enqueue("done long ago", None).unwrap();
    let node = world.node();
    node.run_one(Lane::Long).unwrap();
    let dead = super::dead_job(&world.desk);
    if engine == Engine::Sqlite {
        let plan = world
            .desk
            .db
            .read_now(|conn| {
                #[derive(QueryableByName)]
                struct Step {
                    #[diesel(sql_type = diesel::sql_types::Text)]
                    detail: String,
                }
                let sql =
                    "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE jobs.state IN ('waiting','running') AND run_at <= 1 ORDER BY run_at, id";
                Ok::<Vec<Step>, StoreError>(diesel::sql_query(sql).load(conn)?)
            })
            .unwrap();
        assert!(plan.iter().any(|step| step.detail.contains("jobs_due")), "only open jobs are looked at");
    }
    world.clock.advance(Duration::days(15));
    let before = world.clock.now() - Duration::days(14);
    assert_eq!(world.desk.db.write_now(move |conn| queue::forget(conn, before)).unwrap(), 1);
    let left: Vec<_> = world.all().into_iter().map(|row| row.id).collect();
    assert_eq!((left.contains(&done), left.contains(&dead)), (false, true), "what waits for a person stays");
}
