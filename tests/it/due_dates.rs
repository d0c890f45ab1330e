//! Due dates that rest on a year whose calendar is not known: marked wherever they stand, and counted again when it is loaded.

use actix_web::web;
use serde_json::{Value, json};
use zhitongche::domain::notice::Letter;
use zhitongche::jobs::{JobContext, Runner};

use crate::support::cast::{Cast, complete, findings};
use crate::support::database::Engine;

crate::both_databases!(
    a_date_in_an_unknown_year_is_provisional_until_the_year_is_loaded,
    dates_that_somebody_named_stay,
    who_reads_the_date_of_a_department_is_told_of_a_new_one,
    a_correction_moves_what_was_counted_and_makes_nobody_late,
    a_year_for_all_channels_moves_those_of_channels_without_their_own
);

async fn run_jobs(cast: &Cast) {
    let desk = cast.desk().clone();
    web::block(move || Runner::new(JobContext::new(desk).unwrap()).run_due().unwrap()).await.unwrap();
}

async fn load(cast: &Cast, year: i32, rest: Value) {
    let loaded = cast.send("PUT", "admin", &format!("/calendar/{year}"), None, json!({ "rest": rest })).await;
    assert_eq!(loaded.status, 204, "{}", loaded.body);
    run_jobs(cast).await;
}

async fn desk(cast: &Cast, id: &str) -> (String, bool) {
    let at = cast.get("reviewer", &format!("/manuscripts/{id}")).await.body["where_is_it"].clone();
    (at["due_at"].as_str().unwrap().to_owned(), at["due_is_provisional"].as_bool().unwrap())
}

async fn assignment(cast: &Cast, id: &str) -> (String, bool) {
    let of = cast.get("handler", &format!("/assignments/{id}")).await.body;
    (of["due_at"].as_str().unwrap().to_owned(), of["due_is_provisional"].as_bool().unwrap())
}

fn said(due: &str, provisional: bool) -> (String, bool) {
    (format!("{due}T10:00:00Z"), provisional)
}

/// A long New Year: until Tuesday 5 January 2027.
fn new_year() -> Value {
    json!([{"name": "元旦", "from": "2027-01-01", "to": "2027-01-05", "make_up": []}])
}

async fn a_date_in_an_unknown_year_is_provisional_until_the_year_is_loaded(engine: Engine) {
    let cast = Cast::new(engine).await;
    // Tuesday 29 December: five working days go on into a year that nobody has published.
    cast.app.clock.advance(chrono::Duration::days(39));
    let id = cast.submitted_by("author").await;
    assert_eq!(desk(&cast, &id).await, said("2027-01-06", true), "New Year's Day is none of them");
    let list = cast.get("reviewer", "/manuscripts?limit=1").await.body;
    assert_eq!(list["items"][0]["due_is_provisional"], json!(true), "{list}");
    for page in ["/review".to_owned(), format!("/review/{id}"), format!("/manuscripts/{id}")] {
        assert!(cast.page("reviewer", &page).await.html.contains("暂定"), "{page}");
    }
    let arrived = cast.letters(cast.id("reviewer"), Letter::ArrivedReview).pop().unwrap();
    assert_eq!(arrived["provisional"], json!(true), "{arrived}");
    load(&cast, 2027, new_year()).await;
    assert_eq!(desk(&cast, &id).await, said("2027-01-08", false));
    assert!(!cast.page("reviewer", &format!("/review/{id}")).await.html.contains("暂定"));
    let told = cast.letters(cast.id("reviewer"), Letter::DueChanged).pop().unwrap();
    let expected = [json!("2027-01-08T10:00:00Z"), json!("2027-01-06T10:00:00Z"), json!("review"), Value::Null];
    assert_eq!(["due", "was_due", "deadline", "provisional"].map(|fact| told[fact].clone()), expected, "{told}");
    assert_eq!(cast.told("due_changed").await, ["reviewer", "reviewer2"], "authors are not told of a limit that is not theirs");
    assert!(cast.acts_of_all().contains(&"recompute".to_owned()));
    run_jobs(&cast).await;
    load(&cast, 2027, new_year()).await;
    assert_eq!(cast.told("due_changed").await.len(), 2, "the same year again changes nothing");
    cast.seal().await;
    assert_eq!(findings(&cast.app), Vec::<String>::new());
}

