//! What changed between a letter's writing and its sending.

use diesel::prelude::*;
use diesel::sql_types::Text;
use zhitongche::app::notices::{self, Slice};
use zhitongche::domain::ids::{LetterId, UserId};
use zhitongche::domain::lang::Lang;
use zhitongche::domain::notice::{Letter, LetterState, WithheldReason};
use zhitongche::domain::vocabulary::Role;
use zhitongche::jobs::{Stop, deliver_mail};
use zhitongche::store::schema::{grants, letters, users};

use super::server::MailServer;
use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    a_letter_goes_to_the_address_of_the_moment,
    a_claimed_letter_goes_to_nobody_who_may_not_have_it_any_more,
    a_link_that_was_replaced_is_not_sent,
    a_row_that_cannot_be_read_is_given_up_alone,
    a_broken_row_breaks_neither_inbox_nor_outbox,
);

const SLICE: Slice = Slice { before: None, limit: 50 };

/// Changes the recipient while the worker has the letter: just before a letter that waits behind another one in the same batch is sent.
fn set_address(world: &World, user: UserId, address: &'static str) {
    world.write(move |tx| Ok(diesel::update(users::table.find(user)).set(users::email.eq(address)).execute(tx.conn)?));
}

/// The reviewer's letter that tells of an arrival.
fn arrival(world: &World) -> LetterId {
    world.letters_to(world.person(Role::Reviewer)).into_iter().find(|row| row.kind == Letter::ArrivedReview).unwrap().id
}

async fn a_letter_goes_to_the_address_of_the_moment(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::with(engine, Some(&server), |settings| settings.mail.timeout_seconds = 5);
    let first = world.letter(Letter::Accepted);
    let second = world.letter(Letter::Accepted);
    let author = world.person(Role::Submitter);
    // Both are claimed together; the first keeps the worker busy until the address has been changed.
    server.mode("at mail hang");
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| deliver_mail::run_once(&world.context, &Stop::default()).unwrap());
        while world.row(second).state != LetterState::Leased {
            std::thread::yield_now();
        }
        set_address(&world, author, "new@example.org");
        worker.join().unwrap();
    });
    server.mode("accept");
    world.later(chrono::Duration::hours(1));
    while world.deliver() > 0 {}
    let to: Vec<String> = server.taken().iter().map(|letter| letter.to[0].clone()).collect();
    assert_eq!(to, ["new@example.org", "new@example.org"]);
    assert_eq!((world.row(first).state, world.row(second).state), (LetterState::Sent, LetterState::Sent));
}

/// A submission, whose letter to the reviewer is taken by a worker; then something changes, and the worker looks at it.
fn withheld(engine: Engine, change: impl FnOnce(&World, UserId), reason: WithheldReason, in_inbox: usize) {
    let world = World::new(engine, None);
    let reviewer = world.person(Role::Reviewer);
    world.submitted("关于加装电梯的建议");
    change(&world, reviewer);
    while world.deliver() > 0 {}
    let id = arrival(&world);
    let row = world.row(id);
    assert_eq!((row.state, row.reason), (LetterState::Withheld, Some(reason)));
    assert_eq!(world.context.transport.kept().len(), 1, "to the author alone");
    let admin = world.actor(Role::SystemAdmin);
    let outbox = world.desk.read_now(move |tx| notices::outbox(tx, &admin, Some(LetterState::Withheld), SLICE)).unwrap();
    assert_eq!(outbox.iter().map(|one| (one.id, one.reason)).collect::<Vec<_>>(), [(id, Some(reason))]);
    let person = zhitongche::domain::permission::Actor { user: reviewer, channel: world.channel, grants: Vec::new() };
    let inbox = world.desk.read_now(move |tx| notices::inbox(tx, &person, Lang::Zh, false, SLICE)).unwrap();
    assert_eq!(inbox.len(), in_inbox, "{reason}");
}

