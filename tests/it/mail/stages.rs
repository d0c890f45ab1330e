//! What a mail server refuses is judged by the stage of the dialogue: its own troubles hold letters back and bury none.

use chrono::Duration;
use zhitongche::config::Secret;
use zhitongche::domain::ids::LetterId;
use zhitongche::domain::notice::{Letter, LetterState, MailStage};
use zhitongche::domain::vocabulary::Role;
use zhitongche::jobs::JobContext;
use zhitongche::mail::Transport;
use zhitongche::store::mail_servers::{self, MailServer as State};

use super::server::MailServer;
use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    what_a_server_refuses_to_everybody_buries_nothing,
    a_server_that_hangs_or_cuts_the_line_buries_nothing,
    a_wrong_password_is_told_as_such_and_holds_all_letters_back,
    encryption_that_the_server_lacks_is_told_as_such,
    one_letter_tries_a_server_that_was_away_and_the_others_follow,
    a_recipient_that_is_refused_keeps_nobody_else,
    who_is_greylisted_comes_again_and_keeps_nobody_else,
    what_is_said_to_a_recipient_about_us_is_about_us,
    a_letter_that_breaks_the_line_steps_behind_the_others,
    one_connection_serves_many_letters,
    a_server_that_takes_few_letters_over_a_line_gets_them_over_several,
);

fn state(world: &World) -> Option<State> {
    let name = world.context.transport.server().unwrap();
    world.write(move |tx| Ok(mail_servers::find(tx.conn, &name)?))
}

fn letters(world: &World, n: usize) -> Vec<LetterId> {
    (0..n).map(|_| world.letter(Letter::Accepted)).collect()
}

fn states(world: &World, ids: &[LetterId]) -> Vec<LetterState> {
    ids.iter().map(|id| world.row(*id).state).collect()
}

/// Five letters, a server with this fault for two hours, then one that works: nothing is lost, sent twice or told of as failed.
fn holds_back(engine: Engine, fault: &str, stage: MailStage, says: &str) {
    let Some(mut server) = MailServer::start() else { return };
    let mut world = World::with(engine, Some(&server), |settings| settings.mail.timeout_seconds = 1);
    let mut settings = (*world.desk.settings).clone();
    settings.mail.smtp_url = Secret::new(server.url_with("right"));
    world.context = JobContext { transport: Transport::from_settings(&settings).unwrap(), ..world.context };
    let ids = letters(&world, 5);
    server.mode(fault);
    let hours = if fault.ends_with("hang") { 0 } else { 2 };
    let until = world.clock.now() + Duration::hours(hours);
    let begin = world.clock.now();
    loop {
        world.deliver();
        if world.clock.now() >= until {
            break;
        }
        world.later(Duration::minutes(10));
    }
    assert_eq!(states(&world, &ids), [LetterState::Queued; 5], "{fault}");
    let of = state(&world).unwrap();
    assert_eq!((of.failing_since, of.stage), (Some(begin), Some(stage)), "{fault}: {of:?}");
    assert!(of.answer.as_deref().is_some_and(|answer| answer.contains(says)), "{fault}: {of:?}");
    server.taken();

    server.mode("accept");
    world.later(Duration::hours(2));
    while world.deliver() > 0 {}
    assert_eq!(states(&world, &ids), [LetterState::Sent; 5], "{fault}");
    assert_eq!(server.taken().len(), 5, "{fault}");
    assert_eq!(state(&world).unwrap().failing_since, None);
    assert_eq!(world.letters_to(world.person(Role::Dispatcher)).len(), 0, "{fault}");
}

