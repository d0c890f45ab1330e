//! From the author's hand to the signature: writing, screening, review, merging, signing, taking back.

use serde_json::{Value, json};
use zhitongche::domain::notice::Letter;

use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    a_manuscript_is_written_in_steps_and_signed,
    the_office_of_the_organisation_looks_first,
    a_returned_one_goes_back_to_the_desk_that_returned_it,
    an_undo_restores_what_authors_never_saw,
    joint_authors_sign_before_it_counts,
    merged_authors_read_the_target,
    who_declines_to_sign_is_no_author,
    a_withdrawn_one_calls_nobody,
    a_classified_text_is_not_kept,
    who_was_slower_is_told_so,
);

fn strings(of: &Value) -> Vec<&str> {
    of.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

async fn a_manuscript_is_written_in_steps_and_signed(engine: Engine) {
    let cast = Cast::new(engine).await;
    let draft = cast.send("POST", "author", "/manuscripts", None, json!({"title": "关于停车的建议"})).await;
    assert_eq!((draft.status.as_u16(), &draft.body["stage"], &draft.body["number"]), (201, &json!("draft"), &Value::Null));
    let id = draft.body["id"].as_str().unwrap();
    let path = format!("/manuscripts/{id}");
    assert_eq!(cast.get("reviewer", &path).await.status, 404, "a draft is its author's alone");

    let early = cast.send("POST", "author", &format!("{path}/submission"), Some(1), Value::Null).await;
    let fields: Vec<&str> = early.body["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!((early.status.as_u16(), fields), (422, vec!["situation", "suggestions", "category", "declarations"]));

    let mut rest = complete();
    rest.as_object_mut().unwrap().remove("submit");
    let saved = cast.send("PATCH", "author", &path, Some(1), rest).await;
    assert_eq!((saved.status.as_u16(), &saved.body["version"]), (200, &json!(2)), "{}", saved.body);
    let done = cast.send("POST", "author", &format!("{path}/submission"), Some(2), Value::Null).await;
    assert_eq!((&done.body["stage"], &done.body["number"]), (&json!("review"), &json!("2026-0001")), "{}", done.body);
    assert_eq!(done.body["where_is_it"]["desk"], "reviewer");
    assert_eq!(done.body["where_is_it"]["due_at"], "2026-11-27T10:00:00Z", "five working days, till six in the evening");

    cast.act("reviewer", id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
    let read = cast.get("author", &path).await.body;
    assert_eq!(read["decisions"], json!([]), "authors never read opinions");
    cast.act("signer", id, "signature", json!({"decision": "sign"})).await;
    assert_eq!(cast.stage("author", id).await, "accepted");
    let history = cast.get("author", &format!("{path}/history")).await.body;
    let acts: Vec<&str> = history["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(acts, ["submit", "sign"], "authors do not read that it was recommended");
    let history = cast.get("reviewer", &format!("{path}/history")).await.body;
    assert_eq!(history["items"].as_array().unwrap().len(), 3);
}

async fn the_office_of_the_organisation_looks_first(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("screened").await;
    assert_eq!(cast.stage("screened", &id).await, "screening");
    assert_eq!(cast.stage("reviewer", &id).await, "not found");
    let mine = cast.get("screener", "/manuscripts?desk=mine").await.body;
    assert_eq!(mine["items"][0]["id"], json!(id));
    let passed = cast.act("screener", &id, "screening", json!({"decision": "pass"})).await;
    assert_eq!(passed["stage"], "review");
    assert_eq!(cast.get("screener", "/manuscripts?desk=mine").await.body["items"], json!([]));
    assert_eq!(cast.get("reviewer", "/manuscripts?desk=mine&sort=due").await.body["items"][0]["id"], json!(id));
}

async fn a_returned_one_goes_back_to_the_desk_that_returned_it(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/manuscripts/{id}");
    let body = json!({"decision": "return", "reason": "请补充数据。", "requests": [{"part": "situation", "from": 0, "to": 4, "text": "请写明哪一年"}]});
    cast.act("reviewer", &id, "review", body).await;
    let read = cast.get("author", &path).await.body;
    assert_eq!((&read["stage"], &read["decisions"][0]["words"]), (&json!("returned"), &json!("请补充数据。")));
    let request = read["requests"][0]["id"].as_str().unwrap();
    assert_eq!(read["requests"][0]["ticked_at"], Value::Null);
    let ticked = cast.send("PUT", "author", &format!("{path}/requests/{request}/tick"), None, Value::Null).await;
    assert_ne!(ticked.body["requests"][0]["ticked_at"], Value::Null, "{}", ticked.body);

    let seen = ticked.body["version"].as_i64();
    let saved = cast.send("PATCH", "author", &path, seen, json!({"causes": "周边没有公共停车场，车位缺口四百个。"})).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    assert_eq!(cast.get("reviewer", &path).await.body["stage"], "returned");
    let again = cast.act("author", &id, "submission", Value::Null).await;
    assert_eq!((&again["stage"], &again["number"]), (&json!("review"), &json!("2026-0001")), "the number stays");
    let difference = cast.get("reviewer", &format!("{path}/revisions/1..2")).await.body;
    let difference = difference.as_array().unwrap();
    assert_eq!((difference.len(), &difference[0]["part"]), (1, &json!("causes")), "the second look shows what changed");
    let added = json!({"change": "added", "text": "，车位缺口四百个"});
    assert_eq!(difference[0]["passages"].as_array().unwrap().iter().find(|one| one["change"] == "added"), Some(&added));
}

async fn an_undo_restores_what_authors_never_saw(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/manuscripts/{id}");
    let before = cast.get("author", &path).await.body;
    let body = json!({"decision": "decline", "reason_code": "duplicate", "reason": "与2026年第3号重复。"});
    let declined = cast.act("reviewer", &id, "review", body.clone()).await;
    assert_eq!(declined["stage"], "declined");
    assert_eq!(cast.get("author", &path).await.body, before, "nothing is announced while it can be taken back");
    assert_eq!(cast.get("author", "/manuscripts").await.body["items"][0]["stage"], "review");
    let foreign = cast.send("POST", "reviewer2", &format!("{path}/undo"), declined["version"].as_i64(), Value::Null).await;
    assert_eq!((foreign.status.as_u16(), &foreign.body["code"]), (403, &json!("not_yours")));

    let undone = cast.act("reviewer", &id, "undo", Value::Null).await;
    assert_eq!((&undone["stage"], &undone["decisions"]), (&json!("review"), &json!([])));
    let history = cast.get("reviewer", &format!("{path}/history")).await.body;
    let (decline, undo) = (&history["items"][1], &history["items"][2]);
    assert_eq!((&undo["action"], &undo["undoes"]), (&json!("undo"), &decline["entry"]));

    cast.act("reviewer", &id, "review", body).await;
    cast.app.clock.advance(chrono::Duration::minutes(11));
    assert_eq!(cast.stage("author", &id).await, "declined", "the window has closed");
    let seen = cast.get("reviewer", &path).await.body["version"].as_i64();
    let late = cast.send("POST", "reviewer", &format!("{path}/undo"), seen, Value::Null).await;
    assert_eq!((late.status.as_u16(), &late.body["code"]), (409, &json!("undo_closed")));
}

async fn joint_authors_sign_before_it_counts(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut form = complete();
    form["submit"] = json!(false);
    let draft = cast.send("POST", "author", "/manuscripts", None, form).await.body;
    let id = draft["id"].as_str().unwrap();
    let path = format!("/manuscripts/{id}");
    let wrong = cast.send("PUT", "author", &format!("{path}/authors"), Some(1), json!({"authors": ["reviewer", "nobody"]})).await;
    let fields: Vec<&str> = wrong.body["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!((wrong.status.as_u16(), fields), (422, vec!["authors[0]", "authors[1]"]));
    let invited = cast.send("PUT", "author", &format!("{path}/authors"), Some(1), json!({"authors": ["coauthor"]})).await;
    assert_eq!(invited.body["authors"][1]["name"], "姓名coauthor", "{}", invited.body);
    let early = cast.send("POST", "author", &format!("{path}/submission"), Some(2), Value::Null).await;
    assert_eq!((early.status.as_u16(), &early.body["code"]), (409, &json!("signatures_missing")));

    let read = cast.get("coauthor", &path).await.body["version"].as_i64();
    cast.send("PATCH", "author", &path, read, json!({"causes": "先写的原因。"})).await;
    let stale = cast.send("POST", "coauthor", &format!("{path}/co-signature"), read, json!({})).await;
    assert_eq!((stale.status.as_u16(), &stale.body["code"]), (412, &json!("stale")), "he signs what he has read");
    assert_eq!(cast.get("author", &path).await.body["authors"][1]["signed_at"], Value::Null);
    let signed = cast.send("POST", "coauthor", &format!("{path}/co-signature"), None, json!({})).await;
    assert_eq!(signed.status, 204, "{}", signed.body);
    let seen = cast.get("author", &path).await.body["version"].as_i64();
    let changed = cast.send("PATCH", "author", &path, seen, json!({"causes": "另有原因。"})).await.body;
    assert_eq!(changed["authors"][1]["signed_at"], Value::Null, "a change of the text voids signatures");
    cast.send("POST", "coauthor", &format!("{path}/co-signature"), None, json!({})).await;
    let done = cast.act("author", id, "submission", Value::Null).await;
    assert_eq!(done["stage"], "review");
    assert_eq!(cast.stage("coauthor", id).await, "review");
}

async fn who_declines_to_sign_is_no_author(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut form = complete();
    form["submit"] = json!(false);
    let id = cast.send("POST", "author", "/manuscripts", None, form).await.body["id"].as_str().unwrap().to_owned();
    let path = format!("/manuscripts/{id}");
    cast.send("PUT", "author", &format!("{path}/authors"), Some(1), json!({"authors": ["coauthor"]})).await;
    let declined = cast.send("POST", "coauthor", &format!("{path}/co-signature"), None, json!({"decision": "decline"})).await;
    assert_eq!(declined.status, 204, "{}", declined.body);
    assert_eq!(cast.get("coauthor", &path).await.status, 404, "he reads it no longer");
    let told = cast.letters(cast.id("author"), Letter::InvitationDeclined);
    assert_eq!(told.iter().map(|args| &args["person"]).collect::<Vec<_>>(), [&json!("姓名coauthor")]);
    assert_eq!(cast.letters(cast.id("author"), Letter::InvitationWithdrawn), [] as [Value; 0], "nothing of his was taken back");
    assert_eq!(cast.act("author", &id, "submission", Value::Null).await["stage"], "review", "his signature is not waited for");
}

async fn a_withdrawn_one_calls_nobody(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let id = cast.submitted_by("screened").await;
    cast.act("screener", &id, "screening", json!({"decision": "pass"})).await;
    assert_eq!(cast.stage("screened", &id).await, "screening", "nobody has been told that it passed");
    assert_eq!(cast.act("screened", &id, "withdrawal", Value::Null).await["stage"], "withdrawn");
    cast.app.clock.advance(chrono::Duration::minutes(11));
    for (login, spared) in [("screened", "screening_passed"), ("reviewer", "arrived_review")] {
        let inbox = cast.get(login, "/inbox").await.body;
        let kinds: Vec<&str> = inbox["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert!(!kinds.contains(&spared), "{login}: {kinds:?}");
    }
    assert_eq!(cast.letters(cast.id("screened"), Letter::Withdrawn).len(), 1);
}

async fn merged_authors_read_the_target(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (target, other) = (cast.submitted_by("author").await, cast.submitted_by("screened").await);
    cast.act("screener", &other, "screening", json!({"decision": "pass"})).await;
    let merged = cast.act("reviewer", &other, "merge", json!({"into": target})).await;
    assert_eq!(merged["stage"], "merged");
    cast.act("reviewer", &target, "review", json!({"decision": "recommend", "opinion": "并案采用。"})).await;
    cast.act("signer", &target, "signature", json!({"decision": "sign"})).await;
    let read = cast.get("screened", &format!("/manuscripts/{other}")).await.body;
    assert_eq!((&read["stage"], &read["merged_into"]), (&json!("accepted"), &json!({"number": "2026-0001", "id": null})));
    assert_eq!(cast.stage("screened", &target).await, "not found", "the target's text stays its own authors'");
    let into_itself = cast.send("POST", "reviewer", &format!("/manuscripts/{target}/merge"), Some(4), json!({"into": target})).await;
    assert_eq!(into_itself.status, 409, "{}", into_itself.body);
    let seen = cast.get("reviewer", &format!("/manuscripts/{other}")).await.body["version"].as_i64();
    let parted = cast.send("DELETE", "reviewer", &format!("/manuscripts/{other}/merge"), seen, Value::Null).await;
    assert_eq!(parted.body["stage"], "review", "{}", parted.body);
}

async fn a_classified_text_is_not_kept(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut form = complete();
    form["declarations"]["classification"] = json!("secret");
    let answer = cast.send("POST", "author", "/manuscripts", None, form).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (409, &json!("classified")));
    assert_eq!(cast.get("author", "/manuscripts").await.body["items"], json!([]), "nothing of it is kept");
}

async fn who_was_slower_is_told_so(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = cast.submitted_by("author").await;
    let path = format!("/manuscripts/{id}/review");
    let body = json!({"decision": "recommend", "opinion": "拟采用。"});
    assert_eq!(cast.send("POST", "reviewer", &path, None, body.clone()).await.status, 428);
    assert_eq!(cast.send("POST", "reviewer", &path, Some(2), body.clone()).await.status, 200);
    let late = cast.send("POST", "reviewer2", &path, Some(2), body.clone()).await;
    assert_eq!(late.status, 409, "a wrong stage is said before a stale version");
    let own = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body;
    assert_eq!(strings(&own["allowed_actions"]), ["mark_urgent"]);
    let stale = cast.send("POST", "signer", &format!("/manuscripts/{id}/signature"), Some(2), json!({"decision": "sign"})).await;
    assert_eq!((stale.status.as_u16(), &stale.body["version"]), (412, &json!(3)));
}
