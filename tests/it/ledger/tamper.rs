//! What a database's administrator may try, triggers dropped; `ledger verify` names the first bad entry.

use uuid::Uuid;
use zhitongche::documents::ledger_key::LedgerKey;
use zhitongche::domain::ids::EntryId;
use zhitongche::domain::ledger::{Anchor, Checkpoint, Entry, leaf_hash};
use zhitongche::store::ledger::reading::{receipt, root, sealed};
use zhitongche::store::ledger::sealing::save_checkpoint;
use zhitongche::store::ledger::{self, Appended};

use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    an_untouched_ledger_holds,
    an_edited_entry_is_named,
    an_edited_entry_with_its_leaf_mended_is_found_by_its_chain_or_the_root,
    a_deleted_entry_is_missed,
    entries_moved_or_swapped_are_named,
    a_cut_end_is_found_by_an_anchor_or_a_receipt,
    entries_added_by_hand_are_named,
    forged_checkpoints_are_refused,
    a_changed_tree_is_found,
    what_is_no_hash_at_all_is_named_too,
);

/// 40 entries, a checkpoint after 20 and after 40.
async fn two_checkpoints(engine: Engine) -> (World, Vec<Appended>) {
    let world = World::new(engine);
    let mut all = world.append(20);
    world.checkpoint().await;
    all.extend(world.append(20));
    world.checkpoint().await;
    (world, all)
}

fn bytes_of(world: &World, position: u64) -> (EntryId, Vec<u8>) {
    let channel = world.channel;
    let found = world.db.read_now(|conn| sealed(conn, channel, position, 1)).unwrap().remove(0);
    (found.id, found.bytes)
}

fn edited(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8(bytes.to_vec()).unwrap().replace("\"edit\"", "\"sign\"").into_bytes()
}

#[track_caller]
fn assert_found(world: &World, begins: &str, contains: &str) {
    let findings = world.verify(&[]);
    let first = findings.first().map_or("", String::as_str);
    assert!(first.starts_with(begins) && first.contains(contains), "{findings:?}");
}

async fn an_untouched_ledger_holds(engine: Engine) {
    let (world, all) = two_checkpoints(engine).await;
    world.append(3);
    assert_eq!(world.verify(&[world.anchor()]), Vec::<String>::new());
    let (channel, id) = (world.channel, all[7].id);
    let kept = world.db.read_now(|conn| receipt(conn, channel, id)).unwrap();
    assert_eq!(world.verify(&[("the receipt".to_owned(), Anchor::Receipt(Box::new(kept)))]), Vec::<String>::new());
}

async fn an_edited_entry_is_named(engine: Engine) {
    let (world, all) = two_checkpoints(engine).await;
    let (id, bytes) = bytes_of(&world, 17);
    assert_eq!(id, all[17].id);
    world.tamper(&format!("UPDATE ledger_entries SET bytes = {} WHERE id = {}", world.blob(&edited(&bytes)), world.uuid(id.0)));
    assert_found(&world, &format!("entry {id} at position 17 of "), "its bytes were changed");
}

async fn an_edited_entry_with_its_leaf_mended_is_found_by_its_chain_or_the_root(engine: Engine) {
    let (world, all) = two_checkpoints(engine).await;
    let mend = |position: u64| {
        let (id, bytes) = bytes_of(&world, position);
        let (bytes, id) = (edited(&bytes), world.uuid(id.0));
        let leaf = world.blob(&leaf_hash(&bytes));
        world.tamper(&format!(
            "UPDATE ledger_entries SET bytes = {}, leaf = {leaf} WHERE id = {id}; \
             UPDATE ledger_positions SET leaf = {leaf} WHERE entry_id = {id};",
            world.blob(&bytes)
        ));
        leaf
    };
    // The last of its chain: nothing follows that names it, so only its head and the root tell.
    let head = mend(39);
    world.tamper(&format!("UPDATE ledger_heads SET leaf = {head} WHERE chain_id = {}", world.uuid(Uuid::from_u128(1))));
    assert_found(&world, "the checkpoint of size 40 has another root", "the first bad one stands at a position from 20 to 39");
    mend(17);
    assert_found(&world, "the checkpoint of size 20 has another root", "the first bad one stands at a position from 0 to 19");
    mend(5);
    assert_found(&world, &format!("entry {} at position 8 of ", all[8].id), "its chain does not lead to the entry before it");
}

