//! What reaches whom, and what never leaves.

use chrono::Duration;
use diesel::connection::SimpleConnection;
use zhitongche::app::notices::{self, Slice};
use zhitongche::app::review::{self, ReviewVerdict};
use zhitongche::app::undo;
use zhitongche::domain::lang::Lang;
use zhitongche::domain::notice::{Letter, LetterState, WithheldReason};
use zhitongche::domain::vocabulary::Role;
use zhitongche::jobs::{JobContext, Stop, WorkerThreads, deliver_mail};
use zhitongche::store::letters;

use super::server::MailServer;
use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    a_submission_reaches_author_and_reviewers,
    a_decision_waits_for_its_window_and_an_undone_one_sends_nothing,
    workers_share_the_letters_and_send_each_once,
    one_that_cannot_be_written_down_keeps_no_other,
    what_a_dead_worker_held_is_taken_over,
    the_inbox_shows_what_is_mine,
    a_suspended_account_gets_no_mail,
    a_one_time_link_is_gone_once_it_was_sent,
    workers_stop_and_start_without_losing_a_letter,
);

async fn a_submission_reaches_author_and_reviewers(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    let manuscript = world.submitted("关于加装电梯的建议\u{202e}");
    assert_eq!(world.deliver(), 2);
    let taken = server.taken();
    let mut to: Vec<&str> = taken.iter().map(|letter| letter.to[0].as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["reviewer@example.org", "submitter@example.org"]);
    for letter in &taken {
        assert_eq!(letter.header("References"), [format!("<manuscript-{manuscript}@example.gov.cn>")]);
        assert_eq!(letter.header("Auto-Submitted"), ["auto-generated"]);
        assert_eq!(letter.header("List-Id").len(), 1);
        let bodies = letter.bodies();
        assert_eq!(bodies.len(), 2, "text and HTML");
        for body in bodies {
            assert!(body.contains(&format!("https://ztc.example.gov.cn/manuscripts/{manuscript}")), "{body}");
            assert!(body.contains("2026-0001") && body.contains("关于加装电梯的建议"), "{body}");
            assert!(!body.contains("老人出行难") && !body.contains("住建局牵头"), "no manuscript text in a letter: {body}");
        }
    }
    let row = world.letters_to(world.person(Role::Submitter)).remove(0);
    assert_eq!((row.kind, row.state, row.attempts, row.sent_at), (Letter::Submitted, LetterState::Sent, 1, Some(world.clock.now())));
    assert_eq!(row.answer.as_deref(), Some("250 2.0.0 queued"));
    let ids: Vec<String> = taken.iter().flat_map(|letter| letter.header("Message-ID")).collect();
    assert!(ids.contains(&format!("<{}@example.gov.cn>", row.id)), "{ids:?}");
    assert_eq!(world.deliver(), 0, "nothing is sent twice");
    assert_eq!(server.taken().len(), 0);
}

async fn a_decision_waits_for_its_window_and_an_undone_one_sends_nothing(engine: Engine) {
    let world = World::new(engine, None);
    let manuscript = world.submitted("关于加装电梯的建议");
    world.deliver();
    let reviewer = world.actor(Role::Reviewer);
    let give_back = |version: i64| {
        let (actor, verdict) = (reviewer.clone(), ReviewVerdict::Return { reason: "请补充数据".to_owned(), requests: vec![] });
        world.write(move |tx| review::decide(tx, &actor, manuscript, version, &verdict))
    };
    let author = world.person(Role::Submitter);
    let returned = || world.letters_to(author).into_iter().filter(|row| row.kind == Letter::Returned).collect::<Vec<_>>();

    give_back(2);
    assert_eq!(returned()[0].state, LetterState::Queued);
    assert_eq!(world.deliver(), 0, "the window is open");
    world.later(Duration::minutes(9));
    let actor = reviewer.clone();
    world.write(move |tx| undo::undo(tx, &actor, manuscript, 3));
    world.later(Duration::hours(1));
    assert_eq!(world.deliver(), 0, "the reason has gone");
    assert_eq!(returned()[0].state, LetterState::Revoked);
    assert!(!world.context.transport.kept().iter().any(|letter| letter.contains(&returned()[0].id.to_string())));

    give_back(4);
    world.later(Duration::minutes(10));
    assert_eq!(world.deliver(), 1, "nobody undid the second one");
    let states: Vec<LetterState> = returned().iter().map(|row| row.state).collect();
    assert_eq!(states, [LetterState::Revoked, LetterState::Sent]);
}

async fn one_that_cannot_be_written_down_keeps_no_other(engine: Engine) {
    let world = World::new(engine, None);
    let (bad, good) = (world.letter(Letter::Withdrawn), world.letter(Letter::Withdrawn));
    let stuck = match engine {
        Engine::Sqlite => format!(
            "CREATE TRIGGER stuck BEFORE UPDATE ON letters WHEN NEW.state = 'sent' AND OLD.id = X'{}' BEGIN SELECT RAISE(ABORT, 'stuck'); END",
            bad.0.simple()
        ),
        Engine::Postgres => format!(
            "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stuck'; END $$;
             CREATE TRIGGER stuck BEFORE UPDATE ON letters FOR EACH ROW
             WHEN (NEW.state = 'sent' AND OLD.id = '{bad}') EXECUTE FUNCTION stuck()"
        ),
    };
    world.desk.db.connect().unwrap().batch_execute(&stuck).unwrap();
    let error = deliver_mail::run_once(&world.context, &Stop::default()).unwrap_err();
    assert_eq!(error.to_string(), "1 failed, 1 done", "{error:#}");
    assert_eq!((world.row(bad).state, world.row(good).state), (LetterState::Leased, LetterState::Sent));
}

