//! How many statements a page or a GET of the API executes: as many with twice the rows, and no more than is written down for it in
//! `statements.txt`. What a page needs of several manuscripts it loads for all of them at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use serde_json::json;

use crate::support::cast::Cast;
use crate::support::database::Engine;
use crate::unannounced::readings::{PAGES, api_lists, decision};

/// The most statements of each reading, whoever asks: a line `PATH NUMBER` each. Written anew where `ZTC_WRITE_STATEMENTS` is set.
const CEILINGS: &str = include_str!("statements.txt");

static COUNT: AtomicUsize = AtomicUsize::new(0);

fn count() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            if text.starts_with("SELECT") {
                COUNT.fetch_add(1, Ordering::SeqCst);
            }
        }
    }))
}

/// More of everything that lists show, at each desk.
async fn fill(cast: &Cast, number: usize) {
    for _ in 0..number {
        cast.post("author", "/manuscripts", json!({"title": "还没写完"})).await;
        cast.submitted_by("screened").await;
        cast.submitted_by("author").await;
        let returned = cast.submitted_by("author").await;
        cast.act("reviewer", &returned, "review", decision("return")).await;
        let signing = cast.submitted_by("author").await;
        cast.act("reviewer", &signing, "review", decision("recommend")).await;
        let before_leader = cast.accepted().await;
        cast.forward(&before_leader).await;
        let noted = cast.accepted().await;
        cast.forward(&noted).await;
        cast.post("leader", &format!("/manuscripts/{noted}/endorsements"), json!({"kind": "noted"})).await;
        cast.charged().await;
        cast.concluded().await;
        cast.post("reviewer", "/bulletins", json!({"title": "另一期"})).await;
    }
}

/// How many statements each reading of each person executes.
async fn measure(cast: &Cast) -> BTreeMap<(String, String), usize> {
    let mut found = BTreeMap::new();
    for login in cast.everybody() {
        for path in PAGES {
            COUNT.store(0, Ordering::SeqCst);
            let shown = cast.page(&login, path).await;
            assert!(!shown.status.is_server_error(), "{path}: {}", shown.status);
            found.insert((path.to_owned(), login.clone()), COUNT.load(Ordering::SeqCst));
        }
        for path in api_lists() {
            COUNT.store(0, Ordering::SeqCst);
            cast.get(&login, &path).await;
            found.insert((format!("/api/v1{path}"), login.clone()), COUNT.load(Ordering::SeqCst));
        }
    }
    found
}

#[test]
fn no_reading_executes_more_statements_for_more_rows() {
    crate::support::run(Engine::Sqlite, |engine| async move {
        set_default_instrumentation(count).unwrap();
        let cast = Cast::new(engine).await;
        fill(&cast, 4).await;
        measure(&cast).await;
        let once = measure(&cast).await;
        fill(&cast, 4).await;
        let twice = measure(&cast).await;
        let grown: Vec<String> = once
            .iter()
            .filter(|(reading, count)| twice[*reading] > **count)
            .map(|(reading, count)| format!("{} of {}: {count}, then {}", reading.0, reading.1, twice[reading]))
            .collect();
        let mut most: BTreeMap<&str, usize> = BTreeMap::new();
        for ((path, _), count) in &twice {
            let seen = most.entry(path).or_default();
            *seen = (*seen).max(*count);
        }
        let written = most.iter().fold(String::new(), |mut text, (path, count)| {
            let _ = writeln!(text, "{path} {count}");
            text
        });
        if std::env::var_os("ZTC_WRITE_STATEMENTS").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/statements.txt"), written).unwrap();
        }
        assert!(grown.is_empty(), "{} readings execute more statements for more rows:\n{}", grown.len(), grown.join("\n"));
        let ceilings: BTreeMap<&str, usize> =
            CEILINGS.lines().filter_map(|line| line.rsplit_once(' ')).map(|(path, count)| (path, count.parse().unwrap())).collect();
        let above: Vec<_> = most.iter().filter(|(path, count)| ceilings.get(**path).is_none_or(|ceiling| *count > ceiling)).collect();
        assert!(above.is_empty(), "more statements than are written down, or nothing is: {above:?}");
    });
}
