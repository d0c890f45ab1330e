//! Four eyes: who recommended a manuscript or wrote its text does not sign it, and what is told before an act is what happens.

use std::collections::BTreeMap;

use chrono::Duration;
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use zhitongche::app::preview;
use zhitongche::domain::vocabulary::{Action, Role};
use zhitongche::store::schema::{letters, users};
use zhitongche::store::{AnyConn, StoreError};

use crate::support::app::Answer;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    who_recommended_does_not_sign,
    who_wrote_the_text_does_not_sign,
    a_stand_in_binds_both,
    with_one_signer_the_rule_is_off_until_it_is_switched_on,
    what_waits_for_a_signer_is_what_they_may_sign,
    whose_manuscript_was_merged_decides_nothing,
    what_is_told_before_is_what_happens,
    an_officer_of_two_departments_learns_of_both,
);

fn recommendation() -> Value {
    json!({"decision": "recommend", "opinion": "拟采用。"})
}

/// An act that is to be refused, on the version that the person sees.
async fn refused(cast: &Cast, login: &str, id: &str, act: &str, body: Value) -> (u16, Value) {
    let seen = cast.get(login, &format!("/manuscripts/{id}")).await.body["version"].as_i64();
    let answer: Answer = cast.send("POST", login, &format!("/manuscripts/{id}/{act}"), seen, body).await;
    (answer.status.as_u16(), answer.body["code"].clone())
}

async fn allowed(cast: &Cast, login: &str, id: &str) -> Vec<String> {
    let body = cast.get(login, &format!("/manuscripts/{id}")).await.body;
    body["allowed_actions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

async fn set_four_eyes(cast: &Cast, on: Value) {
    let channel = format!("/channels/{}", cast.channel);
    let now = cast.get("admin", &channel).await.body;
    let mut settings = now["settings"].clone();
    settings["four_eyes"] = on;
    let done = cast.at(Method::PATCH, "admin", &channel, now["version"].as_i64().unwrap(), json!({ "settings": settings })).await;
    assert_eq!(done.status, 200, "{}", done.body);
}

async fn who_recommended_does_not_sign(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("reviewer", Role::Signer, None).await;
    let id = cast.submitted_by("author").await;
    cast.act("reviewer", &id, "review", recommendation()).await;
    assert_eq!(cast.told("arrived_signing").await, ["signer"], "who recommended it is not called to sign it");
    let waits = |login: &'static str| {
        let cast = &cast;
        async move { cast.get(login, "/manuscripts?desk=mine&stage=signing").await.body["items"].as_array().unwrap().len() }
    };
    assert_eq!((waits("reviewer").await, waits("signer").await), (0, 1), "nor does it wait for them");
    assert_eq!(refused(&cast, "reviewer", &id, "signature", json!({"decision": "sign"})).await, (403, json!("four_eyes")));
    assert!(!allowed(&cast, "reviewer", &id).await.contains(&"sign".to_owned()));
    let why = cast.send("POST", "reviewer", &format!("/manuscripts/{id}/signature"), Some(3), json!({"decision": "sign"})).await;
    assert!(why.body["detail"].as_str().is_some_and(|why| why.contains("另一位签发人")), "{}", why.body);
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    let to = json!({"recipients": [cast.id("leader")]});
    assert_eq!(refused(&cast, "reviewer", &id, "forwarding", to.clone()).await, (403, json!("four_eyes")));
    // In a bulletin neither.
    let bulletin = json!({"title": "专报", "manuscripts": [id], "recipients": [{"user_id": cast.id("leader")}]});
    let made = cast.send("POST", "reviewer2", "/bulletins", None, bulletin).await;
    let path = format!("/bulletins/{}", made.body["id"].as_str().unwrap());
    assert!(cast.send("POST", "reviewer2", &format!("{path}/submission"), Some(1), Value::Null).await.status.is_success());
    assert_eq!(cast.told("bulletin_submitted").await, ["signer"]);
    let issued = cast.send("POST", "reviewer", &format!("{path}/issuance"), Some(2), Value::Null).await;
    assert_eq!((issued.status.as_u16(), &issued.body["code"]), (403, &json!("four_eyes")));
    let offered = |login: &'static str| {
        let (cast, path) = (&cast, &path);
        async move { cast.get(login, path).await.body["allowed_actions"].as_array().unwrap().contains(&json!("issue")) }
    };
    assert!(!offered("reviewer").await && offered("signer").await);
    assert!(cast.send("POST", "signer", &format!("{path}/issuance"), Some(2), Value::Null).await.status.is_success());
    // Recommended again by somebody else it is no longer theirs.
    let other = cast.submitted_by("author").await;
    cast.act("reviewer", &other, "review", recommendation()).await;
    cast.act("signer", &other, "signature", json!({"decision": "send_back", "reason": "请再核实。"})).await;
    cast.act("reviewer2", &other, "review", recommendation()).await;
    cast.act("reviewer", &other, "signature", json!({"decision": "sign"})).await;
}

