//! Acts on several manuscripts at the same moment, readings with a writer between two of their statements, and jobs that meet a bad row.

use diesel::prelude::*;
use futures_util::future::join;
use serde_json::{Value, json};
use zhitongche::jobs::{JobContext, archive};
use zhitongche::store::schema::manuscripts;
use zhitongche::store::{AnyConn, Db, StoreError};

use super::readings::{decision, id_of};
use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    mergers_in_opposite_directions_do_not_wait_for_each_other,
    a_decline_is_undone_or_built_on_and_never_both,
    a_reading_sees_one_state,
    one_that_cannot_be_put_away_keeps_no_other,
    words_are_found_alike_on_both_databases,
    very_many_open_decisions_are_concealed_from_their_author,
);

async fn busy(engine: Engine) -> Cast {
    Cast::with(engine, |settings| {
        settings.undo.minutes = 10;
        (settings.database.writers, settings.database.readers, settings.server.workers) = (8, 8, 4);
    })
    .await
}

async fn mergers_in_opposite_directions_do_not_wait_for_each_other(engine: Engine) {
    let cast = busy(engine).await;
    for round in 0..8 {
        let (a, b) = (cast.submitted_by("author").await, cast.submitted_by("author").await);
        let merge = |login: &'static str, id: String, into: String| {
            let cast = &cast;
            async move { cast.send("POST", login, &format!("/manuscripts/{id}/merge"), Some(2), json!({"into": into})).await }
        };
        let (one, other) = join(merge("reviewer", a.clone(), b.clone()), merge("reviewer2", b, a)).await;
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}: {} {}", one.body, other.body);
    }
}

async fn a_decline_is_undone_or_built_on_and_never_both(engine: Engine) {
    let cast = busy(engine).await;
    for round in 0..6 {
        let (target, merged) = (cast.submitted_by("author").await, cast.submitted_by("author").await);
        cast.act("reviewer", &merged, "merge", json!({"into": target})).await;
        cast.app.clock.advance(chrono::Duration::minutes(11));
        let declined = cast.act("reviewer", &target, "review", decision("decline")).await;
        let freed = cast.get("reviewer2", &format!("/manuscripts/{merged}")).await.body;
        let (undo, recommend) = (format!("/manuscripts/{target}/undo"), format!("/manuscripts/{merged}/review"));
        let undone = cast.send("POST", "reviewer", &undo, declined["version"].as_i64(), Value::Null);
        let recommended = cast.send("POST", "reviewer2", &recommend, freed["version"].as_i64(), decision("recommend"));
        let (undone, recommended) = join(undone, recommended).await;
        let stages = (cast.stage("reviewer", &target).await, cast.stage("reviewer", &merged).await);
        let stages = (stages.0.as_str(), stages.1.as_str());
        match (undone.status.as_u16(), recommended.status.as_u16()) {
            (200, 409 | 412) => assert_eq!(stages, ("review", "merged"), "round {round}"),
            (409, 200) => assert_eq!((stages, &undone.body["code"]), (("declined", "signing"), &json!("acted_on")), "round {round}"),
            both => panic!("round {round}: {both:?} {} {}", undone.body, recommended.body),
        }
    }
}

fn titles(conn: &mut AnyConn) -> Result<Vec<String>, StoreError> {
    Ok(manuscripts::table.order(manuscripts::id).select(manuscripts::title).load(conn)?)
}

/// Reads, has somebody else write, and reads again.
fn read_twice(db: Db) -> impl FnOnce(&mut AnyConn) -> Result<[Vec<String>; 2], StoreError> + Send + 'static {
    move |conn| {
        let before = titles(conn)?;
        let rename = |conn: &mut AnyConn| {
            Ok::<_, StoreError>(diesel::update(manuscripts::table).set(manuscripts::title.eq("另一个")).execute(conn)?)
        };
        let written = std::thread::spawn(move || db.write_now(rename)).join().unwrap()?;
        assert_eq!(written, before.len(), "the writer is not kept waiting");
        Ok([before, titles(conn)?])
    }
}