async fn a_deleted_entry_is_missed(engine: Engine) {
    let (world, all) = two_checkpoints(engine).await;
    let (gone, next) = (world.uuid(all[11].id.0), all[12].id);
    world.tamper(&format!("DELETE FROM ledger_entries WHERE id = {gone}"));
    assert_found(&world, "position 11 is missing", &format!("entry {next} at position 12"));
    world.tamper(&format!(
        "DELETE FROM ledger_positions WHERE entry_id = {gone}; \
         UPDATE ledger_positions SET position = -position WHERE position > 11; \
         UPDATE ledger_positions SET position = -position - 1 WHERE position < 0;"
    ));
    assert_found(&world, &format!("entry {} at position 13 of ", all[14].id), "its chain does not lead to the entry before it");
}

async fn entries_moved_or_swapped_are_named(engine: Engine) {
    let (world, all) = two_checkpoints(engine).await;
    let (four, seven) = (world.uuid(all[4].id.0), world.uuid(all[7].id.0));
    world.tamper(&format!(
        "UPDATE ledger_positions SET position = -1 WHERE entry_id = {four}; \
         UPDATE ledger_positions SET position = 4 WHERE entry_id = {seven}; \
         UPDATE ledger_positions SET position = 7 WHERE entry_id = {four};"
    ));
    assert_found(&world, &format!("entry {} at position 4 of ", all[7].id), "its chain does not lead to the entry before it");

    let (world, all) = two_checkpoints(engine).await;
    let ((one, first), (two, second)) = (bytes_of(&world, 9), bytes_of(&world, 10));
    world.tamper(&format!(
        "UPDATE ledger_entries SET bytes = {} WHERE id = {}; UPDATE ledger_entries SET bytes = {} WHERE id = {};",
        world.blob(&second),
        world.uuid(one.0),
        world.blob(&first),
        world.uuid(two.0)
    ));
    assert_found(&world, &format!("entry {} at position 9 of ", all[9].id), "its bytes were changed");
}

async fn a_cut_end_is_found_by_an_anchor_or_a_receipt(engine: Engine) {
    let (world, all) = two_checkpoints(engine).await;
    let (anchor, channel, last) = (world.anchor(), world.channel, all[38].id);
    let kept = world.db.read_now(|conn| receipt(conn, channel, last)).unwrap();
    let kept = ("the receipt".to_owned(), Anchor::Receipt(Box::new(kept)));
    let unsealed = world.append(1).remove(0).id;
    let early = world.db.read_now(|conn| receipt(conn, channel, unsealed)).unwrap();
    let early = ("the early receipt".to_owned(), Anchor::Receipt(Box::new(early)));
    let mut statements = String::from("DELETE FROM ledger_checkpoints WHERE size = 40; DELETE FROM ledger_waiting;");
    statements += "DELETE FROM ledger_entries WHERE id NOT IN (SELECT entry_id FROM ledger_positions WHERE position < 30);";
    statements += "DELETE FROM ledger_positions WHERE position >= 30;";
    for (chain, last) in [(1, &all[27]), (2, &all[28]), (3, &all[29])] {
        let (leaf, id) = (world.blob(&last.leaf), world.uuid(last.id.0));
        statements += &format!(
            "UPDATE ledger_heads SET leaf = {leaf}, entry_id = {id}, at = (SELECT at FROM ledger_entries WHERE id = {id}) \
             WHERE chain_id = {};",
            world.uuid(Uuid::from_u128(chain))
        );
    }
    world.tamper(&statements);
    assert_eq!(world.verify(&[]), Vec::<String>::new(), "nobody inside the database can tell");
    let cut = "knows 40 entries, here are 30: the entries from position 30 on were removed";
    assert_eq!(world.verify(&[anchor]), vec![format!("the anchor {cut}")]);
    let gone = "the entry of this receipt is not in the ledger as the receipt has it";
    assert_eq!(world.verify(&[kept]), vec![format!("the receipt {cut}"), format!("the receipt: {gone}")]);
    assert_eq!(world.verify(&[early]), vec![format!("the early receipt: {gone}")]);
}

