//! A new version of the program that brings the working days of a further year, or corrected ones: due dates are counted again, once for all nodes.

use actix_web::web;
use diesel::prelude::*;
use serde_json::json;
use zhitongche::app::calendars;
use zhitongche::domain::calendar::{Calendar, Holiday, YearFile};
use zhitongche::domain::ids::ChannelId;
use zhitongche::jobs::{JobContext, Runner};
use zhitongche::store::schema::{jobs, shipped_calendar_years};
use zhitongche::store::{StoreError, calendars as rows};

use crate::support::cast::{Cast, findings};
use crate::support::database::Engine;

crate::both_databases!(
    a_further_year_is_taken_up_once_for_all_nodes,
    a_year_that_a_channel_has_loaded_goes_before,
    the_first_node_of_a_new_version_takes_up_what_is_new,
);

/// What a version has that brings 2027 with this last day off of New Year.
fn with_2027(last: &str) -> Vec<YearFile> {
    let rest = vec![Holiday { name: "元旦".to_owned(), from: "2027-01-01".parse().unwrap(), to: last.parse().unwrap(), make_up: vec![] }];
    let mut years = YearFile::shipped().unwrap();
    years.push(YearFile { year: 2027, rest });
    years
}

/// Nodes of this version start: each takes up what it has. Says how many years they took up in all.
async fn start(cast: &Cast, nodes: usize, years: &[YearFile], program: &'static str) -> usize {
    let mut calendar = Calendar::default();
    years.iter().for_each(|year| calendar.load(year).unwrap());
    cast.desk().set_calendar(calendar);
    let (desk, years) = (cast.desk().clone(), years.to_vec());
    let take_up = move || {
        std::thread::scope(|scope| {
            let node = || {
                let years = years.clone();
                desk.write_now("start", move |tx| calendars::take_up_shipped(tx, &years, program)).unwrap()
            };
            let nodes: Vec<_> = (0..nodes).map(|_| scope.spawn(node)).collect();
            nodes.into_iter().map(|node| node.join().unwrap()).sum::<usize>()
        })
    };
    web::block(take_up).await.unwrap()
}

async fn run_jobs(cast: &Cast) {
    let desk = cast.desk().clone();
    web::block(move || Runner::new(JobContext::new(desk).unwrap()).run_due().unwrap()).await.unwrap();
}

/// How many jobs there ever were that count due dates again.
async fn counted(cast: &Cast) -> i64 {
    let count = |conn: &mut zhitongche::store::AnyConn| {
        Ok::<_, StoreError>(jobs::table.filter(jobs::kind.eq("recompute_due_dates")).count().get_result(conn)?)
    };
    cast.desk().db.read(count).await.unwrap()
}

async fn due(cast: &Cast, login: &str, id: &str) -> (String, bool) {
    let at = cast.get(login, &format!("/manuscripts/{id}")).await.body["where_is_it"].clone();
    (at["due_at"].as_str().unwrap()[..10].to_owned(), at["due_is_provisional"].as_bool().unwrap())
}

async fn a_further_year_is_taken_up_once_for_all_nodes(engine: Engine) {
    let cast = Cast::new(engine).await;
    // Tuesday 29 December: five working days go on into a year that this version does not know.
    cast.app.clock.advance(chrono::Duration::days(39));
    let id = cast.submitted_by("author").await;
    let provisional = ("2027-01-06".to_owned(), true);
    assert_eq!(due(&cast, "reviewer", &id).await, provisional);
    assert_eq!(start(&cast, 2, &YearFile::shipped().unwrap(), "0.1.1").await, 0, "nothing is new");
    assert_eq!(start(&cast, 3, &with_2027("2027-01-05"), "0.2.0").await, 1);
    assert_eq!(counted(&cast).await, 1);
    run_jobs(&cast).await;
    assert_eq!(due(&cast, "reviewer", &id).await, ("2027-01-08".to_owned(), false));
    assert_eq!(cast.told("due_changed").await, ["reviewer", "reviewer2"]);
    assert_eq!(start(&cast, 2, &with_2027("2027-01-05"), "0.2.0").await, 0, "a start is no news");
    assert_eq!(start(&cast, 1, &YearFile::shipped().unwrap(), "0.1.1").await, 0, "an older node takes nothing back");
    // A year that was corrected, as in 2019 and 2020.
    assert_eq!(start(&cast, 2, &with_2027("2027-01-06"), "0.10.0").await, 1);
    run_jobs(&cast).await;
    assert_eq!(due(&cast, "reviewer", &id).await, ("2027-01-11".to_owned(), false));
    assert_eq!(start(&cast, 1, &with_2027("2027-01-05"), "0.9.0").await, 0, "nor does one bring the mistake back");
    assert_eq!(counted(&cast).await, 2);
    cast.seal().await;
    assert_eq!(findings(&cast.app), Vec::<String>::new());
}

async fn a_year_that_a_channel_has_loaded_goes_before(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.other_channel().await;
    let rest = json!([{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03", "make_up": []}]);
    let loaded = cast.send("PUT", "other-admin", "/calendar/2027", None, json!({ "rest": rest })).await;
    assert_eq!((loaded.status.as_u16(), counted(&cast).await), (204, 1), "{}", loaded.body);
    assert_eq!(start(&cast, 1, &with_2027("2027-01-05"), "0.2.0").await, 1);
    assert_eq!(counted(&cast).await, 2, "that of the channel which has loaded none");
    let of = |conn: &mut zhitongche::store::AnyConn| {
        Ok::<Option<ChannelId>, StoreError>(
            jobs::table.filter(jobs::channel_id.is_not_null()).order(jobs::id.desc()).select(jobs::channel_id).first(conn)?,
        )
    };
    assert_eq!(cast.desk().db.read(of).await.unwrap(), Some(cast.channel));
}

async fn the_first_node_of_a_new_version_takes_up_what_is_new(engine: Engine) {
    let cast = Cast::new(engine).await;
    let known = cast.desk().db.read(rows::shipped).await.unwrap();
    assert_eq!(known.iter().map(|one| one.file.year).collect::<Vec<_>>(), [2025, 2026], "what versions before had");
    run_jobs(&cast).await;
    assert_eq!(counted(&cast).await, 0);
    // As a version before left it that had no 2026 yet.
    let forget = |conn: &mut zhitongche::store::AnyConn| {
        use shipped_calendar_years as t;
        Ok::<_, StoreError>(diesel::delete(t::table.filter(t::year.eq(2026_i64))).execute(conn)?)
    };
    assert_eq!(cast.desk().db.write(forget).await.unwrap(), 1);
    run_jobs(&cast).await;
    assert_eq!(counted(&cast).await, 1);
    let known = cast.desk().db.read(rows::shipped).await.unwrap();
    assert_eq!(known.last().map(|one| (one.file.year, one.program.as_str())), Some((2026, env!("CARGO_PKG_VERSION"))));
    run_jobs(&cast).await;
    assert_eq!(counted(&cast).await, 1);
}