async fn who_wrote_the_text_does_not_sign(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("reviewer", Role::Signer, None).await;
    let id = cast.submitted_by("author").await;
    let text = json!({"title": "关于停车的建议", "situation": "停车难。", "causes": "", "suggestions": ["建停车场。"]});
    let edited = cast.send("PUT", "reviewer", &format!("/manuscripts/{id}/edited-text"), Some(2), text).await;
    assert!(edited.status.is_success(), "{}", edited.body);
    cast.act("reviewer2", &id, "review", recommendation()).await;
    assert_eq!(cast.told("arrived_signing").await, ["signer"]);
    assert_eq!(refused(&cast, "reviewer", &id, "signature", json!({"decision": "sign"})).await, (403, json!("four_eyes")));
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
}

async fn a_stand_in_binds_both(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("reviewer", Role::Signer, None).await;
    let now = cast.app.clock.now();
    let name = |absent: &'static str, stand_in: &str, role: &str| {
        let body = json!({ "stand_in_id": cast.id(stand_in), "role": role, "from": now, "to": now + Duration::days(7) });
        let cast = &cast;
        async move { cast.post(absent, "/stand-ins", body).await }
    };
    assert_eq!(name("reviewer", "dispatcher", "reviewer").await.status, 201);
    assert_eq!(name("signer", "reviewer2", "signer").await.status, 201);
    // The stand-in recommends for the reviewer, who then does not sign it.
    let id = cast.submitted_by("author").await;
    cast.act("dispatcher", &id, "review", recommendation()).await;
    assert_eq!(cast.told("arrived_signing").await, ["reviewer2", "signer"], "the stand-in of the signer is called, too");
    assert_eq!(refused(&cast, "reviewer", &id, "signature", json!({"decision": "sign"})).await, (403, json!("four_eyes")));
    cast.act("reviewer2", &id, "signature", json!({"decision": "sign"})).await;
    // Who recommended does not sign for somebody else either.
    let id = cast.submitted_by("author").await;
    cast.act("reviewer2", &id, "review", recommendation()).await;
    assert_eq!(refused(&cast, "reviewer2", &id, "signature", json!({"decision": "sign"})).await, (403, json!("four_eyes")));
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
}

