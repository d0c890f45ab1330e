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

/// What an installation may have set; the story is the same, for it is made with the defaults.
const OTHERS: [(&str, &str); 25] = [
    ("UNDO__MINUTES", "0"),
    ("DATABASE__URL", "postgres://nobody@127.0.0.1:1/nothing"),
    ("DATABASE__MIGRATE_AT_START", "false"),
    ("DATABASE__WRITE_BATCH", "1"),
    ("SERVER__SECRETS_DIR", "elsewhere"),
    ("SERVER__PUBLIC_URL", "https://ztc.example.gov.cn"),
    ("STORAGE__URL", "file:///nowhere"),
    ("MAIL__TRANSPORT", "smtp"),
    ("MAIL__SMTP_URL", "smtp://127.0.0.1:1"),
    ("SESSION__PASSWORD_MIN_CHARS", "64"),
    ("LIMITS__TITLE_CHARS", "1"),
    ("LIMITS__TEXT_SOFT_CHARS", "10"),
    ("LIMITS__TEXT_HARD_CHARS", "20"),
    ("LIMITS__SUGGESTIONS", "1"),
    ("LIMITS__KEYWORDS", "0"),
    ("LIMITS__KEYWORD_CHARS", "1"),
    ("LIMITS__CO_AUTHORS", "0"),
    ("LIMITS__REASON_CHARS", "1"),
    ("LIMITS__ATTACHMENT_BYTES", "1"),
    ("LIMITS__ATTACHMENTS", "0"),
    ("LIMITS__REQUESTS_PER_MINUTE_ACCOUNT", "1"),
    ("LEDGER__KEY_FILE", "elsewhere.key"),
    ("LEDGER__CHECKPOINT_ENTRIES", "1"),
    ("JOBS__LEASE_SECONDS", "1"),
    ("TZ", "America/New_York"),
];

#[test]
fn the_county_has_work_at_every_desk_and_its_ledger_verifies_whatever_is_set() {
    let dir = tempfile::tempdir().unwrap();
    let program = OTHERS.iter().fold(Program::new(dir.path()), |program, (key, value)| match *key {
        "TZ" => program.with_variable(key, *value),
        key => program.with(key, *value),
    });
    let ran = program.run(&["demo", "--no-serve"]);
    assert_eq!(ran.code, 0, "{}{}", ran.says, ran.complains);
    for shown in ["xumin ", "许敏", "reviewer 审核员", "Everybody's password: copper-otter-lantern"] {
        assert!(ran.says.contains(shown), "{shown} is not in\n{}", ran.says);
    }
    let made: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(made, ["data"], "everything lies in its folder");
    let file = dir.path().join("data/demo/zhitongche.db");
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let stages = counts(&mut conn, "manuscripts", "stage");
    let all = zhitongche::domain::vocabulary::Stage::ALL;
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
    let named = Program::new(dir.path()).with("SERVER__PUBLIC_URL", "https://ztc.example.gov.cn");
    let verified = named.with("SERVER__DATA_DIR", "data/demo").run(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.says, verified.complains);
    assert!(verified.says.contains("chengjiang: good. ") && verified.says.contains(" 0 not yet sealed"), "{}", verified.says);
}

#[test]
fn the_published_password_opens_nothing_beyond_loopback() {
    let dir = tempfile::tempdir().unwrap();
    for bind in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let program = Program::new(dir.path()).with("SERVER__BIND", bind).with("SERVER__PUBLIC_URL", "https://ztc.example.gov.cn");
        let ran = program.run(&["demo"]);
        assert_eq!(ran.code, 1, "{bind}: {}", ran.says);
        assert!(ran.complains.contains("served on loopback alone, and server.bind is"), "{bind}: {}", ran.complains);
    }
    assert!(!dir.path().join("data/demo").exists());
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
