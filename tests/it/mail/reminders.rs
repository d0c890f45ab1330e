//! Reminders: on time, once, never on a rest day, and not for what has been done meanwhile.

use chrono::Duration;
use serde_json::{Value, json};
use zhitongche::app::forwarding::{self, Forwarding};
use zhitongche::app::review::{self, ReviewVerdict};
use zhitongche::domain::notice::{Letter, LetterState};
use zhitongche::domain::vocabulary::Role;
use zhitongche::jobs::{JobContext, remind};
use zhitongche::server::database;

use super::world::{World, at};
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    a_review_is_reminded_of_before_on_and_after_its_day,
    nothing_is_reminded_of_on_rest_days,
    a_reminder_whose_matter_is_done_is_not_sent,
    nobody_is_reminded_to_review_what_he_wrote,
    who_stands_in_is_reminded_with_who_is_away,
    departments_are_reminded_and_the_dispatcher_is_told_when_they_are_late,
);

/// The kinds of the letters to a person that speak of a limit, with the Beijing time at which they were written.
fn reminders(world: &World, role: Role) -> Vec<(Letter, String)> {
    let limits = [Letter::DueSoon, Letter::DueToday, Letter::Overdue, Letter::OverdueAbove];
    let local = |at: zhitongche::domain::clock::Moment| (at.utc() + Duration::hours(8)).format("%m-%d %H:%M").to_string();
    let rows = world.letters_to(world.person(role)).into_iter().filter(|row| limits.contains(&row.kind));
    rows.map(|row| (row.kind, local(row.created_at))).collect()
}

/// Lets every hour pass until then, with the task run twice in each.
fn pass(world: &World, until: &str) {
    while world.clock.now() < at(until) {
        remind::run_once(&world.context).unwrap();
        remind::run_once(&world.context).unwrap();
        world.later(Duration::hours(1));
    }
}

async fn a_review_is_reminded_of_before_on_and_after_its_day(engine: Engine) {
    let world = World::new(engine, None);
    world.submitted("关于加装电梯的建议");
    // Handed in on Friday 20 November; five working days: Friday 27 November, 18:00.
    pass(&world, "2026-12-10T00:00:00Z");
    let expected = [
        (Letter::DueSoon, "11-24 09:32"),
        (Letter::DueSoon, "11-26 09:32"),
        (Letter::DueToday, "11-27 09:32"),
        (Letter::Overdue, "11-30 09:32"),
    ];
    assert_eq!(reminders(&world, Role::Reviewer), expected.map(|(kind, at)| (kind, at.to_owned())));
    assert_eq!(reminders(&world, Role::Submitter), []);
    // The signer learns that something is late, but not what: they have not seen it yet.
    assert_eq!(reminders(&world, Role::Signer), [(Letter::OverdueAbove, "11-30 09:32".to_owned())]);
    let row = world.letters_to(world.person(Role::Signer)).remove(0);
    assert_eq!(row.manuscript_id, None);
    assert!(!row.args.contains("电梯") && !row.args.contains("2026-0001"), "{}", row.args);
}

async fn nothing_is_reminded_of_on_rest_days(engine: Engine) {
    let world = World::new(engine, None);
    world.clock.set(at("2026-09-24T02:00:00Z"));
    world.submitted("关于加装电梯的建议");
    // Mid-autumn 25–27 September, national holidays 1–7 October, 10 October worked: five working days from Thursday 24 September
    // are 28, 29, 30 September, 8 and 9 October.
    pass(&world, "2026-10-13T00:00:00Z");
    let expected = [
        (Letter::DueSoon, "09-29 09:00"),
        (Letter::DueSoon, "10-08 09:00"),
        (Letter::DueToday, "10-09 09:00"),
        (Letter::Overdue, "10-10 09:00"),
    ];
    assert_eq!(reminders(&world, Role::Reviewer), expected.map(|(kind, at)| (kind, at.to_owned())));
}

async fn a_reminder_whose_matter_is_done_is_not_sent(engine: Engine) {
    let world = World::new(engine, None);
    let manuscript = world.submitted("关于加装电梯的建议");
    world.deliver();
    world.clock.set(at("2026-11-24T01:30:00Z"));
    assert_eq!(remind::run_once(&world.context).unwrap(), 1);
    let (actor, verdict) = (world.actor(Role::Reviewer), ReviewVerdict::Recommend { opinion: "可用".to_owned() });
    world.write(move |tx| review::decide(tx, &actor, manuscript, 2, &verdict));
    let sent = world.context.transport.kept().len();
    assert_eq!(world.deliver(), 1, "the reminder was waiting");
    assert_eq!(world.context.transport.kept().len(), sent, "but it has been done meanwhile");
    let row = world.letters_to(world.person(Role::Reviewer)).into_iter().find(|row| row.kind == Letter::DueSoon).unwrap();
    assert_eq!(row.state, LetterState::Revoked);
}

