//! Four eyes beyond the last hand: everybody who wrote a round of the edited text, the foreword of a bulletin, and both sides of a merger.

use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;

use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    whoever_wrote_a_round_of_the_text_does_not_sign_it,
    whoever_entered_a_paper_manuscript_does_not_sign_it,
    an_unchanged_text_is_no_edit,
    nobody_merges_into_their_own_or_parts_from_it,
    who_wrote_the_foreword_does_not_issue_the_bulletin,
);

fn recommendation() -> Value {
    json!({"decision": "recommend", "opinion": "拟采用。"})
}

fn text(situation: &str) -> Value {
    json!({"title": "关于停车的建议", "situation": situation, "causes": "", "suggestions": ["建停车场。"]})
}

/// An act on the version that the person sees: its status and code.
async fn answer(cast: &Cast, method: &str, login: &str, id: &str, act: &str, body: Value) -> (u16, Value) {
    let path = format!("/manuscripts/{id}");
    let seen = cast.get(login, &path).await.body["version"].as_i64();
    let path = if act.is_empty() { path } else { format!("{path}/{act}") };
    let answer = cast.send(method, login, &path, seen, body).await;
    (answer.status.as_u16(), answer.body["code"].clone())
}

async fn edit(cast: &Cast, login: &str, id: &str, situation: &str) {
    assert_eq!(answer(cast, "PUT", login, id, "edited-text", text(situation)).await.0, 200, "{login}");
}

async fn sign(cast: &Cast, login: &str, id: &str) -> (u16, Value) {
    answer(cast, "POST", login, id, "signature", json!({"decision": "sign"})).await
}

async fn whoever_wrote_a_round_of_the_text_does_not_sign_it(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("reviewer", Role::Signer, None).await;
    let bound = (403, json!("four_eyes"));
    let waiting = async || cast.get("reviewer", "/manuscripts?desk=mine&stage=signing").await.body["items"].as_array().unwrap().len();
    // A colleague saves the same words, slightly changed ones, and others.
    for theirs in [&["停车难。"][..], &["停车很难。"], &["另一种写法。", "第三种写法。"]] {
        let id = cast.submitted_by("author").await;
        edit(&cast, "reviewer", &id, "停车难。").await;
        for words in theirs {
            edit(&cast, "reviewer2", &id, words).await;
        }
        cast.act("reviewer2", &id, "review", recommendation()).await;
        assert_eq!(sign(&cast, "reviewer", &id).await, bound, "{theirs:?}");
        assert_eq!(waiting().await, 0, "nor does it wait for them");
        assert_eq!(sign(&cast, "signer", &id).await.0, 200);
    }
    // A colleague drops the text and writes it anew.
    let id = cast.submitted_by("author").await;
    edit(&cast, "reviewer", &id, "停车难。").await;
    assert_eq!(answer(&cast, "DELETE", "reviewer2", &id, "edited-text", Value::Null).await.0, 200);
    edit(&cast, "reviewer2", &id, "停车难。").await;
    cast.act("reviewer2", &id, "review", recommendation()).await;
    assert_eq!(sign(&cast, "reviewer", &id).await, bound);
    assert_eq!(sign(&cast, "signer", &id).await.0, 200);
    // What was dropped for good binds nobody.
    let id = cast.submitted_by("author").await;
    edit(&cast, "reviewer", &id, "停车难。").await;
    assert_eq!(answer(&cast, "DELETE", "reviewer2", &id, "edited-text", Value::Null).await.0, 200);
    cast.act("reviewer2", &id, "review", recommendation()).await;
    assert_eq!(waiting().await, 1);
    assert_eq!(sign(&cast, "reviewer", &id).await.0, 200);
    // A colleague carries it over to a corrected original.
    let id = cast.submitted_by("author").await;
    edit(&cast, "reviewer", &id, "停车难。").await;
    cast.act("reviewer2", &id, "review", json!({"decision": "return", "reason": "请补充。"})).await;
    assert_eq!(answer(&cast, "PATCH", "author", &id, "", json!({"causes": "车多位少。"})).await.0, 200);
    cast.act("author", &id, "submission", Value::Null).await;
    assert_eq!(answer(&cast, "POST", "reviewer2", &id, "edited-text/carry-over", text("停车难，车多位少。")).await.0, 200);
    cast.act("reviewer2", &id, "review", recommendation()).await;
    assert_eq!(sign(&cast, "reviewer", &id).await, bound);
    assert_eq!(sign(&cast, "signer", &id).await.0, 200);
}

async fn whoever_entered_a_paper_manuscript_does_not_sign_it(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("reviewer", Role::Signer, None).await;
    let mut form = complete();
    form["author"] = json!(cast.user("author").await);
    let made = cast.send("POST", "reviewer", "/manuscripts", None, form).await;
    let id = made.body["id"].as_str().unwrap().to_owned();
    cast.act("reviewer2", &id, "review", recommendation()).await;
    assert_eq!(sign(&cast, "reviewer", &id).await, (403, json!("four_eyes")));
    assert_eq!(cast.get("reviewer", "/manuscripts?desk=mine&stage=signing").await.body["items"], json!([]));
    assert_eq!(cast.told("arrived_signing").await, ["signer"]);
    assert_eq!(sign(&cast, "signer", &id).await.0, 200);
}