async fn with_one_signer_the_rule_is_off_until_it_is_switched_on(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("signer", Role::Reviewer, None).await;
    let id = cast.submitted_by("author").await;
    cast.act("signer", &id, "review", recommendation()).await;
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
    set_four_eyes(&cast, json!(true)).await;
    let id = cast.submitted_by("author").await;
    let (actor, manuscript) = (cast.actor("signer"), id.parse().unwrap());
    let told = cast.desk().read_now(|tx| preview::prospect(tx, &actor, manuscript, Action::Recommend)).unwrap();
    assert!(told.no_other_signer, "it is said before that nobody could sign it");
    let (actor, manuscript) = (cast.actor("reviewer"), id.parse().unwrap());
    let told = cast.desk().read_now(|tx| preview::prospect(tx, &actor, manuscript, Action::Recommend)).unwrap();
    assert!(!told.no_other_signer);
    cast.act("signer", &id, "review", recommendation()).await;
    assert_eq!(refused(&cast, "signer", &id, "signature", json!({"decision": "sign"})).await, (403, json!("four_eyes")));
    set_four_eyes(&cast, json!(false)).await;
    cast.grant("reviewer", Role::Signer, None).await;
    cast.act("signer", &id, "signature", json!({"decision": "sign"})).await;
}

/// The list asks the database and the button asks the rules; here they are held against each other.
async fn what_waits_for_a_signer_is_what_they_may_sign(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    for (login, role) in [("reviewer", Role::Signer), ("reviewer2", Role::Signer), ("signer", Role::Reviewer)] {
        cast.grant(login, role, None).await;
    }
    let now = cast.app.clock.now();
    for (absent, stand_in, role) in
        [("reviewer", "dispatcher", "reviewer"), ("signer", "dispatcher", "signer"), ("reviewer", "reviewer2", "signer")]
    {
        let body = json!({ "stand_in_id": cast.id(stand_in), "role": role, "from": now, "to": now + Duration::days(7) });
        assert_eq!(cast.post(absent, "/stand-ins", body).await.status, 201);
    }
    let send_back = || json!({"decision": "send_back", "reason": "请再核实。"});
    let mut all = Vec::new();
    // A second editor does not set the first one free, nor does the first one bind anybody else.
    for editors in [&[][..], &["reviewer"], &["signer"], &["dispatcher"], &["reviewer", "signer"], &["dispatcher", "reviewer2"]] {
        for (first, second) in [("reviewer", None), ("dispatcher", None), ("reviewer", Some("signer")), ("signer", Some("reviewer2"))] {
            let id = cast.submitted_by("author").await;
            for (seen, editor) in (2..).zip(editors) {
                let text =
                    json!({"title": "关于停车的建议", "situation": format!("停车难{seen}。"), "causes": "", "suggestions": ["建。"]});
                let edited = cast.send("PUT", editor, &format!("/manuscripts/{id}/edited-text"), Some(seen), text).await;
                assert!(edited.status.is_success(), "{}", edited.body);
            }
            cast.act(first, &id, "review", recommendation()).await;
            if let Some(second) = second {
                cast.act("signer", &id, "signature", send_back()).await;
                cast.act(second, &id, "review", recommendation()).await;
            }
            all.push(id);
        }
    }
    // A recommendation that was taken back binds nobody any more.
    let undone = cast.submitted_by("author").await;
    cast.act("reviewer2", &undone, "review", recommendation()).await;
    cast.act("reviewer2", &undone, "undo", Value::Null).await;
    cast.act("signer", &undone, "review", recommendation()).await;
    all.push(undone);
    for on in [json!(true), json!(false)] {
        set_four_eyes(&cast, on.clone()).await;
        let mut left_out = 0;
        for login in ["reviewer", "reviewer2", "signer", "dispatcher"] {
            let items = cast.get(login, "/manuscripts?desk=mine&stage=signing&limit=100").await.body["items"].clone();
            let mut waits: Vec<&str> = items.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
            let mut may = Vec::new();
            for id in &all {
                if allowed(&cast, login, id).await.contains(&"sign".to_owned()) {
                    may.push(id.as_str());
                }
            }
            waits.sort_unstable();
            may.sort_unstable();
            assert_eq!(waits, may, "{login}, four eyes {on}");
            left_out += all.len() - may.len();
        }
        assert_eq!(left_out > 0, on == json!(true), "the rule was asked: {left_out}");
    }
}