async fn entries_added_by_hand_are_named(engine: Engine) {
    let (world, all) = two_checkpoints(engine).await;
    let entry = world.entry(Uuid::from_u128(77), "edit");
    let id = entry.id;
    world.write(move |conn| ledger::append(conn, entry));
    world.tamper("DELETE FROM ledger_waiting");
    assert_found(&world, &format!("entry {id}, not yet sealed, of "), "it has no position and does not wait for one");
    let forged = Entry { previous: Some(hex::encode(all[0].leaf)), ..world.entry(Uuid::from_u128(1), "edit") };
    let (bytes, at) = (forged.to_bytes().unwrap(), forged.at);
    let time = match engine {
        Engine::Sqlite => at.micros().to_string(),
        Engine::Postgres => format!("'{at}'"),
    };
    world.tamper(&format!(
        "INSERT INTO ledger_entries (id, channel_id, chain_id, at, leaf, bytes) VALUES ({}, {}, {}, {time}, {}, {})",
        world.uuid(forged.id.0),
        world.uuid(world.channel.0),
        world.uuid(Uuid::from_u128(1)),
        world.blob(&leaf_hash(&bytes)),
        world.blob(&bytes)
    ));
    assert_found(&world, &format!("entry {}, not yet sealed, of ", forged.id), "its chain does not lead to the entry before it");
}

async fn forged_checkpoints_are_refused(engine: Engine) {
    let (world, _) = two_checkpoints(engine).await;
    world.tamper("UPDATE ledger_checkpoints SET note = replace(note, '40', '39') WHERE size = 40");
    assert_found(&world, "the checkpoint of size 40: no good signature", "");
    let (world, _) = two_checkpoints(engine).await;
    world.tamper(&format!("UPDATE ledger_checkpoints SET root = {} WHERE size = 20", world.blob(&[0; 32])));
    assert_found(&world, "the checkpoint of size 20: not a signed checkpoint", "another channel, size or root than its row");
    // A key of one's own does not help: it is not the one in the file outside the database.
    let (world, _) = two_checkpoints(engine).await;
    world.append(5);
    world.seal();
    let (channel, now) = (world.channel, world.clock.now());
    world.write(move |conn| {
        let root = root(conn, channel, 45)?;
        let checkpoint = Checkpoint { origin: format!("qinghe.example/{channel}"), size: 45, root, previous: None };
        save_checkpoint(conn, channel, &checkpoint, &LedgerKey::generate("qinghe.example").sign(&checkpoint), now)
    });
    assert_found(&world, "the checkpoint of size 45: no good signature", "");
}

async fn a_changed_tree_is_found(engine: Engine) {
    let world = World::new(engine);
    let all = world.append(300);
    world.checkpoint().await;
    assert_eq!(world.verify(&[]), Vec::<String>::new());
    for other in [&[0; 32][..], &[7; 5], &[]] {
        world.tamper(&format!("UPDATE ledger_nodes SET hash = {} WHERE level = 8", world.blob(other)));
        assert_found(&world, &format!("entry {} at position 255 of ", all[255].id), "number 0 of level 8");
    }
}

async fn what_is_no_hash_at_all_is_named_too(engine: Engine) {
    let cuts = [("ledger_entries", "id"), ("ledger_positions", "entry_id")];
    for (table, key) in cuts {
        let (world, all) = two_checkpoints(engine).await;
        world.tamper(&format!("UPDATE {table} SET leaf = {} WHERE {key} = {}", world.blob(&[7; 5]), world.uuid(all[17].id.0)));
        assert_found(&world, &format!("entry {} at position 17 of ", all[17].id), "its bytes were changed");
    }
    let (world, _) = two_checkpoints(engine).await;
    let chain = Entry::from_bytes(&bytes_of(&world, 39).1).unwrap().chain;
    world.tamper(&format!("UPDATE ledger_heads SET leaf = {} WHERE chain_id = {}", world.blob(&[1; 33]), world.uuid(chain)));
    assert_found(&world, &format!("the chain of {chain} "), "should end with another entry");
}