async fn workers_share_the_letters_and_send_each_once(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    let ids: Vec<_> = (0..60).map(|_| world.letter(Letter::Accepted)).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let context = JobContext::new(world.desk.clone()).unwrap();
            scope.spawn(move || while deliver_mail::run_once(&context, &Stop::default()).unwrap() > 0 {});
        }
    });
    let mut expected: Vec<String> = ids.iter().map(|id| format!("<{id}@example.gov.cn>")).collect();
    let mut taken: Vec<String> = server.taken().iter().flat_map(|letter| letter.header("Message-ID")).collect();
    expected.sort();
    taken.sort();
    assert_eq!(taken, expected);
    assert!(ids.iter().all(|id| world.row(*id).state == LetterState::Sent));
}

async fn what_a_dead_worker_held_is_taken_over(engine: Engine) {
    let world = World::new(engine, None);
    let id = world.letter(Letter::Accepted);
    let (now, until) = (world.clock.now(), world.clock.now() + Duration::minutes(2));
    let wanted = letters::Claim { holder: "a node that died".to_owned(), now, until, at_most: 10, server: None };
    let claimed = world.write(move |tx| Ok(letters::claim(tx.conn, &wanted)?));
    assert_eq!(claimed.rows.len(), 1);
    world.later(Duration::seconds(119));
    assert_eq!(world.deliver(), 0, "it is the other's");
    world.later(Duration::seconds(2));
    assert_eq!(world.deliver(), 1);
    assert_eq!(world.row(id).attempts, 2);
    let late = world.write(move |tx| Ok(letters::fail(tx.conn, id, "a node that died", "too late")?));
    assert!(!late, "the dead worker's word no longer counts");
    assert_eq!(world.row(id).state, LetterState::Sent);
}

async fn the_inbox_shows_what_is_mine(engine: Engine) {
    let world = World::new(engine, None);
    world.submitted("关于加装电梯的建议");
    let inbox = |role: Role, unread: bool| {
        let actor = world.actor(role);
        let slice = Slice { before: None, limit: 50 };
        world.desk.read_now(move |tx| notices::inbox(tx, &actor, Lang::Zh, unread, slice)).unwrap()
    };
    let mine = inbox(Role::Submitter, true);
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].subject, "【已收到您的稿件】2026-0001《关于加装电梯的建议》");
    let id = mine[0].id;
    let stranger = world.actor(Role::Signer);
    let refused = world.desk.write_now("test", move |tx| notices::mark_read(tx, &stranger, id));
    assert!(refused.is_err(), "another's notice does not exist for him");
    let actor = world.actor(Role::Submitter);
    world.write(move |tx| notices::mark_read(tx, &actor, id));
    let first = world.clock.now();
    world.later(Duration::hours(1));
    let actor = world.actor(Role::Submitter);
    world.write(move |tx| notices::mark_read(tx, &actor, id));
    assert_eq!(inbox(Role::Submitter, true).len(), 0);
    assert_eq!(inbox(Role::Submitter, false)[0].read_at, Some(first), "the first time counts");
    assert_eq!(inbox(Role::Signer, false).len(), 0);
}

async fn a_suspended_account_gets_no_mail(engine: Engine) {
    use diesel::prelude::*;
    use zhitongche::store::schema::users;
    let world = World::new(engine, None);
    let id = world.letter(Letter::Accepted);
    let (person, now) = (world.person(Role::Submitter), world.clock.now());
    world.write(move |tx| {
        let row = users::table.filter(users::id.eq(person));
        Ok(diesel::update(row).set(users::suspended_at.eq(now)).execute(tx.conn)?)
    });
    assert_eq!(world.deliver(), 1);
    assert_eq!(world.context.transport.kept().len(), 0);
    let row = world.row(id);
    assert_eq!((row.state, row.reason), (LetterState::Withheld, Some(WithheldReason::Suspended)));
}

async fn a_one_time_link_is_gone_once_it_was_sent(engine: Engine) {
    use diesel::prelude::*;
    use zhitongche::store::schema::letters;
    let world = World::new(engine, None);
    let id = world.letter(Letter::PasswordReset);
    world.write(move |tx| {
        let row = letters::table.filter(letters::id.eq(id));
        Ok(diesel::update(row)
            .set((
                letters::args.eq(r#"{"path":"/one-time/abc"}"#),
                letters::manuscript_id.eq(None::<zhitongche::domain::ids::ManuscriptId>),
            ))
            .execute(tx.conn)?)
    });
    world.deliver();
    let sent = world.context.transport.kept();
    assert_eq!(sent.len(), 1);
    assert!(!sent[0].contains("References:"), "it belongs to no manuscript");
    let row = world.row(id);
    assert_eq!((row.state, row.args.as_str()), (LetterState::Sent, "{}"));
}

async fn workers_stop_and_start_without_losing_a_letter(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    let ids: Vec<_> = (0..40).map(|_| world.letter(Letter::Accepted)).collect();
    while ids.iter().any(|id| world.row(*id).state != LetterState::Sent) {
        let workers = WorkerThreads::start(&world.context).unwrap();
        server.wait_for_one();
        workers.stop();
        server.sync();
        assert!(ids.iter().all(|id| world.row(*id).state != LetterState::Leased), "a stop gives back what was not tried");
    }
    let mut taken: Vec<String> = server.taken().iter().flat_map(|letter| letter.header("Message-ID")).collect();
    taken.sort();
    let mut expected: Vec<String> = ids.iter().map(|id| format!("<{id}@example.gov.cn>")).collect();
    expected.sort();
    assert_eq!(taken, expected);
}