async fn whose_manuscript_was_merged_decides_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.grant("reviewer", Role::Submitter, None).await;
    cast.grant("dispatcher", Role::Submitter, None).await;
    let (target, own) = (cast.submitted_by("author").await, cast.submitted_by("reviewer").await);
    let joint = cast.submitted_by("dispatcher").await;
    for merged in [&own, &joint] {
        cast.act("reviewer2", merged, "merge", json!({"into": target})).await;
    }
    assert_eq!(refused(&cast, "reviewer", &target, "review", recommendation()).await, (403, json!("own_manuscript")));
    assert_eq!(allowed(&cast, "reviewer", &target).await, Vec::<String>::new());
    let read = cast.get("reviewer", &format!("/manuscripts/{target}")).await.body;
    assert_eq!(read["decisions"], json!([]), "they read what its authors read");
    cast.act("reviewer2", &target, "review", recommendation()).await;
    cast.act("signer", &target, "signature", json!({"decision": "send_back", "reason": "请再核实。"})).await;
    assert_eq!(cast.told("sent_back").await, ["reviewer2"], "and are told of nothing as an office");
    cast.act("reviewer2", &target, "review", recommendation()).await;
    cast.act("signer", &target, "signature", json!({"decision": "sign"})).await;
    cast.act("signer", &target, "forwarding", json!({"recipients": [cast.id("leader")]})).await;
    let housing = cast.organization("县住建局").await;
    let form = json!({"form": "single", "departments": [{"organization_id": housing}]});
    assert_eq!(refused(&cast, "dispatcher", &target, "assignments", form).await, (403, json!("own_manuscript")));
    assert_eq!(refused(&cast, "dispatcher", &target, "conclusion", json!({"result": "已办。"})).await, (403, json!("own_manuscript")));
}

/// Every letter that there is: its kind and whose it is, counted.
async fn all_letters(cast: &Cast) -> BTreeMap<(String, String), i64> {
    let read = |conn: &mut AnyConn| -> Result<Vec<(zhitongche::domain::notice::Letter, String)>, StoreError> {
        let rows = letters::table.inner_join(users::table.on(users::id.eq(letters::recipient_id)));
        Ok(rows.select((letters::kind, users::name)).load(conn)?)
    };
    let mut counted = BTreeMap::new();
    for (kind, name) in cast.app.db().read(read).await.unwrap() {
        *counted.entry((kind.to_string(), name)).or_insert(0) += 1;
    }
    counted
}

/// Acts, and holds the letters that were written against what was told before.
async fn act_as_told(cast: &Cast, login: &str, id: &str, action: Action, (act, body): (&str, Value)) {
    let (actor, manuscript) = (cast.actor(login), id.parse().unwrap());
    let told = cast.desk().read_now(|tx| preview::prospect(tx, &actor, manuscript, action)).unwrap().told;
    let before = all_letters(cast).await;
    cast.act(login, id, act, body).await;
    let mut written = all_letters(cast).await;
    for (letter, count) in before {
        *written.entry(letter).or_insert(0) -= count;
    }
    written.retain(|_, count| *count != 0);
    let mut expected = BTreeMap::new();
    for one in told {
        for name in one.names {
            *expected.entry((one.letter.to_string(), name)).or_insert(0) += 1;
        }
    }
    assert_eq!(written, expected, "{action} by {login}");
}

