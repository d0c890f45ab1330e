//! Dates that somebody named are never provisional, whatever is known of their year; dates that were counted into it are, wherever they
//! stand.

use serde_json::{Value, json};
use zhitongche::domain::lang::Lang;
use zhitongche::domain::notice::Letter;

use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    days_that_somebody_named_are_not_provisional,
    what_was_counted_is_provisional_wherever_it_stands,
    a_named_day_that_is_a_day_off_is_shown_as_one,
    letters_name_the_days_that_were_promised
);

const MARKS: [&str; 2] = ["暂定", "provisional"];

fn is_marked(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

async fn charge(cast: &Cast, departments: Value, instruction: Option<&str>) -> (String, Vec<String>) {
    let id = cast.accepted().await;
    cast.forward(&id).await;
    (id.clone(), charge_one(cast, &id, departments, instruction).await)
}

async fn charge_one(cast: &Cast, id: &str, departments: Value, instruction: Option<&str>) -> Vec<String> {
    let form = if departments.as_array().unwrap().len() > 1 { "joint" } else { "single" };
    let mut body = json!({"form": form, "departments": departments});
    if let Some(instruction) = instruction {
        body["endorsement_id"] = json!(instruction);
    }
    let made = cast.act("dispatcher", id, "assignments", body).await;
    made["assignments"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

async fn instruct(cast: &Cast, id: &str, due_on: Option<&str>) -> Value {
    let mut body = json!({"kind": "instruction", "words": "请住建局阅办。"});
    if let Some(day) = due_on {
        body["due_on"] = json!(day);
    }
    let made = cast.post("leader", &format!("/manuscripts/{id}/endorsements"), body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

/// Every place where the date of an assignment stands, by who reads it there.
async fn places(cast: &Cast, manuscript: &str, assignment: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let seen = [
        ("dispatcher", vec!["/dispatch".to_owned(), format!("/manuscripts/{manuscript}"), format!("/assignments/{assignment}")]),
        ("handler", vec!["/handling".to_owned(), format!("/manuscripts/{manuscript}"), format!("/assignments/{assignment}")]),
        ("author", vec![format!("/manuscripts/{manuscript}")]),
    ];
    for (login, pages) in seen {
        for page in pages {
            found.push((format!("{login} {page}"), cast.page(login, &page).await.html));
        }
    }
    found
}

async fn flags(cast: &Cast, assignment: &str) -> [Value; 2] {
    let one = cast.get("handler", &format!("/assignments/{assignment}")).await.body;
    let list = cast.get("dispatcher", "/assignments?limit=100").await.body;
    let line = list["items"].as_array().unwrap().iter().find(|line| line["id"] == assignment).unwrap().clone();
    [one["due_is_provisional"].clone(), line["due_is_provisional"].clone()]
}

/// The letters of one kind to one person, in words of both languages.
fn in_words(cast: &Cast, login: &str, kind: Letter) -> Vec<String> {
    let facts = cast.letters(cast.id(login), kind);
    facts.into_iter().flat_map(|facts| Lang::ALL.iter().map(move |lang| words(kind, *lang, facts.clone()))).collect()
}

fn words(kind: Letter, lang: Lang, facts: Value) -> String {
    use zhitongche::mail::letters::LetterContext;
    let facts = serde_json::from_value(facts).unwrap();
    let letter = LetterContext { facts, ..LetterContext::sample(kind, lang) };
    let rendered = zhitongche::mail::render::render(&letter).unwrap();
    format!("{}\n{}", rendered.subject, rendered.text)
}

async fn days_that_somebody_named_are_not_provisional(engine: Engine) {
    let cast = Cast::new(engine).await;
    let housing = cast.organization("县住建局").await;
    // Thursday 10 December.
    cast.app.clock.advance(chrono::Duration::days(20));
    // A leader names a day, and the department that carries it out has that day.
    let by_leader = cast.accepted().await;
    cast.forward(&by_leader).await;
    let said = instruct(&cast, &by_leader, Some("2027-01-08")).await;
    assert_eq!(said["due_is_provisional"], json!(false), "{said}");
    let given = in_words(&cast, "dispatcher", Letter::InstructionGiven);
    assert!(given.len() == 2 && given.iter().all(|letter| !is_marked(letter)), "{given:?}");
    let first = charge_one(&cast, &by_leader, json!([{"organization_id": housing}]), said["id"].as_str()).await.remove(0);
    assert_eq!(flags(&cast, &first).await, [json!(false), json!(false)], "as the leader said");
    for login in ["leader", "dispatcher"] {
        let quoted = cast.get(login, &format!("/manuscripts/{by_leader}")).await.body["endorsements"][0].clone();
        assert_eq!((&quoted["due_at"], &quoted["due_is_provisional"]), (&json!("2027-01-08T10:00:00Z"), &json!(false)), "{login}");
    }
    // A dispatcher names one.
    let named = json!([{"organization_id": housing, "due_on": "2027-02-19"}]);
    let (by_dispatcher, mut charged) = charge(&cast, named, None).await;
    let second = charged.remove(0);
    assert_eq!(flags(&cast, &second).await, [json!(false), json!(false)], "as the dispatcher said");
    for letter in in_words(&cast, "handler", Letter::Assigned) {
        assert!(!is_marked(&letter), "{letter}");
    }
    for (manuscript, assignment, day) in [(&by_leader, &first, "2027年1月8日"), (&by_dispatcher, &second, "2027年2月19日")] {
        for (place, html) in places(&cast, manuscript, assignment).await {
            assert!(!html.contains(&format!("{day}（暂定")), "{place}");
        }
    }
    // More time, until the day that the department asked for.
    let asked = json!({"due_on": "2027-03-02", "reason": "需要现场核实。", "progress": "已约好时间。"});
    let path = format!("/assignments/{second}");
    for (login, act, body) in [
        ("handler", "receipt", json!({})),
        ("handler", "extension-request", asked),
        ("dispatcher", "extension-decision", json!({"decision": "grant"})),
    ] {
        let seen = cast.get(login, &path).await.body["version"].as_i64().unwrap();
        let done = cast.send("POST", login, &format!("{path}/{act}"), Some(seen), body).await;
        assert!(done.status.is_success(), "{act}: {}", done.body);
    }
    assert_eq!(cast.get("handler", &path).await.body["due_at"], json!("2027-03-02T10:00:00Z"));
    assert_eq!(flags(&cast, &second).await, [json!(false), json!(false)], "as was agreed");
    for kind in [Letter::ExtensionRequested, Letter::ExtensionDecided] {
        let login = if kind == Letter::ExtensionDecided { "handler" } else { "dispatcher" };
        let letters = in_words(&cast, login, kind);
        assert!(letters.len() == 2 && letters.iter().all(|letter| !is_marked(letter)), "{letters:?}");
    }
}

async fn what_was_counted_is_provisional_wherever_it_stands(engine: Engine) {
    let cast = Cast::new(engine).await;
    let housing = cast.organization("县住建局").await;
    let education = cast.organization("县教育局").await;
    // Wednesday 30 December: also what has to be received falls into the next year.
    cast.app.clock.advance(chrono::Duration::days(40));
    let (plain, mut charged) = charge(&cast, json!([{"organization_id": housing}]), None).await;
    let first = charged.remove(0);
    assert_eq!(flags(&cast, &first).await, [json!(true), json!(true)]);
    for (place, html) in places(&cast, &plain, &first).await {
        assert!(html.contains("暂定"), "{place}");
    }
    let internal = cast.get("handler", &format!("/assignments/{first}")).await.body["internal"].clone();
    assert_eq!(["receive_by_is_provisional", "return_until_is_provisional"].map(|flag| internal[flag].clone()), [json!(true), json!(true)]);
    let letters = in_words(&cast, "handler", Letter::Assigned);
    let subjects: Vec<&str> = letters.iter().filter_map(|letter| letter.lines().next()).collect();
    assert!(subjects[0].contains("1月5日（暂定）前"), "{subjects:?}");
    assert!(subjects[1].contains("by 5 January (provisional)"), "{subjects:?}");
    // The dates of the receipt, of the answer and of giving it back.
    assert_eq!(letters[0].matches("（暂定，").count(), 3, "{}", letters[0]);
    let inbox = cast.get("handler", "/inbox").await.body;
    assert_eq!(inbox["items"][0]["due_is_provisional"], json!(true), "{inbox}");
    assert!(is_marked(&cast.page("handler", "/inbox").await.html));
    // An instruction without a day, and the departments that carry it out, the assisting one among them.
    let instructed = cast.accepted().await;
    cast.forward(&instructed).await;
    let said = instruct(&cast, &instructed, None).await;
    assert_eq!(said["due_is_provisional"], json!(true), "{said}");
    assert!(in_words(&cast, "dispatcher", Letter::InstructionGiven).iter().all(|letter| is_marked(letter)));
    let joint = json!([{"organization_id": housing, "part": "lead"}, {"organization_id": education, "part": "assisting"}]);
    for one in charge_one(&cast, &instructed, joint, said["id"].as_str()).await {
        let line = cast.get("dispatcher", &format!("/assignments/{one}")).await.body;
        assert_eq!(line["due_is_provisional"], json!(true), "{line}");
    }
}

async fn a_named_day_that_is_a_day_off_is_shown_as_one(engine: Engine) {
    let cast = Cast::new(engine).await;
    let housing = cast.organization("县住建局").await;
    // A Saturday.
    let (id, mut charged) = charge(&cast, json!([{"organization_id": housing, "due_on": "2026-12-19"}]), None).await;
    let assignment = charged.remove(0);
    for page in [format!("/manuscripts/{id}"), format!("/assignments/{assignment}")] {
        assert!(cast.page("dispatcher", &page).await.html.contains("12月19日（休息日）"), "{page}");
    }
    assert!(!cast.page("dispatcher", &format!("/manuscripts/{id}")).await.html.contains("暂定"));
}

async fn letters_name_the_days_that_were_promised(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.concluded().await;
    for (login, kind) in [("author", Letter::ReplyApproved), ("handler", Letter::ReplyPassed)] {
        let letters = in_words(&cast, login, kind);
        assert_eq!(letters.len(), 2, "{login}");
        assert!(letters.iter().any(|letter| letter.contains("第1条 2027年6月30日（星期三）")), "{letters:?}");
        assert!(letters.iter().any(|letter| letter.contains("No. 1 by Wednesday 30 June 2027")), "{letters:?}");
        assert!(letters.iter().all(|letter| !is_marked(letter)), "a promise is a day that somebody named: {letters:?}");
    }
    assert!(in_words(&cast, "handler", Letter::ReplyPassed)[0].contains("上列承诺日期前落实"));
}
