//! How SQLite finds what is read: no page and no GET of the API walks a table that grows with the manuscripts, and none walks the open
//! decisions of the whole channel. Every statement that the readings of each role execute is asked for its plan.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;
use zhitongche::store::{AnyConn, StoreError};

use crate::support::cast::Cast;
use crate::support::database::Engine;
use crate::unannounced::readings::{Things, gets_of};

/// Tables of which an installation keeps ever more rows.
const GROWING: [&str; 29] = [
    "adoptions",
    "assignments",
    "attachments",
    "authors",
    "bulletin_items",
    "bulletin_recipients",
    "bulletins",
    "change_requests",
    "decisions",
    "endorsements",
    "form_drafts",
    "idempotency_keys",
    "implementation_reports",
    "jobs",
    "ledger_entries",
    "ledger_positions",
    "ledger_waiting",
    "letters",
    "manuscripts",
    "merged_suggestions",
    "person_versions",
    "ratings",
    "recipients",
    "replies",
    "reply_items",
    "texts",
    "throttles",
    "tokens",
    "urgings",
];

static STATEMENTS: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

fn record() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let text = text.split(" -- binds").next().unwrap_or_default().to_owned();
            STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner).insert(text);
        }
    }))
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The steps of the plan of a statement.
fn plan(conn: &mut AnyConn, statement: &str) -> Result<Vec<String>, StoreError> {
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn)?;
    Ok(steps.into_iter().map(|step| step.detail).collect())
}

/// Partial indexes of few rows that are walked as a whole: the open jobs, and the dead ones, which wait for a person.
const FEW: [&str; 2] = ["jobs_due", "jobs_dead"];

/// What is wrong with a plan.
fn faults(statement: &str, steps: &[String]) -> Vec<String> {
    // Compared with no value at all: SQLite looks at such a condition before the first row.
    if statement.contains("(1=0)") && !statement.contains(" OR ") {
        return Vec::new();
    }
    // The jobs of a channel's administrators are nearly all that are kept, which is for two weeks.
    let of_a_page = |step: &str| step.starts_with("SCAN jobs USING INDEX sqlite_autoindex") && statement.ends_with("LIMIT ?");
    let walks = |step: &&String| {
        let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        let few = step.split(' ').next_back().is_some_and(|index| FEW.contains(&index));
        table.is_some_and(|table| GROWING.contains(&table)) && !few && !of_a_page(step)
    };
    let concealed =
        steps.iter().filter(|step| step.contains("manuscripts_unannounced") && !statement.starts_with("SELECT `manuscripts`.`id` FROM"));
    // Everything of a channel, to be sorted before the first row is given.
    let sorted = steps.iter().any(|step| step == "USE TEMP B-TREE FOR ORDER BY");
    let whole_channel = |step: &&String| {
        let table = step.strip_prefix("SEARCH ").and_then(|rest| rest.split(' ').next());
        sorted && table.is_some_and(|table| GROWING.contains(&table)) && step.ends_with("(channel_id=?)")
    };
    steps
        .iter()
        .filter(walks)
        .chain(steps.iter().filter(whole_channel))
        .chain(concealed)
        .map(|step| format!("{step}\n    {statement}"))
        .collect()
}

#[test]
fn no_reading_walks_what_grows() {
    crate::support::run(Engine::Sqlite, |engine| async move {
        set_default_instrumentation(record).unwrap();
        let cast = Cast::with_undo(engine, 10).await;
        let (concluded, (charged, assignment)) = (cast.concluded().await, cast.charged().await);
        let others = crate::unannounced::around(&cast, "author").await;
        let things = Things { manuscripts: vec![concluded, charged], assignments: vec![assignment], others };
        STATEMENTS.lock().unwrap().clear();
        for login in cast.everybody() {
            gets_of(&cast, &login, &things).await;
        }
        let statements = STATEMENTS.lock().unwrap().clone();
        let asked: Vec<String> = statements.into_iter().filter(|statement| statement.starts_with("SELECT")).collect();
        assert!(asked.len() > 100, "{asked:?}");
        let wrong = cast.desk().db.read_now(move |conn| {
            let mut wrong = Vec::new();
            for statement in &asked {
                wrong.extend(faults(statement, &plan(conn, statement)?));
            }
            Ok::<_, StoreError>(wrong)
        });
        let wrong = wrong.unwrap();
        assert!(wrong.is_empty(), "{} plans walk what grows:\n{}", wrong.len(), wrong.join("\n"));
    });
}