async fn a_claimed_letter_goes_to_nobody_who_may_not_have_it_any_more(engine: Engine) {
    let suspend = |world: &World, user: UserId| {
        let now = world.clock.now();
        world.write(move |tx| Ok(diesel::update(users::table.find(user)).set(users::suspended_at.eq(now)).execute(tx.conn)?));
    };
    withheld(engine, suspend, WithheldReason::Suspended, 1);
    let revoke = |world: &World, user: UserId| {
        let now = world.clock.now();
        world.write(move |tx| {
            let of = grants::table.filter(grants::user_id.eq(user));
            Ok(diesel::update(of).set(grants::revoked_at.eq(now)).execute(tx.conn)?)
        });
    };
    withheld(engine, revoke, WithheldReason::NotRecipient, 0);
    withheld(engine, |world, user| set_address(world, user, ""), WithheldReason::NoAddress, 1);
}

async fn a_link_that_was_replaced_is_not_sent(engine: Engine) {
    use zhitongche::app::accounts::{By, links};
    let world = World::new(engine, None);
    let author = world.person(Role::Submitter);
    for _ in 0..2 {
        let admin = world.actor(Role::SystemAdmin);
        world.write(move |tx| links::send_to(tx, By::Person(&admin), author));
    }
    while world.deliver() > 0 {}
    let states: Vec<_> = world.letters_to(author).into_iter().map(|row| (row.state, row.reason)).collect();
    assert_eq!(states, [(LetterState::Withheld, Some(WithheldReason::LinkEnded)), (LetterState::Sent, None)]);
    assert_eq!(world.context.transport.kept().len(), 1);
}

fn damage(world: &World, id: LetterId, column: &str, value: &str) {
    let statement = format!("UPDATE letters SET {column} = $1 WHERE id = {}", {
        let id = id.0;
        match world.desk.db.connect().unwrap() {
            zhitongche::store::AnyConn::Pg(_) => format!("'{id}'"),
            zhitongche::store::AnyConn::Sqlite(_) => format!("X'{}'", id.simple()),
        }
    });
    let value = value.to_owned();
    world.write(move |tx| Ok(diesel::sql_query(&statement).bind::<Text, _>(value).execute(tx.conn)?));
}

fn state_word(world: &World, id: LetterId) -> (LetterState, Option<String>) {
    world.write(move |tx| Ok(letters::table.find(id).select((letters::state, letters::answer)).get_result(tx.conn)?))
}

async fn a_row_that_cannot_be_read_is_given_up_alone(engine: Engine) {
    for (column, value) in [("kind", "of_a_newer_program"), ("args", "{\"number\": 7"), ("args", "7")] {
        let world = World::new(engine, None);
        let ids = [world.letter(Letter::Accepted), world.letter(Letter::Accepted), world.letter(Letter::Accepted)];
        damage(&world, ids[1], column, value);
        assert_eq!(world.deliver(), 3);
        let (state, answer) = state_word(&world, ids[1]);
        assert_eq!(state, LetterState::Failed, "{column}");
        assert!(answer.is_some_and(|answer| answer.contains("unreadable")), "{column}");
        assert_eq!((world.row(ids[0]).state, world.row(ids[2]).state), (LetterState::Sent, LetterState::Sent));
        assert_eq!(world.letters_to(world.person(Role::SystemAdmin))[0].kind, Letter::MailFailed, "somebody is told");
    }
}

async fn a_broken_row_breaks_neither_inbox_nor_outbox(engine: Engine) {
    for (column, value, shown) in [("kind", "of_a_newer_program", 1), ("args", "no json", 2)] {
        let world = World::new(engine, None);
        let bad = world.letter(Letter::Accepted);
        world.letter(Letter::Accepted);
        damage(&world, bad, column, value);
        let (author, admin) = (world.actor(Role::Submitter), world.actor(Role::SystemAdmin));
        assert_eq!(world.desk.read_now(move |tx| notices::inbox(tx, &author, Lang::Zh, false, SLICE)).unwrap().len(), shown, "{column}");
        assert_eq!(world.desk.read_now(move |tx| notices::outbox(tx, &admin, None, SLICE)).unwrap().len(), 2, "{column}");
    }
}
