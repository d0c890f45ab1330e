//! Within the window in which a decision can be taken back its authors learn nothing of it: whatever they ask is answered from the state
//! before, byte for byte; and what they may do in that state stands, and makes the decision void.

mod built_upon;
pub(crate) mod readings;
mod together;

use chrono::Duration;
use serde_json::{Value, json};
use zhitongche::domain::vocabulary::Role;

use crate::access::routes::On;
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;
use crate::support::pages::PNG;
use readings::{Things, all_of, decision, differences, id_of};

crate::both_databases!(
    no_reading_of_an_author_tells_of_a_decision,
    no_reading_of_an_author_with_an_office_tells_of_a_decision,
    no_reading_of_a_co_author_tells_of_a_decision,
    no_reading_tells_of_what_a_decision_does_to_merged_ones,
    a_withdrawal_stands_and_voids_what_its_author_could_not_know,
    a_withdrawal_voids_a_merger_into_it,
    cursors_carry_an_id_and_nothing_else,
    live_events_are_silent_about_others,
);

/// A decision, who takes it, and where its manuscript stands before.
const DECISIONS: [(&str, &str, &str); 10] = [
    ("screening", "screener", "pass"),
    ("screening", "screener", "return"),
    ("review", "reviewer2", "recommend"),
    ("review", "reviewer2", "return"),
    ("review", "reviewer2", "decline"),
    ("review", "reviewer2", "merge"),
    ("signing", "signer", "sign"),
    ("signing", "signer", "send_back"),
    ("forwarded", "dispatcher", "assign"),
    ("handling", "dispatcher", "conclude"),
];

async fn later(cast: &Cast) {
    cast.app.clock.advance(Duration::minutes(11));
}

/// A manuscript of `author` (of `screened` where the office looks first) that stands there, every window closed.
async fn standing(cast: &Cast, stage: &str) -> String {
    let author = if stage == "screening" { "screened" } else { "author" };
    let id = cast.submitted_by(author).await;
    if matches!(stage, "signing" | "forwarded" | "handling") {
        cast.act("reviewer2", &id, "review", decision("recommend")).await;
    }
    if matches!(stage, "forwarded" | "handling") {
        cast.act("signer", &id, "signature", decision("sign")).await;
        later(cast).await;
        cast.forward(&id).await;
    }
    if stage == "handling" {
        let one = charge(cast, &id).await;
        later(cast).await;
        let seen = cast.get("dispatcher", &format!("/assignments/{one}")).await.body["version"].as_i64();
        let cancelled =
            cast.send("POST", "dispatcher", &format!("/assignments/{one}/cancellation"), seen, json!({"reason": "另行安排。"})).await;
        assert_eq!(cancelled.status, 200, "{}", cancelled.body);
    }
    later(cast).await;
    id
}

/// A manuscript of `coauthor` in review, which its organisation's office has let pass.
async fn of_another(cast: &Cast) -> String {
    let id = cast.submitted_by("coauthor").await;
    cast.act("screener", &id, "screening", decision("pass")).await;
    later(cast).await;
    id
}

async fn charge(cast: &Cast, id: &str) -> String {
    let housing = cast.organization("县住建局").await;
    let form = json!({"form": "single", "departments": [{"organization_id": housing}]});
    let body = cast.act("dispatcher", id, "assignments", form).await;
    id_of(&body["assignments"].as_array().unwrap()[body["assignments"].as_array().unwrap().len() - 1])
}

/// Takes the decision; gives the assignment that it made, if it made one.
async fn decide(cast: &Cast, id: &str, by: &str, word: &str, other: &str) -> Vec<String> {
    match word {
        "pass" => drop(cast.act(by, id, "screening", decision(word)).await),
        "return" if by == "screener" => drop(cast.act(by, id, "screening", decision(word)).await),
        "merge" => drop(cast.act(by, id, "merge", json!({"into": other})).await),
        "sign" | "send_back" => drop(cast.act(by, id, "signature", decision(word)).await),
        "assign" => return vec![charge(cast, id).await],
        "conclude" => drop(cast.act(by, id, "conclusion", json!({"result": "已办理。"})).await),
        _ => drop(cast.act(by, id, "review", decision(word)).await),
    }
    Vec::new()
}

async fn undo(cast: &Cast, id: &str, by: &str) {
    cast.act(by, id, "undo", Value::Null).await;
}