async fn an_unchanged_text_is_no_edit(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/manuscripts/{id}");
    edit(&cast, "reviewer", &id, "停车难。").await;
    let before = cast.get("reviewer2", &path).await.body;
    edit(&cast, "reviewer2", &id, "停车难。").await;
    let after = cast.get("reviewer2", &path).await.body;
    assert_eq!((&after["version"], &after["edited_text"]), (&before["version"], &before["edited_text"]));
    edit(&cast, "reviewer2", &id, "停车很难。").await;
    assert_ne!(cast.get("reviewer2", &path).await.body["version"], before["version"]);
}

async fn nobody_merges_into_their_own_or_parts_from_it(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("reviewer", Role::Submitter, None).await;
    cast.grant("dispatcher", Role::Submitter, None).await;
    cast.grant("dispatcher", Role::Reviewer, None).await;
    let own = (403, json!("own_manuscript"));
    let (mine, theirs) = (cast.submitted_by("reviewer").await, cast.submitted_by("author").await);
    let into_mine = || json!({"into": mine});
    assert_eq!(answer(&cast, "POST", "reviewer", &theirs, "merge", into_mine()).await, own, "into their own");
    assert_eq!(answer(&cast, "POST", "reviewer", &mine, "merge", json!({"into": theirs})).await, own, "nor their own into another");
    cast.act("reviewer2", &theirs, "merge", into_mine()).await;
    let read = cast.get("reviewer", &format!("/manuscripts/{theirs}")).await.body;
    assert!(!read["allowed_actions"].as_array().unwrap().contains(&json!("unmerge")), "{}", read["allowed_actions"]);
    assert_eq!(answer(&cast, "DELETE", "reviewer", &theirs, "merge", Value::Null).await, own);
    // Whose manuscript is merged into the target counts as its author.
    let joint = cast.submitted_by("dispatcher").await;
    cast.act("reviewer2", &joint, "merge", into_mine()).await;
    let third = cast.submitted_by("author").await;
    assert_eq!(answer(&cast, "POST", "dispatcher", &third, "merge", into_mine()).await, own);
    assert_eq!(answer(&cast, "DELETE", "dispatcher", &theirs, "merge", Value::Null).await, own);
    assert_eq!(answer(&cast, "DELETE", "reviewer2", &theirs, "merge", Value::Null).await.0, 200);
}

async fn who_wrote_the_foreword_does_not_issue_the_bulletin(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("dispatcher", Role::Signer, None).await;
    let foreword = || json!("编者按：请一阅。");
    let bound = (403, json!("four_eyes"));
    let issue = async |login: &str, path: &str| {
        let seen = cast.get(login, path).await.body;
        let offered = seen["allowed_actions"].as_array().unwrap().contains(&json!("issue"));
        let done = cast.send("POST", login, &format!("{path}/issuance"), seen["version"].as_i64(), Value::Null).await;
        assert_eq!(offered, done.status.is_success(), "the button and the act agree: {}", done.body);
        (done.status.as_u16(), done.body["code"].clone())
    };
    let submit = async |login: &str, path: &str| {
        let seen = cast.get(login, path).await.body["version"].as_i64();
        let done = cast.send("POST", login, &format!("{path}/submission"), seen, Value::Null).await;
        assert!(done.status.is_success(), "{}", done.body);
    };
    let compose = async |login: &str, foreword: Value| {
        let id = cast.submitted_by("author").await;
        cast.act("reviewer", &id, "review", recommendation()).await;
        assert_eq!(sign(&cast, "signer", &id).await.0, 200);
        let form = json!({"title": "专报", "foreword": foreword, "manuscripts": [id], "recipients": [{"user_id": cast.id("leader")}]});
        let made = cast.send("POST", login, "/bulletins", None, form).await;
        format!("/bulletins/{}", made.body["id"].as_str().unwrap())
    };
    let path = compose("signer", foreword()).await;
    submit("signer", &path).await;
    assert_eq!(cast.told("bulletin_submitted").await, ["dispatcher"], "who wrote it is not called to issue it");
    assert_eq!(issue("signer", &path).await, bound);
    assert!(issue("dispatcher", &path).await.0 < 300);
    // Whoever writes it later is bound, and the editor who wrote none is not.
    let path = compose("signer", json!("")).await;
    let seen = cast.get("dispatcher", &path).await.body["version"].as_i64();
    assert_eq!(cast.send("PATCH", "dispatcher", &path, seen, json!({"foreword": foreword()})).await.status, 200);
    submit("signer", &path).await;
    assert_eq!(issue("dispatcher", &path).await, bound);
    assert!(issue("signer", &path).await.0 < 300);
    // Without a foreword nothing of it is theirs.
    let path = compose("signer", json!("")).await;
    submit("signer", &path).await;
    assert!(issue("signer", &path).await.0 < 300);
}