async fn what_a_server_refuses_to_everybody_buries_nothing(engine: Engine) {
    holds_back(engine, "at greeting 554 5.3.2 no service here", MailStage::Greeting, "no service");
    holds_back(engine, "at ehlo 550 who are you", MailStage::Greeting, "550");
    holds_back(engine, "at auth 535 5.7.8 wrong", MailStage::SignIn, "535");
    holds_back(engine, "at auth 454 4.7.0 later", MailStage::SignIn, "454");
    holds_back(engine, "at mail 550 5.1.0 sender refused", MailStage::Sender, "sender refused");
    holds_back(engine, "at mail 452 4.3.1 no space", MailStage::Sender, "no space");
    holds_back(engine, "at rcpt 421 4.3.2 going down", MailStage::Recipient, "going down");
    holds_back(engine, "at data 421 4.3.2 going down", MailStage::Message, "going down");
}

async fn a_server_that_hangs_or_cuts_the_line_buries_nothing(engine: Engine) {
    for (stage, told) in [
        ("greeting", MailStage::Greeting),
        ("ehlo", MailStage::Greeting),
        ("auth", MailStage::SignIn),
        ("mail", MailStage::Sender),
        ("rcpt", MailStage::Recipient),
        ("data", MailStage::Message),
    ] {
        holds_back(engine, &format!("at {stage} hang"), told, "no answer within 1 s");
        holds_back(engine, &format!("at {stage} cut"), told, "");
    }
}

async fn a_wrong_password_is_told_as_such_and_holds_all_letters_back(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let mut world = World::new(engine, Some(&server));
    let mut settings = (*world.desk.settings).clone();
    let ids = letters(&world, 3);
    for (password, expected, sent) in [("wrong", Some(MailStage::SignIn), 0), ("right", None, 3)] {
        settings.mail.smtp_url = Secret::new(server.url_with(password));
        world.context = JobContext { transport: Transport::from_settings(&settings).unwrap(), ..world.context };
        while world.deliver() > 0 {}
        assert_eq!(state(&world).unwrap().stage, expected, "{password}");
        assert_eq!(server.taken().len(), sent, "{password}");
        world.later(Duration::minutes(1));
    }
    assert_eq!(states(&world, &ids), [LetterState::Sent; 3]);
}

async fn encryption_that_the_server_lacks_is_told_as_such(engine: Engine) {
    let Some(server) = MailServer::start() else { return };
    let mut world = World::new(engine, Some(&server));
    let id = world.letter(Letter::Accepted);
    let mut settings = (*world.desk.settings).clone();
    settings.mail.timeout_seconds = 1;
    for url in [format!("{}?tls=required", server.url()), server.url().replace("smtp://", "smtps://")] {
        settings.mail.smtp_url = Secret::new(url.clone());
        world.context = JobContext { transport: Transport::from_settings(&settings).unwrap(), ..world.context };
        world.later(Duration::hours(1));
        assert_eq!(world.deliver(), 1, "{url}");
        assert_eq!(state(&world).unwrap().stage, Some(MailStage::Tls), "{url}");
    }
    assert_eq!(world.row(id).state, LetterState::Queued);
}

async fn one_letter_tries_a_server_that_was_away_and_the_others_follow(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    let ids = letters(&world, 40);
    server.mode("at mail 451 4.3.2 not now");
    while world.deliver() > 0 {}
    assert_eq!(state(&world).unwrap().failures, 1);
    world.later(Duration::seconds(29));
    assert_eq!(world.deliver(), 0, "not before its time");
    world.later(Duration::seconds(1));
    assert_eq!(world.deliver(), 1, "one tries");
    assert_eq!(world.deliver(), 0);
    let of = state(&world).unwrap();
    assert_eq!((of.failures, of.next_try_at), (2, Some(world.clock.now() + Duration::seconds(60))));
    server.mode("accept");
    world.later(Duration::seconds(60));
    assert_eq!(world.deliver(), 1, "one tries");
    assert_eq!(world.deliver(), 16, "and the others follow");
    while world.deliver() > 0 {}
    assert_eq!(states(&world, &ids), [LetterState::Sent; 40]);
    assert_eq!(server.taken().len(), 40);
}

