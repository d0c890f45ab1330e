//! Two at the same moment: exactly one wins, the other is told so, and nothing is counted twice or left out.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use zhitongche::domain::words::Role;
use zhitongche::store::AnyConn;
use zhitongche::store::ledger::reading;

use crate::support::app::Answer;
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    two_signers_issue_one_bulletin,
    two_reviewers_decide_on_one_manuscript,
    numbers_have_no_gap_and_no_double,
    one_key_on_many_lines_is_one_act
);

/// More lines to the database than a test has otherwise, so that there is something to race for.
async fn cast(engine: Engine) -> Cast {
    Cast::with(engine, |settings| {
        (settings.database.writers, settings.database.readers, settings.server.workers) = (8, 8, 4);
    })
    .await
}

/// The acts in the ledger on a chain.
async fn acts(cast: &Cast, chain: &str) -> Vec<String> {
    let (channel, chain): (_, uuid::Uuid) = (cast.channel, chain.parse().unwrap());
    let mut entries = cast.app.db().read(move |conn: &mut AnyConn| reading::history(conn, channel, chain)).await.unwrap();
    entries.sort_by_key(|entry| entry.id);
    entries.into_iter().map(|entry| entry.action).collect()
}

/// The one who won; the others must have been told that somebody was faster.
fn winner(answers: &[Answer]) -> &Answer {
    let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status.is_success()).collect();
    for slower in answers.iter().filter(|answer| !answer.status.is_success()) {
        assert!(matches!(slower.status.as_u16(), 409 | 412), "{} {}", slower.status, slower.body);
    }
    assert_eq!(won.len(), 1, "{answers:?}");
    won[0]
}

async fn two_signers_issue_one_bulletin(engine: Engine) {
    let cast = cast(engine).await;
    cast.grant("dispatcher", Role::Signer, None).await;
    let leader = cast.user("leader").await;
    let mut issues = Vec::new();
    for _ in 0..6 {
        let manuscript = cast.accepted().await;
        let form = json!({"title": "停车难专报", "manuscripts": [manuscript], "recipients": [{"user_id": leader}]});
        let made = cast.send("POST", "reviewer", "/bulletins", None, form).await.body;
        let path = format!("/bulletins/{}", made["id"].as_str().unwrap());
        let sent = cast.send("POST", "reviewer", &format!("{path}/submission"), made["version"].as_i64(), Value::Null).await.body;
        let issuance = format!("{path}/issuance");
        let issue = |login: &'static str| cast.send("POST", login, &issuance, sent["version"].as_i64(), Value::Null);
        let answers = join_all([issue("signer"), issue("dispatcher")]).await;
        issues.push(winner(&answers).body["number"]["issue"].as_i64().unwrap());
        assert_eq!(acts(&cast, made["id"].as_str().unwrap()).await, ["compose", "submit", "issue"]);
        assert_eq!(acts(&cast, &manuscript).await, ["submit", "recommend", "sign", "issue"]);
    }
    assert_eq!(issues, [1, 2, 3, 4, 5, 6], "whoever was slower has used no number up");
    assert_eq!(cast.told("for_your_reading").await, [["leader"; 6], ["secretary"; 6]].concat());
}

async fn two_reviewers_decide_on_one_manuscript(engine: Engine) {
    let cast = cast(engine).await;
    for _ in 0..8 {
        let id = cast.submitted_by("author").await;
        let seen = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body["version"].as_i64();
        let review = format!("/manuscripts/{id}/review");
        let recommend = cast.send("POST", "reviewer", &review, seen, json!({"decision": "recommend", "opinion": "拟采用。"}));
        let decline = json!({"decision": "decline", "reason_code": "duplicate", "reason": "重复。"});
        let decline = cast.send("POST", "reviewer2", &review, seen, decline);
        let answers =
            join_all([recommend, decline].map(|answer| Box::pin(answer) as std::pin::Pin<Box<dyn Future<Output = Answer>>>)).await;
        let won = winner(&answers).body["stage"].as_str().unwrap().to_owned();
        let act = if won == "signing" { "recommend" } else { "decline" };
        assert_eq!((cast.stage("reviewer", &id).await, acts(&cast, &id).await), (won, vec!["submit".to_owned(), act.to_owned()]));
    }
}

async fn numbers_have_no_gap_and_no_double(engine: Engine) {
    let cast = cast(engine).await;
    let mut given = BTreeSet::new();
    for round in 1..=4 {
        // Every fourth is not complete: what is refused uses no number up.
        let submit = |side: usize| {
            let mut form = complete();
            if side.is_multiple_of(4) {
                form["suggestions"] = json!([]);
            }
            cast.send("POST", ["author", "coauthor"][side % 2], "/manuscripts", None, form)
        };
        for answer in join_all((0..16).map(submit)).await {
            if answer.status == 422 {
                continue;
            }
            assert_eq!(answer.status, 201, "{}", answer.body);
            let number = answer.body["number"].as_str().unwrap().to_owned();
            assert!(given.insert(number), "given twice: {}", answer.body["number"]);
        }
        let expected: BTreeSet<String> = (1..=12 * round).map(|n| format!("2026-{n:04}")).collect();
        assert_eq!(given, expected, "after round {round}");
    }
}

async fn one_key_on_many_lines_is_one_act(engine: Engine) {
    let cast = cast(engine).await;
    let send = |_| {
        let request = cast.app.request("POST".parse().unwrap(), "/api/v1/manuscripts", "token-author");
        cast.app.send(request.header("Idempotency-Key", "k-1").json(&complete()))
    };
    let answers = join_all((0..16).map(send)).await;
    let made: BTreeSet<String> = answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.body["id"].to_string()).collect();
    assert_eq!(made.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)), "{answers:?}");
    assert_eq!(cast.get("author", "/manuscripts").await.body["items"].as_array().unwrap().len(), 1);
}
