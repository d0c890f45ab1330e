//! The demo county: made through the use cases, so that it has work at every desk and a ledger that verifies.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::support::program::Program;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn counts(conn: &mut SqliteConnection, table: &str, column: &str) -> BTreeMap<String, i64> {
    let query = format!("SELECT {column} AS word, count(*) AS count FROM {table} GROUP BY 1");
    diesel::sql_query(query).load::<Count>(conn).unwrap().into_iter().map(|row| (row.word, row.count)).collect()
}

#[test]
fn the_county_has_work_at_every_desk_and_its_ledger_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path());
    let ran = program.run(&["demo", "--no-serve"]);
    assert_eq!(ran.code, 0, "{}{}", ran.says, ran.complains);
    for shown in ["xumin ", "许敏", "reviewer 审核员", "Everybody's password: Chengjiang-2026"] {
        assert!(ran.says.contains(shown), "{shown} is not in\n{}", ran.says);
    }
    let file = dir.path().join("data/demo/zhitongche.db");
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let stages = counts(&mut conn, "manuscripts", "stage");
    let all = zhitongche::domain::words::Stage::ALL;
    assert!(all.iter().all(|stage| stages.contains_key(stage.as_str())), "a stage is missing: {stages:?}");
    assert!(stages.values().sum::<i64>() >= 300, "{stages:?}");
    let assignments = counts(&mut conn, "assignments", "state");
    assert!(["dispatched", "received", "replied", "contributed", "approved"].iter().all(|state| assignments.contains_key(*state)));
    assert_eq!(counts(&mut conn, "bulletins", "state").get("cancelled"), Some(&1));
    assert!(counts(&mut conn, "endorsements", "kind").len() == 4 && counts(&mut conn, "reply_items", "answer").len() == 4);
    assert!(counts(&mut conn, "ratings", "result").len() == 3);
    assert!(counts(&mut conn, "attachments", "media_type").values().sum::<i64>() >= 20);
    assert!(counts(&mut conn, "manuscripts WHERE entered_by IS NOT NULL", "kind").values().sum::<i64>() >= 3, "代录");
    assert!(counts(&mut conn, "decisions WHERE undone_at IS NOT NULL", "action").get("decline").is_some_and(|undone| *undone >= 2));
    assert!(counts(&mut conn, "stand_ins", "role").get("signer").is_some_and(|periods| *periods >= 2));
    let verified = Program::new(dir.path()).with("SERVER__DATA_DIR", "data/demo").run(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.says, verified.complains);
    assert!(verified.says.contains("chengjiang: good. ") && verified.says.contains(" 0 not yet sealed"), "{}", verified.says);
}

#[test]
fn an_address_that_is_taken_is_told_before_anything_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let program = Program::new(dir.path()).with("SERVER__BIND", taken.local_addr().unwrap().to_string());
    let ran = program.run(&["demo"]);
    assert_eq!(ran.code, 1);
    assert!(ran.complains.contains("can't be listened on; stop what runs there, or set server.bind"), "{}", ran.complains);
    assert!(!dir.path().join("data/demo").exists());
}
