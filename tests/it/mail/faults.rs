//! A mail server that refuses, hangs, cuts the line, or isn't there.

use chrono::Duration;
use zhitongche::app::AppError;
use zhitongche::app::notices::{self, Slice};
use zhitongche::app::resending;
use zhitongche::config::Secret;
use zhitongche::domain::lang::Lang;
use zhitongche::domain::notice::{Letter, LetterState};
use zhitongche::domain::refusal::{Refusal, ThingState};
use zhitongche::domain::vocabulary::Role;
use zhitongche::jobs::JobContext;

use super::server::MailServer;
use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    what_is_refused_for_now_is_tried_again,
    a_hanging_server_is_given_up_for_now,
    a_line_cut_after_the_final_dot_gives_one_repeat_with_the_same_id,
    an_hour_without_a_mail_server_loses_nothing,
    after_two_days_a_letter_is_given_up_and_people_are_told,
    a_letter_is_never_given_up_because_there_is_no_mail_server,
    what_is_refused_for_good_reaches_people_and_can_be_sent_again,
);

const SLICE: Slice = Slice { before: None, limit: 50 };

/// One letter, one try that fails for now, one that succeeds; the server must have got the same bytes each time.
fn fails_once(engine: Engine, mode: &str, texts: usize, says: &str) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::with(engine, Some(&server), |settings| {
        if mode == "hang" {
            settings.mail.timeout_seconds = 1;
        }
    });
    let id = world.letter(Letter::Accepted);
    server.mode(mode);
    assert_eq!(world.deliver(), 1);
    let row = world.row(id);
    assert_eq!((row.state, row.attempts, row.lease_holder), (LetterState::Queued, 1, None));
    assert_eq!(row.not_before, world.clock.now() + Duration::seconds(30));
    assert!(row.answer.as_deref().is_some_and(|answer| answer.contains(says)), "{:?}", row.answer);
    let first = server.taken();
    assert_eq!(first.len(), texts, "{first:?}");

    server.mode("accept");
    assert_eq!(world.deliver(), 0, "not before its time");
    world.later(Duration::seconds(30));
    assert_eq!(world.deliver(), 1);
    let second = server.taken();
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].header("Message-ID"), [format!("<{id}@example.gov.cn>")]);
    for letter in first {
        assert_eq!((letter.mode.as_str(), &letter.text), (mode, &second[0].text), "the repeat is the same letter");
    }
    assert_eq!(world.row(id).state, LetterState::Sent);
    world.later(Duration::days(3));
    assert_eq!(world.deliver(), 0, "and no third one");
}

async fn what_is_refused_for_now_is_tried_again(engine: Engine) {
    fails_once(engine, "4xx", 1, "451");
}

async fn a_hanging_server_is_given_up_for_now(engine: Engine) {
    fails_once(engine, "hang", 1, "");
}

async fn a_line_cut_after_the_final_dot_gives_one_repeat_with_the_same_id(engine: Engine) {
    fails_once(engine, "cut", 1, "");
}

/// A world whose mail server isn't there: a port that was free a moment ago.
fn without_server(engine: Engine) -> World {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    World::with(engine, None, |settings| {
        settings.mail.transport = zhitongche::config::MailTransport::Smtp;
        settings.mail.smtp_url = Secret::new(format!("smtp://127.0.0.1:{port}"));
    })
}

async fn an_hour_without_a_mail_server_loses_nothing(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let mut world = without_server(engine);
    world.submitted("关于加装电梯的建议");
    let down = world.clock.now() + Duration::hours(1);
    while world.clock.now() < down {
        world.deliver();
        world.later(Duration::minutes(5));
    }
    assert!(world.letters_to(world.person(Role::Submitter)).iter().all(|row| row.state == LetterState::Queued && row.attempts == 0));

    let mut settings = (*world.desk.settings).clone();
    settings.mail.smtp_url = Secret::new(server.url());
    let transport = zhitongche::mail::Transport::from_settings(&settings).unwrap();
    world.context = JobContext { transport, ..world.context };
    world.later(Duration::hours(1));
    while world.deliver() > 0 {}
    assert_eq!(server.taken().len(), 2, "author and reviewer");
    assert!(world.letters_to(world.person(Role::Submitter)).iter().all(|row| row.state == LetterState::Sent));
}