async fn dates_that_somebody_named_stay(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (_, counted) = cast.charged().await;
    let id = cast.accepted().await;
    cast.forward(&id).await;
    let housing = cast.organization("县住建局").await;
    let form = json!({"form": "single", "departments": [{"organization_id": housing, "due_on": "2027-02-19"}]});
    let named = cast.act("dispatcher", &id, "assignments", form).await["assignments"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(assignment(&cast, &counted).await, said("2027-02-22", true), "three months");
    let rest = json!([{"name": "春节", "from": "2027-02-15", "to": "2027-02-23", "make_up": []}]);
    load(&cast, 2027, rest).await;
    assert_eq!(assignment(&cast, &counted).await, said("2027-02-24", false));
    assert_eq!(assignment(&cast, &named).await, said("2027-02-19", false));
    assert_eq!(cast.told("due_changed").await, ["handler"]);
    cast.seal().await;
    assert_eq!(findings(&cast.app), Vec::<String>::new());
}

async fn who_reads_the_date_of_a_department_is_told_of_a_new_one(engine: Engine) {
    let cast = Cast::new(engine).await;
    // Monday 21 December.
    cast.app.clock.advance(chrono::Duration::days(31));
    let (_, plain) = cast.charged().await;
    assert_eq!(assignment(&cast, &plain).await, said("2027-03-22", true), "three months");
    let housing = cast.organization("县住建局").await;
    let mut instructed = Vec::new();
    for is_assigned in [true, false] {
        let id = cast.accepted().await;
        cast.forward(&id).await;
        let words = json!({"kind": "instruction", "words": "请阅办。"});
        let given = cast.post("leader", &format!("/manuscripts/{id}/endorsements"), words).await.body;
        assert_eq!(given["due_at"], json!("2027-01-12T10:00:00Z"), "fifteen working days: {given}");
        if is_assigned {
            let form = json!({"form": "single", "endorsement_id": given["id"], "departments": [{"organization_id": housing}]});
            cast.act("dispatcher", &id, "assignments", form).await;
        }
        instructed.push(id);
    }
    let longer = json!([
        {"name": "元旦", "from": "2027-01-01", "to": "2027-01-05", "make_up": []},
        {"name": "春分", "from": "2027-03-22", "to": "2027-03-22", "make_up": []}
    ]);
    load(&cast, 2027, longer).await;
    assert_eq!(cast.told("due_changed").await, ["handler", "handler"], "who has to keep it");
    let mut told = cast.told("department_due_changed").await;
    told.sort_unstable();
    assert_eq!(told, ["author", "author", "dispatcher", "dispatcher", "dispatcher", "leader", "leader"]);
    // The leader: of the instruction, assigned or not, and of nothing else.
    let dates = |login: &str| {
        let mut all: Vec<Value> =
            cast.letters(cast.id(login), Letter::DepartmentDueChanged).into_iter().map(|facts| facts["due"].clone()).collect();
        all.sort_unstable_by_key(ToString::to_string);
        all
    };
    let (instruction, reply) = (json!("2027-01-14T10:00:00Z"), json!("2027-03-23T10:00:00Z"));
    assert_eq!(dates("leader"), [instruction.clone(), instruction.clone()]);
    assert_eq!(dates("author"), [instruction.clone(), reply.clone()]);
    assert_eq!(dates("dispatcher"), [instruction.clone(), instruction, reply]);
    let notices = cast.get("author", "/inbox").await.body;
    let notice = notices["items"].as_array().unwrap().iter().find(|one| one["kind"] == "department_due_changed").unwrap().clone();
    assert_eq!((&notice["due_at"], &notice["organization"]), (&Value::Null, &json!("县住建局")), "no limit of theirs: {notice}");
    cast.seal().await;
    assert_eq!(findings(&cast.app), Vec::<String>::new());
}

async fn a_correction_moves_what_was_counted_and_makes_nobody_late(engine: Engine) {
    let cast = Cast::new(engine).await;
    let made = cast.send("POST", "author", "/manuscripts", None, complete()).await.body;
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(desk(&cast, &id).await, said("2026-11-27", false));
    let set = async |day: &'static str, works: &'static str| {
        assert_eq!(cast.form("admin", "/calendar/days", &[("day", day), ("works", works)]).await.status, 303, "{day}");
        run_jobs(&cast).await;
    };
    set("2026-11-25", "no").await;
    assert_eq!(desk(&cast, &id).await, said("2026-11-30", false));
    // Thursday 26 November: two days of the weekend before are declared working days, and the date would have been today.
    cast.app.clock.advance(chrono::Duration::days(6));
    for day in ["2026-11-21", "2026-11-22"] {
        set(day, "yes").await;
    }
    assert_eq!(desk(&cast, &id).await, said("2026-11-27", false), "the next working day at the earliest");
}

async fn a_year_for_all_channels_moves_those_of_channels_without_their_own(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    cast.app.clock.advance(chrono::Duration::days(39));
    let made = cast.send("POST", "other-author", "/manuscripts", None, complete()).await.body;
    let (own, other) = (cast.submitted_by("author").await, made["id"].as_str().unwrap().to_owned());
    load(&cast, 2027, json!([{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03", "make_up": []}])).await;
    let file = serde_json::from_value(json!({ "year": 2027, "rest": new_year() })).unwrap();
    cast.desk().write("command line", move |tx| zhitongche::app::calendars::load_for_all(tx, &file)).await.unwrap();
    run_jobs(&cast).await;
    assert_eq!(desk(&cast, &own).await, said("2027-01-06", false), "it has its own");
    let there = cast.get("other-reviewer", &format!("/manuscripts/{other}")).await.body["where_is_it"]["due_at"].clone();
    assert_eq!(there, json!("2027-01-08T10:00:00Z"));
}
