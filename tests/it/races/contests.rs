//! Races over one thing: two who decide on it, numbers that are given once, and keys under which an act is done once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;

use super::{Arena, Request};
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    two_signers_issue_one_bulletin,
    two_reviewers_decide_on_one_manuscript,
    one_manuscript_is_issued_in_two_bulletins,
    numbers_have_no_gap_and_no_double,
    one_key_on_two_lines_is_one_act,
    a_co_signature_stands_for_the_text_that_was_read
);

/// A bulletin with this manuscript before the signer: its path and the version that the signer sees.
async fn submitted(arena: &Arena, manuscript: &str) -> (String, Option<i64>) {
    let leader = arena.cast.user("leader").await;
    let form = json!({"title": "停车难专报", "manuscripts": [manuscript], "recipients": [{"user_id": leader}]});
    let made = arena.cast.send("POST", "reviewer", "/bulletins", None, form).await.body;
    let path = format!("/bulletins/{}", made["id"].as_str().unwrap());
    let sent = arena.cast.send("POST", "reviewer", &format!("{path}/submission"), made["version"].as_i64(), Value::Null).await;
    assert!(sent.status.is_success(), "{}", sent.body);
    (path, sent.body["version"].as_i64())
}

fn issuance(login: &'static str, path: &str, seen: Option<i64>) -> Request {
    Request { method: "POST", login, path: format!("{path}/issuance"), seen, body: Value::Null }
}

async fn two_signers_issue_one_bulletin(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    cast.grant("dispatcher", Role::Signer, None).await;
    let mut issues = Vec::new();
    for _ in 0..2 {
        let manuscript = cast.accepted().await;
        let (path, seen) = submitted(&arena, &manuscript).await;
        let (one, other) = (issuance("signer", &path, seen), issuance("dispatcher", &path, seen));
        let outcome = arena.race(one.send(cast), other.send(cast)).await;
        issues.push(outcome.winner().body["number"]["issue"].as_i64().unwrap());
        assert_eq!(arena.acts(path.trim_start_matches("/bulletins/")), ["compose", "submit", "issue"]);
        assert_eq!(arena.acts(&manuscript), ["submit", "recommend", "sign", "issue"]);
    }
    assert_eq!(issues, [1, 2], "whoever was slower has used no number up");
    assert_eq!(cast.told("for_your_reading").await, [["leader"; 2], ["secretary"; 2]].concat());
}

async fn one_manuscript_is_issued_in_two_bulletins(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    cast.grant("dispatcher", Role::Signer, None).await;
    let manuscript = cast.accepted().await;
    let ((first, seen), (second, seen_too)) = (submitted(&arena, &manuscript).await, submitted(&arena, &manuscript).await);
    let (one, other) = (issuance("signer", &first, seen), issuance("dispatcher", &second, seen_too));
    // It may stand in both: each has a number of its own, and the manuscript's chain names both.
    let outcome = arena.race(one.send(cast), other.send(cast)).await;
    assert_eq!(outcome.statuses(), [200, 200], "{outcome:?}");
    let issues: BTreeSet<i64> = [&outcome.slow, &outcome.fast].map(|answer| answer.body["number"]["issue"].as_i64().unwrap()).into();
    assert_eq!(issues, BTreeSet::from([1, 2]));
    assert_eq!(arena.acts(&manuscript), ["submit", "recommend", "sign", "issue", "issue"]);
}

async fn two_reviewers_decide_on_one_manuscript(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let id = cast.submitted_by("author").await;
    let path = format!("/manuscripts/{id}");
    let seen = arena.version("reviewer", &path).await;
    let body = json!({"decision": "recommend", "opinion": "拟采用。"});
    let recommend = Request { method: "POST", login: "reviewer", path: format!("{path}/review"), seen, body };
    let decline = recommend.by("reviewer2").saying(json!({"decision": "decline", "reason_code": "duplicate", "reason": "重复。"}));
    let outcome = arena.race(recommend.send(cast), decline.send(cast)).await;
    let won = outcome.winner().body["stage"].as_str().unwrap().to_owned();
    let act = if won == "signing" { "recommend" } else { "decline" };
    assert_eq!((cast.stage("reviewer", &id).await, arena.acts(&id)), (won, vec!["submit".to_owned(), act.to_owned()]));
}

/// Not stopped anywhere: many at once, on every line that there is.
async fn numbers_have_no_gap_and_no_double(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
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

async fn one_key_on_two_lines_is_one_act(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    let send = |cast: &Cast| {
        let request = cast.app.request("POST".parse().unwrap(), "/api/v1/manuscripts", "token-author");
        request.header("Idempotency-Key", "k-1").json(&complete())
    };
    let outcome = arena.race(cast.app.send(send(cast)), cast.app.send(send(cast))).await;
    match engine {
        Engine::Postgres => assert_eq!((outcome.stopped, outcome.winner().status.as_u16()), (true, 201)),
        // One after the other: the second is the first one's answer.
        Engine::Sqlite => assert_eq!(outcome.slow.body["id"], outcome.fast.body["id"]),
    }
    assert_eq!(cast.get("author", "/manuscripts").await.body["items"].as_array().unwrap().len(), 1);
}

/// The author changes the text while the co-author signs: either the signature came first and is void with the old text, or the co-author
/// is told that the text is another one.
async fn a_co_signature_stands_for_the_text_that_was_read(engine: Engine) {
    let arena = Arena::new(engine).await;
    let cast = &arena.cast;
    for author_is_slow in [true, false] {
        let mut form = complete();
        form.as_object_mut().unwrap().remove("submit");
        let id = cast.send("POST", "author", "/manuscripts", None, form).await.body["id"].as_str().unwrap().to_owned();
        let path = format!("/manuscripts/{id}");
        let seen = arena.version("author", &path).await;
        let invited = cast.send("PUT", "author", &format!("{path}/authors"), seen, json!({"authors": ["coauthor"]})).await;
        assert!(invited.status.is_success(), "{}", invited.body);
        let seen = arena.version("author", &path).await;
        let change =
            Request { method: "PATCH", login: "author", path: path.clone(), seen, body: json!({"situation": "另一段情况说明。"}) };
        let seen = arena.version("coauthor", &path).await;
        let sign =
            Request { method: "POST", login: "coauthor", path: format!("{path}/co-signature"), seen, body: json!({"decision": "sign"}) };
        let outcome = match author_is_slow {
            true => arena.race(change.send(cast), sign.send(cast)).await,
            false => arena.race(sign.send(cast), change.send(cast)).await,
        };
        assert!(outcome.statuses().iter().all(|status| matches!(status, 200 | 204 | 409 | 412)), "{outcome:?}");
        let read = cast.get("author", &path).await.body;
        let (changed, signed) = (read["situation"] == "另一段情况说明。", read["authors"].to_string().contains("\"signed_at\":\""));
        let first_alone = read["authors"].as_array().unwrap().iter().filter(|one| !one["signed_at"].is_null()).count();
        assert!(!(changed && signed && first_alone > 1), "the signature stands under another text: {read}");
    }
}