/// Things that stay as they are: an endorsement of an own manuscript, a bulletin, a file, an organisation, the reader.
pub(crate) async fn around(cast: &Cast, reader: &str) -> Vec<(On, String)> {
    let id = standing(cast, "forwarded").await;
    let noted = cast.post("leader", &format!("/manuscripts/{id}/endorsements"), json!({"kind": "noted"})).await;
    let bulletin = cast.post("reviewer", "/bulletins", json!({"title": "另一期"})).await;
    let begun = cast.post(reader, "/manuscripts", json!({"title": "还没写完"})).await;
    let file = cast.upload(reader, &format!("/manuscripts/{}/attachments", id_of(&begun.body)), "现场.png", PNG).await;
    later(cast).await;
    vec![
        (On::Endorsement, id_of(&noted.body)),
        (On::Bulletin, id_of(&bulletin.body)),
        (On::Attachment, id_of(&file.body)),
        (On::Organization, cast.organization("民盟县总支").await.to_string()),
        (On::Person, cast.id(reader).to_string()),
        (On::Channel, cast.channel.to_string()),
    ]
}

/// Every decision: all readings before it, while it is not announced, and after it was taken back.
async fn compare(cast: &Cast) {
    let other = of_another(cast).await;
    cast.submitted_by("author").await;
    let others = around(cast, "author").await;
    let mut wrong = Vec::new();
    for (stage, by, word) in DECISIONS {
        let id = standing(cast, stage).await;
        let reader = if stage == "screening" { "screened" } else { "author" };
        let mut things = Things { manuscripts: vec![id.clone(), other.clone()], others: others.clone(), ..Things::default() };
        let before = all_of(cast, reader, &things).await;
        things.assignments = decide(cast, &id, by, word, &other).await;
        let mut during = all_of(cast, reader, &things).await;
        for one in &things.assignments {
            let gone = during.remove(&format!("API /assignments/{one}")).unwrap();
            assert!(gone.starts_with("404"), "{word}: {gone}");
        }
        wrong.extend(differences(&before, &during).into_iter().map(|one| format!("{stage} → {word}: {one}")));
        undo(cast, &id, by).await;
        things.assignments.clear();
        let undone = all_of(cast, reader, &things).await;
        wrong.extend(differences(&before, &undone).into_iter().map(|one| format!("{stage} → {word}, undone: {one}")));
    }
    assert!(wrong.is_empty(), "{} readings tell:\n{}", wrong.len(), wrong.join("\n"));
}

async fn no_reading_of_an_author_tells_of_a_decision(engine: Engine) {
    compare(&Cast::with_undo(engine, 10).await).await;
}

async fn no_reading_of_an_author_with_an_office_tells_of_a_decision(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    for role in [Role::Reviewer, Role::Signer, Role::Dispatcher] {
        cast.grant("author", role, None).await;
    }
    cast.grant("screened", Role::Screener, None).await;
    compare(&cast).await;
}

async fn no_reading_of_a_co_author_tells_of_a_decision(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let target = standing(&cast, "review").await;
    let mut form = complete();
    form.as_object_mut().unwrap().remove("submit");
    let id = id_of(&cast.post("author", "/manuscripts", form).await.body);
    let seen = cast.get("author", &format!("/manuscripts/{id}")).await.body["version"].as_i64();
    let invited = cast.send("PUT", "author", &format!("/manuscripts/{id}/authors"), seen, json!({"authors": ["coauthor"]})).await;
    assert!(invited.status.is_success(), "{}", invited.body);
    cast.act("coauthor", &id, "co-signature", json!({"decision": "sign"})).await;
    cast.act("author", &id, "submission", Value::Null).await;
    later(&cast).await;
    let things = Things { manuscripts: vec![id.clone(), target.clone()], ..Things::default() };
    let before = all_of(&cast, "coauthor", &things).await;
    for word in ["return", "decline", "merge"] {
        decide(&cast, &id, "reviewer2", word, &target).await;
        assert_eq!(differences(&before, &all_of(&cast, "coauthor", &things).await), Vec::<String>::new(), "{word}");
        undo(&cast, &id, "reviewer2").await;
        assert_eq!(differences(&before, &all_of(&cast, "coauthor", &things).await), Vec::<String>::new(), "{word}, undone");
    }
}

