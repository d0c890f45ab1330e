//! What goes wrong around the server: the database goes and comes, clocks jump, others look into its folder.

use std::os::unix::fs::PermissionsExt;

use chrono::Duration;
use diesel::connection::SimpleConnection;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use reqwest::Method;
use serde_json::json;
use zhitongche::app::accounts::links;
use zhitongche::app::{AppError, sign_in};
use zhitongche::config::Secret;
use zhitongche::store::{AnyConn, Db, StoreError, leases};

use crate::support::app::TestServer;
use crate::support::cast::{Cast, PASSWORD};
use crate::support::database::Engine;

crate::both_databases!(
    lines_that_were_cut_are_opened_anew,
    a_database_that_is_away_is_nobodys_mistake,
    a_lease_of_a_clock_that_ran_ahead_binds_nobody,
    a_sign_in_of_a_clock_that_ran_ahead_is_over,
    a_password_that_changes_while_it_is_checked_opens_nothing,
    the_database_is_for_the_server_alone,
);

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(conn: &mut AnyConn, query: &str) -> Result<i64, StoreError> {
    Ok(sql_query(query).get_result::<Count>(conn)?.n)
}

/// As a restart of PostgreSQL does: every line to this database is cut but the one that says so.
async fn cut_all_lines(db: &Db) {
    let others =
        "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut own = db.connect().unwrap();
    count(&mut own, others).unwrap();
}

async fn lines_that_were_cut_are_opened_anew(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let cast = Cast::new(engine).await;
    let draft = async || cast.post("author", "/manuscripts", json!({ "title": "线断了" })).await;
    let ask = "SELECT count(*) AS n FROM manuscripts";
    let many = || (0..8).map(|_| cast.app.desk.db.write(move |conn| count(conn, ask)));
    for done in futures_util::future::join_all(many()).await {
        assert_eq!(done.unwrap(), 0);
    }
    cut_all_lines(&cast.app.db()).await;
    // A writing goes through at once, whichever line it gets.
    for _ in 0..8 {
        cast.app.desk.db.write(move |conn| count(conn, ask)).await.unwrap();
    }
    // Nor does a job notice anything.
    for _ in 0..8 {
        let db = cast.app.desk.db.clone();
        tokio::task::spawn_blocking(move || db.read_now(|conn| count(conn, ask))).await.unwrap().unwrap();
    }
    // A reading under way may be told to come again; never that the server failed.
    let mut told = 0;
    for _ in 0..8 {
        let answer = draft().await;
        if answer.status.as_u16() == 503 {
            assert_eq!((&answer.body["code"], &answer.headers["retry-after"]), (&json!("unavailable"), &"1".parse().unwrap()));
            told += 1;
        } else {
            assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
        }
    }
    assert!(told <= cast.app.settings.database.readers, "each line is tried once: {told}");
    assert_eq!(draft().await.status.as_u16(), 201);
}

async fn a_database_that_is_away_is_nobodys_mistake(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let app = TestServer::start(engine).await;
    app.lose_database();
    let answer = app.get("any", "/api/v1/session").await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (503, &json!("unavailable")), "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    let page = app.request(Method::GET, "/manuscripts", "").header("cookie", "ztc-session=any").send().await.unwrap();
    assert_eq!((page.status().as_u16(), page.headers().contains_key("retry-after")), (503, true));
    let html = page.text().await.unwrap();
    assert!(html.contains("暂时连不上数据库"), "{html}");
    assert_eq!(app.get("", "/healthz").await.status.as_u16(), 200);
}

async fn a_lease_of_a_clock_that_ran_ahead_binds_nobody(engine: Engine) {
    let cast = Cast::new(engine).await;
    let now = cast.app.clock.now();
    let take = async |holder: &'static str, from: zhitongche::domain::clock::Moment| {
        cast.app.desk.db.write(move |conn| leases::take(conn, "work", holder, from, from + Duration::seconds(120))).await.unwrap()
    };
    let taken = async || cast.app.desk.db.read(move |conn| leases::is_taken(conn, "work", "b", now)).await.unwrap();
    assert!(take("a", now + Duration::seconds(20)).await);
    assert!(!take("b", now).await && taken().await, "clocks may lie apart a little");
    assert!(take("a", now + Duration::hours(25)).await);
    assert!(!taken().await);
    assert!(take("b", now).await, "the day that the other clock was ahead is not waited for");
    assert!(!take("a", now).await);
}

async fn a_sign_in_of_a_clock_that_ran_ahead_is_over(engine: Engine) {
    let cast = Cast::new(engine).await;
    let desk = &cast.app.desk;
    cast.app.clock.advance(Duration::hours(25));
    let opened = sign_in::sign_in(desk, "", "author", Secret::new(PASSWORD), "192.0.2.1").await.unwrap();
    let who = async || cast.app.get(&opened.token, "/api/v1/session").await.status.as_u16();
    assert_eq!(who().await, 200);
    cast.app.clock.advance(Duration::minutes(-5));
    assert_eq!(who().await, 200, "clocks may lie apart a little");
    cast.app.clock.advance(Duration::hours(-25));
    assert_eq!(who().await, 401);
}

async fn a_password_that_changes_while_it_is_checked_opens_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    // The same cost as in earnest, so that the check takes a while.
    let mut slow = (*cast.app.desk.settings).clone();
    (slow.session.argon2_kib, slow.session.argon2_passes) = (65_536, 6);
    let hash = zhitongche::app::passwords::Passwords::new(&slow.session).hash_now(&Secret::new(PASSWORD)).unwrap();
    let set = async |hash: String| {
        let id = cast.id("author");
        cast.app.desk.write("", move |tx| links::set_by_command(tx, id, hash)).await.unwrap();
    };
    set(hash).await;
    let desk = cast.app.desk.clone();
    let signing_in = actix_web::rt::spawn(async move { sign_in::sign_in(&desk, "", "author", Secret::new(PASSWORD), "192.0.2.1").await });
    while cast.app.desk.db.read(|conn| count(conn, "SELECT count(*) AS n FROM throttles")).await.unwrap() == 0 {}
    set("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$c29tZWhhc2g".to_owned()).await;
    let opened = signing_in.await.unwrap();
    assert!(matches!(opened, Err(AppError::Unauthenticated)), "{opened:?}");
}

async fn the_database_is_for_the_server_alone(engine: Engine) {
    let cast = Cast::new(engine).await;
    cast.app.desk.db.write(|conn| conn.batch_execute("DELETE FROM throttles").map_err(StoreError::from)).await.unwrap();
    if let Some(path) = cast.app.desk.db.sqlite_path() {
        for ending in ["", "-wal", "-shm"] {
            let mode = std::fs::metadata(format!("{path}{ending}")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{ending}");
        }
    }
}
