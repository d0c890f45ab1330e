//! Appending and sealing.

use chrono::Duration;
use diesel::connection::SimpleConnection;
use uuid::Uuid;
use zhitongche::documents::ledger_key::LedgerKey;
use zhitongche::domain::ids::ChannelId;
use zhitongche::domain::ledger::{Checkpoint, Entry, Flaw, root, verify_consistency};
use zhitongche::jobs::seal::{Round, Sealer};
use zhitongche::store::StoreError;
use zhitongche::store::ledger::reading::{consistency_proof, history, newest_checkpoint, receipt};
use zhitongche::store::ledger::sealing::{SealedRange, save_checkpoint, seal, size};
use zhitongche::store::ledger::{self};

use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    every_entry_gets_its_place_and_its_proof,
    a_clock_that_goes_back_does_not_take_the_ledger_with_it,
    entries_can_neither_be_changed_nor_deleted,
    an_act_that_fails_leaves_no_entry,
    two_that_seal_at_once_give_each_place_once,
    a_damaged_ledger_keeps_no_other_from_being_sealed,
    the_job_seals_at_once_and_signs_when_it_is_due,
    another_node_takes_over_only_when_the_first_is_gone,
);

fn sign(world: &World, key: &LedgerKey) -> Checkpoint {
    let (channel, now) = (world.channel, world.clock.now());
    let key = key.clone();
    world.write(move |conn| {
        let size = size(conn, channel)?;
        let root = root(&mut SealedRange::new(conn, channel), size)?;
        let checkpoint = Checkpoint { origin: format!("{}/{channel}", key.name()), size, root, previous: None };
        save_checkpoint(conn, channel, &checkpoint, &key.sign(&checkpoint), now)?;
        Ok(checkpoint)
    })
}

async fn every_entry_gets_its_place_and_its_proof(engine: Engine) {
    let world = World::new(engine);
    let (key, _) = LedgerKey::load_or_make(&world.settings.ledger_key_file(), "qinghe.example").unwrap();
    let mut all = world.append(300);
    assert_eq!(world.seal(), 300);
    let before = sign(&world, &key);
    all.extend(world.append(257));
    assert_eq!(world.seal(), 257);
    assert_eq!(world.seal(), 0);
    let after = sign(&world, &key);
    assert_eq!((before.size, after.size), (300, 557));

    let (channel, verifier) = (world.channel, key.verifier());
    for (place, appended) in all.iter().enumerate() {
        let receipt = world.db.read_now(|conn| receipt(conn, channel, appended.id)).unwrap();
        assert_eq!(receipt.position, Some(place as u64));
        assert_eq!(receipt.leaf, hex::encode(appended.leaf));
        assert_eq!(receipt.verify(&verifier).map(|entry| entry.id), Ok(appended.id));
    }
    let late = world.append(1).remove(0);
    let unsealed = world.db.read_now(|conn| receipt(conn, channel, late.id)).unwrap();
    assert_eq!((unsealed.position, unsealed.verify(&verifier)), (None, Err(Flaw::Unsealed)));

    let proof = world.db.read_now(|conn| consistency_proof(conn, channel, 300, 557)).unwrap();
    assert_eq!(verify_consistency(300, 557, &proof, &before.root, &after.root), Ok(()));
    let newest = world.db.read_now(|conn| newest_checkpoint(conn, channel)).unwrap().unwrap();
    assert_eq!(Checkpoint::open(&newest.note, &verifier), Ok(after));
}

async fn a_clock_that_goes_back_does_not_take_the_ledger_with_it(engine: Engine) {
    let world = World::new(engine);
    let chain = Uuid::from_u128(9);
    let mut times = Vec::new();
    for hours in [0, 25, -50, 25, 0] {
        world.clock.advance(Duration::hours(hours));
        let entry = world.entry(chain, "edit");
        times.push(world.write(move |conn| ledger::append(conn, entry)).at);
    }
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    assert_eq!(world.seal(), 5);
    let channel = world.channel;
    let entries = world.db.read_now(|conn| history(conn, channel, chain)).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.at).collect::<Vec<_>>(), times);
    assert!(entries.windows(2).all(|pair| pair[1].previous == Some(hex::encode(leaf(&pair[0])))));
}

fn leaf(entry: &zhitongche::domain::ledger::Entry) -> [u8; 32] {
    zhitongche::domain::ledger::leaf_hash(&entry.to_bytes().unwrap())
}