async fn nobody_is_reminded_to_review_what_he_wrote(engine: Engine) {
    use diesel::prelude::*;
    use zhitongche::store::schema::grants;
    let world = World::new(engine, None);
    let (person, channel, office, grant, now) = (
        world.person(Role::Submitter),
        world.channel,
        world.office,
        world.clock.id::<zhitongche::domain::ids::GrantId>(),
        world.clock.now(),
    );
    world.write(move |tx| {
        let row = (
            grants::id.eq(grant),
            grants::user_id.eq(person),
            grants::channel_id.eq(channel),
            grants::organization_id.eq(office),
            grants::role.eq(Role::Reviewer),
            grants::granted_at.eq(now),
        );
        Ok(diesel::insert_into(grants::table).values(row).execute(tx.conn)?)
    });
    world.submitted("关于加装电梯的建议");
    pass(&world, "2026-12-02T00:00:00Z");
    assert_eq!(reminders(&world, Role::Submitter), []);
    assert_eq!(reminders(&world, Role::Reviewer).len(), 4);
}

async fn who_stands_in_is_reminded_with_who_is_away(engine: Engine) {
    use diesel::prelude::*;
    use zhitongche::store::schema::stand_ins;
    let world = World::new(engine, None);
    let stand_in = world.add_person("stand_in", &[Role::Screener]);
    let (id, absent, channel, now) =
        (world.clock.id::<zhitongche::domain::ids::StandInId>(), world.person(Role::Reviewer), world.channel, world.clock.now());
    world.write(move |tx| {
        let row = (
            stand_ins::id.eq(id),
            stand_ins::channel_id.eq(channel),
            stand_ins::absent_id.eq(absent),
            stand_ins::stand_in_id.eq(stand_in),
            stand_ins::role.eq(Role::Reviewer),
            stand_ins::from_at.eq(now),
            stand_ins::to_at.eq(at("2026-11-27T00:00:00Z")),
            stand_ins::created_by.eq(absent),
            stand_ins::created_at.eq(now),
        );
        Ok(diesel::insert_into(stand_ins::table).values(row).execute(tx.conn)?)
    });
    let manuscript = world.submitted("关于加装电梯的建议");
    pass(&world, "2026-12-02T00:00:00Z");
    let told = world.letters_to(stand_in);
    let kinds: Vec<_> = told.iter().map(|row| (row.kind, row.manuscript_id)).collect();
    let expected = [Letter::ArrivedReview, Letter::DueSoon, Letter::DueSoon].map(|kind| (kind, Some(manuscript)));
    assert_eq!(kinds, expected, "until the other is back");
    assert_eq!(reminders(&world, Role::Reviewer).len(), 4);
}

/// Puts an accepted manuscript before the leader.
async fn forward(cast: &Cast, id: &str) {
    let (actor, leader) = (cast.actor("signer"), cast.user("leader").await);
    let desk = database::app(&cast.app.settings, &cast.app.clock).unwrap();
    let id = id.parse().unwrap();
    desk.write("test", move |tx| forwarding::forward(tx, &actor, id, 4, &Forwarding { recipients: vec![leader] })).await.unwrap();
}

async fn departments_are_reminded_and_the_dispatcher_is_told_when_they_are_late(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.accepted().await;
    forward(&cast, &id).await;
    let housing = cast.organization("县住建局").await;
    let form = json!({"form": "single", "departments": [{"organization_id": housing, "due_on": "2026-12-04"}]});
    let charged = cast.act("dispatcher", &id, "assignments", form).await;
    let assignment = charged["assignments"][0]["id"].as_str().unwrap().to_owned();
    let context = JobContext::new(database::app(&cast.app.settings, &cast.app.clock).unwrap()).unwrap();
    let run_until = |until: &str| {
        while cast.app.clock.now() < at(until) {
            remind::run_once(&context).unwrap();
            cast.app.clock.advance(Duration::hours(1));
        }
    };
    // Friday 20 November: to be received by Wednesday 25, which nobody does until Friday 27.
    run_until("2026-11-27T02:00:00Z");
    let seen = cast.send("POST", "handler", &format!("/assignments/{assignment}/receipt"), Some(1), Value::Null).await;
    assert!(seen.status.is_success(), "{}", seen.body);
    run_until("2026-12-09T02:00:00Z");

    let late = |login: &'static str| {
        let cast = &cast;
        async move {
            let inbox = cast.get(login, "/inbox?limit=200").await.body;
            let mut kinds: Vec<(String, String)> = Vec::new();
            for notice in inbox["items"].as_array().unwrap() {
                let kind = notice["kind"].as_str().unwrap();
                if matches!(kind, "due_soon" | "due_today" | "overdue" | "overdue_above") {
                    let when = at(notice["created_at"].as_str().unwrap()).utc() + Duration::hours(8);
                    kinds.push((when.format("%m-%d").to_string(), kind.to_owned()));
                }
            }
            kinds.sort();
            kinds
        }
    };
    let expected = [
        ("11-24", "due_soon"),
        ("11-25", "due_today"),
        ("11-26", "overdue"),
        ("12-01", "due_soon"),
        ("12-03", "due_soon"),
        ("12-04", "due_today"),
        ("12-07", "overdue"),
    ];
    let expected = expected.map(|(day, kind)| (day.to_owned(), kind.to_owned()));
    assert_eq!(late("handler").await, expected);
    assert_eq!(
        late("dispatcher").await,
        [&expected[2], &expected[6]].map(|(day, _)| (day.clone(), "overdue_above".to_owned())),
        "whoever watches over it hears only of what is late"
    );
    for login in ["handler2", "author", "leader", "reviewer", "signer"] {
        assert_eq!(late(login).await, [], "{login}");
    }
}
