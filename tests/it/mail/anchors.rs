//! Auditors keep checkpoints outside the database: they come by mail.

use chrono::Duration;
use zhitongche::documents::ledger_key::LedgerKey;
use zhitongche::domain::ids::UserId;
use zhitongche::domain::ledger::Anchor;
use zhitongche::domain::notice::Letter;
use zhitongche::domain::vocabulary::Role;
use zhitongche::jobs::anchor;
use zhitongche::jobs::seal::Sealer;

use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(the_newest_checkpoint_is_mailed_to_auditors_every_week, with_zero_days_none_is_mailed);

async fn seal(world: &World) {
    Sealer::new(&world.desk.settings, world.desk.db.clone(), world.clock.clone()).unwrap().settle().await.unwrap();
}

fn write(world: &World) -> usize {
    anchor::run_once(&world.context).unwrap()
}

/// The sizes of the trees that this auditor's letters speak of, their signatures checked.
fn sizes(world: &World, auditor: UserId) -> Vec<u64> {
    let settings = &world.desk.settings;
    let verifier = LedgerKey::load(&settings.ledger_key_file(), &settings.ledger_origin()).unwrap().verifier();
    let letters = world.letters_to(auditor).into_iter().filter(|row| row.kind == Letter::Checkpoint);
    let size = |row: zhitongche::store::letters::LetterRow| {
        let facts: serde_json::Value = serde_json::from_str(&row.args).unwrap();
        // As it is copied out of the letter, with what stands around it.
        let copied = Anchor::read(&format!("\n{}\n", facts["checkpoint"].as_str().unwrap())).unwrap();
        copied[0].checkpoint(&verifier).unwrap().unwrap().size
    };
    letters.map(size).collect()
}

async fn the_newest_checkpoint_is_mailed_to_auditors_every_week(engine: Engine) {
    let world = World::new(engine, None);
    let auditor = world.add_person("auditor", &[Role::Auditor]);
    assert_eq!(write(&world), 0, "there is no checkpoint yet");
    world.submitted("关于加装电梯的建议");
    seal(&world).await;
    assert_eq!((write(&world), write(&world)), (1, 0), "once");
    let first = sizes(&world, auditor);
    assert_eq!(first.len(), 1);
    assert!(first[0] >= 1);
    let row = world.letters_to(auditor).remove(0);
    assert!(row.manuscript_id.is_none() && !row.args.contains("电梯"), "{}", row.args);

    world.later(Duration::days(3));
    world.submitted("关于停车难的建议");
    seal(&world).await;
    assert_eq!(write(&world), 0, "not before the week is over");
    let late = world.add_person("late", &[Role::Auditor]);
    assert_eq!(write(&world), 1, "who became an auditor since has the newest one at once");
    world.later(Duration::days(4));
    assert_eq!(write(&world), 1);
    assert_eq!(sizes(&world, auditor), [first[0], first[0] + 2], "what was handed in, and that the first one was mailed");
    assert_eq!(sizes(&world, late), [first[0] + 2]);
    for role in [Role::Reviewer, Role::SystemAdmin] {
        assert!(sizes(&world, world.person(role)).is_empty(), "{role}");
    }
    assert!(world.deliver() > 0);
    let sent = world.letters_to(auditor);
    assert!(sent.iter().all(|row| row.sent_at.is_some()));
}

async fn with_zero_days_none_is_mailed(engine: Engine) {
    let world = World::with(engine, None, |settings| settings.ledger.mail_days = 0);
    let auditor = world.add_person("auditor", &[Role::Auditor]);
    world.submitted("关于加装电梯的建议");
    seal(&world).await;
    assert_eq!(write(&world), 0);
    assert!(world.letters_to(auditor).is_empty());
}