async fn entries_can_neither_be_changed_nor_deleted(engine: Engine) {
    let world = World::new(engine);
    world.append(3);
    world.seal();
    let mut conn = world.db.connect().unwrap();
    for statement in [
        "UPDATE ledger_entries SET bytes = leaf",
        "DELETE FROM ledger_entries",
        "UPDATE ledger_positions SET position = position + 10",
        "DELETE FROM ledger_positions",
    ] {
        let refused = conn.batch_execute(statement).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
    let channel = world.channel;
    assert_eq!(world.db.read_now(|conn| size(conn, channel)).unwrap(), 3);
}

async fn an_act_that_fails_leaves_no_entry(engine: Engine) {
    let world = World::new(engine);
    let kept = world.append(1).remove(0);
    let (chain, entry) = (Uuid::from_u128(1), world.entry(Uuid::from_u128(1), "refused"));
    let failed: Result<(), StoreError> = world.db.write_now(move |conn| {
        ledger::append(conn, entry)?;
        Err(StoreError::NotFound)
    });
    assert!(matches!(failed, Err(StoreError::NotFound)));
    let channel = world.channel;
    let entries = world.db.read_now(|conn| history(conn, channel, chain)).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), vec![kept.id]);
    assert_eq!(world.seal(), 1);
}

async fn two_that_seal_at_once_give_each_place_once(engine: Engine) {
    let world = World::new(engine);
    world.append(40);
    let channel = world.channel;
    let sealed: usize = std::thread::scope(|scope| {
        let both: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| (0..40).map(|_| world.db.write_now(move |conn| seal(conn, channel, 3)).unwrap_or(0)).sum::<usize>()))
            .collect();
        both.into_iter().map(|one| one.join().unwrap()).sum()
    });
    let rest = world.seal();
    assert_eq!(sealed + rest, 40);
    assert_eq!(world.db.read_now(|conn| size(conn, channel)).unwrap(), 40);
}

async fn a_damaged_ledger_keeps_no_other_from_being_sealed(engine: Engine) {
    let world = World::new(engine);
    let others = [ChannelId(Uuid::from_u128(1)), ChannelId(Uuid::from_u128(u128::MAX))];
    let append = |round: u128| {
        world.append(2);
        for (n, other) in others.iter().enumerate() {
            let entry = world.entry(Uuid::from_u128(round * 10 + n as u128), "submit");
            let entry = Entry { channel: *other, ..entry };
            world.write(move |conn| ledger::append(conn, entry));
        }
    };
    for (n, other) in others.iter().enumerate() {
        world.add_channel(*other, &format!("other{n}"));
    }
    let sealer = Sealer::new(&world.settings, world.db.clone(), world.clock.clone()).unwrap();
    append(1);
    assert_eq!(sealer.round(false).await.unwrap().sealed, 4);
    append(2);
    world.tamper(&format!("UPDATE ledger_entries SET leaf = {} WHERE channel_id = {}", world.blob(&[0]), world.uuid(world.channel.0)));
    let error = sealer.round(false).await.unwrap_err();
    let sizes = [others[0], world.channel, others[1]].map(|ledger| world.db.read_now(|conn| size(conn, ledger)).unwrap());
    assert_eq!(sizes, [2, 2, 2], "those before and behind it are sealed: {error}");
}

async fn the_job_seals_at_once_and_signs_when_it_is_due(engine: Engine) {
    let world = World::new(engine);
    let sealer = Sealer::new(&world.settings, world.db.clone(), world.clock.clone()).unwrap();
    world.append(20);
    assert_eq!(sealer.round(false).await.unwrap(), Round { sealed: 20, signed: 1 }, "the first entries get a checkpoint at once");
    world.append(20);
    assert_eq!(sealer.round(false).await.unwrap(), Round { sealed: 20, signed: 0 });
    world.clock.advance(Duration::minutes(10));
    assert_eq!(sealer.round(false).await.unwrap(), Round { sealed: 0, signed: 1 });
    world.clock.advance(Duration::minutes(10));
    assert_eq!(sealer.round(true).await.unwrap(), Round::default(), "nothing new, nothing to sign");
    world.append(1000);
    assert_eq!(sealer.round(false).await.unwrap(), Round { sealed: 1000, signed: 1 });
    world.append(1);
    assert_eq!(sealer.round(true).await.unwrap(), Round { sealed: 1, signed: 1 });
}

async fn another_node_takes_over_only_when_the_first_is_gone(engine: Engine) {
    let world = World::new(engine);
    let node = || Sealer::new(&world.settings, world.db.clone(), world.clock.clone()).unwrap();
    let (first, second) = (node(), node());
    world.append(5);
    assert_eq!(first.round(false).await.unwrap().sealed, 5);
    world.append(5);
    assert_eq!(second.round(false).await.unwrap(), Round::default(), "the first node holds the lease");
    world.clock.advance(Duration::seconds(11));
    assert_eq!(second.round(false).await.unwrap().sealed, 5);
    assert_eq!(first.round(false).await.unwrap(), Round::default());
}
