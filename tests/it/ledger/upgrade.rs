//! A database from before entries named rows: taken up as it was found, once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::json;
use zhitongche::domain::ledger::Entry;
use zhitongche::server::database;
use zhitongche::store::schema::{ledger_entries, ledger_heads, proof_sets};
use zhitongche::store::{AnyConn, ledger};

use crate::support::cast::{Cast, findings};
use crate::support::database::Engine;

crate::both_databases!(what_stood_there_before_is_taken_up, rows_are_taken_up_only_before_all_others);

/// Writes the ledger anew as the version before did: the same acts without the names of rows, and nothing taken up.
fn as_before(cast: &Cast, engine: Engine) {
    let mut conn = cast.app.db().connect().unwrap();
    let bytes: Vec<Vec<u8>> =
        ledger_entries::table.order((ledger_entries::at, ledger_entries::id)).select(ledger_entries::bytes).load(&mut conn).unwrap();
    conn.batch_execute(&forget_the_ledger(engine)).unwrap();
    for entry in bytes.iter().map(|bytes| Entry::from_bytes(bytes).unwrap()) {
        // What only this version writes.
        if entry.action == "window_closed" || entry.action == "compose" {
            continue;
        }
        ledger::append(&mut conn, Entry { format: 1, rows: BTreeMap::new(), ..entry }).unwrap();
    }
    diesel::update(ledger_heads::table)
        .set(ledger_heads::entry_id.eq(None::<zhitongche::domain::ids::EntryId>))
        .execute(&mut conn)
        .unwrap();
    diesel::delete(proof_sets::table).execute(&mut conn).unwrap();
    migrate_heads(&mut conn, engine);
}

fn forget_the_ledger(engine: Engine) -> String {
    let drop = |table: &str| match engine {
        Engine::Postgres => format!("DROP TRIGGER IF EXISTS {table}_no_change ON {table};"),
        Engine::Sqlite => format!("DROP TRIGGER IF EXISTS {table}_no_update; DROP TRIGGER IF EXISTS {table}_no_delete;"),
    };
    let guarded = ["ledger_entries", "ledger_positions", "ledger_checkpoints", "ledger_nodes"];
    let all = guarded.iter().chain(&["ledger_heads", "ledger_waiting"]);
    guarded.map(drop).concat() + &all.map(|table| format!("DELETE FROM {table};")).collect::<String>()
}

/// Runs the statement of the migration that fills the new column.
fn migrate_heads(conn: &mut AnyConn, engine: Engine) {
    let folder = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder).join("0010_proof/up.sql");
    let text = fs::read_to_string(file).unwrap();
    conn.batch_execute(text.lines().find(|line| line.starts_with("UPDATE ledger_heads")).unwrap()).unwrap();
}

async fn act(cast: &Cast) -> String {
    cast.concluded().await;
    let returned = cast.submitted_by("author").await;
    cast.act("reviewer", &returned, "review", json!({"decision": "return", "reason": "请补充。"})).await;
    let mut draft = crate::support::cast::complete();
    draft["submit"] = false.into();
    cast.post("author", "/manuscripts", draft).await;
    cast.accepted().await
}

async fn what_stood_there_before_is_taken_up(engine: Engine) {
    let cast = Cast::new(engine).await;
    let accepted = act(&cast).await;
    as_before(&cast, engine);
    let taken_up = |cast: &Cast| cast.acts_of_all().into_iter().filter(|act| act == "adopted_as_found").count();
    assert_eq!(taken_up(&cast), 0);
    drop(database::open(&cast.app.settings).unwrap());
    let entries = taken_up(&cast);
    assert!(entries > 0);
    assert_eq!(findings(&cast.app), Vec::<String>::new());
    drop(database::open(&cast.app.settings).unwrap());
    assert_eq!((findings(&cast.app), taken_up(&cast)), (Vec::new(), entries), "a second start takes nothing up");
    cast.forward(&accepted).await;
    cast.seal().await;
    assert_eq!(findings(&cast.app), Vec::<String>::new());
    let mut conn = cast.app.db().connect().unwrap();
    conn.batch_execute("UPDATE manuscripts SET title = title || '。'").unwrap();
    let found = findings(&cast.app);
    assert!(found.iter().any(|finding| finding.contains(&format!("manuscripts.form:{accepted}, which was changed since"))), "{found:?}");
    conn.batch_execute("UPDATE manuscripts SET title = substr(title, 1, length(title) - 1)").unwrap();
}

async fn rows_are_taken_up_only_before_all_others(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.tampers();
    let id = cast.submitted_by("author").await;
    let mut conn = cast.app.db().connect().unwrap();
    conn.batch_execute("UPDATE manuscripts SET title = title || '。'").unwrap();
    let found = findings(&cast.app);
    assert!(found.iter().any(|finding| finding.contains(&format!("manuscripts.form:{id}"))), "{found:?}");
    conn.batch_execute("DELETE FROM proof_sets").unwrap();
    drop(database::open(&cast.app.settings).unwrap());
    let found = findings(&cast.app);
    assert!(found.iter().any(|finding| finding.contains("only the first start after an upgrade may do")), "{found:?}");
}
