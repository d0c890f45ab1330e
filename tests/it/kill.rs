//! Power cuts: the server is killed under submissions from 64 sides, again and again. Whatever was acknowledged is there
//! afterwards, nothing is there by half, and the ledger holds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use zhitongche::domain::clock::Clock;
use zhitongche::server;
use zhitongche::store::AnyConn;

use crate::support::cast;
use crate::support::database::{Engine, TestDatabase};
use crate::support::program::{Program, Serving};

/// Sides that submit at the same time.
const SIDES: usize = 64;

/// How often the server is killed: 20, or `ZTC_KILL_ROUNDS`.
fn rounds() -> u64 {
    std::env::var("ZTC_KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
}

crate::both_databases!(whatever_was_acknowledged_outlives_a_kill);

async fn whatever_was_acknowledged_outlives_a_kill(engine: Engine) {
    let database = TestDatabase::with_schema(engine);
    let program = Program::new(database.dir.path())
        .with("DATABASE__URL", database.url.clone())
        // The keys lie there, with which the people's tokens were bound.
        .with("SERVER__DATA_DIR", database.dir.path().display().to_string())
        .with("LIMITS__REQUESTS_PER_MINUTE_ACCOUNT", "0")
        .with("LIMITS__REQUESTS_PER_MINUTE_ADDRESS", "0")
        .with("MAIL__TRANSPORT", "memory");
    cast::put(&server::database::app(&database.settings(), &Clock::System).unwrap(), "chengjiang");
    let token = "token-author";
    let mut acknowledged = BTreeMap::new();
    for round in 0..rounds() {
        let mut server = program.serve();
        let (mut answers, enough) = submit_from_all_sides(&server, token, round);
        // Each round is cut at another point: when the first have been answered, or well under load.
        for _ in 0..=37 * round % 150 {
            let Some((id, title)) = answers.recv().await else { panic!("the server ended by itself in round {round}") };
            acknowledged.insert(id, title);
        }
        server.kill();
        enough.store(true, Ordering::Relaxed);
        // What was answered before the cut counts as well. There is no more when every side has ended.
        while let Some((id, title)) = answers.recv().await {
            acknowledged.insert(id, title);
        }
    }
    assert!(acknowledged.len() > SIDES, "only {} submissions came through", acknowledged.len());
    let server = program.serve();
    everything_is_there(&server, token, &acknowledged).await;
    server.terminate();
    let (code, log) = server.ended();
    assert_eq!(code, 0, "{log}");
    let verified = program.run(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.says, verified.complains);
    nothing_is_there_by_half(&mut database.open().connect().unwrap());
}

/// Ids and titles of what the server has acknowledged, until the last side has ended.
type Answers = UnboundedReceiver<(String, String)>;

fn submit_from_all_sides(server: &Serving, token: &str, round: u64) -> (Answers, Arc<AtomicBool>) {
    let (acknowledge, answers) = unbounded_channel();
    let enough = Arc::new(AtomicBool::new(false));
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    for side in 0..SIDES {
        let (enough, client, acknowledge) = (Arc::clone(&enough), client.clone(), acknowledge.clone());
        let (url, token) = (format!("{}/api/v1/manuscripts", server.url), token.to_owned());
        actix_web::rt::spawn(async move {
            for turn in 0.. {
                if enough.load(Ordering::Relaxed) {
                    return;
                }
                let title = format!("第{round}轮第{side}路第{turn}件：断电测试");
                let sent = client.post(&url).bearer_auth(&token).json(&manuscript(&title)).send().await;
                // The line is cut: this side has ended. Whether its last manuscript came in, it does not know.
                let Ok(answer) = sent else { return };
                let status = answer.status();
                let Ok(body) = answer.json::<Value>().await else { return };
                assert_eq!(status.as_u16(), 201, "{body}");
                let id = body["id"].as_str().unwrap().to_owned();
                acknowledge.send((id, title)).unwrap();
            }
        });
    }
    (answers, enough)
}

fn manuscript(title: &str) -> Value {
    json!({
        "title": title,
        "category": "社会建设",
        "kind": "suggestion",
        "situation": "城东片区三条主干道路灯夜间时常熄灭。".repeat(20),
        "causes": "线路老化，巡检间隔过长。",
        "suggestions": ["更换老旧线路。", "把巡检间隔缩短到一周。"],
        "keywords": ["路灯"],
        "declarations": { "classification": "none", "may_publish": true },
        "submit": true,
    })
}

async fn everything_is_there(server: &Serving, token: &str, acknowledged: &BTreeMap<String, String>) {
    let client = reqwest::Client::new();
    let mut numbers = BTreeMap::new();
    for (id, title) in acknowledged {
        let answer = client.get(format!("{}/api/v1/manuscripts/{id}", server.url)).bearer_auth(token).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["title"].as_str(), Some(title.as_str()), "{id} was acknowledged: {body}");
        assert_eq!(body["stage"], "review", "{body}");
        let before = numbers.insert(body["number"].as_str().unwrap().to_owned(), id);
        assert_eq!(before, None, "a number was given twice: {body}");
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Check {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

fn count(conn: &mut AnyConn, query: &str) -> i64 {
    diesel::sql_query(format!("SELECT COUNT(*) AS n FROM {query}")).get_result::<Count>(conn).unwrap().n
}

/// Each manuscript has its text, its number, its entry in the ledger with a place in the tree, and its letters.
fn nothing_is_there_by_half(conn: &mut AnyConn) {
    if let AnyConn::Sqlite(_) = conn {
        let checks: Vec<Check> = diesel::sql_query("PRAGMA integrity_check").load(conn).unwrap();
        assert_eq!(checks.iter().map(|row| row.integrity_check.as_str()).collect::<Vec<_>>(), ["ok"]);
    }
    let all = count(conn, "manuscripts");
    assert_eq!(count(conn, "manuscripts WHERE stage = 'review' AND number IS NOT NULL"), all);
    assert_eq!(count(conn, "manuscripts m WHERE EXISTS (SELECT 1 FROM texts t WHERE t.manuscript_id = m.id)"), all);
    assert_eq!(count(conn, "manuscripts m WHERE EXISTS (SELECT 1 FROM authors a WHERE a.manuscript_id = m.id)"), all);
    assert_eq!(count(conn, "manuscripts m WHERE EXISTS (SELECT 1 FROM ledger_entries e WHERE e.chain_id = m.id)"), all);
    assert_eq!(count(conn, "ledger_heads h WHERE EXISTS (SELECT 1 FROM manuscripts m WHERE m.id = h.chain_id)"), all);
    assert_eq!(count(conn, "(SELECT DISTINCT e.chain_id FROM ledger_entries e JOIN manuscripts m ON m.id = e.chain_id) c"), all);
}