async fn no_reading_tells_of_what_a_decision_does_to_merged_ones(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let (target, merged) = (standing(&cast, "review").await, of_another(&cast).await);
    let things = Things { manuscripts: vec![target.clone(), merged.clone()], ..Things::default() };
    let alone = all_of(&cast, "author", &things).await;
    cast.act("reviewer2", &merged, "merge", json!({"into": target})).await;
    assert_eq!(differences(&alone, &all_of(&cast, "author", &things).await), Vec::<String>::new(), "a merger into it");
    later(&cast).await;
    for (by, word) in [("reviewer2", "recommend"), ("reviewer2", "return"), ("reviewer2", "decline")] {
        let before = [all_of(&cast, "author", &things).await, all_of(&cast, "coauthor", &things).await];
        decide(&cast, &target, by, word, "").await;
        for (reader, before) in ["author", "coauthor"].into_iter().zip(&before) {
            let during = all_of(&cast, reader, &things).await;
            assert_eq!(differences(before, &during), Vec::<String>::new(), "{reader}, {word}");
        }
        undo(&cast, &target, by).await;
        for (reader, before) in ["author", "coauthor"].into_iter().zip(&before) {
            let undone = all_of(&cast, reader, &things).await;
            assert_eq!(differences(before, &undone), Vec::<String>::new(), "{reader}, {word} undone");
        }
    }
    // One decision upon another: nothing of either is told before its own window closes.
    let before = all_of(&cast, "author", &things).await;
    decide(&cast, &target, "reviewer2", "recommend", "").await;
    decide(&cast, &target, "signer", "sign", "").await;
    assert_eq!(differences(&before, &all_of(&cast, "author", &things).await), Vec::<String>::new(), "two decisions");
    undo(&cast, &target, "signer").await;
    assert_eq!(differences(&before, &all_of(&cast, "author", &things).await), Vec::<String>::new(), "the second one undone");
}

async fn a_withdrawal_stands_and_voids_what_its_author_could_not_know(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let other = of_another(&cast).await;
    let plain = standing(&cast, "review").await;
    let usual = cast.act("author", &plain, "withdrawal", Value::Null).await;
    let before_withdrawal = ["screening", "review"];
    for (stage, by, word) in DECISIONS.into_iter().filter(|(stage, ..)| before_withdrawal.contains(stage)) {
        let id = standing(&cast, stage).await;
        let author = if stage == "screening" { "screened" } else { "author" };
        let seen = cast.get(author, &format!("/manuscripts/{id}")).await.body["version"].as_i64().unwrap();
        decide(&cast, &id, by, word, &other).await;
        let withdrawn = cast.send("POST", author, &format!("/manuscripts/{id}/withdrawal"), Some(seen), Value::Null).await;
        assert_eq!((withdrawn.status.as_u16(), &withdrawn.body["stage"]), (200, &json!("withdrawn")), "{word}: {}", withdrawn.body);
        assert_eq!(withdrawn.body["version"], json!(seen + 1), "{word}: no gap tells that something was decided");
        let keys = |body: &Value| body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!((keys(&withdrawn.body), &withdrawn.body["decisions"]), (keys(&usual), &json!([])), "{word}");
        let history = cast.get(author, &format!("/manuscripts/{id}/history")).await.body;
        let acts: Vec<_> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["action"].clone(), one["from"].clone(), one["version"].clone()))
            .collect();
        assert_eq!(acts.len(), 2, "{word}: {acts:?}");
        assert_eq!(acts[1], (json!("withdraw"), json!(stage), json!(seen + 1)), "{word}");
        let history = cast.get(by, &format!("/manuscripts/{id}/history")).await.body;
        let items = history["items"].as_array().unwrap();
        let void = items.iter().find(|one| one["action"] == "void").unwrap_or_else(|| panic!("{word}: {history}"));
        assert!(items.iter().any(|one| one["entry"] == void["undoes"]), "{word}: it names the decision that it ends");
        assert_eq!(cast.stage(by, &id).await, "withdrawn", "{word}");
        let inbox = cast.get(by, "/inbox").await.body;
        let told = inbox["items"].as_array().unwrap().iter();
        let told: Vec<_> = told.filter(|one| one["kind"] == "decision_voided" && one["manuscript_id"] == json!(id)).collect();
        assert_eq!(told.len(), 1, "{word}: whoever decided is told");
        let opened = cast.page(by, told[0]["path"].as_str().unwrap()).await;
        assert!(opened.status == 200 && opened.html.contains("停车难"), "{word}: the letter leads to what it speaks of");
        later(&cast).await;
        let inbox = cast.get(author, "/inbox").await.body;
        let kinds: Vec<_> = inbox["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["manuscript_id"] == json!(id))
            .map(|one| one["kind"].clone())
            .collect();
        assert_eq!(kinds, ["withdrawn", "submitted"], "{word}: the author hears of what the author did");
    }
}