async fn after_two_days_a_letter_is_given_up_and_people_are_told(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    server.mode("4xx");
    let id = world.letter(Letter::Accepted);
    let begin = world.clock.now();
    while world.row(id).state == LetterState::Queued {
        assert_eq!(world.deliver(), 1);
        world.later((world.row(id).not_before - world.clock.now()).max(Duration::zero()));
    }
    let tried = world.clock.now() - begin;
    assert!(Duration::hours(48) <= tried && tried <= Duration::hours(50), "{tried}");
    assert_eq!(world.row(id).state, LetterState::Failed);
    assert_eq!(world.letters_to(world.person(Role::Dispatcher))[0].kind, Letter::MailFailed);
}

async fn a_letter_is_never_given_up_because_there_is_no_mail_server(engine: Engine) {
    let world = without_server(engine);
    let ids: Vec<_> = (0..5).map(|_| world.letter(Letter::Accepted)).collect();
    let mut tries = 0;
    for _ in 0..14 * 24 * 6 {
        tries += world.deliver();
        world.later(Duration::minutes(10));
    }
    assert!(ids.iter().all(|id| world.row(*id).state == LetterState::Queued), "after two weeks");
    // The first look takes all five; from then on one letter tries, for all of them.
    assert!((14 * 24 * 5..=14 * 24 * 6 + 5).contains(&tries), "{tries}");
    assert_eq!(world.letters_to(world.person(Role::Dispatcher)).len(), 0, "nobody is told of a letter that is not lost");
}

async fn what_is_refused_for_good_reaches_people_and_can_be_sent_again(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    server.mode("5xx");
    let id = world.letter(Letter::Accepted);
    assert_eq!(world.deliver(), 1);
    let row = world.row(id);
    assert_eq!(row.state, LetterState::Failed);
    let answer = row.answer.unwrap();
    assert!(answer.contains("no such user") && answer.contains("s***@example.org") && !answer.contains("submitter@"), "{answer}");
    world.later(Duration::days(1));
    assert_eq!(world.deliver(), 0, "it is not tried again by itself");

    for role in [Role::Dispatcher, Role::SystemAdmin] {
        let actor = world.actor(role);
        let inbox = world.desk.read_now(move |tx| notices::inbox(tx, &actor, Lang::Zh, true, SLICE)).unwrap();
        assert_eq!(inbox.len(), 1, "{role}");
        assert_eq!(inbox[0].subject, "有一封邮件没有送达");
        assert_eq!(inbox[0].person.as_deref(), Some("submitter先生"));
        assert_eq!((inbox[0].manuscript_id, inbox[0].path.as_deref()), (None, Some("/outbox")), "nothing of the manuscript");
    }
    assert_eq!(world.letters_to(world.person(Role::Reviewer)).len(), 0);

    let reviewer = world.actor(Role::Reviewer);
    let refused = world.desk.read_now(move |tx| notices::outbox(tx, &reviewer, None, SLICE));
    assert!(matches!(refused, Err(AppError::Refused(Refusal::WrongRole { .. }))));
    let admin = world.actor(Role::SystemAdmin);
    let outbox = world.desk.read_now(move |tx| notices::outbox(tx, &admin, Some(LetterState::Failed), SLICE)).unwrap();
    assert_eq!(outbox.len(), 1);
    assert_eq!((outbox[0].id, outbox[0].address.as_str(), outbox[0].next_try_at), (id, "s***@example.org", None));

    server.mode("accept");
    let admin = world.actor(Role::SystemAdmin);
    world.write(move |tx| resending::retry(tx, &admin, id));
    assert_eq!(world.deliver(), 1);
    assert_eq!(server.taken()[0].header("Message-ID"), [format!("<{id}@example.gov.cn>")]);
    assert_eq!(world.row(id).state, LetterState::Sent);
    let admin = world.actor(Role::SystemAdmin);
    let again = world.desk.write_now("test", move |tx| resending::retry(tx, &admin, id));
    assert!(matches!(again, Err(AppError::Refused(Refusal::WrongState { state: ThingState::Letter(LetterState::Sent) }))), "{again:?}");
}
