//! The signing key and what the server remembers beside it: a key is never replaced silently, and nothing is signed that is no extension of
//! what was signed before.

use zhitongche::app::ledger::keys::{remembered, remembered_anchors, signing_key};
use zhitongche::documents::ledger_key::LedgerKey;
use zhitongche::domain::ids::ChannelId;
use zhitongche::domain::ledger::Checkpoint;
use zhitongche::jobs::seal::Sealer;
use zhitongche::store::ledger::reading::{checkpoints, newest_checkpoint};

use super::commands::{program, second_verifier};
use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    a_missing_key_is_refused_and_none_is_made_in_its_place,
    another_key_is_refused,
    a_node_without_the_key_is_refused,
    a_key_from_before_the_upgrade_is_taken_over,
    a_rebuilt_ledger_is_neither_signed_nor_good,
    a_cut_ledger_and_a_deleted_checkpoint_stop_the_signing,
    a_checkpoint_taken_from_between_is_missed,
    after_an_honest_loss_the_ledger_goes_on_when_told,
    another_key_follows_by_the_signature_of_both,
    a_lost_key_is_followed_by_one_that_the_old_one_does_not_vouch_for,
    verify_says_what_it_was_held_against,
);

fn refusal(world: &World) -> String {
    Sealer::new(&world.settings, world.db.clone(), world.clock.clone()).err().unwrap().to_string()
}

/// What a round of sealing and signing is refused with.
async fn signing_refused(world: &World) -> String {
    world.clock.advance(chrono::Duration::minutes(20));
    let sealer = Sealer::new(&world.settings, world.db.clone(), world.clock.clone()).unwrap();
    sealer.settle().await.unwrap_err().to_string()
}

fn newest_size(world: &World) -> Option<u64> {
    let channel = world.channel;
    world.db.read_now(|conn| newest_checkpoint(conn, channel)).unwrap().map(|signed| signed.size)
}

/// What `ledger verify` finds, held also against what the server remembers.
fn found(world: &World) -> Vec<String> {
    world.verify(&remembered_anchors(&world.settings).unwrap())
}