async fn what_is_told_before_is_what_happens(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    for (login, role) in
        [("reviewer", Role::Signer), ("reviewer2", Role::Submitter), ("signer", Role::Submitter), ("screener", Role::Submitter)]
    {
        cast.grant(login, role, None).await;
    }
    let now = cast.app.clock.now();
    for (absent, stand_in, role) in [("signer", "dispatcher", "signer"), ("reviewer", "dispatcher", "reviewer")] {
        let body = json!({ "stand_in_id": cast.id(stand_in), "role": role, "from": now, "to": now + Duration::days(7) });
        assert_eq!(cast.post(absent, "/stand-ins", body).await.status, 201);
    }
    let screened = cast.submitted_by("screened").await;
    act_as_told(&cast, "screener", &screened, Action::PassScreening, ("screening", json!({"decision": "pass"}))).await;
    for author in ["author", "reviewer2", "signer", "screened"] {
        let id = cast.submitted_by(author).await;
        if author == "screened" {
            cast.act("screener", &id, "screening", json!({"decision": "pass"})).await;
        }
        let merged = cast.submitted_by("reviewer2").await;
        act_as_told(&cast, "reviewer", &merged, Action::Merge, ("merge", json!({"into": id}))).await;
        act_as_told(&cast, "dispatcher", &id, Action::Recommend, ("review", recommendation())).await;
        let signer = if author == "signer" { "dispatcher" } else { "signer" };
        if signer == "dispatcher" {
            continue;
        }
        act_as_told(&cast, signer, &id, Action::SendBack, ("signature", json!({"decision": "send_back", "reason": "请核实。"}))).await;
        act_as_told(&cast, "reviewer", &id, Action::Recommend, ("review", recommendation())).await;
        act_as_told(&cast, signer, &id, Action::Sign, ("signature", json!({"decision": "sign"}))).await;
    }
    let returned = cast.submitted_by("author").await;
    act_as_told(&cast, "reviewer", &returned, Action::Return, ("review", json!({"decision": "return", "reason": "请补充。"}))).await;
    let (target, merged) = (cast.submitted_by("author").await, cast.submitted_by("reviewer2").await);
    cast.act("reviewer", &merged, "merge", json!({"into": target})).await;
    let decline = json!({"decision": "decline", "reason": "已在办理。", "reason_code": "under_way"});
    act_as_told(&cast, "reviewer", &target, Action::Decline, ("review", decline.clone())).await;
    assert_eq!(cast.told("unmerged").await, Vec::<String>::new(), "who has not heard of the merger hears of neither");
    // Whose manuscript was merged a while ago is told by letters of their own.
    for (action, body) in [(Action::Return, json!({"decision": "return", "reason": "请补充。"})), (Action::Decline, decline)] {
        let (target, merged) = (cast.submitted_by("author").await, cast.submitted_by("reviewer2").await);
        cast.act("reviewer", &merged, "merge", json!({"into": target})).await;
        cast.app.clock.advance(Duration::minutes(11));
        act_as_told(&cast, "reviewer", &target, action, ("review", body)).await;
        let letter = if action == Action::Return { "target_returned" } else { "unmerged" };
        assert_eq!(cast.told(letter).await, ["reviewer2"], "{letter}");
    }
}

async fn an_officer_of_two_departments_learns_of_both(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (housing, education) = (cast.organization("县住建局").await, cast.organization("县教育局").await);
    let body = json!({ "user_id": cast.id("handler"), "role": "handler", "organization_id": education });
    assert_eq!(cast.post("admin", "/roles", body).await.status, 201);
    let id = cast.accepted().await;
    cast.forward(&id).await;
    let form = json!({"form": "joint", "departments": [
        {"organization_id": housing, "part": "lead"}, {"organization_id": education, "part": "assisting"}
    ]});
    cast.act("dispatcher", &id, "assignments", form).await;
    assert_eq!(cast.told("assigned").await, ["handler", "handler2"]);
    let letter = cast.letters(cast.id("handler"), "assigned".parse().unwrap());
    assert_eq!(letter.iter().map(|one| one["organization"].as_str().unwrap()).collect::<Vec<_>>(), ["县住建局、县教育局"]);
    let letter = cast.letters(cast.id("handler2"), "assigned".parse().unwrap());
    assert_eq!(letter.iter().map(|one| one["organization"].as_str().unwrap()).collect::<Vec<_>>(), ["县教育局"]);
}
