//! What belongs to no ledger, and what can't be read: rows under a channel or a parent that does not exist, ledgers that have gone as a
//! whole, values that the program never writes.

use zhitongche::app::ledger::keys::{faults, remembered_anchors};
use zhitongche::store::proof::StoredRow;
use zhitongche::store::proof::table::{Class, ClassifiedColumn, ColumnKind, ProvedTable, Scope};

use super::commands::program;
use super::fields::{Scene, is_named, kind_of, other, proved, rows_of};
use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    a_row_of_no_ledger_is_found_in_every_table,
    a_counter_and_an_entry_of_no_ledger_are_found,
    an_entry_moved_to_another_ledger_is_found,
    a_value_that_cant_be_is_named_with_its_row,
    what_cant_be_read_of_the_ledger_itself_is_told_and_the_rest_goes_on,
    a_ledger_that_has_gone_with_its_channel_is_missed,
    a_key_that_has_gone_from_its_table_is_missed,
);

/// A channel, and a parent, that does not exist.
const NOWHERE: &str = "01900000-0000-7000-8000-00000000dead";

/// The column that says to which channel a row belongs.
fn owner(table: &ProvedTable) -> Option<&'static str> {
    match table.scope {
        Scope::Channel => Some("channel_id"),
        Scope::Itself => Some("id"),
        Scope::Of(column, _) | Scope::Subject(column) => Some(column),
        Scope::Installation => None,
    }
}

async fn a_row_of_no_ledger_is_found_in_every_table(engine: Engine) {
    let mut scene = Scene::new(engine).await;
    let (mut tried, mut missed) = (0, Vec::new());
    for table in proved() {
        let Some(owner) = owner(table) else { continue };
        let row = rows_of(&mut scene.conn, table).remove(0);
        let (condition, last) = (scene.is(table, &row), *table.key.last().unwrap());
        let key = if last == owner { NOWHERE.to_owned() } else { other(kind_of(table, last), row.value(last)) };
        let (nowhere, forged) = (scene.literal(ColumnKind::Uuid, Some(NOWHERE)), scene.literal(kind_of(table, last), Some(&key)));
        let name = table.name;
        scene.run(&format!(
            "CREATE TABLE kept AS SELECT * FROM {name} WHERE {condition}; UPDATE kept SET {last} = {forged}; \
             UPDATE kept SET {owner} = {nowhere}; INSERT INTO {name} SELECT * FROM kept; DROP TABLE kept;"
        ));
        tried += 1;
        let found = scene.findings();
        let unsaid =
            |finding: &String| finding.starts_with(&format!("{name}:")) && finding.contains(&key) && finding.contains("no entry wrote it");
        if found.iter().filter(|finding| unsaid(finding)).count() != 1 {
            missed.push(format!("{name}: {found:?}"));
        }
        scene.run(&format!("DELETE FROM {name} WHERE {owner} = {nowhere} AND {last} = {forged};"));
    }
    assert!(missed.is_empty(), "nobody found the rows of no ledger in {missed:#?}");
    println!("put in under a channel or parent that does not exist, and found: a row of each of {tried} tables");
}

async fn a_counter_and_an_entry_of_no_ledger_are_found(engine: Engine) {
    let mut scene = Scene::new(engine).await;
    let nowhere = scene.literal(ColumnKind::Uuid, Some(NOWHERE));
    for (table, columns, rest) in [
        ("counters", "channel_id, name, value", "'manuscript:2026', 7"),
        ("ledger_waiting", "channel_id, entry_id, at", &*format!("{nowhere}, {}", scene.literal(ColumnKind::Time, Some("1000000")))),
    ] {
        scene.run(&format!("INSERT INTO {table} ({columns}) VALUES ({nowhere}, {rest})"));
        let found = scene.findings();
        assert!(found.iter().any(|finding| finding.starts_with(&format!("{table}:{NOWHERE}"))), "{table}: {found:?}");
        scene.run(&format!("DELETE FROM {table} WHERE channel_id = {nowhere}"));
    }
}