async fn a_withdrawal_voids_a_merger_into_it(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let (target, merged) = (standing(&cast, "review").await, of_another(&cast).await);
    let before = cast.get("coauthor", &format!("/manuscripts/{merged}")).await.body;
    cast.act("reviewer2", &merged, "merge", json!({"into": target})).await;
    let withdrawn = cast.act("author", &target, "withdrawal", Value::Null).await;
    assert_eq!(withdrawn["stage"], "withdrawn");
    assert_eq!((cast.stage("reviewer", &merged).await, cast.stage("reviewer", &target).await), ("review".into(), "withdrawn".into()));
    assert_eq!(cast.get("coauthor", &format!("/manuscripts/{merged}")).await.body, before, "its author learns of neither");
    assert_eq!(cast.told("decision_voided").await, ["reviewer2"]);
    // Once the merger is announced, the target can't be withdrawn any more.
    let (target, merged) = (standing(&cast, "review").await, of_another(&cast).await);
    cast.act("reviewer2", &merged, "merge", json!({"into": target})).await;
    later(&cast).await;
    let seen = cast.get("author", &format!("/manuscripts/{target}")).await.body["version"].as_i64();
    let refused = cast.send("POST", "author", &format!("/manuscripts/{target}/withdrawal"), seen, Value::Null).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("has_merged")));
}

async fn cursors_carry_an_id_and_nothing_else(engine: Engine) {
    use base64::Engine as _;
    let cast = Cast::new(engine).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(cast.submitted_by("author").await);
        cast.app.clock.advance(Duration::days(1));
    }
    for query in ["limit=1", "limit=1&sort=due", "limit=1&desk=mine&sort=due&stage=review"] {
        let mut path = format!("/manuscripts?{query}");
        let mut found = Vec::new();
        loop {
            let page = cast.get("reviewer", &path).await.body;
            found.push(id_of(&page["items"][0]));
            let Some(next) = page["next_cursor"].as_str() else { break };
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(next).unwrap();
            assert_eq!(String::from_utf8(bytes).unwrap(), format!("\"{}\"", found[found.len() - 1]), "{query}");
            path = format!("/manuscripts?{query}&cursor={next}");
        }
        found.sort();
        assert_eq!(found, ids, "{query}: each once");
    }
    // What the last page ended with has left the list: the list goes on from its beginning, and nothing is left out.
    let first = cast.get("reviewer", "/manuscripts?limit=1&desk=mine&sort=due&stage=review").await.body;
    cast.act("reviewer", &id_of(&first["items"][0]), "review", decision("recommend")).await;
    let path = format!("/manuscripts?limit=5&desk=mine&sort=due&stage=review&cursor={}", first["next_cursor"].as_str().unwrap());
    let rest = cast.get("reviewer", &path).await.body;
    assert_eq!(rest["items"].as_array().unwrap().len(), 2, "{rest}");
}

async fn live_events_are_silent_about_others(engine: Engine) {
    let cast = Cast::with_undo(engine, 10).await;
    let (id, kept) = (standing(&cast, "review").await, standing(&cast, "review").await);
    let mut lines = cast.request(reqwest::Method::GET, "author", "/events").send().await.unwrap();
    let first = lines.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: desk"), "{first:?}");
    let mut others = cast.request(reqwest::Method::GET, "reviewer", "/events").send().await.unwrap();
    others.chunk().await.unwrap().unwrap();
    cast.act("reviewer2", &id, "review", decision("return")).await;
    // Another one hears of it, so the beat has passed; what the author hears next is of what came after.
    let second = others.chunk().await.unwrap().unwrap();
    assert!(second.starts_with(b"event: desk"), "{second:?}");
    cast.act("author", &kept, "withdrawal", Value::Null).await;
    let next = lines.chunk().await.unwrap().unwrap();
    assert!(next.starts_with(b"event: desk"), "not even that something was done: {next:?}");
}