async fn a_reading_sees_one_state(engine: Engine) {
    let cast = Cast::new(engine).await;
    let answer = cast.send("POST", "author", "/manuscripts", None, json!({"title": "一个"})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let db = cast.app.desk.db.clone();
    let [before, after] = db.read(read_twice(db.clone())).await.unwrap();
    assert_eq!((before, after), (vec!["一个".to_owned()], vec!["一个".to_owned()]));
    assert_eq!(db.read(titles).await.unwrap(), ["另一个"], "the next reading sees what was written");
    let back =
        |conn: &mut AnyConn| Ok::<_, StoreError>(diesel::update(manuscripts::table).set(manuscripts::title.eq("一个")).execute(conn)?);
    db.write(back).await.unwrap();
    let [before, after] = db.read_now(read_twice(db.clone())).unwrap();
    assert_eq!(before, after);
    db.write(back).await.unwrap();
}

async fn one_that_cannot_be_put_away_keeps_no_other(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = cast.submitted_by("author").await;
        cast.act("author", &id, "withdrawal", Value::Null).await;
        ids.push(id);
        cast.app.clock.advance(chrono::Duration::minutes(1));
    }
    cast.app.clock.advance(chrono::Duration::days(366));
    let spoil = |pending: Option<&'static str>, first: String| {
        let until = pending.map(|_| cast.app.clock.now());
        cast.app.desk.db.write_now(move |conn| {
            let row = manuscripts::table.filter(manuscripts::id.eq(first.parse::<zhitongche::domain::ids::ManuscriptId>().unwrap()));
            let change = (manuscripts::pending.eq(pending), manuscripts::pending_until.eq(until));
            Ok::<_, StoreError>(diesel::update(row).set(change).execute(conn)?)
        })
    };
    spoil(Some("{}"), ids[0].clone()).unwrap();
    let context = JobContext::new(cast.app.desk.clone()).unwrap();
    let error = archive(&context).unwrap_err();
    assert_eq!(error.to_string(), "1 failed, 2 done", "{error:#}");
    assert_eq!((cast.stage("reviewer", &ids[1]).await, cast.stage("reviewer", &ids[2]).await), ("archived".into(), "archived".into()));
    spoil(None, ids[0].clone()).unwrap();
    assert_eq!(archive(&context).unwrap(), 1);
    assert_eq!(cast.stage("reviewer", &ids[0]).await, "archived");
}

async fn words_are_found_alike_on_both_databases(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut ids = Vec::new();
    for title in ["关于WiFi覆盖100%的建议", "关于wifi_6的建议", "关于É站的建议"] {
        let mut form = complete();
        form["title"] = json!(title);
        let answer = cast.send("POST", "author", "/manuscripts", None, form).await;
        ids.push(id_of(&answer.body));
    }
    let cases: [(&str, &[usize]); 9] = [
        ("wifi", &[1, 0]),
        ("WIFI", &[1, 0]),
        ("%25", &[0]),
        ("100%25", &[0]),
        ("_", &[1]),
        ("i_6", &[1]),
        ("%5C", &[]),
        ("É", &[2]),
        ("2026-000", &[2, 1, 0]),
    ];
    for (words, expected) in cases {
        let found = cast.get("reviewer", &format!("/manuscripts?q={words}")).await.body;
        let found: Vec<String> = found["items"].as_array().unwrap().iter().map(id_of).collect();
        assert_eq!(found, expected.iter().map(|at| ids[*at].clone()).collect::<Vec<_>>(), "{words}");
    }
    for (words, found) in [("COAUTHOR", true), ("oauth", true), ("co_uthor", false), ("co%25", false)] {
        let page = cast.page("security", &format!("/people?q={words}")).await;
        assert_eq!(page.html.contains("姓名coauthor"), found, "{words}");
    }
}

/// The list of what someone wrote is asked otherwise where an office has just decided on very many.
async fn very_many_open_decisions_are_concealed_from_their_author(engine: Engine) {
    let cast = busy(engine).await;
    let mut all = Vec::new();
    for _ in 0..60 {
        let id = cast.submitted_by("author").await;
        cast.act("reviewer", &id, "review", decision("recommend")).await;
        all.push(id);
    }
    let listed = async |login: &str, stage: &str| {
        let path = format!("/manuscripts?stage={stage}&limit=200");
        let items = cast.get(login, &path).await.body["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).rev().collect::<Vec<_>>()
    };
    assert_eq!((listed("author", "review").await, listed("author", "signing").await), (all.clone(), Vec::new()));
    assert_eq!((listed("reviewer", "review").await, listed("reviewer", "signing").await), (Vec::new(), all.clone()));
    cast.app.clock.advance(chrono::Duration::minutes(11));
    assert_eq!((listed("author", "review").await, listed("author", "signing").await), (Vec::new(), all));
}