async fn a_missing_key_is_refused_and_none_is_made_in_its_place(engine: Engine) {
    let world = World::new(engine);
    world.append(10);
    world.checkpoint().await;
    let (file, aside) = (world.settings.ledger_key_file(), world.database.dir.path().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    assert!(refusal(&world).contains("is missing"), "{}", refusal(&world));
    let command = program(&world).run(&["ledger", "checkpoint"]);
    assert!(command.code == 1 && command.complains.contains("Put it back from its copy"), "{}", command.complains);
    // Nor where somebody took the rows away as well: the server remembers that it signed.
    world.tamper("DELETE FROM ledger_checkpoints; DELETE FROM ledger_keys;");
    assert!(refusal(&world).contains("is missing"), "{}", refusal(&world));
    assert!(!file.exists(), "no other key was made");
}

async fn another_key_is_refused(engine: Engine) {
    let world = World::new(engine);
    world.append(10);
    world.checkpoint().await;
    let file = world.settings.ledger_key_file();
    std::fs::remove_file(&file).unwrap();
    LedgerKey::generate("qinghe.example").create(&file).unwrap();
    assert!(refusal(&world).contains("another key than the one that signs this ledger"), "{}", refusal(&world));
    world.tamper("DELETE FROM ledger_keys");
    assert!(refusal(&world).contains("does not hold the key that signed the newest checkpoints"), "{}", refusal(&world));
}

async fn a_node_without_the_key_is_refused(engine: Engine) {
    let world = World::new(engine);
    // Even before anything was signed: the row of the public key is there from the key's creation on.
    let mut conn = world.db.connect().unwrap();
    let (first, made) = signing_key(&mut conn, &world.settings, world.clock.now()).unwrap();
    assert!(made);
    let elsewhere = tempfile::tempdir().unwrap();
    let mut other = (*world.settings).clone();
    other.server.data_dir = elsewhere.path().to_owned();
    let refused = signing_key(&mut conn, &other, world.clock.now()).unwrap_err().to_string();
    assert!(refused.contains("copy it from another node"), "{refused}");
    let (again, made) = signing_key(&mut conn, &world.settings, world.clock.now()).unwrap();
    assert!(!made && again.verifier() == first.verifier());
}

async fn a_key_from_before_the_upgrade_is_taken_over(engine: Engine) {
    let world = World::new(engine);
    world.append(10);
    world.checkpoint().await;
    // As the older version left it: the key in the data folder, no row, nothing remembered, checkpoints that name none before them.
    let older = world.settings.server.data_dir.join("ledger.key");
    std::fs::rename(world.settings.ledger_key_file(), &older).unwrap();
    std::fs::remove_dir_all(world.settings.secrets_dir()).unwrap();
    let key = LedgerKey::load(&older, "qinghe.example").unwrap();
    let channel = world.channel;
    let signed = world.db.read_now(|conn| newest_checkpoint(conn, channel)).unwrap().unwrap();
    let unchained = Checkpoint { previous: None, ..Checkpoint::parse(&signed.note).unwrap() };
    world.tamper(&format!("DELETE FROM ledger_keys; UPDATE ledger_checkpoints SET note = '{}'", key.sign(&unchained)));
    world.append(10);
    world.checkpoint().await;
    assert_eq!(newest_size(&world), Some(20));
    assert_eq!(found(&world), Vec::<String>::new());
    assert_eq!(world.verifier(), key.verifier());
}

/// Everything of the ledger away, and as many other entries in its place, as whoever can write the database would do it.
fn rebuild(world: &World, entries: usize) {
    world.tamper(
        "DELETE FROM ledger_checkpoints; DELETE FROM ledger_positions; DELETE FROM ledger_nodes; DELETE FROM ledger_waiting; \
         DELETE FROM ledger_entries; DELETE FROM ledger_heads;",
    );
    world.append(entries);
}

async fn a_rebuilt_ledger_is_neither_signed_nor_good(engine: Engine) {
    let world = World::new(engine);
    world.append(20);
    world.checkpoint().await;
    rebuild(&world, 40);
    let refused = signing_refused(&world).await;
    assert!(refused.contains("the first 20 entries are not those that the server signed"), "{refused}");
    assert_eq!(newest_size(&world), None, "nothing was signed");
    let findings = found(&world).join("\n");
    assert!(findings.contains("what the server remembers having signed has another root than the first 20 entries"), "{findings}");
    assert!(findings.contains("what the server remembers having signed follows a checkpoint of 20 entries, which has gone"), "{findings}");
}

async fn a_cut_ledger_and_a_deleted_checkpoint_stop_the_signing(engine: Engine) {
    let world = World::new(engine);
    world.append(20);
    world.checkpoint().await;
    rebuild(&world, 5);
    let refused = signing_refused(&world).await;
    assert!(refused.contains("signed a checkpoint of 20 entries, and only 5 are here"), "{refused}");

    let world = World::new(engine);
    world.append(20);
    world.checkpoint().await;
    world.tamper("DELETE FROM ledger_checkpoints");
    world.append(5);
    let refused = signing_refused(&world).await;
    assert!(refused.contains("the checkpoint of 20 entries, which the server signed, has gone"), "{refused}");
    assert_eq!(newest_size(&world), None);
}

async fn a_checkpoint_taken_from_between_is_missed(engine: Engine) {
    let world = World::new(engine);
    for _ in 0..3 {
        world.append(10);
        world.checkpoint().await;
    }
    assert_eq!(found(&world), Vec::<String>::new());
    world.tamper("DELETE FROM ledger_checkpoints WHERE size = 20");
    assert_eq!(
        found(&world),
        ["the checkpoint of size 30 follows a checkpoint of 20 entries, which has gone from its table or is another"]
    );
    world.tamper("DELETE FROM ledger_checkpoints WHERE size = 10");
    assert_eq!(found(&world).len(), 1, "{:?}", found(&world));
    assert_eq!(program(&world).run(&["ledger", "export", "--to", "ledger.jsonl"]).code, 0);
    let second = second_verifier(&world, &["ledger.jsonl"]);
    assert!(second.code == 1 && second.says.contains("follows one of size 20, which is not here"), "{}", second.says);
}

async fn after_an_honest_loss_the_ledger_goes_on_when_told(engine: Engine) {
    let world = World::new(engine);
    world.append(20);
    world.checkpoint().await;
    // What a restored copy lacks: the server signed 30 entries, and the copy has 20.
    let key = LedgerKey::load(&world.settings.ledger_key_file(), "qinghe.example").unwrap();
    let origin = format!("qinghe.example/{}", world.channel);
    let lost = key.sign(&Checkpoint { origin, size: 30, root: [7; 32], previous: None });
    remembered(&world.settings).save(world.channel, &lost).unwrap();
    world.append(12);
    let refused = signing_refused(&world).await;
    assert!(refused.contains("ledger resume --reason"), "{refused}");
    assert_eq!(newest_size(&world), Some(20));

    let program = program(&world);
    let silent = program.run(&["ledger", "resume", "--reason", " "]);
    assert!(silent.code == 1 && silent.complains.contains("reason"), "{}", silent.complains);
    let resumed = program.run(&["ledger", "resume", "--reason", "restored last night's backup"]);
    assert_eq!(resumed.code, 0, "{}", resumed.complains);
    assert!(resumed.says.contains(&format!("30 entries with root {}", "07".repeat(32))), "{}", resumed.says);
    world.checkpoint().await;
    assert_eq!(newest_size(&world), Some(33), "with the entry that says so");
    assert_eq!(found(&world), Vec::<String>::new());
    // The checkpoint that an auditor kept from the part that was given up is explained and is no finding.
    std::fs::write(world.database.dir.path().join("lost.txt"), &lost).unwrap();
    let verified = program.run(&["ledger", "verify", "--anchor", "lost.txt"]);
    assert_eq!(verified.code, 0, "{}{}", verified.says, verified.complains);
    assert!(
        verified.says.contains("speaks of the part that was given up") && verified.says.contains("last night's backup"),
        "{}",
        verified.says
    );
    let again = program.run(&["ledger", "resume", "--reason", "again"]);
    assert!(again.says.contains("nothing to resume"), "{}", again.says);
}

async fn another_key_follows_by_the_signature_of_both(engine: Engine) {
    let world = World::new(engine);
    world.append(10);
    world.checkpoint().await;
    let old = world.verifier();
    let running = Sealer::new(&world.settings, world.db.clone(), world.clock.clone()).unwrap();
    let rotated = program(&world).run(&["ledger", "rotate", "--reason", "yearly"]);
    assert_eq!(rotated.code, 0, "{}", rotated.complains);
    let new = world.verifier();
    assert!(old.key != new.key && rotated.says.starts_with(&new.to_string()), "{}", rotated.says);
    world.append(10);
    world.clock.advance(chrono::Duration::minutes(20));
    // A node that runs takes the new key without being started anew.
    running.settle().await.unwrap();
    let channel = world.channel;
    let all = world.db.read_now(|conn| checkpoints(conn, channel, 10)).unwrap();
    assert!(Checkpoint::open(&all[0].note, &new).is_ok() && Checkpoint::open(&all[1].note, &old).is_ok());
    assert_eq!(found(&world), Vec::<String>::new());
    let program = program(&world);
    assert_eq!(program.run(&["ledger", "export", "--to", "ledger.jsonl"]).code, 0);
    for key in [&old, &new].map(ToString::to_string) {
        let verified = program.run(&["ledger", "verify", "--key", &key]);
        assert_eq!(verified.code, 0, "{}", verified.says);
        let second = second_verifier(&world, &["ledger.jsonl", "--key", &key]);
        assert_eq!(second.code, 0, "{}", second.says);
    }
    let installation = world.db.read_now(|conn| newest_checkpoint(conn, ChannelId::INSTALLATION)).unwrap().unwrap();
    assert!(Checkpoint::open(&installation.note, &new).is_ok(), "the entry of the rotation is signed as well");
}

async fn a_lost_key_is_followed_by_one_that_the_old_one_does_not_vouch_for(engine: Engine) {
    let world = World::new(engine);
    world.append(10);
    world.checkpoint().await;
    let old = world.verifier();
    let program = program(&world);
    let there = program.run(&["ledger", "rotate", "--lost", "--reason", "fire"]);
    assert!(there.code == 1 && there.complains.contains("leave out --lost"), "{}", there.complains);
    std::fs::remove_file(world.settings.ledger_key_file()).unwrap();
    let rotated = program.run(&["ledger", "rotate", "--lost", "--reason", "fire"]);
    assert_eq!(rotated.code, 0, "{}", rotated.complains);
    world.append(10);
    world.clock.advance(chrono::Duration::minutes(20));
    world.checkpoint().await;
    assert_eq!(found(&world), Vec::<String>::new());
    let by_old = program.run(&["ledger", "verify", "--key", &old.to_string()]);
    assert!(by_old.code == 1 && by_old.says.contains("the checkpoint of size 20: no good signature"), "{}", by_old.says);
    assert_eq!(program.run(&["ledger", "export", "--to", "ledger.jsonl"]).code, 0);
    assert_eq!(second_verifier(&world, &["ledger.jsonl", "--key", &old.to_string()]).code, 1);
    assert_eq!(second_verifier(&world, &["ledger.jsonl"]).code, 0);
}

async fn verify_says_what_it_was_held_against(engine: Engine) {
    let world = World::new(engine);
    world.append(10);
    world.checkpoint().await;
    let program = program(&world);
    std::fs::write(world.database.dir.path().join("anchor.txt"), program.run(&["ledger", "checkpoint"]).says).unwrap();
    let verified = program.run(&["ledger", "verify", "--anchor", "anchor.txt"]).says;
    assert!(verified.contains("held against the anchor anchor.txt (size 10)"), "{verified}");
    assert!(verified.contains("held against what the server remembers having signed (size 10)"), "{verified}");
    std::fs::remove_dir_all(world.settings.ledger_signed_dir()).unwrap();
    let bare = program.run(&["ledger", "verify"]).says;
    assert!(bare.contains("held against no anchor from outside this database"), "{bare}");
}