/// A value of this type that the program never writes, where this database takes one; as SQL.
fn impossible(scene: &Scene, kind: ColumnKind) -> Option<&'static str> {
    match (kind, scene.pg) {
        (ColumnKind::Text, false) => Some("CAST(X'FF' AS TEXT)"),
        (ColumnKind::Uuid | ColumnKind::Bytes, false) => Some("X'00'"),
        (ColumnKind::Time, false) => Some("9223372036854775807"),
        (ColumnKind::Time, true) => Some("'infinity'::timestamptz"),
        (ColumnKind::Integer, _) => Some("-9223372036854775807"),
        _ => None,
    }
}

/// The n-th column of each table at once.
/// Histories are read by the ledger that is written beside an entry.
async fn an_entry_moved_to_another_ledger_is_found(engine: Engine) {
    let mut scene = Scene::new(engine).await;
    let installation = zhitongche::domain::ids::ChannelId::INSTALLATION.to_string();
    let own = scene.literal(ColumnKind::Uuid, Some(&scene.cast.channel.to_string()));
    let sealed = "id IN (SELECT entry_id FROM ledger_positions WHERE position = 7)";
    for which in [sealed, "id IN (SELECT entry_id FROM ledger_waiting)", "1 = 1"] {
        for to in [NOWHERE, &installation] {
            let to = scene.literal(ColumnKind::Uuid, Some(to));
            let condition = format!("channel_id = {own} AND {which}");
            scene.run(&format!("CREATE TABLE moved AS SELECT id FROM ledger_entries WHERE {condition}; UPDATE ledger_entries SET channel_id = {to} WHERE {condition};"));
            let found = scene.findings();
            assert!(found.iter().any(|finding| finding.contains("channel")), "{which}: {found:?}");
            scene.run(&format!("UPDATE ledger_entries SET channel_id = {own} WHERE id IN (SELECT id FROM moved); DROP TABLE moved;"));
        }
    }
    assert_eq!(scene.findings(), Vec::<String>::new());
}

async fn a_value_that_cant_be_is_named_with_its_row(engine: Engine) {
    let mut scene = Scene::new(engine).await;
    let chosen: Vec<(&ProvedTable, StoredRow)> = proved().map(|table| (table, rows_of(&mut scene.conn, table).remove(0))).collect();
    let most = chosen.iter().map(|(table, _)| table.columns.len()).max().unwrap();
    let (mut changed, mut missed) = (0, Vec::new());
    for at in 0..most {
        let mut back = Vec::new();
        for (table, row) in &chosen {
            let is_tried = |column: &&ClassifiedColumn| matches!(column.class, Class::Proved { .. }) && !table.key.contains(&column.name);
            let Some(column) = table.columns.get(at).filter(is_tried) else { continue };
            let Some(value) = impossible(&scene, column.kind) else { continue };
            let condition = scene.is(table, row);
            scene.run(&format!("UPDATE {} SET {} = {value} WHERE {condition}", table.name, column.name));
            let was = scene.literal(column.kind, row.value(column.name));
            back.push((*table, row, column.name, format!("UPDATE {} SET {} = {was} WHERE {condition}", table.name, column.name)));
        }
        let found = scene.findings();
        for (table, row, column, undo) in back {
            changed += 1;
            if !is_named(&found, table, row) {
                missed.push(format!("{}.{column}", table.name));
            }
            scene.run(&undo);
        }
    }
    assert!(missed.is_empty(), "no row was named for {missed:?}");
    println!("values that can't be: {changed} columns");
    // A key that is none.
    if !scene.pg {
        scene.run("UPDATE channels SET id = X'00'");
        let found = scene.findings();
        assert!(found.iter().any(|finding| finding.starts_with("channels:00 stands in its table, but no entry wrote it")), "{found:?}");
        let id = scene.literal(ColumnKind::Uuid, Some(&scene.cast.channel.to_string()));
        scene.run(&format!("UPDATE channels SET id = {id}"));
    }
}

