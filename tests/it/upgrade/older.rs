//! A data folder that the program made at commit a642147, before the ledger named rows, before keys of sessions and before the job queue: a
//! demo county with few manuscripts, in `tests/upgrade/`. It is brought up to date, proves its ledger, and serves.

use std::fs::File;
use std::path::Path;

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use zhitongche::store::{AnyConn, migrate};

use crate::support::database::{Engine, TestDatabase};
use crate::support::program::{Program, Serving};

crate::both_databases!(a_folder_of_an_older_version_is_taken_along);

/// Everybody's password there.
const PASSWORD: &str = "Chengjiang-2026";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName, PartialEq, Debug)]
struct Stage {
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    stage: String,
}

/// Unpacks what the old program left: a data folder and, for PostgreSQL, a dump of its database in plain SQL.
fn unpack(engine: Engine, database: &TestDatabase) {
    let name = if engine == Engine::Sqlite { "sqlite" } else { "postgres" };
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/upgrade/a642147-{name}.tar.gz"));
    tar::Archive::new(GzDecoder::new(File::open(packed).unwrap())).unpack(database.dir.path()).unwrap();
    match engine {
        Engine::Sqlite => std::fs::rename(database.dir.path().join("zhitongche.db"), database.dir.path().join("test.db")).unwrap(),
        Engine::Postgres => {
            let dump = std::fs::read_to_string(database.dir.path().join("dump.sql")).unwrap();
            PgConnection::establish(&database.url).unwrap().batch_execute(&dump).unwrap();
        }
    }
}

fn connect(database: &TestDatabase) -> AnyConn {
    match database.url.strip_prefix("sqlite://") {
        Some(path) => AnyConn::Sqlite(SqliteConnection::establish(path).unwrap()),
        None => AnyConn::Pg(PgConnection::establish(&database.url).unwrap()),
    }
}

fn stages(conn: &mut AnyConn) -> Vec<Stage> {
    let question = "SELECT number, stage FROM manuscripts WHERE number IS NOT NULL ORDER BY number";
    diesel::sql_query(question).load(conn).unwrap()
}

fn count(conn: &mut AnyConn, of: &str) -> i64 {
    diesel::sql_query(format!("SELECT COUNT(*) AS n FROM {of}")).get_result::<Count>(conn).unwrap().n
}

async fn a_folder_of_an_older_version_is_taken_along(engine: Engine) {
    let database = TestDatabase::new(engine);
    unpack(engine, &database);
    let before = (stages(&mut connect(&database)), count(&mut connect(&database), "ledger_entries"));
    assert!(before.0.len() >= 30 && before.1 > 300, "{} numbers, {} entries", before.0.len(), before.1);
    let data_dir = database.dir.path().display().to_string();
    let program = Program::new(database.dir.path()).with("DATABASE__URL", database.url.clone()).with("SERVER__DATA_DIR", data_dir);
    let looked = program.run(&["migrate", "--check"]);
    assert!(looked.complains.contains("migrations are pending"), "{}", looked.complains);
    assert!(looked.says.contains(migrate::newest()), "{}", looked.says);
    let refused = program.run(&["ledger", "verify"]);
    assert!(refused.complains.contains("run `zhitongche migrate`"), "{}", refused.complains);
    let server = program.serve();
    assert_eq!(stages(&mut connect(&database)), before.0, "every manuscript is where it was");
    it_serves(&server).await;
    server.terminate();
    let (code, log) = server.ended();
    assert_eq!(code, 0, "{log}");
    assert!(count(&mut connect(&database), "ledger_entries") > before.1);
    let verified = program.run(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.says, verified.complains);
    assert!(verified.says.contains("chengjiang: good. "), "{}", verified.says);
    // The chain of an account is not that of the membership from which it was made.
    for arguments in [&["user", "disable", "xumin"][..], &["user", "disable", "xumin", "--undo"]] {
        let done = program.run(arguments);
        assert_eq!(done.code, 0, "{}{}", done.says, done.complains);
    }
    let verified = program.run(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.says, verified.complains);
    let backed_up = program.run(&["backup", "after.tar"]);
    assert_eq!(backed_up.code, 0, "{}{}", backed_up.says, backed_up.complains);
}

/// A reviewer signs in with the password of old, reads every manuscript, and sends one back.
async fn it_serves(server: &Serving) {
    let client = reqwest::Client::new();
    let sign_in = json!({ "login": "xumin", "password": PASSWORD });
    let opened: Value = client.post(format!("{}/api/v1/session", server.url)).json(&sign_in).send().await.unwrap().json().await.unwrap();
    let token = opened["token"].as_str().unwrap_or_else(|| panic!("{opened}"));
    let get = async |path: &str| client.get(format!("{}/api/v1{path}", server.url)).bearer_auth(token).send().await.unwrap();
    let list: Value = get("/manuscripts?limit=100").await.json().await.unwrap();
    let items = list["items"].as_array().unwrap();
    assert!(items.len() > 20, "{list}");
    let mut in_review = None;
    for item in items {
        let one: Value = get(&format!("/manuscripts/{}", item["id"].as_str().unwrap())).await.json().await.unwrap();
        assert_eq!(one["number"], item["number"], "{one}");
        if one["stage"] == "review" && in_review.is_none() {
            in_review = Some(one);
        }
    }
    let one = in_review.expect("one is in review");
    let url = format!("{}/api/v1/manuscripts/{}/review", server.url, one["id"].as_str().unwrap());
    let body = json!({ "decision": "return", "reason": "请补充数据。" });
    let seen = format!("\"{}\"", one["version"]);
    let answer = client.post(url).bearer_auth(token).header("If-Match", seen).json(&body).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status.as_u16(), 200, "{text}");
    assert!(text.contains("\"returned\""), "{text}");
}