async fn a_recipient_that_is_refused_keeps_nobody_else(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    world.submitted("关于加装电梯的建议");
    server.mode("only submitter@example.org 550 5.1.1 no such user");
    while world.deliver() > 0 {}
    let state_of = |role| world.letters_to(world.person(role))[0].state;
    assert_eq!((state_of(Role::Submitter), state_of(Role::Reviewer)), (LetterState::Failed, LetterState::Sent));
    assert_eq!(state(&world).unwrap().failing_since, None, "the server is well");
    assert_eq!(server.taken().len(), 1);

    for (answer, becomes) in [("552 5.3.4 too large", LetterState::Failed), ("452 4.3.4 too large today", LetterState::Queued)] {
        let id = world.letter(Letter::Accepted);
        server.mode(&format!("at text {answer}"));
        while world.deliver() > 0 {}
        assert_eq!((world.row(id).state, state(&world).unwrap().failing_since), (becomes, None), "{answer}");
    }
}

async fn who_is_greylisted_comes_again_and_keeps_nobody_else(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    world.submitted("关于加装电梯的建议");
    server.mode("grey");
    while world.deliver() > 0 {}
    assert_eq!(server.taken().len(), 0);
    assert_eq!(state(&world).map(|of| of.failing_since), None, "the server is well, and accepted nothing yet");
    world.later(Duration::seconds(30));
    while world.deliver() > 0 {}
    assert_eq!(server.taken().len(), 2);
}

async fn what_is_said_to_a_recipient_about_us_is_about_us(engine: Engine) {
    holds_back(engine, "at rcpt 530 5.7.0 authentication required", MailStage::Recipient, "530");
    holds_back(engine, "at rcpt 550 5.1.8 sender domain not found", MailStage::Recipient, "5.1.8");
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    let id = world.letter(Letter::Accepted);
    server.mode("at rcpt 554 5.7.1 relay access denied");
    while world.deliver() > 0 {}
    assert_eq!((world.row(id).state, world.row(id).attempts), (LetterState::Queued, 1), "tried again, for two days");
}

async fn a_letter_that_breaks_the_line_steps_behind_the_others(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    world.submitted("关于加装电梯的建议");
    server.mode("only submitter@example.org cut");
    let poison = || world.letters_to(world.person(Role::Submitter)).remove(0);
    let begin = world.clock.now();
    while poison().state == LetterState::Queued && world.clock.now() - begin < Duration::days(4) {
        world.deliver();
        world.later(Duration::seconds(30));
    }
    assert_eq!(world.letters_to(world.person(Role::Reviewer))[0].state, LetterState::Sent, "the others leave meanwhile");
    assert_eq!(poison().state, LetterState::Failed, "the server took others: it is this letter");
    assert!((Duration::hours(47)..Duration::hours(60)).contains(&(world.clock.now() - begin)), "{}", world.clock.now() - begin);
}

async fn one_connection_serves_many_letters(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::with(engine, Some(&server), |settings| settings.mail.letters_per_connection = 7);
    let ids = letters(&world, 16);
    assert_eq!(world.deliver(), 16);
    assert_eq!(states(&world, &ids), [LetterState::Sent; 16]);
    let lines: Vec<i64> = server.taken().iter().map(|letter| letter.line).collect();
    assert_eq!(lines, [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3]);
}

async fn a_server_that_takes_few_letters_over_a_line_gets_them_over_several(engine: Engine) {
    let Some(mut server) = MailServer::start() else { return };
    let world = World::new(engine, Some(&server));
    let ids = letters(&world, 8);
    server.mode("limit 3");
    assert_eq!(world.deliver(), 8);
    assert_eq!(states(&world, &ids), [LetterState::Sent; 8], "and nothing waited for it");
    let lines: Vec<i64> = server.taken().iter().map(|letter| letter.line).collect();
    assert_eq!(lines, [1, 1, 1, 2, 2, 2, 3, 3]);
    assert_eq!(state(&world).unwrap().failing_since, None);
}