async fn what_cant_be_read_of_the_ledger_itself_is_told_and_the_rest_goes_on(engine: Engine) {
    let pg = engine == Engine::Postgres;
    let of_both = [
        ("UPDATE ledger_keys SET verifier = 'nobody'", "ledger_keys can't be read"),
        ("UPDATE ledger_positions SET position = 9223372036854775807 WHERE position = 19", "position 19 is missing"),
    ];
    let sqlite = [
        ("UPDATE ledger_checkpoints SET note = CAST(X'FF' AS TEXT)", "ledger_checkpoints can't be read"),
        ("UPDATE ledger_entries SET chain_id = X'00' WHERE at = (SELECT max(at) FROM ledger_entries)", "ledger_entries can't be read"),
    ];
    let postgres = [
        ("UPDATE ledger_checkpoints SET created_at = 'infinity'", "ledger_checkpoints can't be read"),
        ("UPDATE ledger_entries SET at = 'infinity' WHERE at = (SELECT max(at) FROM ledger_entries)", "ledger_entries can't be read"),
    ];
    for (statement, expected) in of_both.into_iter().chain(if pg { postgres } else { sqlite }) {
        let world = World::new(engine);
        world.append(20);
        world.checkpoint().await;
        world.tamper(statement);
        let found = world.verify(&remembered_anchors(&world.settings).unwrap());
        assert!(found.iter().any(|finding| finding.contains(expected)), "{statement}: {found:?}");
        let ran = program(&world).run(&["ledger", "verify"]);
        assert!(ran.code == 1 && ran.says.contains("BAD") && !ran.complains.contains("panic"), "{statement}: {}", ran.complains);
    }
}

async fn a_ledger_that_has_gone_with_its_channel_is_missed(engine: Engine) {
    let world = World::new(engine);
    world.append(20);
    world.checkpoint().await;
    let anchor = world.anchor();
    world.tamper(
        "DELETE FROM ledger_checkpoints; DELETE FROM ledger_positions; DELETE FROM ledger_nodes; DELETE FROM ledger_waiting; \
         DELETE FROM ledger_heads; DELETE FROM ledger_entries; DELETE FROM channels;",
    );
    let gone = format!("is of the ledger {}, which has gone with its channel and all its entries", world.channel);
    let remembered = || world.verify(&remembered_anchors(&world.settings).unwrap());
    assert!(remembered().contains(&format!("what the server remembers having signed {gone}")), "{:?}", remembered());
    assert!(world.verify(std::slice::from_ref(&anchor)).contains(&format!("the anchor {gone}")));
    let of_signing = || faults(&mut world.db.connect().unwrap(), &world.settings).unwrap();
    assert_eq!(of_signing().into_iter().map(|(ledger, _)| ledger).collect::<Vec<_>>(), [world.channel]);
    let check = program(&world).run(&["check"]);
    assert!(check.says.contains("only 0 are here"), "{}", check.says);

    // Lost honestly, with a copy from before the channel: the installation's ledger says what was given up.
    let resumed = program(&world).run(&["ledger", "resume", "--reason", "restored the copy of Monday"]);
    assert_eq!(resumed.code, 0, "{}", resumed.complains);
    assert_eq!((remembered(), of_signing().len()), (Vec::new(), 0));
    assert_eq!(world.verify(&[anchor]), Vec::<String>::new(), "that part was given up");
}

async fn a_key_that_has_gone_from_its_table_is_missed(engine: Engine) {
    let world = World::new(engine);
    world.append(10);
    world.checkpoint().await;
    world.tamper("DELETE FROM ledger_keys");
    assert_eq!(world.verify(&[]), ["ledger_keys:0 is not what follows from the key that signs"]);
    // And where the file is missing, what helps is said, not what would be refused.
    std::fs::remove_file(world.settings.ledger_key_file()).unwrap();
    let ran = program(&world).run(&["ledger", "export"]);
    assert!(ran.code == 1 && ran.complains.contains("back from its copy") && !ran.complains.contains("checkpoint"), "{}", ran.complains);
}
