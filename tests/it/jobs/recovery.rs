//! Nodes that die, start again, lose their lease, or whose clock goes wrong.

use std::sync::atomic::Ordering;

use chrono::Duration;
use zhitongche::domain::job::{JobFault, JobState};
use zhitongche::jobs::kinds::Lane;
use zhitongche::jobs::{JobContext, Runner};
use zhitongche::store::jobs::queue::{self, Ending};

use super::world::{TICKS, World, runs};
use crate::support::database::Engine;

crate::both_databases!(
    a_killed_nodes_job_is_taken_over_after_its_lease,
    what_kills_its_node_each_time_is_given_up,
    a_lease_is_renewed_while_work_goes_on,
    a_lease_of_a_clock_that_ran_ahead_binds_nobody,
    periodic_work_outlives_restarts_and_clocks,
    what_a_clock_that_ran_ahead_put_off_runs,
    a_spoiled_periodic_row_is_written_anew,
    an_idle_installation_writes_nothing,
);

/// A node takes the job and is killed.
fn killed(world: &World) -> zhitongche::domain::ids::JobId {
    let now = world.clock.now();
    let among: Vec<_> = world.all().iter().map(|row| row.id).collect();
    let until = now + Duration::seconds(120);
    let taken = world.desk.db.write_now(move |conn| queue::claim(conn, &among, "a node that died", now, until)).unwrap();
    taken.unwrap().id
}

async fn a_killed_nodes_job_is_taken_over_after_its_lease(engine: Engine) {
    let (world, name) = (World::new(engine), format!("taken over {engine:?}"));
    world.enqueue(&name, None).unwrap();
    let id = killed(&world);
    let node = world.node();
    world.clock.advance(Duration::seconds(119));
    assert_eq!((node.run_one(Lane::Long).unwrap(), runs(&name)), (None, 0), "it is the other's");
    world.clock.advance(Duration::seconds(2));
    assert!(node.run_one(Lane::Long).unwrap().is_some());
    let row = world.row(id);
    assert_eq!((row.state, row.attempts, row.fault, runs(&name)), (JobState::Done, 2, Some(JobFault::Abandoned), 1));
    let now = world.clock.now();
    let late = world.desk.db.write_now(move |conn| queue::finish(conn, id, "a node that died", now, &Ending::Done)).unwrap();
    assert!(!late, "the dead node's word no longer counts");
}

async fn what_kills_its_node_each_time_is_given_up(engine: Engine) {
    let (world, name) = (World::new(engine), format!("killer {engine:?}"));
    world.enqueue(&name, None).unwrap();
    for _ in 0..3 {
        killed(&world);
        world.clock.advance(Duration::minutes(3));
    }
    world.node().run_one(Lane::Long).unwrap();
    let row = world.all().remove(0);
    assert_eq!((row.state, row.fault, runs(&name)), (JobState::Dead, Some(JobFault::Abandoned), 0));
}

async fn a_lease_is_renewed_while_work_goes_on(engine: Engine) {
    let world = World::new(engine);
    world.enqueue("renewed", None).unwrap();
    let id = killed(&world);
    world.clock.advance(Duration::seconds(100));
    let until = world.clock.now() + Duration::seconds(120);
    assert!(world.desk.db.write_now(move |conn| queue::renew(conn, id, "a node that died", until)).unwrap());
    world.clock.advance(Duration::seconds(100));
    assert_eq!(world.node().run_one(Lane::Long).unwrap(), None, "it lives");
    assert!(!world.desk.db.write_now(move |conn| queue::renew(conn, id, "another", until)).unwrap());
}

async fn a_lease_of_a_clock_that_ran_ahead_binds_nobody(engine: Engine) {
    let world = World::new(engine);
    world.enqueue("ahead", None).unwrap();
    world.clock.advance(Duration::hours(25));
    let id = killed(&world);
    world.clock.advance(Duration::hours(-25));
    assert!(world.node().run_one(Lane::Long).unwrap().is_some());
    assert_eq!(world.row(id).state, JobState::Done);
}

async fn periodic_work_outlives_restarts_and_clocks(engine: Engine) {
    let world = World::new(engine);
    let ticks = || TICKS.load(Ordering::SeqCst);
    let round = || {
        let before = ticks();
        let node = world.node();
        node.schedule().unwrap();
        while node.run_one(Lane::Short).unwrap().is_some() {}
        ticks() - before
    };
    let counts = [round(), round()];
    // Others of the process may tick at the same time under a runner of tests that shares it.
    assert!(counts[0] >= 1, "{counts:?}");
    let row = world.all().remove(0);
    assert_eq!((world.all().len(), row.state, row.run_at - world.clock.now()), (1, JobState::Waiting, Duration::hours(1)));
    world.clock.advance(Duration::hours(25));
    round();
    world.clock.advance(Duration::hours(-25));
    assert!(world.all()[0].run_at > world.clock.now() + Duration::hours(24));
    round();
    assert_eq!(world.all()[0].run_at - world.clock.now(), Duration::hours(1), "a clock set back puts nothing off for a day");
}

async fn what_a_clock_that_ran_ahead_put_off_runs(engine: Engine) {
    let (world, name) = (World::new(engine), format!("fail ahead {engine:?}"));
    let failed = world.enqueue(&name, None).unwrap();
    let node = world.node();
    world.clock.advance(Duration::hours(25));
    node.run_one(Lane::Long).unwrap();
    let asked = world.enqueue(&name, None).unwrap();
    world.clock.advance(Duration::hours(-25));
    assert_eq!(node.run_one(Lane::Long).unwrap(), None, "both wait for tomorrow");
    node.schedule().unwrap();
    let now = world.clock.now();
    assert_eq!([failed, asked].map(|id| world.row(id).run_at), [now; 2]);
}

async fn a_spoiled_periodic_row_is_written_anew(engine: Engine) {
    use diesel::prelude::*;
    use zhitongche::store::StoreError;
    use zhitongche::store::schema::jobs;
    let world = World::new(engine);
    let node = Runner::new(JobContext::new(world.desk.clone()).unwrap());
    node.schedule().unwrap();
    let spoil = |conn: &mut zhitongche::store::AnyConn| {
        let seal = jobs::table.filter(jobs::kind.eq("seal"));
        Ok::<_, StoreError>(diesel::update(seal).set(jobs::payload.eq("{}")).execute(conn)?)
    };
    assert_eq!(world.desk.db.write_now(spoil).unwrap(), 1, "the installation has a ledger");
    node.run_due().unwrap();
    node.run_due().unwrap();
    let of = |state: JobState| world.all().into_iter().filter(|row| row.kind == "seal" && row.state == state).count();
    assert_eq!((of(JobState::Dead), of(JobState::Waiting)), (1, 1));
}

async fn an_idle_installation_writes_nothing(engine: Engine) {
    let world = World::new(engine);
    let node = Runner::new(JobContext::new(world.desk.clone()).unwrap());
    assert!(node.run_due().unwrap() >= 9);
    let before = world.all();
    world.clock.advance(Duration::seconds(30));
    assert_eq!((node.run_due().unwrap(), world.all() == before), (0, true), "nothing to do and nothing written");
    world.clock.advance(Duration::seconds(31));
    assert!(node.run_due().unwrap() > 0, "once a minute it shows that nodes are at work");
}
