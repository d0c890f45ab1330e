//! Joint authors: what a signature covers, and in which order they stand.

use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;

use super::send;
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(a_signature_covers_the_whole_form_and_its_files, authors_keep_their_places);

async fn draft(cast: &Cast, authors: &[&str]) -> String {
    let mut form = complete();
    form["submit"] = json!(false);
    let id = cast.send("POST", "author", "/manuscripts", None, form).await.body["id"].as_str().unwrap().to_owned();
    let invited = send(cast, "PUT", "author", &id, "/authors", json!({"authors": authors})).await;
    assert_eq!(invited.status, 200, "{}", invited.body);
    id
}

async fn is_signed(cast: &Cast, id: &str) -> bool {
    !cast.get("author", &format!("/manuscripts/{id}")).await.body["authors"][1]["signed_at"].is_null()
}

async fn sign(cast: &Cast, id: &str) {
    let signed = cast.send("POST", "coauthor", &format!("/manuscripts/{id}/co-signature"), None, json!({})).await;
    assert_eq!(signed.status, 204, "{}", signed.body);
}

async fn a_signature_covers_the_whole_form_and_its_files(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast, &["coauthor"]).await;
    let elsewhere = json!({"may_publish": false, "may_quote_name": true, "classification": "none", "submitted_elsewhere": "县政协"});
    let changes = [
        json!({"title": "另一个题目"}),
        json!({"suggestions": ["只有一条。"]}),
        json!({"category": "经济建设"}),
        json!({"kind": "supervision"}),
        json!({"keywords": ["停车"]}),
        json!({"declarations": elsewhere}),
        json!({"for_organization": true}),
    ];
    for (count, change) in (1..).zip(changes) {
        sign(&cast, &id).await;
        let same = cast.get("author", &format!("/manuscripts/{id}")).await.body["category"].clone();
        send(&cast, "PATCH", "author", &id, "", json!({"category": same})).await;
        assert!(is_signed(&cast, &id).await, "nothing has changed");
        send(&cast, "PATCH", "author", &id, "", change.clone()).await;
        assert!(!is_signed(&cast, &id).await, "{change}");
        assert_eq!(cast.told("signature_voided").await.len(), count, "{change}");
    }
    sign(&cast, &id).await;
    let file = cast.upload("author", &format!("/manuscripts/{id}/attachments"), "图.txt", b"map").await;
    assert!(!is_signed(&cast, &id).await, "a file was added");
    sign(&cast, &id).await;
    let file = file.body["id"].as_str().unwrap();
    assert_eq!(cast.send("DELETE", "author", &format!("/attachments/{file}"), None, Value::Null).await.status, 204);
    assert!(!is_signed(&cast, &id).await, "a file was taken out");
    let early = send(&cast, "POST", "author", &id, "/submission", Value::Null).await;
    assert_eq!(early.body["code"], "signatures_missing", "{}", early.body);
    sign(&cast, &id).await;
    let entries = cast.entries(id.parse::<uuid::Uuid>().map(zhitongche::domain::ids::AnyId).unwrap());
    let digests: Vec<&Value> = entries.iter().filter(|one| one["action"] == "co_sign").map(|one| &one["digests"]["co_signed"]).collect();
    assert!(digests.len() > 8 && digests.iter().all(|digest| digest.is_string()), "{digests:?}");
    assert_ne!(digests[0], digests[1], "of another form");
    assert_eq!(cast.act("author", &id, "submission", Value::Null).await["stage"], "review");
}

async fn authors_keep_their_places(engine: Engine) {
    let cast = Cast::new(engine).await;
    for more in ["reviewer2", "dispatcher", "handler"] {
        cast.grant(more, Role::Submitter, None).await;
    }
    let id = draft(&cast, &["coauthor", "screened", "reviewer2"]).await;
    let turns: [(&[&str], &[&str]); 4] = [
        (&["screened", "reviewer2"], &["author", "screened", "reviewer2"]),
        (&["screened", "reviewer2", "dispatcher"], &["author", "screened", "reviewer2", "dispatcher"]),
        (&["screened", "reviewer2", "dispatcher", "coauthor"], &["author", "screened", "reviewer2", "dispatcher", "coauthor"]),
        (&["handler", "coauthor", "dispatcher"], &["author", "dispatcher", "coauthor", "handler"]),
    ];
    for (wanted, expected) in turns {
        let set = send(&cast, "PUT", "author", &id, "/authors", json!({"authors": wanted})).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let read = cast.get("author", &format!("/manuscripts/{id}")).await.body;
        let names: Vec<String> = read["authors"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, expected.iter().map(|login| format!("姓名{login}")).collect::<Vec<_>>());
        let places = super::texts_store::places(&cast, &id);
        let all: Vec<i64> = (0..).take(places.len()).collect();
        assert_eq!(places, all, "each place once, without gaps, those who left behind");
    }
    let declined = cast.send("POST", "dispatcher", &format!("/manuscripts/{id}/co-signature"), None, json!({"decision": "decline"})).await;
    assert_eq!(declined.status, 204, "{}", declined.body);
    let read = cast.get("author", &format!("/manuscripts/{id}")).await.body;
    assert_eq!(read["authors"][1]["name"], "姓名coauthor");
    let places = super::texts_store::places(&cast, &id);
    assert_eq!(places, (0..).take(places.len()).collect::<Vec<_>>());
}
